"""From records to a network: what is joined, what is kept apart, which turns are forbidden."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder import crs
from finder.errors import UnusableInput
from finder.measures import isochrones, reach, routing
from finder.model.vocabulary import Vehicle
from finder.roads import building, network, rules, snapping
from finder.roads.network import MAIN, Network
from finder.roads.records import Restriction, RoadRecords
from tests.roads import networks
from tests.roads.networks import Built, turn
from tests.roads.searching import mutual_runs

PLAIN = networks.ROADS[0]
vehicles = st.sampled_from(Vehicle)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(networks.any_built(), vehicles)
def test_the_main_part_is_where_one_gets_from_everywhere_to_everywhere(made: Built, vehicle: Vehicle) -> None:
    main = {made.run_of[i] for i in np.flatnonzero(made.network.flags & MAIN[vehicle]).tolist()}
    groups = mutual_runs(made.search(vehicle))
    assert not main or any(main <= group for group in groups), "from everywhere to everywhere"
    inner = {drive.run for drive in made.search(vehicle).inner}
    if main - inner:
        assert main in groups, "nothing is left out that could be in"
    elif not main:
        assert all(len(group - inner) <= 1 for group in groups), "roads on which one never comes back"


# -- a crossing of four roads ------------------------------------------------------------------------------------------

MIDDLE, WEST, NORTH, EAST, SOUTH = range(5)
CROSS = [(0.0, 0.0), (-500.0, 0.0), (0.0, 500.0), (500.0, 0.0), (0.0, -500.0)]
FROM_WEST, TO_NORTH, TO_EAST, TO_SOUTH = range(4)
"""The ways from the middle; the way from the west leads to it."""


def cross(*turns: Restriction, vehicle: Vehicle = Vehicle.CAR, **tags: dict[str, str]) -> set[str]:
    """Return where one may go on to at once, who comes from the west; further tags by a way's name."""
    ends = [(WEST, MIDDLE), (MIDDLE, NORTH), (MIDDLE, EAST), (MIDDLE, SOUTH)]
    names = ["west", "north", "east", "south"]
    ways = [
        (list(over), {"highway": "residential", **tags.get(name, {})}) for over, name in zip(ends, names, strict=True)
    ]
    made = networks.built(networks.records(CROSS, ways, turns))
    here = made.run_of.index(0)
    left = {"west"} if turns_round(made, vehicle) else set()
    for segment, run in enumerate(made.run_of):
        if segment != here and seconds(made, vehicle, (here, 0.5), (segment, 0.5)) < at_once(vehicle):
            left.add(names[made.runs[run].way])
    return left


def at_once(vehicle: Vehicle) -> float:
    """Return more than the seconds of 500 m and less than those of 1000 m on a residential road."""
    km_h = rules.way(networks.ROADS[0]).rules[vehicle].forward_km_h
    assert km_h is not None
    return 750.0 / km_h * 3.6


def seconds(made: Built, vehicle: Vehicle, start: tuple[int, float], end: tuple[int, float]) -> float:
    """Return the seconds of the quickest way that leads over a crossing at least."""
    stops = snapping.arcs(made.network, vehicle, networks.snaps([end]))
    found = reach.reach(made.network, vehicle, networks.snaps([start]))
    if found is None or not len(stops.arc):
        return math.inf
    return float(reach.seconds_to(found, stops)[0])


def turns_round(made: Built, vehicle: Vehicle) -> bool:
    """Return whether one who comes from the west may turn round in the middle."""
    segment = made.run_of.index(0)
    graph = made.network.graphs[vehicle]
    away = 2 * segment + int(made.network.node_xy[made.network.segment_from[segment]][0] < networks.ORIGIN_M[0] - 1.0)
    tails = snapping.tails(made.network, vehicle, np.array([away]))[1]
    return bool(set(graph.head[away ^ 1].tolist()) & set(tails.tolist()))


ALL = {"west", "north", "east", "south"}


def test_without_restrictions_all_turns_are_free() -> None:
    assert cross() == ALL


@pytest.mark.parametrize(
    ("turns", "left"),
    [
        ([turn(FROM_WEST, MIDDLE, TO_NORTH)], ALL - {"north"}),
        ([turn(FROM_WEST, MIDDLE, TO_NORTH), turn(FROM_WEST, MIDDLE, TO_SOUTH, "no_right_turn")], {"west", "east"}),
        ([turn(FROM_WEST, MIDDLE, TO_EAST, "only_straight_on")], {"east"}),
        # two that are allowed, each by a restriction of its own
        ([turn(FROM_WEST, MIDDLE, TO_EAST, "only_straight_on"), turn(FROM_WEST, MIDDLE, TO_SOUTH, "only_right_turn")],
         {"east", "south"}),
        # what alone is allowed is forbidden as well
        ([turn(FROM_WEST, MIDDLE, TO_EAST, "only_straight_on"), turn(FROM_WEST, MIDDLE, TO_EAST, "no_straight_on")],
         set()),
        ([turn(FROM_WEST, MIDDLE, FROM_WEST, "no_u_turn")], ALL - {"west"}),
        # of a way into itself, without a word of turning round
        ([turn(FROM_WEST, MIDDLE, FROM_WEST, "no_left_turn")], ALL),
        # at another crossing, of another way, and by a via node that no road meets at
        ([turn(FROM_WEST, WEST, TO_NORTH)], ALL),
        ([turn(TO_EAST, MIDDLE, TO_NORTH)], ALL),
        ([turn(FROM_WEST, NORTH, TO_NORTH, "only_straight_on")], ALL),
        # the only way that is allowed does not begin there
        ([turn(FROM_WEST, WEST, TO_EAST, "only_straight_on")], ALL),
    ],
)  # fmt: skip
def test_turns(turns: list[Restriction], left: set[str]) -> None:
    assert cross(*turns) == left


def test_restrictions_hold_for_those_they_bind() -> None:
    excepted = turn(FROM_WEST, MIDDLE, TO_NORTH, **{"except": "hgv"})
    own = Restriction(
        from_way=FROM_WEST, via_node=MIDDLE, to_way=TO_NORTH, only=False, tags={"restriction:hgv": "no_left_turn"}
    )
    for restriction, bound, free in ((excepted, Vehicle.CAR, Vehicle.TRUCK), (own, Vehicle.TRUCK, Vehicle.CAR)):
        assert cross(restriction, vehicle=bound) == ALL - {"north"}
        assert cross(restriction, vehicle=free) == ALL


@pytest.mark.parametrize("east", [{"hgv": "no"}, {"oneway": "-1"}, {"highway": "cycleway"}])
def test_the_only_turn_into_a_road_that_is_closed_is_no_trap(east: dict[str, str]) -> None:
    only = turn(FROM_WEST, MIDDLE, TO_EAST, "only_straight_on")
    assert cross(only, vehicle=Vehicle.TRUCK, east=east) == ALL - {"east"}


def test_a_restriction_on_a_way_that_goes_on_binds_who_comes_by_it_from_either_side() -> None:
    # from west to east in one way, over the middle
    ways = [([WEST, MIDDLE, EAST], PLAIN), ([MIDDLE, NORTH], PLAIN)]
    for turns, north_barred, east_barred in (
        ([turn(0, MIDDLE, 1)], True, False),
        ([turn(1, MIDDLE, 0)], False, False),
        ([turn(0, MIDDLE, 0, "no_u_turn")], False, False),
        ([turn(0, MIDDLE, 0, "no_straight_on")], False, True),
    ):
        made = networks.built(networks.records(CROSS, ways, turns))
        west, east, north = ((made.run_of.index(run), 0.5) for run in range(3))
        for one, other in ((west, east), (east, west)):
            assert (seconds(made, Vehicle.CAR, one, north) > at_once(Vehicle.CAR)) == north_barred
            assert (seconds(made, Vehicle.CAR, one, other) > at_once(Vehicle.CAR)) == east_barred


def test_a_roundabout_is_driven_one_way_round() -> None:
    # seen from above against the clock, as traffic keeps right; a road leaves it in the west and one in the east
    nodes = [(-50.0, 0.0), (0.0, -50.0), (50.0, 0.0), (0.0, 50.0), (-500.0, 0.0), (500.0, 0.0)]
    ring = {"highway": "residential", "junction": "roundabout"}
    made = networks.built(networks.records(nodes, [([0, 1, 2, 3, 0], ring), ([4, 0], PLAIN), ([2, 5], PLAIN)]))
    west, east = (next(i for i, run in enumerate(made.runs) if run.way == way) for way in (1, 2))
    both = [made.run_of.index(run) for run in (west, east)]
    there, back = (seconds(made, Vehicle.CAR, (one, 0.5), (other, 0.5)) for one, other in (both, both[::-1]))
    assert there == pytest.approx(back, rel=1e-3), "each drives half of it"
    (way,) = np.flatnonzero(made.network.length_m < 200.0).tolist()[:1]
    assert np.isinf(made.network.graphs[Vehicle.CAR].seconds[2 * way + 1])
    # for one another, between two places on it, it matters
    first, second = sorted(np.flatnonzero(made.network.length_m < 200.0).tolist())
    round_ = [seconds(made, Vehicle.CAR, (one, 0.5), (other, 0.5)) for one, other in ((first, second), (second, first))]
    assert sum(round_) == pytest.approx(float(made.network.graphs[Vehicle.CAR].seconds[[2 * first, 2 * second]].sum()))


# -- unusual extracts --------------------------------------------------------------------------------------------------


def test_an_extract_without_a_drivable_road_is_refused() -> None:
    for made in (
        networks.records([], []),
        networks.records(CROSS, [([0, 1], {"highway": "residential", "access": "no"})]),
        networks.records(CROSS, [([0, 1], {"highway": "footway"})]),
    ):
        with pytest.raises(UnusableInput, match="no road that a car or a truck may drive on"):
            building.build(made)


@pytest.mark.parametrize(
    ("tags", "main"),
    [
        ({"highway": "residential"}, {Vehicle.CAR: 1, Vehicle.TRUCK: 1}),
        ({"highway": "residential", "hgv": "no"}, {Vehicle.CAR: 1, Vehicle.TRUCK: 0}),
        ({"highway": "residential", "motor_vehicle": "no", "hgv": "yes"}, {Vehicle.CAR: 0, Vehicle.TRUCK: 1}),
        ({"highway": "motorway"}, {Vehicle.CAR: 0, Vehicle.TRUCK: 0}),
        ({"highway": "residential", "oneway": "yes"}, {Vehicle.CAR: 0, Vehicle.TRUCK: 0}),
        ({"highway": "service", "service": "driveway"}, {Vehicle.CAR: 1, Vehicle.TRUCK: 1}),
    ],
)
def test_a_single_way(tags: dict[str, str], main: dict[Vehicle, int], tmp_path: Path) -> None:
    made = networks.built(networks.records(CROSS, [([WEST, MIDDLE, EAST], tags)]))
    network.write(made.network, tmp_path / "roads.net")
    opened = Network.open(tmp_path / "roads.net")
    places = np.array([shapely.Point(*networks.ORIGIN_M)], dtype=object)
    for vehicle, many in main.items():
        assert int(((opened.flags & MAIN[vehicle]) > 0).sum()) == many
        assert opened.counts[f"main_{vehicle.value}"] == many
        found = snapping.snap(opened, vehicle, places)
        assert (found.segment >= 0).sum() == many
        nearest = routing.nearest(opened, vehicle, found, snapping.arcs(opened, vehicle, found))
        assert nearest.point.tolist() == [0 if many else -1]
        anywhere = reach.reach(opened, vehicle, networks.snaps([(0, 0.5)]))
        if anywhere is not None:
            (area,) = isochrones.areas(anywhere, [10.0])
            assert area.is_empty == (not many)


def test_what_the_records_say_is_kept() -> None:
    made = networks.records(CROSS, [([WEST, MIDDLE], PLAIN)], counts={"cut_off_ways": 3})
    found = building.build(made)
    assert (found.name, found.as_of) == ("roads.osm.pbf", "2026-03-01")
    assert found.counts["cut_off_ways"] == 3
    assert found.counts["ways"] == found.counts["segments"] == 1
    assert building.build(dataclasses.replace(made, as_of=None)).as_of is None


def test_the_steps_are_told() -> None:
    steps: list[str] = []
    building.build(networks.records(CROSS, [([WEST, MIDDLE], PLAIN)]), steps.append)
    assert len(steps) == len(set(steps)) >= 3


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    networks.any_records(), st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 9)), max_size=5)
)
def test_metres_through_built_up_areas_are_those_within_their_union(
    made: RoadRecords, homes: list[tuple[int, int, int]]
) -> None:
    boxes = [shapely.box(x * 50.0, y * 50.0, (x + side) * 50.0, (y + side) * 50.0) for x, y, side in homes]
    try:
        found = building.build(dataclasses.replace(made, built_up=networks.areas(boxes) if boxes else None))
    except UnusableInput:
        return
    if not boxes:
        assert len(found.settlement_m) == 0
        return
    assert (found.settlement_m >= 0.0).all()
    assert (found.settlement_m <= found.length_m).all()
    union = shapely.union_all(crs.to_metric(shapely.from_wkb(networks.areas(boxes))))
    lines = found.lines(np.arange(len(found)))
    within = shapely.length(shapely.intersection(lines, union))
    real = shapely.length(lines) > 0.0
    # on the ground, and along an edge of the areas one or the other
    along = shapely.length(shapely.intersection(lines, union.boundary.buffer(0.1)))
    assert (np.abs(found.settlement_m - within)[real] <= 0.05 + 1e-3 * within[real] + along[real]).all()
