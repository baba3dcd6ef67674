"""What passes between the process that read an extract and ours: numbers in plain files, words in a JSON text.

The other side may have been taken over by the file it read. So there is no format to be led astray by: each file holds
numbers of one agreed type, their count is its size, and every position among them is looked at before it is used.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray

from finder.limits import MIB, Limits
from finder.roads.records import Restriction, RoadRecords, Tags
from finder.sources import exchange
from finder.sources.sentences import Refusal

if TYPE_CHECKING:
    from finder.sources.osm_rings import Rings
    from finder.sources.osm_turns import Turn
    from finder.sources.osm_ways import Places, Roads

# name of a file: type and numbers in a row
_FILES: dict[str, tuple[str, int]] = {
    "lonlat": ("<f8", 2),
    "way_id": ("<i8", 1),
    "way_start": ("<i8", 1),
    "way_nodes": ("<i8", 1),
    "way_tags": ("<i4", 1),
    "set_start": ("<i8", 1),
    "set_words": ("<i4", 2),
    "node_at": ("<i8", 1),
    "node_tags": ("<i4", 1),
    "turns": ("<i8", 3),
    "turn_only": ("u1", 1),
    "turn_tags": ("<i4", 1),
    "area_lonlat": ("<f8", 2),
    "ring_start": ("<i8", 1),
    "polygon_start": ("<i8", 1),
    "area_start": ("<i8", 1),
}
_ENDING = ".bin"
_MOST = np.array([180.0, 90.0])
_RING = 4  # positions at least, the first once more at the end
_COUNTED = 64  # words of what was left out, at most

Numbers = NDArray[Any]


class TagSets:
    """The distinct sets of tags, told by their place in a list."""

    def __init__(self) -> None:
        self._places: dict[tuple[tuple[str, str], ...], int] = {}

    def place(self, tags: tuple[tuple[str, str], ...]) -> int:
        """Return a set's place."""
        return self._places.setdefault(tags, len(self._places))

    def coded(self) -> tuple[dict[str, Numbers], list[str]]:
        """Return where each set begins, its keys and values as places in a list of words, and that list."""
        words: dict[str, int] = {}
        coded = [[words.setdefault(word, len(words)) for word in tag] for tags in self._places for tag in tags]
        starts = np.cumsum([0, *map(len, self._places)])
        return {"set_start": starts, "set_words": np.array(coded).reshape(-1, 2)}, list(words)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the reader found."""

    roads: Roads
    nodes: tuple[Places, NDArray[np.int32]]
    turns: list[Turn]
    homes: Rings
    tag_sets: TagSets
    as_of: str | None
    counts: Mapping[str, int] = field(default_factory=dict)


def write(folder: Path, found: Found) -> None:
    """Hand over what was found."""
    sets, words = found.tag_sets.coded()
    turns = np.array(found.turns, dtype=np.int64).reshape(-1, 5)
    roads = found.roads
    arrays: dict[str, Any] = {
        "lonlat": roads.lonlat,
        "way_id": roads.way_id,
        "way_start": roads.way_start,
        "way_nodes": roads.way_nodes,
        "way_tags": roads.way_tags,
        **sets,
        "node_at": found.nodes[0],
        "node_tags": found.nodes[1],
        "turns": turns[:, :3],
        "turn_only": turns[:, 3],
        "turn_tags": turns[:, 4],
        **found.homes.arrays(),
    }
    for name, (type_, _) in _FILES.items():
        np.ascontiguousarray(arrays[name], dtype=type_).tofile(folder / f"{name}{_ENDING}")
    about = {"words": words, "as_of": found.as_of, "counts": found.counts}
    (folder / exchange.ABOUT).write_bytes(orjson.dumps(about))


def read(folder: Path, limits: Limits, *, name: str, sha256: str) -> RoadRecords:
    """Return what was handed over as records of the file `name`.

    Raises
    ------
    Refusal
        The file was refused, or what came back is not of the agreed form.
    """
    try:
        told = exchange.told(folder)
        return _records(told, _arrays(folder, limits), limits, name, sha256)
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise Refusal("failed") from error


def _arrays(folder: Path, limits: Limits) -> dict[str, Numbers]:
    paths = {name: folder / f"{name}{_ENDING}" for name in _FILES}
    if sum(path.stat().st_size for path in paths.values()) > limits.memory_bytes:
        raise Refusal("memory", limit=limits.memory_bytes // MIB)
    out = {}
    for name, (type_, width) in _FILES.items():
        if paths[name].stat().st_size % (np.dtype(type_).itemsize * width):
            raise ValueError(name)
        numbers = np.fromfile(paths[name], dtype=type_)
        out[name] = numbers.reshape(-1, width) if width > 1 else numbers
    return out


def _records(
    told: Mapping[str, Any], given: Mapping[str, Numbers], limits: Limits, name: str, sha256: str
) -> RoadRecords:
    ways, nodes, turns = len(given["way_id"]), len(given["lonlat"]), given["turns"]
    if max(ways, len(given["node_at"]), len(turns), len(given["set_words"]) // 8) > limits.max_features:
        raise ValueError("too many")
    _degrees(given["lonlat"])
    _offsets(given["way_start"], ways, len(given["way_nodes"]), 2)
    _places(given["way_nodes"], nodes)
    sets = _tag_sets(told["words"], given)
    _places(given["way_tags"], len(sets), ways)
    if not all("highway" in sets[at] for at in np.unique(given["way_tags"])):
        raise ValueError("highway")
    _places(given["node_at"], nodes)
    _places(given["node_tags"], len(sets), len(given["node_at"]))
    _places(turns[:, [0, 2]], ways)
    _places(turns[:, 1], nodes)
    _places(given["turn_only"], 2, len(turns))
    _places(given["turn_tags"], len(sets), len(turns))
    counts = _counts(told["counts"])
    built_up, broken = _built_up(given)
    counts["built_up_left_out"] = counts.get("built_up_left_out", 0) + broken
    columns = zip(turns.tolist(), given["turn_only"].tolist(), given["turn_tags"].tolist(), strict=True)
    return RoadRecords(
        **{part: given[part] for part in ("lonlat", "way_id", "way_start", "way_nodes", "way_tags")},
        tag_sets=sets,
        node_tags={
            at: sets[tags] for at, tags in zip(given["node_at"].tolist(), given["node_tags"].tolist(), strict=True)
        },
        restrictions=tuple(
            Restriction(from_way=from_way, via_node=via, to_way=to_way, only=bool(only), tags=sets[tags])
            for (from_way, via, to_way), only, tags in columns
        ),
        built_up=built_up,
        as_of=None if told["as_of"] is None else datetime.date.fromisoformat(told["as_of"]).isoformat(),
        name=name,
        sha256=sha256,
        counts=counts,
    )


def _degrees(lonlat: Numbers) -> None:
    # not the other way round: NaN is neither within nor beyond
    if not (np.abs(lonlat) <= _MOST).all():
        raise ValueError("degrees")


def _offsets(starts: Numbers, count: int, end: int, least: int) -> None:
    """Refuse what does not divide `end` things into `count` parts of `least` things or more."""
    if len(starts) != count + 1 or starts[0] != 0 or starts[-1] != end:
        raise ValueError("offsets")
    _places(starts, end + 1)  # only then can no difference overflow
    if (np.diff(starts) < least).any():
        raise ValueError("offsets")


def _places(places: Numbers, count: int, wanted: int | None = None) -> None:
    """Refuse places that are none in a list of `count`, or more or fewer than are wanted."""
    if wanted is not None and len(places) != wanted:
        raise ValueError("number of places")
    if places.size and not (places.min() >= 0 and places.max() < count):
        raise ValueError("places")


def _tag_sets(words: Any, given: Mapping[str, Numbers]) -> tuple[Tags, ...]:
    if not isinstance(words, list) or not all(type(word) is str for word in words):
        raise TypeError("words")
    coded, starts = given["set_words"], given["set_start"]
    _offsets(starts, len(starts) - 1, len(coded), 0)
    _places(coded, len(words))
    tags = [(words[key], words[value]) for key, value in coded.tolist()]
    return tuple(dict(tags[begin:end]) for begin, end in pairwise(starts.tolist()))


def _counts(told: Any) -> dict[str, int]:
    if len(told) > _COUNTED or not all(word.isidentifier() and type(count) is int for word, count in told.items()):
        raise TypeError("counts")
    return dict(told)


def _built_up(given: Mapping[str, Numbers]) -> tuple[NDArray[np.object_] | None, int]:
    """Return the areas as WKB, None if there are none, and how many were left out for being no valid polygons."""
    import shapely  # ours alone: the reading process is not given it

    lonlat, rings, polygons, areas = (
        given[name] for name in ("area_lonlat", "ring_start", "polygon_start", "area_start")
    )
    _degrees(lonlat)
    _offsets(rings, len(rings) - 1, len(lonlat), _RING)
    _offsets(polygons, len(polygons) - 1, len(rings) - 1, 1)
    _offsets(areas, len(areas) - 1, len(polygons) - 1, 1)
    if (lonlat[rings[:-1]] != lonlat[rings[1:] - 1]).any():
        raise ValueError("open ring")
    try:
        shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, lonlat, (rings, polygons, areas))
    except shapely.errors.ShapelyError as error:
        raise ValueError("rings") from error
    valid = shapely.is_valid(shapes)
    if not valid.any():
        return None, len(shapes)
    return np.asarray(shapely.to_wkb(shapes[valid]), dtype=object), int((~valid).sum())
