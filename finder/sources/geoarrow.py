"""Geometries that Arrow keeps as numbers in lists, the native encodings of GeoParquet 1.1, as WKB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from finder.sources import wkb
from finder.sources.wkb import Positions, Unreadable

_LISTS = {"point": 0, "linestring": 1, "multipoint": 1, "polygon": 2, "multilinestring": 2, "multipolygon": 3}
ENCODINGS = frozenset(_LISTS)


def is_flat(type_: Any) -> bool:
    """Tell whether positions of a type lie in the plane."""
    while pa.types.is_list(type_) or pa.types.is_large_list(type_):
        type_ = type_.value_type
    return bool(pa.types.is_struct(type_) and type_.num_fields == 2)


def shapes(values: Any, encoding: str) -> tuple[list[bytes | None], int]:
    """Return an array's geometries as two-dimensional WKB, and how many vertices they have.

    Raises
    ------
    Unreadable
        The array's type is not that of the encoding.
    """
    offsets: list[Any] = []
    inner = values
    for _ in range(_LISTS[encoding]):
        if not (pa.types.is_list(inner.type) or pa.types.is_large_list(inner.type)):
            raise Unreadable
        offsets.append(inner.offsets.to_numpy())
        inner = inner.values
    if not pa.types.is_struct(inner.type):
        raise Unreadable
    positions = np.column_stack([_numbers(inner, name) for name in ("x", "y")])
    missing = values.is_null().to_numpy(zero_copy_only=False)
    build = _BUILDERS[encoding]
    found = [None if gone else build(positions, offsets, at) for at, gone in enumerate(missing)]
    return found, len(positions)


def _numbers(positions: Any, name: str) -> Any:
    if positions.type.get_field_index(name) < 0 or not pa.types.is_float64(positions.type.field(name).type):
        raise Unreadable
    return positions.field(name).to_numpy(zero_copy_only=False)


def _run(positions: Positions, offsets: list[Any], at: int) -> Positions:
    return np.ascontiguousarray(positions[offsets[-1][at] : offsets[-1][at + 1]])


def _runs(positions: Positions, offsets: list[Any], at: int) -> list[Positions]:
    return [_run(positions, offsets, part) for part in range(offsets[-2][at], offsets[-2][at + 1])]


_BUILDERS: dict[str, Callable[[Positions, list[Any], int], bytes]] = {
    "point": lambda positions, _, at: wkb.point(positions[at]),
    "linestring": lambda positions, offsets, at: wkb.line(_run(positions, offsets, at)),
    "multipoint": lambda positions, offsets, at: wkb.many(
        wkb.POINTS, [wkb.point(position) for position in _run(positions, offsets, at)]
    ),
    "polygon": lambda positions, offsets, at: wkb.polygon(_runs(positions, offsets, at)),
    "multilinestring": lambda positions, offsets, at: wkb.many(
        wkb.LINES, [wkb.line(run) for run in _runs(positions, offsets, at)]
    ),
    "multipolygon": lambda positions, offsets, at: wkb.many(
        wkb.POLYGONS,
        [wkb.polygon(_runs(positions, offsets, part)) for part in range(offsets[-3][at], offsets[-3][at + 1])],
    ),
}
