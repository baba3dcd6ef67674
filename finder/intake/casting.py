"""Casting of cells to the types of the model. What cannot be cast becomes not known, with the problem named; never an error."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from finder import resources
from finder.intake import numbers
from finder.intake.profiles import Column, Profile, key
from finder.language import N_
from finder.model.attributes import Attribute, Type
from finder.model.vocabulary import Labelled


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one cell. `value` is the offending part of it."""

    rule: str
    message: str
    value: str
    action: str = "kept"
    params: dict[str, object] = field(default_factory=dict)


Cast = tuple[Any, tuple[Problem, ...]]
Caster = Callable[[Any], Cast]
UNKNOWN: Cast = (None, ())

LONGEST = {"id": 100, "name": 300, "source": 200, "source_id": 200, "municipality": 200}
LONGEST_TEXT = 20_000
LONGEST_URL = 2_000
_ONE_LINE = frozenset(
    ("id", "name", "municipality", "source", "source_id", "estate", "plan_name", "cadastral_reference")
)
_YES = frozenset(("1", "true", "t", "yes", "y", "ja", "j", "x", "wahr", "✓", "vorhanden", "available"))
_NO = frozenset(("0", "false", "f", "no", "n", "nein", "falsch", "nicht vorhanden"))
_NOT_KNOWN = frozenset(
    ("?", "-", "–", "n/a", "na", "nan", "null", "none given", "unknown", "unbekannt", "nicht bekannt", "k.a.", "k. a.")
)
_SAFE = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]*"
)
_KEPT_CONTROLS = "\n\t"


def cast_column(values: Sequence[object], cast: Caster) -> tuple[list[Any], list[tuple[int, Problem]]]:
    """Return the cast values and (position, problem) pairs; equal cells are cast once."""
    known: dict[object, Cast] = {}
    out: list[Any] = []
    found: list[tuple[int, Problem]] = []
    for position, value in enumerate(values):
        if value is None:
            out.append(None)
            continue
        # True, 1 and 1.0 are one key to a dict and three cells here
        name = value if type(value) is str else (type(value), value)
        try:
            hit = known.get(name)
            if hit is None:
                hit = known[name] = cast(value)
        except TypeError:  # lists and dicts are not hashable
            hit = cast(value)
        out.append(hit[0])
        if hit[1]:
            found += [(position, problem) for problem in hit[1]]
    return out, found


def shown(value: object, length: int = 80) -> str:
    """Return a value as it may stand in a report: one short line without control characters."""
    text = value if isinstance(value, str) else str(plain_text(value) or value)
    text = " ".join(strip_controls(text[: length * 4], one_line=True).split())
    return text if len(text) <= length else text[: length - 1] + "…"


def strip_controls(text: str, *, one_line: bool) -> str:
    """Return text without control characters, direction overrides, invisible signs and lone surrogates."""
    if _SAFE.fullmatch(text):
        return text
    if one_line:
        text = re.sub(r"[\s\x00]+", " ", text)
    return "".join(c for c in text if _SAFE.fullmatch(c) or (c in _KEPT_CONTROLS and not one_line))


def plain_text(value: object) -> str | None:
    """Return what a cell says as text, None where it is empty or no text: keys read as 12.0 are 12."""
    match value:
        case str():
            return value.strip() or None
        case bool():
            return "true" if value else "false"
        case float():
            return (
                None if value != value else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
            )
        case int():
            return str(value) if abs(value) < 10**30 else None
    return None


def caster(
    column: Column, attribute: Attribute, profile: Profile, *, decimal: str = ".", escaped: bool = False
) -> Caster:
    """Return the function that casts one cell of this column.

    `decimal` is the column's decimal sign, see `numbers.decimal_sign`; `escaped` is true of tables in which an
    apostrophe guards texts that a spreadsheet would take for formulas.
    """
    match attribute.type:
        case Type.TEXT:
            return _text(column, attribute.name, escaped)
        case Type.URL:
            return url
        case Type.NUMBER | Type.INTEGER:
            return _number(attribute, column.unit or attribute.unit, decimal)
        case Type.FLAG:
            return flag
        case Type.DATE:
            return _date(profile.dates)
        case Type.CHOICE:
            assert attribute.choices
            return _choice(attribute.choices, column)
        case Type.CHOICES:
            assert attribute.choices
            return _choices(attribute.choices, column, profile.separators)
        case Type.WORDS:
            return _words(profile.separators[:1] or ";", _vocabulary(attribute.name, column), escaped)
    raise AssertionError(attribute.type)


def is_empty(value: object) -> bool:
    """Return whether a cell says nothing."""
    return (
        value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, float) and value != value)
    )


def _means_unknown(value: object) -> bool:
    return is_empty(value) or (isinstance(value, str) and value.strip().casefold() in _NOT_KNOWN)


def _bad(rule: str, message: str, value: object, **params: object) -> Problem:
    text = shown(value)
    return Problem(rule=rule, message=message, value=text, params={"value": text, **params})


# -- texts ------------------------------------------------------------------------------------------------------------


def clean(text: str, *, longest: int = LONGEST_TEXT, one_line: bool = False) -> Cast:
    """Return a text without invisible control signs and not longer than `longest`; what was done is a problem."""
    text = text.strip()
    if len(text) <= longest and _SAFE.fullmatch(text):
        return text or None, ()
    problems = []
    tidy = strip_controls(text.replace("\r\n", "\n").replace("\r", "\n"), one_line=one_line).strip()
    if tidy != text.replace("\r\n", "\n").replace("\r", "\n") and not (
        one_line and "".join(tidy.split()) == "".join(text.split())
    ):
        message = N_("“%(value)s” held invisible control characters; they were removed.")
        problems.append(
            Problem(
                rule="control_characters",
                message=message,
                value=shown(text),
                action="repaired",
                params={"value": shown(text)},
            )
        )
    if len(tidy) > longest:
        message = N_("“%(value)s” is longer than %(longest)s characters; the rest was cut off.")
        params = {"value": shown(tidy), "longest": longest}
        problems.append(
            Problem(rule="text_too_long", message=message, value=shown(tidy), action="repaired", params=params)
        )
        tidy = tidy[:longest].rstrip()
    return tidy or None, tuple(problems)


def _text(column: Column, name: str, escaped: bool) -> Caster:
    longest, one_line, part, codes = LONGEST.get(name, LONGEST_TEXT), name in _ONE_LINE, column.part, column.codes

    def cast(value: object) -> Cast:
        text = plain_text(value)
        if text is None:
            return (
                UNKNOWN
                if is_empty(value)
                else (None, (_bad("text", N_("“%(value)s” is not a text; the value stays unknown."), value),))
            )
        text = unguarded(text) if escaped else text
        if part is not None and (match := part.search(text)) is not None:
            text = match[1]
        if codes:
            text = codes.get(key(text), text)
        return clean(text, longest=longest, one_line=one_line)

    return cast


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text


def url(value: object) -> Cast:
    """Cast a web address; only http and https are links."""
    text = value.strip() if isinstance(value, str) else value
    if is_empty(text):
        return UNKNOWN
    if (
        isinstance(text, str)
        and len(text) <= LONGEST_URL
        and re.fullmatch(r"https?://[^\s<>\"\\^`{}]+", text, re.IGNORECASE)
    ):
        try:
            if urlsplit(text).hostname and _SAFE.fullmatch(text):
                return text, ()
        except ValueError:
            pass
    return None, (
        _bad("url", N_("“%(value)s” is not a web address beginning with http:// or https://; it is left out."), value),
    )


# -- numbers, flags, dates --------------------------------------------------------------------------------------------


def _number(attribute: Attribute, written_in: str | None, decimal: str) -> Caster:
    whole, unit = attribute.type is Type.INTEGER, attribute.unit

    def cast(value: object) -> Cast:
        number = _read_number(value, decimal, unit, written_in)
        if number is None:
            if _means_unknown(value):
                return UNKNOWN
            message = N_("“%(value)s” is not a number that can be used here; the value stays unknown.")
            return None, (_bad("number", message, value),)
        if not whole:
            return number, ()
        if number.is_integer() and abs(number) < 2**31:
            return int(number), ()
        return None, (_bad("number", N_("“%(value)s” is not a whole number; the value stays unknown."), value),)

    return cast


def _read_number(value: object, decimal: str, unit: str | None, written_in: str | None) -> float | None:
    if isinstance(value, str):
        return numbers.parse(value.strip(), sign=decimal, unit=unit, written_in=written_in)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return numbers.scaled(float(value), written_in, unit)
        except OverflowError:
            return None
    return None


def flag(value: object) -> Cast:
    """Cast yes and no."""
    if isinstance(value, bool):
        return value, ()
    word = (plain_text(value) or "").casefold()
    if word in _YES or word in _NO:
        return word in _YES, ()
    if _means_unknown(value):
        return UNKNOWN
    return None, (_bad("flag", N_("“%(value)s” is neither yes nor no; the value stays unknown."), value),)


_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.,+\-Z ]*)?")
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


def _date(formats: tuple[str, ...]) -> Caster:
    def cast(value: object) -> Cast:
        if isinstance(value, dt.datetime):
            return value.date(), ()
        if isinstance(value, dt.date):
            return value, ()
        if isinstance(value, str) and (date := read_date(value, formats)) is not None:
            return date, ()
        if _means_unknown(value):
            return UNKNOWN
        return None, (_bad("date", N_("“%(value)s” is not a date of the calendar; the value stays unknown."), value),)

    return cast


# -- code lists -------------------------------------------------------------------------------------------------------


def _members(choices: type[Labelled], column: Column) -> dict[str, Labelled | None]:
    members: dict[str, Labelled | None] = {key(str(choice)): choice for choice in choices}
    members.update((code, choices(word) if word else None) for code, word in column.codes.items())
    return members


def _unknown_code(value: object, choices: type[Labelled]) -> Problem:
    message = N_("“%(value)s” is not in the code list (%(known)s); the value stays unknown.")
    return _bad("code", message, value, known=", ".join(choices))


def _choice(choices: type[Labelled], column: Column) -> Caster:
    members = _members(choices, column)

    def cast(value: object) -> Cast:
        text = plain_text(value)
        if text is not None and (code := key(text)) in members:
            return members[code], ()
        return UNKNOWN if _means_unknown(value) else (None, (_unknown_code(value, choices),))

    return cast


def parts_of(value: object, separators: str) -> list[object] | None:
    """Return the members of a list: a list, JSON text, or text with separators; None where nothing is said."""
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return list(orjson.loads(value))
        except (orjson.JSONDecodeError, TypeError):
            pass
    if _means_unknown(value):
        return None
    text = plain_text(value)
    return (
        [value]
        if text is None
        else [part for part in re.split("[" + re.escape(separators + "|") + "]", text) if part.strip()]
    )


def _choices(choices: type[Labelled], column: Column, separators: str) -> Caster:
    members = _members(choices, column)

    def cast(value: object) -> Cast:
        text = plain_text(value)
        if text is not None and (member := members.get(key(text))) is not None:
            return (member,), ()
        parts = parts_of(value, separators)
        if parts is None:
            return UNKNOWN
        found: dict[Labelled, None] = {}
        problems = []
        for part in parts:
            text = plain_text(part)
            if text is not None and (code := key(text)) in members:
                if (member := members[code]) is not None:
                    found[member] = None
            elif not _means_unknown(part):
                problems.append(_unknown_code(part, choices))
        return (tuple(found) if found or not parts else None), tuple(problems)

    return cast


def _vocabulary(name: str, column: Column) -> dict[str, str]:
    """Return the region's own words for its sectors, so that labels become codes, and the profile's."""
    codes = dict(column.codes)
    if name == "sectors":
        for sector in resources.region().get("sectors", ()):
            for word in (sector["code"], *sector["label"].values()):
                codes.setdefault(key(word), sector["code"])
    return codes


def _words(separators: str, codes: dict[str, str], escaped: bool) -> Caster:
    def cast(value: object) -> Cast:
        parts = parts_of(unguarded(value) if escaped and isinstance(value, str) else value, separators)
        if parts is None:
            return UNKNOWN
        found: dict[str, None] = {}
        problems: list[Problem] = []
        for part in parts:
            text = plain_text(part)
            if text is None:
                if not is_empty(part):
                    problems.append(_bad("text", N_("“%(value)s” is not a text; the value stays unknown."), part))
                continue
            # the store sets words apart by bars
            word, noticed = clean(codes.get(key(text), text).replace("|", "/"), longest=300, one_line=True)
            problems += noticed
            if word:
                found[word] = None
        return (tuple(found) if found or not parts else None), tuple(problems)

    return cast
