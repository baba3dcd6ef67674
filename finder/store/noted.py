"""What figures were made with, noted once: rows told apart by all they say, and forgotten when none needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from finder.store.database import Session


def note(session: Session, table: sa.Table, values: Mapping[str, Any]) -> int:
    """Return the id of the row with these values, noted anew where there was none like it."""
    alike = sa.and_(*(table.c[name].is_not_distinct_from(value) for name, value in values.items()))
    known: int | None = session.scalar(sa.select(sa.func.min(table.c.id)).where(alike))
    if known is not None:
        return known
    last: int = session.scalar(sa.select(sa.func.max(table.c.id))) or 0
    session.execute(sa.insert(table).values(id=last + 1, **values))
    return last + 1


def prune(session: Session, table: sa.Table, users: Iterable[sa.ColumnElement[int | None]]) -> None:
    """Forget the rows whose id stands in none of these columns any more."""
    used: set[int | None] = set()
    for column in users:
        used |= set(session.scalars(sa.select(column).distinct()))
    session.execute(sa.delete(table).where(table.c.id.not_in(used - {None})))
