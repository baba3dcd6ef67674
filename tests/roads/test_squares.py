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


@st.composite
def boxes(draw: st.DrawFn) -> list[float]:
    west, south = draw(metre), draw(metre)
    return [west, south, west + draw(side), south + draw(side)]


def indexed(found: np.ndarray[Any, Any]) -> Any:
    key, start, segment = squares.index(found)
    assert start[-1] == len(segment)
    return SimpleNamespace(cell_key=key, cell_start=start, cell_segment=segment, __len__=lambda: len(found))


@given(st.lists(boxes(), min_size=1, max_size=8), st.lists(boxes(), max_size=5))
def test_all_that_touch_are_found(segments: list[list[float]], asked: list[list[float]]) -> None:
    near = squares.near(indexed(np.array(segments)), np.array(asked).reshape(-1, 4))
    pairs = set(zip(*(numbers.tolist() for numbers in near), strict=True))
    for i, one in enumerate(asked):
        for k, other in enumerate(segments):
            one_box, other_box = shapely.box(*one), shapely.box(*other)
            if one_box.intersects(other_box):
                assert (i, k) in pairs
            elif one_box.distance(other_box) > 2 * squares.SIDE_M * 2**0.5:
                assert (i, k) not in pairs
