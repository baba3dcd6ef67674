"""Measuring again what has become stale, in one transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from finder.model.vocabulary import AccessKind
from finder.pipeline.access import Measured, measure_access
from finder.pipeline.catchment import measure_catchments, ways
from finder.pipeline.progress import Progress, silent
from finder.roads.network import Network
from finder.store.database import Database


def measure(
    database: Database,
    kinds: Iterable[AccessKind] = tuple(AccessKind),
    *,
    network: Network | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> Measured:
    """Measure all that is stale, or everything; `finder.pipeline.access.measure_access` says what stale means.

    When all kinds are measured, people within minutes are counted, too.
    """
    chosen = list(kinds)
    with database.writing() as session:
        measured = measure_access(session, None, chosen, network=network, everything=everything, progress=progress)
        if set(chosen) != set(AccessKind):
            return measured
        minutes = None if network is None else ways(network)
        counted = measure_catchments(session, minutes=minutes, everything=everything, progress=progress)
        return dataclasses.replace(measured, counted=counted)
