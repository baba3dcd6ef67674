"""Fine cells gathered into squares: nobody is lost, and nobody moves far."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.measures.gathering import FINE_M, SQUARE_M, Cells, gathered, spacing_m

NAN = float("nan")
number = st.integers(0, 500).map(float) | st.just(NAN)


def cells(side_m: float, inhabitants: list[float], workforce: list[float] | None = None) -> Cells:
    """Return cells row by row, four in each."""
    at = np.arange(len(inhabitants))
    worked = None if workforce is None else np.array(workforce)
    return Cells((at % 4 + 0.5) * side_m, (at // 4 + 0.5) * side_m, np.array(inhabitants), worked)


@given(st.lists(st.tuples(number, number), min_size=2, max_size=60), st.sampled_from([50.0, 100.0, 250.0]))
def test_as_many_people_in_fewer_cells_near_where_they_were(people: list[tuple[float, float]], side_m: float) -> None:
    inhabitants, workforce = map(list, zip(*people, strict=True))
    before = cells(side_m, inhabitants, workforce)
    after = gathered(before)
    assert len(after) < len(before) or len(before) <= 2
    for was, now in ((before.inhabitants, after.inhabitants), (before.workforce, after.workforce)):
        assert was is not None
        assert now is not None
        assert np.nansum(now) == pytest.approx(np.nansum(was))
        assert np.isnan(now).all() == np.isnan(was).all()
    for was, now in ((before.x, after.x), (before.y, after.y)):
        squares = set(np.floor(was / SQUARE_M).tolist())
        assert set(np.floor(now / SQUARE_M).tolist()) == squares, "each within its own square"


def test_a_square_lies_where_its_people_are() -> None:
    (x,) = gathered(cells(100.0, [0.0, 30.0, 10.0, NAN])).x.tolist()
    assert x == pytest.approx((30 * 150 + 10 * 250) / 40)
    assert gathered(cells(100.0, [0.0, NAN, 0.0])).x.tolist() == pytest.approx([150.0])


def test_coarse_cells_stay_as_they_are() -> None:
    coarse = cells(1000.0, [1.0, 2.0, NAN])
    assert gathered(coarse) is coarse
    alone = cells(100.0, [1.0])
    assert gathered(alone) is alone
    assert spacing_m(coarse.x, coarse.y) == 1000.0 > FINE_M
