"""Cutting ways at their crossings: no metre is lost, and neighbours stand together."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder import crs
from finder.errors import UnusableInput
from finder.roads import segments
from finder.roads.records import RoadRecords
from finder.roads.segments import Segments
from tests.roads import networks

PLAIN = networks.ROADS[0]


def cut(made: RoadRecords, *at: int, usable: list[bool] | None = None) -> Segments:
    return segments.cut(made, np.array([True] * len(made) if usable is None else usable), at)


def ways_of(made: RoadRecords) -> list[list[int]]:
    return [nodes.tolist() for nodes in np.split(made.way_nodes, made.way_start[1:-1])]


@given(networks.any_records(hindered=False), st.data())
def test_segments_are_the_ways_in_pieces(made: RoadRecords, data: st.DataObject) -> None:
    n = len(made.lonlat)
    usable = data.draw(st.lists(st.booleans(), min_size=len(made), max_size=len(made)))
    at = data.draw(st.lists(st.integers(0, n - 1), max_size=3))
    found = cut(made, *at, usable=usable)
    ways = ways_of(made)
    # all points of the segments of a way, joined again, are those of the way
    steps = sum(len(ways[i]) - 1 for i in range(len(made)) if usable[i])
    assert int(np.diff(found.shape_start).sum()) - len(found) == steps
    for i in range(len(made)):
        mine = np.flatnonzero(found.way == i)
        length_m = math.fsum(crs.ground_m(made.lonlat[ways[i][:-1]], made.lonlat[ways[i][1:]]).tolist())
        assert math.fsum(found.length_m[mine].tolist()) == pytest.approx(length_m if usable[i] else 0.0, abs=1e-6)
    # crossings are where ways meet, end, or are told to be cut, and nowhere else
    driven = [way for way, use in zip(ways, usable, strict=True) if use]
    passes = [node for way in driven for node in way]
    ends = {node for way in driven for node in (way[0], way[-1])}
    crossing = {node for node in set(passes) if passes.count(node) > 1 or node in ends or node in at}
    assert set(found.node.tolist()) == crossing
    assert set(found.start.tolist()) | set(found.end.tolist()) == set(range(len(crossing)))
    # lines begin and end at their crossings, to the centimetre
    xy = shapely.get_coordinates(found.lines()).reshape(-1, 2)
    assert np.abs(xy[found.shape_start[:-1]] - found.node_xy[found.start]).max(initial=0.0) <= 0.0051
    assert np.abs(xy[found.shape_start[1:] - 1] - found.node_xy[found.end]).max(initial=0.0) <= 0.0051
    expected = shapely.get_coordinates(crs.points_to_metric(*made.lonlat[found.node].T))
    np.testing.assert_array_equal(found.node_xy, expected)


def test_neighbours_on_the_ground_are_neighbours_by_number() -> None:
    # every second crossing lies in a town far away from the other one
    nodes = [(5000.0 * (i % 2) + 10.0 * i, 0.0) for i in range(40)]
    found = cut(networks.records(nodes, [([i, i + 2], PLAIN) for i in range(38)]))
    east = found.node_xy[:, 0] > networks.ORIGIN_M[0] + 3000.0
    assert np.count_nonzero(np.diff(east)) == 1
    assert (np.diff(found.start) >= 0).all()


def test_lengths_are_those_on_the_ground() -> None:
    # far from the meridian of its zone a map is larger than the ground: here by 0.6 %
    lonlat = np.array([[17.0, 51.0], [17.1, 51.0]])
    made = networks.records([(0, 0), (1, 0)], [([0, 1], PLAIN)])
    made = dataclasses.replace(made, lonlat=lonlat)
    found = cut(made)
    (line,) = found.lines()
    assert found.length_m[0] == pytest.approx(7020.0, abs=5.0)
    assert line.length / found.length_m[0] > 1.003


def test_a_place_that_no_map_of_the_region_holds_is_refused() -> None:
    made = networks.records([(0, 0), (1, 0)], [([0, 1], PLAIN)])
    made = dataclasses.replace(made, lonlat=np.array([[99.0, 0.0], [7.0, 51.0]]))
    with pytest.raises(UnusableInput, match="region"):
        cut(made)


def test_a_ring_and_a_way_that_crosses_itself() -> None:
    nodes = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0), (50.0, -50.0)]
    ring = cut(networks.records(nodes, [([0, 1, 2, 3, 0], PLAIN)]))
    assert (len(ring), ring.start.tolist(), ring.end.tolist()) == (1, [0], [0])
    assert ring.length_m[0] == pytest.approx(400.0, rel=1e-3)
    loop = cut(networks.records(nodes, [([4, 0, 2, 3, 0], PLAIN)]))
    assert sorted(zip(loop.node[loop.start].tolist(), loop.node[loop.end].tolist(), strict=True)) == [(0, 0), (4, 0)]


def test_no_way_at_all() -> None:
    found = cut(networks.records([(0, 0), (1, 0)], [([0, 1], PLAIN)]), usable=[False])
    assert len(found) == 0
    assert len(found.node) == 0
