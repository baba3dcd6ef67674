"""SQL answers as plain Python does, on both databases: yes, no and not known."""

from __future__ import annotations

import pytest
from hypothesis import example, given

from finder.model.query import (
    And,
    AnyOf,
    Compare,
    IsUnknown,
    Not,
    Operator,
    Or,
    Predicate,
    Reached,
    Sort,
    Words,
    all_of,
)
from finder.model.site import Site
from finder.model.vocabulary import Zoning
from finder.store import access as measured
from finder.store import sites
from tests import factories
from tests.store import strategies
from tests.store.judging import judge, value

Known = dict[str, float | None]


def answers(session: sites.Session, part: Predicate) -> dict[int, bool | None]:
    """Return what the database answers, by key."""
    everything = all_of(())
    yes = sites.find(session, everything, [part])
    open_ = sites.find(session, everything, [part], unknown=True)
    no = sites.find(session, everything, [Not(part)])
    assert yes.left_out == len(open_.keys) - len(yes.keys) == yes.left_out_by[0]
    assert not set(yes.keys) & set(no.keys)
    assert yes.total == len(yes.keys) == sites.count(session, part)
    return dict.fromkeys(open_.keys) | dict.fromkeys(yes.keys, True) | dict.fromkeys(no.keys, False)


@pytest.mark.parametrize("spatial", [False, True])
def test_three_valued_logic(database_url: str, spatial: bool) -> None:
    mixed = strategies.mixed_sites(50)
    access = strategies.mixed_access(len(mixed))
    reach: list[Known] = [dict(zip(access, row, strict=True)) for row in zip(*access.values(), strict=True)]
    with factories.database(database_url) as database:
        with database.writing() as session:
            keys = factories.save(session, mixed).new
            measured.save(session, keys, access)
        with database.reading() as session:

            @given(strategies.predicates(spatial=spatial))
            @example(Not(And(())))
            @example(Or(()))
            @example(AnyOf("zoning", ()))
            @example(Not(AnyOf("zoning", (Zoning.GI,))))
            @example(Not(Words(("aehrenweg",))))
            @example(Not(Not(Words(("aehrenweg",)))))
            @example(Reached(frozenset()))
            @example(Not(Reached(frozenset({1, 2, 3}), frozenset({3, 4, 99}))))
            @example(Not(Compare("zoning_detail", Operator.LT, "Ährenweg 1")))
            def check(part: Predicate) -> None:
                rows = zip(keys, mixed, reach, strict=True)
                expected = {key: judge(part, site, known, key) for key, site, known in rows}
                assert answers(session, part) == expected

            check()


def test_logic_without_access_row(database_url: str) -> None:
    # a site that was never measured reaches nothing that is known
    part = Compare("airport_car_km", Operator.LE, 10.0)
    with factories.database(database_url, [factories.site()]) as database, database.reading() as session:
        assert answers(session, part) == {1: None}
        assert answers(session, IsUnknown("airport_car_km")) == {1: True}


def test_places_reached_are_known_by_their_keys(database_url: str) -> None:
    here = [factories.site(geometry=factories.at(100 * i)) for i in range(4)]
    delivered = [*here, factories.site()]
    part = Reached(frozenset({1, 5, 900}), frozenset({2, 4}))
    with factories.database(database_url, delivered) as database, database.reading() as session:
        assert answers(session, part) == {1: True, 2: None, 3: False, 4: None, 5: None}, "no place, no way"
        assert sites.tally(session, all_of(()), [part], [part, Not(part)]) == [1, 0]
        listed = sites.load(session, [1, 2, 3], [part])
        assert [one.unknown for one in listed] == [(), (0,), ()]


@pytest.mark.parametrize("n", [3, 100_000])
def test_any_number_of_places_may_be_reached(database_url: str, n: int) -> None:
    delivered = [factories.site(geometry=factories.at(100 * i)) for i in range(6)]
    part = Reached(frozenset(range(2, n)), frozenset(range(n, 2 * n)))
    expected = {key: judge(part, site, {}, key) for key, site in enumerate(delivered, 1)}
    with factories.database(database_url, delivered) as database, database.reading() as session:
        assert answers(session, part) == expected


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "name", ["size_m2", "address", "plan_status", "zoning", "available_from", "airport_car_km", "fibre"]
)
def test_order(database_url: str, name: str, descending: bool) -> None:
    mixed = strategies.mixed_sites(40)
    access = strategies.mixed_access(len(mixed))
    reach = dict(zip((site.id for site in mixed), access["airport_car_km"], strict=True))
    with factories.database(database_url) as database:
        with database.writing() as session:
            measured.save(session, factories.save(session, mixed).new, access)
        with database.reading() as session:
            found = sites.find(session, all_of(()), (), sort=[Sort(name, descending)])
            listed = [one.site for one in sites.load(session, found.keys)]

    def sortable(site: Site) -> object:
        known = value(name, site, {name: reach[site.id]})
        if isinstance(known, str):
            return known.encode()
        return f"|{''.join(f'{word}|' for word in known)}".encode() if isinstance(known, tuple) else known

    by_id = sorted(mixed, key=lambda site: site.id.encode())
    known = [site for site in by_id if sortable(site) is not None]
    # ties stay by id, descending too: Python's reversed sort is stable
    expected = sorted(known, key=sortable, reverse=descending)  # type: ignore[arg-type, return-value]
    unknown = [site for site in by_id if sortable(site) is None]
    assert [site.id for site in listed] == [site.id for site in (*expected, *unknown)]
