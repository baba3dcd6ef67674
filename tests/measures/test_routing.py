"""The quickest ways over the network, against a search that shares nothing with it but the rules of the roads."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finder.measures import reach, routing
from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.network import Network
from tests.roads import networks
from tests.roads.networks import Built

vehicles = st.sampled_from(Vehicle)
SLACK_S = 5e-6
"""Changes of state on the spot cost 1e-6 s each, and so does what has no length."""


def agree(made: Built, vehicle: Vehicle, starts: list[tuple[int, float]], ends: list[tuple[int, float]]) -> None:
    """Hold all ways from the starts to the nearest of the ends against the search by runs."""
    stops = snapping.arcs(made.network, vehicle, networks.snaps(ends))
    found = routing.nearest(made.network, vehicle, networks.snaps(starts), stops)
    places = [made.place(*end) for end in ends]
    for i, start in enumerate(starts):
        ways = made.search(vehicle).ways(made.place(*start), places)
        best = min(seconds for seconds, _, _ in ways)
        if math.isinf(best):
            assert found.point[i] == -1
            assert np.isnan(found.seconds[i])
            assert np.isnan(found.metres[i])
            continue
        assert found.seconds[i] == pytest.approx(best, abs=SLACK_S, rel=1e-9)
        seconds, least, most = ways[found.point[i]]
        assert seconds == pytest.approx(best, abs=SLACK_S), "the point is one of the nearest"
        assert least - 0.01 <= found.metres[i] <= most + 0.01


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), networks.any_built(), vehicles)
def test_nearest_is_what_a_search_by_runs_finds(data: st.DataObject, made: Built, vehicle: Vehicle) -> None:
    agree(made, vehicle, data.draw(networks.any_places(made)), data.draw(networks.any_places(made)))


def test_nobody_asks_and_nothing_is_there() -> None:
    made = networks.built(networks.records([(0, 0), (100, 0), (100, 100)], [([0, 1, 2], networks.ROADS[0])]))
    some, none = networks.snaps([(0, 0.5)]), networks.snaps([])
    no_stops = snapping.arcs(made.network, Vehicle.CAR, none)
    stops = snapping.arcs(made.network, Vehicle.CAR, some)
    assert routing.nearest(made.network, Vehicle.CAR, some, no_stops).point.tolist() == [-1]
    assert len(routing.nearest(made.network, Vehicle.CAR, none, stops).point) == 0
    nowhere = networks.snaps([(-1, math.nan), (0, 0.25)])
    found = routing.nearest(made.network, Vehicle.CAR, nowhere, stops)
    assert found.point.tolist() == [-1, 0]
    assert np.isnan(found.seconds[0])


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), networks.any_built(), vehicles)
def test_groups_of_stops_are_asked_at_once_as_one_by_one(data: st.DataObject, made: Built, vehicle: Vehicle) -> None:
    starts = networks.snaps(data.draw(networks.any_places(made)))
    groups = [
        snapping.arcs(made.network, vehicle, networks.snaps(places))
        for places in data.draw(st.lists(networks.any_places(made, least=0, most=3), max_size=3))
    ]
    together = list(routing.nearest_of_each(made.network, vehicle, starts, groups))
    assert len(together) == len(groups)
    for found, stops in zip(together, groups, strict=True):
        alone = routing.nearest(made.network, vehicle, starts, stops)
        for name in ("point", "seconds", "metres"):
            np.testing.assert_array_equal(getattr(found, name), getattr(alone, name))


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_of_parallel_roads_the_metres_are_those_of_the_quickest(order: list[int]) -> None:
    # the long way round is the quickest of three between the same crossings
    nodes = [(-100.0, 0.0), (0.0, 0.0), (500.0, 0.0), (600.0, 0.0), (250.0, 300.0), (250.0, -100.0)]
    between = [([1, 4, 2], "100"), ([1, 2], "20"), ([1, 5, 2], "30")]
    ways = [([0, 1], networks.ROADS[0]), ([2, 3], networks.ROADS[0])]
    ways += [(over, {"highway": "primary", "maxspeed": km_h}) for over, km_h in (between[i] for i in order)]
    made = networks.built(networks.records(nodes, ways))
    ends = [(made.run_of.index(run), 0.5) for run in (0, 1)]
    for start, end in (ends, ends[::-1]):
        agree(made, Vehicle.CAR, [start], [end])
        found = reach.reach(made.network, Vehicle.CAR, networks.snaps([start]))
        assert found is not None
        way = reach.way_to(found, snapping.arcs(made.network, Vehicle.CAR, networks.snaps([end])))
        assert way is not None
        assert way.metres == pytest.approx(881.0, abs=1.0)
        assert way.line.length == pytest.approx(881.0, abs=1.0)


@pytest.mark.parametrize("vehicle", Vehicle)
def test_ways_through_helsinki_are_those_of_networkx(vehicle: Vehicle) -> None:
    made = networks.helsinki()
    chosen = np.random.default_rng(4)
    driven = made.driven(vehicle)
    ends = [list(zip(chosen.choice(driven, 200).tolist(), chosen.random(200).tolist(), strict=True)) for _ in range(2)]
    graph = same_graph(made.network, vehicle)
    ways = 0
    for start, end in zip(*ends, strict=True):
        agree(made, vehicle, [start], [end])
        stops = snapping.arcs(made.network, vehicle, networks.snaps([end]))
        found = routing.nearest(made.network, vehicle, networks.snaps([start]), stops)
        same = over(graph, made.network, vehicle, start, end)
        assert (found.point[0] >= 0) == math.isfinite(same)
        if math.isfinite(same):
            ways += 1
            assert found.seconds[0] == pytest.approx(same, abs=2e-6, rel=1e-12)
    # the extract is cut off all around: from some roads one never comes back
    assert ways > 140


def same_graph(network: Network, vehicle: Vehicle) -> Any:
    """Return the states of a vehicle's graph as networkx has them."""
    forward = network.graphs[vehicle].forward
    graph: Any = nx.DiGraph()
    graph.add_nodes_from(range(forward.size))
    for state in range(forward.size):
        for entry in range(forward.start[state], forward.start[state + 1]):
            other, seconds = int(forward.column[entry]), float(forward.seconds[entry])
            if not graph.has_edge(state, other) or graph[state][other]["seconds"] > seconds:
                graph.add_edge(state, other, seconds=seconds)
    return graph


def over(graph: Any, network: Network, vehicle: Vehicle, start: tuple[int, float], end: tuple[int, float]) -> float:
    """Return the seconds from one place to another over the same graph."""
    own = network.graphs[vehicle]
    best = math.inf
    for arc, along in ((2 * start[0], start[1]), (2 * start[0] + 1, 1.0 - start[1])):
        if not math.isfinite(own.seconds[arc]):
            continue
        for state in own.head[arc].tolist():
            if state >= 0:
                graph.add_edge("start", state, seconds=(1.0 - along) * float(own.seconds[arc]))
    reached = nx.single_source_dijkstra_path_length(graph, "start", weight="seconds")
    graph.remove_node("start")
    for arc, along in ((2 * end[0], end[1]), (2 * end[0] + 1, 1.0 - end[1])):
        for entry in own.entry[own.entry_start[arc] : own.entry_start[arc + 1]].tolist():
            tail = int(np.searchsorted(own.forward.start, entry, side="right")) - 1
            best = min(best, reached.get(tail, math.inf) + along * float(own.seconds[arc]))
        straight = arc == 2 * start[0] + arc % 2 and along >= (start[1] if arc % 2 == 0 else 1.0 - start[1])
        if straight and math.isfinite(own.seconds[arc]):
            behind = start[1] if arc % 2 == 0 else 1.0 - start[1]
            best = min(best, (along - behind) * float(own.seconds[arc]))
    return best
