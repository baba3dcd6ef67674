"""Measuring again what has become stale, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable

from finder.model.vocabulary import AccessKind
from finder.pipeline.access import Measured, measure_access
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
    """Measure all that is stale, or everything; `finder.pipeline.access.measure_access` says what stale means."""
    with database.writing() as session:
        return measure_access(session, None, kinds, network=network, everything=everything, progress=progress)
