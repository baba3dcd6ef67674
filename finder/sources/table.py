"""A file's rows as Arrow columns: what the reading process gathers and hands over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa

from finder.limits import Limits
from finder.sources.sentences import Notes, Refusal

# Arrow's own type of a Python type; all else, and what mixes several, is carried as JSON, one text per value.
_PLAIN: dict[type, tuple[str, Any]] = {
    bool: ("bool", pa.bool_()),
    int: ("int", pa.int64()),
    float: ("float", pa.float64()),
    str: ("text", pa.large_string()),
}
ARROW: dict[str, Any] = {"none": pa.null(), "json": pa.large_string(), **dict(_PLAIN.values())}
"""The Arrow type of each kind of column."""


@dataclass(frozen=True)
class Column:
    """Values of one column; `kind` is a key of `ARROW`."""

    kind: str
    values: pa.ChunkedArray


@dataclass(kw_only=True)
class Table:
    """What one file holds. `geometry` is two-dimensional WKB.

    `crs` is what `finder.crs.parse` takes, and goes with coordinates x first. `srs_name`, in its place, is what GML
    calls a system, and goes with coordinates in the order in which they stand there: our side knows what it means.
    """

    format: str
    columns: dict[str, Column]
    length: int
    rows: Any = None  # pa.Array of int64; None: 1, 2, 3 …
    geometry: Any = None  # pa.ChunkedArray of large_binary
    crs: str | None = None
    srs_name: str | None = None
    layer: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    notes: Notes = field(default_factory=lambda: Notes(Limits().max_issues))


def encode(values: Sequence[object]) -> tuple[str, Any]:
    """Return a block of values as kind and Arrow array, losing nothing."""
    kinds = set(map(type, values))
    kinds.discard(type(None))
    if not kinds:
        return "none", pa.nulls(len(values))
    if len(kinds) == 1 and (plain := _PLAIN.get(kinds.pop())):
        try:
            return plain[0], pa.array(values, plain[1], from_pandas=False)
        except OverflowError:
            pass  # an integer past 64 bits signed
    return "json", _as_json(values)


def _as_json(values: Sequence[object]) -> Any:
    return pa.array([None if v is None else orjson.dumps(v).decode() for v in values], pa.large_string())


class Columns:
    """Gathers rows block by block; a block may bring new columns and other types."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._blocks: dict[str, list[tuple[str, Any]]] = {}
        self.length = 0

    def __contains__(self, name: str) -> bool:
        return name in self._blocks

    def add(self, block: Mapping[str, Sequence[object]], length: int) -> None:
        """Add `length` rows."""
        for name, values in block.items():
            if name not in self._blocks:
                if len(self._blocks) >= self._limits.max_columns:
                    raise Refusal("too_many_columns", limit=self._limits.max_columns)
                self._blocks[name] = [("none", pa.nulls(self.length))]
            self._blocks[name].append(encode(values))
        for name, blocks in self._blocks.items():
            if name not in block:
                blocks.append(("none", pa.nulls(length)))
        self.length += length
        if self.length > self._limits.max_features:
            raise Refusal("too_many_features", limit=self._limits.max_features)

    def finish(self) -> dict[str, Column]:
        """Return the columns in the order in which they first came."""
        return {name: joined(blocks) for name, blocks in self._blocks.items()}


def joined(blocks: list[tuple[str, Any]]) -> Column:
    """Return blocks of one column, each as kind and array, as one."""
    kinds = {kind for kind, _ in blocks} - {"none"}
    kind = "none" if not kinds else kinds.pop() if len(kinds) == 1 else "json"
    type_ = ARROW[kind]
    arrays = []
    for own, array in blocks:
        if own == "none":
            arrays.append(pa.nulls(len(array), type_))
        elif own == kind:
            arrays.append(array)
        else:
            arrays.append(_as_json(array.to_pylist()))
    return Column(kind, pa.chunked_array(arrays, type_))
