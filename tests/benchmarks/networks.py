"""A road network of a million crossings from a seed, as an extract hands it over: streets, country roads, motorways.

A grid that is bent and has gaps, with 1.6 streets to a crossing as real towns have; every fifth street is larger, every
fortieth larger still; motorways cross over all of them and meet them by ramps only. Some streets are oneway or for
destinations only, some turns forbidden, some ways barred.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from finder import crs, resources
from finder.model.vocabulary import AccessKind
from finder.roads.records import Restriction, RoadRecords, Tags, empty

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

SIDE = 1060
"""Crossings along each side of the grid, and as many across."""
STEP_M = 170.0
MOTORWAY_AT, MOTORWAY_EVERY = 80, 160
PRIMARY_AT, PRIMARY_EVERY = 20, 40
POINTS = {
    AccessKind.MOTORWAY_JUNCTION: 50,
    AccessKind.FEDERAL_ROAD: 300,
    AccessKind.RAIL_STATION: 100,
    AccessKind.RAIL_FREIGHT: 30,
    AccessKind.INLAND_PORT: 20,
    AccessKind.AIRPORT: 4,
    AccessKind.BUS_STOP: 2200,
}
"""About as many access points of each kind as a region of this size is measured against."""

TAGS: tuple[Tags, ...] = (
    {"highway": "residential"},
    {"highway": "residential", "maxspeed": "30"},
    {"highway": "residential", "oneway": "yes"},
    {"highway": "residential", "hgv": "destination"},
    {"highway": "residential", "maxweight": "7.5"},
    {"highway": "tertiary", "maxspeed": "50"},
    {"highway": "secondary"},
    {"highway": "secondary", "maxspeed": "50"},
    {"highway": "primary"},
    {"highway": "primary", "maxspeed": "70"},
    {"highway": "motorway", "oneway": "yes", "ref": "A 1"},
    {"highway": "motorway", "oneway": "yes", "ref": "A 2", "maxspeed": "120"},
    {"highway": "motorway_link", "oneway": "yes"},
)
RESIDENTIAL, TERTIARY, SECONDARY, PRIMARY, MOTORWAY, LINK = (0, 5, 6, 8, 10, 12)
_RESIDENTIAL_SHARES = (0.55, 0.33, 0.07, 0.03, 0.02)


@dataclass
class _Ways:
    """Ways as they are collected: pieces from one place to the next, each with a point of its own between them."""

    tail: Whole
    head: Whole
    begins: NDArray[np.bool_]
    tags: Whole

    def __add__(self, other: _Ways) -> _Ways:
        pairs = ((self.tail, other.tail), (self.head, other.head), (self.begins, other.begins), (self.tags, other.tags))
        return _Ways(*(np.concatenate(pair) for pair in pairs))


@functools.cache
def corner() -> tuple[float, float]:
    """Return the south-western corner of the network, in metres: it lies around the region."""
    middle = crs.lonlat_box(*resources.region()["box"]).centroid
    return middle.x - SIDE * STEP_M / 2, middle.y - SIDE * STEP_M / 2


def records(seed: int = 1) -> RoadRecords:
    """Return the roads of a network of more than a million crossings."""
    dice = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    xy = np.column_stack([column, row]) * STEP_M + dice.uniform(-0.25, 0.25, (SIDE * SIDE, 2)) * STEP_M
    streets = _streets(dice, along=True) + _streets(dice, along=False)
    on, places, exits = _motorways(len(xy))
    ways = streets + on
    xy = np.concatenate([xy, places])
    middles = (xy[ways.tail] + xy[ways.head]) / 2 + dice.normal(0.0, 12.0, (len(ways.tail), 2))
    way = np.cumsum(ways.begins) - 1
    start, nodes = _nodes(ways, way, len(xy))
    bars = len(xy) + dice.choice(np.flatnonzero(ways.tags == RESIDENTIAL), 3000, replace=False)
    barred: Mapping[int, Tags] = {node: {"barrier": "bollard"} for node in bars.tolist()}
    named: dict[int, Tags] = {
        node: {"highway": "motorway_junction", "name": f"Musterkreuz {i // 2}"} for i, node in enumerate(exits)
    }
    points = np.concatenate([xy, middles]) + corner()
    return empty(
        lonlat=shapely.get_coordinates(crs.to_lonlat(shapely.points(points))),
        way_id=np.arange(1, len(start)),
        way_start=start,
        way_nodes=nodes,
        way_tags=ways.tags[ways.begins].astype(np.int32),
        tag_sets=TAGS,
        node_tags={**barred, **named},
        restrictions=_restrictions(dice, streets, way),
        built_up=_built_up(),
        as_of="2026-01-01",
        name="Musterland",
        sha256="0" * 64,
    )


def _streets(dice: np.random.Generator, *, along: bool) -> _Ways:
    """Return the streets along the rows of the grid or across them, six crossings to a way."""
    line, at = np.divmod(np.arange(SIDE * (SIDE - 1)), SIDE - 1)
    tags = np.full(len(line), RESIDENTIAL)
    tags[line % 5 == 0] = TERTIARY
    tags[line % 10 == 5] = SECONDARY
    tags[line % PRIMARY_EVERY == PRIMARY_AT] = PRIMARY
    there = dice.uniform(0, 1, len(line)) < np.where(tags == RESIDENTIAL, 0.75, np.where(tags == TERTIARY, 0.97, 1.0))
    # only larger roads have bridges over a motorway
    there &= (at % MOTORWAY_EVERY != MOTORWAY_AT) | (tags >= SECONDARY)
    begins = there & (~np.roll(there, 1) | (at % 6 == 0))
    begin = np.maximum.accumulate(np.where(begins, np.arange(len(line)), 0))
    variant = dice.choice(len(_RESIDENTIAL_SHARES), len(line), p=_RESIDENTIAL_SHARES)
    other = (dice.uniform(0, 1, len(line)) < 0.4).astype(np.int64)
    chosen = np.where(tags == RESIDENTIAL, variant, np.where(tags == TERTIARY, 0, other))[begin]
    node = line * SIDE + at if along else at * SIDE + line
    ways = _Ways(node, node + (1 if along else SIDE), begins, tags + chosen)
    return _Ways(ways.tail[there], ways.head[there], ways.begins[there], ways.tags[there])


def _motorways(first: int) -> tuple[_Ways, Real, list[int]]:
    """Return motorways northwards and eastwards with their ramps, their places, and those of the exits.

    Each has two carriageways. Just before and after a primary road a ramp leads off and on, and just before and after
    another motorway one leads over to each of its carriageways.
    """
    lines = range(MOTORWAY_AT, SIDE - 1, MOTORWAY_EVERY)
    near = (PRIMARY_AT - 2, PRIMARY_AT + 2)
    stops = [at for at in range(SIDE) if at % PRIMARY_EVERY in near or at % MOTORWAY_EVERY in (78, 84)]
    places: list[tuple[float, float]] = []
    node: dict[tuple[bool, int, int, int], int] = {}
    pieces: list[tuple[int, int, int]] = []
    exits: list[int] = []
    for northwards in (True, False):
        for number, line in enumerate(lines):
            for side in (1, -1):  # on the right of the line one drives up, on its left down
                for at in stops:
                    node[northwards, line, side, at] = first + len(places)
                    away = line + 0.5 + (0.1 if (side > 0) == northwards else -0.1)
                    places.append((away, at) if northwards else (at, away))
                order = [node[northwards, line, side, at] for at in stops[::side]]
                pieces += [(a, b, MOTORWAY + number % 2) for a, b in itertools.pairwise(order)]
            for at in range(PRIMARY_AT, SIDE, PRIMARY_EVERY):
                for side in (1, -1):
                    off, on = (node.get((northwards, line, side, at + side * d)) for d in (-2, 2))
                    beside = line + ((side > 0) == northwards)
                    road = at * SIDE + beside if northwards else beside * SIDE + at
                    if off is not None and on is not None:
                        pieces += [(off, road, LINK), (road, on, LINK)]
                        exits.append(off)
    for line in lines:
        for other in lines:
            for side in (1, -1):
                for turn in (1, -1):
                    for northwards in (True, False):
                        here, there = (line, other) if northwards else (other, line)
                        off = node[northwards, here, side, there + (-2 if side > 0 else 4)]
                        on = node[not northwards, there, turn, here + (4 if turn > 0 else -2)]
                        pieces.append((off, on, LINK))
    tail, head, tags = (np.array(part) for part in zip(*pieces, strict=True))
    return _Ways(tail, head, np.ones(len(tail), dtype=bool), tags), np.array(places) * STEP_M, exits


def _nodes(ways: _Ways, way: Whole, places: int) -> tuple[Whole, Whole]:
    """Return where each way's nodes begin, and the nodes: place, middle, place, middle … place."""
    pieces = np.bincount(way)
    start = np.concatenate([[0], np.cumsum(2 * pieces + 1)])
    at = 2 * np.arange(len(way)) + way
    nodes = np.empty(start[-1], dtype=np.int64)
    nodes[at], nodes[at + 1] = ways.tail, places + np.arange(len(way))
    nodes[at + 2] = ways.head  # of all but the last piece the next one's tail
    return start, nodes


def _restrictions(dice: np.random.Generator, streets: _Ways, way: Whole) -> tuple[Restriction, ...]:
    """Return 8,000 forbidden turns between streets."""
    tags = {"restriction": "no_left_turn"}
    by_tail = np.argsort(streets.tail, kind="stable")
    tails = streets.tail[by_tail]
    found = []
    for piece in dice.choice(len(streets.tail), 8000, replace=False).tolist():
        via = int(streets.head[piece])
        begin, finish = np.searchsorted(tails, [via, via + 1])
        into = [int(way[other]) for other in by_tail[begin:finish] if way[other] != way[piece]]
        if into:
            found.append(Restriction(from_way=int(way[piece]), via_node=via, to_way=into[-1], only=False, tags=tags))
    return tuple(found)


def _built_up() -> NDArray[np.object_]:
    """Return a town around every other crossing of primary roads."""
    at = np.arange(PRIMARY_AT, SIDE, PRIMARY_EVERY)
    x, y = (part[::2].reshape(-1) * STEP_M for part in np.meshgrid(at, at))
    towns = shapely.buffer(shapely.points(x + corner()[0], y + corner()[1]), 2000.0, quad_segs=4)
    return np.asarray(shapely.to_wkb(crs.to_lonlat(towns)), dtype=object)


def places(n: int, seed: int) -> Any:
    """Return points all over the network, in metres."""
    side_m = SIDE * STEP_M
    xy = np.random.default_rng(seed).uniform(0.01 * side_m, 0.99 * side_m, (n, 2)) + corner()
    return shapely.points(xy)


def plots(n: int, seed: int = 3) -> Any:
    """Return plots all over the network, in metres: every second one a point, the others half a hectare to eight."""
    found = places(n, seed)
    radius_m = np.sqrt(np.random.default_rng(seed).uniform(5_000, 80_000, n // 2) / 2)
    found[::2] = shapely.buffer(found[::2], radius_m[: len(found[::2])], quad_segs=2)
    return found


def junctions(n: int, seed: int = 4) -> Any:
    """Return so many of the motorways' junctions, within some hundred metres."""
    dice = np.random.default_rng(seed)
    line = dice.integers(0, len(range(MOTORWAY_AT, SIDE - 1, MOTORWAY_EVERY)), n) * MOTORWAY_EVERY + MOTORWAY_AT + 0.5
    at = dice.integers(0, len(range(PRIMARY_AT, SIDE - 2, PRIMARY_EVERY)), n) * PRIMARY_EVERY + PRIMARY_AT
    upright = dice.uniform(0, 1, n) < 0.5
    xy = np.where(upright[:, None], np.column_stack([line, at]), np.column_stack([at, line])) * STEP_M
    return shapely.points(xy + dice.uniform(-200, 200, (n, 2)) + corner())
