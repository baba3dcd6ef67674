"""Motorway junctions by name, as the extract has them."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely

from finder import crs
from finder.roads.network import Junction
from finder.roads.records import RoadRecords

APART_M = 3000.0
"""Exits of the same name on the same motorway are one junction up to this distance."""


@dataclass(frozen=True)
class _Exit:
    name: str
    ref: str
    road: str | None
    xy: tuple[float, float]


def named(records: RoadRecords) -> tuple[Junction, ...]:
    """Return the junctions of motorways, each once however many exits it has, by name or else by number.

    Those without either are left out, and those of other roads that are built like motorways.
    """
    places: dict[tuple[str, str | None], list[tuple[float, float]]] = defaultdict(list)
    exits = _exits(records)
    known = [found for found in exits if found.name]
    for found in exits:
        if name := found.name or _name_of_number(found, known) or found.ref:
            places[name, found.road].append(found.xy)
    junctions = []
    for (name, road), those in sorted(places.items(), key=lambda item: (item[0][1] or "", item[0][0])):
        junctions += [Junction(name, road, together) for together in _clusters(those)]
    return tuple(junctions)


def _exits(records: RoadRecords) -> list[_Exit]:
    nodes = [node for node, tags in records.node_tags.items() if tags.get("highway") == "motorway_junction"]
    roads = _roads(records, set(nodes))
    nodes = [node for node in nodes if node in roads]
    xy = shapely.get_coordinates(crs.points_to_metric(*records.lonlat[nodes].T))
    tags = [records.node_tags[node] for node in nodes]
    return [
        _Exit(said.get("name", "").strip(), said.get("ref", "").strip(), roads[node], (x, y))
        for node, said, (x, y) in zip(nodes, tags, xy.tolist(), strict=True)
    ]


def _name_of_number(found: _Exit, known: list[_Exit]) -> str | None:
    """Return the name of an exit of the same number, where only some exits of a junction say its name."""
    if not found.ref:
        return None
    away = {
        math.dist(found.xy, other.xy): other.name
        for other in known
        if (other.ref, other.road) == (found.ref, found.road)
    }
    return away[min(away)] if away and min(away) <= APART_M else None


def _roads(records: RoadRecords, nodes: set[int]) -> dict[int, str | None]:
    """Return the number of the motorway that each node lies on, such as "A 52" (None: of none that is known)."""
    roads: dict[int, str | None] = {}
    motorway = np.array([tags.get("highway") == "motorway" for tags in records.tag_sets], dtype=bool)
    for way in np.flatnonzero(motorway[records.way_tags]).tolist() if nodes else ():
        ref = re.split(r"\s*;\s*", records.tag_sets[records.way_tags[way]].get("ref", "").strip())[0] or None
        for node in records.way_nodes[records.way_start[way] : records.way_start[way + 1]].tolist():
            if node in nodes:
                roads[node] = ref or roads.get(node)
    return roads


def _clusters(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the middle of each group of places that lie together."""
    groups: list[list[tuple[float, float]]] = []
    for place in sorted(places):
        near = (g for g in groups if np.hypot(*(np.mean(g, axis=0) - place)) <= APART_M)
        group = next(near, None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    return [(float(x), float(y)) for x, y in (np.mean(group, axis=0) for group in groups)]
