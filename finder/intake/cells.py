"""What a cell of a file says before it is cast: whether it says anything, as text, and as a report may quote it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from finder.errors import UnusableInput
from finder.language import N_


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with one cell. `value` is the offending part of it."""

    rule: str
    message: str
    value: str
    action: str = "kept"
    params: dict[str, object] = field(default_factory=dict)


Cast = tuple[Any, tuple[Problem, ...]]
"""A value of the model with what was noticed on the way."""
Caster = Callable[[Any], Cast]
UNKNOWN: Cast = (None, ())

_NOT_KNOWN = frozenset(
    ("?", "-", "–", "n/a", "na", "nan", "null", "none given", "unknown", "unbekannt", "nicht bekannt", "k.a.", "k. a.")
)
# controls, soft hyphens, direction marks, zero-width signs, surrogates without a partner, tags
_UNSAFE = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)
_SAFE = re.compile(f"[^{_UNSAFE}]*")
_CONTROLS = re.compile(f"[{_UNSAFE}]")
_CONTROLS_IN_LINES = re.compile(f"(?![\n\t])[{_UNSAFE}]")

MOST = 500
"""More entries in one cell than any site has: read one by one, each would be an issue."""
MOST_ISSUES = 2_000_000
"""More than this of one file nobody reads, and each takes a kilobyte."""


def is_empty(value: object) -> bool:
    """Return whether a cell says nothing."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, float) and value != value)


def means_unknown(value: object) -> bool:
    """Return whether a cell says nothing, or in words that nothing is known."""
    return is_empty(value) or (isinstance(value, str) and value.strip().casefold() in _NOT_KNOWN)


def plain_text(value: object) -> str | None:
    """Return what a cell says as text, None where it is empty or no text: keys read as 12.0 are 12."""
    match value:
        case str():
            return value.strip() or None
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if abs(value) < 10**30 else None
        case float() if value != value:
            return None
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    return None


def shown(value: object, length: int = 80) -> str:
    """Return a value as it may stand in a report: one short line without control characters."""
    text = value if isinstance(value, str) else plain_text(value) or _written_out(value)
    text = " ".join(strip_controls(text[: length * 4], one_line=True).split())
    return text if len(text) <= length else text[: length - 1] + "…"


def _written_out(value: object) -> str:
    try:
        return str(value)
    except (ValueError, RecursionError):  # numbers of more than 4300 digits, lists in lists in lists
        return f"{type(value).__name__} …"


def is_safe(text: str) -> bool:
    """Return whether a text has no controls, line breaks, direction marks or other invisible signs."""
    return _SAFE.fullmatch(text) is not None


def strip_controls(text: str, *, one_line: bool) -> str:
    """Return text without controls and invisible signs; line breaks and tabs stay unless it has to be one line."""
    if is_safe(text):
        return text
    if one_line:
        return _CONTROLS.sub("", re.sub(r"[\s\x00]+", " ", text))
    return _CONTROLS_IN_LINES.sub("", text)


def too_many(value: object) -> Problem:
    """Return the problem of a cell with a flood of entries."""
    message = N_("“%(value)s” has more than %(most)s entries; the value stays unknown.")
    return bad("too_many", message, value, most=MOST)


def check_count(found: int) -> None:
    """Refuse a file of which nearly everything is wrong.

    Raises
    ------
    UnusableInput
        More was found than is worth telling.
    """
    if found > MOST_ISSUES:
        message = N_("More than %(most)s things are wrong with the file; it is hardly meant for this profile.")
        raise UnusableInput(message, most=MOST_ISSUES)


def bad(rule: str, message: str, value: object, **params: object) -> Problem:
    """Return the problem of a cell whose value stays unknown."""
    text = shown(value)
    return Problem(rule=rule, message=message, value=text, params={"value": text, **params})
