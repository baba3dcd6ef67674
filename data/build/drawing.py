"""Shapes for the bundled inventories: circles of a documented area, believable plots, and their GeoJSON."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from shapely import affinity

from finder import crs

CORNERS = 48
"""Of a circle; its area is kept, not its radius."""


def circle(x: float, y: float, area_m2: float) -> shapely.Polygon:
    """Return a regular polygon of that area around a place, both in metres."""
    radius_m = math.sqrt(2 * area_m2 / (CORNERS * math.sin(2 * math.pi / CORNERS)))
    angles = [2 * math.pi * i / CORNERS for i in range(CORNERS)]
    return shapely.Polygon([(x + radius_m * math.cos(a), y + radius_m * math.sin(a)) for a in angles])


def geojson(shape: shapely.Geometry) -> dict[str, Any]:
    """Return a shape in metres as GeoJSON in degrees, to some 10 cm."""
    lonlat = shapely.transform(crs.to_lonlat(shape), lambda xy: np.round(xy, 6))
    geometry: dict[str, Any] = orjson.loads(shapely.to_geojson(lonlat))
    return geometry


def collection(features: Sequence[dict[str, Any]]) -> bytes:
    """Return a feature collection with a line for every feature, so that differences can be read."""
    lines = b",\n".join(orjson.dumps(feature) for feature in features)
    return b'{"type":"FeatureCollection","features":[\n' + lines + b"\n]}\n"


def plot(rng: random.Random, area_m2: float, bearing: float) -> shapely.Polygon:
    """Return a plot of that area around (0, 0), its long side at `bearing` degrees: four-sided, cut or L-shaped."""
    ratio = rng.uniform(1.1, 2.4)
    form = rng.choices(("four", "cut", "bent", "L"), (55, 14, 13, 18))[0]
    if form == "L":
        ratio = rng.uniform(1.0, 1.6)
    w, h = math.sqrt(ratio), 1 / math.sqrt(ratio)
    a, b = rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.55)
    ring = {
        "four": [(0, 0), (w, 0), (w, h), (0, h)],
        "cut": [(0, 0), (w, 0), (w, h * (1 - b)), (w * (1 - a), h), (0, h)],
        "bent": [(0, 0), (w * a, -h * 0.12), (w, 0), (w, h), (0, h)],
        "L": [(0, 0), (w, 0), (w, h * (1 - b)), (w * (1 - a), h * (1 - b)), (w * (1 - a), h), (0, h)],
    }[form]
    loose = 0.03 if form == "L" else 0.08
    shape = shapely.Polygon([(x + rng.uniform(-loose, loose) * w, y + rng.uniform(-loose, loose) * h) for x, y in ring])
    factor = math.sqrt(area_m2 / shape.area)
    shape = affinity.rotate(affinity.scale(shape, factor, factor), bearing, origin="centroid")
    return affinity.translate(shape, -shape.centroid.x, -shape.centroid.y)


def halves(shape: shapely.Polygon, gap_m: float, share: float) -> list[shapely.Polygon]:
    """Return the parts of a plot cut across its long side, the largest first, `gap_m` apart; 0: they share a side."""
    p, q, r, s = _long_side_first(shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape)))
    start, end = p + share * (q - p), s + share * (r - s)
    beyond = (end - start) / np.hypot(*(end - start)) * 10
    cut = shapely.LineString([start - beyond, end + beyond])
    if gap_m:
        parts = shapely.get_parts(shapely.difference(shape, shapely.buffer(cut, gap_m / 2, cap_style="flat")))
    else:
        parts = shapely.get_parts(
            shapely.polygonize(shapely.get_parts(shapely.node(shapely.union(shape.exterior, cut))))
        )
    return sorted(parts.tolist(), key=lambda part: -part.area)


def _long_side_first(corners: Any) -> tuple[Any, Any, Any, Any]:
    p, q, r, s = corners[:4]
    return (p, q, r, s) if np.hypot(*(q - p)) >= np.hypot(*(r - q)) else (q, r, s, p)
