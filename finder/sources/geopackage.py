"""GeoPackage: a database from someone else, looked over before GDAL opens it: nothing in it may compute."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from finder.limits import Limits
from finder.sources import gdal
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Table

FORMAT = "GeoPackage"
_INDEX = re.compile(
    r"""\s*CREATE\s+VIRTUAL\s+TABLE\s+("(?:[^"]|"")*"|'(?:[^']|'')*'|\w+)\s+USING\s+rtree\s*\([\w\s,"]*\)\s*""",
    re.IGNORECASE,
)
# of the standard's own annexes; nothing here reads them
_VIEWS = {"st_spatial_ref_sys", "spatial_ref_sys", "st_geometry_columns", "geometry_columns"}
_TRIGGERS = re.compile(
    r"(?:gpkg_|rtree_|trigger_(?:insert|delete)_feature_count_).*|.*_(?:zoom_level|tile_column|tile_row)_(?:insert|update)",
    re.IGNORECASE | re.DOTALL,
)
_EMPTY = 0x10  # flag of a geometry without coordinates
_GENERATED = (2, 3)


def read(path: Path, layer: str | None, limits: Limits) -> Table:
    """Return a layer of a GeoPackage as a table.

    Raises
    ------
    Refusal
        The file is no GeoPackage, holds what computes or reaches out, or leaves open which layer is meant.
    """
    notes = Notes(limits.max_issues)
    with _connected(path) as base:
        _look_over(base)
        chosen = _chosen(_layers(base), layer)
        # a journal of the original is no part of the copy, and nothing is ever written
        found = gdal.read(path, limits, notes, format_=FORMAT, layer=chosen, IMMUTABLE="YES", LIST_ALL_TABLES="NO")
        _note_unreadable(base, chosen, found, notes)
    return found.table


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
        base.execute("PRAGMA trusted_schema = OFF")
        base.execute("PRAGMA cell_size_check = ON")
        base.text_factory = _text
        yield base


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _look_over(base: sqlite3.Connection) -> None:
    """Refuse a database in which reading a table could do more than read it."""
    rows: list[tuple[str, str, str | None]] = base.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    # SQLite's own reading of the statements: they can be written in many ways
    tables = dict(base.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall())
    if not {"gpkg_contents", "gpkg_spatial_ref_sys"} <= {name.lower() for name in tables}:
        raise Refusal("not_geopackage")
    for kind, name, sql in rows:
        if tables.get(name) == "virtual" and not _INDEX.fullmatch(sql or ""):
            raise Refusal("virtual_table", table=name)
        if kind == "view" and name.lower() not in _VIEWS:
            raise Refusal("computed", table=name)
        if kind == "trigger" and not _TRIGGERS.fullmatch(name):
            raise Refusal("trigger", table=name)
    for name in tables:
        if any(row[6] in _GENERATED for row in base.execute("SELECT * FROM pragma_table_xinfo(?)", (name,))):
            raise Refusal("computed", table=name)


def _layers(base: sqlite3.Connection) -> dict[str, str]:
    """Return the kind of each layer by its name."""
    rows = base.execute(
        "SELECT table_name, data_type FROM gpkg_contents WHERE data_type IN ('features', 'attributes')"
        " AND table_name IN (SELECT name FROM sqlite_master WHERE type = 'table') ORDER BY data_type DESC, table_name"
    )
    return dict(rows.fetchall())


def _chosen(layers: dict[str, str], layer: str | None) -> str:
    if not layers:
        raise Refusal("no_layer")
    if layer is not None:
        if layer not in layers:
            raise Refusal("no_such_layer", layer=layer, layers=", ".join(layers))
        return layer
    # a table without places is meant only when there is nothing else
    kind = next(iter(layers.values()))
    names = [name for name, own in layers.items() if own == kind]
    if len(names) > 1:
        raise Refusal("which_layer", layers=", ".join(names))
    return names[0]


def _note_unreadable(base: sqlite3.Connection, layer: str, found: gdal.Layer, notes: Notes) -> None:
    """Note geometries that stand in the file and yet did not come: GDAL passes over what it cannot read."""
    if not found.absent:
        return
    named = base.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)).fetchone()
    if named is None:
        return
    column, name = _quoted(named[0]), _quoted(layer)
    stated = set()
    begun = f"SELECT rowid, substr(CAST({column} AS BLOB), 1, 4) FROM {name} WHERE {column} IS NOT NULL"  # noqa: S608
    for key, head in base.execute(begun):
        if not head or not (head.startswith(b"GP") and len(head) == 4 and head[3] & _EMPTY):
            stated.add(key)
    for row, key in found.absent.items():
        if key in stated:
            notes.add("geometry_unreadable", row=row, field="geometry")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
