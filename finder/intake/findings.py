"""What the tests of `finder.intake.validate` look at, and what they hand back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Mask = NDArray[np.bool_]
Marked = Mapping[int, tuple[str, str]]
"""By row, the column that says so and what stands there."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Rows that are no sites, rows that their supplier withdraws, and towns as rows name them again."""

    others: Marked = field(default_factory=dict)
    withdrawn: Marked = field(default_factory=dict)
    towns: Marked = field(default_factory=dict)


@dataclass(kw_only=True)
class Seen:
    """The keys (source and source_id) and public ids of the rows before, of all parts of a file."""

    keys: set[tuple[str, str]] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Work:
    """A batch under examination; tests read `frame` and repairs write to it."""

    frame: pd.DataFrame
    municipalities: Mapping[str, str]
    area: BaseGeometry | None
    today: dt.date
    lost: Mapping[int, str]
    marks: Marks = field(default_factory=Marks)
    seen: Seen = field(default_factory=Seen)
    home: BaseGeometry | None = None

    def cells(self, name: str) -> NDArray[np.object_]:
        """Return a column's cells, None where not known; all None where the column is not delivered."""
        if name not in self.frame:
            return np.full(len(self.frame), None, dtype=object)
        column = self.frame[name]
        cells: NDArray[np.object_] = column.to_numpy(dtype=object, copy=True)
        if column.dtype != object:
            cells[column.isna().to_numpy()] = None
        return cells

    def figures(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN where not known."""
        if name in self.frame and self.frame[name].dtype == "float64":
            return self.frame[name].to_numpy(dtype="float64", copy=True)
        return np.array([np.nan if cell is None else cell for cell in self.cells(name)], dtype="float64")

    def write(self, name: str, positions: NDArray[np.intp], cells: list[Any]) -> None:
        """Put new cells into a column that is delivered; None is not known."""
        column = self.frame[name]
        if column.dtype == object:
            written = column.to_numpy(dtype=object, copy=True)
            for position, cell in zip(positions, cells, strict=True):
                written[position] = cell  # one by one: numpy would take a list of tuples for a table
            self.frame[name] = pd.Series(written, index=column.index, dtype=object)
        else:
            figures = column.to_numpy(dtype="float64", copy=True)
            figures[positions] = [np.nan if cell is None else cell for cell in cells]
            self.frame[name] = pd.Series(figures, index=column.index, dtype="float64")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Which rows (by position) break a rule on which field. `repaired` are new cells, `params` are the message's."""

    field: str
    positions: NDArray[np.intp]
    values: list[Any]
    params: list[dict[str, object]] | None = None
    repaired: list[Any] | None = None


def found(name: str, mask: Mask, cells: NDArray[Any], *, unknown: bool = False) -> Finding:
    """Return the finding of a mask; with `unknown` the cells become not known."""
    positions = np.flatnonzero(mask)
    values = cells[positions].tolist()
    return Finding(field=name, positions=positions, values=values, repaired=[None] * len(values) if unknown else None)


def not_known(cells: NDArray[np.object_]) -> Mask:
    """Return which cells are None."""
    mask: Mask = np.array([cell is None for cell in cells], dtype=bool)
    return mask
