"""Is the database whole? Questions whose right answer is "nothing found"."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from finder.language import N_
from finder.store import tables
from finder.store.database import Session


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at (message id), how many faults, and the first few by name."""

    what: str
    faults: int
    examples: tuple[str, ...] = ()


def check(session: Session) -> list[Finding]:
    """Return every check with its faults."""
    findings = [_file(session), _index(session)] if session.dialect.name == "sqlite" else []
    return [*findings, _towns(session), _unmeasured(session), _tables(session)]


def _file(session: Session) -> Finding:
    rows = [row[0] for row in session.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
    rows += [f"{row[0]}: {row[2]}" for row in session.exec_driver_sql("PRAGMA foreign_key_check")]
    return Finding(N_("The database file is whole"), len(rows), tuple(rows[:5]))


def _index(session: Session) -> Finding:
    query = (
        "SELECT id FROM site LEFT JOIN site_rtree r ON r.pk = site.pk WHERE (site.minx IS NULL) <> (r.pk IS NULL) "
        "OR r.minx > site.minx OR r.maxx < site.maxx OR r.miny > site.miny OR r.maxy < site.maxy"
    )
    rows = session.scalars(sa.text(query)).all()
    return Finding(N_("The spatial index agrees with the sites"), len(rows), tuple(rows[:5]))


def _towns(session: Session) -> Finding:
    known = sa.select(tables.municipality.c.code)
    query = sa.select(tables.site.c.id).where(tables.site.c.municipality.not_in(known)).order_by(tables.site.c.id)
    rows = session.scalars(query).all()
    return Finding(N_("Every site lies in a municipality of the region"), len(rows), tuple(rows[:5]))


def _unmeasured(session: Session) -> Finding:
    query = sa.select(tables.site.c.id).outerjoin(tables.access).where(tables.access.c.site_pk.is_(None))
    rows = session.scalars(query.order_by(tables.site.c.id)).all()
    return Finding(N_("Every site's access is measured"), len(rows), tuple(rows[:5]))


def _tables(session: Session) -> Finding:
    drift = schema_drift(session)
    return Finding(N_("The tables are those of this version"), len(drift), tuple(drift[:5]))


def schema_drift(session: Session) -> list[str]:
    """Return how the database's tables differ from this program's, in words of the migration tool."""

    def ours(_object: object, name: str | None, type_: str, reflected: bool, _to: object) -> bool:
        foreign = reflected and type_ == "table" and name not in tables.metadata.tables
        return not foreign and name != "ix_site_geometry"

    context = MigrationContext.configure(session, opts={"include_object": ours, "compare_type": False})
    return [str(difference) for difference in compare_metadata(context, tables.metadata)]
