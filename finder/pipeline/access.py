"""Measuring what sites reach, only what is stale, and keeping what was measured."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely

from finder.measures import access as measure
from finder.model.access import AccessPoint, measured_name
from finder.model.vocabulary import AccessKind, Method, Vehicle
from finder.store import access, reference, sites
from finder.store.access import Measuring
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
        found = ids[nearest.point.to_numpy()]
        methods = np.array([None if id_ is None else Method.ESTIMATE.value for id_ in found], dtype=object)
        for vehicle in Vehicle:
            minutes = measure.estimated_min(nearest.beeline_km, vehicle)
            columns |= access.figures(
                kind, vehicle, points=found, km=nearest.beeline_km, minutes=minutes, methods=methods
            )
        measuring = access.note(session, Measuring(kind=kind, points=digest(points)))
        columns[measured_name(kind)] = np.full(len(shapes), measuring)
    access.save(session, shapes.index.tolist(), columns)
    return len(shapes)


def digest(points: Iterable[AccessPoint]) -> str:
    """Return what tells one set of access points from another: which there are and where they lie."""
    told = hashlib.sha256()
    for point in points:
        told.update(f"{point.id}\n".encode())
        told.update(shapely.to_wkb(point.geometry))
    return told.hexdigest()[:16]
