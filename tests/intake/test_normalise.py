"""From raw columns to a frame in the model's words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from finder import crs
from finder.errors import UnusableInput
from finder.exports.properties import properties
from finder.exports.table import COLUMNS, cell, harmless
from finder.intake import profiles
from finder.intake.normalise import Batch
from finder.language import LANGUAGES, Language
from finder.model.record import Issue
from finder.model.site import ATTRIBUTES, Contact, Provenance, Site
from finder.model.vocabulary import Ownership, PlanStatus, Status, Zoning
from finder.store.sites import Listed
from tests.factories import at, complete_site, site, square
from tests.intake.deliveries import FINDER, METRES, facts, file, named, one, read, rows, sentences, table, told
from tests.intake.test_casting import ABSURD

TOWN = profiles.parse(
    {
        "name": "town",
        "title": "A town's own list",
        "source": "Stadt",
        "municipality_scheme": "quarter",
        "columns": {
            "name": {"from": ["Bezeichnung", "Lage"], "required": True},
            "source_id": {"from": ["Nr"], "required": True},
            "stated_area_m2": {"from": ["Fläche"], "unit": "ha"},
            "note": {"from": ["Bemerkung", "Hinweis"], "join": "; "},
            "owner": {"from": ["Eigentümer"]},
        },
        "constants": {"ownership": "public", "owner": "Stadt", "net_area_m2": 500},
        "provenance": {"source": ["Amt"], "as_of": ["Stand"]},
        "geometry": {"x": ["X"], "y": ["Y"], "crs": METRES},
        "rows": {"min": 2, "max": 3},
    }
)


def columns(batch: Batch) -> set[str]:
    return set(batch.frame.columns)


# -- rows and columns -------------------------------------------------------------------------------------------------


def test_a_row_in_the_models_words() -> None:
    known = one(
        zoning="GE; GI",
        grz="0,8",
        stated_area_m2="1,5 ha",
        availability="immediate",
        available_from="1.4.2027",
        quay="nein",
        plan_status="§ 34",
        max_floors="4",
        sectors="Logistik",
    )
    assert known["zoning"] == (Zoning.GE, Zoning.GI)
    assert known["grz"] == 0.8
    assert known["stated_area_m2"] == 15_000
    assert known["available_from"] == dt.date(2027, 4, 1)
    assert known["quay"] is False
    assert known["plan_status"] is PlanStatus.INNER_AREA
    assert known["max_floors"] == 4
    assert known["sectors"] == ("logistics",)
    assert known["status"] is Status.DRAFT


def test_the_frame_is_indexed_by_the_files_own_row_numbers() -> None:
    raw = rows({}, {}, {})
    batch = read(type(raw)(columns=raw.columns, rows=[3, 7, 8], geometry=None, crs=None, origin=raw.origin))
    assert batch.frame.index.tolist() == [3, 7, 8]
    assert batch.read == 3


def test_issues_name_row_field_and_value() -> None:
    batch = read(rows({"grz": "0,8"}, {"grz": "viel"}, {"grz": "", "verified_on": "31.02.2026"}))
    assert told(batch) == [("number", "kept", "grz", "viel"), ("date", "kept", "verified_on", "31.02.2026")]
    assert [issue.row for issue in batch.issues] == [2, 3]
    assert "“31.02.2026” is not a date of the calendar; the value stays unknown." in sentences(batch.issues)


def test_what_the_reader_noticed_comes_first() -> None:
    raw = rows({"grz": "viel"})
    noticed = Issue(rule="encoding_assumed", action="noted", message="x")
    raw = type(raw)(**{**vars(raw), "issues": (noticed,)})
    assert [issue.rule for issue in read(raw).issues] == ["encoding_assumed", "number"]


@pytest.mark.parametrize(("name", "dtype"), [("grz", "float64"), ("max_floors", object), ("quay", object)])
def test_what_is_not_known_is_none_or_nan(name: str, dtype: object) -> None:
    batch = read(rows({name: "1"}, {name: None}))
    assert batch.frame[name].dtype == dtype
    assert facts(batch, 1)[name] is None


def test_a_column_of_plain_numbers_and_one_of_texts_become_the_same() -> None:
    numbers: list[object] = [0, 1.5, None, -3, float("nan"), 1e15]
    plain = read(table({**keys(6), "net_area_m2": numbers}))
    texts = read(table({**keys(6), "net_area_m2": [None if n is None or n != n else repr(n) for n in numbers]}))
    np.testing.assert_array_equal(plain.frame["net_area_m2"], texts.frame["net_area_m2"])
    assert plain.issues == texts.issues == []


@pytest.mark.parametrize("value", [1e16, float("inf"), 10**400, True])
def test_one_absurd_number_leaves_the_others_alone(value: object) -> None:
    batch = read(table({**keys(3), "net_area_m2": [1, value, 2]}))
    assert [facts(batch, i)["net_area_m2"] for i in range(3)] == [1, None, 2]
    assert [(issue.rule, issue.row) for issue in batch.issues] == [("number", 2)]


def keys(length: int) -> dict[str, list[object]]:
    """Return the columns every file of our own schema needs."""
    numbers = [str(number) for number in range(1, length + 1)]
    names: list[object] = [f"Musterfläche {number}" for number in numbers]
    return {"name": names, "source_id": [*numbers], "municipality": ["05990001"] * length, "source": ["test"] * length}


# -- absent, empty, stated none ---------------------------------------------------------------------------------------


def test_an_absent_column_is_not_delivered_and_an_empty_cell_is_not_known() -> None:
    batch = read(rows({"grz": "0,8"}, {"grz": ""}))
    assert "gfz" not in columns(batch)
    assert facts(batch, 0)["grz"] == 0.8
    assert facts(batch, 1)["grz"] is None
    assert "geometry" not in columns(batch)


def test_an_empty_list_is_stated_none_and_an_empty_cell_is_not() -> None:
    batch = read(rows({"restrictions": [], "zoning": []}, {"restrictions": "none", "zoning": ""}, {}))
    assert [facts(batch, i)["restrictions"] for i in range(3)] == [(), (), None]
    assert [facts(batch, i)["zoning"] for i in range(3)] == [(), None, None]


def test_a_file_of_places_without_any_place_delivers_that_there_is_none() -> None:
    assert read(rows({}, geometry=[None])).frame["geometry"].tolist() == [None]
    assert "geometry" not in columns(read(rows({})))


def test_the_status_of_the_file_is_for_new_sites_only() -> None:
    batch = read(rows({}), status=Status.PUBLISHED)
    assert facts(batch)["status"] is Status.PUBLISHED
    assert batch.only_new == {"status", "provenance", "sample"}
    batch = read(rows({"status": "reserved"}, {"status": None}, {"status": "unbekannt"}), status=Status.PUBLISHED)
    assert batch.frame["status"].tolist() == [Status.RESERVED, None, None], "an empty cell leaves a known site's state"
    assert batch.status is Status.PUBLISHED, "and a new one has the file's"
    assert batch.only_new == {"provenance", "sample"}


def test_provenance_of_the_rows_is_delivered() -> None:
    batch = read(rows({"provenance": {"*": {"source": "Stadt"}}}, {"provenance": None}))
    assert batch.frame["provenance"].tolist() == [{"*": Provenance(source="Stadt")}, {}]
    assert "provenance" not in batch.only_new


# -- profiles of suppliers --------------------------------------------------------------------------------------------


def test_a_suppliers_columns() -> None:
    batch = read(
        table(
            {
                "bezeichnung": ["Süd", None],
                "LAGE": ["x", "Nord"],
                "Nr": [1.0, 2],
                "fläche": ["0,426", "1.25"],
                "Hinweis": ["eng", "eng"],
                "Bemerkung": ["nass", "eng"],
                "Eigentümer": [None, "Land"],
                "Amt": ["Amt 61", ""],
                "Stand": ["1.3.2026", None],
                "X": [at().x, None],
                "Y": [at().y, None],
            }
        ),
        TOWN,
    )
    first, second = facts(batch, 0), facts(batch, 1)
    assert (first["name"], second["name"]) == ("Süd", "Nord")
    assert (first["source_id"], second["source_id"]) == ("1", "2")
    assert (first["stated_area_m2"], second["stated_area_m2"]) == (4260, 12_500)
    assert (first["note"], second["note"]) == ("nass; eng", "eng")
    assert (first["owner"], second["owner"]) == ("Stadt", "Land")
    assert first["ownership"] is second["ownership"] is Ownership.PUBLIC
    assert first["net_area_m2"] == second["net_area_m2"] == 500
    assert first["source"] == second["source"] == "Stadt"
    assert first["provenance"] == {"*": Provenance(source="Amt 61", as_of="2026-03-01")}
    assert second["provenance"] == {}
    assert first["geometry"] == at()
    assert second["geometry"] is None
    assert [issue.rule for issue in batch.issues] == ["municipality_scheme"]


def test_a_constant_number_fills_what_rows_leave_open() -> None:
    profile = profiles.parse(
        {
            "name": "x",
            "title": "X",
            "columns": {"grz": {"from": ["grz"]}},
            "constants": {"grz": 0.6, "zoning": ["GE"], "max_floors": 2, "quay": False},
        }
    )
    batch = read(table({"grz": ["0,8", ""]}), profile)
    assert batch.frame["grz"].tolist() == [0.8, 0.6]
    assert batch.frame["zoning"].tolist() == [(Zoning.GE,)] * 2
    assert batch.frame["max_floors"].tolist() == [2, 2]
    assert batch.frame["quay"].tolist() == [False, False]


@pytest.mark.parametrize("value", ["viel", "0,8 ha", True, ["a"], float("inf")])
def test_a_constant_that_makes_no_sense_is_refused_by_name(value: object) -> None:
    profile = profiles.parse({"name": "x", "title": "X", "constants": {"grz": value}})
    with pytest.raises(UnusableInput) as caught:
        read(table({"a": [1]}), profile)
    assert caught.value.params["key"] == "constants.grz"


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(UnusableInput) as caught:
        read(table({"Bezeichnung": ["Süd"], "b\u202ead": [1], "x" * 300: [2]}), TOWN)
    for code in LANGUAGES:
        sentence = Language(code).error(caught.value)
        assert "Nr" in sentence
        assert "Bezeichnung, bad, xxx" in sentence
        assert len(sentence) < 400


def test_what_no_rule_takes_is_listed() -> None:
    batch = read(rows({"farbe": "rot", "size_m2": 3, "motorway_junction_truck_km": 1.5}))
    assert [(issue.rule, issue.params) for issue in batch.issues] == [
        ("column_not_taken", {"column": "farbe"}),
        ("columns_left_out", {"columns": "size_m2, motorway_junction_truck_km"}),
    ]


def test_an_unusual_number_of_rows_is_said() -> None:
    def counted(length: int) -> list[str]:
        numbers = list(range(length))
        return [issue.rule for issue in read(table({"Bezeichnung": numbers, "Nr": numbers}), TOWN).issues]

    assert counted(1) == ["row_count", "municipality_scheme"]
    assert counted(3) == ["municipality_scheme"]
    assert counted(4) == ["row_count", "municipality_scheme"]


def test_the_municipality_of_the_file_holds_for_rows_that_name_none() -> None:
    batch = read(rows({"municipality": None}, {"municipality": "05990002"}), municipality="05990001")
    assert batch.frame["municipality"].tolist() == ["05990001", "05990002"]


def test_contacts_from_flat_columns() -> None:
    batch = read(rows({"contact_name": "Amt", "Contact E-Mail": "a@example.org"}, {}))
    assert batch.frame["contact"].tolist() == [Contact(name="Amt", email="a@example.org"), None]


def test_a_profile_names_the_columns_of_a_contact() -> None:
    contact = {"name": ["Ansprechperson", "Vertretung"], "email": ["E-Mail"]}
    cells = {
        "Ansprechperson": ["Amt A", None, None],
        "Vertretung": ["Amt B", "Amt B", None],
        "e-mail": ["a@example.org", None, None],
        "contact_phone": ["1", None, None],
    }
    batch = read(table(cells), profiles.parse({"name": "town", "title": "Town", "contact": contact}))
    full = Contact(name="Amt A", email="a@example.org", phone="1")
    assert batch.frame["contact"].tolist() == [full, Contact(name="Amt B"), None]
    assert not named(batch, "column_not_taken")


def test_a_contact_of_its_own_comes_before_flat_columns() -> None:
    batch = read(rows({"contact": {"name": "Amt"}, "contact_name": "Büro"}))
    assert facts(batch)["contact"] == Contact(name="Amt")
    assert [issue.params for issue in named(batch, "column_not_taken")] == [{"column": "contact_name"}]


# -- decimal signs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "profile", "area"),
    [
        ({"delimiter": ","}, {}, 12.5),
        ({"delimiter": ";"}, {}, 12_500),
        ({"delimiter": ";"}, {"decimal": "."}, 12.5),
        ({"delimiter": ","}, {"decimal": ","}, 12_500),
    ],
)
def test_the_delimiter_hints_at_the_decimal_sign(origin: dict[str, str], profile: dict[str, str], area: float) -> None:
    rules = profiles.parse({"name": "x", "title": "X", "columns": {"net_area_m2": {"from": ["a"]}}, **profile})
    batch = read(table({"a": ["12.500"]}, **origin), rules)
    assert facts(batch)["net_area_m2"] == area
    assert [(issue.rule, issue.action, issue.value) for issue in batch.issues] == [("decimal_sign", "noted", "12.500")]
    sentences(batch.issues)


def test_other_cells_of_the_column_settle_the_decimal_sign() -> None:
    batch = read(table({**keys(2), "net_area_m2": ["12.500", "7,5"]}, delimiter=","))
    assert batch.frame["net_area_m2"].tolist() == [12_500, 7.5]
    assert batch.issues == []


def test_grz_with_comma_and_with_point_in_one_column() -> None:
    batch = read(rows({"grz": "0,8"}, {"grz": "1.8"}, {"grz": "-0,4"}))
    assert batch.frame["grz"].tolist() == [0.8, 1.8, -0.4]
    assert batch.issues == []


def test_guards_are_taken_off_in_tables_only() -> None:
    guarded = {"name": "'=Süd", "municipality": '="05990001"'}
    known = facts(read(rows(guarded, written="CSV")))
    assert (known["name"], known["municipality"]) == ("=Süd", "05990001")
    known = facts(read(rows(guarded, written="GeoJSON")))
    assert (known["name"], known["municipality"]) == ("'=Süd", '="05990001"')


# -- places -----------------------------------------------------------------------------------------------------------


def test_a_files_own_geometry_in_its_own_system() -> None:
    batch = read(rows({}, {}, geometry=[crs.to_lonlat(square()), None], crs="EPSG:4326"))
    assert facts(batch, 0)["geometry"].equals_exact(square(), 0.01)
    assert facts(batch, 1)["geometry"] is None


def test_a_system_has_to_be_said() -> None:
    bare = profiles.parse({"name": "x", "title": "X", "geometry": {"x": ["X"], "y": ["Y"], "wkt": ["wkt"]}})
    for raw in (
        file({"a": [1]}, [square()], crs=None),
        table({"X": [7], "Y": [51]}),
        table({"wkt": ["POINT (7 51)"]}),
    ):
        with pytest.raises(UnusableInput) as caught:
            read(raw, bare)
        assert "--crs" in str(caught.value)
        assert facts(read(raw, bare, crs="EPSG:4326"))["geometry"] is not None
    assert facts(read(table({"X": [None], "Y": [None]}), bare))["geometry"] is None


@pytest.mark.parametrize("given_", ["EPSG:999999", "EPSG:5773", "Gauß-Krüger", "+init=/etc/passwd:x"])
def test_a_system_that_does_not_exist_is_refused(given_: str) -> None:
    with pytest.raises(UnusableInput):
        read(rows({}), crs=given_)


def test_the_system_asked_for_is_used_and_said() -> None:
    batch = read(rows({}, geometry=[at()], crs="EPSG:4326"), crs=METRES)
    assert facts(batch)["geometry"] == at()
    assert [(issue.rule, issue.action) for issue in batch.issues] == [("crs_given", "noted")]
    assert read(rows({}, geometry=[at()]), crs=str(crs.METRIC)).issues == []
    sentences(batch.issues)


def test_columns_of_our_own_schema_for_places() -> None:
    lon, lat = crs.to_lonlat(at()).coords[0]
    for cells in ({"lon": lon, "lat": lat}, {"wkt": f"POINT ({lon} {lat})"}, {"Longitude": str(lon), "latitude": lat}):
        assert facts(read(rows(cells)))["geometry"].distance(at()) < 0.01


def test_coordinates_beside_a_geometry_of_its_own_are_listed_as_not_taken() -> None:
    batch = read(rows({"lon": 1.0, "lat": 2.0}, geometry=[at()]))
    assert facts(batch)["geometry"] == at()
    assert [issue.params["column"] for issue in named(batch, "column_not_taken")] == ["lon", "lat"]


def test_one_half_of_a_pair_of_columns_is_no_place() -> None:
    batch = read(rows({"lon": 7.0}))
    assert "geometry" not in columns(batch)


def test_what_leads_nowhere_keeps_its_own_coordinates_for_the_report() -> None:
    batch = read(rows({}, {}, geometry=[at(), Point(float("inf"), 3)], crs="EPSG:4326"))
    assert batch.lost == {2: "POINT (Infinity 3)"}


# -- nothing in it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [table({}), table({"name": [], "source_id": []}), file({}, [])])
@pytest.mark.parametrize("profile", [FINDER, TOWN])
def test_an_empty_file_is_read_and_said(raw: Any, profile: profiles.Profile) -> None:
    batch = read(raw, profile)
    assert len(batch.frame) == batch.read == 0
    assert {"name", "municipality", "source", "source_id", "status", "provenance"} <= columns(batch)
    assert named(batch, "no_rows")
    sentences(batch.issues)


# -- there and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "known", [complete_site(), site(), site(restrictions=(), zoning=(), media=(), sectors=("a;b", "c"))]
)
def test_what_we_export_comes_back_as_it_was(known: Site) -> None:
    values = properties(Listed(site=known, access=(), version=1))
    table_cells = {name: harmless(cell(values[name])) for name in COLUMNS}
    written = {name: None if value is None else str(value) for name, value in table_cells.items()}
    as_geojson = read(file({name: [value] for name, value in values.items()}, [known.geometry]))
    as_csv = read(table({name: [value] for name, value in written.items()} | {"wkt": [lonlat(known)]}))
    for batch in (as_geojson, as_csv):
        assert [issue.rule for issue in batch.issues] == ["columns_left_out"]
        back = facts(batch)
        for name in (*ATTRIBUTES, "id", "name", "municipality", "source", "source_id", "status", "provenance"):
            if name not in ("area_m2", "geometry"):
                assert back[name] == getattr(known, name), name
        assert back["geometry"] is None or back["geometry"].equals_exact(known.geometry, 0.01)
        assert (back["geometry"] is None) == (known.geometry is None)


def lonlat(known: Site) -> str | None:
    return None if known.geometry is None else shapely.to_wkt(crs.to_lonlat(known.geometry), rounding_precision=-1)


# -- anything ---------------------------------------------------------------------------------------------------------

CELLS = st.dictionaries(
    st.sampled_from([*profiles.FIELDS, "wkt", "lon", "lat", "contact_name", "farbe", "b\ud800"]), ABSURD, max_size=6
)


@given(st.lists(CELLS, min_size=1, max_size=3), st.sampled_from(["CSV", "GeoJSON"]))
def test_no_row_is_an_error(cells: list[dict[str, object]], written: str) -> None:
    batch = read(rows(*cells, written=written))
    assert len(batch.frame) == len(cells)
    sentences(batch.issues)
    assert all(issue.row is None or issue.row in batch.frame.index for issue in batch.issues)


@pytest.mark.parametrize("placed", [at(), square()])
def test_a_files_own_places_are_asked_for_their_system(placed: Any) -> None:
    raw = rows({}, geometry=[placed], crs=None, written="Shapefile")
    with pytest.raises(UnusableInput, match="does not say its coordinate reference system"):
        read(raw)
    assert read(raw, crs=METRES).frame["geometry"].iloc[0].equals(placed)
