"""The nearest access point and the minutes to it: as a look at every pair finds them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.measures import access
from finder.model.vocabulary import GeometryQuality, Vehicle
from tests import factories

metres = st.integers(-3000, 3000).map(float)
points = st.builds(factories.at, metres, metres)
plots = st.builds(factories.square, metres, metres, st.sampled_from([1.0, 150.0, 900.0]))
gaps = st.just(None) | st.just(shapely.Polygon())


def series(shapes: list[shapely.Geometry | None], start: int = 100) -> pd.Series:
    return pd.Series(shapes, index=range(start, start + len(shapes)), dtype=object)


def array(shapes: list[shapely.Point]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.array(shapes, dtype=object)


@given(st.lists(points | plots | gaps, max_size=12), st.lists(points, max_size=8))
def test_nearest_is_what_every_pair_says(sites: list[shapely.Geometry | None], targets: list[shapely.Point]) -> None:
    found = access.nearest(series(sites), array(targets))
    for key, site in series(sites).items():
        if site is None or site.is_empty or not targets:
            assert found.point[key] == -1
            assert math.isnan(found.beeline_km[key])
            continue
        away = [site.distance(target) for target in targets]
        assert found.beeline_km[key] == pytest.approx(min(away) / 1000.0, abs=1e-9)
        assert found.point[key] == away.index(min(away)), "equal distances are settled by the points' order"


def test_ties_go_to_the_first() -> None:
    sites = series([factories.at(), factories.square(-100, -100, 200)])
    east, north, west = factories.at(500), factories.at(0, 500), factories.at(-500)
    for targets in ([east, north, west], [north, west, east], [west, west, east]):
        assert access.nearest(sites, array(targets)).point.tolist() == [0, 0]


def test_the_way_begins_at_the_edge_of_the_plot() -> None:
    found = access.nearest(
        series([factories.square(side=1000.0)]), array([factories.at(4000, 500), factories.at(500, 500)])
    )
    assert (found.point[100], found.beeline_km[100]) == (1, 0.0)
    found = access.nearest(series([factories.square(side=1000.0)]), array([factories.at(4000, 500)]))
    assert found.beeline_km[100] == 3.0


def test_results_keep_the_index() -> None:
    sites = series([None, factories.at(), None], start=7)
    found = access.nearest(sites, array([factories.at(1000)]))
    assert found.point.to_dict() == {7: -1, 8: 0, 9: -1}
    assert list(found.beeline_km.index) == [7, 8, 9]
    assert access.nearest(series([]), array([factories.at()])).point.empty


@pytest.mark.parametrize("quality", [None, *GeometryQuality])
def test_an_approximate_outline_counts_from_its_middle(quality: GeometryQuality | None) -> None:
    outline = factories.square(side=600.0)
    (begin,) = access.starts(series([outline]), series([quality])).tolist()  # type: ignore[list-item]
    vague = quality is GeometryQuality.APPROXIMATE
    assert begin.equals(factories.at(300, 300) if vague else outline)


def test_starts_leave_gaps_and_points() -> None:
    shapes = series([None, factories.at(), None])
    quality = pd.Series(
        [GeometryQuality.APPROXIMATE, GeometryQuality.APPROXIMATE, None], index=shapes.index, dtype=object
    )
    assert access.starts(shapes, quality).tolist() == [None, factories.at(), None]


@pytest.mark.parametrize("vehicle", Vehicle)
@given(km=st.lists(st.floats(0, 500), min_size=2, max_size=20))
def test_minutes_grow_with_the_way(vehicle: Vehicle, km: list[float]) -> None:
    minutes = access.estimated_min(pd.Series(sorted(km)), vehicle).to_numpy()
    assert (np.diff(minutes) >= -1e-9).all()
    assert (minutes >= 0).all()


@pytest.mark.parametrize("vehicle", Vehicle)
def test_minutes_follow_the_stated_speeds(vehicle: Vehicle) -> None:
    km = pd.Series([0.0, 4.0 / access.DETOUR, 20.0 / access.DETOUR, 85.0 / access.DETOUR, np.nan], index=list("abcde"))
    streets, roads, motorway = (speed for _, speed in access.SPEEDS_KM_H[vehicle])
    minutes = access.estimated_min(km, vehicle)
    to_4, to_20 = 4 / streets * 60, 4 / streets * 60 + 16 / roads * 60
    expected = pd.Series([0.0, to_4, to_20, to_20 + 65 / motorway * 60, np.nan], index=km.index)
    pd.testing.assert_series_equal(minutes, expected)


@pytest.mark.parametrize("vehicle", Vehicle)
@given(st.floats(0, 600))
def test_the_reach_is_where_the_estimated_minutes_end(vehicle: Vehicle, minutes: float) -> None:
    km = access.estimated_reach_km(minutes, vehicle)
    assert access.estimated_min(pd.Series([km]), vehicle)[0] == pytest.approx(minutes, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("vehicle", Vehicle)
@given(st.floats(0, 600))
def test_the_reach_of_estimated_minutes_is_their_way(vehicle: Vehicle, km: float) -> None:
    (minutes,) = access.estimated_min(pd.Series([km]), vehicle)
    assert access.estimated_reach_km(minutes, vehicle) == pytest.approx(km, rel=1e-9, abs=1e-9)


@given(st.floats(0, 300))
def test_a_truck_is_never_quicker_than_a_car(km: float) -> None:
    way = pd.Series([km])
    assert access.estimated_min(way, Vehicle.TRUCK)[0] >= access.estimated_min(way, Vehicle.CAR)[0]
