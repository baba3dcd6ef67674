"""Casting of columns to the types of the model. What cannot be cast becomes not known and is named, never an error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finder.intake import codes, dates, numbers, texts
from finder.intake.cells import UNKNOWN, Cast, Caster, Problem, bad, check_count, means_unknown, plain_text
from finder.intake.profiles import Column, Profile
from finder.language import N_
from finder.model.attributes import Attribute, Type

_YES = frozenset(("1", "true", "t", "yes", "y", "ja", "j", "x", "wahr", "✓", "vorhanden", "available"))
_NO = frozenset(("0", "false", "f", "no", "n", "nein", "falsch", "nicht vorhanden"))


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
            check_count(len(found))
    return out, found


def caster(
    column: Column, attribute: Attribute, profile: Profile, *, decimal: str = ".", escaped: bool = False
) -> Caster:
    """Return the function that casts one cell of this column.

    `decimal` is the column's decimal sign, see `numbers.decimal_sign`; `escaped` is true of tables in which an
    apostrophe guards texts that a spreadsheet would take for formulas.
    """
    match attribute.type:
        case Type.TEXT:
            return texts.caster(column, attribute.name, escaped)
        case Type.URL:
            return texts.url
        case Type.NUMBER | Type.INTEGER:
            return _number(attribute, column.unit or attribute.unit, decimal)
        case Type.FLAG:
            return flag
        case Type.DATE:
            return dates.caster(profile.dates)
        case Type.CHOICE:
            assert attribute.choices
            return codes.one(attribute.choices, column)
        case Type.CHOICES:
            assert attribute.choices
            return codes.several(attribute.choices, column, profile.separators)
        case Type.WORDS:
            return codes.words(attribute.name, column, profile.separators[:1] or ";", escaped)
    raise AssertionError(attribute.type)


def _number(attribute: Attribute, written_in: str | None, decimal: str) -> Caster:
    whole, unit = attribute.type is Type.INTEGER, attribute.unit

    def cast(value: object) -> Cast:
        number = _read_number(value, decimal, unit, written_in)
        if number is None:
            if means_unknown(value):
                return UNKNOWN
            message = N_("“%(value)s” is not a number that can be used here; the value stays unknown.")
            return None, (bad("number", message, value),)
        if not whole:
            return number, ()
        if number.is_integer() and abs(number) < 2**31:
            return int(number), ()
        return None, (bad("number", N_("“%(value)s” is not a whole number; the value stays unknown."), value),)

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
    if means_unknown(value):
        return UNKNOWN
    return None, (bad("flag", N_("“%(value)s” is neither yes nor no; the value stays unknown."), value),)
