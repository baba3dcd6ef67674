"""Motorway junctions by name, and where their ramps begin."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
import shapely

from finder.measures import routing
from finder.model.vocabulary import Vehicle
from finder.roads import junctions, snapping
from finder.roads.network import Junction
from finder.roads.records import RoadRecords, Tags
from finder.roads.snapping import Stops
from tests.roads import networks
from tests.roads.extracts import FEEDERS, LINKS, grid
from tests.roads.networks import ORIGIN_M, Built


def along(*exits: tuple[float, Tags], **tags: str) -> RoadRecords:
    """Return a motorway with exits so many metres along it."""
    nodes = [(-9000.0, 0.0), *((east, 0.0) for east, _ in exits), (90_000.0, 0.0)]
    ways = [(range(len(nodes)), {"highway": "motorway", "ref": "A 1", **tags})]
    said = {i + 1: {"highway": "motorway_junction", **about} for i, (_, about) in enumerate(exits)}
    return networks.records(nodes, ways, node_tags=said)


def told(found: Sequence[Junction]) -> list[tuple[str, str | None, float]]:
    return [(junction.name, junction.road, round(junction.xy[0] - ORIGIN_M[0])) for junction in found]


def test_exits_of_one_name_are_one_junction_where_they_lie_together() -> None:
    made = along(*((east, {"name": "Dorf", "ref": "7"}) for east in (0.0, 400.0, 900.0, 40_000.0, 40_600.0)))
    assert told(junctions.named(made)) == [("Dorf", "A 1", 433), ("Dorf", "A 1", 40_300)]


def test_an_exit_without_a_name_goes_by_its_number_and_one_without_either_is_left_out() -> None:
    made = along((0.0, {"ref": "7"}), (500.0, {"name": "  "}), (900.0, {}), (9000.0, {"name": " Hof ", "ref": "8"}))
    assert told(junctions.named(made)) == [("7", "A 1", 0), ("Hof", "A 1", 9000)]


def test_an_exit_without_a_name_takes_that_of_the_same_number_nearby() -> None:
    made = along((0.0, {"ref": "7"}), (600.0, {"name": "Dorf", "ref": "7"}), (50_000.0, {"ref": "7"}))
    assert told(junctions.named(made)) == [("7", "A 1", 50_000), ("Dorf", "A 1", 300)]


@pytest.mark.parametrize(("ref", "road"), [("A 2;A 3", "A 2"), ("A 2 ; E 34", "A 2"), ("", None), (" ", None)])
def test_the_motorway_is_named_by_its_first_number(ref: str, road: str | None) -> None:
    assert told(junctions.named(along((0.0, {"name": "Dorf"}), ref=ref))) == [("Dorf", road, 0)]


def test_a_junction_of_other_roads_is_none_of_a_motorway() -> None:
    assert junctions.named(along((0.0, {"name": "Dorf"}), highway="trunk")) == ()
    assert junctions.named(networks.records([], [])) == ()


def test_sets_of_tags_that_no_way_has_do_not_matter() -> None:
    made = along((0.0, {"name": "Dorf"}))
    more = dataclasses.replace(
        made, tag_sets=({"restriction": "no_u_turn"}, *made.tag_sets), way_tags=made.way_tags + 1
    )
    assert told(junctions.named(more)) == [("Dorf", "A 1", 0)]


def test_where_motorways_cross_each_has_its_junction() -> None:
    nodes = [(-9000.0, 0.0), (0.0, 0.0), (9000.0, 0.0), (0.0, -9000.0), (0.0, 50.0), (0.0, 9000.0)]
    ways: list[tuple[list[int], Tags]] = [
        ([0, 1, 2], {"highway": "motorway", "ref": "A 1"}),
        ([3, 4, 5], {"highway": "motorway", "ref": "A 2"}),
    ]
    both = {node: {"highway": "motorway_junction", "name": "Kreuz"} for node in (1, 4)}
    found = junctions.named(networks.records(nodes, ways, node_tags=both))
    assert [(junction.name, junction.road) for junction in found] == [("Kreuz", "A 1"), ("Kreuz", "A 2")]


# -- ways to junctions -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town() -> Built:
    return networks.from_extract(grid())


def stops_of(made: Built, points: list[shapely.Point], vehicle: Vehicle = Vehicle.CAR, m: float = 0.0) -> Stops:
    return snapping.junction_stops(made.network, vehicle, np.array(points, dtype=object), np.full(len(points), m))


def at(node: int) -> shapely.Point:
    """Return where a node of the town lies."""
    (xy,) = networks.metres([grid().nodes[node][:2]])
    return shapely.Point(xy)


def moved(point: shapely.Point, east_m: float, north_m: float) -> shapely.Point:
    return shapely.Point(point.x + east_m, point.y + north_m)


def west_and_east(made: Built) -> list[shapely.Point]:
    by_name = {junction.name: shapely.Point(junction.xy) for junction in made.network.junctions}
    return [by_name["Musterstadt-W"], by_name["Musterstadt-O"]]


@pytest.mark.parametrize("vehicle", Vehicle)
def test_the_way_to_a_junction_ends_where_its_ramp_begins(town: Built, vehicle: Vehicle) -> None:
    stops = stops_of(town, west_and_east(town), vehicle)
    corners = [at(grid().at(column, 0)) for column in (0, 5)]
    places = snapping.snap(town.network, vehicle, np.array(corners, dtype=object))
    found = routing.nearest(town.network, vehicle, places, stops)
    assert found.point.tolist() == [0, 1]
    # from the town's corner down the feeder to the nearer ramps
    beeline_m = [corner.distance(at(FEEDERS + 10 * i)) for i, corner in enumerate(corners)]
    assert found.metres == pytest.approx(beeline_m, rel=2e-3)


def test_each_ramp_belongs_to_the_nearest_junction(town: Built) -> None:
    west, east = west_and_east(town)
    both = stops_of(town, [west, east])
    assert sorted(np.bincount(both.point).tolist()) == [2, 2]
    # one of the same name again, farther off: no ramp is left for it, and the next road is no junction
    again = stops_of(town, [west, moved(west, 100.0, -900.0)])
    assert set(again.point.tolist()) == {0}
    assert (again.along == 0.0).all()


def test_a_junction_without_ramps_ends_at_the_nearest_road(town: Built) -> None:
    closed = grid()
    for junction in (0, 1):
        for link in (1, 3):
            closed.retag(LINKS + 10 * junction + link, hgv="no")
    made = networks.from_extract(closed)
    west, _ = west_and_east(made)
    stops = stops_of(made, [west], Vehicle.TRUCK)
    nearest = snapping.snap(made.network, Vehicle.TRUCK, np.array([west], dtype=object), plots=False)
    assert set((stops.arc // 2).tolist()) == set(nearest.segment.tolist())
    assert (stops_of(made, [west], Vehicle.CAR).along == 0.0).all()


def test_an_uncertain_place_takes_ramps_farther_off(town: Built) -> None:
    far = moved(west_and_east(town)[0], 0.0, -1900.0)
    assert len(stops_of(town, [far]).arc) == 0, "neither a ramp nor a road within a kilometre"
    assert len(stops_of(town, [far], m=np.nan).arc) == 0
    assert len(stops_of(town, [far], m=1000.0).arc) == 2


def test_no_points_and_none_that_lie_anywhere(town: Built) -> None:
    assert len(stops_of(town, []).arc) == 0
    assert len(stops_of(town, [None, shapely.Point()]).arc) == 0  # type: ignore[list-item]


def test_a_town_without_a_motorway_has_no_ramps() -> None:
    made = networks.from_extract(grid(motorway=False))
    assert len(made.network.ramp_arcs) == 0
    assert made.network.junctions == ()
    stops = stops_of(made, [at(grid().at(2, 2))])
    assert stops.point.tolist() == [0, 0]
