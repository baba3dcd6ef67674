"""One sheet of a workbook, row by row: cells as values, whatever area the sheet claims to have."""

from __future__ import annotations

import math
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from xml.etree.ElementTree import Element

from finder.limits import Limits
from finder.sources import markup, serials, workbook
from finder.sources.sentences import Refusal
from finder.sources.workbook import Book

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_COLUMN = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_AREA = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_MOST_MERGES = 20_000


class Fault(Enum):
    """Why a cell has no value, or another than it shows."""

    ERROR = "error"
    NO_RESULT = "no result"
    UNREADABLE = "unreadable"
    NO_DATE = "no date"


@dataclass(frozen=True)
class Faulty:
    """A cell at fault: what stands there, and the number to be had of it all the same."""

    fault: Fault
    shown: str | None = None
    value: float | None = None


Value = str | int | float | bool | Faulty


@dataclass(frozen=True)
class Row:
    """A row with something in it: its number in the sheet, and its cells by column, both from 1."""

    number: int
    cells: dict[int, Value]
    hidden: bool


@dataclass(frozen=True)
class Merge:
    """Cells shown as one; the value is that of the first."""

    top: int
    left: int
    bottom: int
    right: int

    def count(self) -> int:
        """Return how many cells there are."""
        return max(self.bottom - self.top + 1, 1) * max(self.right - self.left + 1, 1)


def rows(path: Path, book: Book, limits: Limits) -> Iterator[Row]:
    """Yield the rows of a sheet; what it says of its own size is not looked at.

    Raises
    ------
    Refusal
        Rows or cells lie outside any sheet or come twice.
    """
    before = 0
    columns: dict[str, int] = {}
    for _, element in markup.pieces(path, frozenset(("row",)), limits):
        number = _number(element.get("r"), before + 1)
        if number <= before or number > MOST_ROWS:
            raise Refusal("failed")
        before = number
        cells: dict[int, Value] = {}
        at = 0
        for cell in element:
            if markup.local(cell.tag) != "c":
                continue
            at = _position(cell.get("r"), at + 1, columns)
            if at in cells:
                raise Refusal("failed")
            value = _value(cell, book)
            if value is not None and value != "":
                cells[at] = value
        if cells:
            yield Row(number, cells, element.get("hidden", "0").lower() in ("1", "true"))


def merges(path: Path, limits: Limits) -> list[Merge]:
    """Return which cells of a sheet are shown as one, no more of them than matter for its first rows."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(b"mergeCell") < 0:  # they stand behind the rows: to find them takes reading all again
            return []
    found = []
    for _, element in markup.pieces(path, frozenset(("row", "mergeCell")), limits):
        if markup.local(element.tag) == "mergeCell" and (match := _AREA.fullmatch(element.get("ref", ""))):
            found.append(Merge(int(match[2]), letters(match[1]), int(match[4]), letters(match[3])))
            if len(found) >= _MOST_MERGES:
                break
    return found


def letters(name: str) -> int:
    """Return a column's number from 1 by its letters."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def _number(stated: str | None, otherwise: int) -> int:
    if stated is None:
        return otherwise
    if not (stated.isascii() and stated.isdigit() and len(stated) < 9):
        raise Refusal("failed")
    return int(stated)


def _position(stated: str | None, otherwise: int, known: dict[str, int]) -> int:
    if stated is None:
        position = otherwise
    else:
        name = stated.rstrip("0123456789")
        position = known.get(name, 0)
        if not position:
            if not _COLUMN.fullmatch(stated):
                raise Refusal("failed")
            position = known[name] = letters(name)
    if position > MOST_COLUMNS:
        raise Refusal("failed")
    return position


def _value(cell: Element, book: Book) -> Value | None:
    stated: str | None = None
    computed = False
    inline: Element | None = None
    for part in cell:
        match markup.local(part.tag):
            case "v":
                stated = part.text or ""
            case "f":
                computed = True
            case "is":
                inline = part
    type_ = cell.get("t", "n")
    if type_ == "inlineStr":
        return None if inline is None else workbook.text(inline)
    if type_ == "str" and stated is not None:
        return workbook.unescaped(stated)
    if not stated:
        return Faulty(Fault.NO_RESULT) if computed else None
    match type_:
        case "s":
            at = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else len(book.texts)
            return book.texts[at] if at < len(book.texts) else Faulty(Fault.UNREADABLE, stated)
        case "b":
            return stated.strip().lower() in ("1", "true")
        case "e":
            return Faulty(Fault.ERROR, stated)
        case "d":
            return stated
        case "n":
            return _figure(stated, cell.get("s"), book)
    return Faulty(Fault.UNREADABLE, stated)


def _figure(stated: str, style: str | None, book: Book) -> Value:
    """Return a number, or what its style makes of it: a date, or a text with the unit that is shown behind it."""
    stated = stated.strip()
    try:
        number = int(stated) if _INTEGER.fullmatch(stated) else float(stated)
    except ValueError:
        return Faulty(Fault.UNREADABLE, stated)
    if not math.isfinite(number) or "_" in stated:
        return Faulty(Fault.UNREADABLE, stated)
    if style is None or not (style.isascii() and style.isdigit()) or len(style) > 6 or int(style) >= len(book.styles):
        return number
    kind = book.styles[int(style)]
    if kind is None:
        return number
    if isinstance(kind, str):
        # so many decimals that no point can be taken for one between thousands
        return f"{number} {kind}" if isinstance(number, int) else f"{number:.6f} {kind}"
    found = serials.text(number, kind, from_1904=book.from_1904)
    return Faulty(Fault.NO_DATE, stated, number) if found is None else found
