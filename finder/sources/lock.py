"""What the reading process may do: little, and less wherever the system helps.

=============================  ================================================  ===================================
                               Linux                                             elsewhere
=============================  ================================================  ===================================
environment                    none but `ENVIRONMENT`, from before its start      the same
memory, time, file sizes       limits of the kernel                               time and file sizes
network, other programs        refused by the kernel (seccomp, where x86-64 or    refused where Python would open them
                               ARM64; an empty network where it may have one)
files                          refused by the kernel (Landlock, Linux ≥ 5.13)     refused where Python would open them
                               but for its own folder, Python and libraries
=============================  ================================================  ===================================

Nowhere does it rest on this alone: GDAL is given three formats only, and only content that was looked at before.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import resource
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from finder.limits import MIB, Limits
from finder.sources import kernel

DRIVERS = frozenset({"ESRI Shapefile", "FlatGeobuf", "GPKG"})
"""The GDAL drivers that read what is not read here."""
# what pyogrio's wheel brings; `finder.sources.gdal` drops any other it finds
_SKIPPED = (
    "ADBC AIVector AmigoCloud AVCBin AVCE00 Carto CSV CSW DGN DXF EDIGEO EEDA Elasticsearch ESRIJSON GDALG "
    "GeoJSON GeoJSONSeq GeoRSS GML GPSBabel GPX GTFS HTTP Idrisi JML JSONFG KML LIBKML LVBAG MapML MBTiles MEM "
    "MiraMonVector MVT NGW OAPIF ODS OGCAPI OGR_GMT OGR_PDS OGR_VRT OpenFileGDB OSM PCIDSK PDF PDS4 PGDUMP "
    "PLSCENES PMTiles S57 Selafin SQLite SXF TopoJSON VDV VFK VICAR WAsP WFS XLSX"
)
ENVIRONMENT = {
    "GDAL_SKIP": ",".join([*_SKIPPED.split(), "MapInfo File"]),
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_CONFIG_FILE": os.devnull,  # else the user's own ~/.gdal/gdalrc
    "GDAL_PAM_ENABLED": "NO",
    "OGR_SQLITE_STATIC_VIRTUAL_OGR": "NO",
    # the short ways to Arrow break on features without a place, and pass on geometries without looking at them
    "OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES",
    "OGR_GPKG_STREAM_BASE_IMPL": "YES",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_MAX_RETRY": "0",
    "PROJ_NETWORK": "OFF",
    # one thread each: memory can be foretold, and a file at a time is read anyway
    "GDAL_NUM_THREADS": "1",
    "OGR_GPKG_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others set aside more than is used
    "PYTHONHASHSEED": "0",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}
"""The reading process's whole environment, set before it starts: GDAL looks at it when it is loaded."""

_LIBRARIES = ("numpy", "orjson", "osmium", "packaging", "pyarrow", "pyogrio")
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/proc/self",
    "/dev/null",
    "/dev/urandom",
)
_REFUSED = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.",
    "urllib.",
    "ftplib.",
    "http.",
)
_CHANGED = (
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
    "os.truncate",
)


class Locked(PermissionError):
    """The reading process wanted what it may not do."""


def close(read: Path, write: Path, limits: Limits) -> None:
    """Lock this process for good: reading in `read` and where its code lies, writing in `write`, nothing else."""
    _bound(limits)
    readable = [*code(), str(read), str(write)]
    kernel.close(readable, [str(write)])
    _refuse(readable, str(write))


def code() -> list[str]:
    """Return the folders in which this process's code lies."""
    folders = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")} | {
        str(Path(__file__).absolute().parents[1])
    }
    for name in _LIBRARIES:
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None:
            # a library's shared objects may lie in a folder beside it
            folders.add(str(Path(found.origin).absolute().parents[1]))
    # asked for by the one name or, past a link, by the other
    return [*sorted(folders | {str(Path(folder).resolve()) for folder in folders}), *_SYSTEM]


def _bound(limits: Limits) -> None:
    seconds = int(limits.seconds) + 2  # the one that waits looks at the clock; this is for when it is gone
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: max(limits.max_unpacked_bytes, 2 * limits.memory_bytes),  # or what is handed over
        resource.RLIMIT_DATA: limits.memory_bytes,
        resource.RLIMIT_AS: limits.memory_bytes + 2048 * MIB,  # code and mapped files count here as well
        resource.RLIMIT_NOFILE: 256,
    }
    for which, bound in bounds.items():
        hard = resource.getrlimit(which)[1]
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        with contextlib.suppress(OSError, ValueError):  # macOS knows no limit of memory
            resource.setrlimit(which, (bound, bound))


def _refuse(readable: Iterable[str], writable: str) -> None:
    """Refuse at Python's own doors, on every system; what C does by itself passes by them."""
    roots = tuple(f"{root}/" for root in readable)
    allowed = frozenset(readable)
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = args
            if isinstance(path, int):
                return
            where = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type]  # noqa: PTH100 (no file is looked at)
            if isinstance(flags, int) and flags & writing:
                if not where.startswith(f"{writable}/"):
                    raise Locked(event)
            elif where not in allowed and not where.startswith(roots):
                raise Locked(event)
        elif event.startswith(_REFUSED) or event in _CHANGED:
            raise Locked(event)

    sys.addaudithook(hook)
