"""What headers and cells are called in German and English lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.intake import wording
from finder.intake.numbers import UNITS
from finder.intake.profiles import FIELDS, vocabulary_of
from finder.intake.wording import Level, called, code_of, words


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("FlächeGesamt_m²", ("flaeche", "gesamt", "m2")),
        ("Preis €/qm", ("preis", "eur", "qm")),
        ("B-Plan-Nr.", ("b", "plan", "nr")),
        ("GRZ_max", ("grz", "max")),
        ("Leistung kVA", ("leistung", "kva")),
        ("LEK_dB(A)", ("lek", "db", "a")),
        ("verfügbar\nab", ("verfuegbar", "ab")),
        ("Café", ("cafe",)),
        ("…", ()),
    ],
)
def test_headers_are_words(header: str, parts: tuple[str, ...]) -> None:
    assert words(header) == parts


@pytest.mark.parametrize(
    ("header", "target", "unit"),
    [
        *(
            ("Fläche_ha", "stated_area_m2", "ha"),
            ("FlaecheHa", "stated_area_m2", "ha"),
            ("flaecheqm", "stated_area_m2", "m²"),
        ),
        *(("Grundstücksgröße (m²)", "stated_area_m2", "m²"), ("GRUNDSTÜCKSGRÖSSE IN HA", "stated_area_m2", "ha")),
        *(("Flache m2", "stated_area_m2", "m²"), ("plot size [acres]", "stated_area_m2", "acre")),
        *(
            ("Hectares", "stated_area_m2", "ha"),
            ("ha", "stated_area_m2", "ha"),
            ("site area sqft", "stated_area_m2", "ft²"),
        ),
        *(("Nettobauland [ha]", "net_area_m2", "ha"), ("davon verfügbar (ha)", "available_area_m2", "ha")),
        *(
            ("Nutzungsart", "zoning", None),
            ("Art der baulichen Nutzung", "zoning", None),
            ("B-Plan", "plan_name", None),
        ),
        *(("Bebauungsplan-Nr.", "plan_name", None), ("Planungsrecht", "plan_status", None), ("GRZ", "grz", None)),
        *(("Preis €/qm", "price_eur_m2", "€/m²"), ("Preis pro m²", "price_eur_m2", "€/m²")),
        *(("Kaufpreis EUR je qm", "price_eur_m2", "€/m²"), ("Price EUR/ha", "price_eur_m2", "€/ha")),
        *(("Kaufpreis (€)", "price_eur_m2", "€"), ("Gemeinde", "municipality", None), ("AGS", "municipality", None)),
        *(("Flurstück", "cadastral_reference/parcel", None), ("verfügbar ab", "available_from", None)),
        *(("Stand", "provenance.as_of", None), ("Ansprechpartner/in", "contact.name", None)),
        *(("E-Mail", "contact.email", None), ("eMail", "contact.email", None), ("Tel.-Nr.", "contact.phone", None)),
        *(("max. Gebäudehöhe in m", "max_height_m", "m"), ("Max Height (ft)", "max_height_m", "ft")),
        *(("Anschlussleistung [MVA]", "power_mva", "MVA"), ("Strom kVA", "power_mva", "kVA")),
        *(("LEK Tag dB(A)/m²", "noise_day_db", "dB(A)/m²"), ("Eigentumsverhältnisse (Stand 2023)", "ownership", None)),
        *(
            ("Straße / Hausnr.", "address", None),
            ("PLZ", "address/postcode", None),
            ("Rechtswert (UTM)", "geometry.x", None),
        ),
        *(
            ("Koordinate Y", "geometry.y", None),
            ("Gleisanschluss", "rail_siding", None),
            ("24/7-Betrieb", "operation_24h", None),
        ),
        *(("availableFrom", "available_from", None), ("stated_area_m2", "stated_area_m2", "m²")),
    ],
)
def test_headers_are_recognised(header: str, target: str, unit: str | None) -> None:
    said = called(header)
    assert said.targets.get(target, 0) >= Level.CLOSE
    assert said.unit == unit
    assert not said.odd


@pytest.mark.parametrize("header", ["Fläche in Tsd. m²", "GRZ %", "Preis TEUR", "Fläche (1000 m²)"])
def test_units_that_are_not_known_are_said(header: str) -> None:
    assert called(header).odd


@pytest.mark.parametrize(
    ("header", "target", "level"),
    [
        *(("Verfügbarkiet", "availability", Level.SIMILAR), ("Grundstücksgrösse", "stated_area_m2", Level.EXACT)),
        *(("Bebauungspln", "plan_name", Level.SIMILAR), ("Nutzungsart ohne Gewähr", "zoning", Level.PARTLY)),
        *(("Art", "zoning", Level.VAGUE), ("lfd. Nr.", "source_id", Level.VAGUE), ("gfz", "gfz", Level.OWN)),
    ],
)
def test_some_names_fit_less(header: str, target: str, level: Level) -> None:
    assert called(header).targets[target] is level


def test_cut_names_are_recognised_where_names_are_cut() -> None:
    assert not called("VERFUEGBAR").targets.get("available_from")
    assert called("GRUNDSTUEC", cut=True).targets["stated_area_m2"] is Level.SIMILAR
    assert "stated_area_m2" not in called("GRUNDSTUEC").targets


@pytest.mark.parametrize(
    "header", ["", " ", "Farbe", "x" * 100_000, "Spalte 17", "\ud800", "zahl", "Gas-Wasser-Strom-Kran"]
)
def test_other_names_are_nothing_sure(header: str) -> None:
    assert all(level < Level.CLOSE for level in called(header).targets.values())


@given(st.text(alphabet=st.characters(codec=None), max_size=40))
def test_no_header_is_an_error(header: str) -> None:
    assert called(header) == called(header)


def test_the_table_names_what_profiles_know() -> None:
    table = wording.table()
    parts = {f"{name}/{part}" for name, inner in table["parts"].items() for part in inner if part != "join"}
    for group in ("attributes", "vague", "words", "usual", "parts"):
        assert set(table[group]) <= set(FIELDS), group
    assert set(table["plain"]["units"]) <= set(FIELDS)
    assert {name.partition("/")[0] for name in parts} == set(table["parts"])
    for attribute, codes in table["words"].items():
        choices = vocabulary_of(attribute)
        assert choices is not None
        assert set(codes) <= {*map(str, choices), "not_known", *(("none",) if attribute == "restrictions" else ())}


def test_every_unit_a_header_can_name_is_an_attributes_or_none_of_a_profile() -> None:
    units = {attribute.unit for attribute in FIELDS.values()} | {unit for unit, _ in UNITS}
    for text, unit in (("Fläche a", None), ("Fläche in ar", "a"), ("Leistung MW", "MW"), ("Leistung kW", "kW")):
        assert called(text).unit == unit
    assert {"ha", "km²", "acre", "ft²", "ft", "kVA", "km", "a", "€/ha", "m²", "MVA", "€/m²"} <= units


def test_every_attribute_is_found_by_its_own_name() -> None:
    for name in FIELDS:
        assert called(name).targets[name] is Level.OWN


@pytest.mark.parametrize(
    ("attribute", "word", "code"),
    [
        *(("zoning", "Gewerbegebiet", "GE"), ("zoning", "INDUSTRIEGEBIET", "GI"), ("zoning", "§ 8 BauNVO", "GE")),
        *(("zoning", "1700", "GE"), ("zoning", "eingeschraenktes Gewerbegebiet", "GEe"), ("zoning", "GE(e)", "GEe")),
        *(("zoning", "commercial area", "GE"), ("zoning", "k. A.", None), ("zoning", "keine Angabe", "")),
        *(("plan_status", "Rechtskräftig", "in_force"), ("plan_status", "§ 34 BauGB", "section_34")),
        *(
            ("availability", "< 2 Jahre", "short"),
            ("availability", "> 2 Jahre", None),
            ("availability", "2-5 Jahre", "medium"),
        ),
        *(("availability", "25 Jahre", None), ("ownership", "Stadt", "public"), ("status", "frei", "")),
        *(("rail_siding", "nicht vorhanden", "no"), ("servicing", "ja", None), ("distance_class", "4", "IV")),
    ],
)
def test_words_stand_for_codes(attribute: str, word: str, code: str | None) -> None:
    assert code_of(attribute, word) == code


def test_systems_have_names() -> None:
    assert wording.system_of("ETRS89 / UTM Zone 32N") == "EPSG:25832"
    assert wording.system_of("gk2") == "EPSG:31466"
    assert wording.system_of("Mars") is None


@pytest.mark.parametrize(
    ("header", "target"),
    [
        *(("flaechen.grz", "grz"), ("xplan:GRZ", "grz"), ("geo.koordinaten@breitengrad", "geometry.y")),
        *(("sites/area_ha", "stated_area_m2"), ("properties.Nutzungsart", "zoning")),
    ],
)
def test_the_end_of_a_path_counts(header: str, target: str) -> None:
    assert called(header).targets[target] is Level.CLOSE


def test_a_path_that_ends_in_nothing_known_is_what_it_was() -> None:
    assert not called("flaechen.anzahl_x").targets
    assert not called("a" * 50_000 + "." * 50_000).targets
