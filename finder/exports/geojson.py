"""GeoJSON (RFC 7946): longitude and latitude, every fact by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import shapely

from finder import crs
from finder.exports.properties import properties
from finder.store.sites import Listed

DECIMALS = 7
"""About a centimetre."""


def collection(sites: Iterable[Listed], extra: Callable[[Listed], dict[str, Any]] = lambda _: {}) -> bytes:
    """Return a FeatureCollection; `extra` adds properties to each site's own."""
    return b"".join(chunks(sites, extra))


def feature(listed: Listed, extra: Callable[[Listed], dict[str, Any]] = lambda _: {}) -> bytes:
    """Return one site as a Feature."""
    return next(_features([listed], extra))


def write(path: Path, sites: Iterable[Listed]) -> int:
    """Write sites to a file and return how many there were."""
    count = 0

    def counted() -> Iterator[Listed]:
        nonlocal count
        for listed in sites:
            count += 1
            yield listed

    with path.open("wb") as file:
        for chunk in chunks(counted()):
            file.write(chunk)
    return count


def chunks(sites: Iterable[Listed], extra: Callable[[Listed], dict[str, Any]] = lambda _: {}) -> Iterator[bytes]:
    """Yield a FeatureCollection site by site."""
    yield b'{"type":"FeatureCollection","features":['
    for i, text in enumerate(_features(sites, extra)):
        yield b",\n" + text if i else b"\n" + text
    yield b"\n]}\n"


def _features(sites: Iterable[Listed], extra: Callable[[Listed], dict[str, Any]]) -> Iterator[bytes]:
    for listed in sites:
        shape = listed.site.geometry
        text = (
            "null"
            if shape is None
            else shapely.to_geojson(shapely.set_precision(crs.to_lonlat(shape), 10**-DECIMALS, mode="pointwise"))
        )
        yield orjson.dumps(
            {
                "type": "Feature",
                "id": listed.site.id,
                "geometry": orjson.Fragment(text),
                "properties": {**properties(listed), **extra(listed)},
            }
        )
