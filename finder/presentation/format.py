"""Numbers, areas, dates and facts as people of each language read them. Not known is None here and said by the page."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from finder.language import N_, Language
from finder.model.attributes import Attribute, Type
from finder.model.site import Contact, Medium, Restriction
from finder.model.vocabulary import Labelled, Zoning

NO_BREAK = "\u00a0"
M2_PER_HA = 10_000.0
_LOCALE = {"de": "de_DE", "en": "en_GB"}


def number(value: float, language: Language, decimals: int | None = None, *, least: int = 0) -> str:
    """Return a number; `decimals` fixes the digits after the point, otherwise up to three, at least `least`."""
    pattern = "#,##0." + ("0" * decimals if decimals is not None else "0" * least + "#" * (3 - least))
    return format_decimal(value, format=pattern.rstrip("."), locale=_LOCALE[language.code])


def area(m2: float, language: Language) -> str:
    """Return hectares from one hectare on (two decimals below ten, one above), square metres below."""
    if m2 < M2_PER_HA:
        return f"{number(m2, language, 0)}{NO_BREAK}m²"
    ha = m2 / M2_PER_HA
    return f"{number(ha, language, 2 if ha < 10 else 1)}{NO_BREAK}ha"


def wanted_area(m2: float, language: Language) -> str:
    """Return an area that somebody asks for, with no more digits than were asked: "4 ha", not "4.00 ha"."""
    if m2 < M2_PER_HA:
        return f"{number(m2, language)}{NO_BREAK}m²"
    return f"{number(m2 / M2_PER_HA, language)}{NO_BREAK}ha"


def km(value: float, language: Language) -> str:
    """Return kilometres with one decimal; very short ways are said to be below 0.1 km."""
    if value < 0.1:
        return language.text("below %(value)s", value=f"{number(0.1, language, 1)}{NO_BREAK}km")
    return f"{number(value, language, 1)}{NO_BREAK}km"


def metres(value: float, language: Language) -> str:
    """Return tens of metres below a kilometre, else kilometres."""
    if value >= 995:
        return km(value / 1000, language)
    return f"{number(round(value, -1), language, 0)}{NO_BREAK}m"


def significant(value: float, language: Language, digits: int = 3) -> str:
    """Return a number with no more digits than it can vouch for: 1,230,000, 412, 0.84."""
    if not value:
        return number(0, language, 0)
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    return number(round(value, decimals), language, max(decimals, 0))


def minutes(value: float, language: Language) -> str:
    """Return whole minutes; less than one is said to be below one."""
    if value < 1:
        return language.text("below %(value)s", value=f"1{NO_BREAK}min")
    return f"{number(round(value), language, 0)}{NO_BREAK}min"


def date(value: dt.date, language: Language) -> str:
    """Return a date in full."""
    return format_date(value, "dd.MM.yyyy" if language.code == "de" else "d MMM yyyy", locale=_LOCALE[language.code])


def as_of(text: str | None, language: Language) -> str | None:
    """Return a date as exact as its source states it: a year, a month or a day; other text as it is."""
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date(dt.date.fromisoformat(text), language)
        if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
            first = dt.date(int(match[1]), int(match[2]), 1)
            return format_date(first, "MM/yyyy" if language.code == "de" else "MMM yyyy", locale=_LOCALE[language.code])
    except ValueError:
        pass
    return text


def yes_no(value: bool, language: Language) -> str:
    """Return yes or no."""
    return language.text(N_("yes")) if value else language.text(N_("no"))


def label(member: Labelled, language: Language) -> str:
    """Return a code's label."""
    return language.text(member.label)


def value(row: Attribute, given: Any, language: Language) -> str | None:
    """Return an attribute's value in words, None where it is not known; a stated empty list is "none"."""
    if given is None:
        return None
    match row.type:
        case Type.NUMBER | Type.INTEGER:
            if row.unit == "m²" and row.name.endswith("_m2"):
                return area(given, language)
            return number(given, language) + (f"{NO_BREAK}{row.unit}" if row.unit else "")
        case Type.FLAG:
            return yes_no(given, language)
        case Type.DATE:
            return date(given, language)
        case Type.CHOICE:
            return label(given, language)
        case Type.CHOICES | Type.WORDS if not given:
            return language.text(N_("none"))
        case Type.CHOICES:
            return ", ".join(label(member, language) for member in given)
        case Type.WORDS:
            return ", ".join(given)
        case Type.RECORDS:
            return record(given, language)
    return str(given)


def record(given: Any, language: Language) -> str:
    """Return nested facts in one line: a contact, restrictions with all that is known of them, media by title."""
    match given:
        case ():
            return language.text(N_("none"))
        case tuple():
            return "; ".join(record(part, language) for part in given)
        case Restriction():
            return restriction(given, language)
        case Medium():
            return given.title or given.url
        case Contact():
            parts = (given.organisation, given.name, given.role, given.phone, given.email)
            return ", ".join(part for part in parts if part)
    return str(given)


def zoning(kinds: tuple[Zoning, ...] | None, language: Language) -> str | None:
    """Return kinds of zoning by their codes, "GI; GE", None where they are not known; a stated empty list is "none"."""
    if kinds is None:
        return None
    return "; ".join(kind.value for kind in kinds) or language.text(N_("none"))


def restriction(given: Restriction, language: Language) -> str:
    """Return a restriction in one line: "mining (serious): old shaft, responsible: …, next step: …, done by: …"."""
    kind = language.text(given.kind.label)
    if given.severity is not None:
        kind += f" ({language.text(given.severity.label)})"
    end = None if given.expected_end is None else date(given.expected_end, language)
    told = (
        (N_("responsible"), given.responsible),
        (N_("next step"), given.next_step),
        (N_("done by"), end),
    )
    parts = [given.note, *(f"{language.text(word)}: {text}" for word, text in told if text)]
    said = ", ".join(part for part in parts if part)
    return f"{kind}: {said}" if said else kind


def capital(text: str) -> str:
    """Return text with its first letter as a capital; labels are kept small for use within sentences."""
    return text[:1].upper() + text[1:]
