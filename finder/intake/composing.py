"""Cells made of several columns, as a profile's parts, flags and records say."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from finder.intake import numbers
from finder.intake.casting import flag
from finder.intake.cells import is_empty, plain_text
from finder.intake.headers import Headers
from finder.intake.parts import PLACES, Part, Record, Sign
from finder.intake.profiles import Column, key

_SEARCHED = 1_000  # characters that are compared with a sign's words
_ANY, _DIGIT = "*", "#"


def cells(headers: Headers, rule: Column, decimal: str = ".") -> list[Any] | None:
    """Return the column's raw cells, None where none of its columns is in the file.

    `decimal` is the decimal sign of numbers that stand in texts and can be read either way.
    """
    making = rule.making
    if making.parts:
        columns = [found for part in making.parts if (found := _part(headers, part, decimal)) is not None]
        return _joined(columns, rule.join)
    if making.flags:
        return _flags(headers, making.flags)
    if making.records:
        return _records(headers, making.records, decimal)
    present = headers.take(rule.headers)
    if not present:
        return None
    found = headers.cells(present, rule.join)
    return [_renamed(_unfolded(cell), making.entries) for cell in found] if making.entries else found


@dataclass(frozen=True, kw_only=True)
class Said:
    """What each row says in the columns of a sign that are in the file, and whether it counts."""

    headers: list[str]
    cells: list[Any]
    counts: list[bool]


def said(headers: Headers, sign: Sign) -> Said | None:
    """Return what the rows say in a sign's columns; None where none of them is in the file."""
    present = headers.take(sign.headers)
    if not present:
        return None
    found = list(map(_unfolded, headers.cells(present)))
    counts = _counting(sign.words, sign.unless)
    return Said(
        headers=present, cells=found, counts=[sign.empty if _is_empty(cell) else counts(cell) for cell in found]
    )


def _part(headers: Headers, part: Part, decimal: str) -> list[Any] | None:
    when = None if part.when is None else said(headers, part.when)
    present = headers.take(part.headers)
    if not present:
        return None
    found = list(map(_unfolded, headers.cells(present, part.join)))
    # a condition on columns that are not there is one on columns that say nothing
    holds = when.counts if when else [part.when is None or part.when.empty] * len(found)
    counts = _counting(part.words, part.unless)
    return [
        _formed(cell, part.form, decimal) if hold and not _is_empty(cell) and counts(cell) else None
        for cell, hold in zip(found, holds, strict=True)
    ]


def _formed(cell: Any, form: str, decimal: str) -> Any:
    if form == "{}":
        return cell
    text = text_of(cell)
    return None if text is None else PLACES.sub(lambda place: _written(place[0], text, decimal), form)


def _written(place: str, text: str, decimal: str) -> str:
    number = numbers.parse(text, sign=decimal) if place == "{number}" else None
    if number is None:
        return text
    whole, _, rest = f"{number:,.6f}".partition(".")
    return ",".join(part for part in (whole.replace(",", "."), rest.rstrip("0")) if part)


def text_of(cell: Any) -> str | None:
    """Return what a cell says as one text, a list's members one after the other."""
    if isinstance(cell, list | tuple):
        return ", ".join(text for one in cell if (text := plain_text(one))) or None
    return plain_text(cell)


def _joined(columns: Sequence[list[Any]], join: str | None) -> list[Any] | None:
    """Return what the parts say one after the other; a single one as it stands, and without `join` the first."""
    if not columns:
        return None
    found = []
    for row in zip(*columns, strict=True):
        told = [cell for cell in row if cell is not None]
        if len(told) > 1 and join is not None:
            texts = dict.fromkeys(text for cell in told if (text := text_of(cell)))
            found.append(join.join(texts) or None)
        else:
            found.append(told[0] if told else None)
    return found


def _flags(headers: Headers, flags: Mapping[str, str]) -> list[Any] | None:
    """Return the words of the columns that say yes; what is neither yes nor no stands among them, to be named."""
    columns = [(word, headers.cells(present)) for name, word in flags.items() if (present := headers.take([name]))]
    if not columns:
        return None
    found = []
    for row in zip(*(column for _, column in columns), strict=True):
        words: list[Any] = []
        for (word, _), cell in zip(columns, row, strict=True):
            yes, problems = flag(cell)
            words += [cell] if problems else [word] if yes else []
        # that nothing is said yes to may be an empty form
        found.append(words or None)
    return found


def _records(headers: Headers, records: Sequence[Record], decimal: str) -> list[Any] | None:
    made: list[list[dict[str, Any] | None]] = []
    for record in records:
        parts = {name: member for name, member in record.members.items() if isinstance(member, Part)}
        columns = {name: cells for name, part in parts.items() if (cells := _part(headers, part, decimal)) is not None}
        constants = {name: member for name, member in record.members.items() if isinstance(member, str)}
        if columns:
            rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
            made.append([{**constants, **told} if (told := _told(row)) else None for row in rows])
    if not made:
        return None
    return [[record for record in row if record] or None for row in zip(*made, strict=True)]


def _told(row: dict[str, Any]) -> dict[str, str]:
    return {name: text for name, cell in row.items() if (text := text_of(cell))}


def _renamed(cell: Any, names: Mapping[str, str]) -> Any:
    """Return a list of entries with our names of their members, without those that are left out on purpose."""
    if not isinstance(cell, list):
        return cell
    return [
        {names.get(name, name): value for name, value in entry.items() if names.get(name, name)}
        if isinstance(entry, dict)
        else entry
        for entry in cell
    ]


def _unfolded(cell: Any) -> Any:
    """Return a list that a table of rejected rows holds as text."""
    if isinstance(cell, str) and cell.startswith("["):
        try:
            return orjson.loads(cell)
        except orjson.JSONDecodeError:
            return cell
    return cell


def _is_empty(cell: Any) -> bool:
    return all(map(is_empty, cell)) if isinstance(cell, list) else is_empty(cell)


def _counting(words: tuple[str, ...], unless: tuple[str, ...]) -> Callable[[Any], bool]:
    """Return the test of what a cell says; of a list, one member has to count and none may be excepted."""
    wanted, barred = ([_pattern(word) for word in given] for given in (words, unless))

    @functools.lru_cache(maxsize=10_000)
    def matches(text: str) -> tuple[bool, bool]:
        short = key(text)
        return (
            not wanted or any(test(short) for test in wanted),
            any(test(short) for test in barred),
        )

    def counts(cell: Any) -> bool:
        if not words and not unless:
            return True
        found = [
            matches(text[:_SEARCHED])
            for one in (cell if isinstance(cell, list) else [cell])
            if (text := plain_text(one))
        ]
        return any(good for good, _ in found) and not any(bad for _, bad in found)

    return counts


def _pattern(word: str) -> Callable[[str], bool]:
    """Return the test of a word with wildcards; no text keeps it busy, as `.*` twice in one expression could."""
    first, *others = (_digits(piece) for piece in word.split(_ANY))
    if not others:
        return lambda text: re.fullmatch(first, text) is not None
    middle = [re.compile(piece) for piece in others[:-1]]
    last = re.compile(rf"(?:{others[-1]})\Z")

    def matches(text: str) -> bool:
        found = re.match(first, text)
        for piece in (*middle, last):
            if found is None:
                return False
            found = piece.search(text, found.end())
        return found is not None

    return matches


def _digits(piece: str) -> str:
    return "[0-9]".join(re.escape(key(part)) for part in piece.split(_DIGIT))
