"""Files of reference data under usual names: their columns, figures and dates, by the words of a file in `data/`."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finder import resources
from finder.intake import numbers
from finder.intake.cells import is_empty, plain_text, shown
from finder.intake.dates import read_date
from finder.intake.headers import Headers
from finder.language import N_
from finder.model.record import Issue, RawRecords

DATES = ("dd.mm.yyyy", "dd/mm/yyyy")
_MONTH = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?")


@functools.cache
def words(name: str) -> dict[str, Any]:
    """Return the words for one kind of file, `data/<name>.toml`."""
    with (resources.DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


class Columns:
    """A file's columns by the names usual for them; of several of one meaning the first listed counts."""

    def __init__(self, raw: RawRecords, names: Mapping[str, Sequence[str]]) -> None:
        self._raw = raw
        self._names = names
        self._headers = Headers(raw)

    def header(self, meaning: str) -> str | None:
        """Return what the column is called in the file, None where it has none."""
        return next(iter(self._headers.take(self._names[meaning])), None)

    def cells(self, meaning: str) -> list[Any] | None:
        """Return the column's cells as they stand there."""
        header = self.header(meaning)
        return None if header is None else self._headers.cells([header])

    def only(self, meaning: str) -> str | None:
        """Return what all rows of the column say alike."""
        said = {plain_text(cell) for cell in self.cells(meaning) or ()} - {None}
        return said.pop() if len(said) == 1 else None

    def known(self) -> list[str]:
        """Return the file's headers as a message may quote them."""
        return [shown(header, 40) for header in list(self._raw.columns)[:20]]


@dataclass(frozen=True)
class Figures:
    """A column as numbers, NaN where a cell is empty or no number; `unread` are the positions of the latter."""

    values: NDArray[np.float64]
    unread: list[int]
    issues: tuple[Issue, ...] = ()


def figures(cells: Sequence[object], field: str, delimiter: str | None = None) -> Figures:
    """Return a column's numbers; which decimal sign it has its own texts tell, else the sign between the cells."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    sign, doubtful = numbers.decimal_sign(texts, "," if delimiter == ";" else ".")
    known: dict[str, float | None] = {}
    values = np.full(len(cells), np.nan)
    unread = []
    for position, cell in enumerate(cells):
        number: float | None = None
        if isinstance(cell, str):
            if cell not in known:
                known[cell] = numbers.parse(cell.strip(), sign=sign)
            number = known[cell]
        elif isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < numbers.LARGEST:
            number = float(cell)
        if number is not None:
            values[position] = number
        elif not is_empty(cell):
            unread.append(position)
    return Figures(values, unread, () if doubtful is None else (_doubtful(doubtful, sign, field),))


def _doubtful(text: str, sign: str, field: str) -> Issue:
    message = N_("Numbers such as “%(value)s” can be read in two ways; “%(sign)s” was taken for the decimal sign.")
    value = shown(text)
    params = {"value": value, "sign": sign}
    return Issue(rule="decimal_sign", action="noted", message=message, field=field, value=value, params=params)


def moment(text: str) -> str | None:
    """Return a year, month or day as ISO writes it, None where the text is none."""
    said = text.strip()
    if match := _MONTH.fullmatch(said):
        return said if 1900 <= int(match[1]) <= 2199 else None
    date = read_date(said, DATES)
    return None if date is None else date.isoformat()


__all__ = ["DATES", "Columns", "Figures", "figures", "moment", "words"]
