"""What was counted is kept by site and vehicle, and known to be stale."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from finder.model.reach import CATCHMENT_MIN
from finder.model.vocabulary import Method, Vehicle
from finder.store import catchment
from finder.store.catchment import Counted, Counting
from finder.store.database import Session
from tests import factories

NAN = float("nan")
COUNTING = Counting(key="k", basis="Zensus", as_of="2022")
DRIVEN = dataclasses.replace(COUNTING, network="n", network_as_of="2026-03-01")


def save(
    session: Session, keys: list[int], counting: Counting, vehicle: Vehicle = Vehicle.CAR, first: float = 5.0
) -> int:
    """Keep figures that begin with `first` for all these sites."""
    figures = np.array([[first, NAN, 100.4, 200.6]] * len(keys))
    method = Method.ESTIMATE if counting.network is None else Method.NETWORK
    counted = Counted(figures, figures / 2, np.array([[False, False, True, True]] * len(keys)), [method] * len(keys))
    id_ = catchment.note(session, counting)
    catchment.save(session, keys, counted.columns(vehicle, id_))
    return id_


@pytest.mark.parametrize("chunk", [2, 5000])
def test_figures_come_back_and_gaps_stay_unknown(
    database_url: str, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(catchment, "CHUNK", chunk)
    with factories.database(database_url, [factories.site() for _ in range(3)]) as database:
        with database.writing() as session:
            save(session, [1, 2, 3], COUNTING)
            save(session, [2, 3], COUNTING, first=8.0)
            save(session, [3], DRIVEN, Vehicle.TRUCK)
        with database.reading() as session:
            found = catchment.load(session, [1, 2, 3])
    assert [found[key][0].inhabitants for key in (1, 2, 3)] == [5, 8, 8]
    assert [(one.minutes, one.inhabitants, one.workforce, one.at_least) for one in found[1]] == [
        (15, 5, 2, False),
        (30, None, None, False),
        (45, 100, 50, True),
        (60, 201, 100, True),
    ]
    assert {(one.vehicle, one.method, one.basis, one.as_of, one.network_as_of) for one in found[3]} == {
        (Vehicle.CAR, Method.ESTIMATE, "Zensus", "2022", None),
        (Vehicle.TRUCK, Method.NETWORK, "Zensus", "2022", "2026-03-01"),
    }


def test_a_site_is_found_by_its_public_id(database_url: str) -> None:
    with (
        factories.database(database_url, [factories.site(id="A-1"), factories.site(id="A-2")]) as database,
        database.writing() as session,
    ):
        save(session, [1], COUNTING)
        assert [one.minutes for one in catchment.of(session, "A-1")] == list(CATCHMENT_MIN)
        assert catchment.of(session, "A-2") == catchment.of(session, "A-3") == ()


def test_what_is_from_another_counting_or_from_none_is_stale(database_url: str) -> None:
    sites = [factories.site() for _ in range(4)]
    with factories.database(database_url, sites) as database, database.writing() as session:
        for vehicle in Vehicle:
            old = save(session, [1, 4], COUNTING, vehicle)
            new = save(session, [2], DRIVEN, vehicle)
        save(session, [4], DRIVEN, Vehicle.TRUCK)
        assert catchment.note(session, COUNTING) == old
        assert catchment.stale(session, [old]) == [2, 3, 4]
        assert catchment.stale(session, [old, new]) == [3]
        assert catchment.stale(session, []) == [1, 2, 3, 4]


def test_countings_that_nothing_is_from_are_forgotten(database_url: str) -> None:
    with (
        factories.database(database_url, [factories.site(), factories.site()]) as database,
        database.writing() as session,
    ):
        save(session, [1, 2], COUNTING)
        save(session, [1], DRIVEN)
        catchment.prune(session)
        assert set(catchment.countings(session).values()) == {COUNTING, DRIVEN}
        save(session, [2], DRIVEN)
        catchment.prune(session)
        assert list(catchment.countings(session).values()) == [DRIVEN]


def test_a_site_that_lies_elsewhere_loses_its_figures(database_url: str) -> None:
    sites = [factories.site(geometry=factories.at(1000 * n, 0)) for n in range(3)]
    with factories.database(database_url, sites) as database, database.writing() as session:
        save(session, [1, 2, 3], COUNTING)
        moved = dataclasses.replace(sites[0], geometry=factories.at(500, 500))
        renamed = dataclasses.replace(sites[1], name="Neuer Name")
        factories.save(session, [moved, renamed])
        assert sorted(catchment.load(session, [1, 2, 3])) == [2, 3]
