"""Access of ten thousand sites over a road network, and what it comes down to at the least.

`python -m tests.benchmarks.measuring FILE` measures in a process of its own and prints the memory it took as JSON.
"""

from __future__ import annotations

import functools
import json
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from finder.measures import routing
from finder.measures.routing import Nearest
from finder.model.vocabulary import AccessKind, Vehicle
from finder.roads import snapping
from finder.roads.network import Network
from finder.roads.snapping import Stops
from tests.benchmarks import networks

SITES = 10_000


@functools.cache
def plots() -> Any:
    """Return the sites' plots."""
    return networks.plots(SITES)


@functools.cache
def points() -> Mapping[AccessKind, Any]:
    """Return access points of every kind."""
    some = {kind: networks.places(count, seed=10 + i) for i, (kind, count) in enumerate(networks.POINTS.items())}
    return some | {AccessKind.MOTORWAY_JUNCTION: networks.junctions(networks.POINTS[AccessKind.MOTORWAY_JUNCTION])}


def ends(network: Network, vehicle: Vehicle, kind: AccessKind) -> Stops:
    """Return where ways to the points of a kind end."""
    places = points()[kind]
    if kind is AccessKind.MOTORWAY_JUNCTION:
        return snapping.junction_stops(network, vehicle, places, np.zeros(len(places)))
    return snapping.arcs(network, vehicle, snapping.snap(network, vehicle, places, plots=False))


Found = dict[tuple[Vehicle, AccessKind], Nearest]


def measured(network: Network) -> Iterator[Found]:
    """Measure every kind by both vehicles, from plots and points to minutes and metres; yield all found after each."""
    found: Found = {}
    for vehicle, snaps in snapping.snap_each(network, plots()).items():
        stops = [ends(network, vehicle, kind) for kind in AccessKind]
        for kind, way in zip(AccessKind, routing.nearest_of_each(network, vehicle, snaps, stops), strict=True):
            found[vehicle, kind] = way
            yield found


Sources = Mapping[Vehicle, Mapping[AccessKind, Any]]


def sources(network: Network) -> Sources:
    """Return the states from which the points of each kind are reached."""
    return {
        vehicle: {
            kind: np.unique(snapping.tails(network, vehicle, ends(network, vehicle, kind).arc)[1])
            for kind in AccessKind
        }
        for vehicle in Vehicle
    }


def searched(network: Network, begin: Sources) -> Iterator[None]:
    """Run scipy's search as often over the same arrays, and do nothing with what it finds; yield after each."""
    for vehicle, kinds in begin.items():
        graph = network.graphs[vehicle].backward
        matrix = csr_array((graph.seconds, graph.column, graph.start), shape=(graph.size, graph.size))
        for states in kinds.values():
            dijkstra(matrix, indices=states, min_only=True, return_predecessors=True)
            yield


def in_turns(*sides: Iterator[Any]) -> tuple[list[float], list[Any]]:
    """Let iterators take turns until all have ended; return each one's seconds of the processor and last item."""
    spent, last, going = [0.0] * len(sides), [None] * len(sides), set(range(len(sides)))
    while going:
        for i in sorted(going):
            begin = time.process_time()
            try:
                last[i] = next(sides[i])
            except StopIteration:
                going.remove(i)
            spent[i] += time.process_time() - begin
    return spent, last


def main(file: str) -> None:
    """Print how long measuring took, and its memory, with what it touched of the file."""
    network = Network.open(Path(file))
    given = plots(), points()
    begin = time.perf_counter()
    in_turns(measured(network))
    seconds = time.perf_counter() - begin
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"sites": len(given[0]), "seconds": seconds, "peak_mib": peak_mib}))


if __name__ == "__main__":
    main(*sys.argv[1:])
