"""One reader per format: file -> RawRecords with provenance; no opinions. A locked child process does the reading."""

from __future__ import annotations

from pathlib import Path

from finder.limits import DEFAULT, Limits
from finder.model.record import RawRecords


def read(path: Path, *, layer: str | None = None, limits: Limits = DEFAULT) -> RawRecords:
    """Return a file's rows as they stand in it, read in a locked process of its own.

    The format is told by the content, never by the name.

    Parameters
    ----------
    path : an ordinary file; nothing that only looks like a name (an address, a `/vsi` path, a pipe) is followed.
    layer : which one of several layers.

    Raises
    ------
    UnusableInput
        The file cannot be read as a whole: missing, damaged, of another format, beyond the limits.
    UnsafeInput
        It asks for something a land inventory has no need of.
    """
    from finder.sources import reading  # the locked process imports this package too, and needs nothing of it

    return reading.read(Path(path), layer, limits)
