"""The log of every change: who, when, before and after; and what of it the desk has the last word on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from finder.store import bulk, tables
from finder.store.database import Session


@dataclass(frozen=True, kw_only=True)
class Change:
    """A site's new version with the values that differ, as the tables hold them."""

    pk: int
    version: int
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Edit:
    """Who gave a fact its value at the desk, and when."""

    actor: str
    at: str


@dataclass(frozen=True)
class Log:
    """Writes revisions. A new site's first state is what its later revisions lead back to, so it is not written twice.

    `delivery` is None for what is done at the desk.
    """

    session: Session
    actor: str
    at: str
    delivery: int | None

    def created(self, keys: Iterable[int]) -> None:
        self._write(
            [{"site_pk": key, "version": 1, "action": "created", "before": None, "after": None} for key in keys]
        )

    def changed(self, changes: Iterable[Change]) -> None:
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
        bulk.insert(self.session, tables.revision, bulk.columns([{**common, **row} for row in rows]))


def _json(values: Mapping[str, Any]) -> str:
    def plain(value: Any) -> str:
        return str(value.wkt if hasattr(value, "wkt") else value)

    return orjson.dumps(values, default=plain, option=orjson.OPT_SORT_KEYS).decode()


def edits(session: Session, keys: Sequence[int]) -> dict[int, dict[str, Edit]]:
    """Return, for those of these sites that were edited at the desk, who gave which fact its present value there.

    A fact that a delivery changed later is not among them.
    """
    c = tables.revision.c
    edited = (
        sa.select(c.site_pk)
        .where(bulk.among(c.site_pk, keys), c.delivery_id.is_(None), c.after.is_not(None))
        .distinct()
    )
    touched = session.scalars(edited).all()
    found: dict[int, dict[str, Edit]] = {pk: {} for pk in touched}
    if not touched:
        return found
    query = sa.select(c.site_pk, c.delivery_id, c.actor, c.at, c.after)
    query = query.where(c.site_pk.in_(touched), c.after.is_not(None)).order_by(c.site_pk, c.version, c.id)
    for pk, delivery, actor, at, after in session.execute(query):
        for name in orjson.loads(after).keys() - {"provenance"}:  # each fact's origin stays or goes with it
            if delivery is None:
                found[pk][name] = Edit(actor=actor, at=at)
            else:
                found[pk].pop(name, None)
    return found
