"""Who lives and works within minutes of sites, as it was counted, and which of it is stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from finder.model.reach import CATCHMENT_MIN, Catchment
from finder.model.vocabulary import Method, Vehicle
from finder.store import bulk, noted, tables
from finder.store.database import Session
from finder.store.tables import counted_name, edge_name, inhabitants_name, way_name, workforce_name

CHUNK = 5000
_C = tables.catchment.c


@dataclass(frozen=True, kw_only=True)
class Counting:
    """Whom was counted and over which ways: people by `key` and their basis, and the road network, if any."""

    key: str
    basis: str
    as_of: str | None
    network: str | None = None
    network_as_of: str | None = None


@dataclass(frozen=True)
class Counted:
    """What was counted for some sites by one vehicle: columns of one length, by the limits; NaN is not known."""

    inhabitants: NDArray[np.float64]
    workforce: NDArray[np.float64] | None
    edge: NDArray[np.bool_]
    methods: Sequence[Method | None]

    def columns(self, vehicle: Vehicle, counting: int) -> dict[str, Any]:
        """Return the catchment table's columns."""
        nothing = np.full(self.inhabitants.shape, np.nan)
        columns: dict[str, Any] = {
            counted_name(vehicle): [counting] * len(self.inhabitants),
            way_name(vehicle): [method and method.value for method in self.methods],
        }
        for at, minutes in enumerate(CATCHMENT_MIN):
            columns[inhabitants_name(vehicle, minutes)] = _whole(self.inhabitants[:, at])
            columns[workforce_name(vehicle, minutes)] = _whole(
                (nothing if self.workforce is None else self.workforce)[:, at]
            )
            columns[edge_name(vehicle, minutes)] = self.edge[:, at].tolist()
        return columns


def note(session: Session, counting: Counting) -> int:
    """Return the id of this counting, noted anew where there was none like it."""
    return noted.note(session, tables.counting, vars(counting))


def prune(session: Session) -> None:
    """Forget countings that no site's figures are from any more."""
    noted.prune(session, tables.counting, (_C[counted_name(vehicle)] for vehicle in Vehicle))


def countings(session: Session) -> dict[int, Counting]:
    """Return every counting by its id."""
    return {
        row.id: Counting(**{name: getattr(row, name) for name in Counting.__dataclass_fields__})
        for row in session.execute(sa.select(tables.counting))
    }


def stale(session: Session, good: Iterable[int]) -> list[int]:
    """Return the keys of the sites of which some figures are from none of these countings, or that have none."""
    good = list(good)
    other = (sa.or_(_C[name].is_(None), _C[name].not_in(good)) for name in map(counted_name, Vehicle))
    query = sa.select(tables.site.c.pk).select_from(tables.site.outerjoin(tables.catchment)).where(sa.or_(*other))
    return list(session.scalars(query.order_by(tables.site.c.pk)))


def save(session: Session, keys: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> None:
    """Replace these figures of the sites `keys`; those of a vehicle that is not among the columns stay."""
    for start in range(0, len(keys), CHUNK):
        part = list(keys[start : start + CHUNK])
        values = {"site_pk": part, **{name: cells[start : start + CHUNK] for name, cells in columns.items()}}
        there = set(session.scalars(sa.select(_C.site_pk).where(bulk.among(_C.site_pk, part))))
        if not there:
            bulk.insert(session, tables.catchment, values)
            continue
        rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
        bulk.insert(session, tables.catchment, bulk.columns([row for row in rows if row["site_pk"] not in there]))
        query = sa.update(tables.catchment).where(_C.site_pk == sa.bindparam("key"))
        session.execute(query, [{"key": row.pop("site_pk"), **row} for row in rows if row["site_pk"] in there])


def forget(session: Session, keys: Sequence[int]) -> None:
    """Drop what was counted for these sites, for they lie elsewhere now."""
    for start in range(0, len(keys), CHUNK):
        session.execute(sa.delete(tables.catchment).where(bulk.among(_C.site_pk, keys[start : start + CHUNK])))


def load(session: Session, keys: Sequence[int]) -> dict[int, tuple[Catchment, ...]]:
    """Return what was counted, by key; sites without a place, or never counted, have none."""
    known = countings(session)
    found: dict[int, tuple[Catchment, ...]] = {}
    for start in range(0, len(keys), CHUNK):
        query = sa.select(tables.catchment).where(bulk.among(_C.site_pk, keys[start : start + CHUNK]))
        for row in map(dict, session.execute(query).mappings()):
            found[row["site_pk"]] = tuple(
                _catchment(row, vehicle, minutes, known[row[counted_name(vehicle)]])
                for vehicle in Vehicle
                if row[way_name(vehicle)] is not None
                for minutes in CATCHMENT_MIN
            )
    return found


def of(session: Session, id_: str) -> tuple[Catchment, ...]:
    """Return what was counted for the site of this id."""
    key = session.scalar(sa.select(tables.site.c.pk).where(tables.site.c.id == id_))
    return () if key is None else load(session, [key]).get(key, ())


def _catchment(row: Mapping[str, Any], vehicle: Vehicle, minutes: int, counting: Counting) -> Catchment:
    return Catchment(
        vehicle=vehicle,
        minutes=minutes,
        inhabitants=row[inhabitants_name(vehicle, minutes)],
        workforce=row[workforce_name(vehicle, minutes)],
        method=Method(row[way_name(vehicle)]),
        basis=counting.basis,
        as_of=counting.as_of,
        network_as_of=counting.network_as_of if row[way_name(vehicle)] == Method.NETWORK else None,
        at_least=row[edge_name(vehicle, minutes)],
    )


def _whole(values: NDArray[np.float64]) -> list[int | None]:
    return [None if value != value else round(value) for value in values.tolist()]


__all__ = ["Counted", "Counting", "countings", "forget", "load", "note", "of", "prune", "save", "stale"]
