"""What an import comes down to at the least, in a process of its own: read the file, store ready-made rows.

`python -m tests.benchmarks.storing FILE DONE FRESH` takes the rows of the database DONE, which `importing` made of
FILE, and prints as JSON how long it takes to read FILE with pyogrio and to put the very same rows into the new database
FRESH: same tables and indexes, same settings, one transaction, `executemany` of the standard library.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
import time
from typing import Any

import pyogrio

from finder.store.database import Database
from finder.store.spatial import BOUNDS

TABLES = ("delivery", "site", "access", "revision")
SETTINGS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -65536")
INDEX = "INSERT INTO site_rtree (pk, minx, maxx, miny, maxy) VALUES (?, ?, ?, ?, ?)"
Rows = dict[str, list[tuple[Any, ...]]]


def rows_of(path: str) -> Rows:
    """Return all rows that an import writes, in the order of their keys; the index's are the exact bounds."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in TABLES}
        minx, miny, maxx, maxy = BOUNDS
        bounds = f"SELECT pk, {minx}, {maxx}, {miny}, {maxy} FROM site WHERE minx IS NOT NULL ORDER BY pk"
        rows["site_rtree"] = connection.execute(bounds).fetchall()
    return rows


def store(file: str, path: str, rows: Rows) -> dict[str, float]:
    """Read the file and store the rows; return the seconds of both."""
    begin = time.perf_counter()
    found = pyogrio.read_dataframe(file)
    read = time.perf_counter()
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in SETTINGS:
        connection.execute(f"PRAGMA {setting}")
    connection.execute("BEGIN IMMEDIATE")
    for name, part in rows.items():
        marks = ", ".join("?" * len(part[0]))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})" if name in TABLES else INDEX, part)
    connection.execute("COMMIT")
    end = time.perf_counter()
    connection.close()
    assert len(found) == len(rows["site"])
    return {"seconds": end - begin, "read_s": read - begin, "store_s": end - read}


def main(file: str, done: str, fresh: str) -> None:
    """Print the seconds; the rows and the empty tables are there before the clock starts."""
    rows = rows_of(done)
    database = Database(f"sqlite:///{fresh}")
    database.migrate()
    database.close()
    took = store(file, fresh, rows)
    assert rows_of(fresh) == rows
    print(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:])
