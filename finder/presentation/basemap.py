"""What lies under the sites: town areas, canals, motorways with their plates, names. All of it may be schematic."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from markupsafe import escape
from shapely.geometry.base import BaseGeometry

from finder import crs
from finder.model.place import MapLine, Municipality, Place
from finder.presentation.drawing import COARSE_PX, Sheet, frame, round_length

ASPECT = 1.4
"""Width to height of an overview; the map in the browser has the same, so that nothing jumps."""
PLATE = (32.0, 17.0)
"""Size of a motorway's number plate in pixels."""
LEAST_PLATE_RUN_PX = 70.0
"""A motorway of which less is seen gets no plate."""
MIDDLE_EM = 0.35
"""From the base line of letters up to their middle."""
REACH_PX = (66.0, 54.0)
"""How far from the middle of its town a name may move to cover nothing."""


@dataclass(frozen=True)
class Ground:
    """The parts of a map that do not depend on what is searched."""

    towns: tuple[Municipality, ...]
    lines: tuple[MapLine, ...]
    places: tuple[Place, ...] = ()

    @property
    def mapped(self) -> tuple[Municipality, ...]:
        """Towns whose area is known."""
        return tuple(town for town in self.towns if town.geometry is not None)

    @property
    def schematic(self) -> bool:
        """Whether any town area is only a scheme."""
        return any(town.schematic for town in self.mapped)


def bounds(ground: Ground) -> tuple[float, float, float, float]:
    """Return the extent of the towns with a margin, or of the region's box where no area is known."""
    areas = [town.geometry for town in ground.mapped]
    extent = shapely.total_bounds(areas) if areas else crs.region().bounds
    shown = frame([float(v) for v in extent], 1.0, ASPECT, margin=0.03)
    return shown.west, shown.south, shown.east, shown.north


def draw(sheet: Sheet, ground: Ground, *, focus: str | None = None, tints: Sequence[str] = ()) -> None:
    """Draw areas and lines; `focus` is the code of a town to lift out, `tints` are shapes that lie on the areas."""
    f = sheet.frame
    sheet.add(f'<rect class="m-out" width="{f.width:.0f}" height="{f.height:.0f}"/>')
    towns = ground.mapped
    shown = _coverage(tuple(shapely.to_wkb(town.geometry) for town in towns), round_length(COARSE_PX / f.scale))
    for town, area in zip(towns, shown.areas, strict=True):
        sheet.path(area, "m-town is-focus" if town.code == focus else "m-town")
    sheet.add(*tints)
    _lines(sheet, ground.lines, "canal", ("m-canal", "m-canal-in"))
    if towns:
        sheet.path(shown.inner, "m-border")
        sheet.path(shown.outer, "m-region")
    _lines(sheet, ground.lines, "motorway", ("m-mw", "m-mw-in"))


@dataclass(frozen=True)
class _Coverage:
    """Areas with fewer corners, the borders between them, each once, and the border of the region."""

    areas: tuple[BaseGeometry, ...]
    inner: BaseGeometry
    outer: BaseGeometry


@functools.lru_cache(maxsize=16)
def _coverage(areas: tuple[bytes, ...], tolerance_m: float) -> _Coverage:
    """Return what is drawn of town areas; shared borders stay shared. Few tolerances occur, so it is drawn once."""
    coarse = shapely.coverage_simplify(shapely.from_wkb(list(areas)), tolerance_m)
    outer = shapely.boundary(shapely.union_all(coarse, grid_size=1.0))
    every = shapely.union_all(shapely.boundary(coarse), grid_size=1.0)
    inner = shapely.line_merge(shapely.difference(every, shapely.buffer(outer, 2.0)))
    return _Coverage(tuple(coarse.tolist()), inner, outer)


def _lines(sheet: Sheet, lines: Iterable[MapLine], kind: str, classes: tuple[str, str]) -> None:
    """Draw cased lines: all edges first, so that crossings stay open."""
    shapes = [line.geometry for line in lines if line.kind == kind]
    if shapes:
        data = "".join(sheet.data(shape) for shape in shapes)
        if data:
            sheet.add(*(f'<path class="{cls}" d="{data}"/>' for cls in classes))


# -- words ------------------------------------------------------------------------------------------------------------


Placed = list[tuple[str, float, float]]
"""Words and the pixels of their middle."""


def town_names(sheet: Sheet, towns: Iterable[Municipality], size: float, cls: str = "m-lab") -> Placed:
    """Write each town's name within its area, where it covers the fewest signs; the largest towns choose first."""
    f, written = sheet.frame, []
    for town in sorted(towns, key=lambda t: -t.geometry.area if t.geometry is not None else 0.0):
        seen = None if town.geometry is None else shapely.intersection(town.geometry, f.box)
        if seen is None or seen.area * f.scale**2 < size * size * 6:
            continue
        widest = shapely.maximum_inscribed_circle(_area(seen), 2 / f.scale)  # a line from its centre to its edge
        middle = f.place(shapely.Point(widest.coords[0]))
        if (spot := sheet.word(town.name, _around(sheet, seen, middle, size), cls, size)) is not None:
            written.append((town.name, spot[0], spot[1] - size * MIDDLE_EM))
    return written


def _area(shape: BaseGeometry) -> shapely.Polygon | shapely.MultiPolygon:
    """Return the areas of a shape; where an area only touches the frame, the rest is points and lines."""
    areas = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)


def _around(
    sheet: Sheet, area: BaseGeometry, middle: tuple[float, float], size: float
) -> list[tuple[float, float, str, float]]:
    """Return places for a name around the middle of an area, the farther the less liked."""
    f = sheet.frame
    across, down = np.meshgrid(np.arange(-REACH_PX[0], REACH_PX[0] + 1, 6), np.arange(-REACH_PX[1], REACH_PX[1] + 1, 6))
    x, y = middle[0] + across.ravel(), middle[1] + down.ravel()
    inside = shapely.contains_xy(area, f.west + x / f.scale, f.north - y / f.scale)
    reluctance = np.hypot(across, down).ravel() * size / 14
    baseline = size * MIDDLE_EM
    return [
        (a, b + baseline, "middle", r)
        for a, b, r, i in zip(x.tolist(), y.tolist(), reluctance.tolist(), inside.tolist(), strict=True)
        if i
    ]


def plates(sheet: Sheet, lines: Iterable[MapLine]) -> Placed:
    """Put each motorway's number on it once, where it covers the least."""
    f, put = sheet.frame, []
    inner = shapely.box(*f.box.buffer(-14 / f.scale).bounds)
    for line in sorted((line for line in lines if line.kind == "motorway"), key=lambda line: -line.geometry.length):
        seen = shapely.intersection(line.geometry, inner)
        if seen.length * f.scale < LEAST_PLATE_RUN_PX:
            continue
        steps = np.linspace(0.06, 0.94, 23)
        parts = shapely.get_parts(seen)
        longest = parts[int(shapely.length(parts).argmax())]
        points = [f.place(p) for p in shapely.line_interpolate_point(longest, steps, normalized=True)]
        boxes = np.asarray([(x - 20, y - 12, x + 20, y + 12) for x, y in points])
        cost = sheet.crowd(boxes) + np.abs(steps - 0.5) * 40
        x, y = points[int(cost.argmin())]
        _plate(sheet, line.name, x, y)
        put.append((line.name, x, y))
    return put


def _plate(sheet: Sheet, name: str, x: float, y: float) -> None:
    """Draw a motorway's number plate."""
    width = max(PLATE[0], len(name) * 7.5 + 9)
    sheet.add(
        f'<g class="m-shield" transform="translate({x:.1f} {y:.1f})">'
        f'<rect x="{-width / 2:g}" y="-8.5" width="{width:g}" height="17" rx="3"/>'
        f'<text y="4.2" text-anchor="middle">{escape(name)}</text></g>'
    )
    sheet.take(x, y, width + 4, PLATE[1] + 4, 3.0)


def names_around(sheet: Sheet, ground: Ground, size: float) -> None:
    """Write the names of the larger towns outside the region, as far as there is room."""
    f = sheet.frame
    region = shapely.union_all([town.geometry for town in ground.mapped]).buffer(500)
    for place in ground.places:
        x, y = f.place(place.geometry)
        if f.holds(x, y, 14) and not region.covers(place.geometry):
            spots = [(x + dx, y + dy, "middle", abs(dx) + abs(dy)) for dx in (0, -24, 24) for dy in (0, -14, 14)]
            sheet.word(place.name, spots, "m-olab", size, bearable=120)


def canal_names(sheet: Sheet, lines: Iterable[MapLine], size: float) -> None:
    """Write each canal's name along it, once, on its longest straight run in sight."""
    f = sheet.frame
    inner = f.box.buffer(-12 / f.scale)
    for line in lines:
        if line.kind != "canal":
            continue
        best: tuple[float, float, float, float] | None = None
        room = len(line.name) * size * 0.5 + 12
        seen = shapely.intersection(line.geometry, inner).simplify(2 / f.scale)
        for part in shapely.get_parts(seen):
            corners = [f.place(shapely.Point(c)) for c in part.coords] if part.geom_type == "LineString" else []
            for (ax, ay), (bx, by) in itertools.pairwise(corners):
                length = math.hypot(bx - ax, by - ay)
                if length < room:
                    continue
                angle = math.degrees(math.atan2(by - ay, bx - ax))
                angle = angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle
                for share in (0.3, 0.4, 0.5, 0.6, 0.7):
                    if min(share, 1 - share) * length < room / 2:
                        continue
                    x, y = ax + (bx - ax) * share, ay + (by - ay) * share
                    tall = abs(math.sin(math.radians(angle))) * room + size
                    box = np.asarray([(x - room / 2, y - tall / 2 - 6, x + room / 2, y + tall / 2 - 6)])
                    cost = float(sheet.crowd(box)[0])
                    if best is None or cost < best[0]:
                        best = (cost, x, y, angle)
        if best is not None:
            _, x, y, angle = best
            sheet.add(
                f'<text class="m-water" transform="translate({x:.1f} {y:.1f}) rotate({angle:.1f})" y="-8" '
                f'text-anchor="middle">{escape(line.name)}</text>'
            )
            sheet.take(x, y - 10, room * 0.8, size + 8, 2.0)


__all__ = ["Ground", "canal_names", "draw", "names_around", "plates", "town_names"]
