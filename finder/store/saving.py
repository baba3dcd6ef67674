"""Saving deliveries: new, changed and unchanged told apart, every change a revision, the desk's edits untouched."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pandas as pd
import sqlalchemy as sa

from finder.language import N_
from finder.model.outcome import Kind, Missing, Outcome
from finder.model.record import Issue
from finder.model.vocabulary import Status
from finder.store import differences, layer, proposals, revisions, tables, writing
from finder.store.database import Session

CHUNK = 5000
MOST_TOLD = 100_000
"""So many sites of a delivery are told of one by one; of the others, how many they are."""


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a part of a delivery did.

    `moved` are the sites whose place is new or changed: their measures are stale. `outcomes` tell of the new, the
    changed and those where the desk's word stands against the file's, as many as are told one by one. `rows` are the
    row numbers of all that are new or changed, by key.
    """

    new: tuple[int, ...]
    changed: tuple[int, ...]
    unchanged: int
    moved: tuple[int, ...]
    conflicts: int = 0
    outcomes: tuple[Outcome, ...] = ()
    issues: tuple[Issue, ...] = ()
    rows: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Difference:
    """What a delivered row would change in a stored site (None: nothing), and what became of it."""

    change: revisions.Change | None
    outcome: Outcome


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


class Delivery:
    """One delivery on its way into the store, part by part, in one transaction.

    Parameters
    ----------
    key : of the delivery's entry in the log.
    reserved : public ids that any part of the delivery gives; generated ones keep clear of them.
    """

    def __init__(
        self,
        session: Session,
        key: int,
        *,
        actor: str,
        at: dt.datetime,
        id_prefix: str,
        municipality_names: Mapping[str, str],
        reserved: AbstractSet[str] = frozenset(),
    ) -> None:
        self.session = session
        self.key = key
        self.at = at.isoformat(timespec="seconds")
        self.wrote = False  # whether there is anything to keep
        self._prefix = id_prefix
        self._towns = municipality_names
        self._reserved = reserved
        self._log = revisions.Log(session, actor, self.at, key)
        self._seen: list[np.ndarray[Any, Any]] = []
        self._sources: set[str] = set()
        self._told = 0

    def save(
        self, frame: pd.DataFrame, *, only_new: AbstractSet[str] = frozenset(), status: Status = Status.DRAFT
    ) -> Saved:
        """Insert or update sites by `source` + `source_id`; no key may come twice in a delivery.

        Parameters
        ----------
        frame : one row per site, indexed by the row's number in the file; columns are attribute names plus source,
            source_id, name, municipality, status, sample, provenance and, where the supplier gives it, id. Columns
            that are absent stay as they are in the store.
        only_new : columns that hold for new sites and never touch a site that exists (a status given for the file).
        status : of new sites whose row states none.

        Returns
        -------
        Saved
            With the same frame twice, the second time everything is unchanged and nothing is written.
        """
        rows = [int(row) for row in frame.index]
        columns = {name: differences.storable(name, frame[name].tolist()) for name in frame.columns}
        names = [name for name in columns if name not in {"source", "source_id", "id", *only_new}]
        known: dict[int, int] = {}
        found: list[_Difference] = []
        issues: list[Issue] = []
        for source, part in _by_source(columns):
            stored = self._stored(source, part, names)
            known.update((position, row["pk"]) for position, row in stored)
            issues += _ids_kept(columns, rows, stored)
            found += self._compare(columns, rows, names, stored)
        changes = sorted((one.change for one in found if one.change), key=lambda change: change.pk)
        for chunk in _parts(changes):
            writing.update(self.session, chunk, self._towns)
            self._log.changed(chunk)
        fresh = [position for position in range(len(rows)) if position not in known]
        new, told = self._insert(columns, rows, fresh, status)
        self.wrote = self.wrote or bool(new or changes)
        self._seen.append(np.array([*known.values(), *new], dtype=np.int64))
        self._sources.update(columns["source"])
        moved = [change.pk for change in changes if {"geometry", "geometry_quality"} & set(change.after)]
        return Saved(
            new=tuple(new),
            changed=tuple(change.pk for change in changes),
            unchanged=len(rows) - len(new) - len(changes),
            moved=(*new, *moved),
            rows={
                **{one.change.pk: one.outcome.row for one in found if one.change},
                **dict(zip(new, (rows[position] for position in fresh), strict=True)),
            },
            conflicts=sum(len(one.outcome.conflicts) for one in found),
            outcomes=self._tell([*told, *(one.outcome for one in found)]),
            issues=tuple(issues),
        )

    def missing(
        self,
        named: AbstractSet[tuple[str, str]] = frozenset(),
        *,
        withdrawn: AbstractSet[tuple[str, str]] = frozenset(),
        partial: bool = False,
    ) -> tuple[Missing, ...]:
        """Return the sites of the delivered sources that the delivery no longer names, and propose their withdrawal.

        What it names again is no longer proposed, nor what the same file proposed before it was said to be partial.
        Called once, after the last part.

        Parameters
        ----------
        named : keys (source, source_id) that the delivery names although their rows were not saved.
        withdrawn : keys that the delivery names only to take them back.
        partial : the delivery holds only some of its sources' sites; none is missing but those withdrawn.
        """
        sources = self._sources | {source for source, _ in (*named, *withdrawn)}
        here = self._here(named)
        before = proposals.standing(self.session, sources)
        absent = self._absent(sources, here, among=self._stored_keys(withdrawn) if partial else None)
        hasty = proposals.of_file(self.session, self.key) - absent.keys() if partial else set()
        back = [pk for pk in before if pk in here or pk in hasty]
        fresh = sorted(pk for pk in absent if pk not in before)
        proposals.drop(self.session, back)
        proposals.propose(self.session, fresh, delivery=self.key, at=self.at)
        self.wrote = self.wrote or bool(back or fresh)
        found = (Missing(id=id_, name=name, since=before.get(pk, self.at)) for pk, (id_, name) in absent.items())
        return tuple(sorted(found, key=lambda one: one.id))

    def _stored(self, source: str, part: Mapping[str, int], names: Sequence[str]) -> list[tuple[int, Any]]:
        """Return the stored sites of one source with these stable keys, each with its position in the frame."""
        c = tables.site.c
        columns = dict.fromkeys(("pk", "id", "source_id", "version", *names, *layer.NEEDED))
        query = sa.select(*(c[name] for name in columns))
        query = query.where(c.source == source, c.source_id.in_(list(part)))
        return [(part[row["source_id"]], row) for row in self.session.execute(query).mappings()]

    def _compare(
        self,
        columns: Mapping[str, list[Any]],
        rows: Sequence[int],
        names: Sequence[str],
        stored: Sequence[tuple[int, Any]],
    ) -> Iterator[_Difference]:
        new = {p: layer.settle(row, {name: columns[name][p] for name in names}) for p, row in stored}
        different = [(p, row) for p, row in stored if differences.differing(list(new[p]), row, new[p])]
        edits = revisions.edits(self.session, [row["pk"] for _, row in different])
        for position, row in different:
            delivered = new[position]
            value, changed, conflicts = differences.settle(list(delivered), row, delivered, edits.get(row["pk"], {}))
            if not changed and not conflicts:
                continue
            change = revisions.Change(
                pk=row["pk"],
                version=row["version"] + 1,
                before={name: row[name] for name in delivered if name in changed},
                after={name: value[name] for name in delivered if name in changed},
            )
            outcome = Outcome(
                kind=Kind.CHANGED if changed else Kind.UNCHANGED,
                row=rows[position],
                id=row["id"],
                name=value.get("name") or columns["name"][position],
                changes=differences.changes(change),
                conflicts=conflicts,
            )
            yield _Difference(change=change if changed else None, outcome=outcome)

    def _insert(
        self, columns: Mapping[str, list[Any]], numbers: Sequence[int], fresh: Sequence[int], status: Status
    ) -> tuple[list[int], list[Outcome]]:
        # Nothing is ever deleted, so the next key is above every key ever given, and the writer is alone.
        first = (self.session.scalar(sa.select(sa.func.max(tables.site.c.pk))) or 0) + 1
        given = [columns["id"][position] if "id" in columns else None for position in fresh]
        ids = _public_ids(self.session, given, self._prefix, first, self._reserved)
        keys = list(range(first, first + len(fresh)))
        defaults = {"status": status.value, "sample": False, "provenance": "{}"}
        for part in _parts(list(zip(keys, ids, fresh, strict=True))):
            rows = [{name: values[position] for name, values in columns.items()} for _, _, position in part]
            for row, (key, id_, _) in zip(rows, part, strict=True):
                row.update(pk=key, id=id_, version=1)
                row.update((name, value) for name, value in defaults.items() if row.get(name) is None)
                row["provenance"] = layer.adopted(row["provenance"])
            writing.insert(self.session, rows, self._towns)
            self._log.created([row["pk"] for row in rows])
        told = list(zip(fresh, ids, strict=True))[: MOST_TOLD - self._told]
        return keys, [
            Outcome(kind=Kind.NEW, row=numbers[position], id=id_, name=columns["name"][position])
            for position, id_ in told
        ]

    def _tell(self, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
        told = tuple(sorted(outcomes[: MOST_TOLD - self._told], key=lambda one: one.row))
        self._told += len(told)
        return told

    def _here(self, named: AbstractSet[tuple[str, str]]) -> set[int]:
        """Return the keys of all sites that the delivery names."""
        return {pk for seen in self._seen for pk in seen.tolist()} | self._stored_keys(named)

    def _stored_keys(self, named: AbstractSet[tuple[str, str]]) -> set[int]:
        """Return the keys of the sites with these stable keys."""
        by_source: dict[str, list[str]] = defaultdict(list)
        for source, key in named:
            by_source[source].append(key)
        c = tables.site.c
        found: set[int] = set()
        for source, keys in by_source.items():
            for part in _parts(keys):
                found.update(self.session.scalars(sa.select(c.pk).where(c.source == source, c.source_id.in_(part))))
        return found

    def _absent(
        self, sources: AbstractSet[str], here: AbstractSet[int], *, among: AbstractSet[int] | None
    ) -> dict[int, tuple[str, str]]:
        """Return id and name, by key, of the sources' sites that are not among those here."""
        c = tables.site.c
        absent: dict[int, tuple[str, str]] = {}
        for source in sorted(sources) if among is None or among else ():
            query = sa.select(c.pk).where(c.source == source, c.status.not_in(proposals.ENDED))
            keys = [pk for pk in self.session.scalars(query) if pk not in here and (among is None or pk in among)]
            for part in _parts(keys):
                query = sa.select(c.pk, c.id, c.name).where(c.pk.in_(part))
                absent.update((pk, (id_, name)) for pk, id_, name in self.session.execute(query))
        return absent


def _by_source(columns: Mapping[str, list[Any]]) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield positions by stable key, of one source and not too many at a time."""
    by_source: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for position, (source, key) in enumerate(zip(columns["source"], columns["source_id"], strict=True)):
        by_source[source].append((key, position))
    for source, keyed in by_source.items():
        for part in _parts(keyed):
            yield source, dict(part)


def _ids_kept(
    columns: Mapping[str, list[Any]], rows: Sequence[int], stored: Sequence[tuple[int, Any]]
) -> Iterator[Issue]:
    """Say where the file gives a known site another public id: ids are never given anew."""
    if "id" not in columns:
        return
    message = N_("The file gives the id “%(value)s” to a site that is known as %(id)s and stays so.")
    for position, site in stored:
        given = columns["id"][position]
        if given is not None and given != site["id"]:
            params = {"value": given, "id": site["id"]}
            yield Issue(
                rule="id_kept",
                action="kept",
                message=message,
                row=rows[position],
                field="id",
                value=given,
                params=params,
            )


def _parts(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(things), CHUNK):
        yield things[start : start + CHUNK]


def _public_ids(
    session: Session, given: Sequence[str | None], prefix: str, first: int, reserved: AbstractSet[str]
) -> list[str]:
    """Return an id for every new site: the supplier's, else the prefix with a number that no other site has."""
    ids = [id_ or f"{prefix}-{100_000 + key}" for key, id_ in enumerate(given, first)]
    generated = [id_ for id_, own in zip(ids, given, strict=True) if not own]
    taken = {id_ for id_ in given if id_} | (reserved & set(generated))
    for part in _parts(generated):
        taken |= set(session.scalars(sa.select(tables.site.c.id).where(tables.site.c.id.in_(part))))
    # A supplier may have brought ids of our form, from another finder's export.
    spare = (f"{prefix}-{number}" for number in itertools.count(100_000 + first + len(given)))
    free = (id_ for id_ in spare if id_ not in taken and id_ not in reserved and not _is_taken(session, id_))
    return [next(free) if not own and id_ in taken else id_ for id_, own in zip(ids, given, strict=True)]


def _is_taken(session: Session, id_: str) -> bool:
    return session.scalar(sa.select(tables.site.c.pk).where(tables.site.c.id == id_)) is not None
