"""Our side of GML's reference systems: what a name means, and the coordinates turned so that x comes first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from finder import crs
from finder.sources import wkb
from finder.sources.sentences import Notes

_SAMPLE = 500


Geometry = Sequence[bytes | None]


def settled(name: str, geometry: Geometry | None, notes: Notes) -> tuple[str | None, Geometry | None]:
    """Return the system that a name means (None: not known) and the geometry x first; what was done is noted."""
    meant = crs.named(name)
    if meant is None:
        notes.once("crs_not_known", field="geometry", stated=name)
        return None, geometry
    if geometry is None:
        return meant.system, None
    north_first = crs.is_north_first(meant, _sample(geometry))
    if north_first != meant.north_first:
        notes.once("axes_other", field="geometry", stated=name)
    elif north_first:
        notes.once("axes_turned", field="geometry", stated=name)
    if north_first:
        geometry = [None if shape is None else wkb.turned(shape) for shape in geometry]
    return meant.system, geometry


def _sample(geometry: Geometry) -> NDArray[np.float64]:
    """Return the first positions of some geometries from all over the file, shape (n, 2)."""
    step = -(-len(geometry) // _SAMPLE) or 1
    found = (geometry[at] for at in range(0, len(geometry), step))
    places = [place for shape in found if shape is not None and (place := wkb.first(shape)) is not None]
    return np.array(places, dtype=float).reshape(-1, 2)
