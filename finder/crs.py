"""The only door for coordinate reference systems: metres inside; longitude, latitude outside."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
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
    """Return the CRS named by an EPSG number, `EPSG:N`, WKT or PROJJSON.

    What PROJ does not know or has no map for is refused, and what names files.
    """
    named = str(text).strip()
    try:
        if named.startswith("{"):
            named = _from_json(named).to_wkt()
        if ("=" in named and not named.endswith("]")) or _FILES.search(named):
            raise ValueError(named)
        system = pyproj.CRS.from_user_input(int(named) if named.isdecimal() else named)
        if not (system.is_geographic or system.is_projected):  # heights, geocentric and local axes
            raise ValueError(named)
    except (pyproj.exceptions.CRSError, ValueError) as error:
        raise _not_known(named) from error
    return system


def _from_json(text: str) -> pyproj.CRS:
    """Return the CRS of PROJJSON that defines a map by numbers alone."""
    try:
        said = json.loads(text)
        named = said["type"] in ("GeographicCRS", "ProjectedCRS")
        parameters = said["conversion"].get("parameters", []) if said["type"] == "ProjectedCRS" else []
        if not named or not all(isinstance(parameter["value"], int | float) for parameter in parameters):
            raise ValueError(text)
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(text) from error
    return pyproj.CRS.from_json_dict(said)


def _not_known(named: str) -> UnusableInput:
    shown = named[:80].encode("utf-8", "replace").decode()
    return UnusableInput("The coordinate reference system “%(crs)s” is not known.", crs=shown)


# -- names in GML -----------------------------------------------------------------------------------------------------

# by these the registry's own order of axes holds, …
_REGISTRY = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs(?:,crs)?:EPSG:[\w.]*:|https?://(?:www\.)?opengis\.net/def/crs/EPSG/[\w.]+/)([0-9]{4,6})"
    r"(?:,crs:EPSG:[\w.]*:[0-9]+)*",
    re.IGNORECASE,
)
# … and by these x first
_PLAIN = re.compile(r"(?:EPSG:|https?://(?:www\.)?opengis\.net/gml/srs/epsg\.xml#)?([0-9]{4,6})", re.IGNORECASE)
_CRS84 = re.compile(
    r"(?:(?:OGC|CRS):|urn:(?:x-)?ogc:def:crs:OGC:[\w.]*:|https?://(?:www\.)?opengis\.net/def/crs/OGC/[\w.]+/)(?:CRS)?84",
    re.IGNORECASE,
)
# of the German surveying offices: a region's own realisation may follow, and a system of heights after an asterisk
_ADV = re.compile(r"(?:urn:adv:crs:)?([\w-]+?)(?:_[A-Z]{2}[0-9]{3})?(?:\*[\w-]+)?", re.IGNORECASE)
_ADV_CODES = {
    **{f"etrs89_utm{zone}": 25800 + zone for zone in (31, 32, 33)},
    **{f"de_dhdn_3gk{zone}": 31464 + zone for zone in (2, 3, 4, 5)},
    **{f"de_42-83_3gk{zone}": 2394 + zone for zone in (3, 4, 5)},
    **{f"de_pd-83_3gk{zone}": 3393 + zone for zone in (3, 4)},
    **{f"de_rd-83_3gk{zone}": 3394 + zone for zone in (4, 5)},
}
_ADV_DEGREES = {"etrs89": 4258, "wgs84": LONLAT, "de_dhdn": 4314}  # latitude first, as their names say
_MARGIN_DEGREES = 2.0


@dataclass(frozen=True)
class Named:
    """What a name means: a system for `parse`, and whether coordinates should stand there north (latitude) first."""

    system: str
    north_first: bool


def named(name: str) -> Named | None:
    """Return what the name of a reference system in a GML file means, None where it is not known."""
    if match := _REGISTRY.fullmatch(name):
        return _known(match[1], registry=True)
    if match := _PLAIN.fullmatch(name):
        return _known(match[1])
    if _CRS84.fullmatch(name):
        return _known(LONLAT)
    if match := _ADV.fullmatch(name):
        said = match[1].casefold()
        datum, _, rest = said.partition("_lat-lon")
        if rest in ("", "-h") and datum != said and datum in _ADV_DEGREES:
            return _known(_ADV_DEGREES[datum], registry=True)
        if said in _ADV_CODES:
            return _known(_ADV_CODES[said])
    return None


def _known(code: str | int, *, registry: bool = False) -> Named | None:
    try:
        axes = parse(code).axis_info
    except UnusableInput:
        return None
    return Named(f"EPSG:{code}", registry and [axis.direction for axis in axes[:2]] == ["north", "east"])


def is_north_first(meant: Named, places: Any) -> bool:
    """Return whether a sample of places, shape (n, 2) and as they stand there, has north (latitude) first.

    Many write the order that is common in their country, whatever the registry says. Where the system is used tells:
    if more of the places lie there by the other order than by the one meant, they stand in the other one.
    """
    area = parse(meant.system).area_of_use
    if area is None or area.west > area.east:
        return meant.north_first
    box = (area.west, area.south, area.east, area.north)
    near = shapely.box(*box).buffer(_MARGIN_DEGREES, join_style="mitre")
    shapely.prepare(near)

    def inside(xy: Any) -> int:
        return int(shapely.covers(near, to_lonlat(shapely.points(xy), meant.system)).sum())

    finite = np.asarray(places, dtype=float).reshape(-1, 2)
    finite = finite[np.isfinite(finite).all(axis=1)]
    east_first, north_first = inside(finite), inside(finite[:, ::-1])
    return meant.north_first if east_first == north_first else north_first > east_first


# -- from one to another ----------------------------------------------------------------------------------------------


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


def ground_m(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return metres on the ellipsoid between places in degrees, both (n, 2): on no map's scale."""
    return np.asarray(pyproj.Geod(ellps="GRS80").inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2], dtype=float)


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


@functools.cache
def region() -> shapely.Polygon:
    """Return the box in which the region lies, in metres."""
    box = lonlat_box(*resources.region()["box"])
    shapely.prepare(box)
    return box


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
    "Named",
    "ground_m",
    "is_north_first",
    "is_rough",
    "lonlat_box",
    "named",
    "parse",
    "points_to_metric",
    "reach",
    "to_lonlat",
    "to_metric",
    "transform",
]
