"""The region's reference data: municipalities, access points, towns around, lines of the map; and the settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from finder.model.access import AccessPoint
from finder.model.place import MapLine, Municipality, Place
from finder.model.vocabulary import AccessKind
from finder.store import tables
from finder.store.database import Session

_TABLES: dict[type, sa.Table] = {
    Municipality: tables.municipality,
    AccessPoint: tables.access_point,
    Place: tables.place,
    MapLine: tables.map_line,
}


def replace(session: Session, kind: type, things: Iterable[Any]) -> int:
    """Replace all rows of one kind of reference data and return how many there are now."""
    rows = [{f.name: getattr(thing, f.name) for f in dataclasses.fields(thing)} for thing in things]
    session.execute(sa.delete(_TABLES[kind]))
    if rows:
        session.execute(sa.insert(_TABLES[kind]), rows)
    return len(rows)


def municipalities(session: Session) -> list[Municipality]:
    """Return the region's municipalities by name."""
    rows = session.execute(sa.select(tables.municipality)).mappings()
    return sorted((Municipality(**row) for row in rows), key=lambda m: m.name)


def access_points(session: Session, kinds: Sequence[AccessKind] = tuple(AccessKind)) -> list[AccessPoint]:
    """Return the access points of the given kinds, ordered by id."""
    query = sa.select(tables.access_point).where(tables.access_point.c.kind.in_([k.value for k in kinds]))
    rows = session.execute(query.order_by(tables.access_point.c.id)).mappings()
    return [AccessPoint(**{**row, "kind": AccessKind(row["kind"])}) for row in rows]


def access_points_by_id(session: Session, ids: Sequence[str]) -> list[AccessPoint]:
    """Return these access points, as far as they are there, ordered by id."""
    query = sa.select(tables.access_point).where(tables.access_point.c.id.in_(sorted(set(ids))))
    rows = session.execute(query.order_by(tables.access_point.c.id)).mappings()
    return [AccessPoint(**{**row, "kind": AccessKind(row["kind"])}) for row in rows]


def places(session: Session) -> list[Place]:
    """Return towns in and around the region, largest first."""
    query = sa.select(tables.place).order_by(tables.place.c.inhabitants.desc(), tables.place.c.id)
    return [Place(**row) for row in session.execute(query).mappings()]


def lines(session: Session) -> list[MapLine]:
    """Return the schematic lines of the map."""
    return [
        MapLine(**row) for row in session.execute(sa.select(tables.map_line).order_by(tables.map_line.c.id)).mappings()
    ]


def set_boundaries(session: Session, boundaries: dict[str, Any], source: str) -> list[str]:
    """Give municipalities (by code) real boundaries in metres; return the codes that were known."""
    known = set(session.scalars(sa.select(tables.municipality.c.code)))
    for code in sorted(known & set(boundaries)):
        query = sa.update(tables.municipality).where(tables.municipality.c.code == code)
        session.execute(query.values(geometry=boundaries[code], schematic=False, boundary_source=source))
    return sorted(known & set(boundaries))


def setting(session: Session, key: str) -> str | None:
    """Return a setting kept in the database."""
    return session.scalar(sa.select(tables.setting.c.value).where(tables.setting.c.key == key))


def set_setting(session: Session, key: str, value: str) -> None:
    """Keep a setting in the database."""
    session.execute(sa.delete(tables.setting).where(tables.setting.c.key == key))
    session.execute(sa.insert(tables.setting).values(key=key, value=value))
