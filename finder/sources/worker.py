"""The reading process: locks itself, reads one file, hands over what it found or why not."""

from __future__ import annotations

import errno
import gc
import importlib.abc
import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from finder.limits import MIB, Limits
from finder.sources import lock
from finder.sources.sentences import Refusal
from finder.sources.sniffing import HEAD_BYTES, Format, sniff

if TYPE_CHECKING:
    from finder.sources.table import Table

CONTENT = "content"
INSIDE, OUTSIDE = "in", "out"
"""The folders of the file, only read, and of what is handed over."""
ROADS = "roads"
"""The task of reading an extract's roads; without one, rows are read."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LAYERED = (Format.GEOPACKAGE, Format.ZIP)


class _Unneeded(importlib.abc.MetaPathFinder):
    """Keeps away what Arrow and pyogrio load only to make its tables; that takes longer than most files."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Deny that a module exists."""
        if fullname in ("geopandas", "pandas", "pyproj", "shapely"):
            raise ModuleNotFoundError(name=fullname)


def main() -> None:
    """Read the file that the order on standard input names."""
    order = json.loads(sys.stdin.buffer.read())
    folder, limits = Path(order["folder"]), Limits(**order["limits"])
    lock.close(folder / INSIDE, folder / OUTSIDE, limits)
    if os.getppid() != order["parent"]:
        os._exit(0)  # it ended before its end could be ours too, and nobody waits
    sys.meta_path.insert(0, _Unneeded())
    gc.disable()  # millions of small objects, none in a circle
    from finder.sources import exchange  # only now: nothing is loaded that is not locked in

    out = folder / OUTSIDE
    try:
        if order.get("task") == ROADS:
            from finder.sources import osm, osm_handover

            osm_handover.write(out, osm.read(order["file"], limits))
        else:
            exchange.write(out, _read(folder / INSIDE / CONTENT, out, order["layer"], limits))
    except Refusal as refusal:
        exchange.write_refusal(out, refusal.code, refusal.params)
    except MemoryError:
        exchange.write_refusal(out, "memory", {"limit": limits.memory_bytes // MIB})
    except OSError as error:
        traceback.print_exc()
        if error.errno in _NO_ROOM:
            for handed in out.iterdir():  # the refusal needs a little room
                if handed.is_file():
                    handed.write_bytes(b"")
            exchange.write_refusal(out, "not_copied", {"reason": os.strerror(error.errno or 0)})
        else:
            exchange.write_refusal(out, "failed", {})
    except Exception:  # whatever a hostile file brings about here is one refusal there; the log keeps what it was
        traceback.print_exc()
        exchange.write_refusal(out, "failed", {})
    sys.stderr.flush()
    os._exit(0)  # to free all those objects one by one would take its time


def _read(path: Path, out: Path, layer: str | None, limits: Limits) -> Table:
    with path.open("rb") as file:
        format_ = sniff(file.read(HEAD_BYTES))
    if layer is not None and format_ not in _LAYERED:
        raise Refusal("no_layers", format=format_.value, layer=layer)
    # each reader is loaded only when it is wanted: that takes longer than most files
    match format_:
        case Format.GEOJSON:
            from finder.sources import geojson

            return geojson.read(path.read_bytes(), limits)
        case Format.CSV:
            from finder.sources import delimited

            return delimited.read(path.read_bytes(), limits)
        case Format.GEOPACKAGE:
            from finder.sources import geopackage

            return geopackage.read(path, layer, limits)
        case Format.ZIP:
            from finder.sources import packed

            return packed.read(path, out, layer, limits)
        case Format.GML:
            from finder.sources import gml

            return gml.read(path, limits)
        case Format.KML:
            from finder.sources import kml

            return kml.read(path, limits)
        case Format.XPLANGML:
            from finder.sources import xplan

            return xplan.read(path, limits)
        case Format.OPENIMMO:
            from finder.sources import openimmo

            return openimmo.read(path, limits)
        case Format.PARQUET:
            from finder.sources import geoparquet

            return geoparquet.read(path, limits)
        case Format.FLATGEOBUF:
            from finder.sources import flatgeobuf

            return flatgeobuf.read(path, limits)
