"""Files as people and attackers make them."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from finder import sources
from finder.errors import FinderError
from finder.limits import DEFAULT, Limits
from finder.model.record import Issue, RawRecords
from finder.sources import axes, exchange
from finder.sources.sentences import REFUSALS, Notes
from finder.sources.table import Table

UTM = "EPSG:25832"
SQUARE = [[[7.0, 51.5], [7.1, 51.5], [7.1, 51.6], [7.0, 51.5]]]
TOP, BOTTOM = '{"type": "FeatureCollection", "features": [', "]}"


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def feature(properties: Any = None, geometry: Any = None, **members: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry, **members}


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features, **members}, ensure_ascii=False)


def point(x: float = 7.1, y: float = 51.6, *more: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y, *more]}


def frame(geometry: Any = None, crs: str | None = UTM, **columns: Any) -> gpd.GeoDataFrame:
    """A few rows with places in metres."""
    columns = columns or {"name": ["Nordfläche", "Südfläche"], "area": [1200, 3400]}
    count = len(next(iter(columns.values())))
    shapes = geometry or [shapely.box(i, 0, i + 1, 1) for i in range(count)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def geopackage(path: Path, rows: gpd.GeoDataFrame | None = None, layer: str = "sites") -> Path:
    (frame() if rows is None else rows).to_file(path, driver="GPKG", layer=layer, engine="pyogrio")
    return path


def run_sql(path: Path, *statements: str | tuple[str, tuple[Any, ...]]) -> Path:
    """Change a database; geometry triggers, which call for functions of GDAL's, are dropped before."""
    base = sqlite3.connect(path)
    names = base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rtree%'").fetchall()
    for (name,) in names:
        base.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        base.execute(*((statement,) if isinstance(statement, str) else statement))
    base.commit()
    base.close()
    return path


def blob(wkb: bytes, srs: int = 25832, flags: int = 1) -> bytes:
    """A GeoPackage's geometry: a head without envelope, then WKB."""
    return b"GP\x00" + bytes([flags]) + struct.pack("<i", srs) + wkb


def shapefile_parts(folder: Path, rows: gpd.GeoDataFrame | None = None, encoding: str = "UTF-8") -> dict[str, bytes]:
    """The parts of a Shapefile by suffix."""
    (frame() if rows is None else rows).to_file(folder / "made.shp", engine="pyogrio", encoding=encoding)
    parts = {path.suffix: path.read_bytes() for path in folder.glob("made.*")}
    for path in folder.glob("made.*"):
        path.unlink()
    return parts


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@dataclass(frozen=True)
class Handed:
    """What a reader handed over and our side made of it, without a process between them: that takes its time."""

    columns: Mapping[str, Any]
    geometry: Sequence[bytes | None] | None
    crs: str | None
    format: str | None
    issues: tuple[Issue, ...]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), self.geometry or ()))


def handed(folder: Path, table: Table) -> Handed:
    """Hand a table over by way of a folder."""
    exchange.write(folder, table)
    result = exchange.read(folder, DEFAULT)
    notes = Notes(100)
    system, geometry = result.about["crs"], result.geometry
    if (name := result.about["srs_name"]) is not None:
        system, geometry = axes.settled(name, geometry, notes)
    return Handed(result.columns, geometry, system, result.about["format"], (*result.issues, *notes))


def read(path: Path, layer: str | None = None, limits: Limits = DEFAULT) -> RawRecords:
    return sources.read(path, layer=layer, limits=limits)


def refused(path: Path, code: str, *, layer: str | None = None, limits: Limits = DEFAULT) -> FinderError:
    """Assert that a file is refused by this row of the table, in a sentence without any path of ours."""
    kind, message = REFUSALS[code]
    with pytest.raises(kind) as caught:
        sources.read(path, layer=layer, limits=limits)
    assert caught.value.message == message
    assert type(caught.value) is kind
    sentence = str(caught.value)
    assert "flaechenfinder-" not in sentence
    assert "/" not in sentence
    assert "\n" not in sentence
    return caught.value


def rules(raw: Any) -> list[str]:
    issues = raw.issues if hasattr(raw, "issues") else raw
    return [issue.rule for issue in issues]


def shapes(raw: RawRecords | Handed) -> list[str | None]:
    assert raw.geometry is not None
    return [None if found is None else shapely.from_wkb(found).wkt for found in raw.geometry]
