"""Free texts and web addresses, without invisible signs and not longer than they may be."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from finder.intake.cells import (
    UNKNOWN,
    Cast,
    Caster,
    Problem,
    bad,
    is_empty,
    is_safe,
    means_unknown,
    plain_text,
    shown,
    strip_controls,
)
from finder.intake.profiles import Column, key
from finder.language import N_
from finder.model.site import ATTRIBUTES

LONGEST = {"id": 100, "name": 300, "source": 200, "source_id": 200, "municipality": 200}
LONGEST_TEXT = 20_000
LONGEST_URL = 2_000
_SEARCHED = 1_000  # characters a profile's pattern looks at: its time may grow with their square
_QUOTED = re.compile(r'="((?:[^"]|"")*)"')
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # wide ones count as well
"""What spreadsheets take for the beginning of a formula: cells are guarded and unguarded by the same signs."""
_ONE_LINE = frozenset(
    ("id", "name", "municipality", "source", "source_id", "estate", "plan_name", "cadastral_reference")
)


def clean(text: str, *, longest: int = LONGEST_TEXT, one_line: bool = False) -> Cast:
    """Return a text without invisible control signs and not longer than `longest`; what was done is a problem."""
    text = text.strip()
    if len(text) <= longest and is_safe(text):
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


def caster(column: Column, name: str, escaped: bool) -> Caster:
    """Return the function that casts one cell of free text."""
    longest, one_line, part, codes = LONGEST.get(name, LONGEST_TEXT), name in _ONE_LINE, column.part, column.codes
    describes = name in ATTRIBUTES  # a key may be any word

    def cast(value: object) -> Cast:
        text = plain_text(value)
        if text is None:
            return (
                UNKNOWN
                if is_empty(value)
                else (None, (bad("text", N_("“%(value)s” is not a text; the value stays unknown."), value),))
            )
        text = unguarded(text) if escaped else text
        if part is not None and (match := part.search(text[:_SEARCHED])) is not None:
            text = match[1]
        if codes:
            text = codes.get(key(text), text)
        if describes and means_unknown(text):
            return UNKNOWN
        return clean(text, longest=longest, one_line=one_line)

    return cast


def unguarded(text: str) -> str:
    """Return a text without what keeps spreadsheets from taking it for a formula ('+49 …) or a number (="05…")."""
    if text[:1] == "'" and text.lstrip("'").startswith(FORMULA):
        return text[1:]
    quoted = _QUOTED.fullmatch(text)
    return quoted[1].replace('""', '"') if quoted else text


def url(value: object) -> Cast:
    """Cast a web address; only http and https are links."""
    text = value.strip() if isinstance(value, str) else value
    if means_unknown(text):
        return UNKNOWN
    if (
        isinstance(text, str)
        and len(text) <= LONGEST_URL
        and re.fullmatch(r"https?://[^\s<>\"\\^`{}]+", text, re.IGNORECASE)
    ):
        try:
            if urlsplit(text).hostname and is_safe(text):
                return text, ()
        except ValueError:
            pass
    return None, (
        bad("url", N_("“%(value)s” is not a web address beginning with http:// or https://; it is left out."), value),
    )
