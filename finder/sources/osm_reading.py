"""Our side of reading an OpenStreetMap extract: take the file, start the locked process, look at what comes back.

A delivery is copied before it is read; an extract of a country has gigabytes, and its place is on no temporary disk.
The copy serves three ends, which are met without it: the reading process may open no file of ours, so it is given this
one already open, for reading; osmium reads from that descriptor, so no neighbour of the file can steer it; and what was
read is what was counted and hashed, because the file is refused if it changed meanwhile.
"""

from __future__ import annotations

import hashlib
import os
import stat
from io import FileIO
from pathlib import Path

from finder.limits import MIB, Limits
from finder.roads.records import RoadRecords
from finder.sources import osm_handover, reading, sentences, worker
from finder.sources.sentences import Refusal


def read(path: Path, limits: Limits) -> RoadRecords:
    """Return the extract's roads; `finder.sources.read_roads` says more."""
    try:
        with reading.private_folder() as folder, reading.opened(path) as file:
            return _read(path, file, folder, limits)
    except Refusal as refusal:
        raise sentences.error(refusal.code, {**refusal.params, "name": path.name}) from refusal


def _read(path: Path, file: FileIO, folder: Path, limits: Limits) -> RoadRecords:
    before = os.fstat(file.fileno())
    if not stat.S_ISREG(before.st_mode):
        raise Refusal("not_a_file")
    if before.st_size > limits.max_file_bytes:
        raise Refusal("too_large", limit=limits.max_file_bytes // MIB)
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    reading.run(folder, {"task": worker.ROADS, "file": file.fileno()}, limits, files=[file.fileno()])
    after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise Refusal("changed")
    name = str(sentences.plain(path.name))
    return osm_handover.read(folder / worker.OUTSIDE, limits, name=name, sha256=sha256)
