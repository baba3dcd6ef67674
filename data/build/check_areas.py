"""Compare municipality_areas.geojson with real boundaries: overlap (intersection over union) and centroids."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import geopandas as gpd

from finder import crs


def main() -> int:
    """Print a row per town; end with 1 if a town overlaps less than asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("areas", type=Path, help="municipality_areas.geojson")
    parser.add_argument("real", type=Path, help="VG5000 or VG250 as GeoPackage, its code in the column AGS")
    parser.add_argument("--least", type=float, default=0.7, help="least overlap (default %(default)s)")
    args = parser.parse_args()
    ours = gpd.read_file(args.areas)
    ours = ours.set_geometry(crs.to_metric(ours.geometry.to_numpy()), crs=crs.METRIC)
    real = gpd.read_file(args.real)
    if real.crs is None:
        parser.error(f"{args.real} names no coordinate reference system")
    real = real.set_geometry(crs.to_metric(real.geometry.to_numpy(), real.crs.to_wkt()), crs=crs.METRIC)
    real = real.dissolve("AGS")
    worst = 1.0
    print(f"{'town':<18}{'IoU':>6}{'shift km':>10}{'km²':>8}{'real km²':>10}")
    for town in ours.itertuples():
        shape, true = town.geometry, real.geometry[town.code]
        overlap = shape.intersection(true).area / shape.union(true).area
        shift_km = shape.centroid.distance(true.centroid) / 1000
        worst = min(worst, overlap)
        print(f"{town.name:<18}{overlap:>6.3f}{shift_km:>10.2f}{shape.area / 1e6:>8.1f}{true.area / 1e6:>10.1f}")
    return int(worst < args.least)


if __name__ == "__main__":
    sys.exit(main())
