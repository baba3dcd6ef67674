"""What a site can reach: kilometres and minutes to the nearest access point of every kind, and how they were made."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Point

from finder.model.vocabulary import AccessKind, Method, Obstacle, Vehicle


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
    """The nearest access point of one kind by one vehicle. `note` is what must be said of the point itself.

    `method` says how minutes came about, or kilometres where minutes are not known. Over the road network it is as of
    `network_as_of`, from a road `snap_m` beside the plot; `obstacle` says why a network gave no minutes.
    """

    kind: AccessKind
    vehicle: Vehicle
    point_id: str
    point_name: str
    road: str | None
    km: float
    minutes: float | None
    method: Method
    uncertainty_m: float | None
    as_of: str | None
    source: str | None
    note: str | None = None
    network_as_of: str | None = None
    snap_m: float | None = None
    obstacle: Obstacle | None = None

    @property
    def km_method(self) -> Method:
        """How the kilometres came about: along the road, or else by beeline."""
        return Method.NETWORK if self.method is Method.NETWORK else Method.BEELINE

    @property
    def minutes_method(self) -> Method | None:
        """How the minutes came about; None where they are not known."""
        return None if self.minutes is None else self.method


def km_name(kind: AccessKind, vehicle: Vehicle) -> str:
    """Return the attribute's name, as in `motorway_junction_truck_km`."""
    return f"{kind.value}_{vehicle.value}_km"


def min_name(kind: AccessKind, vehicle: Vehicle) -> str:
    """Return the attribute's name, as in `motorway_junction_truck_min`."""
    return f"{kind.value}_{vehicle.value}_min"


def method_name(kind: AccessKind, vehicle: Vehicle) -> str:
    """Return the name of how these figures came about, as in `motorway_junction_truck_method`."""
    return f"{kind.value}_{vehicle.value}_method"


def measured_name(kind: AccessKind) -> str:
    """Return the name of the measuring the kind's figures are from, as in `motorway_junction_measured`."""
    return f"{kind.value}_measured"


ACCESS_ATTRIBUTES: dict[str, tuple[AccessKind, Vehicle, str]] = {
    name(kind, vehicle): (kind, vehicle, unit)
    for kind in AccessKind
    for vehicle in Vehicle
    for name, unit in ((km_name, "km"), (min_name, "min"))
}
"""Every access attribute's name with its kind, vehicle and unit."""
