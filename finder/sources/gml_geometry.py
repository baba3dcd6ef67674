"""GML geometries (2, 3.1 and 3.2) written as two-dimensional WKB, both axes in the order in which they stand there.

    shapes = Shapes(limits, notes)
    shape = shapes.read(element, around, row=row)  # WKB; None, with a note, where it cannot be read
    Table(…, geometry=…, srs_name=shapes.srs_name)

`around` are the elements around the geometry, outermost first: what a geometry does not say of its reference system and
dimension, the nearest of them or its envelope says. One file has one system; `srs_name` is its name as written, and our
side of the reading makes a system and an order of the axes of it. Surfaces of several patches become a MultiPolygon,
whose polygons may share edges. Arcs are straightened as `finder.sources.arcs` says, geodesic lines are straight here.
References within the geometry (`xlink:href="#…"`) are resolved, any other is not followed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from xml.etree.ElementTree import Element

import numpy as np

from finder.limits import Limits
from finder.sources import arcs, gml_positions, wkb
from finder.sources.gml_positions import dimension as stated_dimension
from finder.sources.markup import HREF, local
from finder.sources.sentences import Notes, Refusal
from finder.sources.wkb import Positions, Unreadable

_POLYGON = {"Polygon", "PolygonPatch", "Rectangle", "Triangle"}
_SURFACE = {"Surface", "PolyhedralSurface", "TriangulatedSurface", "Tin", "CompositeSurface", "OrientableSurface"}
_SURFACES = {"MultiSurface", "MultiPolygon"}
_LINES = {"MultiCurve", "MultiLineString"}
_LINE = {"LineString", "LinearRing", "LineStringSegment", "Geodesic", "GeodesicString"}
_CURVE = {"Curve", "Ring", "CompositeCurve", "OrientableCurve"}
_ARC = {"Arc", "ArcString", "Circle", "ArcByCenterPoint", "CircleByCenterPoint"}
_COLLECTION = {"MultiGeometry", "GeometricComplex"}
GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "LinearRing", "Polygon"}
    | _SURFACE
    | _SURFACES
    | _LINES
    | _CURVE
    | _COLLECTION
)
"""The local names of what is read."""
# properties that hold members of a geometry, …
_OF_SURFACES = {"surfaceMember", "surfaceMembers", "polygonMember", "polygonMembers", "baseSurface", "patches",
                "polygonPatches", "trianglePatches"}  # fmt: skip
_OF_LINES = {"curveMember", "curveMembers", "lineStringMember", "lineStringMembers", "baseCurve", "segments"}
_OF_POINTS = {"pointMember", "pointMembers", "pointProperty", "pointRep"}
_OF_ANY = {"geometryMember", "geometryMembers", "element"}
_OF_ARCS = {"radius", "startAngle", "endAngle"}
_SHELL, _HOLE = {"exterior", "outerBoundaryIs"}, {"interior", "innerBoundaryIs"}
# … and those that tell nothing of its place
_ASIDE = {"metaDataProperty", "description", "descriptionReference", "identifier", "name", "boundedBy", "stopLines",
          "breakLines", "maxLength", "controlPoint"}  # fmt: skip
_METRES = {"", "m", "metre", "meter", "9001"}
_DEGREES, _RADIANS = {"", "deg", "degree", "degrees", "9102"}, {"rad", "radian", "radians", "9101"}
_FARTHEST_DEGREES = 361.0
_MAX_NESTED = 64  # references can go on where the elements end


class _Elsewhere(Unreadable):
    """The geometry is not all here."""


class Shapes:
    """Reads the geometries of one file; `srs_name` is what the file calls its reference system, None if nothing."""

    def __init__(self, limits: Limits, notes: Notes) -> None:
        self.srs_name: str | None = None
        self._limits = limits
        self._notes = notes
        self._vertices = 0
        self._unnamed = False
        self._begin(Element("none"))

    def _begin(self, geometry: Element) -> None:
        self._geometry_read = geometry
        self._targets: dict[str, Element] | None = None
        self._names: set[str] = set()
        self._depth = 0
        self._flattened = self._straightened = self._corrected = False

    def read(
        self, geometry: Element, around: Sequence[Element] = (), *, row: int | None = None, field: str = "geometry"
    ) -> bytes | None:
        """Return a geometry as WKB.

        Raises
        ------
        Refusal
            The file names several reference systems or goes beyond the limits.
        """
        self._begin(geometry)
        try:
            name, dimension = gml_positions.inherited(around)
            shape = self._geometry(geometry, dimension)
        except _Elsewhere as error:
            self._notes.add("reference_left_out", row=row, field=field, href=str(error))
            return None
        except (Unreadable, ValueError, OverflowError, ZeroDivisionError):
            self._notes.add("geometry_unreadable", row=row, field=field)
            return None
        self._agree(self._names or ({name} if name else set()))
        if self._flattened:
            self._notes.once("heights_dropped", field=field)
        if self._straightened:
            self._notes.once("curves_straightened", field=field)
        if self._corrected:
            self._notes.add("dimension_wrong", row=row, field=field)
        return shape

    def _agree(self, names: set[str]) -> None:
        known = names | ({self.srs_name} if self.srs_name else set())
        if len(known) > 1:
            raise Refusal("several_crs")
        self._unnamed = self._unnamed or not names
        if known:
            (self.srs_name,) = known
            if self._unnamed:
                self._notes.once("crs_of_others", field="geometry", stated=self.srs_name)

    # -- geometries ---------------------------------------------------------------------------------------------------

    def _entered(self, element: Element, dimension: int | None) -> tuple[str, int | None]:
        """Return an element's kind and the dimension that holds in it."""
        self._count(1)
        if name := element.get("srsName", "").strip():
            self._names.add(name)
        return local(element.tag), stated_dimension(element) or dimension

    def _geometry(self, element: Element, dimension: int | None) -> bytes:
        kind = local(element.tag)
        if kind == "Point":
            return wkb.point(self._point(element, dimension))
        if kind in _POLYGON or kind in _SURFACE:
            polygons = self._polygons(element, dimension)
            return polygons[0] if len(polygons) == 1 else wkb.many(wkb.POLYGONS, polygons)
        if kind in _SURFACES:
            return wkb.many(wkb.POLYGONS, self._polygons(element, dimension))
        if kind in _LINE or kind in _CURVE:
            return wkb.line(self._line(element, dimension))
        _, dimension = self._entered(element, dimension)
        if kind == "MultiPoint":
            points = [self._point(member, dimension) for member in self._members(element, _OF_POINTS)]
            return wkb.many(wkb.POINTS, [wkb.point(point) for point in points])
        if kind in _LINES:
            lines = [self._line(member, dimension) for member in self._members(element, _OF_LINES)]
            return wkb.many(wkb.LINES, [wkb.line(line) for line in lines])
        if kind in _COLLECTION:
            members = self._members(element, _OF_ANY | _OF_SURFACES | _OF_LINES | _OF_POINTS)
            return wkb.many(wkb.COLLECTION, [self._geometry(member, dimension) for member in members])
        raise Unreadable

    def _members(self, element: Element, properties: Set[str], others: Set[str] = _ASIDE) -> Iterator[Element]:
        """Yield what the properties hold; what is neither of them nor known to be aside is not understood."""
        self._depth += 1
        if self._depth > _MAX_NESTED:
            raise Unreadable
        for child in element:
            name = local(child.tag)
            if name in properties:
                yield from self._held(child)
            elif name not in others and name not in _ASIDE:
                raise Unreadable
        self._depth -= 1

    def _held(self, property_: Element) -> Iterable[Element]:
        href = property_.get(HREF)
        return property_ if href is None else [self._target(href)]

    def _target(self, href: str) -> Element:
        if self._targets is None:
            self._targets = {
                value: element
                for element in self._geometry_read.iter()
                for name, value in element.items()
                if local(name) == "id"
            }
        if not href.startswith("#") or (target := self._targets.get(href[1:])) is None:
            raise _Elsewhere(href)
        return target

    def _point(self, element: Element, dimension: int | None) -> Positions:
        kind, dimension = self._entered(element, dimension)
        if kind != "Point":
            raise Unreadable
        positions = self._positions(element, dimension)
        if len(positions) > 1:
            raise Unreadable
        return positions[0] if len(positions) else np.full(2, np.nan)

    def _polygons(self, element: Element, dimension: int | None) -> list[bytes]:
        kind, dimension = self._entered(element, dimension)
        if kind in _POLYGON:
            return [self._polygon(element, dimension)]
        if kind not in _SURFACE and kind not in _SURFACES:
            raise Unreadable
        return [shape for member in self._members(element, _OF_SURFACES) for shape in self._polygons(member, dimension)]

    def _polygon(self, element: Element, dimension: int | None) -> bytes:
        shells = [self._ring(ring, dimension) for ring in self._members(element, _SHELL, _HOLE)]
        holes = [self._ring(ring, dimension) for ring in self._members(element, _HOLE, _SHELL)]
        if len(shells) > 1 or (holes and not shells):
            raise Unreadable
        return wkb.polygon([*shells, *holes])

    def _ring(self, element: Element, dimension: int | None) -> Positions:
        if local(element.tag) not in ("LinearRing", "Ring"):
            raise Unreadable
        return self._line(element, dimension)

    # -- lines --------------------------------------------------------------------------------------------------------

    def _line(self, element: Element, dimension: int | None) -> Positions:
        runs = self._runs(element, dimension)
        ring = local(element.tag) == "Ring"
        parts: list[Positions] = []
        for i, run in enumerate(runs):
            if isinstance(run, arcs.ByCentre):
                before = runs[i - 1] if i or ring else None
                after = runs[(i + 1) % len(runs)] if ring or i + 1 < len(runs) else None
                run = run.between(_at(before, -1), _at(after, 0))
                self._count(len(run))
            if len(run):
                parts.append(run[1:] if parts and (run[0] == parts[-1][-1]).all() else run)
        return np.concatenate(parts) if parts else np.empty((0, 2))

    def _runs(self, element: Element, dimension: int | None) -> list[Positions | arcs.ByCentre]:
        """Return the parts of a line in their order; where arcs by their centre end, their neighbours know best."""
        kind, dimension = self._entered(element, dimension)
        if kind in _LINE:
            return [self._positions(element, dimension, ring=kind == "LinearRing")]
        if kind in _ARC:
            self._straightened = True
            return [self._arc(kind, element, dimension)]
        if kind not in _CURVE:
            raise Unreadable
        runs = [run for member in self._members(element, _OF_LINES) for run in self._runs(member, dimension)]
        if kind == "OrientableCurve" and element.get("orientation") == "-":
            return [run.reversed() if isinstance(run, arcs.ByCentre) else run[::-1].copy() for run in reversed(runs)]
        return runs

    def _arc(self, kind: str, element: Element, dimension: int | None) -> Positions | arcs.ByCentre:
        positions = self._positions(element, dimension)
        if kind.endswith("ByCenterPoint"):
            return _by_centre(kind, element, positions)
        points = arcs.circle(positions) if kind == "Circle" else arcs.through(positions)
        self._count(len(points))
        return points

    # -- positions ----------------------------------------------------------------------------------------------------

    def _positions(self, element: Element, dimension: int | None, *, ring: bool = False) -> Positions:
        found: list[list[float]] = []
        for child in element:
            name = local(child.tag)
            if name == "posList":
                positions = self._listed(child, dimension, ring=ring)
                if len(element) == 1:
                    return positions
                found += positions.tolist()
            elif name == "pos":
                found.append(gml_positions.numbers(gml_positions.plain_text(child)))
            elif name == "coordinates":
                found += gml_positions.tuples(child)
            elif name == "coord":
                found.append([number for axis in child for number in gml_positions.numbers(axis.text or "x")])
            elif name in _OF_POINTS:
                found += [self._point(point, dimension).tolist() for point in self._held(child)]
            elif name not in _ASIDE and name not in _OF_ARCS:
                raise Unreadable
        lengths = set(map(len, found))
        if not lengths <= {2, 3}:
            raise Unreadable
        self._flattened = self._flattened or 3 in lengths
        self._count(len(found))
        return np.array([position[:2] for position in found], dtype=float).reshape(-1, 2)

    def _listed(self, element: Element, dimension: int | None, *, ring: bool) -> Positions:
        stated = stated_dimension(element) or dimension
        found = gml_positions.numbers(gml_positions.plain_text(element))
        positions, used = gml_positions.listed(found, stated, ring=ring)
        self._flattened = self._flattened or used == 3
        self._corrected = self._corrected or used != (stated or used)
        self._count(len(positions))
        return positions

    def _count(self, more: int) -> None:
        self._vertices += more
        if self._vertices > self._limits.max_vertices:
            raise Refusal("too_many_vertices", limit=self._limits.max_vertices)


def _at(run: Positions | arcs.ByCentre | None, position: int) -> Positions | None:
    return None if run is None or isinstance(run, arcs.ByCentre) or not len(run) else run[position]


def _by_centre(kind: str, element: Element, positions: Positions) -> arcs.ByCentre:
    if len(positions) != 1:
        raise Unreadable
    measures = {local(child.tag): child for child in element}
    if kind == "CircleByCenterPoint":
        return arcs.ByCentre(positions[0], _radius(measures, positions[0]))
    start, end = (_angle(measures, name) for name in ("startAngle", "endAngle"))
    return arcs.ByCentre(positions[0], _radius(measures, positions[0]), start, end)


def _measure(measures: Mapping[str, Element], name: str) -> tuple[float, str]:
    """Return a measure's number and unit, of a unit's address its last word."""
    if name not in measures:
        raise Unreadable
    (number,) = gml_positions.numbers(measures[name].text or "")
    return number, re.split(r"[:#/]", measures[name].get("uom", "").strip().lower())[-1]


def _radius(measures: Mapping[str, Element], middle: Positions) -> float:
    radius, unit = _measure(measures, "radius")
    degrees = bool((np.abs(middle) < _FARTHEST_DEGREES).all())
    if unit not in (_DEGREES if degrees else _METRES):  # metres around a place in degrees are no circle in the plane
        raise Unreadable
    return radius


def _angle(measures: Mapping[str, Element], name: str) -> float:
    angle, unit = _measure(measures, name)
    if unit not in _DEGREES and unit not in _RADIANS:
        raise Unreadable
    return angle if unit in _RADIANS else math.radians(angle)
