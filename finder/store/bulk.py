"""Many rows at once, past what SQLAlchemy does for every single row or key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa

from finder.store.database import Session
from finder.store.spatial import Geometry


def insert(session: Session, table: sa.TableClause, columns: Mapping[str, Sequence[Any]], *prefixes: str) -> None:
    """Insert rows given as columns of one length; what is not among them is NULL, for defaults are not looked at."""
    if not columns or not len(next(iter(columns.values()))):
        return
    statement = sa.insert(table)
    for prefix in prefixes:
        statement = statement.prefix_with(prefix)
    compiled = statement.compile(dialect=session.dialect, column_keys=list(columns))
    bound = {name: _bound(session, table.c[name].type, values) for name, values in columns.items()}
    names = getattr(compiled, "positiontup", None)
    if names:
        parameters: list[Any] = list(zip(*(bound[name] for name in names), strict=True))
    else:
        parameters = [dict(zip(bound, row, strict=True)) for row in zip(*bound.values(), strict=True)]
    session.exec_driver_sql(str(compiled), parameters)


def columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return rows that have the same members as columns."""
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def among(column: sa.ColumnElement[Any], keys: Sequence[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a key is among these: a range where they follow each other, as those of new rows do."""
    if len(keys) and max(keys) - min(keys) + 1 == len(set(keys)):
        return column.between(int(min(keys)), int(max(keys)))
    return column.in_(keys)


def _bound(session: Session, type_: Any, values: Sequence[Any]) -> Sequence[Any]:
    """Return the values as the driver takes them."""
    if isinstance(type_, Geometry):
        wkb: list[bytes | None] = shapely.to_wkb(np.array(values, dtype=object)).tolist()
        return wkb
    process = type_.dialect_impl(session.dialect).bind_processor(session.dialect)
    return values if process is None else [None if value is None else process(value) for value in values]


__all__ = ["among", "columns", "insert"]
