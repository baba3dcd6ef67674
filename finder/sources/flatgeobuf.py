"""FlatGeobuf: one layer, nothing in it that points elsewhere."""

from __future__ import annotations

from pathlib import Path

from finder.limits import Limits
from finder.sources import gdal
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Table

FORMAT = "FlatGeobuf"


def read(path: Path, limits: Limits) -> Table:
    """Return the rows of a FlatGeobuf file as a table.

    Raises
    ------
    Refusal
        The file is cut off or goes beyond the limits.
    """
    table = gdal.read(path, limits, Notes(limits.max_issues), format_=FORMAT, VERIFY_BUFFERS="YES").table
    if table.length < gdal.stated_count(path):
        raise Refusal("failed")  # GDAL reads what is left as if it were all
    return table
