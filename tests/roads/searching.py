"""The quickest ways over a few roads as networkx finds them, from the records and the rules alone.

Nothing of `finder.roads` but the rules is used. A node of the graph here is a run of road driven in one direction, with
what was driven before it: only roads for destinations (`LEAVING`), others (`AT_LARGE`), or roads for destinations again
(`ARRIVING`). An edge is a step from the end of one run to the end of one that may follow.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from finder import crs
from finder.model.vocabulary import Vehicle
from finder.roads import rules
from finder.roads.records import Restriction, RoadRecords

LEAVING, AT_LARGE, ARRIVING = range(3)
NO_TIME_S = 1e-6  # what a run without length costs in the network


@dataclass(frozen=True)
class Run:
    """A piece of a way between two places where one may turn; `nodes` are all of its nodes."""

    way: int
    nodes: tuple[int, ...]
    metres: float


@dataclass(frozen=True)
class Drive:
    """A run driven in one direction: `back` against its nodes' order."""

    run: int
    back: bool

    def turned(self) -> Drive:
        return Drive(self.run, not self.back)


Place = tuple[int, float]
"""A run, and which share of its length from its beginning."""


def runs(records: RoadRecords) -> list[Run]:
    """Return all runs that a vehicle may use: ways cut where they meet, begin, end, at barriers and restricted turns."""
    ways = {}
    for way in range(len(records)):
        rule = rules.way(records.tag_sets[records.way_tags[way]])
        if any(r.forward_km_h is not None or r.backward_km_h is not None for r in rule.rules.values()):
            ways[way] = records.way_nodes[records.way_start[way] : records.way_start[way + 1]].tolist()
    passes: dict[int, int] = defaultdict(int)
    for nodes in ways.values():
        for node in nodes:
            passes[node] += 1
    turning = {node for node, times in passes.items() if times > 1}
    turning |= {end for nodes in ways.values() for end in (nodes[0], nodes[-1])}
    turning |= {node for node, tags in records.node_tags.items() if "barrier" in tags}
    turning |= {turn.via_node for turn in records.restrictions}
    found = []
    for way, nodes in ways.items():
        run = nodes[:1]
        for node in nodes[1:]:
            run.append(node)
            if node in turning:
                found.append(Run(way, tuple(run), _metres(records, run)))
                run = [node]
    return found


def _metres(records: RoadRecords, nodes: Sequence[int]) -> float:
    places = records.lonlat[list(nodes)]
    return math.fsum(crs.ground_m(places[:-1], places[1:]).tolist())


class Search:
    """One vehicle's roads."""

    def __init__(self, records: RoadRecords, vehicle: Vehicle) -> None:
        self.records, self.vehicle = records, vehicle
        self.runs = runs(records)
        self.seconds: dict[Drive, float] = {}
        self.inner: set[Drive] = set()
        for i, run in enumerate(self.runs):
            rule = rules.way(records.tag_sets[records.way_tags[run.way]]).rules[vehicle]
            for back, km_h in ((False, rule.forward_km_h), (True, rule.backward_km_h)):
                if km_h is not None:
                    self.seconds[Drive(i, back)] = max(run.metres / (km_h / 3.6), NO_TIME_S)
                    if rule.destination_only:
                        self.inner.add(Drive(i, back))
        self.closed = {
            node
            for node, tags in records.node_tags.items()
            if "barrier" in tags and not rules.passable(tags, vehicle)
        }
        self.banned = set(self._banned())
        self.graph = nx.DiGraph()
        self.graph.add_nodes_from((drive, phase) for drive in self.seconds for phase in range(3))
        for drive, follower in self._turns():
            for phase, after in _phases(follower in self.inner):
                self.graph.add_edge((drive, phase), (follower, after), seconds=self.seconds[follower])

    def begin(self, drive: Drive) -> int:
        nodes = self.runs[drive.run].nodes
        return nodes[-1] if drive.back else nodes[0]

    def end(self, drive: Drive) -> int:
        return self.begin(drive.turned())

    def _turns(self) -> Iterator[tuple[Drive, Drive]]:
        leaving = defaultdict(list)
        for drive in self.seconds:
            leaving[self.begin(drive)].append(drive)
        for drive in self.seconds:
            for follower in leaving[self.end(drive)]:
                passes = self.end(drive) not in self.closed or follower == drive.turned()
                if passes and (drive, follower) not in self.banned:
                    yield drive, follower

    def _banned(self) -> Iterator[tuple[Drive, Drive]]:
        for turn in self.records.restrictions:
            if not rules.restricts(turn.tags, self.vehicle):
                continue
            here = [drive for drive in self.seconds if self.begin(drive) == turn.via_node]
            into = [drive for drive in here if self.runs[drive.run].way == turn.to_way]
            if turn.only and not into:
                continue
            for drive in self.seconds:
                if self.end(drive) != turn.via_node or self.runs[drive.run].way != turn.from_way:
                    continue
                for follower in here:
                    yield from self._binds(turn, drive, follower)

    def _binds(self, turn: Restriction, drive: Drive, follower: Drive) -> Iterator[tuple[Drive, Drive]]:
        meant = self.runs[follower.run].way == turn.to_way
        # a no_left_turn from a way into itself says nothing about turning round
        round_ = turn.from_way == turn.to_way and follower == drive.turned()
        if meant != turn.only and not (round_ and not turn.only and "u_turn" not in str(dict(turn.tags))):
            yield drive, follower

    # -- asking ---------------------------------------------------------------------------------------------------

    def drives(self, place: Place) -> list[tuple[Drive, float]]:
        """Return by which drives one is at a place, and which share of each is behind one."""
        run, share = place
        both = [(Drive(run, False), share), (Drive(run, True), 1.0 - share)]
        return [(drive, along) for drive, along in both if drive in self.seconds]

    def ways(self, start: Place, stops: Sequence[Place]) -> list[tuple[float, float, float]]:
        """Return for each stop the fewest seconds, and the fewest and most metres of ways that take so long."""
        begun = self.drives(start)
        self.graph.add_node("start")
        for drive, along in begun:
            phase = LEAVING if drive in self.inner else AT_LARGE
            self.graph.add_edge("start", (drive, phase), seconds=(1.0 - along) * self.seconds[drive])
        before, after = nx.dijkstra_predecessor_and_distance(self.graph, "start", weight="seconds")
        # whatever is as quick but for rounding counts as well
        shares: dict[Any, float] = {drive: 1.0 - along for drive, along in begun}
        metres: dict[Any, tuple[float, float]] = {"start": (0.0, 0.0)}
        for node in after:
            if node == "start":
                continue
            lengths = []
            for earlier in self.graph.predecessors(node):
                tied = earlier in metres and after[earlier] + self.graph[earlier][node]["seconds"] - after[node] < 1e-9
                if tied or earlier in before[node]:
                    share = shares[node[0]] if earlier == "start" else 1.0
                    lengths.append([m + share * self.runs[node[0].run].metres for m in metres[earlier]])
            metres[node] = min(low for low, _ in lengths), max(high for _, high in lengths)
        self.graph.remove_node("start")
        return [self._ended(begun, stop, after, metres) for stop in stops]

    def _ended(self, begun: Any, stop: Place, after: Any, metres: Any) -> tuple[float, float, float]:
        ends = []
        for drive, along in self.drives(stop):
            length = self.runs[drive.run].metres
            for first, share in begun:
                if first == drive and share <= along:
                    ends.append(((along - share) * self.seconds[drive], *[(along - share) * length] * 2))
            for phase in range(3):
                for earlier in self.graph.predecessors((drive, phase)):
                    if earlier in after:
                        low, high = (m + along * length for m in metres[earlier])
                        ends.append((after[earlier] + along * self.seconds[drive], low, high))
        if not ends:
            return math.inf, math.nan, math.nan
        best = min(seconds for seconds, _, _ in ends)
        tied = [end for end in ends if end[0] - best < 1e-6]
        return best, min(low for _, low, _ in tied), max(high for _, _, high in tied)


def _phases(inner: bool) -> list[tuple[int, int]]:
    """Return what may be driven before a road, and what was driven after it."""
    if inner:
        return [(LEAVING, LEAVING), (AT_LARGE, ARRIVING), (ARRIVING, ARRIVING)]
    return [(LEAVING, AT_LARGE), (AT_LARGE, AT_LARGE)]


def mutual_runs(search: Search) -> list[set[int]]:
    """Return the largest sets of runs between which the vehicle gets from each to each other, the largest first.

    By brute force over all pairs: for networks of a few runs.
    """
    alive = sorted({drive.run for drive in search.seconds})
    reached = set()
    for run in alive:
        ways = search.ways((run, 0.5), [(other, 0.5) for other in alive])
        reached |= {(run, other) for other, (seconds, _, _) in zip(alive, ways, strict=True) if math.isfinite(seconds)}
    mutual: Any = nx.Graph()
    mutual.add_nodes_from(alive)
    mutual.add_edges_from((a, b) for a, b in reached if a != b and (b, a) in reached)
    return sorted((set(clique) for clique in nx.find_cliques(mutual)), key=len, reverse=True)
