"""Where a plot's drive meets the road, and where the way to an access point ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from finder.model.vocabulary import Vehicle
from finder.roads import squares
from finder.roads.arrays import Longs, Reals, ranges
from finder.roads.network import CM, FROM_PLOTS, MAIN, MOTORWAY, RAMP, Network

FARTHEST_M = 1000.0
"""A plot or point farther than this from any road of the network is not on it."""
_TRIES_M = (100.0, 300.0, FARTHEST_M)
_ROUNDED_M = 1e-6
SAME = 1e-8
"""Shares of a segment that are no farther apart are one place, or one would drive around the block to it."""
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
    return snap_each(network, shapes, [vehicle], plots=plots, connected=connected)[vehicle]


def snap_each(
    network: Network,
    shapes: NDArray[np.object_],
    vehicles: Sequence[Vehicle] = tuple(Vehicle),
    *,
    plots: bool = True,
    connected: bool = True,
) -> dict[Vehicle, Snaps]:
    """Return the same for several vehicles, which mostly meet the same road: in one pass."""
    segment = np.full((len(vehicles), len(shapes)), -1, dtype=np.int64)
    fraction, distance_m = np.full(segment.shape, np.nan), np.full(segment.shape, np.nan)
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    for reach_m in _TRIES_M:
        open_ = np.flatnonzero(placed & (segment < 0).any(axis=0))
        if not len(open_):
            break
        found = _near(network, vehicles, shapes[open_], reach_m, plots=plots, connected=connected)
        for i, (one, other, metres) in enumerate(found):
            segment[i, open_[one]] = other
            distance_m[i, open_[one]] = metres
    row, shape = np.nonzero(segment >= 0)
    pairs, which = np.unique(shape * len(network) + segment[row, shape], return_inverse=True)
    fraction[row, shape] = _fraction(network.lines(pairs % len(network)), shapes[pairs // len(network)])[which]
    return {vehicle: Snaps(segment[i], fraction[i], distance_m[i]) for i, vehicle in enumerate(vehicles)}


def _near(
    network: Network,
    vehicles: Sequence[Vehicle],
    shapes: NDArray[np.object_],
    reach_m: float,
    *,
    plots: bool,
    connected: bool,
) -> Iterator[tuple[Longs, Longs, Reals]]:
    """Yield for each vehicle the shapes that have one within reach, the nearest segment, and how far it is."""
    shape, segment = squares.near(network, shapely.bounds(shapes) + np.array([-reach_m, -reach_m, reach_m, reach_m]))
    flags = network.flags[segment]
    fit = (flags & FROM_PLOTS) > 0 if plots else (flags & (RAMP | MOTORWAY)) == 0
    shape, segment = shape[fit], segment[fit]
    own = [_usable(network, vehicle, segment, connected=connected) for vehicle in vehicles]
    shape, segment = _nearest_perhaps(network, shapes, shape, segment, own, reach_m)
    lines = network.lines(segment)
    metres = shapely.distance(shapes[shape], lines)
    for vehicle in vehicles:
        fit = _usable(network, vehicle, segment, connected=connected)
        least_m = np.full(len(shapes), reach_m)
        np.minimum.at(least_m, shape[fit], metres[fit])
        fit &= metres == least_m[shape]
        middle_m = np.zeros(len(shape))
        several = fit & (np.bincount(shape[fit], minlength=len(shapes)) > 1)[shape]
        middle_m[several] = shapely.distance(shapely.centroid(shapes[shape[several]]), lines[several])
        order = np.flatnonzero(fit)[np.lexsort((segment[fit], middle_m[fit], shape[fit]))]
        first = order[np.unique(shape[order], return_index=True)[1]]
        yield shape[first], segment[first], metres[first]


def _nearest_perhaps(
    network: Network,
    shapes: NDArray[np.object_],
    shape: Longs,
    segment: Longs,
    usable: Sequence[NDArray[np.bool_]],
    reach_m: float,
) -> tuple[Longs, Longs]:
    """Return those pairs, each once, of which the segment may be the shape's nearest of those usable by a vehicle.

    No line is drawn for it: their boxes tell how far they are from each other at least, and some of their corners how
    far at most.
    """
    if not len(shape):
        return shape, segment
    starts = network.shape_start[segment]
    counts = network.shape_start[segment + 1] - starts
    first = np.cumsum(counts) - counts
    xy_cm = network.shape_cm[ranges(starts, counts)]
    low, high = np.minimum.reduceat(xy_cm, first) / CM, np.maximum.reduceat(xy_cm, first) / CM
    west, south, east, north = shapely.bounds(shapes)[shape].T
    beside = np.maximum(np.maximum(low[:, 0] - east, west - high[:, 0]), 0.0)
    above = np.maximum(np.maximum(low[:, 1] - north, south - high[:, 1]), 0.0)
    least_m = np.hypot(beside, above)
    near = np.flatnonzero(least_m <= reach_m)
    shape, segment, least_m = shape[near], segment[near], least_m[near]
    corners, of = shapely.get_coordinates(shapes, return_index=True)
    corner = corners[np.searchsorted(of, shape)]
    steps = counts[near] - 1
    some = [xy_cm[first[near] + step] / CM for step in (0, steps // 2, steps)]
    most_m = np.minimum.reduce([np.hypot(*(at - corner).T) for at in some])
    perhaps = np.zeros(len(shape), dtype=bool)
    for own in usable:
        nearest_m = np.full(len(shapes), reach_m)
        np.minimum.at(nearest_m, shape[own[near]], most_m[own[near]])
        perhaps |= own[near] & (least_m <= nearest_m[shape] + _ROUNDED_M)
    pairs = np.unique(shape[perhaps] * len(network) + segment[perhaps])
    return pairs // len(network), pairs % len(network)


def _usable(network: Network, vehicle: Vehicle, segment: Longs, *, connected: bool) -> NDArray[np.bool_]:
    if connected:
        main: NDArray[np.bool_] = (network.flags[segment] & MAIN[vehicle]) > 0
        return main
    seconds = network.graphs[vehicle].seconds
    driven: NDArray[np.bool_] = np.isfinite(seconds[2 * segment]) | np.isfinite(seconds[2 * segment + 1])
    return driven


def _fraction(lines: NDArray[np.object_], shapes: NDArray[np.object_]) -> Reals:
    """Return where along the lines the shapes meet them."""
    crossing = shapely.intersects(lines, shapes)
    inside, seen_from = lines.copy(), shapes.copy()
    # of an outline that crosses itself no part within can be told before it is mended
    part = shapely.intersection(lines[crossing], shapely.make_valid(shapes[crossing]))
    inside[crossing] = np.where(shapely.is_empty(part), lines[crossing], part)
    seen_from[crossing] = shapely.centroid(shapes[crossing])
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


def junction_stops(network: Network, vehicle: Vehicle, points: NDArray[np.object_], uncertainty_m: Reals) -> Stops:
    """Return where ways to motorway junctions end: where their ramps begin, or lacking those on the next road.

    A junction of which all ramps near it are another one's has none: it is that one which is reached there.
    """
    point, arc, away_m = _ramps_near(network, vehicle, points, uncertainty_m)
    ramps = _own(point, arc, away_m)
    bare = np.setdiff1d(np.arange(len(points)), point)
    others = arcs(network, vehicle, snap(network, vehicle, points[bare], plots=False))
    return Stops(
        np.concatenate([ramps.arc, others.arc]),
        np.concatenate([ramps.along, others.along]),
        np.concatenate([ramps.point, bare[others.point]]),
    )


def ramp_stops(network: Network, vehicle: Vehicle, points: NDArray[np.object_], uncertainty_m: Reals) -> Stops:
    """Return the beginning of each ramp onto a motorway that lies near one of these junctions, for the nearest one."""
    return _own(*_ramps_near(network, vehicle, points, uncertainty_m))


def _ramps_near(
    network: Network, vehicle: Vehicle, points: NDArray[np.object_], uncertainty_m: Reals
) -> tuple[Longs, Longs, Reals]:
    """Return pairs: the number of a point, the arc of a ramp near it, and how far off it begins."""
    ramps = network.ramp_arcs[np.isfinite(network.graphs[vehicle].seconds[network.ramp_arcs])].astype(np.int64)
    ramps = ramps[(network.flags[ramps // 2] & MAIN[vehicle]) > 0]
    from_node = np.where(ramps % 2 == 0, network.segment_from[ramps // 2], network.segment_to[ramps // 2])
    places: Any = shapely.points(network.node_xy[from_node])
    reach_m = JUNCTION_M + np.nan_to_num(uncertainty_m)
    point, ramp = shapely.STRtree(places).query(points, predicate="dwithin", distance=reach_m)
    return point, ramps[ramp], shapely.distance(points[point], places[ramp])


def _own(point: Longs, arc: Longs, away_m: Reals) -> Stops:
    """Return each ramp for the point that is nearest to it."""
    order = np.lexsort((point, away_m, arc))
    first = order[np.unique(arc[order], return_index=True)[1]]
    return Stops(arc[first], np.zeros(len(first)), point[first])


def tails(network: Network, vehicle: Vehicle, arc: Longs) -> tuple[Longs, Longs]:
    """Return the states from which arcs are entered: for each pair the number in `arc` and the state."""
    graph = network.graphs[vehicle]
    start = graph.entry_start[arc]
    counts = graph.entry_start[arc + 1] - start
    entries = graph.entry[ranges(start, counts)]
    state = np.searchsorted(graph.forward.start, entries, side="right") - 1
    return np.repeat(np.arange(len(arc)), counts), state.astype(np.int64)
