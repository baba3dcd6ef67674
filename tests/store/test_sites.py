"""Finding, counting, paging, loading."""

from __future__ import annotations

import pytest

from finder.errors import NotFound
from finder.model.access import ACCESS_ATTRIBUTES
from finder.model.query import And, AnyOf, Compare, Intersects, IsUnknown, Not, Operator, Sort, all_of
from finder.model.vocabulary import AccessKind, Method, Status, Vehicle, Zoning
from finder.store import sites
from tests import factories

EVERYTHING = all_of(())
LARGE = Compare("size_m2", Operator.GE, 10_000.0)
INDUSTRIAL = AnyOf("zoning", (Zoning.GI,))
QUAY = Compare("quay", Operator.EQ, True)


def test_round_trip_of_everything_known(database_url: str) -> None:
    whole = factories.complete_site()
    with factories.database(database_url, [whole]) as database, database.reading() as session:
        listed = sites.get(session, whole.id)
    assert listed.site == whole
    assert listed.version == 1
    assert listed.access == ()


def test_round_trip_of_nothing_known(database_url: str) -> None:
    bare = factories.site()
    with factories.database(database_url, [bare]) as database, database.reading() as session:
        assert sites.get(session, bare.id).site == bare


def test_none_and_stated_none_stay_apart(database_url: str) -> None:
    stated = factories.site(zoning=(), restrictions=(), sectors=(), media=(), further_municipalities=())
    with factories.database(database_url, [stated]) as database, database.reading() as session:
        listed = sites.get(session, stated.id)
        assert listed.site == stated
        assert sites.count(session, IsUnknown("zoning")) == 0
        assert sites.count(session, Compare("max_restriction", Operator.EQ, "none")) == 1


@pytest.mark.parametrize("id_", ["nowhere", "\0", "a\0b", "\udcff"])
def test_get_names_what_is_not_there(database_url: str, id_: str) -> None:
    with (
        factories.database(database_url, [factories.site()]) as database,
        database.reading() as session,
        pytest.raises(NotFound, match=f"“{id_}”"),
    ):
        sites.get(session, id_)


def test_find_counts_what_is_left_out_and_why(database_url: str) -> None:
    delivered = [
        factories.site(stated_area_m2=20_000.0, zoning=(Zoning.GI,), quay=True),
        factories.site(stated_area_m2=20_000.0, zoning=(Zoning.GE, Zoning.GI)),  # quay not known
        factories.site(stated_area_m2=20_000.0),  # zoning and quay not known
        factories.site(stated_area_m2=5_000.0),  # too small, whatever else
        factories.site(zoning=(Zoning.GE,), quay=True),  # not GI
        factories.site(status=Status.DRAFT),  # outside the scope
    ]
    scope = AnyOf("status", (Status.PUBLISHED.value,))
    asked = [LARGE, INDUSTRIAL, QUAY]
    with factories.database(database_url, delivered) as database, database.reading() as session:
        found = sites.find(session, scope, asked)
        assert found.keys == (1,)
        assert (found.total, found.in_scope, found.left_out, found.left_out_by) == (1, 5, 2, (0, 1, 2))
        shown = sites.find(session, scope, asked, unknown=True)
        assert (shown.keys, shown.total) == ((1, 2, 3), 3)
        assert (shown.in_scope, shown.left_out, shown.left_out_by) == (5, 2, (0, 1, 2))
        assert [one.unknown for one in sites.load(session, shown.keys, asked)] == [(), (2,), (1, 2)]
        nothing = sites.find(session, scope, ())
        assert (nothing.total, nothing.in_scope, nothing.left_out, nothing.left_out_by) == (5, 5, 0, ())


def test_pages_hold_every_site_once(database_url: str) -> None:
    sizes = [None, 5.0, 5.0, 5.0, 9.0, None, 5.0, 1.0, 5.0, None, 9.0]
    delivered = [factories.site(stated_area_m2=size) for size in sizes]
    sort = [Sort("size_m2", descending=True)]
    with factories.database(database_url, delivered) as database, database.reading() as session:
        whole = sites.find(session, EVERYTHING, (), sort=sort)
        pages = [sites.find(session, EVERYTHING, (), sort=sort, limit=3, offset=at) for at in range(0, 15, 3)]
        assert [len(page.keys) for page in pages] == [3, 3, 3, 2, 0]
        assert tuple(key for page in pages for key in page.keys) == whole.keys
        assert {page.total for page in pages} == {len(sizes)}
        assert [one.site.size_m2 for one in sites.load(session, whole.keys)] == [
            *[9.0, 9.0, *[5.0] * 5, 1.0],
            *[None] * 3,
        ]


def test_load_keeps_the_order_of_keys(database_url: str) -> None:
    delivered = [factories.site() for _ in range(5)]
    with factories.database(database_url, delivered) as database, database.reading() as session:
        listed = sites.load(session, [4, 1, 5])
        assert [one.site.id for one in listed] == [delivered[i].id for i in (3, 0, 4)]
        assert [one.site for one in sites.each(session, [2, 3])] == delivered[1:3]
        assert sites.load(session, []) == []


def test_chunks_hide_nothing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "CHUNK", 2)
    points = [factories.access_point(kind) for kind in AccessKind]
    delivered = [factories.site(geometry=factories.at(i)) for i in range(5)]
    with factories.database(database_url, delivered, access_points=points) as database, database.reading() as session:
        assert [one.site for one in sites.each(session, [1, 2, 3, 4, 5])] == delivered
        assert list(sites.shapes(session, [5, 1, 3]).index) == [1, 5, 3]  # chunk by chunk
        assert {len(one.access) for one in sites.load(session, [1, 2, 3, 4, 5])} == {2 * len(AccessKind)}


def test_tally_counts_options_beside_what_is_asked(database_url: str) -> None:
    delivered = [
        factories.site(zoning=(Zoning.GI, Zoning.GE), quay=True, stated_area_m2=20_000.0),
        factories.site(zoning=(Zoning.GI,), quay=False, stated_area_m2=20_000.0),
        factories.site(zoning=None, quay=True, stated_area_m2=20_000.0),
        factories.site(zoning=(Zoning.GI,), stated_area_m2=2_000.0),
    ]
    options = [AnyOf("zoning", (kind,)) for kind in (Zoning.GI, Zoning.GE, Zoning.MI)]
    with factories.database(database_url, delivered) as database, database.reading() as session:
        assert sites.tally(session, EVERYTHING, [LARGE], options) == [2, 1, 0]
        assert sites.tally(session, EVERYTHING, [LARGE, QUAY], options) == [1, 1, 0]
        assert sites.tally(session, QUAY, (), [Compare("airport_car_km", Operator.LE, 1.0)]) == [0]
        assert sites.tally(session, EVERYTHING, (), []) == []


def test_counts_by_town_ask_for_access_too(database_url: str) -> None:
    point = factories.access_point(AccessKind.AIRPORT)
    delivered = [
        factories.site(geometry=factories.at(1000 * i), municipality=list(factories.TOWNS)[i % 3]) for i in range(7)
    ]
    with factories.database(database_url, delivered, access_points=[point]) as database, database.reading() as session:
        near = Compare("airport_car_km", Operator.LE, 4.0)
        assert sites.count_by_municipality(session, near) == {"05990001": 2, "05990002": 2, "05990003": 1}
        assert sites.count_by_municipality(session, And((near, Intersects(factories.square(-10, -10, 1500))))) == {
            "05990001": 1,
            "05990002": 1,
        }
        assert sites.count(session, Not(near)) == 2


def test_access_says_how_it_was_made(database_url: str) -> None:
    junction = factories.access_point(x=3000.0, name="Musterkreuz", road="A 99", uncertainty_m=40.0, as_of="2024-03")
    placed = factories.site(geometry=factories.at(), position_uncertainty_m=200.0)
    lost = factories.site()
    delivered = [placed, lost]
    with (
        factories.database(database_url, delivered, access_points=[junction]) as database,
        database.reading() as session,
    ):
        car, truck = sites.get(session, placed.id).access
        assert sites.get(session, lost.id).access == ()
        assert sites.count(session, IsUnknown("motorway_junction_truck_km")) == 1
    assert (car.vehicle, truck.vehicle) == (Vehicle.CAR, Vehicle.TRUCK)
    assert (truck.kind, truck.point_id, truck.point_name) == (AccessKind.MOTORWAY_JUNCTION, junction.id, "Musterkreuz")
    assert (truck.road, truck.as_of, truck.source) == ("A 99", "2024-03", "test")
    assert truck.km == 3.0
    assert truck.minutes is not None
    assert (truck.km_method, truck.minutes_method) == (Method.BEELINE, Method.ESTIMATE)
    assert truck.uncertainty_m == 240.0


def test_every_access_attribute_can_be_asked_for(database_url: str) -> None:
    with factories.database(database_url, [factories.site()]) as database, database.reading() as session:
        asked = [Compare(name, Operator.LE, 1.0) for name in ACCESS_ATTRIBUTES]
        found = sites.find(session, EVERYTHING, asked)
        assert (found.total, found.left_out) == (0, 1)
        assert set(found.left_out_by) == {1}
