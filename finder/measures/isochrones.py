"""Areas within minutes, drawn through the triangles between the crossings."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from finder.measures.reach import Reach, seconds_at_places
from finder.roads.arrays import Ints, Longs, Reals

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
    graph = found.network.graphs[found.vehicle]
    seconds = seconds_at_places(found)
    near = seconds[graph.triangle]
    least = near.min(axis=1)
    wanted = [m * 60.0 for m in minutes]
    # a triangle matters from when its first crossing is reached until its last one is
    open_ = np.flatnonzero(least <= max(wanted, default=0.0))
    triangle, least, most = graph.triangle[open_], least[open_], near[open_].max(axis=1)
    drawn = []
    for limit_s in wanted:
        cut = (least <= limit_s) & (most > limit_s)
        drawn.append(_area(graph.place_xy, triangle[cut], seconds, limit_s))
    return drawn


def _area(xy: Reals, triangle: Ints, seconds: Reals, limit_s: float) -> BaseGeometry:
    """Return what the boundary through these triangles encloses."""
    inside = seconds[triangle] <= limit_s
    rows = np.arange(len(triangle))
    # the corner that is alone on its side; the boundary crosses the two edges that meet there
    alone = np.where(inside.sum(axis=1) == 1, inside.argmax(axis=1), (~inside).argmax(axis=1))
    corner = triangle[rows, alone]
    one, other = triangle[rows, (alone + 1) % 3], triangle[rows, (alone + 2) % 3]
    edges = [_edges(corner, end, seconds, limit_s) for end in (one, other)]
    keys = np.concatenate([key for key, _, _ in edges])
    reached = np.concatenate([a for _, a, _ in edges])
    beyond = np.concatenate([b for _, _, b in edges])
    _, first, number = np.unique(keys, return_index=True, return_inverse=True)
    points = _crossed(xy, reached[first], beyond[first], seconds, limit_s)
    rings = _rings(number.reshape(2, -1), points)
    if not rings:
        return shapely.Polygon()
    # rings lie in each other and never cross: what is inside an odd number of them
    drawn: BaseGeometry = shapely.build_area(shapely.MultiLineString(rings))
    return drawn


def _edges(corner: Ints, end: Ints, seconds: Reals, limit_s: float) -> tuple[Longs, Ints, Ints]:
    """Return for edges that the boundary crosses a key, the end that is reached, and the one that is not."""
    low, high = np.minimum(corner, end).astype(np.int64), np.maximum(corner, end).astype(np.int64)
    is_in = seconds[corner] <= limit_s
    return (low << 32) | high, np.where(is_in, corner, end), np.where(is_in, end, corner)


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


def _rings(number: Longs, points: Reals) -> list[Reals]:
    """Return closed rings from pieces between two numbered points each; every point belongs to two pieces."""
    pieces = number.shape[1]
    ends = number.T.reshape(-1)
    order = np.argsort(ends, kind="stable")
    # the two piece-ends that meet at a point are each other's partners
    partner = np.empty(2 * pieces, dtype=np.int64)
    partner[order[0::2]], partner[order[1::2]] = order[1::2], order[0::2]
    to, at = partner.tolist(), ends.tolist()
    seen = bytearray(pieces)
    rings = []
    for first in range(pieces):
        if seen[first]:
            continue
        ring, end = [], 2 * first
        while not seen[end // 2]:
            seen[end // 2] = 1
            ring.append(at[end])
            end = to[end ^ 1]
        if len(ring) >= 3:
            rings.append(points[[*ring, ring[0]]])
    return rings
