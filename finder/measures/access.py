"""Distance and time to the nearest access point, for all sites of a kind in one vectorised pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from finder.model.vocabulary import GeometryQuality, Vehicle

DETOUR = 1.3
"""Road kilometres per beeline kilometre: assumed, in the usual range of 1.2 to 1.4 for dense European road networks."""

SPEEDS_KM_H: dict[Vehicle, tuple[tuple[float, float], ...]] = {
    Vehicle.CAR: ((4.0, 35.0), (20.0, 60.0), (np.inf, 90.0)),
    Vehicle.TRUCK: ((4.0, 30.0), (20.0, 45.0), (np.inf, 65.0)),
}
"""Assumed mean speeds by band of road kilometres (up to 4, to 20, beyond): streets, then main roads, then motorway.

The truck stays below the legal 50 km/h in towns, 60 outside and 80 on motorways (§ 3 StVO). Figures made with these are
estimates and are labelled so wherever they are shown; a road network replaces them.
"""


@dataclass(frozen=True)
class Nearest:
    """The nearest access point of one kind for every site, all Series by site.

    `point` is the position in the given points (-1: there is none or the site has no place), `beeline_km` kilometres.
    """

    point: pd.Series[int]
    beeline_km: pd.Series[float]


def starts(geometry: pd.Series, quality: pd.Series) -> pd.Series:
    """Return where a way begins: the plot itself, or for an approximate outline the documented place (its centre)."""
    shapes = geometry.to_numpy(dtype=object)
    vague = (quality == GeometryQuality.APPROXIMATE).to_numpy(dtype=bool)
    return pd.Series(np.where(vague, shapely.centroid(shapes), shapes), index=geometry.index)


def nearest(sites: pd.Series, points: np.ndarray[tuple[int], np.dtype[np.object_]]) -> Nearest:
    """Return the nearest of `points` (metres) to every site's geometry (metres, None: without a place).

    The distance runs from the nearest edge of the plot; equal distances are settled by the order of `points`.
    """
    n = len(sites)
    position = np.full(n, -1, dtype=np.int64)
    km = np.full(n, np.nan)
    shapes = sites.to_numpy(dtype=object)
    placed = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    if len(points) and len(placed):
        tree = shapely.STRtree(points)
        (which, target), distance_m = tree.query_nearest(shapes[placed], return_distance=True, all_matches=True)
        order = np.lexsort((target, which))
        which, target, distance_m = which[order], target[order], distance_m[order]
        first = np.unique(which, return_index=True)[1]
        position[placed[which[first]]] = target[first]
        km[placed[which[first]]] = distance_m[first] / 1000.0
    return Nearest(pd.Series(position, index=sites.index), pd.Series(km, index=sites.index))


def estimated_min(beeline_km: pd.Series, vehicle: Vehicle) -> pd.Series:
    """Return estimated minutes from beeline kilometres: `DETOUR` and the banded `SPEEDS_KM_H`; NaN stays NaN."""
    road_km = beeline_km.to_numpy(dtype=float) * DETOUR
    minutes = np.zeros_like(road_km)
    lower = 0.0
    for upper, speed_km_h in SPEEDS_KM_H[vehicle]:
        minutes += np.clip(road_km - lower, 0.0, upper - lower) / speed_km_h * 60.0
        lower = upper
    return pd.Series(minutes, index=beeline_km.index)


def estimated_reach_km(minutes: float, vehicle: Vehicle) -> float:
    """Return the beeline kilometres whose `estimated_min` is `minutes` (≥ 0): what lies closer takes less."""
    road_km, left_min = 0.0, minutes
    lower = 0.0
    for upper, speed_km_h in SPEEDS_KM_H[vehicle]:
        km = min(upper - lower, max(left_min, 0.0) / 60.0 * speed_km_h)
        road_km += km
        left_min -= km / speed_km_h * 60.0
        lower = upper
    return road_km / DETOUR
