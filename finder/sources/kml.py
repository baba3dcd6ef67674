"""KML, also packed as KMZ: one row per placemark. How things are drawn is no data, and nothing named is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

import numpy as np

from finder.sources import geojson, gml_positions, markup, wkb
from finder.sources.archive import Archive
from finder.sources.features import Features, Values, put
from finder.sources.limits import Limits
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
_BESIDE = {"extrude", "tessellate", "altitudeMode", "drawOrder", "altitudeOffset"}  # coordinates in a geometry
_JOINED = " / "


def read(path: Path, limits: Limits, *, format_: str = FORMAT, notes: Notes | None = None) -> Table:
    """Return the placemarks as a table; folders within folders are joined by a slash.

    Raises
    ------
    Refusal
        The text is no XML, has a document type, only points elsewhere, or goes beyond the limits.
    """
    notes = notes or Notes(limits.max_issues)
    shapes = _Shapes(limits, notes)
    features = Features(limits)
    for around, piece in markup.pieces(path, frozenset({"Placemark"} | _ELSEWHERE), limits):
        kind = local(piece.tag)
        if kind != "Placemark":
            notes.add("pointer_left_out", kind=kind)
            continue
        values, geometry = _values(piece, around, notes)
        shape = None if geometry is None else shapes.read(geometry, len(features) + 1)
        features.add(values, shape, placed=geometry is not None)
    if not len(features) and any(issue.rule == "pointer_left_out" for issue in notes):
        raise Refusal("elsewhere")
    return features.table(format_, crs=geojson.LONLAT, notes=notes)


def read_packed(opened: Archive, folder: Path, limits: Limits) -> Table:
    """Return the placemarks of an archive's KML, unpacked into `folder`: of doc.kml, else of the first there is.

    Raises
    ------
    Refusal
        As with `read`.
    """
    notes = Notes(limits.max_issues)
    names = [name for name in opened.names if PurePosixPath(name).suffix.lower() == SUFFIX]
    name = next((name for name in names if name.casefold() == _MAIN), names[0])
    if len(names) > 1:
        notes.once("one_of_several", name=name, count=len(names))
    path = folder / _MAIN
    opened.unpack(name, path)
    if local(markup.root(path)) != "kml":
        raise Refusal("zip_content")
    return read(path, limits, format_=PACKED, notes=notes)


# -- values -----------------------------------------------------------------------------------------------------------


def _values(placemark: Element, around: Sequence[Element], notes: Notes) -> tuple[Values, Element | None]:
    """Return a placemark's values by column, and its geometry."""
    values: Values = {}
    geometry: Element | None = None
    if (id_ := placemark.get("id")) is not None:
        values["id"] = id_
    folders = [_text(child) for element in around for child in element if _names_folder(element, child)]
    if any(folders):
        values["folder"] = _JOINED.join(name for name in folders if name)
    extended: list[tuple[str, str | None]] = []
    for child in placemark:
        kind = local(child.tag)
        if kind in _SHAPES:
            geometry = child
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


def _names_folder(element: Element, child: Element) -> bool:
    return local(element.tag) == "Folder" and local(child.tag) == "name"


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
            return wkb.many(wkb.COLLECTION, [self._geometry(member) for member in element])
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
