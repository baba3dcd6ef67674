"""Tests and repairs of where a row lies; how a single outline is judged stands in `finder.intake.outlines`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from finder.intake import outlines
from finder.intake.cells import shown
from finder.intake.findings import Finding, Mask, Work, found, not_known
from finder.model.vocabulary import GeometryQuality

Shapes = NDArray[np.object_]
Test = Callable[[Work], list[Finding]]


def shapes_of(work: Work) -> Shapes:
    """Return the batch's places, which must be delivered."""
    shapes: Shapes = work.frame["geometry"].to_numpy(dtype=object)
    return shapes


def written(shape: BaseGeometry) -> str:
    """Return a place as a report quotes it."""
    return shown(shapely.to_wkt(shape, rounding_precision=1))


def where(test: Callable[[Shapes], Mask], *, unknown: bool = False) -> Test:
    """Return the test that finds the rows a test of `outlines` finds; with `unknown` they stay without a place."""

    def run(work: Work) -> list[Finding]:
        shapes = shapes_of(work)
        positions = np.flatnonzero(test(shapes))
        repaired = [None] * len(positions) if unknown else None
        values = [written(shape) for shape in shapes[positions]]
        return [Finding(field="geometry", positions=positions, values=values, repaired=repaired)]

    return run


def nowhere(work: Work) -> list[Finding]:
    """Find coordinates that are no numbers, quoted as the file gives them."""
    shapes = shapes_of(work)
    positions = np.flatnonzero(outlines.not_finite(shapes))
    rows = work.frame.index[positions]
    values = [work.lost.get(int(row)) or shown(shapes[p].wkt) for row, p in zip(rows, positions, strict=True)]
    return [Finding(field="geometry", positions=positions, values=values)]


def elsewhere(work: Work) -> list[Finding]:
    """Find places outside the area where sites may lie."""
    area = work.area
    return [] if area is None else where(lambda shapes: outlines.outside(shapes, area))(work)


def collections(work: Work) -> list[Finding]:
    """Find collections that hold a single point, or nothing but polygons."""
    shapes = shapes_of(work)
    positions = np.flatnonzero(outlines.other_kind(shapes))
    return _replaced(shapes, {int(p): outlines.single_kind(shapes[p]) for p in positions})


def turned(work: Work) -> list[Finding]:
    """Find places that lie in the area only with their axes swapped."""
    if work.area is None:
        return []
    shapes = shapes_of(work)
    return _replaced(shapes, dict(enumerate(outlines.swapped(shapes, work.area))))


def mended(work: Work) -> list[Finding]:
    """Find invalid outlines that can be made valid without changing their area."""
    shapes = shapes_of(work)
    return _replaced(
        shapes, {int(p): outlines.valid_again(shapes[p])[0] for p in np.flatnonzero(outlines.invalid(shapes))}
    )


def _replaced(shapes: Shapes, by_position: dict[int, BaseGeometry | None]) -> list[Finding]:
    by_position = {position: shape for position, shape in by_position.items() if shape is not None}
    positions = np.array(list(by_position), dtype=np.intp)
    values = [written(shape) for shape in shapes[positions]]
    return [Finding(field="geometry", positions=positions, values=values, repaired=list(by_position.values()))]


def odd_quality(work: Work) -> list[Finding]:
    """Find outlines said to be a point only, and points said to be an outline."""
    if "geometry" not in work.frame:
        return []
    shapes, cells = shapes_of(work), work.cells("geometry_quality")
    of_outlines = np.isin(cells, (GeometryQuality.SURVEYED, GeometryQuality.PARCEL))
    odd = (outlines.is_polygon(shapes) & (cells == GeometryQuality.POINT)) | (outlines.is_point(shapes) & of_outlines)
    return [found("geometry_quality", odd, cells, unknown=True)]


def measure(work: Work) -> None:
    """Set what follows from the places: the measured area of polygons, the quality of plain points.

    Both belong to the place: one that is new does not keep those of the place that was.
    """
    if "geometry" not in work.frame:
        return
    shapes = shapes_of(work)
    quality = work.cells("geometry_quality")
    # an approximate outline is drawn, not measured
    polygon = outlines.is_polygon(shapes) & (quality != GeometryQuality.APPROXIMATE)
    area = np.full(len(shapes), np.nan)
    area[polygon] = shapely.area(shapes[polygon])
    work.frame["area_m2"] = pd.Series(area, index=work.frame.index, dtype="float64")
    quality[outlines.is_point(shapes) & not_known(quality)] = GeometryQuality.POINT
    work.frame["geometry_quality"] = pd.Series(quality, index=work.frame.index, dtype=object)
