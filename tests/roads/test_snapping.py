"""Where plots and points meet the road: as a look at every road finds it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.network import FROM_PLOTS, MAIN, MOTORWAY, RAMP
from tests.roads import networks
from tests.roads.extracts import grid
from tests.roads.networks import ORIGIN_M, Built

slow = settings(suppress_health_check=[HealthCheck.too_slow])
vehicles = st.sampled_from(Vehicle)
metre = st.integers(-12, 12).map(lambda n: n * 50.0) | st.floats(-700.0, 700.0) | st.floats(-2500.0, 2500.0)
places = st.tuples(metre, metre)
points = places.map(shapely.Point)
sides = st.sampled_from((1.0, 50.0, 180.0, 900.0))
rectangles = st.builds(lambda at, w, h: shapely.box(*at, at[0] + w, at[1] + h), places, sides, sides)
rings = st.builds(lambda at, m: shapely.Point(at).buffer(m).difference(shapely.Point(at).buffer(m / 2)), places, sides)
several = st.lists(rectangles | rings, min_size=1, max_size=3).map(shapely.union_all)
lines = st.lists(places, min_size=2, max_size=4, unique=True).map(shapely.LineString)
nowhere = st.just(None) | st.just(shapely.Polygon()) | st.just(shapely.Point())
shapes = points | rectangles | rings | several | lines | nowhere


def moved(found: list[shapely.Geometry | None]) -> np.ndarray[Any, Any]:
    made = np.empty(len(found), dtype=object)
    for i, shape in enumerate(found):
        made[i] = shape and shapely.transform(shape, lambda xy: xy + ORIGIN_M)
    return made


def eligible(made: Built, vehicle: Vehicle, *, plots: bool) -> list[int]:
    """Return the segments that may be met, told by the tags of their ways."""
    main = np.flatnonzero(made.network.flags & MAIN[vehicle]).tolist()
    found = []
    for segment in main:
        tags = made.records.tag_sets[made.records.way_tags[made.runs[made.run_of[segment]].way]]
        fast = tags["highway"] in ("motorway", "motorway_link")
        if not (fast or (plots and ("bridge" in tags or "tunnel" in tags))):
            found.append(segment)
    return found


@slow
@given(st.lists(shapes, max_size=6), networks.any_built(), vehicles, st.booleans())
def test_the_nearest_road_is_met_where_it_is_nearest(
    asked: list[shapely.Geometry | None], made: Built, vehicle: Vehicle, plots: bool
) -> None:
    asked_m = moved(asked)
    found = snapping.snap(made.network, vehicle, asked_m, plots=plots)
    assert len(found) == len(asked)
    able = eligible(made, vehicle, plots=plots)
    roads = made.network.lines(np.array(able, dtype=np.int64))
    for i, shape in enumerate(asked_m):
        away = [] if shape is None or shape.is_empty else shapely.distance(shape, roads).tolist()
        if min(away, default=math.inf) > snapping.FARTHEST_M:
            assert found.segment[i] == -1
            assert math.isnan(found.distance_m[i])
            assert math.isnan(found.fraction[i])
            continue
        assert found.segment[i] in able
        chosen = able.index(found.segment[i])
        least = min(away)
        assert found.distance_m[i] == pytest.approx(least, abs=1e-9)
        assert away[chosen] == pytest.approx(least, abs=1e-9)
        middle = [shape.centroid.distance(road) for road, m in zip(roads, away, strict=True) if m == least]
        assert shape.centroid.distance(roads[chosen]) <= min(middle) + 1e-9
        assert 0.0 <= found.fraction[i] <= 1.0
        if roads[chosen].length == 0.0:
            continue  # all of it is the same place
        met = roads[chosen].interpolate(found.fraction[i], normalized=True)
        if least > 0.0:
            assert met.distance(shape) == pytest.approx(least, abs=1e-6)
        else:
            inside = roads[chosen].intersection(shape)
            assert met.distance(inside) <= 1e-6
            assert met.distance(shape.centroid) == pytest.approx(inside.distance(shape.centroid), abs=1e-6)


@slow
@given(st.lists(shapes, max_size=6), networks.any_built(), st.booleans(), st.booleans())
def test_both_vehicles_at_once_meet_what_each_alone_meets(
    asked: list[shapely.Geometry | None], made: Built, plots: bool, connected: bool
) -> None:
    together = snapping.snap_each(made.network, moved(asked), plots=plots, connected=connected)
    for vehicle in Vehicle:
        alone = snapping.snap(made.network, vehicle, moved(asked), plots=plots, connected=connected)
        for name in ("segment", "fraction", "distance_m"):
            np.testing.assert_array_equal(getattr(together[vehicle], name), getattr(alone, name))


def road(*nodes: tuple[float, float], **tags: str) -> Built:
    return networks.built(networks.records(nodes, [(range(len(nodes)), {"highway": "residential", **tags})]))


def test_a_road_through_a_plot_meets_it_nearest_to_its_middle() -> None:
    made = road((-1000.0, 0.0), (1000.0, 0.0))
    plot = shapely.box(100.0, -50.0, 300.0, 150.0)
    found = snapping.snap(made.network, Vehicle.CAR, moved([plot]))
    assert found.distance_m.tolist() == [0.0]
    along = found.fraction[0] if made.network.lines(np.array([0]))[0].coords[0][0] < ORIGIN_M[0] else None
    assert (along if along is not None else 1 - found.fraction[0]) == pytest.approx(0.6, abs=1e-6)


def test_roads_equally_near_are_settled_by_the_middle_then_by_their_order() -> None:
    nodes = [(0.0, 0.0), (0.0, 100.0), (100.0, 100.0), (100.0, 0.0)]
    made = networks.built(networks.records(nodes, [([0, 1, 2, 3, 0], networks.ROADS[0]), ([0, 2], networks.ROADS[0])]))
    for shape in (shapely.Point(*nodes[0]), shapely.box(0.0, 0.0, 100.0, 100.0)):
        found = {int(snapping.snap(made.network, Vehicle.CAR, moved([shape] * n)).segment[0]) for n in (1, 2, 5)}
        assert len(found) == 1


@pytest.mark.parametrize("reach_m", [0.0, 99.0, 250.0, 999.0, 1000.0, 1001.0])
def test_beyond_a_kilometre_there_is_no_road(reach_m: float) -> None:
    made = road((0.0, 0.0), (0.0, 500.0))
    found = snapping.snap(made.network, Vehicle.CAR, moved([shapely.Point(reach_m, 250.0)]))
    if reach_m > snapping.FARTHEST_M:
        assert found.segment.tolist() == [-1]
    else:
        assert found.distance_m[0] == pytest.approx(reach_m, abs=0.01)


def test_plots_that_cross_themselves_meet_a_road_as_well() -> None:
    made = road((-1000.0, 0.0), (1000.0, 0.0))
    crossed = shapely.Polygon([(-50.0, -50.0), (50.0, 50.0), (50.0, -50.0), (-50.0, 50.0)])
    assert not crossed.is_valid
    found = snapping.snap(made.network, Vehicle.CAR, moved([crossed]))
    assert found.distance_m.tolist() == [0.0]
    assert found.fraction[0] == pytest.approx(0.5, abs=0.03)
    everywhere = snapping.snap(made.network, Vehicle.CAR, moved([shapely.box(-9e5, -9e5, 9e5, 9e5)]))
    assert everywhere.fraction[0] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("lon", [-3.0, 0.0])
def test_coordinates_west_of_the_zones_origin_are_as_good(lon: float) -> None:
    made = networks.from_extract(grid(west=lon))
    assert made.network.node_xy[:, 0].max() < 0.0
    streets = np.flatnonzero(made.network.flags & FROM_PLOTS)
    on_them = shapely.line_interpolate_point(made.network.lines(streets), 0.3, normalized=True)
    found = snapping.snap(made.network, Vehicle.TRUCK, on_them)
    assert found.segment.tolist() == streets.tolist()
    assert found.fraction == pytest.approx(0.3, abs=1e-6)
    assert found.distance_m == pytest.approx(0.0, abs=1e-6)


def test_a_town_with_a_motorway_is_met_by_its_streets() -> None:
    made = networks.from_extract(grid())
    flags = made.network.flags
    motorway = np.flatnonzero(flags & (MOTORWAY | RAMP)).tolist()
    on_it = shapely.line_interpolate_point(made.network.lines(np.array(motorway)), 0.5, normalized=True)
    for plots in (True, False):
        found = snapping.snap(made.network, Vehicle.TRUCK, on_it, plots=plots)
        assert not set(found.segment.tolist()) & set(motorway)
    bridges = np.flatnonzero((flags & (MOTORWAY | RAMP | FROM_PLOTS)) == 0).tolist()
    assert len(bridges) == 2
    on_it = shapely.line_interpolate_point(made.network.lines(np.array(bridges)), 0.3, normalized=True)
    assert not set(snapping.snap(made.network, Vehicle.CAR, on_it).segment.tolist()) & set(bridges)
    assert snapping.snap(made.network, Vehicle.CAR, on_it, plots=False).segment.tolist() == bridges
