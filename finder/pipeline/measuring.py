"""Measuring again what has become stale: access in one transaction, people in parts, so that others get a turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from finder.model.vocabulary import AccessKind
from finder.pipeline.access import Measured, measure_access
from finder.pipeline.catchment import measure_catchments, uncounted, ways
from finder.pipeline.progress import Progress, silent
from finder.roads.network import Network
from finder.store.database import Database

TOGETHER = 200
"""Sites whose people are counted over a network in one transaction: some seconds, and an import waits no longer."""


def measure(
    database: Database,
    kinds: Iterable[AccessKind] = tuple(AccessKind),
    *,
    network: Network | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> Measured:
    """Measure all that is stale, or everything; `finder.pipeline.access.measure_access` says what stale means.

    When all kinds are measured, people within minutes are counted, too. What is cut off there stays stale and is
    counted by the next one.
    """
    chosen = list(kinds)
    with database.writing() as session:
        measured = measure_access(session, None, chosen, network=network, everything=everything, progress=progress)
    if set(chosen) != set(AccessKind):
        return measured
    minutes = None if network is None else ways(network)
    with database.reading() as session:
        waiting = uncounted(session, minutes=minutes, everything=everything)
    together = len(waiting) or 1 if minutes is None else TOGETHER
    for start in range(0, len(waiting), together):

        def step(words: str, done: int = 0, total: int | None = None, /, start: int = start) -> None:
            progress(words, start + done, len(waiting))

        with database.writing() as session:
            measure_catchments(session, waiting[start : start + together], minutes=minutes, progress=step)
    return dataclasses.replace(measured, counted=len(waiting))
