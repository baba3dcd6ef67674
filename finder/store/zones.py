"""The zones of plans: kept by layer, found by place; and the sites they say something of."""

from __future__ import annotations

import collections
import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from finder.model.vocabulary import PlanStatus, Status
from finder.model.zone import FACTS, Zone
from finder.store import bulk, spatial, tables, writing
from finder.store.database import Session
from finder.store.revisions import Change, Log

CHUNK = 5000
_C = tables.zone.c
_FIELDS = tuple(field.name for field in dataclasses.fields(Zone) if field.name != "geometry")
_IN_FORCE = _C.plan_status == PlanStatus.IN_FORCE
_SITE = tables.site.c
_SITE_FIELDS = (
    *("pk", "id", "name", "version", "sample", *FACTS, "provenance"),
    *("geometry_quality", "position_uncertainty_m"),
)
_ON_THE_MARKET = _SITE.status.not_in((Status.SOLD.value, Status.WITHDRAWN.value))


def replace(session: Session, source: str, zones: Sequence[Zone]) -> bool:
    """Put these zones in the place of all that the layer had; return whether they are others than before."""
    query = sa.select(*(_C[name] for name in _FIELDS), spatial.wkb(_C.geometry)).where(_C.source == source)
    before = collections.Counter((*row[:-1], bytes(row[-1])) for row in session.execute(query))
    shapes = shapely.orient_polygons(np.array([zone.geometry for zone in zones], dtype=object), exterior_cw=False)
    rows = [{name: getattr(zone, name) for name in _FIELDS} for zone in zones]
    now = zip((tuple(row.values()) for row in rows), shapely.to_wkb(shapes), strict=True)
    if before == collections.Counter((*values, bytes(wkb)) for values, wkb in now):
        return False
    old = session.scalars(sa.select(_C.pk).where(_C.source == source)).all()
    spatial.drop_bounds(session, old, "zone")
    session.execute(sa.delete(tables.zone).where(_C.source == source))
    first = (session.scalar(sa.select(sa.func.max(_C.pk))) or 0) + 1
    for key, row, shape, box in zip(
        itertools.count(first), rows, shapes, shapely.bounds(shapes).tolist(), strict=False
    ):
        row.update(pk=key, geometry=shape, **dict(zip(spatial.BOUNDS, box, strict=True)))
    for start in range(0, len(rows), CHUNK):
        session.execute(sa.insert(tables.zone), rows[start : start + CHUNK])
        spatial.index_bounds(session, rows[start : start + CHUNK], "zone")
    return True


def layers(session: Session) -> dict[str, int]:
    """Return how many zones each layer has, by its name."""
    query = sa.select(_C.source, sa.func.count()).group_by(_C.source)
    return dict(sorted((source, count) for source, count in session.execute(query)))


def in_force(session: Session) -> int:
    """Return how many zones of plans in force there are."""
    return session.scalar(sa.select(sa.func.count()).where(_IN_FORCE)) or 0


def meeting(session: Session, box: Sequence[float]) -> list[Zone]:
    """Return the zones of plans in force whose bounds meet a box (metres)."""
    columns = (*(_C[name] for name in _FIELDS), spatial.wkb(_C.geometry))
    rows = [
        row for part in spatial.meeting(session, tables.zone, box, columns, _IN_FORCE, at_once=CHUNK) for row in part
    ]
    shapes = shapely.from_wkb(np.array([bytes(row[-1]) for row in rows], dtype=object))
    return [
        Zone(**dict(zip(_FIELDS, row[:-1], strict=True)), geometry=shape)
        for row, shape in zip(rows, shapes.tolist(), strict=True)
    ]


def keys(session: Session) -> list[int]:
    """Return the keys of all sites on the market."""
    return list(session.scalars(sa.select(_SITE.pk).where(_ON_THE_MARKET).order_by(_SITE.pk)))


def sites(session: Session, keys: Sequence[int]) -> pd.DataFrame:
    """Return what the layer needs to know of these sites, by key; values are those of the tables."""
    columns = (*(_SITE[name] for name in _SITE_FIELDS), spatial.wkb(_SITE.geometry))
    rows: list[Any] = []
    for start in range(0, len(keys), CHUNK):
        rows += session.execute(sa.select(*columns).where(bulk.among(_SITE.pk, keys[start : start + CHUNK]))).all()
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    frame = pd.DataFrame(
        {name: pd.Series(cell, dtype=object) for name, cell in zip(_SITE_FIELDS, cells, strict=False)}, dtype=object
    )
    frame["geometry"] = shapely.from_wkb(np.array([None if wkb is None else bytes(wkb) for wkb in cells[-1]], object))
    return frame.set_index(pd.Index(cells[0], dtype="int64")).drop(columns="pk").sort_index()


def give(session: Session, changes: Sequence[Change], log: Log, towns: Mapping[str, str]) -> None:
    """Bring sites to the new versions that the layer gives them, and write it down."""
    for start in range(0, len(changes), CHUNK):
        writing.update(session, changes[start : start + CHUNK], towns)
        log.changed(changes[start : start + CHUNK])


__all__ = ["give", "in_force", "keys", "layers", "meeting", "replace", "sites"]
