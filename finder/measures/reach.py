"""What lies within reach of one site: minutes to every crossing, the ways there, and areas within minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from finder.measures.routing import extended
from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.arrays import Ints, Reals
from finder.roads.network import CM, Network
from finder.roads.snapping import SAME, Snaps, Stops


@dataclass(frozen=True, eq=False)
class Reach:
    """The quickest ways from one place, as far as they were looked for, `limit_s`; `seconds` inf beyond.

    `before` is the state each is reached from; the place itself is the state after the last one.
    """

    network: Network
    vehicle: Vehicle
    start: Stops
    seconds: Reals
    before: Ints
    limit_s: float


@dataclass(frozen=True, eq=False)
class Way:
    """A way that was found: its line (metres), seconds, metres, and metres through built-up areas (None: not known)."""

    line: shapely.LineString
    seconds: float
    metres: float
    settlement_m: float | None


def reach(network: Network, vehicle: Vehicle, place: Snaps, limit_s: float = np.inf) -> Reach | None:
    """Return what is within so many seconds of one place on the network, or None if it is on none of its roads."""
    graph = network.graphs[vehicle]
    start = snapping.arcs(network, vehicle, place)
    if not len(start.arc):
        return None
    n = graph.forward.size
    heads = graph.head[start.arc]
    known = heads >= 0
    seconds = np.maximum((1.0 - start.along) * graph.seconds[start.arc], 1e-6)
    arc = np.nonzero(known)[0]
    matrix = extended(graph.forward, np.zeros(len(arc), dtype=np.int64), heads[known].astype(np.int64), seconds[arc], 1)
    dist, before = dijkstra(matrix, indices=n, return_predecessors=True, limit=limit_s)
    return Reach(network, vehicle, start, dist[:n], before[:n], limit_s)


def seconds_to(found: Reach, stops: Stops) -> Reals:
    """Return the seconds to each stop's point, by its number; inf where it was not reached."""
    graph = found.network.graphs[found.vehicle]
    points = int(stops.point.max()) + 1 if len(stops.point) else 0
    best = np.full(points, np.inf)
    stop, state = snapping.tails(found.network, found.vehicle, stops.arc)
    np.minimum.at(best, stops.point[stop], found.seconds[state] + stops.along[stop] * graph.seconds[stops.arc[stop]])
    for arc, along in zip(found.start.arc.tolist(), found.start.along.tolist(), strict=True):
        ahead = (stops.arc == arc) & (stops.along >= along - SAME)
        seconds = np.maximum(stops.along[ahead] - along, 0.0) * graph.seconds[arc]
        np.minimum.at(best, stops.point[ahead], seconds)
    return np.where(best <= found.limit_s, best, np.inf)


def way_to(found: Reach, stops: Stops) -> Way | None:
    """Return the quickest way to any of the stops, or None if none was reached."""
    graph = found.network.graphs[found.vehicle]
    ends: list[tuple[float, int, int, float]] = []  # seconds, last state (-1: none), arc, along
    stop, state = snapping.tails(found.network, found.vehicle, stops.arc)
    seconds = found.seconds[state] + stops.along[stop] * graph.seconds[stops.arc[stop]]
    if len(seconds) and np.isfinite(seconds.min()):
        i = int(seconds.argmin())
        ends.append((float(seconds[i]), int(state[i]), int(stops.arc[stop[i]]), float(stops.along[stop[i]])))
    for arc, along in zip(found.start.arc.tolist(), found.start.along.tolist(), strict=True):
        ahead = np.flatnonzero((stops.arc == arc) & (stops.along >= along - SAME))
        if len(ahead):
            to = max(float(stops.along[ahead].min()), along)
            ends.append(((to - along) * float(graph.seconds[arc]), -1, arc, to))
    if not ends or min(ends)[0] > found.limit_s:
        return None
    best, last, arc, along = min(ends)
    if last < 0:
        begin = float(found.start.along[found.start.arc == arc].max(initial=0.0, where=True))
        return _drawn(found, [(arc, begin, along)], best)
    return _drawn(found, [*_walked(found, last), (arc, 0.0, along)], best)


def _walked(found: Reach, last: int) -> list[tuple[int, float, float]]:
    """Return the pieces of arcs from the place to a state, in their order."""
    graph = found.network.graphs[found.vehicle]
    forward, n = graph.forward, graph.forward.size
    pieces: list[tuple[int, float, float]] = []
    state = last
    while (before := int(found.before[state])) != n:
        row = slice(int(forward.start[before]), int(forward.start[before + 1]))
        fit = np.flatnonzero(forward.column[row] == state)
        entry = row.start + int(fit[forward.seconds[row][fit].argmin()])
        if forward.arc[entry] >= 0:
            pieces.append((int(forward.arc[entry]), 0.0, 1.0))
        state = before
    heads = graph.head[found.start.arc]
    rest = (1.0 - found.start.along) * graph.seconds[found.start.arc]
    fits = np.flatnonzero((heads == state).any(axis=1))
    first = int(fits[rest[fits].argmin()])
    pieces.append((int(found.start.arc[first]), float(found.start.along[first]), 1.0))
    return pieces[::-1]


def _drawn(found: Reach, pieces: list[tuple[int, float, float]], seconds: float) -> Way:
    """Return the way along pieces of arcs."""
    network = found.network
    segment = np.array([arc // 2 for arc, _, _ in pieces])
    share = np.array([finish - begin for _, begin, finish in pieces])
    xy: list[Reals] = []
    for arc, begin, finish in pieces:
        start, stop = network.shape_start[arc // 2 : arc // 2 + 2].tolist()
        points = network.shape_cm[start:stop] / CM
        line: Any = shapely.LineString(points if arc % 2 == 0 else points[::-1])
        if (begin, finish) != (0.0, 1.0):
            line = substring(line, begin, finish, normalized=True)
        xy.append(shapely.get_coordinates(line))
    points = np.concatenate(xy)
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    points = points[moved]
    if len(points) == 1:
        points = np.repeat(points, 2, axis=0)
    settlement_m = None
    if len(network.settlement_m):
        settlement_m = float((network.settlement_m[segment] * share).sum())
    return Way(shapely.LineString(points), seconds, float((network.length_m[segment] * share).sum()), settlement_m)


def seconds_at_places(found: Reach) -> Reals:
    """Return the seconds to each place of the network's triangles; inf where it was not reached, and far away."""
    network = found.network
    seconds = np.full(len(network.place_xy), np.inf)
    reached = np.flatnonzero(np.isfinite(found.seconds))
    place = network.node_place[network.graphs[found.vehicle].state_node[reached]]
    known = place >= 0
    np.minimum.at(seconds, place[known], found.seconds[reached[known]])
    return seconds
