"""Roads from an OpenStreetMap extract, read in the locked process: osmium passes over all that is no road in C++.

The extract is open as a file descriptor (`finder.sources.osm_reading` says why), and is gone through three times:
relations, to know what belongs to them; nodes, of which osmium keeps the places; ways, to which it then gives them.
So the order of an extract does not matter.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import traceback
from array import array
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import osmium
from osmium import osm as kinds

from finder.limits import MIB, Limits
from finder.sources import osm_tags, osm_turns, osm_ways, sniffing
from finder.sources.osm_handover import Found, TagSets
from finder.sources.osm_rings import Rings
from finder.sources.sentences import Refusal
from finder.sources.sniffing import HEAD_BYTES, Format

_SIGN = slice(4, 15), b"\n\tOSMHeader"  # behind the length of the first block's head: its type
_HOMES = ("landuse", "residential")
_STANDARD_INPUT = 0
_THREADS = 1  # to unpack, beside the one that reads and this one
_PLACED_WAYS = "LocationsOnWays"
_FEATURES = 16
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NO_MEMORY = ("allocate memory", "bad_alloc", "Resource temporarily unavailable")
_LINE_HEAD = 2 * 9  # of WKB in hexadecimal: byte order, type, count


def read(descriptor: int, limits: Limits) -> Found:
    """Return the roads of the extract that is open for reading.

    Raises
    ------
    Refusal
        It is no extract or a damaged one, has no roads, holds more than the present state, or goes beyond the limits.
    """
    check(os.pread(descriptor, HEAD_BYTES, 0))
    try:
        return _Reading(descriptor, limits).all()
    except (RuntimeError, UnicodeDecodeError) as error:  # osmium's, of the reading thread's as well
        traceback.print_exc()
        if any(word in str(error) for word in _NO_MEMORY):
            raise Refusal("memory", limit=limits.memory_bytes // MIB) from error
        raise Refusal("extract_damaged") from error


def check(head: bytes) -> None:
    """Refuse a file that does not begin as an extract does, by what it is instead."""
    place, sign = _SIGN
    if head[place] == sign:
        return
    if head.startswith(b"\xff\xe0\x04o5"):
        raise Refusal("not_extract", format="o5m")
    try:
        format_ = sniffing.sniff(head)
    except Refusal as refusal:
        if refusal.code == "other_format":
            raise Refusal("not_extract", format=_named(refusal.params["format"], head)) from refusal
        if refusal.code == "empty":
            raise
        raise Refusal("no_extract") from refusal
    if format_ is Format.CSV:  # any text
        raise Refusal("no_extract")
    raise Refusal("not_extract", format=format_.value)


def _named(format_: object, head: bytes) -> object:
    """Return what an XML text is called where it is OpenStreetMap's."""
    root = re.search(rb"<(osm|osmChange)[\s>/]", head)
    return "OpenStreetMap XML" if format_ == "XML" and root else format_


@dataclass
class _Reading:
    """One extract's reading; what it found grows in its fields."""

    descriptor: int
    limits: Limits
    tag_sets: TagSets = field(default_factory=TagSets)
    counts: Counter[str] = field(default_factory=lambda: Counter(areas=0, built_up_left_out=0))
    said: list[osm_turns.Said] = field(default_factory=list)
    nodes: dict[int, int] = field(default_factory=dict)
    ways: osm_ways.Ways = field(default_factory=osm_ways.Ways)
    homes: Rings = field(default_factory=Rings)
    wanted_homes: int = 0
    as_of: str | None = None
    newest: datetime.datetime | None = None

    def all(self) -> Found:
        """Read everything."""
        placed = self._header()
        areas = osmium.area.AreaManager()
        table = osmium.index.create_map("sparse_mmap_array")  # grows in place; others are copied to grow
        places = osmium.NodeLocationsForWays(table)
        places.ignore_errors()
        self._relations(areas)
        self._nodes([] if placed else [places])
        self._ways([] if placed else [places], areas)
        del places, table
        if not len(self.ways):
            raise Refusal("no_roads")
        roads = self.ways.cleaned(self.counts)
        if not len(roads):
            raise Refusal("no_roads")
        self.counts["built_up_left_out"] += self.wanted_homes - len(self.homes)
        return Found(
            roads=roads,
            nodes=roads.known(self.nodes),
            turns=osm_turns.settled(self.said, roads, self.tag_sets, self.counts),
            homes=self.homes,
            tag_sets=self.tag_sets,
            as_of=self.as_of or (self.newest.date().isoformat() if self.newest and self.newest.year > 1970 else None),
            counts=dict(self.counts),
        )

    @contextmanager
    def _open(self, which: Any) -> Iterator[Any]:
        """Yield a reader of some kinds of objects, from the beginning."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        os.dup2(self.descriptor, _STANDARD_INPUT)  # osmium's name for it is "-", and it closes it in the end
        pool = osmium.io.ThreadPool(_THREADS)
        with osmium.io.Reader(osmium.io.File("-", "pbf"), which, thread_pool=pool) as reader:
            yield reader

    def _header(self) -> bool:
        """Look at what the extract says of itself; return whether its ways have their places with them."""
        with self._open(kinds.NOTHING) as reader:
            header = reader.header()
        if header.has_multiple_object_versions:
            raise Refusal("extract_history")
        if stated := _DATE.match(header.get("osmosis_replication_timestamp", "")):
            with contextlib.suppress(ValueError):
                self.as_of = datetime.date.fromisoformat(stated[0]).isoformat()
        return any(header.get(f"pbf_optional_feature_{i}", "") == _PLACED_WAYS for i in range(_FEATURES))

    # In what follows every handler and filter has a name: osmium keeps no hold of what it refers to.

    def _relations(self, areas: Any) -> None:
        wanted = osmium.filter.TagFilter(("type", "restriction"), _HOMES)
        first = areas.first_pass_handler()
        with self._open(kinds.RELATION) as reader:
            relation: Any
            for relation in osmium.OsmFileIterator(reader, wanted, first):
                tags = {tag.k: tag.v for tag in relation.tags}
                if tags.get("type") == "restriction":
                    self._dated(relation)
                    members = [(member.type, member.ref, member.role) for member in relation.members]
                    self.said.append(osm_turns.Said(tags, members))
                    self._within(len(self.said))
                elif tags.get("type") == "multipolygon":
                    self.wanted_homes += 1

    def _nodes(self, handlers: list[Any]) -> None:
        wanted = osmium.filter.KeyFilter(*osm_tags.NODE_KEYS)
        with self._open(kinds.NODE) as reader:
            for node in osmium.OsmFileIterator(reader, *handlers, wanted):
                if kept := osm_tags.of_node((tag.k, tag.v) for tag in node.tags):
                    self.nodes[node.id] = self.tag_sets.place(kept)
                    self._within(len(self.nodes))

    def _ways(self, handlers: list[Any], areas: Any) -> None:
        residential = osmium.filter.TagFilter(_HOMES)
        homes = osmium.BufferIterator(residential)
        second = areas.second_pass_to_buffer(homes)
        wanted = osmium.filter.TagFilter(*(("highway", road) for road in osm_tags.ROADS), _HOMES)
        with self._open(kinds.WAY) as reader:
            for way in osmium.OsmFileIterator(reader, *handlers, second, wanted):
                self._way(way)
                self._homes(homes)
        self._homes(homes)

    def _way(self, way: Any) -> None:
        tags = {tag.k: tag.v for tag in way.tags}
        if tags.get("landuse") == "residential" and len(way.nodes) > 1 and way.is_closed():
            self.wanted_homes += 1
        if tags.get("highway") not in osm_tags.ROADS:
            return
        self._dated(way)
        if tags.get("area") == "yes":
            self.counts["areas"] += 1
            return
        kept = tuple((key, value) for key, value in sorted(tags.items()) if osm_tags.road(key))
        refs = [node.ref for node in way.nodes]
        self.ways.add(way.id, self.tag_sets.place(kept), refs, _positions(way))
        self._within(len(self.ways))
        if self.ways.vertices > self.limits.max_vertices:
            raise Refusal("too_many_vertices", limit=self.limits.max_vertices)

    def _homes(self, buffer: Any) -> None:
        if buffer:
            for area in buffer:
                with contextlib.suppress(RuntimeError):  # of one whose rings cross, or are none
                    self.homes.add(bytes.fromhex(_WKB.create_multipolygon(area)))

    def _within(self, count: int) -> None:
        if count > self.limits.max_features:
            raise Refusal("too_many_ways", limit=self.limits.max_features)

    def _dated(self, found: Any) -> None:
        if self.as_of is None and (self.newest is None or found.timestamp > self.newest):
            self.newest = found.timestamp


_WKB = osmium.geom.WKBFactory()
_EVERY = osmium.geom.use_nodes.ALL


def _positions(way: Any) -> bytes | array[float]:
    """Return longitude and latitude of each node, in bytes of float64; NaN where the extract does not have it."""
    with contextlib.suppress(osmium.InvalidLocationError, RuntimeError):  # the latter of a way of one node
        return bytes.fromhex(_WKB.create_linestring(way, _EVERY)[_LINE_HEAD:])
    out = array("d")
    for node in way.nodes:
        place = node.location
        out.extend((place.lon, place.lat) if place.valid() else (float("nan"),) * 2)
    return out
