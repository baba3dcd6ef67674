"""GDAL, for the three formats it is let near: GeoPackage, Shapefile, FlatGeobuf. In the locked process only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from finder.limits import Limits
from finder.sources import arrow, lock, wkb
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Column, Table

LATIN_1 = "ISO-8859-1"
_BATCH = 20_000
_MADE_UP = {"fid", "ogc_fid"}  # what writers call the key when the data has none
_PLAIN_KINDS = (1, 6)  # Point … MultiPolygon in the plane
_CURVES = {8, 9, 10, 11, 12, 13, 14}


@dataclass(frozen=True)
class Layer:
    """A layer as it was read; `absent` are the keys, by row, of those to which GDAL gave no place."""

    table: Table
    absent: dict[int, int]


def read(
    path: Path,
    limits: Limits,
    notes: Notes,
    *,
    format_: str,
    layer: str | None = None,
    encoding: str | None = None,
    **options: str,
) -> Layer:
    """Return a layer as a table: geometry in the plane and without arcs, dates as ISO texts.

    Parameters
    ----------
    encoding : of the texts, where the format does not fix it.
    options : GDAL's own for opening such a file.

    Raises
    ------
    Refusal
        The layer goes beyond the limits.
    """
    with _opened(path, layer, encoding, options) as (about, batches):
        name_of_shape = about["geometry_name"] or "wkb_geometry"
        key = about["fid_column"]
        gathered: dict[str, list[Any]] = {}
        length = size = 0
        for batch in batches:
            length += batch.num_rows
            if length > limits.max_features:
                raise Refusal("too_many_features", limit=limits.max_features)
            for name, array in zip(batch.schema.names, batch.columns, strict=True):
                if pa.types.is_string(array.type):
                    array = array.view(pa.binary())  # not always UTF-8
                array.validate(full=True)  # what GDAL makes of a damaged file is not always sound
                gathered.setdefault(name, []).append(array)
                size += array.nbytes if name == name_of_shape else 0
            if size > 16 * limits.max_vertices:
                raise Refusal("too_many_vertices", limit=limits.max_vertices)
        schema = batches.schema
    if len(schema.names) > limits.max_columns:
        raise Refusal("too_many_columns", limit=limits.max_columns)
    shapes = pa.chunked_array(gathered.pop(name_of_shape, []), pa.binary()) if name_of_shape in schema.names else None
    keys = pa.chunked_array(gathered.pop(key, []), pa.int64())
    columns = {} if key.casefold() in _MADE_UP else {key: Column("int", keys)}
    for said, arrays in gathered.items():
        name = said if encoding is None else said.encode("latin-1", "replace").decode(encoding, "replace")
        values = pa.chunked_array(arrays)
        if pa.types.is_string(schema.field(said).type):
            values = _texts(values, encoding, notes)
        column = _column(values, notes)
        if column is None:
            notes.add("column_left_out", field=name, header=name)
        else:
            columns[name] = column
    absent = {}
    if shapes is not None and shapes.null_count:
        rows = np.flatnonzero(pc.is_null(shapes).to_numpy(zero_copy_only=False))
        absent = dict(zip((rows + 1).tolist(), keys.take(rows).to_pylist(), strict=True))
    if shapes is not None and not _is_plain(shapes, notes):
        shapes = _straightened(path, layer, options, notes)
    table = Table(
        format=format_,
        columns=columns,
        length=length,
        geometry=None if shapes is None else shapes.cast(pa.large_binary()),
        crs=about["crs"] or None,
        layer=layer,
        encoding=encoding,
        notes=notes,
    )
    return Layer(table, absent)


def stated_count(path: Path) -> int:
    """Return how many features a file says it has; less than 1 where it does not say."""
    return int(_pyogrio().read_info(str(path))["features"])


# -- GDAL -------------------------------------------------------------------------------------------------------------


def _pyogrio() -> Any:
    import pyogrio
    from pyogrio import core

    if others := set(pyogrio.list_drivers()) - lock.DRIVERS:  # of a version we do not know
        skipped = lock.ENVIRONMENT["GDAL_SKIP"]
        pyogrio.set_gdal_config_options({"GDAL_SKIP": ",".join([skipped, *sorted(others)])})
        core._register_drivers()
        if others := set(pyogrio.list_drivers()) - lock.DRIVERS:
            raise RuntimeError(f"GDAL drivers that must not be here: {sorted(others)}")
    return pyogrio


@contextmanager
def _opened(path: Path, layer: str | None, encoding: str | None, options: dict[str, str]) -> Iterator[tuple[Any, Any]]:
    # Latin 1 takes every byte as it is: decoding is for `_decoded`
    with _pyogrio().raw.open_arrow(
        str(path),
        layer=layer,
        encoding=encoding and LATIN_1,
        use_pyarrow=True,
        datetime_as_string=True,
        return_fids=True,
        batch_size=_BATCH,
        **options,
    ) as found:
        yield found


def _straightened(path: Path, layer: str | None, options: dict[str, str], notes: Notes) -> Any:
    _, _, shapes, _ = _pyogrio().raw.read(str(path), layer=layer, columns=[], force_2d=True, **options)
    plain = []
    for row, shape in enumerate(shapes.tolist(), start=1):
        if shape is not None and not wkb.is_plain(shape):  # arcs inside a collection stay
            notes.add("geometry_unreadable", row=row, field="geometry")
            shape = None
        plain.append(shape)
    return pa.chunked_array([pa.array(plain, pa.large_binary())])


def _is_plain(shapes: Any, notes: Notes) -> bool:
    """Tell whether all geometries lie in the plane and have no arcs; note what they have."""
    kinds: set[int] = set()
    for chunk in shapes.chunks:
        chunk = chunk.drop_null()
        _, offsets, data = chunk.buffers()
        if not len(chunk):
            continue
        starts = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk)].astype(np.int64)
        # one byte for the order, little end first as GDAL writes, then the kind
        found = np.frombuffer(data, np.uint8)[starts[:, None] + np.arange(1, 5)]
        kinds.update(np.unique(found.copy().view("<u4")).tolist())
    flat = {(kind & 0x0FFF_FFFF) % 1000 for kind in kinds}
    if any(kind >= 1000 for kind in kinds):
        notes.once("heights_dropped", field="geometry")
    if flat & _CURVES:
        notes.once("curves_straightened", field="geometry")
    return all(_PLAIN_KINDS[0] <= kind <= _PLAIN_KINDS[1] for kind in kinds)


# -- columns ----------------------------------------------------------------------------------------------------------


def _column(values: Any, notes: Notes) -> Column | None:
    """Return a column as it is handed over; None for what is no value a person wrote."""
    found = arrow.block(values, notes)
    if found is None:
        return None
    kind, array = found
    return Column(kind, array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array]))


def _texts(values: Any, encoding: str | None, notes: Notes) -> Any:
    """Return the texts of bytes: UTF-8, or Latin 1 written so that stands for the bytes of `encoding`."""
    try:
        texts = values.cast(pa.large_string())
    except pa.ArrowInvalid:
        notes.once("characters_replaced", encoding="utf-8")
        texts = pa.chunked_array([_each(values, lambda data: data.decode(errors="replace"))])
    if encoding is None or pc.all(pc.string_is_ascii(texts)).as_py():
        return texts

    def decoded(word: str) -> str:
        data = word.encode("latin-1")
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:  # a byte without a character there; a character cut at the width of the column
            notes.once("characters_replaced", encoding=encoding)
            return data.decode(encoding, "replace")

    return pa.chunked_array([_each(texts, decoded)])


def _each(values: Any, change: Callable[[Any], str]) -> Any:
    """Return changed values; equal ones are changed once."""
    coded = values.combine_chunks().dictionary_encode()
    return pa.array([change(word) for word in coded.dictionary.to_pylist()], pa.large_string()).take(coded.indices)
