"""Access of 10,000 sites over a road network of a million crossings, next to raw scipy and to networkx.

The machine may be shared: what counts is the processor's time, the least of some rounds, or taken in turns.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from finder.measures import isochrones, reach, routing
from finder.model.reach import ISOCHRONE_MIN
from finder.model.vocabulary import AccessKind, Vehicle
from finder.roads import snapping
from finder.roads.network import Network
from tests.benchmarks import measuring
from tests.tree import TOP

CROSSINGS, ARCS = 1_000_000, 3_200_000
ROUNDS = 5
MEASURING = "access of 10,000 sites: 7 kinds, 2 vehicles, 1M crossings"
AT_ONCE = "ways from all of 10,000 sites to the nearest rail freight, 1M crossings"
ONE_BY_ONE = "way from one of 10,000 sites to the nearest rail freight, 1M crossings"
AREAS = "areas within minutes from one site, 1M crossings"
NEAR = "which of 10,000 sites are within 30 minutes of a place, 1M crossings"
ASKED = 3
"""So many sites are asked about one by one: it takes seconds for each."""
AREAS_AT_MOST = {10: 0.8, 20: 0.8, 30: 0.8, 45: 1.5, 60: 3.0}
"""Of the raw search of 60 minutes by car."""


@dataclass(frozen=True, eq=False)
class Roads:
    """A built network, and what building it took."""

    network: Network
    path: Path
    took: Any


def alone(module: str, *arguments: object) -> Any:
    """Run a module of this folder in a process of its own and return the figures it prints."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
    return json.loads(subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout)


def timed(benchmark: BenchmarkFixture, run: Callable[..., Any], *given: Any, **options: Any) -> Any:
    """Run it some times, note the least seconds of the processor, and return what it returned."""
    spent: list[float] = []

    def watched() -> Any:
        begin = time.process_time()
        found = run(*given)
        spent.append(time.process_time() - begin)
        return found

    found = benchmark.pedantic(watched, **{"rounds": ROUNDS} | options)
    benchmark.extra_info["seconds"] = round(min(spent), 4)
    return found


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Roads:
    path = tmp_path_factory.mktemp("roads") / "roads.arrow"
    took = alone("building", path)
    network = Network.open(path)
    assert network.counts["crossings"] >= CROSSINGS
    assert min(network.counts[f"arcs_{vehicle.value}"] for vehicle in Vehicle) >= ARCS
    return Roads(network, path, took)


def test_building(benchmark: BenchmarkFixture, roads: Roads) -> None:
    benchmark.group = "road network of 1M crossings: build and write; its file is opened"
    benchmark.pedantic(Network.open, (roads.path,), rounds=20)
    arcs = 2 * len(roads.network)
    benchmark.extra_info |= {
        "open_ms": round(benchmark.stats.stats.median * 1000, 1),
        "seconds": round(roads.took["seconds"], 1),
        "steps_s": roads.took["steps"],
        "peak_mib": roads.took["peak_mib"],
        "arcs": arcs,
        "bytes_per_arc": round(roads.path.stat().st_size / arcs),
    }


# -- all sites ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turns:
    """Ours and the raw searches, after each kind in turn: whoever else is at work disturbs both alike."""

    ours_s: list[float]
    raw_s: list[float]
    found: measuring.Found


@pytest.fixture(scope="module")
def turns(roads: Roads) -> Turns:
    begin = measuring.sources(roads.network)
    ours_s, raw_s = [], []
    for _ in range(ROUNDS):
        ours, raw = measuring.measured(roads.network), measuring.searched(roads.network, begin)
        spent, (found, _) = measuring.in_turns(ours, raw)
        ours_s.append(spent[0])
        raw_s.append(spent[1])
    return Turns(ours_s, raw_s, found)


def test_measuring(benchmark: BenchmarkFixture, roads: Roads, turns: Turns) -> None:
    benchmark.group = MEASURING
    benchmark.extra_info["at_most"] = 1.3
    took = benchmark.pedantic(alone, ("measuring", roads.path), rounds=1)
    benchmark.extra_info["seconds"] = round(statistics.median(turns.ours_s), 3)
    benchmark.extra_info["peak_mib"] = took["peak_mib"]
    for way in turns.found.values():
        there = way.point >= 0
        assert there.mean() > 0.99
        assert (way.metres[there] > 0).all()


def test_raw_scipy(benchmark: BenchmarkFixture, roads: Roads, turns: Turns) -> None:
    benchmark.group = MEASURING
    benchmark.extra_info["baseline"] = True
    begin = measuring.sources(roads.network)
    benchmark.pedantic(lambda: measuring.in_turns(measuring.searched(roads.network, begin)), rounds=1)
    benchmark.extra_info["seconds"] = round(statistics.median(turns.raw_s), 3)


# -- one after the other -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """The same graph in networkx, with what it is asked: the stops, and each site's first state and seconds to it."""

    graph: Any
    stops: list[str]
    sites: Any
    ends: snapping.Stops


@pytest.fixture(scope="module")
def elsewhere(roads: Roads) -> Iterator[Elsewhere]:
    network, vehicle = roads.network, Vehicle.TRUCK
    rows = network.graphs[vehicle].backward
    ends = measuring.ends(network, vehicle, AccessKind.RAIL_FREIGHT)
    stop, state = snapping.tails(network, vehicle, ends.arc)
    seconds = ends.along[stop] * network.graphs[vehicle].seconds[ends.arc[stop]]
    names = [f"stop {point}" for point in range(int(ends.point.max()) + 1)]
    graph: Any = nx.DiGraph()
    # of entries between the same two states the quickest comes last and stays
    order = np.argsort(-rows.seconds, kind="stable")
    tail = np.repeat(np.arange(rows.size), np.diff(rows.start))[order]
    entries = (tail.tolist(), rows.column[order].tolist(), rows.seconds[order].tolist())
    graph.add_weighted_edges_from(zip(*entries, strict=True))
    into = ([names[point] for point in ends.point[stop].tolist()], state.tolist(), seconds.tolist())
    graph.add_weighted_edges_from(zip(*into, strict=True))
    yield Elsewhere(graph, names, snapping.snap(network, vehicle, measuring.plots()), ends)
    graph.clear()


def test_networkx_at_once(benchmark: BenchmarkFixture, roads: Roads, elsewhere: Elsewhere) -> None:
    benchmark.group = AT_ONCE
    benchmark.extra_info["baseline"] = True
    seconds, _ = timed(benchmark, nx.multi_source_dijkstra, elsewhere.graph, elsewhere.stops, rounds=1)
    found = routing.nearest(roads.network, Vehicle.TRUCK, elsewhere.sites, elsewhere.ends)
    starts = snapping.arcs(roads.network, Vehicle.TRUCK, elsewhere.sites)
    graph, best = roads.network.graphs[Vehicle.TRUCK], np.full(measuring.SITES, np.inf)
    rest = (1.0 - starts.along) * graph.seconds[starts.arc]
    for side in (0, 1):
        there = np.array([seconds.get(state, np.inf) for state in graph.head[starts.arc, side].tolist()])
        np.minimum.at(best, starts.point, rest + there)
    # no site of these lies on the same road as a point
    there = found.point >= 0
    assert np.allclose(best[there], found.seconds[there], rtol=0.0, atol=1e-4)


def test_ours_at_once(benchmark: BenchmarkFixture, roads: Roads, elsewhere: Elsewhere) -> None:
    benchmark.group = AT_ONCE
    benchmark.extra_info["at_most"] = 1 / 50
    timed(benchmark, routing.nearest, roads.network, Vehicle.TRUCK, elsewhere.sites, elsewhere.ends)


def test_networkx_one_by_one(benchmark: BenchmarkFixture, roads: Roads, elsewhere: Elsewhere) -> None:
    benchmark.group = ONE_BY_ONE
    benchmark.extra_info["baseline"] = True
    starts = snapping.arcs(roads.network, Vehicle.TRUCK, elsewhere.sites)
    states = iter(roads.network.graphs[Vehicle.TRUCK].head[starts.arc[:: len(starts.arc) // ASKED], 0].tolist())

    def ask() -> None:
        nx.multi_source_dijkstra(elsewhere.graph, elsewhere.stops, target=next(states))

    benchmark.pedantic(ask, rounds=ASKED)
    benchmark.extra_info["seconds"] = round(benchmark.stats.stats.mean, 3)


def test_ours_shared_by_all(benchmark: BenchmarkFixture, roads: Roads, elsewhere: Elsewhere) -> None:
    benchmark.group = ONE_BY_ONE
    benchmark.extra_info["at_most"] = 1 / 50
    timed(benchmark, routing.nearest, roads.network, Vehicle.TRUCK, elsewhere.sites, elsewhere.ends)
    benchmark.extra_info["seconds"] /= measuring.SITES


# -- from one site -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(roads: Roads) -> Any:
    """The plot in the middle of the network, as an array."""
    west, south, east, north = roads.network.bounds
    middle = shapely.Point((west + east) / 2, (south + north) / 2)
    return measuring.plots()[[int(shapely.distance(measuring.plots(), middle).argmin())]]


def reached(network: Network, vehicle: Vehicle, shape: Any, minutes: float) -> reach.Reach:
    found = reach.reach(network, vehicle, snapping.snap(network, vehicle, shape), minutes * 60.0)
    assert found is not None
    return found


@pytest.mark.parametrize("vehicle", Vehicle)
@pytest.mark.parametrize("most", ISOCHRONE_MIN)
def test_areas(benchmark: BenchmarkFixture, roads: Roads, site: Any, vehicle: Vehicle, most: int) -> None:
    """From the plot to the polygons of all minutes up to the most."""
    benchmark.group = AREAS
    benchmark.extra_info["at_most"] = AREAS_AT_MOST[most]
    wanted = [minutes for minutes in ISOCHRONE_MIN if minutes <= most]

    def draw() -> Any:
        return isochrones.areas(reached(roads.network, vehicle, site, most), wanted)

    drawn = timed(benchmark, draw, warmup_rounds=1)
    seconds = reached(roads.network, vehicle, site, most).seconds
    benchmark.extra_info["reached"] = int(np.isfinite(seconds).sum())
    assert shapely.is_valid(drawn).all()
    assert statistics.median(shapely.area(drawn)) > 0


def test_raw_search_of_60_minutes(benchmark: BenchmarkFixture, roads: Roads, site: Any) -> None:
    benchmark.group = AREAS
    benchmark.extra_info["baseline"] = True
    graph = roads.network.graphs[Vehicle.CAR]
    rows = graph.forward
    matrix = csr_array((rows.seconds, rows.column, rows.start), shape=(rows.size, rows.size))
    begin = reached(roads.network, Vehicle.CAR, site, 1).start.arc
    states = graph.head[begin, 0]

    def search() -> None:
        dijkstra(matrix, indices=states, min_only=True, return_predecessors=True, limit=max(ISOCHRONE_MIN) * 60.0)

    timed(benchmark, search, warmup_rounds=1)


def test_near(benchmark: BenchmarkFixture, roads: Roads, site: Any) -> None:
    benchmark.group = NEAR
    network, vehicle = roads.network, Vehicle.TRUCK
    snaps = snapping.snap(network, vehicle, measuring.plots())

    def ask() -> Any:
        stops = snapping.arcs(network, vehicle, snaps)
        return reach.seconds_to(reached(network, vehicle, shapely.centroid(site), 30.0), stops)

    seconds = timed(benchmark, ask, warmup_rounds=1)
    benchmark.extra_info["within"] = int((seconds <= 30.0 * 60.0).sum())
    assert (seconds <= 30.0 * 60.0).any()
