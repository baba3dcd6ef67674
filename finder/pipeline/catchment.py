"""Counting who lives and works within minutes of sites, only where it is stale."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from finder.language import N_
from finder.measures import access as estimate
from finder.measures import catchment as measure
from finder.measures.catchment import Extent, Reached
from finder.model.people import People
from finder.model.reach import CATCHMENT_MIN
from finder.model.vocabulary import Method, Vehicle
from finder.pipeline.progress import Progress, silent
from finder.store import catchment, population, sites
from finder.store.catchment import Counted, Counting
from finder.store.database import Session

PART = 10_000
"""Sites that are in hand at a time."""
_STEP = N_("Counting people")
Figures = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Minutes over a road network of this key. `to` takes where people are and returns, by key of a site and vehicle,
    the minutes to each of these places (NaN: no way), or None for a site that does not meet the network.
    """

    network: str
    as_of: str | None
    to: Callable[[People], Callable[[int, Vehicle], Figures | None]]


def measure_catchments(
    session: Session,
    keys: Sequence[int] | None = None,
    *,
    minutes: Ways | None = None,
    progress: Progress = silent,
) -> int:
    """Count who is within minutes of the given sites (None: of all whose figures are stale); return of how many sites.

    Figures are stale when the site lies elsewhere now, when people are others, or when they are not from this network;
    without one those from a network are good as long as the people are the same. Minutes come over the network where
    the site meets it, else they are estimated from the beeline between the middle of the site and where people are.
    """
    people = population.people(session)
    extent = Extent.of(people.x, people.y) if len(people) else None
    now = Counting(
        key=_key(people),
        basis=people.basis,
        as_of=people.as_of,
        network=None if minutes is None else minutes.network,
        network_as_of=None if minutes is None else minutes.as_of,
    )
    counting = catchment.note(session, now)
    good = [id_ for id_, other in catchment.countings(session).items() if _as_good(other, now)]
    over = None if minutes is None else minutes.to(people)
    measured: set[int] = set()
    for at, vehicle in enumerate(Vehicle):
        stale = catchment.stale(session, good, vehicle) if keys is None else list(keys)
        for start in range(0, len(stale), PART):
            progress(_STEP, at * len(stale) + start, len(Vehicle) * len(stale))
            part = stale[start : start + PART]
            counted = _count(session, part, vehicle, people, extent, over)
            catchment.save(session, part, counted.columns(vehicle, counting))
        measured |= set(stale)
    catchment.prune(session)
    return len(measured)


def _as_good(other: Counting, now: Counting) -> bool:
    """Return whether figures of another counting need not be counted again: those over a network are the better."""
    same = (other.key, other.basis, other.as_of) == (now.key, now.basis, now.as_of)
    return same and (now.network is None or other.network == now.network)


def _count(
    session: Session,
    keys: Sequence[int],
    vehicle: Vehicle,
    people: People,
    extent: Extent | None,
    over: Callable[[int, Vehicle], Figures | None] | None,
) -> Counted:
    """Count for some sites, in the order of their keys given."""
    shapes = sites.shapes(session, keys).loc[list(keys)]
    middles = shapely.centroid(shapes["geometry"].to_numpy(dtype=object))
    x, y = shapely.get_x(middles), shapely.get_y(middles)
    placed = np.isfinite(x) & np.isfinite(y) & (extent is not None)
    if extent is None:
        nothing = np.full((len(keys), len(CATCHMENT_MIN)), np.nan)
        reached = Reached(nothing, None, np.zeros(nothing.shape, dtype=bool))
    else:
        reached = measure.estimated(x, y, people, extent, vehicle)
    methods = [Method.ESTIMATE if there else None for there in placed.tolist()]
    if over is not None and extent is not None:
        inside = extent.holds(x, y)
        for position in np.flatnonzero(placed).tolist():
            if (way := over(keys[position], vehicle)) is not None:
                one = measure.within(
                    way, people.inhabitants, people.workforce, rim=extent.rim, inside=bool(inside[position])
                )
                _put(reached, position, one)
                methods[position] = Method.NETWORK
    return Counted(reached.inhabitants, reached.workforce, reached.edge, methods)


def _put(reached: Reached, position: int, one: Reached) -> None:
    reached.inhabitants[position] = one.inhabitants
    reached.edge[position] = one.edge
    if reached.workforce is not None and one.workforce is not None:
        reached.workforce[position] = one.workforce


def _key(people: People) -> str:
    """Return what tells figures from others: who was counted, and how minutes are estimated."""
    how = (people.key, CATCHMENT_MIN, estimate.DETOUR, estimate.SPEEDS_KM_H, measure.SQUARE_M)
    return hashlib.sha256(repr(how).encode()).hexdigest()[:16]


__all__ = ["Ways", "measure_catchments"]
