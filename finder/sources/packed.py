"""ZIP archives: what they hold tells the format."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from finder.limits import Limits
from finder.sources import archive, packed_markup, workbook
from finder.sources.sentences import Refusal
from finder.sources.table import Table


def read(path: Path, folder: Path, layer: str | None, limits: Limits) -> Table:
    """Return what an archive holds as a table: a workbook, a Shapefile, KML, a plan, offers or GML.

    Raises
    ------
    Refusal
        The archive is unsafe, or holds none of these.
    """
    with archive.opened(path, limits) as opened:
        if workbook.is_one(opened.names):
            from finder.sources import spreadsheet

            return spreadsheet.read(opened, folder, layer, limits)
        suffixes = {PurePosixPath(name).suffix.lower() for name in opened.names}
        if ".kml" in suffixes and ".shp" not in suffixes:
            from finder.sources import kml

            if layer is not None:
                raise Refusal("no_layers", format=kml.PACKED, layer=layer)
            return kml.read_packed(opened, folder, limits)
        if ".shp" not in suffixes and (found := packed_markup.members(opened)):
            if layer is not None:
                raise Refusal("no_layers", format=next(iter(found.values())).value, layer=layer)
            return packed_markup.read(opened, found, folder, limits)
    from finder.sources import shapefile

    return shapefile.read(path, folder, layer, limits)
