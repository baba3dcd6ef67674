"""WKB of every dialect as two-dimensional WKB without arcs: ISO and PostGIS's, either end first, heights, measures."""

from __future__ import annotations

import struct

import numpy as np

from finder.sources import arcs, wkb
from finder.sources.wkb import Positions, Unreadable

_HEIGHT, _MEASURE, _SYSTEM = 0x8000_0000, 0x4000_0000, 0x2000_0000  # flags of PostGIS
_MAX_NESTED = 16
_MEMBERS = {  # kind: the kinds of which it is made, and what it is without arcs
    4: ((1,), wkb.POINTS),
    5: ((2,), wkb.LINES),
    6: ((3,), wkb.POLYGONS),
    7: (None, wkb.COLLECTION),
    11: ((2, 8, 9), wkb.LINES),
    12: ((3, 10), wkb.POLYGONS),
}
_LINE, _RING, _ARCS, _CHAIN, _CURVED = 2, 3, 8, 9, 10


class Flattener:
    """Flattens geometries and counts vertices; the rest tells of the last one."""

    def __init__(self) -> None:
        self.vertices = 0
        self.flattened = False
        self.straightened = False

    def flat(self, data: bytes) -> bytes:
        """Return plain WKB.

        Raises
        ------
        Unreadable
            The bytes are no WKB, or of a kind that is no place on a map (TIN, solids).
        """
        self.flattened = self.straightened = False
        if wkb.is_plain(data):
            self.vertices += len(data) // 16  # at most
            return data
        try:
            shape, end = self._geometry(data, 0, 0)[:2]
        except (struct.error, ValueError) as error:
            raise Unreadable from error
        if end != len(data):
            raise Unreadable
        return shape

    def _geometry(self, data: bytes, start: int, depth: int) -> tuple[bytes, int, int]:
        """Return a geometry, where it ends, and its kind."""
        order, kind, size, at = _head(data, start)
        if depth > _MAX_NESTED:
            raise Unreadable
        self.flattened |= size > 2
        if kind == 1:
            positions, at = self._positions(data, order, size, at, 1)
            return wkb.point(positions[0]), at, kind
        if kind in (_LINE, _ARCS, _CHAIN):
            positions, at = self._line(data, start, depth)
            return wkb.line(positions), at, kind
        (count,) = struct.unpack_from(f"{order}I", data, at)
        at += 4
        if count > len(data):
            raise Unreadable
        if kind in (_RING, _CURVED):
            rings = []
            for _ in range(count):
                positions, at = (
                    self._counted(data, order, size, at) if kind == _RING else self._line(data, at, depth + 1)
                )
                rings.append(positions)
            return wkb.polygon(rings), at, kind
        if kind not in _MEMBERS:
            raise Unreadable
        wanted, plain = _MEMBERS[kind]
        members = []
        for _ in range(count):
            shape, at, own = self._geometry(data, at, depth + 1)
            if wanted is not None and own not in wanted:
                raise Unreadable
            members.append(shape)
        return wkb.many(plain, members), at, kind

    def _line(self, data: bytes, start: int, depth: int) -> tuple[Positions, int]:
        """Return the positions of a line, of arcs replaced by lines, or of a chain of both."""
        order, kind, size, at = _head(data, start)
        if depth > _MAX_NESTED:
            raise Unreadable
        self.flattened |= size > 2
        if kind == _LINE:
            return self._counted(data, order, size, at)
        self.straightened = True
        if kind == _ARCS:
            positions, at = self._counted(data, order, size, at)
            return (arcs.through(positions) if len(positions) else positions), at
        if kind != _CHAIN:
            raise Unreadable
        (count,) = struct.unpack_from(f"{order}I", data, at)
        at += 4
        parts: list[Positions] = []
        for _ in range(min(count, len(data))):
            positions, at = self._line(data, at, depth + 1)
            parts.append(positions[1:] if parts else positions)
        return (np.concatenate(parts) if parts else np.empty((0, 2))), at

    def _counted(self, data: bytes, order: str, size: int, at: int) -> tuple[Positions, int]:
        (count,) = struct.unpack_from(f"{order}I", data, at)
        return self._positions(data, order, size, at + 4, count)

    def _positions(self, data: bytes, order: str, size: int, at: int, count: int) -> tuple[Positions, int]:
        end = at + 8 * size * count
        if end > len(data):
            raise Unreadable
        self.vertices += count
        numbers = np.frombuffer(data, f"{order}f8", size * count, at).reshape(count, size)
        return np.ascontiguousarray(numbers[:, :2], np.float64), end


def _head(data: bytes, start: int) -> tuple[str, int, int, int]:
    """Return the byte order, the kind, how many numbers a position has, and where the head ends."""
    if data[start : start + 1] not in (b"\0", b"\1"):
        raise Unreadable
    order = "<" if data[start] else ">"
    (said,) = struct.unpack_from(f"{order}I", data, start + 1)
    bare = said & 0x0FFF_FFFF
    dimension, kind = divmod(bare, 1000)
    if dimension > 3:
        raise Unreadable
    height = dimension in (1, 3) or bool(said & _HEIGHT)
    measure = dimension in (2, 3) or bool(said & _MEASURE)
    return order, kind, 2 + height + measure, start + (9 if said & _SYSTEM else 5)
