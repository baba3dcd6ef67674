"""XML in ZIP archives: plans, offers and GML, among the documents and pictures that come with them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from finder.limits import Limits
from finder.sources.archive import Archive
from finder.sources.sentences import Refusal
from finder.sources.sniffing import HEAD_BYTES, Format, sniff
from finder.sources.table import Table

_SUFFIXES = (".gml", ".xml")
_READ = (Format.XPLANGML, Format.OPENIMMO, Format.GML)


def members(opened: Archive) -> dict[str, Format]:
    """Return an archive's XML files that are read here, each with its format."""
    found: dict[str, Format] = {}
    for name in opened.names:
        if PurePosixPath(name).suffix.lower() in _SUFFIXES and not name.casefold().startswith("__macosx/"):
            try:
                format_ = sniff(opened.read(name, HEAD_BYTES))
            except Refusal:
                continue
            if format_ in _READ:
                found[name] = format_
    return found


def read(opened: Archive, found: dict[str, Format], folder: Path, limits: Limits) -> Table:
    """Return what the only one of these members holds, unpacked into `folder`.

    Raises
    ------
    Refusal
        There are several, or that of its reader.
    """
    if len(found) > 1:
        raise Refusal("zip_several", count=len(found), members=", ".join(found))
    ((name, format_),) = found.items()
    path = folder / "member.xml"
    opened.unpack(name, path)
    if format_ is Format.XPLANGML:
        from finder.sources import xplan

        return xplan.read(path, limits)
    if format_ is Format.OPENIMMO:
        from finder.sources import openimmo

        return openimmo.read(path, limits)
    from finder.sources import gml

    return gml.read(path, limits)
