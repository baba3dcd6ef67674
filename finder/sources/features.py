"""Features gathered one by one: values by the names of columns, and a place."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import pyarrow as pa

from finder.limits import Limits
from finder.sources.sentences import Refusal
from finder.sources.table import Columns, Table

_BLOCK = 5_000

Values = dict[str, object]


def put(values: Values, name: str, value: str | None) -> None:
    """Add a value; a name that occurs again gets a list."""
    if name not in values:
        values[name] = value
        return
    there = values[name]
    if isinstance(there, list):
        there.append(value)
    else:
        values[name] = [there, value]


class Features:
    """Gathers the rows of one file; a file without any geometry has no column of them."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._columns = Columns(limits)
        self._shapes: list[Any] = []
        self._placed = False
        self._block: list[tuple[Mapping[str, object], bytes | None]] = []

    def __len__(self) -> int:
        return self._columns.length + len(self._block)

    def add(self, values: Mapping[str, object], shape: bytes | None, *, placed: bool) -> None:
        """Take one row; `placed` is whether the file says anything of its place, readable or not."""
        self._placed = self._placed or placed
        self._block.append((values, shape))
        if len(self._block) >= _BLOCK:
            self._flush()

    def _flush(self) -> None:
        names = dict.fromkeys(chain.from_iterable(values for values, _ in self._block))
        if len(names) > self._limits.max_columns:
            raise Refusal("too_many_columns", limit=self._limits.max_columns)
        columns = {name: [values.get(name) for values, _ in self._block] for name in names}
        self._columns.add(columns, len(self._block))
        self._shapes.append(pa.array([shape for _, shape in self._block], pa.large_binary()))
        self._block = []

    def table(self, format_: str, *, without: frozenset[str] = frozenset(), **about: Any) -> Table:
        """Return all rows as a table, but for some columns."""
        self._flush()
        return Table(
            format=format_,
            columns={name: column for name, column in self._columns.finish().items() if name not in without},
            length=len(self),
            geometry=pa.chunked_array(self._shapes, pa.large_binary()) if self._placed else None,
            **about,
        )
