"""Is the database whole? Questions whose right answer is "nothing found"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from finder.language import N_
from finder.store import database, proposals, spatial, tables
from finder.store.database import Session


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at (message id), how many faults, and the first few by name.

    `grave` is false of what may be so on purpose.
    """

    what: str
    faults: int
    examples: tuple[str, ...] = ()
    grave: bool = True


def check(session: Session) -> list[Finding]:
    """Return every check with its faults."""
    broken = database.broken(session)
    file = [] if broken is None else [_finding(N_("The database file is whole"), broken)]
    index = _finding(N_("The spatial index agrees with the sites"), spatial.misindexed(session, tables.site))
    zones = _finding(N_("The spatial index agrees with the zones"), spatial.misindexed(session, tables.zone, "pk"))
    return [*file, index, zones, _towns(session), _unmeasured(session), _proposed(session), _tables(session)]


def _finding(what: str, faults: Sequence[str], *, grave: bool = True) -> Finding:
    return Finding(what, len(faults), tuple(faults[:5]), grave)


def _towns(session: Session) -> Finding:
    known = sa.select(tables.municipality.c.code)
    query = sa.select(tables.site.c.id).where(tables.site.c.municipality.not_in(known)).order_by(tables.site.c.id)
    # sites brought in with --anywhere lie elsewhere because somebody wanted them
    return _finding(N_("Every site lies in a municipality of the region"), session.scalars(query).all(), grave=False)


def _unmeasured(session: Session) -> Finding:
    query = sa.select(tables.site.c.id).outerjoin(tables.access).where(tables.access.c.site_pk.is_(None))
    return _finding(N_("Every site's access is measured"), session.scalars(query.order_by(tables.site.c.id)).all())


def _proposed(session: Session) -> Finding:
    query = sa.select(tables.site.c.id).join(tables.proposal).where(tables.proposal.c.kind == proposals.WITHDRAWAL)
    found = session.scalars(query.order_by(tables.site.c.id)).all()
    # somebody has to decide, but the database is as it should be
    return _finding(N_("No site is proposed for withdrawal"), found, grave=False)


def _tables(session: Session) -> Finding:
    return _finding(N_("The tables are those of this version"), schema_drift(session))


def schema_drift(session: Session) -> list[str]:
    """Return how the database's tables differ from this program's, in words of the migration tool."""

    def ours(_object: object, name: str | None, type_: str, reflected: bool, _to: object) -> bool:
        foreign = reflected and type_ == "table" and name not in tables.metadata.tables
        return not foreign and name not in ("ix_site_geometry", "ix_zone_geometry")

    context = MigrationContext.configure(session, opts={"include_object": ours, "compare_type": False})
    return [str(difference) for difference in compare_metadata(context, tables.metadata)]
