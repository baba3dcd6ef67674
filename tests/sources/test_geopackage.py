"""GeoPackage: what is read, what is noted, and what a database must not hold."""

from __future__ import annotations

import datetime as dt
import sqlite3
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from tests.sources.files import UTM, blob, frame, geopackage, read, refused, rules, run_sql, shapes, written

ARC = struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0)
ROUND = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII10d", 1, 8, 5, 0, 0, 1, 1, 2, 0, 1, -1, 0, 0)
IN_COLLECTION = struct.pack("<BII", 1, 7, 1) + ROUND


def test_values_keep_their_types(tmp_path: Path) -> None:
    rows = frame(
        text=["Fläche „Süd“", None, "=1+1"],
        whole=pd.array([1, None, 2**62], dtype="Int64"),
        short=np.array([0.1, 2.5, np.nan], dtype="float32"),
        number=[0.1, np.nan, 1e300],
        yes=pd.array([True, False, None], dtype="boolean"),
        day=[dt.date(2024, 2, 29), None, dt.date(1899, 12, 31)],
        moment=pd.to_datetime(["2024-01-02T03:04:05.250", None, "1969-07-20T00:00:00.000"]),
        nothing=[None, None, None],
        ids=["007", "008", "009"],
    )
    raw = read(geopackage(tmp_path / "a.gpkg", rows))
    assert raw.columns == {
        "text": ["Fläche „Süd“", None, "=1+1"],
        "whole": [1, None, 2**62],
        "short": [0.1, 2.5, None],
        "number": [0.1, None, 1e300],
        "yes": [True, False, None],
        "day": ["2024-02-29", None, "1899-12-31"],
        "moment": ["2024-01-02T03:04:05.250", None, "1969-07-20T00:00:00"],
        "nothing": [None, None, None],
        "ids": ["007", "008", "009"],
    }
    assert raw.rows == [1, 2, 3]
    assert raw.crs == UTM
    assert (raw.origin.format, raw.origin.layer) == ("GeoPackage", "sites")
    assert shapes(raw) == [shape.wkt for shape in rows.geometry]
    assert rules(raw) == []


def test_moments_keep_their_zone(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg", frame(at=pd.to_datetime(["2024-01-02T03:04:05Z", None])))
    run_sql(path, "UPDATE sites SET at = '2024-07-01T12:00:00+02:00' WHERE fid = 2")
    assert read(path).columns["at"] == ["2024-01-02T03:04:05Z", "2024-07-01T12:00:00+02:00"]


def test_binary_columns_are_left_out(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg")
    run_sql(path, "ALTER TABLE sites ADD COLUMN photo BLOB", "UPDATE sites SET photo = x'00ff'")
    raw = read(path)
    assert list(raw.columns) == ["name", "area"]
    assert [(issue.rule, issue.field) for issue in raw.issues] == [("column_left_out", "photo")]


def test_a_key_of_the_suppliers_own_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame().to_file(path, layer="sites", engine="pyogrio", FID="site_id")
    run_sql(path, "UPDATE sites SET site_id = site_id + 40")
    raw = read(path)
    assert raw.columns["site_id"] == [41, 42]
    assert raw.rows == [1, 2]


def test_no_place_and_no_coordinates(tmp_path: Path) -> None:
    raw = read(geopackage(tmp_path / "a.gpkg", frame([None, shapely.Polygon()], name=["a", "b"])))
    assert shapes(raw)[0] is None
    assert shapes(raw)[1] in (None, "POLYGON EMPTY")
    assert rules(raw) == []


def test_heights_are_left_out(tmp_path: Path) -> None:
    square = shapely.force_3d(shapely.box(0, 0, 1, 1), 55.0)
    raw = read(geopackage(tmp_path / "a.gpkg", frame([square, shapely.Point(1, 2)], name=["a", "b"])))
    assert shapes(raw) == [shapely.box(0, 0, 1, 1).wkt, "POINT (1 2)"]
    assert [(issue.rule, issue.field, issue.row) for issue in raw.issues] == [("heights_dropped", "geometry", None)]


@pytest.mark.parametrize("shape", [ARC, ROUND, IN_COLLECTION], ids=["arc", "round", "in a collection"])
def test_arcs_are_straightened(tmp_path: Path, shape: bytes) -> None:
    path = geopackage(tmp_path / "a.gpkg")
    run_sql(path, ("UPDATE sites SET geom = ? WHERE fid = 2", (blob(shape),)))
    raw = read(path)
    assert raw.geometry is not None
    if shape is IN_COLLECTION:  # GDAL leaves these as they are
        assert raw.geometry[1] is None
        assert [(issue.rule, issue.row) for issue in raw.issues] == [("geometry_unreadable", 2)]
        return
    found = shapely.from_wkb(raw.geometry[1])
    assert len(shapely.get_coordinates(found)) > 10
    assert shapely.get_coordinates(found)[:, 0].max() == pytest.approx(2)
    assert rules(raw) == ["curves_straightened"]
    if shape is ROUND:
        assert found.area == pytest.approx(np.pi, rel=1e-3)


def test_unclosed_rings_are_for_the_intake(tmp_path: Path) -> None:
    ring = struct.pack("<BIII6d", 1, 3, 1, 3, 0, 0, 1, 0, 1, 1)
    path = geopackage(tmp_path / "a.gpkg")
    run_sql(path, ("UPDATE sites SET geom = ? WHERE fid = 1", (blob(ring),)))
    raw = read(path)
    assert raw.geometry is not None
    assert raw.geometry[0] == ring


@pytest.mark.parametrize(
    "broken",
    [b"", b"GP", b"nonsense", blob(b""), blob(b"\x01\x03"), blob(struct.pack("<BII", 1, 3, 2**31)), blob(b"\x09" * 30)],
)
def test_broken_geometries_are_noted(tmp_path: Path, broken: bytes) -> None:
    path = geopackage(tmp_path / "a.gpkg")
    run_sql(path, ("UPDATE sites SET geom = ? WHERE fid = 2", (broken,)))
    raw = read(path)
    assert len(raw) == 2
    assert shapes(raw)[1] is None
    assert [(issue.rule, issue.row) for issue in raw.issues] == [("geometry_unreadable", 2)]


def test_texts_that_are_no_utf_8(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg")
    run_sql(path, "UPDATE sites SET name = CAST(x'466ce4636865' AS TEXT) WHERE fid = 1")
    raw = read(path)
    assert raw.columns["name"][1] == "Südfläche"
    assert raw.columns["name"][0] == "Fl\ufffdche"
    assert rules(raw) == ["characters_replaced"]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_without_a_system(tmp_path: Path) -> None:
    assert read(geopackage(tmp_path / "a.gpkg", frame(crs=None))).crs is None


def test_a_system_without_a_code_is_told_as_text(tmp_path: Path) -> None:
    wkt = "+proj=tmerc +lat_0=51 +lon_0=7 +k=1 +x_0=100 +y_0=200 +ellps=bessel +units=m"
    found = read(geopackage(tmp_path / "a.gpkg", frame(crs=wkt))).crs
    assert found is not None
    assert "PROJ" in found
    assert "Transverse_Mercator" in found or "Transverse Mercator" in found


# -- layers -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def several(tmp_path: Path) -> Path:
    path = geopackage(tmp_path / "a.gpkg", frame(a=[1]), layer="sites")
    geopackage(path, frame(b=[2]), layer='plans "2024"')
    pyogrio.write_dataframe(pd.DataFrame({"c": [3]}), path, layer="notes")
    return path


def test_several_layers_need_a_choice(several: Path) -> None:
    assert refused(several, "which_layer").params["layers"] == 'plans "2024", sites'
    assert refused(several, "no_such_layer", layer="site").params["layers"] == 'plans "2024", sites, notes'
    assert read(several, layer='plans "2024"').columns == {"b": [2]}
    assert read(several, layer="sites").origin.layer == "sites"
    assert read(several, layer="notes").columns == {"c": [3]}
    assert read(several, layer="notes").geometry is None


def test_tables_beside_one_layer_are_no_choice(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg")
    pyogrio.write_dataframe(pd.DataFrame({"c": [3]}), path, layer="notes")
    assert read(path).origin.layer == "sites"


def test_a_lone_table_is_read(tmp_path: Path) -> None:
    pyogrio.write_dataframe(pd.DataFrame({"c": [3]}), tmp_path / "a.gpkg", layer="notes")
    assert read(tmp_path / "a.gpkg").columns == {"c": [3]}


def test_layers_that_are_not_there(tmp_path: Path) -> None:
    path = run_sql(geopackage(tmp_path / "a.gpkg"), "DROP TABLE sites")
    refused(path, "no_layer")


# -- what a database must not hold ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "code", "named"),
    [
        ("CREATE VIRTUAL TABLE words USING fts5(a)", "virtual_table", "words"),
        ("CREATE VIEW seen AS SELECT * FROM sites", "computed", "seen"),
        ("ALTER TABLE sites ADD COLUMN twice GENERATED ALWAYS AS (area * 2)", "computed", "sites"),
        ("CREATE TRIGGER mine AFTER INSERT ON sites BEGIN DELETE FROM sites; END", "trigger", "mine"),
    ],
)
def test_what_computes_is_refused(tmp_path: Path, statement: str, code: str, named: str) -> None:
    path = run_sql(geopackage(tmp_path / "a.gpkg"), statement)
    assert refused(path, code).params["table"] == named


def test_a_view_in_the_place_of_a_layer(tmp_path: Path) -> None:
    path = run_sql(
        geopackage(tmp_path / "a.gpkg"), "ALTER TABLE sites RENAME TO own", "CREATE VIEW sites AS SELECT * FROM own"
    )
    refused(path, "computed")


def test_a_view_in_the_place_of_the_contents(tmp_path: Path) -> None:
    path = run_sql(
        geopackage(tmp_path / "a.gpkg"),
        "PRAGMA foreign_keys = OFF",
        "PRAGMA legacy_alter_table = ON",
        "ALTER TABLE gpkg_contents RENAME TO own",
        "CREATE VIEW gpkg_contents AS SELECT * FROM own",
    )
    refused(path, "computed")


def test_the_standards_own_views_pass(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg")
    run_sql(path, "CREATE VIEW st_spatial_ref_sys AS SELECT srs_name FROM gpkg_spatial_ref_sys")
    assert len(read(path)) == 2


def test_other_databases(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE sites (name)")
    base.execute("PRAGMA application_id = 0x47504B47")
    base.commit()
    base.close()
    refused(path, "not_geopackage")


def test_a_journal_mode_that_writes_is_no_obstacle(tmp_path: Path) -> None:
    path = run_sql(geopackage(tmp_path / "a.gpkg"), "PRAGMA journal_mode = WAL")
    assert path.read_bytes()[18] == 2
    assert len(read(path)) == 2


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated(tmp_path: Path, share: float) -> None:
    whole = geopackage(tmp_path / "a.gpkg", frame(name=["x" * 2000] * 200)).read_bytes()
    refused(written(tmp_path, "b.gpkg", whole[: int(len(whole) * share)]), "failed")
