"""What the reader of an OpenStreetMap extract hands over: roads as they are tagged, without any opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tags = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Restriction:
    """A turn that is forbidden (`only` False) or the only one allowed, from a way over a node into a way.

    Ways and nodes by their positions in the records. `tags` are the relation's own (`restriction`, `except`,
    `restriction:hgv` …); conditional ones are left out and counted by the reader.
    """

    from_way: int
    via_node: int
    to_way: int
    only: bool
    tags: Tags


@dataclass(frozen=True, kw_only=True)
class RoadRecords:
    """The roads of an extract.

    Attributes
    ----------
    lonlat
        (n, 2) float64: the nodes of all ways in degrees, longitude first.
    way_id, way_start, way_nodes
        (w,) int64, (w + 1,) int64, (p,) int64: each way's id, and its nodes' positions in `lonlat` from
        `way_nodes[way_start[i]]` to `way_nodes[way_start[i + 1]]` (exclusive). At least two nodes each; ways that the
        extract cuts off are handed over without the missing nodes, in parts where that leaves a gap.
    way_tags
        (w,) int32: each way's position in `tag_sets`.
    tag_sets
        The distinct sets of tags that matter to traffic; those that ways have are all with `highway`.
    node_tags
        By position in `lonlat` the tags of nodes that hinder or name something: barriers, `highway=motorway_junction`.
    restrictions
        Turn restrictions over a node.
    built_up
        Polygons in degrees (WKB) of areas where people live (`landuse=residential`); None: the extract has none.
    as_of
        ISO date of the data: what the extract says of itself, else of the newest road or restriction; None not known.
    counts
        What was left out, by a word: `restrictions_over_ways`, `conditional_restrictions`, `cut_off_ways` …
    """

    lonlat: NDArray[np.float64]
    way_id: NDArray[np.int64]
    way_start: NDArray[np.int64]
    way_nodes: NDArray[np.int64]
    way_tags: NDArray[np.int32]
    tag_sets: tuple[Tags, ...]
    node_tags: Mapping[int, Tags]
    restrictions: tuple[Restriction, ...]
    built_up: NDArray[np.object_] | None
    as_of: str | None
    name: str
    sha256: str
    counts: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many ways there are."""
        return len(self.way_id)


def empty(**given: Any) -> RoadRecords:
    """Return records of no road with some of their fields given."""
    none: dict[str, Any] = {
        "lonlat": np.empty((0, 2)),
        "way_id": np.empty(0, dtype=np.int64),
        "way_start": np.zeros(1, dtype=np.int64),
        "way_nodes": np.empty(0, dtype=np.int64),
        "way_tags": np.empty(0, dtype=np.int32),
        "tag_sets": (),
        "node_tags": {},
        "restrictions": (),
        "built_up": None,
        "as_of": None,
        "name": "",
        "sha256": "",
    }
    return RoadRecords(**none | given)
