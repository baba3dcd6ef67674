"""Questions about sites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from finder.errors import NotFound
from finder.language import N_
from finder.model.access import Access, km_name, measured_name, method_name, min_name
from finder.model.attributes import Type
from finder.model.query import And, Predicate, Sort
from finder.model.reach import Catchment
from finder.model.site import ATTRIBUTES, Site
from finder.model.vocabulary import AccessKind, Method, Obstacle, Status, Vehicle
from finder.store import access as measured
from finder.store import bulk, catchment, compile, records, spatial, tables
from finder.store.database import Session
from finder.store.spatial import Led

CHUNK = 1000


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A site with what it can reach. `unknown` numbers the asked predicates it has no answer to.

    `catchment` is who lives and works around it, where that was asked for.
    """

    site: Site
    access: tuple[Access, ...]
    version: int
    unknown: tuple[int, ...] = ()
    catchment: tuple[Catchment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """The answer to a question. `left_out` sites miss nothing but knowledge; `left_out_by` counts them by predicate."""

    keys: tuple[int, ...]
    total: int
    in_scope: int
    left_out: int
    left_out_by: tuple[int, ...]


def find(
    session: Session,
    scope: Predicate,
    asked: Sequence[Predicate],
    *,
    sort: Sequence[Sort] = (),
    limit: int | None = None,
    offset: int = 0,
    unknown: bool = False,
) -> Found:
    """Return the keys of the sites in `scope` that answer every predicate of `asked` with yes, in order.

    A site that answers none with no, but some with "not known", is left out and counted; `unknown` lets it in.
    """
    inside = compile.predicate(session, scope).condition
    compiled = [compile.predicate(session, part) for part in asked]
    answer = sa.and_(sa.true(), *(c.condition for c in compiled))
    perhaps = sa.and_(sa.true(), *(c.condition.is_not(sa.false()) for c in compiled))
    scope_joins = compile.uses_access(scope)
    joins_access = scope_joins or any(compile.uses_access(part) for part in asked)
    led = None if unknown else next((c.led for c in compiled if c.led is not None), None)
    page = _from(sa.select(tables.site.c.pk), joins_access or _sorts_by_access(sort), led)
    page = page.where(inside, perhaps if unknown else answer).order_by(*compile.order(sort))
    keys = session.scalars(page.limit(limit).offset(offset)).all()
    in_scope = session.scalar(_from(sa.select(sa.func.count()), scope_joins).where(inside)) or 0
    # Who answers none with no is soon told; only they are looked at closely.
    open_ = answer.is_(None)
    counts = [answer, open_, *(sa.and_(open_, c.condition.is_(None)) for c in compiled)]
    query = _from(sa.select(*(sa.func.count().filter(c) for c in counts)), joins_access).where(inside, perhaps)
    yes, left_out, *by = session.execute(query).one() if asked else (in_scope, 0)
    return Found(
        keys=tuple(keys),
        total=yes + left_out if unknown else yes,
        in_scope=in_scope,
        left_out=left_out,
        left_out_by=tuple(by),
    )


def count(session: Session, where: Predicate) -> int:
    """Return how many sites answer the predicate with yes."""
    return session.scalar(_where(session, sa.select(sa.func.count()), where)) or 0


def count_by_municipality(session: Session, where: Predicate) -> dict[str, int]:
    """Return how many sites of each municipality's code answer the predicate with yes."""
    query = sa.select(tables.site.c.municipality, sa.func.count()).group_by(tables.site.c.municipality)
    return {row[0]: row[1] for row in session.execute(_where(session, query, where))}


def tally(session: Session, scope: Predicate, asked: Sequence[Predicate], options: Sequence[Predicate]) -> list[int]:
    """Return, for each option, how many sites in `scope` that answer all of `asked` also answer the option with yes."""
    if not options:
        return []
    counts = [sa.func.count().filter(compile.predicate(session, option).condition) for option in options]
    return list(session.execute(_where(session, sa.select(*counts), And((scope, *asked)), options)).one())


def load(
    session: Session, keys: Sequence[int], asked: Sequence[Predicate] = (), *, people: bool = False
) -> list[Listed]:
    """Return the sites of `keys` in that order, each with the numbers of the predicates it cannot answer.

    With `people` they come with their catchment.
    """
    by_key: dict[int, Listed] = {}
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        by_key.update(_load(session, tables.site.c.pk.in_(part), asked, people=people))
    return [by_key[key] for key in keys]


def get(session: Session, id_: str) -> Listed:
    """Return one site by its public id, with its catchment.

    Raises
    ------
    NotFound
        There is no such site, whatever its state.
    """
    # NUL and half characters are no text to databases
    for listed in _load(session, tables.site.c.id == id_, people=True).values() if id_.isprintable() else ():
        return listed
    raise NotFound(N_("There is no site “%(id)s”."), id=id_[:80])


def each(session: Session, keys: Sequence[int]) -> Iterator[Listed]:
    """Yield sites with their catchments one by one in the order of `keys`, a chunk in memory at a time."""
    for start in range(0, len(keys), CHUNK):
        yield from load(session, keys[start : start + CHUNK], people=True)


def keys(session: Session) -> list[int]:
    """Return the keys of all sites, whatever their state."""
    return list(session.scalars(sa.select(tables.site.c.pk).order_by(tables.site.c.pk)))


def shapes(session: Session, keys: Sequence[int] | None = None) -> pd.DataFrame:
    """Return geometry and geometry_quality by key of the given sites, or of all of them."""
    c = tables.site.c
    query = sa.select(c.pk, spatial.wkb(c.geometry), c.geometry_quality).order_by(c.pk)
    rows: list[Any] = []
    for part in (None,) if keys is None else (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK)):
        rows += session.execute(query if part is None else query.where(bulk.among(c.pk, part)))
    pks, wkb, quality = zip(*rows, strict=True) if rows else ((), (), ())
    index = pd.Index(pks, dtype="int64")
    geometry = shapely.from_wkb(np.array([shape and bytes(shape) for shape in wkb], dtype=object))
    return pd.DataFrame(
        {"geometry": pd.Series(geometry, index=index, dtype=object), "geometry_quality": list(quality)}, index=index
    )


# -- from rows to the model -------------------------------------------------------------------------------------------


def _sorts_by_access(sort: Sequence[Sort]) -> bool:
    return any(compile.column(key.attribute).table is tables.access for key in sort)


def _where(session: Session, query: Any, where: Predicate, others: Sequence[Predicate] = ()) -> sa.Select[Any]:
    """Give the query its tables and the predicate; `others` are asked about in its columns."""
    compiled = compile.predicate(session, where)
    joins_access = any(compile.uses_access(part) for part in (where, *others))
    return _from(query, joins_access, compiled.led).where(compiled.condition)


def _from(query: Any, joins_access: bool, led: Led | None = None) -> sa.Select[Any]:
    """Give the query its tables; `led` puts an index first."""
    source: sa.FromClause = tables.site if led is None else led
    if joins_access:
        source = source.outerjoin(tables.access, tables.access.c.site_pk == tables.site.c.pk)
    selected: sa.Select[Any] = query.select_from(source)
    return selected


def _load(
    session: Session, which: sa.ColumnElement[bool], asked: Sequence[Predicate] = (), *, people: bool = False
) -> dict[int, Listed]:
    compiled = [
        compile.predicate(session, part).condition.is_(None).label(f"unknown_{i}") for i, part in enumerate(asked)
    ]
    query = (
        sa.select(*(c for c in tables.site.c if c.name not in spatial.BOUNDS), *_ACCESS, *compiled)
        .select_from(tables.site.outerjoin(tables.access))
        .where(which)
    )
    rows = session.execute(query).mappings().all()
    points = _points(session, rows)
    measurings = measured.measurings(session) if rows else {}
    around = catchment.load(session, [row["pk"] for row in rows]) if people else {}
    return {
        row["pk"]: Listed(
            site=_site(row),
            access=_access(row, points, measurings),
            version=row["version"],
            unknown=tuple(i for i in range(len(asked)) if row[f"unknown_{i}"]),
            catchment=around.get(row["pk"], ()),
        )
        for row in rows
    }


_ACCESS = tuple(c for c in tables.access.c if c.name != "site_pk")
_POINTS = tuple(c.name for c in _ACCESS if c.name.endswith("_point"))
_RECORDS = tuple(a.name for a in ATTRIBUTES.values() if a.type is Type.RECORDS)


def _site(row: Any) -> Site:
    values = {name: row[name] for name in ATTRIBUTES}
    for name in _RECORDS:
        values[name] = records.load(name, values[name])
    return Site(
        id=row["id"],
        name=row["name"],
        municipality=row["municipality"],
        source=row["source"],
        source_id=row["source_id"],
        status=Status(row["status"]),
        sample=row["sample"],
        provenance=records.load_provenance(row["provenance"]),
        **values,
    )


def _points(session: Session, rows: Sequence[Any]) -> dict[str, Any]:
    wanted = sorted({row[name] for row in rows for name in _POINTS if row[name] is not None})
    found: dict[str, Any] = {}
    table = tables.access_point
    for start in range(0, len(wanted), CHUNK):
        query = sa.select(*(c for c in table.c if c.name != "geometry")).where(
            table.c.id.in_(wanted[start : start + CHUNK])
        )
        found.update((row.id, row) for row in session.execute(query))
    return found


def _access(row: Any, points: dict[str, Any], measurings: dict[int, measured.Measuring]) -> tuple[Access, ...]:
    found = []
    for kind in AccessKind:
        measuring = measurings.get(row[measured_name(kind)])
        for vehicle in Vehicle:
            point = points.get(row[f"{kind.value}_{vehicle.value}_point"])
            if point is None:
                continue
            method = Method(row[method_name(kind, vehicle)])
            by_road = method is Method.NETWORK
            obstacle = None
            if measuring is not None and measuring.network is not None and not by_road:
                obstacle = Obstacle(row[f"{vehicle.value}_obstacle"] or Obstacle.UNREACHED)
            uncertain = [u for u in (row["position_uncertainty_m"], point.uncertainty_m) if u]
            found.append(
                Access(
                    kind=kind,
                    vehicle=vehicle,
                    point_id=point.id,
                    point_name=point.name,
                    road=point.road,
                    km=row[km_name(kind, vehicle)],
                    minutes=row[min_name(kind, vehicle)],
                    method=method,
                    uncertainty_m=sum(uncertain) or None,  # the worst case: both lie off in the same direction
                    as_of=point.as_of,
                    source=point.source,
                    note=point.note,
                    network_as_of=measuring.network_as_of if measuring is not None and by_road else None,
                    snap_m=row[f"{vehicle.value}_snap_m"] if by_road else None,
                    obstacle=obstacle,
                )
            )
    return tuple(found)


__all__ = ["Found", "Listed", "count", "count_by_municipality", "each", "find", "get", "load", "shapes"]
