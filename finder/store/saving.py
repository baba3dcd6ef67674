"""Saving sites: new, changed and unchanged told apart, every change a revision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
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
_RECORDS = frozenset(a.name for a in ATTRIBUTES.values() if a.type is Type.RECORDS)
_DERIVED_FROM = (
    *("id", "name", "municipality", "address", "estate", "plan_name", "evidence", "restrictions", "geometry_quality"),
    *("available_area_m2", "net_area_m2", "stated_area_m2", "area_m2", "geometry"),
)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a delivery did. `keys` are those whose place is new or changed, so that measures know what is stale."""

    new: tuple[int, ...]
    changed: tuple[int, ...]
    unchanged: int
    missing: tuple[str, ...]  # public ids of this source's listed sites that the delivery no longer names
    moved: tuple[int, ...]


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


def forget_delivery(session: Session, delivery: int) -> None:
    """Drop the log entry of a delivery that changed nothing."""
    session.execute(sa.delete(tables.delivery).where(tables.delivery.c.id == delivery))


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
) -> Saved:
    """Insert or update sites by `source` + `source_id`.

    Parameters
    ----------
    frame : one row per site; columns are attribute names plus source, source_id, name, municipality, status, sample,
        provenance and, where the supplier gives it, id. Columns that are absent stay as they are in the store.
    only_new : columns that hold for new sites and never touch a site that exists (a status given for the whole file).

    Returns
    -------
    Saved
        With the same frame twice, the second time everything is unchanged and nothing is written.
    """
    stored = _storable(frame)
    names = list(stored)
    rows = [dict(zip(names, values, strict=True)) for values in zip(*stored.values(), strict=True)]
    existing = _existing(session, frame, [n for n in names if n not in only_new])
    fresh: list[dict[str, Any]] = []
    changed: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = []
    for row in rows:
        old = existing.get((row["source"], row["source_id"]))
        if old is None:
            fresh.append(row)
            continue
        difference = {n: row[n] for n in old if n not in ("pk", "version", "id") and not _same(old[n], row[n])}
        if difference:
            changed.append((old, {n: old[n] for n in difference}, difference))
    new_keys = _insert(session, fresh, id_prefix, municipality_names)
    moved = _update(session, changed, municipality_names)
    stamp = at.isoformat(timespec="seconds")
    _revise(session, stamp, actor, delivery, new_keys, changed)
    return Saved(
        new=tuple(new_keys),
        changed=tuple(old["pk"] for old, _, _ in changed),
        unchanged=len(rows) - len(fresh) - len(changed),
        missing=_missing(session, frame),
        moved=(*new_keys, *moved),
    )


def _storable(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the frame's columns as lists of values the tables take: None for NaN, JSON for records."""
    columns: dict[str, list[Any]] = {}
    for name in frame.columns:
        values = frame[name]
        if name == "provenance":
            columns[name] = [records.dump_provenance(value or {}) for value in values]
        elif name in _RECORDS:
            columns[name] = [records.dump(value) for value in values]
        elif pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
            columns[name] = [None if value != value else value for value in values.tolist()]
        else:
            columns[name] = [
                None if value is None or value is pd.NA or value is pd.NaT else value for value in values.tolist()
            ]
    for name, default in (("status", Status.DRAFT), ("sample", False), ("provenance", "{}")):
        columns.setdefault(name, [default] * len(frame))
    columns["status"] = [str(value or Status.DRAFT) for value in columns["status"]]
    columns["sample"] = [bool(value) for value in columns["sample"]]
    return columns


def _existing(session: Session, frame: pd.DataFrame, names: Iterable[str]) -> dict[tuple[str, str], dict[str, Any]]:
    delivered = [n for n in names if n not in ("source", "source_id", "id")]
    columns = [tables.site.c[n] for n in ("pk", "version", "id", *delivered)]
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for source in sorted(set(frame["source"])):
        query = sa.select(*columns, tables.site.c.source_id).where(tables.site.c.source == source)
        for row in session.execute(query).mappings():
            found[source, row["source_id"]] = {n: row[n] for n in ("pk", "version", "id", *delivered)}
    return found


def _same(old: Any, new: Any) -> bool:
    if old is None or new is None:
        return old is new
    if hasattr(old, "geom_type"):
        return bool(hasattr(new, "geom_type") and shapely.equals_identical(old, new))
    return bool(old == new)


def _insert(session: Session, rows: list[dict[str, Any]], id_prefix: str, towns: Mapping[str, str]) -> list[int]:
    if not rows:
        return []
    # Nothing is ever deleted, so the next key is above every key ever given, and the writer is alone.
    first = (session.scalar(sa.select(sa.func.max(tables.site.c.pk))) or 0) + 1
    for key, row in enumerate(rows, first):
        row["pk"] = key
        row["version"] = 1
        row["id"] = row.get("id") or f"{id_prefix}-{100_000 + key}"
    _derive(rows, towns)
    for start in range(0, len(rows), CHUNK):
        session.execute(sa.insert(tables.site), rows[start : start + CHUNK])
    index_bounds(session, rows)
    return list(range(first, first + len(rows)))


def _update(
    session: Session, changed: Sequence[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]], towns: Mapping[str, str]
) -> list[int]:
    if not changed:
        return []
    keys = [old["pk"] for old, _, _ in changed]
    columns = [tables.site.c[n] for n in ("pk", *_DERIVED_FROM)]
    current: dict[int, dict[str, Any]] = {}
    for start in range(0, len(keys), CHUNK):
        query = sa.select(*columns).where(tables.site.c.pk.in_(keys[start : start + CHUNK]))
        current.update((row["pk"], dict(row)) for row in session.execute(query).mappings())
    full = [{**current[old["pk"]], **difference} for old, _, difference in changed]
    _derive(full, towns)
    derived_names = ("size_m2", "size_basis", "potential", "max_restriction", "search_text", *BOUNDS)
    for (old, _, difference), row in zip(changed, full, strict=True):
        values = {**difference, **{n: row[n] for n in derived_names}, "version": old["version"] + 1}
        session.execute(sa.update(tables.site).where(tables.site.c.pk == old["pk"]).values(**values))
    index_bounds(session, full)
    return [old["pk"] for old, _, difference in changed if {"geometry", "geometry_quality"} & set(difference)]


def _derive(rows: Sequence[dict[str, Any]], towns: Mapping[str, str]) -> None:
    """Fill in what questions are asked of: the size that counts, the gravest restriction, folded text, bounds."""
    geometry = np.array([row.get("geometry") for row in rows], dtype=object)
    bounds = shapely.bounds(geometry)
    for row, box in zip(rows, bounds.tolist(), strict=True):
        given = SimpleNamespace(**{n: row.get(n) for n in _DERIVED_FROM})
        row["size_m2"], basis = size_that_counts(given)
        row["size_basis"] = basis and basis.value
        row["potential"] = given.evidence in POTENTIAL
        text = given.restrictions
        worst = gravest(records.load("restrictions", text) if isinstance(text, str) else text)
        row["max_restriction"] = worst and worst.value
        words = (given.name, given.id, towns.get(given.municipality), given.address, given.estate, given.plan_name)
        row["search_text"] = fold(" ".join(word for word in words if word))
        row.update(zip(BOUNDS, (None if value != value else value for value in box), strict=True))


def _revise(
    session: Session,
    stamp: str,
    actor: str,
    delivery: int,
    new_keys: Sequence[int],
    changed: Sequence[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]],
) -> None:
    common = {"at": stamp, "actor": actor, "delivery_id": delivery}
    rows: list[dict[str, Any]] = [
        {**common, "site_pk": key, "version": 1, "action": "created", "before": None, "after": None} for key in new_keys
    ]
    rows += [
        {
            **common,
            "site_pk": old["pk"],
            "version": old["version"] + 1,
            "action": "changed",
            "before": _json(before),
            "after": _json(after),
        }
        for old, before, after in changed
    ]
    for start in range(0, len(rows), CHUNK):
        session.execute(sa.insert(tables.revision), rows[start : start + CHUNK])


def _json(values: Mapping[str, Any]) -> str:
    return orjson.dumps(
        values, default=lambda v: v.wkt if hasattr(v, "wkt") else str(v), option=orjson.OPT_SORT_KEYS
    ).decode()


def _missing(session: Session, frame: pd.DataFrame) -> tuple[str, ...]:
    ids: list[str] = []
    for source, keys in frame.groupby("source")["source_id"]:
        named = set(keys)
        query = sa.select(tables.site.c.id, tables.site.c.source_id).where(
            tables.site.c.source == source, tables.site.c.status != Status.WITHDRAWN.value
        )
        ids += [id_ for id_, key in session.execute(query) if key not in named]
    return tuple(sorted(ids))
