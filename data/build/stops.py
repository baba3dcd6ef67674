"""Stops of the npm package `db-hafas-stations` (its `full.ndjson`), as the build scripts here need them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

# the alliance and its neighbours: wide enough that no cell of the twelve towns ends at its edge
BOX = (6.5, 51.3, 7.8, 52.0)


@dataclass(frozen=True)
class Stop:
    """A stop or a station; `town` is what follows the last comma of its name, None where there is none."""

    id: str
    name: str
    town: str | None
    lon: float
    lat: float
    products: frozenset[str]
    is_part: bool


def town_in(name: str) -> tuple[str, str | None]:
    """Return a stop's name without its town, and the town without what tells it from others of that name.

    Most stops are "Loemühlenweg, Marl (Westf)". Long names are cut off, so the bracket may lack its end.
    """
    stop, comma, town = name.rpartition(", ")
    return (stop, town.partition(" (")[0].strip()) if comma else (name, None)


def read(path: Path, box: tuple[float, float, float, float] = BOX) -> Iterator[Stop]:
    """Yield the stops in the box in the file's order."""
    west, south, east, north = box
    with path.open("rb") as file:
        for line in file:
            row = orjson.loads(line)
            where = row.get("location") or {}
            lon, lat = where.get("longitude"), where.get("latitude")
            if lon is None or lat is None or not (west <= lon <= east and south <= lat <= north):
                continue
            name, town = town_in(row["name"])
            products = frozenset(product for product, served in row["products"].items() if served)
            yield Stop(row["id"], name, town, lon, lat, products, is_part="station" in row)
