"""Rejected rows as they stood in their file, each with its reasons, to be corrected and brought in again."""

from __future__ import annotations

import csv
import errno
import itertools
import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyogrio
import shapely
from pyogrio.errors import DataSourceError, FeatureError, GeometryError
from shapely.geometry.base import BaseGeometry

from finder import crs
from finder.errors import UnusableInput
from finder.exports.table import harmless
from finder.intake.texts import unguarded
from finder.language import N_
from finder.model.outcome import PLACE_COLUMN, REASONS_COLUMN, ROW_COLUMN
from finder.model.record import RawRecords
from finder.sources.delimited import DELIMITERS

ENDINGS = (".gpkg", ".csv")
CHUNK = 20_000
_KEYS = ("fid", "ogc_fid")
_KINDS = {bool: "bool", int: "int64", float: "float64"}
_LARGEST = 2**63 - 1


def check(path: Path) -> None:
    """Refuse an ending that rejected rows are not written with."""
    if path.suffix.lower() not in ENDINGS:
        raise UnusableInput(N_("Rejected rows are written as .gpkg or .csv, not as “%(name)s”."), name=path.name[:80])


def write(path: Path, raw: RawRecords, reasons: Mapping[int, str]) -> None:
    """Write the rows with these numbers by the path's ending.

    Raises
    ------
    UnusableInput
        A GeoPackage is asked for, but the file is a table without places of its own.
    """
    if path.suffix.lower() == ".csv":
        _write_csv(path, raw, reasons)
    elif raw.geometry is None:
        raise UnusableInput(N_("The file is a table without places of its own; its rejected rows go into a .csv file."))
    else:
        _write_gpkg(path, raw, reasons)


def _own(raw: RawRecords) -> list[str]:
    return [name for name in raw.columns if name not in (ROW_COLUMN, REASONS_COLUMN)]


def _parts(raw: RawRecords, reasons: Mapping[int, str]) -> Iterator[tuple[RawRecords, list[int]]]:
    """Yield parts of the file with the positions in them that were rejected."""
    for start in range(0, len(raw), CHUNK):
        part = raw.part(start, start + CHUNK)
        if positions := [position for position, row in enumerate(part.rows) if row in reasons]:
            yield part, positions


def _column(part: RawRecords, name: str, positions: list[int]) -> list[Any]:
    cells = list(part.columns[name])
    escaped = part.origin.format.casefold().startswith("csv")
    return [_cell(cells[position], escaped) for position in positions]


def _cell(value: Any, escaped: bool) -> Any:
    """Return a value as a cell holds it: what is nested as JSON, and no sign before what looked like a formula."""
    if isinstance(value, list | dict):
        return orjson.dumps(value, default=str).decode()
    return unguarded(value) if escaped and isinstance(value, str) else value


def _read(shape: bytes | None) -> BaseGeometry | None:
    """Return a place, however wrong, None where the bytes are none at all."""
    try:
        return shapely.from_wkb(shape or None, on_invalid="fix")
    except NotImplementedError:  # a curve
        return None


# -- CSV --------------------------------------------------------------------------------------------------------------


def _write_csv(path: Path, raw: RawRecords, reasons: Mapping[int, str]) -> None:
    names = _own(raw)
    if raw.geometry is not None:
        names = [name for name in names if name != PLACE_COLUMN]
    srid = None if raw.crs is None else crs.parse(raw.crs).to_epsg()
    places = [] if raw.geometry is None else [PLACE_COLUMN]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        # the delimiter tells which decimal sign is meant; one that the file itself had to name would not be found again
        own = raw.origin.delimiter
        writer = csv.writer(file, delimiter=own if own in DELIMITERS else ",")
        writer.writerow(harmless(name) for name in (*names, *places, ROW_COLUMN, REASONS_COLUMN))
        for part, positions in _parts(raw, reasons):
            columns = [[_text(value) for value in _column(part, name, positions)] for name in names]
            if part.geometry is not None:
                shapes = list(part.geometry)
                columns.append([_ewkt(shapes[position], srid) for position in positions])
            rows = [part.rows[position] for position in positions]
            columns += [rows, [harmless(reasons[row]) for row in rows]]
            writer.writerows(zip(*columns, strict=True))


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value)


def _ewkt(shape: bytes | None, srid: int | None) -> str | None:
    place = _read(shape)
    if place is None:
        return None
    text = shapely.to_wkt(place, rounding_precision=-1)
    return text if srid is None else f"SRID={srid};{text}"


# -- GeoPackage -------------------------------------------------------------------------------------------------------


def _write_gpkg(path: Path, raw: RawRecords, reasons: Mapping[int, str]) -> None:
    names = _own(raw)
    kinds: dict[str, set[type]] = {name: set() for name in names}
    for part, positions in _parts(raw, reasons):
        for name in names:
            kinds[name] |= {_kind(value) for value in _column(part, name, positions)} - {type(None)}
    fields = _apart([*names, ROW_COLUMN, REASONS_COLUMN])
    taken = {name.casefold() for name in fields}
    options = {
        "FID": next((name for name in _KEYS if name not in taken), "finder_fid"),
        "GEOMETRY_NAME": next(name for name in ("geom", "geometry", "finder_geometry") if name not in taken),
    }
    for count, (part, positions) in enumerate(_parts(raw, reasons)):
        assert part.geometry is not None
        shapes = list(part.geometry)
        rows = [part.rows[position] for position in positions]
        data, masks = [], []
        for name in names:
            values = _column(part, name, positions)
            data.append(_array(values, kinds[name]))
            masks.append(np.array([value is None for value in values], dtype=bool))
        data += [np.array(rows, dtype="int64"), np.array([reasons[row] for row in rows], dtype=object)]
        masks += [np.zeros(len(rows), dtype=bool)] * 2
        geometry = np.empty(len(rows), dtype=object)
        geometry[:] = [None if _read(shapes[position]) is None else shapes[position] for position in positions]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # a file that names no system gets none here either
                pyogrio.raw.write(
                    path,
                    geometry=geometry,
                    field_data=data,
                    field_mask=masks,
                    fields=np.array(fields, dtype=object),
                    layer="rejected",
                    driver="GPKG",
                    geometry_type="Unknown",
                    crs=raw.crs,
                    append=count > 0,
                    layer_options={} if count else options,
                )
        except (DataSourceError, FeatureError, GeometryError) as error:  # with its words for SQL that nobody wrote
            raise OSError(errno.EIO, os.strerror(errno.EIO)) from error


def _kind(value: Any) -> type:
    if type(value) is int and not -_LARGEST <= value <= _LARGEST:
        return str
    return type(value) if type(value) in (*_KINDS, type(None)) else str


def _array(values: list[Any], kinds: set[type]) -> np.ndarray[Any, Any]:
    """Return a column in the one type that all its rejected values have, else as texts."""
    if len(kinds) == 1 and (kind := next(iter(kinds))) in _KINDS:
        return np.array([kind() if value is None else value for value in values], dtype=_KINDS[kind])
    texts = np.empty(len(values), dtype=object)
    texts[:] = [value if value is None or isinstance(value, str) else _written(value) for value in values]
    return texts


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _apart(names: list[str]) -> list[str]:
    """Return names that a database tells apart, which does not see capitals."""
    seen: set[str] = set()
    out = []
    for name in names:
        free = (f"{name}_{number}" for number in itertools.count(2))
        out.append(name if name.casefold() not in seen else next(n for n in free if n.casefold() not in seen))
        seen.add(out[-1].casefold())
    return out
