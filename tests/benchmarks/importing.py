"""One import in a process of its own: `python -m tests.benchmarks.importing FILE DATABASE` prints figures as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from finder import pipeline
from tests import factories
from tests.benchmarks import generated


def main(file: str, url: str) -> None:
    """Import the file into a fresh database."""
    steps: list[tuple[str, float]] = []
    with factories.database(url, access_points=generated.access_points()) as database:
        begin = time.perf_counter()
        report = pipeline.deliver(
            database, Path(file), progress=lambda step, *_: steps.append((step, time.perf_counter() - begin))
        )
        seconds = time.perf_counter() - begin
    # The reading process counts with its own peak, on top of ours.
    own, child = (resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    ends = [start for _, start in steps[1:]] + [seconds]
    spent: dict[str, float] = {}
    for (name, start), end in zip(steps, ends, strict=True):
        spent[name] = round(spent.get(name, 0.0) + end - start, 1)
    print(
        json.dumps(
            {
                **pipeline.summary(report),
                "seconds": seconds,
                "steps": spent,
                "own_mib": own,
                "child_mib": child,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
