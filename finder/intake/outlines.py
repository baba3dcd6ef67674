"""What can be wrong with a place: tests and repairs on whole columns of geometries in metres."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from finder import crs

Geometries = NDArray[np.object_]
Mask = NDArray[np.bool_]

LARGEST_CHANGE = 0.001
"""A repair may change the area by 0.1 %; more, and nobody knows what was meant."""
FARTHEST_M = 1e8
SMALLEST_M2 = 1.0
SPIKE_DEGREES = 0.5
SPIKE_M = 10.0
_POINT, _POLYGON, _MULTIPOINT, _MULTIPOLYGON, _COLLECTION = 0, 3, 4, 6, 7


def is_polygon(geometry: Geometries) -> Mask:
    """Return whether each is a polygon or multipolygon."""
    mask: Mask = np.isin(shapely.get_type_id(geometry), (_POLYGON, _MULTIPOLYGON))
    return mask


def is_point(geometry: Geometries) -> Mask:
    """Return whether each is a point."""
    mask: Mask = shapely.get_type_id(geometry) == _POINT
    return mask


def not_finite(geometry: Geometries) -> Mask:
    """Return whether a coordinate is NaN, infinite or farther away than any place on earth."""
    coordinates, index = shapely.get_coordinates(geometry, return_index=True)
    mask = np.zeros(len(geometry), dtype=bool)
    mask[index[~(np.abs(coordinates) < FARTHEST_M).all(axis=1)]] = True
    return mask


def empty(geometry: Geometries) -> Mask:
    """Return whether each is a geometry without coordinates."""
    mask: Mask = shapely.is_empty(geometry)
    return mask


def other_kind(geometry: Geometries) -> Mask:
    """Return whether each is something but a point, polygon or multipolygon."""
    mask: Mask = ~(shapely.is_missing(geometry) | is_point(geometry) | is_polygon(geometry))
    return mask


def single_kind(geometry: BaseGeometry) -> BaseGeometry | None:
    """Return a collection's only point, or its polygons when it holds nothing else; None when it stays a mixture."""
    kind = shapely.get_type_id(geometry)
    if kind not in (_MULTIPOINT, _COLLECTION):
        return None
    parts = shapely.get_parts(geometry)
    if len(parts) == 1 and shapely.get_type_id(parts[0]) in (_POINT, _POLYGON, _MULTIPOLYGON):
        only: BaseGeometry = parts[0]
        return only
    if kind == _COLLECTION and len(parts) and is_polygon(parts).all():
        joined: BaseGeometry = shapely.multipolygons(_polygons(parts))
        return joined
    return None


def _polygons(parts: Any) -> Any:
    return shapely.get_parts(parts)


def invalid(geometry: Geometries) -> Mask:
    """Return whether a polygon breaks the rules of simple features: bow-ties, zero-width spikes, holes outside."""
    mask: Mask = is_polygon(geometry)
    mask[mask] = ~shapely.is_valid(geometry[mask])
    return mask


def valid_again(geometry: BaseGeometry) -> tuple[BaseGeometry | None, float]:
    """Return (the repaired polygon, the share its area changed by); None where the change is above `LARGEST_CHANGE`."""
    before = float(shapely.area(geometry))
    repaired = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(repaired))
    parts = parts[shapely.get_type_id(parts) == _POLYGON]
    whole: BaseGeometry = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    if not shapely.is_valid(whole):  # GEOS leaves neighbours with a common edge
        whole = shapely.union_all(parts)
    after = float(shapely.area(whole))
    if after == 0:
        return None, 1.0
    change = abs(after - before) / max(after, before)
    return (whole if change <= LARGEST_CHANGE and shapely.is_valid(whole) else None), change


def without_area(geometry: Geometries) -> Mask:
    """Return whether a polygon covers less than `SMALLEST_M2`."""
    mask: Mask = is_polygon(geometry)
    mask[mask] = shapely.area(geometry[mask]) < SMALLEST_M2
    return mask


def spikes(geometry: Geometries) -> Mask:
    """Return whether a polygon's outline runs out and back in a needle: a vertex under 0.5° with sides over 10 m."""
    mask = np.zeros(len(geometry), dtype=bool)
    positions = np.flatnonzero(is_polygon(geometry))
    polygons, site = shapely.get_parts(geometry[positions], return_index=True)
    rings, owner = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(xy):
        return mask
    # A ring repeats its first point at the end: within a ring every vertex but the last has its neighbours beside it.
    first = np.r_[True, ring[1:] != ring[:-1]]
    last = np.r_[first[1:], True]
    before = np.arange(len(xy)) - 1
    before[first] = np.flatnonzero(last) - 1
    index = np.flatnonzero(~last)
    back, ahead = xy[before[index]] - xy[index], xy[index + 1] - xy[index]
    length_back, length_ahead = np.hypot(*back.T), np.hypot(*ahead.T)
    long = (length_back > SPIKE_M) & (length_ahead > SPIKE_M)
    cosine = np.einsum("ij,ij->i", back[long], ahead[long]) / (length_back[long] * length_ahead[long])
    sharp = index[long][cosine > np.cos(np.radians(SPIKE_DEGREES))]
    mask[positions[site[owner[ring[sharp]]]]] = True
    return mask


def outside(geometry: Geometries, area: BaseGeometry) -> Mask:
    """Return whether each lies, wholly or in part, outside the area."""
    mask: Mask = ~shapely.is_missing(geometry)
    shapely.prepare(area)
    mask[mask] = ~shapely.covers(area, geometry[mask])
    return mask


def swapped(geometry: Geometries, area: BaseGeometry) -> Geometries:
    """Return for each geometry outside the area the same with swapped axes, if that lies in the area; else None.

    Tried are longitude and latitude in each other's place and the metric axes in each other's.
    """
    out = np.full(len(geometry), None, dtype=object)
    tried = np.flatnonzero(outside(geometry, area))
    if not tried.size:
        return out
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for turned in (_turned_degrees(geometry[tried]), _turned(geometry[tried])):
            good = ~not_finite(turned)
            good[good] = ~outside(turned[good], area)
            out[tried[good]] = turned[good]
    return out


def _turned(geometry: Geometries) -> Geometries:
    turned: Geometries = shapely.transform(geometry, lambda xy: xy[:, ::-1])
    return turned


def _turned_degrees(geometry: Geometries) -> Geometries:
    turned: Geometries = crs.to_metric(_turned(crs.to_lonlat(geometry)))
    return turned
