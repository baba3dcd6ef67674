"""Which ending is which format; a file appears whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from finder.errors import UnusableInput
from finder.exports import geojson, table
from finder.language import N_
from finder.store.sites import Listed

WRITERS: dict[str, Callable[[Path, Iterable[Listed]], int]] = {
    ".geojson": geojson.write,
    ".gpkg": table.write_gpkg,
    ".csv": table.write_csv,
}


def write(path: Path, sites: Iterable[Listed]) -> int:
    """Write sites in the format of the path's ending and return how many; the file is written aside and renamed.

    Raises
    ------
    UnusableInput
        The ending is no known format, or the folder cannot be written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UnusableInput(
            N_("“%(name)s” has no known ending; write to one of %(known)s."),
            name=path.name[:80],
            known=", ".join(WRITERS),
        )
    if not path.parent.is_dir():
        raise UnusableInput(N_("The folder of “%(name)s” does not exist."), name=path.name[:80])
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".finder-") as folder:
            aside = Path(folder) / f"sites{path.suffix}"  # whatever bytes the name may hold
            count = writer(aside, sites)
            aside.replace(path)
    except OSError as error:
        reason = error.strerror or "?"
        raise UnusableInput(
            N_("“%(name)s” cannot be written: %(reason)s."), name=path.name[:80], reason=reason
        ) from error
    return count
