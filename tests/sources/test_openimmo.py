"""OpenImmo: offers become rows, paths become columns, and nothing of them is lost. All offers are invented."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from finder.limits import Limits
from finder.model.record import RawRecords
from tests.sources.files import read, refused, rules, shapes, written
from tests.sources.offers import PLOT, SENT, TOWN, document, inside

TOWN_2 = "<anbieter><firma>Zweite</firma><openimmo_anid>A8</openimmo_anid>{}</anbieter>"


def offers(*offers: str, **how: Any) -> RawRecords:
    return inside(document(*offers, **how))


def row(raw: RawRecords, position: int = 0) -> dict[str, object]:
    """Return a row's cells that say something."""
    cells = {name: list(values)[position] for name, values in raw.columns.items()}
    return {name: cell for name, cell in cells.items() if cell is not None}


# -- one offer --------------------------------------------------------------------------------------------------------


def test_an_offer_is_a_row_and_its_paths_are_columns(tmp_path: Path) -> None:
    raw = read(written(tmp_path, "angebote.xml", document(PLOT)))
    assert row(raw) == {
        "uebertragung@art": "OFFLINE",
        "uebertragung@umfang": "VOLL",
        "uebertragung@modus": "NEW",
        "uebertragung@version": "1.2.7",
        "uebertragung@sendersoftware": "x",
        "uebertragung@senderversion": "1",
        "anbieter.anbieternr": "7",
        "anbieter.firma": "Stadt Musterstadt, Liegenschaften",
        "anbieter.openimmo_anid": "A7",
        "objektkategorie.nutzungsart@WOHNEN": "false",
        "objektkategorie.nutzungsart@GEWERBE": "true",
        "objektkategorie.vermarktungsart@KAUF": "true",
        "objektkategorie.vermarktungsart@MIETE_PACHT": "0",
        "objektkategorie.objektart.grundstueck@grundst_typ": "GEWERBE",
        "objektkategorie.objektart": "grundstueck",
        "geo.plz": "45000",
        "geo.ort": "Musterstadt",
        "geo.geokoordinaten@breitengrad": "51.6",
        "geo.geokoordinaten@laengengrad": "7.1",
    }
    assert shapes(raw) == ["POINT (7.1 51.6)"]
    assert (raw.crs, raw.origin.format, raw.issues) == ("EPSG:4326", "OpenImmo 1.2.7", ())


@pytest.mark.parametrize(
    "root",
    [
        "<openimmo>",
        '<openimmo xmlns="http://www.openimmo.de">',
        '<openimmo xmlns="http://www.openimmo.de" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://www.openimmo.de openimmo_127.xsd">',
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<!-- Angebote -->\n<openimmo>',
        "\ufeff<openimmo>",
    ],
)
def test_with_and_without_a_namespace(root: str) -> None:
    assert row(offers(PLOT, root=root)) == row(offers(PLOT))


def test_prefixes_do_not_matter() -> None:
    content = (
        '<o:openimmo xmlns:o="http://www.openimmo.de" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<o:anbieter><o:immobilie><o:preise><o:kaufpreis xsi:nil="true"/></o:preise></o:immobilie></o:anbieter>'
        "</o:openimmo>"
    )
    assert row(inside(content)) == {"preise.kaufpreis@nil": "true"}


@pytest.mark.parametrize(
    ("version", "format_"),
    [
        ("1.2.7", "OpenImmo 1.2.7"),
        ("1.2.5", "OpenImmo 1.2.5"),
        ("1.2", "OpenImmo 1.2"),
        ("", "OpenImmo"),
        ("neu", "OpenImmo"),
    ],
)
def test_the_version_stands_behind_the_formats_name(version: str, format_: str) -> None:
    assert offers(PLOT, sent=f'<uebertragung version="{version}"/>').origin.format == format_


def test_text_is_handed_over_as_it_stands() -> None:
    zone = "<zustand_angaben><bauzone>\n  GE; <![CDATA[<GI> & {x}]]>\n</bauzone><altlasten/></zustand_angaben>"
    cells = row(offers(f"{zone}<flaechen><grz>0,8</grz></flaechen>"))
    assert cells["zustand_angaben.bauzone"] == "GE; <GI> & {x}"
    assert cells["zustand_angaben.altlasten"] == ""
    assert cells["flaechen.grz"] == "0,8"


def test_an_empty_element_with_attributes_is_its_attributes() -> None:
    cells = row(offers('<preise><kaufpreis auf_anfrage="true"/></preise>'))
    assert cells["preise.kaufpreis@auf_anfrage"] == "true"
    assert "preise.kaufpreis" not in cells


def test_text_between_elements_is_kept() -> None:
    cells = row(offers("<geo>vor <ort>Ort</ort> nach</geo>"))
    assert (cells["geo"], cells["geo.ort"]) == ("vor nach", "Ort")


# -- what repeats itself ----------------------------------------------------------------------------------------------


def test_distances_are_columns_by_what_they_lead_to() -> None:
    cells = row(
        offers(
            '<infrastruktur><distanzen distanz_zu="AUTOBAHN">2.1</distanzen><distanzen distanz_zu="FLUGHAFEN">48.5'
            '</distanzen><distanzen>3</distanzen><distanzen_sport distanz_zu_sport="SEE">15</distanzen_sport>'
            "</infrastruktur>",
        )
    )
    assert {name: cell for name, cell in cells.items() if name.startswith("infra")} == {
        "infrastruktur.distanzen@AUTOBAHN": "2.1",
        "infrastruktur.distanzen@FLUGHAFEN": "48.5",
        "infrastruktur.distanzen": "3",
        "infrastruktur.distanzen_sport@SEE": "15",
    }


def test_fields_of_ones_own_are_columns() -> None:
    cells = row(
        offers(
            '<geo><user_defined_simplefield feldname="Kanalanschluss">ja</user_defined_simplefield>'
            "<user_defined_anyfield><amt><zeichen>L 7</zeichen></amt></user_defined_anyfield>"
            "<user_defined_extend><feld><name>Gleis</name><wert>möglich</wert><typ>text</typ></feld>"
            "<feld><wert>ohne</wert></feld><feld><name>leer</name></feld></user_defined_extend></geo>",
        )
    )
    assert {name: cell for name, cell in cells.items() if name.startswith("geo")} == {
        "geo.user_defined_simplefield@Kanalanschluss": "ja",
        "geo.user_defined_anyfield.amt.zeichen": "L 7",
        "geo.user_defined_extend.feld@Gleis.wert": "möglich",
        "geo.user_defined_extend.feld@Gleis.typ": "text",
        "geo.user_defined_extend.feld.wert": "ohne",
        "geo.user_defined_extend.feld@leer": "",
    }


def test_plain_elements_become_lists() -> None:
    cells = row(
        offers(
            "<zustand_angaben><bauzone>GE</bauzone><bauzone/><bauzone>GI</bauzone></zustand_angaben><objektkategorie>"
            '<objektart><grundstueck grundst_typ="GEWERBE"/><grundstueck grundst_typ="INDUSTRIE"/></objektart>'
            "</objektkategorie><infrastruktur><distanzen distanz_zu='BUS'></distanzen><distanzen distanz_zu='BUS'>"
            "</distanzen></infrastruktur>",
        )
    )
    assert cells["zustand_angaben.bauzone"] == ["GE", "", "GI"]
    assert cells["objektkategorie.objektart.grundstueck@grundst_typ"] == ["GEWERBE", "INDUSTRIE"]
    assert cells["objektkategorie.objektart"] == "grundstueck"
    assert cells["infrastruktur.distanzen@BUS"] == ["", ""]


def test_an_offer_of_two_kinds() -> None:
    kinds = "<objektart><grundstueck/><hallen_lager_prod/><objektart_zusatz>x</objektart_zusatz></objektart>"
    cells = row(offers(f"<objektkategorie>{kinds}</objektkategorie>"))
    assert cells["objektkategorie.objektart"] == ["grundstueck", "hallen_lager_prod"]
    assert cells["objektkategorie.objektart.objektart_zusatz"] == "x"


def test_elements_with_something_in_them_become_tables() -> None:
    other = "<weitere_adresse adressart='{}'><ort>{}</ort></weitere_adresse>"
    cells = row(offers(other.format("a", "Musterstadt") + other.format("b", "Nebenstadt")))
    assert cells["weitere_adresse"] == [
        {"adressart": "a", "ort": "Musterstadt"},
        {"adressart": "b", "ort": "Nebenstadt"},
    ]
    cells = row(offers(other.format("a", "Musterstadt")))
    assert cells["weitere_adresse@adressart"] == "a"
    assert cells["weitere_adresse.ort"] == "Musterstadt"


def test_files_are_tables_and_what_is_in_them_is_left_out() -> None:
    raw = offers(
        '<anhaenge><anhang location="REMOTE" gruppe="KARTEN_LAGEPLAN"><anhangtitel>Lageplan</anhangtitel>'
        '<format>PDF</format><check ctype="MD5">00ff</check><daten><pfad>https://example.org/plan.pdf</pfad></daten>'
        '</anhang><anhang location="INTERN"><format>JPG</format><daten><anhanginhalt>QUJD</anhanginhalt></daten>'
        "</anhang><user_defined_simplefield feldname='x'>y</user_defined_simplefield></anhaenge>",
    )
    assert row(raw)["anhaenge"] == [
        {
            "location": "REMOTE",
            "gruppe": "KARTEN_LAGEPLAN",
            "anhangtitel": "Lageplan",
            "format": "PDF",
            "check@ctype": "MD5",
            "check": "00ff",
            "daten.pfad": "https://example.org/plan.pdf",
        },
        {"location": "INTERN", "format": "JPG"},
    ]
    assert row(raw)["anhaenge.user_defined_simplefield@x"] == "y"
    assert rules(raw) == ["column_left_out"]


# -- several offers and suppliers -------------------------------------------------------------------------------------


def test_each_offer_has_its_own_supplier() -> None:
    offer = "<immobilie><geo><ort>{}</ort></geo></immobilie>"
    content = (
        f"<openimmo>{SENT}<anbieter><firma>Leere</firma></anbieter>"
        f"<anbieter>{TOWN}<anhang><format>GIF</format></anhang>{offer.format('A')}{offer.format('B')}</anbieter>"
        f"{TOWN_2.format(offer.format('C'))}</openimmo>"
    )
    raw = inside(content)
    assert [(cells["anbieter.firma"], cells["geo.ort"]) for cells in map(row, [raw] * 3, range(3))] == [
        ("Stadt Musterstadt, Liegenschaften", "A"),
        ("Stadt Musterstadt, Liegenschaften", "B"),
        ("Zweite", "C"),
    ]
    assert row(raw, 1)["anbieter.anhang"] == [{"format": "GIF"}]
    assert "anbieter.anhang" not in row(raw, 2)


def test_what_stands_behind_the_offers_is_left_out_and_said() -> None:
    raw = offers(PLOT, PLOT, behind="<impressum>wir</impressum>" * 3)
    assert len(raw) == 2
    (issue,) = raw.issues
    assert (issue.rule, issue.params) == ("element_behind", {"element": "anbieter.impressum"})
    raw = offers(PLOT, behind="<impressum>wir</impressum><user_defined_extend><feld/></user_defined_extend>" * 2)
    told = [issue.params["element"] for issue in raw.issues]
    assert told == ["anbieter.impressum", "anbieter.user_defined_extend"]


def test_an_offer_outside_of_a_supplier() -> None:
    raw = inside("<openimmo><immobilie><geo><ort>x</ort></geo></immobilie><immobilie/></openimmo>")
    assert [row(raw, 0), row(raw, 1)] == [{"geo.ort": "x"}, {}]


def test_thousands_of_offers() -> None:
    many = [f"<geo><flur>{number}</flur></geo>" for number in range(2500)]
    raw = offers(*many, "<freitexte><lage>x</lage></freitexte>")
    assert list(raw.columns["geo.flur"]) == [*map(str, range(2500)), None]
    assert list(raw.columns["freitexte.lage"]) == [None] * 2500 + ["x"]


def test_a_file_without_offers_has_no_rows(tmp_path: Path) -> None:
    refused(written(tmp_path, "a.xml", document()), "no_rows")


# -- places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latitude", "longitude", "shape"),
    [
        ("51.6", "7.1", "POINT (7.1 51.6)"),
        (" 51,6 ", "7,1", "POINT (7.1 51.6)"),
        ("0", "0", "POINT (0 0)"),
        ("0.0", "-0", "POINT (0 0)"),
        ("5.16e1", "+7.", "POINT (7 51.6)"),
        ("91", "400", "POINT (400 91)"),
        ("", "", None),
    ],
)
def test_coordinates_are_handed_over_as_they_stand(latitude: str, longitude: str, shape: str | None) -> None:
    place = f'<geo><geokoordinaten breitengrad="{latitude}" laengengrad="{longitude}"/></geo>'
    raw = offers(place, PLOT)
    assert shapes(raw)[0] == shape
    assert rules(raw) == []


def test_coordinates_that_are_no_numbers_of_this_world_are_for_others_to_judge() -> None:
    raw = offers('<geo><geokoordinaten breitengrad="NaN" laengengrad="-INF"/></geo>')
    assert raw.geometry is not None
    x, y = struct.unpack("=2d", (next(iter(raw.geometry)) or b"")[5:])
    assert (x, y != y) == (float("-inf"), True)


@pytest.mark.parametrize("place", ['breitengrad="51.6"', 'breitengrad="51° 36" laengengrad="7.1"', 'laengengrad="1_0"'])
def test_coordinates_that_cannot_be_read_are_said(place: str) -> None:
    raw = offers(PLOT, f"<geo><geokoordinaten {place}/></geo>")
    assert shapes(raw) == ["POINT (7.1 51.6)", None]
    (issue,) = raw.issues
    assert (issue.rule, issue.row, issue.field) == ("geometry_unreadable", 2, "geometry")


def test_without_coordinates_there_are_no_places() -> None:
    raw = offers("<geo><ort>x</ort></geo>")
    assert (raw.geometry, raw.crs) == (None, None)


# -- attacks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_document_type_is_refused(tmp_path: Path, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE openimmo [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    content = head + document("<freitexte><lage>&e;</lage></freitexte>")
    refused(written(tmp_path, "a.xml", content.encode(encoding)), "doctype")


def test_encodings() -> None:
    for encoding in ("utf-8", "utf-16", "iso-8859-1", "windows-1252"):
        content = f'<?xml version="1.0" encoding="{encoding}"?>' + document("<geo><ort>Mühlweg, Groß</ort></geo>")
        raw = inside(content.encode(encoding))
        assert row(raw)["geo.ort"] == "Mühlweg, Groß"


def test_a_torn_file_is_refused(tmp_path: Path) -> None:
    refused(written(tmp_path, "a.xml", document(PLOT, PLOT)[:-40]), "not_xml")


def test_bounds(tmp_path: Path) -> None:
    wide = "".join(f'<user_defined_simplefield feldname="f{n}">x</user_defined_simplefield>' for n in range(100))
    refused(written(tmp_path, "w.xml", document(wide)), "too_many_columns", limits=Limits(max_columns=50))
    refused(written(tmp_path, "d.xml", document("<a>" * 40 + "</a>" * 40)), "too_deep")
    refused(written(tmp_path, "m.xml", document(PLOT, PLOT)), "too_many_features", limits=Limits(max_features=1))


def test_answers_to_offers_are_another_format(tmp_path: Path) -> None:
    refused(written(tmp_path, "a.xml", "<openimmo_feedback><version/></openimmo_feedback>"), "other_format")


@pytest.mark.parametrize("layer", ["immobilie", ""])
def test_it_has_no_layers(tmp_path: Path, layer: str) -> None:
    refused(written(tmp_path, "a.xml", document(PLOT)), "no_layers", layer=layer)


# -- anything ---------------------------------------------------------------------------------------------------------

_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
_TEXTS = st.text(_CHARACTERS, max_size=8)
_TAGS = st.sampled_from(
    [
        *("geo", "geokoordinaten", "distanzen", "objektart", "anhaenge", "anhang", "feld", "name", "anhanginhalt"),
        *("user_defined_simplefield", "anbieter", "immobilie", "impressum", "uebertragung", "x"),
    ]
)
_NAMES = st.sampled_from(["distanz_zu", "feldname", "breitengrad", "laengengrad", "version", "y"])


def _element(tag: str, attributes: dict[str, str], text: str, children: list[str]) -> str:
    written_ = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag}{written_}>{escape(text)}{''.join(children)}</{tag}>"


_LEAVES = st.builds(
    _element, _TAGS, st.dictionaries(_NAMES, _TEXTS | st.sampled_from(["51.6", "0", "NaN"]), max_size=3), _TEXTS,
    st.just([]),
)  # fmt: skip
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.builds(
        _element, _TAGS, st.dictionaries(_NAMES, _TEXTS, max_size=3), _TEXTS, st.lists(inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.lists(st.lists(_TREES, max_size=4).map("".join), max_size=4), st.lists(_TREES, max_size=2).map("".join))
def test_any_tree_is_read_row_by_row(parts: list[str], beside: str) -> None:
    raw = inside(document(*parts, town=beside))
    # offers within what stands beside are offers as well
    assert len(raw) >= len(parts)
    assert {len(values) for values in raw.columns.values()} <= {len(raw)}
    assert "" not in raw.columns
    if raw.geometry is not None:
        assert {len(shape) for shape in raw.geometry if shape is not None} == {21}


@given(st.lists(_TEXTS, min_size=1, max_size=5))
def test_every_text_comes_out(texts: list[str]) -> None:
    raw = inside(document("".join(f"<a><b>{escape(text)}</b></a>" for text in texts), sent="", town=""))
    (values,) = raw.columns.values()
    said = [text.strip() for text in texts]
    assert list(values) == [said[0] if len(said) == 1 else [{"b": text} for text in said]]


def _said(value: object) -> set[str]:
    """Return all texts in a cell, also what its members are called."""
    if isinstance(value, dict):
        return {*value}.union(*map(_said, value.values()))
    return set().union(*map(_said, value)) if isinstance(value, list) else {str(value)}


@given(st.lists(_TREES, max_size=5).map("".join))
def test_nothing_of_an_offer_is_lost(offer: str) -> None:
    assume("anhanginhalt" not in offer)
    raw = inside(document(offer, sent="", town=""))
    found = {*raw.columns}.union(*map(_said, row(raw).values()))
    for element in ElementTree.fromstring(f"<offer>{offer}</offer>").iter():
        for text in (element.text or "", *element.attrib.values()):
            assert not text.strip() or any(text.strip() in cell for cell in found)
