"""Our side of the reading: take the file, start the locked process, look at what comes back."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from finder import crs
from finder.limits import MIB, Limits
from finder.model.record import Issue, Origin, RawRecords
from finder.sources import axes, exchange, geojson, lock, sentences, worker
from finder.sources.sentences import Notes, Refusal

_log = logging.getLogger(__name__)
_CHUNK = 4 * MIB
# The same places to find modules as ours, whether we are installed, linked or lie in a checkout.
_START = "import sys; sys.path[:] = sys.argv[1:]; from finder.sources import worker; worker.main()"
_SAID_BYTES = 4000
_PREFIX = "flaechenfinder-"
_YOUNG_SECONDS = 60  # a folder this young may not be locked yet


def read(path: Path, layer: str | None, limits: Limits) -> RawRecords:
    """Return the file's rows; `finder.sources.read` says more."""
    try:
        with private_folder() as folder:
            return _read(path, folder, layer, limits)
    except Refusal as refusal:
        raise sentences.error(refusal.code, {**refusal.params, "name": path.name}) from refusal


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a private folder, locked while we live; those of killed processes are removed."""
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        for part in (worker.INSIDE, worker.OUTSIDE):
            (folder / part).mkdir()
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with contextlib.suppress(OSError):  # a file system without locks: nothing is swept there either
                fcntl.flock(held, fcntl.LOCK_SH)
            yield folder
        finally:
            os.close(held)


def _sweep(temporary: Path) -> None:
    for path in temporary.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                about = os.fstat(held)
                if about.st_uid == os.getuid() and about.st_mtime < time.time() - _YOUNG_SECONDS:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(held)


def _read(path: Path, folder: Path, layer: str | None, limits: Limits) -> RawRecords:
    sha256, size = _taken(path, folder / worker.INSIDE / worker.CONTENT, limits)
    run(folder, {"layer": layer}, limits)
    result = exchange.read(folder / worker.OUTSIDE, limits)
    about = result.about
    if not result.rows:
        raise Refusal("no_rows")
    notes = Notes(limits.max_issues)
    system: str | None = about["crs"]
    geometry: axes.Geometry | None = result.geometry
    if about["srs_name"] is not None:
        system, geometry = axes.settled(about["srs_name"], geometry, notes)
    return RawRecords(
        columns=result.columns,
        rows=result.rows,
        geometry=geometry,
        crs=f"EPSG:{crs.LONLAT}" if system == geojson.LONLAT else system,
        origin=Origin(
            name=str(sentences.plain(path.name)),
            format=about["format"] or "",
            sha256=sha256,
            size_bytes=size,
            layer=about["layer"],
            encoding=about["encoding"],
            delimiter=about["delimiter"],
        ),
        issues=(*result.issues, *notes, *_beside(path, about["format"])),
    )


def _taken(path: Path, copy: Path, limits: Limits) -> tuple[str, int]:
    """Copy an ordinary file and return its digest and size; the copy has no neighbours that could steer the reading."""
    with opened(path) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Refusal("not_a_file")
        if os.fstat(file.fileno()).st_size > limits.max_file_bytes:
            raise Refusal("too_large", limit=limits.max_file_bytes // MIB)
        digest = hashlib.sha256()
        size = 0
        try:
            with copy.open("xb") as target:
                while chunk := file.read(_CHUNK):
                    size += len(chunk)
                    if size > limits.max_file_bytes:
                        raise Refusal("too_large", limit=limits.max_file_bytes // MIB)
                    digest.update(chunk)
                    target.write(chunk)
        except OSError as error:
            raise Refusal("not_copied", reason=error.strerror or "?") from error
    copy.chmod(0o400)
    return digest.hexdigest(), size


def opened(path: Path) -> FileIO:
    """Return a file opened for reading, without waiting where it is none."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NONBLOCK)  # a named pipe must not make us wait

    try:
        return open(path, "rb", buffering=0, opener=opener)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise Refusal("missing") from error
    except IsADirectoryError as error:
        raise Refusal("not_a_file") from error
    except OSError as error:
        raise Refusal("not_opened", reason=error.strerror or "?") from error


def run(folder: Path, task: Mapping[str, object], limits: Limits, *, files: Sequence[int] = ()) -> None:
    """Let the locked process read, with these files open; whatever becomes of it, it is gone afterwards."""
    order = {**task, "folder": str(folder), "limits": dataclasses.asdict(limits), "parent": os.getpid()}
    places = [place for place in sys.path if Path(place).is_absolute()]
    with (folder / "said").open("w+b") as said:
        process = subprocess.Popen(  # noqa: S603 (our own Python with our own words)
            [sys.executable, "-I", "-B", "-c", _START, *places],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd=folder / worker.OUTSIDE,
            env=lock.ENVIRONMENT,
            start_new_session=True,
            pass_fds=files,
        )
        try:
            process.communicate(json.dumps(order).encode(), timeout=limits.seconds)
        except subprocess.TimeoutExpired as error:
            raise Refusal("took_too_long", seconds=round(limits.seconds)) from error
        finally:
            if process.poll() is None:
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said.seek(max(said.seek(0, os.SEEK_END) - _SAID_BYTES, 0))
        words = said.read()
    if process.returncode != 0:
        _log.debug("The reading process ended with %s: %s", process.returncode, words)
        raise _fallen(process.returncode, words, limits)
    if words:
        _log.debug("The reading process said: %s", words)


def _fallen(code: int, words: bytes, limits: Limits) -> Refusal:
    if code == -signal.SIGXCPU:
        return Refusal("took_too_long", seconds=round(limits.seconds))
    # the system ends a process that takes too much; libraries give up by themselves, and say so
    if code == -signal.SIGKILL or b"bad_alloc" in words or b"emory" in words:
        return Refusal("memory", limit=limits.memory_bytes // MIB)
    return Refusal("failed")


def _beside(path: Path, format_: str | None) -> tuple[Issue, ...]:
    journal = path.with_name(f"{path.name}-wal")
    if format_ == "GeoPackage" and journal.is_file() and journal.stat().st_size:
        return (sentences.note("changes_beside"),)
    return ()
