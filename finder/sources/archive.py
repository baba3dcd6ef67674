"""ZIP archives, judged by their directory before anything is unpacked."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path, PurePosixPath

from finder.limits import MIB, Limits
from finder.sources.sentences import Refusal

_HEADER_BYTES = 30  # of a member, without its name
_SMALL_BYTES = 16 * MIB  # so much may come out of anything
_NESTED = {".zip", ".kmz", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".jar", ".cab"}
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_CHUNK = 1 * MIB


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Archive]:
    """Open an archive that has nothing suspicious about it.

    Raises
    ------
    Refusal
        It is damaged, or does what an archive of land reserves has no need of.
    """
    try:
        with zipfile.ZipFile(path) as file:
            members = file.infolist()
            _judge(members, file.start_dir, limits)
            yield Archive(file, members, limits)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error) as error:
        raise Refusal("zip_damaged") from error


class Archive:
    """An archive that was judged; `names` are its files."""

    def __init__(self, file: zipfile.ZipFile, members: list[zipfile.ZipInfo], limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._members = {member.filename: member for member in members if not member.is_dir()}

    @property
    def names(self) -> list[str]:
        """The files' names in the order of the directory."""
        return list(self._members)

    def unpack(self, name: str, target: Path) -> None:
        """Write one file to `target`, and no more of it than the directory says."""
        left = self._members[name].file_size
        with self._file.open(self._members[name]) as source, target.open("xb") as sink:
            while chunk := source.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Refusal("zip_bomb")
                sink.write(chunk)

    def read(self, name: str, at_most: int) -> bytes:
        """Return the beginning of one file."""
        with self._file.open(self._members[name]) as source:
            return source.read(at_most)


def _judge(members: list[zipfile.ZipInfo], directory: int, limits: Limits) -> None:
    if len(members) > limits.max_members:
        raise Refusal("zip_members", limit=limits.max_members)
    for member in members:
        _judge_one(member, limits)
    if sum(member.file_size for member in members) > limits.max_unpacked_bytes:
        raise Refusal("zip_unpacked", limit=limits.max_unpacked_bytes // MIB)
    names = [member.filename.rstrip("/").casefold() for member in members]
    spans = sorted((member.header_offset, _least_end(member)) for member in members)
    if len(set(names)) != len(names) or any(end > start for (_, end), (start, _) in pairwise([*spans, (directory, 0)])):
        raise Refusal("zip_overlap")


def _judge_one(member: zipfile.ZipInfo, limits: Limits) -> None:
    name = member.orig_filename  # `filename` has been tidied
    path = PurePosixPath(name)
    if "\\" in name or "\0" in name or ":" in name or path.is_absolute() or ".." in path.parts or not path.parts:
        raise Refusal("zip_path")
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refusal("zip_special")
    if member.flag_bits & _ENCRYPTED:
        raise Refusal("zip_encrypted")
    if path.suffix.lower() in _NESTED:
        raise Refusal("zip_nested")
    if member.compress_type not in _METHODS:
        raise Refusal("zip_method")
    if member.file_size > max(_SMALL_BYTES, limits.max_ratio * member.compress_size):
        raise Refusal("zip_ratio", limit=limits.max_ratio)


def _least_end(member: zipfile.ZipInfo) -> int:
    return member.header_offset + _HEADER_BYTES + len(member.orig_filename) + member.compress_size
