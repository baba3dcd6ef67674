"""The index by squares: what it leaves out is far away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.roads import squares

metre = st.integers(-4, 4).map(lambda n: n * squares.SIDE_M) | st.floats(-1200.0, 1200.0) | st.floats(-9e6, 9e6)
side = st.sampled_from((0.0, 1.0, squares.SIDE_M, 700.0))


places = st.tuples(metre, metre)


@st.composite
def boxes(draw: st.DrawFn) -> list[float]:
    west, south = draw(places)
    return [west, south, west + draw(side), south + draw(side)]


@st.composite
def lines(draw: st.DrawFn) -> shapely.LineString:
    corner = draw(places)
    steps = st.tuples(side, side) | st.tuples(st.floats(-3e5, 3e5), st.floats(-3000.0, 3000.0))
    found = [corner, *((corner[0] + x, corner[1] + y) for x, y in draw(st.lists(steps, min_size=1, max_size=3)))]
    return shapely.LineString(found)


def indexed(found: np.ndarray[Any, Any]) -> Any:
    key, start, segment = squares.index(found)
    assert start[-1] == len(segment)
    return SimpleNamespace(cell_key=key, cell_start=start, cell_segment=segment)


@given(st.lists(lines(), min_size=1, max_size=8), st.lists(boxes(), max_size=5))
def test_all_that_touch_are_found(segments: list[shapely.LineString], asked: list[list[float]]) -> None:
    near = squares.near(indexed(np.array(segments, dtype=object)), np.array(asked).reshape(-1, 4))
    pairs = set(zip(*(numbers.tolist() for numbers in near), strict=True))
    for i, one in enumerate(asked):
        for k, other in enumerate(segments):
            if other.intersects(shapely.box(*one)):
                assert (i, k) in pairs
            elif other.envelope.distance(shapely.box(*one)) > 2 * squares.SIDE_M * 2**0.5:
                assert (i, k) not in pairs


def test_a_long_line_is_found_wherever_it_leads() -> None:
    long_ = np.array([shapely.LineString([(-3000.0, -1700.0), (5000.0, 1100.0), (5100.0, 9000.0)])], dtype=object)
    on_it = shapely.line_interpolate_point(long_[0], np.linspace(0.0, 1.0, 3000), normalized=True)
    box, _ = squares.near(indexed(long_), shapely.bounds(shapely.buffer(on_it, 0.5)))
    assert set(box.tolist()) == set(range(3000))


def test_a_line_around_half_the_world_takes_the_squares_it_leads_through_only() -> None:
    far = shapely.LineString([(-5e6, 0.0), (0.0, 5e6), (10.0, 5e6)])
    key, start, line = squares.index(np.array([far, shapely.LineString([(0.0, 0.0), (10.0, 0.0)])], dtype=object))
    assert len(line) < 200_000
    assert len(key) == len(start) - 1
    assert set(line.tolist()) == {0, 1}
