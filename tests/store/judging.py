"""Predicates judged in plain Python, one site at a time: yes, no, or None where it is not known."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from finder.model.access import ACCESS_ATTRIBUTES
from finder.model.query import (
    And,
    AnyOf,
    Compare,
    Intersects,
    IsUnknown,
    Not,
    Operator,
    Or,
    Predicate,
    Reached,
    Within,
    Words,
    fold,
)
from finder.model.site import Site
from tests.factories import TOWNS

_OPERATORS = {
    Operator.EQ: operator.eq,
    Operator.NE: operator.ne,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
}


def value(name: str, site: Site, access: Mapping[str, float | None]) -> Any:
    """Return what is known of an attribute."""
    return access.get(name) if name in ACCESS_ATTRIBUTES else getattr(site, name)


def judge(part: Predicate, site: Site, access: Mapping[str, float | None], key: int = 1) -> bool | None:
    """Return the answer of the site with this key."""
    match part:
        case Compare(name, how, other):
            known = value(name, site, access)
            return None if known is None else _OPERATORS[how](known, other)
        case AnyOf(name, values):
            known = value(name, site, access)
            if not values:
                return False
            if known is None:
                return None
            return bool(set(known) & set(values)) if isinstance(known, tuple) else known in values
        case IsUnknown(name):
            return value(name, site, access) is None
        case Words(words):
            parts = (site.name, site.id, TOWNS.get(site.municipality), site.address, site.estate, site.plan_name)
            text = fold(" ".join(p for p in parts if p))
            return all(word in text for word in words)
        case Intersects(geometry):
            return None if site.geometry is None else bool(shapely.intersects(site.geometry, geometry))
        case Within(geometry, distance_m):
            return None if site.geometry is None else bool(shapely.dwithin(site.geometry, geometry, distance_m))
        case Reached(within, unknown):
            known = site.geometry is not None and (key in within or key not in unknown)
            return key in within if known else None
        case And(parts):
            return _all(judge(p, site, access, key) for p in parts)
        case Or(parts):
            return _not(_all(_not(judge(p, site, access, key)) for p in parts))
        case Not(inner):
            return _not(judge(inner, site, access, key))


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _all(answers: Iterable[bool | None]) -> bool | None:
    listed = list(answers)
    if False in listed:
        return False
    return None if None in listed else True
