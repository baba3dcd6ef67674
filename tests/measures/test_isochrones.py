"""Areas within minutes: they hold the crossings that are reached, and no others."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from finder.measures import isochrones, reach
from finder.measures.reach import Reach
from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.network import MAIN
from finder.roads.triangles import FAR_AWAY
from tests.roads import networks
from tests.roads.extracts import grid
from tests.roads.networks import Built

slow = settings(suppress_health_check=[HealthCheck.too_slow])
vehicles = st.sampled_from(Vehicle)


def hold_what_is_reached(found: Reach, minutes: Sequence[float]) -> list[BaseGeometry]:
    """Return the areas after a look at every crossing."""
    areas = isochrones.areas(found, minutes)
    seconds = reach.seconds_at_places(found)
    places = np.arange(len(found.network.place_xy) - FAR_AWAY)
    xy = found.network.place_xy
    for minute, area in zip(minutes, areas, strict=True):
        assert area.is_valid
        reached = seconds[places] <= minute * 60.0
        inside = shapely.contains_xy(area, *xy[places].T) if not area.is_empty else np.zeros(len(places), dtype=bool)
        np.testing.assert_array_equal(inside, reached)
        assert not shapely.intersects_xy(area, *xy[-4:].T).any()
    for (less, inner), (more, outer) in itertools.permutations(zip(minutes, areas, strict=True), 2):
        if less <= more:
            assert inner.difference(outer).area <= 1e-6 * max(inner.area, 1.0)
    return areas


def from_place(made: Built, vehicle: Vehicle, place: tuple[int, float], limit_s: float = math.inf) -> Reach | None:
    return reach.reach(made.network, vehicle, networks.snaps([place]), limit_s)


@slow
@given(st.data(), networks.any_built(), vehicles, st.sampled_from((math.inf, 60.0, 5.0)))
def test_an_area_holds_the_crossings_that_are_reached(
    data: st.DataObject, made: Built, vehicle: Vehicle, limit_s: float
) -> None:
    (start,) = data.draw(networks.any_places(made, most=1))
    found = from_place(made, vehicle, start, limit_s)
    if found is None:
        return
    times = [s / 60.0 for s in found.seconds[np.isfinite(found.seconds)].tolist()]  # at the very second, too
    most = limit_s / 60.0 if math.isfinite(limit_s) else 20.0
    minute = st.floats(0.0, most) | st.sampled_from(times or [0.0])
    hold_what_is_reached(found, data.draw(st.lists(minute, min_size=1, max_size=4)))


straight = st.lists(st.integers(-40, 40), min_size=2, max_size=9, unique=True)
slopes = st.sampled_from(((1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (3.0, -7.0), (0.001, 40.0)))


@given(straight, slopes, st.lists(st.floats(0.0, 3.0), min_size=1, max_size=3))
def test_crossings_on_a_straight_line(steps: list[int], slope: tuple[float, float], minutes: list[float]) -> None:
    nodes = [(step * 10.0 * slope[0], step * 10.0 * slope[1]) for step in sorted(steps)]
    ways = [([i, i + 1], networks.ROADS[0]) for i in range(len(nodes) - 1)]
    made = networks.built(networks.records(nodes, ways))
    found = from_place(made, Vehicle.CAR, (0, 0.25))
    assert found is not None
    hold_what_is_reached(found, minutes)


def test_two_crossings_and_a_single_one() -> None:
    for over in ([0, 1], [0, 1, 2, 0]):
        made = networks.built(networks.records([(0, 0), (300, 0), (300, 300)], [(over, networks.ROADS[0])]))
        found = from_place(made, Vehicle.CAR, (0, 0.25))
        assert found is not None
        assert len(made.network.place_xy) - FAR_AWAY == len(set(over[:1] + over[-1:]))
        first, last = hold_what_is_reached(found, [0.01, 30.0])
        assert first.is_empty
        # from a crossing on, where no road is known, at most so far in every direction
        assert 0.0 < last.area < (2 * isochrones.BESIDE_MOST_M + 300.0) ** 2


@pytest.mark.parametrize("size", [(6, 5), (2, 2), (9, 3)])
@pytest.mark.parametrize("vehicle", Vehicle)
def test_areas_in_a_town(size: tuple[int, int], vehicle: Vehicle) -> None:
    made = networks.from_extract(grid(*size))
    for segment in (0, len(made.network) // 2):
        found = from_place(made, vehicle, (segment, 0.5))
        assert found is not None
        hold_what_is_reached(found, [0.5, 1, 2, 3, 4, 5, 10, 20])


@pytest.mark.parametrize("vehicle", Vehicle)
def test_areas_in_helsinki(vehicle: Vehicle) -> None:
    made = networks.helsinki()
    main = np.flatnonzero(made.network.flags & MAIN[vehicle])
    dice = np.random.default_rng(11)
    for segment in dice.choice(main, 12).tolist():
        found = from_place(made, vehicle, (segment, 0.5))
        assert found is not None
        areas = hold_what_is_reached(found, [0.2, 1, 2, 3, 5, 8, 13, 60])
        assert all(one.area < other.area for one, other in itertools.pairwise(areas[1:5]))


def test_an_enclave_that_is_reached_later_is_a_hole() -> None:
    # five by five fast crossings; the one in the middle lies at the end of a detour
    nodes = [(200.0 * column, 200.0 * row) for row in range(5) for column in range(5)]
    ways = []
    for row, column in itertools.product(range(5), range(5)):
        for other in ((row, column + 1), (row + 1, column)):
            if max(other) < 5 and (2, 2) not in {(row, column), other}:
                ways.append(([5 * row + column, 5 * other[0] + other[1]], {"highway": "primary"}))
    nodes += [(400.0, 9000.0)]
    ways.append(([2, 25, 12], {"highway": "residential"}))
    made = networks.built(networks.records(nodes, ways))
    found = from_place(made, Vehicle.CAR, (0, 0.0))
    assert found is not None
    town, all_ = hold_what_is_reached(found, [6.0, 60.0])
    assert isinstance(town, shapely.Polygon)
    assert len(town.interiors) == 1
    middle = shapely.Point(400.0 + networks.ORIGIN_M[0], 400.0 + networks.ORIGIN_M[1])
    assert shapely.Polygon(town.interiors[0]).contains(middle)
    assert all_.contains(middle)
    assert not list(shapely.get_parts(all_)[0].interiors)


def test_islands_that_are_reached_are_parts() -> None:
    # two villages joined by a tunnel under a hill with streets of its own, which nobody reaches in time
    nodes = [(0.0, 0.0), (0.0, 200.0), (4000.0, 0.0), (4000.0, 200.0), (2000.0, -300.0), (2000.0, 300.0)]
    ways = [([0, 1], networks.ROADS[0]), ([2, 3], networks.ROADS[0]), ([0, 2], {"highway": "motorway"})]
    ways += [([2, 0], {"highway": "motorway"}), *(([i, i + 1], {"highway": "track", "maxspeed": "5"}) for i in (3, 4))]
    made = networks.built(networks.records(nodes, ways))
    found = from_place(made, Vehicle.CAR, (0, 0.0))
    assert found is not None
    (area,) = hold_what_is_reached(found, [4.0])
    assert isinstance(area, shapely.MultiPolygon)
    assert len(area.geoms) == 2


def test_no_minutes_no_areas() -> None:
    made = networks.from_extract(grid(2, 2))
    found = from_place(made, Vehicle.CAR, (0, 0.5))
    assert found is not None
    assert isochrones.areas(found, []) == []
    assert isochrones.areas(found, [-1.0])[0].is_empty


@slow
@given(st.data(), networks.any_built(), vehicles)
def test_seconds_at_places_are_those_of_a_way_there(data: st.DataObject, made: Built, vehicle: Vehicle) -> None:
    (start,) = data.draw(networks.any_places(made, most=1))
    found = from_place(made, vehicle, start)
    if found is None:
        return
    seconds = reach.seconds_at_places(found)
    graph = made.network.graphs[vehicle]
    assert np.isinf(seconds[-4:]).all()
    # to a crossing one comes by the last of the arcs that end there
    for place in range(len(made.network.place_xy) - FAR_AWAY):
        here = np.flatnonzero(made.network.node_place == place)
        assert (made.network.node_xy[here] == made.network.place_xy[place]).all()
        ends = [(2 * s, 0) for s in np.flatnonzero(np.isin(made.network.segment_to, here)).tolist()]
        ends += [(2 * s + 1, 1) for s in np.flatnonzero(np.isin(made.network.segment_from, here)).tolist()]
        ends = [(arc, back) for arc, back in ends if np.isfinite(graph.seconds[arc])]
        stops = snapping.Stops(
            np.array([arc for arc, _ in ends], dtype=np.int64), np.ones(len(ends)), np.arange(len(ends))
        )
        told = reach.seconds_to(found, stops) if ends else np.array([np.inf])
        assert seconds[place] == pytest.approx(told.min(), abs=1e-5)
