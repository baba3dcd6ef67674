"""The database itself, and the one place that knows SQLite from PostGIS.

SQLite keeps geometry as WKB with exact bounds in four columns and an R*Tree over them; what the bounds cannot decide
is rechecked with Shapely in one vectorised call. PostgreSQL keeps PostGIS geometry under a GiST index. Both answer the
same questions alike: the store's tests run on both.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from shapely.geometry.base import BaseGeometry
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import UserDefinedType

from finder import crs, resources
from finder.errors import StoreError
from finder.language import N_

Session = sa.Connection
"""What the other rooms are handed to ask and to save with; see `Database.reading` and `Database.writing`."""
MIGRATIONS = Path(__file__).parent / "migrations"
SMALL_BOX_SHARE = 0.05
"""Up to this share of the region's extent the R*Tree leads; above it the plain bounds are quicker (100,000 sites)."""
BOUNDS = ("minx", "miny", "maxx", "maxy")
_WRITERS_LOCK = 0x0F1AEC4E
"""Advisory lock on PostgreSQL: one writer at a time, as SQLite has it anyway."""


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
        """Take what PostgreSQL says of a column, as in `geometry(Geometry,25832)`."""

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


class HasToken(GenericFunction[bool]):
    """Whether a token column holds one token; not known where the column is."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(HasToken, "sqlite")
def _instr(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **kw)}) > 0)"


@compiles(HasToken, "postgresql")
def _strpos(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **kw)}) > 0)"


class Bytewise(GenericFunction[str]):
    """Text in the order of its bytes: the databases' own orders differ, and so would pages."""

    type = sa.Text()
    inherit_cache = True


@compiles(Bytewise, "sqlite")
def _binary(element: Any, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(Bytewise, "postgresql")
def _collate(element: Any, compiler: Any, **kw: Any) -> str:
    return f'{compiler.process(element.clauses, **kw)} COLLATE "C"'


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


class Database:
    """An engine with the habits of this house: short reads, one writer at a time, every write all or nothing."""

    def __init__(self, url: str) -> None:
        try:
            self.url = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise StoreError(N_("FINDER_DATABASE is not a database address.")) from error
        self.on_sqlite = self.url.get_backend_name() == "sqlite"
        if self.on_sqlite and self.url.database not in (None, "", ":memory:"):
            try:
                Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(N_("The database cannot be reached or used.")) from error
        options: dict[str, Any] = {"connect_args": {"timeout": 30}} if self.on_sqlite else {"pool_pre_ping": True}
        try:
            self.engine = sa.create_engine(self.url, **options)
        except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
            raise StoreError(
                N_("FINDER_DATABASE names a database that is not supported; use SQLite or PostgreSQL.")
            ) from error
        if self.on_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that sees one state of the database throughout."""
        with _named_errors(), self.engine.connect() as session:
            if not self.on_sqlite:
                session = session.execution_options(isolation_level="REPEATABLE READ")
            with session.begin():
                yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield the one writing session; all of it is stored at the end, or nothing."""
        with _named_errors(), self.engine.connect().execution_options(finder_write=True) as session, session.begin():
            if not self.on_sqlite:
                session.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS_LOCK)))
            yield session

    def migrate(self) -> bool:
        """Bring the tables to this program's state; return whether the database was empty before.

        Raises
        ------
        StoreError
            When the database was written by a newer program.
        """
        script = ScriptDirectory(str(MIGRATIONS))
        with self.reading() as session:
            # A start that has nothing to do does not wait for whoever is writing.
            if _revision(session, script) == script.get_current_head():
                return False
        with self.writing() as session:
            current = _revision(session, script)
            config = AlembicConfig()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["session"] = session
            command.upgrade(config, "head")
            return current is None

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _revision(session: Session, script: ScriptDirectory) -> str | None:
    current = MigrationContext.configure(session).get_current_revision()
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise StoreError(N_("The database was written by a newer version of the program."))
    return current


_FAULTS = {
    N_("The database file is damaged or is not a database."): ("not a database", "malformed"),
    N_("The disk is full; nothing was stored."): ("disk is full", "no space"),
    N_("The database can be read but not written."): ("readonly",),
    N_("The database is busy with another change; please try again."): ("locked",),
}


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except sa.exc.DatabaseError as error:
        text = str(error.orig).lower()
        for message, signs in _FAULTS.items():
            if any(sign in text for sign in signs):
                raise StoreError(message) from error
        if isinstance(error, sa.exc.OperationalError):
            raise StoreError(N_("The database cannot be reached or used.")) from error
        raise


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling starts transactions late and never with IMMEDIATE.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout = 30000",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -65536",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(session: Session) -> None:
    write = session.get_execution_options().get("finder_write")
    session.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


# -- the spatial index ------------------------------------------------------------------------------------------------

_rtree = sa.table("site_rtree", *(sa.column(name, sa.Float) for name in ("pk", "minx", "maxx", "miny", "maxy")))


def create_spatial_index(session: Session, table: str = "site") -> None:
    """Create the index over the sites' geometry; called by the first migration."""
    if session.dialect.name == "sqlite":
        session.exec_driver_sql(f"CREATE VIRTUAL TABLE {table}_rtree USING rtree(pk, minx, maxx, miny, maxy)")
    else:
        session.exec_driver_sql(f"CREATE INDEX ix_{table}_geometry ON {table} USING gist (geometry)")


def prepare(session: Session) -> None:
    """Make a fresh database able to hold geometry; called by the first migration."""
    if session.dialect.name == "postgresql":
        session.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")


def index_bounds(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put the bounds of sites (pk, minx, miny, maxx, maxy; NaN: no place) into the spatial index."""
    if session.dialect.name != "sqlite" or not rows:
        return
    placed = [{name: row[name] for name in ("pk", *BOUNDS)} for row in rows if row["minx"] is not None]
    missing = [{"pk": row["pk"]} for row in rows if row["minx"] is None]
    if placed:
        session.exec_driver_sql(
            "INSERT OR REPLACE INTO site_rtree (pk, minx, maxx, miny, maxy) VALUES (:pk, :minx, :maxx, :miny, :maxy)",
            placed,
        )
    if missing:
        session.exec_driver_sql("DELETE FROM site_rtree WHERE pk = :pk", missing)


def misindexed(session: Session) -> list[str]:
    """Return the ids of sites that the spatial index does not hold as they are, or its name where it is missing."""
    if session.dialect.name != "sqlite":
        missing = session.exec_driver_sql("SELECT to_regclass('ix_site_geometry') IS NULL").scalar()
        return ["ix_site_geometry"] if missing else []
    query = (
        "SELECT id FROM site LEFT JOIN site_rtree r ON r.pk = site.pk WHERE (site.minx IS NULL) <> (r.pk IS NULL) "
        "OR r.minx > site.minx OR r.maxx < site.maxx OR r.miny > site.miny OR r.maxy < site.maxy ORDER BY id"
    )
    return list(session.scalars(sa.text(query)))


def broken(session: Session) -> list[str] | None:
    """Return what the file's own check finds broken; None where the database is a server that sees to that itself."""
    if session.dialect.name != "sqlite":
        return None
    rows = [row[0] for row in session.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
    return rows + [f"{row[0]}: {row[2]}" for row in session.exec_driver_sql("PRAGMA foreign_key_check")]


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
    led = Led(_rtree, site, sa.and_(_rtree.c.pk == site.c.pk, *_overlap(_rtree.c, outer)))
    doubtful = sa.select(site.c.pk, sa.type_coerce(site.c.geometry, sa.LargeBinary)).select_from(led)
    if inner is not None:
        doubtful = doubtful.where(sa.not_(_inside(_rtree.c, inner)))
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


@functools.cache
def _extent_m2() -> float:
    return float(crs.lonlat_box(*resources.region()["box"]).area)


def _share(box: Sequence[float]) -> float:
    """Return a box's share of the region's extent."""
    return float((box[2] - box[0]) * (box[3] - box[1]) / _extent_m2())


def _columns(rows: Sequence[Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    keys = np.array([row[0] for row in rows], dtype=np.int64)
    return keys, shapely.from_wkb(np.array([row[1] for row in rows], dtype=object))
