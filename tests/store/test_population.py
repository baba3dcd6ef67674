"""Where people are: the loaded grid, else the towns, each counted once."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from finder.model.people import TOWNS, Grid
from finder.model.place import Municipality, Place
from finder.store import population, reference
from finder.store.database import Session
from tests import factories
from tests.factories import ORIGIN

NAN = float("nan")


def grid(**known: Any) -> Grid:
    given: dict[str, Any] = {
        "key": "k1",
        "source": "Zensus",
        "file_name": "cells.csv",
        "sha256": "0" * 64,
        "as_of": "2022-05-15",
        "system": "EPSG:3035",
        "cells": 3,
        "unknown": 1,
        "far": 0,
        "inhabitants": 12,
        "workforce": 5,
    }
    return Grid(**(given | known))


def put(session: Session, new: Grid, workforce: list[float] | None = None) -> bool:
    x, y = np.array([1.5, 2.5, 3.5]), np.array([0.1, 0.2, 0.3])
    worked = None if workforce is None else np.array(workforce)
    return population.replace(session, new, x, y, np.array([7.0, NAN, 5.0]), worked)


def test_a_grid_comes_back_as_it_was(database_url: str) -> None:
    with factories.database(database_url) as database:
        with database.writing() as session:
            assert population.grid(session) is None
            assert put(session, grid(), [NAN, 2.0, 3.0])
        with database.reading() as session:
            assert population.grid(session) == grid()
            people = population.people(session)
    assert (people.x.tolist(), people.y.tolist()) == ([1.5, 2.5, 3.5], [0.1, 0.2, 0.3])
    np.testing.assert_array_equal(people.inhabitants, [7, NAN, 5])
    assert people.workforce is not None
    np.testing.assert_array_equal(people.workforce, [NAN, 2, 3])
    assert (people.basis, people.as_of, people.key) == ("Zensus", "2022-05-15", "k1")


def test_a_grid_takes_the_older_ones_place(database_url: str) -> None:
    with factories.database(database_url) as database, database.writing() as session:
        assert put(session, grid())
        assert not put(session, grid()), "the same again changes nothing"
        assert put(session, grid(source="Zensus 2022"))
        assert population.people(session).basis == "Zensus 2022"
        new = grid(key="k2", workforce=None, cells=1)
        assert population.replace(session, new, *(np.array([value]) for value in (9.0, 8.0, 70.0)), None)
        people = population.people(session)
        assert (people.x.tolist(), people.inhabitants.tolist(), people.workforce) == ([9], [70], None)
        population.withdraw(session)
        assert population.grid(session) is None
        assert len(population.people(session)) == 0


def test_the_key_tells_figures_apart() -> None:
    x = np.array([1.0, 2.0])
    same = population.key(x, x, x, None)
    assert same == population.key(x.copy(), x, x, None)
    assert len({same, population.key(x, x, x + 1, None), population.key(x, x, x, x)}) == 3


# -- towns ------------------------------------------------------------------------------------------------------------


def towns(session: Session, own: list[Municipality], around: list[Place]) -> dict[tuple[float, float], float]:
    """Return the inhabitants by place, kilometres from the origin."""
    reference.replace(session, Municipality, own)
    reference.replace(session, Place, around)
    people = population.people(session)
    assert people.basis == TOWNS
    return {
        ((x - ORIGIN[0]) / 1000, (y - ORIGIN[1]) / 1000): number
        for x, y, number in zip(people.x.tolist(), people.y.tolist(), people.inhabitants.tolist(), strict=True)
    }


def test_each_town_is_counted_once_at_its_centre(database_url: str) -> None:
    own = factories.municipality(inhabitants=60_000, geometry=factories.square(-5_000, -5_000, 10_000))
    centre = factories.place("Musterstadt", 1_000, 0, inhabitants=59_000)
    part = factories.place("Musterstadt-Ost", 4_000, 0, inhabitants=9_000)
    other = factories.place("Nachbarstadt", 20_000, 0, inhabitants=30_000)
    with factories.database(database_url) as database, database.writing() as session:
        assert towns(session, [own], [centre, part, other]) == {(1, 0): 60_000, (20, 0): 30_000}


def test_a_town_of_the_same_name_elsewhere_is_another_one(database_url: str) -> None:
    own = factories.municipality(inhabitants=60_000, geometry=factories.square(-5_000, -5_000, 10_000))
    namesake = factories.place("Musterstadt", 90_000, 0, inhabitants=8_000)
    with factories.database(database_url) as database, database.writing() as session:
        assert towns(session, [own], [namesake]) == {(0, 0): 60_000, (90, 0): 8_000}


def test_a_centre_beside_a_schematic_area_is_still_the_towns(database_url: str) -> None:
    own = factories.municipality(inhabitants=60_000, geometry=factories.square(-5_000, -5_000, 10_000))
    beside = factories.place("Musterstadt", 7_000, 0, inhabitants=59_000)
    with factories.database(database_url) as database, database.writing() as session:
        assert towns(session, [own], [beside]) == {(7, 0): 60_000}


def test_a_town_without_an_area_is_where_its_name_is(database_url: str) -> None:
    own = factories.municipality(inhabitants=60_000)
    lost = factories.municipality("05990002", inhabitants=5_000)
    unknown = factories.municipality("05990003", geometry=factories.square())
    place = factories.place("Musterstadt", 3_000, 0, inhabitants=50_000)
    with factories.database(database_url) as database, database.writing() as session:
        assert towns(session, [own, lost, unknown], [place]) == {(3, 0): 60_000}


def test_towns_have_a_date_only_where_all_have_the_same(database_url: str) -> None:
    dated = factories.place("Astadt", as_of="2018-12-31")
    undated = factories.place("Bstadt", 9_000, 0)
    with factories.database(database_url) as database, database.writing() as session:
        for places, expected in (([dated], "2018-12-31"), ([dated, undated], None)):
            reference.replace(session, Place, places)
            assert population.people(session).as_of == expected
        first = population.people(session).key
        reference.replace(session, Place, [dataclasses.replace(dated, inhabitants=1), undated])
        assert population.people(session).key != first
