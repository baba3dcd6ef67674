"""Importing 100,000 sites: rows per second, memory of both processes, and next to reading and storing alone.

Every run has a process of its own and takes its own time, without the start of the interpreter and the empty tables.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks import generated
from tests.benchmarks.conftest import SITES
from tests.tree import TOP

MOST_MIB = 2000
POLYGONS = "import of 100,000 polygons from a GeoPackage"
ROUNDS = 3


def alone(module: str, *arguments: object) -> Any:
    """Run a module of this folder in a process of its own and return the figures it prints."""
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
    return json.loads(subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout)


def imported(file: Path, database: Path) -> Any:
    """Import a file into a fresh database; every row of it is a new site."""
    for old in database.parent.glob(f"{database.name}*"):
        old.unlink()
    took = alone("importing", file, f"sqlite:///{database}")
    assert (took["read"], took["new"], took["rejected"]) == (SITES, SITES, 0)
    return took


def tell(benchmark: BenchmarkFixture, runs: list[Any]) -> None:
    """Note the median run's figures."""
    seconds = statistics.median(took["seconds"] for took in runs)
    (middle, *_) = (took for took in runs if took["seconds"] == seconds)
    benchmark.extra_info["seconds"] = round(seconds, 3)
    benchmark.extra_info["rows_per_second"] = round(SITES / seconds)
    benchmark.extra_info["peak_mib"] = middle["own_mib"] + middle["child_mib"]
    benchmark.extra_info["steps_s"] = middle["steps"]
    assert middle["own_mib"] + middle["child_mib"] < MOST_MIB


@dataclass(frozen=True)
class Plots:
    """A GeoPackage of polygons and the database that an import made of it."""

    file: Path
    database: Path
    first: Any


@pytest.fixture(scope="module")
def plots(tmp_path_factory: pytest.TempPathFactory) -> Plots:
    folder = tmp_path_factory.mktemp("plots")
    file, database = folder / "plots.gpkg", folder / "finder.sqlite"
    generated.write_geopackage(generated.sites(SITES, apart=True), file)
    return Plots(file, database, imported(file, database))


def test_import_of_polygons(benchmark: BenchmarkFixture, plots: Plots) -> None:
    benchmark.group = POLYGONS
    benchmark.extra_info["at_most"] = 4
    runs = [plots.first]
    benchmark.pedantic(lambda: runs.append(imported(plots.file, plots.database)), rounds=ROUNDS - 1)
    tell(benchmark, runs)


def test_reading_and_raw_sqlite3(benchmark: BenchmarkFixture, plots: Plots, tmp_path: Path) -> None:
    benchmark.group = POLYGONS
    benchmark.extra_info["baseline"] = True
    runs: list[Any] = []

    def run() -> None:
        runs.append(alone("storing", plots.file, plots.database, tmp_path / f"fresh-{len(runs)}.sqlite"))

    benchmark.pedantic(run, rounds=ROUNDS)
    for name in ("seconds", "read_s", "store_s"):
        benchmark.extra_info[name] = round(statistics.median(took[name] for took in runs), 3)


def test_import_of_geojson(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    benchmark.group = "import of 100,000 sites from GeoJSON"
    file = tmp_path / "sites.geojson"
    generated.write_geojson(generated.sites(SITES), file)
    runs: list[Any] = []
    benchmark.pedantic(lambda: runs.append(imported(file, tmp_path / "finder.sqlite")), rounds=1)
    tell(benchmark, runs)
