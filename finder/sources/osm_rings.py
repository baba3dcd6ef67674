"""Polygons from the WKB that osmium writes, taken apart into rings: numbers can be checked, WKB has to be trusted."""

from __future__ import annotations

import struct
from array import array

import numpy as np
from numpy.typing import NDArray

_COUNT = struct.Struct("<I")
_HEAD_BYTES, _COUNT_BYTES, _POSITION_BYTES = 5, 4, 16


class Rings:
    """Multipolygons of closed rings; the offsets nest: areas of polygons of rings of positions."""

    def __init__(self) -> None:
        self.lonlat = bytearray()
        self.ring_start = array("q", [0])
        self.polygon_start = array("q", [0])
        self.area_start = array("q", [0])

    def add(self, wkb: bytes) -> None:
        """Add a multipolygon in little-endian WKB without heights."""
        at = _HEAD_BYTES
        (polygons,) = _COUNT.unpack_from(wkb, at)
        at += _COUNT_BYTES
        for _ in range(polygons):
            (rings,) = _COUNT.unpack_from(wkb, at + _HEAD_BYTES)
            at += _HEAD_BYTES + _COUNT_BYTES
            for _ in range(rings):
                (positions,) = _COUNT.unpack_from(wkb, at)
                at += _COUNT_BYTES
                self.lonlat += wkb[at : at + positions * _POSITION_BYTES]
                at += positions * _POSITION_BYTES
                self.ring_start.append(len(self.lonlat) // _POSITION_BYTES)
            self.polygon_start.append(len(self.ring_start) - 1)
        self.area_start.append(len(self.polygon_start) - 1)

    def __len__(self) -> int:
        """Return how many areas there are."""
        return len(self.area_start) - 1

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return positions (n, 2) in degrees, and where each ring, polygon and area begins."""
        return {
            "area_lonlat": np.frombuffer(bytes(self.lonlat), dtype="<f8").reshape(-1, 2),
            "ring_start": np.array(self.ring_start, dtype=np.int64),
            "polygon_start": np.array(self.polygon_start, dtype=np.int64),
            "area_start": np.array(self.area_start, dtype=np.int64),
        }
