"""A Shapefile in a ZIP archive: only its known parts are unpacked, under names of ours."""

from __future__ import annotations

import codecs
import re
import struct
from pathlib import Path, PurePosixPath

from finder.limits import Limits
from finder.sources import archive, gdal, text
from finder.sources.archive import Archive
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Table

FORMAT = "Shapefile"
_NEEDED = (".shp", ".dbf", ".shx")
_SYSTEM, _CODE_PAGE = ".prj", ".cpg"
_MAX_SMALL_BYTES = 64 * 1024  # .prj and .cpg are a line each
_LANGUAGE_AT = 29  # byte of the .dbf that may tell its code page
_LANGUAGES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252",
              0x64: "cp852", 0xC8: "cp1250"}  # fmt: skip
_OTHER_CONTENT = (("[content_types].xml", "Microsoft Office"), ("mimetype", "OpenDocument"))
_ASIDE = ("__macosx/",)


def read(path: Path, folder: Path, layer: str | None, limits: Limits) -> Table:
    """Return the Shapefile of an archive as a table, unpacked into `folder`.

    Raises
    ------
    Refusal
        The archive is unsafe, or holds no complete Shapefile, or several.
    """
    notes = Notes(limits.max_issues)
    with archive.opened(path, limits) as opened:
        name, parts = _chosen(opened, layer)
        for suffix in _NEEDED:
            opened.unpack(parts[suffix], folder / f"layer{suffix}")
        if _SYSTEM in parts:
            (folder / f"layer{_SYSTEM}").write_bytes(opened.read(parts[_SYSTEM], _MAX_SMALL_BYTES))
        stated = opened.read(parts[_CODE_PAGE], _MAX_SMALL_BYTES) if _CODE_PAGE in parts else None
    _check_whole(folder)
    encoding = _encoding(folder / "layer.dbf", stated, notes)
    table = gdal.read(folder / "layer.shp", limits, notes, format_=FORMAT, encoding=encoding).table
    table.layer = name
    return table


def _chosen(opened: Archive, layer: str | None) -> tuple[str, dict[str, str]]:
    """Return the layer's name and its parts' names in the archive by suffix."""
    found: dict[str, dict[str, str]] = {}
    for name in opened.names:
        if name.casefold().startswith(_ASIDE):
            continue
        path = PurePosixPath(name)
        found.setdefault(str(path.with_suffix("")).casefold(), {})[path.suffix.lower()] = name
    layers = {stem: parts for stem, parts in found.items() if ".shp" in parts}
    if not layers:
        raise _without_shapefile(opened.names)
    named = {stem: PurePosixPath(parts[".shp"]).stem for stem, parts in layers.items()}
    if len(set(named.values())) != len(named):  # the same name in several folders
        named = {stem: str(PurePosixPath(parts[".shp"]).with_suffix("")) for stem, parts in layers.items()}
    stems = [stem for stem, name in named.items() if layer in (None, name)]
    if not stems:
        raise Refusal("no_such_layer", layer=layer, layers=", ".join(named.values()))
    if len(stems) > 1:
        raise Refusal("which_layer", layers=", ".join(named.values()))
    stem = stems[0]
    for suffix in _NEEDED:
        if suffix not in layers[stem]:
            raise Refusal("shapefile_part", layer=named[stem], suffix=suffix)
    return named[stem], layers[stem]


def _without_shapefile(names: list[str]) -> Refusal:
    inside = {name.casefold() for name in names}
    for name, format_ in _OTHER_CONTENT:
        if name in inside:
            return Refusal("other_format", format=format_)
    return Refusal("zip_content")


def _check_whole(folder: Path) -> None:
    """Refuse parts that are cut off or do not belong together: GDAL would read what is left as if it were all."""
    sizes = {}
    for suffix in _NEEDED:
        path = folder / f"layer{suffix}"
        sizes[suffix] = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(100)
        if suffix == ".dbf":
            records, header, width = struct.unpack_from("<IHH", head.ljust(12, b"\0"), 4)
            stated = header + records * width
        else:
            stated = 2 * struct.unpack_from(">I", head.ljust(28, b"\0"), 24)[0]
        if not 32 <= stated <= sizes[suffix]:
            raise Refusal("failed")
    if (sizes[".shx"] - 100) // 8 != records:
        raise Refusal("failed")


# -- the encoding of its texts ----------------------------------------------------------------------------------------


def _encoding(dbf: Path, stated: bytes | None, notes: Notes) -> str:
    """Return Python's name of the encoding: by the .cpg, else by the .dbf, else UTF-8 if it can be, else cp1252."""
    data = dbf.read_bytes()
    if stated is not None:
        words = stated.decode("ascii", "replace").strip("\ufeff \t\r\n\0")
        if (encoding := _codec(words)) is not None:
            return encoding
        fallback = _guessed(data)
        notes.once("encoding_unknown", stated=words, encoding=fallback)
        return fallback
    if len(data) > _LANGUAGE_AT and (language := _LANGUAGES.get(data[_LANGUAGE_AT])):
        return language
    encoding = _guessed(data)
    if encoding != "utf-8":
        notes.once("encoding_assumed", encoding=encoding)
    return encoding


def _codec(words: str) -> str | None:
    """Return the codec meant by a .cpg: "UTF-8", "1252", "ANSI 1252", "ISO 8859-1", "88591" …"""
    bare = re.sub(r"^(?:ansi|cp|windows|oem|ms|ldid)[\s_/-]*", "", words.lower())
    if match := re.fullmatch(r"(?:iso)?[\s_-]*8859[\s_-]*(1[0-6]|[1-9])", bare):
        bare = f"iso8859-{match[1]}"
    for name in (f"cp{bare}", bare) if bare.isdigit() else (bare,):
        try:
            # only a codec for texts decodes bytes, and only one that leaves ASCII as it is can be that of a .dbf
            if b"0 a".decode(name) == "0 a":
                return codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
    return None


def _guessed(data: bytes) -> str:
    """Return UTF-8 where the records can be so, a character cut at a column's end forgiven; else what offices write."""
    header = int.from_bytes(data[8:10], "little")
    names = b" ".join(data[start : start + 11].split(b"\0")[0] for start in range(32, header - 1, 32))
    texts = names + b" " + data[header:]
    try:
        texts.decode()
    except UnicodeDecodeError:
        broken = texts.decode(errors="replace").count("\ufffd")
        whole = len(re.findall(rb"[\xc2-\xdf][\x80-\xbf]", texts))
        return "utf-8" if whole > broken else text.FALLBACK
    return "utf-8"
