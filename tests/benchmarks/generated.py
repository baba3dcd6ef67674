"""A large inventory from a seed: fictional plots all over the region with realistic gaps, as a frame or as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyogrio
import shapely

from finder import crs, resources
from finder.model.access import AccessPoint
from finder.model.site import Provenance, Restriction
from finder.model.vocabulary import (
    AccessKind,
    Availability,
    DistanceClass,
    Labelled,
    Ownership,
    PlanStatus,
    RailSiding,
    RestrictionKind,
    SaleForm,
    Servicing,
    Severity,
    Status,
    Zoning,
)
from tests import factories

POINTS = {
    AccessKind.MOTORWAY_JUNCTION: 90,
    AccessKind.FEDERAL_ROAD: 120,
    AccessKind.RAIL_STATION: 60,
    AccessKind.RAIL_FREIGHT: 30,
    AccessKind.INLAND_PORT: 20,
    AccessKind.AIRPORT: 8,
    AccessKind.BUS_STOP: 3000,
}
"""About as many access points of each kind as a region of a million people has."""


def sites(n: int, seed: int = 1, *, apart: bool = False) -> pd.DataFrame:
    """Return n sites as the intake hands them to the store.

    They lie anywhere, one in twenty a point, one without a place; or `apart`, all polygons, as a survey has them.
    """
    dice = np.random.default_rng(seed)
    numbers = range(1, n + 1)
    outlines = _outlines(dice, n, *(_grid(n) if apart else (None, np.inf)))
    area = np.round(np.where(shapely.area(outlines) > 0, shapely.area(outlines), np.nan), 1)
    columns: dict[str, Any] = {
        "source": ["Musterverzeichnis"] * n,
        "source_id": [f"M-{i:06}" for i in numbers],
        "name": [f"Musterfläche {i:06}" for i in numbers],
        "municipality": _pick(dice, n, list(factories.TOWNS), 0.0),
        "status": _pick(dice, n, [str(s) for s in (*[Status.PUBLISHED] * 8, Status.RESERVED, Status.DRAFT)], 0.0),
        "provenance": _pick(dice, n, [{"*": Provenance(source="Muster", as_of=f"20{y}")} for y in range(18, 26)], 0.0),
        "address": _pick(dice, n, [f"Musterstraße {i}" for i in range(1, 400)], 0.4),
        "estate": _pick(dice, n, [f"Gewerbepark {i}" for i in range(1, 80)], 0.6),
        "geometry": outlines,
        "area_m2": area,
        "stated_area_m2": _gaps(dice, np.round(area, -2), 0.3),
        "available_area_m2": _gaps(dice, np.round(area * dice.uniform(0.3, 1.0, n), -2), 0.5),
        "divisible_from_m2": _gaps(dice, np.round(area * dice.uniform(0.1, 0.9, n), -2), 0.7),
        "zoning": _pick(
            dice, n, [(Zoning.GE,), (Zoning.GI,), (Zoning.GI, Zoning.GE), (Zoning.GEE,), (Zoning.MI,)], 0.25
        ),
        "plan_status": _codes(dice, n, PlanStatus, 0.2),
        "plan_name": _pick(dice, n, [f"Nr. {i}" for i in range(1, 900)], 0.5),
        "grz": _gaps(dice, np.round(dice.uniform(0.4, 0.8, n), 1), 0.4),
        "distance_class": _codes(dice, n, DistanceClass, 0.6),
        "operation_24h": _pick(dice, n, [True, False], 0.6),
        "restrictions": _pick(dice, n, _restrictions(), 0.5),
        "price_eur_m2": _gaps(dice, np.round(dice.uniform(25, 240, n)), 0.55),
        "sale_form": _pick(dice, n, [(SaleForm.SALE,), (SaleForm.SALE, SaleForm.LEASEHOLD), ()], 0.5),
        "ownership": _codes(dice, n, Ownership, 0.3),
        "availability": _codes(dice, n, Availability, 0.3),
        "available_from": _pick(dice, n, [dt.date(year, 4, 1) for year in range(2024, 2032)], 0.6),
        "verified_on": _pick(dice, n, [factories.TODAY - dt.timedelta(days=d) for d in range(0, 720, 9)], 0.5),
        "servicing": _codes(dice, n, Servicing, 0.3),
        "power_mva": _gaps(dice, np.round(dice.exponential(6.0, n), 1), 0.7),
        "fibre": _pick(dice, n, [True, False], 0.5),
        "rail_siding": _codes(dice, n, RailSiding, 0.5),
        "quay": _pick(dice, n, [True, False, False, False], 0.4),
        "sectors": _pick(dice, n, [("logistics",), ("crafts", "offices"), ("new_chemistry", "logistics")], 0.5),
        "note": _pick(dice, n, [f"Bemerkung {i}: Zufahrt von Norden, Teilfläche verpachtet." for i in range(500)], 0.5),
    }
    index = pd.RangeIndex(1, n + 1)
    numeric = {name for name, values in columns.items() if getattr(values, "dtype", None) == np.float64}
    return pd.DataFrame(
        {
            name: pd.Series(values, index=index, dtype="float64" if name in numeric else object)
            for name, values in columns.items()
        }
    )


def access_points(seed: int = 2) -> list[AccessPoint]:
    """Return access points of every kind over the region."""
    dice = np.random.default_rng(seed)
    return [
        factories.access_point(kind, id=f"{kind.value}-{i}", name=f"Punkt {i}", geometry=shapely.Point(x, y))
        for kind, count in POINTS.items()
        for i, (x, y) in enumerate(_spread(dice, count).tolist())
    ]


def write_geojson(frame: pd.DataFrame, path: Path) -> None:
    """Write the frame as a supplier would: GeoJSON in degrees, empty where nothing is known."""
    shapes = shapely.to_geojson(crs.to_lonlat(frame["geometry"].to_numpy(dtype=object)))
    rest = _told(frame)
    rest = rest.astype(object).where(rest.notna(), None)
    with path.open("wb") as file:
        file.write(b'{"type":"FeatureCollection","features":[\n')
        for i, (shape, row) in enumerate(zip(shapes.tolist(), rest.to_dict("records"), strict=True)):
            feature = {"type": "Feature", "geometry": shape and orjson.Fragment(shape), "properties": row}
            file.write((b",\n" if i else b"") + orjson.dumps(feature))
        file.write(b"\n]}\n")


def write_geopackage(frame: pd.DataFrame, path: Path) -> None:
    """Write the frame as a supplier would: a GeoPackage in metres, lists as texts, empty where nothing is known."""
    rest = _told(frame)
    for name in rest.columns:
        if any(isinstance(value, tuple) for value in rest[name]):
            rest[name] = [value if value is None else "; ".join(value) for value in rest[name]]
    rows = gpd.GeoDataFrame(rest, geometry=frame["geometry"].to_numpy(dtype=object), crs=crs.METRIC)
    pyogrio.write_dataframe(rows, path, driver="GPKG", layer="sites")


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what a supplier tells: no geometry, nothing measured, no nested facts."""
    return frame.drop(columns=["geometry", "area_m2", "provenance", "restrictions"])


def _spread(dice: np.random.Generator, n: int) -> np.ndarray[Any, Any]:
    west, south, east, north = crs.lonlat_box(*resources.region()["box"]).buffer(-3000).bounds
    return np.column_stack((dice.uniform(west, east, n), dice.uniform(south, north, n)))


def _grid(n: int) -> tuple[np.ndarray[Any, Any], float]:
    """Return the centres of n cells that fill the region, and the radius within which their plots do not meet."""
    west, south, east, north = crs.lonlat_box(*resources.region()["box"]).buffer(-3000).bounds
    side = np.sqrt((east - west) * (north - south) / n) * 0.99
    columns = int((east - west) // side)
    row, column = np.divmod(np.arange(n), columns)
    return np.column_stack((west + (column + 0.5) * side, south + (row + 0.5) * side)), side / 2


def _outlines(
    dice: np.random.Generator, n: int, centres: np.ndarray[Any, Any] | None, most: float
) -> np.ndarray[Any, Any]:
    """Return star-shaped polygons of 5 to 12 corners, median 2 ha if `most` metres of radius leave them that."""
    centre = _spread(dice, n) if centres is None else centres
    radius = np.minimum(np.sqrt(np.clip(dice.lognormal(np.log(20_000), 1.1, n), 500, 2_000_000) / 2.2), most)
    corners = dice.integers(5, 13, n)
    of = np.repeat(np.arange(n), corners)
    step = np.arange(len(of)) - np.repeat(np.cumsum(corners) - corners, corners)
    angle = 2 * np.pi * (step + dice.uniform(-0.3, 0.3, len(of))) / corners[of]
    length = radius[of] * dice.uniform(0.6, 1.0, len(of))
    ring = centre[of] + np.column_stack((np.cos(angle), np.sin(angle))) * length[:, None]
    outlines = shapely.polygons(shapely.linearrings(ring, indices=of))
    if centres is not None:
        return outlines
    lot = dice.uniform(0, 1, n)
    outlines[lot < 0.1] = shapely.points(centre[lot < 0.1])
    outlines[lot < 0.05] = None
    return outlines


def _pick(dice: np.random.Generator, n: int, values: Sequence[Any], unknown: float) -> list[Any]:
    chosen = dice.integers(0, len(values), n).tolist()
    gap = (dice.uniform(0, 1, n) < unknown).tolist()
    return [None if missing else values[i] for i, missing in zip(chosen, gap, strict=True)]


def _codes(dice: np.random.Generator, n: int, choices: type[Labelled], unknown: float) -> list[Any]:
    return _pick(dice, n, list(choices), unknown)


def _gaps(dice: np.random.Generator, values: np.ndarray[Any, Any], unknown: float) -> np.ndarray[Any, Any]:
    return np.where(dice.uniform(0, 1, len(values)) < unknown, np.nan, values)


def _restrictions() -> list[tuple[Restriction, ...]]:
    one = [(Restriction(kind=k, severity=s, as_of="2024"),) for k in RestrictionKind for s in (*Severity, None)]
    return [(), *one, *((a[0], b[0]) for a, b in zip(one[::3], one[1::3], strict=False))]
