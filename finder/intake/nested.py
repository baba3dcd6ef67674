"""Nested facts: restrictions, media, contact and provenance, from JSON as objects or as text."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from finder.intake.cells import (
    MOST,
    UNKNOWN,
    Cast,
    Caster,
    Problem,
    bad,
    is_empty,
    means_unknown,
    plain_text,
    too_many,
)
from finder.intake.dates import read_date
from finder.intake.profiles import key
from finder.intake.texts import clean, url
from finder.language import N_
from finder.model.site import ATTRIBUTES, Contact, Medium, Provenance, Restriction
from finder.model.vocabulary import RestrictionKind, Severity

_KINDS = {key(str(kind)): kind for kind in RestrictionKind}
_NO_CODES: Mapping[str, str] = {}
_SEVERITIES: dict[str, Severity | None] = {**{key(str(s)): s for s in Severity}, "unknown": None}
CONTACT = tuple(f.name for f in dataclasses.fields(Contact))
"""What a contact consists of."""


def caster(name: str, dates: Iterable[str], codes: Mapping[str, str] = _NO_CODES, separators: str = ";") -> Caster:
    """Return the function that casts one cell of restrictions, media, contact or provenance.

    Parameters
    ----------
    codes : a profile's words for kinds of restrictions; with them a text is a list of words between `separators`.
    """
    formats = tuple(dates)
    kinds = {**_KINDS, **{word: RestrictionKind(kind) for word, kind in codes.items() if kind not in ("", "none")}}

    def restrictions(value: object) -> Cast:
        def record(entry: dict[str, Any]) -> Cast:
            return _restriction(entry, formats, kinds)

        if not codes:
            return _list(value, record, _kind_words)
        if isinstance(value, str) and not _said(value, codes, separators):
            return UNKNOWN
        return _list(value, record, lambda text: _coded_words(text, codes, separators))

    return {
        "restrictions": restrictions,
        "media": lambda value: _list(value, _medium, _addresses),
        "contact": _contact,
        "provenance": _provenance,
    }[name]


def _unreadable(value: object) -> Cast:
    message = N_("“%(value)s” is not in the form of a list or table; the value stays unknown.")
    return None, (bad("nested", message, value),)


def _json(value: object) -> object:
    """Return what JSON text holds; anything else stays itself."""
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value


def _list(
    value: object, cast: Callable[[dict[str, Any]], Cast], words: Callable[[str], list[dict[str, Any]] | None]
) -> Cast:
    if means_unknown(value):
        return UNKNOWN
    given = _json(value)
    entries: list[object]
    match given:
        case dict():
            entries = [given]
        case list() | tuple():
            entries = list(given)
        case str():
            found = words(given)
            if found is None:
                return _unreadable(value)
            entries = list(found)
        case _:
            return _unreadable(value)
    entries = [one for entry in entries for one in (words(entry) if isinstance(entry, str) else None) or (entry,)]
    if len(entries) > MOST:
        return None, (too_many(value),)
    records = []
    problems: list[Problem] = []
    for entry in entries:
        record, noticed = cast(entry) if isinstance(entry, dict) else _unreadable(entry)
        problems += noticed
        if record is not None:
            records.append(record)
    # what was given but not understood is not known; only an empty list is stated none
    return (tuple(records) if records or not entries else None), tuple(problems)


def _said(text: str, codes: Mapping[str, str], separators: str) -> list[str]:
    """Return the words of a text that say something; a text that is a code as a whole is one word."""
    whole = key(text) in codes
    parts = [text] if whole else re.split("[" + re.escape(separators + "|") + "]", text)
    return [part.strip() for part in parts if not means_unknown(part) and codes.get(key(part)) != ""]


def _coded_words(text: str, codes: Mapping[str, str], separators: str) -> list[dict[str, Any]]:
    """Return what the words of a profile's code list stand for; a word it lacks is an obstacle of another kind."""
    words = _said(text, codes, separators)
    return [{"kind": word} for word in words if codes.get(key(word), key(word)) != "none"]


def _kind_words(text: str) -> list[dict[str, Any]] | None:
    if key(text) == "none":
        return []
    words = [word.strip() for word in re.split("[;|]", text) if word.strip()]
    return [{"kind": word} for word in words] if words and all(key(word) in _KINDS for word in words) else None


def _addresses(text: str) -> list[dict[str, Any]] | None:
    words = [word.strip() for word in re.split(r"[;|\s]\s*(?=https?://)", text) if word.strip()]
    return (
        [{"url": word} for word in words]
        if all(word.casefold().startswith(("http://", "https://")) for word in words)
        else None
    )


def _members(entry: Mapping[Any, Any], record: type, problems: list[Problem]) -> dict[str, Any]:
    """Return the entry's members the record has, as clean texts where they are plain; report the rest."""
    if len(entry) > MOST:
        problems.append(too_many(entry))
        return {}
    names = {f.name for f in dataclasses.fields(record)}
    members: dict[str, Any] = {}
    for name, value in entry.items():
        if name not in names:
            message = N_("The nested entry “%(value)s” is not known here and is left out.")
            problems.append(bad("nested_key", message, name))
        elif not is_empty(value):
            text = plain_text(value)
            if text is None:
                problems += _unreadable(value)[1]
                continue
            members[name], noticed = clean(text)
            problems += noticed
    return {name: value for name, value in members.items() if value is not None}


def _restriction(entry: dict[str, Any], formats: tuple[str, ...], kinds: Mapping[str, RestrictionKind]) -> Cast:
    problems: list[Problem] = []
    members = _members(entry, Restriction, problems)
    kind = members.pop("kind", None)
    named = None if kind is None else kinds.get(key(kind))
    if named is None:
        # an obstacle that is not understood stays an obstacle
        message = N_("“%(value)s” is not a known kind of restriction; it is kept as “other”.")
        problems.append(bad("restriction_kind", message, kind or ""))
        if kind:
            members["note"] = f"{kind}: {members['note']}" if "note" in members else kind
        named = RestrictionKind.OTHER
    severity = members.pop("severity", None)
    if severity is not None and key(severity) not in _SEVERITIES:
        message = N_("“%(value)s” is not in the code list (%(known)s); the value stays unknown.")
        problems.append(bad("code", message, severity, known=", ".join(Severity)))
    end = members.pop("expected_end", None)
    date = None if end is None else read_date(end, formats)
    if end is not None and date is None:
        problems.append(bad("date", N_("“%(value)s” is not a date of the calendar; the value stays unknown."), end))
    _check_url(members, problems)
    severity_known = None if severity is None else _SEVERITIES.get(key(severity))
    return Restriction(kind=named, severity=severity_known, expected_end=date, **members), tuple(problems)


def _check_url(members: dict[str, Any], problems: list[Problem]) -> None:
    if "url" in members:
        address, noticed = url(members.pop("url"))
        problems += noticed
        if address is not None:
            members["url"] = address


def _medium(entry: dict[str, Any]) -> Cast:
    problems: list[Problem] = []
    members = _members(entry, Medium, problems)
    _check_url(members, problems)
    if "url" not in members:
        if not problems:
            problems.append(
                bad("media_url", N_("A picture or document without a web address is left out."), entry.get("title"))
            )
        return None, tuple(problems)
    return Medium(**members), tuple(problems)


def contact(members: Mapping[str, str | None]) -> Contact | None:
    """Return a contact from its members, None where none of them says anything."""
    return Contact(**members) if any(members.values()) else None


def contact_text(value: object) -> Cast:
    """Cast one member of a contact from a column of its own."""
    text = plain_text(value)
    return UNKNOWN if text is None or means_unknown(text) else clean(text, longest=300, one_line=True)


def _contact(value: object) -> Cast:
    if means_unknown(value):
        return UNKNOWN
    given = _json(value)
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, str):
        organisation, noticed = clean(given, longest=300)
        return (None if organisation is None else Contact(organisation=organisation)), noticed
    if not isinstance(given, dict):
        return _unreadable(value)
    problems: list[Problem] = []
    members = _members(given, Contact, problems)
    return contact(members), tuple(problems)


def _provenance(value: object) -> Cast:
    if is_empty(value):
        return {}, ()
    given = _json(value)
    if not isinstance(given, dict):
        return {}, _unreadable(value)[1]
    if len(given) > MOST:
        return {}, (too_many(value),)
    origins: dict[str, Provenance] = {}
    problems: list[Problem] = []
    for name, entry in given.items():
        if (name != "*" and name not in ATTRIBUTES) or not isinstance(entry, dict):
            message = N_("The nested entry “%(value)s” is not known here and is left out.")
            problems.append(bad("nested_key", message, name))
            continue
        members = _members(entry, Provenance, problems)
        _check_url(members, problems)
        if members:
            origins[name] = Provenance(**members)
    return origins, tuple(problems)
