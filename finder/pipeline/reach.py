"""What one site reaches over the road network, computed when it is asked for: ways to draw and areas within minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from finder.measures import access as measure
from finder.measures import isochrones
from finder.measures import reach as measured
from finder.measures.reach import Way
from finder.model.access import Access
from finder.model.reach import ISOCHRONE_MIN, Isochrone, Route
from finder.model.vocabulary import AccessKind, Method, Vehicle
from finder.pipeline.access import stops
from finder.roads import snapping
from finder.roads.arrays import Reals
from finder.roads.network import Network
from finder.roads.snapping import Stops
from finder.store import reference
from finder.store.database import Session
from finder.store.sites import Listed

_EDGE_M = 500.0
_SAME_KM, _SAME_MIN = 0.05, 0.02  # of ways that take the same time one or the other is found
_MORE_S = 1.0  # so that what was measured to lie just within the limit is found again


@dataclass(frozen=True)
class Reached:
    """What a vehicle reaches from a site; empty for a site that is not on the network."""

    routes: tuple[Route, ...] = ()
    isochrones: tuple[Isochrone, ...] = ()


def reach(session: Session, network: Network, listed: Listed, vehicle: Vehicle) -> Reached:
    """Return the ways to the access points that were measured to be nearest over this network, and the isochrones.

    Where access was measured over another network there are no ways: they would contradict the figures that are kept.
    """
    site = listed.site
    begin = measure.starts(pd.Series([site.geometry], dtype=object), pd.Series([site.geometry_quality]))
    place = snapping.snap(network, vehicle, begin.to_numpy(dtype=object))
    ways = [way for way in listed.access if way.vehicle is vehicle and way.method is Method.NETWORK]
    limit_min = max([*ISOCHRONE_MIN, *(way.minutes for way in ways if way.minutes is not None)])
    found = measured.reach(network, vehicle, place, limit_min * 60.0 + _MORE_S)
    if found is None:
        return Reached()
    routes = []
    for way in ways:
        line = measured.way_to(found, _ends(session, network, way))
        if line is None or not _as_measured(line, way):
            continue
        routes.append(
            Route(
                kind=way.kind,
                vehicle=vehicle,
                point_id=way.point_id,
                line=line.line,
                km=line.metres / 1000.0,
                minutes=line.seconds / 60.0,
                settlement_km=None if line.settlement_m is None else line.settlement_m / 1000.0,
            )
        )
    drawn = zip(ISOCHRONE_MIN, isochrones.areas(found, ISOCHRONE_MIN), strict=True)
    return Reached(
        routes=tuple(routes),
        isochrones=tuple(
            Isochrone(vehicle=vehicle, minutes=minutes, area=area, at_least=_at_edge(area, network))
            for minutes, area in drawn
        ),
    )


def _as_measured(line: Way, way: Access) -> bool:
    """Return whether a way is the one that was measured; it is not where that was over other roads than these."""
    near = abs(line.metres / 1000.0 - way.km) < _SAME_KM
    return near and way.minutes is not None and abs(line.seconds / 60.0 - way.minutes) < _SAME_MIN


def _at_edge(area: BaseGeometry, network: Network) -> bool:
    """Return whether an area comes so near to the edge of the network's extent that it may go on beyond it."""
    west, south, east, north = network.bounds
    return not shapely.box(west + _EDGE_M, south + _EDGE_M, east - _EDGE_M, north - _EDGE_M).covers(area)


def _ends(session: Session, network: Network, way: Access) -> Stops:
    """Return where the way to its point ends on the network."""
    if way.kind is not AccessKind.MOTORWAY_JUNCTION:
        return stops(network, way.vehicle, way.kind, reference.access_points_by_id(session, [way.point_id]))
    # a ramp is the nearest junction's: that takes all of them
    points = reference.access_points(session, [way.kind])
    ends = stops(network, way.vehicle, way.kind, points)
    own = np.array([points[number].id == way.point_id for number in ends.point.tolist()], dtype=bool)
    return Stops(ends.arc[own], ends.along[own], ends.point[own])


class MinutesTo:
    """Minutes from plots to the same many places over the road network; `on_network` tells which lie on it."""

    def __init__(self, network: Network, vehicle: Vehicle, places: NDArray[np.object_], limit_min: float) -> None:
        self._network, self._vehicle, self._limit_s = network, vehicle, limit_min * 60.0
        self._count = len(places)
        snaps = snapping.snap(network, vehicle, places)
        self.on_network: NDArray[np.bool_] = snaps.segment >= 0
        self._stops = snapping.arcs(network, vehicle, snaps)

    def __call__(self, plot: BaseGeometry) -> Reals | None:
        """Return minutes (inf beyond the limit or off the network), or None for a plot that is not on the network."""
        shape = np.array([plot], dtype=object)
        place = snapping.snap(self._network, self._vehicle, shape)
        found = measured.reach(self._network, self._vehicle, place, self._limit_s)
        if found is None:
            return None
        minutes = np.full(self._count, np.inf)
        seconds = measured.seconds_to(found, self._stops)
        minutes[: len(seconds)] = seconds / 60.0
        return minutes
