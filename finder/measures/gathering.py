"""Fine cells of people gathered into squares: as many people, at the middle of those who live there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.spatial
from numpy.typing import NDArray

SQUARE_M = 500.0
FINE_M = 400.0
"""Cells that lie closer together than this are gathered: a car passes them in less than the minutes are sure to."""
_SAMPLE = 10_000
Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Where how many people are, all of shape (cells,): metres, and numbers with NaN not known."""

    x: Figures
    y: Figures
    inhabitants: Figures
    workforce: Figures | None

    def __len__(self) -> int:
        return len(self.x)


def gathered(cells: Cells) -> Cells:
    """Return the cells put together in squares of `SQUARE_M`, or as they are where they are not fine.

    No square's sum is lost or rounded; it lies at the mean place of its inhabitants, else of its cells. A number is
    not known where it is known of none of the square's cells.
    """
    if not 0 < spacing_m(cells.x, cells.y) < FINE_M:
        return cells
    column, row = (np.floor(values / SQUARE_M).astype(np.int64) for values in (cells.x, cells.y))
    _, square = np.unique((column << 32) + row, return_inverse=True)
    here = np.nan_to_num(cells.inhabitants)
    empty = np.bincount(square, here) == 0
    weight = np.where(empty[square], 1.0, here)
    total = np.bincount(square, weight)
    return Cells(
        x=np.bincount(square, weight * cells.x) / total,
        y=np.bincount(square, weight * cells.y) / total,
        inhabitants=_sums(square, cells.inhabitants),
        workforce=None if cells.workforce is None else _sums(square, cells.workforce),
    )


def spacing_m(x: Figures, y: Figures) -> float:
    """Return how far apart (metres) neighbouring cells lie: the median of a sample; 0 for a single one."""
    places = np.column_stack((x, y))
    if len(places) < 2:
        return 0.0
    tree: Any = scipy.spatial.cKDTree(places)
    sample = places[:: max(1, len(places) // _SAMPLE)]
    return float(np.median(tree.query(sample, k=2)[0][:, 1]))


def _sums(square: NDArray[np.intp], values: Figures) -> Figures:
    known = ~np.isnan(values)
    sums = np.bincount(square, np.where(known, values, 0.0))
    return np.where(np.bincount(square, known) > 0, sums, np.nan)


__all__ = ["Cells", "gathered", "spacing_m"]
