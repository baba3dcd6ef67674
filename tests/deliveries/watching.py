"""Watching an import from outside: as a process of its own, and what the database holds afterwards."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests import factories
from tests.benchmarks import generated
from tests.factories import access_point
from tests.tree import TOP

PATIENCE_S = 600.0
"""Whoever waits longer waits in vain, however busy the machine is."""
_NOT_OURS = ("spatial_ref_sys", "sqlite_stat1")


@dataclass(frozen=True)
class Place:
    """A database and a folder for temporary files: where the commands under watch work."""

    url: str
    temporary: Path

    def start(self, *words: str | Path, before: Sequence[str] = (), **how: Any) -> subprocess.Popen[str]:
        """Start a command of the finder, with `before` by another that runs it."""
        environment = {"FINDER_DATABASE": self.url, "TMPDIR": str(self.temporary), "FINDER_LANGUAGE": "en"}
        return subprocess.Popen(
            [*before, sys.executable, "-m", "finder", *map(str, words)],
            cwd=TOP,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **how,
        )

    def run(self, *words: str | Path, **how: Any) -> tuple[int, str, str]:
        """Run a command and return its exit code and what it printed on either stream."""
        with self.start(*words, **how) as process:
            out, err = process.communicate()
        return process.returncode, out, err

    def state(self, *, times: bool = True) -> str:
        """Return a digest of every row of every table, with or without the moments of deliveries and revisions."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        total = 0
        with engine.connect() as session:
            names = sa.inspect(session).get_table_names()
            if engine.dialect.name == "sqlite":  # the index's own tables are told by the index
                names = [name for name in names if not name.startswith("site_rtree_")]
                names.append("site_rtree")
            for name in sorted({*names} - {*_NOT_OURS}):
                found = session.execute(sa.text(f'SELECT * FROM "{name}"'))
                kept = [i for i, column in enumerate(found.keys()) if times or column != "at"]
                for row in found:
                    said = repr((name, *(row[i] for i in kept))).encode()
                    total += int.from_bytes(hashlib.sha256(said).digest(), "big")  # whatever order they come in
        return f"{total:x}"

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.connect() as session:
            return int(session.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one())

    def left_over(self) -> list[Path]:
        """Return the folders that reading left."""
        return sorted(self.temporary.glob("flaechenfinder-*"))

    def readers(self) -> list[int]:
        """Return the processes that work in a temporary folder of ours."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").resolve(strict=True).is_relative_to(self.temporary):
                    found.append(int(process.name))
            except OSError:
                continue
        return found


def place(folder: Path, url: str | None = None) -> Place:
    """Return a place with the towns, three access points, and no sites."""
    (temporary := folder / "temporary").mkdir()
    made = Place(url or f"sqlite:///{folder / 'finder.sqlite'}", temporary)
    points = [access_point(x=1000.0 * i, id=f"point-{i}") for i in range(3)]
    with factories.database(made.url, access_points=points):
        pass
    return made


def plots(path: Path, count: int, *, changed: bool = False, seed: int = 1) -> Path:
    """Write a GeoPackage of so many plots; `changed` ones have other prices and other shapes."""
    frame = generated.sites(count, seed, apart=True)
    if seed != 1:
        frame["source"], frame["source_id"] = f"Muster {seed}", [f"{seed}-{i}" for i in range(count)]
    if changed:
        frame["price_eur_m2"] = 1.0
        frame["geometry"] = frame["geometry"].map(lambda shape: shape.envelope)
    generated.write_geopackage(frame, path)
    return path


def until(happened: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> bool:
    """Wait until something happened; return whether it did before the process ended."""
    end = time.monotonic() + PATIENCE_S
    while not happened():
        if process is not None and process.poll() is not None:
            return False
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.001)
    return True
