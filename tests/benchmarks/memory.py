"""Import a million polygons, tell the memory it took: `python -m tests.benchmarks.memory [ROWS]`, some minutes long.

Ends with exit code 1 when the highest levels of both processes together are above `MOST_MIB`. They are not reached at
the same time, for ours waits while the other one reads: the sum is the most it can have been.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import generated
from tests.tree import TOP

ROWS = 1_000_000
MOST_MIB = 4096


def main(rows: int) -> int:
    """Print the figures of one import; return 1 when it took too much."""
    with tempfile.TemporaryDirectory(prefix="finder-memory-") as folder:
        file = Path(folder) / "plots.gpkg"
        generated.write_geopackage(generated.sites(rows, apart=True), file)
        url = f"sqlite:///{folder}/finder.sqlite"
        command = [sys.executable, "-m", "tests.benchmarks.importing", str(file), url]
        done = subprocess.run(command, cwd=TOP, check=True, stdout=subprocess.PIPE, text=True)
        took: dict[str, Any] = json.loads(done.stdout)
    assert (took["read"], took["new"], took["rejected"]) == (rows, rows, 0)
    peak_mib = took["own_mib"] + took["child_mib"]
    print(f"{rows} rows in {took['seconds']:.0f} s, {rows / took['seconds']:.0f} rows/s: {took['steps']}")
    print(f"{took['own_mib']} MiB here + {took['child_mib']} MiB for reading = {peak_mib} MiB (at most {MOST_MIB})")
    return int(peak_mib > MOST_MIB)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else ROWS))
