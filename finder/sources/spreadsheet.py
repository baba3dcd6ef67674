"""XLSX: the sheet with the table and the row with the column names are found out, values are taken as they were saved.

Formulas are not computed, links not followed; macros, pictures and pivot tables are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from finder.limits import Limits
from finder.sources import sheet, tabular, workbook
from finder.sources.archive import Archive
from finder.sources.sentences import Notes, Refusal
from finder.sources.sheet import Fault, Faulty, Merge, Row, Value
from finder.sources.table import Table
from finder.sources.workbook import Book, Parts, Sheet

FORMAT = "XLSX"
_BLOCK = 20_000
_TALLEST = 5  # rows with column names
_NAMED = 20  # sheets in a sentence
_ASIDE = 20  # empty columns between the table and what does not belong to it


@dataclass(frozen=True)
class _Found:
    """A sheet with a table: its part of the archive unpacked, the rows that hold the column names."""

    sheet: Sheet
    path: Path
    first: int
    last: int
    names: list[str]
    over: dict[int, str]
    merged: list[Merge]  # below the names: only the first cell of each has the value
    empty: bool


def read(opened: Archive, folder: Path, layer: str | None, limits: Limits) -> Table:
    """Return a sheet of a workbook as a table, its parts unpacked into `folder`.

    Rows are counted from the one behind the column names, empty ones too, as in CSV.

    Raises
    ------
    Refusal
        It is damaged, or no sheet or several hold a table.
    """
    notes = Notes(limits.max_issues)
    parts = Parts(opened, folder, limits)
    book = workbook.read(parts)
    found = _chosen(book, parts, layer, limits, notes)
    if found.last > found.first:
        notes.once("header_joined", first=found.first, last=found.last)
    if found.first > 1:
        notes.once("header_found", line=found.first)
    reader = tabular.Reader(tabular.names(found.names, notes, limits, found.over), limits, notes)
    names = reader.names
    below = (row for row in sheet.rows(found.path, book, limits) if row.number > found.last)
    hidden = 0
    while block := list(islice(below, _BLOCK)):
        hidden += sum(row.hidden for row in block)
        reader.add(_records(block, names, found.last, notes), [row.number - found.last for row in block])
    if hidden:
        notes.once("rows_hidden", count=hidden)
    for merge in found.merged:
        field = names[merge.left - 1] if merge.left <= len(names) else None
        notes.add("cells_merged", row=merge.top - found.last, field=field, count=merge.count())
    return Table(
        format=FORMAT,
        columns=reader.finish(),
        length=reader.length,
        rows=pa.array(reader.rows, pa.int64()),
        layer=found.sheet.name,
        notes=notes,
    )


# -- which sheet ------------------------------------------------------------------------------------------------------


def _chosen(book: Book, parts: Parts, layer: str | None, limits: Limits, notes: Notes) -> _Found:
    """Return the sheet that is meant: the one named, or the only one to be seen that holds a table."""
    if layer is not None:
        named = [own for own in book.sheets if own.name == layer]
        if not named:
            raise Refusal("no_such_layer", layer=layer, layers=", ".join(own.name for own in book.sheets))
        found = _table(named[0], parts, book, limits)
        if found is None:
            raise Refusal("no_names", layer=layer)
        return found
    seen = [own for own in book.sheets if not own.hidden]
    if len(seen) != len(book.sheets):
        notes.once("sheets_hidden", sheets=_listed(own for own in book.sheets if own.hidden))
    tables = {own.member: _table(own, parts, book, limits) for own in seen}
    filled = [found for found in tables.values() if found is not None and not found.empty]
    if len(filled) > 1:
        raise Refusal("which_layer", layers=", ".join(found.sheet.name for found in filled))
    if not filled:
        if len(seen) == 1 and tables[seen[0].member] is None:
            raise Refusal("no_names", layer=seen[0].name)
        raise Refusal("no_sheet")
    if len(seen) > 1:
        notes.once("sheets_left_out", sheets=_listed(own for own in seen if own is not filled[0].sheet))
    return filled[0]


def _listed(sheets: Iterable[Sheet]) -> str:
    names = [own.name for own in sheets]
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def _table(own: Sheet, parts: Parts, book: Book, limits: Limits) -> _Found | None:
    """Return where a sheet's column names stand, None where there are none."""
    path = parts.unpacked(own.member)
    sample = list(islice(sheet.rows(path, book, limits), tabular.LOOKED_AT))
    heading = tabular.find(_words(sample), trimmed=True)
    if heading is None:
        return None
    first = sample[heading.position].number
    grid = {row.number: row.cells for row in sample}
    every = sheet.merges(path, limits)
    merges = [merge for merge in every if merge.left in grid.get(merge.top, ())]
    last = max((m.bottom for m in merges if m.top <= first <= m.bottom < first + _TALLEST), default=first)
    merges = [merge for merge in merges if merge.top <= last and merge.bottom >= first]
    widest = max(max(row.cells) for row in sample)
    width = max(
        *(max(grid[number]) for number in range(first, last + 1) if number in grid),
        *(min(merge.right, widest) for merge in merges),
        0,
    )
    if width > limits.max_columns:
        raise Refusal("too_many_columns", limit=limits.max_columns)
    shared = _shared(merges, grid, range(first, last + 1), width)
    stated = [
        [_said(grid.get(number, {}).get(column)) for number in range(first, last + 1)] for column in range(1, width + 1)
    ]
    over = {}
    if last == first:
        over = {column: words for (_, column), words in shared.items()}
    else:
        stated = [
            [words or shared.get((first + at, column), "") for at, words in enumerate(column_words)]
            for column, column_words in enumerate(stated, start=1)
        ]
    names = [" ".join(dict.fromkeys(words for words in column_words if words)) for column_words in stated]
    merged = [merge for merge in every if merge.top > last]
    return _Found(own, path, first, last, names, over, merged, empty=sample[-1].number <= last)


def _shared(
    merges: Sequence[Merge], grid: dict[int, dict[int, Value]], rows: range, width: int
) -> dict[tuple[int, int], str]:
    """Return what is shown in cells of these rows that are one with another, by row and column."""
    shared: dict[tuple[int, int], str] = {}
    left = 2 * len(rows) * width  # true ones do not overlap
    for merge in merges:
        words = _said(grid[merge.top][merge.left])
        for row in range(max(merge.top, rows.start), min(merge.bottom, rows.stop - 1) + 1):
            for column in range(merge.left, min(merge.right, width) + 1):
                shared[row, column] = words
                left -= 1
            if left < 0:
                return shared
    return shared


def _words(rows: Sequence[Row]) -> list[list[str]]:
    """Return rows as CSV would have them, all that is no text as a number, and nothing that stands far aside."""
    used = sorted({column for row in rows for column in row.cells})
    end = next((before for before, column in pairwise(used) if column - before > _ASIDE), used[-1] if used else 0)
    records = []
    for row in rows:
        own = {column: value for column, value in row.cells.items() if column <= end}
        words = [tabular.EMPTY] * max(own, default=0)
        for column, value in own.items():
            words[column - 1] = value if isinstance(value, str) else "0"
        records.append(words)
    return records


def _said(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Faulty):
        return value.shown or ""
    return str(value).strip()


# -- its rows ---------------------------------------------------------------------------------------------------------


def _records(rows: Sequence[Row], names: Sequence[str], last: int, notes: Notes) -> Iterator[list[Any]]:
    """Yield rows as wide as the table; what stands beside it makes one wider."""
    for row in rows:
        record: list[Any] = [tabular.EMPTY] * len(names)
        beside: list[Any] = []
        for column, value in row.cells.items():
            field = names[column - 1] if column <= len(names) else None
            if isinstance(value, Faulty):
                _tell(value, row.number - last, field, notes)
                if value.value is None:
                    continue
                value = value.value
            if field is None:
                beside.append(value)
            else:
                record[column - 1] = value
        yield record + beside


def _tell(cell: Faulty, row: int, field: str | None, notes: Notes) -> None:
    match cell.fault:
        case Fault.ERROR:
            notes.add("cell_error", row=row, field=field, value=cell.shown, error=cell.shown)
        case Fault.NO_RESULT:
            notes.add("formula_without_value", row=row, field=field)
        case Fault.UNREADABLE:
            notes.add("cell_unreadable", row=row, field=field, value=cell.shown)
        case Fault.NO_DATE:
            notes.add("no_date", row=row, field=field, value=cell.shown)
