"""Importing 100,000 sites from a GeoJSON file: rows per second and the memory of both processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks import generated
from tests.benchmarks.conftest import SITES
from tests.tree import TOP

MOST_MIB = 2000


def test_import(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    benchmark.group = "import of 100,000 sites"
    file = tmp_path / "sites.geojson"
    generated.write_geojson(generated.sites(SITES), file)

    def run() -> Any:
        command = [sys.executable, "-m", "tests.benchmarks.importing", file, f"sqlite:///{tmp_path}/finder.sqlite"]
        done = subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    took = benchmark.pedantic(run, rounds=1)
    assert (took["read"], took["new"], took["rejected"]) == (SITES, SITES, 0)
    benchmark.extra_info["rows_per_second"] = round(SITES / took["seconds"])
    benchmark.extra_info["peak_mib"] = took["own_mib"] + took["child_mib"]
    benchmark.extra_info["steps_s"] = took["steps"]
    assert took["own_mib"] + took["child_mib"] < MOST_MIB
