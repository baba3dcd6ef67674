"""Parquet, with places where its metadata names them (GeoParquet); read in parts, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from finder.limits import Limits
from finder.sources import arrow, geoarrow, geojson
from finder.sources.flattening import Flattener
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Table, joined
from finder.sources.wkb import Unreadable

FORMAT, PLAIN = "GeoParquet", "Parquet"
_KEY = b"geo"
_BATCH = 20_000
_WKB = "wkb"
_NAMED = frozenset(("EPSG", "ESRI", "IGNF"))
_BOX = ("xmin", "ymin", "zmin", "xmax", "ymax", "zmax")
_MAX_THRIFT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class _Places:
    """Where the geometries stand and how; `covered` holds their boxes, which say nothing that they do not."""

    column: str
    encoding: str
    crs: str | None
    covered: str | None


def read(path: Path, limits: Limits) -> Table:
    """Return the rows of a Parquet file as a table.

    Raises
    ------
    Refusal
        The file is damaged or encrypted, its places are kept in a way unknown here, or it goes beyond the limits.
    """
    notes = Notes(limits.max_issues)
    with pa.OSFile(str(path), "rb") as source:
        try:
            file = pq.ParquetFile(
                source,
                thrift_string_size_limit=_MAX_THRIFT_BYTES,
                thrift_container_size_limit=_MAX_THRIFT_BYTES,
                page_checksum_verification=True,
            )
            schema = file.schema_arrow
            if file.metadata.num_rows > limits.max_features:
                raise Refusal("too_many_features", limit=limits.max_features)
            if len(file.metadata.schema) > limits.max_columns:
                raise Refusal("too_many_columns", limit=limits.max_columns)
            if any(arrow.depth(field.type) > limits.max_depth for field in schema):
                raise Refusal("too_deep", limit=limits.max_depth)
            metadata = file.metadata.metadata or {}
            places = _places(metadata, schema, notes) if _KEY in metadata else _typed(file.schema, metadata)
            gathered = _Gathered(schema, places, limits, notes)
            for batch in file.iter_batches(_BATCH, use_threads=False):
                gathered.add(batch)
        except OSError as error:
            if "crypt" in str(error):
                raise Refusal("encrypted") from error
            raise
    return gathered.table()


class _Gathered:
    """Takes a file part by part."""

    def __init__(self, schema: Any, places: _Places | None, limits: Limits, notes: Notes) -> None:
        self._names = _names(schema.names, notes)
        self._places = places
        self._limits = limits
        self._notes = notes
        self._blocks: dict[str, list[tuple[str, Any]]] = {}
        self._left_out: set[str] = set()
        self._shapes: list[Any] = []
        self._length = 0
        self._vertices = 0
        self._flattener = Flattener()

    def add(self, batch: Any) -> None:
        """Add some rows."""
        places = self._places
        for position, name in enumerate(self._names):
            values, said = batch.column(position), batch.schema.names[position]
            if places is not None and said == places.column:
                self._shapes.append(pa.array(self._shaped(values, places.encoding), pa.large_binary()))
            elif places is not None and said == places.covered:
                continue
            elif (found := arrow.block(values, self._notes)) is not None:
                self._blocks.setdefault(name, []).append(found)
            elif name not in self._left_out:
                self._left_out.add(name)
                self._notes.add("column_left_out", field=name, header=name)
        self._length += batch.num_rows
        if self._length > self._limits.max_features:
            raise Refusal("too_many_features", limit=self._limits.max_features)

    def table(self) -> Table:
        """Return all rows."""
        places = self._places
        return Table(
            format=PLAIN if places is None else FORMAT,
            columns={name: joined(blocks) for name, blocks in self._blocks.items()},
            length=self._length,
            geometry=None if places is None else pa.chunked_array(self._shapes, pa.large_binary()),
            crs=None if places is None else places.crs,
            notes=self._notes,
        )

    def _shaped(self, values: Any, encoding: str) -> list[bytes | None]:
        shapes: list[bytes | None]
        if encoding in geoarrow.ENCODINGS:
            try:
                shapes, vertices = geoarrow.shapes(values, encoding)
            except Unreadable as error:
                raise Refusal("geometry_encoding", encoding=f"{encoding}: {values.type}") from error
            self._vertices += vertices
            if not geoarrow.is_flat(values.type):
                self._notes.once("heights_dropped", field="geometry")
        else:
            shapes = [None if data is None else self._flat(data, row) for row, data in self._counted(values)]
        if self._vertices + self._flattener.vertices > self._limits.max_vertices:
            raise Refusal("too_many_vertices", limit=self._limits.max_vertices)
        return shapes

    def _counted(self, values: Any) -> Any:
        return enumerate(values.to_pylist(), start=self._length + 1)

    def _flat(self, data: bytes, row: int) -> bytes | None:
        flattener = self._flattener
        try:
            shape = flattener.flat(data)
        except Unreadable:
            self._notes.add("geometry_unreadable", row=row, field="geometry")
            return None
        if flattener.flattened:
            self._notes.once("heights_dropped", field="geometry")
        if flattener.straightened:
            self._notes.once("curves_straightened", field="geometry")
        return shape


def _names(stated: list[str], notes: Notes) -> list[str]:
    """Return the columns' names, each once."""
    names: dict[str, None] = {}
    for own in stated:
        name, number = own, 2
        while name in names or (name != own and name in stated):
            name = f"{own}_{number}"
            number += 1
        if name != own:
            notes.add("header_repeated", field=name, stated=own, header=name)
        names[name] = None
    return list(names)


# -- what the metadata says of places ---------------------------------------------------------------------------------


def _places(metadata: Mapping[bytes, bytes], schema: Any, notes: Notes) -> _Places:
    try:
        about = orjson.loads(metadata[_KEY])
        name = about["primary_column"]
        said = about["columns"][name]
        encoding = said["encoding"].lower()
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise Refusal("not_geoparquet") from error
    if not isinstance(name, str) or schema.names.count(name) != 1:
        raise Refusal("not_geoparquet")
    if encoding not in geoarrow.ENCODINGS and (encoding != _WKB or not _holds_bytes(schema.field(name).type)):
        raise Refusal("geometry_encoding", encoding=f"{said['encoding']}: {schema.field(name).type}")
    system = said.get("crs", geojson.LONLAT)
    crs = _system(system)
    if crs is None and system is not None:
        notes.once("crs_not_known", stated=str(system))
    return _Places(name, encoding, crs, _covered(said, schema))


def _typed(schema: Any, metadata: Mapping[bytes, bytes]) -> _Places | None:
    """Return the first column that Parquet itself knows as geometries, as it does since 2025."""
    for position in range(len(schema)):
        column = schema.column(position)
        if column.logical_type.type in ("GEOMETRY", "GEOGRAPHY") and column.path == column.name:
            stated = str(orjson.loads(column.logical_type.to_json()).get("crs", ""))
            return _Places(column.name, _WKB, _stated(stated, metadata), None)
    return None


def _stated(text: str, metadata: Mapping[bytes, bytes]) -> str | None:
    """Return the coordinate reference system by its name, its number, its definition or the key of that."""
    if text.startswith("projjson:"):
        text = metadata.get(text.removeprefix("projjson:").encode(), b"").decode(errors="replace")
    if text.startswith("srid:"):
        text = f"EPSG:{text.removeprefix('srid:')}"
    if text.startswith("{"):
        try:
            return _system(orjson.loads(text))
        except ValueError:
            return text  # which is none, as will be said
    return text or geojson.LONLAT


def _holds_bytes(type_: Any) -> bool:
    if isinstance(type_, pa.BaseExtensionType):
        type_ = type_.storage_type
    return any(test(type_) for test in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view))


def _system(said: Any) -> str | None:
    """Return the coordinate reference system of PROJJSON, or of early files' WKT, as `finder.crs` takes it."""
    if isinstance(said, str):
        return said or None
    if not isinstance(said, dict):
        return None
    if said.get("type") == "CompoundCRS":  # a map and heights upon it
        parts = said.get("components")
        return _system(parts[0]) if isinstance(parts, list) and parts and parts[0] != said else None
    named = said.get("id")
    if isinstance(named, dict):
        authority, code = named.get("authority"), named.get("code")
        if authority == "OGC" and code == "CRS84":
            return geojson.LONLAT
        if authority in _NAMED and isinstance(code, int | str) and str(code).isalnum():
            return f"{authority}:{code}"
    return orjson.dumps(said).decode()


def _covered(said: Mapping[str, Any], schema: Any) -> str | None:
    """Return the column with the geometries' boxes; one that holds anything else is a column like others."""
    try:
        name = said["covering"]["bbox"]["xmin"][0]
        type_ = schema.field(name).type
    except (LookupError, TypeError):
        return None
    boxes = pa.types.is_struct(type_) and all(f.name in _BOX and pa.types.is_floating(f.type) for f in type_)
    return name if boxes and isinstance(name, str) else None
