"""Zones come and go by layer, are found by place, and are the same again where nothing changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from finder.model.vocabulary import PlanStatus, Zoning
from finder.model.zone import Zone, agree
from finder.store import spatial, tables, zones
from finder.store.database import Session
from tests import factories
from tests.factories import square, zone

EVERYWHERE = (0.0, 0.0, 1e6, 1e7)
COMPLETE: dict[str, Any] = {
    "zoning": (Zoning.GI, Zoning.GE),
    "zoning_detail": "GI 1, eingeschränkt",
    "plan_name": "Nr. 117 „Äußerer Ring“",
    "plan_url": "https://example.org/plan",
    "as_of": "2019-03",
    "publisher": "Musterstadt",
    "grz": 0.8,
    "gfz": 2.4,
    "bmz": 10.0,
}


def told(session: Session) -> list[tuple[Any, ...]]:
    return sorted((one.source, one.zoning, one.geometry.bounds) for one in zones.meeting(session, EVERYWHERE))


def test_zones_come_back_as_they_were(database_url: str) -> None:
    ring = square().difference(square(50, 50, 20))
    delivered = [zone(geometry=ring, **COMPLETE), zone(geometry=shapely.MultiPolygon([square(500, 0), square(900, 0)]))]
    with factories.database(database_url) as database, database.writing() as session:
        assert zones.replace(session, "plans", delivered)
        found = zones.meeting(session, EVERYWHERE)
        assert zones.layers(session) == {"plans": 2}
    for before, after in zip(delivered, found, strict=True):
        assert after.geometry.equals(before.geometry)
        assert {**vars(after), "geometry": None} == {**vars(before), "geometry": None}


def test_a_layer_is_replaced_as_a_whole_and_no_other(database_url: str) -> None:
    with factories.database(database_url) as database, database.writing() as session:
        zones.replace(session, "north", [zone(source="north"), zone(source="north", geometry=square(500, 0))])
        zones.replace(session, "south", [zone(source="south", geometry=square(0, 900))])
        before = told(session)
        assert zones.replace(session, "north", [zone(source="north", zoning=(Zoning.GI,))])
        assert zones.layers(session) == {"north": 1, "south": 1}
        assert [row for row in told(session) if row[0] == "south"] == [row for row in before if row[0] == "south"]
        assert spatial.misindexed(session, tables.zone, "pk") == []
        assert zones.replace(session, "north", [])
        assert zones.layers(session) == {"south": 1}
        assert spatial.misindexed(session, tables.zone, "pk") == []


def test_the_same_zones_in_another_order_change_nothing(database_url: str) -> None:
    delivered = [zone(geometry=square(x, 0), **COMPLETE) for x in (0, 300, 600)] + [zone()]
    turned = [Zone(**{**vars(one), "geometry": shapely.reverse(one.geometry)}) for one in delivered]  # rings run back
    with factories.database(database_url) as database, database.writing() as session:
        assert zones.replace(session, "plans", delivered)
        assert not zones.replace(session, "plans", delivered)
        assert not zones.replace(session, "plans", turned[::-1])
        assert zones.replace(session, "plans", [*delivered, delivered[0]]), "twice is another layer than once"
        assert zones.replace(session, "plans", delivered)


def test_only_plans_in_force_are_found(database_url: str) -> None:
    states = [*PlanStatus, None]
    with factories.database(database_url) as database, database.writing() as session:
        zones.replace(session, "plans", [zone(plan_status=state, plan_name=str(state)) for state in states])
        assert [one.plan_name for one in zones.meeting(session, EVERYWHERE)] == ["in_force"]
        assert zones.in_force(session) == 1


def test_zones_are_found_by_their_bounds(database_url: str) -> None:
    dice = np.random.default_rng(4)
    delivered = [
        zone(geometry=square(x, y, side)) for x, y, side in dice.uniform((0, 0, 5), (20_000, 20_000, 900), (200, 3))
    ]
    x, y = factories.ORIGIN
    boxes = [(0, 0, 900, 900), (0, 0, 15_000, 15_000), (5000, 5000, 5001, 5001), (-900, -900, -1, -1)]
    with factories.database(database_url) as database, database.writing() as session:
        zones.replace(session, "plans", delivered)
        for west, south, east, north in boxes:
            box = (x + west, y + south, x + east, y + north)
            expected = {one.geometry.bounds for one in delivered if shapely.box(*box).intersects(one.geometry.envelope)}
            assert {one.geometry.bounds for one in zones.meeting(session, box)} == expected


@pytest.mark.parametrize(
    ("stated", "planned", "right"),
    [
        ("GE", "GE", True),
        ("GE", "GI", False),
        ("GE", "GEe", False),
        ("G", "GE", True),
        ("GE", "G", True),
        ("G", "GE GI", True),
        ("GE", "GE GI", False),
        ("GE GI", "G", True),
        ("GI GE", "GE GI", True),
        ("W", "WA", True),
        ("M", "GE", False),
        ("SO", "SO", True),
    ],
)
def test_a_general_kind_agrees_with_its_special_ones(stated: str, planned: str, right: bool) -> None:
    one, other = (tuple(Zoning(word) for word in text.split()) for text in (stated, planned))
    assert agree(one, other) is right
    assert agree(other, one) is right
