"""OpenStreetMap extracts as small as a test wants them: written node by node, or a whole invented town."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import osmium
from osmium.osm.mutable import Node, Relation, Way

AS_OF = "2026-03-01"
# one metre in degrees, near enough at 51.6° north
_LON_M, _LAT_M = 1 / 69_150, 1 / 111_270

Member = tuple[str, int, str]
"""Kind (`n`, `w`, `r`), id, role."""


@dataclass
class Extract:
    """Nodes, ways and relations of a file yet to be written.

    Tags are words (`highway="primary"`); those with a colon are given as `**{"maxspeed:hgv": "60"}`. Every method
    returns the extract, so that they can be strung together. Objects are written in order of kind and id.
    """

    as_of: str | None = AS_OF  # None: the header says nothing of a date
    edited: str = "2026-02-14"  # the timestamp of every object
    nodes: dict[int, tuple[float, float, dict[str, str]]] = field(default_factory=dict)
    ways: dict[int, tuple[tuple[int, ...], dict[str, str]]] = field(default_factory=dict)
    relations: dict[int, tuple[tuple[Member, ...], dict[str, str]]] = field(default_factory=dict)

    def node(self, id: int, lon: float, lat: float, **tags: Any) -> Self:
        """Add a node; one that is there is replaced."""
        self.nodes[id] = (lon, lat, _texts(tags))
        return self

    def tag(self, id: int, **tags: Any) -> Self:
        """Add tags to a node that is there."""
        self.nodes[id][2].update(_texts(tags))
        return self

    def way(self, id: int, nodes: Iterable[int], **tags: Any) -> Self:
        """Add a way; its nodes need not be in the extract."""
        self.ways[id] = (tuple(nodes), _texts(tags))
        return self

    def retag(self, id: int, **tags: Any) -> Self:
        """Add tags to a way that is there, or with None take them away."""
        kept = self.ways[id][1]
        for name, value in tags.items():
            kept.pop(name, None)
            if value is not None:
                kept[name] = str(value)
        return self

    def relation(self, id: int, members: Iterable[Member], **tags: Any) -> Self:
        """Add a relation of any type."""
        self.relations[id] = (tuple(members), _texts(tags))
        return self

    def restriction(self, id: int, from_way: int, via_node: int, to_way: int, kind: str | None, **tags: Any) -> Self:
        """Add a turn restriction over a node, such as `no_left_turn` (None: only what `tags` say)."""
        named = {} if kind is None else {"restriction": kind}
        members = [("w", from_way, "from"), ("n", via_node, "via"), ("w", to_way, "to")]
        return self.relation(id, members, type="restriction", **named, **tags)

    def area(self, id: int, ring: Sequence[tuple[float, float]], **tags: Any) -> Self:
        """Add a closed way with nodes of its own: id * 1000, id * 1000 + 1 …"""
        corners = [id * 1000 + i for i in range(len(ring))]
        for corner, (lon, lat) in zip(corners, ring, strict=True):
            self.node(corner, lon, lat)
        return self.way(id, [*corners, corners[0]], **tags)

    def write(self, path: Path, *, header: dict[str, str] | None = None) -> Path:
        """Write the extract; the format is told by the path's ending (`.osm.pbf`, `.osm`, `.osm.gz`, `.osh.pbf`)."""
        said = osmium.io.Header()
        if self.as_of is not None:
            said.set("osmosis_replication_timestamp", f"{self.as_of}T20:21:22Z")
        for name, value in (header or {}).items():
            said.set(name, value)
        about: dict[str, Any] = {"version": 1, "timestamp": f"{self.edited}T10:00:00Z", "visible": True}
        with osmium.SimpleWriter(str(path), header=said, overwrite=True) as writer:
            for id, (lon, lat, tags) in sorted(self.nodes.items()):
                writer.add_node(Node(id=id, location=(lon, lat), tags=tags, **about))
            for id, (nodes, tags) in sorted(self.ways.items()):
                writer.add_way(Way(id=id, nodes=nodes, tags=tags, **about))
            for id, (members, tags) in sorted(self.relations.items()):
                writer.add_relation(Relation(id=id, members=members, tags=tags, **about))
        return path


def _texts(tags: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in tags.items()}


@dataclass
class Grid(Extract):
    """An invented town, as `grid` lays it out."""

    columns: int = 6
    rows: int = 5
    spacing_m: float = 200.0
    west: float = 7.1
    south: float = 51.6

    def place(self, east_m: float, north_m: float) -> tuple[float, float]:
        """Return degrees of a place so many metres from the town's south-western crossing."""
        return round(self.west + east_m * _LON_M, 7), round(self.south + north_m * _LAT_M, 7)

    def at(self, column: int, row: int) -> int:
        """Return the node of a crossing; columns go east, rows north, both from 0."""
        return 1 + column + 100 * row

    def street(self, column: int, row: int, *, north: bool = False) -> int:
        """Return the way that leads from a crossing east, or north, to the next one."""
        return 1000 + 2 * (column + 100 * row) + north


EASTBOUND, WESTBOUND = 50_000, 60_000
"""The motorway's ways: + 0 before the first junction, + 1 between the two, + 2 behind the second."""
BENDS = 65_000
"""The bends in which the carriageways meet, + 0 in the east and + 1 in the west."""
LINKS = 70_000
"""The ramps' ways, of junction j (0 in the west, 1 in the east): + 10 * j + 0 off and + 1 on eastbound, + 2 off and
+ 3 on westbound."""
FEEDERS = 80_000
"""The roads from the town to the motorway's two junctions, + 0 and + 1, and their bridges over it, + 2 and + 3."""
TOWN = 90_000
"""The way around the town, landuse=residential."""


def grid(
    columns: int = 6,
    rows: int = 5,
    *,
    spacing_m: float = 200.0,
    west: float = 7.1,
    south: float = 51.6,
    motorway: bool = True,
    joined: bool = True,
    town: bool = True,
    as_of: str | None = AS_OF,
) -> Grid:
    """Return an invented town of `columns` × `rows` crossings, with a motorway 1 km south of it.

    Streets are residential, each from one crossing to the next (`Grid.street`), the southernmost row and the two
    outermost columns secondary with `maxspeed=50`. A feeder leads from each of the two southern corners to a junction
    of the motorway (`motorway_junction` with ref 11 and 12 in both directions), with all four ramps, and over the
    motorway by a bridge. Traffic keeps right. The motorway goes on for 2 km beyond both junctions, where a bend leads
    from one carriageway into the other: every node can be reached from every other. Not `joined`, it ends there like
    one that an extract cuts off: eight nodes on it are then dead ends or beginnings.
    """
    made = Grid(as_of=as_of, columns=columns, rows=rows, spacing_m=spacing_m, west=west, south=south)
    last = columns - 1
    for row in range(rows):
        for column in range(columns):
            made.node(made.at(column, row), *made.place(column * spacing_m, row * spacing_m))
    for row in range(rows):
        for column in range(columns):
            if column < last:
                made.way(made.street(column, row), [made.at(column, row), made.at(column + 1, row)], **_class(row == 0))
            if row < rows - 1:
                ends = [made.at(column, row), made.at(column, row + 1)]
                made.way(made.street(column, row, north=True), ends, **_class(column in (0, last)))
    if motorway:
        _motorway(made, last * spacing_m, joined)
    if town:
        east_m, north_m = last * spacing_m + 50.0, (rows - 1) * spacing_m + 50.0
        corners = [(-50.0, -50.0), (east_m, -50.0), (east_m, north_m), (-50.0, north_m)]
        made.area(TOWN, [made.place(*corner) for corner in corners], landuse="residential")
    return made


def _class(main: bool) -> dict[str, str]:
    return {"highway": "secondary", "maxspeed": "50"} if main else {"highway": "residential"}


def _motorway(made: Grid, width_m: float, joined: bool) -> None:
    """Add both carriageways, westbound in the north, their two junctions, and the roads that lead there."""
    motorway = {"highway": "motorway", "oneway": "yes", "ref": "A 942"}
    north_m, ramp_m = -1000.0, min(300.0, width_m / 4)
    stops = [-2000.0, -ramp_m, ramp_m, width_m - ramp_m, width_m + ramp_m, width_m + 2000.0]
    for first, offset_m in ((EASTBOUND, -10.0), (WESTBOUND, 10.0)):
        for i, east_m in enumerate(stops):
            made.node(first + i, *made.place(east_m, north_m + offset_m))
        nodes = [first + i for i in range(len(stops))]
        parts = [nodes[:2], nodes[1:5], nodes[4:]]
        if first == WESTBOUND:
            parts = [part[::-1] for part in parts]
        for i, part in enumerate(parts):
            made.way(first + i, part, **motorway)
    if joined:
        made.way(BENDS, [EASTBOUND + 5, WESTBOUND + 5], **motorway)
        made.way(BENDS + 1, [WESTBOUND, EASTBOUND], **motorway)
    for junction in (0, 1):
        node, before, behind = FEEDERS + 10 * junction, 1 + 2 * junction, 2 + 2 * junction
        east_m = junction * width_m
        made.node(node, *made.place(east_m, north_m + 60.0))  # where the westbound ramps meet the feeder
        made.node(node + 1, *made.place(east_m, north_m - 60.0))  # where the eastbound ones do
        corner = made.at(junction * (made.columns - 1), 0)
        made.way(FEEDERS + junction, [corner, node], highway="secondary", maxspeed=70)
        made.way(FEEDERS + 2 + junction, [node, node + 1], highway="secondary", maxspeed=70, bridge="yes", layer=1)
        ramps = [
            (EASTBOUND + before, node + 1),
            (node + 1, EASTBOUND + behind),
            (WESTBOUND + behind, node),
            (node, WESTBOUND + before),
        ]
        for i, ramp in enumerate(ramps):
            made.way(LINKS + 10 * junction + i, ramp, highway="motorway_link", oneway="yes")
        for leaving in (EASTBOUND + before, WESTBOUND + behind):
            made.tag(leaving, highway="motorway_junction", ref=11 + junction, name=f"Musterstadt-{'WO'[junction]}")
