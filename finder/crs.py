"""The only door for coordinate reference systems: metres inside; longitude, latitude outside."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from finder import resources
from finder.errors import UnusableInput

LONLAT = 4326
"""EPSG code of what the web speaks: WGS 84, always longitude first here."""
METRIC: int = resources.region()["crs"]
"""EPSG code in metres of the region's data; all stored geometry and every measure is in it."""

Geometries = NDArray[np.object_]


_REACH_DEGREES = 20.0
# PROJ's own strings and those that WKT can carry name files; only the grid that is none is common (EPSG:3857)
_FILES = re.compile(r"PARAMETERFILE|(?:grids|file|model|init)\s*=\s*(?!@null[\s\"])", re.IGNORECASE)


@functools.lru_cache(maxsize=64)
def parse(text: str | int) -> pyproj.CRS:
    """Return the CRS named by an EPSG number, `EPSG:N` or WKT; refuse what PROJ does not know or has no map for."""
    named = str(text).strip()
    try:
        if ("=" in named and not named.endswith("]")) or named.startswith("{") or _FILES.search(named):
            raise ValueError(named)
        system = pyproj.CRS.from_user_input(int(named) if named.isdecimal() else named)
        if not (system.is_geographic or system.is_projected):  # heights, geocentric and local axes
            raise ValueError(named)
    except (pyproj.exceptions.CRSError, ValueError) as error:
        raise _not_known(named) from error
    return system


def _not_known(named: str) -> UnusableInput:
    shown = named[:80].encode("utf-8", "replace").decode()
    return UnusableInput("The coordinate reference system “%(crs)s” is not known.", crs=shown)


@functools.lru_cache(maxsize=64)
def _steps(source: str | int, target: str | int) -> tuple[pyproj.Transformer, ...]:
    """Return the way between two CRS: straight, over WGS 84 where only that has a shift between the datums, or roughly.

    Without grid files PROJ knows no way from the British grid to ETRS89 and would leave the shift out: 100 m.
    """
    for way in ((source, target), (source, LONLAT, target)):
        try:
            return tuple(
                pyproj.Transformer.from_crs(parse(a), parse(b), always_xy=True, allow_ballpark=False)
                for a, b in itertools.pairwise(way)
            )
        except pyproj.exceptions.ProjError:
            continue
    try:
        return (pyproj.Transformer.from_crs(parse(source), parse(target), always_xy=True),)
    except pyproj.exceptions.ProjError as error:
        raise _not_known(str(source)) from error


@functools.lru_cache(maxsize=64)
def is_rough(source: str | int, target: str | int = METRIC) -> bool:
    """Return whether the shift between two CRS is not known, so that places may be some hundred metres off."""
    return any("Ballpark" in step.description for step in _steps(source, target))


def transform(geometries: Any, source: str | int, target: str | int) -> Any:
    """Return shapely geometries (one or an array, None stays None) moved from one CRS to another.

    Straight from source to target where PROJ can: a detour over 4326 moves EPSG:31466 and 31467 by 1.2 m. Coordinates
    that PROJ cannot place become infinite; the checks of `finder.intake` find and reject them.
    """
    if parse(source) == parse(target):
        return geometries
    steps = _steps(source, target)

    def move(x: Any, y: Any) -> Any:
        for step in steps:
            x, y = step.transform(x, y)
        return x, y

    # the stubs know only the interleaved form of the function
    return shapely.transform(geometries, move, interleaved=False)  # type: ignore[arg-type]


def to_metric(geometries: Any, source: str | int = LONLAT) -> Any:
    """Return geometries in metres (`METRIC`)."""
    return transform(geometries, source, METRIC)


def to_lonlat(geometries: Any, source: str | int = METRIC) -> Any:
    """Return geometries in degrees, longitude first (`LONLAT`)."""
    return transform(geometries, source, LONLAT)


def points_to_metric(lon: Sequence[float], lat: Sequence[float]) -> Geometries:
    """Return metric points from longitudes and latitudes, shape (n,)."""
    points: Geometries = to_metric(shapely.points(np.asarray(lon, float), np.asarray(lat, float)))
    return points


@functools.cache
def reach() -> tuple[float, float, float, float]:
    """Return the box in degrees in which `METRIC` is trusted: its own area of use and some way around it."""
    area = parse(METRIC).area_of_use
    if area is None:
        return -180.0, -85.0, 180.0, 85.0
    return (
        max(area.west - _REACH_DEGREES, -180.0),
        max(area.south - _REACH_DEGREES, -85.0),
        min(area.east + _REACH_DEGREES, 180.0),
        min(area.north + _REACH_DEGREES, 85.0),
    )


def lonlat_box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a longitude/latitude box as a metric polygon, its edges dense enough to bend as the meridians do.

    What lies beyond `reach` is cut off; a box wholly beyond it is empty.
    """
    limits = reach()
    west, south, east, north = max(west, limits[0]), max(south, limits[1]), min(east, limits[2]), min(north, limits[3])
    if west > east or south > north:
        return shapely.Polygon()
    side = max(east - west, north - south)
    box = shapely.segmentize(shapely.box(west, south, east, north), min(side / 16, 0.25) or 1)
    polygon: shapely.Polygon = to_metric(box)
    return polygon


__all__ = [
    "LONLAT",
    "METRIC",
    "Geometries",
    "is_rough",
    "lonlat_box",
    "parse",
    "points_to_metric",
    "reach",
    "to_lonlat",
    "to_metric",
    "transform",
]
