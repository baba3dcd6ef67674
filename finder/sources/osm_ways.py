"""The ways of an extract as arrays: cut where the extract cuts them, their nodes by position."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
"""Positions in another array."""


@dataclass(frozen=True)
class Roads:
    """Ways of at least two nodes each; the words are those of `finder.roads.records.RoadRecords`."""

    node_id: NDArray[np.int64]  # ascending
    lonlat: NDArray[np.float64]
    way_id: NDArray[np.int64]
    way_start: Places
    way_nodes: Places
    way_tags: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.way_id)

    def node(self, id: int) -> int | None:
        """Return a node's position, None where it lies on no way."""
        at = int(np.searchsorted(self.node_id, id))
        return at if at < len(self.node_id) and self.node_id[at] == id else None

    def known(self, tags: Mapping[int, int]) -> tuple[Places, NDArray[np.int32]]:
        """Return the positions of those nodes that lie on ways, and what `tags` say of them."""
        ids = np.fromiter(tags.keys(), np.int64, len(tags))
        said = np.fromiter(tags.values(), np.int32, len(tags))
        at = np.searchsorted(self.node_id, ids)
        at[at == len(self.node_id)] = 0
        found = self.node_id[at] == ids if len(self.node_id) else np.zeros(len(ids), dtype=bool)
        order = np.argsort(at[found], kind="stable")
        return at[found][order].astype(np.int64), said[found][order]

    def parts(self, ids: Iterable[int]) -> dict[int, list[int]]:
        """Return the positions of ways by their ids; an extract may have cut one into several."""
        wanted = np.unique(np.fromiter(ids, np.int64))
        found: dict[int, list[int]] = {}
        for at in np.flatnonzero(np.isin(self.way_id, wanted)).tolist():
            found.setdefault(int(self.way_id[at]), []).append(at)
        return found

    def leads_over(self, way: int, node: int) -> bool:
        """Return whether a node lies on a way."""
        return bool((self.way_nodes[self.way_start[way] : self.way_start[way + 1]] == node).any())


class Ways:
    """Collects ways as they stand in the extract."""

    def __init__(self) -> None:
        self._ids, self._tags, self._lengths, self._refs = array("q"), array("i"), array("q"), array("q")
        self._positions = bytearray()

    def add(self, id: int, tags: int, refs: list[int], positions: bytes | array[float]) -> None:
        """Add a way with its nodes' ids and their longitudes and latitudes; NaN where they are missing."""
        self._ids.append(id)
        self._tags.append(tags)
        self._lengths.append(len(refs))
        self._refs.extend(refs)
        self._positions += memoryview(positions).cast("B")

    def __len__(self) -> int:
        """Return how many ways there are."""
        return len(self._ids)

    @property
    def vertices(self) -> int:
        """How many nodes they have, each as often as it stands there."""
        return len(self._refs)

    def cleaned(self, counts: Counter[str]) -> Roads:
        """Return the ways without missing nodes, in parts where that leaves a gap, and without nodes said twice.

        Parts of fewer than two nodes are no ways. `counts` is told of `cut_off_ways` and `ways_without_length`.
        """
        refs = np.frombuffer(self._refs, dtype=np.int64)
        lonlat = np.frombuffer(self._positions, dtype="<f8").reshape(-1, 2)
        way = np.repeat(np.arange(len(self), dtype=np.int32), np.frombuffer(self._lengths, dtype=np.int64))
        there = ~np.isnan(lonlat[:, 0])
        counts["cut_off_ways"] += len(np.unique(way[~there]))
        begins = there.copy()
        begins[1:] &= (way[1:] != way[:-1]) | ~there[:-1]
        part = np.cumsum(begins) - 1
        kept = there.copy()
        kept[1:] &= begins[1:] | (refs[1:] != refs[:-1])
        lengths = np.bincount(part[kept], minlength=int(begins.sum()))
        long_enough = lengths >= 2
        kept &= np.append(long_enough, False)[part]  # before the first part it is -1
        of_way = way[begins]
        whole = np.setdiff1d(np.arange(len(self)), way[~there])
        counts["ways_without_length"] += len(np.setdiff1d(whole, of_way[long_enough]))
        node_id, first, nodes = np.unique(refs[kept], return_index=True, return_inverse=True)
        of_way = of_way[long_enough]
        return Roads(
            node_id=node_id,
            lonlat=lonlat[kept][first],
            way_id=np.frombuffer(self._ids, dtype=np.int64)[of_way],
            way_start=np.concatenate([[0], np.cumsum(lengths[long_enough])]).astype(np.int64),
            way_nodes=nodes.astype(np.int64),
            way_tags=np.frombuffer(self._tags, dtype=np.int32)[of_way],
        )
