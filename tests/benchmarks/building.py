"""The road network of a million crossings in a process of its own: `python -m tests.benchmarks.building FILE`.

Prints how long it took to build and to write, and how much memory, as JSON. What the extract hands over is there before
the clock starts, and counts to the memory.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from finder.roads import building, network
from tests.benchmarks import networks


def main(file: str) -> None:
    """Build the network and write it."""
    records = networks.records()
    steps: list[tuple[str, float]] = []
    begin = time.perf_counter()
    built = building.build(records, lambda step: steps.append((step, time.perf_counter() - begin)))
    steps.append(("Writing", time.perf_counter() - begin))
    network.write(built, Path(file))
    seconds = time.perf_counter() - begin
    ends = [start for _, start in steps[1:]] + [seconds]
    told = {
        "seconds": seconds,
        "steps": {name: round(end - start, 1) for (name, start), end in zip(steps, ends, strict=True)},
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
