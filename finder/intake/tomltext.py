"""TOML as text with comments, which no library writes: whatever stands in a file stays inside its quotation marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def is_writable(text: str) -> bool:
    """Return whether TOML can hold a text at all: it knows no surrogates without a partner."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def string(text: str) -> str:
    """Return a text as a TOML string; everything a terminal or an editor might act on is written as its number."""
    return '"' + "".join(_sign(sign) for sign in text) + '"'


def _sign(sign: str) -> str:
    if sign in _SHORT:
        return _SHORT[sign]
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04X}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08X}"


def strings(texts: Iterable[str]) -> str:
    """Return texts as a TOML array on one line."""
    return "[" + ", ".join(string(text) for text in texts) + "]"


def comment(text: str) -> str:
    """Return a text as one line of comment."""
    return "# " + "".join(sign if sign.isprintable() else " " for sign in text)


def pair(name: str, value: str | bool | int | Iterable[str]) -> str:
    """Return one line of a table, the name as a bare key."""
    match value:
        case bool():
            return f"{name} = {str(value).lower()}"
        case int():
            return f"{name} = {value}"
        case str():
            return f"{name} = {string(value)}"
    return f"{name} = {strings(value)}"


def mapping(codes: Mapping[str, str]) -> list[str]:
    """Return the lines of a table of texts, the names in quotation marks."""
    return [f"{string(name)} = {string(value)}" for name, value in codes.items()]


def inactive(lines: Iterable[str]) -> list[str]:
    """Return lines put behind a # each, so that they say what could be and do nothing."""
    return [line if line.startswith("#") else f"# {line}".rstrip() for line in lines]


__all__ = ["comment", "inactive", "is_writable", "mapping", "pair", "string", "strings"]
