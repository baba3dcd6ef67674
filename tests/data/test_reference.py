"""The bundled reference data: described, counted, in its place, and read by the reader."""

from __future__ import annotations

import csv
import functools
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import shapely

from finder import crs, resources
from finder.model.access import AccessPoint
from finder.model.vocabulary import AccessKind
from finder.sources import bundled
from tests import tree
from tests.tree import TOP

DATA = resources.DATA
SOURCES = resources.sources()
TABLES = sorted(path.name for pattern in ("*.csv", "*.geojson") for path in DATA.glob(pattern))
SCRIPTS = sorted((TOP / "data/build").glob("*.py"))
FIGURES = {
    "municipalities.csv",
    "municipality_areas.geojson",
    "bus_stops.csv",
    "access_points.csv",
    "places.csv",
    "lines.geojson",
}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def built(name: str) -> list[dict[str, str]]:
    return rows(f"build/{name}")


def features(name: str) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads((DATA / name).read_bytes())["features"]
    return found


@functools.cache
def access_points() -> list[AccessPoint]:
    return bundled.access_points()


def points(kind: AccessKind) -> list[AccessPoint]:
    return [point for point in access_points() if point.kind is kind]


# -- every file is described ------------------------------------------------------------------------------------------


def test_the_files_are_there() -> None:
    assert set(TABLES) >= FIGURES


@pytest.mark.parametrize("name", TABLES)
def test_every_file_is_described(name: str) -> None:
    source = SOURCES[name]
    assert source["publisher"]
    assert source["licence"]
    assert source["attribution"]
    assert set(source["title"]) == set(source["method"]) == {"de", "en"}
    assert (DATA / source["script"]).is_file()
    found = len(rows(name)) if name.endswith(".csv") else len(features(name))
    assert found == source["count"]


def test_nothing_else_is_described() -> None:
    assert set(SOURCES) == set(TABLES)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_what_comes_from_others_names_their_address_and_the_day(name: str) -> None:
    assert re.fullmatch(r"https://[a-z.]+", SOURCES[name]["url"])
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", SOURCES[name]["retrieved"])


def test_licences_are_those_of_the_publishers() -> None:
    licences = {name: SOURCES[name]["licence"] for name in FIGURES}
    assert licences == {
        "municipalities.csv": "dl-de/by-2-0",
        "municipality_areas.geojson": "CC BY 4.0, ODbL 1.0",
        "bus_stops.csv": "CC BY 4.0, ODbL 1.0",
        "access_points.csv": "CC BY 4.0, MIT",
        "places.csv": "CC BY 4.0",
        "lines.geojson": "CC BY 4.0",
    }


@pytest.mark.parametrize("path", [p for p in tree.files() if p.parts[0] == "data"], ids=str)
def test_text_is_clean_and_names_no_place_of_work(path: Path) -> None:
    text = (TOP / path).read_bytes().decode("utf-8")
    assert not re.search(r"/work/|\.\./shared|/tmp/|/root/", text)
    assert "\r" not in text
    assert not text or text.endswith("\n")


@pytest.mark.parametrize("name", [name for name in TABLES if name.endswith(".csv")])
def test_coordinates_have_six_decimals(name: str) -> None:
    written = [row[column] for row in rows(name) for column in ("lon", "lat") if column in row]
    assert all(re.fullmatch(r"\d+\.\d{6}", text) for text in written)


# -- the towns --------------------------------------------------------------------------------------------------------


def test_municipalities_sum_to_the_alliance() -> None:
    towns = bundled.municipalities()
    district = [town for town in towns if town.county == "Kreis Recklinghausen"]
    assert len(towns) == 12
    assert len({town.code for town in towns}) == len({town.name for town in towns}) == 12
    assert all(re.fullmatch(r"05\d{6}", town.code) for town in towns)
    assert len(district) == 10
    assert all(town.code.startswith("05562") for town in district)
    # the district's own official figures of the same day
    assert sum(town.inhabitants or 0 for town in district) == 615_261
    assert sum(town.area_km2 or 0 for town in district) == pytest.approx(761.3, abs=0.2)
    assert sum(town.inhabitants or 0 for town in towns) == 993_298
    assert {town.inhabitants_as_of for town in towns} == {"2018-12-31"}


def test_every_town_names_its_trade_tax_with_the_year() -> None:
    towns = bundled.municipalities()
    assert all(400 <= (town.trade_tax_percent or 0) <= 600 for town in towns)
    assert all(2020 <= (town.trade_tax_year or 0) <= 2026 for town in towns)


def test_every_town_has_a_whole_schematic_area() -> None:
    towns = bundled.municipalities()
    for town in towns:
        assert town.schematic, town.name
        assert isinstance(town.geometry, shapely.Polygon), town.name
        assert shapely.is_valid(town.geometry), town.name
        assert not town.geometry.interiors, town.name
        assert town.geometry.area / 1e6 == pytest.approx(town.area_km2, rel=0.05), town.name
    codes = [feature["properties"]["code"] for feature in features("municipality_areas.geojson")]
    assert codes == [town.code for town in towns]


def test_areas_share_their_borders() -> None:
    shapes = [town.geometry for town in bundled.municipalities()]
    assert shapely.coverage_is_valid(shapes)
    together = shapely.union_all(shapes)
    assert isinstance(together, shapely.Polygon), "the alliance hangs together"
    assert not together.interiors


def test_areas_hold_their_own_stops() -> None:
    areas = {town.name: town.geometry for town in bundled.municipalities()}
    stops = [(point.name.rpartition(", ")[2], point.geometry) for point in points(AccessKind.BUS_STOP)]
    own = Counter(town for town, point in stops if town in areas and shapely.covers(areas[town], point))
    named = Counter(town for town, _ in stops if town in areas)
    assert all(own[town] / named[town] > 0.9 for town in areas)


def test_areas_are_small_enough_to_send() -> None:
    assert (DATA / "municipality_areas.geojson").stat().st_size < 60_000


# -- access points ----------------------------------------------------------------------------------------------------


def test_ids_are_unique() -> None:
    for named in (access_points(), bundled.places(), bundled.lines()):
        assert not [id_ for id_, count in Counter(one.id for one in named).items() if count > 1]


def test_every_kind_is_there() -> None:
    counted = Counter(point.kind for point in access_points())
    assert set(counted) == set(AccessKind)
    assert 60 <= counted[AccessKind.MOTORWAY_JUNCTION] <= 100


def test_points_lie_where_their_kind_is_wanted() -> None:
    furthest = {
        AccessKind.MOTORWAY_JUNCTION: 6,
        AccessKind.FEDERAL_ROAD: 6,
        AccessKind.RAIL_STATION: 15,
        AccessKind.BUS_STOP: 4,
        AccessKind.INLAND_PORT: 15,
        AccessKind.RAIL_FREIGHT: 25,
        AccessKind.AIRPORT: 100,
    }
    areas = shapely.union_all([town.geometry for town in bundled.municipalities()])
    shapely.prepare(areas)
    assert not [
        point.id
        for point in access_points()
        if not shapely.dwithin(areas, point.geometry, furthest[point.kind] * 1000 + 1)
    ]


def test_every_point_names_its_source() -> None:
    assert all(point.source for point in access_points())
    dated = {kind for kind in AccessKind if kind not in (AccessKind.INLAND_PORT, AccessKind.RAIL_FREIGHT)}
    assert all(point.as_of for point in access_points() if point.kind in dated)


@pytest.mark.parametrize(
    ("kind", "number"), [(AccessKind.MOTORWAY_JUNCTION, r"A \d+"), (AccessKind.FEDERAL_ROAD, r"B \d+")]
)
def test_road_points_name_their_road(kind: AccessKind, number: str) -> None:
    for point in points(kind):
        assert re.fullmatch(f"{number}(/{number})*", point.road or ""), point.id
        assert point.uncertainty_m, point.id


def test_no_rest_area_and_no_closed_interchange_is_a_junction() -> None:
    table = {f"lcl-motorway-{row['lcd']}": row for row in built("motorways.csv")}
    for point in points(AccessKind.MOTORWAY_JUNCTION):
        assert table[point.id]["class"] in ("junction", "interchange")
        assert table[point.id]["access"] == "yes"
    names = {point.name for point in points(AccessKind.MOTORWAY_JUNCTION)}
    assert not names & {"Resser Mark", "Allenstein", "Hohenhorst", "Kreuz Recklinghausen", "Dreieck Bottrop"}
    assert {"Marl-Zentrum", "Dorsten-Ost", "Henrichenburg", "Gelsenkirchen-Zentrum", "Kreuz Marl-Nord"} <= names


def test_every_decision_on_a_road_point_is_complete() -> None:
    motorways, federal = built("motorways.csv"), built("federal_roads.csv")
    for table in (motorways, federal):
        assert len({row["lcd"] for row in table}) == len(table)
        assert all(row["lcd"].isdigit() and row["name"] for row in table)
    assert {row["class"] for row in motorways} == {
        "junction",
        "interchange",
        "transition",
        "rest_area",
        "structure",
        "unsure",
    }
    assert {row["class"] for row in motorways if row["access"] == "yes"} == {"junction", "interchange"}
    assert all(row["access"] == "yes" for row in motorways if row["class"] == "junction")
    assert all(row["note"] for row in motorways if row["class"] in ("interchange", "unsure"))


def test_every_place_in_the_towns_has_a_junction_within_reach() -> None:
    junctions = shapely.STRtree([point.geometry for point in points(AccessKind.MOTORWAY_JUNCTION)])
    for town in bundled.municipalities():
        assert town.geometry is not None
        corners = shapely.points(shapely.get_coordinates(town.geometry))
        _, km = junctions.query_nearest(corners, return_distance=True)
        assert km.max() / 1000 < 16, town.name


def test_stops_go_on_beyond_the_border() -> None:
    areas = shapely.union_all([town.geometry for town in bundled.municipalities()])
    stops = shapely.multipoints([point.geometry for point in points(AccessKind.BUS_STOP)])
    border = shapely.line_interpolate_point(shapely.boundary(areas), range(0, int(areas.length), 2000))
    # in the woods there are none
    assert shapely.dwithin(shapely.difference(stops, areas), border, 3000).mean() > 0.9


def test_ports_say_what_is_not_proven() -> None:
    ports = points(AccessKind.INLAND_PORT)
    assert all(port.uncertainty_m and port.note for port in ports)
    assert {"Hafen Victor", "Hafen Rütgers"} <= {
        port.name for port in ports if port.note and port.note.endswith("Nutzung nicht belegt")
    }
    assert not [point for point in points(AccessKind.RAIL_FREIGHT) if "Green Hub" in point.name], "only planned"


def test_airports_are_those_with_scheduled_flights() -> None:
    assert {point.id for point in points(AccessKind.AIRPORT)} == {
        f"airport-{code}" for code in ("cgn", "dtm", "dus", "fmo", "nrn", "pad")
    }


# -- places and lines -------------------------------------------------------------------------------------------------


def test_places_hold_the_towns_with_their_official_figures() -> None:
    places = {place.name: place for place in bundled.places()}
    for town in bundled.municipalities():
        assert places[town.name].inhabitants == town.inhabitants
        assert places[town.name].as_of == town.inhabitants_as_of
        assert town.geometry is not None
        assert shapely.covers(town.geometry, places[town.name].geometry), town.name


def test_districts_are_not_counted_beside_their_towns() -> None:
    names = {place.name for place in bundled.places()}
    assert not names & {"Buer", "Wattenscheid", "Rheinhausen", "Rhade", "Porz am Rhein", "Hörde"}
    assert {"Köln", "Münster", "Mülheim an der Ruhr", "Lünen", "Venlo"} <= names


def test_places_lie_within_100_km() -> None:
    (middle,) = crs.points_to_metric([7.1], [51.63])
    assert all(shapely.distance(place.geometry, middle) <= 100_000 for place in bundled.places())
    assert all(place.inhabitants > 0 for place in bundled.places())


def test_lines_lie_in_the_box() -> None:
    box = shapely.box(*resources.region()["box"]).buffer(1e-4)
    for line in bundled.lines():
        assert line.kind in ("motorway", "canal")
        assert shapely.is_simple(line.geometry), line.name
        assert shapely.covers(box, crs.to_lonlat(line.geometry)), line.name
    names = {line.name for line in bundled.lines()}
    assert {"A 2", "A 31", "A 42", "A 43", "A 52", "Rhein-Herne-Kanal", "Wesel-Datteln-Kanal"} <= names


def test_junctions_lie_on_their_motorways() -> None:
    motorways = {line.name: line.geometry for line in bundled.lines() if line.kind == "motorway"}
    for point in points(AccessKind.MOTORWAY_JUNCTION):
        for road in (point.road or "").split("/"):
            assert shapely.distance(motorways[road], point.geometry) < 1, point.name


def test_ports_lie_at_their_canals() -> None:
    canals = shapely.union_all([line.geometry for line in bundled.lines() if line.kind == "canal"])
    for port in points(AccessKind.INLAND_PORT):
        assert shapely.distance(canals, port.geometry) < 1000, port.name


# -- the scripts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_compile(script: Path) -> None:
    compile(script.read_text(encoding="utf-8"), str(script), "exec")


@pytest.mark.parametrize("script", sorted({source["script"] for source in SOURCES.values()} | {"build/check_areas.py"}))
def test_scripts_say_what_they_want(script: str) -> None:
    done = subprocess.run(
        [sys.executable, str(DATA / script), "--help"], capture_output=True, text=True, check=False, cwd=TOP
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage:")


def test_the_wheel_carries_the_data() -> None:
    patterns = tree.setup_cfg()["options.package_data"]["finder.data"].split(", ")
    assert set(patterns) == {"*.toml", "*.csv", "*.geojson"}
