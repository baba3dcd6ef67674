"""The quickest ways over the road network: from every site to the nearest of many points, all in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.arrays import Ints, Longs, Reals
from finder.roads.network import Graph, Matrix, Network
from finder.roads.snapping import Snaps, Stops


@dataclass(frozen=True, eq=False)
class Nearest:
    """The quickest way from each place: columns of one length.

    `point` is the number of the point it leads to (-1: there is no way), `seconds` and `metres` are along that way.
    """

    point: Longs
    seconds: Reals
    metres: Reals


def nearest(network: Network, vehicle: Vehicle, places: Snaps, stops: Stops) -> Nearest:
    """Return the quickest way from each place to any of the stops.

    One Dijkstra search from all stops at once over the reversed graph (Dijkstra 1959; scipy's, with `min_only`). The
    way begins along the road's arcs from the place, so that it needs no crossing of its own; a stop on the same arc
    further on is reached straight.
    """
    graph = network.graphs[vehicle]
    points = int(stops.point.max()) + 1 if len(stops.point) else 0
    starts = snapping.arcs(network, vehicle, places)
    best = _Best(len(places))
    if points and len(starts.arc):
        tree = _tree(network, vehicle, stops, points)
        for side in (0, 1):
            state = graph.head[starts.arc, side]
            known = np.flatnonzero(state >= 0)
            rest = (1.0 - starts.along[known]) * graph.seconds[starts.arc[known]]
            seconds = rest + tree.seconds[state[known]]
            best.offer(starts.point[known], seconds, tree.point[state[known]], starts.arc[known], state[known])
        best.offer(*_straight(graph, starts, stops))
    metres = np.full(len(places), np.nan)
    there = best.point >= 0
    if there.any():
        metres[there] = _metres(network, graph, tree, best, starts)
    return Nearest(best.point, np.where(there, best.seconds, np.nan), metres)


@dataclass(frozen=True, eq=False)
class _Tree:
    """From every state the quickest way to a stop: seconds, the point it is for, the next state, metres to that one."""

    seconds: Reals
    point: Longs
    following: Ints
    step_m: Reals


class _Best:
    """Keeps the quickest of what is offered for each place."""

    def __init__(self, n: int) -> None:
        self.seconds = np.full(n, np.inf)
        self.point, self.arc, self.state = (np.full(n, -1, dtype=np.int64) for _ in range(3))

    def offer(self, place: Longs, seconds: Reals, point: Longs, arc: Longs, state: Longs | Ints) -> None:
        """Take what is quicker than before."""
        order = np.lexsort((arc, seconds, place))
        first = order[np.unique(place[order], return_index=True)[1]]
        first = first[seconds[first] < self.seconds[place[first]]]
        chosen = place[first]
        self.seconds[chosen], self.point[chosen] = seconds[first], point[first]
        self.arc[chosen], self.state[chosen] = arc[first], state[first]


def _straight(graph: Graph, starts: Stops, stops: Stops) -> tuple[Longs, Reals, Longs, Longs, Longs]:
    """Return the ways to the next stop on the same arc, further on; they come to no crossing."""
    order = np.lexsort((stops.along, stops.arc))
    key = np.column_stack([stops.arc[order], stops.along[order]])
    # arcs are whole numbers and places along them lie between 0 and 1, so that one number orders both
    ahead = np.searchsorted(key[:, 0] * 2.0 + key[:, 1], starts.arc * 2.0 + starts.along)
    known = np.flatnonzero(ahead < len(order))
    known = known[stops.arc[order[ahead[known]]] == starts.arc[known]]
    stop = order[ahead[known]]
    seconds = (stops.along[stop] - starts.along[known]) * graph.seconds[starts.arc[known]]
    none = np.full(len(known), -1, dtype=np.int64)
    return starts.point[known], seconds, stops.point[stop], starts.arc[known], none


def _tree(network: Network, vehicle: Vehicle, stops: Stops, points: int) -> _Tree:
    graph = network.graphs[vehicle]
    stop, state = snapping.tails(network, vehicle, stops.arc)
    n = graph.backward.size
    seconds = np.maximum(stops.along[stop] * graph.seconds[stops.arc[stop]], 1e-6)
    matrix = extended(graph.backward, stops.point[stop], state, seconds, points)
    dist, before, source = dijkstra(matrix, indices=np.arange(n, n + points), min_only=True, return_predecessors=True)
    step_m = _step_m(network, graph.forward, dist, before)
    last = np.flatnonzero(before[:n] >= n)
    step_m[last] = _last_m(network, dist, before, (stop, state, seconds), stops)[last]
    point = np.where(source >= n, source - n, -1)[:n].astype(np.int64)
    return _Tree(dist[:n], point, before[:n], step_m)


def extended(matrix: Matrix, row: Longs, column: Longs, seconds: Reals, rows: int) -> csr_array:
    """Return a matrix with rows of its own at its end, as it is searched."""
    n = matrix.size
    order = np.argsort(row, kind="stable")
    added = np.cumsum(np.bincount(row, minlength=rows))
    start = np.concatenate([matrix.start, matrix.start[-1] + added]).astype(np.int32)
    columns = np.concatenate([matrix.column, column[order].astype(np.int32)])
    data = np.concatenate([matrix.seconds, seconds[order]])
    return csr_array((data, columns, start), shape=(n + rows, n + rows))


def _step_m(network: Network, forward: Matrix, dist: Reals, before: Ints) -> Reals:
    """Return the metres from each state to the next one on its way, by the entry that the search took."""
    tail = np.repeat(np.arange(forward.size, dtype=np.int32), np.diff(forward.start))
    taken = np.flatnonzero(before[tail] == forward.column)
    # what it took is told exactly: it added the same numbers
    exact = dist[forward.column[taken]] + forward.seconds[taken] == dist[tail[taken]]
    taken = taken[exact]
    metres = np.zeros(forward.size)
    arc = forward.arc[taken]
    metres[tail[taken]] = np.where(arc >= 0, network.length_m[arc // 2], 0.0)
    return metres


def _last_m(network: Network, dist: Reals, before: Ints, ends: tuple[Longs, Longs, Reals], stops: Stops) -> Reals:
    """Return, of the last states before a stop, the metres to it."""
    stop, state, seconds = ends
    n = len(before) - int(stops.point.max()) - 1
    fits = (before[state] == stops.point[stop] + n) & (dist[state] == seconds)
    metres = np.zeros(n)
    chosen = stop[fits]
    metres[state[fits]] = stops.along[chosen] * network.length_m[stops.arc[chosen] // 2]
    return metres


def _metres(network: Network, graph: Graph, tree: _Tree, best: _Best, starts: Stops) -> Reals:
    """Return the metres of the ways that were found: to the end of the first arc, then from state to state."""
    there = np.flatnonzero(best.point >= 0)
    arc, state = best.arc[there], best.state[there].copy()
    along = np.full(len(best.point), np.nan)
    own = starts.arc == best.arc[starts.point]
    along[starts.point[own]] = starts.along[own]
    share = np.where(state >= 0, 1.0 - along[there], best.seconds[there] / graph.seconds[arc])
    metres: Reals = share * network.length_m[arc // 2]
    going = np.flatnonzero(state >= 0)
    while len(going):
        at = state[going]
        metres[going] += tree.step_m[at]
        state[going] = tree.following[at]
        going = going[(state[going] >= 0) & (state[going] < graph.backward.size)]
    return metres
