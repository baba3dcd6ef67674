"""Make bus_stops.csv: bus, tram and Stadtbahn stops in the towns and a few kilometres around."""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import rows
import shapely
import stops
import towns

from finder import crs

COLUMNS = ("id", "name", "lon", "lat")
REACH_KM = 4.0
"""Beyond the schematic areas, which lie up to 1 km off the real ones: so that 3 km around these are covered."""
SERVED = {"bus", "tram", "subway"}
"""On-call taxis alone make no stop; a place that nothing serves is none."""
SAME_M = 200.0
"""Stops of one name so near each other are one stop: platforms and sides of the street."""


def one_per_place(found: list[stops.Stop]) -> list[stops.Stop]:
    """Return the stops without their platforms and doubles, whole stations before parts."""
    points = crs.points_to_metric([stop.lon for stop in found], [stop.lat for stop in found])
    kept: dict[str, list[shapely.Point]] = defaultdict(list)
    taken: set[tuple[float, float]] = set()
    single = []
    for stop, point in sorted(zip(found, points.tolist(), strict=True), key=lambda pair: (pair[0].is_part, pair[0].id)):
        same = kept[f"{stop.name}, {stop.town}"]
        if (stop.lon, stop.lat) in taken or any(shapely.dwithin(point, other, SAME_M) for other in same):
            continue
        taken.add((stop.lon, stop.lat))
        same.append(point)
        single.append(stop)
    return single


def main() -> None:
    """Read the stops, write those near the towns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stops", type=Path, help="full.ndjson of the npm package db-hafas-stations")
    parser.add_argument("areas", type=Path, help="municipality_areas.geojson of this region")
    parser.add_argument("out", type=Path, help="bus_stops.csv")
    args = parser.parse_args()
    served = [stop for stop in stops.read(args.stops) if stop.products & SERVED]
    lon, lat = [stop.lon for stop in served], [stop.lat for stop in served]
    near = towns.within(towns.areas(args.areas), lon, lat, REACH_KM)
    single = one_per_place([stop for stop, wanted in zip(served, near, strict=True) if wanted])
    rows.write(
        args.out,
        COLUMNS,
        (
            {
                "id": f"stop-{stop.id}",
                "name": f"{stop.name}, {stop.town}" if stop.town else stop.name,
                "lon": rows.degrees(stop.lon),
                "lat": rows.degrees(stop.lat),
            }
            for stop in sorted(single, key=lambda stop: int(stop.id))
        ),
    )


if __name__ == "__main__":
    main()
