"""Reference data: replaced as a whole, read back as it was, in an order that pages can rely on."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import sqlalchemy as sa

from finder.model.access import AccessPoint, km_name, min_name
from finder.model.place import MapLine, Municipality, Place
from finder.model.vocabulary import AccessKind, Method, Vehicle
from finder.store import reference, sites, tables
from tests import factories

JUNCTION = AccessKind.MOTORWAY_JUNCTION


def test_reference_data_comes_back_as_it_was(database_url: str) -> None:
    town = Municipality(
        code="05990009",
        name="Aahaus",
        county="Kreis Muster",
        inhabitants=70_000,
        inhabitants_as_of="2023-12-31",
        area_km2=81.5,
        trade_tax_percent=480,
        trade_tax_year=2025,
        website="https://example.org",
        office="Wirtschaftsförderung",
        geometry=factories.square(side=5000),
        schematic=False,
        boundary_source="Amt",
    )
    bare = factories.municipality()
    point = factories.access_point(road="A 99", uncertainty_m=300.0, note="aus Zentrum geschätzt")
    stop = factories.access_point(AccessKind.BUS_STOP)
    large, small = factories.place("Großstadt", inhabitants=600_000), factories.place("Kleinstadt", inhabitants=900)
    line = MapLine(
        id="A 99",
        kind="motorway",
        name="A 99",
        geometry=shapely.LineString([(368_000, 5_720_000), (369_000, 5_721_000)]),
    )
    with factories.database(database_url) as database:
        with database.writing() as session:
            assert reference.replace(session, Municipality, [bare, town]) == 2
            reference.replace(session, AccessPoint, [stop, point])
            reference.replace(session, Place, [small, large])
            reference.replace(session, MapLine, [line])
        with database.reading() as session:
            assert reference.municipalities(session) == [town, bare]
            assert reference.access_points(session) == sorted([point, stop], key=lambda p: p.id)
            assert reference.access_points(session, [JUNCTION]) == [point]
            assert reference.places(session) == [large, small]
            assert reference.lines(session) == [line]
        with database.writing() as session:
            assert reference.replace(session, Place, []) == 0
            assert reference.places(session) == []


def test_boundaries_replace_schematic_areas(database_url: str) -> None:
    area = factories.square(side=9000)
    with factories.database(database_url) as database:
        with database.writing() as session:
            given = {"05990002": area, "05999999": area}
            assert reference.set_boundaries(session, given, "VG250") == ["05990002"]
        with database.reading() as session:
            towns = {town.code: town for town in reference.municipalities(session)}
    assert (towns["05990002"].geometry, towns["05990002"].schematic) == (area, False)
    assert towns["05990002"].boundary_source == "VG250"
    assert towns["05990001"].schematic


def test_settings_are_kept_and_replaced(database_url: str) -> None:
    with factories.database(database_url) as database, database.writing() as session:
        assert reference.setting(session, "colour") is None
        reference.set_setting(session, "colour", "red")
        reference.set_setting(session, "colour", "blue")
        assert reference.setting(session, "colour") == "blue"


@pytest.mark.parametrize("chunk", [2, 5000])
def test_access_is_replaced_and_gaps_stay_unknown(
    database_url: str, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(reference, "CHUNK", chunk)
    point = factories.access_point()
    with factories.database(database_url, [factories.site() for _ in range(3)]) as database:
        with database.writing() as session:
            reference.replace(session, AccessPoint, [point])
            for km in (9.0, 2.0):
                columns = reference.access_columns(
                    JUNCTION,
                    Vehicle.TRUCK,
                    points=np.array([point.id, None, point.id], dtype=object),
                    km=np.array([km, np.nan, km]),
                    minutes=np.array([4.5, np.nan, np.nan]),
                    km_method=Method.BEELINE,
                    method=Method.ESTIMATE,
                )
                reference.save_access(session, [1, 2, 3], columns)
        with database.reading() as session:
            names = (km_name(JUNCTION, Vehicle.TRUCK), min_name(JUNCTION, Vehicle.TRUCK))
            query = sa.select(*(tables.access.c[name] for name in (*names, "motorway_junction_method")))
            rows = [tuple(row) for row in session.execute(query.order_by(tables.access.c.site_pk))]
            assert rows == [(2.0, 4.5, "estimate"), (None, None, None), (2.0, None, "estimate")]
            measured, unknown, half = sites.load(session, [1, 2, 3])
    assert [(a.km, a.minutes, a.minutes_method) for a in measured.access] == [(2.0, 4.5, Method.ESTIMATE)]
    assert unknown.access == ()
    assert [(a.km, a.minutes, a.minutes_method) for a in half.access] == [(2.0, None, None)]


def test_measuring_one_kind_leaves_the_others(database_url: str) -> None:
    from finder import pipeline

    points = [factories.access_point(JUNCTION, 1000.0), factories.access_point(AccessKind.AIRPORT, 5000.0)]
    with factories.database(database_url, [factories.site(geometry=factories.at())], access_points=points) as database:
        nearer = factories.access_point(JUNCTION, 400.0)
        with database.writing() as session:
            reference.replace(session, AccessPoint, [*points, nearer])
            pipeline.measure_access(session, kinds=[JUNCTION])
        with database.reading() as session:
            (one,) = sites.load(session, [1])
    assert {(a.kind, a.km) for a in one.access} == {(JUNCTION, 0.4), (AccessKind.AIRPORT, 5.0)}
