"""An index of segments by squares of the ground: what lies near some places, for a few of them or ten thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finder.roads.arrays import Ints, Longs, Reals, ranges

if TYPE_CHECKING:
    from finder.roads.network import Network

SIDE_M = 250.0
_ROW = 1 << 31
"""A square's key is its row times this and its column; both may be negative."""


def index(boxes: Reals) -> tuple[Longs, Ints, Ints]:
    """Return the keys of all squares that boxes touch, in order, and which boxes touch each.

    The numbers of the boxes that touch square `i` stand from `start[i]` to `start[i + 1]`.
    """
    which, key = _squares(boxes)
    order = np.argsort(key, kind="stable")
    keys, start = np.unique(key[order], return_index=True)
    return keys, np.append(start, len(key)).astype(np.int32), which[order].astype(np.int32)


def near(network: Network, boxes: Reals) -> tuple[Longs, Longs]:
    """Return pairs: the number of a box, and a segment whose own box may touch it; some pairs more than once."""
    which, low, high = _rows(boxes)
    first = np.searchsorted(network.cell_key, low)
    last = np.searchsorted(network.cell_key, high, side="right")
    start, stop = network.cell_start[first], network.cell_start[last]
    box = np.repeat(which, stop - start)
    return box, network.cell_segment[ranges(start, stop - start)].astype(np.int64)


def _rows(boxes: Reals) -> tuple[Longs, Longs, Longs]:
    """Return, for every row of squares that a box touches, the box and the row's first and last key."""
    cells = np.floor(boxes / SIDE_M).astype(np.int64)
    rows = cells[:, 3] - cells[:, 1] + 1
    which = np.repeat(np.arange(len(boxes)), rows)
    row = ranges(cells[:, 1], rows)
    return which, row * _ROW + cells[which, 0], row * _ROW + cells[which, 2]


def _squares(boxes: Reals) -> tuple[Longs, Longs]:
    which, low, high = _rows(boxes)
    return np.repeat(which, high - low + 1), ranges(low, high - low + 1)
