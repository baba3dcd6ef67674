"""What a delivery did, or would do, to the sites it names: told field by field, in the model's words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from finder.model.record import Issue, Origin

ROW_COLUMN, REASONS_COLUMN, PLACE_COLUMN = "_row", "_reasons", "_geometry"
"""What rejected rows get added when they are written out: their number in the file they come from, why they were
rejected, and in tables their place as EWKT. Where they come back, the first two say nothing new."""


class Kind(StrEnum):
    """What became of a site."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A place in a few words, so that many can be told: its kind, how many corners, and where its middle lies (m)."""

    kind: str
    corners: int
    x: float
    y: float

    @classmethod
    def of(cls, shape: BaseGeometry) -> Outline:
        """Return the words for a shape that is not empty."""
        middle = shape.centroid
        # a ring comes back to its first corner
        corners = int(shapely.get_num_coordinates(shape)) - len(shapely.get_rings(shape))
        return cls(kind=shape.geom_type, corners=corners, x=round(middle.x, 2), y=round(middle.y, 2))


@dataclass(frozen=True, kw_only=True)
class Change:
    """A field's value before and after; None is not known."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A field that was edited at the desk and stays so, although the file states something else."""

    field: str
    kept: Any
    delivered: Any
    actor: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one site that the file names."""

    kind: Kind
    row: int
    id: str
    name: str
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A row that was not let in, with every reason. Key and name are the file's own, None where it gives none."""

    row: int
    key: str | None
    name: str | None
    reasons: tuple[Issue, ...]


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A site of the file's sources that the file no longer names: proposed for withdrawal, since when."""

    id: str
    name: str
    since: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a file, or would. read = new + changed + unchanged + rejected; repaired counts rows of the stored.

    `crs` is the coordinate reference system as the file was read, `chosen` says why this profile was taken where none
    was asked for. `outcomes` tells of the new, the changed and those with conflicts, as many as are told one by one.
    """

    origin: Origin
    crs: str | None
    profile: str
    chosen: Issue | None
    at: dt.datetime
    dry_run: bool
    partial: bool
    stored: bool
    read: int
    new: int
    changed: int
    unchanged: int
    repaired: int
    conflicts: int
    outcomes: tuple[Outcome, ...]
    rejections: tuple[Rejected, ...]
    missing: tuple[Missing, ...]
    issues: tuple[Issue, ...]

    @property
    def rejected(self) -> int:
        """How many rows were not let in."""
        return len(self.rejections)

    @property
    def untold(self) -> int:
        """How many new and changed sites are only counted."""
        return self.new + self.changed - sum(one.kind is not Kind.UNCHANGED for one in self.outcomes)


def summary(report: Report) -> dict[str, int]:
    """Return the report's counts in the order they are printed."""
    return {
        "read": report.read,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "repaired": report.repaired,
        "rejected": report.rejected,
        "missing": len(report.missing),
        "conflicts": report.conflicts,
    }
