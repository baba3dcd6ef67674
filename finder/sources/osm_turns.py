"""Turn restrictions of an extract: from relations to ways and nodes that are there, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finder.sources import osm_tags
from finder.sources.osm_ways import Roads

if TYPE_CHECKING:
    from finder.sources.osm_handover import TagSets

Turn = tuple[int, int, int, bool, int]
"""From way, via node, to way by position, whether it is the only one allowed, the place of its tags."""
_WAY, _NODE = "w", "n"


@dataclass(frozen=True)
class Said:
    """A restriction as the extract says it; members by kind, id and role."""

    tags: dict[str, str]
    members: Sequence[tuple[str, int, str]]

    def ids(self, role: str, kind: str) -> list[int]:
        """Return the members of a role and a kind, each once."""
        return list(dict.fromkeys(id for found, id, as_ in self.members if as_ == role and found == kind))

    @property
    def via(self) -> list[tuple[str, int]]:
        """What it leads over."""
        return [(kind, id) for kind, id, role in self.members if role == "via"]


def settled(said: Sequence[Said], roads: Roads, tag_sets: TagSets, counts: Counter[str]) -> list[Turn]:
    """Return the restrictions that mean ways and nodes of `roads`; `counts` is told of the others."""
    counts.update(dict.fromkeys(COUNTED, 0))
    whole = [one for one in said if _usable(one, counts)]
    parts = roads.parts(id for one in whole for kind, id, _ in one.members if kind == _WAY)
    out: list[Turn] = []
    for one in whole:
        found = list(_turns(one, roads, parts))
        wanted = len(one.ids("from", _WAY)) * len(one.ids("to", _WAY))
        if len(found) < wanted or not wanted:
            counts["incomplete_restrictions"] += 1
        for only, tags in osm_tags.turns(one.tags).items():
            place = tag_sets.place(tuple(sorted(tags.items())))
            out += [(*turn, only, place) for turn in found]
    return out


COUNTED = ("conditional_restrictions", "restrictions_over_ways", "incomplete_restrictions", "unknown_restrictions")
"""Restrictions that hold under conditions or at times; over ways; whose members are not all among the roads, or do not
meet; that say neither what is forbidden nor what alone is allowed."""


def _usable(one: Said, counts: Counter[str]) -> bool:
    if osm_tags.at_times(one.tags):
        counts["conditional_restrictions"] += 1
    if not osm_tags.turns(one.tags):
        if not osm_tags.at_times(one.tags) and not osm_tags.for_others(one.tags):
            counts["unknown_restrictions"] += 1
        return False
    if any(kind == _WAY for kind, _ in one.via):
        counts["restrictions_over_ways"] += 1
        return False
    if len(one.via) != 1 or one.via[0][0] != _NODE:
        counts["incomplete_restrictions"] += 1
        return False
    return True


def _turns(one: Said, roads: Roads, parts: dict[int, list[int]]) -> Iterator[tuple[int, int, int]]:
    via = roads.node(one.via[0][1])
    if via is None:
        return
    ends = {
        role: [
            at for id in one.ids(role, _WAY) for at in [p for p in parts.get(id, ()) if roads.leads_over(p, via)][:1]
        ]
        for role in ("from", "to")
    }
    for from_way in ends["from"]:
        for to_way in ends["to"]:
            yield from_way, via, to_way
