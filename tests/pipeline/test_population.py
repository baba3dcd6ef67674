"""Bringing a census grid in: figures of all sites follow, the older grid gives way, what fails leaves all as it was."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from finder import crs, pipeline
from finder.errors import NotFound, UnusableInput
from finder.model.people import TOWNS
from finder.model.place import Municipality, Place
from finder.model.reach import Catchment
from finder.model.vocabulary import Method, Vehicle
from finder.pipeline.catchment import Ways
from finder.pipeline.catchment import ways as over
from finder.store import catchment, population, reference
from finder.store.database import Database
from tests import factories
from tests.factories import ORIGIN
from tests.roads import extracts

CAR, TRUCK = Vehicle.CAR, Vehicle.TRUCK
SIDE = 41
"""Cells on a side of the grid, which lies around the origin: 15 minutes do not lead beyond it, 60 do."""


def written(path: Path, people: int = 100, *, side: int = SIDE, **columns: Any) -> Path:
    """Write a grid of cells of one kilometre around the origin as a census office does."""
    middle = np.arange(side) - side // 2
    x, y = np.meshgrid(ORIGIN[0] + middle * 1000.0, ORIGIN[1] + middle * 1000.0)
    points = crs.transform(shapely.points(x.ravel(), y.ravel()), crs.METRIC, 3035)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["x_mp_1km", "y_mp_1km", "Einwohner", *columns])
        for point in points:
            writer.writerow([f"{point.x:.1f}", f"{point.y:.1f}", people, *columns.values()])
    return path


@pytest.fixture
def filled(database_url: str) -> Iterator[Database]:
    """A database of a site in the middle, one without a place, and a town around."""
    sites = [factories.site(id="A-1", geometry=factories.at()), factories.site(id="A-2")]
    town = factories.municipality(
        inhabitants=60_000, inhabitants_as_of="2018-12-31", geometry=factories.square(-2_100, -2_100, 4_200)
    )
    with factories.database(database_url, sites) as database:
        with database.writing() as session:
            reference.replace(session, Municipality, [town])
            pipeline.measure_catchments(session)
        yield database


def counted(database: Database, id_: str = "A-1") -> dict[tuple[Vehicle, int], Catchment]:
    with database.reading() as session:
        return {(one.vehicle, one.minutes): one for one in catchment.of(session, id_)}


def test_towns_count_until_a_grid_does_and_again_when_it_is_taken_back(filled: Database, tmp_path: Path) -> None:
    before = counted(filled)[CAR, 15]
    assert (before.inhabitants, before.basis, before.as_of) == (60_000, TOWNS, "2018-12-31")
    path = written(tmp_path / "cells.csv")
    report = pipeline.load_population(filled, path, source="Zensus", as_of="2022")
    assert (report.read, report.grid.cells, report.rejected, report.measured) == (SIDE**2, SIDE**2, 0, 2)
    assert (report.grid.inhabitants, report.inside) == (100 * SIDE**2, 2_500)
    assert (report.schematic, report.changed, report.stored) == (True, True, True)
    now = counted(filled)[CAR, 15]
    assert (now.basis, now.as_of, now.method, now.at_least) == ("Zensus", "2022", Method.ESTIMATE, False)
    assert now.inhabitants is not None
    assert now.inhabitants % 100 == 0
    assert 0 < now.inhabitants < report.grid.inhabitants
    last = counted(filled)[CAR, 60]
    assert (last.inhabitants, last.at_least) == (100 * SIDE**2, True), "the grid ends before sixty minutes do"
    assert counted(filled, "A-2") == {}
    grid, measured = pipeline.withdraw_population(filled)
    assert (grid.source, measured) == ("Zensus", 2)
    assert counted(filled)[CAR, 15] == before
    with pytest.raises(NotFound):
        pipeline.withdraw_population(filled)


def test_the_same_grid_again_changes_nothing_and_another_one_takes_its_place(filled: Database, tmp_path: Path) -> None:
    path = written(tmp_path / "cells.csv")
    pipeline.load_population(filled, path)
    again = pipeline.load_population(filled, path)
    assert (again.changed, again.measured) == (False, 0)
    first = counted(filled)[TRUCK, 15].inhabitants
    report = pipeline.load_population(filled, written(tmp_path / "more.csv", 200))
    assert (report.changed, report.measured) == (True, 2)
    assert first is not None
    assert counted(filled)[TRUCK, 15].inhabitants == 2 * first
    with filled.reading() as session:
        assert len(population.people(session)) == SIDE**2


def test_workforce_is_counted_where_the_file_has_it(filled: Database, tmp_path: Path) -> None:
    pipeline.load_population(filled, written(tmp_path / "cells.csv", Beschäftigte=40))
    one = counted(filled)[TRUCK, 30]
    assert one.inhabitants is not None
    assert one.workforce == pytest.approx(one.inhabitants * 0.4)


def test_a_name_or_date_of_its_own_counts_unless_another_is_given(filled: Database, tmp_path: Path) -> None:
    path = written(tmp_path / "cells.csv", Quelle="Amt", Stichtag="09.05.2011")
    assert pipeline.load_population(filled, path).grid.as_of == "2011-05-09"
    assert counted(filled)[CAR, 15].basis == "Amt"
    report = pipeline.load_population(filled, path, source="Zensus", as_of="2011-05")
    assert (report.grid.source, report.grid.as_of, report.changed) == ("Zensus", "2011-05", True)
    assert (counted(filled)[CAR, 15].basis, counted(filled)[CAR, 15].as_of) == ("Zensus", "2011-05")


def test_a_dry_run_tells_all_and_stores_nothing(filled: Database, tmp_path: Path) -> None:
    before = counted(filled)
    path = written(tmp_path / "cells.csv")
    dry, real = (pipeline.load_population(filled, path, dry_run=dry) for dry in (True, False))
    assert (dry.stored, real.stored) == (False, True)
    assert (dry.grid, dry.measured, dry.inside) == (real.grid, real.measured, real.inside)
    now = counted(filled)
    pipeline.withdraw_population(filled, dry_run=True)
    assert counted(filled) == now != before


@pytest.mark.parametrize(
    ("lines", "how", "message"),
    [
        (["x;y;Alter", "4112500;3163500;4"], {}, "No column holds inhabitants"),
        (["x;y;Einwohner", "5112500;3163500;4"], {}, "none of .* puts it here"),
        (["x;y;Einwohner", "4112500;3163500;4"], {"as_of": "gestern"}, "“gestern” is no date"),
        (["x;y;Einwohner", "4112500;3163500;4"], {"crs_given": "EPSG:4326"}, "No row of the file says where it lies"),
        (["x;y;Einwohner", "4112500;3163500;4"], {"crs_given": "EPSG:99999"}, "is not known"),
    ],
)
def test_what_cannot_be_used_loses_nothing(
    filled: Database, tmp_path: Path, lines: list[str], how: dict[str, Any], message: str
) -> None:
    pipeline.load_population(filled, written(tmp_path / "cells.csv"))
    before = counted(filled)
    path = tmp_path / "wrong.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UnusableInput, match=message):
        pipeline.load_population(filled, path, **how)
    assert counted(filled) == before
    with filled.reading() as session:
        grid = population.grid(session)
    assert grid is not None
    assert grid.file_name == "cells.csv"


# -- what is counted when ---------------------------------------------------------------------------------------------


def test_sites_that_come_in_are_counted(filled: Database, tmp_path: Path) -> None:
    lon, lat = shapely.get_coordinates(crs.to_lonlat(factories.at(300, 0)))[0]
    path = tmp_path / "sites.csv"
    path.write_text(
        f"source,source_id,name,municipality,lon,lat\ntest,n,Neu,05990001,{lon:.6f},{lat:.6f}\n", encoding="utf-8"
    )
    report = pipeline.deliver(filled, path)
    (new,) = report.outcomes
    assert counted(filled, new.id)[CAR, 15].inhabitants == 60_000


def test_only_what_is_stale_is_counted_again(filled: Database) -> None:
    with filled.writing() as session:
        assert pipeline.measure_catchments(session) == 0
        reference.replace(session, Place, [factories.place("Nachbarstadt", 9_000, 0, inhabitants=7)])
        assert pipeline.measure_catchments(session) == 2
        assert pipeline.measure_catchments(session) == 0
        assert pipeline.measure_catchments(session, [1]) == 1
    assert counted(filled)[CAR, 60].inhabitants == 60_007


def test_where_nobody_is_known_nothing_is(database_url: str) -> None:
    with factories.database(database_url, [factories.site(id="A-1", geometry=factories.at())]) as database:
        with database.writing() as session:
            assert pipeline.measure_catchments(session) == 1
            assert pipeline.measure_catchments(session) == 0
        assert all(one.inhabitants is None for one in counted(database).values())


def ways(minutes: Sequence[float] | None, network: str = "n") -> Ways:
    """Return a network over which the towns take these minutes from every plot."""

    def way(plot: Any, vehicle: Vehicle) -> Any:
        return None if minutes is None or vehicle is TRUCK else np.array(minutes)

    return Ways(network=network, as_of="2026-03-01", to=lambda people: way)


def test_minutes_over_a_network_count_where_the_site_meets_it(filled: Database) -> None:
    with filled.writing() as session:
        reference.replace(session, Place, [factories.place("Nachbarstadt", 9_000, 0, inhabitants=7)])
        assert pipeline.measure_catchments(session, minutes=ways([20.0, 50.0])) == 2
    found = counted(filled)
    assert [found[CAR, limit].inhabitants for limit in (15, 30, 45, 60)] == [None, 60_000, 60_000, 60_007]
    assert found[CAR, 30].method is Method.NETWORK
    assert found[CAR, 30].network_as_of == "2026-03-01"
    assert found[TRUCK, 30].method is Method.ESTIMATE, "it does not meet the network"
    assert found[TRUCK, 30].network_as_of is None
    assert counted(filled, "A-2") == {}
    with filled.writing() as session:
        assert pipeline.measure_catchments(session, minutes=ways([20.0, 50.0])) == 0
        assert pipeline.measure_catchments(session) == 0, "those from a network are good"
        assert pipeline.measure_catchments(session, minutes=ways([20.0, 50.0], "other")) == 2


def test_people_to_whom_no_way_is_known_make_it_at_least(filled: Database) -> None:
    middle = [factories.place(f"P{n}", x, y, inhabitants=1) for n, (x, y) in enumerate(RING)]
    with filled.writing() as session:
        reference.replace(session, Municipality, [])
        reference.replace(session, Place, middle)
        minutes = [5.0] * len(middle)
        pipeline.measure_catchments(session, [1], minutes=ways(minutes))
        whole = {limit: one for limit in (15, 60) for one in catchment.load(session, [1])[1] if one.minutes == limit}
        pipeline.measure_catchments(session, [1], minutes=ways([float("nan"), *minutes[1:]]))
        lost = catchment.load(session, [1])[1][0]
    assert (lost.minutes, lost.inhabitants, lost.at_least) == (15, len(middle) - 1, True)
    assert whole[15].inhabitants == len(middle)


RING = [(x * 1000.0, y * 1000.0) for x in range(-3, 4) for y in range(-3, 4)]


def test_minutes_come_along_the_roads(database_url: str, tmp_path: Path) -> None:
    town = extracts.grid()
    network = pipeline.build_network(town.write(tmp_path / "town.osm.pbf"), tmp_path / "town.network")

    def on(east_m: float, north_m: float) -> shapely.Point:
        point: shapely.Point = crs.points_to_metric(*([degrees] for degrees in town.place(east_m, north_m)))[0]
        return point

    near, beside = on(200.0, 200.0), on(200.0, 9_000.0)
    places = [
        factories.place("Mitte", geometry=near, inhabitants=5),
        factories.place("Weit", geometry=beside, inhabitants=9),
    ]
    sites = [factories.site(id="in", geometry=on(300.0, 300.0)), factories.site(id="off", geometry=on(300.0, 9_000.0))]
    with factories.database(database_url, sites, places=places) as database:
        with database.writing() as session:
            assert pipeline.measure_catchments(session, minutes=over(network)) == 2
        inside, off = counted(database, "in")[CAR, 60], counted(database, "off")[CAR, 60]
    assert (inside.inhabitants, inside.method, inside.network_as_of) == (5, Method.NETWORK, network.as_of)
    assert inside.at_least, "to the other place, which is not far, no road is known"
    assert (off.inhabitants, off.method) == (14, Method.ESTIMATE)
