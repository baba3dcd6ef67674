"""What a number format says of a number: that it counts days, as workbooks keep dates, or in which unit it is."""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum

_DAY_MS = 86_400_000
_LAST = dt.date.max


class Kind(Enum):
    """What a number format makes of a number."""

    DATE = "date"  # with its time where the number has one
    TIME = "time"
    DURATION = "duration"


# formats that a workbook need not spell out
_KNOWN = (
    dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), Kind.DATE)
    | dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), Kind.TIME)
    | {46: Kind.DURATION}
)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_ASIDE = re.compile(r'"[^"]*"?|\[[^\]]*\]|[\\_*].|general', re.IGNORECASE | re.DOTALL)
_UNIT = re.compile(r"[0#?](?:\s|\\ )*[\"\\ ]*(ha|ar|a|m²|m2|qm|km²|km2|qkm|km|acres?)\"?\s*")
_FRACTION = re.compile(r"(?<=s)[.,]0+", re.IGNORECASE)


def known(number: int) -> Kind | None:
    """Return what the built-in format of this number makes of a number."""
    return _KNOWN.get(number)


def kind(code: str) -> Kind | None:
    """Return what a number format makes of a number, None where it stays one."""
    code = code.split(";")[0]
    bare = _FRACTION.sub("", _ASIDE.sub("", code)).casefold()
    if re.search(r"[0#?@]", bare):
        return None  # a unit behind a figure: 0.0 ha
    if _ELAPSED.search(re.sub(r'"[^"]*"?', "", code)):
        return Kind.DURATION
    if re.search(r"[yd]", bare) or ("m" in bare and not re.search(r"[hs]", bare)):
        return Kind.DATE
    return Kind.TIME if re.search(r"[hs]", bare) else None


def unit(code: str) -> str | None:
    """Return the unit of land that a number format writes behind the figure, None where it writes none."""
    found = _UNIT.search(code.split(";")[0])
    return found[1] if found and found.end() == len(code.split(";")[0]) else None


def text(serial: float, kind: Kind, *, from_1904: bool = False) -> str | None:
    """Return the ISO date, time of day or both that a number of days stands for; None where it stands for none.

    A duration is H:MM:SS. Days are counted from 1899-12-31 as 1; the 29th of February 1900, which many workbooks
    know, was not, or from 1904-01-01 as 0.
    """
    if not 0 <= serial < 3_000_000:
        return None
    days, milliseconds = divmod(round(serial * _DAY_MS), _DAY_MS)
    seconds = milliseconds // 1000
    if kind is Kind.DURATION:
        return f"{days * 24 + seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    time = (dt.datetime.min + dt.timedelta(milliseconds=milliseconds)).time()
    clock = time.isoformat("milliseconds" if time.microsecond else "seconds")
    if days == 0 and not from_1904:
        return clock if milliseconds or kind is Kind.TIME else None
    if kind is Kind.TIME and days == 0:
        return clock
    date = _date(days, from_1904)
    if date is None:
        return None
    return f"{date.isoformat()}T{clock}" if milliseconds else date.isoformat()


def _date(days: int, from_1904: bool) -> dt.date | None:
    if from_1904:
        begin = dt.date(1904, 1, 1)
    elif days == 60:
        return None
    else:
        begin = dt.date(1899, 12, 31) if days < 60 else dt.date(1899, 12, 30)
    return begin + dt.timedelta(days) if days <= (_LAST - begin).days else None
