"""What was measured is kept by kind and vehicle."""

from __future__ import annotations

import numpy as np
import pytest
import sqlalchemy as sa

from finder import pipeline
from finder.model.access import AccessPoint, km_name, min_name
from finder.model.vocabulary import AccessKind, Method, Obstacle, Vehicle
from finder.store import access, reference, sites, tables
from tests import factories

JUNCTION = AccessKind.MOTORWAY_JUNCTION


@pytest.mark.parametrize("chunk", [2, 5000])
def test_access_is_replaced_and_gaps_stay_unknown(
    database_url: str, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(access, "CHUNK", chunk)
    point = factories.access_point()
    with factories.database(database_url, [factories.site() for _ in range(3)]) as database:
        with database.writing() as session:
            reference.replace(session, AccessPoint, [point])
            for km in (9.0, 2.0):
                columns = access.figures(
                    JUNCTION,
                    Vehicle.TRUCK,
                    points=np.array([point.id, None, point.id], dtype=object),
                    km=np.array([km, np.nan, km]),
                    minutes=np.array([4.5, np.nan, np.nan]),
                    methods=np.array(["estimate", None, "estimate"], dtype=object),
                )
                access.save(session, [1, 2, 3], columns)
        with database.reading() as session:
            names = (km_name(JUNCTION, Vehicle.TRUCK), min_name(JUNCTION, Vehicle.TRUCK))
            query = sa.select(*(tables.access.c[name] for name in (*names, "motorway_junction_truck_method")))
            rows = [tuple(row) for row in session.execute(query.order_by(tables.access.c.site_pk))]
            assert rows == [(2.0, 4.5, "estimate"), (None, None, None), (2.0, None, "estimate")]
            measured, unknown, half = sites.load(session, [1, 2, 3])
    assert [(a.km, a.minutes, a.minutes_method) for a in measured.access] == [(2.0, 4.5, Method.ESTIMATE)]
    assert unknown.access == ()
    assert [(a.km, a.minutes, a.minutes_method) for a in half.access] == [(2.0, None, None)]


def test_measuring_one_kind_leaves_the_others(database_url: str) -> None:
    points = [factories.access_point(JUNCTION, 1000.0), factories.access_point(AccessKind.AIRPORT, 5000.0)]
    with factories.database(database_url, [factories.site(geometry=factories.at())], access_points=points) as database:
        nearer = factories.access_point(JUNCTION, 400.0)
        with database.writing() as session:
            reference.replace(session, AccessPoint, [*points, nearer])
            pipeline.measure_access(session, kinds=[JUNCTION])
        with database.reading() as session:
            (one,) = sites.load(session, [1])
    assert {(a.kind, a.km) for a in one.access} == {(JUNCTION, 0.4), (AccessKind.AIRPORT, 5.0)}


def test_drives_are_told_as_they_were_found(database_url: str) -> None:
    found = access.Approaches(
        segment=np.array([7.0, np.nan, np.nan]),
        fraction=np.array([0.25, np.nan, np.nan]),
        snap_m=np.array([12.0, np.nan, np.nan]),
        obstacle=np.array([None, Obstacle.ISLAND.value, None], dtype=object),
    )
    with factories.database(database_url, [factories.site() for _ in range(4)]) as database:
        with database.writing() as session:
            columns = {"network": np.array(["town"] * 3, dtype=object), **found.columns(Vehicle.TRUCK)}
            access.save(session, [1, 2, 3], columns)
        with database.reading() as session:
            told = access.approaches(session, "town", Vehicle.TRUCK)
            assert access.approaches(session, "town", Vehicle.TRUCK, [2]).index.tolist() == [2]
            assert access.approaches(session, "another", Vehicle.TRUCK).empty
    assert told.index.tolist() == [1, 2, 3]
    assert told["segment"].notna().tolist() == [True, False, False]
    assert (told.loc[1, "segment"], told.loc[1, "fraction"], told.loc[1, "snap_m"]) == (7, 0.25, 12.0)
    assert told["obstacle"].tolist() == [None, Obstacle.ISLAND, None]
