"""Measures of buildable areas (BP_UeberbaubareGrundstuecksFlaeche) for the area in which they lie.

Many plans state GRZ, storeys or heights there instead of on the area. What all buildable areas inside an area state
alike is the area's; where they differ, or some say nothing, it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from finder.limits import Limits
from finder.sources import wkb, xplan_values
from finder.sources.features import Values
from finder.sources.gml_geometry import Shapes
from finder.sources.sentences import Notes
from finder.sources.wkb import Positions

KIND = "BP_UeberbaubareGrundstuecksFlaeche"
_GROUPS = {"GRZmin": "GRZ", "GRZmax": "GRZ", "GFZmin": "GFZ", "GFZmax": "GFZ", "Zmin": "Z", "Zmax": "Z",
           "Zzwingend": "Z"}  # fmt: skip

_TRIES = 64
_Measures = dict[str, Values]


class Inside:
    """Holds the measures of buildable areas, each with a point inside it."""

    def __init__(self, limits: Limits) -> None:
        # what is wrong with an outline that is no row's own is told by its measures being left out
        self._shapes = Shapes(limits, Notes(0))
        self._measures: list[_Measures] = []
        self._places: list[tuple[float, float]] = []
        self._used: NDArray[np.bool_] | None = None

    def take(self, around: Sequence[Element], feature: Element) -> None:
        """Take one buildable area."""
        shape = None
        for property_, geometry in xplan_values.geometries(feature)[:1]:
            shape = self._shapes.read(geometry, (*around, feature, property_))
        self._measures.append(grouped(xplan_values.with_measures(feature)))
        self._places.append(inner(wkb.runs(shape) if shape else []))

    def of(self, shape: bytes | None, srs_name: str | None, own: Values) -> tuple[Values, list[str], list[str]]:
        """Return the measures for an area, and the names of those that were taken and of those that differ."""
        if shape is None or not any(self._measures) or self._shapes.srs_name not in (None, srs_name):
            return {}, [], []
        inside = np.flatnonzero(within(wkb.runs(shape), np.array(self._places)))
        self._marks()[inside] = True
        stated = [self._measures[i] for i in inside]
        taken: Values = {}
        names: list[str] = []
        differing: list[str] = []
        for name in dict.fromkeys(name for one in stated for name in one if name not in grouped(own)):
            if all(one.get(name) == stated[0].get(name) for one in stated):
                taken |= stated[0][name]
                names.append(name)
            else:
                differing.append(name)
        return taken, names, differing

    def _marks(self) -> NDArray[np.bool_]:
        if self._used is None:
            self._used = np.zeros(len(self._measures), dtype=bool)
        return self._used

    @property
    def outside(self) -> int:
        """How many buildable areas with measures lie in no area."""
        return sum(bool(one) and not used for one, used in zip(self._measures, self._marks(), strict=True))


def grouped(values: Values) -> _Measures:
    """Return the measures among values by their names: GRZmin and GRZmax are of GRZ."""
    found: _Measures = {}
    for column, value in values.items():
        base = column.partition("@")[0].partition(".")[0]
        if base in xplan_values.MEASURES:
            found.setdefault(_GROUPS.get(base, base), {})[column] = value
    return found


def inner(rings: Sequence[Positions]) -> tuple[float, float]:
    """Return a point inside polygons: in the middle of their widest part at some height; NaN where there is none."""
    heights = np.unique(np.concatenate([ring[:, 1] for ring in rings])) if rings else np.empty(0)
    if np.isfinite(heights).all():
        # at no height of a corner, and best where none is near; between polygons there may be nothing
        for i in np.argsort(-np.diff(heights))[:_TRIES]:
            y = float(heights[i] + heights[i + 1]) / 2
            crossings = np.sort(np.concatenate([_crossings(ring, y) for ring in rings])).tolist()
            parts = [(b - a, (a + b) / 2) for a, b in zip(crossings[::2], crossings[1::2], strict=False)]
            if parts and max(parts)[0] > 0:
                return max(parts)[1], y
    return float("nan"), float("nan")


def _crossings(ring: Positions, y: float) -> Positions:
    """Return where a ring crosses a height."""
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    cut = (y0 > y) != (y1 > y)
    crossings: Positions = x0[cut] + (y - y0[cut]) * (x1[cut] - x0[cut]) / (y1[cut] - y0[cut])
    return crossings


def within(rings: Sequence[Positions], places: Positions) -> NDArray[np.bool_]:
    """Return which places lie inside rings, as often inside as there are shells around a hole."""
    found = np.zeros(len(places), dtype=bool)
    if not rings:
        return found
    corners = np.concatenate(rings)
    with np.errstate(invalid="ignore"):
        near = ((places >= corners.min(axis=0)) & (places <= corners.max(axis=0))).all(axis=1)
    for i in np.flatnonzero(near):
        x, y = places[i]
        found[i] = sum(int((_crossings(ring, y) > x).sum()) for ring in rings) % 2 == 1
    return found
