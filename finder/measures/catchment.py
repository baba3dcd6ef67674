"""People within minutes of every site, and whether the data of them reaches as far as the way does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from finder.measures.access import estimated_reach_km
from finder.measures.gathering import spacing_m
from finder.model.people import People
from finder.model.reach import CATCHMENT_MIN
from finder.model.vocabulary import Vehicle

SQUARE_M = 5_000.0
"""Side of the squares that tell how far the data of people reaches."""
_SPACINGS = 3.0  # a square holds several cells, or every gap between two of them would be an edge
_AT_ONCE = 32_768
"""Pairs of a site and a cell in hand at a time: they stay in the processor's cache."""

Figures = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Reached:
    """Sums within each limit, shape (limits,) or (sites, limits); NaN is not known.

    `edge` tells whether the data of people ends within the limit: there are at least so many then.
    """

    inhabitants: Figures
    workforce: Figures | None
    edge: Flags


@dataclass(frozen=True)
class Extent:
    """How far data of people reaches: squares of `side_m` from the corner `west`, `south` that it covers.

    `rim` tells which of the cells, shape (cells,), lie in a square at its edge. Squares without a cell that lie amid
    others are covered: nobody lives there.
    """

    west: float
    south: float
    side_m: float
    covered: Flags
    rim: Flags

    @classmethod
    def of(cls, x: Figures, y: Figures) -> Extent:
        """Return the extent of cells at these places (metres)."""
        side_m = max(SQUARE_M, _SPACINGS * spacing_m(x, y))
        west, south = (np.floor(values.min() / side_m) * side_m for values in (x, y))
        column, row = (np.floor((v - low) / side_m).astype(int) for v, low in ((x, west), (y, south)))
        there = np.zeros((row.max() + 1, column.max() + 1), dtype=bool)
        there[row, column] = True
        covered = scipy.ndimage.binary_fill_holes(there)
        inner = scipy.ndimage.binary_erosion(covered, np.ones((3, 3), dtype=bool))
        return cls(float(west), float(south), side_m, covered, ~inner[row, column])

    def holds(self, x: Figures, y: Figures) -> Flags:
        """Return which places lie within it."""
        column, row = (
            np.nan_to_num(np.floor((values - low) / self.side_m), nan=-1.0).astype(int)
            for values, low in ((x, self.west), (y, self.south))
        )
        rows, columns = self.covered.shape
        inside: Flags = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        inside[inside] = self.covered[row[inside], column[inside]]
        return inside


def within(
    minutes: Figures,
    inhabitants: Figures,
    workforce: Figures | None = None,
    limits: tuple[int, ...] = CATCHMENT_MIN,
    *,
    rim: Flags | None = None,
    inside: bool = True,
) -> Reached:
    """Return how many people live and work within the limits.

    Parameters
    ----------
    minutes : (cells,) from the site; NaN where there is no way. A cell exactly at a limit is within it.
    inhabitants, workforce : (cells,); NaN is not known and counts for nobody.
    limits : minutes.
    rim : (cells,) which cells lie at the edge of the data, see `Extent`; None: it has no edge.
    inside : whether the site itself lies where the data reaches.
    """
    near = minutes <= np.asarray(limits, dtype=float)[:, None]
    sums = near.astype(float) @ _weights(inhabitants, workforce, rim)
    return _reached(sums, np.asarray(inside), known=workforce is not None)


def estimated(
    x: Figures, y: Figures, people: People, extent: Extent, vehicle: Vehicle, limits: tuple[int, ...] = CATCHMENT_MIN
) -> Reached:
    """Return the same for many sites by `finder.measures.access.estimated_min` of the beeline, in one pass.

    Parameters
    ----------
    x, y : (sites,) metres; NaN: without a place, of which nothing is known.
    extent : of `people`.
    """
    reach_m = np.array([estimated_reach_km(limit, vehicle) * 1000.0 for limit in limits])
    weights = _weights(people.inhabitants, people.workforce, extent.rim)
    order = np.argsort(people.x)
    cell_x, cell_y, weights = people.x[order], people.y[order], weights[order]
    sums = np.full((len(x), len(limits), weights.shape[1]), np.nan)
    placed = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    placed = placed[np.argsort(x[placed], kind="stable")]
    start = 0
    while start < len(placed):
        first = np.searchsorted(cell_x, x[placed[start]] - reach_m[-1])
        beyond = np.searchsorted(cell_x, x[placed[start]] + reach_m[-1], side="right")
        part = placed[start : start + max(1, _AT_ONCE // max(1, int(beyond - first)))]
        last = np.searchsorted(cell_x, x[part[-1]] + reach_m[-1], side="right")
        near = slice(first, last)
        squared = (cell_x[near] - x[part, None]) ** 2 + (cell_y[near] - y[part, None]) ** 2
        for position, limit_m in enumerate(reach_m):
            sums[part, position] = (squared <= limit_m**2).astype(float) @ weights[near]
        start += len(part)
    return _reached(sums, extent.holds(x, y)[:, None], known=people.workforce is not None)


def missed(
    x: float, y: float, people: People, lost: Flags, vehicle: Vehicle, limits: tuple[int, ...] = CATCHMENT_MIN
) -> Flags:
    """Return within which limits, shape (limits,), a site has people to whom a network knows no way.

    `lost`, shape (cells,), are those; how near they are `finder.measures.access.estimated_min` tells.
    """
    squared = (people.x[lost] - x) ** 2 + (people.y[lost] - y) ** 2
    nearest_m = float(np.sqrt(squared.min())) if len(squared) else np.inf
    return np.array([nearest_m <= estimated_reach_km(limit, vehicle) * 1000.0 for limit in limits])


def _weights(inhabitants: Figures, workforce: Figures | None, rim: Flags | None) -> Figures:
    """Return what is summed: inhabitants, workforce, and cells at the edge."""
    nobody = np.zeros(len(inhabitants))
    columns = (inhabitants, nobody if workforce is None else workforce, nobody if rim is None else rim.astype(float))
    return np.nan_to_num(np.column_stack(columns), nan=0.0)


def _reached(sums: Figures, inside: Flags, *, known: bool) -> Reached:
    """Return the sums; where the data ends and nobody was reached, nothing is known."""
    edge = (sums[..., 2] > 0) | ~inside
    inhabitants, workforce = (np.where(edge & (sums[..., column] == 0), np.nan, sums[..., column]) for column in (0, 1))
    return Reached(inhabitants, workforce if known else None, edge)


__all__ = ["Extent", "Reached", "estimated", "missed", "within"]
