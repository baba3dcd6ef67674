"""What a second delivery changes of a site, down to the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from finder.model.site import Site
from finder.model.vocabulary import GeometryQuality, RestrictionKind, Status, Zoning
from finder.store import sites
from finder.store.database import Database
from tests.factories import at, database, save, square
from tests.intake.deliveries import check, named, read, rows

FIRST = {
    "id": "T-1",
    "grz": 0.8,
    "zoning": ["GE"],
    "restrictions": "mining",
    "quay": True,
    "note": "eng",
    "geometry_quality": "parcel",
}


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    with database(database_url) as filled:
        yield filled


def deliver(store: Database, cells: Mapping[str, object], place: Any = None, **how: Any) -> tuple[Site, int]:
    """Save one row and return the site as it then stands, with the number of changed ones."""
    batch = check(read(rows(cells, geometry=None if place is None else [place], **how)))
    with store.writing() as session:
        saved = save(session, batch.frame, only_new=batch.only_new)
    with store.reading() as session:
        found = sites.get(session, "T-1")
    assert found is not None
    return found.site, len(saved.changed)


def test_an_absent_column_leaves_the_fact_as_it_was(store: Database) -> None:
    before, _ = deliver(store, FIRST, square())
    after, changed = deliver(store, {"grz": 0.6})
    assert changed == 1
    assert after.grz == 0.6
    assert (after.zoning, after.restrictions, after.quay, after.note) == (
        before.zoning,
        before.restrictions,
        before.quay,
        before.note,
    )
    assert after.geometry == before.geometry
    assert (after.area_m2, after.geometry_quality) == (40_000, GeometryQuality.PARCEL)


def test_an_empty_cell_makes_the_fact_unknown(store: Database) -> None:
    deliver(store, FIRST)
    after, _ = deliver(store, dict.fromkeys(FIRST, "") | {"id": "T-1"})
    assert (after.grz, after.zoning, after.restrictions, after.quay, after.note) == (None,) * 5


def test_an_empty_list_states_that_there_is_none(store: Database) -> None:
    deliver(store, FIRST)
    after, _ = deliver(store, {"restrictions": [], "zoning": []})
    assert (after.restrictions, after.zoning) == ((), ())


def test_a_cell_that_cannot_be_read_makes_the_fact_unknown_too(store: Database) -> None:
    deliver(store, FIRST)
    after, _ = deliver(store, {"grz": "viel", "zoning": "Acker", "restrictions": "Fledermaus"})
    assert (after.grz, after.zoning, after.restrictions) == (None, None, None)


def test_a_new_place_does_not_keep_the_area_and_quality_of_the_old_one(store: Database) -> None:
    deliver(store, FIRST, square())
    after, _ = deliver(store, {}, at())
    assert (after.area_m2, after.geometry_quality) == (None, GeometryQuality.POINT)
    after, _ = deliver(store, {}, square(side=100))
    assert (after.area_m2, after.geometry_quality) == (10_000, None)


def test_the_same_file_twice_changes_nothing(store: Database) -> None:
    once, _ = deliver(store, FIRST, square())
    twice, changed = deliver(store, FIRST, square())
    assert changed == 0
    assert twice == once
    assert once.zoning == (Zoning.GE,)
    assert [restriction.kind for restriction in once.restrictions or ()] == [RestrictionKind.MINING]


def test_the_status_of_a_site_that_exists_is_left_alone(store: Database) -> None:
    batch = read(rows(FIRST), status=Status.PUBLISHED)
    with store.writing() as session:
        save(session, check(batch).frame, only_new=batch.only_new)
    after, changed = deliver(store, FIRST)
    assert (after.status, changed) == (Status.PUBLISHED, 0)
    after, changed = deliver(store, {**FIRST, "status": "sold"})
    assert (after.status, changed) == (Status.SOLD, 1)


def test_an_outline_is_stored_as_it_was_mended(store: Database) -> None:
    batch = check(read(rows({}, geometry=[square(side=0.1)])))
    assert named(batch, "no_area")
    assert batch.frame.empty
