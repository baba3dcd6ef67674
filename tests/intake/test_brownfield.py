"""The profile of English brownfield registers in the header variants they come in; the rows are made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from shapely import Point

from finder import crs
from finder.errors import UnusableInput
from finder.intake import profiles
from finder.intake.normalise import Batch
from finder.intake.validate import validate
from finder.model.site import Provenance
from finder.model.vocabulary import Ownership
from tests.factories import TODAY
from tests.intake.deliveries import facts, named, read, sentences, table

PROFILE = profiles.load("uk-brownfield")
LONLAT = (-2.5, 53.5)
GRID = crs.transform(Point(*LONLAT), "EPSG:4326", "EPSG:27700")

OF_2017 = {
    "SiteReference": "BP01",
    "SiteAddress": "Old Yard, Mill Lane",
    "GeoX": str(round(GRID.x)),
    "GeoY": str(round(GRID.y)),
    "CoordinateSystem": "OSGB36",
    "Hectares": "0.426",
    "OrganisationName": "Sampleshire Council",
    "OrganisationURI": "https://example.org/doc/district-council/sampleshire",
    "OwnershipStatus": "not owned by a public authority",
    "Deliverable": "Deliverable",
    "PlanningStatus": "Permissioned",
    "PermissionType": "Full",
    "PermissionDate": "26/02/2014",
    "Notes": "(aa)",
    "NetDwellingsRangeFrom": "22",
    "NetDwellingsRangeTo": "22",
    "FirstAddedDate": "21/12/2017",
}
OF_2018 = {
    "OrganisationURI": "http://example.org/id/district-council/sampleshire",
    "OrganisationLabel": "Sampleshire District Council",
    "SiteReference": "BP01",
    "SiteNameAddress": "Old Yard, Mill Lane",
    "SiteplanURL": "https://example.org/plan",
    "CoordinateReferenceSystem": "ETRS89",
    "GeoY": "53.5",
    "GeoX": "-2.5",
    "Hectares": "0.5",
    "OwnershipStatus": "owned by a public authority",
    "PlanningStatus": "not permissioned",
    "DevelopmentDescription": "Offices",
    "NonHousingDevelopment": "Offices",
    "FirstAddedDate": "2017-11-28",
    "LastUpdatedDate": "2018-12-18",
}
OF_TODAY = {
    "name": "BP01",
    "site-address": "Old Yard, Mill Lane",
    "deliverable": "",
    "end-date": "",
    "entry-date": "2019-10-20",
    "hectares": "1.6",
    "minimum-net-dwellings": "700",
    "notes": "",
    "organisation": "district-council:sampleshire",
    "ownership-status": "mixed ownership",
    "planning-permission-status": "pending decision",
    "point": "POINT(-2.5 53.5)",
    "site": "BP01",
    "site-plan-url": "https://example.org/",
    "start-date": "2017-12-15",
}
SEMICOLONS = {name.replace("Site", "Site ").replace("GeoX", "Geo X").upper(): cell for name, cell in OF_2018.items()}
VARIANTS = {"2017": OF_2017, "2018": OF_2018, "today": OF_TODAY, "other spelling": SEMICOLONS}


def register(*rows: dict[str, str]) -> Batch:
    """Return rows read and checked as `--anywhere` does."""
    raw = table({name: [row.get(name, "") for row in rows] for row in rows for name in row})
    batch = validate(read(raw, PROFILE), municipalities={}, area=None, today=TODAY)
    sentences(batch.issues)
    return batch


@pytest.mark.parametrize("row", VARIANTS.values(), ids=VARIANTS)
def test_every_variant_says_the_same_site(row: dict[str, str]) -> None:
    batch = register(row)
    known = facts(batch)
    assert batch.rejected == set()
    assert known["source_id"] == "BP01"
    assert known["source"] in ("district-council/sampleshire", "district-council:sampleshire")
    assert known["municipality"] == known["source"]
    assert known["name"] == known["address"] == "Old Yard, Mill Lane"
    assert known["geometry"].distance(crs.to_metric(Point(*LONLAT))) < 1.5
    assert {issue.action for issue in batch.issues} == {"noted"}


def test_http_and_https_are_one_organisation() -> None:
    sources = {
        facts(register({**OF_2018, "OrganisationURI": uri}))["source"]
        for uri in (
            *(
                "http://example.org/id/district-council/sampleshire",
                "https://example.org/doc/district-council/sampleshire/",
            ),
        )
    }
    assert sources == {"district-council/sampleshire"}


@pytest.mark.parametrize(("row", "area_m2"), [(OF_2017, 4260), (OF_2018, 5000), (OF_TODAY, 16_000)])
def test_stated_hectares_are_kept(row: dict[str, str], area_m2: float) -> None:
    assert facts(register(row))["stated_area_m2"] == area_m2


def test_what_the_oldest_variant_says() -> None:
    known = facts(register(OF_2017))
    assert known["ownership"] is Ownership.PRIVATE
    assert known["planning_note"] == "Permissioned; Full; 26/02/2014"
    assert known["note"] == "(aa)"
    assert known["first_published"] == dt.date(2017, 12, 21)
    assert known["provenance"] == {
        "*": Provenance(
            source="Sampleshire Council",
            url="https://example.org/doc/district-council/sampleshire",
            as_of="2017-12-21",
        )
    }


def test_what_the_variant_of_2018_says() -> None:
    known = facts(register(OF_2018))
    assert known["ownership"] is Ownership.PUBLIC
    assert known["plan_url"] == "https://example.org/plan"
    assert known["note"] == "Offices"
    assert known["updated_at"] == dt.date(2018, 12, 18)
    assert known["provenance"]["*"].as_of == "2018-12-18"


def test_what_todays_variant_says() -> None:
    known = facts(register(OF_TODAY))
    assert known["ownership"] is Ownership.MIXED
    assert known["note"] is None
    assert known["planning_note"] == "pending decision"
    assert known["first_published"] == dt.date(2017, 12, 15)


def test_dwellings_are_left_out_on_purpose_and_the_rest_is_listed() -> None:
    batch = register({**OF_2017, "x1": "18-DK-015", "HazardousSubstances": ""})
    assert [issue.params["column"] for issue in named(batch, "column_not_taken")] == ["x1", "HazardousSubstances"]
    (issue,) = named(batch, "columns_left_out")
    assert issue.params["columns"] == "Deliverable, NetDwellingsRangeFrom, NetDwellingsRangeTo"
    assert "No rule takes the column “x1”; it is left out." in sentences(batch.issues)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("unknown ownership", None), ("", None), ("Mixed Ownership", Ownership.MIXED), ("public", Ownership.PUBLIC)],
)
def test_ownership(value: str, expected: Ownership | None) -> None:
    batch = register({**OF_2018, "OwnershipStatus": value})
    assert facts(batch)["ownership"] is expected
    assert not named(batch, "code")


def test_ownership_in_other_words_is_said() -> None:
    batch = register({**OF_2018, "OwnershipStatus": "crown"})
    assert facts(batch)["ownership"] is None
    assert [issue.value for issue in named(batch, "code")] == ["crown"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"CoordinateReferenceSystem": "OSGB36"}, "crs_inferred"),
        ({"GeoX": "53.5", "GeoY": "-2.5"}, "axes_swapped"),
        ({"CoordinateReferenceSystem": "Ordnance Survey"}, "crs_unknown"),
        ({"GeoX": str(GRID.x), "GeoY": str(GRID.y)}, "crs_inferred"),
    ],
)
def test_coordinates_that_do_not_fit_what_is_said_of_them(changes: dict[str, str], rule: str) -> None:
    batch = register({**OF_2018, **changes})
    assert rule in {issue.rule for issue in batch.issues}
    assert facts(batch)["geometry"].distance(crs.to_metric(Point(*LONLAT))) < 1.5


@pytest.mark.parametrize("system", ["WGS84", "wgs 84", "OSGB", "ETRS89", "EPSG:4326", ""])
def test_systems_by_their_names(system: str) -> None:
    grid = system == "OSGB"
    cells = {"GeoX": str(GRID.x), "GeoY": str(GRID.y)} if grid else {}
    batch = register({**OF_2018, **cells, "CoordinateReferenceSystem": system})
    assert facts(batch)["geometry"].distance(crs.to_metric(Point(*LONLAT))) < 1.5
    assert {issue.action for issue in batch.issues} == {"noted"}


@pytest.mark.parametrize("column", ["SiteReference", "OrganisationURI"])
def test_a_register_without_keys_or_organisation_is_refused(column: str) -> None:
    row = {name: cell for name, cell in OF_2018.items() if name not in (column, "OrganisationLabel")}
    with pytest.raises(UnusableInput) as caught:
        register(row)
    assert caught.value.params["field"] in ("source_id", "source")


def test_what_left_the_register_is_withdrawn() -> None:
    batch = register(OF_TODAY, {**OF_TODAY, "site": "BP02", "end-date": "2020-03-31"})
    assert batch.rejected == {2}
    assert [(issue.field, issue.value) for issue in named(batch, "withdrawn_by_supplier")] == [
        ("end-date", "2020-03-31")
    ]


def test_a_day_that_does_not_exist() -> None:
    batch = register({**OF_2017, "FirstAddedDate": "31/02/2017"})
    assert facts(batch)["first_published"] is None
    assert [issue.value for issue in named(batch, "date")] == ["31/02/2017"]


def test_three_systems_in_one_register() -> None:
    cells: list[dict[str, Any]] = [
        {"SiteReference": "1", "CoordinateReferenceSystem": "ETRS89"},
        {"SiteReference": "2", "CoordinateReferenceSystem": "WGS84"},
        {"SiteReference": "3", "CoordinateReferenceSystem": "OSGB36", "GeoX": str(GRID.x), "GeoY": str(GRID.y)},
    ]
    batch = register(*({**OF_2018, **cell} for cell in cells))
    assert len(batch.frame) == 3
    for shape in batch.frame["geometry"]:
        assert shape.distance(crs.to_metric(Point(*LONLAT))) < 1.5
