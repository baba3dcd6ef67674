"""Ways and areas of one site as GeoJSON: degrees, every figure with its method and date."""

from __future__ import annotations

import json
from typing import Any

import shapely
from shapely import LineString

from finder import crs
from finder.exports import reach
from finder.model.access import Access
from finder.model.reach import Isochrone, Route
from finder.model.vocabulary import AccessKind, Method, Vehicle
from tests import factories

WAY = LineString([factories.at(), factories.at(0, 900), factories.at(700, 900)])


def route(**known: Any) -> Route:
    given: dict[str, Any] = {
        "kind": AccessKind.MOTORWAY_JUNCTION,
        "vehicle": Vehicle.TRUCK,
        "point_id": "p",
        "line": WAY,
        "km": 1.60004,
        "minutes": 2.345,
        "settlement_km": None,
    }
    return Route(**(given | known))


def access() -> Access:
    return Access(
        kind=AccessKind.MOTORWAY_JUNCTION,
        vehicle=Vehicle.TRUCK,
        point_id="p",
        point_name="Musterkreuz",
        road="A 99",
        km=1.6,
        minutes=2.3,
        method=Method.NETWORK,
        uncertainty_m=None,
        as_of=None,
        source=None,
    )


def test_ways_say_all_that_is_known_of_them() -> None:
    whole = json.loads(
        reach.routes("T-1", [route(), route(point_id="q", settlement_km=0.25)], [access()], "2026-10-01")
    )
    assert set(whole) == {"type", "features"}
    first, second = whole["features"]
    assert first["properties"] == {
        "site": "T-1",
        "kind": "motorway_junction",
        "vehicle": "truck",
        "point_id": "p",
        "point_name": "A 99 Musterkreuz",
        "minutes": 2.3,
        "km": 1.6,
        "settlement_km": None,
        "method": "network",
        "network_as_of": "2026-10-01",
        "source": "OpenStreetMap contributors, ODbL",
    }
    assert (second["properties"]["point_name"], second["properties"]["settlement_km"]) == (None, 0.25)
    line = shapely.from_geojson(json.dumps(first["geometry"]))
    assert shapely.get_coordinates(line)[0, 0] < 8, "longitude first"
    assert crs.to_metric(line).hausdorff_distance(WAY) < 0.2


def test_areas_come_farthest_first_with_their_size() -> None:
    ring = factories.square(0, 0, 3000).difference(factories.square(1000, 1000, 500))
    given = [
        Isochrone(vehicle=Vehicle.TRUCK, minutes=10, area=factories.square(0, 0, 1000)),
        Isochrone(
            vehicle=Vehicle.TRUCK,
            minutes=20,
            area=shapely.MultiPolygon([ring.reverse(), factories.square(9000)]),
            at_least=True,
        ),
        Isochrone(vehicle=Vehicle.TRUCK, minutes=30, area=shapely.Polygon()),
        Isochrone(vehicle=Vehicle.CAR, minutes=10, area=factories.square(0, 0, 1000)),
    ]
    features = json.loads(reach.isochrones("T-1", given, None))["features"]
    assert [(f["properties"]["vehicle"], f["properties"]["minutes"]) for f in features] == [
        ("car", 10),
        ("truck", 20),
        ("truck", 10),
    ]
    assert features[1]["properties"] == {
        "site": "T-1",
        "vehicle": "truck",
        "minutes": 20,
        "area_km2": 8.79,
        "at_least": True,
        "method": "network",
        "network_as_of": None,
        "source": "OpenStreetMap contributors, ODbL",
    }
    for feature in features:
        for polygon in shapely.get_parts(shapely.from_geojson(json.dumps(feature["geometry"]))).tolist():
            assert shapely.is_ccw(polygon.exterior)
            assert not any(shapely.is_ccw(hole) for hole in polygon.interiors)


def test_nothing_reached_is_an_empty_collection() -> None:
    for text in (reach.routes("T-1", [], [], None), reach.isochrones("T-1", [], None)):
        assert json.loads(text) == {"type": "FeatureCollection", "features": []}
