"""Counting who lives and works within minutes of sites, only where it is stale."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from finder.language import N_
from finder.measures import access as estimate
from finder.measures import catchment as measure
from finder.measures.catchment import Extent, Reached
from finder.model.people import TOWNS, People
from finder.model.reach import CATCHMENT_MIN
from finder.model.vocabulary import Method, Vehicle
from finder.pipeline.progress import Progress, silent
from finder.pipeline.reach import MinutesTo
from finder.roads.network import Network
from finder.store import catchment, population, sites
from finder.store.catchment import Counted, Counting
from finder.store.database import Session

PART = 10_000
"""Sites that are in hand at a time."""
PART_DRIVEN = 50
"""The same over a network, where each takes its time."""
_STEP = N_("Counting people")
Figures = NDArray[np.float64]
Flags = NDArray[np.bool_]


Way = Callable[[BaseGeometry, Vehicle], Figures | None]
"""Given a plot, returns minutes to where people are (inf: beyond the limits, NaN: no way is known), None if off it."""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Minutes over the road network of this key; `to` takes where people are."""

    network: str
    as_of: str | None
    to: Callable[[People], Way]


def ways(network: Network) -> Ways:
    """Return the minutes over a road network."""

    kept: dict[str, Way] = {}

    def to(people: People) -> Way:
        if (key := _key(people)) not in kept:
            kept.clear()  # who counts in parts asks for the same people again; to place them on the roads takes time
            kept[key] = made(people)
        return kept[key]

    def made(people: People) -> Way:
        places = np.asarray(shapely.points(people.x, people.y), dtype=object)

        @functools.cache
        def by(vehicle: Vehicle) -> MinutesTo:
            return MinutesTo(network, vehicle, places, CATCHMENT_MIN[-1])

        def way(plot: BaseGeometry, vehicle: Vehicle) -> Figures | None:
            minutes = by(vehicle)(plot)
            return None if minutes is None else np.where(by(vehicle).on_network, minutes, np.nan)

        return way

    return Ways(network=network.key, as_of=network.as_of, to=to)


def measure_catchments(
    session: Session,
    keys: Sequence[int] | None = None,
    *,
    minutes: Ways | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> int:
    """Count who is within minutes of the given sites (None: of all whose figures are stale); return of how many sites.

    With `everything` what is not stale is counted, too, but for what only a network told.

    Figures are stale when the site lies elsewhere now, when people are others, or when they are not from this network;
    without one those from a network are good as long as the people are the same. Minutes come over the network where
    the site meets it, else they are estimated from the beeline between the middle of the site and where people are.
    """
    if keys is not None and not len(keys):
        return 0
    people = population.people(session)
    extent = Extent.of(people.x, people.y) if len(people) else None
    now = _counting(people, minutes)
    counting = catchment.note(session, now)
    over = None if minutes is None else minutes.to(people)
    stale = _stale(session, now, everything) if keys is None else list(keys)
    size = PART if over is None else PART_DRIVEN
    for start in range(0, len(stale), size):
        progress(_STEP, start, len(stale))
        part = stale[start : start + size]
        shapes = sites.shapes(session, part).loc[part]
        middles = shapely.centroid(shapes["geometry"].to_numpy(dtype=object))
        shapes = shapes.assign(x=shapely.get_x(middles), y=shapely.get_y(middles))
        columns: dict[str, Any] = {}
        for vehicle in Vehicle:
            columns |= _count(shapes, vehicle, people, extent, over).columns(vehicle, counting)
        catchment.save(session, part, columns)
    catchment.prune(session)
    return len(stale)


def uncounted(session: Session, *, minutes: Ways | None = None, everything: bool = False) -> list[int]:
    """Return the keys of the sites that `measure_catchments` would count for, without counting."""
    return _stale(session, _counting(population.people(session), minutes), everything)


def _counting(people: People, minutes: Ways | None) -> Counting:
    return Counting(
        key=_key(people),
        basis=people.basis,
        as_of=people.as_of,
        network=None if minutes is None else minutes.network,
        network_as_of=None if minutes is None else minutes.as_of,
    )


def _stale(session: Session, now: Counting, everything: bool) -> list[int]:
    known = catchment.countings(session)
    if everything:
        # to estimate again what a network told would lose it
        known = {id_: other for id_, other in known.items() if now.network is None and other.network is not None}
    return catchment.stale(session, [id_ for id_, other in known.items() if _as_good(other, now)])


def _as_good(other: Counting, now: Counting) -> bool:
    """Return whether figures of another counting need not be counted again: those over a network are the better."""
    same = (other.key, other.basis, other.as_of) == (now.key, now.basis, now.as_of)
    return same and (now.network is None or other.network == now.network)


def _count(shapes: pd.DataFrame, vehicle: Vehicle, people: People, extent: Extent | None, over: Way | None) -> Counted:
    """Count for sites with geometry, geometry_quality and their middles' x and y, in their order."""
    x, y = (shapes[axis].to_numpy(dtype=float) for axis in ("x", "y"))
    placed = np.isfinite(x) & np.isfinite(y) & (extent is not None)
    if extent is None:
        nothing = np.full((len(shapes), len(CATCHMENT_MIN)), np.nan)
        reached = Reached(nothing, None, np.zeros(nothing.shape, dtype=bool))
    else:
        reached = measure.estimated(x, y, people, extent, vehicle)
    methods = [Method.ESTIMATE if there else None for there in placed.tolist()]
    if over is not None and extent is not None:
        inside = extent.holds(x, y)
        plots = estimate.starts(shapes["geometry"], shapes["geometry_quality"]).to_numpy(dtype=object)
        for position in np.flatnonzero(placed).tolist():
            if (minutes := over(plots[position], vehicle)) is None:
                continue
            one = measure.within(
                minutes, people.inhabitants, people.workforce, rim=extent.rim, inside=bool(inside[position])
            )
            lost = measure.missed(x[position], y[position], people, np.isnan(minutes), vehicle)
            _put(reached, position, one, lost)
            methods[position] = Method.NETWORK
    if people.basis == TOWNS:
        # a town is counted at its centre, and whoever lives nearer than the next one is in none
        reached.inhabitants[reached.inhabitants == 0] = np.nan
    return Counted(reached.inhabitants, reached.workforce, reached.edge, methods)


def _put(reached: Reached, position: int, one: Reached, lost: Flags) -> None:
    reached.edge[position] = edge = one.edge | lost
    reached.inhabitants[position] = np.where(edge & (one.inhabitants == 0), np.nan, one.inhabitants)
    if reached.workforce is not None and one.workforce is not None:
        reached.workforce[position] = np.where(edge & (one.workforce == 0), np.nan, one.workforce)


def _key(people: People) -> str:
    """Return what tells figures from others: who was counted, and how minutes are estimated."""
    how = (people.key, CATCHMENT_MIN, estimate.DETOUR, estimate.SPEEDS_KM_H, measure.SQUARE_M)
    return hashlib.sha256(repr(how).encode()).hexdigest()[:16]


__all__ = ["Way", "Ways", "measure_catchments", "ways"]
