"""CSV that no spreadsheet runs, and GeoPackage with the columns' own types."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder import crs
from finder.exports import table
from finder.intake.texts import unguarded
from finder.model.access import ACCESS_ATTRIBUTES
from finder.model.attributes import Type
from finder.model.site import ATTRIBUTES
from finder.store.sites import Listed
from tests import factories


def plain(**known: Any) -> Listed:
    return Listed(site=factories.site(**known), access=(), version=1)


def rows(*listed: Listed) -> list[dict[str, str]]:
    text = "".join(table.csv_lines(listed))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(text[1:].splitlines(keepends=True)))


def test_a_csv_file_is_utf8_with_a_mark_for_spreadsheets(listed: list[Listed], tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    assert table.write_csv(path, iter(listed)) == 3
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,name,municipality,")
    assert data.count(b"\r\n") == 4, "one line per site, and the newline inside a note is no line's end"
    assert "Äußerer Ring" in data.decode("utf-8-sig")


def test_cells(listed: list[Listed]) -> None:
    whole, bare, spot = rows(*listed)
    assert (whole["zoning"], whole["quay"], whole["crane"]) == ("GI;GEe", "no", "yes")
    assert (whole["grz"], whole["max_floors"], whole["available_from"]) == ("0.8", "4", "2027-04-01")
    assert whole["note"] == "Zeile eins\nZeile zwei"
    assert whole["contact"].startswith('{"organisation":"Wirtschaftsförderung"')
    assert crs.to_metric(shapely.from_wkt(whole["wkt"])).equals_exact(factories.square(), 1e-5)
    assert spot["wkt"].startswith("POINT (7.")
    assert {name for name, cell in bare.items() if cell} == {
        *("id", "name", "municipality", "source", "source_id", "status", "sample", "potential", "provenance")
    }


FORMULAS = [
    "=1+1",
    "+49 0",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '=HYPERLINK("https://example.org")',
    "'=1",
    "''-",
    "＝1+1",
    "＠SUM(A1)",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_guarded_and_come_back(text: str) -> None:
    (row,) = rows(plain(note=text, owner=text, sectors=(text,)))
    assert row["note"] == row["owner"] == row["sectors"] == f"'{text}"
    assert unguarded(row["note"]) == text


@given(st.text(max_size=20) | st.text("'=+-@\"a", max_size=8))
def test_no_text_starts_a_formula(text: str) -> None:
    written = table.harmless(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    if not (text.startswith('="') and text.endswith('"')):
        assert unguarded(written) == text or not written.startswith("'")


def test_numbers_below_zero_stay_numbers() -> None:
    (row,) = rows(plain(noise_day_db=-3.5, max_floors=-2))
    assert (row["noise_day_db"], row["max_floors"]) == ("-3.5", "-2")


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ((), "[]"),
        (("a",), "a"),
        (("a", "b c"), "a;b c"),
        (("a; b", "c"), '["a; b","c"]'),
        (("a|b",), '["a|b"]'),
        (("[1]",), '["[1]"]'),
    ],
)
def test_lists_come_back_as_they_were(words: tuple[str, ...], cell: str) -> None:
    (row,) = rows(plain(funding_programmes=words))
    assert row["funding_programmes"] == cell


def test_a_geopackage_is_in_metres(listed: list[Listed], tmp_path: Path) -> None:
    path = tmp_path / "sites.gpkg"
    assert table.write_gpkg(path, iter(listed)) == 3
    assert [str(name) for name in pyogrio.list_layers(path)[:, 0]] == ["sites"]
    frame = gpd.read_file(path, engine="pyogrio")
    assert frame.crs == crs.parse(crs.METRIC)
    assert frame["id"].tolist() == ["whole", "bare", "spot"]
    for shape, one in zip(frame.geometry, listed, strict=True):
        assert (shape is None) == (one.site.geometry is None)
        assert shape is None or shape.equals(one.site.geometry)
    assert frame["zoning"].tolist()[0] == "GI;GEe"
    assert frame["note"].tolist()[0] == "Zeile eins\nZeile zwei"


@pytest.mark.parametrize("count", [0, 1])
def test_types_do_not_depend_on_what_is_known(listed: list[Listed], tmp_path: Path, count: int) -> None:
    for name, some in (("known", listed[:1]), ("unknown", [listed[1]][:count])):
        table.write_gpkg(tmp_path / f"{name}.gpkg", some)
    known, unknown = (pyogrio.read_info(tmp_path / f"{name}.gpkg") for name in ("known", "unknown"))
    types = dict(zip(known["fields"], known["dtypes"], strict=True))
    assert dict(zip(unknown["fields"], unknown["dtypes"], strict=True)) == types
    assert unknown["crs"] == known["crs"] == f"EPSG:{crs.METRIC}"
    assert unknown["features"] == count
    for name, attribute in ATTRIBUTES.items():
        if attribute.type is not Type.GEOMETRY:
            expected = {Type.NUMBER: "float64", Type.INTEGER: "int"}.get(attribute.type, "object")
            assert types[name].startswith(expected), name
    assert {types[name] for name in ("size_m2", *ACCESS_ATTRIBUTES)} == {"float64"}


def test_a_geopackage_is_written_anew(listed: list[Listed], tmp_path: Path) -> None:
    path = tmp_path / "sites.gpkg"
    table.write_gpkg(path, listed)
    assert table.write_gpkg(path, [dataclasses.replace(listed[2])]) == 1
    assert gpd.read_file(path)["id"].tolist() == ["spot"]


def test_many_are_written_in_parts(listed: list[Listed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "CHUNK", 2)
    path = tmp_path / "sites.gpkg"
    many = [listed[0], listed[0], listed[2], listed[1], listed[2]]
    assert table.write_gpkg(path, iter(many)) == 5
    frame = gpd.read_file(path)
    assert frame["id"].tolist() == ["whole", "whole", "spot", "bare", "spot"]
    assert [shape and shape.geom_type for shape in frame.geometry] == ["Polygon", "Polygon", "Point", None, "Point"]
