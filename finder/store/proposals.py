"""What is proposed for a site until the desk decides: withdrawal of what a delivery no longer names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from finder.model.vocabulary import Status
from finder.store import tables
from finder.store.database import Session

WITHDRAWAL = "withdrawal"
ENDED = (Status.SOLD.value, Status.WITHDRAWN.value)
"""What has left the market is not missed."""
CHUNK = 5000


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is proposed, since which delivery: of which file, and when."""

    kind: str
    file_name: str
    at: str


def of(session: Session, id_: str) -> tuple[Proposal, ...]:
    """Return what is proposed for the site with this public id."""
    c = tables.proposal.c
    query = sa.select(c.kind, tables.delivery.c.file_name, c.at).join(tables.delivery).join(tables.site)
    rows = session.execute(query.where(tables.site.c.id == id_).order_by(c.id))
    return tuple(Proposal(kind=kind, file_name=name, at=at) for kind, name, at in rows)


def standing(session: Session, sources: Iterable[str]) -> dict[int, str]:
    """Return since when sites of these sources, by key, are proposed for withdrawal."""
    found: dict[int, str] = {}
    query = sa.select(tables.proposal.c.site_pk, tables.proposal.c.at).join(tables.site)
    for source in sorted(sources):
        rows = session.execute(query.where(tables.proposal.c.kind == WITHDRAWAL, tables.site.c.source == source))
        found.update((pk, at) for pk, at in rows)
    return found


def of_file(session: Session, delivery: int) -> set[int]:
    """Return the keys of the sites whose withdrawal was proposed by the same file as this delivery's."""
    same = sa.select(tables.delivery.c.sha256).where(tables.delivery.c.id == delivery).scalar_subquery()
    query = sa.select(tables.proposal.c.site_pk).join(tables.delivery)
    return set(session.scalars(query.where(tables.proposal.c.kind == WITHDRAWAL, tables.delivery.c.sha256 == same)))


def propose(session: Session, keys: Sequence[int], *, delivery: int, at: str) -> None:
    """Propose these sites for withdrawal."""
    rows = [{"site_pk": key, "kind": WITHDRAWAL, "delivery_id": delivery, "at": at} for key in keys]
    if rows:
        session.execute(sa.insert(tables.proposal), rows)


def drop(session: Session, keys: Sequence[int]) -> None:
    """Take back the proposals to withdraw these sites."""
    for start in range(0, len(keys), CHUNK):
        c = tables.proposal.c
        part = list(keys[start : start + CHUNK])
        session.execute(sa.delete(tables.proposal).where(c.kind == WITHDRAWAL, c.site_pk.in_(part)))
