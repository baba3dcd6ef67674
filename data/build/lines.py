"""Make lines.geojson: schematic motorways, from junction to junction, and canals, from port to lock to port."""

from __future__ import annotations

import argparse
from itertools import groupby
from pathlib import Path

import orjson
import rows
import shapely

from finder import resources

HERE = Path(__file__).parent
NOT_ON_THE_ROAD = {"unsure"}
"""Points whose place is doubtful would bend a line."""
GAP = "transition"
"""Here a motorway begins again after a federal road: the line before it ends."""

Points = list[tuple[float, float]]


def motorways(path: Path) -> dict[str, list[Points]]:
    """Return the lines of each motorway through the points of the reviewed table, in its order."""
    at = {
        feature["properties"]["lcd"]: tuple(feature["geometry"]["coordinates"])
        for feature in orjson.loads(path.read_bytes())["features"]
    }
    lines: dict[str, list[Points]] = {}
    for row in rows.read(HERE / "motorways.csv"):
        if row["class"] in NOT_ON_THE_ROAD:
            continue
        parts = lines.setdefault(row["road"], [])
        if not parts or row["class"] == GAP:
            parts.append([])
        parts[-1].append(at[int(row["lcd"])])
    return lines


def canals() -> dict[str, list[Points]]:
    """Return the line of each canal."""
    return {
        canal: [[(float(point["lon"]), float(point["lat"])) for point in points]]
        for canal, points in groupby(rows.read(HERE / "canals.csv"), key=lambda row: row["canal"])
    }


def feature(kind: str, name: str, parts: list[Points]) -> bytes | None:
    """Return a line cut to the region's box as GeoJSON; None if nothing is left."""
    line = shapely.clip_by_rect(shapely.MultiLineString(parts), *resources.region()["box"])
    if line.is_empty:
        return None
    line = shapely.transform(line, lambda at: at.round(5))
    slug = name.lower().replace(" ", "-")
    properties = {"id": f"{kind}-{slug}", "kind": kind, "name": name, "schematic": True}
    return orjson.dumps(
        {"type": "Feature", "properties": properties, "geometry": orjson.Fragment(shapely.to_geojson(line))}
    )


def main() -> None:
    """Read the points, write the lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("road_points", type=Path, help="GeoJSON of the Location Code List: lcd and a point each")
    parser.add_argument("out", type=Path, help="lines.geojson")
    args = parser.parse_args()
    features = [feature("motorway", name, parts) for name, parts in motorways(args.road_points).items()]
    features += [feature("canal", name, parts) for name, parts in canals().items()]
    text = b",\n".join(line for line in features if line)
    args.out.write_bytes(b'{"type":"FeatureCollection","features":[\n' + text + b"\n]}\n")


if __name__ == "__main__":
    main()
