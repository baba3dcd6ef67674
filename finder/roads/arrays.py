"""The kinds of arrays a network is made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Reals = NDArray[np.float64]


def ranges(starts: NDArray[Any], counts: NDArray[Any]) -> Longs:
    """Return `starts[0]`, … `starts[0] + counts[0] - 1`, `starts[1]` … in one array."""
    counts = np.asarray(counts, dtype=np.int64)
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    offset: Longs = np.repeat(np.asarray(starts, dtype=np.int64) - (ends - counts), counts)
    return np.arange(total, dtype=np.int64) + offset


def chosen(n: int, *numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which of the first `n` numbers occur."""
    there = np.zeros(n, dtype=bool)
    for some in numbers:
        there[some] = True
    return there
