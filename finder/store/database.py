"""The database itself; with `finder.store.spatial` the one place that knows SQLite from PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from finder.errors import StoreError
from finder.language import N_

Session = sa.Connection
"""What the other rooms are handed to ask and to save with; see `Database.reading` and `Database.writing`."""
MIGRATIONS = Path(__file__).parent / "migrations"
_WRITERS_LOCK = 0x0F1AEC4E
"""Advisory lock on PostgreSQL: one writer at a time, as SQLite has it anyway."""


class HasToken(GenericFunction[bool]):
    """Whether a token column holds one token; not known where the column is."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(HasToken, "sqlite")
def _instr(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **kw)}) > 0)"


@compiles(HasToken, "postgresql")
def _strpos(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **kw)}) > 0)"


class Bytewise(GenericFunction[str]):
    """Text in the order of its bytes: the databases' own orders differ, and so would pages."""

    type = sa.Text()
    inherit_cache = True


@compiles(Bytewise, "sqlite")
def _binary(element: Any, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(Bytewise, "postgresql")
def _collate(element: Any, compiler: Any, **kw: Any) -> str:
    return f'{compiler.process(element.clauses, **kw)} COLLATE "C"'


class Database:
    """An engine with the habits of this house: short reads, one writer at a time, every write all or nothing."""

    def __init__(self, url: str) -> None:
        try:
            self.url = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise StoreError(N_("FINDER_DATABASE is not a database address.")) from error
        self.on_sqlite = self.url.get_backend_name() == "sqlite"
        if self.on_sqlite and self.url.database not in (None, "", ":memory:"):
            try:
                Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(N_("The database cannot be reached or used.")) from error
        options: dict[str, Any] = {"connect_args": {"timeout": 30}} if self.on_sqlite else {"pool_pre_ping": True}
        try:
            self.engine = sa.create_engine(self.url, **options)
        except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
            raise StoreError(
                N_("FINDER_DATABASE names a database that is not supported; use SQLite or PostgreSQL.")
            ) from error
        if self.on_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that sees one state of the database throughout."""
        with _named_errors(), self.engine.connect() as session:
            if not self.on_sqlite:
                session = session.execution_options(isolation_level="REPEATABLE READ")
            with session.begin():
                yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield the one writing session; all of it is stored at the end, or nothing."""
        with _named_errors(), self.engine.connect().execution_options(finder_write=True) as session, session.begin():
            if not self.on_sqlite:
                session.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS_LOCK)))
            yield session

    def migrate(self) -> bool:
        """Bring the tables to this program's state; return whether the database was empty before.

        Raises
        ------
        StoreError
            When the database was written by a newer program.
        """
        script = ScriptDirectory(str(MIGRATIONS))
        with self.reading() as session:
            # A start that has nothing to do does not wait for whoever is writing.
            if _revision(session, script) == script.get_current_head():
                return False
        with self.writing() as session:
            current = _revision(session, script)
            config = AlembicConfig()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["session"] = session
            command.upgrade(config, "head")
            return current is None

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _revision(session: Session, script: ScriptDirectory) -> str | None:
    current = MigrationContext.configure(session).get_current_revision()
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise StoreError(N_("The database was written by a newer version of the program."))
    return current


_FAULTS = {
    N_("The database file is damaged or is not a database."): ("not a database", "malformed"),
    N_("The disk is full; nothing was stored."): ("disk is full", "no space"),
    N_("The database can be read but not written."): ("readonly",),
    N_("The database is busy with another change; please try again."): ("locked",),
}


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except sa.exc.DatabaseError as error:
        text = str(error.orig).lower()
        for message, signs in _FAULTS.items():
            if any(sign in text for sign in signs):
                raise StoreError(message) from error
        if isinstance(error, sa.exc.OperationalError):
            raise StoreError(N_("The database cannot be reached or used.")) from error
        raise


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling starts transactions late and never with IMMEDIATE.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout = 30000",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -65536",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(session: Session) -> None:
    write = session.get_execution_options().get("finder_write")
    session.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def broken(session: Session) -> list[str] | None:
    """Return what the file's own check finds broken; None where the database is a server that sees to that itself."""
    if session.dialect.name != "sqlite":
        return None
    rows = [row[0] for row in session.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
    return rows + [f"{row[0]}: {row[2]}" for row in session.exec_driver_sql("PRAGMA foreign_key_check")]
