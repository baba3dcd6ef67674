"""Motorway junctions by name, as the extract has them."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np
import shapely

from finder import crs
from finder.roads.network import Junction
from finder.roads.records import RoadRecords

APART_M = 3000.0
"""Exits of the same name on the same motorway are one junction up to this distance."""


def named(records: RoadRecords) -> tuple[Junction, ...]:
    """Return the junctions of the extract, each once however many exits it has; those without any name are left out."""
    nodes = [node for node, tags in records.node_tags.items() if tags.get("highway") == "motorway_junction"]
    if not nodes:
        return ()
    roads = _roads(records, set(nodes))
    xy = shapely.get_coordinates(crs.points_to_metric(*records.lonlat[nodes].T))
    exits: dict[tuple[str, str | None], list[tuple[float, float]]] = defaultdict(list)
    for node, (x, y) in zip(nodes, xy.tolist(), strict=True):
        name = records.node_tags[node].get("name") or records.node_tags[node].get("ref")
        if name:
            exits[name.strip(), roads.get(node)].append((x, y))
    found = []
    for (name, road), places in sorted(exits.items(), key=lambda item: (item[0][1] or "", item[0][0])):
        found += [Junction(name, road, together) for together in _clusters(places)]
    return tuple(found)


def _roads(records: RoadRecords, nodes: set[int]) -> dict[int, str]:
    """Return the number of the motorway that each node lies on, such as "A 52"."""
    roads = {}
    motorway = np.array([tags["highway"] == "motorway" and "ref" in tags for tags in records.tag_sets], dtype=bool)
    for way in np.flatnonzero(motorway[records.way_tags]).tolist():
        ref = re.split(r"\s*;\s*", records.tag_sets[records.way_tags[way]]["ref"])[0]
        for node in records.way_nodes[records.way_start[way] : records.way_start[way + 1]].tolist():
            if node in nodes:
                roads[node] = ref
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
