"""The profile of OpenImmo, from the file to the model's words. Every offer is made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from finder import crs, sources
from finder.intake import choosing, profiles
from finder.intake.normalise import Batch
from finder.model.record import RawRecords
from finder.model.site import Contact, Medium, Provenance, Restriction
from finder.model.vocabulary import (
    Availability,
    GeometryQuality,
    PlanStatus,
    RestrictionKind,
    SaleForm,
    Servicing,
    Status,
    Zoning,
)
from tests.intake.deliveries import check, facts, named, read, sentences
from tests.sources.offers import SENT, document, inside

PROFILE = profiles.load("openimmo")
PLACE = Point(7.134, 51.596)
WHOLE = (
    "<objektkategorie><nutzungsart WOHNEN='false' GEWERBE='true' ANLAGE='false' WAZ='false'/>"
    "<vermarktungsart KAUF='true' MIETE_PACHT='false' ERBPACHT='true' LEASING='false'/>"
    "<objektart><grundstueck grundst_typ='INDUSTRIE'/></objektart></objektkategorie>"
    "<geo><plz>45990</plz><ort>Musterstadt</ort>"
    "<geokoordinaten breitengrad='51.596' laengengrad='7.134'/><strasse>Am Muster</strasse>"
    "<hausnummer>12</hausnummer><gemeindecode>05990001</gemeindecode><flur>12</flur><flurstueck>12</flurstueck>"
    "<gemarkung>Muster</gemarkung><lage_gebiet gebiete='INDUSTRIE'/></geo>"
    "<kontaktperson><email_direkt>flaechen@example.org</email_direkt><tel_zentrale>02000 1</tel_zentrale>"
    "<tel_durchw>02000 17</tel_durchw><name>Liegenschaftsamt</name><firma>Stadt Musterstadt</firma>"
    "<position>Ansiedlung</position></kontaktperson>"
    "<preise><kaufpreis auf_anfrage='false'>1850000.00</kaufpreis><kaufpreis_pro_qm>74.00</kaufpreis_pro_qm>"
    "<erschliessungskosten>12500.5</erschliessungskosten><waehrung iso_waehrung='EUR'/></preise>"
    "<flaechen><grz>0,8</grz><gfz>2.4</gfz><bmz>10</bmz><grundstuecksflaeche>25000</grundstuecksflaeche>"
    "<teilbar_ab>5000</teilbar_ab></flaechen>"
    "<ausstattung><kran>true</kran><stromanschlusswert>630 kVA</stromanschlusswert>"
    "<breitband_zugang art='Glasfaser' speed='1000'/></ausstattung>"
    "<zustand_angaben><bebaubar_nach bebaubar_attr='B_PLAN'/><erschliessung erschl_attr='VOLLERSCHLOSSEN'/>"
    "<erschliessung_umfang erschl_attr='GAS'/><erschliessung_umfang erschl_attr='STROM'/>"
    "<bauzone>GI; GEe</bauzone><altlasten>saniert, Nachsorge</altlasten><verkaufstatus stand='RESERVIERT'/>"
    "</zustand_angaben>"
    "<infrastruktur><zulieferung>true</zulieferung><distanzen distanz_zu='AUTOBAHN'>2.1</distanzen>"
    "<distanzen distanz_zu='FERNBAHNHOF'>11.0</distanzen><distanzen distanz_zu='FLUGHAFEN'>48.5</distanzen>"
    "<distanzen distanz_zu='GYMNASIUM'>3</distanzen></infrastruktur>"
    "<freitexte><objekttitel>Musterfläche Nord</objekttitel><objektbeschreibung>Eben.</objektbeschreibung></freitexte>"
    "<anhaenge><anhang location='REMOTE' gruppe='KARTEN_LAGEPLAN'><anhangtitel>Lageplan</anhangtitel>"
    "<format>PDF</format><check ctype='MD5'>00</check><daten><pfad>https://example.org/plan.pdf</pfad></daten></anhang>"
    "<anhang location='EXTERN' gruppe='BILD'><format>JPG</format><daten><pfad>bild.jpg</pfad></daten></anhang>"
    "</anhaenge>"
    "<verwaltung_objekt><objektadresse_freigeben>true</objektadresse_freigeben><abdatum>2026-10-01</abdatum>"
    "<branchen>Chemie, Logistik</branchen><user_defined_simplefield feldname='Kanal'>ja</user_defined_simplefield>"
    "</verwaltung_objekt>"
    "<verwaltung_techn><objektnr_intern>i1</objektnr_intern><objektnr_extern>N-1</objektnr_extern>"
    "<aktion aktionart='CHANGE'/><aktiv_von>2025-03-01</aktiv_von><openimmo_obid>OBID-1</openimmo_obid>"
    "<stand_vom>2026-05-01</stand_vom></verwaltung_techn>"
)


def put(element: str, content: str, offer: str = "") -> str:
    """Return an offer with nothing but what it needs, and one element in its place."""
    parts = {
        "objektkategorie": "<objektart><grundstueck/></objektart>",
        "geo": "<ort>Musterstadt</ort>",
        "freitexte": "<objekttitel>Musterfläche</objekttitel>",
        "verwaltung_techn": "<objektnr_extern>N-2</objektnr_extern>",
    }
    parts[element] = parts.get(element, "") + content
    return "".join(f"<{tag}>{text}</{tag}>" for tag, text in parts.items()) + offer


def judged(raw: RawRecords, **how: Any) -> Batch:
    batch = check(read(raw, PROFILE, **how))
    sentences(batch.issues)
    return batch


def offered(*offers: str, **how: Any) -> Batch:
    return judged(inside(document(*offers, **how)))


def one(element: str, content: str) -> dict[str, Any]:
    """Return what an offer with one element more becomes."""
    batch = offered(put(element, content))
    assert batch.rejected == set()
    return facts(batch)


# -- the whole --------------------------------------------------------------------------------------------------------


def test_a_plot_with_all_it_says(tmp_path: Path) -> None:
    path = tmp_path / "angebot.xml"
    path.write_text(document(WHOLE), encoding="utf-8")
    raw = sources.read(path)
    assert choosing.choose(raw)[0] == PROFILE
    batch = judged(raw)
    known = facts(batch)
    place = known.pop("geometry")
    assert place.distance(crs.to_metric(PLACE)) < 0.01
    assert known == {
        "name": "Musterfläche Nord",
        "municipality": "05990001",
        "source": "A7",
        "source_id": "OBID-1",
        "status": Status.RESERVED,
        "provenance": {"*": Provenance(source="Stadt Musterstadt, Liegenschaften", as_of="2026-05-01")},
        "address": "Am Muster 12, 45990 Musterstadt",
        "cadastral_reference": "Gemarkung Muster, Flur 12, Flurstück 12",
        "geometry_quality": GeometryQuality.POINT,
        "area_m2": None,
        "stated_area_m2": 25_000,
        "divisible_from_m2": 5_000,
        "zoning": (Zoning.GI, Zoning.GEE),
        "zoning_detail": "GI; GEe",
        "plan_status": PlanStatus.IN_FORCE,
        "planning_note": "Grundstückstyp INDUSTRIE; Gebietslage INDUSTRIE",
        "grz": 0.8,
        "gfz": 2.4,
        "bmz": 10,
        "restrictions": (Restriction(kind=RestrictionKind.CONTAMINATION, note="saniert, Nachsorge"),),
        "price_eur_m2": 74,
        "price_on_request": False,
        "sale_form": (SaleForm.SALE, SaleForm.LEASEHOLD),
        "available_from": dt.date(2026, 10, 1),
        "first_published": dt.date(2025, 3, 1),
        "updated_at": dt.date(2026, 5, 1),
        "servicing": Servicing.FULLY,
        "gas": True,
        "water": None,
        "fibre": True,
        "power_mva": 0.63,
        "crane": True,
        "transport_note": "Autobahn 2,1 km, Fernbahnhof 11 km, Flughafen 48,5 km, Zulieferung möglich",
        "sectors_note": "Chemie, Logistik",
        "note": "Eben.\nKaufpreis gesamt: 1.850.000\nErschließungskosten: 12.500,5\nWährung der Preise: EUR\n"
        "Erschlossen mit: GAS, STROM\nStromanschlusswert: 630 kVA",
        "media": (Medium(url="https://example.org/plan.pdf", title="Lageplan"),),
        "contact": Contact(
            organisation="Stadt Musterstadt",
            name="Liegenschaftsamt",
            role="Ansiedlung",
            phone="02000 17",
            email="flaechen@example.org",
        ),
    }
    assert [issue.rule for issue in batch.issues if issue.action != "noted"] == ["url"]
    assert {issue.params["column"] for issue in named(batch, "column_not_taken")} == {
        "verwaltung_objekt.user_defined_simplefield@Kanal",
        "ausstattung.breitband_zugang@speed",
    }


def test_an_offer_that_says_nothing_says_nothing() -> None:
    known = {name: value for name, value in one("geo", "").items() if value is not None}
    assert known == {
        "name": "Musterfläche",
        "municipality": "05990001",
        "source": "A7",
        "source_id": "N-2",
        "status": Status.DRAFT,
        "provenance": {"*": Provenance(source="Stadt Musterstadt, Liegenschaften")},
        "address": "Musterstadt",
        "contact": Contact(organisation="Stadt Musterstadt, Liegenschaften"),
    }


# -- one by one -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("town", "source"),
    [
        ("<firma>Amt</firma><openimmo_anid>A1</openimmo_anid>", "A1"),
        ("<firma>Amt</firma><openimmo_anid/>", "Amt"),
        ("<anbieternr>9</anbieternr>", "9"),
    ],
)
def test_the_supplier_is_the_source(town: str, source: str) -> None:
    assert facts(offered(put("geo", ""), town=town))["source"] == source


@pytest.mark.parametrize(
    ("geo", "code"),
    [
        ("<gemeindecode>05990001</gemeindecode>", "05990001"),
        ("<gemeindecode>5990002</gemeindecode>", "05990002"),
        ("<gemeindecode>059900020002</gemeindecode>", "05990001"),
        ("<gemeindecode/>", "05990001"),
    ],
)
def test_the_municipality_by_its_code_else_by_its_name(geo: str, code: str) -> None:
    assert one("geo", geo)["municipality"] == code


def test_a_code_and_a_name_of_two_towns() -> None:
    batch = offered(put("geo", "<gemeindecode>05990002</gemeindecode>"))
    assert facts(batch)["municipality"] == "05990002"
    (issue,) = named(batch, "municipality_differs")
    assert issue.params["town"] == "Musterstadt"
    assert (
        "The municipality 05990002 is Beispielhausen, but the row also names “Musterstadt”; please check it."
        in sentences(batch.issues)
    )


def test_what_is_not_to_be_passed_on_stays_away() -> None:
    street = "<geo><strasse>Weg</strasse><hausnummer>1</hausnummer><ort>Musterstadt</ort></geo>"
    person = "<kontaktperson><name>N</name><vorname>V</vorname><tel_durchw>1</tel_durchw><email_zentrale>a@example.org"
    person += "</email_zentrale><adressfreigabe>{}</adressfreigabe></kontaktperson>"
    addresses, contacts = [], []
    for free in ("true", "false"):
        release = f"<verwaltung_objekt><objektadresse_freigeben>{free}</objektadresse_freigeben></verwaltung_objekt>"
        known = facts(
            offered(put("geo", "").replace("<geo><ort>Musterstadt</ort></geo>", street + release + person.format(free)))
        )
        addresses.append(known["address"])
        contacts.append(known["contact"])
    firm = "Stadt Musterstadt, Liegenschaften"
    assert addresses == ["Weg 1, Musterstadt", "Musterstadt"]
    assert contacts == [
        Contact(organisation=firm, name="V N", phone="1", email="a@example.org"),
        Contact(organisation=firm),
    ]


@pytest.mark.parametrize(
    ("zone", "zoning", "detail"),
    [
        ("GI", (Zoning.GI,), None),
        ("GE/GI", (Zoning.GE, Zoning.GI), "GE/GI"),
        ("GE(e)", (Zoning.GEE,), "GE(e)"),
        ("GEe", (Zoning.GEE,), None),
        ("gewerbegebiet", (Zoning.GE,), "gewerbegebiet"),
        ("Eingeschränktes Gewerbegebiet", (Zoning.GEE,), "Eingeschränktes Gewerbegebiet"),
        ("Sondergebiet, MI", (Zoning.SO, Zoning.MI), "Sondergebiet, MI"),
        ("", None, None),
    ],
)
def test_zoning(zone: str, zoning: object, detail: str | None) -> None:
    known = one("zustand_angaben", f"<bauzone>{zone}</bauzone>")
    assert (known["zoning"], known["zoning_detail"]) == (zoning, detail)


def test_zoning_in_other_words_is_said_and_kept() -> None:
    batch = offered(put("zustand_angaben", "<bauzone>GE nach § 8 BauNVO</bauzone>"))
    assert (facts(batch)["zoning"], facts(batch)["zoning_detail"]) == (None, "GE nach § 8 BauNVO")
    assert [issue.value for issue in named(batch, "code")] == ["GE nach § 8 BauNVO"]


@pytest.mark.parametrize(
    ("word", "status", "note"),
    [
        ("B_PLAN", PlanStatus.IN_FORCE, None),
        ("34_NACHBARSCHAFT", PlanStatus.INNER_AREA, None),
        ("35_AUSSENGEBIET", PlanStatus.OUTER_AREA, None),
        ("KEIN BAULAND", PlanStatus.NONE, "kein Bauland"),
        ("BAULAND_OHNE_B_PLAN", PlanStatus.NONE, "Bauland ohne Bebauungsplan"),
        ("BAUERWARTUNGSLAND", None, "Bauerwartungsland"),
        ("LAENDERSPEZIFISCH", None, "bebaubar nach Landesrecht"),
    ],
)
def test_plans(word: str, status: PlanStatus | None, note: str | None) -> None:
    known = one("zustand_angaben", f"<bebaubar_nach bebaubar_attr='{word}'/>")
    assert (known["plan_status"], known["planning_note"]) == (status, note)


@pytest.mark.parametrize(
    ("word", "servicing"),
    [
        ("UNERSCHLOSSEN", Servicing.NONE),
        ("TEILERSCHLOSSEN", Servicing.PARTLY),
        ("VOLLERSCHLOSSEN", Servicing.FULLY),
        ("ORTSUEBLICHERSCHLOSSEN", Servicing.FULLY),
    ],
)
def test_servicing(word: str, servicing: Servicing) -> None:
    assert one("zustand_angaben", f"<erschliessung erschl_attr='{word}'/>")["servicing"] is servicing


@pytest.mark.parametrize(
    ("stand", "status"), [("OFFEN", Status.PUBLISHED), ("RESERVIERT", Status.RESERVED), ("VERKAUFT", Status.SOLD)]
)
def test_what_is_open_gets_the_state_asked_for(stand: str, status: Status) -> None:
    raw = inside(document(put("zustand_angaben", f"<verkaufstatus stand='{stand}'/>")))
    batch = judged(raw, status=Status.PUBLISHED)
    assert facts(batch)["status"] in (status, None)
    assert (facts(batch)["status"] or batch.status) is status


@pytest.mark.parametrize("text", ["keine", "Keine bekannt", "nein", "altlastenfrei", "unbekannt", "", "-"])
def test_land_without_contamination_is_not_known_to_have_no_restriction(text: str) -> None:
    assert one("zustand_angaben", f"<altlasten>{text}</altlasten>")["restrictions"] is None


def test_what_is_said_of_clean_land_stays_a_remark() -> None:
    assert one("zustand_angaben", "<altlasten>keine</altlasten>")["note"] == "Altlasten laut Anbieter: keine"


def test_restrictions_have_no_severity() -> None:
    heritage = "<denkmalgeschuetzt>true</denkmalgeschuetzt>"
    assert one("verwaltung_objekt", heritage)["restrictions"] == (
        Restriction(kind=RestrictionKind.HERITAGE, note="denkmalgeschützt"),
    )


@pytest.mark.parametrize(
    ("prices", "price", "on_request", "note"),
    [
        ("<kaufpreis_pro_qm>74</kaufpreis_pro_qm>", 74, None, None),
        ("<kaufpreis_pro_qm>74,50</kaufpreis_pro_qm>", 74.5, None, None),
        ("<kaufpreis auf_anfrage='true'>0.00</kaufpreis><kaufpreis_pro_qm>0</kaufpreis_pro_qm>", None, True, None),
        ("<kaufpreis>500000</kaufpreis>", None, None, "Kaufpreis gesamt: 500.000"),
        (
            "<kaufpreis_pro_qm>80</kaufpreis_pro_qm><waehrung iso_waehrung='CHF'/>",
            None,
            None,
            "Kaufpreis je m²: 80\nWährung der Preise: CHF",
        ),
        ("<erbpacht>4000</erbpacht><freitext_preis>VB</freitext_preis>", None, None, "Erbpacht: 4.000\nZum Preis: VB"),
    ],
)
def test_prices(prices: str, price: float | None, on_request: bool | None, note: str | None) -> None:
    known = one("preise", prices)
    assert (known.get("price_eur_m2"), known.get("price_on_request"), known.get("note")) == (price, on_request, note)


@pytest.mark.parametrize(
    ("flags", "forms"),
    [
        ("KAUF='true' MIETE_PACHT='false'", (SaleForm.SALE,)),
        ("KAUF='0' MIETE_PACHT='1' LEASING='1'", (SaleForm.RENT,)),
        ("KAUF='false' MIETE_PACHT='false'", None),
        ("KAUF='1' ERBPACHT='1'", (SaleForm.SALE, SaleForm.LEASEHOLD)),
    ],
)
def test_forms_of_sale(flags: str, forms: object) -> None:
    assert one("objektkategorie", f"<vermarktungsart {flags}/>")["sale_form"] == forms


@pytest.mark.parametrize(
    ("time", "availability", "available_from", "note"),
    [
        ("<verfuegbar_ab>sofort</verfuegbar_ab>", Availability.IMMEDIATE, None, "sofort"),
        ("<verfuegbar_ab>01.07.2027</verfuegbar_ab>", None, dt.date(2027, 7, 1), None),
        ("<verfuegbar_ab>2027-07-01</verfuegbar_ab>", None, dt.date(2027, 7, 1), None),
        ("<verfuegbar_ab>2. Quartal 2027</verfuegbar_ab>", None, None, "2. Quartal 2027"),
        ("<verfuegbar_ab>n. V.</verfuegbar_ab><abdatum>2027-01-01</abdatum>", None, dt.date(2027, 1, 1), "n. V."),
        ("<vermietet>true</vermietet><bisdatum>2028-12-31</bisdatum>", None, None, "bis 2028-12-31; vermietet"),
    ],
)
def test_time(time: str, availability: Availability | None, available_from: dt.date | None, note: str | None) -> None:
    batch = offered(put("verwaltung_objekt", time))
    known = facts(batch)
    told = (known.get("availability"), known.get("available_from"), known.get("availability_note"))
    assert told == (availability, available_from, note)
    assert not [issue for issue in batch.issues if issue.row]


def test_zeros_that_stand_for_nothing_known() -> None:
    zeros = "<grz>0</grz><gfz>0.00</gfz><grundstuecksflaeche>0.00</grundstuecksflaeche><teilbar_ab>0</teilbar_ab>"
    known = one("flaechen", zeros)
    assert [known[name] for name in ("grz", "gfz", "stated_area_m2", "divisible_from_m2")] == [None] * 4


def test_power_needs_its_unit() -> None:
    assert one("ausstattung", "<stromanschlusswert>2 MVA</stromanschlusswert>")["power_mva"] == 2
    known = one("ausstattung", "<stromanschlusswert>400</stromanschlusswert>")
    assert (known["power_mva"], known["note"]) == (None, "Stromanschlusswert: 400")


@pytest.mark.parametrize(("latitude", "longitude"), [("0", "0"), ("0.000", "-0.0")])
def test_coordinates_of_a_form_that_was_not_filled_in(latitude: str, longitude: str) -> None:
    place = f"<geokoordinaten breitengrad='{latitude}' laengengrad='{longitude}'/>"
    batch = offered(put("geo", place))
    assert facts(batch)["geometry"] is None
    assert [(issue.rule, issue.action, issue.row) for issue in named(batch, "coordinates_zero")] == [
        ("coordinates_zero", "kept", 1)
    ]


# -- what is no site, what goes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("<objektart><wohnung wohnungtyp='LOFT'/></objektart>", "objektart", "wohnung"),
        ("<objektart><hallen_lager_prod/><sonstige/></objektart>", "objektart", "hallen_lager_prod, sonstige"),
        (
            "<nutzungsart WOHNEN='true' GEWERBE='false'/><objektart><grundstueck grundst_typ='WOHNEN'/></objektart>",
            "nutzungsart@GEWERBE",
            "false",
        ),
        ("<nutzungsart WOHNEN='1' GEWERBE='0'/><objektart><grundstueck/></objektart>", "nutzungsart@GEWERBE", "0"),
    ],
)
def test_other_objects_are_rejected_with_the_reason(kind: str, field: str, value: str) -> None:
    other = put("geo", "").replace("<objektart><grundstueck/></objektart>", kind)
    batch = offered(WHOLE, other)
    assert batch.rejected == {2}
    assert batch.frame.index.tolist() == [1]
    (issue,) = named(batch, "not_a_site")
    assert (issue.row, issue.field, issue.value) == (2, f"objektkategorie.{field}", value)


@pytest.mark.parametrize(
    "kind",
    [
        "<objektart><grundstueck/></objektart>",
        "<objektart><grundstueck/><hallen_lager_prod/></objektart>",
        "<nutzungsart WOHNEN='true' GEWERBE='true'/><objektart><grundstueck/></objektart>",
        "",
    ],
)
def test_plots_that_may_serve_trade_are_sites(kind: str) -> None:
    assert offered(put("geo", "").replace("<objektart><grundstueck/></objektart>", kind)).rejected == set()


@pytest.mark.parametrize(
    ("action", "mode", "value"),
    [
        ("<aktion aktionart='DELETE'/>", "NEW", "DELETE"),
        ("<aktion aktionart='REFERENZ'/>", "NEW", "REFERENZ"),
        ("<aktion/>", "DELETE", "DELETE"),
        ("<aktion aktionart='CHANGE'/>", "DELETE", None),
        ("", "CHANGE", None),
    ],
)
def test_what_its_supplier_withdraws(action: str, mode: str, value: str | None) -> None:
    sent = SENT.replace('modus="NEW"', f'modus="{mode}"')
    other = put("verwaltung_techn", action).replace("<objektart><grundstueck/></objektart>", "")
    batch = offered(other, sent=sent)
    assert batch.rejected == (set() if value is None else {1})
    assert [issue.value for issue in named(batch, "withdrawn_by_supplier")] == ([] if value is None else [value])
    assert set(batch.marks.withdrawn) == batch.rejected
    assert not named(batch, "not_a_site")


@pytest.mark.parametrize(("extent", "partial"), [("VOLL", False), ("TEIL", True), ("", False)])
def test_a_file_may_hold_a_part_only(extent: str, partial: bool) -> None:
    batch = offered(put("geo", ""), sent=SENT.replace('umfang="VOLL"', f'umfang="{extent}"'))
    assert batch.partial is partial
    assert [issue.rule for issue in named(batch, "partial")] == (["partial"] if partial else [])


def test_offers_without_a_key_or_a_name_are_rejected() -> None:
    batch = offered(WHOLE, put("geo", "").replace("<objektnr_extern>N-2</objektnr_extern>", ""))
    assert [(issue.row, issue.field) for issue in named(batch, "required")] == [(2, "source_id")]


# -- attacks ----------------------------------------------------------------------------------------------------------


def test_hostile_text_is_text() -> None:
    evil = "=cmd|' /C calc'!A0 ${7*7} <script>alert(1)</script> \u202egnp.exe"
    batch = offered(put("freitexte", f"<lage>{escape(evil)}</lage>"))
    assert facts(batch)["note"] == "Lage: =cmd|' /C calc'!A0 ${7*7} <script>alert(1)</script> gnp.exe"
    assert [issue.action for issue in named(batch, "control_characters")] == ["repaired"]


@pytest.mark.parametrize("path", ["javascript:alert(1)", "file:///etc/passwd", "//example.org/a", "../a.jpg", ""])
def test_what_is_no_web_address_is_no_picture(path: str) -> None:
    batch = offered(put("anhaenge", f"<anhang><daten><pfad>{path}</pfad></daten></anhang>"))
    assert facts(batch)["media"] is None
    assert len([issue for issue in batch.issues if issue.row]) == 1


_TAGS = st.sampled_from(
    [
        *("objektkategorie", "objektart", "grundstueck", "wohnung", "geo", "ort", "gemeindecode", "geokoordinaten"),
        *("preise", "kaufpreis", "kaufpreis_pro_qm", "flaechen", "grz", "zustand_angaben", "bauzone", "altlasten"),
        *("infrastruktur", "distanzen", "freitexte", "objekttitel", "anhaenge", "anhang", "daten", "pfad"),
        *("verwaltung_techn", "openimmo_obid", "aktion", "verwaltung_objekt", "verfuegbar_ab", "kontaktperson", "name"),
    ]
)
_ATTRIBUTES = st.sampled_from(
    ["auf_anfrage", "aktionart", "breitengrad", "laengengrad", "distanz_zu", "stand", "KAUF", "bebaubar_attr"]
)
_WORDS = st.sampled_from(
    ["", "0", "0,8", "1.250", "true", "DELETE", "AUTOBAHN", "7.1", "51.6", "NaN", "GE; GI", "05990001", "Musterstadt"]
) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=9
)


def _element(tag: str, attributes: dict[str, str], text: str, inner: list[str]) -> str:
    given_ = "".join(f' {name}="{escape(value, {chr(34): "&quot;"})}"' for name, value in attributes.items())
    return f"<{tag}{given_}>{escape(text)}{''.join(inner)}</{tag}>"


_TREES = st.recursive(
    st.builds(_element, _TAGS, st.dictionaries(_ATTRIBUTES, _WORDS, max_size=2), _WORDS, st.just([])),
    lambda inner: st.builds(
        _element, _TAGS, st.dictionaries(_ATTRIBUTES, _WORDS, max_size=2), st.just(""), st.lists(inner, max_size=5)
    ),
    max_leaves=25,
)


@given(st.lists(st.lists(_TREES, max_size=4).map("".join), max_size=3))
def test_every_offer_is_accounted_for(torn: list[str]) -> None:
    batch = offered(WHOLE, *torn, WHOLE.replace("OBID-1", "OBID-2"))
    assert batch.read == 2 + len(torn)
    assert len(batch.frame) + len(batch.rejected) == batch.read
    assert {1, batch.read} <= set(batch.frame.index)
    reasons = {issue.row for issue in batch.issues if issue.action == "rejected"}
    assert reasons == batch.rejected
