"""Make municipality_areas.geojson: schematic town areas from the stops that carry a town's name.

A place belongs to the town whose stop is nearest (the stops' Voronoi cells, on a grid), the distance to a town's stops
being stretched or shrunk by one factor a town until its area is the official one: woods and fields without stops would
else all go to the neighbour who has a stop there. The borders are then smoothed, shared ones staying shared.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import orjson
import shapely
import stops
from numpy.typing import NDArray

from finder import crs

Shapes = NDArray[np.object_]

GRID_M = 150.0
MARGIN_M = 8000.0
"""How far the grid reaches beyond the towns' own stops."""
ROUNDS = 60
SIMPLIFY_M = 600.0
"""Side of the smallest triangle a border keeps (Visvalingam-Whyatt)."""
CUTS = 2
"""How often the corners are cut."""


def places(found: list[stops.Stop]) -> dict[str, Shapes]:
    """Return the places of every town's stops, in metres."""
    by_town: dict[str, set[tuple[float, float]]] = defaultdict(set)
    for stop in found:
        if stop.town:
            by_town[stop.town].add((stop.lon, stop.lat))
    return {
        town: crs.points_to_metric([lon for lon, _ in sorted(at)], [lat for _, lat in sorted(at)])
        for town, at in sorted(by_town.items())
    }


def grid(towns: dict[str, Shapes], area_km2: dict[str, float]) -> tuple[Shapes, NDArray[np.float64], list[str]]:
    """Return the squares around the towns, the metres from each to the nearest stop of each town, and their names."""
    bounds = shapely.total_bounds(np.concatenate([towns[town] for town in area_km2]))
    west, south, east, north = np.round((bounds + np.array([-1, -1, 1, 1]) * MARGIN_M) / GRID_M) * GRID_M
    # towns without a stop on the grid cannot be neighbours; there is no point in asking for them
    near = [town for town, at in towns.items() if shapely.intersects(shapely.box(west, south, east, north), at).any()]
    x, y = (a.ravel() for a in np.meshgrid(np.arange(west, east, GRID_M), np.arange(south, north, GRID_M)))
    squares = shapely.box(x, y, x + GRID_M, y + GRID_M)
    middles = shapely.points(x + GRID_M / 2, y + GRID_M / 2)
    distance_m = [shapely.distance(middles, towns[t][shapely.STRtree(towns[t]).nearest(middles)]) for t in near]
    return squares, np.array(distance_m), near


def nearest(distance_m: NDArray[np.float64], names: list[str], area_km2: dict[str, float]) -> NDArray[np.intp]:
    """Return the number of each square's town, factors found so that the towns get their official areas."""
    ours = np.array([names.index(town) for town in area_km2])
    wanted = np.array(list(area_km2.values()))
    factor = np.ones(len(names))
    for _ in range(ROUNDS):
        town = np.argmin(distance_m * factor[:, None], axis=0)
        got = np.bincount(town, minlength=len(names))[ours] * GRID_M**2 / 1e6
        factor[ours] *= (got / wanted) ** 0.25
    return town


def whole(areas: Shapes) -> Shapes:
    """Return the areas in one piece each: an island goes to the town around it that it has the longest border with."""
    while (shapely.get_num_geometries(areas) > 1).any():
        parts, owner = shapely.get_parts(areas, return_index=True)
        size = shapely.area(parts)
        # only a town's main part takes islands, or two islands would change places for ever
        main = np.array([np.where(owner == number, size, 0).argmax() for number in range(len(areas))])
        for island in np.setdiff1d(np.arange(len(parts)), main):
            border = shapely.length(shapely.intersection(parts[island], parts[main]))
            border[owner[island]] = 0
            if border.any():
                owner[island] = border.argmax()
        areas = np.array([shapely.coverage_union_all(parts[owner == number]) for number in range(len(areas))])
    return shapely.get_geometry(areas, 0)


def smooth(coverage: Shapes) -> Shapes:
    """Return the areas with smooth borders, shared ones staying shared."""
    simple = shapely.coverage_simplify(coverage, SIMPLIFY_M)
    arcs = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(simple))))
    for _ in range(CUTS):
        arcs = np.array([_cut_corners(arc) for arc in arcs])
    pieces = shapely.get_parts(shapely.polygonize(arcs))
    # a piece belongs to the area it has most of
    owner = shapely.area(shapely.intersection(pieces[:, None], simple[None, :])).argmax(axis=1)
    return np.array([shapely.coverage_union_all(pieces[owner == number]) for number in range(len(simple))])


def _cut_corners(arc: shapely.LineString) -> shapely.LineString:
    """Return a line with its corners cut at a quarter of their sides (Chaikin); the ends stay."""
    at = shapely.get_coordinates(arc)
    ahead, behind = at[:-1] * 0.75 + at[1:] * 0.25, at[:-1] * 0.25 + at[1:] * 0.75
    between = np.stack([ahead, behind], axis=1).reshape(-1, 2)[1:-1]
    return shapely.LineString(np.vstack([at[:1], between, at[-1:]]))


def collection(areas: Shapes, rows: list[dict[str, str]]) -> bytes:
    """Return the GeoJSON text, one line a town."""
    lines = []
    for row, area in zip(rows, areas.tolist(), strict=True):
        properties = {"code": row["code"], "name": row["name"], "schematic": True}
        geometry = orjson.Fragment(shapely.to_geojson(area))
        lines.append(orjson.dumps({"type": "Feature", "properties": properties, "geometry": geometry}))
    return b'{"type":"FeatureCollection","features":[\n' + b",\n".join(lines) + b"\n]}\n"


def main() -> None:
    """Read the stops, write the areas."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stops", type=Path, help="full.ndjson of the npm package db-hafas-stations")
    parser.add_argument("municipalities", type=Path, help="municipalities.csv of this region")
    parser.add_argument("out", type=Path, help="municipality_areas.geojson")
    args = parser.parse_args()
    with args.municipalities.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    area_km2 = {row["name"]: float(row["area_km2"]) for row in rows}
    squares, distance_m, names = grid(places(list(stops.read(args.stops))), area_km2)
    town = nearest(distance_m, names, area_km2)
    present = np.unique(town)
    # the neighbours go along, as the borders with them are smoothed too
    areas = smooth(whole(np.array([shapely.coverage_union_all(squares[town == number]) for number in present])))
    ours = areas[[np.flatnonzero(present == names.index(row["name"]))[0] for row in rows]]
    rounded = shapely.transform(crs.to_lonlat(ours), lambda at: at.round(5))
    args.out.write_bytes(collection(rounded, rows))


if __name__ == "__main__":
    main()
