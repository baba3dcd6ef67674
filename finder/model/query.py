"""Questions about sites: predicates over attribute names, independent of any database.

Logic is three-valued: a predicate on an attribute that is not known is neither true nor false, so a site answers a
question with yes, no or not known. `finder.store.compile` turns predicates into SQL.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shapely.geometry.base import BaseGeometry


class Operator(StrEnum):
    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


@dataclass(frozen=True)
class Compare:
    """`attribute operator value`; unknown where the attribute is."""

    attribute: str
    operator: Operator
    value: Any


@dataclass(frozen=True)
class AnyOf:
    """The attribute is one of the values; for list attributes: has one of them."""

    attribute: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class IsUnknown:
    """Nothing is known of the attribute; itself always yes or no."""

    attribute: str


@dataclass(frozen=True)
class Words:
    """Every word occurs in the site's id, name, town, address, estate or plan (folded case, ä = ae)."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Intersects:
    """The site's geometry meets `geometry` (metres); unknown for a site without a place."""

    geometry: BaseGeometry


@dataclass(frozen=True)
class Within:
    """The site's geometry lies at most `distance_m` from `geometry` (metres)."""

    geometry: BaseGeometry
    distance_m: float


@dataclass(frozen=True)
class Reached:
    """The site is among those reached, by their keys; not known of those in `unknown` and of a site without a place."""

    within: frozenset[int]
    unknown: frozenset[int] = frozenset()


@dataclass(frozen=True)
class And:
    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Predicate, ...]


@dataclass(frozen=True)
class Not:
    part: Predicate


Predicate = Compare | AnyOf | IsUnknown | Words | Intersects | Within | Reached | And | Or | Not


@dataclass(frozen=True)
class Sort:
    """Order by an attribute; not known comes last either way, ties by id."""

    attribute: str
    descending: bool = False


def all_of(parts: Iterable[Predicate]) -> And:
    """Return the conjunction of `parts` (true when empty)."""
    return And(tuple(parts))


def fold(text: str) -> str:
    """Return text as it is searched: case folded, ä = ae, accents dropped, single spaces."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    while not plain.isascii():
        # what stands for other letters has their case: 𝐀 becomes A, and only then a
        bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)).casefold()
        if bare == plain:
            break
        plain = bare
    return " ".join(plain.split())


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
