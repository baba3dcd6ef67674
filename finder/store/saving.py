"""Saving sites: new, changed and unchanged told apart, every change a revision."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import orjson
import pandas as pd
import shapely
import sqlalchemy as sa

from finder.model.attributes import Type
from finder.model.query import fold
from finder.model.site import ATTRIBUTES, gravest, size_that_counts
from finder.model.vocabulary import POTENTIAL, Status
from finder.store import records, tables
from finder.store.database import BOUNDS, Session, index_bounds

CHUNK = 5000
SAME_PLACE_M = 0.02
"""An outline whose corners moved less is the same: degrees with seven decimals, as files have them, move it by 1 cm."""
_RECORDS = frozenset(a.name for a in ATTRIBUTES.values() if a.type is Type.RECORDS)
_LISTS = frozenset(a.name for a in ATTRIBUTES.values() if a.type in (Type.CHOICES, Type.WORDS))
_DERIVED_FROM = (
    *("id", "name", "municipality", "address", "estate", "plan_name", "evidence", "restrictions", "geometry_quality"),
    *("available_area_m2", "net_area_m2", "stated_area_m2", "area_m2", "geometry"),
)
_DERIVED = ("size_m2", "size_basis", "potential", "max_restriction", "search_text", *BOUNDS)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a delivery did. `moved` are the sites whose place is new or changed: their measures are stale."""

    new: tuple[int, ...]
    changed: tuple[int, ...]
    unchanged: int
    missing: tuple[str, ...]  # public ids of this source's sites, not withdrawn, that the delivery no longer names
    moved: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """What tells a stored site apart."""

    pk: int
    id: str
    version: int
    status: str


@dataclass(frozen=True, kw_only=True)
class _Change:
    pk: int
    version: int
    before: dict[str, Any]
    after: dict[str, Any]


def record_delivery(
    session: Session,
    *,
    actor: str,
    file_name: str,
    sha256: str,
    profile: str,
    summary: Mapping[str, Any],
    at: dt.datetime,
) -> int:
    """Log a delivery that changed something and return its key."""
    query = sa.insert(tables.delivery).values(
        at=at.isoformat(timespec="seconds"),
        actor=actor,
        file_name=file_name,
        sha256=sha256,
        profile=profile,
        summary=orjson.dumps(summary).decode(),
    )
    key = session.execute(query).inserted_primary_key
    assert key is not None
    return int(key[0])


def update_summary(session: Session, delivery: int, summary: Mapping[str, Any]) -> None:
    """Complete a delivery's log entry once its counts are known."""
    text = orjson.dumps(summary).decode()
    session.execute(sa.update(tables.delivery).where(tables.delivery.c.id == delivery).values(summary=text))


def taken_ids(session: Session, frame: pd.DataFrame) -> set[str]:
    """Return the public ids in `frame` that already belong to a site of another source or another stable key."""
    if "id" not in frame or frame.empty:
        return set()
    wanted = {str(i): (s, k) for i, s, k in zip(frame["id"], frame["source"], frame["source_id"], strict=True) if i}
    taken: set[str] = set()
    names = sorted(wanted)
    for start in range(0, len(names), CHUNK):
        query = sa.select(tables.site.c.id, tables.site.c.source, tables.site.c.source_id)
        for id_, source, key in session.execute(query.where(tables.site.c.id.in_(names[start : start + CHUNK]))):
            if wanted[id_] != (source, key):
                taken.add(id_)
    return taken


def save(
    session: Session,
    frame: pd.DataFrame,
    *,
    delivery: int,
    actor: str,
    at: dt.datetime,
    id_prefix: str,
    municipality_names: Mapping[str, str],
    only_new: AbstractSet[str] = frozenset(),
    named: AbstractSet[tuple[str, str]] = frozenset(),
) -> Saved:
    """Insert or update sites by `source` + `source_id`.

    Parameters
    ----------
    frame : one row per site; columns are attribute names plus source, source_id, name, municipality, status, sample,
        provenance and, where the supplier gives it, id. Columns that are absent stay as they are in the store.
    only_new : columns that hold for new sites and never touch a site that exists (a status given for the whole file).
    named : keys (source, source_id) that the delivery names although their rows are not in the frame: none is missing.

    Returns
    -------
    Saved
        With the same frame twice, the second time everything is unchanged and nothing is written.
    """
    columns = _storable(frame)
    keys = list(zip(columns["source"], columns["source_id"], strict=True))
    stored = _stored(session, {source for source, _ in (*keys, *named)})
    fresh = [i for i, key in enumerate(keys) if key not in stored]
    log = _Log(session, actor, at.isoformat(timespec="seconds"), delivery)
    new = _insert(session, columns, fresh, id_prefix, municipality_names, log)
    kept = {name: values for name, values in columns.items() if name not in only_new}
    changed: list[int] = []
    moved: list[int] = []
    for part in _parts([i for i, key in enumerate(keys) if key in stored]):
        changes = _changes(session, kept, {stored[keys[i]].pk: i for i in part})
        _update(session, changes, municipality_names)
        log.changed(changes)
        changed += [change.pk for change in changes]
        moved += [change.pk for change in changes if {"geometry", "geometry_quality"} & set(change.after)]
    here = named | set(keys)
    return Saved(
        new=tuple(new),
        changed=tuple(changed),
        unchanged=len(keys) - len(new) - len(changed),
        missing=tuple(sorted(s.id for k, s in stored.items() if k not in here and s.status != Status.WITHDRAWN.value)),
        moved=(*new, *moved),
    )


def _parts(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(things), CHUNK):
        yield things[start : start + CHUNK]


def _storable(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the frame's columns as lists of values the tables take and give back: None for NaN, JSON for records."""
    columns: dict[str, list[Any]] = {}
    for name in frame.columns:
        values = [
            None if value is None or value is pd.NA or value != value else value for value in frame[name].tolist()
        ]
        if name == "provenance":
            values = [None if value is None else records.dump_provenance(value) for value in values]
        elif name in _RECORDS:
            values = [records.dump(value) for value in values]
        elif name in _LISTS:
            values = [None if value is None else tables.words(value) for value in values]
        elif name == "geometry":
            # One direction of rings, whichever a file has, so that the same outline is the same again.
            shapes = shapely.orient_polygons(np.array(values, dtype=object), exterior_cw=False)
            shapes[shapely.is_empty(shapes)] = None
            values = shapes.tolist()
        elif name == "status":
            values = [value and str(value) for value in values]
        columns[name] = values
    return columns


def _stored(session: Session, sources: AbstractSet[str]) -> dict[tuple[str, str], _Stored]:
    c = tables.site.c
    query = sa.select(c.source, c.source_id, c.pk, c.id, c.version, c.status).where(c.source.in_(sorted(sources)))
    return {
        (source, source_id): _Stored(pk=pk, id=id_, version=version, status=status)
        for source, source_id, pk, id_, version, status in session.execute(query)
    }


def _insert(
    session: Session,
    columns: Mapping[str, list[Any]],
    fresh: Sequence[int],
    id_prefix: str,
    towns: Mapping[str, str],
    log: _Log,
) -> list[int]:
    # Nothing is ever deleted, so the next key is above every key ever given, and the writer is alone.
    first = (session.scalar(sa.select(sa.func.max(tables.site.c.pk))) or 0) + 1
    ids = _public_ids(session, [columns["id"][i] if "id" in columns else None for i in fresh], id_prefix, first)
    defaults = {"status": Status.DRAFT.value, "sample": False, "provenance": "{}"}
    for part in _parts(list(zip(range(first, first + len(fresh)), ids, fresh, strict=True))):
        rows = [{name: values[i] for name, values in columns.items()} for _, _, i in part]
        for row, (key, id_, _) in zip(rows, part, strict=True):
            row.update(pk=key, id=id_, version=1)
            row.update((name, value) for name, value in defaults.items() if row.get(name) is None)
        _derive(rows, towns)
        session.execute(sa.insert(tables.site), rows)
        index_bounds(session, rows)
        log.created([row["pk"] for row in rows])
    return list(range(first, first + len(fresh)))


def _public_ids(session: Session, given: Sequence[str | None], prefix: str, first: int) -> list[str]:
    """Return an id for every new site: the supplier's, else the prefix with a number that no other site has."""
    ids = [id_ or f"{prefix}-{100_000 + key}" for key, id_ in enumerate(given, first)]
    generated = [id_ for id_, own in zip(ids, given, strict=True) if not own]
    taken = {id_ for id_ in given if id_}
    for part in _parts(generated):
        taken |= set(session.scalars(sa.select(tables.site.c.id).where(tables.site.c.id.in_(part))))
    # A supplier may have brought ids of our form, from another finder's export.
    spare = (f"{prefix}-{number}" for number in itertools.count(100_000 + first + len(given)))
    free = (id_ for id_ in spare if id_ not in taken and not _is_taken(session, id_))
    return [next(free) if not own and id_ in taken else id_ for id_, own in zip(ids, given, strict=True)]


def _is_taken(session: Session, id_: str) -> bool:
    return session.scalar(sa.select(tables.site.c.pk).where(tables.site.c.id == id_)) is not None


def _changes(session: Session, columns: Mapping[str, list[Any]], rows: Mapping[int, int]) -> list[_Change]:
    """Return what the delivered rows (position by key of the site) change in the store."""
    names = [name for name in columns if name not in ("source", "source_id", "id")]
    query = sa.select(*(tables.site.c[name] for name in ("pk", "version", *names))).where(tables.site.c.pk.in_(rows))
    changes = []
    for pk, version, *old in session.execute(query.order_by(tables.site.c.pk)):
        before = dict(zip(names, old, strict=True))
        new = {name: columns[name][rows[pk]] for name in names}
        different = {name for name in names if not _same(name, before[name], new[name])}
        if "area_m2" in different and "geometry" in names and "geometry" not in different:
            different -= _measured_alike(before["area_m2"], new["area_m2"], new["geometry"])
        if different:
            change = _Change(
                pk=pk,
                version=version + 1,
                before={name: before[name] for name in names if name in different},
                after={name: new[name] for name in names if name in different},
            )
            changes.append(change)
    return changes


def _same(name: str, old: Any, new: Any) -> bool:
    if name in ("status", "sample", "provenance") and new is None:
        return True  # these cannot be unknown: an empty cell leaves them
    if old is None or new is None:
        return old is new
    if name == "geometry":
        return bool(shapely.equals_exact(old, new, tolerance=SAME_PLACE_M))
    return bool(old == new)


def _measured_alike(old: float | None, new: float | None, outline: Any) -> set[str]:
    # The same outline, written with other decimals, measures a little more or less.
    if old is None or new is None or outline is None:
        return set()
    return {"area_m2"} if abs(old - new) <= SAME_PLACE_M * outline.length else set()


def _update(session: Session, changes: Sequence[_Change], towns: Mapping[str, str]) -> None:
    if not changes:
        return
    query = sa.select(*(tables.site.c[name] for name in ("pk", *_DERIVED_FROM)))
    query = query.where(tables.site.c.pk.in_([change.pk for change in changes]))
    current = {row["pk"]: dict(row) for row in session.execute(query).mappings()}
    rows = [{**current[change.pk], **change.after} for change in changes]
    _derive(rows, towns)
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for change, row in zip(changes, rows, strict=True):
        values = {**change.after, **{name: row[name] for name in _DERIVED}, "version": change.version}
        alike[tuple(values)].append({"key": change.pk, **values})
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


@dataclass(frozen=True)
class _Log:
    """Writes revisions: who, when, and before and after. A new site's first state is what its later revisions lead
    back to, so it is not written twice."""

    session: Session
    actor: str
    at: str
    delivery: int

    def created(self, keys: Iterable[int]) -> None:
        self._write(
            [{"site_pk": key, "version": 1, "action": "created", "before": None, "after": None} for key in keys]
        )

    def changed(self, changes: Iterable[_Change]) -> None:
        self._write(
            [
                {
                    "site_pk": change.pk,
                    "version": change.version,
                    "action": "changed",
                    "before": _json(change.before),
                    "after": _json(change.after),
                }
                for change in changes
            ]
        )

    def _write(self, rows: Sequence[dict[str, Any]]) -> None:
        common = {"at": self.at, "actor": self.actor, "delivery_id": self.delivery}
        if rows:
            self.session.execute(sa.insert(tables.revision), [{**common, **row} for row in rows])


def _json(values: Mapping[str, Any]) -> str:
    def plain(value: Any) -> str:
        return str(value.wkt if hasattr(value, "wkt") else value)

    return orjson.dumps(values, default=plain, option=orjson.OPT_SORT_KEYS).decode()
