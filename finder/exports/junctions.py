"""The motorway junctions of a road network as GeoJSON, as `finder load access` reads them."""

from __future__ import annotations

import re

import numpy as np
import orjson
import shapely

from finder import crs
from finder.model.query import fold
from finder.model.vocabulary import AccessKind, Vehicle
from finder.roads import snapping
from finder.roads.network import Junction, Network

DECIMALS = 6
SOURCE = "OpenStreetMap contributors, ODbL"
"""Whom data from an extract are owed to; its licence asks for this to be said."""


def with_ramps(network: Network) -> tuple[Junction, ...]:
    """Return the junctions by which one comes onto the motorway: others are exits only, or mere crossings of two."""
    places = np.array([shapely.Point(junction.xy) for junction in network.junctions], dtype=object)
    found = set(snapping.ramp_stops(network, Vehicle.CAR, places, np.zeros(len(places))).point.tolist())
    return tuple(junction for number, junction in enumerate(network.junctions) if number in found)


def collection(network: Network) -> bytes:
    """Return the junctions as points in degrees, each with the id, kind, name, road and date that are read again."""
    features = []
    taken: set[str] = set()
    for junction in with_ramps(network):
        lon, lat = shapely.get_coordinates(crs.to_lonlat(shapely.Point(junction.xy)))[0].round(DECIMALS).tolist()
        id_ = _id(junction, taken)
        properties = {
            "id": id_,
            "kind": AccessKind.MOTORWAY_JUNCTION.value,
            "name": junction.name,
            "road": junction.road,
            "as_of": network.as_of,
            "source": f"{SOURCE} ({network.name})",
        }
        geometry = {"type": "Point", "coordinates": [lon, lat]}
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    return orjson.dumps({"type": "FeatureCollection", "features": features}, option=orjson.OPT_INDENT_2)


def _id(junction: Junction, taken: set[str]) -> str:
    """Return an id of road and name, with a number where several have both."""
    words = re.sub("[^a-z0-9]+", "-", fold(f"{junction.road or ''} {junction.name}")).strip("-") or "junction"
    number, id_ = 1, words
    while id_ in taken:
        number += 1
        id_ = f"{words}-{number}"
    taken.add(id_)
    return id_
