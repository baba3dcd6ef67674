"""CSV as offices write it: the delimiter and the row with the column names are found out, not assumed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import pyarrow as pa

from finder.limits import Limits
from finder.sources import tabular, text
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Table

FORMAT = "CSV"
DELIMITERS = (";", ",", "\t", "|")
_BLOCK = 20_000
_LONGEST_CELL = 2**31 - 1  # the module's limit holds for the whole process: never lower it to one text's length
_SAMPLE_CHARACTERS = 1_000_000
_STATED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # a first line that Excel writes and reads
_END = "\x00"  # no text holds it: a last line of our own that shows whether a quotation mark was left open


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
    reader = tabular.Reader(tabular.names(next(records), notes, limits), limits, notes)
    row = 0
    while block := list(islice(records, _BLOCK)):
        reader.add(block, range(row + 1, row + len(block) + 1))
        row += len(block)
    return Table(
        format=FORMAT,
        columns=reader.finish(),
        length=reader.length,
        rows=pa.array(reader.rows, pa.int64()),
        encoding=f"{encoding} (BOM)" if text.mark(data) else encoding,
        delimiter=layout.delimiter,
        notes=notes,
    )


# -- finding out ------------------------------------------------------------------------------------------------------


def _layout(content: str, stated: str | None) -> _Layout:
    """Return how the text is laid out: by the delimiter that gives most rows one width; in doubt, the greater one."""
    best: tuple[tuple[float, int], str, int] | None = None
    for delimiter in (stated,) if stated else DELIMITERS:
        if found := tabular.find(_sample(content, delimiter)):
            score = (round(found.share, 1), found.width)
            if best is None or score > best[0]:
                best = (score, delimiter, found.position)
    if best is None:
        raise Refusal("no_header")
    return _Layout(best[1], best[2], _is_regular(content, best[1]))


def _sample(content: str, delimiter: str) -> list[list[str]]:
    records = list(islice(_rows(content[:_SAMPLE_CHARACTERS], delimiter), tabular.LOOKED_AT))
    if len(content) > _SAMPLE_CHARACTERS and 1 < len(records) < tabular.LOOKED_AT:
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
