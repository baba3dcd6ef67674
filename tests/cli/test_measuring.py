"""The road network on the command line: built, shown, measured over; and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner, Result

from finder import config
from finder.cli import main
from finder.model.access import AccessPoint
from finder.model.place import Municipality
from finder.model.vocabulary import AccessKind, Method, Vehicle
from finder.store import reference, sites
from finder.store.database import Database
from tests import factories
from tests.roads import extracts


def finder(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def town() -> extracts.Grid:
    return extracts.grid()


@pytest.fixture
def place(tmp_path: Path, town: extracts.Grid, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database of two sites, one in the town and one far from it, and the town's extract."""
    url = f"sqlite:///{tmp_path / 'finder.sqlite'}"
    monkeypatch.setenv("FINDER_DATABASE", url)
    monkeypatch.setenv("FINDER_LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    town.write(tmp_path / "town.osm.pbf")
    database = Database(url)
    database.migrate()
    with database.writing() as session:
        reference.replace(session, Municipality, [factories.municipality(code) for code in factories.TOWNS])
        port = factories.access_point(AccessKind.INLAND_PORT, id="port", x=410.0, y=-1000.0)
        reference.replace(session, AccessPoint, [port])
        reference.set_setting(session, "inventory", "own")
    database.close()
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(shapely.box(lon, lat, lon + 0.0004, lat + 0.0004))),
            "properties": {"id": id_, "name": id_, "municipality": "05990001"},
        }
        for id_, (lon, lat) in (("near", town.place(320.0, 250.0)), ("far", (7.30, 51.75)))
    ]
    file = tmp_path / "sites.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert finder("import", file, "--as", "published").exit_code == 0
    return tmp_path


def method(id_: str) -> Method:
    database = Database(config.Config.from_env().database)
    with database.reading() as session:
        ways = {(way.kind, way.vehicle): way for way in sites.get(session, id_).access}
    database.close()
    return ways[AccessKind.INLAND_PORT, Vehicle.TRUCK].method


def test_build_show_measure(place: Path) -> None:
    built = finder("network", "build", place / "town.osm.pbf")
    assert built.exit_code == 0
    assert "as of 1 Mar 2026" in built.stdout
    assert "finder measure" in built.stderr
    assert finder("network", "show").stdout == built.stdout
    stale = finder("measure", "--dry-run")
    assert stale.exit_code == 0
    checked = finder("check")
    assert checked.exit_code == 0
    assert "• All figures of access are from today's access points and roads: 2 (" in checked.stdout
    assert "finder measure" in finder("reach", "near", "--routes").stderr
    assert method("near") is Method.ESTIMATE
    measured = finder("measure")
    assert measured.exit_code == 0
    assert "by road, truck 40 t" in measured.stdout
    assert "1 sites lie near no road that leads on" in measured.stdout
    assert (method("near"), method("far")) == (Method.NETWORK, Method.ESTIMATE)
    assert "Nothing is stale" in finder("measure").stdout
    assert "✓ All figures of access are from today's access points and roads" in finder("check").stdout
    found = finder("search", "--max-inland-port-min", "5")
    assert "near" in found.stdout
    assert "1 Mar 2026" in found.stdout


def test_measuring_one_kind_says_nothing_of_others(place: Path) -> None:
    finder("network", "build", place / "town.osm.pbf")
    for _ in range(2):
        measured = finder("measure", "--kind", "rail_freight")
        assert measured.exit_code == 0
        assert "Nothing is stale" not in measured.stdout, "other kinds are"
        assert "people" not in measured.stdout.lower(), "nobody counted them"
        assert "Rail freight" in measured.stdout
    assert method("near") is Method.ESTIMATE
    assert "Inland port" in finder("measure").stdout
    assert "Nothing is stale" in finder("measure").stdout


def test_measure_builds_from_an_extract(place: Path) -> None:
    assert finder("measure", "--network", place / "town.osm.pbf").exit_code == 0
    assert method("near") is Method.NETWORK
    assert (place / "data" / "flaechenfinder" / config.NETWORK).is_file()


def test_a_named_network_is_used(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = finder("network", "build", place / "town.osm.pbf", "-o", place / "own.network")
    assert built.exit_code == 0
    assert f"FINDER_NETWORK={place / 'own.network'}" in built.stderr
    monkeypatch.setenv("FINDER_NETWORK", str(place / "own.network"))
    assert finder("measure").exit_code == 0
    assert method("near") is Method.NETWORK


def test_sites_brought_in_later_are_measured_at_once(place: Path) -> None:
    finder("network", "build", place / "town.osm.pbf")
    new = json.loads((place / "sites.geojson").read_text())
    new["features"][0]["properties"] |= {"id": "later", "name": "later"}
    (place / "more.geojson").write_text(json.dumps({**new, "features": new["features"][:1]}))
    assert finder("import", place / "more.geojson", "--as", "published", "--partial").exit_code == 0
    assert method("later") is Method.NETWORK
    assert method("near") is Method.ESTIMATE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<osm version='0.6'></osm>", "osm.pbf"),
        (b"PK\x03\x04" + bytes(100), "osm.pbf"),
        (bytes(range(256)) * 10, "osm.pbf"),
    ],
)
def test_what_is_no_extract_is_refused(place: Path, content: bytes, said: str) -> None:
    (place / "wrong.osm.pbf").write_bytes(content)
    refused = finder("network", "build", place / "wrong.osm.pbf")
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (place / "data" / "flaechenfinder" / config.NETWORK).exists()


def test_a_failed_build_leaves_the_old_network(place: Path) -> None:
    finder("network", "build", place / "town.osm.pbf")
    before = finder("network", "show").stdout
    whole = (place / "town.osm.pbf").read_bytes()
    (place / "half.osm.pbf").write_bytes(whole[: len(whole) // 2])
    extracts.grid(motorway=False)
    bare = extracts.Extract().node(1, 7.1, 51.6).node(2, 7.2, 51.6).way(1, [1, 2], highway="footway")
    bare.write(place / "bare.osm.pbf")
    for name in ("half", "bare"):
        refused = finder("measure", "--network", place / f"{name}.osm.pbf")
        assert refused.exit_code == 2
        assert len(refused.stderr.strip().splitlines()) == 1
    assert finder("network", "show").stdout == before
    assert method("near") is Method.ESTIMATE


@pytest.mark.parametrize("content", [b"", b"ARROW1\0\0", b"no network at all" * 100])
def test_what_is_no_network_is_refused(place: Path, content: bytes) -> None:
    (place / "wrong.network").write_bytes(content)
    for words in (("measure", "--network", place / "wrong.network"), ("network", "show", place / "wrong.network")):
        refused = finder(*words)
        assert refused.exit_code == 2
        assert "wrong.network" in refused.stderr


def test_a_network_that_is_not_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finder("measure", "--network", place / "none.network").exit_code == 2
    assert finder("network", "show").exit_code == 2
    monkeypatch.setenv("FINDER_NETWORK", str(place / "none.network"))
    refused = finder("measure")
    assert refused.exit_code == 2
    assert "none.network" in refused.stderr


def test_nowhere_to_keep_it(place: Path) -> None:
    refused = finder("network", "build", place / "town.osm.pbf", "-o", place / "no" / "folder" / "x.network")
    assert refused.exit_code == 2
    assert "does not exist" in refused.stderr


def test_a_changed_file_is_noticed(place: Path) -> None:
    finder("network", "build", place / "town.osm.pbf", "-o", place / "own.network")
    content = bytearray((place / "own.network").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(64)
    (place / "own.network").write_bytes(content)
    refused = finder("network", "show", place / "own.network")
    assert refused.exit_code == 2
    assert "“own.network”" in refused.stderr
    assert "damaged" in refused.stderr


def test_reach_as_geojson(place: Path) -> None:
    assert finder("reach", "near").exit_code == 2
    finder("measure", "--network", place / "town.osm.pbf")
    areas = json.loads(finder("reach", "near").stdout)["features"]
    minutes = [area["properties"]["minutes"] for area in areas]
    assert minutes == sorted(minutes, reverse=True)
    assert {area["properties"]["vehicle"] for area in areas} == {"truck"}
    port = place / "routes.geojson"
    assert finder("reach", "near", "--routes", "--vehicle", "car", "-o", port).exit_code == 0
    (way,) = json.loads(port.read_text())["features"]
    assert way["geometry"]["type"] == "LineString"
    assert (way["properties"]["kind"], way["properties"]["vehicle"]) == ("inland_port", "car")
    assert finder("reach", "nobody").exit_code == 2
    refused = finder("reach", "far")
    assert refused.exit_code == 2
    assert "lies on no road" in refused.stderr


def test_junctions_of_the_extract_are_taken_in(place: Path) -> None:
    finder("network", "build", place / "town.osm.pbf")
    file = place / "junctions.geojson"
    assert finder("network", "junctions", "-o", file).exit_code == 0
    names = {feature["properties"]["name"] for feature in json.loads(file.read_text())["features"]}
    assert names == {"Musterstadt-W", "Musterstadt-O"}
    loaded = finder("load", "access", file)
    assert loaded.exit_code == 0, loaded.output
    shown = json.loads(finder("show", "near", "--format", "json").stdout)
    told = {name: shown[f"motorway_junction_{name}"] for name in ("name", "method", "as_of", "network_as_of")}
    assert told == {
        "name": "A 942 Musterstadt-W",
        "method": "network",
        "as_of": extracts.AS_OF,
        "network_as_of": extracts.AS_OF,
    }
