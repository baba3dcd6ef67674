"""Which sites are reached from a place within minutes over the road network, computed when it is asked."""

from __future__ import annotations

import numpy as np
from shapely import Point

from finder.measures import reach as measured
from finder.model.reach import Reachable
from finder.model.vocabulary import Vehicle
from finder.roads import snapping
from finder.roads.network import Network
from finder.roads.snapping import Snaps
from finder.search.criteria import Reach
from finder.store import access, sites
from finder.store.database import Session


def over(session: Session, network: Network | None) -> Reach | None:
    """Return what tells who is reached over this network; None without one."""
    if network is None:
        return None

    def reach(point: Point, vehicle: Vehicle, minutes: float) -> Reachable | None:
        place = snapping.snap(network, vehicle, np.array([point], dtype=object), plots=False)
        known = access.approaches(session, network.key, vehicle)
        if place.segment[0] < 0 or known.empty:
            return None  # it does not go there, or nobody was measured on it yet
        located = known[known["segment"].notna()]
        snaps = Snaps(
            located["segment"].to_numpy(dtype=np.int64),
            located["fraction"].to_numpy(dtype=float),
            located["snap_m"].to_numpy(dtype=float),
        )
        seconds = np.full(len(located), np.inf)
        found = measured.reach(network, vehicle, place, minutes * 60.0)
        if found is not None:
            reached = measured.seconds_to(found, snapping.arcs(network, vehicle, snaps))
            seconds[: len(reached)] = reached
        keys = located.index.to_numpy()
        return Reachable(
            within=tuple(keys[seconds <= minutes * 60.0].tolist()),
            unknown=tuple(sorted(set(sites.keys(session)) - set(keys.tolist()))),
            as_of=network.as_of,
        )

    return reach
