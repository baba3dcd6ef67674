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


@dataclass(frozen=True, slots=True)
class Drive:
    """A run driven in one direction: `back` against its nodes' order."""

    run: int
    back: bool

    def turned(self) -> Drive:
        return Drive(self.run, not self.back)


Place = tuple[int, float]
"""A run, and which share of its length from its beginning."""
SAME = 1e-8  # shares that differ by rounding are one place


def runs(records: RoadRecords) -> list[Run]:
    """Return all runs that a vehicle may use: ways cut where they meet or end, at barriers and restricted turns."""
    ways = {}
    told = [rules.way(tags).rules.values() for tags in records.tag_sets]
    for way in range(len(records)):
        if any(r.forward_km_h or r.backward_km_h for r in told[records.way_tags[way]]):
            ways[way] = records.way_nodes[records.way_start[way] : records.way_start[way + 1]].tolist()
    passes: dict[int, int] = defaultdict(int)
    for nodes in ways.values():
        for node in nodes:
            passes[node] += 1
    turning = {node for node, times in passes.items() if times > 1}
    turning |= {end for nodes in ways.values() for end in (nodes[0], nodes[-1])}
    turning |= {node for node, tags in records.node_tags.items() if not all(rules.passable(tags, v) for v in Vehicle)}
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


def closed(records: RoadRecords, vehicle: Vehicle) -> set[int]:
    """Return the nodes that a vehicle cannot pass."""
    return {node for node, tags in records.node_tags.items() if not rules.passable(tags, vehicle)}


def _metres(records: RoadRecords, nodes: Sequence[int]) -> float:
    places = records.lonlat[list(nodes)]
    return math.fsum(crs.ground_m(places[:-1], places[1:]).tolist())


class Search:
    """One vehicle's roads."""

    def __init__(self, records: RoadRecords, vehicle: Vehicle) -> None:
        self.records, self.vehicle = records, vehicle
        self.runs = runs(records)
        told = [rules.way(tags).rules[vehicle] for tags in records.tag_sets]
        self.seconds: dict[Drive, float] = {}
        self.inner: set[Drive] = set()
        for i, run in enumerate(self.runs):
            rule = told[records.way_tags[run.way]]
            for back, km_h in ((False, rule.forward_km_h), (True, rule.backward_km_h)):
                if km_h is not None:
                    self.seconds[Drive(i, back)] = max(run.metres / (km_h / 3.6), NO_TIME_S)
                    if rule.destination_only:
                        self.inner.add(Drive(i, back))
        self.closed = closed(records, vehicle)
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
        turns = [turn for turn in self.records.restrictions if rules.restricts(turn.tags, self.vehicle)]
        for drive in self.seconds:
            own = [turn for turn in turns if (turn.from_way, turn.via_node) == (self._way(drive), self.end(drive))]
            if not own:
                continue
            followers = [follower for follower in self.seconds if self.begin(follower) == self.end(drive)]
            alone = {f for turn in own if turn.only for f in followers if self._way(f) == turn.to_way}
            for follower in followers:
                no = any(not turn.only and self._forbids(turn, drive, follower) for turn in own)
                if no or (alone and follower not in alone):
                    yield drive, follower

    def _forbids(self, turn: Restriction, drive: Drive, follower: Drive) -> bool:
        if self._way(follower) != turn.to_way:
            return False
        back, u_turn = follower == drive.turned(), "u_turn" in str(dict(turn.tags))
        # from a way into itself: turning round is forbidden only where that is said, and then nothing else
        return turn.from_way != turn.to_way or back == u_turn

    def _way(self, drive: Drive) -> int:
        return self.runs[drive.run].way

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
        after = nx.single_source_dijkstra_path_length(self.graph, "start", weight="seconds")
        shares = {drive: 1.0 - along for drive, along in begun}
        metres: dict[Any, tuple[float, float]] = {"start": (0.0, 0.0)}
        for node, seconds in after.items():  # in their order
            lows, highs = [], []
            for earlier, edge in self.graph.pred[node].items():
                # whatever is as quick but for rounding counts as well
                if earlier in metres and after[earlier] + edge["seconds"] - seconds < 1e-9:
                    length = (shares[node[0]] if earlier == "start" else 1.0) * self.runs[node[0].run].metres
                    lows.append(metres[earlier][0] + length)
                    highs.append(metres[earlier][1] + length)
            if lows:
                metres[node] = min(lows), max(highs)
        self.graph.remove_node("start")
        return [self._ended(begun, stop, after, metres) for stop in stops]

    def _ended(self, begun: Any, stop: Place, after: Any, metres: Any) -> tuple[float, float, float]:
        ends = []
        for drive, along in self.drives(stop):
            length = self.runs[drive.run].metres
            for first, share in begun:
                if first == drive and share <= along + SAME:
                    rest = max(along - share, 0.0)
                    ends.append((rest * self.seconds[drive], rest * length, rest * length))
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
