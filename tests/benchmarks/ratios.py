"""Print each benchmark against the baseline of its group: `ratios.py FILE.json`, as pytest-benchmark wrote it.

The baseline of a group is the benchmark with `benchmark.extra_info["baseline"] = True`, else the quickest; medians are
compared. What runs in a process of its own and takes its own time says it as `extra_info["seconds"]`: that counts then.
A benchmark with `extra_info["at_most"]` above that ratio ends the run with exit code 1.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any


def main(path: str) -> int:
    """Print one line per benchmark; return 1 when one is above its limit."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for benchmark in json.loads(Path(path).read_text(encoding="utf-8"))["benchmarks"]:
        groups[benchmark["group"] or benchmark["name"]].append(benchmark)
    exceeded = 0
    print("\nRatios of medians")
    for group, members in sorted(groups.items()):
        marked = [m for m in members if m["extra_info"].get("baseline")]
        baseline = marked[0] if marked else min(members, key=_seconds)
        print(f"{group}: baseline {baseline['name']} {_seconds(baseline) * 1000:.2f} ms")
        for member in members:
            notes = {k: v for k, v in member["extra_info"].items() if k not in ("baseline", "at_most")}
            ratio = _seconds(member) / _seconds(baseline)
            at_most = member["extra_info"].get("at_most")
            limit = "" if at_most is None else f"  (at most {at_most:g})"
            if at_most is not None and ratio > at_most:
                limit += "  EXCEEDED"
                exceeded = 1
            print(f"  {ratio:8.3g} ×  {member['name']}{limit}", *(f" {k}={v}" for k, v in notes.items()))
    return exceeded


def _seconds(benchmark: dict[str, Any]) -> float:
    return float(benchmark["extra_info"].get("seconds", benchmark["stats"]["median"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
