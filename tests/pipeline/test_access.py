"""Measuring over the road network: what is measured, by what, and what need not be measured again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from finder import crs, pipeline, sources
from finder.measures import routing
from finder.model.access import AccessPoint
from finder.model.vocabulary import AccessKind, GeometryQuality, Method, Obstacle, Vehicle
from finder.roads import building, network, snapping
from finder.roads.network import Network
from finder.store import access, edits, reference, sites
from finder.store.database import Database
from tests import factories
from tests.roads import extracts

JUNCTION, PORT, AIRPORT, STOP = (
    AccessKind.MOTORWAY_JUNCTION,
    AccessKind.INLAND_PORT,
    AccessKind.AIRPORT,
    AccessKind.BUS_STOP,
)
NOW = factories.NOW


def built(folder: Path, extract: extracts.Extract | None = None, name: str = "town") -> Network:
    """Return the network of an extract, by default that of the invented town."""
    pbf = (extract or extracts.grid()).write(folder / f"{name}.osm.pbf")
    return pipeline.build_network(pbf, folder / f"{name}.network")


@pytest.fixture(scope="module")
def town() -> extracts.Grid:
    return extracts.grid()


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory, town: extracts.Grid) -> Network:
    return built(tmp_path_factory.mktemp("roads"), town)


def on(town: extracts.Grid, east_m: float, north_m: float) -> shapely.Point:
    """Return the point so far from the town's south-western crossing, in metres of the region."""
    lon, lat = town.place(east_m, north_m)
    point: shapely.Point = crs.points_to_metric([lon], [lat])[0]
    return point


def plot(town: extracts.Grid, east_m: float, north_m: float, side_m: float = 60.0) -> shapely.Polygon:
    """Return a square plot around that point."""
    centre = on(town, east_m, north_m)
    half = side_m / 2
    return shapely.box(centre.x - half, centre.y - half, centre.x + half, centre.y + half)


def points(town: extracts.Grid) -> list[AccessPoint]:
    return [
        factories.access_point(JUNCTION, id="west", geometry=on(town, 0.0, -1000.0), uncertainty_m=100.0),
        factories.access_point(JUNCTION, id="east", geometry=on(town, 1000.0, -1000.0), uncertainty_m=100.0),
        factories.access_point(PORT, id="port", geometry=on(town, 500.0, 820.0)),
        factories.access_point(STOP, id="stop", geometry=on(town, 210.0, 190.0)),
    ]


def ways(database: Database, id_: str) -> dict[tuple[AccessKind, Vehicle], Any]:
    with database.reading() as session:
        return {(way.kind, way.vehicle): way for way in sites.get(session, id_).access}


def test_figures_are_those_along_the_road(database_url: str, town: extracts.Grid, roads: Network) -> None:
    near = plot(town, 330.0, 260.0)
    site = factories.site(id="near", geometry=near, geometry_quality=GeometryQuality.PARCEL)
    with factories.database(database_url, [site], access_points=points(town)) as database:
        measured = pipeline.measure(database, network=roads)
        found = ways(database, "near")
    assert measured.sites == 1
    for vehicle in Vehicle:
        snaps = snapping.snap(roads, vehicle, np.array([near], dtype=object))
        port = snapping.snap(roads, vehicle, np.array([on(town, 500.0, 820.0)], dtype=object), plots=False)
        way = routing.nearest(roads, vehicle, snaps, snapping.arcs(roads, vehicle, port))
        told = found[PORT, vehicle]
        assert (told.method, told.km_method, told.minutes_method) == (Method.NETWORK,) * 3
        assert told.minutes == pytest.approx(way.seconds[0] / 60)
        assert told.km == pytest.approx(way.metres[0] / 1000)
        # between the streets, 10 m from the plot's edge to the one in the south of it
        assert told.snap_m == pytest.approx(30.0, abs=1.0) or told.snap_m == pytest.approx(40.0, abs=1.0)
        assert told.network_as_of == extracts.AS_OF
        assert found[JUNCTION, vehicle].point_id == "west"
        assert found[JUNCTION, vehicle].km > 1.0
    assert found[PORT, Vehicle.TRUCK].minutes > found[PORT, Vehicle.CAR].minutes


def test_nothing_is_measured_twice(database_url: str, town: extracts.Grid, roads: Network) -> None:
    known = [factories.site(geometry=plot(town, 300.0 + 200 * i, 300.0)) for i in range(3)]
    with factories.database(database_url, known, access_points=points(town)) as database:
        assert pipeline.measure(database, network=roads).sites == 3
        assert pipeline.measure(database, network=roads).sites == 0
        assert pipeline.measure(database, network=roads, everything=True).sites == 3


def test_a_moved_site_alone_is_stale(database_url: str, town: extracts.Grid, roads: Network) -> None:
    known = [factories.site(id=f"S-{i}", geometry=plot(town, 300.0 + 200 * i, 300.0)) for i in range(3)]
    with factories.database(database_url, known, access_points=points(town)) as database:
        pipeline.measure(database, network=roads)
        before = ways(database, "S-1")
        with database.writing() as session:
            edits.edit(session, "S-1", {"geometry": plot(town, 300.0, 750.0)}, version=1, actor="desk", at=NOW)
        with database.reading() as session:
            assert set(pipeline.stale(session, network=roads).values()) == {1}
        assert ways(database, "S-1") == {}
        assert pipeline.measure(database, network=roads).sites == 1
        assert ways(database, "S-1")[PORT, Vehicle.CAR].km < before[PORT, Vehicle.CAR].km


def test_a_changed_name_makes_nothing_stale(database_url: str, town: extracts.Grid, roads: Network) -> None:
    with factories.database(
        database_url, [factories.site(id="S", geometry=plot(town, 300.0, 300.0))], access_points=points(town)
    ) as database:
        pipeline.measure(database, network=roads)
        with database.writing() as session:
            edits.edit(session, "S", {"name": "Am Ring"}, version=1, actor="desk", at=NOW)
        assert pipeline.measure(database, network=roads).sites == 0


@pytest.mark.parametrize("change", ["moved", "gone", "new"])
def test_changed_points_make_their_kind_stale(
    database_url: str, town: extracts.Grid, roads: Network, change: str
) -> None:
    known = points(town)
    with factories.database(
        database_url, [factories.site(id="S", geometry=plot(town, 300.0, 300.0))], access_points=known
    ) as database:
        pipeline.measure(database, network=roads)
        moved = dataclasses.replace(known[2], geometry=on(town, 100.0, 10.0))
        other = {
            "moved": [*known[:2], moved, known[3]],
            "gone": [*known[:2], known[3]],
            "new": [*known, dataclasses.replace(moved, id="other")],
        }[change]
        with database.writing() as session:
            reference.replace(session, AccessPoint, other)
        measured = pipeline.measure(database, network=roads)
        assert {kind for kind, n in measured.stale.items() if n} == {PORT}
        assert ((PORT, Vehicle.CAR) in ways(database, "S")) == (change != "gone")


def test_another_network_makes_all_stale(
    database_url: str, town: extracts.Grid, roads: Network, tmp_path: Path
) -> None:
    other = built(tmp_path, slow_town())
    assert other.key != roads.key
    with factories.database(
        database_url, [factories.site(id="S", geometry=plot(town, 300.0, 300.0))], access_points=points(town)
    ) as database:
        pipeline.measure(database)
        assert ways(database, "S")[PORT, Vehicle.CAR].method is Method.ESTIMATE
        pipeline.measure(database, network=roads)
        first = ways(database, "S")[PORT, Vehicle.CAR]
        assert pipeline.measure(database, network=other).sites == 1
        second = ways(database, "S")[PORT, Vehicle.CAR]
        with database.reading() as session:
            used = {measuring.network for measuring in access.measurings(session).values()}
    assert first.method is second.method is Method.NETWORK
    assert first.minutes < second.minutes
    assert used == {other.key}


@pytest.mark.parametrize("everything", [False, True])
def test_without_a_network_what_one_told_is_not_lost(
    database_url: str, town: extracts.Grid, roads: Network, everything: bool
) -> None:
    with factories.database(
        database_url, [factories.site(id="S", geometry=plot(town, 300.0, 300.0))], access_points=points(town)
    ) as database:
        pipeline.measure(database, network=roads)
        before = ways(database, "S")
        assert pipeline.measure(database, everything=everything).sites == 0
        assert ways(database, "S") == before


def test_one_kind_alone(database_url: str, town: extracts.Grid, roads: Network) -> None:
    with factories.database(
        database_url, [factories.site(id="S", geometry=plot(town, 300.0, 300.0))], access_points=points(town)
    ) as database:
        pipeline.measure(database)
        pipeline.measure(database, [PORT], network=roads)
        methods = {kind: way.method for (kind, _), way in ways(database, "S").items()}
    assert methods == {JUNCTION: Method.ESTIMATE, PORT: Method.NETWORK, STOP: Method.ESTIMATE}


def test_a_site_outside_the_extract_keeps_its_estimate_and_says_why(
    database_url: str, town: extracts.Grid, roads: Network
) -> None:
    far = factories.site(id="far", geometry=plot(town, 30_000.0, 0.0))
    with factories.database(database_url, [far], access_points=points(town)) as database:
        measured = pipeline.measure(database, network=roads)
        found = ways(database, "far")
    assert measured.outside == {Vehicle.CAR: 1, Vehicle.TRUCK: 1}
    assert {way.method for way in found.values()} == {Method.ESTIMATE}
    assert {way.obstacle for way in found.values()} == {Obstacle.OUTSIDE}
    assert {way.network_as_of for way in found.values()} == {None}


def test_a_site_on_an_island_says_so(database_url: str, tmp_path: Path) -> None:
    town = extracts.grid()
    for i, east_m in enumerate((5000.0, 5300.0)):
        town.node(700_000 + i, *town.place(east_m, 0.0))
    town.way(700_000, [700_000, 700_001], highway="residential")
    roads = built(tmp_path, town)
    island = factories.site(id="island", geometry=plot(town, 5100.0, 50.0))
    with factories.database(database_url, [island], access_points=points(town)) as database:
        pipeline.measure(database, network=roads)
        found = ways(database, "island")
    assert {way.obstacle for way in found.values()} == {Obstacle.ISLAND}
    assert {way.method for way in found.values()} == {Method.ESTIMATE}


def test_a_truck_may_have_an_obstacle_where_a_car_has_none(database_url: str, tmp_path: Path) -> None:
    town = extracts.grid()
    for way in [id_ for id_, (_, tags) in town.ways.items() if tags.get("highway") == "residential"]:
        town.retag(way, hgv="no")
    roads = built(tmp_path, town)
    site = factories.site(id="S", geometry=plot(town, 500.0, 500.0))
    with factories.database(database_url, [site], access_points=points(town)) as database:
        pipeline.measure(database, network=roads)
        found = ways(database, "S")
    car, truck = found[JUNCTION, Vehicle.CAR], found[JUNCTION, Vehicle.TRUCK]
    # the truck's nearest road is the one around the town
    assert (car.method, truck.method) == (Method.NETWORK, Method.NETWORK)
    assert car.snap_m < 100 < truck.snap_m


def test_points_that_nobody_drives_to_stay_estimates(database_url: str, town: extracts.Grid, roads: Network) -> None:
    off = factories.access_point(AIRPORT, id="off", geometry=on(town, 9000.0, 9000.0))
    site = factories.site(id="S", geometry=plot(town, 300.0, 300.0))
    with factories.database(database_url, [site], access_points=[*points(town), off]) as database:
        pipeline.measure(database, network=roads)
        found = ways(database, "S")[AIRPORT, Vehicle.CAR]
    assert (found.method, found.obstacle, found.point_id) == (Method.ESTIMATE, Obstacle.UNREACHED, "off")


def slow_town() -> extracts.Grid:
    """Return the town with streets that are driven at a walking pace."""
    town = extracts.grid()
    for way in [id_ for id_, (_, tags) in town.ways.items() if tags.get("highway") in ("residential", "secondary")]:
        town.retag(way, maxspeed=10)
    return town


def test_a_nearer_point_off_the_network_is_not_passed_over(
    database_url: str, town: extracts.Grid, tmp_path: Path
) -> None:
    here = factories.access_point(PORT, id="here", geometry=on(town, 1000.0, 800.0))
    off = factories.access_point(PORT, id="off", geometry=on(town, -1300.0, 400.0))
    west, east = plot(town, 20.0, 420.0, 20.0), plot(town, 950.0, 700.0, 20.0)
    known = [factories.site(id="west", geometry=west), factories.site(id="east", geometry=east)]
    with factories.database(database_url, known, access_points=[here, off]) as database:
        pipeline.measure(database, network=built(tmp_path, slow_town()))
        from_west, from_east = ways(database, "west"), ways(database, "east")
    for vehicle in Vehicle:
        told, other = from_west[PORT, vehicle], from_east[PORT, vehicle]
        assert (told.point_id, told.method, told.obstacle) == ("off", Method.ESTIMATE, Obstacle.UNREACHED)
        assert (other.point_id, other.method, other.obstacle) == ("here", Method.NETWORK, None)


def test_no_points_of_a_kind_and_no_place(database_url: str, town: extracts.Grid, roads: Network) -> None:
    known = [factories.site(id="nowhere"), factories.site(id="S", geometry=plot(town, 300.0, 300.0))]
    with factories.database(database_url, known, access_points=points(town)[:2]) as database:
        measured = pipeline.measure(database, network=roads)
        assert ways(database, "nowhere") == {}
        assert {kind for kind, _ in ways(database, "S")} == {JUNCTION}
        assert pipeline.measure(database, network=roads).sites == 0
    assert measured.sites == 2
    assert measured.outside == {}


def test_an_approximate_outline_is_left_from_its_middle(database_url: str, town: extracts.Grid, roads: Network) -> None:
    around = on(town, 330.0, 260.0).buffer(400.0)
    known = [
        factories.site(id="vague", geometry=around, geometry_quality=GeometryQuality.APPROXIMATE),
        factories.site(id="point", geometry=on(town, 330.0, 260.0), geometry_quality=GeometryQuality.POINT),
    ]
    with factories.database(database_url, known, access_points=points(town)) as database:
        pipeline.measure(database, network=roads)
        vague, point = ways(database, "vague"), ways(database, "point")
    for key, way in point.items():
        assert vague[key].km == pytest.approx(way.km, abs=1e-6)


def test_a_failing_measurement_leaves_the_old_figures(
    database_url: str, town: extracts.Grid, roads: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = factories.site(id="S", geometry=plot(town, 300.0, 300.0))
    with factories.database(database_url, [site], access_points=points(town)) as database:
        pipeline.measure(database)
        before = ways(database, "S")

        def fail(*_: Any, **__: Any) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(access, "prune", fail)
        with pytest.raises(OSError, match="disk full"):
            pipeline.measure(database, network=roads)
        assert ways(database, "S") == before


def test_a_network_reads_back_as_it_was_built(town: extracts.Grid, tmp_path: Path) -> None:
    records = sources.read_roads(town.write(tmp_path / "a.osm.pbf"))
    made = building.build(records)
    network.write(made, tmp_path / "a.network")
    again = Network.open(tmp_path / "a.network")
    again.check()
    assert again.key == made.key
    assert dt.date.fromisoformat(str(again.as_of)) == dt.date(2026, 3, 1)
