"""What a site reaches over the road network: ways to draw, areas within minutes, the people in them."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import LineString
from shapely.geometry.base import BaseGeometry

from finder.model.vocabulary import AccessKind, Method, Vehicle

ISOCHRONE_MIN = (10, 20, 30, 45, 60)
"""Minutes of the isochrones."""
CATCHMENT_MIN = (15, 30, 45, 60)
"""Minutes within which inhabitants are counted."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """The quickest way from a site to its nearest access point of one kind. `line` in metres (`finder.crs.METRIC`).

    `settlement_km` is what of it leads through built-up areas; None: the extract has no such areas.
    """

    kind: AccessKind
    vehicle: Vehicle
    point_id: str
    line: LineString
    km: float
    minutes: float
    settlement_km: float | None


@dataclass(frozen=True, kw_only=True)
class Isochrone:
    """The area in which every road is reached within so many minutes. `area` in metres (`finder.crs.METRIC`).

    `at_least`: it comes to the edge of the roads that are known, so that it may be larger.
    """

    vehicle: Vehicle
    minutes: int
    area: BaseGeometry
    at_least: bool = False


@dataclass(frozen=True, kw_only=True)
class Catchment:
    """People within so many minutes. None is not known; `basis` names whom was counted, as of when.

    `at_least`: what is known of people ends within these minutes, so that there may be more.
    """

    vehicle: Vehicle
    minutes: int
    inhabitants: int | None
    workforce: int | None
    method: Method
    basis: str
    as_of: str | None
    network_as_of: str | None = None
    at_least: bool = False


@dataclass(frozen=True, kw_only=True)
class Reachable:
    """Who reaches a place within some minutes over the road network as of `as_of`, by the keys of the sites.

    `unknown` are those on no part of the network from which ways are known; all others do not reach it in time.
    """

    within: tuple[int, ...]
    unknown: tuple[int, ...] = ()
    as_of: str | None = None
