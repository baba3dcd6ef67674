"""The region's own reference files in `data/`: ours, reviewed and described in `sources.toml`, so read directly."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from finder import crs, resources
from finder.model.access import AccessPoint
from finder.model.place import MapLine, Municipality, Place
from finder.model.vocabulary import AccessKind

INVENTORY = "inventory.geojson"
SAMPLE = "sample.geojson"


def path(name: str) -> Path:
    """Return where a bundled file lies."""
    return resources.DATA / name


def _rows(name: str) -> list[dict[str, str]]:
    with path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _points(rows: list[dict[str, str]]) -> Iterator[tuple[dict[str, str], shapely.Point]]:
    points = crs.points_to_metric([float(row["lon"]) for row in rows], [float(row["lat"]) for row in rows])
    return zip(rows, points.tolist(), strict=True)


def _features(name: str) -> list[tuple[dict[str, str], BaseGeometry]]:
    features = orjson.loads(path(name).read_bytes())["features"]
    shapes = crs.to_metric(shapely.from_geojson([orjson.dumps(f["geometry"]).decode() for f in features]))
    return [(f["properties"], shape) for f, shape in zip(features, shapes.tolist(), strict=True)]


def municipalities() -> list[Municipality]:
    """Return the towns of the alliance with their schematic areas."""
    areas = {properties["code"]: shape for properties, shape in _features("municipality_areas.geojson")}
    return [
        Municipality(
            code=row["code"],
            name=row["name"],
            county=row["county"] or None,
            inhabitants=int(row["inhabitants"]) if row["inhabitants"] else None,
            inhabitants_as_of=row["inhabitants_as_of"] or None,
            area_km2=float(row["area_km2"]) if row["area_km2"] else None,
            trade_tax_percent=int(row["trade_tax_percent"]) if row["trade_tax_percent"] else None,
            trade_tax_year=int(row["trade_tax_year"]) if row["trade_tax_year"] else None,
            geometry=areas.get(row["code"]),
            schematic=True,
        )
        for row in _rows("municipalities.csv")
    ]


def access_points() -> list[AccessPoint]:
    """Return junctions, stations, ports, airports and stops."""
    found = [
        AccessPoint(
            id=row["id"],
            kind=AccessKind(row["kind"]),
            name=row["name"],
            geometry=point,
            road=row["road"] or None,
            uncertainty_m=float(row["uncertainty_m"]) if row["uncertainty_m"] else None,
            as_of=row["as_of"] or None,
            source=row["source"] or None,
            note=row["note"] or None,
        )
        for row, point in _points(_rows("access_points.csv"))
    ]
    stops = resources.sources()["bus_stops.csv"]
    found += [
        AccessPoint(
            id=row["id"],
            kind=AccessKind.BUS_STOP,
            name=row["name"],
            geometry=point,
            as_of=str(stops["date"]) if stops.get("date") else None,
            source=stops["publisher"],
        )
        for row, point in _points(_rows("bus_stops.csv"))
    ]
    return found


def places() -> list[Place]:
    """Return towns in and around the region with their inhabitants."""
    return [
        Place(
            id=row["id"],
            name=row["name"],
            inhabitants=int(row["inhabitants"]),
            geometry=point,
            as_of=row["as_of"] or None,
        )
        for row, point in _points(_rows("places.csv"))
    ]


def lines() -> list[MapLine]:
    """Return the schematic motorways and canals."""
    return [
        MapLine(id=properties["id"], kind=properties["kind"], name=properties["name"], geometry=shape)
        for properties, shape in _features("lines.geojson")
    ]
