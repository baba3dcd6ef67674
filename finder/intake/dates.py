"""Dates of the calendar, as ISO and as people write them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from finder.intake.cells import UNKNOWN, Cast, Caster, bad, means_unknown
from finder.language import N_

_ISO = re.compile(r"([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})(?:[T ][0-9:.,+\-Z ]*)?")
_ORDERS = {
    "dd.mm.yyyy": (re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})"), (2, 1, 0)),
    "dd/mm/yyyy": (re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})"), (2, 1, 0)),
    "mm/dd/yyyy": (re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})"), (2, 0, 1)),
}
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


def read_date(text: str, formats: Iterable[str]) -> dt.date | None:
    """Return the date a text stands for, ISO or in one of the formats, or None."""
    text = text.strip()
    tries = [
        (_ISO.fullmatch(text), (0, 1, 2)),
        *((_ORDERS[name][0].fullmatch(text), _ORDERS[name][1]) for name in formats),
    ]
    for match, (year, month, day) in tries:
        if match is None:
            continue
        parts = match.groups()
        try:
            date = dt.date(int(parts[year]), int(parts[month]), int(parts[day]))
        except ValueError:
            continue
        if EARLIEST <= date <= LATEST:
            return date
    return None


def caster(formats: tuple[str, ...]) -> Caster:
    """Return the function that casts one date."""

    def cast(value: object) -> Cast:
        if isinstance(value, dt.datetime):
            return value.date(), ()
        if isinstance(value, dt.date):
            return value, ()
        if isinstance(value, str) and (date := read_date(value, formats)) is not None:
            return date, ()
        if means_unknown(value):
            return UNKNOWN
        return None, (bad("date", N_("“%(value)s” is not a date of the calendar; the value stays unknown."), value),)

    return cast
