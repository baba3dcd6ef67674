"""What one place reaches, and the ways there, against a search that shares nothing with it but the roads' rules."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from finder import crs
from finder.measures import reach, routing
from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.snapping import Snaps, Stops
from tests.roads import networks
from tests.roads.networks import Built

vehicles = st.sampled_from(Vehicle)
SLACK_S = 5e-6
CM_M = 0.01
slow = settings(suppress_health_check=[HealthCheck.too_slow])


def stops_at(made: Built, vehicle: Vehicle, places: Sequence[tuple[int, float]]) -> Stops:
    return snapping.arcs(made.network, vehicle, networks.snaps(places))


def spot(made: Built, place: tuple[int, float]) -> shapely.Point:
    """Return where a place lies, in metres."""
    (line,) = made.network.lines(np.array([place[0]]))
    return line.interpolate(place[1], normalized=True)


@slow
@given(st.data(), networks.any_built(), vehicles)
def test_seconds_to_is_what_a_search_by_runs_finds(data: st.DataObject, made: Built, vehicle: Vehicle) -> None:
    (start,) = data.draw(networks.any_places(made, most=1))
    ends = data.draw(networks.any_places(made))
    found = reach.reach(made.network, vehicle, networks.snaps([start]))
    if found is None:
        assert not made.search(vehicle).drives(made.place(*start))
        return
    stops = stops_at(made, vehicle, ends)
    told = np.full(len(ends), np.inf)
    told[: stops.point.max(initial=-1) + 1] = reach.seconds_to(found, stops)
    ways = made.search(vehicle).ways(made.place(*start), [made.place(*end) for end in ends])
    assert told == pytest.approx([seconds for seconds, _, _ in ways], abs=SLACK_S, rel=1e-9)


@slow
@given(st.data(), networks.any_built(), vehicles)
def test_the_way_is_drawn_as_it_is_driven(data: st.DataObject, made: Built, vehicle: Vehicle) -> None:
    (start,) = data.draw(networks.any_places(made, most=1))
    ends = data.draw(networks.any_places(made, most=3))
    stops = stops_at(made, vehicle, ends)
    found = reach.reach(made.network, vehicle, networks.snaps([start]))
    way = None if found is None else reach.way_to(found, stops)
    ways = made.search(vehicle).ways(made.place(*start), [made.place(*end) for end in ends])
    best = min(seconds for seconds, _, _ in ways)
    if way is None:
        assert math.isinf(best)
        return
    assert way.seconds == pytest.approx(best, abs=SLACK_S, rel=1e-9)
    least, most = (pick(metres[i] for metres in ways if metres[0] - best < SLACK_S) for i, pick in ((1, min), (2, max)))
    assert least - CM_M <= way.metres <= most + CM_M
    xy = shapely.get_coordinates(way.line)
    assert len(xy) >= 2
    assert spot(made, start).distance(shapely.Point(xy[0])) <= CM_M
    assert any(spot(made, end).distance(shapely.Point(xy[-1])) <= CM_M for end in ends)
    assert ground_m(way.line) == pytest.approx(way.metres, abs=2 * CM_M * len(xy))
    on_roads = shapely.union_all(made.network.lines(np.array(made.driven(vehicle)))).buffer(2 * CM_M)
    assert way.line.length == 0.0 or on_roads.covers(way.line)


def ground_m(line: shapely.LineString) -> float:
    places: NDArray[np.float64] = shapely.get_coordinates(crs.to_lonlat(line))
    return math.fsum(crs.ground_m(places[:-1], places[1:]).tolist())


@slow
@given(st.data(), networks.any_built(), vehicles, st.floats(0.0, 200.0))
def test_a_limit_cuts_off_and_changes_nothing_else(
    data: st.DataObject, made: Built, vehicle: Vehicle, limit_s: float
) -> None:
    (start,) = data.draw(networks.any_places(made, most=1))
    place = networks.snaps([start])
    far, near = (reach.reach(made.network, vehicle, place, limit) for limit in (math.inf, limit_s))
    if far is None or near is None:
        assert far is near
        return
    within = far.seconds <= limit_s
    np.testing.assert_array_equal(near.seconds, np.where(within, far.seconds, np.inf))
    stops = stops_at(made, vehicle, data.draw(networks.any_places(made)))
    unlimited, limited = reach.seconds_to(far, stops), reach.seconds_to(near, stops)
    np.testing.assert_array_equal(limited, np.where(unlimited <= limit_s, unlimited, np.inf))
    way = reach.way_to(near, stops)
    assert (way is not None) == bool((limited < np.inf).any())
    assert way is None or way.seconds == limited.min()


@slow
@given(st.data(), networks.any_built(), vehicles)
def test_both_searches_say_the_same(data: st.DataObject, made: Built, vehicle: Vehicle) -> None:
    starts = data.draw(networks.any_places(made))
    stops = stops_at(made, vehicle, data.draw(networks.any_places(made)))
    nearest = routing.nearest(made.network, vehicle, networks.snaps(starts), stops)
    for i, start in enumerate(starts):
        found = reach.reach(made.network, vehicle, networks.snaps([start]))
        way = found and reach.way_to(found, stops)
        assert bool(way) == (nearest.point[i] >= 0)
        if way:
            assert way.seconds == pytest.approx(nearest.seconds[i], abs=SLACK_S)


@pytest.mark.parametrize("apart", [0.0, 1e-12, -1e-12])
def test_a_point_at_the_very_place_is_there_however_it_is_rounded(apart: float) -> None:
    ring = [(0.0, 0.0), (300.0, 0.0), (0.0, 300.0)]
    made = networks.built(networks.records(ring, [([0, 1, 2, 0], {"highway": "residential", "oneway": "yes"})]))
    place, stops = networks.snaps([(0, 0.5)]), stops_at(made, Vehicle.CAR, [(0, 0.5 + apart)])
    nearest = routing.nearest(made.network, Vehicle.CAR, place, stops)
    found = reach.reach(made.network, Vehicle.CAR, place)
    assert found is not None
    way = reach.way_to(found, stops)
    assert way is not None
    told = [nearest.seconds[0], nearest.metres[0], reach.seconds_to(found, stops)[0], way.seconds, way.metres]
    assert all(0.0 <= value < 1e-6 for value in told), "and nobody drives around the block to it"


def test_a_place_on_no_road_reaches_nothing() -> None:
    made = networks.built(networks.records([(0, 0), (100, 0)], [([0, 1], {"highway": "primary", "hgv": "no"})]))
    nowhere = Snaps(np.array([-1]), np.array([np.nan]), np.array([np.nan]))
    assert reach.reach(made.network, Vehicle.CAR, nowhere) is None
    assert reach.reach(made.network, Vehicle.TRUCK, networks.snaps([(0, 0.5)])) is None
    found = reach.reach(made.network, Vehicle.CAR, networks.snaps([(0, 0.5)]))
    assert found is not None
    none = stops_at(made, Vehicle.CAR, [])
    assert reach.way_to(found, none) is None
    assert len(reach.seconds_to(found, none)) == 0


def test_the_way_says_how_far_it_leads_through_built_up_areas() -> None:
    nodes = [(0.0, 0.0), (1000.0, 0.0), (2000.0, 0.0)]
    homes = shapely.box(500.0, -50.0, 1200.0, 50.0)
    twice = shapely.box(600.0, -50.0, 700.0, 50.0)
    ways = [([0, 1, 2], networks.ROADS[0])]
    known = networks.built(networks.records(nodes, ways, built_up=networks.areas([homes, twice])))
    unknown = networks.built(networks.records(nodes, ways))
    for start, end, metres in ((0.0, 1.0, 700.0), (1.0, 0.0, 700.0), (0.0, 0.25, 175.0), (0.5, 0.5, 0.0)):
        found = [reach.reach(made.network, Vehicle.CAR, networks.snaps([(0, start)])) for made in (known, unknown)]
        assert found[0] is not None
        assert found[1] is not None
        way = reach.way_to(found[0], stops_at(known, Vehicle.CAR, [(0, end)]))
        assert way is not None
        # by the segment's share: a way of part of it is not cut out of the areas
        assert way.settlement_m == pytest.approx(metres, rel=1e-2, abs=1.0)
        way = reach.way_to(found[1], stops_at(unknown, Vehicle.CAR, [(0, end)]))
        assert way is not None
        assert way.settlement_m is None
