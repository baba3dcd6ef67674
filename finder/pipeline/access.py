"""Measuring the sites' access and keeping what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from finder.measures import access as measure
from finder.model.vocabulary import AccessKind, Method, Vehicle
from finder.store import reference, sites
from finder.store.database import Session


def measure_access(
    session: Session, keys: Sequence[int] | None = None, kinds: Iterable[AccessKind] = tuple(AccessKind)
) -> int:
    """Measure the access of the given sites (None: of all) by beeline and estimate; return how many were measured."""
    shapes = sites.shapes(session, keys)
    if shapes.empty:
        return 0
    begin = measure.starts(shapes["geometry"], shapes["geometry_quality"])
    columns: dict[str, Any] = {}
    for kind in kinds:
        points = reference.access_points(session, [kind])
        targets = np.array([point.geometry for point in points], dtype=object)
        ids = np.array([*(point.id for point in points), None], dtype=object)
        nearest = measure.nearest(begin, targets)
        for vehicle in Vehicle:
            columns |= reference.access_columns(
                kind,
                vehicle,
                points=ids[nearest.point.to_numpy()],
                km=nearest.beeline_km,
                minutes=measure.estimated_min(nearest.beeline_km, vehicle),
                km_method=Method.BEELINE,
                method=Method.ESTIMATE,
            )
    reference.save_access(session, shapes.index.tolist(), columns)
    return len(shapes)
