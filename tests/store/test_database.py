"""The database itself: its tables from nothing to today, its refusals in words, one writer at a time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from finder.errors import StoreError
from finder.model.place import Municipality
from finder.model.query import all_of
from finder.store import health, reference, sites
from finder.store.database import MIGRATIONS, Database
from tests import factories


def test_migrations_lead_from_nothing_to_the_tables(database_url: str) -> None:
    database = Database(database_url)
    assert database.migrate()
    assert not database.migrate()
    with database.reading() as session:
        assert health.schema_drift(session) == []
        head = session.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    assert head == ScriptDirectory(str(MIGRATIONS)).get_current_head()
    database.close()


def test_newer_database_is_refused_and_left_alone(database_url: str) -> None:
    with factories.database(database_url, [factories.site()]) as database:
        with database.writing() as session:
            session.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(StoreError, match="newer version"):
            database.migrate()
        with database.reading() as session:
            assert sites.count(session, all_of(())) == 1


def test_migrating_does_not_wait_for_a_writer(database_url: str) -> None:
    with factories.database(database_url) as database, database.writing():
        other = Database(database_url)
        assert not other.migrate()
        other.close()


def test_a_write_is_all_or_nothing(database_url: str) -> None:
    with factories.database(database_url) as database:

        def begin() -> None:
            with database.writing() as session:
                factories.save(session, [factories.site()])
                raise RuntimeError("in the middle")

        with pytest.raises(RuntimeError, match="in the middle"):
            begin()
        with database.reading() as session:
            assert sites.count(session, all_of(())) == 0
            assert session.exec_driver_sql("SELECT count(*) FROM revision").scalar() == 0


def test_a_reader_sees_one_state_throughout(database_url: str) -> None:
    with factories.database(database_url, [factories.site()]) as database:
        with database.reading() as session:
            assert sites.count(session, all_of(())) == 1
            with database.writing() as writer:
                factories.save(writer, [factories.site()])
            assert sites.count(session, all_of(())) == 1
        with database.reading() as session:
            assert sites.count(session, all_of(())) == 2


def test_writers_wait_for_each_other(database_url: str) -> None:
    log: list[str] = []
    with factories.database(database_url) as database:
        entered = threading.Event()

        def second() -> None:
            entered.set()
            with database.writing() as session:
                log.append("second writes")
                count = int(reference.setting(session, "count") or 0)
                reference.set_setting(session, "count", str(count + 1))

        with database.writing() as session:
            reference.set_setting(session, "count", "1")
            other = threading.Thread(target=second)
            other.start()
            assert entered.wait(10)
            log.append("first writes")
        other.join(30)
        assert log == ["first writes", "second writes"]
        with database.reading() as session:
            assert reference.setting(session, "count") == "2"


def test_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite"
    path.write_text("Dear Sir or Madam, " * 400, encoding="utf-8")
    database = Database(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="damaged or is not a database"):
        database.migrate()
    database.close()
    assert path.read_text(encoding="utf-8").startswith("Dear Sir"), "and the file is left alone"


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "finder.sqlite"
    with factories.database(f"sqlite:///{path}", [factories.site(note="x" * 3000) for _ in range(60)]) as database:
        with database.writing() as session:
            session.exec_driver_sql("DELETE FROM setting")
        with database.engine.connect() as session:
            session.exec_driver_sql("COMMIT")
            session.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\x5a" * (len(whole) - 8192))
    broken = Database(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="damaged or is not a database"), broken.reading() as session:
        sites.find(session, all_of(()), ())
    broken.close()


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    with factories.database(f"sqlite:///{tmp_path / 'finder.sqlite'}", [factories.site()]) as database:

        def fill() -> None:
            with database.writing() as session:
                session.exec_driver_sql("PRAGMA max_page_count = 1")
                factories.save(session, [factories.site(note="x" * 5000) for _ in range(40)])

        with pytest.raises(StoreError, match="disk is full"):
            fill()
        with database.reading() as session:
            assert sites.count(session, all_of(())) == 1


def test_a_database_that_may_only_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "finder.sqlite"
    with factories.database(f"sqlite:///{path}", [factories.site()]):
        pass
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    with database.reading() as session:
        assert sites.count(session, all_of(())) == 1
    with pytest.raises(StoreError, match="read but not written"), database.writing() as session:
        reference.replace(session, Municipality, [])
    database.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "not a database address"),
        ("sqlite", "not a database address"),
        ("mysql://finder@localhost/finder", "not supported"),
        ("oracle+nothing://finder@localhost/finder", "not supported"),
    ],
)
def test_an_address_that_cannot_be_is_named(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        Database(url)


def test_a_server_that_is_not_there_is_named() -> None:
    database = Database("postgresql+psycopg://finder@127.0.0.1:1/finder?connect_timeout=2")
    with pytest.raises(StoreError, match="cannot be reached"):
        database.migrate()
    database.close()


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be reached"):
        Database(f"sqlite:///{tmp_path / 'file' / 'finder.sqlite'}")
    folder = Database(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreError, match="cannot be reached"):
        folder.migrate()
    folder.close()


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a' / 'b' / 'finder.sqlite'}")
    assert database.migrate()
    database.close()


def test_tables_of_others_are_no_drift(database_url: str) -> None:
    with factories.database(database_url) as database:
        with database.writing() as session:
            session.exec_driver_sql("CREATE TABLE spatial_notes (note TEXT)")
        with database.reading() as session:
            assert health.schema_drift(session) == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE site ADD COLUMN colour TEXT",
        "ALTER TABLE municipality DROP COLUMN office",
        "DROP INDEX ix_site_size_m2",
        "DROP TABLE map_line",
    ],
)
def test_drift_is_told(database_url: str, statement: str) -> None:
    with factories.database(database_url) as database:
        with database.writing() as session:
            session.execute(sa.text(statement))
        with database.reading() as session:
            assert len(health.schema_drift(session)) == 1
