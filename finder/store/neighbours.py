"""Sites beside each other: what a comparison with the neighbours needs, in parts, never the whole store at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from finder.model.query import fold
from finder.model.vocabulary import Status
from finder.store import bulk, spatial, tables
from finder.store.database import Session

CHUNK = 5000
_C = tables.site.c
_ON_THE_MARKET = _C.status.not_in((Status.SOLD.value, Status.WITHDRAWN.value))
_NAMES = ("id", "name", "sample", "geometry_quality")
_TOLD = (_C.pk, *(_C[name] for name in _NAMES), spatial.wkb(_C.geometry))
_MOST_TOWNS = 200


def bounds(session: Session, keys: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which of these sites are on the market, and their bounds (minx, miny, maxx, maxy; NaN: no place)."""
    columns = ("pk", *spatial.BOUNDS)
    parts = [np.empty((0, len(columns)))]
    for start in range(0, len(keys), CHUNK):
        query = sa.select(*(_C[name] for name in columns)).where(
            bulk.among(_C.pk, keys[start : start + CHUNK]), _ON_THE_MARKET
        )
        rows = session.execute(query.order_by(_C.pk)).all()
        parts.append(np.array([tuple(row) for row in rows], dtype=float).reshape(-1, len(columns)))
    table = np.concatenate(parts)
    return table[:, 0].astype(np.int64), table[:, 1:]


def sites(session: Session, keys: Sequence[int]) -> pd.DataFrame:
    """Return id, name, sample, geometry_quality and geometry (metres) of these sites by key."""
    rows: list[Any] = []
    for start in range(0, len(keys), CHUNK):
        rows += session.execute(sa.select(*_TOLD).where(bulk.among(_C.pk, keys[start : start + CHUNK]))).all()
    return _frame(rows)


def meeting(session: Session, box: Sequence[float], *, at_once: int) -> Iterator[pd.DataFrame]:
    """Yield the sites on the market whose bounds meet a box (metres), as `sites` does, at most `at_once` at a time."""
    for rows in spatial.meeting(session, tables.site, box, _TOLD, _ON_THE_MARKET, at_once=at_once):
        yield _frame(rows)


def named(session: Session, towns: Sequence[str]) -> pd.DataFrame:
    """Return the sites on the market in these municipalities (in all, if they are many) that have a size.

    Columns by key: `alike`, a number equal for equal names, municipalities and kinds of inventory; `size_m2`.
    """
    query = sa.select(_C.pk, _C.name, _C.municipality, _C.sample, _C.size_m2)
    query = query.where(_ON_THE_MARKET, _C.size_m2.is_not(None))
    if len(towns) <= _MOST_TOWNS:
        query = query.where(_C.municipality.in_(towns))
    parts = [np.empty((0, 2), dtype=np.int64)]
    sizes = [np.empty(0)]
    with session.execute(query, execution_options={"stream_results": True}) as rows:
        for part in rows.partitions(CHUNK):
            # names would fill the memory; that two of a million differ and hash alike has odds of 1 to 10⁷
            parts.append(np.array([(pk, hash((fold(name), town, sample))) for pk, name, town, sample, _ in part]))
            sizes.append(np.array([row[4] for row in part], dtype=float))
    table = np.concatenate(parts)
    return pd.DataFrame({"alike": table[:, 1], "size_m2": np.concatenate(sizes)}, index=table[:, 0])


def towns(session: Session, keys: Sequence[int]) -> list[str]:
    """Return the municipalities of these sites."""
    found: set[str] = set()
    for start in range(0, len(keys), CHUNK):
        found |= set(
            session.scalars(sa.select(_C.municipality).where(bulk.among(_C.pk, keys[start : start + CHUNK])).distinct())
        )
    return sorted(found)


def ids(session: Session, keys: Sequence[int]) -> dict[int, str]:
    """Return the public ids of these sites by key."""
    found: dict[int, str] = {}
    for start in range(0, len(keys), CHUNK):
        query = sa.select(_C.pk, _C.id).where(bulk.among(_C.pk, keys[start : start + CHUNK]))
        found.update((pk, id_) for pk, id_ in session.execute(query))
    return found


def _frame(rows: Sequence[Any]) -> pd.DataFrame:
    keys, *columns = list(zip(*rows, strict=True)) or [()] * len(_TOLD)
    cells: dict[str, Any] = dict(zip(_NAMES, columns, strict=False))
    cells["geometry"] = shapely.from_wkb(
        np.array([None if wkb is None else bytes(wkb) for wkb in columns[-1]], dtype=object)
    )
    return pd.DataFrame(cells, index=pd.Index(keys, dtype="int64"))
