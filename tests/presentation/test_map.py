"""The map in the browser: Folium's script holds data as data only, asks no other host, speaks either language."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any
from xml.etree import ElementTree

import folium
import pytest
import shapely
from folium import plugins

from finder import crs
from finder.language import Language
from finder.model.vocabulary import Availability, Evidence, GeometryQuality, Method, Zoning
from finder.presentation import features, map, symbols
from finder.web import assets
from tests import factories
from tests.presentation.conftest import HOSTILE, KINDS, Region, lines, points, towns

EN, DE = Language("en"), Language("de")


def script(language: Language = EN, **parts: Any) -> str:
    given = {"towns": towns(), "lines": lines(), "access_points": points(), "sites_url": "/map.geojson?zoning=GI"}
    return map.region_map(**(given | parts), language=language).script


def collections(text: str) -> list[dict[str, Any]]:
    """Return the data that the script adds to its layers."""
    return [json.loads(found) for found in re.findall(r"_add\((\{.*\})\);", text)]


def settings(text: str) -> dict[str, Any]:
    found = re.search(r"finderMap\.show\(region_map, (\{.*\})\);", text)
    assert found
    return dict(json.loads(found[1]))


# -- Folium's script --------------------------------------------------------------------------------------------------


def test_names_enter_the_script_as_data_only() -> None:
    areas = [factories.municipality(t.code, name=HOSTILE, geometry=t.geometry) for t in towns()]
    text = script(
        towns=areas, lines=lines(HOSTILE), access_points=points(HOSTILE), sites_url=f"/map.geojson?q={HOSTILE}"
    )
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)  # the script without its quoted texts
    for piece in ("script>", "onerror", "alert", "${", "{{", "`"):
        assert piece not in outside
    assert "</script" not in text
    names = [f["properties"]["name"] for data in collections(text) for f in data["features"]]
    assert names.count(HOSTILE) >= len(areas)
    assert f"{HOSTILE} 0" in names
    assert settings(text)["url"] == f"/map.geojson?q={HOSTILE}"


def test_script_asks_no_other_host_and_runs_no_text() -> None:
    text = script().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|//cdn", text)
    assert not re.search(r"\beval\b|new Function|insertAdjacentHTML|\$\(", text)


def test_map_has_a_stable_name_and_no_ground_from_elsewhere() -> None:
    text = script()
    assert f'var {map.ELEMENT} = L.map(\n                "{map.ELEMENT}"' in text
    assert "tileLayer" not in text
    assert '"maxZoom": 17' in text


def test_everything_given_is_on_the_map() -> None:
    found = collections(script())
    names = [{f["properties"]["name"] for f in data["features"]} for data in found]
    assert set(factories.TOWNS.values()) in names
    assert names.count({"A 99"}) == 3  # edge, core and number plate
    assert names.count({"Probekanal"}) == 2
    assert {f["properties"]["kind"] for data in found for f in data["features"] if "kind" in f["properties"]} == {
        *KINDS
    }


def test_shapes_are_in_longitude_and_latitude() -> None:
    for data in collections(script()):
        for shape in data["features"]:
            west, south, east, north = shapely.from_geojson(json.dumps(shape["geometry"])).bounds
            assert 6 < west <= east < 8.5
            assert 51 < south <= north < 52.5


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (EN, ("Motorway junction", "Motorways", "Closer", "Whole screen")),
        (DE, ("Autobahnanschluss", "Autobahnen", "Näher", "Vollbild")),
    ],
    ids=["en", "de"],
)
def test_controls_speak_the_reader_s_language(language: Language, words: tuple[str, ...]) -> None:
    text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), script(language))
    for word in words:
        assert word in text


def test_region_without_anything_is_still_a_map() -> None:
    text = script(towns=[], lines=[], access_points=[])
    assert not collections(text)
    (south, west), (north, east) = settings(text)["bounds"]
    assert 6 < west < east < 8.5
    assert 51 < south < north < 52.5


def test_extent_holds_every_town() -> None:
    (south, west), (north, east) = settings(script())["bounds"]
    shown = shapely.box(west, south, east, north)
    assert all(shown.covers(crs.to_lonlat(town.geometry)) for town in towns())


def test_sprite_has_every_sign_that_the_map_may_ask_for() -> None:
    root = ElementTree.fromstring(map.sprite())
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {f"pz-{symbols.key(kinds)}" for kinds in [*((z,) for z in Zoning), None, ()]} <= set(ids)
    assert {f"as-{kind.value}" for kind in KINDS} <= set(ids)


def test_folium_still_asks_for_the_versions_that_are_served() -> None:
    # a new Folium may want another Leaflet or plug-in: then this fails and the served files must follow
    assert ("leaflet", "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js") in folium.Map.default_js
    assert [url for _, url in plugins.Fullscreen.default_js] == [assets.FULLSCREEN]


# -- sites ------------------------------------------------------------------------------------------------------------


def collection(region: Region, given: list[Any], language: Language = EN) -> list[dict[str, Any]]:
    _, hits = region(given)
    return list(json.loads(features.collection(hits, factories.TOWNS, language))["features"])


def test_sites_come_with_words_and_looks(region: Region) -> None:
    site = factories.site(
        id="T-1",
        name=HOSTILE,
        geometry=factories.square(),
        available_area_m2=231_000.0,
        zoning=(Zoning.GI, Zoning.GE, Zoning.SO),
        availability=Availability.SHORT,
    )
    (found,) = collection(region, [site])
    assert found["id"] == "T-1"
    assert found["geometry"]["type"] == "Polygon"
    shown = found["properties"]
    assert shown["name"] == HOSTILE
    assert shown["href"] == "/sites/T-1"
    assert (shown["form"], shown["side"], shown["fills"], shown["outline"]) == ("square", 17, ["GI", "GE"], "short")
    assert shown["approximate"] is False
    assert shown["size"] == "23.1\u00a0ha available"
    assert shown["zoning"] == "GI; GE; SO"
    assert "A 99 Punkt" in shown["access"]
    assert "estimate (truck) · beeline · Jan 2026" in shown["access"]
    assert shown["ways"] is None


def test_card_names_the_line_of_a_way_by_road(region: Region) -> None:
    _, (hit,) = region([factories.site(id="T 1", geometry=factories.square())])
    access = tuple(dataclasses.replace(way, method=Method.NETWORK, network_as_of="2026-10-01") for way in hit.access)
    driven = dataclasses.replace(hit, access=access)
    shown = features.labels(driven, factories.TOWNS, EN, by_road=True)
    assert shown["ways"] == "/sites/T%201/routes.geojson?vehicle=truck"
    assert "road network (truck) · 1 Oct 2026" in shown["access"]
    assert features.labels(driven, factories.TOWNS, EN)["ways"] is None
    assert features.labels(hit, factories.TOWNS, EN, by_road=True)["ways"] is None


def test_what_is_not_known_is_said(region: Region) -> None:
    (found,) = collection(region, [factories.site(geometry=factories.square())], DE)
    shown = found["properties"]
    assert shown["fills"] == ["unknown"]
    assert shown["outline"] == "unknown"
    assert {"Größe nicht bekannt", "Gebietsart nicht bekannt", "Verfügbarkeit nicht bekannt"} <= {
        shown["size"],
        shown["zoning"],
        shown["availability"],
    }


def test_documented_sites_are_circles_in_metres(region: Region) -> None:
    site = factories.site(
        geometry=factories.at().buffer(500, quad_segs=64),
        geometry_quality=GeometryQuality.APPROXIMATE,
        evidence=Evidence.IN_PREPARATION,
    )
    (found,) = collection(region, [site])
    assert found["properties"]["form"] == "circle"
    assert found["properties"]["state"] == "preparation"
    assert found["properties"]["radius_m"] == pytest.approx(500, abs=1)
    assert found["properties"]["approximate"] is True


def test_sites_without_a_place_are_left_to_the_list(region: Region) -> None:
    assert collection(region, [factories.site()]) == []


def test_no_sites_are_an_empty_collection() -> None:
    assert json.loads(features.collection([], {}, EN)) == {"type": "FeatureCollection", "features": []}
