"""People within minutes: as a look at every cell finds them, and never more than the data can tell."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from finder.measures import access, catchment
from finder.measures.catchment import Extent
from finder.model.people import People
from finder.model.reach import CATCHMENT_MIN
from finder.model.vocabulary import Vehicle

NAN, INF = float("nan"), float("inf")
metre = st.integers(-60_000, 60_000).map(float)
number = st.integers(0, 5_000).map(float) | st.just(NAN)


def array(*values: float) -> NDArray[np.float64]:
    return np.array(values, dtype=float)


def people(x: NDArray[np.float64], y: NDArray[np.float64], inhabitants: float | NDArray[np.float64] = 10.0) -> People:
    counts = np.broadcast_to(inhabitants, x.shape).astype(float)
    return People(x=x, y=y, inhabitants=counts, workforce=None, basis="Muster", as_of=None, key="k")


def grid(columns: int, rows: int, side_m: float = 1000.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the middles of cells whose lower left corner is at 0, 0."""
    x, y = np.meshgrid((np.arange(columns) + 0.5) * side_m, (np.arange(rows) + 0.5) * side_m)
    return x.ravel(), y.ravel()


# -- minutes that are known -------------------------------------------------------------------------------------------


def test_a_cell_at_the_limit_is_within_it_and_one_without_a_way_is_not() -> None:
    minutes = array(0.0, 15.0, 15.1, 30.0, INF, NAN)
    reached = catchment.within(minutes, array(1, 2, 4, 8, 16, 32))
    assert reached.inhabitants.tolist() == [3, 15, 15, 15]
    assert reached.workforce is None
    assert not reached.edge.any()


def test_what_is_not_known_of_a_cell_counts_for_nobody() -> None:
    reached = catchment.within(array(1, 2), array(NAN, 7), array(3, NAN), (5,))
    assert reached.workforce is not None
    assert (reached.inhabitants.tolist(), reached.workforce.tolist()) == ([7], [3])


def test_the_data_ends_where_a_cell_at_its_edge_is_reached() -> None:
    rim = np.array([False, True])
    reached = catchment.within(array(10, 40), array(5, 6), rim=rim)
    assert reached.edge.tolist() == [False, False, True, True]
    assert reached.inhabitants.tolist() == [5, 5, 11, 11]


def test_beyond_the_data_nobody_is_not_zero() -> None:
    reached = catchment.within(array(50.0), array(9), inside=False)
    assert reached.edge.all()
    np.testing.assert_array_equal(reached.inhabitants, [NAN, NAN, NAN, 9])
    assert catchment.within(array(50.0), array(9)).inhabitants.tolist() == [0, 0, 0, 9], "amid the data zero is known"


# -- minutes that are estimated ---------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(metre, metre, number, number), min_size=1, max_size=40),
    st.lists(st.tuples(metre, metre), min_size=1, max_size=12),
    st.sampled_from(Vehicle),
    st.sampled_from([1, 7, 32_768]),
)
def test_many_sites_at_once_are_as_each_alone(
    cells: list[tuple[float, float, float, float]], sites: list[tuple[float, float]], vehicle: Vehicle, at_once: int
) -> None:
    x, y, inhabitants, workforce = np.array(cells, dtype=float).T
    all_ = People(x=x, y=y, inhabitants=inhabitants, workforce=workforce, basis="", as_of=None, key="")
    extent = Extent.of(x, y)
    site_x, site_y = np.array(sites, dtype=float).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catchment, "_AT_ONCE", at_once)
        reached = catchment.estimated(site_x, site_y, all_, extent, vehicle)
    inside = extent.holds(site_x, site_y)
    for at in range(len(sites)):
        km = np.hypot(x - site_x[at], y - site_y[at]) / 1000.0
        minutes = access.estimated_min(pd.Series(km), vehicle).to_numpy()
        assume(not np.isclose(minutes[:, None], CATCHMENT_MIN, rtol=1e-9).any())
        alone = catchment.within(minutes, inhabitants, workforce, rim=extent.rim, inside=bool(inside[at]))
        np.testing.assert_allclose(reached.inhabitants[at], alone.inhabitants)
        assert reached.workforce is not None
        assert alone.workforce is not None
        np.testing.assert_allclose(reached.workforce[at], alone.workforce)
        np.testing.assert_array_equal(reached.edge[at], alone.edge)


@given(st.lists(st.tuples(metre, metre), min_size=1, max_size=30), metre, metre)
def test_more_minutes_and_quicker_vehicles_reach_no_fewer(cells: list[tuple[float, float]], x: float, y: float) -> None:
    all_ = people(*np.array(cells, dtype=float).T)
    extent = Extent.of(all_.x, all_.y)
    car, truck = (
        catchment.estimated(array(x), array(y), all_, extent, vehicle).inhabitants[0]
        for vehicle in (Vehicle.CAR, Vehicle.TRUCK)
    )
    for counts in (car, truck):
        assert (np.diff(np.nan_to_num(counts)) >= 0).all()
    assert (np.nan_to_num(car) >= np.nan_to_num(truck)).all()


def test_a_site_without_a_place_has_no_figures() -> None:
    x, y = grid(40, 40)
    all_ = people(x, y)
    reached = catchment.estimated(array(NAN, 20_000), array(NAN, 20_000), all_, Extent.of(x, y), Vehicle.TRUCK)
    assert np.isnan(reached.inhabitants[0]).all()
    assert reached.inhabitants[1, 0] > 0


def test_nobody_is_counted_twice_on_the_way_across_a_grid() -> None:
    x, y = grid(300, 300)
    reached = catchment.estimated(array(150_000), array(150_000), people(x, y), Extent.of(x, y), Vehicle.CAR)
    km = access.estimated_reach_km(60, Vehicle.CAR)
    assert reached.inhabitants[0, -1] == pytest.approx(10 * math.pi * km**2, rel=0.01)
    assert not reached.edge.any()


# -- how far the data reaches -----------------------------------------------------------------------------------------


def test_the_extent_of_a_grid_is_its_squares_and_its_rim_their_outermost() -> None:
    x, y = grid(40, 40)
    extent = Extent.of(x, y)
    assert extent.side_m == 5000.0
    assert extent.holds(array(1, 39_999, -1, 20_000, NAN), array(1, 39_999, 5, 40_001, NAN)).tolist() == [
        *(True, True, False, False),
        False,
    ]
    rim = (x < 5000) | (x > 35_000) | (y < 5000) | (y > 35_000)
    np.testing.assert_array_equal(extent.rim, rim)


def test_a_lake_is_no_edge() -> None:
    x, y = grid(60, 60)
    land = ~((x > 25_000) & (x < 35_000) & (y > 25_000) & (y < 35_000))
    extent = Extent.of(x[land], y[land])
    assert extent.holds(array(30_000), array(30_000)).all()
    around = (x[land] > 20_000) & (x[land] < 40_000) & (y[land] > 20_000) & (y[land] < 40_000)
    assert not extent.rim[around].any()


def test_gaps_between_far_cells_are_no_edges() -> None:
    x, y = grid(20, 20, 10_000.0)
    extent = Extent.of(x, y)
    assert extent.side_m == pytest.approx(30_000.0)
    assert not extent.rim[(x > 60_000) & (x < 140_000) & (y > 60_000) & (y < 140_000)].any()


@given(st.lists(st.tuples(metre, metre), min_size=1, max_size=50))
def test_every_cell_lies_within_the_extent(cells: list[tuple[float, float]]) -> None:
    x, y = np.array(cells, dtype=float).T
    extent = Extent.of(x, y)
    assert extent.holds(x, y).all()
    assert extent.rim.any(), "data that ends has an edge"


def test_people_without_a_way_near_by_are_missed() -> None:
    all_ = people(array(0, 4_000, 90_000), array(0, 0, 0))
    lost = np.array([False, True, True])
    km = [access.estimated_reach_km(limit, Vehicle.TRUCK) for limit in CATCHMENT_MIN]
    assert catchment.missed(0.0, 0.0, all_, lost, Vehicle.TRUCK).tolist() == [reach >= 4.0 for reach in km]
    assert not catchment.missed(0.0, 0.0, all_, np.zeros(3, dtype=bool), Vehicle.TRUCK).any()
