"""Geometries written as WKB, only their shape checked: unclosed rings and NaN are for the intake to judge."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.float64]
"""Places in the plane, shape (n, 2)."""

_ORDER = b"\x01" if sys.byteorder == "little" else b"\x00"
_HEAD = struct.Struct("=II")
_NUMBERS = {int, float}
_MAX_NESTED = 16


class Unreadable(Exception):
    """The object is no geometry."""


class Writer:
    """Writes GeoJSON's geometries, counts vertices; `flattened` tells whether the last one had a third coordinate."""

    def __init__(self) -> None:
        self.vertices = 0
        self.flattened = False

    def write(self, geometry: Any) -> bytes:
        """Return a GeoJSON geometry object as two-dimensional WKB.

        Raises
        ------
        Unreadable
            The object is no geometry: unknown type, wrong nesting, coordinates that are not numbers.
        """
        self.flattened = False
        try:
            return self._geometry(geometry, 0)
        except (TypeError, ValueError, LookupError, OverflowError, AttributeError) as error:
            raise Unreadable from error

    def _geometry(self, geometry: Any, depth: int) -> bytes:
        kind = geometry["type"]
        if kind == "GeometryCollection":
            members = geometry["geometries"]
            if depth >= _MAX_NESTED or not isinstance(members, list):
                raise Unreadable
            return many(COLLECTION, [self._geometry(member, depth + 1) for member in members])
        coordinates = geometry["coordinates"]
        if not isinstance(coordinates, list):
            raise Unreadable
        if kind == "Polygon":
            return self._polygon(coordinates)
        if kind == "MultiPolygon":
            return many(POLYGONS, [self._polygon(member) for member in coordinates])
        if kind == "Point":
            return self._point(coordinates)
        if kind == "MultiPoint":
            return many(POINTS, [self._point(member) for member in coordinates])
        if kind == "LineString":
            return self._line(coordinates)
        if kind == "MultiLineString":
            return many(LINES, [self._line(member) for member in coordinates])
        raise Unreadable

    def _point(self, position: list[Any]) -> bytes:
        numbers = self._numbers([position]) if position else struct.pack("=2d", float("nan"), float("nan"))
        return _ORDER + struct.pack("=I", 1) + numbers

    def _line(self, positions: list[Any]) -> bytes:
        return _ORDER + _HEAD.pack(2, len(positions)) + self._numbers(positions)

    def _polygon(self, rings: list[Any]) -> bytes:
        if not isinstance(rings, list):
            raise Unreadable
        parts = [_ORDER, _HEAD.pack(3, len(rings))]
        for ring in rings:
            parts += (struct.pack("=I", len(ring)), self._numbers(ring))
        return b"".join(parts)

    def _numbers(self, positions: list[Any]) -> bytes:
        if not isinstance(positions, list):
            raise Unreadable
        lengths = set(map(len, positions))
        if lengths - {2}:
            if min(lengths) < 2:
                raise Unreadable
            self.flattened = True
            positions = [position[:2] for position in positions]
        flat = list(chain.from_iterable(positions))
        if not _NUMBERS.issuperset(map(type, flat)):
            raise Unreadable
        self.vertices += len(positions)
        return array("d", flat).tobytes()


def point(position: Positions) -> bytes:
    """Return the WKB of a point, shape (2,)."""
    return _ORDER + struct.pack("=I", 1) + position.tobytes()


def line(positions: Positions) -> bytes:
    """Return the WKB of a line."""
    return _ORDER + _HEAD.pack(2, len(positions)) + positions.tobytes()


def polygon(rings: Sequence[Positions]) -> bytes:
    """Return the WKB of a polygon, its shell first; without rings it is empty."""
    parts = [_ORDER, _HEAD.pack(3, len(rings))]
    for ring in rings:
        parts += (struct.pack("=I", len(ring)), ring.tobytes())
    return b"".join(parts)


POINTS, LINES, POLYGONS, COLLECTION = 4, 5, 6, 7
"""The kinds with members."""


def many(kind: int, members: Sequence[bytes]) -> bytes:
    """Return the WKB of several geometries: `POINTS`, `LINES`, `POLYGONS` or, of any kinds, a `COLLECTION`."""
    return _ORDER + _HEAD.pack(kind, len(members)) + b"".join(members)


def is_plain(data: bytes) -> bool:
    """Tell whether WKB is whole, in the plane and of the seven kinds without arcs."""
    return _runs(data) is not None


def first(data: bytes) -> tuple[float, float] | None:
    """Return the first position of plain WKB, None where there is none."""
    for order, at, count in _runs(data) or ():
        if count:
            x, y = struct.unpack_from(f"{order}2d", data, at)
            return x, y
    return None


def runs(data: bytes) -> list[Positions]:
    """Return the runs of positions of plain WKB: of polygons, all rings."""
    return [
        np.frombuffer(data, f"{order}f8", 2 * count, at).reshape(count, 2) for order, at, count in _runs(data) or ()
    ]


def turned(data: bytes) -> bytes:
    """Return plain WKB with its two axes in each other's place; what is not plain stays as it is."""
    out = bytearray(data)
    for order, at, count in _runs(data) or ():
        positions = np.frombuffer(out, f"{order}f8", 2 * count, at).reshape(count, 2)
        positions[:] = positions[:, ::-1].copy()
    return bytes(out)


_Runs = list[tuple[str, int, int]]


def _runs(data: bytes) -> _Runs | None:
    """Return where the positions lie (byte order, offset, count); None where the WKB is not plain."""
    runs: _Runs = []
    try:
        return runs if _end(data, 0, 0, runs) == len(data) else None
    except (struct.error, _NotPlain):
        return None


class _NotPlain(Exception):
    pass


def _end(data: bytes, start: int, depth: int, runs: _Runs) -> int:
    """Return where a geometry ends, and add where its positions lie."""
    order = "<" if data[start : start + 1] == b"\x01" else ">"
    (kind,) = struct.unpack_from(f"{order}I", data, start + 1)
    at = start + 5
    if kind == 1:
        runs.append((order, at, 1))
        return at + 16
    if not 2 <= kind <= 7 or depth > _MAX_NESTED:
        raise _NotPlain
    (count,) = struct.unpack_from(f"{order}I", data, at)
    at += 4
    if kind == 2:
        runs.append((order, at, count))
        return int(at + 16 * count)
    if count > len(data):
        raise _NotPlain
    for _ in range(count):
        if kind == 3:
            (positions,) = struct.unpack_from(f"{order}I", data, at)
            runs.append((order, at + 4, positions))
            at += 4 + 16 * positions
        else:
            at = _end(data, at, depth + 1, runs)
    return at
