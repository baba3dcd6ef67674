"""What a workbook (XLSX) says of itself: its sheets, the texts they share, what its formats make of numbers.

Read by ourselves and not by a library for workbooks: those read far more of it than is wanted here (drawings, links,
properties), refuse whole files for a damaged colour, and do not tell a formula without a result from an empty cell.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from finder.limits import Limits
from finder.sources import markup, serials
from finder.sources.archive import Archive
from finder.sources.sentences import Refusal

TYPES = "[content_types].xml"
_BINARY = "xl/workbook.bin"
_USUAL = "xl/workbook.xml"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true")


@dataclass(frozen=True)
class Sheet:
    """A sheet with rows and cells; `member` is its name in the archive."""

    name: str
    member: str
    hidden: bool


@dataclass(frozen=True)
class Book:
    """A workbook. `styles` are by number what the cells' styles make of a number: a date, or a figure in a unit."""

    sheets: list[Sheet]
    texts: list[str]
    styles: list[serials.Kind | str | None]
    from_1904: bool


def is_one(names: Iterable[str]) -> bool:
    """Tell by an archive's directory whether it is a workbook.

    Raises
    ------
    Refusal
        It is another file of an office program.
    """
    inside = {name.casefold() for name in names}
    if TYPES not in inside:
        return False
    if _BINARY in inside:
        raise Refusal("other_format", format="Microsoft Excel (XLSB)")
    if not any(name.startswith("xl/") for name in inside):
        raise Refusal("other_format", format="Microsoft Office")
    return True


def read(parts: Parts) -> Book:
    """Return what a workbook says of itself.

    Raises
    ------
    Refusal
        A part is missing or not as the format wants it.
    """
    main = next(iter(parts.targets("", "officeDocument").values()), _USUAL)
    targets = parts.targets(main, "worksheet")
    sheets = []
    from_1904 = False
    for around, element in parts.pieces(main, "workbookPr", "sheet"):
        if markup.local(element.tag) == "workbookPr":
            from_1904 = element.get("date1904", "0").lower() in _TRUE
        elif around and markup.local(around[-1].tag) == "sheets" and (member := targets.get(_relation(element))):
            hidden = element.get("state", "visible").lower() != "visible"
            sheets.append(Sheet(element.get("name", ""), parts.named(member), hidden))
    texts: list[str] = []
    for member in parts.targets(main, "sharedStrings").values():
        texts += [text(element) for _, element in parts.pieces(member, "si")]
    styles: list[serials.Kind | str | None] = []
    for member in parts.targets(main, "styles").values():
        styles += _styles(parts, member)
    return Book(sheets, texts, styles, from_1904)


class Parts:
    """The parts of a workbook, unpacked into a folder when they are asked for."""

    def __init__(self, opened: Archive, folder: Path, limits: Limits) -> None:
        self._opened = opened
        self._folder = folder
        self._limits = limits
        self._names = {name.casefold(): name for name in opened.names}
        self._count = 0

    def named(self, member: str) -> str:
        """Return a part's name as the archive writes it.

        Raises
        ------
        Refusal
            There is no such part.
        """
        found = self._names.get(member.casefold())
        if found is None:
            raise Refusal("failed")
        return found

    def unpacked(self, member: str) -> Path:
        """Return where a part was unpacked to."""
        self._count += 1
        path = self._folder / f"part{self._count}.xml"
        self._opened.unpack(self.named(member), path)
        return path

    def pieces(self, member: str, *names: str) -> Iterator[tuple[Sequence[Element], Element]]:
        """Yield the elements of these names in a part."""
        yield from markup.pieces(self.unpacked(member), frozenset(names), self._limits)

    def targets(self, member: str, kind: str) -> dict[str, str]:
        """Return the parts to which a part is related in this way, by the relation's key; none outside the archive."""
        folder, name = posixpath.split(member)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations.casefold() not in self._names:
            return {}
        found = {}
        for _, element in self.pieces(relations, "Relationship"):
            inside = element.get("TargetMode", "Internal").lower() == "internal"
            if inside and element.get("Type", "").endswith(f"/{kind}"):
                target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
                found[element.get("Id", "")] = target.lstrip("/")
        return found


def text(element: Element) -> str:
    """Return the text of a shared or inline string: its runs, without the signs that tell how to say it."""
    runs = []
    for part in element:
        match markup.local(part.tag):
            case "t":
                runs.append(part.text or "")
            case "r":
                runs += [t.text or "" for t in part if markup.local(t.tag) == "t"]
    return unescaped("".join(runs))


def unescaped(words: str) -> str:
    """Return a text with the characters that XML cannot carry, written as _x000D_."""
    return _ESCAPED.sub(_character, words) if "_x" in words else words


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return match[0] if number == 0 or 0xD800 <= number < 0xE000 else chr(number)


def _relation(element: Element) -> str:
    return next((value for name, value in element.items() if name.endswith("relationships}id")), "")


def _styles(parts: Parts, member: str) -> list[serials.Kind | str | None]:
    """Return the kind of each cell style."""
    codes: dict[str, str] = {}
    numbers: list[str] = []
    for around, element in parts.pieces(member, "numFmt", "xf"):
        where = [markup.local(outer.tag) for outer in around][-1:]
        if where == ["numFmts"]:
            codes[element.get("numFmtId", "")] = element.get("formatCode", "")
        elif where == ["cellXfs"]:
            numbers.append(element.get("numFmtId", "0"))
    return [_style(number, codes) for number in numbers]


def _style(number: str, codes: dict[str, str]) -> serials.Kind | str | None:
    if number in codes:
        return serials.kind(codes[number]) or serials.unit(codes[number])
    return serials.known(int(number)) if number.isdecimal() and len(number) < 6 else None
