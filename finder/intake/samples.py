"""A look at a file's cells: what kinds of values its columns hold, and how dates and decimals are written in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finder.intake import casting, nested, numbers, texts
from finder.intake.cells import Caster, means_unknown, plain_text, shown
from finder.intake.profiles import FIELDS, Column, Profile
from finder.intake.wording import table
from finder.language import N_
from finder.model.attributes import Type
from finder.model.record import RawRecords

MOST_ROWS = 5_000
_LEAST_ROWS = 200
_MOST_CELLS = 500_000
_BLOCKS = 20
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}")
_DOTTED = re.compile(r"[0-9]{1,2}\. ?[0-9]{1,2}\. ?[0-9]{4}")
_DATES = 0.5
"""A column of dates has them in at least this part of its cells."""


@dataclass(frozen=True)
class Sample:
    """One column as looked at: its header and the cells that say something."""

    header: str
    cells: tuple[object, ...]

    @functools.cached_property
    def texts(self) -> tuple[str, ...]:
        """The cells as texts, without those that are none."""
        return tuple(text for cell in self.cells if (text := plain_text(cell)) is not None)

    @functools.cached_property
    def distinct(self) -> dict[str, int]:
        """How often each text occurs, in the order in which they come."""
        counts: dict[str, int] = {}
        for text in self.texts:
            counts[text] = counts.get(text, 0) + 1
        return counts

    @functools.cached_property
    def numeric(self) -> float:
        """The part of the cells that are bare numbers."""
        bare = sum(
            count * (numbers.parse(text.rstrip("°")) is not None or numbers.parse(text, sign=",") is not None)
            for text, count in self.distinct.items()
        )
        return bare / len(self.cells) if self.cells else 0.0

    def examples(self, most: int = 3) -> str:
        """Return some values as a comment may quote them."""
        return ", ".join(f"“{shown(cell, 30)}”" for cell in _first(self.cells, most)) or "–"


def _first(cells: Iterable[object], most: int) -> list[object]:
    found: dict[str, object] = {}
    for cell in cells:
        found.setdefault(shown(cell, 30), cell)
        if len(found) == most:
            break
    return list(found.values())


@dataclass(frozen=True, kw_only=True)
class Writing:
    """How a file writes dates, decimals and lists. `doubts` say what could not be settled.

    `usual_decimal` is the sign of columns that show none, as reading takes it.
    """

    dates: tuple[str, ...] = ()
    decimal: str | None = None
    usual_decimal: str = "."
    separators: str = ";"
    doubts: tuple[tuple[str, Mapping[str, object]], ...] = ()

    def profile(self) -> Profile:
        """Return the profile by which single cells are tried."""
        dates = self.dates or ("dd.mm.yyyy",)
        return Profile(name="", title="", decimal=self.decimal, dates=dates, separators=self.separators)


def rows(raw: RawRecords) -> int:
    """Return how many rows of a file are looked at."""
    most = min(MOST_ROWS, max(_MOST_CELLS // max(len(raw.columns), 1), _LEAST_ROWS))
    return len(raw) if len(raw) <= most else most // _BLOCKS * _BLOCKS


def look(raw: RawRecords) -> dict[str, Sample]:
    """Return a sample of each column; of long files some blocks of rows evenly spread."""
    count, most = len(raw), rows(raw)
    if count == most:
        blocks = [(0, count)]
    else:
        size = most // _BLOCKS
        blocks = [(start, start + size) for start in (i * (count - size) // (_BLOCKS - 1) for i in range(_BLOCKS))]
    return {
        header: Sample(header, tuple(cell for cell in _cells(values, blocks) if not _says_nothing(cell)))
        for header, values in raw.columns.items()
    }


def _cells(values: Sequence[object], blocks: list[tuple[int, int]]) -> Iterable[object]:
    return (cell for start, stop in blocks for cell in values[start:stop])


def _says_nothing(cell: object) -> bool:
    return means_unknown(cell) or cell in ([], {})


def writing(raw: RawRecords, samples: Iterable[Sample]) -> Writing:
    """Return how a file writes dates and decimals; what its cells do not settle is a doubt and is left open."""
    doubts: list[tuple[str, Mapping[str, object]]] = []
    dotted, slashed, signs = False, list[str](), set[str]()
    for sample in samples:
        of_texts = [cell.strip() for cell in sample.cells if isinstance(cell, str)]
        if not of_texts:
            continue
        least = _DATES * len(sample.cells)
        own_dates = sum(_DOTTED.fullmatch(text) is not None for text in of_texts) >= least
        dotted |= own_dates
        own = [text for text in of_texts if _SLASHED.fullmatch(text)]
        slashed += own if len(own) >= least else []
        bare = [
            text for text in of_texts if numbers.parse(text) is not None or numbers.parse(text, sign=",") is not None
        ]
        if not own and not own_dates and len(bare) >= least:
            signs |= {sign for text in bare if (sign := numbers.sign_of(text)) is not None}
    order, doubt = _order(slashed)
    doubts += doubt
    decimal = None
    if signs == {","} or (signs == {"."} and raw.origin.delimiter == ";"):
        decimal = signs.pop()
    elif len(signs) > 1:
        doubts.append((N_("Some columns write a decimal comma, others a point; each column is read by its own."), {}))
    dates = (("dd.mm.yyyy",) if dotted else ()) + order
    usual_ = decimal or ("," if raw.origin.delimiter == ";" else ".")
    return Writing(dates=dates, decimal=decimal, usual_decimal=usual_, doubts=tuple(doubts))


def _order(slashed: list[str]) -> tuple[tuple[str, ...], list[tuple[str, Mapping[str, object]]]]:
    """Return in which order dates such as 25/12/2025 name day and month, where all of them tell the same."""
    pairs = [(int(match[1]), int(match[2])) for text in slashed if (match := _SLASHED.fullmatch(text))]
    day_first = any(first > 12 >= second for first, second in pairs)
    month_first = any(second > 12 >= first for first, second in pairs)
    if not pairs:
        return (), []
    if day_first != month_first:
        return (("dd/mm/yyyy",) if day_first else ("mm/dd/yyyy",)), []
    message = (
        N_("Dates such as “%(value)s” stand in the file with the day first and with the month first.")
        if day_first
        else N_("Dates such as “%(value)s” do not tell whether the day or the month comes first; add one to dates.")
    )
    return (), [(message, {"value": shown(slashed[0], 30)})]


def caster(target: str, column: Column, written: Writing, sample: Sample) -> Caster:
    """Return the function that casts a cell for a target of `finder.intake.wording`."""
    if target == "provenance.url":
        return texts.url
    if target not in FIELDS:
        return nested.contact_text
    attribute, profile = FIELDS[target], written.profile()
    if attribute.type is Type.RECORDS:
        return nested.caster(target, profile.dates, column.codes, profile.separators)
    return casting.caster(column, attribute, profile, decimal=_sign(sample, written))


def understood(sample: Sample, cast: Caster) -> tuple[int, list[object]]:
    """Return how many cells a caster takes as they are, and those it does not."""
    _, problems = casting.cast_column(sample.cells, cast)
    bad = {position for position, problem in problems if problem.action == "kept"}
    return len(sample.cells) - len(bad), [sample.cells[position] for position in sorted(bad)]


def _sign(sample: Sample, written: Writing) -> str:
    texts_ = (cell for cell in sample.cells if isinstance(cell, str))
    return numbers.decimal_sign(texts_, written.usual_decimal)[0]


def figures(sample: Sample, unit: str | None, written: Writing) -> list[float]:
    """Return the numbers among the cells in the unit in which they stand there."""
    sign = _sign(sample, written)
    found: list[Any] = []
    for cell in sample.cells:
        if isinstance(cell, str):
            found.append(numbers.parse(cell.strip(), sign=sign, unit=unit))
        elif isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) <= numbers.LARGEST:
            found.append(float(cell))
    return [number for number in found if number is not None]


def usual(target: str) -> tuple[float, float] | None:
    """Return the lowest and the highest usual figure of an attribute."""
    bounds = table()["usual"].get(target)
    return None if bounds is None else (float(bounds[0]), float(bounds[1]))


__all__ = ["MOST_ROWS", "Sample", "Writing", "caster", "figures", "look", "rows", "understood", "usual", "writing"]
