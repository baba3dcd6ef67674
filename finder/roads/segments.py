"""Cutting ways into segments at their crossings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from finder import crs
from finder.errors import UnusableInput
from finder.language import N_
from finder.roads.arrays import Ints, Longs, Reals, chosen, ranges
from finder.roads.network import CM, drawn
from finder.roads.records import RoadRecords


@dataclass(frozen=True, eq=False)
class Segments:
    """Pieces of ways from one crossing to the next.

    `node` gives each crossing's position among the records' nodes; `start`, `end` each segment's crossings; `way` the
    way it is of; `shape_start`, `shape_cm` its line; `length_m` metres on the ground.
    """

    node: Longs
    node_xy: Reals
    start: Ints
    end: Ints
    way: Longs
    shape_start: Longs
    shape_cm: Ints
    length_m: Reals

    def __len__(self) -> int:
        """Return how many segments there are."""
        return len(self.start)

    def lines(self) -> NDArray[np.object_]:
        """Return all lines in metres."""
        return drawn(self.shape_cm, np.diff(self.shape_start))


def cut(records: RoadRecords, usable: NDArray[np.bool_], at: Iterable[int]) -> Segments:
    """Return the segments of the `usable` ways: cut where ways meet, begin or end, and at the nodes `at`.

    Raises
    ------
    UnusableInput
        A place is so far off that the region's coordinates (`finder.crs.METRIC`) do not hold it.
    """
    counts = np.diff(records.way_start)[usable]
    positions = ranges(records.way_start[:-1][usable], counts)
    node = records.way_nodes[positions]
    way = np.repeat(np.flatnonzero(usable), counts)
    uses = np.bincount(node, minlength=len(records.lonlat))
    first = np.cumsum(counts) - counts
    uses[node[first]] += 2
    uses[node[first + counts - 1]] += 2
    uses[np.fromiter(at, dtype=np.int64)] += 2
    cuts = np.flatnonzero(uses[node] >= 2)
    begin, finish = cuts[:-1], cuts[1:]
    same = way[begin] == way[finish]
    begin, finish = begin[same], finish[same]
    return _drawn(records, node, way, begin, finish)


def _drawn(records: RoadRecords, node: Longs, way: Longs, begin: Longs, finish: Longs) -> Segments:
    n = len(records.lonlat)
    crossing = np.flatnonzero(chosen(n, node[begin], node[finish]))
    used = np.flatnonzero(chosen(n, node))
    # one projection of every node in use; the other lines' points are taken from it
    xy = np.zeros((len(records.lonlat), 2))
    xy[used] = shapely.get_coordinates(crs.points_to_metric(*records.lonlat[used].T))
    if not np.isfinite(xy).all():
        raise UnusableInput(N_("The extract lies too far from the region: its coordinates do not hold all roads."))
    crossing = crossing[np.argsort(_morton(xy[crossing]), kind="stable")]
    number = np.full(len(records.lonlat), -1, dtype=np.int32)
    number[crossing] = np.arange(len(crossing))
    # neighbours on the ground are neighbours in memory
    order = np.lexsort((number[node[finish]], number[node[begin]]))
    begin, finish = begin[order], finish[order]
    counts = finish - begin + 1
    points = node[ranges(begin, counts)]
    ends = np.cumsum(counts)
    step_m = np.zeros(len(points))
    step_m[1:] = crs.ground_m(records.lonlat[points[:-1]], records.lonlat[points[1:]])
    step_m[(ends - counts)] = 0.0
    length_m = np.add.reduceat(step_m, ends - counts) if len(counts) else np.zeros(0)
    return Segments(
        node=crossing,
        node_xy=xy[crossing],
        start=number[node[begin]],
        end=number[node[finish]],
        way=way[begin],
        shape_start=np.concatenate([[0], ends]).astype(np.int64),
        shape_cm=np.rint(xy[points] * CM).astype(np.int32),
        length_m=length_m,
    )


def _morton(xy: Reals) -> NDArray[np.uint64]:
    """Return numbers along a curve that fills the plane (Z-order): what is near by number is near on the ground."""
    low = xy.min(axis=0) if len(xy) else np.zeros(2)
    span = float(np.ptp(xy, axis=0).max()) if len(xy) else 0.0
    cells = ((xy - low) / max(span, 1.0) * ((1 << 16) - 1)).astype(np.uint64)

    def spread(v: NDArray[np.uint64]) -> NDArray[np.uint64]:
        for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            v = (v | (v << np.uint64(shift))) & np.uint64(mask)
        return v

    return spread(cells[:, 0]) | (spread(cells[:, 1]) << np.uint64(1))
