"""GeoJSON by RFC 7946: degrees with seven decimals, right-handed rings, every fact by its name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import shapely

from finder import crs
from finder.exports import geojson
from finder.exports.properties import ACCESS_NAMES, DERIVED, IDENTITY, PEOPLE_NAMES, SITE_NAMES
from finder.model.query import all_of
from finder.store import sites
from finder.store.sites import Listed
from tests import factories


def by_id(text: bytes) -> dict[str, Any]:
    return {feature["id"]: feature for feature in json.loads(text)["features"]}


def test_a_collection_is_of_the_standards_form(listed: list[Listed]) -> None:
    whole = json.loads(geojson.collection(listed))
    assert set(whole) == {"type", "features"}, "no crs member: RFC 7946 knows WGS 84 alone"
    assert whole["type"] == "FeatureCollection"
    for feature in whole["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature"
        names = {*IDENTITY, *SITE_NAMES, *DERIVED, *ACCESS_NAMES, *PEOPLE_NAMES, "provenance"}
        assert set(feature["properties"]) == names
    assert [f["geometry"] and f["geometry"]["type"] for f in whole["features"]] == ["Polygon", None, "Point"]


def test_places_are_degrees_with_seven_decimals(listed: list[Listed]) -> None:
    text = geojson.collection(listed)
    for one in listed:
        given = by_id(text)[one.site.id]["geometry"]
        if one.site.geometry is None:
            assert given is None
            continue
        shape = shapely.from_geojson(json.dumps(given))
        west, south, east, north = shape.bounds
        assert 6 < west <= east < 8 < 51 < south <= north < 52, "longitude first"
        assert crs.to_metric(shape).hausdorff_distance(one.site.geometry) < 0.01
    numbers = re.findall(rb"-?\d+\.\d+", re.sub(rb'"properties":.*', b"", text))
    assert numbers
    assert max(len(number.partition(b".")[2]) for number in numbers) <= 7


def test_outer_rings_run_counterclockwise(database_url: str) -> None:
    hole = factories.square(0, 0, 1000).difference(factories.square(400, 400, 100))
    parts = shapely.MultiPolygon([hole, factories.square(2000)])
    delivered = [factories.site(geometry=shape) for shape in (hole, hole.reverse(), parts, parts.reverse())]
    with factories.database(database_url, delivered) as database, database.reading() as session:
        features = by_id(geojson.collection(sites.load(session, sites.find(session, all_of(()), ()).keys)))
    for feature in features.values():
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        for polygon in shapely.get_parts(shape).tolist():
            assert shapely.is_ccw(polygon.exterior)
            assert not any(shapely.is_ccw(ring) for ring in polygon.interiors)
            assert shapely.get_num_interior_rings(polygon) in (0, 1)


def test_facts_are_plain_values(listed: list[Listed]) -> None:
    facts = by_id(geojson.collection(listed))["whole"]["properties"]
    assert facts["zoning"] == ["GI", "GEe"]
    assert facts["restrictions"][1] == {"kind": "ordnance"}
    assert facts["restrictions"][0]["expected_end"] == "2027-12-31"
    assert facts["provenance"]["power_mva"] == {"source": "Netz", "as_of": "2025"}
    assert (facts["available_from"], facts["quay"], facts["grz"]) == ("2027-04-01", False, 0.8)
    assert (facts["size_m2"], facts["size_basis"], facts["potential"]) == (30_000.0, "available", False)
    assert (facts["motorway_junction_truck_km"], facts["motorway_junction_name"]) == (0.8, "A 99 Musterpunkt")
    assert (facts["motorway_junction_method"], facts["motorway_junction_km_method"]) == ("estimate", "beeline")
    assert facts["motorway_junction_as_of"] == "2026-01"


def test_what_is_not_known_is_null(listed: list[Listed]) -> None:
    facts = by_id(geojson.collection(listed))["bare"]["properties"]
    known = {name for name, value in facts.items() if value is not None}
    assert known == {*IDENTITY, "potential", "provenance"}


def test_more_can_be_said_of_each(listed: list[Listed]) -> None:
    text = geojson.collection(listed, lambda one: {"colour": one.site.id.upper()})
    assert by_id(text)["spot"]["properties"]["colour"] == "SPOT"
    assert json.loads(geojson.feature(listed[2], lambda _: {"x": 1}))["properties"]["x"] == 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_file_holds_them_all(listed: list[Listed], tmp_path: Path, count: int) -> None:
    path = tmp_path / "sites.geojson"
    assert geojson.write(path, iter(listed[:count])) == count
    assert path.read_bytes() == geojson.collection(listed[:count])
    assert len(json.loads(path.read_bytes())["features"]) == count
