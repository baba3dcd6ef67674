"""The table of transport links: both vehicles, how and of when each figure is, what stands in the way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from finder.language import Language
from finder.model.access import Access
from finder.model.reach import Route
from finder.model.vocabulary import AccessKind, Method, Obstacle, Vehicle
from finder.presentation import ways
from finder.presentation.facts import Sources
from finder.presentation.ways import AccessRow
from tests import factories
from tests.presentation.test_listing import plain, way

DE, EN = Language("de"), Language("en")
ROADS: dict[str, Any] = {"method": Method.NETWORK, "network_as_of": "2026-10-01"}
DRIVEN: dict[str, Any] = {**ROADS, "km": 4.3}


def route(kind: AccessKind = AccessKind.MOTORWAY_JUNCTION, **known: Any) -> Route:
    """Return a way over the road network, four kilometres to the east."""
    start = factories.at()
    given: dict[str, Any] = {
        "vehicle": kind.vehicle,
        "point_id": "p",
        "line": LineString([(start.x, start.y), (start.x + 4000, start.y)]),
        "km": 4.3,
        "minutes": 7.0,
        "settlement_km": None,
    }
    return Route(kind=kind, **(given | known))


def junction(*access: Access, routes: tuple[Route, ...] = (), language: Language = EN) -> AccessRow:
    return ways.rows(access, routes, Sources(language), language)[0]


def lines(row: AccessRow) -> list[str]:
    return [plain(line) for line in row.lines]


def test_ways_name_both_vehicles_and_which_counts() -> None:
    row = junction(way(), way(vehicle=Vehicle.CAR, minutes=3.4))
    assert (row.kind, plain(row.truck or ""), plain(row.car or "")) == (
        AccessKind.MOTORWAY_JUNCTION,
        "4 min",
        "3 min",
    )
    assert (row.counted, row.minutes, row.estimated) == ("truck", 4.4, True)
    assert row.lines == ("km beeline, min estimate · Jun 2023",)
    assert len(ways.rows((), (), Sources(EN), EN)) == len(AccessKind)


def test_each_vehicle_has_its_own_kilometres() -> None:
    row = junction(way(km=3.9, **ROADS), way(vehicle=Vehicle.CAR, km=3.7, **ROADS))
    assert (plain(row.truck_km or ""), plain(row.car_km or "")) == ("3.9 km", "3.7 km")
    assert lines(row) == ["road network, 1 Oct 2026 · point Jun 2023"]
    assert row.estimated is False


def test_methods_that_differ_are_told_of_each_vehicle() -> None:
    row = junction(
        way(obstacle=Obstacle.UNREACHED), way(vehicle=Vehicle.CAR, **ROADS), way(AccessKind.INLAND_PORT, **ROADS)
    )
    assert lines(row) == [
        "truck: km beeline, min estimate",
        "car: road network, 1 Oct 2026",
        "point Jun 2023",
        "truck: the road network knows no way there for this vehicle",
    ]
    assert row.estimated is True


def test_another_point_of_the_other_vehicle_is_named_with_its_source_and_note() -> None:
    other = way(
        vehicle=Vehicle.CAR, point_id="q", point_name="Nebenkreuz", as_of="2024", source="other", note="neu", **ROADS
    )
    numbered = Sources(EN)
    row = ways.rows((way(note="alt", **ROADS), other), (), numbered, EN)[0]
    assert row.name == "A 99 Musterkreuz"
    assert lines(row) == [
        "car: A 99 Nebenkreuz",
        "truck: road network, 1 Oct 2026 · point Jun 2023",
        "car: road network, 1 Oct 2026 · point 2024",
    ]
    assert row.notes == ("alt", "neu")
    assert [source.text for source in numbered.listed()] == ["test", "© OpenStreetMap contributors (ODbL)", "other"]
    assert row.sources == (1, 2, 3)


def test_roads_without_a_date_are_undated() -> None:
    row = junction(way(method=Method.NETWORK, network_as_of=None))
    assert lines(row) == ["road network, undated · point Jun 2023"]


# -- what holds for all ways ------------------------------------------------------------------------------------------


def test_note_explains_only_the_methods_in_use() -> None:
    assert "beeline" not in (ways.note([way(**ROADS)], EN) or "")
    assert "estimate" in (ways.note([way()], EN) or "")
    assert "±" in (ways.note([way(uncertainty_m=500.0)], EN) or "")
    assert "±" not in (ways.note([way()], EN) or "")
    assert ways.note([], EN) is None


def test_obstacle_of_all_ways_is_said_once_above_them() -> None:
    access = [way(kind, vehicle=v, obstacle=Obstacle.OUTSIDE) for kind in AccessKind for v in Vehicle]
    assert ways.remarks(access, EN) == (
        "No minutes over the road network (truck, car): no road of the network lies near the plot.",
    )
    assert "no road" not in " ".join(lines(junction(*access)))


def test_obstacle_of_one_kind_is_said_there_once_for_both_vehicles() -> None:
    met = [way(vehicle=vehicle, obstacle=Obstacle.UNREACHED) for vehicle in Vehicle]
    access = [*met, *(way(AccessKind.AIRPORT, vehicle=vehicle, **ROADS) for vehicle in Vehicle)]
    assert ways.remarks(access, EN) == ()
    assert lines(junction(*access))[-1] == "truck, car: the road network knows no way there for this vehicle"


def test_obstacle_of_one_vehicle_names_it() -> None:
    access = [way(obstacle=Obstacle.OUTSIDE), way(vehicle=Vehicle.CAR, **ROADS)]
    assert ways.remarks(access, EN) == (
        "No minutes over the road network (truck): no road of the network lies near the plot.",
    )


@pytest.mark.parametrize(
    ("snap_m", "said"),
    [
        (None, ()),
        (100.0, ()),
        (237.0, ("The nearest road it may use lies 240 m from the plot (truck).",)),
        (1640.0, ("The nearest road it may use lies 1.6 km from the plot (truck).",)),
    ],
)
def test_road_that_lies_off_is_told_with_its_distance(snap_m: float | None, said: tuple[str, ...]) -> None:
    assert tuple(plain(text) for text in ways.remarks([way(snap_m=snap_m, **ROADS)], EN)) == said


def test_nothing_is_remarked_without_a_network() -> None:
    assert ways.remarks([way(), way(vehicle=Vehicle.CAR)], EN) == ()


# -- settlements ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settlement_km", "said"),
    [(None, None), (0.0, "yes"), (0.049, "yes"), (0.051, "no, 0.1 of 4.3 km"), (1.23, "no, 1.2 of 4.3 km")],
)
def test_settlements_are_spared_or_crossed_or_not_known(settlement_km: float | None, said: str | None) -> None:
    text = junction(way(**DRIVEN), routes=(route(settlement_km=settlement_km),)).settlement
    assert (text and plain(text)) == said


@pytest.mark.parametrize(
    "other",
    [
        route(settlement_km=0.0, vehicle=Vehicle.CAR),
        route(AccessKind.INLAND_PORT, settlement_km=0.0),
        route(settlement_km=0.0, point_id="q"),
        route(settlement_km=0.0, km=4.9),  # over a network built since
    ],
)
def test_another_way_says_nothing_of_this_one(other: Route) -> None:
    assert junction(way(**DRIVEN), routes=(other,)).settlement is None


def test_estimates_cross_nothing_that_is_known() -> None:
    assert junction(way(), routes=(route(settlement_km=0.0),)).settlement is None


@given(st.floats(0, 50), st.floats(0, 1))
def test_part_through_settlements_is_never_said_to_be_more_than_the_whole(km: float, share: float) -> None:
    said = ways.settlement(route(km=km, settlement_km=km * share), EN)
    assert said is not None
    if said != "yes":
        part, whole = plain(said).removeprefix("no, ").removesuffix(" km").replace("below ", "").split(" of ")
        assert 0 < float(part) <= float(whole) + 1e-9
