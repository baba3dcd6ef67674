"""Sites as the exports get them: out of a database, with what they can reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from finder.model.vocabulary import AccessKind
from finder.store import sites
from finder.store.database import Database
from finder.store.sites import Listed
from tests import factories

DELIVERED = [
    factories.complete_site(id="whole"),
    factories.site(id="bare"),
    factories.site(id="spot", geometry=factories.at(2500, -300)),
]
"""Everything known, nothing known, and a place alone."""


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path_factory.mktemp('exports') / 'finder.sqlite'}"
    points = [factories.access_point(kind, 1000.0, name="Musterpunkt", road="A 99") for kind in AccessKind]
    with factories.database(url, DELIVERED, access_points=points) as database:
        yield database


@pytest.fixture
def listed(filled: Database) -> list[Listed]:
    """The delivered sites in their order."""
    with filled.reading() as session:
        return sites.load(session, [1, 2, 3])


@pytest.fixture(params=[".geojson", ".gpkg", ".csv"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file to write in each format."""
    return tmp_path / f"sites{request.param}"
