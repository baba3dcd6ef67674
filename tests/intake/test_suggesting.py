"""Profiles proposed for files of many shapes. Every list is made up."""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from finder import crs
from finder.errors import UnusableInput
from finder.exports.properties import properties
from finder.exports.table import COLUMNS, cell, harmless
from finder.intake import profiles, suggesting
from finder.intake.profiles import FIELDS, Profile
from finder.language import LANGUAGES, Language
from finder.model.record import RawRecords
from finder.model.site import Contact
from finder.store.sites import Listed
from tests.factories import TOWNS, at, complete_site, site, square
from tests.intake.deliveries import FINDER, METRES, file, named, read, table
from tests.intake.test_casting import ABSURD

GERMAN = Language("de")
ENGLISH = Language("en")


def proposed(raw: RawRecords, language: Language = ENGLISH) -> tuple[Profile, str]:
    """Return the profile proposed for a file, and its text."""
    suggestion = suggesting.suggest(raw, TOWNS, language)
    suggestion.toml.encode("utf-8")
    assert all(sentence.strip() for sentence in suggestion.summary)
    return profiles.parse(tomllib.loads(suggestion.toml)), suggestion.toml


def columns(profile: Profile) -> dict[str, tuple[tuple[str, ...], str | None]]:
    """Return which headers each attribute is read from, and in which unit."""
    return {column.attribute: (column.headers, column.unit) for column in profile.columns}


def headers(profile: Profile) -> set[str]:
    """Return all headers that are read."""
    place, origins = profile.geometry, profile.provenance
    found = {header for column in profile.columns for header in column.headers}
    found |= {header for given in profile.contact.values() for header in given}
    found |= {*place.wkt, *place.x, *place.y, *place.crs_headers}
    return found | ({*origins.source, *origins.url, *origins.as_of} if origins else set())


def taken(header: str, *cells: object, rest: Mapping[str, Sequence[object]] | None = None, **how: Any) -> set[str]:
    """Return what a single column is actively read as, beside what else stands in the file."""
    profile, _ = proposed(table({header: list(cells), **(rest or {})}, **how))
    found = {c.attribute for c in profile.columns if header in c.headers}
    found -= {"source_id"} if "name" in found else set()  # names serve as key where there is none
    found |= {f"contact.{name}" for name, given in profile.contact.items() if header in given}
    if profile.provenance is not None:
        origins = dataclasses.asdict(profile.provenance)
        found |= {f"provenance.{name}" for name in ("source", "url", "as_of") if header in origins[name]}
    return found


def commented(text: str, attribute: str) -> bool:
    """Return whether an attribute is proposed behind a #."""
    return f"# [columns.{attribute}]" in text and f"\n[columns.{attribute}]" not in text


TOWN_LIST: dict[str, list[object]] = {
    "Flächen-Nr.": ["A-1", "A-2", "A-3"],
    "Bezeichnung": ["Am Hafen", "Alte Ziegelei", "Nordfeld"],
    "Gemeinde": ["Stadt Musterstadt", "Beispielhausen", "Probeburg"],
    "Straße": ["Kaiweg", "Lehmweg", None],
    "Hausnr.": ["5", None, None],
    "Fläche_ha": ["1,25", "2,5", "12"],
    "Netto (m²)": ["12.000", "20.000", "100.000"],
    "Nutzungsart": ["Gewerbegebiet", "GE/GI", "Industriegebiet"],
    "B-Plan": ["BP 12", "BP 13", None],
    "Planungsstand": ["rechtskräftig", "im Verfahren", "§ 34"],
    "GRZ": ["0,8", "0,8", "1,0"],
    "Preis €/qm": ["85,50", "70,00", None],
    "verfügbar ab": ["01.06.2026", "15.07.2027", None],
    "Stand": ["15.03.2025", "15.03.2025", "15.03.2025"],
    "Ansprechpartner": ["Büro 1", None, None],
    "E-Mail": ["buero@example.org", None, None],
    "Eigentümer": ["kommunal", "privat", "kommunal"],
    "Gleisanschluss": ["ja", "möglich", "nein"],
    "Rechtswert": ["368000", "368100", "368200"],
    "Hochwert": ["5720000", "5720100", "5720200"],
    "Bemerkung": ["gut", None, None],
    "Sonstiges": ["Zufahrt von Süden", None, None],
    "Gemarkung": ["Hafen", "Lehm", "Nord"],
    "Flur": ["3", "4", "1"],
    "Flurstück": ["12/4", "7", "3"],
    "Interne Kategorie": ["x", "y", "x"],
}


def town_list(**changes: list[object]) -> RawRecords:
    return table({**TOWN_LIST, **changes}, delimiter=";")


# -- a list as towns keep it ------------------------------------------------------------------------------------------


def test_a_german_list_is_understood() -> None:
    profile, text = proposed(town_list())
    assert columns(profile) == {
        "name": (("Bezeichnung",), None),
        "municipality": (("Gemeinde",), None),
        "source_id": (("Flächen-Nr.",), None),
        "address": (("Straße", "Hausnr."), None),
        "cadastral_reference": (("Gemarkung", "Flur", "Flurstück"), None),
        "stated_area_m2": (("Fläche_ha",), "ha"),
        "net_area_m2": (("Netto (m²)",), None),
        "zoning": (("Nutzungsart",), None),
        "plan_status": (("Planungsstand",), None),
        "plan_name": (("B-Plan",), None),
        "grz": (("GRZ",), None),
        "price_eur_m2": (("Preis €/qm",), None),
        "ownership": (("Eigentümer",), None),
        "available_from": (("verfügbar ab",), None),
        "rail_siding": (("Gleisanschluss",), None),
        "note": (("Bemerkung", "Sonstiges"), None),
    }
    assert (profile.name, profile.title, profile.decimal) == ("lieferung", "lieferung", ",")
    assert (profile.dates, profile.separators, profile.rows) == (("dd.mm.yyyy",), ";/", (1, 6))
    assert profile.contact == {"name": ("Ansprechpartner",), "email": ("E-Mail",)}
    assert profile.provenance is not None
    assert profile.provenance.as_of == ("Stand",)
    assert (profile.geometry.x, profile.geometry.y, profile.geometry.crs) == (("Rechtswert",), ("Hochwert",), METRES)
    assert profile.ignore == ("Interne Kategorie",)
    assert {c.attribute for c in profile.columns if c.required} == {"name", "source_id"}
    assert '"Interne Kategorie",  # for example “x”, “y”' in text
    assert "understood: 3 of 3 cells" in text


def test_the_list_comes_in_by_its_profile() -> None:
    raw = town_list()
    batch = read(raw, proposed(raw)[0])
    first = batch.frame.iloc[0]
    assert list(batch.frame["municipality"]) == ["05990001", "Beispielhausen", "Probeburg"]
    assert (first["stated_area_m2"], first["net_area_m2"], first["price_eur_m2"]) == (12_500, 12_000, 85.5)
    assert (first["address"], first["cadastral_reference"], first["note"]) == (
        "Kaiweg 5",
        "Hafen-3-12/4",
        "gut; Zufahrt von Süden",
    )
    assert list(batch.frame["zoning"]) == [("GE",), ("GE", "GI"), ("GI",)]
    assert list(batch.frame["plan_status"]) == ["in_force", "in_procedure", "section_34"]
    assert first["contact"] == Contact(name="Büro 1", email="buero@example.org")
    assert first["geometry"] == at()
    assert {issue.rule for issue in batch.issues} <= {"columns_left_out", "decimal_sign"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_proposal_is_the_same_every_time(code: str) -> None:
    language = Language(code)
    assert proposed(town_list(), language)[1] == proposed(town_list(), language)[1]
    assert proposed(town_list(), language)[0] == proposed(town_list())[0]


def test_an_english_list_is_understood() -> None:
    raw = table(
        {
            "Ref": ["1", "2"],
            "Site name": ["Quayside", "Brickworks"],
            "Municipality code": [5990001, 5990002],
            "plotSizeAcres": ["3.5", "12"],
            "Max height (ft)": ["40", "60"],
            "Land use": ["industrial area", "GE"],
            "Price EUR/ha": ["850000", "700000"],
            "Available from": ["12/31/2026", "01/15/2027"],
            "Serviced": ["fully", "partly"],
            "Broadband": ["yes", "no"],
            "Longitude": ["7.1", "7.11"],
            "Latitude": ["51.6", "51.61"],
            "Web page": ["https://example.org/1", "https://example.org/2"],
        }
    )
    profile, _ = proposed(raw)
    assert columns(profile) == {
        "source_id": (("Ref",), None),
        "name": (("Site name",), None),
        "municipality": (("Municipality code",), None),
        "stated_area_m2": (("plotSizeAcres",), "acre"),
        "max_height_m": (("Max height (ft)",), "ft"),
        "zoning": (("Land use",), None),
        "price_eur_m2": (("Price EUR/ha",), "€/ha"),
        "available_from": (("Available from",), None),
        "servicing": (("Serviced",), None),
        "fibre": (("Broadband",), None),
    }
    assert profile.dates == ("mm/dd/yyyy",)
    assert profile.geometry.crs == "EPSG:4326"
    frame = read(raw, profile).frame
    assert frame["stated_area_m2"].iloc[0] == pytest.approx(3.5 * 4046.8564224)
    assert frame["max_height_m"].iloc[0] == pytest.approx(12.192)
    assert frame["price_eur_m2"].tolist() == [85, 70]


# -- what is uncertain ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "cells", "attribute"),
    [
        ("Größe", ("1,3", "2,5", "12"), "stated_area_m2"),
        ("Fläche", ("13000", "25000", "120000"), "stated_area_m2"),
        ("Preis", ("85", "70", "90"), "price_eur_m2"),
        ("Preis €/m²", ("850000", "700000", "900000"), "price_eur_m2"),
        ("GRZ", ("80", "60", "80"), None),
        ("Fläche in Tsd. m²", ("13", "25", "120"), "stated_area_m2"),
        ("Strom", ("5", "10", "1"), "power_mva"),
        ("Nutzungsart", ("GE", "Wald", "Wiese", "Acker"), None),
        ("ID", ("1", "2", "2"), "source_id"),
        ("ID", ("1", "2", None), "source_id"),
        ("ID", ("1", "2", [None]), "source_id"),
        ("Bebauungspln", ("BP 1", "BP 2", "BP 3"), "plan_name"),
        ("verfügbar ab", ("01.06.2026", "01.07.2026", "01.08.2026", "bald"), None),
        ("verfügbar ab", ("03/04/2026", "05/06/2026", "07/08/2026"), None),
        ("Kaufpreis (€)", ("1250000", "700000", "90000"), None),
        ("Leistung MW", ("5", "10", "1"), None),
    ],
)
def test_uncertain_matches_are_not_active(header: str, cells: tuple[object, ...], attribute: str | None) -> None:
    raw = table({"Bezeichnung": ["Platz"] * len(cells), header: list(cells)}, delimiter=";")
    profile, text = proposed(raw)
    active = {c.attribute for c in profile.columns if header in c.headers}
    assert not active & {
        "stated_area_m2",
        "price_eur_m2",
        "power_mva",
        "source_id",
        "plan_name",
        "available_from",
        "zoning",
    }
    if attribute is not None:
        assert commented(text, attribute)
        assert "# Uncertain: " in text
        assert header not in profile.ignore


@pytest.mark.parametrize(
    ("cells", "unit"), [(("1,3", "2,5", "12"), 'unit = "ha"'), (("13.000", "25.000", "120.000"), None)]
)
def test_the_size_of_figures_is_only_a_proposal_for_their_unit(cells: tuple[str, ...], unit: str | None) -> None:
    _, text = proposed(table({"Größe": list(cells)}, delimiter=";"))
    assert commented(text, "stated_area_m2")
    assert ('# unit = "ha"' in text) is (unit is not None)
    assert f"may be {'ha' if unit else 'm²'}" in text


def test_units_in_the_cells_say_enough() -> None:
    assert taken("Größe", "1,3 ha", "25.000 m²", "2 ha", delimiter=";") == {"stated_area_m2"}


def test_figures_that_are_unusual_are_uncertain() -> None:
    profile, text = proposed(
        table({"GRZ maximal": ["80", "60", "80"], "max. Höhe": ["112,5", "98", "120"]}, delimiter=";")
    )
    assert not {"grz", "max_height_m"} & set(columns(profile))
    assert commented(text, "max_height_m")
    assert "figures from 98 to 112.5" not in text
    assert "figures from 98 to 120 are unusual" in text


def test_uncommented_lines_are_a_profile() -> None:
    """What stands behind a # must be right as soon as it is taken away."""
    raw = table(
        {
            "Größe": ["1,3", "2,5"],
            "Nutzungsart ohne Gewähr": ["Wald", "GE"],
            "Preis": ["1", "2"],
            "X": [1, 2],
            "Y": [3, 4],
        },
        delimiter=";",
    )
    _, text = proposed(raw)
    starts = ("# [", '# "', "# from = ", "# unit = ", "# x = ", "# y = ", "# crs = ", "# municipality = ")
    lines = [line[2:] if line.startswith(starts) else line for line in text.splitlines()]
    profile = profiles.parse(tomllib.loads("\n".join(lines)))
    assert columns(profile)["stated_area_m2"] == (("Größe",), "ha")
    assert (profile.geometry.x, profile.geometry.y) == (("X",), ("Y",))


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("Eigentümer", ("kommunal", "privat", "privat"), {"ownership"}),
        ("Eigentümer", ("kommunal", "privat", "Hafen GmbH"), {"ownership", "owner"}),
        ("Eigentümer", ("Hafen GmbH", "Ziegelei AG", "Nordfeld KG"), {"owner"}),
        ("Fläche", ("Am Hafen", "Nordfeld", "Lehmweg"), {"name"}),
        ("Verfügbarkeit", ("sofort", "kurzfristig", "langfristig"), {"availability"}),
        ("Verfügbarkeit", ("01.01.2027", "2028-01-01", "01.03.2027"), {"available_from"}),
        ("Verfügbarkeit", ("nach Räumung", "wenn der Nachbar zieht", "unklar, bitte fragen"), {"availability_note"}),
        ("Status", ("frei", "reserviert", "verkauft"), {"status"}),
        ("Status", ("rechtskräftig", "im Verfahren", "rechtskräftig"), {"plan_status"}),
        ("Standort", ("Musterstadt", "Probeburg", "Musterstadt"), {"municipality"}),
        ("Standort", ("Am Hafen", "Nordfeld", "Lehmweg"), {"name"}),
        ("Spalte 7", ("05990001", "05990002", "05990003"), {"municipality"}),
        ("Spalte 7", ("GE", "GI", "GE"), set()),
        ("Quelle", ("Ratsvorlage", "Ortstermin", "Ortstermin"), {"provenance.source"}),
        ("Quelle", ("https://example.org/1", "https://example.org/2", "https://example.org/3"), {"provenance.url"}),
        ("source", ("https://example.org/1", "https://example.org/2", "https://example.org/3"), {"provenance.url"}),
        ("source", ("stadt", "stadt", "stadt"), {"source"}),
        ("B-Plan", ("https://example.org/1", "https://example.org/2", "https://example.org/3"), {"plan_url"}),
        ("B-Plan", ("100", "101", "102"), {"plan_name"}),
        ("Ansprechpartner", ("a@example.org", "b@example.org", "c@example.org"), set()),
        ("Kontakt E-Mail", ("a@example.org", "b@example.org", "c@example.org"), {"contact.email"}),
        ("Telefon", ("0209 1234", "+49 209 12345", "02361 999"), {"contact.phone"}),
        ("Vollgeschosse", ("2", "III", "IV"), set()),
        ("Preis €/qm", ("85", "auf Anfrage", "90"), {"price_eur_m2"}),
        ("Vollgeschosse", ("2", "3", "4"), {"max_floors"}),
        ("Glasfaser", ("ja", "nein", "k.A."), {"fibre"}),
        ("Strom", ("5 MVA", "630 kVA", "10 MVA"), {"power_mva"}),
        ("Gas", ("1500", "2000", "10"), set()),
    ],
)
def test_the_cells_decide_what_a_name_means(header: str, cells: tuple[str, ...], expected: set[str]) -> None:
    assert taken(header, *cells) == expected


def test_words_that_are_not_known_are_left_to_people() -> None:
    profile, text = proposed(table({"Nutzungsart": ["GE", "Gewerbegebiet", "GI", "Wald"]}))
    column = next(c for c in profile.columns if c.attribute == "zoning")
    assert column.codes == {"gewerbegebiet": "GE"}
    assert '# "Wald" = ""' in text
    # what stands there is kept as text, too
    assert columns(profile)["zoning_detail"] == (("Nutzungsart",), None)


def test_restrictions_in_words_have_kinds() -> None:
    raw = table({"Restriktionen": ["Altlasten, Bergbau", "keine", "keine bekannt", "Altlasten, Fledermaus", None]})
    profile, text = proposed(raw)
    assert '"Altlasten" = "contamination"' in text
    assert '# "Fledermaus" = ""' in text
    cells = list(read(raw, profile).frame["restrictions"])
    assert [None if cell is None else [restriction.kind for restriction in cell] for cell in cells] == [
        ["contamination", "mining"],
        [],
        None,
        ["contamination", "other"],
        None,
    ]


def test_restrictions_in_sentences_are_remarks() -> None:
    assert taken("Restriktionen", "liegt am Wald, dort leben Tiere", "der Nachbar klagt") == {"note"}


def test_codes_reading_knows_by_itself_are_not_repeated() -> None:
    profile, _ = proposed(table({"Gemeinde": ["05990001", "5990002", "Probeburg", "Probeburg, Stadt", "059900000002"]}))
    column = next(c for c in profile.columns if c.attribute == "municipality")
    assert column.codes == {"probeburg,stadt": "05990003", "059900000002": "05990002"}


def test_a_town_elsewhere_is_a_town() -> None:
    profile, text = proposed(table({"Gemeinde": ["Anderswo", "Nirgends"]}))
    assert columns(profile)["municipality"] == (("Gemeinde",), None)
    assert "of the region: 0 of 2 cells" in text


def test_a_code_comes_before_a_name() -> None:
    profile, _ = proposed(table({"Gemeinde": ["Musterstadt"], "AGS": ["05990001"], "Zweite": ["05990002"]}))
    assert columns(profile)["municipality"][0] == ("Gemeinde", "AGS")


def test_one_column_for_an_attribute_the_other_is_named() -> None:
    profile, text = proposed(table({"Fläche_ha": ["1.2"], "Größe ha": ["1.3"]}))
    assert columns(profile)["stated_area_m2"] == (("Fläche_ha",), "ha")
    assert profile.ignore == ("Größe ha",)
    assert "could be stated_area_m2, for which “Fläche_ha” fits better" in text


# -- keys, names, towns -----------------------------------------------------------------------------------------------


def test_unique_names_serve_as_key_and_that_is_said() -> None:
    raw = table({"Bezeichnung": ["A", "B"], "lfd. Nr.": ["1", "2"]})
    profile, text = proposed(raw)
    assert columns(profile)["source_id"] == (("Bezeichnung",), None)
    assert "No column holds a key; “Bezeichnung”" in text
    assert '# It would take the place of the names as key:\n# [columns.source_id]\n# from = ["lfd. Nr."]' in text
    summary = suggesting.suggest(raw, TOWNS, ENGLISH).summary
    assert "No column holds a key; the names serve as one." in summary
    profile, _ = proposed(table({"Bezeichnung": ["A", "A"]}))
    assert "source_id" not in columns(profile)


def test_an_id_of_a_list_that_is_not_ours_is_the_suppliers_key() -> None:
    assert columns(proposed(table({"id": ["1", "2"], "Bezeichnung": ["A", "B"]}))[0])["source_id"] == (("id",), None)


def test_the_files_name_may_say_the_town() -> None:
    raw = table({"Bezeichnung": ["A"]})
    named_ = dataclasses.replace(raw, origin=dataclasses.replace(raw.origin, name="Gewerbe Probeburg 2025.csv"))
    profile, text = proposed(named_)
    assert '# municipality = "05990003"' in text
    assert profile.constants == {}
    assert '# municipality = ""' in proposed(raw)[1]


def test_a_missing_name_may_stand_elsewhere() -> None:
    _, text = proposed(table({"Straße": ["Kaiweg", "Lehmweg"]}))
    assert commented(text, "name")


def test_a_bundled_profile_that_fits_is_named() -> None:
    summary = suggesting.suggest(table({name: ["x"] for name in (*COLUMNS, "wkt")}), TOWNS, ENGLISH).summary
    assert "The bundled profile “finder” fits this file as it is." in summary


# -- how a file writes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        (("31.12.2026", "1.1.2027"), ("dd.mm.yyyy",)),
        (("31/12/2026", "01/02/2027"), ("dd/mm/yyyy",)),
        (("12/31/2026", "01/02/2027"), ("mm/dd/yyyy",)),
        (("2026-12-31", "2027-01-02"), ("dd.mm.yyyy",)),
        (("11/12/2026", "01/02/2027"), ("dd.mm.yyyy",)),
        (("31/12/2026", "12/31/2026"), ("dd.mm.yyyy",)),
    ],
)
def test_dates_tell_their_order_or_stay_open(cells: tuple[str, ...], dates: tuple[str, ...]) -> None:
    profile, text = proposed(table({"verfügbar ab": list(cells)}))
    assert profile.dates == dates
    settled = all("/" not in cell for cell in cells) or dates != ("dd.mm.yyyy",)
    assert ("available_from" in columns(profile)) is settled
    assert ("Dates such as" in text) is not settled


@pytest.mark.parametrize(
    ("cells", "delimiter", "decimal"),
    [
        (("0,8", "1,25"), ";", ","),
        (("0,8", "1,25"), ",", ","),
        (("0.8", "1.25"), ";", "."),
        (("0.8", "1.25"), ",", None),
        (("12.500", "10.000"), ";", None),
        ((0.8, 1.25), None, None),
    ],
)
def test_the_decimal_sign_is_told(cells: tuple[object, ...], delimiter: str | None, decimal: str | None) -> None:
    assert proposed(table({"Fläche ha": list(cells)}, delimiter=delimiter))[0].decimal == decimal


def test_two_decimal_signs_in_one_file_are_said() -> None:
    profile, text = proposed(table({"Fläche ha": ["0,8", "1,25"], "GRZ": ["0.8", "0.6"]}, delimiter=";"))
    assert profile.decimal is None
    assert "decimal comma" in text


def test_rows_are_expected_around_todays_number() -> None:
    assert proposed(table({"Name": ["x"] * 40}))[0].rows == (20, 80)
    assert proposed(table({"Name": []}))[0].rows == (1, 1)


def test_of_long_files_some_rows_are_looked_at() -> None:
    count = 12_000
    raw = table({"Nr": list(range(count)), "Fläche ha": ["1,5"] * (count - 1) + ["viel"], "Name": ["x"] * count})
    profile, text = proposed(raw)
    assert profile.rows == (6_000, 24_000)
    assert "# 5000 of the rows were looked at." in text
    assert "understood: 4999 of 5000 cells" in text


# -- places -----------------------------------------------------------------------------------------------------------


def in_system(system: str) -> tuple[list[float], list[float]]:
    places = [crs.transform(at(100 * n, 50 * n), crs.METRIC, system) for n in range(4)]
    return [round(place.x, 6) for place in places], [round(place.y, 6) for place in places]


@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:25832", "EPSG:4647", "EPSG:31466", "EPSG:31467", "EPSG:3857"])
@pytest.mark.parametrize("names", [("X", "Y"), ("Rechtswert", "Hochwert"), ("Länge", "Breite")])
def test_coordinates_tell_their_system(system: str, names: tuple[str, str]) -> None:
    x, y = in_system(system)
    raw = table({names[0]: x, names[1]: y})
    profile, _ = proposed(raw)
    assert (profile.geometry.x, profile.geometry.y, profile.geometry.crs) == ((names[0],), (names[1],), system)
    assert all(place.distance(at(100 * n, 50 * n)) < 3 for n, place in enumerate(read(raw, profile).frame["geometry"]))


def test_coordinates_as_german_spreadsheets_write_them() -> None:
    x, y = in_system("EPSG:4326")
    raw = table({"Länge": [str(n).replace(".", ",") for n in x], "Breite": [f"{n}°".replace(".", ",") for n in y]})
    assert proposed(raw)[0].geometry.crs == "EPSG:4326"


def test_columns_the_wrong_way_round_are_turned() -> None:
    x, y = in_system("EPSG:25832")
    profile, text = proposed(table({"X": y, "Y": x}))
    assert (profile.geometry.x, profile.geometry.y) == (("Y",), ("X",))
    assert "the other way round" in text


def test_coordinates_elsewhere_are_degrees_or_uncertain() -> None:
    profile, _ = proposed(table({"lon": [-1.3, -1.2], "lat": [51.1, 51.2]}))
    assert profile.geometry.crs == "EPSG:4326"
    raw = table({"Easting": [330941, 330942], "Northing": [431694, 431695]})
    profile, text = proposed(raw)
    assert profile.geometry == profiles.GeometryRule()
    assert '# crs = "EPSG:25832"' in text
    assert not {"Easting", "Northing"} & set(profile.ignore)


def test_a_column_that_says_the_system_settles_it() -> None:
    raw = table({"X": [330941, 330942], "Y": [431694, 431695], "Koordinatensystem": ["OSGB36", "EPSG:27700"]})
    profile, _ = proposed(raw)
    assert profile.geometry.crs is None
    assert profile.geometry.crs_headers == ("Koordinatensystem",)
    assert profile.geometry.codes == {"osgb36": "EPSG:27700"}
    raw = table({"X": [330941, 330942], "Y": [431694, 431695], "Koordinatensystem": ["OSGB36", "Mars"]})
    assert proposed(raw)[0].geometry.crs_headers == ()


@pytest.mark.parametrize(
    ("cells", "system"),
    [
        ([square().wkt, square(500).wkt], METRES),
        ([crs.to_lonlat(square()).wkt, None], "EPSG:4326"),
        ([f"SRID=31466;{crs.transform(at(), crs.METRIC, 31466).wkt}"], "EPSG:4326"),
        (['{"type": "Point", "coordinates": [7.1, 51.6]}'], "EPSG:4326"),
    ],
)
def test_places_as_text_are_found_under_any_name(cells: list[str | None], system: str) -> None:
    raw = table({"Umring der Fläche": cells, "Name": ["x"] * len(cells)})
    profile, _ = proposed(raw)
    assert (profile.geometry.wkt, profile.geometry.crs) == (("Umring der Fläche",), system)
    assert read(raw, profile).frame["geometry"].iloc[0].distance(at()) < 6_000


def test_coordinates_without_names_are_uncertain() -> None:
    x, y = in_system("EPSG:25832")
    profile, text = proposed(table({"Koord1": x, "Koord2": y}))
    assert profile.geometry == profiles.GeometryRule()
    assert '# x = ["Koord1"]' in text
    assert "found by their values alone" in text


def test_the_width_of_a_plot_is_no_latitude() -> None:
    profile, _ = proposed(table({"Länge": ["120", "80", "200"], "Breite": ["100", "200", "350"]}))
    assert profile.geometry == profiles.GeometryRule()


def test_a_files_own_places_need_no_rule() -> None:
    raw = file({"Name": ["x"], "X": [368_000.0], "Y": [5_720_000.0]}, [square()])
    assert proposed(raw)[0].geometry == profiles.GeometryRule()
    profile, _ = proposed(file({"Name": ["x"]}, [square()], crs=None))
    assert profile.geometry.crs == METRES
    profile, text = proposed(file({"Name": ["x"]}, [Point(1, 2)], crs=None))
    assert profile.geometry.crs is None
    assert '# crs = "EPSG:25832"' in text


# -- what we write ourselves ------------------------------------------------------------------------------------------


def test_what_we_export_comes_back_by_a_proposed_profile_as_by_our_own() -> None:
    sites = [
        complete_site(id="T-1", source_id="a"),
        site(id="T-2", source_id="b"),
        complete_site(id="T-3", source_id="c"),
    ]
    rows = [properties(Listed(site=one, access=(), version=1)) for one in sites]
    cells: dict[str, list[object]] = {name: [_text(row[name]) for row in rows] for name in COLUMNS}
    cells["wkt"] = [None if one.geometry is None else crs.to_lonlat(one.geometry).wkt for one in sites]
    raw = table(cells)
    profile, _ = proposed(raw)
    ours, theirs = read(raw, FINDER), read(raw, profile)
    pd.testing.assert_frame_equal(ours.frame, theirs.frame)
    assert not named(theirs, "column_not_taken")


def _text(value: object) -> object:
    written = harmless(cell(value))
    return written if written is None else str(written)


# -- what wants to break it -------------------------------------------------------------------------------------------

HOSTILE = [
    *(
        '"',
        "'",
        "\\",
        '"]\nname = "evil"\n["',
        "a\nb",
        "a\r\nname='x'",
        "]",
        "[columns.name]",
        "#",
        "\x00",
        "\x1b[31m",
        "\u202e",
    ),
    *(
        '"""',
        "'''",
        "=",
        "Fläche\x00_ha",
        "Name\n[columns.status]\nfrom = ['x']",
        "\u2028",
        "＊",
        "*",
        "?",
        "[a]",
        "…",
        "\t",
        "\ud800",
    ),
    *('Bezeichnung"]\nunit="x', "\ufeffName", " ", "", "--", "é", "x" * 5_000, "Nutzungsart\u200b"),
]


def test_hostile_headers_and_cells_stay_inside_their_quotation_marks() -> None:
    raw = table({header: [other, "GE", header] for header, other in zip(HOSTILE, reversed(HOSTILE), strict=True)})
    profile, text = proposed(raw)
    assert all(line.isprintable() for line in text.split("\n"))
    assert headers(profile) <= set(HOSTILE)
    assert profile.constants == {}
    assert profile.name == "lieferung"
    batch = read(raw, profile)
    left = {issue.params["column"] for issue in named(batch, "column_not_taken")}
    assert len(batch.frame) == 3
    assert (
        len(left) <= sum(not header.strip(" …-") or len(header) > 300 or "\ud800" in header for header in HOSTILE) + 6
    )


@pytest.mark.parametrize("header", ["＊", "*", "Wert [m]", "[!x]", "a?", "**"])
def test_signs_that_stand_for_others_stand_for_themselves(header: str) -> None:
    raw = table({header: ["x"], "Geheimes": ["x"]})
    profile, _ = proposed(raw)
    lonely = dataclasses.replace(profile, ignore=profile.ignore[:1])
    assert [issue.params["column"] for issue in named(read(raw, lonely), "column_not_taken")] == ["Geheimes"]


def test_two_thousand_columns_are_a_profile_that_can_be_read(tmp_path: Any) -> None:
    raw = table({f"\x00{'<&>' * 30}Spalte {n}": ["\x07" * 50, "x"] for n in range(2_000)})
    suggestion = suggesting.suggest(raw, TOWNS, GERMAN)
    path = tmp_path / "wide.toml"
    path.write_text(suggestion.toml, encoding="utf-8")
    profile = profiles.load(path)
    left = named(read(raw, profile), "column_not_taken")
    assert len(profile.ignore) + len(left) == 2_000
    assert not left or "further columns" in suggestion.toml or "weitere Spalten" in suggestion.toml


def test_our_own_name_is_never_a_part_of_another() -> None:
    raw = table({"name": ["a", "b"], "source_id": ["k1", None], "municipality": ["05562020"] * 2})
    profile, _ = proposed(raw)
    assert "source" not in columns(profile)


def test_columns_of_one_name_are_said() -> None:
    profile, text = proposed(table({"Name": ["a"], "NAME": ["b"], "na-me": ["c"]}))
    assert columns(profile)["name"] == (("Name",), None)
    assert text.count("another column has the same name") == 2


def test_an_empty_file_has_a_profile() -> None:
    assert proposed(table({}))[0].columns == ()
    assert proposed(dataclasses.replace(table({}), rows=[1, 2]))[0].rows == (1, 4)


NAMES = st.sampled_from(
    [*TOWN_LIST, *FIELDS, "wkt", "lon", "lat", "KBS", "contact_name", "Größe", "Preis", *HOSTILE]
) | st.text(alphabet=st.characters(codec=None), max_size=12)
VALUES = (
    ABSURD
    | st.sampled_from([value for cells in TOWN_LIST.values() for value in cells])
    | st.sampled_from(
        ["7.1", "51.6", "POINT (7 51)", "SRID=99;POINT (1 2)", "05990001", "12.500", "1,5 ha", math.nan, "a@b.c"]
    )
)


@settings(deadline=None)
@given(st.data())
def test_whatever_stands_in_a_file_its_proposal_can_be_used(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 4))
    cells = data.draw(st.dictionaries(NAMES, st.lists(VALUES, min_size=count, max_size=count), max_size=6))
    raw = dataclasses.replace(table(cells), rows=range(1, count + 1))
    profile, _ = proposed(raw, Language(data.draw(st.sampled_from(LANGUAGES))))
    assert headers(profile) <= set(cells)
    try:
        batch = read(raw, profile)
    except UnusableInput as error:
        # a row without a system among rows that say theirs: the person is asked
        refused = error.message
    else:
        refused = ""
        assert len(batch.frame) == count
    assert not refused or "coordinate reference system" in refused
