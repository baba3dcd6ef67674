"""A large inventory in a database, made once for all benchmarks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from finder import pipeline
from finder.store.database import Database
from tests import factories
from tests.benchmarks import generated

SITES = 100_000


@pytest.fixture(scope="session")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """100,000 sites on SQLite, measured against access points of every kind."""
    url = f"sqlite:///{tmp_path_factory.mktemp('inventory') / 'finder.sqlite'}"
    points = generated.access_points()
    with factories.database(url, access_points=points, places=[factories.place()]) as database:
        with database.writing() as session:
            saved = factories.save(session, generated.sites(SITES))
            pipeline.measure_access(session, saved.new)
        yield database
