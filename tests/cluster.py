"""Fresh PostGIS databases on the server that `tests/run` starts or FINDER_TEST_POSTGIS names."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


class Cluster:
    """A server on which databases come and go; each is a copy of one template that has the extension already."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self._engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self._template = self._create()
        template = sa.create_engine(self.url.set(database=self._template), poolclass=sa.NullPool)
        with template.begin() as session:
            session.exec_driver_sql("CREATE EXTENSION postgis")

    @contextmanager
    def database(self, copy_of: str | None = None) -> Iterator[str]:
        """Yield the address of a fresh database, or of a copy; it is dropped afterwards, whoever is still connected."""
        name = self._create(self._template if copy_of is None else str(sa.make_url(copy_of).database))
        try:
            yield self.url.set(database=name).render_as_string(hide_password=False)
        finally:
            self._drop(name)

    def close(self) -> None:
        """Drop the template."""
        self._drop(self._template)

    def _create(self, template: str = "template1") -> str:
        name = f"finder_test_{uuid.uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def _drop(self, name: str) -> None:
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with self._engine.connect() as session:
            session.exec_driver_sql(statement)
