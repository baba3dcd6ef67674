"""Shapefiles in ZIP archives: their parts, their encodings, what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from finder import crs
from finder.errors import UnusableInput
from tests.sources.files import UTM, frame, read, refused, rules, shapefile_parts, shapes, zipped

ROWS = frame(name=["Fläche Süd – 1 €", "ÄÖÜß"], grösse=[1200.5, 3400])
MAIN = (".shp", ".dbf", ".shx")


def members(parts: dict[str, bytes], stem: str, *suffixes: str) -> dict[str, bytes]:
    return {stem + suffix: parts[suffix] for suffix in suffixes or parts}


def test_values_and_places(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path, ROWS)
    raw = read(zipped(tmp_path / "a.zip", members(parts, "Flächen")))
    assert raw.columns == {"name": ["Fläche Süd – 1 €", "ÄÖÜß"], "grösse": [1200.5, 3400]}
    assert raw.crs == UTM
    assert (raw.origin.format, raw.origin.layer, raw.origin.encoding) == ("Shapefile", "Flächen", "utf-8")
    assert [shapely.from_wkt(str(text)).area for text in shapes(raw)] == [1, 1]
    assert rules(raw) == []


@pytest.mark.parametrize("stem", ["a/b/Flächen", "Export 2024/flächen"])
def test_in_a_folder_and_in_capitals(tmp_path: Path, stem: str) -> None:
    parts = shapefile_parts(tmp_path, ROWS)
    content = {name.upper(): part for name, part in members(parts, stem).items()}
    content |= {"__MACOSX/a/._FLÄCHEN.SHP": b"x", "Liesmich.txt": b"x"}
    raw = read(zipped(tmp_path / "a.zip", content))
    assert raw.columns["name"] == ["Fläche Süd – 1 €", "ÄÖÜß"]
    assert raw.origin.layer == "FLÄCHEN"


def test_without_a_system(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path, ROWS)
    assert read(zipped(tmp_path / "a.zip", members(parts, "a", *MAIN, ".cpg"))).crs is None


def test_systems_in_the_words_of_other_programs(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path, ROWS)
    parts[".prj"] = (
        b'PROJCS["DHDN_3_Degree_Gauss_Zone_2",GEOGCS["GCS_Deutsches_Hauptdreiecksnetz",DATUM["D_Deutsches_Hauptdreiecksnetz",'
        b'SPHEROID["Bessel_1841",6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
        b'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",2500000.0],PARAMETER["False_Northing",0.0],'
        b'PARAMETER["Central_Meridian",6.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )
    found = read(zipped(tmp_path / "a.zip", members(parts, "a"))).crs
    assert found is not None
    assert crs.parse(found).to_epsg(min_confidence=25) == 31466


def test_a_system_that_is_none(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path, ROWS)
    parts[".prj"] = b"not a system"
    assert read(zipped(tmp_path / "a.zip", members(parts, "a"))).crs is None


# -- encodings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "stated", "encoding"),
    [
        ("UTF-8", b"UTF-8", "utf-8"),
        ("UTF-8", b"utf8\r\n", "utf-8"),
        ("cp1252", b"1252", "cp1252"),
        ("cp1252", b"ANSI 1252", "cp1252"),
        ("cp1252", b"windows-1252", "cp1252"),
        ("cp850", b"850", "cp850"),
        ("cp850", b"OEM 850", "cp850"),
        ("ISO-8859-15", b"8859-15", "iso8859-15"),
        ("ISO-8859-1", b"ISO 8859-1", "iso8859-1"),
        ("ISO-8859-1", b"88591", "iso8859-1"),
    ],
)
def test_stated_encodings(tmp_path: Path, written: str, stated: bytes, encoding: str) -> None:
    rows = frame(name=["Fläche Süd", "ÄÖÜß"])
    parts = shapefile_parts(tmp_path, rows, "UTF-8" if written == "UTF-8" else "ISO-8859-1")
    if written != "UTF-8":
        for word in rows["name"]:
            parts[".dbf"] = parts[".dbf"].replace(word.encode("latin-1"), word.encode(written))
    parts[".cpg"] = stated
    raw = read(zipped(tmp_path / "a.zip", members(parts, "a")))
    assert raw.columns["name"] == ["Fläche Süd", "ÄÖÜß"]
    assert raw.origin.encoding == encoding
    assert rules(raw) == []


@pytest.mark.parametrize(
    ("written", "encoding", "noted"), [("UTF-8", "utf-8", []), ("cp1252", "cp1252", ["encoding_assumed"])]
)
def test_unstated_encodings_are_found_out(tmp_path: Path, written: str, encoding: str, noted: list[str]) -> None:
    parts = shapefile_parts(tmp_path, ROWS, written)
    raw = read(zipped(tmp_path / "a.zip", members(parts, "a", *MAIN)))
    assert raw.columns["name"] == ["Fläche Süd – 1 €", "ÄÖÜß"]
    assert list(raw.columns) == ["name", "grösse"]
    assert raw.origin.encoding == encoding
    assert rules(raw) == noted


def test_the_table_may_tell_its_code_page(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path, frame(name=["Süd", "Ost"]), "ISO-8859-1")
    dbf = bytearray(parts[".dbf"].replace("Süd".encode("latin-1"), "Süd".encode("cp850")))
    dbf[29] = 0x02
    raw = read(zipped(tmp_path / "a.zip", members({**parts, ".dbf": bytes(dbf)}, "a", *MAIN)))
    assert raw.columns["name"] == ["Süd", "Ost"]
    assert raw.origin.encoding == "cp850"


@pytest.mark.parametrize("stated", [b"klingon", b"base64", b"utf-16", b"\xff\xff", b""])
def test_encodings_that_are_none(tmp_path: Path, stated: bytes) -> None:
    parts = shapefile_parts(tmp_path, ROWS, "cp1252")
    raw = read(zipped(tmp_path / "a.zip", members({**parts, ".cpg": stated}, "a")))
    assert raw.columns["name"] == ["Fläche Süd – 1 €", "ÄÖÜß"]
    assert rules(raw) == ["encoding_unknown"]


def test_a_character_cut_at_the_columns_end(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path, frame(name=["Südfläche", "Nordwüst€"]))
    parts[".dbf"] = parts[".dbf"].replace("€".encode(), "€".encode()[:2] + b" ")
    for stated in (True, False):
        suffixes = MAIN if not stated else (*MAIN, ".cpg")
        raw = read(zipped(tmp_path / f"{stated}.zip", members(parts, "a", *suffixes)))
        assert raw.columns["name"] == ["Südfläche", "Nordwüst\ufffd"]
        assert rules(raw) == ["characters_replaced"]


# -- what is missing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [".dbf", ".shx"])
def test_missing_parts_are_named(tmp_path: Path, missing: str) -> None:
    parts = shapefile_parts(tmp_path, ROWS)
    del parts[missing]
    error = refused(zipped(tmp_path / "a.zip", members(parts, "Flächen")), "shapefile_part")
    assert error.params == {"name": "a.zip", "layer": "Flächen", "suffix": missing}


def test_archive_without_a_shapefile(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "a.zip", {"a.dbf": b"x", "b.geojson": b"{}"}), "zip_content")
    refused(zipped(tmp_path / "b.zip", {}), "zip_content")


def test_several_need_a_choice(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path, ROWS)
    other = shapefile_parts(tmp_path, frame(b=[2]))
    path = zipped(tmp_path / "a.zip", {**members(parts, "x/flächen"), **members(other, "x/pläne")})
    assert refused(path, "which_layer").params["layers"] == "flächen, pläne"
    assert refused(path, "no_such_layer", layer="wege").params["layers"] == "flächen, pläne"
    assert read(path, layer="pläne").columns == {"b": [2]}
    path = zipped(tmp_path / "b.zip", {**members(parts, "x/a"), **members(other, "y/a")})
    with pytest.raises(UnusableInput, match="x/a, y/a"):
        read(path)
    assert read(path, layer="y/a").columns == {"b": [2]}


def test_other_files_beside_do_not_steer(tmp_path: Path) -> None:
    parts = shapefile_parts(tmp_path, ROWS)
    aside = {
        ".qix": b"SQT" + b"\xff" * 40,
        ".sbn": b"x",
        ".idm": b"x",
        ".ind": b"x",
        ".shp.xml": b"<!DOCTYPE x>",
        ".qpj": b"x",
    }
    raw = read(
        zipped(tmp_path / "a.zip", {**members(parts, "a"), **{f"a{suffix}": part for suffix, part in aside.items()}})
    )
    assert len(raw) == 2
    assert raw.crs == UTM


@pytest.mark.parametrize("suffix", MAIN)
def test_truncated_parts(tmp_path: Path, suffix: str) -> None:
    parts = shapefile_parts(tmp_path, frame(name=[f"{i}" for i in range(50)]))
    parts[suffix] = parts[suffix][:60]
    path = zipped(tmp_path / "a.zip", members(parts, "a"))
    refused(path, "failed")


def test_heights_are_left_out(tmp_path: Path) -> None:
    rows = frame([shapely.Point(1, 2, 3), shapely.Point(4, 5, 6)], name=["a", "b"])
    raw = read(zipped(tmp_path / "a.zip", members(shapefile_parts(tmp_path, rows), "a")))
    assert shapes(raw) == ["POINT (1 2)", "POINT (4 5)"]
    assert rules(raw) == ["heights_dropped"]
