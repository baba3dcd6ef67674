"""Places of the region: its municipalities, towns around it, lines for its maps."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Point
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, kw_only=True)
class Municipality:
    """A town of the alliance. `code` in the region's scheme (AGS, 8 digits); geometry in metres."""

    code: str
    name: str
    county: str | None = None
    inhabitants: int | None = None
    inhabitants_as_of: str | None = None
    area_km2: float | None = None
    trade_tax_percent: int | None = None
    trade_tax_year: int | None = None
    website: str | None = None
    office: str | None = None
    geometry: BaseGeometry | None = None
    schematic: bool = True
    boundary_source: str | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """A town with inhabitants, in or around the region; `geometry` in metres."""

    id: str
    name: str
    inhabitants: int
    geometry: Point
    as_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class MapLine:
    """A schematic motorway or canal; `kind` is "motorway" or "canal", geometry in metres."""

    id: str
    kind: str
    name: str
    geometry: BaseGeometry
