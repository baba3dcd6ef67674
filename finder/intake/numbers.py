"""Numbers as people write them: decimal commas, thousands signs, units behind the figure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

UNITS: dict[tuple[str, str | None], float] = {
    ("ha", "m²"): 10_000.0,
    ("a", "m²"): 100.0,
    ("km²", "m²"): 1_000_000.0,
    ("acre", "m²"): 4_046.8564224,
    ("ft²", "m²"): 0.09290304,
    ("km", "m"): 1_000.0,
    ("ft", "m"): 0.3048,
    ("€/ha", "€/m²"): 0.0001,
    ("kVA", "MVA"): 0.001,
}
"""Factors from a unit in a file to the unit of an attribute."""
_NAMES = {
    "m²": ("m²", "m2", "qm", "sqm", "m^2"),
    "ha": ("ha", "hectare", "hectares", "hektar"),
    "a": ("a", "ar"),
    "acre": ("acre", "acres"),
    "km²": ("km²", "km2", "qkm"),
    "km": ("km",),
    "m": ("m",),
    "ft²": ("ft²", "ft2", "sqft", "sq.ft", "squarefeet"),
    "ft": ("ft", "feet", "foot"),
    "€/ha": ("€/ha", "eur/ha"),
    "MVA": ("mva",),
    "kVA": ("kva",),
    "€/m²": ("€/m²", "€/m2", "€/qm", "eur/m²", "eur/m2", "eur/qm", "€", "eur", "euro"),
    "dB(A)/m²": ("db(a)/m²", "db(a)/m2", "db(a)", "db"),
}
_UNIT_OF = {name: unit for unit, names in _NAMES.items() for name in names}
_WRITTEN = re.compile(
    r"(?P<sign>[+\-−]?)\s*(?P<body>[0-9][0-9.,'’ \u00a0\u2009\u202f]*|[.,][0-9]+)"
    r"(?:-{1,2}|–|—|(?P<power>[eE][+-]?[0-9]{1,3}))?(?P<unit>.*)",
    re.DOTALL,
)
_SPACES = " \u00a0\u2009\u202f"
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_SPACED = re.compile(r"[0-9]{1,3}(?:(['’ \u00a0\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]+)?")
_GROUPED = {
    ",": re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"),
    ".": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?"),
}
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
LARGEST = 1e15
"""Nothing about a site is larger; beyond, floats no longer count in ones."""


def sign_of(text: str) -> str | None:
    """Return the decimal sign a text shows beyond doubt: "0,8" and "1.234.567" a comma, "1,234.5" a point.

    "12.500" and "12,500" show none: three digits may be a fraction or thousands.
    """
    if _PLAIN.fullmatch(text) and not _AMBIGUOUS.fullmatch(text.lstrip("-")):
        return "." if "." in text else None
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    body = match["body"].rstrip(_SPACES)
    # the point of "5." may be a full stop
    return None if body[-1:] in (",", ".") and body[:-1].isdigit() else _decimal_of(body)


def _decimal_of(body: str) -> str | None:
    comma, point = body.count(","), body.count(".")
    if comma and point:
        return max(",.", key=body.rfind)
    if comma + point == 0 or _AMBIGUOUS.fullmatch(body):
        return None
    if comma + point == 1:
        return "," if comma else "."
    return "." if comma else ","


def decimal_sign(texts: Iterable[str], default: str) -> tuple[str, str | None]:
    """Return (sign, example) for a column: the one sign its texts show, else `default`.

    `example` is a text that could be read either way where the column itself does not settle it, else None.
    """
    shown: set[str] = set()
    doubtful: str | None = None
    for text in dict.fromkeys(texts):
        sign = sign_of(text)
        if sign is not None:
            shown.add(sign)
        elif doubtful is None and is_ambiguous(text):
            doubtful = text
    if len(shown) == 1:
        return shown.pop(), None
    return default, doubtful


def is_ambiguous(text: str) -> bool:
    """Return whether the text is one of "12.500" and "12,500", with or without a unit."""
    match = _WRITTEN.fullmatch(text.strip())
    return match is not None and _AMBIGUOUS.fullmatch(match["body"].rstrip(_SPACES)) is not None


def parse(text: str, *, sign: str = ".", unit: str | None = None, written_in: str | None = None) -> float | None:
    """Return the number a text stands for, in `unit`, or None when it is none.

    Parameters
    ----------
    sign : the decimal sign of texts like "12.500" that can be read either way.
    unit : the unit wanted, of `UNITS`; None for a bare number.
    written_in : the unit of figures that name none; the wanted one when not given.
    """
    if _PLAIN.fullmatch(text) and (sign == "." or not _AMBIGUOUS.fullmatch(text.lstrip("-"))):
        return scaled(float(text), written_in, unit)
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        return None
    digits = _digits(match["body"].rstrip(_SPACES), sign)
    if digits is None:
        return None
    named = "".join(match["unit"].casefold().split()).rstrip(".")
    if named:
        if named not in _UNIT_OF:
            return None
        written_in = _UNIT_OF[named]
    value = float(digits + (match["power"] or ""))
    return scaled(-value if match["sign"] in ("-", "−") else value, written_in, unit)


def _digits(body: str, sign: str) -> str | None:
    """Return the digits as Python writes them, or None where the signs make no sense."""
    if _SPACED.fullmatch(body):
        return re.sub(r"['’ \u00a0\u2009\u202f]", "", body).replace(",", ".")
    if not re.fullmatch(r"[0-9.,]+", body):
        return None
    decimal = _decimal_of(body) or sign
    thousands = "." if decimal == "," else ","
    if thousands in body:
        if not _GROUPED[thousands].fullmatch(body):
            return None
        body = body.replace(thousands, "")
    if body.count(decimal) > 1:
        return None
    return body.replace(decimal, ".")


def scaled(value: float, written_in: str | None, unit: str | None) -> float | None:
    """Return a figure in `unit`, None where the units do not fit or the figure is out of all proportion."""
    if written_in is not None and written_in != unit:
        factor = UNITS.get((written_in, unit))
        if factor is None:
            return None
        # 0.29 ha are 2900 m², not 2899.9999999999995
        value = round(value * factor, 6)
    return value if math.isfinite(value) and abs(value) <= LARGEST else None
