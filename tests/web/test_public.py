"""The public pages: who sees what, and what is only ever text."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from finder import pipeline
from finder.model.site import Provenance, Restriction
from finder.model.vocabulary import AccessKind, Evidence, RestrictionKind, Status
from finder.web.public import FILES_AT_ONCE
from tests import factories
from tests.roads import extracts
from tests.web.conftest import Serve

HOSTILE = "<script>alert(1)</script>${7*7}{{7*7}}\"'`</title>"
PRIVATE = ("Geheimer Platz", "Eingereichter Platz")
UNLISTED = (*PRIVATE, "Verkaufter Platz", "Zurückgezogener Platz", "Alter Platz")


def text(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data(as_text=True)


# -- who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/", "/sites", "/sites?unknown=include", "/sites.geojson", "/sites.csv", "/map.js"]
)
def test_only_listed_sites_are_listed(client: FlaskClient, address: str) -> None:
    shown = text(client, address)
    assert not [name for name in UNLISTED if name in shown]
    assert not re.search(r"/sites/T-[4-79]\b", shown)


def test_drafts_are_as_if_they_were_not_there(client: FlaskClient) -> None:
    nothing = client.get("/sites/T-999").get_data(as_text=True)
    for id_ in ("T-4", "T-5"):
        response = client.get(f"/sites/{id_}")
        assert response.status_code == 404
        assert response.get_data(as_text=True).replace(id_, "T-999") == nothing


@pytest.mark.parametrize(
    ("id_", "notice"), [("T-6", "Vergeben"), ("T-7", "Zurückgezogen"), ("T-8", "Reserviert"), ("T-9", "unbestätigt")]
)
def test_former_listings_are_reached_by_their_link_with_a_notice(client: FlaskClient, id_: str, notice: str) -> None:
    assert notice in text(client, f"/sites/{id_}")


def test_counts_leave_drafts_out(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok", "sites": 6}
    answer = json.loads(text(client, "/sites.geojson"))
    assert {f["id"] for f in answer["features"]} == {"T-1", "T-2", "T-3", "T-8", "T-10"}
    assert "5 Flächen" in text(client, "/sites")


# -- asking -----------------------------------------------------------------------------------------------------------


def test_answer_counts_what_is_left_out_for_want_of_knowledge(client: FlaskClient) -> None:
    shown = text(client, "/sites?min_area=4ha&zoning=GI,GE")
    assert "Großer Platz" in shown
    assert "Kleiner Platz" not in shown
    # of three sites neither size nor zoning is known … but outlines measure the size of two, and those are 4 ha
    assert re.search(r"3 weitere bleiben weg", shown)
    assert "Rätselhafter Platz" in text(client, "/sites?min_area=4ha&zoning=GI,GE&unknown=include")


def test_empty_fields_are_cleaned_away(client: FlaskClient) -> None:
    response = client.get("/sites?min_area_ha=4&max_area_ha=&zoning=GI&q=")
    assert response.status_code == 303
    assert response.headers["Location"] == "/sites?min_area=4ha&zoning=GI"
    assert client.get("/sites?min_area=4ha&zoning=GI").status_code == 200


def test_nearness_is_typed_and_becomes_a_word_by_its_unit(client: FlaskClient) -> None:
    response = client.get("/sites?near=Musterstadt&within=20&within_unit=min&vehicle=")
    assert (response.status_code, response.headers["Location"]) == (303, "/sites?near=Musterstadt&within_min=20")
    untouched = client.get("/sites?near=&within=&within_unit=min&vehicle=")
    assert (untouched.status_code, untouched.headers["Location"]) == (303, "/sites")
    form = text(client, "/sites?near=Musterstadt&within_km=2,5").partition('<section class="list"')[0]
    assert re.search(r'name="near" value="Musterstadt"[^>]* list="l-near"', form)
    assert '<datalist id="l-near"><option value="Musterstadt">' in form
    assert 'name="within" value="2,5"' in form
    assert '<option value="km" selected>' in form
    assert 'type="hidden" name="within' not in form


def test_minutes_from_a_place_answer_alike_on_the_page_and_in_files(client: FlaskClient) -> None:
    words = "near=Musterstadt&within_min=2&vehicle=truck&max_motorway_junction_min=30&sort=rail_freight_min"
    page = text(client, f"/sites?{words}&lang=en")
    assert "within 2\u00a0min by truck (estimate) of Musterstadt" in page
    assert "Place 1)" in page, "one site has no place"
    listed = re.findall(r'<h3><a href="/sites/(T-\d+)"', page)
    assert listed
    answer = json.loads(text(client, f"/sites.geojson?{words}"))
    assert [feature["id"] for feature in answer["features"]] == listed
    rows = csv.DictReader(text(client, f"/sites.csv?{words}").removeprefix("\ufeff").splitlines())
    assert [row["id"] for row in rows] == listed
    drawn = json.loads(text(client, f"/map.geojson?{words}"))
    assert {feature["id"] for feature in drawn["features"]} == set(listed)


def test_order_by_minutes_says_for_which_vehicle(client: FlaskClient) -> None:
    shown = text(client, "/sites?sort=rail_station_min&vehicle=truck&lang=en")
    assert '<option value="rail_station_min" selected>fewest min to railway station (truck)</option>' in shown
    assert re.search(
        r"<dt>Railway station[^<]*</dt>\s*<dd><b>[^<]*</b>[^<]*<span class=\"method\">estimate \(truck\)", shown
    )


def test_form_keeps_what_was_asked(client: FlaskClient) -> None:
    shown = text(client, "/sites?zoning=GI&municipality=05990001&sort=name")
    assert re.search(r'<input[^>]*value="GI"[^>]*checked', shown)
    assert re.search(r'<input[^>]*value="05990001"[^>]*checked', shown)
    assert re.search(r'<option[^>]*value="name"[^>]*selected', shown)


def test_no_hits_say_so(client: FlaskClient) -> None:
    shown = text(client, "/sites?min_area=900ha")
    assert "Keine von 5 Flächen" in shown


def test_files_answer_the_same_question(client: FlaskClient) -> None:
    ids = {f["id"] for f in json.loads(text(client, "/sites.geojson?zoning=GI"))["features"]}
    rows = csv.DictReader(text(client, "/sites.csv?zoning=GI").removeprefix("\ufeff").splitlines())
    assert ids == {row["id"] for row in rows} == {"T-1"}


# -- what must be said ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/sites.csv", "/sites.geojson"])
def test_heads_of_files_have_the_length_of_the_file(client: FlaskClient, address: str) -> None:
    head = client.head(address)
    assert head.data == b""
    assert head.content_length == len(client.get(address).data)


def test_readers_of_files_leave_room_for_others(client: FlaskClient) -> None:
    reading = [client.get("/sites.csv", buffered=False) for _ in range(FILES_AT_ONCE)]
    for address in ("/sites.csv", "/sites.geojson"):
        refused = client.get(address)
        assert (refused.status_code, refused.mimetype) == (503, "application/json")
    assert client.get("/sites").status_code == 200
    assert client.get("/sites.csv?zoning=GX").status_code == 503
    for response in reading:
        assert response.status_code == 200
        response.close()
    for _ in range(FILES_AT_ONCE + 1):
        assert client.get("/sites.csv?zoning=GX").status_code == 400
        assert client.head("/sites.csv").status_code == 200
        assert client.get("/sites.csv").get_data()


def test_sample_is_marked_everywhere(serve: Serve) -> None:
    client = serve([factories.complete_site(id="T-1", sample=True, evidence=None)], inventory="sample")
    for address in ("/", "/sites", "/sites/T-1", "/sources", "/impressum"):
        assert "erfunden" in text(client, address), address
    assert json.loads(text(client, "/sites.geojson"))["features"][0]["properties"]["sample"] is True
    (row,) = csv.DictReader(text(client, "/sites.csv").removeprefix("\ufeff").splitlines())
    assert row["sample"] == "yes"


def test_documented_sites_are_no_offer(serve: Serve) -> None:
    site = factories.site(id="T-1", evidence=Evidence.MARKETING, geometry=factories.at())
    client = serve([site], inventory="documented")
    for address in ("/", "/sites", "/sites/T-1", "/sources", "/barrierefreiheit"):
        assert "kein Angebot" in text(client, address), address
    assert "nicht von der Stadt bestätigt" in text(client, "/sites/T-1")


def test_towns_own_listings_beside_documented_ones_are_offers(serve: Serve) -> None:
    documented = factories.site(id="T-1", evidence=Evidence.MARKETING)
    client = serve([documented, factories.site(id="T-2")], inventory="documented")
    assert "Mit „dokumentiert“ gekennzeichnete Flächen" in text(client, "/sites")
    assert "dokumentiert, kein Angebot" in text(client, "/sites/T-1")
    assert "dokumentiert, kein Angebot" not in text(client, "/sites/T-2")
    documented_alone = text(client, "/sources")
    assert "Öffentlich dokumentierte Flächenreserven" in documented_alone


def test_files_are_sent_piece_by_piece(serve: Serve) -> None:
    client = serve([factories.site() for _ in range(3)])
    for address in ("/sites.geojson", "/sites.csv"):
        response = client.get(address, buffered=False)
        assert response.is_streamed
        assert sum(1 for _ in response.iter_encoded()) > 3
        response.close()
        assert client.head(address).status_code == 200
    _, database = client.application.extensions["finder"]
    assert database.engine.pool.checkedout() == 0


def test_potential_land_is_searched_only_where_asked(serve: Serve) -> None:
    client = serve([factories.site(id="T-1", name="Nur Idee", evidence=Evidence.POTENTIAL_ONLY)])
    assert "Nur Idee" not in text(client, "/sites")
    assert "Nur Idee" in text(client, "/sites?potential=include")


def test_expose_gives_every_fact_a_source_and_a_date(serve: Serve) -> None:
    shown = text(serve([factories.complete_site(id="T-1")]), "/sites/T-1")
    for said in (
        "8,5 MVA",
        "6,3 MVA",
        "Bergbehörde",
        "Gutachten",
        "31.12.2027",
        "Musterstraße 1",
        "Wirtschaftsförderung",
    ):
        assert (said in shown.replace("\u00a0", " ")) == (said != "8,5 MVA"), said
    assert "https://example.org/a" in shown
    assert re.search(r"Stand\s+03/2026", shown)


def test_expose_says_what_is_not_known(serve: Serve) -> None:
    shown = text(serve([factories.site(id="T-1")]), "/sites/T-1")
    assert shown.count("nicht bekannt") > 30
    assert "Der Ort ist nicht bekannt" in shown


def test_suppliers_words_keep_their_language(serve: Serve) -> None:
    client = serve([factories.complete_site(id="T-1")])
    assert '<span lang="de">kein Einzelhandel</span>' in text(client, "/sites/T-1?lang=en")
    assert '<span lang="de">' not in text(client, "/sites/T-1?lang=de")


def test_doubts_about_an_access_point_are_told(serve: Serve) -> None:
    point = factories.access_point(AccessKind.INLAND_PORT, note="Nutzung nicht belegt")
    client = serve([factories.site(id="T-1", geometry=factories.square())], access_points=[point])
    assert "Nutzung nicht belegt" in text(client, "/sites/T-1")
    assert json.loads(text(client, "/sites.geojson"))["features"][0]["properties"]["inland_port_note"] == point.note


# -- supplier text is only ever text ----------------------------------------------------------------------------------


def test_hostile_text_stays_text(serve: Serve) -> None:
    site = factories.complete_site(
        id="T-1",
        name=HOSTILE,
        address=HOSTILE,
        note=HOSTILE,
        plan_name=HOSTILE,
        plan_url="javascript:alert(1)",
        restrictions=(Restriction(kind=RestrictionKind.OTHER, note=HOSTILE),),
        provenance={"*": Provenance(source=HOSTILE, url="javascript:alert(2)")},
        evidence=None,
        status=Status.RESERVED,
    )
    client = serve([site])
    for address in ("/", "/sites", "/sites/T-1", f"/sites?q={'Musterstrasse'}", "/sites?unknown=include"):
        shown = text(client, address)
        assert "<script>alert" not in shown, address
        assert "49" not in re.findall(r"\{\{.*?\}\}", shown)
        assert 'href="javascript:' not in shown, address
    assert "alert" not in text(client, "/map.js")


@pytest.mark.parametrize("referrer", ["https://evil.example/sites?x", "http://localhost/sitesX", "javascript:alert(1)"])
def test_way_back_leads_to_our_own_search_only(client: FlaskClient, referrer: str) -> None:
    shown = client.get("/sites/T-1", headers={"Referer": referrer}).get_data(as_text=True)
    assert referrer not in shown


def test_way_back_keeps_the_search(client: FlaskClient) -> None:
    shown = client.get("/sites/T-1", headers={"Referer": "http://localhost/sites?zoning=GI"}).get_data(as_text=True)
    assert 'href="/sites?zoning=GI"' in shown


def test_sources_name_what_the_operator_brought_in(serve: Serve, tmp_path: Path) -> None:
    pipeline.build_network(extracts.grid().write(tmp_path / "town.osm.pbf"), tmp_path / "roads.network")
    client = serve(FINDER_NETWORK=str(tmp_path / "roads.network"))
    _, database = client.application.extensions["finder"]
    (tmp_path / "cells.csv").write_text("lon;lat;inhabitants\n7.1;51.6;120\n")
    pipeline.load_population(database, tmp_path / "cells.csv", source="Musterzensus", as_of="2022")
    page = client.get("/sources?lang=en").text
    for words in ("© OpenStreetMap contributors", "town.osm.pbf", "1 Mar 2026", "Musterzensus", "cells.csv"):
        assert words in page
