"""Profiles, read strictly."""

from __future__ import annotations

import copy
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder import resources
from finder.errors import NotFound, UnusableInput
from finder.exports.properties import ACCESS_NAMES, DERIVED, IDENTITY, PEOPLE_NAMES
from finder.exports.table import COLUMNS
from finder.intake import profiles
from finder.intake.headers import Headers, left_out
from finder.intake.profiles import FIELDS, Column
from finder.language import LANGUAGES, Language
from finder.model.attributes import Type
from finder.model.site import ATTRIBUTES
from tests.intake.deliveries import table

SMALL: dict[str, Any] = {
    "name": "town",
    "title": "A town's own list",
    "columns": {
        "name": {"from": ["Bezeichnung"], "required": True},
        "stated_area_m2": {"from": ["Fläche"], "unit": "ha"},
        "ownership": {"from": ["Eigentum"], "codes": {"Stadt": "public"}},
        "owner": {"from": ["Eigentümer"], "part": "([A-Z]+)"},
    },
    "geometry": {"x": ["X"], "y": ["Y"], "crs": "EPSG:25832", "crs_from": ["KBS"], "codes": {"GK": "EPSG:31466"}},
    "contact": {"phone": ["Telefon"]},
    "provenance": {"source": ["Quelle"], "method": "list"},
    "constants": {"status": "draft"},
    "rows": {"min": 1, "max": 10},
}


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the small profile with one key set; the path's parts are set apart by bars."""
    table = copy.deepcopy(SMALL)
    *folders, name = path.split("|")
    inner = table
    for folder in folders:
        inner = inner.setdefault(folder, {})
    inner[name] = value
    return table


def refused(table: dict[str, Any]) -> UnusableInput:
    with pytest.raises(UnusableInput) as caught:
        profiles.parse(table)
    for code in LANGUAGES:
        assert "%(" not in Language(code).error(caught.value)
    return caught.value


def test_a_small_profile() -> None:
    profile = profiles.parse(SMALL)
    assert (profile.name, profile.title) == ("town", "A town's own list")
    assert profile.dates == ("dd.mm.yyyy",)
    assert profile.separators == ";"
    assert profile.decimal is None
    assert profile.rows == (1, 10)
    assert profile.geometry.codes == {"gk": "EPSG:31466"}
    assert {column.attribute: column.headers for column in profile.columns} == {
        "name": ("Bezeichnung",),
        "stated_area_m2": ("Fläche",),
        "ownership": ("Eigentum",),
        "owner": ("Eigentümer",),
    }
    assert profiles.parse({"name": "bare", "title": "Bare"}).columns == ()
    assert profile.formats == ()
    assert profile.contact == {"phone": ("Telefon",)}
    assert profiles.parse(changed("formats", ["OpenImmo"])).formats == ("OpenImmo",)


@pytest.mark.parametrize(
    "path",
    [
        *("colour", "column", "columns|name|form", "columns|owner|Unit", "geometry|epsg", "provenance|licence"),
        "contact|fax",
        *("rows|most", "geometry|box_from", "columns|name|requird"),
    ],
)
def test_unknown_keys_are_refused_by_name(path: str) -> None:
    error = refused(changed(path, []))
    assert error.message == "The profile's key “%(key)s” is not known."
    assert error.params["key"] == path.replace("|", ".")


def test_unknown_attributes_are_refused_by_name() -> None:
    for name in ("grzz", "geometry", "area_m2", "size_m2", "motorway_junction_truck_km"):
        assert refused(changed(f"columns|{name}", {"from": ["x"]})).params["key"] == f"columns.{name}"
        assert refused(changed(f"constants|{name}", 1)).params["key"] == f"constants.{name}"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("name", 1), ("title", None), ("source", 3), ("decimal", 1), ("dates", "dd.mm.yyyy"), ("separators", [";"])),
        *(("contact", []), ("contact|email", "x"), ("contact|email", [1])),
        *(("formats", "OpenImmo"), ("formats", [1])),
        *(("identity", "yes"), ("ignore", "x"), ("columns", []), ("columns|name", "x"), ("rows|min", "1")),
        *(("rows|max", True), ("rows|max", 1.5), ("rows", 3), ("columns|name|from", "x"), ("columns|name|from", [1])),
        *(("columns|name|from", [""]), ("columns|name|required", 1), ("columns|owner|join", 1)),
        *(("columns|ownership|codes", []), ("columns|ownership|codes", {"a": 1}), ("columns|owner|part", 1)),
        *(("geometry", []), ("geometry|x", "X"), ("geometry|crs", 25832), ("geometry|codes", {"a": 1})),
        *(("geometry|box", 1), ("provenance", []), ("provenance|source", "x"), ("provenance|method", 1)),
        *(("constants", []), ("constants|grz", {"a": 1}), ("constants|grz", None)),
    ],
)
def test_values_of_the_wrong_kind_are_refused_by_name(path: str, value: object) -> None:
    assert str(refused(changed(path, value)).params["key"]).startswith(path.replace("|", "."))


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("decimal", ";", "decimal"),
        ("dates", ["yyyy"], "dates"),
        ("columns|stated_area_m2|unit", "€/m²", "columns.stated_area_m2.unit"),
        ("columns|stated_area_m2|unit", "fathoms", "columns.stated_area_m2.unit"),
        ("columns|name|unit", "ha", "columns.name.unit"),
        ("columns|ownership|codes|Kirche", "church", "columns.ownership.codes.Kirche"),
        ("columns|owner|part", "[A-Z]+", "columns.owner.part"),
        ("columns|owner|part", "([A-Z]+", "columns.owner.part"),
        ("columns|owner|part", "(a)(b)", "columns.owner.part"),
        ("columns|stated_area_m2|part", "([0-9]+)", "columns.stated_area_m2.part"),
        ("columns|stated_area_m2|codes", {"groß": "10"}, "columns.stated_area_m2.codes"),
        ("columns|quay|codes", {"a": "yes"}, "columns.quay.codes"),
        ("columns|media|codes", {"a": "mining"}, "columns.media.codes"),
        ("columns|restrictions|codes", {"a": "bats"}, "columns.restrictions.codes.a"),
        ("geometry|crs", "EPSG:999999", "geometry.crs"),
        ("geometry|crs", "EPSG:5773", "geometry.crs"),
        ("geometry|codes|NN", "sea level", "geometry.codes.NN"),
        ("geometry|box", [1, 2, 3], "geometry.box"),
        ("geometry|box", [1, 2, 3, "4"], "geometry.box"),
        ("geometry|box", [True, 2, 3, 4], "geometry.box"),
        ("geometry|box", [3, 2, 1, 4], "geometry.box"),
        ("geometry|box", [1, 4, 3, 2], "geometry.box"),
        ("geometry|box", [1, 2, float("nan"), 4], "geometry.box"),
        ("constants|restrictions", "none", "constants.restrictions"),
        ("constants|provenance", "x", "constants.provenance"),
    ],
)
def test_values_that_make_no_sense_are_refused_by_name(path: str, value: object, key: str) -> None:
    assert refused(changed(path, value)).params["key"] == key


@pytest.mark.parametrize("missing", ["name", "title"])
def test_a_missing_key_is_named(missing: str) -> None:
    table = {key: value for key, value in SMALL.items() if key != missing}
    assert refused(table).params["key"] == missing


def test_an_empty_code_stands_for_not_known() -> None:
    profile = profiles.parse(changed("columns|ownership|codes|unklar", ""))
    column = next(column for column in profile.columns if column.attribute == "ownership")
    assert column.codes == {"stadt": "public", "unklar": ""}


def test_a_headerless_column_of_our_own_schema_goes_by_its_name() -> None:
    profile = profiles.parse({**changed("columns|grz", {"from": ["GRZ-Wert"]}), "identity": True})
    headers = {column.attribute: column.headers for column in profile.columns}
    assert set(headers) == set(FIELDS)
    assert headers["grz"] == ("grz", "GRZ-Wert")
    assert headers["fibre"] == ("fibre",)


# -- comparing headers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", ["Geo X", "geo_x", "GEOX", "Geo-X", "geo.x", "\ufeffGeoX", "Geo\u00a0X", "ＧｅｏＸ", "Geo/X"]
)
def test_headers_are_compared_without_their_dress(header: str) -> None:
    assert profiles.key(header) == "geox"


@given(st.text(alphabet=st.characters(codec=None)))
def test_a_key_is_stable(header: str) -> None:
    key = profiles.key(header)
    assert profiles.key(f" {header}_") == profiles.key(header) or header.startswith("\ufeff")
    assert key == "".join(key.split())


# -- the bundled profiles ---------------------------------------------------------------------------------------------


def test_the_bundled_profiles_are_known_and_read() -> None:
    assert set(profiles.known()) >= {"finder", "uk-brownfield", "xplan"}
    for name in profiles.known():
        assert profiles.load(name).name == name


def test_our_own_schema_takes_every_attribute() -> None:
    profile = profiles.load("finder")
    assert {column.attribute for column in profile.columns} == set(FIELDS)
    assert set(FIELDS) == {n for n, a in ATTRIBUTES.items() if a.type is not Type.GEOMETRY and n != "area_m2"} | {
        *IDENTITY,
        "provenance",
    }


def test_our_own_schema_takes_or_leaves_out_on_purpose_what_we_export() -> None:
    profile = profiles.load("finder")
    headers = Headers(table({name: ["x"] for name in (*COLUMNS, "wkt")}))
    for rule in (*(column.headers for column in profile.columns), profile.geometry.wkt):
        assert headers.take(rule)
    assert set(headers.left()) == {*DERIVED, *ACCESS_NAMES, *PEOPLE_NAMES, "area_m2"}
    assert [issue.rule for issue in left_out(headers, profile)] == ["columns_left_out"]


def test_profiles_say_where_they_lie() -> None:
    assert (resources.DATA / "profiles" / "finder.toml").is_file()


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_profile_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "stadt.toml"
    path.write_text('name = "stadt"\ntitle = "Stadt"\n[columns.name]\nfrom = ["Bezeichnung"]\n', encoding="utf-8")
    assert profiles.load(path).columns == (Column(attribute="name", headers=("Bezeichnung",)),)
    assert profiles.load(str(path)).name == "stadt"


@pytest.mark.parametrize(
    "name",
    ["", "nobody", "finder.TOML", "../profiles/finder", "/etc/passwd", "x.toml", "a\0.toml", "x" * 300 + ".toml"],
)
def test_a_profile_that_is_not_there_is_not_found(name: str) -> None:
    with pytest.raises(NotFound) as caught:
        profiles.load(name)
    assert ", ".join(profiles.known()) in str(caught.value)


def test_a_folder_is_no_profile(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(NotFound):
        profiles.load(tmp_path / "folder.toml")


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b"name = 1\nname = 2", b"\x00"])
def test_a_file_that_is_no_toml_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(UnusableInput) as caught:
        profiles.load(path)
    assert "broken.toml" in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


@given(st.dictionaries(st.sampled_from([*SMALL, "x"]), st.none() | st.text() | st.integers() | st.lists(st.text())))
def test_any_table_is_a_profile_or_refused(table: dict[str, Any]) -> None:
    try:
        profiles.parse({**SMALL, **table})
    except UnusableInput as error:
        assert error.params["key"]  # noqa: PT017 (either outcome is fine)


def test_the_bundled_files_hold_nothing_but_their_profile() -> None:
    for name in profiles.known():
        table = tomllib.loads((resources.DATA / "profiles" / f"{name}.toml").read_text(encoding="utf-8"))
        assert refused({**table, "comment": "x"}).params["key"] == "comment"


# -- profiles that mean harm ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "name=" + "[" * 100_000,
        "name=" + "{a=" * 3000,
        "name='x'\ntitle='y'\n[rows]\nmin=" + "9" * 5000,
        "#" * 1_000_001,
    ],
    ids=["lists in lists", "tables in tables", "a number of 5,000 digits", "more than a megabyte"],
)
def test_files_beyond_all_bounds_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(UnusableInput, match=r"own\.toml"):
        profiles.load(path)


def test_pipes_and_devices_are_no_profiles(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "endless.toml").symlink_to("/dev/zero")
    for name in ("pipe.toml", "endless.toml"):
        with pytest.raises(NotFound):
            profiles.load(tmp_path / name)


@pytest.mark.parametrize(
    "part",
    [
        "((?:a+)+)$",
        "((?:a|a)*)$",
        "((a?a?))*$",
        "((?:a|[ab](?:c))+)$",
        "(?P<part>(?:(?:a{2,}))*)",
        "(?:(?:x)(?:y+)(a))*",
        r"((?:\)a+)+)",
        "((?:[]()]b+)+)",
        "(?x)(a) # [",
        "(?-i:(?ix:(a)))",
        "(a{99999999999999})",
        "(?:" * 3000 + "(a)" + ")" * 3000,
    ],
)
def test_patterns_that_may_run_for_years_are_refused(part: str) -> None:
    error = refused(changed("columns|owner|part", part))
    assert error.params["key"] == "columns.owner.part"


@pytest.mark.parametrize(
    "part", ["([a-z-]+[/:][A-Za-z0-9-]+)/?$", "^(?:Nr|No)[.]? *([0-9]+)", "(a{1,3}b+)", r"\((.*)\)", "(?:ab)+(c*|d?)"]
)
def test_ordinary_patterns_are_taken(part: str) -> None:
    assert profiles.parse(changed("columns|owner|part", part)).columns
