"""OpenImmo 1.2, what estate agents' programs exchange: one row per `immobilie`, columns named by the elements' paths.

A column's name is the path below the offer, without namespaces: `geo.ort`; attributes follow an @:
`zustand_angaben.verkaufstatus@stand`. What stands around the offers comes first: `uebertragung@modus`,
`anbieter.firma`. Elements that an attribute or a name tells apart are columns of their own by it:
`infrastruktur.distanzen@AUTOBAHN`, `verwaltung_objekt.user_defined_simplefield@Kanal`. `objektkategorie.objektart`
holds the names of the elements in it, which are all that says of what kind the offer is. All else that repeats itself
is a list, of texts where the elements are plain and of tables where they are not; `anhaenge` always is one of tables.

Everything is handed over as the text that stands there, an empty element as an empty text. Only the contents of files
inside the file (base64) are left out, and what stands behind the offers, such as the imprint: both are noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import pyarrow as pa

from finder.limits import Limits
from finder.sources import geojson, markup, wkb
from finder.sources.markup import local
from finder.sources.sentences import Notes
from finder.sources.table import Columns, Table

FORMAT = "OpenImmo"
_OFFER = "immobilie"
_BEHIND = ("impressum", "impressum_strukt", "user_defined_simplefield", "user_defined_anyfield", "user_defined_extend")
"""What stands behind the offers by the schema: it comes too late to be of any row."""
_TOLD_APART = {
    "distanzen": "distanz_zu",
    "distanzen_sport": "distanz_zu_sport",
    "email_sonstige": "emailart",
    "objekt_text": "lang",
    "tel_sonstige": "telefonart",
    "user_defined_simplefield": "feldname",
}
"""By which attribute repeated elements are told apart."""
_NAMED = {"feld": "name"}
"""By which element inside them others are."""
_KINDS = "objektart"
_FILES = ("anhaenge", "anhang")
_INSIDE = "anhanginhalt"
_AT_ONCE = 1_000
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?|NaN|[+-]?INF")
_VERSION = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,2}[a-z]?")

Cells = dict[str, object]


def read(path: Path, limits: Limits) -> Table:
    """Return the offers of an OpenImmo file as a table.

    Raises
    ------
    Refusal
        The text is no XML, has a document type, or goes beyond the limits.
    """
    notes = Notes(limits.max_issues)
    reader = _Reader(limits, notes)
    for around, piece in markup.pieces(path, frozenset((_OFFER, *_BEHIND)), limits):
        if local(piece.tag) == _OFFER:
            reader.add(around, piece)
        else:
            where = ".".join(local(element.tag) for element in (*around[1:], piece))
            notes.once("element_behind", element=where)
    columns, geometry = reader.finish()
    version = reader.version if _VERSION.fullmatch(reader.version) else ""
    return Table(
        format=f"{FORMAT} {version}".strip(),
        columns=columns.finish(),
        length=columns.length,
        geometry=geometry,
        crs=None if geometry is None else geojson.LONLAT,
        notes=notes,
    )


class _Reader:
    """Takes offers one by one; memory holds some of them at a time."""

    def __init__(self, limits: Limits, notes: Notes) -> None:
        self.version = ""
        self._columns = Columns(limits)
        self._shapes: list[bytes | None] = []
        self._rows: list[Cells] = []
        self._notes = notes
        self._surroundings: tuple[object, ...] = ()
        self._shared: Cells = {}

    def add(self, around: Sequence[Element], offer: Element) -> None:
        """Take one offer with the elements around it."""
        shared = self._context(around)
        row: Cells = {name: [*cell] if isinstance(cell, list) else cell for name, cell in shared.items()}
        _Flat(row, self._notes).take(offer, "")
        self._rows.append(row)
        self._shapes.append(self._place(offer, len(self._shapes) + 1))
        if len(self._rows) == _AT_ONCE:
            self._flush()

    def finish(self) -> tuple[Columns, pa.ChunkedArray | None]:
        """Return all columns, and the places where there are any."""
        self._flush()
        if not any(self._shapes):
            return self._columns, None
        return self._columns, pa.chunked_array([pa.array(self._shapes, pa.large_binary())])

    def _flush(self) -> None:
        names = dict.fromkeys(name for row in self._rows for name in row)
        self._columns.add({name: [row.get(name) for row in self._rows] for name in names}, len(self._rows))
        self._rows.clear()

    def _context(self, around: Sequence[Element]) -> Cells:
        """Return what stands before an offer; it is read again only where something has come in between."""
        surroundings = tuple(part for element in around for part in (element, len(element)))
        if surroundings != self._surroundings:
            self._surroundings = surroundings
            self._shared = {}
            # another supplier without offers may still stand there
            open_ = {local(element.tag) for element in around} | {_OFFER}
            for depth, element in enumerate(around):
                path = ".".join(local(outer.tag) for outer in around[1 : depth + 1])
                _Flat(self._shared, self._notes).inside((e for e in element if local(e.tag) not in open_), path)
            self.version = self.version or str(self._shared.get("uebertragung@version", ""))
        return self._shared

    def _place(self, offer: Element, row: int) -> bytes | None:
        for found in _descend(offer, "geo", "geokoordinaten"):
            texts = [found.get(name, "").strip() for name in ("laengengrad", "breitengrad")]
            if not any(texts):
                continue
            if all(map(_NUMBER.fullmatch, texts)):
                return wkb.point(np.array([float(text.replace(",", ".")) for text in texts]))
            value = ", ".join(reversed(texts))
            self._notes.add("geometry_unreadable", row=row, field="geometry", value=value)
        return None


class _Flat:
    """Writes elements into a row's cells."""

    def __init__(self, cells: Cells, notes: Notes) -> None:
        self._cells = cells
        self._notes = notes

    def take(self, element: Element, path: str, but: str | None = None) -> None:
        """Take an element with all that is in it, its attributes but one."""
        said = self._own(element, path or local(element.tag), but)
        if path and not said and not len(element):
            self._put(path, "")
        if len(element):
            self.inside(element, path)

    def _own(self, element: Element, where: str, but: str | None = None) -> bool:
        """Take an element's attributes and text without what is in it; return whether there is any."""
        said = False
        for tag, text in element.items():
            if (name := local(tag)) != but:
                self._put(f"{where}@{name}", text.strip())
                said = True
        if text := _text(element):
            self._put(where, text)
        return said or bool(text)

    def inside(self, elements: Iterable[Element], path: str) -> None:
        """Take elements that stand side by side."""
        together: dict[str, list[Element]] = {}
        for element in elements:
            together.setdefault(local(element.tag), []).append(element)
        for tag, same in together.items():
            where = f"{path}.{tag}" if path else tag
            if tag == _INSIDE:
                self._notes.once("column_left_out", header=where)
            elif tag in _FILES:
                self._files(same, where)
            elif tag in _TOLD_APART or tag in _NAMED:
                self._apart(tag, same, where)
            elif len(same) > 1 and any(map(len, same)):
                self._put(where, [self._table(element) for element in same])
            else:
                for element in same:
                    self.take(element, where)
            if tag == _KINDS:
                kinds = list(dict.fromkeys(local(kind.tag) for element in same for kind in element))
                kinds = [kind for kind in kinds if kind != "objektart_zusatz"]
                if kinds:
                    self._put(where, kinds[0] if len(kinds) == 1 else kinds)

    def _apart(self, tag: str, same: list[Element], where: str) -> None:
        for element in same:
            by = _TOLD_APART.get(tag)
            inner = None if by else next((e for e in element if local(e.tag) == _NAMED[tag]), None)
            if inner is not None and (inner.attrib or len(inner)):
                inner = None  # more than a name
            name = (element.get(by, "") if by else "" if inner is None else _text(inner)).strip()
            if not name:
                self.take(element, where)
            elif by:
                self.take(element, f"{where}@{name}", by)
            elif not self._own(element, f"{where}@{name}") and len(element) == 1:
                self._put(f"{where}@{name}", "")
            else:
                self.inside((child for child in element if child is not inner), f"{where}@{name}")

    def _files(self, same: list[Element], where: str) -> None:
        files: list[Element] = []
        for element in same:
            if local(element.tag) == _FILES[0]:
                self._own(element, where)
                files += element
            else:
                files.append(element)
        self._put(where, [self._table(file) for file in files if local(file.tag) == _FILES[1]])
        self.inside((file for file in files if local(file.tag) != _FILES[1]), where)

    def _table(self, element: Element) -> Cells:
        """Return an element as a table of its own."""
        cells: Cells = {}
        _Flat(cells, self._notes).take(element, "")
        return {name.removeprefix(f"{local(element.tag)}@"): value for name, value in cells.items()}

    def _put(self, name: str, value: object) -> None:
        """Write a cell; what comes twice becomes a list."""
        if name not in self._cells:
            self._cells[name] = value
        elif isinstance(before := self._cells[name], list):
            before.append(value)
        else:
            self._cells[name] = [before, value]


def _text(element: Element) -> str:
    """Return an element's own text, without its inner elements'."""
    if not len(element):
        return (element.text or "").strip()
    return " ".join(text.strip() for text in (element.text, *(e.tail for e in element)) if text and text.strip())


def _descend(element: Element, *path: str) -> Iterator[Element]:
    if not path:
        yield element
        return
    for child in element:
        if local(child.tag) == path[0]:
            yield from _descend(child, *path[1:])
