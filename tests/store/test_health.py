"""The checks find what was planted, and nothing in a database that is whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from finder.store import health, zones
from finder.store.database import Database
from tests import factories
from tests.cluster import Cluster

WHOLE = "The database file is whole"
INDEX = "The spatial index agrees with the sites"
ZONES = "The spatial index agrees with the zones"
TOWNS = "Every site lies in a municipality of the region"
MEASURED = "Every site's access is measured"
PROPOSED = "No site is proposed for withdrawal"
TABLES = "The tables are those of this version"


def faults(database: Database) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Return the checks that found something."""
    with database.reading() as session:
        return {found.what: (found.faults, found.examples) for found in health.check(session) if found.faults}


def whole(url: str) -> factories.Filled:
    """Return a database with three measured sites."""
    delivered = [
        factories.site(id=f"T-{name}", geometry=place)
        for name, place in (("polygon", factories.square()), ("point", factories.at()), ("nowhere", None))
    ]
    return factories.database(url, delivered, access_points=[factories.access_point()])


def test_a_whole_database_has_no_faults(database_url: str) -> None:
    with whole(database_url) as database:
        assert faults(database) == {}
        with database.reading() as session:
            expected = {INDEX, ZONES, TOWNS, MEASURED, PROPOSED, TABLES} | ({WHOLE} if database.on_sqlite else set())
            assert {found.what for found in health.check(session)} == expected


PLANTED: dict[str, tuple[str, str]] = {
    "town": ("UPDATE site SET municipality = '05999999' WHERE id = 'T-point'", TOWNS),
    "measure": ("DELETE FROM access WHERE site_pk = (SELECT pk FROM site WHERE id = 'T-point')", MEASURED),
    "table": ("DROP TABLE place", TABLES),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_planted_faults_are_found(database_url: str, fault: str) -> None:
    statement, what = PLANTED[fault]
    with whole(database_url) as database:
        with database.writing() as session:
            session.execute(sa.text(statement))
        found = faults(database)
    assert list(found) == [what]
    count, examples = found[what]
    assert count == 1
    assert "place" in examples[0] if fault == "table" else examples == ("T-point",)


INDEX_FAULTS: dict[str, Callable[[str], str]] = {
    "missing": lambda key: f"DELETE FROM site_rtree WHERE pk = {key}",
    "elsewhere": lambda key: f"UPDATE site_rtree SET minx = minx + 100, maxx = maxx + 100 WHERE pk = {key}",
    "left over": lambda key: f"UPDATE site SET minx = NULL WHERE pk = {key}",
}


@pytest.mark.parametrize("fault", INDEX_FAULTS)
def test_a_wrong_spatial_index_is_found(tmp_path: object, fault: str) -> None:
    with whole(f"sqlite:///{tmp_path}/finder.sqlite") as database:
        with database.writing() as session:
            session.exec_driver_sql(INDEX_FAULTS[fault]("(SELECT pk FROM site WHERE id = 'T-polygon')"))
        assert faults(database) == {INDEX: (1, ("T-polygon",))}


def test_rows_that_belong_to_nothing_are_found(tmp_path: object) -> None:
    with whole(f"sqlite:///{tmp_path}/finder.sqlite") as database:
        with database.engine.connect() as session:
            session.exec_driver_sql("COMMIT")
            session.exec_driver_sql("PRAGMA foreign_keys = OFF")
            session.exec_driver_sql("UPDATE revision SET site_pk = 999 WHERE site_pk = 1")
        found = faults(database)
        assert list(found) == [WHOLE]
        assert found[WHOLE][0] == 1


def test_a_missing_spatial_index_is_found(cluster: Cluster) -> None:
    with cluster.database() as url, whole(url) as database:
        with database.writing() as session:
            session.exec_driver_sql("DROP INDEX ix_site_geometry")
        assert faults(database) == {INDEX: (1, ("ix_site_geometry",))}


def test_a_wrong_index_of_zones_is_found(tmp_path: object) -> None:
    with whole(f"sqlite:///{tmp_path}/finder.sqlite") as database:
        with database.writing() as session:
            zones.replace(session, "plans", [factories.zone(), factories.zone(geometry=factories.square(900, 0))])
        assert faults(database) == {}
        with database.writing() as session:
            session.exec_driver_sql("DELETE FROM zone_rtree WHERE pk = 2")
        assert faults(database) == {ZONES: (1, ("2",))}


def test_a_missing_index_of_zones_is_found(cluster: Cluster) -> None:
    with cluster.database() as url, whole(url) as database:
        with database.writing() as session:
            session.exec_driver_sql("DROP INDEX ix_zone_geometry")
        assert faults(database) == {ZONES: (1, ("ix_zone_geometry",))}


def test_what_is_proposed_is_told_but_no_fault(database_url: str) -> None:
    with whole(database_url) as database:
        with database.writing() as session:
            delivery = factories.delivery(session)
            delivery.save(factories.frame([factories.site(source="test", source_id="other")]))
            assert [one.id for one in delivery.missing()] == ["T-nowhere", "T-point", "T-polygon"]
        with database.reading() as session:
            (found,) = [finding for finding in health.check(session) if finding.what == PROPOSED]
    assert (found.faults, found.examples, found.grave) == (3, ("T-nowhere", "T-point", "T-polygon"), False)
