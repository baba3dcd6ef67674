"""Measuring what sites reach, only what is stale, and keeping what was measured."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from finder.language import N_
from finder.measures import access as measure
from finder.measures import routing
from finder.measures.routing import Nearest
from finder.model.access import AccessPoint, measured_name, method_name
from finder.model.vocabulary import AccessKind, Method, Obstacle, Vehicle
from finder.pipeline.progress import Progress, silent
from finder.roads import snapping
from finder.roads.network import Network
from finder.roads.snapping import Snaps, Stops
from finder.store import access, reference, sites
from finder.store.access import Approaches, Measuring
from finder.store.database import Session

Points = Mapping[AccessKind, Sequence[AccessPoint]]


@dataclass(frozen=True)
class Measured:
    """What was measured: how many sites in all and by kind, and of these over the road network, by kind and vehicle.

    `outside` are those near no road that the vehicle gets from to the rest of the network. Of
    `counted` sites people within minutes were counted, None: that was not asked for.
    """

    sites: int
    stale: Mapping[AccessKind, int]
    driven: Mapping[tuple[AccessKind, Vehicle], int] = field(default_factory=dict)
    outside: Mapping[Vehicle, int] = field(default_factory=dict)
    counted: int | None = None


def measure_access(
    session: Session,
    keys: Sequence[int] | None = None,
    kinds: Iterable[AccessKind] = tuple(AccessKind),
    *,
    network: Network | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> Measured:
    """Measure the access of the given sites, or (None) of those whose figures are stale or, if wished, of all.

    Figures are stale when the site lies elsewhere now, when the access points of the kind are others, or when they are
    not from this road network. Without a network those from one are good as long as the points are the same, even with
    `everything`. What the network cannot tell of a site stays an estimate, and why is kept.
    """
    points = {kind: reference.access_points(session, [kind]) for kind in kinds}
    ids = {kind: access.note(session, _measuring(kind, points[kind], network)) for kind in points}
    if keys is None:
        wanted = access.stale(session, _good(session, ids, network, everything))
    else:
        wanted = {kind: list(keys) for kind in points}
    together: dict[tuple[int, ...], list[AccessKind]] = {}
    for kind, stale in wanted.items():
        if stale:
            together.setdefault(tuple(stale), []).append(kind)
    driven: Counter[tuple[AccessKind, Vehicle]] = Counter()
    outside: Counter[Vehicle] = Counter()
    for stale_keys, alike in together.items():
        chosen = {kind: points[kind] for kind in alike}
        columns = _columns(session, stale_keys, chosen, network, progress)
        for kind in alike:
            columns[measured_name(kind)] = np.full(len(stale_keys), ids[kind])
        access.save(session, stale_keys, columns)
        for vehicle in Vehicle:
            # the same site may be among those of several kinds
            lost = sum(
                _count(columns, f"{vehicle.value}_obstacle", word) for word in (Obstacle.OUTSIDE, Obstacle.ISLAND)
            )
            outside[vehicle] = max(outside[vehicle], lost)
            for kind in alike:
                driven[kind, vehicle] = _count(columns, method_name(kind, vehicle), Method.NETWORK)
    if keys is None and together:
        access.prune(session)
    return Measured(
        sites=len({key for stale_keys in together for key in stale_keys}),
        stale={kind: len(stale) for kind, stale in wanted.items()},
        driven=driven,
        outside={vehicle: n for vehicle, n in outside.items() if n},
    )


def _count(columns: Mapping[str, Any], name: str, word: str) -> int:
    return int((columns[name] == word).sum()) if name in columns else 0


def stale(
    session: Session, kinds: Iterable[AccessKind] = tuple(AccessKind), *, network: Network | None = None
) -> dict[AccessKind, int]:
    """Return how many sites' figures of each kind are stale, without measuring them."""
    found: dict[AccessKind, set[int]] = {}
    known = access.measurings(session)
    for kind in kinds:
        now = _measuring(kind, reference.access_points(session, [kind]), network)
        found[kind] = {id_ for id_, other in known.items() if _as_good(other, now)}
    return {kind: len(keys) for kind, keys in access.stale(session, found).items()}


def digest(points: Iterable[AccessPoint]) -> str:
    """Return what tells one set of access points from another: which there are and where they lie."""
    told = hashlib.sha256()
    for point in points:
        told.update(f"{point.id}\n{point.uncertainty_m}\n".encode())
        told.update(shapely.to_wkb(point.geometry))
    return told.hexdigest()[:16]


def _measuring(kind: AccessKind, points: Iterable[AccessPoint], network: Network | None) -> Measuring:
    by = {} if network is None else {"network": network.key, "network_as_of": network.as_of}
    return Measuring(kind=kind, points=digest(points), **by)


def _good(
    session: Session, ids: Mapping[AccessKind, int], network: Network | None, everything: bool
) -> Mapping[AccessKind, Iterable[int]]:
    known = access.measurings(session)
    if everything:
        # to estimate again what a network told would lose it
        known = {id_: other for id_, other in known.items() if network is None and other.network is not None}
    now = access.measurings(session)
    return {kind: {other for other in known if _as_good(known[other], now[id_])} for kind, id_ in ids.items()}


def _as_good(other: Measuring, now: Measuring) -> bool:
    """Return whether figures of another measuring need not be measured again."""
    same = other.kind is now.kind and other.points == now.points
    return same and (now.network is None or other.network == now.network)


def _columns(
    session: Session, keys: Sequence[int], points: Points, network: Network | None, progress: Progress
) -> dict[str, Any]:
    """Return the access table's columns of these sites and kinds."""
    shapes = sites.shapes(session, keys).loc[list(keys)]
    begin = measure.starts(shapes["geometry"], shapes["geometry_quality"])
    columns: dict[str, Any] = {}
    for kind in points:
        columns |= _estimated(begin, kind, points[kind])
    if network is None:
        return columns
    plots = begin.to_numpy(dtype=object)
    columns["network"] = _filled(_placed(plots), network.key)
    done, total = 0, len(points) * len(Vehicle)
    progress(N_("Looking for the road beside each plot"), done, total)
    for vehicle, snaps in snapping.snap_each(network, plots).items():
        columns |= _approaches(network, vehicle, snaps, plots).columns(vehicle)
        ends = [stops(network, vehicle, kind, points[kind]) for kind in points]
        ways = routing.nearest_of_each(network, vehicle, snaps, ends)
        for kind, end in zip(points, ends, strict=True):
            progress(N_("Driving over the road network"), done, total)
            _drive(columns, begin, vehicle, kind, points[kind], end, next(ways))
            done += 1
    return columns


def _estimated(begin: pd.Series, kind: AccessKind, points: Sequence[AccessPoint]) -> dict[str, Any]:
    targets = np.array([point.geometry for point in points], dtype=object)
    ids = np.array([*(point.id for point in points), None], dtype=object)
    nearest = measure.nearest(begin, targets)
    found = ids[nearest.point.to_numpy()]
    methods = np.array([None if id_ is None else Method.ESTIMATE.value for id_ in found], dtype=object)
    columns: dict[str, Any] = {}
    for vehicle in Vehicle:
        columns |= access.figures(
            kind,
            vehicle,
            points=found.copy(),
            km=nearest.beeline_km.to_numpy(copy=True),
            minutes=measure.estimated_min(nearest.beeline_km, vehicle).to_numpy(copy=True),
            methods=methods.copy(),
        )
    return columns


def _drive(
    columns: dict[str, Any],
    begin: pd.Series,
    vehicle: Vehicle,
    kind: AccessKind,
    points: Sequence[AccessPoint],
    ends: Stops,
    ways: Nearest,
) -> None:
    """Put what the network tells of one kind in the place of the estimates.

    Where a point that lies off the network is nearer, by the estimate, that one is told: nobody drove there.
    """
    minutes = ways.seconds / 60.0
    off = np.setdiff1d(np.arange(len(points)), ends.point)
    beside = measure.nearest(begin, np.array([points[i].geometry for i in off], dtype=object))
    beside_min = measure.estimated_min(beside.beeline_km, vehicle).to_numpy()
    nearer = np.flatnonzero(beside_min < minutes)
    there = np.flatnonzero((ways.point >= 0) & ~(beside_min < minutes))
    ids = np.array([*(point.id for point in points), None], dtype=object)

    def tell(rows: NDArray[np.intp], point: Any, km: Any, minutes: Any, method: Method) -> None:
        figures = access.figures(kind, vehicle, points=ids[point], km=km, minutes=minutes, methods=method.value)
        for name, values in figures.items():
            columns[name][rows] = values

    tell(there, ways.point[there], ways.metres[there] / 1000.0, minutes[there], Method.NETWORK)
    if len(nearer):
        which, km = off[beside.point.to_numpy()[nearer]], beside.beeline_km.to_numpy()[nearer]
        tell(nearer, which, km, beside_min[nearer], Method.ESTIMATE)


def stops(network: Network, vehicle: Vehicle, kind: AccessKind, points: Sequence[AccessPoint]) -> Stops:
    """Return where ways to these access points end on the network; what lies off it has no end."""
    places = np.array([point.geometry for point in points], dtype=object)
    if kind is AccessKind.MOTORWAY_JUNCTION:
        uncertainty_m = np.array([point.uncertainty_m or 0.0 for point in points], dtype=float)
        return snapping.junction_stops(network, vehicle, places, uncertainty_m)
    return snapping.arcs(network, vehicle, snapping.snap(network, vehicle, places, plots=False))


def _approaches(network: Network, vehicle: Vehicle, snaps: Snaps, plots: NDArray[np.object_]) -> Approaches:
    """Return where drives meet the road, or why they meet none that leads anywhere."""
    found = snaps.segment >= 0
    lost = np.flatnonzero(_placed(plots) & ~found)
    beside = snapping.snap(network, vehicle, plots[lost], connected=False).segment >= 0
    obstacle = np.full(len(plots), None, dtype=object)
    obstacle[lost] = np.where(beside, Obstacle.ISLAND.value, Obstacle.OUTSIDE.value)
    segment = _filled(found, snaps.segment[found])
    return Approaches(segment, snaps.fraction, snaps.distance_m, obstacle)


def _placed(plots: NDArray[np.object_]) -> NDArray[np.bool_]:
    placed: NDArray[np.bool_] = ~(shapely.is_missing(plots) | shapely.is_empty(plots))
    return placed


def _filled(where: NDArray[np.bool_], values: Any) -> NDArray[np.object_]:
    """Return a column that is known only in some rows."""
    column = np.full(len(where), None, dtype=object)
    column[where] = values
    return column
