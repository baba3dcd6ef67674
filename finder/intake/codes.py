"""Code lists: words and numbers of a file become members of the vocabulary; others are said, never guessed."""

from __future__ import annotations

import re

import orjson

from finder import resources
from finder.intake import texts
from finder.intake.cells import MOST, UNKNOWN, Cast, Caster, Problem, bad, is_empty, means_unknown, plain_text, too_many
from finder.intake.profiles import Column, key
from finder.language import N_
from finder.model.vocabulary import Labelled


def _members(choices: type[Labelled], column: Column) -> dict[str, Labelled | None]:
    members: dict[str, Labelled | None] = {key(str(choice)): choice for choice in choices}
    members.update((code, choices(word) if word else None) for code, word in column.codes.items())
    return members


def _unknown_code(value: object, choices: type[Labelled]) -> Problem:
    message = N_("“%(value)s” is not in the code list (%(known)s); the value stays unknown.")
    return bad("code", message, value, known=", ".join(choices))


def one(choices: type[Labelled], column: Column) -> Caster:
    """Return the function that casts one code."""
    members = _members(choices, column)

    def cast(value: object) -> Cast:
        text = plain_text(value)
        if text is not None and (code := key(text)) in members:
            return members[code], ()
        return UNKNOWN if means_unknown(value) else (None, (_unknown_code(value, choices),))

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
    if means_unknown(value):
        return None
    text = plain_text(value)
    if text is None:
        return [value]
    # separators alone state nothing, not even that there is nothing
    return [part for part in re.split("[" + re.escape(separators + "|") + "]", text) if part.strip()] or None


def several(choices: type[Labelled], column: Column, separators: str) -> Caster:
    """Return the function that casts a list of codes."""
    members = _members(choices, column)

    def cast(value: object) -> Cast:
        text = plain_text(value)
        if text is not None and (member := members.get(key(text))) is not None:
            return (member,), ()
        parts = parts_of(value, separators)
        if parts is None:
            return UNKNOWN
        if len(parts) > MOST:
            return None, (too_many(value),)
        found: dict[Labelled, None] = {}
        problems = []
        for part in parts:
            text = plain_text(part)
            if text is not None and (code := key(text)) in members:
                if (member := members[code]) is not None:
                    found[member] = None
            elif not means_unknown(part):
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


def words(name: str, column: Column, separators: str, escaped: bool) -> Caster:
    """Return the function that casts a list of free or regional words."""
    codes = _vocabulary(name, column)

    def cast(value: object) -> Cast:
        parts = parts_of(texts.unguarded(value) if escaped and isinstance(value, str) else value, separators)
        if parts is None:
            return UNKNOWN
        if len(parts) > MOST:
            return None, (too_many(value),)
        found: dict[str, None] = {}
        problems: list[Problem] = []
        for part in parts:
            text = plain_text(part)
            if text is None:
                if not is_empty(part):
                    problems.append(bad("text", N_("“%(value)s” is not a text; the value stays unknown."), part))
                continue
            # the store sets words apart by bars
            word, noticed = texts.clean(codes.get(key(text), text).replace("|", "/"), longest=300, one_line=True)
            problems += noticed
            if word:
                found[word] = None
        return (tuple(found) if found or not parts else None), tuple(problems)

    return cast
