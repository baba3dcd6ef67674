"""Triangles between places: all land is covered once, and none that a limit runs through is missed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.roads import triangles

CORNERS = [(-900.0, -900.0), (900.0, -900.0), (900.0, 900.0), (-900.0, 900.0)]


def places(n: int, seed: int) -> Any:
    """Return n places, some in rows as in a town drawn by ruler, and four far around them."""
    dice = np.random.default_rng(seed)
    xy = np.unique(np.concatenate([dice.integers(-20, 20, (n // 2, 2)), dice.uniform(-20, 20, (n, 2))]), axis=0)
    return np.concatenate([dice.permutation(xy)[:n], CORNERS])


@given(st.integers(1, 400), st.integers(0, 9))
def test_triangles_cover_the_land_and_turn_left(n: int, seed: int) -> None:
    xy = places(n, seed)
    found = triangles.between(xy)
    rings: Any = shapely.linearrings(xy[found[:, [0, 1, 2, 0]]])
    assert shapely.is_ccw(rings).all()
    assert shapely.area(shapely.polygons(rings)).sum() == pytest.approx(1800.0**2)
    assert (np.diff(found.min(axis=1)) >= 0).all()


@given(st.integers(1, 700), st.integers(0, 9), st.floats(0.0, 40.0), st.lists(st.floats(-10.0, 80.0), min_size=1))
def test_no_triangle_that_is_cut_is_missed(n: int, seed: int, nowhere: float, limits: list[float]) -> None:
    xy = places(n, seed)
    triangle = triangles.between(xy)
    runs, start = triangles.corner_runs(triangle)
    graph: Any = SimpleNamespace(triangle=triangle, corner_run=runs, corner_run_start=start)
    values = np.hypot(*xy.T)
    values[values > nowhere + 20.0] = np.inf
    found = triangles.perhaps_cut(graph, values, np.array(limits))
    near = values[triangle]
    cut = np.flatnonzero([((corner.min() <= np.array(limits)) & (corner.max() > limits)).any() for corner in near])
    assert set(cut.tolist()) <= set(found.tolist())
    assert len(np.unique(found)) == len(found)


def test_what_lies_far_from_a_limit_is_not_looked_at() -> None:
    side = 100
    row, column = np.divmod(np.arange(side * side), side)
    xy = np.concatenate([np.column_stack([column, row]) * 1.0, np.array(CORNERS) * 10.0])
    triangle = triangles.between(xy)
    runs, start = triangles.corner_runs(triangle)
    graph: Any = SimpleNamespace(triangle=triangle, corner_run=runs, corner_run_start=start)
    # here every row has its ends at the far corners
    assert len(triangles.perhaps_cut(graph, xy[:, 1].copy(), np.array([50.5]))) < len(triangle) / 2
    assert len(triangles.perhaps_cut(graph, xy[:, 1].copy(), np.array([99_999.0]))) == 0
