"""What a reader hands over: raw columns as they stand in the file, with where they came from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Issue:
    """Something noticed about a file, a row or a value, and what was done. `message` is a message id for `params`."""

    rule: str
    action: str  # rejected | repaired | kept | noted
    message: str
    row: int | None = None  # as a person counts: the first data row or feature is 1
    field: str | None = None
    value: str | None = None
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Which file was read, and how."""

    name: str  # the file's own name, without a path
    format: str
    sha256: str
    size_bytes: int
    layer: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, kw_only=True)
class RawRecords:
    """A file as columns. All sequences have one length, the number of rows; values are str, float, int, bool, None,
    dates as ISO strings, and lists or dicts where the format nests them. `geometry` holds WKB or None, in `crs`
    (what the file says: a code, WKT or PROJJSON; None where it says nothing). `rows` are the file's own row numbers,
    from 1.
    """

    columns: Mapping[str, Sequence[object]]
    rows: Sequence[int]
    geometry: Sequence[bytes | None] | None
    crs: str | None
    origin: Origin
    issues: tuple[Issue, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, start: int, stop: int) -> RawRecords:
        """Return the rows from position `start` up to `stop`; what was noticed stays with the whole."""
        return dataclasses.replace(
            self,
            columns={name: values[start:stop] for name, values in self.columns.items()},
            rows=self.rows[start:stop],
            geometry=None if self.geometry is None else self.geometry[start:stop],
            issues=(),
        )
