"""What became of a file of reference data: people, access points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from finder.model.people import Grid
from finder.model.record import Issue, Origin
from finder.model.vocabulary import AccessKind

Kinds = Mapping[AccessKind, int]


@dataclass(frozen=True, kw_only=True)
class PopulationReport:
    """What became of a census grid, or would: read = cells counted + unknown + far + rejected.

    `inside` are the inhabitants of cells whose middle lies in the region's municipalities, None where these have no
    areas; `schematic` whether some of these areas are. `measured` is of how many sites people were counted anew.
    """

    origin: Origin
    grid: Grid
    read: int
    rejected: int
    inside: int | None
    schematic: bool
    changed: bool
    stored: bool
    measured: int
    issues: tuple[Issue, ...]


@dataclass(frozen=True, kw_only=True)
class AccessReport:
    """What became of a file of access points, or would: read = the sum of `loaded` + rejected + far + others.

    `loaded`, `removed` and `total` are points by kind: of the file, those that had to go, all there are now. `changed`
    are the kinds of which there are others than before; `measured` of how many sites access was measured anew.
    """

    origin: Origin
    source: str
    system: str
    read: int
    rejected: int
    far: int
    others: int
    loaded: Kinds
    removed: Kinds
    total: Kinds
    changed: frozenset[AccessKind]
    measured: int
    stored: bool
    issues: tuple[Issue, ...]


@dataclass(frozen=True, kw_only=True)
class AccessWithdrawn:
    """What became of access points that were taken back; `returned` are the bundled ones that took their place."""

    source: str
    removed: Kinds
    returned: Kinds
    total: Kinds
    measured: int
    stored: bool
