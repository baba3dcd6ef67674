"""Counts beside an answer, on both databases."""

from __future__ import annotations

import pytest

from finder.model.query import AnyOf, IsUnknown
from finder.model.vocabulary import Evidence, Status, Zoning
from finder.search import counts, question
from finder.search.criteria import Context
from finder.store import reference
from tests import factories
from tests.factories import TODAY

HIDDEN = 365
CONTEXT = Context(today=TODAY, towns=factories.TOWNS)
OPTIONS = {"zoning": [AnyOf("zoning", (Zoning.GI,)), AnyOf("zoning", (Zoning.GE,)), IsUnknown("zoning")]}


def ask(*pairs: tuple[str, str]) -> question.Question:
    return question.read(pairs, CONTEXT)


SITES = [
    factories.site(zoning=(Zoning.GI, Zoning.GE), available_area_m2=50_000.0, verified_on=TODAY),
    factories.site(zoning=(Zoning.GE,), available_area_m2=5_000.0, municipality="05990002", verified_on=TODAY),
    factories.site(available_area_m2=50_000.0, verified_on=TODAY),
    factories.site(zoning=(Zoning.GI,), status=Status.SOLD),
    factories.site(zoning=(Zoning.GI,), status=Status.DRAFT),
    factories.site(zoning=(Zoning.GI,), evidence=Evidence.POTENTIAL_ONLY, municipality="05990002"),
]


def test_covered_and_by_town(database_url: str) -> None:
    with factories.database(database_url, SITES) as database, database.reading() as session:
        assert counts.covered(session, TODAY, HIDDEN) == {"listed": 3, "potential": 1, "sold": 1}
        towns = counts.by_town(session, TODAY, HIDDEN)
        assert (towns.sites, towns.potential) == ({"05990001": 2, "05990002": 1}, {"05990002": 1})


def test_with_each_leaves_the_words_own_criterion_aside(database_url: str) -> None:
    asked = ask(("zoning", "GI"), ("min_area", "1ha"))
    with factories.database(database_url, SITES) as database, database.reading() as session:
        found = counts.with_each(session, asked, asked.scope(TODAY, HIDDEN), OPTIONS)
    assert list(found.choices["zoning"]) == [1, 1, 1]
    assert list(found.ever["zoning"]) == [1, 2, 1]
    assert found.towns == {"05990001": 1}


def test_without_each_counts_what_every_criterion_costs(database_url: str) -> None:
    asked = ask(("min_area", "1ha"), ("zoning", "GE"), ("municipality", "05990002"))
    with factories.database(database_url, SITES) as database, database.reading() as session:
        found = counts.without_each(session, asked, asked.scope(TODAY, HIDDEN))
    assert dict(zip((a.criterion.word for a in asked.asked), found, strict=True)) == {
        "min_area": 1,
        "zoning": 0,
        "municipality": 1,
    }


@pytest.mark.parametrize(
    ("begun", "sites", "inventory"),
    [
        ("own", SITES[:1], "own"),
        ("sample", SITES[:1], "sample"),
        ("documented", SITES[5:], "documented"),
        ("documented", [SITES[4], SITES[5]], "documented"),
        ("documented", [SITES[0], SITES[5]], "mixed"),
    ],
)
def test_inventory(database_url: str, begun: str, sites: list[factories.Site], inventory: str) -> None:
    with factories.database(database_url, sites) as database:
        with database.writing() as session:
            reference.set_setting(session, "inventory", begun)
        with database.reading() as session:
            assert counts.inventory(session) == inventory
