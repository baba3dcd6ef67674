"""CSV as offices write it: the delimiter and the row with the column names are found out, not assumed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import pyarrow as pa

from finder.sources import text
from finder.sources.limits import Limits
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Columns, Table

FORMAT = "CSV"
DELIMITERS = (";", ",", "\t", "|")
_BLOCK = 20_000
_LOOKED_AT = 100
_LONGEST_CELL = 2**31 - 1  # the module's limit holds for the whole process: never lower it to one text's length
_SAMPLE_CHARACTERS = 1_000_000
_STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # a first line that Excel writes and reads
_END = "\x00"  # no text holds it: a last line of our own that shows whether a quotation mark was left open
_NO_NAME = re.compile(r"[-+\d.,\s%€]*")


@dataclass(frozen=True)
class _Layout:
    delimiter: str
    header: int  # records before the one with the column names
    regular: bool  # quotation marks as the format wants them


def read(data: bytes, limits: Limits) -> Table:
    """Return the rows of a CSV text as a table; cells are text, an empty one is None.

    Rows are counted from the one behind the column names, empty ones too, as a spreadsheet shows them.

    Raises
    ------
    Refusal
        No column names are found, a quotation mark is never closed, or the text goes beyond the limits.
    """
    notes = Notes(limits.max_issues)
    content, encoding = text.decode(data, notes)
    stated = _STATED.match(content)
    if stated:
        content = content[stated.end() :]
    layout = _layout(content, stated[1] if stated else None)
    records = _records(content, layout, notes)
    above = list(islice(records, layout.header))
    if above:
        lines = bool(stated) + sum(1 + sum(cell.count("\n") for cell in record) for record in above)
        notes.once("header_found", line=lines + 1)
    names, unnamed = _names(next(records), notes, limits)
    reader = _Reader(names, limits, notes)
    while block := list(islice(records, _BLOCK)):
        reader.add(block)
    columns = reader.columns.finish()
    for position, name in unnamed.items():
        if columns.get(name) is None or columns[name].kind == "none":
            columns.pop(name, None)
        else:
            notes.add("header_empty", position=position, header=name)
    return Table(
        format=FORMAT,
        columns=columns,
        length=reader.columns.length,
        rows=pa.array(reader.rows, pa.int64()),
        encoding=encoding,
        delimiter=layout.delimiter,
        notes=notes,
    )


# -- finding out ------------------------------------------------------------------------------------------------------


def _layout(content: str, stated: str | None) -> _Layout:
    """Return how the text is laid out: by the delimiter that gives most rows one width; in doubt, the greater one."""
    best: tuple[tuple[float, int], str, int] | None = None
    for delimiter in (stated,) if stated else DELIMITERS:
        if found := _header(_sample(content, delimiter)):
            header, width, share = found
            score = (round(share, 1), width)
            if best is None or score > best[0]:
                best = (score, delimiter, header)
    if best is None:
        raise Refusal("no_header")
    return _Layout(best[1], best[2], _is_regular(content, best[1]))


def _sample(content: str, delimiter: str) -> list[list[str]]:
    records = list(islice(_rows(content[:_SAMPLE_CHARACTERS], delimiter), _LOOKED_AT))
    if len(content) > _SAMPLE_CHARACTERS and 1 < len(records) < _LOOKED_AT:
        records.pop()  # cut off
    return records


def _is_regular(content: str, delimiter: str) -> bool:
    if '"' not in content:
        return True
    try:
        for _ in _rows(content, delimiter, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _rows(content: str, delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=strict)


def _header(records: list[list[str]]) -> tuple[int, int, float] | None:
    """Return which record holds the column names, the table's width, and the share of records that have it."""
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
        if len(cells) > 1 and named >= 2 and named * 2 >= min(width, len(record)) and len(record) * 2 >= width:
            return position, width, widths[width] / len(filled)
    return None


# -- reading ----------------------------------------------------------------------------------------------------------


def _records(content: str, layout: _Layout, notes: Notes) -> Iterator[list[str]]:
    """Yield every record; refuse a text that ends inside quotation marks."""
    if not layout.regular:
        notes.once("quotes_irregular")
    csv.field_size_limit(_LONGEST_CELL)
    lines = chain(io.StringIO(content, newline=""), ("" if content.endswith(("\n", "\r")) else "\n", _END))
    before: list[str] | None = None
    count = 0
    for record in csv.reader(lines, delimiter=layout.delimiter):
        if before is not None:
            count += 1
            yield before
        before = record
    if before != [_END]:
        raise Refusal("open_quote", row=max(count - layout.header, 1))


def _names(record: list[str], notes: Notes, limits: Limits) -> tuple[list[str], dict[int, str]]:
    """Return one name for each column, and the made-up ones by the column's position."""
    if len(record) > limits.max_columns:
        raise Refusal("too_many_columns", limit=limits.max_columns)
    names: dict[str, None] = {}
    unnamed = {}
    taken = {cell.strip() for cell in record}
    for position, cell in enumerate(record, start=1):
        stated = cell.strip()
        name = stated or f"column_{position}"
        number = 2
        while name in names or (name != stated and name in taken):
            name = f"{stated or f'column_{position}'}_{number}"
            number += 1
        if not stated:
            unnamed[position] = name
        elif name != stated:
            notes.add("header_repeated", field=name, stated=stated, header=name)
        names[name] = None
    return list(names), unnamed


class _Reader:
    """Takes records block by block into columns."""

    def __init__(self, names: list[str], limits: Limits, notes: Notes) -> None:
        self.columns = Columns(limits)
        self.rows: list[int] = []
        self._names = names
        self._notes = notes
        self._row = 0

    def add(self, records: list[list[str]]) -> None:
        """Take one block."""
        wanted = len(self._names)
        kept = []
        for record in records:
            self._row += 1
            if len(record) != wanted:
                if not record:
                    continue  # an empty line
                record = self._fitted(record)
            if not any(record):
                continue
            kept.append(record)
            self.rows.append(self._row)
        cells: Iterator[tuple[str, ...]] = zip(*kept, strict=True) if kept else iter([()] * wanted)
        block = {name: [cell or None for cell in column] for name, column in zip(self._names, cells, strict=True)}
        self.columns.add(block, len(kept))

    def _fitted(self, record: list[str]) -> list[str]:
        wanted = len(self._names)
        found = len(record)
        if found < wanted:
            if any(record):
                self._notes.add("row_short", row=self._row, found=found, wanted=wanted)
            return record + [""] * (wanted - found)
        if any(cell.strip() for cell in record[wanted:]):
            self._notes.add("row_long", row=self._row, found=found, wanted=wanted)
        return record[:wanted]
