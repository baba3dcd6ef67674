"""One site's pages and files over a road network: an invented town with a motorway, and plots in it and far from it."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from shapely.geometry.base import BaseGeometry

from finder import crs, pipeline
from finder.model.access import AccessPoint
from finder.model.place import Place
from finder.model.site import Site
from finder.model.vocabulary import AccessKind, Status
from finder.roads.network import Network
from finder.store import reference
from finder.web import roads
from finder.web import site as pages
from finder.web.kept import Kept
from tests import factories
from tests.roads.extracts import Grid, grid
from tests.web.conftest import Serve

Town = Callable[..., FlaskClient]


def plot(town: Grid, east_m: float, north_m: float, side_m: float = 60.0) -> BaseGeometry:
    """Return a square plot, its south-western corner so many metres from the town's."""
    x, y = crs.to_metric(shapely.Point(town.place(east_m, north_m))).coords[0]
    return shapely.box(x, y, x + side_m, y + side_m)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The road network of the town."""
    folder = tmp_path_factory.mktemp("roads")
    extract = grid().write(folder / "town.osm.pbf")
    pipeline.build_network(extract, folder / "roads.network")
    return folder / "roads.network"


@pytest.fixture
def town(serve: Serve, network: Path) -> Town:
    """Return a function that serves these sites, measured over the town's roads."""

    def start(*sites: Site) -> FlaskClient:
        made = grid()
        junction = crs.to_metric(shapely.Point(made.place(0, -1000)))
        station = crs.to_metric(shapely.Point(made.place(800, 600)))
        points = [
            factories.access_point(
                AccessKind.MOTORWAY_JUNCTION, geometry=junction, name="Musterstadt-West", road="A 942"
            ),
            factories.access_point(AccessKind.RAIL_STATION, geometry=station, name="Hauptbahnhof"),
        ]
        client = serve(sites, access_points=points, FINDER_NETWORK=str(network))
        _, database = client.application.extensions["finder"]
        centre = crs.to_metric(shapely.Point(made.place(400, 400)))
        with database.writing() as session:
            reference.replace(session, Place, [factories.place("Musterstadt", geometry=centre)])
        pipeline.measure(database, network=Network.open(network))
        return client

    return start


def inside(**known: Any) -> Site:
    """Return a site among the town's streets."""
    return factories.site(**({"id": "T-1", "geometry": plot(grid(), 420, 430)} | known))


def text(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data(as_text=True).replace("\u00a0", " ")


def features(client: FlaskClient, address: str) -> list[dict[str, Any]]:
    response = client.get(address)
    assert (response.status_code, response.mimetype) == (200, "application/geo+json")
    found: list[dict[str, Any]] = json.loads(response.data)["features"]
    return found


# -- the page ---------------------------------------------------------------------------------------------------------


def test_page_shows_ways_areas_and_how_they_were_measured(town: Town) -> None:
    page = text(town(inside()), "/sites/T-1?lang=en")
    rows = [row.partition("</tr>")[0] for row in page.split("<tr>")[1:]]
    (row,) = [row for row in rows if "A 942 Musterstadt-West" in row]
    assert re.search(r"road network, \d+ \w+ \d{4} · point Jan 2026", row)
    assert "bar-full" in row
    assert re.search(r"no, [\d.]+ of [\d.]+ km", row), "the way leads out of the town"
    assert "Without crossing a settlement" in page
    assert "m-way is-motorway_junction" in page
    assert "Ways by road (road network, " in page
    assert page.count('class="map map-reach"') == 2
    assert re.search(r'aria-label="Reach of [^"]+ by truck 40 t in 10, 20, 30, 45, 60 minutes"', page)
    assert "Area within minutes" in page
    for name in ("routes", "isochrones"):
        assert f'href="/sites/T-1/{name}.geojson"' in page


def test_page_and_files_count_the_people_within_minutes(town: Town) -> None:
    client = town(inside())
    page = text(client, "/sites/T-1?lang=en")
    assert "People within minutes" in page
    assert re.search(r"the towns of the region and around it, undated; minutes: road network, \d+ \w+ \d{4}", page)
    assert re.search(r"(at least )?50,000</td>", page)
    (site,) = json.loads(text(client, "/sites.geojson"))["features"]
    (row,) = csv.DictReader(text(client, "/sites.csv").removeprefix("\ufeff").splitlines())
    shown = site["properties"]
    assert (shown["catchment_car_60_min_inhabitants"], row["catchment_car_60_min_inhabitants"]) == (50_000, "50000")
    assert shown["catchment_car_method"] == row["catchment_car_method"] == "network"
    assert isinstance(shown["car_snap_m"], float)


def test_page_of_a_plot_that_no_road_comes_near_says_so(town: Town) -> None:
    page = text(town(inside(geometry=plot(grid(), 90_000, 0))), "/sites/T-1?lang=en")
    assert "No minutes over the road network (truck, car): no road of the network lies near the plot." in page
    assert "bar-full" not in page
    assert "map-reach" not in page
    assert "Without crossing" not in page
    assert ".geojson" not in page


def test_page_without_a_network_is_complete(client: FlaskClient) -> None:
    page = text(client, "/sites/T-1?lang=en")
    assert "min estimate" in page
    assert "bar-hatch" in page
    for word in ("road network", "map-reach", "Without crossing", ".geojson", "Ways by road"):
        assert word not in page, word


def test_page_of_a_site_without_a_place_has_nothing_by_road(town: Town) -> None:
    page = text(town(inside(geometry=None)), "/sites/T-1?lang=en")
    assert "without a place there are no distances" in page
    assert "map-reach" not in page


# -- files ------------------------------------------------------------------------------------------------------------


def test_ways_lead_from_the_plot_to_the_point(town: Town) -> None:
    found = features(town(inside()), "/sites/T-1/routes.geojson?vehicle=truck")
    assert {(f["properties"]["kind"], f["properties"]["vehicle"]) for f in found} == {
        ("motorway_junction", "truck"),
        ("rail_station", "truck"),
    }
    for feature in found:
        shown = feature["properties"]
        line = crs.to_metric(shapely.from_geojson(json.dumps(feature["geometry"])))
        assert (shown["method"], shown["site"]) == ("network", "T-1")
        assert shown["network_as_of"]
        assert 0 < shown["minutes"] < 20
        assert line.length / 1000 == pytest.approx(shown["km"], rel=0.1)
        assert line.distance(inside().geometry) < 200


def test_ways_are_those_of_the_table(town: Town) -> None:
    client = town(inside())
    (site,) = json.loads(text(client, "/sites.geojson"))["features"]
    for feature in features(client, "/sites/T-1/routes.geojson"):
        shown, facts = feature["properties"], site["properties"]
        name = f"{shown['kind']}_{shown['vehicle']}"
        assert facts[f"{name}_min"] == pytest.approx(shown["minutes"], abs=0.11)
        assert facts[f"{name}_km"] == pytest.approx(shown["km"], abs=0.01)


def test_areas_lie_in_each_other(town: Town) -> None:
    found = features(town(inside()), "/sites/T-1/isochrones.geojson?vehicle=car")
    assert [(f["properties"]["vehicle"], f["properties"]["minutes"]) for f in found] == [
        ("car", minutes) for minutes in (60, 45, 30, 20, 10)
    ]
    shapes = [crs.to_metric(shapely.from_geojson(json.dumps(f["geometry"]))) for f in found]
    for wide, narrow in itertools.pairwise(shapes):
        assert narrow.difference(wide.buffer(1)).area < 1
    assert all(shape.covers(shapely.centroid(inside().geometry)) for shape in shapes)


def test_without_a_vehicle_both_are_told(town: Town) -> None:
    client = town(inside())
    for name in ("routes", "isochrones"):
        assert {f["properties"]["vehicle"] for f in features(client, f"/sites/T-1/{name}.geojson")} == {"car", "truck"}


@pytest.mark.parametrize("geometry", [None, plot(grid(), 90_000, 0)])
@pytest.mark.parametrize("name", ["routes", "isochrones"])
def test_nothing_reached_is_an_empty_file(town: Town, geometry: BaseGeometry | None, name: str) -> None:
    assert features(town(inside(geometry=geometry)), f"/sites/T-1/{name}.geojson") == []


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/sites/T-1/routes.geojson?vehicle=tank", 400, "tank"),
        ("/sites/T-1/routes.geojson?vehicle=car&vehicle=truck", 400, "vehicle"),
        ("/sites/T-1/isochrones.geojson?minutes=5", 400, "minutes"),
        ("/sites/T-2/routes.geojson", 404, "T-2"),
        ("/sites/T-9/isochrones.geojson", 404, "T-9"),
    ],
)
def test_files_refuse_what_they_do_not_know(town: Town, address: str, status: int, said: str) -> None:
    response = town(inside(), inside(id="T-2", source_id="2", status=Status.DRAFT)).get(address)
    assert (response.status_code, response.mimetype) == (status, "application/json")
    assert said in response.json["detail"]  # type: ignore[index]


def test_files_of_drafts_are_as_if_they_were_not_there(town: Town) -> None:
    client = town(inside(status=Status.DRAFT))
    nothing = client.get("/sites/T-9/routes.geojson").json
    assert client.get("/sites/T-1/routes.geojson").json["detail"].replace("T-1", "T-9") == nothing["detail"]  # type: ignore[index]


def test_files_without_a_network_say_so(client: FlaskClient) -> None:
    response = client.get("/sites/T-1/routes.geojson?lang=en")
    assert response.status_code == 404
    assert "road network" in response.json["detail"]  # type: ignore[index]


def test_areas_end_where_the_extract_ends(town: Town, network: Path) -> None:
    west, south, east, north = Network.open(network).bounds
    for feature in features(town(inside()), "/sites/T-1/isochrones.geojson"):
        area = crs.to_metric(shapely.from_geojson(json.dumps(feature["geometry"])))
        assert shapely.box(west - 1001, south - 1001, east + 1001, north + 1001).covers(area)
        assert feature["properties"]["at_least"] is True


def test_ways_over_other_roads_than_the_measured_ones_are_not_told(town: Town, tmp_path: Path) -> None:
    client = town(inside())
    pipeline.build_network(grid(spacing_m=150.0).write(tmp_path / "new.osm.pbf"), tmp_path / "new.network")
    new = roads.Roads(tmp_path / "new.network", tmp_path)
    client.application.extensions[roads.NAME] = new
    assert features(client, "/sites/T-1/isochrones.geojson")
    assert features(client, "/sites/T-1/routes.geojson") == []
    page = text(client, "/sites/T-1?lang=en")
    assert "A 942 Musterstadt-West" in page
    assert "Ways by road" not in page
    _, database = client.application.extensions["finder"]
    pipeline.measure(database, network=new.network())
    assert len(features(client, "/sites/T-1/routes.geojson")) == 4


# -- kept -------------------------------------------------------------------------------------------------------------


def test_what_is_reached_is_measured_once_and_again_when_access_points_moved(town: Town, network: Path) -> None:
    client = town(inside())
    kept: Kept[Any] = client.application.extensions[pages.REACHED]
    for address in ("/sites/T-1", "/sites/T-1/routes.geojson", "/sites/T-1/isochrones.geojson?vehicle=car"):
        text(client, address)
    assert len(kept) == 2, "truck and car"
    _, database = client.application.extensions["finder"]
    moved = crs.to_metric(shapely.Point(grid().place(0, 800)))
    with database.writing() as session:
        points = reference.access_points(session)
        reference.replace(session, AccessPoint, [dataclasses.replace(point, geometry=moved) for point in points])
    pipeline.measure(database, network=Network.open(network))
    found = [f for f in features(client, "/sites/T-1/routes.geojson") if f["properties"]["kind"] == "rail_station"]
    assert len(found) == 2
    for feature in found:
        line = crs.to_metric(shapely.from_geojson(json.dumps(feature["geometry"])))
        assert shapely.Point(line.coords[-1]).distance(moved) < 20
