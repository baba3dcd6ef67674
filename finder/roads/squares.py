"""An index of segments by squares of the ground: what lies near some places, for a few of them or ten thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from finder.roads.arrays import Ints, Longs, Reals, ranges

if TYPE_CHECKING:
    from finder.roads.network import Network

SIDE_M = 250.0
_ROW = 1 << 31
"""A square's key is its row times this and its column; both may be negative."""
_MANY = 16
"""Squares around a line that are looked at one by one."""


def index(lines: NDArray[np.object_]) -> tuple[Longs, Ints, Ints]:
    """Return the keys of all squares that lines may touch, in order, and which lines may touch each.

    The numbers of the lines of square `i` stand from `start[i]` to `start[i + 1]`.
    """
    boxes, line = _boxes(lines)
    which, key = _squares(boxes)
    which = line[which]
    order = np.lexsort((which, key))
    key, which = key[order], which[order]
    once = np.ones(len(key), dtype=bool)
    once[1:] = (np.diff(key) != 0) | (np.diff(which) != 0)
    key, which = key[once], which[once]
    keys, start = np.unique(key, return_index=True)
    return keys, np.append(start, len(key)).astype(np.int32), which.astype(np.int32)


def _boxes(lines: NDArray[np.object_]) -> tuple[Reals, Longs]:
    """Return boxes that hold the lines, and the line each is of: long lines have many, or one would be mostly empty."""
    boxes = shapely.bounds(lines)
    cells = np.floor(boxes / SIDE_M)
    long_ = np.flatnonzero((cells[:, 2:] - cells[:, :2] + 1).prod(axis=1) > _MANY)
    line = np.delete(np.arange(len(lines)), long_)
    xy, of = shapely.get_coordinates(shapely.segmentize(lines[long_], SIDE_M), return_index=True)
    same = of[1:] == of[:-1]
    begin, finish = xy[:-1][same], xy[1:][same]
    steps = np.column_stack([np.minimum(begin, finish), np.maximum(begin, finish)])
    return np.concatenate([boxes[line], steps]), np.concatenate([line, long_[of[1:][same]]])


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
