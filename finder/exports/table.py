"""CSV and GeoPackage: one row per site, lists joined by semicolons, nested facts as JSON text."""

from __future__ import annotations

import csv
import errno
import io
import itertools
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import pyogrio
from pyogrio.errors import DataSourceError, FeatureError

from finder import crs
from finder.exports.properties import ACCESS_NAMES, DERIVED, IDENTITY, PEOPLE_NAMES, SITE_NAMES, properties
from finder.intake.texts import FORMULA
from finder.model.attributes import Type
from finder.model.site import ATTRIBUTES
from finder.store.sites import Listed

CHUNK = 5000
NEARLY_FULL_BYTES = 1_000_000  # what was written has been taken back already
COLUMNS = (*IDENTITY, *SITE_NAMES, *DERIVED, "provenance", *ACCESS_NAMES, *PEOPLE_NAMES)


def cell(value: Any) -> Any:
    """Return one value for a table cell."""
    match value:
        case None:
            return None
        case list() if _plain_words(value):
            return ";".join(value)
        case list() | dict():
            return orjson.dumps(value).decode()
        case bool():
            return "yes" if value else "no"
    return value


def _plain_words(value: list[Any]) -> bool:
    # Stated none, a word with the sign between words or what looks like JSON need JSON to come back as they were.
    words = value and all(isinstance(part, str) and part and not set(part) & set(";|") for part in value)
    return bool(words) and not value[0].startswith("[")


def harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula; numbers, negative ones too, stay as they are.

    An apostrophe guards it; a text that looks guarded by itself gets one more, so that reading takes one off again.
    """
    if isinstance(value, str) and value.lstrip("'").startswith(FORMULA):
        return "'" + value
    return value


def csv_lines(sites: Iterable[Listed]) -> Iterator[str]:
    """Yield a CSV file (UTF-8 with BOM for spreadsheets, comma, geometry as WKT in degrees) line by line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow((*COLUMNS, "wkt"))
    yield "\ufeff" + _drain(buffer)
    for listed in sites:
        values = properties(listed)
        shape = listed.site.geometry
        wkt = None if shape is None else crs.to_lonlat(shape).wkt
        writer.writerow([harmless(cell(values[name])) for name in COLUMNS] + [wkt])
        yield _drain(buffer)


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def write_csv(path: Path, sites: Iterable[Listed]) -> int:
    """Write a CSV file and return how many sites it holds."""
    count = -1
    with path.open("w", encoding="utf-8", newline="") as file:
        for line in csv_lines(sites):
            file.write(line)
            count += 1
    return count


def write_gpkg(path: Path, sites: Iterable[Listed]) -> int:
    """Write a GeoPackage with one layer `sites` in metres and return how many sites it holds."""
    path.unlink(missing_ok=True)
    count = 0
    rest = iter(sites)
    while (part := list(itertools.islice(rest, CHUNK))) or not count:
        frame = _frame(part)
        try:
            # One type for all, so that later parts and later files may hold other kinds of places.
            pyogrio.write_dataframe(
                frame, path, layer="sites", driver="GPKG", geometry_type="Unknown", append=count > 0
            )
        except (DataSourceError, FeatureError) as error:  # with its words for SQL that nobody wrote
            code = errno.EIO if shutil.disk_usage(path.parent).free > NEARLY_FULL_BYTES else errno.ENOSPC
            raise OSError(code, os.strerror(code)) from error
        count += len(part)
        if not part:
            break
    return count


def _frame(sites: Sequence[Listed]) -> gpd.GeoDataFrame:
    rows = [properties(listed) for listed in sites]
    # Columns get their type from the model, not from their values: a column of unknowns is still a number's.
    columns = {name: pd.Series([cell(row[name]) for row in rows], dtype=_dtype(name)) for name in COLUMNS}
    shapes = gpd.GeoSeries([listed.site.geometry for listed in sites], crs=crs.METRIC)
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs.METRIC)


def _dtype(name: str) -> str:
    if name in ATTRIBUTES:
        return {Type.NUMBER: "float64", Type.INTEGER: "Int64"}.get(ATTRIBUTES[name].type, "object")
    if name.endswith(("_inhabitants", "_workforce")):
        return "Int64"
    return "float64" if name == "size_m2" or name.endswith(("_km", "_min", "_snap_m")) else "object"


__all__ = ["COLUMNS", "cell", "csv_lines", "harmless", "write_csv", "write_gpkg"]
