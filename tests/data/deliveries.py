"""Bundled inventories brought into a database that holds the region's towns and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from finder import pipeline
from finder.model.place import Municipality
from finder.model.query import AnyOf
from finder.model.vocabulary import Status
from finder.sources import bundled
from finder.store import reference, sites
from finder.store.database import Database
from finder.store.sites import Listed


@contextmanager
def region(url: str, towns: Mapping[str, Municipality]) -> Iterator[Database]:
    """Yield a database with the towns, closed afterwards."""
    database = Database(url)
    try:
        database.migrate()
        with database.writing() as session:
            reference.replace(session, Municipality, towns.values())
        yield database
    finally:
        database.close()


def delivered(database: Database, name: str) -> pipeline.Report:
    """Bring a bundled file in as the first start does."""
    path = bundled.path(name)
    return pipeline.deliver(database, path, actor="bundled", status=Status.PUBLISHED, strict=True)


def all_listed(url: str, towns: Mapping[str, Municipality], name: str) -> list[Listed]:
    """Return every site of a bundled file, whatever its state, as the store gives it."""
    with region(url, towns) as database:
        delivered(database, name)
        with database.reading() as session:
            return sites.load(session, sites.find(session, AnyOf("status", tuple(Status)), []).keys)
