"""From predicates to SQL. Unknown stays unknown: SQL's own three-valued logic carries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

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
    Sort,
    Within,
    Words,
)
from finder.store import spatial, tables
from finder.store.database import Bytewise, HasToken, Session
from finder.store.spatial import Led

_OPERATORS = {
    Operator.EQ: lambda column, value: column == value,
    Operator.NE: lambda column, value: column != value,
    Operator.LT: lambda column, value: column < value,
    Operator.LE: lambda column, value: column <= value,
    Operator.GT: lambda column, value: column > value,
    Operator.GE: lambda column, value: column >= value,
}


@dataclass(frozen=True)
class Compiled:
    """A predicate as SQL, and the sites led by an index where the predicate is spatial and selective."""

    condition: sa.ColumnElement[bool]
    led: Led | None = None


def column(name: str) -> sa.Column[Any]:
    """Return the column of an attribute's name, of the site itself or of its access."""
    return tables.access.c[name] if name in ACCESS_ATTRIBUTES else tables.site.c[name]


def predicate(session: Session, part: Predicate) -> Compiled:
    """Return the predicate for this database."""
    match part:
        case Compare(attribute, operator, value):
            return Compiled(_OPERATORS[operator](_ordered(column(attribute)), value))
        case AnyOf(attribute, values):
            return Compiled(_any_of(attribute, values))
        case IsUnknown(attribute):
            return Compiled(column(attribute).is_(None))
        case Words(words):
            return Compiled(sa.and_(sa.true(), *(HasToken(tables.site.c.search_text, word) for word in words)))
        case Intersects(geometry):
            place = spatial.place(session, tables.site, geometry)
            return Compiled(place.condition, place.led)
        case Within(geometry, distance_m):
            place = spatial.place(session, tables.site, geometry, distance_m)
            return Compiled(place.condition, place.led)
        case Reached():
            return Compiled(_reached(part))
        case And(parts):
            compiled = [predicate(session, p) for p in parts]
            led = next((c.led for c in compiled if c.led is not None), None)
            return Compiled(sa.and_(sa.true(), *(c.condition for c in compiled)), led)
        case Or(parts):
            return Compiled(sa.or_(sa.false(), *(predicate(session, p).condition for p in parts)))
        case Not(inner):
            # Grouped, or PostgreSQL would read "NOT x IS NULL" as "NOT (x IS NULL)".
            return Compiled(Grouping(sa.not_(predicate(session, inner).condition)))


def _any_of(attribute: str, values: Sequence[Any]) -> sa.ColumnElement[bool]:
    target = column(attribute)
    if isinstance(target.type, tables.Tokens):
        text = sa.type_coerce(target, sa.Text)
        return sa.or_(sa.false(), *(HasToken(text, f"|{value}|") for value in values))
    return target.in_(list(values))


def _reached(part: Reached) -> sa.ColumnElement[bool]:
    # One byte for every key is looked up at once, a list of a hundred thousand keys is not. Keys number the sites from
    # one on, so that there are hardly more bytes than sites; beyond the last byte the answer is no.
    states = np.zeros(max(part.within | part.unknown, default=0) + 1, dtype=np.uint8)
    for keys, code in ((part.unknown, 2), (part.within, 1)):
        states[np.fromiter(keys, dtype=np.int64, count=len(keys))] = code
    known = sa.literal(states.tobytes(), sa.LargeBinary)
    state = sa.func.substr(known, tables.site.c.pk + 1, 1, type_=sa.LargeBinary)
    unknown = sa.or_(tables.site.c.minx.is_(None), state == b"\x02")
    return sa.case((unknown, sa.null()), (state == b"\x01", sa.true()), else_=sa.false())


def order(sort: Sequence[Sort]) -> list[sa.ColumnElement[Any]]:
    """Return ORDER BY terms; not known comes last either way, ties by id."""
    terms: list[sa.ColumnElement[Any]] = []
    for key in sort:
        target = _ordered(column(key.attribute))
        terms.append((target.desc() if key.descending else target.asc()).nulls_last())
    return [*terms, Bytewise(tables.site.c.id).asc()]


def _ordered(target: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return the column as it is compared: texts by their bytes, for the databases' own orders differ."""
    texts = isinstance(target.type, sa.Text | tables.Tokens | tables.Choice)
    return Bytewise(sa.type_coerce(target, sa.Text)) if texts else target


def uses_access(part: Predicate) -> bool:
    """Return whether the predicate asks for access figures, so that their table must be joined."""
    match part:
        case Compare(attribute, _, _) | AnyOf(attribute, _) | IsUnknown(attribute):
            return attribute in ACCESS_ATTRIBUTES
        case And(parts) | Or(parts):
            return any(uses_access(p) for p in parts)
        case Not(inner):
            return uses_access(inner)
    return False
