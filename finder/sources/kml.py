"""KML, also packed as KMZ: one row per placemark. How things are drawn is no data, and nothing named is fetched."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from xml.etree.ElementTree import Element

import numpy as np

from finder.limits import Limits
from finder.sources import geojson, gml_positions, markup, wkb
from finder.sources.archive import Archive
from finder.sources.features import Features, Values, put
from finder.sources.markup import local
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Table
from finder.sources.wkb import Positions, Unreadable

FORMAT, PACKED = "KML", "KMZ"
SUFFIX = ".kml"
_MAIN = "doc.kml"
_ELSEWHERE = {"NetworkLink", "NetworkLinkControl", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour"}
_SHAPES = {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track", "MultiTrack"}
_DRAWING = {"Style", "StyleMap", "LookAt", "Camera", "Region", "Metadata"}
_PIECES = frozenset({"Placemark", "Style", "StyleMap"} | _ELSEWHERE)  # there may be as many styles as placemarks
_NAME_WITHIN = 20  # children of a folder; its name comes first
_BESIDE = {"extrude", "tessellate", "altitudeMode", "drawOrder", "altitudeOffset"}  # coordinates in a geometry
_JOINED = " / "


def read(path: Path, limits: Limits) -> Table:
    """Return the placemarks as a table; folders within folders are joined by a slash.

    Raises
    ------
    Refusal
        The text is no XML, has a document type, only points elsewhere, or goes beyond the limits.
    """
    reader = _Reader(limits)
    reader.take(path)
    return reader.table(FORMAT)


def read_packed(opened: Archive, folder: Path, limits: Limits) -> Table:
    """Return the placemarks of an archive's KML, unpacked into `folder`: of doc.kml, else of the first there is.

    Members to which it links are read as well: so GDAL packs layers.

    Raises
    ------
    Refusal
        As with `read`.
    """
    names = [name for name in opened.names if PurePosixPath(name).suffix.lower() == SUFFIX]
    main = next((name for name in names if name.casefold() == _MAIN), names[0])
    reader = _Reader(limits)
    waiting, seen = [main], {main}
    for number, name in enumerate(waiting):
        path = folder / f"{number}{SUFFIX}"
        opened.unpack(name, path)
        if local(markup.root(path)) != "kml":
            raise Refusal("zip_content")
        linked = reader.take(path, {posixpath.relpath(other, posixpath.dirname(name)): other for other in names})
        waiting += [other for other in linked if other not in seen]
        seen.update(linked)
    if len(seen) < len(names):
        reader.notes.once("one_of_several", name=main, count=len(names))
    return reader.table(PACKED)


class _Reader:
    """Takes the placemarks of one file or of several."""

    def __init__(self, limits: Limits) -> None:
        self.notes = Notes(limits.max_issues)
        self._limits = limits
        self._shapes = _Shapes(limits, self.notes)
        self._features = Features(limits)

    def take(self, path: Path, beside: Mapping[str, str] = MappingProxyType({})) -> list[str]:
        """Take a file's placemarks; return which files `beside` it, known by their addresses, it links to."""
        linked: dict[str, None] = {}
        for around, piece in markup.pieces(path, _PIECES, self._limits):
            kind = local(piece.tag)
            if kind == "Placemark":
                row = len(self._features) + 1
                values, geometry = _values(piece, around, row, self.notes)
                shape = None if geometry is None else self._shapes.read(geometry, row)
                self._features.add(values, shape, placed=geometry is not None)
            elif kind not in _ELSEWHERE:
                continue
            elif (name := beside.get(_address(piece))) is not None:
                linked[name] = None
            else:
                self.notes.add("pointer_left_out", kind=kind)
        return list(linked)

    def table(self, format_: str) -> Table:
        """Return what was taken."""
        if not len(self._features) and any(issue.rule == "pointer_left_out" for issue in self.notes):
            raise Refusal("elsewhere")
        return self._features.table(format_, crs=geojson.LONLAT, notes=self.notes)


def _address(link: Element) -> str:
    """Return the address of a network link as it stands there, tidied like that of a file; empty where it has none."""
    if local(link.tag) != "NetworkLink":
        return ""
    found = (inner for child in link if local(child.tag) in ("Link", "Url") for inner in child)
    address = next((_text(inner) for inner in found if local(inner.tag) == "href"), None)
    return posixpath.normpath(address) if address else ""


# -- values -----------------------------------------------------------------------------------------------------------


def _values(placemark: Element, around: Sequence[Element], row: int, notes: Notes) -> tuple[Values, Element | None]:
    """Return a placemark's values by column, and its geometry."""
    values: Values = {}
    geometry: Element | None = None
    if (id_ := placemark.get("id")) is not None:
        values["id"] = id_
    folders = [_folder(element) for element in around if local(element.tag) == "Folder"]
    if any(folders):
        values["folder"] = _JOINED.join(name for name in folders if name)
    extended: list[tuple[str, str | None]] = []
    for child in placemark:
        kind = local(child.tag)
        if kind in _SHAPES and geometry is None:
            geometry = child
        elif kind in _SHAPES:
            notes.add("geometry_further", row=row, field="geometry", header=kind)
        elif kind == "ExtendedData":
            extended += _extended(child)
        elif kind in ("TimeStamp", "TimeSpan"):
            for time in child:
                put(values, local(time.tag), _text(time))
        elif kind not in _DRAWING:
            put(values, kind, _text(child))
    own = set(values)
    for name, value in extended:
        column = name
        if name in own:  # the placemark's own name and one that its author has added
            column = f"ExtendedData.{name}"
            notes.once("header_repeated", field=column, stated=name, header=column)
        put(values, column, value)
    return values, geometry


def _folder(element: Element) -> str | None:
    return next((_text(child) for child in islice(element, _NAME_WITHIN) if local(child.tag) == "name"), None)


def _text(element: Element) -> str | None:
    return "".join(element.itertext()).strip() or None


def _extended(element: Element) -> list[tuple[str, str | None]]:
    """Return what authors have added: named data, data by a schema, or elements of their own."""
    out: list[tuple[str, str | None]] = []
    for child in element:
        kind = local(child.tag)
        if kind == "Data":
            value = next((inner for inner in child if local(inner.tag) == "value"), None)
            out.append((child.get("name", "Data"), None if value is None else _text(value)))
        elif kind == "SchemaData":
            for inner in child:
                of_array = [_text(one) for one in inner if local(one.tag) == "value"]
                out += [(inner.get("name", local(inner.tag)), text) for text in of_array or [_text(inner)]]
        else:
            out.append((kind, _text(child)))
    return out


# -- geometries -------------------------------------------------------------------------------------------------------


class _Shapes:
    """Writes KML's geometries as WKB."""

    def __init__(self, limits: Limits, notes: Notes) -> None:
        self._limits = limits
        self._notes = notes
        self._vertices = 0

    def read(self, geometry: Element, row: int) -> bytes | None:
        """Return a geometry as WKB; None, with a note, where it cannot be read."""
        try:
            return self._geometry(geometry)
        except (Unreadable, ValueError, OverflowError):
            if local(geometry.tag) == "Model":
                self._notes.add("pointer_left_out", row=row, field="geometry", kind="Model")
            else:
                self._notes.add("geometry_unreadable", row=row, field="geometry")
            return None

    def _geometry(self, element: Element) -> bytes:
        kind = local(element.tag)
        if kind == "Point":
            positions = self._positions(element)
            if len(positions) > 1:
                raise Unreadable
            return wkb.point(positions[0] if len(positions) else np.full(2, np.nan))
        if kind in ("LineString", "LinearRing"):
            return wkb.line(self._positions(element))
        if kind == "Polygon":
            return self._polygon(element)
        if kind == "MultiGeometry":
            self._count(1)
            kinds = {local(member.tag) for member in element}
            return wkb.many(
                wkb.POLYGONS if kinds == {"Polygon"} else wkb.COLLECTION, [self._geometry(member) for member in element]
            )
        raise Unreadable

    def _polygon(self, element: Element) -> bytes:
        self._count(1)
        rings: dict[str, list[Positions]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
        for child in element:
            kind = local(child.tag)
            if kind in rings:
                rings[kind] += [self._ring(ring) for ring in child]
            elif kind not in _BESIDE:
                raise Unreadable
        shells, holes = rings.values()
        if len(shells) > 1 or (holes and not shells):
            raise Unreadable
        return wkb.polygon([*shells, *holes])

    def _ring(self, element: Element) -> Positions:
        if local(element.tag) != "LinearRing":
            raise Unreadable
        return self._positions(element)

    def _positions(self, element: Element) -> Positions:
        self._count(1)
        found: list[list[float]] = []
        for child in element:
            kind = local(child.tag)
            if kind == "coordinates":
                found += gml_positions.tuples(child)
            elif kind not in _BESIDE:
                raise Unreadable
        if not {2, 3}.issuperset(map(len, found)):
            raise Unreadable
        self._count(len(found))
        if any(len(position) == 3 and position[2] for position in found):
            self._notes.once("heights_dropped", field="geometry")
        return np.array([position[:2] for position in found], dtype=float).reshape(-1, 2)

    def _count(self, more: int) -> None:
        self._vertices += more
        if self._vertices > self._limits.max_vertices:
            raise Refusal("too_many_vertices", limit=self._limits.max_vertices)
