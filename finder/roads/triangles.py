"""The triangles between the places of a network, and which of them a time may run through.

Places and triangles stand in the order of the ground, so that runs of `RUN` of them lie together. For each run of
triangles it is kept which runs of places their corners lie in: what times these have tells most triangles to be out of
question, and they are never looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import Delaunay

from finder.roads.arrays import Ints, Longs, Reals, ranges

if TYPE_CHECKING:
    from finder.roads.network import Network

RUN = 64
FAR_AWAY = 4
"""So many places, the last ones, are no crossings but lie far around all others."""


def between(place_xy: Reals) -> Ints:
    """Return the triangles between places, (t, 3) their corners against the clock, by their first corner's number."""
    triangle: Ints = Delaunay(place_xy - place_xy.mean(axis=0)).simplices.astype(np.int32)
    return triangle[np.argsort(triangle.min(axis=1), kind="stable")]


def corner_runs(triangle: Ints) -> tuple[Ints, Ints]:
    """Return for each run of triangles the runs of places: those of run `i` from `start[i]` to `start[i + 1]`."""
    run = np.repeat(np.arange(len(triangle), dtype=np.int64) // RUN, 3)
    pairs = np.unique(run << 32 | triangle.reshape(-1) // RUN)
    count = int(run[-1]) + 1 if len(run) else 0
    start = np.searchsorted(pairs, np.arange(count + 1) << 32)
    return (pairs & 0xFFFFFFFF).astype(np.int32), start.astype(np.int32)


def perhaps_cut(network: Network, values: Reals, limits: Reals) -> Longs:
    """Return the triangles that may have corners on both sides of a limit: `values` by place, up to it or above."""
    runs, corners = np.arange(0, len(values), RUN), network.corner_run_start[:-1]
    low = np.minimum.reduceat(np.minimum.reduceat(values, runs)[network.corner_run], corners)
    high = np.maximum.reduceat(np.maximum.reduceat(values, runs)[network.corner_run], corners)
    cut = (low <= limits[:, None]) & (high > limits[:, None])
    chosen = np.flatnonzero(cut.any(axis=0))
    triangles = ranges(chosen * RUN, np.full(len(chosen), RUN))
    return triangles[triangles < len(network.triangle)]
