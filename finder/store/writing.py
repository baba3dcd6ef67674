"""Writing rows of sites, with everything that follows from their facts so that questions stay plain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa

from finder.model.query import fold
from finder.model.site import gravest, size_that_counts
from finder.model.vocabulary import POTENTIAL
from finder.store import access, bulk, catchment, records, tables
from finder.store.database import Session
from finder.store.revisions import Change
from finder.store.spatial import BOUNDS, index_bounds

_DERIVED_FROM = (
    *("id", "name", "municipality", "address", "estate", "plan_name", "evidence", "restrictions", "geometry_quality"),
    *("available_area_m2", "net_area_m2", "stated_area_m2", "area_m2", "geometry"),
)
_DERIVED = ("size_m2", "size_basis", "potential", "max_restriction", "search_text", *BOUNDS)
PLACE = frozenset({"geometry", "geometry_quality"})
"""What decides where a site lies; with it changes what it reaches."""


def insert(session: Session, rows: Sequence[dict[str, Any]], towns: Mapping[str, str]) -> None:
    """Insert new sites."""
    _derive(rows, towns)
    bulk.insert(session, tables.site, bulk.columns(rows))
    index_bounds(session, rows)


def update(session: Session, changes: Sequence[Change], towns: Mapping[str, str]) -> None:
    """Bring sites to their new versions."""
    if not changes:
        return
    query = sa.select(*(tables.site.c[name] for name in ("pk", *_DERIVED_FROM)))
    query = query.where(bulk.among(tables.site.c.pk, [change.pk for change in changes]))
    current = {row["pk"]: dict(row) for row in session.execute(query).mappings()}
    rows = [{**current[change.pk], **change.after} for change in changes]
    _derive(rows, towns)
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for change, row in zip(changes, rows, strict=True):
        values = {**change.after, **{name: row[name] for name in _DERIVED}, "version": change.version}
        alike[tuple(values)].append({"key": change.pk, **values})
    moved = [change.pk for change in changes if PLACE & set(change.after)]
    access.forget(session, moved)
    catchment.forget(session, moved)
    for part in alike.values():
        session.execute(sa.update(tables.site).where(tables.site.c.pk == sa.bindparam("key")), part)
    index_bounds(session, rows)


def _derive(rows: Sequence[dict[str, Any]], towns: Mapping[str, str]) -> None:
    """Fill in what questions are asked of: the size that counts, the gravest restriction, folded text, bounds."""
    geometry = np.array([row.get("geometry") for row in rows], dtype=object)
    bounds = shapely.bounds(geometry)
    for row, box in zip(rows, bounds.tolist(), strict=True):
        given = SimpleNamespace(**{n: row.get(n) for n in _DERIVED_FROM})
        row["size_m2"], basis = size_that_counts(given)
        row["size_basis"] = basis and basis.value
        row["potential"] = given.evidence in POTENTIAL
        worst = gravest(records.load("restrictions", given.restrictions))
        row["max_restriction"] = worst and worst.value
        words = (given.name, given.id, towns.get(given.municipality), given.address, given.estate, given.plan_name)
        row["search_text"] = fold(" ".join(word for word in words if word))
        row.update(zip(BOUNDS, (None if value != value else value for value in box), strict=True))
