"""Reading the values of criteria: numbers as people write them, areas, dates, codes. Wrong values are named."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from finder.errors import UnknownWord
from finder.language import N_
from finder.model.query import fold
from finder.model.vocabulary import Labelled

_GROUPED = r"\d{1,3}(?P<sign>[., \u00a0\u202f])\d{3}(?:(?P=sign)\d{3})*"
_NUMBER = re.compile(rf"(?P<digits>\d{{1,12}}(?:[.,]\d{{1,6}})?|{_GROUPED})\s*(?P<unit>[^\d\s.,].*)?")
_THOUSANDS = re.compile(_GROUPED)
_MINUTES = re.compile(r"(?P<digits>\d{1,6}(?:[.,]\d{1,2})?)\s*(?:min)?", re.IGNORECASE)
MOST_MINUTES = 180
_SQUARE_METRES = {"ha": 10_000.0, "hektar": 10_000.0, "m²": 1.0, "m2": 1.0, "qm": 1.0, "km²": 1e6, "km2": 1e6}

T = TypeVar("T")
L = TypeVar("L", bound=Labelled)


def wrong(word: str, value: str, expected: str) -> UnknownWord:
    """Return the refusal of one value, naming the word, the value and what would be right."""
    return UnknownWord(
        N_("“%(word)s” cannot be “%(value)s”: %(expected)s."), word=word, value=value[:80], expected=expected
    )


def number(word: str, text: str, *, units: Iterable[str] = ()) -> float:
    """Return a number that is not negative; comma or point for decimals, an expected unit may follow."""
    match = _NUMBER.fullmatch(text.strip())
    if match and (match["unit"] is None or match["unit"].strip().casefold() in units):
        return _plain(match["digits"])
    raise wrong(word, text, N_("a number is expected, such as 4 or 2.5"))


def minutes(word: str, text: str) -> float:
    """Return minutes of a drive, more than none and at most `MOST_MINUTES`; "1.000" is nothing one can mean by that."""
    match = _MINUTES.fullmatch(text.strip())
    value = _plain(match["digits"]) if match else 0.0
    if 0 < value <= MOST_MINUTES:
        return value
    raise wrong(word, text, N_("minutes above 0 and up to 180 are expected, such as 20"))


def plain(value: float) -> str:
    """Return a number as the readers of this module take it: all its digits, no grouping."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def area_m2(word: str, text: str) -> float:
    """Return square metres from "4 ha", "4ha", "2,5 ha", "8000", "8.000 m²". A bare number is m²."""
    match = _NUMBER.fullmatch(text.strip())
    unit = (match["unit"] or "m²").strip().casefold() if match else ""
    if match and unit in _SQUARE_METRES:
        digits = match["digits"]
        # "8.000 m²" is written for eight thousand; nobody states square metres to three decimals.
        grouped = _SQUARE_METRES[unit] == 1.0 and _THOUSANDS.fullmatch(digits) and not digits.startswith("0")
        value = float(re.sub(r"\D", "", digits)) if grouped else _plain(digits)
        return value * _SQUARE_METRES[unit]
    raise wrong(word, text, N_("an area is expected, such as 4ha or 8000"))


def _plain(digits: str) -> float:
    # "1.000.000" and "1 000" can only be thousands; "1.000" is taken for a one with decimals.
    parts = re.split(r"\D", digits)
    return float("".join(parts)) if len(parts) > 2 or not set(digits) & {".", ","} else float(".".join(parts))


def date(word: str, text: str) -> dt.date:
    """Return a date from 2028-01-31, 31.01.2028, or the last day of 2028-01 or 2028."""
    text = text.strip()
    try:
        if match := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
        if re.fullmatch(r"\d{4}", text):
            return dt.date(int(text), 12, 31)
        if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
            first = dt.date(int(match[1]), int(match[2]), 1)
            return (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        return dt.date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise wrong(word, text, N_("a date is expected, such as 2028-01-31")) from None


def flag(word: str, text: str) -> bool:
    """Return yes or no."""
    known = {
        "yes": True,
        "ja": True,
        "true": True,
        "1": True,
        "on": True,
        "no": False,
        "nein": False,
        "false": False,
        "0": False,
    }
    if (folded := fold(text)) in known:
        return known[folded]
    raise wrong(word, text, N_("yes or no is expected"))


def codes(word: str, texts: Iterable[str], choices: type[L]) -> tuple[L, ...]:
    """Return members of a code list in the list's own order; case does not matter."""
    by_name = {member.value.casefold(): member for member in choices}
    found = each(word, texts, by_name.get, lambda: ", ".join(m.value for m in choices))
    return tuple(member for member in choices if member in found)


def names(word: str, texts: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """Return codes from codes or names (`known` maps code to name); what is neither is refused by name."""
    by_name = {fold(name): code for code, name in known.items()} | {fold(code): code for code in known}
    return tuple(each(word, texts, lambda t: by_name.get(fold(t)), lambda: ", ".join(sorted(known.values()))))


def each(word: str, texts: Iterable[str], find: Callable[[str], T | None], expected: Callable[[], str]) -> list[T]:
    """Return what `find` makes of every text, without repetition; the first it does not know is refused."""
    found: dict[T, None] = {}
    for text in texts:
        value = find(text.strip().casefold())
        if value is None:
            raise UnknownWord(
                N_("“%(word)s” cannot be “%(value)s”; known are: %(known)s."),
                word=word,
                value=text[:80],
                known=expected(),
            )
        found[value] = None
    return list(found)


def box(word: str, text: str) -> tuple[float, float, float, float]:
    """Return west, south, east, north in degrees."""
    parts = _degrees(text)
    if len(parts) == 4 and -180 <= parts[0] < parts[2] <= 180 and -90 <= parts[1] < parts[3] <= 90:
        return parts[0], parts[1], parts[2], parts[3]
    raise wrong(word, text, N_("west,south,east,north in degrees are expected"))


def point(text: str) -> tuple[float, float] | None:
    """Return longitude, latitude in degrees, or None where the text is no pair of numbers."""
    parts = _degrees(text)
    if len(parts) == 2 and abs(parts[0]) <= 180 and abs(parts[1]) <= 90:
        return parts[0], parts[1]
    return None


def _degrees(text: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        return []
    return values if all(math.isfinite(value) for value in values) else []
