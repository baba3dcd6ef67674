"""Make sample.geojson: fictional plots over the twelve towns, the same bytes every time."""

from __future__ import annotations

import argparse
import random
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import sample_facts
import sample_places
import shapely
from drawing import collection, geojson

from finder import crs

WORDS = Path(__file__).with_suffix(".toml")
COUNT = 240
STATUSES = {"reserved": 14, "draft": 6, "submitted": 5, "sold": 6, "withdrawn": 4}
"""How many plots are not published."""


def main() -> None:
    """Draw the plots into the towns and invent their facts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("areas", type=Path, help="GeoJSON: the towns' areas with their code")
    parser.add_argument("lines", type=Path, help="GeoJSON: motorways and canals with their kind")
    parser.add_argument("out", type=Path, help="sample.geojson")
    args = parser.parse_args()
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    areas = {properties["code"]: shape for properties, shape in _features(args.areas)}
    lines = [(properties["kind"], shape) for properties, shape in _features(args.lines)]
    plots = sample_places.plots(COUNT, areas, lines, words["seed"])
    statuses = _statuses(len(plots), words["seed"])
    args.out.write_bytes(
        collection([_feature(i, p, s, words) for i, (p, s) in enumerate(zip(plots, statuses, strict=True), 1)])
    )


def _features(path: Path) -> list[tuple[dict[str, str], Any]]:
    features = orjson.loads(path.read_bytes())["features"]
    shapes = crs.to_metric(shapely.from_geojson([orjson.dumps(f["geometry"]).decode() for f in features]))
    return [(f["properties"], shape) for f, shape in zip(features, shapes.tolist(), strict=True)]


def _statuses(count: int, seed: int) -> list[str]:
    statuses = [status for status, number in STATUSES.items() for _ in range(number)]
    statuses += ["published"] * (count - len(statuses))
    random.Random(f"{seed}/status").shuffle(statuses)
    return statuses


def _feature(number: int, plot: sample_places.Plot, status: str, words: Mapping[str, Any]) -> dict[str, Any]:
    rng = random.Random(f"{words['seed']}/{number}")
    properties = {
        "id": f"MUSTER-{number:03}",
        "source": words["source"],
        "source_id": f"{number:03}",
        "name": f"Musterfläche {number:03}",
        "municipality": plot.town,
        "status": status,
        "sample": True,
        **sample_facts.facts(rng, plot, status, words),
    }
    known = {name: value for name, value in properties.items() if value is not None}
    return {"type": "Feature", "geometry": plot.shape and geojson(plot.shape), "properties": known}


if __name__ == "__main__":
    main()
