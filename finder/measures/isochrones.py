"""Areas within minutes, drawn through the triangles between the crossings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from finder.measures.reach import Reach, seconds_at_places
from finder.roads.arrays import Ints, Longs, Reals
from finder.roads.triangles import perhaps_cut

Geometries = NDArray[np.object_]

BESIDE_M_S = 30 / 3.6
"""How fast a way is assumed to go on towards a crossing that was not reached any more."""
BESIDE_MOST_M = 1000.0
"""And no farther than this: where an extract ends no road is known, and an area ends, too."""
_EDGE = 1e-3


def areas(found: Reach, minutes: Iterable[float]) -> list[BaseGeometry]:
    """Return for each of the minutes the area (metres) that holds the crossings reached by then, and no others.

    Between a crossing that is reached and one that is not the boundary runs where the time is up, by the straight line
    between their times; towards one that nobody came to, as far as one gets at `BESIDE_M_S`, at most `BESIDE_MOST_M`.
    Three crossings next to each other (Delaunay's triangles) that are all reached hold all land between them.
    """
    network = found.network
    seconds = seconds_at_places(found)
    limits_s = np.array([m * 60.0 for m in minutes])
    triangle = network.triangle[perhaps_cut(network, seconds, limits_s)]
    near = [seconds[triangle[:, corner]] for corner in range(3)]
    least, most = np.minimum.reduce(near), np.maximum.reduce(near)
    drawn = []
    for limit_s in limits_s.tolist():
        cut = np.flatnonzero((least <= limit_s) & (most > limit_s))
        drawn.append(_area(network.place_xy, triangle[cut], seconds, limit_s))
    return drawn


def _area(xy: Reals, triangle: Ints, seconds: Reals, limit_s: float) -> BaseGeometry:
    """Return what the boundary through these triangles encloses.

    It leads through each of them with what is reached on its left, from one edge to another.
    """
    inside = seconds[triangle] <= limit_s
    rows = np.arange(len(triangle))
    # the corner that is alone on its side; the boundary crosses the two edges that meet there
    single = inside.sum(axis=1) == 1
    alone = np.where(single, inside.argmax(axis=1), (~inside).argmax(axis=1))
    corner = triangle[rows, alone]
    after, before = triangle[rows, (alone + 1) % 3], triangle[rows, (alone + 2) % 3]
    begin, finish = np.where(single, after, before), np.where(single, before, after)
    points = _crossed(xy, np.where(single, corner, begin), np.where(single, begin, corner), seconds, limit_s)
    # where it leaves a triangle it enters the next one
    entered = _edges(corner, begin)
    order = np.argsort(entered)
    return _enclosed(points, order[np.searchsorted(entered[order], _edges(corner, finish))])


def _edges(one: Ints, other: Ints) -> Longs:
    """Return a number for each edge, whichever end comes first."""
    return np.minimum(one, other).astype(np.int64) << 32 | np.maximum(one, other)


def _crossed(xy: Reals, reached: Ints, beyond: Ints, seconds: Reals, limit_s: float) -> Reals:
    """Return where the boundary crosses each edge, never on a crossing itself."""
    left = limit_s - seconds[reached]
    span = seconds[beyond] - seconds[reached]
    distance = np.hypot(*(xy[beyond] - xy[reached]).T)
    known = np.isfinite(span)
    beside_m = np.minimum(left * BESIDE_M_S, BESIDE_MOST_M)
    share = np.where(known, left / np.where(known, span, 1.0), beside_m / np.maximum(distance, 1e-9))
    share = np.clip(share, _EDGE, 1.0 - _EDGE)
    crossed: Reals = xy[reached] + (xy[beyond] - xy[reached]) * share[:, None]
    return crossed


def _enclosed(points: Reals, following: Longs) -> BaseGeometry:
    """Return what closed lines enclose, each point followed by another one; they never cross or touch.

    Those against the clock are outlines, the others holes in the smallest outline around them.
    """
    order, counts = _rings(following)
    if not len(counts):
        return shapely.Polygon()
    number = np.repeat(np.arange(len(counts)), counts)
    rings: Any = shapely.linearrings(points[order], indices=number)
    outer = shapely.is_ccw(rings)
    outlines, holes = shapely.polygons(rings[outer]), rings[~outer]
    if len(holes):
        outlines = _pierced(outlines, rings[outer], holes)
    return outlines[0] if len(outlines) == 1 else shapely.MultiPolygon(outlines.tolist())


def _pierced(outlines: Geometries, rings: Geometries, holes: Geometries) -> Geometries:
    tree = shapely.STRtree(shapely.get_point(holes, 0))
    outline, hole = tree.query(outlines, predicate="contains")
    smallest = np.lexsort((shapely.area(outlines)[outline], hole))
    first = smallest[np.unique(hole[smallest], return_index=True)[1]]
    own: dict[int, list[int]] = defaultdict(list)
    for i, j in zip(outline[first].tolist(), hole[first].tolist(), strict=True):
        own[i].append(j)
    for i, those in own.items():
        outlines[i] = shapely.polygons(rings[i], holes=holes[those])
    return outlines


def _rings(following: Longs) -> tuple[Longs, Longs]:
    """Return the numbers of the points ring by ring, and how many each has."""
    after = following.tolist()
    seen = bytearray(len(after))
    order: list[int] = []
    counts: list[int] = []
    for first in range(len(after)):
        at, before = first, len(order)
        while not seen[at]:
            seen[at] = 1
            order.append(at)
            at = after[at]
        if len(order) > before:
            counts.append(len(order) - before)
    return np.array(order, dtype=np.int64), np.array(counts, dtype=np.int64)
