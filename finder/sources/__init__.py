"""One reader per format: file -> RawRecords with provenance; no opinions. A locked child process does the reading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from finder.limits import DEFAULT, ROADS, Limits
from finder.model.record import RawRecords

if TYPE_CHECKING:
    from finder.roads.records import RoadRecords  # and numpy, which the locked process loads only when it is locked


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


def read_roads(path: Path, limits: Limits = ROADS) -> RoadRecords:
    """Return the roads of an OpenStreetMap extract in the PBF format, read in a locked process of its own.

    Raises
    ------
    UnusableInput
        The file is missing, no extract, damaged, without any road for motor vehicles, or beyond the limits.
    """
    from finder.sources import osm_reading  # as above

    return osm_reading.read(Path(path), limits)
