"""A file that is written aside and appears whole, once everything else has gone well, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from finder.errors import UnusableInput
from finder.language import N_


class Aside:
    """Takes the place of `path` when the block it is made for ends well.

    Raises
    ------
    UnusableInput
        Already where it is made: nothing can be written there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folder: Path | None = None
        if not path.parent.is_dir():
            raise UnusableInput(N_("The folder of “%(name)s” does not exist."), name=path.name[:80])
        with named(path), tempfile.TemporaryDirectory(dir=path.parent, prefix=".finder-"):
            if path.is_dir():
                raise IsADirectoryError(21, "Is a directory")

    def write(self, writer: Callable[[Path], None]) -> None:
        """Have the file written, of the same ending."""
        with named(self.path):
            self._folder = Path(tempfile.mkdtemp(dir=self.path.parent, prefix=".finder-"))
            writer(self._written)

    def __enter__(self) -> Aside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folder is None:
            return
        try:
            if kind is None:
                with named(self.path):
                    self._written.replace(self.path)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _written(self) -> Path:
        assert self._folder is not None
        return self._folder / f"file{self.path.suffix}"  # whatever bytes the name may hold


def apart(read: Sequence[Path], written: Sequence[Path]) -> None:
    """Refuse to write over a file that is read, or over one that is written as well.

    Raises
    ------
    UnusableInput
        Two of them are one.
    """
    seen = {path.resolve() for path in read}
    for path in written:
        with named(path):
            if (place := path.resolve()) in seen:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            seen.add(place)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Tell of a file that cannot be written in one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or "?"
        raise UnusableInput(
            N_("“%(name)s” cannot be written: %(reason)s."), name=path.name[:80], reason=reason
        ) from error
