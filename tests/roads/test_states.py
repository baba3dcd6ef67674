"""The states of a graph: it matters how one came to a crossing, and where it does not there is one state."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from finder.roads import states
from finder.roads.network import Matrix
from finder.roads.states import Arcs, States


def split(
    roads: Sequence[tuple[int, int]],
    *,
    oneway: Sequence[int] = (),
    inner: Sequence[int] = (),
    blocked: Sequence[int] = (),
    banned: Mapping[int, Sequence[int]] | None = None,
) -> States:
    """Return the states of roads between crossings, each a second per direction; numbers of roads, of arcs banned."""
    ends = np.array(roads, dtype=np.int64)
    n = int(ends.max()) + 1
    seconds = np.ones(2 * len(roads))
    seconds[[2 * road + 1 for road in oneway]] = np.inf
    arcs = Arcs(
        tail=ends.reshape(-1),
        head=ends[:, ::-1].reshape(-1),
        seconds=seconds,
        destination=np.isin(np.repeat(np.arange(len(roads)), 2), inner),
        blocked=np.isin(np.arange(n), blocked),
        banned=banned or {},
    )
    return states.split(arcs, n)


def reached(found: States, arc: int, onto: int) -> float:
    """Return the seconds from the end of an arc to the end of another one, it included; inf if there is no way."""
    starts = found.head[arc][found.head[arc] >= 0]
    ends = found.head[onto][found.head[onto] >= 0]
    return float(seconds_of(found.forward)[np.ix_(starts, ends)].min(initial=math.inf))


def seconds_of(matrix: Matrix) -> np.ndarray:
    graph = csr_array((matrix.seconds, matrix.column, matrix.start), shape=(matrix.size, matrix.size))
    return dijkstra(graph)


def test_without_any_rule_there_is_one_state_to_a_crossing() -> None:
    found = split([(0, 1), (1, 2), (2, 0)])
    assert found.node.tolist() == [0, 1, 2]
    assert found.head.tolist() == [[1, -1], [0, -1], [2, -1], [1, -1], [0, -1], [2, -1]]
    assert found.main.all()


def test_a_banned_turn_is_not_taken_and_others_are() -> None:
    # a cross: 0 west, 1 middle, 2 east, 3 north
    free = split([(0, 1), (1, 2), (1, 3)])
    found = split([(0, 1), (1, 2), (1, 3)], banned={0: [4]})
    assert reached(free, 0, 4) == 1.0
    assert reached(found, 0, 2) == pytest.approx(1.0)
    assert reached(found, 0, 4) == pytest.approx(3.0), "on to the east, round, and back"
    assert reached(found, 3, 4) == pytest.approx(1.0), "from the east it is allowed"


def test_a_turn_where_everything_is_banned_is_the_end() -> None:
    found = split([(0, 1), (1, 2)], banned={0: [1, 2]})
    assert math.isinf(reached(found, 0, 2))
    assert math.isinf(reached(found, 0, 1))
    assert reached(found, 3, 1) == pytest.approx(1.0)
    assert found.main[:2].tolist() == [False, False]


def test_a_crossing_that_cannot_be_passed_turns_everyone_round() -> None:
    found = split([(0, 1), (1, 2), (1, 3)], blocked=[1])
    for one, other in ((0, 2), (0, 4), (3, 4), (3, 1)):
        assert math.isinf(reached(found, one, other))
    assert reached(found, 0, 1) == pytest.approx(1.0)
    assert found.node[found.head[0, 0]] == 1
    assert found.node[found.head[3, 0]] == 1
    assert found.head[0, 0] != found.head[3, 0]


def test_a_road_for_destinations_only_is_no_way_through() -> None:
    # a square of which one side is for destinations only
    roads = [(0, 1), (1, 2), (2, 3), (3, 0)]
    found = split(roads, inner=[0])
    assert reached(found, 6, 0) == pytest.approx(1.0, abs=1e-5), "to it"
    assert reached(found, 0, 2) == pytest.approx(1.0, abs=1e-5), "from it"
    assert reached(found, 6, 3) == pytest.approx(3.0, abs=1e-5), "not over it: the long way round"
    assert found.main.all()


def test_between_two_roads_for_destinations_any_other_may_be_driven_once() -> None:
    roads = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]
    found = split(roads, inner=[0, 2, 4])
    assert reached(found, 0, 2) < math.inf
    assert reached(found, 0, 4) < math.inf, "into the next one"
    assert math.isinf(reached(found, 0, 6)), "but not out of it again"
    assert math.isinf(reached(found, 0, 8))
    assert reached(found, 4, 6) < math.inf
    # one part with everything around it
    assert found.main.tolist() == [True] * 6 + [False] * 4 or found.main.tolist() == [False] * 4 + [True] * 6


@pytest.mark.parametrize("inner", [[0], [1], [0, 1]])
def test_a_banned_turn_holds_into_and_out_of_roads_for_destinations(inner: list[int]) -> None:
    roads = [(0, 1), (1, 2), (1, 3)]
    found = split(roads, inner=inner, banned={0: [2]})
    free = split(roads, inner=inner)
    assert reached(free, 0, 2) == pytest.approx(1.0, abs=1e-5)
    assert reached(found, 0, 2) > 2.9, "only by way of the third road"
    assert reached(found, 0, 4) == pytest.approx(1.0, abs=1e-5)
    assert reached(found, 5, 2) == pytest.approx(1.0, abs=1e-5)


def test_a_banned_turn_leaves_all_others_to_and_between_roads_for_destinations() -> None:
    # from the west over a plain road to two of them, and over one of them to two more
    roads = [(0, 1), (1, 2), (1, 3), (2, 4), (2, 5)]
    found = split(roads, inner=[1, 3, 4], banned={0: [4], 2: [8]})
    assert reached(found, 0, 2) == pytest.approx(1.0, abs=1e-5)
    assert reached(found, 0, 6) == pytest.approx(2.0, abs=1e-5)
    assert reached(found, 0, 8) > 2.5
    assert reached(found, 7, 3) == pytest.approx(1.0, abs=1e-5)


def test_both_matrices_hold_the_same_entries() -> None:
    found = split([(0, 1), (1, 2), (2, 0), (2, 3)], oneway=[1], inner=[3], blocked=[0], banned={0: [2], 2: [5]})

    def entries(matrix: Matrix) -> list[tuple[int, int, float, int]]:
        row = np.repeat(np.arange(matrix.size), np.diff(matrix.start)).tolist()
        return list(zip(row, matrix.column.tolist(), matrix.seconds.tolist(), matrix.arc.tolist(), strict=True))

    backward = [(column, row, seconds, arc) for row, column, seconds, arc in entries(found.backward)]
    assert sorted(entries(found.forward)) == sorted(backward)
    # and the entries of each arc are told
    for arc in range(len(found.head)):
        mine = found.entry[found.entry_start[arc] : found.entry_start[arc + 1]]
        assert mine.tolist() == np.flatnonzero(found.forward.arc == arc).tolist()


def test_the_main_part_is_the_one_with_most_roads() -> None:
    chain = [(0, 1), (2, 3), (3, 4), (4, 2), (5, 6), (6, 5)]
    found = split(chain)
    assert found.main.tolist() == [False] * 2 + [True] * 6 + [False] * 4


def test_roads_on_which_one_never_comes_back_are_not_in_the_main_part() -> None:
    found = split([(0, 1), (1, 2), (2, 0), (2, 3), (4, 0)], oneway=[0, 1, 2, 3, 4])
    assert found.main.tolist() == [True, False] * 3 + [False] * 4


def test_two_towns_joined_by_a_road_for_destinations_are_two() -> None:
    towns = [(0, 1), (1, 2), (2, 0), (3, 4)]
    found = split([*towns, (2, 3)], inner=[4])
    assert found.main.tolist() == [True] * 6 + [False] * 2 + [True] * 2, "the road between belongs to the larger one"


def test_nothing_may_be_driven() -> None:
    arcs = Arcs(
        tail=np.array([0, 1]),
        head=np.array([1, 0]),
        seconds=np.array([np.inf, np.inf]),
        destination=np.zeros(2, dtype=bool),
        blocked=np.zeros(2, dtype=bool),
        banned={},
    )
    found = states.split(arcs, 2)
    assert not found.main.any()
    assert (found.head == -1).all()
    assert len(found.forward.column) == 0
