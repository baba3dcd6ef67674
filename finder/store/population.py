"""People where they live and work: the cells of a loaded grid, else the towns."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from finder.model.people import TOWNS, Grid, People
from finder.model.place import Municipality, Place
from finder.model.query import fold
from finder.store import bulk, reference, tables
from finder.store.database import Session

CHUNK = 50_000
_ASTRAY_M = 5_000.0
Figures = NDArray[np.float64]


def grid(session: Session) -> Grid | None:
    """Return what is known of the loaded grid, None where there is none."""
    row = session.execute(sa.select(tables.population_layer)).mappings().one_or_none()
    return None if row is None else Grid(**{name: value for name, value in row.items() if name != "pk"})


def replace(
    session: Session, new: Grid, x: Figures, y: Figures, inhabitants: Figures, workforce: Figures | None
) -> bool:
    """Put a grid in the place of the older one; return whether anything is other than before."""
    old = grid(session)
    if old == new:
        return False
    if old is None or old.key != new.key:
        session.execute(sa.delete(tables.population))
        for start in range(0, len(x), CHUNK):
            part = slice(start, start + CHUNK)
            columns = {
                "pk": list(range(start, start + len(x[part]))),
                "x": x[part].tolist(),
                "y": y[part].tolist(),
                "inhabitants": _known(inhabitants[part]),
                "workforce": _known(np.full(len(x[part]), np.nan) if workforce is None else workforce[part]),
            }
            bulk.insert(session, tables.population, columns)
    session.execute(sa.delete(tables.population_layer))
    session.execute(sa.insert(tables.population_layer).values(pk=1, **dataclasses.asdict(new)))
    return True


def withdraw(session: Session) -> None:
    """Take the grid back."""
    session.execute(sa.delete(tables.population))
    session.execute(sa.delete(tables.population_layer))


def key(x: Figures, y: Figures, inhabitants: Figures, workforce: Figures | None) -> str:
    """Return what tells these people from others."""
    told = hashlib.sha256()
    for values in (x, y, inhabitants, np.empty(0) if workforce is None else workforce):
        told.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
    return told.hexdigest()[:16]


def people(session: Session) -> People:
    """Return where people are: the loaded grid's cells in their order, else the towns; none where nothing is known."""
    if (loaded := grid(session)) is None:
        return _towns(reference.municipalities(session), reference.places(session))
    c = tables.population.c
    rows = session.execute(sa.select(c.x, c.y, c.inhabitants, c.workforce).order_by(c.pk)).all()
    table = np.array([tuple(row) for row in rows], dtype=float).reshape(-1, 4)
    x, y, inhabitants, workforce = table.T
    return People(
        x=x,
        y=y,
        inhabitants=inhabitants,
        workforce=None if loaded.workforce is None else workforce,
        basis=loaded.source,
        as_of=loaded.as_of,
        key=loaded.key,
    )


def _towns(municipalities: Sequence[Municipality], places: Sequence[Place]) -> People:
    """Return the towns, each counted once at its centre: the region's own by their official figures.

    A place in one of them is the town itself, or a part of it.
    """
    own = [town for town in municipalities if town.inhabitants is not None]
    areas = np.array([town.geometry for town in own], dtype=object)
    centres = np.array([place.geometry for place in places], dtype=object)
    tree = shapely.STRtree(centres)
    counted: list[tuple[Any, int, str | None]] = []
    parts: set[int] = set()
    for town, area in zip(own, areas, strict=True):
        named = [at for at, place in enumerate(places) if fold(place.name) == fold(town.name)]
        within = [] if area is None else tree.query(area, predicate="intersects").tolist()
        if area is not None:  # towns of one name lie far apart, and areas may be schematic
            named = [at for at in named if shapely.distance(centres[at], area) <= _ASTRAY_M]
        parts |= {*within, *named}
        middle = centres[named[0]] if named else None if area is None else shapely.point_on_surface(area)
        if middle is not None and town.inhabitants is not None:
            counted.append((middle, town.inhabitants, town.inhabitants_as_of))
    counted += [(p.geometry, p.inhabitants, p.as_of) for at, p in enumerate(places) if at not in parts]
    points = np.array([point for point, _, _ in counted], dtype=object)
    x, y = shapely.get_x(points).astype(float), shapely.get_y(points).astype(float)
    inhabitants = np.array([number for _, number, _ in counted], dtype=float)
    days = {as_of for _, _, as_of in counted}
    return People(
        x=x,
        y=y,
        inhabitants=inhabitants,
        workforce=None,
        basis=TOWNS,
        as_of=days.pop() if len(days) == 1 else None,
        key=key(x, y, inhabitants, None),
    )


def _known(values: Figures) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


__all__ = ["grid", "key", "people", "replace", "withdraw"]
