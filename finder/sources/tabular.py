"""Rows under a row of column names, as CSV and workbooks have them: where the names stand, and what they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finder.limits import Limits
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Column, Columns

LOOKED_AT = 100
"""So many records from the top are looked at for the column names."""
EMPTY = ""
"""What stands for an empty cell in a record."""
_NO_NAME = re.compile(r"[-+\d.,\s%€]*")


@dataclass(frozen=True)
class Heading:
    """Which record holds the column names, the table's width, and the share of records that have it."""

    position: int
    width: int
    share: float


def find(records: Sequence[Sequence[str]], *, trimmed: bool = False) -> Heading | None:
    """Return where the column names stand: the first record that is wide enough and holds words.

    `trimmed` says that records end at their last cell that is not empty.
    """
    filled = [record for record in records if any(cell.strip() for cell in record)]
    widths = Counter(len(record) for record in filled if len(record) > 1)
    if not widths:
        return None
    # a wide row is worth more than several narrow ones: a title above the table may hold a comma as well
    width = max(widths, key=lambda size: (widths[size] * size, size))
    for position, record in enumerate(records):
        cells = [cell.strip() for cell in record]
        while cells and not cells[-1]:
            cells.pop()
        named = sum(1 for cell in cells if not _NO_NAME.fullmatch(cell))
        wanted = width if trimmed else min(width, len(record))
        if len(cells) > 1 and named >= 2 and named * 2 >= wanted and len(record) * 2 >= width:
            return Heading(position, width, widths[width] / len(filled))
    return None


@dataclass(frozen=True)
class Names:
    """One name for each column; `unnamed` are the made-up ones by the column's position from 1."""

    all: list[str]
    unnamed: dict[int, str]


def names(record: Sequence[str], notes: Notes, limits: Limits, over: Mapping[int, str] | None = None) -> Names:
    """Return the columns' names, each once.

    Parameters
    ----------
    over : what stands over columns without a name of their own, by position.
    """
    if len(record) > limits.max_columns:
        raise Refusal("too_many_columns", limit=limits.max_columns)
    over = over or {}
    found: dict[str, None] = {}
    unnamed = {}
    taken = {cell.strip() for cell in record}
    for position, cell in enumerate(record, start=1):
        stated = cell.strip()
        wanted = stated or over.get(position) or f"column_{position}"
        name = wanted
        number = 2
        while name in found or (name != stated and name in taken):
            name = f"{wanted}_{number}"
            number += 1
        if not stated:
            unnamed[position] = name
        elif name != stated:
            notes.add("header_repeated", field=name, stated=stated, header=name)
        found[name] = None
    return Names(list(found), unnamed)


class Reader:
    """Takes records block by block into columns."""

    def __init__(self, names: Names, limits: Limits, notes: Notes) -> None:
        self.rows: list[int] = []
        self._columns = Columns(limits)
        self._names = names
        self._notes = notes

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return self._names.all

    @property
    def length(self) -> int:
        """How many rows there are so far, empty ones left out."""
        return self._columns.length

    def add(self, records: Iterable[Sequence[Any]], numbers: Iterable[int]) -> None:
        """Take one block with its rows' numbers."""
        wanted = len(self._names.all)
        kept = []
        for record, row in zip(records, numbers, strict=True):
            if len(record) != wanted:
                if not record:
                    continue  # an empty line
                record = self._fitted(record, row)
            if record.count(EMPTY) == wanted:
                continue
            kept.append(record)
            self.rows.append(row)
        cells: Iterator[tuple[Any, ...]] = zip(*kept, strict=True) if kept else iter([()] * wanted)
        block = {
            name: [None if cell == EMPTY else cell for cell in column]
            for name, column in zip(self._names.all, cells, strict=True)
        }
        self._columns.add(block, len(kept))

    def finish(self) -> dict[str, Column]:
        """Return the columns; one without a name is told of, and left out where it is empty as well."""
        columns = self._columns.finish()
        for position, name in self._names.unnamed.items():
            if columns.get(name) is None or columns[name].kind == "none":
                columns.pop(name, None)
            else:
                self._notes.add("header_empty", position=position, header=name)
        return columns

    def _fitted(self, record: Sequence[Any], row: int) -> Sequence[Any]:
        wanted = len(self._names.all)
        found = len(record)
        if found < wanted:
            if record.count(EMPTY) < found:
                self._notes.add("row_short", row=row, found=found, wanted=wanted)
            return [*record, *[EMPTY] * (wanted - found)]
        if any(str(cell).strip() for cell in record[wanted:]):
            self._notes.add("row_long", row=row, found=found, wanted=wanted)
        return record[:wanted]
