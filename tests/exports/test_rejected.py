"""Rejected rows go back as they stood, with their reasons, and come in again as if they had never been rejected."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from finder import sources
from finder.errors import UnusableInput
from finder.exports import rejected
from finder.intake import normalise, profiles
from finder.model.record import Origin, RawRecords
from tests import factories

PROFILE = profiles.load("finder")
REASONS = {2: "Grund eins. Grund zwei.", 3: "=1+1"}
COLUMNS: dict[str, list[Any]] = {
    "id": ["a", "b", "c"],
    "name": ["Eins", "=Zwei", "Drei\nmit Umbruch; „Zitat“"],
    "municipality": ["Marl", "Nirgendheim", None],
    "zoning": [None, ["GI", "GE"], []],
    "grz": [0.1, 0.8, None],
    "max_floors": [1, 2, 3],
    "quay": [True, False, None],
    "note": ["x", "'=1", '="05"'],
    "restrictions": [None, [{"kind": "mining", "note": "a;b|c"}], []],
    "stated_area_m2": [1, 2.5, "12000"],
    "unbekannte Spalte": [None, 2**70, "-"],
}
LONLAT = (shapely.Point(7.09, 51.66), shapely.Polygon([(7.1, 51.66), (7.103, 51.66), (7.103, 51.662)]), None)


def raw(columns: dict[str, list[Any]] = COLUMNS, *, crs: str | None = "EPSG:4326", **changes: Any) -> RawRecords:
    """Return three rows as a GeoJSON reader hands them over."""
    known: dict[str, Any] = {
        "columns": columns,
        "rows": [1, 2, 3],
        "geometry": [None if shape is None else shapely.to_wkb(shape) for shape in LONLAT],
        "crs": crs,
        "origin": Origin(name="a.geojson", format="GeoJSON", sha256="0" * 64, size_bytes=1),
    }
    return RawRecords(**(known | changes))


def table(**changes: Any) -> RawRecords:
    """Return three rows as a CSV reader hands them over."""
    origin = Origin(name="a.csv", format="CSV", sha256="0" * 64, size_bytes=1, delimiter=";")
    columns = {
        "id": ["a", "b", "c"],
        "name": ["Eins", "Zwei", "'=Drei"],
        "municipality": ["Marl", "Nirgendheim", "Marl"],
        "grz": ["0,1", "0,8", ""],
        "stated_area_m2": ["1.000", "1,500", "12.000,5"],
        "note": ["", '="05"', "-1"],
        "lon": ["7,09", "7,10", "7,11"],
        "lat": ["51,66", "51,66", ""],
    }
    return raw(columns, geometry=None, crs=None, origin=origin, **changes)


def facts(read: RawRecords, rows: dict[int, int]) -> list[dict[str, Any]]:
    """Return what the intake makes of rows, without the numbers they have; those in `rows` (new by old) are wanted."""
    batch = normalise.normalise(read, PROFILE)
    frame = batch.frame.loc[list(rows)]
    return [
        {name: None if value is None or value != value else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def returned(path: Path, given: RawRecords) -> RawRecords:
    """Write the rejected rows and read them back."""
    rejected.write(path, given, REASONS)
    back = sources.read(path)
    assert list(back.columns[rejected.ROW_COLUMN]) in ([2, 3], ["2", "3"])
    return back


@pytest.mark.parametrize("ending", [".csv", ".gpkg"])
def test_features_come_back_as_they_were(tmp_path: Path, ending: str) -> None:
    given = raw()
    back = returned(tmp_path / f"r{ending}", given)
    expected, found = facts(given, {2: 1, 3: 2}), facts(back, {1: 2, 2: 3})
    for before, after in zip(expected, found, strict=True):
        place, same = before.pop("geometry"), after.pop("geometry")
        assert (place is None and same is None) or shapely.equals_exact(place, same, 1e-6)
        assert {n: v for n, v in after.items() if v is not None} == {n: v for n, v in before.items() if v is not None}


def test_rows_of_a_table_come_back_as_they_were(tmp_path: Path) -> None:
    given = table()
    back = returned(tmp_path / "r.csv", given)
    assert back.origin.delimiter == ";", "it tells which decimal sign is meant"
    assert facts(back, {1: 2, 2: 3}) == facts(given, {2: 1, 3: 2})


@pytest.mark.parametrize("delimiter", ["^", '"', " "])
def test_rows_come_back_whatever_parted_them(tmp_path: Path, delimiter: str) -> None:
    given = table()
    given = dataclasses.replace(given, origin=dataclasses.replace(given.origin, delimiter=delimiter))
    back = returned(tmp_path / "r.csv", given)
    assert [list(back.columns[name]) for name in ("name", "grz")] == [["Zwei", "'=Drei"], ["0,8", None]]


def test_a_csv_file_shows_row_and_reasons_and_no_formulas(tmp_path: Path) -> None:
    rejected.write(tmp_path / "r.csv", raw(), REASONS)
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        two, three = csv.DictReader(file)
    assert list(two) == [*COLUMNS, "_geometry", "_row", "_reasons"]
    assert (two["_row"], two["_reasons"], three["_reasons"]) == ("2", "Grund eins. Grund zwei.", "'=1+1")
    assert (two["name"], two["note"], three["note"]) == ("'=Zwei", "''=1", '\'="05"')
    assert two["_geometry"].startswith("SRID=4326;POLYGON ((7.1 51.66,")
    assert three["_geometry"] == ""


def test_a_geopackage_keeps_types_places_and_their_system(tmp_path: Path) -> None:
    shapes = [shapely.to_wkb(shape) for shape in (factories.at(), factories.square(), factories.at(5))]
    rejected.write(tmp_path / "r.gpkg", raw(geometry=shapes, crs="EPSG:25832"), REASONS)
    about, _, geometry, data = pyogrio.raw.read(tmp_path / "r.gpkg")
    columns = dict(zip(about["fields"].tolist(), data, strict=True))
    assert about["crs"] == "EPSG:25832"
    assert shapely.from_wkb(geometry).tolist() == [factories.square(), factories.at(5)]
    assert columns["max_floors"].tolist() == [2, 3]
    assert (columns["grz"].dtype.kind, columns["_row"].tolist()) == ("f", [2, 3])
    assert columns["quay"].tolist()[0] in (False, 0)
    assert columns["unbekannte Spalte"].tolist() == [str(2**70), "-"]


@pytest.mark.parametrize(
    "names",
    [
        ["fid", "geom", "Name", "name"],
        ["FID", "ogc_fid", "geom", "geometry"],
        ["_row", "_reasons", "_geometry", "name"],
        ["a b", "ä", "x'y", 'x"y'],
    ],
)
@pytest.mark.parametrize("ending", [".csv", ".gpkg"])
def test_names_of_columns_stand_in_nobodys_way(tmp_path: Path, names: list[str], ending: str) -> None:
    given = raw({name: [f"{name}{i}" for i in range(3)] for name in names})
    back = returned(tmp_path / f"r{ending}", given)
    own = [
        name for name in names if name not in ("_row", "_reasons") and not (name == "_geometry" and ending == ".csv")
    ]
    kept = [list(values) for name, values in back.columns.items() if name not in ("_row", "_reasons", "_geometry")]
    for name in own:
        assert [f"{name}1", f"{name}2"] in kept or name == "_geometry"


@pytest.mark.parametrize("ending", [".csv", ".gpkg"])
def test_rows_that_are_rejected_again_have_the_new_number_and_reason(tmp_path: Path, ending: str) -> None:
    back = returned(tmp_path / f"r{ending}", raw())
    rejected.write(tmp_path / f"s{ending}", back, {2: "wieder"})
    again = sources.read(tmp_path / f"s{ending}")
    assert [str(value) for value in again.columns["_row"]] == ["2"]
    assert list(again.columns["_reasons"]) == ["wieder"]
    assert list(again.columns["id"]) == ["c"]


def test_places_that_are_none_come_back_as_they_are(tmp_path: Path) -> None:
    nan = shapely.to_wkb(shapely.Point(float("nan"), 1.0))
    unclosed = shapely.to_wkb(LONLAT[1])[:-16] + np.array([9.0, 9.0]).tobytes()
    for ending in (".csv", ".gpkg"):
        rejected.write(tmp_path / f"r{ending}", raw(geometry=[None, nan, unclosed]), REASONS)
        assert len(sources.read(tmp_path / f"r{ending}")) == 2
        rejected.write(tmp_path / f"r{ending}", raw(geometry=[None, b"\x01nonsense", b""], crs=None), REASONS)
        assert len(sources.read(tmp_path / f"r{ending}")) == 2


def test_many_are_written_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejected, "CHUNK", 2)
    number = 7
    columns = {"name": [f"n{i}" for i in range(number)], "mixed": [None, 1, 2.5, "x", True, None, 3]}
    shapes = [shapely.to_wkb(factories.at(i)) for i in range(number)]
    given = raw(columns, rows=list(range(11, 11 + number)), geometry=shapes, crs="EPSG:25832")
    for ending in (".csv", ".gpkg"):
        rejected.write(tmp_path / f"r{ending}", given, {row: f"r{row}" for row in (12, 13, 15, 17)})
        back = sources.read(tmp_path / f"r{ending}")
        assert list(back.columns["name"]) == ["n1", "n2", "n4", "n6"]
        assert [str(value) for value in back.columns["mixed"]] == ["1", "2.5", "true", "3"]
        assert list(back.columns["_reasons"]) == ["r12", "r13", "r15", "r17"]


def test_a_table_without_places_goes_into_no_geopackage(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"its rejected rows go into a \.csv file"):
        rejected.write(tmp_path / "r.gpkg", table(), REASONS)
    with pytest.raises(UnusableInput, match=r"written as \.gpkg or \.csv, not as “r\.shp”"):
        rejected.check(tmp_path / "r.shp")
