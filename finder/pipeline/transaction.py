"""Writing that may be taken back as a whole: a dry run does all that the real one does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from finder.store.database import Database, Session


class Undone(Exception):
    """Ends a transaction so that nothing of it is stored."""


@contextlib.contextmanager
def writing(database: Database) -> Iterator[Session]:
    """Yield the writing session; where `Undone` is raised in it, the old state stays and the way goes on."""
    with contextlib.suppress(Undone), database.writing() as session:
        yield session


__all__ = ["Undone", "writing"]
