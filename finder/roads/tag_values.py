"""What the values of tags say: lengths, weights, speeds in all spellings, kinds of limit, conditional values."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(text.split())


UNLIMITED = words("none no unlimited default unsigned no_sign no_indications unspecified")
"""Said of a limit: there is none, or none beyond the law's own."""
UNSTATED = words(
    "signals signal variable sign signed implicit default unposted unsigned no_sign no_indications unspecified yes no"
)
"""Said of a speed limit: nothing that could be counted with."""
_FIGURE = r"([0-9]+(?:[.,][0-9]+)?)"
_FEET = re.compile(rf"([0-9]+)\s*(?:'|′|ft|foot|feet)\s*(?:{_FIGURE}\s*(?:\"|″|''|in|inch|inches)?)?")
_WITH_UNIT = re.compile(rf"{_FIGURE}\s*([a-z\"'″′/]*)\.?")
_METRES = {
    "": 1.0,
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 1.0),
    "cm": 0.01,
    "mm": 0.001,
    **dict.fromkeys(("ft", "foot", "feet", "'", "′"), 0.3048),
    **dict.fromkeys(("in", "inch", "inches", '"', "″", "''"), 0.0254),
}
_TONNES = {
    "": 1.0,
    **dict.fromkeys(("t", "to", "ton", "tons", "tonne", "tonnes", "mt"), 1.0),
    **dict.fromkeys(("kg", "kgs"), 0.001),
    **dict.fromkeys(("st", "short"), 0.90718474),
    "lt": 1.0160469,
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), 0.00045359237),
}
_KM_H = {
    **dict.fromkeys(("", "km/h", "kmh", "kph", "kmph"), 1.0),
    "mph": 1.609344,
    **dict.fromkeys(("knots", "knot", "kn", "kt"), 1.852),
}
_HEAVIEST_T = 1000.0
_SLOWEST_KM_H, _FASTEST_KM_H = 3.0, 300.0


def metres(text: str) -> float | None:
    """Return a length in metres ("3.8", "12'6\\"", "380 cm"); of several the least; infinite: none; None: unread."""
    return _least(text, _length)


def tonnes(text: str) -> float | None:
    """Return a weight in tonnes ("7,5 t", "3500 kg", "8 st"); infinite: no limit; None: unread."""
    return _least(text, _weight)


def count(text: str) -> float | None:
    """Return a plain number, as of axles; infinite: no limit; None: unread."""
    return _least(text, lambda part: _with_unit(part, {"": 1.0}))


def km_h(text: str) -> float | None:
    """Return a speed in km/h ("50", "30 mph", "5 knots"); infinite: no limit; None: unread or said in words."""
    return _least(text, _speed)


@functools.lru_cache(maxsize=4096)
def _least(text: str, read: Callable[[str], float | None]) -> float | None:
    parts = [part.strip().lower() for part in re.split(r"[;|]", text) if part.strip()]
    values = [math.inf if part in UNLIMITED else read(part) for part in parts]
    known = [value for value in values if value is not None]
    return min(known) if known and len(known) == len(values) else None


def _with_unit(part: str, units: dict[str, float]) -> float | None:
    match = _WITH_UNIT.fullmatch(part)
    if match is None or match[2] not in units:
        return None
    value = float(match[1].replace(",", ".")) * units[match[2]]
    return value if 0 < value < math.inf else None


def _length(part: str) -> float | None:
    if match := _FEET.fullmatch(part):
        value = float(match[1]) * 0.3048 + float((match[2] or "0").replace(",", ".")) * 0.0254
        return value if 0 < value < math.inf else None
    return _with_unit(part, _METRES)


def _weight(part: str) -> float | None:
    value = _with_unit(part, _TONNES)
    # a bare 7500 is likely in kilograms, but nobody says so
    return value if value is not None and value < _HEAVIEST_T else None


def _speed(part: str) -> float | None:
    value = _with_unit(part, _KM_H)
    return value if value is not None and _SLOWEST_KM_H <= value <= _FASTEST_KM_H else None


@dataclass(frozen=True)
class Zone:
    """What a word like DE:urban, DE:zone:30, DE:rural says: in a town or not, a speed; `kind` is the word itself."""

    kind: str
    in_town: bool | None
    km_h: float | None = None


_ZONE = re.compile(r"(?:[a-z]{2}(?:[-_][a-z]+)*:)?(?:([a-z_]+)|zone:?([0-9]{1,3}))|[a-z]{2}:([0-9]{1,3})")
_ZONES = {
    "urban": Zone("urban", True),
    "rural": Zone("rural", False),
    "motorway": Zone("motorway", False),
    "living_street": Zone("living_street", True),
    "walk": Zone("walk", None),
    "bicycle_road": Zone("bicycle_road", None),
}
_SLOW_ZONE_KM_H = 30.0


@functools.lru_cache(maxsize=4096)
def zone(text: str) -> Zone | None:
    """Return what a kind of limit says ("DE:urban", "de:zone30", "walk"); None: no such word."""
    match = _ZONE.fullmatch(text.strip().lower())
    if match is None:
        return None
    if match[1]:
        return _ZONES.get(match[1])
    km_h = _speed(match[2] or match[3])
    # zones of 30 and less are for towns only (§ 45 Abs. 1c StVO)
    return None if km_h is None else Zone("zone", True if km_h <= _SLOW_ZONE_KM_H else None, km_h)


@dataclass(frozen=True)
class Clause:
    """One part of a conditional value: `value @ (condition AND condition)`."""

    value: str
    conditions: tuple[str, ...]


_CLAUSE = re.compile(r"\s*([^@;()]+?)\s*@\s*(?:\(([^()]*)\)|([^;()@]*[^;()@\s]))\s*(?:;|$)")


@functools.lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[Clause, ...] | None:
    """Return the parts of a conditional value in their order; None: unread."""
    found, end = [], 0
    while match := _CLAUSE.match(text, end):
        conditions = re.split(r"\s+and\s+", (match[2] or match[3] or "").strip().lower())
        found.append(Clause(match[1].strip().lower(), tuple(part.strip() for part in conditions)))
        end = match.end()
        if end >= len(text):
            return tuple(found)
    return None
