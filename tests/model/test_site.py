"""A site: the size that counts, the gravest restriction, where each fact comes from."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.model.attributes import Group, Type
from finder.model.site import ATTRIBUTES, Fact, Provenance, Restriction, Site, gravest, size_that_counts
from finder.model.vocabulary import Evidence, GeometryQuality, MaxRestriction, RestrictionKind, Severity, SizeBasis
from tests import factories

SIZES = {
    "available_area_m2": SizeBasis.AVAILABLE,
    "net_area_m2": SizeBasis.NET,
    "stated_area_m2": SizeBasis.STATED,
    "area_m2": SizeBasis.MEASURED,
}


def test_nothing_but_name_and_town_is_required() -> None:
    bare = factories.site()
    assert all(getattr(bare, name) is None for name in ATTRIBUTES)
    assert (bare.size_m2, bare.size_basis, bare.max_restriction) == (None, None, None)
    assert not bare.potential
    assert not bare.documented
    with pytest.raises(TypeError, match="municipality"):
        Site(id="x", name="x", source="x", source_id="x")  # type: ignore[call-arg]


def test_a_complete_site_has_every_attribute() -> None:
    whole = factories.complete_site()
    assert [name for name in ATTRIBUTES if getattr(whole, name) is None] == []


@given(st.fixed_dictionaries({name: st.none() | st.sampled_from([0.0, 5.0, 9.0]) for name in SIZES}))
def test_the_first_known_size_counts(known: dict[str, float | None]) -> None:
    site = factories.site(**known)
    first = next(((known[name], basis) for name, basis in SIZES.items() if known[name] is not None), (None, None))
    assert (site.size_m2, site.size_basis) == first


@pytest.mark.parametrize("quality", [None, *GeometryQuality])
def test_the_measured_area_of_a_vague_outline_never_counts(quality: GeometryQuality | None) -> None:
    site = factories.site(area_m2=500.0, geometry_quality=quality)
    vague = quality in (GeometryQuality.APPROXIMATE, GeometryQuality.POINT)
    assert size_that_counts(site) == ((None, None) if vague else (500.0, SizeBasis.MEASURED))
    stated = dataclasses.replace(site, stated_area_m2=700.0)
    assert size_that_counts(stated) == (700.0, SizeBasis.STATED)


M, S, B = Severity.MINOR, Severity.SERIOUS, Severity.BLOCKING


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        (None, None),
        ([], MaxRestriction.NONE),
        ([M], MaxRestriction.MINOR),
        ([M, S, M], MaxRestriction.SERIOUS),
        ([M, B], MaxRestriction.BLOCKING),
        ([None], None),
        ([S, None], None),
        ([None, B], MaxRestriction.BLOCKING),
    ],
)
def test_the_gravest_restriction(severities: list[Severity | None] | None, expected: MaxRestriction | None) -> None:
    given_ = severities and [Restriction(kind=RestrictionKind.OTHER, severity=s) for s in severities]
    assert gravest(None if given_ is None else tuple(given_)) is expected


@pytest.mark.parametrize("evidence", Evidence)
def test_potential_land_is_what_nobody_offers(evidence: Evidence) -> None:
    site = factories.site(evidence=evidence)
    assert site.documented
    assert site.potential is (evidence in (Evidence.CONTESTED_PLAN, Evidence.POTENTIAL_ONLY))


def test_every_fact_knows_where_it_comes_from() -> None:
    own, whole = Provenance(source="Netz", as_of="2025"), Provenance(source="Stadt", method="survey")
    site = factories.site(power_mva=6.3, provenance={"power_mva": own, "*": whole})
    assert site.origin("power_mva") == own
    assert site.origin("grz") == whole
    assert site.fact("power_mva") == Fact(attribute=ATTRIBUTES["power_mva"], value=6.3, provenance=own)
    assert factories.site(source="Verzeichnis").origin("grz") == Provenance(source="Verzeichnis")


UNITS = {"m2": "m²", "m": "m", "mva": "MVA", "db": "dB(A)/m²", "eur_m2": "€/m²"}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes_are_described(name: str) -> None:
    attribute = ATTRIBUTES[name]
    assert attribute.name == name
    assert attribute.label
    assert attribute.group in Group
    assert (attribute.choices is not None) == (attribute.type in (Type.CHOICE, Type.CHOICES))
    if attribute.unit:
        stated = next(unit for end, unit in sorted(UNITS.items(), key=lambda u: -len(u[0])) if name.endswith(f"_{end}"))
        assert attribute.unit == stated, "units stand in the names"


def test_attributes_stand_in_the_order_of_their_groups() -> None:
    groups = [attribute.group for attribute in ATTRIBUTES.values()]
    assert [g for i, g in enumerate(groups) if not i or groups[i - 1] is not g] == list(Group)


@pytest.mark.parametrize("field", dataclasses.fields(Site), ids=lambda f: f.name)
def test_sites_cannot_be_changed(field: Any) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(factories.site(), field.name, None)
    assert re.fullmatch("[a-z][a-z0-9_]*", field.name)
