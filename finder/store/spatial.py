"""Geometry in the database, and how it is found: the one place that knows R*Trees from PostGIS.

SQLite keeps geometry as WKB with exact bounds in four columns and an R*Tree over them; what the bounds cannot decide
is rechecked with Shapely in one vectorised call. PostgreSQL keeps PostGIS geometry under a GiST index. Both answer the
same questions alike: the store's tests run on both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import UserDefinedType

from finder import crs
from finder.store.database import Session

SMALL_BOX_SHARE = 0.05
"""Up to this share of the region's extent the R*Tree leads; above it the plain bounds are quicker (100,000 sites)."""
BOUNDS = ("minx", "miny", "maxx", "maxy")


class FromWkb(GenericFunction[Any]):
    """WKB bytes as the database's geometry."""

    inherit_cache = True


class AsWkb(GenericFunction[Any]):
    """The database's geometry as WKB bytes."""

    inherit_cache = True


@compiles(FromWkb, "sqlite")
@compiles(AsWkb, "sqlite")
def _plain(element: Any, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(FromWkb, "postgresql")
def _from_wkb(element: Any, compiler: Any, **kw: Any) -> str:
    return f"ST_GeomFromWKB({compiler.process(element.clauses, **kw)}, {crs.METRIC})"


@compiles(AsWkb, "postgresql")
def _as_wkb(element: Any, compiler: Any, **kw: Any) -> str:
    return f"ST_AsBinary({compiler.process(element.clauses, **kw)})"


class Geometry(UserDefinedType[BaseGeometry]):
    """Shapely geometry in metres: a BLOB of WKB on SQLite, PostGIS geometry on PostgreSQL.

    A TypeDecorator that switches its implementation by dialect fails on PostgreSQL; this does not.
    """

    cache_ok = True

    def __init__(self, *_: str) -> None:
        """Take what PostgreSQL says of a column: the kind of geometry and the code of its system."""

    def get_col_spec(self, **_: Any) -> str:
        return f"geometry(Geometry,{crs.METRIC})"

    def bind_processor(self, dialect: Any) -> Any:
        return lambda value: None if value is None else shapely.to_wkb(value)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return lambda value: None if value is None else shapely.from_wkb(bytes(value))

    def bind_expression(self, value: Any) -> Any:
        return FromWkb(value)

    def column_expression(self, column: Any) -> Any:
        return AsWkb(column, type_=self)


@compiles(Geometry, "sqlite")
def _blob(type_: Any, compiler: Any, **kw: Any) -> str:
    return "BLOB"


# Whoever compares the tables with the model meets columns of this type.
postgresql.base.ischema_names["geometry"] = Geometry


class Led(sa.Join):
    """A join whose left side, an index, stands first: SQLite's own choice of order is ~300× slower."""

    inherit_cache = True


@compiles(Led)
def _pinned(join: Any, compiler: Any, **kw: Any) -> str:
    # SQLite keeps the order of CROSS JOIN, and of no other join.
    return str(compiler.visit_join(join, **kw)).replace(" JOIN ", " CROSS JOIN ", 1)


@dataclass(frozen=True)
class Place:
    """A spatial predicate made ready: the condition, exact by itself, and the sites led by an index if worth it."""

    condition: sa.ColumnElement[bool]
    led: Led | None = None


# -- the index --------------------------------------------------------------------------------------------------------


def _rtree(table: str) -> sa.TableClause:
    """Return the R*Tree over a table's geometry on SQLite."""
    return sa.table(f"{table}_rtree", *(sa.column(name, sa.Float) for name in ("pk", "minx", "maxx", "miny", "maxy")))


def create_spatial_index(session: Session, table: str = "site") -> None:
    """Create the index over a table's geometry; called by the migration that creates the table."""
    if session.dialect.name == "sqlite":
        session.exec_driver_sql(f"CREATE VIRTUAL TABLE {table}_rtree USING rtree(pk, minx, maxx, miny, maxy)")
    else:
        session.exec_driver_sql(f"CREATE INDEX ix_{table}_geometry ON {table} USING gist (geometry)")


def prepare(session: Session) -> None:
    """Make a fresh database able to hold geometry; called by the first migration."""
    if session.dialect.name == "postgresql":
        session.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")


def index_bounds(session: Session, rows: Sequence[Mapping[str, Any]], table: str = "site") -> None:
    """Put the bounds of rows (pk, minx, miny, maxx, maxy; None: no place) into the table's spatial index."""
    if session.dialect.name != "sqlite" or not rows:
        return
    names = ("pk", "minx", "maxx", "miny", "maxy")  # in the order of the index's columns
    placed = [tuple(row[name] for name in names) for row in rows if row["minx"] is not None]
    if placed:
        rtree = _rtree(table)
        insert = sa.insert(rtree).prefix_with("OR REPLACE").values({name: sa.bindparam(name) for name in names})
        session.exec_driver_sql(str(insert.compile(dialect=session.dialect)), placed)
    drop_bounds(session, [row["pk"] for row in rows if row["minx"] is None], table)


def drop_bounds(session: Session, keys: Sequence[int], table: str = "site") -> None:
    """Take rows out of the table's spatial index."""
    if session.dialect.name == "sqlite" and keys:
        rtree = _rtree(table)
        session.execute(sa.delete(rtree).where(rtree.c.pk == sa.bindparam("key")), [{"key": key} for key in keys])


def misindexed(session: Session, table: sa.Table, name: str = "id") -> list[str]:
    """Return the names of rows that the spatial index does not hold as they are, or its own where it is missing."""
    if session.dialect.name != "sqlite":
        index = f"ix_{table.name}_geometry"
        missing = session.scalar(sa.select(sa.func.to_regclass(index).is_(None)))
        return [index] if missing else []
    rtree = _rtree(table.name)
    t, r = table.c, rtree.c
    wrong = sa.or_(
        t.minx.is_(None) != r.pk.is_(None), r.minx > t.minx, r.maxx < t.maxx, r.miny > t.miny, r.maxy < t.maxy
    )
    query = sa.select(t[name]).select_from(table.outerjoin(rtree, r.pk == t.pk)).where(wrong).order_by(t[name])
    return [str(found) for found in session.scalars(query)]


def wkb(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bytes]:
    """Return a column of geometry as WKB, so that many are read in one call."""
    return sa.type_coerce(AsWkb(sa.type_coerce(column, sa.LargeBinary)), sa.LargeBinary)


def meeting(
    session: Session,
    table: sa.Table,
    box: Sequence[float],
    columns: Sequence[sa.ColumnElement[Any]],
    where: sa.ColumnElement[bool],
    *,
    at_once: int,
) -> Iterator[Sequence[Any]]:
    """Yield rows whose bounds meet a box (west, south, east, north in metres), never more than `at_once` in memory."""
    query: sa.Select[Any]
    if session.dialect.name == "sqlite":
        rtree = _rtree(table.name)
        source: sa.FromClause = table
        if _share(box) <= SMALL_BOX_SHARE:
            source = Led(rtree, table, sa.and_(rtree.c.pk == table.c.pk, *_overlap(rtree.c, box)))
        query = sa.select(*columns).select_from(source).where(*_overlap(table.c, box), where)
    else:
        # the index's own operator compares bounds only
        envelope = sa.func.ST_MakeEnvelope(*(float(value) for value in box), crs.METRIC)
        bounds = sa.type_coerce(table.c.geometry, sa.LargeBinary).op("&&", is_comparison=True)(envelope)
        query = sa.select(*columns).where(bounds, where)
    with session.execute(query, execution_options={"stream_results": True}) as rows:
        yield from rows.partitions(at_once)


def place(session: Session, site: sa.Table, geometry: BaseGeometry, distance_m: float = 0.0) -> Place:
    """Return the condition "the site lies within `distance_m` of `geometry`" for this database.

    `geometry` is in metres. On SQLite the sites that only their bounds bring near are looked at first, in one
    vectorised call, and left out by key.
    """
    if session.dialect.name != "sqlite":
        shape = FromWkb(sa.literal(shapely.to_wkb(geometry), sa.LargeBinary))
        function = sa.func.ST_DWithin if distance_m else sa.func.ST_Intersects
        arguments = (sa.type_coerce(site.c.geometry, sa.LargeBinary), shape, *((distance_m,) if distance_m else ()))
        return Place(function(*arguments, type_=sa.Boolean))
    if geometry.is_empty:
        return Place(site.c.minx < site.c.minx)  # no for every place, not known without one
    west, south, east, north = geometry.bounds
    outer = (west - distance_m, south - distance_m, east + distance_m, north + distance_m)
    inner = _inner_box(geometry.buffer(distance_m, quad_segs=32) if distance_m else geometry)
    overlap = sa.and_(*_overlap(site.c, outer))
    # The R*Tree keeps float32, rounded outwards by SQLite; the exact bounds are compared again beside it.
    rtree = _rtree(site.name)
    led = Led(rtree, site, sa.and_(rtree.c.pk == site.c.pk, *_overlap(rtree.c, outer)))
    doubtful = sa.select(site.c.pk, sa.type_coerce(site.c.geometry, sa.LargeBinary)).select_from(led)
    if inner is not None:
        doubtful = doubtful.where(sa.not_(_inside(rtree.c, inner)))
    keys, shapes = _columns(session.execute(doubtful).all())
    near = shapely.dwithin(shapes, geometry, distance_m) if distance_m else shapely.intersects(shapes, geometry)
    outside = json.dumps([int(key) for key in keys[~near]])
    excluded: Any = sa.select(sa.column("value")).select_from(sa.func.json_each(outside))
    condition = overlap if near.all() else sa.and_(overlap, site.c.pk.not_in(excluded))
    return Place(condition, led if _share(outer) <= SMALL_BOX_SHARE else None)


def _overlap(columns: Any, box: Sequence[float]) -> list[sa.ColumnElement[bool]]:
    west, south, east, north = (float(value) for value in box)
    return [columns.maxx >= west, columns.minx <= east, columns.maxy >= south, columns.miny <= north]


def _inside(columns: Any, box: Sequence[float]) -> sa.ColumnElement[bool]:
    west, south, east, north = (float(value) for value in box)
    return sa.and_(columns.minx >= west, columns.maxx <= east, columns.miny >= south, columns.maxy <= north)


def _inner_box(area: BaseGeometry) -> tuple[float, float, float, float] | None:
    """Return a box that lies wholly in `area`, as large as a few tries make it."""
    if not area.area:
        return None
    west, south, east, north = area.bounds
    shapely.prepare(area)
    for share in (0.0, 0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.147, 0.2, 0.3):
        dx, dy = (east - west) * share, (north - south) * share
        candidate = (west + dx, south + dy, east - dx, north - dy)
        if area.covers(shapely.box(*candidate)):
            return candidate
    return None


def _share(box: Sequence[float]) -> float:
    """Return a box's share of the region's extent."""
    return float((box[2] - box[0]) * (box[3] - box[1]) / crs.region().area)


def _columns(rows: Sequence[Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    keys = np.array([row[0] for row in rows], dtype=np.int64)
    return keys, shapely.from_wkb(np.array([row[1] for row in rows], dtype=object))
