"""The schematic areas of the towns, and what lies around them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from finder import crs


def areas(path: Path) -> shapely.Geometry:
    """Return the area of all towns, in metres."""
    features = orjson.loads(path.read_bytes())["features"]
    shapes = shapely.from_geojson([orjson.dumps(feature["geometry"]).decode() for feature in features])
    return shapely.union_all(crs.to_metric(shapes))


def within(region: shapely.Geometry, lon: Sequence[float], lat: Sequence[float], km: float) -> NDArray[np.bool_]:
    """Return which points lie in the region or at most so many kilometres from it."""
    shapely.prepare(region)
    near: NDArray[np.bool_] = shapely.dwithin(region, crs.points_to_metric(lon, lat), km * 1000)
    return near
