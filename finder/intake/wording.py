"""The words of headers and cells: which attributes go by a name, which unit it tells, which code a word stands for."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from finder import resources
from finder.intake.profiles import FIELDS, key, vocabulary_of
from finder.language import LANGUAGES, Language

_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|(?<=[A-ZÄÖÜ])(?=[A-ZÄÖÜ][a-zäöüß])")
_SYMBOLS = re.compile(r"(?<![a-zäöüß])(kVA|kW|dB)")  # no words in camel case
_PATH = re.compile(r"\S+[.:@/](\w+)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_MOST_WORDS = 12
_LONGEST = 120
"""Longer headers are sentences."""
_SHORTEST_SIMILAR = 7
_CLOSE, _PARTLY = 0.75, 0.5
_CUT_AT = 10  # where a Shapefile's table cuts names off

_UNITS = {
    "m²": ("m2", "qm", "sqm", "quadratmeter"),
    "ha": ("ha", "hektar", "hectare", "hectares"),
    "km²": ("km2", "qkm"),
    "acre": ("acre", "acres"),
    "ft²": ("ft2", "sqft"),
    "MVA": ("mva",),
    "kVA": ("kva",),
    "MW": ("mw",),
    "kW": ("kw",),
    "dB(A)/m²": ("db", "dba"),
    "€": ("eur", "euro"),
}
_LAST = {"m": "m", "km": "km", "ft": "ft", "feet": "ft", "ar": "a"}
"""Units only at the end of a name."""
_UNIT_OF = {name: unit for unit, names in _UNITS.items() for name in names}
_PER = ("pro", "je", "per")


class Level(IntEnum):
    """How well a name fits, best last."""

    VAGUE = 1
    SIMILAR = 2
    PARTLY = 3
    CLOSE = 4
    EXACT = 5
    OWN = 6  # the attribute's own name


@dataclass(frozen=True)
class Called:
    """What a header says: its unit (None: none; `odd`: one that is not known here), and what goes by its name."""

    unit: str | None
    odd: bool
    targets: Mapping[str, Level]


def table() -> Mapping[str, Any]:
    """Return `data/synonyms.toml`."""
    return _table()


@functools.cache
def _table() -> dict[str, Any]:
    with (resources.DATA / "synonyms.toml").open("rb") as file:
        return tomllib.load(file)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a name, folded: "FlächeGesamt_m²" is flaeche, gesamt, m2."""
    plain = _SYMBOLS.sub(lambda found: found[1].lower(), unicodedata.normalize("NFKC", text[:_LONGEST]))
    spaced = _CAMEL.sub(" ", plain)
    folded = spaced.casefold().replace("€", " eur ").replace("%", " percent ").translate(_UMLAUTS)
    plain = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    return tuple(word for word in re.split(r"[^\w]+|_", plain) if word)


def _forms(text: str) -> Iterator[str]:
    """Yield a name as it may be written: with ae, and with the dots left away."""
    yield "".join(words(text))
    bare = unicodedata.normalize("NFD", text.casefold())
    yield "".join(words("".join(c for c in bare if not unicodedata.combining(c))))


@dataclass(frozen=True)
class _Names:
    """Which targets go by a name; `similar` finds names with one sign more, less, other or two in turn."""

    exact: dict[str, list[str]] = field(default_factory=dict)
    vague: dict[str, list[str]] = field(default_factory=dict)
    similar: dict[str, set[str]] = field(default_factory=dict)

    def add(self, target: str, names: Iterable[str]) -> None:
        for name in {form: None for said in names for form in (*_forms(said), *_shorter(said))}:
            if target not in self.exact.setdefault(name, []):
                self.exact[name].append(target)
            if len(name) >= _SHORTEST_SIMILAR:
                for one in _with_one_less(name):
                    self.similar.setdefault(one, set()).add(name)


@functools.cache
def _names() -> _Names:
    given, names = table(), _Names()
    for attribute, called in given["attributes"].items():
        names.add(attribute, called)
    for group in ("geometry", "provenance", "contact"):
        for member, called in given[group].items():
            names.add(f"{group}.{member}", called)
    for attribute, parts in given["parts"].items():
        for part, called in parts.items():
            if part != "join":
                names.add(f"{attribute}/{part}", called)
    for attribute, called in given["vague"].items():
        for name in (form for said in called for form in _forms(said)):
            names.vague.setdefault(name, []).append(attribute)
    return names


@functools.cache
def _noise() -> frozenset[str]:
    return frozenset(form for word in table()["noise"] for form in _forms(word))


@functools.cache
def _odd() -> frozenset[str]:
    return frozenset(form for word in table()["odd_units"] for form in _forms(word))


def _shorter(name: str) -> list[str]:
    said = _said(words(name))
    return ["".join(said)] if len(said) > 1 else []


def _without_noise(parts: tuple[str, ...]) -> str:
    return "".join(_said(parts) or parts)


def _said(parts: tuple[str, ...]) -> list[str]:
    return [word for word in parts if word not in _noise() and not _YEAR.fullmatch(word)]


def _with_one_less(name: str) -> set[str]:
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}


def called(header: str, *, cut: bool = False) -> Called:
    """Return what a header says; `cut` is true of formats that keep only the first signs of a name.

    Of a path such as flaechen.grz or plan:Name the end counts where the whole is not known.
    """
    whole = _called(header, cut)
    path = _PATH.fullmatch(header)
    if path is None or any(level >= Level.CLOSE for level in whole.targets.values()):
        return whole
    end = _called(path[1], cut)
    levels = {target: min(level, Level.CLOSE) for target, level in end.targets.items()}
    return end if not levels else dataclasses.replace(end, targets={**whole.targets, **levels})


def _called(header: str, cut: bool) -> Called:
    own = {key(name): name for name in FIELDS}.get(key(header))
    parts, unit = _unit(words(header)[:_MOST_WORDS])
    if own is not None:
        unit = FIELDS[own].unit
    odd = any(word in _odd() for word in parts)
    parts = tuple(word for word in parts if word not in _odd())
    names, whole = _names(), "".join(parts)
    found: dict[str, Level] = {} if own is None else {own: Level.OWN}
    if not parts:
        return Called(unit=unit, odd=odd, targets=found)
    _note(found, names.exact.get(whole, ()), Level.EXACT)
    _note(found, names.exact.get(_without_noise(parts), ()), Level.EXACT)
    if not any(level >= Level.EXACT for level in found.values()):
        for suffix in ("ha", "qm", "m2"):
            if whole.endswith(suffix) and (targets := names.exact.get(whole.removesuffix(suffix))):
                _note(found, targets, Level.EXACT)
                unit = unit or _UNIT_OF[suffix]
    _note(found, names.vague.get(whole, ()), Level.VAGUE)
    for targets, level in _contained(parts, names) if own is None else ():
        _note(found, targets, level)
    if not found:
        _note(found, _similar(whole, names, cut and len(header) >= _CUT_AT), Level.SIMILAR)
    return Called(unit=unit, odd=odd, targets=found)


def _note(found: dict[str, Level], targets: Iterable[str], level: Level) -> None:
    for target in targets:
        found[target] = max(found.get(target, level), level)


def _contained(parts: tuple[str, ...], names: _Names) -> Iterator[tuple[list[str], Level]]:
    """Yield what is called by words that stand together in a name, if they make up most of it."""
    length = len(_without_noise(parts))
    for start in range(len(parts)):
        for stop in range(start + 1, len(parts) + 1):
            run = "".join(parts[start:stop])
            share = len(run) / max(length, len(run))
            if len(run) >= 3 and share >= _PARTLY and run in names.exact:
                yield names.exact[run], Level.CLOSE if share >= _CLOSE else Level.PARTLY


def _similar(name: str, names: _Names, cut: bool) -> list[str]:
    if len(name) < _SHORTEST_SIMILAR:
        return []
    near = {other for one in _with_one_less(name) for other in names.similar.get(one, ())}
    if cut:
        near |= {other for other in names.exact if other.startswith(name)}
    return [target for other in sorted(near) for target in names.exact[other]]


def _unit(parts: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """Return the words of a name without its unit, and the unit."""
    for i, word in enumerate(parts):
        unit, width = _UNIT_OF.get(word), 1
        if unit is None and word in _LAST and i == len(parts) - 1 and i > 0:
            unit = _LAST[word]
        if unit == "€":
            step = 2 if parts[i + 1 : i + 2] and parts[i + 1] in _PER else 1
            area = _UNIT_OF.get(parts[i + step]) if len(parts) > i + step else None
            if area in ("m²", "ha"):
                unit, width = f"€/{area}", step + 1
        elif unit == "dB(A)/m²":
            following = parts[i + 1 : i + 3]
            width += len(following) if following == ("a", "m2") else 1 if following[:1] in (("a",), ("m2",)) else 0
        if unit is not None:
            rest = (*parts[:i], *parts[i + width :])
            if unit in ("m²", "ha") and i > 1 and parts[i - 1] in _PER:
                unit, rest = f"€/{unit}", (*parts[: i - 1], *parts[i + 1 :])
            return (rest or parts), unit
    return parts, None


# -- what cells say ---------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Return a word of a code list as it is compared here; closer than `key`, for "2-5" is not "25"."""
    return re.sub(r"[\s_.]+", "", unicodedata.normalize("NFKC", text).casefold())


@functools.cache
def codes_of(attribute: str) -> Mapping[str, str]:
    """Return which code of an attribute's vocabulary a word stands for, by the word as `plain` makes it."""
    known = {_plain(word): "" for word in table()["not_known"]}
    for code, said in table()["words"].get(attribute, {}).items():
        for word in said:
            for form in {word, word.translate(_UMLAUTS), word.replace("ß", "ss")}:
                known[_plain(form)] = "" if code == "not_known" else code
    for choice in vocabulary_of(attribute) or ():
        for label in (str(choice), choice.label, *(Language(code).text(choice.label) for code in LANGUAGES)):
            known[_plain(label)] = str(choice)
    return known


def code_of(attribute: str, word: str) -> str | None:
    """Return the code a word stands for ("" where it says that nothing is known), None where that is not known."""
    return codes_of(attribute).get(_plain(word))


@functools.cache
def _systems() -> Mapping[str, str]:
    return {_plain(word): system for system, said in table()["systems"].items() for word in said}


def system_of(word: str) -> str | None:
    """Return the coordinate reference system that lists call by this word."""
    return _systems().get(_plain(word))


__all__ = ["Called", "Level", "called", "code_of", "codes_of", "system_of", "table", "words"]
