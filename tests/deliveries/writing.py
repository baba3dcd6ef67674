"""The same sites in every format that is no markup, as towns and their surveyors write them."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pyproj
import shapely

from finder import crs
from finder.model.attributes import Type
from finder.model.site import ATTRIBUTES, Site

METRES = f"EPSG:{crs.METRIC}"
DEGREES = f"EPSG:{crs.LONLAT}"
TOLD = ("id", "source", "source_id", "name", "municipality")


def attributes(sites: Iterable[Site]) -> tuple[str, ...]:
    """Return the attributes that at least one of the sites has, in the model's order."""
    names = [name for name, row in ATTRIBUTES.items() if row.type is not Type.GEOMETRY and name != "area_m2"]
    return tuple(name for name in names if any(getattr(site, name) is not None for site in sites))


def nested(value: Any) -> Any:
    """Return a value as JSON has it."""
    match value:
        case str():
            return str(value)
        case dt.date():
            return value.isoformat()
        case tuple():
            return [nested(part) for part in value]
        case _ if dataclasses.is_dataclass(value):
            return {f.name: nested(v) for f in dataclasses.fields(value) if (v := getattr(value, f.name)) is not None}
    return value


def flat(value: Any) -> Any:
    """Return a value as a table has it: lists joined, JSON where that would lose something; dates stay dates."""
    if isinstance(value, dt.date):
        return value
    plain = nested(value)
    if isinstance(plain, list) and plain and all(isinstance(part, str) for part in plain):
        return ";".join(plain)
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, list | dict) else plain


def rows(sites: Sequence[Site], as_: Callable[[Any], Any] = flat) -> list[dict[str, Any]]:
    """Return each site's facts by name."""
    names = (*TOLD, *attributes(sites))
    return [{name: as_(getattr(site, name)) for name in names} for site in sites]


def measured(value: Any, header: str) -> Any:
    """Return a figure in the unit that its header names: hectares, or as it is."""
    return value / 10_000 if isinstance(value, float) and header.casefold().rstrip(")").endswith("ha") else value


def moved(sites: Sequence[Site], system: str) -> list[Any]:
    """Return the sites' places in another system, x before y, without any help of the finder's."""
    change = pyproj.Transformer.from_crs(METRES, system, always_xy=True).transform
    return list(shapely.transform([site.geometry for site in sites], change, interleaved=False))


def frame(sites: Sequence[Site], system: str, names: Mapping[str, str] | None = None) -> gpd.GeoDataFrame:
    """Return the sites as a typed table in `system`; with `names` only these columns, under other names."""
    table = rows(sites)
    columns: dict[str, Any] = {}
    for name in table[0]:
        values = [row[name] for row in table]
        kind = ATTRIBUTES[name].type if name in ATTRIBUTES else Type.TEXT
        if kind is Type.FLAG:
            columns[name] = pd.array(values, dtype="boolean")
        elif kind is Type.INTEGER:
            columns[name] = pd.array(values, dtype="Int32")
        else:
            columns[name] = pd.Series(values, dtype="float64" if kind is Type.NUMBER else object)
    if names is not None:
        columns = {new: columns[old] / 10_000 if new.endswith("HA") else columns[old] for old, new in names.items()}
    return gpd.GeoDataFrame(columns, geometry=moved(sites, system), crs=system)


# -- files of places --------------------------------------------------------------------------------------------------


def geojson(path: Path, sites: Sequence[Site], system: str = DEGREES, *, lead: str = "", named: str = "") -> Path:
    """Write GeoJSON; `named` is put in the crs member of old."""
    features = [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": row}
        for row, shape in zip(rows(sites, nested), moved(sites, system), strict=True)
    ]
    top: dict[str, Any] = {"type": "FeatureCollection"}
    if named:
        top["crs"] = {"type": "name", "properties": {"name": named}}
    path.write_text(lead + json.dumps({**top, "features": features}, ensure_ascii=False), encoding="utf-8")
    return path


def geopackage(path: Path, sites: Sequence[Site], system: str = METRES, *, beside: str | None = None) -> Path:
    """Write a GeoPackage, with another layer `beside` it."""
    pyogrio.write_dataframe(frame(sites, system), path, layer="flächen", driver="GPKG", use_arrow=True)
    if beside:
        other = gpd.GeoDataFrame({"gemarkung": ["Muster"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=METRES)
        pyogrio.write_dataframe(other, path, layer=beside, driver="GPKG", append=True)
    return path


def flatgeobuf(path: Path, sites: Sequence[Site], system: str = METRES) -> Path:
    """Write FlatGeobuf, which keeps no order of its own."""
    pyogrio.write_dataframe(frame(sites, system), path, driver="FlatGeobuf", use_arrow=True)
    return path


def gdal_gml(path: Path, sites: Sequence[Site], system: str = METRES) -> Path:
    """Write GML 3.2 as GDAL and so QGIS does, with its schema beside it."""
    pyogrio.write_dataframe(_plain(frame(sites, system)), path, driver="GML", layer="flaechen", FORMAT="GML3.2")
    return path


def gdal_kml(path: Path, sites: Sequence[Site]) -> Path:
    """Write KML as GDAL and so QGIS does; an ending in .kmz makes it KMZ."""
    pyogrio.write_dataframe(_plain(frame(sites, DEGREES)), path, driver="LIBKML", layer="flaechen")
    return path


def _plain(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table without missing flags and whole numbers, which only some formats know: as words."""
    for name in table.select_dtypes(["boolean", "Int32"]).columns:
        table[name] = [None if pd.isna(cell) else str(int(cell)) for cell in table[name]]
    return table


def geoparquet(path: Path, sites: Sequence[Site], system: str = METRES) -> Path:
    """Write GeoParquet."""
    frame(sites, system).to_parquet(path, index=False)
    return path


def shapefile(
    path: Path, sites: Sequence[Site], names: Mapping[str, str], system: str = METRES, *,
    folder: str = "", encoding: str = "UTF-8", code_page: str | None = "UTF-8",
) -> Path:  # fmt: skip
    """Write a zipped Shapefile: a layer of polygons and one of points, for a Shapefile has one kind of geometry."""
    table = _plain(frame(sites, system, names))
    point = table.geom_type == "Point"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for layer, part in (("flaechen", table[~point]), ("punkte", table[point])):
            made = path.with_name(f"{path.stem}-{layer}.shp")
            pyogrio.write_dataframe(part, made, driver="ESRI Shapefile", encoding=encoding)
            for piece in sorted(path.parent.glob(f"{made.stem}.*")):
                if piece.suffix != ".cpg":
                    archive.write(piece, f"{folder}{layer}{piece.suffix}")
                piece.unlink()
            if code_page is not None:
                archive.writestr(f"{folder}{layer}.cpg", code_page)
    return path


# -- tables -----------------------------------------------------------------------------------------------------------


def _texts(sites: Sequence[Site], system: str) -> list[dict[str, Any]]:
    shapes = shapely.to_wkt(moved(sites, system), rounding_precision=9)
    return [{**row, "wkt": shape} for row, shape in zip(rows(sites), shapes.tolist(), strict=True)]


def csv_plain(path: Path, sites: Sequence[Site], system: str = DEGREES, *, encoding: str = "utf-8") -> Path:
    """Write CSV as programs do: commas, points, ISO dates, our own names."""
    table = _texts(sites, system)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(table[0]))
    writer.writeheader()
    for row in table:
        yes_no = {name: "yes" if cell else "no" for name, cell in row.items() if isinstance(cell, bool)}
        writer.writerow(row | yes_no)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def german(value: Any) -> str:
    """Return a cell as a German spreadsheet writes it."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nein"
        case dt.date():
            return value.strftime("%d.%m.%Y")
        case float():
            return repr(value).removesuffix(".0").replace(".", ",")
    return str(value)


def csv_german(path: Path, sites: Sequence[Site], names: Mapping[str, str], system: str = METRES) -> Path:
    """Write CSV as German offices do: cp1252, semicolons, decimal commas, a title above the header, own names."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["Gewerbeflächen der Stadt Musterstadt, Stand 01.06.2026"])
    writer.writerow([])
    writer.writerow(names.values())
    for row in _texts(sites, system):
        writer.writerow(german(measured(row[name], header)) for name, header in names.items())
    path.write_bytes(out.getvalue().encode("cp1252"))
    return path


def xlsx(
    path: Path, sites: Sequence[Site], system: str = DEGREES, names: Mapping[str, str] | None = None, *, title: str = ""
) -> Path:
    """Write a workbook with typed cells, with `names` under these and with a title above the header."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Flächen"
    if title:
        sheet.append([title])
        sheet.append([])
    table = _texts(sites, system)
    names = names or {name: name for name in table[0]}
    sheet.append(list(names.values()))
    for row in table:
        sheet.append([measured(row[name], header) for name, header in names.items()])
    book.save(path)
    book.close()
    return path
