"""What a site can reach: kilometres and minutes to the nearest access point of every kind, and how they were made."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Point

from finder.model.vocabulary import AccessKind, Method, Vehicle


@dataclass(frozen=True, kw_only=True)
class AccessPoint:
    """A junction, station, port … `geometry` in metres (`finder.crs.METRIC`). `road` as in "A 52"."""

    id: str
    kind: AccessKind
    name: str
    geometry: Point
    road: str | None = None
    uncertainty_m: float | None = None
    as_of: str | None = None
    source: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Access:
    """The nearest access point of one kind by one vehicle. `note` is what must be said of the point itself."""

    kind: AccessKind
    vehicle: Vehicle
    point_id: str
    point_name: str
    road: str | None
    km: float
    minutes: float | None
    km_method: Method
    minutes_method: Method | None
    uncertainty_m: float | None
    as_of: str | None
    source: str | None
    note: str | None = None


def km_name(kind: AccessKind, vehicle: Vehicle) -> str:
    """Return the attribute's name, as in `motorway_junction_truck_km`."""
    return f"{kind.value}_{vehicle.value}_km"


def min_name(kind: AccessKind, vehicle: Vehicle) -> str:
    """Return the attribute's name, as in `motorway_junction_truck_min`."""
    return f"{kind.value}_{vehicle.value}_min"


ACCESS_ATTRIBUTES: dict[str, tuple[AccessKind, Vehicle, str]] = {
    name(kind, vehicle): (kind, vehicle, unit)
    for kind in AccessKind
    for vehicle in Vehicle
    for name, unit in ((km_name, "km"), (min_name, "min"))
}
"""Every access attribute's name with its kind, vehicle and unit."""
