"""What one site reaches over the road network as GeoJSON (RFC 7946): its ways, and the areas within minutes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from finder import crs
from finder.exports.junctions import SOURCE
from finder.model.access import Access
from finder.model.reach import Isochrone, Route
from finder.model.vocabulary import Method

DECIMALS = 6
"""About ten centimetres: no road is known better."""
M2_PER_KM2 = 1e6


def routes(id_: str, ways: Sequence[Route], access: Iterable[Access], network_as_of: str | None) -> bytes:
    """Return the ways of the site `id_` as lines; `access` names the points they lead to."""
    names = {way.point_id: f"{way.road} {way.point_name}" if way.road else way.point_name for way in access}
    return _collection(
        [way.line for way in ways],
        [
            {
                "site": id_,
                "kind": way.kind.value,
                "vehicle": way.vehicle.value,
                "point_id": way.point_id,
                "point_name": names.get(way.point_id),
                "minutes": round(way.minutes, 1),
                "km": round(way.km, 3),
                "settlement_km": None if way.settlement_km is None else round(way.settlement_km, 3),
                "method": Method.NETWORK.value,
                "network_as_of": network_as_of,
                "source": SOURCE,
            }
            for way in ways
        ],
    )


def isochrones(id_: str, areas: Sequence[Isochrone], network_as_of: str | None) -> bytes:
    """Return the areas within minutes of the site `id_`, the farthest first, so that nearer ones lie on top."""
    known = sorted((one for one in areas if not one.area.is_empty), key=lambda one: (one.vehicle, -one.minutes))
    return _collection(
        [one.area for one in known],
        [
            {
                "site": id_,
                "vehicle": one.vehicle.value,
                "minutes": one.minutes,
                "area_km2": round(one.area.area / M2_PER_KM2, 2),
                "at_least": one.at_least,
                "method": Method.NETWORK.value,
                "network_as_of": network_as_of,
                "source": SOURCE,
            }
            for one in known
        ],
    )


def _collection(shapes: Sequence[BaseGeometry], properties: Sequence[Mapping[str, Any]]) -> bytes:
    """Return shapes in metres as features in degrees; outer rings run against the clock."""
    lonlat = crs.to_lonlat(list(shapes)) if shapes else []
    turned = shapely.orient_polygons(np.asarray(lonlat, dtype=object))
    texts = shapely.to_geojson(shapely.set_precision(turned, 10**-DECIMALS, mode="pointwise"))
    features = [
        {"type": "Feature", "geometry": orjson.Fragment(text), "properties": values}
        for text, values in zip(texts, properties, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})
