"""The quickest ways over the road network: from every site to the nearest of many points, all in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.arrays import Ints, Longs, Reals, ranges
from finder.roads.network import Graph, Matrix, Network
from finder.roads.snapping import SAME, Snaps, Stops


@dataclass(frozen=True, eq=False)
class Nearest:
    """The quickest way from each place: columns of one length.

    `point` is the number of the point it leads to (-1: there is no way), `seconds` and `metres` are along that way.
    """

    point: Longs
    seconds: Reals
    metres: Reals


def nearest(network: Network, vehicle: Vehicle, places: Snaps, stops: Stops) -> Nearest:
    """Return the quickest way from each place to any of the stops."""
    return next(nearest_of_each(network, vehicle, places, [stops]))


def nearest_of_each(network: Network, vehicle: Vehicle, places: Snaps, groups: Sequence[Stops]) -> Iterator[Nearest]:
    """Yield for each group of stops the quickest ways from the places to any of them.

    One Dijkstra search for a group, from all its stops at once over the reversed graph (Dijkstra 1959; scipy's, with
    `min_only`). The way begins along the road's arcs from the place, so that it needs no crossing of its own; a stop on
    the same arc further on is reached straight. All groups share one matrix: theirs are large.
    """
    graph = network.graphs[vehicle]
    starts = snapping.arcs(network, vehicle, places)
    ends = [_ends(network, vehicle, stops) for stops in groups]
    points = np.cumsum([0, *(end.points for end in ends)])
    matrix = None
    if len(starts.arc) and points[-1]:
        row = np.concatenate([end.point + first for end, first in zip(ends, points[:-1].tolist(), strict=True)])
        state, seconds = (np.concatenate([getattr(end, name) for end in ends]) for name in ("state", "seconds"))
        matrix = extended(graph.backward, row, state, seconds, int(points[-1]))
    for end, first in zip(ends, (points[:-1] + graph.backward.size).tolist(), strict=True):
        best = _Best(len(places))
        metres = np.full(len(places), np.nan)
        if matrix is not None and end.points:
            tree = _tree(matrix, graph.backward.size, first, end)
            for offer in (*_driven(graph, starts, tree), _straight(graph, starts, end.stops)):
                best.offer(*offer)
            there = np.flatnonzero(best.point >= 0)
            metres[there] = _metres(network, graph, tree, end, best, starts, there)
        yield Nearest(best.point, np.where(best.point >= 0, best.seconds, np.nan), metres)


@dataclass(frozen=True, eq=False)
class _Ends:
    """The states from which stops are reached: the stop's number, the point it is for, the state, seconds."""

    stops: Stops
    points: int
    stop: Longs
    point: Longs
    state: Longs
    seconds: Reals


def _ends(network: Network, vehicle: Vehicle, stops: Stops) -> _Ends:
    points = int(stops.point.max()) + 1 if len(stops.point) else 0
    stop, state = snapping.tails(network, vehicle, stops.arc)
    seconds = np.maximum(stops.along[stop] * network.graphs[vehicle].seconds[stops.arc[stop]], 1e-6)
    return _Ends(stops, points, stop, stops.point[stop], state, seconds)


@dataclass(frozen=True, eq=False)
class _Tree:
    """From every state the quickest way to a stop: seconds, the point it is for, the next state (-1: the stop)."""

    seconds: Reals
    point: Longs
    following: Ints


class _Best:
    """Keeps the quickest of what is offered for each place."""

    def __init__(self, n: int) -> None:
        self.seconds = np.full(n, np.inf)
        self.point, self.arc, self.state = (np.full(n, -1, dtype=np.int64) for _ in range(3))

    def offer(self, place: Longs, seconds: Reals, point: Longs, arc: Longs, state: Longs | Ints) -> None:
        """Take what is quicker than before."""
        before = self.seconds[place]
        np.minimum.at(self.seconds, place, seconds)
        best = np.flatnonzero((seconds < before) & (seconds == self.seconds[place]))
        best = best[np.argsort(-arc[best], kind="stable")]  # of equal ones the last stays
        chosen = place[best]
        self.point[chosen], self.arc[chosen], self.state[chosen] = point[best], arc[best], state[best]


_Offer = tuple[Longs, Reals, Longs, Longs, Longs | Ints]


def _driven(graph: Graph, starts: Stops, tree: _Tree) -> Iterator[_Offer]:
    """Yield the ways by the states that one may be in at the end of the first arc."""
    for side in (0, 1):
        state = graph.head[starts.arc, side]
        known = np.flatnonzero(state >= 0)
        rest = (1.0 - starts.along[known]) * graph.seconds[starts.arc[known]]
        there = state[known]
        yield starts.point[known], rest + tree.seconds[there], tree.point[there], starts.arc[known], there


def _straight(graph: Graph, starts: Stops, stops: Stops) -> _Offer:
    """Return the ways to the next stop on the same arc, further on; they come to no crossing."""
    order = np.lexsort((stops.along, stops.arc))
    key = np.column_stack([stops.arc[order], stops.along[order]])
    # arcs are whole numbers and places along them lie between 0 and 1, so that one number orders both
    ahead = np.searchsorted(key[:, 0] * 2.0 + key[:, 1], starts.arc * 2.0 + starts.along - SAME)
    known = np.flatnonzero(ahead < len(order))
    known = known[stops.arc[order[ahead[known]]] == starts.arc[known]]
    stop = order[ahead[known]]
    seconds = np.maximum(stops.along[stop] - starts.along[known], 0.0) * graph.seconds[starts.arc[known]]
    none = np.full(len(known), -1, dtype=np.int64)
    return starts.point[known], seconds, stops.point[stop], starts.arc[known], none


def _tree(matrix: csr_array, n: int, first: int, ends: _Ends) -> _Tree:
    indices = np.arange(first, first + ends.points)
    dist, before, source = dijkstra(matrix, indices=indices, min_only=True, return_predecessors=True)
    return _Tree(dist[:n], source[:n] - first, before[:n])


def extended(matrix: Matrix, row: Longs, column: Longs, seconds: Reals, rows: int) -> csr_array:
    """Return a matrix with rows of its own at its end, as it is searched."""
    n = matrix.size
    order = np.argsort(row, kind="stable")
    added = np.cumsum(np.bincount(row, minlength=rows))
    start = np.concatenate([matrix.start, matrix.start[-1] + added]).astype(np.int32)
    columns = np.concatenate([matrix.column, column[order].astype(np.int32)])
    data = np.concatenate([matrix.seconds, seconds[order]])
    return csr_array((data, columns, start), shape=(n + rows, n + rows))


def _metres(
    network: Network, graph: Graph, tree: _Tree, ends: _Ends, best: _Best, starts: Stops, there: Longs
) -> Reals:
    """Return the metres of the ways that were found: to the end of the first arc, then from state to state."""
    arc, state = best.arc[there], best.state[there]
    along = np.full(len(best.point), np.nan)
    own = starts.arc == best.arc[starts.point]
    along[starts.point[own]] = starts.along[own]
    driven = state >= 0
    share = np.where(driven, 1.0 - along[there], best.seconds[there] / graph.seconds[arc])
    metres: Reals = share * network.length_m[arc // 2]
    metres[driven] += _metres_from(network, graph.forward, tree, ends, state[driven])
    return metres


def _metres_from(network: Network, forward: Matrix, tree: _Tree, ends: _Ends, states: Longs) -> Reals:
    """Return the metres from states to the stops that the tree leads to."""
    ways = _ways(tree.following, states)
    number = np.empty(forward.size, dtype=np.int32)
    number[ways] = np.arange(len(ways), dtype=np.int32)
    following = tree.following[ways]
    going = following < forward.size
    metres = np.zeros(len(ways) + 1)
    metres[:-1][going] = _step_m(network, forward, tree.seconds, ways[going], following[going])
    metres[:-1][~going] = _last_m(network, tree, ends)[ways[~going]]
    # each jump is twice as far as the one before; all end in the place after the last one
    next_ = np.full(len(ways) + 1, len(ways))
    next_[:-1][going] = number[following[going]]
    while (next_ < len(ways)).any():
        metres += metres[next_]
        next_ = next_[next_]
    told: Reals = metres[number[states]]
    return told


def _ways(following: Ints, states: Longs) -> Longs:
    """Return all states on the ways from some states to the stops, in their order."""
    n = len(following)
    on_way = np.zeros(n, dtype=bool)
    chosen = np.empty(n, dtype=np.int32)
    at: Longs | Ints = states
    while len(at):
        # where ways meet, one goes on for all
        position = np.arange(len(at), dtype=np.int32)
        chosen[at] = position
        at = at[chosen[at] == position]
        on_way[at] = True
        at = following[at]
        at = at[at < n]
        at = at[~on_way[at]]
    return np.flatnonzero(on_way)


def _step_m(network: Network, forward: Matrix, seconds: Reals, state: Longs, following: Ints) -> Reals:
    """Return the metres from each state to the next one on its way, by the entry that the search took."""
    start = forward.start[state]
    counts = forward.start[state + 1] - start
    entry = ranges(start, counts)
    of = np.repeat(np.arange(len(state)), counts)
    taken = np.flatnonzero(forward.column[entry] == following[of])
    entry, of = entry[taken], of[taken]
    beside = np.flatnonzero(of[1:] == of[:-1])
    if len(beside):
        # of roads that lead to the same state which one it took is told exactly: it added the same numbers
        some = np.union1d(beside, beside + 1)
        exact = seconds[following[of[some]]] + forward.seconds[entry[some]] == seconds[state[of[some]]]
        entry, of = np.delete(entry, some[~exact]), np.delete(of, some[~exact])
    arc = forward.arc[entry]
    metres = np.zeros(len(state))
    metres[of] = np.where(arc >= 0, network.length_m[arc // 2], 0.0)
    return metres


def _last_m(network: Network, tree: _Tree, ends: _Ends) -> Reals:
    """Return, of the last states before a stop, the metres to it."""
    fits = (tree.following[ends.state] >= len(tree.following)) & (tree.point[ends.state] == ends.point)
    fits &= tree.seconds[ends.state] == ends.seconds
    metres = np.zeros(len(tree.following))
    stop = ends.stop[fits]
    metres[ends.state[fits]] = ends.stops.along[stop] * network.length_m[ends.stops.arc[stop] // 2]
    return metres
