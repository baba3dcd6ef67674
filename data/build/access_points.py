"""Make access_points.csv: motorway junctions, federal roads, stations, freight points, ports and airports."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import logistics
import orjson
import rows
import towns

COLUMNS = ("id", "kind", "name", "road", "lon", "lat", "uncertainty_m", "as_of", "source", "note")
HERE = Path(__file__).parent

ROAD_POINTS = "BASt, Location Code List 22.0"
ROAD_POINTS_AS_OF = "2023-06"
ROAD_POINTS_UNCERTAINTY_M = 300
"""The list places traffic messages: one point for both carriageways, somewhere in the junction."""
JUNCTION_KM = 6.0
FEDERAL_KM = 6.0
STATION_KM = 15.0
"""How far beyond the towns points are wanted: further than any site can be from its nearest one."""

STATIONS = "DB InfraGO, Stationsdaten (StaDa), npm db-stations 5.0.2"
STATIONS_AS_OF = "2024-12-13"
AIRPORTS = "airportsdata 20260905"
AIRPORTS_AS_OF = "2026-09-05"
SCHEDULED = {
    "CGN": "Flughafen Köln/Bonn",
    "DTM": "Flughafen Dortmund",
    "DUS": "Flughafen Düsseldorf",
    "FMO": "Flughafen Münster/Osnabrück",
    "NRN": "Flughafen Niederrhein (Weeze)",
    "PAD": "Flughafen Paderborn/Lippstadt",
}
"""By IATA code: chosen by hand, as the list does not tell airports with scheduled flights from airfields."""


def road_points(path: Path, table: list[dict[str, str]], kind: str) -> list[dict[str, object]]:
    """Return the points of a reviewed table, places with several roads once."""
    features = orjson.loads(path.read_bytes())["features"]
    at = {f["properties"]["lcd"]: tuple(f["geometry"]["coordinates"]) for f in features}
    places: dict[tuple[float, float], list[dict[str, str]]] = {}
    for row in table:
        places.setdefault(at[int(row["lcd"])], []).append(row)
    return [
        {
            "id": f"lcl-{kind.partition('_')[0]}-{found[0]['lcd']}",
            "kind": kind,
            "name": found[0]["name"],
            "road": "/".join(dict.fromkeys(row["road"] for row in found)),
            "lon": lon,
            "lat": lat,
            "uncertainty_m": ROAD_POINTS_UNCERTAINTY_M,
            "as_of": ROAD_POINTS_AS_OF,
            "source": ROAD_POINTS,
            "note": "; ".join(dict.fromkeys(row["note"] for row in found if row["note"])),
        }
        for (lon, lat), found in places.items()
    ]


def junctions(path: Path) -> list[dict[str, object]]:
    """Return the motorway junctions at which one gets off to other roads."""
    table = rows.read(HERE / "motorways.csv")
    reachable = {row["lcd"] for row in table if row["access"] == "yes"}
    found = road_points(
        path, [row for row in table if row["class"] in ("junction", "interchange")], "motorway_junction"
    )
    # an interchange has a line for each motorway: the one with access stands for the place and both roads
    return [row for row in found if str(row["id"]).rpartition("-")[2] in reachable]


def stations(path: Path) -> Iterator[dict[str, object]]:
    """Yield the railway stations where trains stop."""
    for line in path.read_bytes().splitlines():
        station = orjson.loads(line)
        where = station.get("location")
        if where:
            yield {
                "id": f"station-{station['id']}",
                "kind": "rail_station",
                "name": station["name"],
                "lon": where["longitude"],
                "lat": where["latitude"],
                "as_of": STATIONS_AS_OF,
                "source": STATIONS,
            }


def airports(path: Path) -> Iterator[dict[str, object]]:
    """Yield the airports with scheduled flights."""
    for row in rows.read(path):
        if row["iata"] in SCHEDULED:
            yield {
                "id": f"airport-{row['iata'].lower()}",
                "kind": "airport",
                "name": f"{SCHEDULED[row['iata']]} ({row['iata']})",
                "lon": float(row["lon"]),
                "lat": float(row["lat"]),
                "as_of": AIRPORTS_AS_OF,
                "source": AIRPORTS,
            }


def main() -> None:
    """Read the lists, write what lies in and near the region."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("road_points", type=Path, help="GeoJSON of the Location Code List: lcd, name and a point each")
    parser.add_argument("stations", type=Path, help="data.ndjson of the npm package db-stations")
    parser.add_argument("airports", type=Path, help="airports.csv of the Python package airportsdata")
    parser.add_argument("logistics", type=Path, help="CSV of ports, terminals and rail freight points")
    parser.add_argument("areas", type=Path, help="municipality_areas.geojson of this region")
    parser.add_argument("out", type=Path, help="access_points.csv")
    args = parser.parse_args()
    region = towns.areas(args.areas)

    def near(found: list[dict[str, object]], km: float) -> list[dict[str, object]]:
        inside = towns.within(region, [float(str(p["lon"])) for p in found], [float(str(p["lat"])) for p in found], km)
        return [point for point, wanted in zip(found, inside, strict=True) if wanted]

    federal = road_points(args.road_points, rows.read(HERE / "federal_roads.csv"), "federal_road")
    points = [
        *near(junctions(args.road_points), JUNCTION_KM),
        *near(federal, FEDERAL_KM),
        *near(list(stations(args.stations)), STATION_KM),
        *logistics.points(args.logistics),
        *airports(args.airports),
    ]
    for point in points:
        point["lon"], point["lat"] = rows.degrees(float(str(point["lon"]))), rows.degrees(float(str(point["lat"])))
    rows.write(args.out, COLUMNS, sorted(points, key=lambda point: (str(point["kind"]), str(point["id"]))))


if __name__ == "__main__":
    main()
