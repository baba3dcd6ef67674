"""Where a plot's drive meets the road, and where the way to an access point ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from finder.model.vocabulary import Vehicle
from finder.roads import squares
from finder.roads.arrays import Longs, Reals, ranges
from finder.roads.network import FROM_PLOTS, MAIN, MOTORWAY, RAMP, Network

FARTHEST_M = 1000.0
"""A plot or point farther than this from any road of the network is not on it."""
_TRIES_M = (100.0, 300.0, FARTHEST_M)
JUNCTION_M = 1000.0
"""The ramps within this distance of a motorway junction's place, and its uncertainty, are its own."""


@dataclass(frozen=True, eq=False)
class Snaps:
    """Places on the network, columns of one length.

    `segment` is -1 where there is none; `fraction` of its length from its start; `distance_m` from the plot's edge.
    """

    segment: Longs
    fraction: Reals
    distance_m: Reals

    def __len__(self) -> int:
        """Return how many places there are."""
        return len(self.segment)


@dataclass(frozen=True, eq=False)
class Stops:
    """Where ways end: an arc, how far along it (0 its beginning, 1 its end), and the number of the point it is for."""

    arc: Longs
    along: Reals
    point: Longs


def snap(
    network: Network, vehicle: Vehicle, shapes: NDArray[np.object_], *, plots: bool = True, connected: bool = True
) -> Snaps:
    """Return the nearest place on the vehicle's roads for each shape (metres; None and empty: nowhere).

    Only roads count from which it gets everywhere and back, unless `connected` is False. `plots` open onto none that
    drives cannot open onto, such as motorways, bridges and tunnels; points may lie on any but motorways and their
    ramps. A road through a plot meets it where it comes nearest to its middle. Of roads equally near the one nearest
    to the middle counts.
    """
    n = len(shapes)
    segment = np.full(n, -1, dtype=np.int64)
    fraction, distance_m = np.full(n, np.nan), np.full(n, np.nan)
    open_ = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    for reach_m in _TRIES_M:
        if not len(open_):
            break
        one, other, metres = _near(network, vehicle, shapes[open_], reach_m, plots=plots, connected=connected)
        segment[open_[one]] = other
        distance_m[open_[one]] = metres
        open_ = np.delete(open_, one)
    found = np.flatnonzero(segment >= 0)
    fraction[found] = _fraction(network.lines(segment[found]), shapes[found])
    return Snaps(segment, fraction, distance_m)


def _near(
    network: Network, vehicle: Vehicle, shapes: NDArray[np.object_], reach_m: float, *, plots: bool, connected: bool
) -> tuple[Longs, Longs, Reals]:
    """Return for the shapes that have one within reach: their number, the nearest segment, and how far it is."""
    boxes = shapely.bounds(shapes) + np.array([-reach_m, -reach_m, reach_m, reach_m])
    shape, segment = squares.near(network, boxes)
    flags = network.flags[segment]
    fit = (flags & MAIN[vehicle]) > 0 if connected else _driven(network, vehicle, segment)
    fit &= (flags & FROM_PLOTS) > 0 if plots else (flags & (RAMP | MOTORWAY)) == 0
    shape, segment = shape[fit], segment[fit]
    lines = network.lines(segment)
    metres = shapely.distance(shapes[shape], lines)
    fit = metres <= reach_m
    shape, segment, lines, metres = shape[fit], segment[fit], lines[fit], metres[fit]
    middle_m = shapely.distance(shapely.centroid(shapes[shape]), lines)
    order = np.lexsort((segment, middle_m, metres, shape))
    first = order[np.unique(shape[order], return_index=True)[1]]
    return shape[first], segment[first], metres[first]


def _driven(network: Network, vehicle: Vehicle, segment: Longs) -> NDArray[np.bool_]:
    seconds = network.graphs[vehicle].seconds
    driven: NDArray[np.bool_] = np.isfinite(seconds[2 * segment]) | np.isfinite(seconds[2 * segment + 1])
    return driven


def _fraction(lines: NDArray[np.object_], shapes: NDArray[np.object_]) -> Reals:
    """Return where along the lines the shapes meet them."""
    crossing = shapely.intersects(lines, shapes)
    inside = np.where(crossing, shapely.intersection(lines, shapes), lines)
    seen_from = np.where(crossing, shapely.centroid(shapes), shapes)
    meeting = shapely.get_point(shapely.shortest_line(seen_from, inside), 1)
    fraction: Reals = shapely.line_locate_point(lines, meeting, normalized=True)
    return np.clip(np.nan_to_num(fraction), 0.0, 1.0)


def arcs(network: Network, vehicle: Vehicle, snaps: Snaps) -> Stops:
    """Return the arcs by which the vehicle comes to, or leaves, each place: both ways along a road where it may."""
    n = np.arange(len(snaps))
    arc = np.concatenate([2 * snaps.segment, 2 * snaps.segment + 1])
    along = np.concatenate([snaps.fraction, 1.0 - snaps.fraction])
    point = np.concatenate([n, n])
    fit = np.concatenate([snaps.segment >= 0] * 2)
    fit[fit] = np.isfinite(network.graphs[vehicle].seconds[arc[fit]])
    return Stops(arc[fit], along[fit], point[fit])


def junction_stops(
    network: Network, vehicle: Vehicle, points: NDArray[np.object_], uncertainty_m: Reals
) -> tuple[Stops, Snaps]:
    """Return where ways to motorway junctions end: at the beginning of each ramp that leads onto the motorway there.

    Where no such ramp lies near, the way ends at the nearest road; those places are returned, too.
    """
    ramps = network.ramp_arcs[np.isfinite(network.graphs[vehicle].seconds[network.ramp_arcs])].astype(np.int64)
    from_node = np.where(ramps % 2 == 0, network.segment_from[ramps // 2], network.segment_to[ramps // 2])
    main = (network.flags[ramps // 2] & MAIN[vehicle]) > 0
    ramps, xy = ramps[main], network.node_xy[from_node[main]]
    places: Any = shapely.points(xy)
    tree = shapely.STRtree(places)
    point, ramp = tree.query(points, predicate="dwithin", distance=JUNCTION_M + np.nan_to_num(uncertainty_m))
    bare = np.setdiff1d(np.arange(len(points)), point)
    rest = snap(network, vehicle, points[bare], plots=False)
    others = arcs(network, vehicle, rest)
    stops = Stops(
        np.concatenate([ramps[ramp], others.arc]),
        np.concatenate([np.zeros(len(ramp)), others.along]),
        np.concatenate([point, bare[others.point]]),
    )
    return stops, rest


def tails(network: Network, vehicle: Vehicle, arc: Longs) -> tuple[Longs, Longs]:
    """Return the states from which arcs are entered: for each pair the number in `arc` and the state."""
    graph = network.graphs[vehicle]
    start = graph.entry_start[arc]
    counts = graph.entry_start[arc + 1] - start
    entries = graph.entry[ranges(start, counts)]
    state = np.searchsorted(graph.forward.start, entries, side="right") - 1
    return np.repeat(np.arange(len(arc)), counts), state.astype(np.int64)
