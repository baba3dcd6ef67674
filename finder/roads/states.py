"""The graph that one vehicle may drive: crossings split where it matters how one came there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from finder.roads.arrays import Ints, Longs, Reals, chosen
from finder.roads.network import Matrix

INSTANT_S = 1e-6
"""Seconds of a change of state on the spot: a sparse matrix knows no zero."""
SHORTEST_S = 1e-6
"""Seconds of an arc without any length, for the same reason."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """All arcs as one vehicle finds them.

    `seconds` are inf where it may not drive, `destination` arcs may not be driven through, at `blocked` crossings it
    cannot pass; `banned` gives, for an arc, those that may not follow it.
    """

    tail: Longs
    head: Longs
    seconds: Reals
    destination: NDArray[np.bool_]
    blocked: NDArray[np.bool_]
    banned: Mapping[int, Iterable[int]]


@dataclass(frozen=True, eq=False)
class States:
    """The states of a graph with its entries, and which arcs lie in its main part.

    Between any two places of the main part a vehicle gets to and fro, turn restrictions and roads for destinations only
    regarded. Of such parts it is the largest.
    """

    node: Ints
    head: Ints
    forward: Matrix
    backward: Matrix
    entry: Ints
    entry_start: Ints
    main: NDArray[np.bool_]


def split(arcs: Arcs, crossings: int) -> States:
    """Return the states that these arcs lead between; `crossings` is how many there are."""
    tail, head, node = _dead_ends(arcs, crossings)
    made = _Made(arcs, tail, head, node).states()
    joined = _joined(tail, head, np.isfinite(arcs.seconds), len(node))
    return States(main=_main(made, joined, arcs.destination), **made)


def _dead_ends(arcs: Arcs, crossings: int) -> tuple[Longs, Longs, Longs]:
    """Return tails and heads where each arc has an end of its own at a crossing that cannot be passed."""
    tail, head = arcs.tail.copy(), arcs.head.copy()
    arriving = np.flatnonzero(arcs.blocked[head])
    ends = np.arange(crossings, crossings + len(arriving))
    node = np.concatenate([np.arange(crossings), head[arriving]])
    head[arriving] = ends
    tail[arriving ^ 1] = ends  # only back the way one came
    return tail, head, node


def _joined(tail: Longs, head: Longs, allowed: NDArray[np.bool_], n: int) -> NDArray[np.bool_]:
    """Return the arcs of the largest part that would be joined if it did not matter how one came to a crossing."""
    inside = _largest_part(tail[allowed], head[allowed], n)
    return allowed & inside[tail] & inside[head]


def _largest_part(begin: Longs | Ints, finish: Longs | Ints, n: int) -> NDArray[np.bool_]:
    """Return which of `n` places are strongly joined by the most of these steps; none if none leads back."""
    ends = (np.ones(len(begin), dtype=np.int8), (begin, finish))
    part = connected_components(csr_array(ends, shape=(n, n)), directed=True, connection="strong")[1]
    within = part[begin][part[begin] == part[finish]]
    largest: NDArray[np.bool_] = part == (np.bincount(within).argmax() if len(within) else -1)
    return largest


def _main(made: Mapping[str, Any], joined: NDArray[np.bool_], destination: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the arcs of the main part: the heart of what is joined, and what hangs on it by roads for destinations."""
    forward: Matrix = made["forward"]
    begin = np.repeat(np.arange(forward.size), np.diff(forward.start))
    arc = forward.arc
    inside = (arc >= 0) & joined[arc]
    open_ = inside & ~destination[arc]
    heart = _largest_part(begin[open_], forward.column[open_], forward.size)
    if not heart.any():  # nothing but roads for destinations
        heart = _largest_part(begin[inside], forward.column[inside], forward.size)
    came, goes = _reached(forward, heart), _reached(made["backward"], heart)
    entered = np.zeros(len(joined), dtype=bool)
    entered[arc[(arc >= 0) & came[begin]]] = True
    left = goes[made["head"][:, 0]] & (made["head"][:, 0] >= 0)
    # one may come by one arc of a segment and leave by its other one
    main = (entered[0::2] | entered[1::2]) & (left[0::2] | left[1::2])
    arcs: NDArray[np.bool_] = np.repeat(main, 2) & (made["head"][:, 0] >= 0)
    return arcs


def _reached(matrix: Matrix, states: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which states can be reached from some of them."""
    n = matrix.size
    reached = np.zeros(n + 1, dtype=bool)
    first = np.flatnonzero(states).astype(np.int32)
    start = np.append(matrix.start, matrix.start[-1] + len(first)).astype(np.int32)
    column = np.concatenate([matrix.column, first])
    graph = csr_array((np.ones(len(column)), column, start), shape=(n + 1, n + 1))
    reached[breadth_first_order(graph, n, return_predecessors=False)] = True
    return reached[:n]


class _Made:
    """Collects the entries between states."""

    def __init__(self, arcs: Arcs, tail: Longs, head: Longs, node: Longs) -> None:
        self.arcs, self.tail = arcs, tail
        self.allowed = np.isfinite(arcs.seconds)
        self.inner = arcs.destination & self.allowed
        self.node: list[Longs] = [node]
        self.count = len(node)
        touched = np.flatnonzero(chosen(len(node), tail[self.inner], head[self.inner]))
        self.leaving, self.arriving = (np.full(len(node), -1, dtype=np.int64) for _ in range(2))
        self.leaving[touched] = self._new(node[touched])
        self.arriving[touched] = self._new(node[touched])
        self.head = np.full((len(tail), 2), -1, dtype=np.int64)
        plain = self.allowed & ~self.inner
        self.head[plain, 0] = head[plain]
        self.head[self.inner, 0] = self.leaving[head[self.inner]]
        self.head[self.inner, 1] = self.arriving[head[self.inner]]
        self.entries: list[tuple[Longs, Longs, Longs]] = []
        self._ordinary(plain, touched)
        self._restricted(head)

    def _new(self, nodes: Longs) -> Longs:
        self.node.append(nodes)
        self.count += len(nodes)
        return np.arange(self.count - len(nodes), self.count)

    def _ordinary(self, plain: NDArray[np.bool_], touched: Longs) -> None:
        # made before restrictions give arcs heads of their own; tails stay
        open_, inner = np.flatnonzero(plain), np.flatnonzero(self.inner)
        self.plain_entries = (self.tail[open_], open_)
        self.leaving_entries = (self.leaving[self.tail[inner]], inner)
        self.arriving_entries = (self.arriving[self.tail[inner]], inner)
        self.entries.append(_on_the_spot(self.leaving[touched], touched))
        self.entries.append(_on_the_spot(touched, self.arriving[touched]))

    def _restricted(self, head: Longs) -> None:
        """Give every arc with banned followers states of its own at its end."""
        banned = {arc: set(followers) for arc, followers in self.arcs.banned.items() if self.allowed[arc]}
        at = {int(head[arc]) for arc in banned}
        following: dict[int, list[int]] = defaultdict(list)
        for arc in np.flatnonzero(self.allowed & np.isin(self.tail, list(at))).tolist():
            following[int(self.tail[arc])].append(arc)
        own: dict[int, tuple[int, int, int]] = {}
        for arc in sorted(banned):
            # at large, leaving, arriving
            own[arc] = tuple(self._new(np.repeat(self.node[0][head[arc]], 3)).tolist())
            large, leaving, arriving = own[arc]
            self.head[arc] = (leaving, arriving) if self.inner[arc] else (large, -1)
        spots: list[tuple[int, int]] = []
        turns: list[tuple[int, int, int]] = []  # state, the follower's, follower
        for arc, (large, leaving, arriving) in own.items():
            spots += [(leaving, large), (large, arriving)]
            for follower in following[int(head[arc])]:
                if follower in banned[arc]:
                    continue
                first, second = self.head[follower].tolist()
                if self.inner[follower]:
                    turns += [(leaving, first, follower), (arriving, second, follower)]
                else:
                    turns.append((large, first, follower))
        self.entries.append(_on_the_spot(*np.array(spots, dtype=np.int64).reshape(-1, 2).T))
        begin, finish, arcs = np.array(turns, dtype=np.int64).reshape(-1, 3).T
        self.entries.append((begin, finish, arcs))

    def states(self) -> dict[str, Any]:
        """Return what `States` is made of."""
        for (tails, arcs), side in (
            (self.plain_entries, 0),
            (self.leaving_entries, 0),
            (self.arriving_entries, 1),
        ):
            self.entries.append((tails, self.head[arcs, side], arcs))
        begin, finish, arc = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        seconds = np.where(arc >= 0, np.maximum(self.arcs.seconds[arc], SHORTEST_S), INSTANT_S)
        forward, order = _rows(begin, finish, seconds, arc, self.count)
        backward, _ = _rows(finish, begin, seconds, arc, self.count)
        placed = arc[order]
        by_arc = np.argsort(placed, kind="stable")
        by_arc = by_arc[placed[by_arc] >= 0]
        counts = np.bincount(placed[placed >= 0], minlength=len(self.tail))
        return {
            "node": np.concatenate(self.node).astype(np.int32),
            "head": self.head.astype(np.int32),
            "forward": forward,
            "backward": backward,
            "entry": by_arc.astype(np.int32),
            "entry_start": np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        }


def _on_the_spot(begin: Longs, finish: Longs) -> tuple[Longs, Longs, Longs]:
    return begin, finish, np.full(len(begin), -1, dtype=np.int64)


def _rows(row: Longs, column: Longs, seconds: Reals, arc: Longs, n: int) -> tuple[Matrix, Longs]:
    order = np.lexsort((column, row))
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n))]).astype(np.int32)
    return Matrix(start, column[order].astype(np.int32), seconds[order], arc[order].astype(np.int32)), order
