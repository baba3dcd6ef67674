"""The fictional sample: made again to the byte, complete with gaps, and marked as what it is."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from finder import crs, resources
from finder.config import Freshness
from finder.intake import normalise, profiles, validate
from finder.language import LANGUAGES, Language
from finder.model.attributes import Type
from finder.model.place import Municipality
from finder.model.site import ATTRIBUTES, Site
from finder.model.vocabulary import Evidence, GeometryQuality, MaxRestriction, RestrictionKind, Severity, Status, Zoning
from finder.presentation import expose, freshness
from finder.sources import bundled, read
from finder.store.sites import Listed
from tests.data.deliveries import all_listed, delivered, region

SCRIPT = resources.DATA / "build" / "sample.py"
REFERENCE = dt.date(2026, 11, 1)
COUNT = 240
NO_GAP_ASKED = {"geometry", "evidence", "zoning_shares"}
"""Two plots have no place, few have two kinds of zoning, and nobody documents fictional plots."""


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory, towns: dict[str, Municipality]) -> list[Listed]:
    url = f"sqlite:///{tmp_path_factory.mktemp('bundled') / 'finder.sqlite'}"
    return all_listed(url, towns, bundled.SAMPLE)


@pytest.fixture(scope="module")
def plots(listed: list[Listed]) -> list[Site]:
    return [found.site for found in listed]


def outlines(plots: Iterable[Site]) -> list[tuple[str, Any]]:
    return [(p.id, p.geometry) for p in plots if p.geometry is not None and p.geometry.geom_type == "Polygon"]


def test_the_script_makes_the_same_bytes_again(tmp_path: Path) -> None:
    inputs = (bundled.path("municipality_areas.geojson"), bundled.path("lines.geojson"))
    out = tmp_path / "sample.geojson"
    subprocess.run((sys.executable, SCRIPT, *inputs, out), check=True)
    shipped = bundled.path(bundled.SAMPLE).read_bytes()
    assert out.read_bytes() == shipped
    assert len(shipped) < 900_000


def test_sample_comes_in_whole(database_url: str, towns: dict[str, Municipality]) -> None:
    with region(database_url, towns) as database:
        report = delivered(database, bundled.SAMPLE)
        assert (report.read, report.new, report.rejected) == (resources.sources()[bundled.SAMPLE]["count"], COUNT, 0)
        assert delivered(database, bundled.SAMPLE).unchanged == COUNT


def test_nothing_is_to_be_complained_of(towns: dict[str, Municipality]) -> None:
    batch = normalise.normalise(read(bundled.path(bundled.SAMPLE)), profiles.load("finder"))
    area = crs.region()
    names = {code: town.name for code, town in towns.items()}
    assert validate.validate(batch, municipalities=names, area=area, today=REFERENCE).issues == []


def test_every_plot_says_that_it_is_invented(plots: list[Site]) -> None:
    assert sorted(p.name for p in plots) == [f"Musterfläche {n:03}" for n in range(1, COUNT + 1)]
    for p in plots:
        assert p.sample
        assert p.source == "Musterbestand"
        assert p.origin("*").source == "Musterbestand (erfunden)"
        assert p.evidence is None
        assert p.address is None or p.address.startswith("Musterstraße ")
        assert p.plan_name is None or p.plan_name.startswith("Muster-")
        assert p.plan_url is None or p.plan_url.startswith("https://example.org/")


def test_nobody_can_be_reached_by_its_contacts(plots: list[Site]) -> None:
    contacts = [p.contact for p in plots if p.contact]
    assert len(contacts) > COUNT / 2
    for contact in contacts:
        assert contact.name is None
        assert contact.email is None or contact.email.endswith("@example.org")
        # a block kept free for films and books
        assert contact.phone is None or re.fullmatch(r"030 23125-\d{3}", contact.phone)


def test_states_of_listings(plots: list[Site], towns: dict[str, Municipality]) -> None:
    states = Counter(p.status for p in plots)
    assert set(states) == set(Status)
    assert states[Status.PUBLISHED] > 190
    by_town = Counter(p.municipality for p in plots)
    assert set(by_town) == set(towns)
    assert min(by_town.values()) >= 8
    by_area = sorted(towns, key=lambda code: shapely.area(towns[code].geometry))
    assert by_town[by_area[-1]] > by_town[by_area[0]]


def test_all_attributes_are_there_with_realistic_gaps(plots: list[Site]) -> None:
    gaps = {name: sum(getattr(p, name) is None for p in plots) / COUNT for name in ATTRIBUTES}
    assert {n: g for n, g in gaps.items() if n not in NO_GAP_ASKED and not 0.05 <= g <= 0.40} == {}


def test_every_code_of_every_list_occurs(plots: list[Site]) -> None:
    for name, attribute in ATTRIBUTES.items():
        if attribute.choices is None or attribute.choices is Evidence:
            continue
        found = {getattr(p, name) for p in plots} - {None}
        if attribute.type is Type.CHOICES:
            found = set(chain.from_iterable(found))
        housing = {Zoning(z) for z in ("WS", "WR", "WA", "WB", "W", "M", "MD", "MDW", "other")}
        assert set(attribute.choices) - found <= (housing | {"I"}), name
    for flag in (n for n, a in ATTRIBUTES.items() if a.type is Type.FLAG):
        assert {getattr(p, flag) for p in plots} == {True, False, None}, flag
    sectors = {sector["code"] for sector in resources.region()["sectors"]}
    assert set(chain.from_iterable(p.sectors or () for p in plots)) == sectors


def test_obstacles_of_every_kind_and_weight(plots: list[Site]) -> None:
    obstacles = list(chain.from_iterable(p.restrictions or () for p in plots))
    assert {o.kind for o in obstacles} == set(RestrictionKind)
    assert {o.severity for o in obstacles} == {*Severity, None}
    assert {p.max_restriction for p in plots} == {*MaxRestriction, None}
    ends = [o.expected_end for o in obstacles if o.expected_end]
    assert min(ends) < REFERENCE < max(ends)
    assert all(o.note for o in obstacles)


def test_facts_fit_together(plots: list[Site]) -> None:
    industry = [p for p in plots if Zoning.GI in (p.zoning or ())]
    commerce = [p for p in plots if p.zoning == (Zoning.GE,)]
    assert np.median([p.size_m2 for p in industry if p.size_m2]) > np.median([p.size_m2 for p in commerce if p.size_m2])
    assert {p.zoning[0] for p in plots if p.rail_siding == "on_site" and p.zoning} <= {
        Zoning.GI,
        Zoning.GE,
        Zoning.G,
        Zoning.SO,
    }
    for p in plots:
        sizes = [p.stated_area_m2, p.net_area_m2, p.available_area_m2, p.largest_contiguous_m2, p.divisible_from_m2]
        known = [size for size in sizes if size is not None]
        assert known == sorted(known, reverse=True)
        assert (p.price_eur_m2 is not None) == (p.price_on_request is False)
        assert p.price_eur_m2 is None or 35 <= p.price_eur_m2 <= 220
        if p.availability == "immediate" and p.available_from:
            assert p.available_from <= REFERENCE
        elif p.availability and p.available_from:
            assert p.available_from > REFERENCE
        assert p.first_published is None or p.verified_on is None or p.first_published <= p.verified_on


def test_ages_reach_from_fresh_to_hidden(plots: list[Site]) -> None:
    ages = Counter(freshness.badge(p, Freshness(), REFERENCE, Language("en")).state for p in plots if p.verified_on)
    assert {"fresh", "due", "unconfirmed", "hidden"} == {age.value for age in ages}
    assert ages[freshness.Age.FRESH] > ages[freshness.Age.HIDDEN]
    assert all(p.verified_on <= REFERENCE for p in plots if p.verified_on)


def test_plots_lie_in_their_towns(plots: list[Site], towns: dict[str, Municipality]) -> None:
    across = [p for p in plots if p.further_municipalities]
    assert len(across) == 8
    for p in plots:
        if p.geometry is None:
            continue
        # written to 10 cm
        home = shapely.buffer(towns[p.municipality].geometry, 1)
        if p.further_municipalities:
            (other,) = p.further_municipalities
            assert not shapely.contains(home, p.geometry)
            home = shapely.union(home, shapely.buffer(towns[other].geometry, 1))
        assert shapely.contains(home, p.geometry), p.id


def test_outlines_are_plausible(plots: list[Site]) -> None:
    drawn = outlines(plots)
    shapes = np.array([shape for _, shape in drawn])
    hectares = shapely.area(shapes) / 10_000
    assert 0.3 <= hectares.min() < 0.8
    assert 25 < hectares.max() <= 45
    assert 1 < np.median(hectares) < 5
    qualities = Counter(p.geometry_quality for p in plots if p.geometry is not None)
    assert qualities[GeometryQuality.PARCEL] + qualities[GeometryQuality.SURVEYED] > COUNT * 0.6
    assert qualities[GeometryQuality.POINT] == 10
    assert sum(p.geometry is None for p in plots) == 2
    assert len(drawn) == COUNT - 12


def test_eight_pairs_adjoin_and_nothing_overlaps(plots: list[Site]) -> None:
    shapes = np.array([shape for _, shape in outlines(plots)])
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=40)
    pairs = {(a, b) for a, b in zip(one.tolist(), other.tolist(), strict=True) if a < b}
    assert len(pairs) == 8
    for a, b in pairs:
        assert shapely.distance(shapes[a], shapes[b]) <= 25
        assert shapely.area(shapely.intersection(shapes[a], shapes[b])) < 1
    assert sum(shapely.distance(shapes[a], shapes[b]) == 0 for a, b in pairs) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_expose_can_be_shown(listed: list[Listed], towns: dict[str, Municipality], language: str) -> None:
    for found in listed:
        shown = expose.expose(found, towns, Freshness(), REFERENCE, Language(language))
        assert "Musterbestand (erfunden)" in {source.text for source in shown.sources}
