"""Rows of results: numbers with their method, "not known" in its place."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from finder.config import Freshness
from finder.language import Language
from finder.model.access import Access
from finder.model.site import Site
from finder.model.vocabulary import AccessKind, Availability, Evidence, Method, PlanStatus, Status, Vehicle, Zoning
from finder.presentation import listing
from finder.presentation.freshness import Age
from finder.search import question
from finder.search.criteria import Context
from finder.store.sites import Listed
from tests import factories

DE, EN = Language("de"), Language("en")
TODAY = factories.TODAY


def way(kind: AccessKind = AccessKind.MOTORWAY_JUNCTION, **known: Any) -> Access:
    given: dict[str, Any] = {
        "vehicle": kind.vehicle,
        "point_id": "p",
        "point_name": "Musterkreuz",
        "road": "A 99",
        "km": 2.04,
        "minutes": 4.4,
        "method": Method.ESTIMATE,
        "uncertainty_m": None,
        "as_of": "2023-06",
        "source": "test",
    }
    return Access(kind=kind, **(given | known))


def row(site: Site, *access: Access, language: Language = EN, unknown: tuple[str, ...] = ()) -> listing.Hit:
    listed = Listed(site=site, access=access, version=1)
    return listing.hit(listed, factories.TOWNS, Freshness(), TODAY, language, unknown)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_row_says_size_zoning_and_state() -> None:
    site = factories.site(
        id="T-1",
        available_area_m2=30_000.0,
        zoning=(Zoning.GI, Zoning.GE),
        plan_status=PlanStatus.IN_FORCE,
        availability=Availability.SHORT,
        further_municipalities=("05990002",),
    )
    shown = row(site)
    assert (plain(shown.size or ""), shown.size_basis) == ("3.00 ha", "available")
    assert (shown.zoning, shown.zoning_words) == ("GI; GE", "industrial area, commercial area")
    assert plain(shown.line) == "Musterstadt, Beispielhausen · plan in force · available within 2 years"
    assert shown.href == "/sites/T-1"


def test_unknown_keeps_its_place() -> None:
    shown = row(factories.site())
    assert (shown.size, shown.size_basis, shown.zoning) == (None, None, None)
    assert [w.reach for w in shown.ways] == [None] * len(listing.SHOWN_ACCESS)
    assert "availability not known" in shown.line
    assert shown.badge.state is Age.UNCONFIRMED
    assert shown.unknown is None


def test_stated_none_is_not_taken_for_not_known() -> None:
    shown = row(factories.site(zoning=()))
    assert (shown.zoning, shown.zoning_words) == ("none", "none")


def test_what_was_asked_and_is_not_known_is_named_once() -> None:
    assert row(factories.site(), unknown=("size", "zoning", "size")).unknown == "size, zoning"


def test_figures_say_how_and_of_when_they_were_made() -> None:
    reach = row(factories.site(), way(uncertainty_m=740.0), language=DE).ways[0].reach
    assert reach is not None
    assert (reach.name, plain(reach.value)) == ("A 99 Musterkreuz", "4 min · 2,0 km ± 0,7")
    assert reach.method == "Schätzung (Lkw) · Luftlinie · 06/2023"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"method": Method.NETWORK, "network_as_of": "2026-10-01"}, "road network (truck) · 1 Oct 2026"),
        ({"minutes": None}, "beeline · Jun 2023"),
        ({"as_of": None}, "estimate (truck) · beeline · undated"),
    ],
)
def test_method_says_no_more_than_there_is(known: dict[str, Any], said: str) -> None:
    assert listing.method(way(**known), EN) == said


def test_kilometres_stand_alone_where_minutes_are_not_known() -> None:
    reach = listing.reach([way(minutes=None)], AccessKind.MOTORWAY_JUNCTION, Vehicle.TRUCK, EN)
    assert reach is not None
    assert reach.minutes is None
    assert plain(reach.value) == "2.0 km"


def test_way_of_another_vehicle_is_not_taken() -> None:
    assert listing.reach([way(vehicle=Vehicle.CAR)], AccessKind.MOTORWAY_JUNCTION, Vehicle.TRUCK, EN) is None


@pytest.mark.parametrize(
    ("known", "row_tags", "page_tags"),
    [
        ({}, (), ()),
        ({"sample": True}, (), ("fictional",)),
        ({"evidence": Evidence.MARKETING}, (), ("documented, not an offer",)),
        (
            {"evidence": Evidence.POTENTIAL_ONLY, "status": Status.RESERVED},
            ("potential land", "reserved"),
            ("documented, not an offer", "potential land", "reserved"),
        ),
    ],
)
def test_tags_say_what_a_reader_must_know_first(
    known: dict[str, Any], row_tags: tuple[str, ...], page_tags: tuple[str, ...]
) -> None:
    site = factories.site(**known)
    assert row(site).tags == row_tags
    assert listing.tags(site, EN) == page_tags


@pytest.mark.parametrize(("days", "state"), [(0, Age.FRESH), (91, Age.DUE), (181, Age.UNCONFIRMED), (366, Age.HIDDEN)])
def test_badge_ages(days: int, state: Age) -> None:
    assert row(factories.site(verified_on=TODAY - dt.timedelta(days=days))).badge.state is state


@pytest.mark.parametrize(
    ("pairs", "kinds"),
    [
        ([], ["motorway_junction", "inland_port", "rail_freight"]),
        ([("sort", "size_asc"), ("vehicle", "car")], ["motorway_junction", "inland_port", "rail_freight"]),
        ([("sort", "rail_freight_min")], ["rail_freight", "motorway_junction", "inland_port"]),
        ([("max_airport_km", "9")], ["airport", "motorway_junction", "inland_port"]),
        (
            [("max_airport_km", "9"), ("max_inland_port_min", "9"), ("sort", "rail_station_min")],
            ["rail_station", "inland_port", "airport"],
        ),
    ],
)
def test_row_has_room_for_the_ways_that_were_asked_about(pairs: list[tuple[str, str]], kinds: list[str]) -> None:
    asked = question.read(pairs, Context(today=TODAY))
    assert list(listing.kinds(asked)) == kinds
    listed = Listed(site=factories.site(), access=(), version=1)
    shown = listing.hit(listed, factories.TOWNS, Freshness(), TODAY, EN, question=asked)
    assert len(shown.ways) == len(kinds)


@pytest.mark.parametrize("pairs", [[("vehicle", "car")], [("vehicle", "car"), ("max_motorway_junction_min", "9")]])
def test_row_shows_the_ways_of_the_vehicle_that_was_asked_for(pairs: list[tuple[str, str]]) -> None:
    ways = tuple(way(vehicle=vehicle, minutes=minutes) for vehicle, minutes in ((Vehicle.TRUCK, 12), (Vehicle.CAR, 8)))
    listed = Listed(site=factories.site(), access=ways, version=1)
    asked = question.read(pairs, Context(today=TODAY))
    shown = listing.hit(listed, factories.TOWNS, Freshness(), TODAY, EN, question=asked).ways[0].reach
    assert shown is not None
    assert plain(shown.minutes or "") == "8 min"
    assert shown.method.startswith("estimate (car)")
