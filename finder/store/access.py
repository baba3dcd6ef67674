"""What sites reach, as it was measured: figures, where they meet the road network, and which of it is stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from finder.model.access import km_name, measured_name, method_name, min_name
from finder.model.vocabulary import AccessKind, Obstacle, Vehicle
from finder.store import bulk, noted, tables
from finder.store.database import Session

CHUNK = 5000


@dataclass(frozen=True, kw_only=True)
class Measuring:
    """What a kind was measured with: the digest of its access points, and the road network's key and date, if any."""

    kind: AccessKind
    points: str
    network: str | None = None
    network_as_of: str | None = None


def note(session: Session, measuring: Measuring) -> int:
    """Return the id of this measuring, noted anew where there was none like it."""
    values = {
        "kind": measuring.kind.value,
        "points": measuring.points,
        "network": measuring.network,
        "network_as_of": measuring.network_as_of,
    }
    return noted.note(session, tables.measuring, values)


def measurings(session: Session) -> dict[int, Measuring]:
    """Return every measuring by its id."""
    return {
        row.id: Measuring(
            kind=AccessKind(row.kind), points=row.points, network=row.network, network_as_of=row.network_as_of
        )
        for row in session.execute(sa.select(tables.measuring))
    }


def prune(session: Session) -> None:
    """Forget measurings that no site's figures are from any more."""
    noted.prune(session, tables.measuring, (tables.access.c[measured_name(kind)] for kind in AccessKind))


def stale(session: Session, good: Mapping[AccessKind, Iterable[int]]) -> dict[AccessKind, list[int]]:
    """Return, for each kind, the keys of the sites whose figures are from none of the good measurings, or are none."""
    found = {}
    joined = tables.site.outerjoin(tables.access)
    for kind, ids in good.items():
        by = tables.access.c[measured_name(kind)]
        query = sa.select(tables.site.c.pk).select_from(joined).order_by(tables.site.c.pk)
        found[kind] = list(session.scalars(query.where(sa.or_(by.is_(None), by.not_in(sorted(ids))))))
    return found


def save(session: Session, keys: Sequence[int], columns: Mapping[str, Any]) -> None:
    """Replace these figures of the sites `keys`; `columns` as in the access table, NaN and None are not known.

    Figures of kinds that are not among the columns stay.
    """
    key = tables.access.c.site_pk
    lists = {name: _known(np.asarray(values)) for name, values in columns.items()}
    for start in range(0, len(keys), CHUNK):
        part = list(keys[start : start + CHUNK])
        values = {"site_pk": part, **{name: cells[start : start + CHUNK] for name, cells in lists.items()}}
        measured = set(session.scalars(sa.select(key).where(bulk.among(key, part))))
        if not measured:
            bulk.insert(session, tables.access, values)
            continue
        rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
        bulk.insert(session, tables.access, bulk.columns([row for row in rows if row["site_pk"] not in measured]))
        query = sa.update(tables.access).where(key == sa.bindparam("key"))
        session.execute(query, [{"key": row.pop("site_pk"), **row} for row in rows if row["site_pk"] in measured])


def forget(session: Session, keys: Sequence[int]) -> None:
    """Drop all that was measured of these sites, for they lie elsewhere now."""
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        session.execute(sa.delete(tables.access).where(bulk.among(tables.access.c.site_pk, part)))


def figures(kind: AccessKind, vehicle: Vehicle, *, points: Any, km: Any, minutes: Any, methods: Any) -> dict[str, Any]:
    """Return the access table's columns for one kind and vehicle, all of one length."""
    return {
        f"{kind.value}_{vehicle.value}_point": points,
        km_name(kind, vehicle): km,
        min_name(kind, vehicle): minutes,
        method_name(kind, vehicle): methods,
    }


@dataclass(frozen=True)
class Approaches:
    """Where sites meet the road network of one key by one vehicle: columns of one length, NaN and None not known."""

    segment: Any
    fraction: Any
    snap_m: Any
    obstacle: Any

    def columns(self, vehicle: Vehicle) -> dict[str, Any]:
        """Return the access table's columns."""
        names = ("segment", "fraction", "snap_m", "obstacle")
        return {f"{vehicle.value}_{name}": getattr(self, name) for name in names}


def approaches(session: Session, network: str, vehicle: Vehicle, keys: Iterable[int] | None = None) -> pd.DataFrame:
    """Return segment, fraction, snap_m and obstacle by key of those sites (None: all) that met this network."""
    c = tables.access.c
    names = ("segment", "fraction", "snap_m", "obstacle")
    query = sa.select(c.site_pk, *(c[f"{vehicle.value}_{name}"].label(name) for name in names))
    query = query.where(c.network == network).order_by(c.site_pk)
    if keys is not None:
        query = query.where(bulk.among(c.site_pk, list(keys)))
    rows = session.execute(query).all()
    frame = pd.DataFrame(rows, columns=["key", *names]).set_index("key")
    # by itself pandas makes texts of its own of them, and NaN of None
    obstacles = [None if row.obstacle is None else Obstacle(row.obstacle) for row in rows]
    frame["obstacle"] = pd.Series(obstacles, index=frame.index, dtype=object)
    return frame


def _known(values: np.ndarray[Any, Any]) -> list[Any]:
    cells = values.astype(object)
    cells[pd.isna(values)] = None
    known: list[Any] = cells.tolist()
    return known
