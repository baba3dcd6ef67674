"""Answers and sites on a terminal."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console, RenderableType

from finder.language import Language
from finder.model.access import Access
from finder.model.reach import CATCHMENT_MIN, Catchment
from finder.model.vocabulary import AccessKind, Method, Obstacle, Vehicle
from finder.presentation import terminal
from finder.search import question
from finder.search.criteria import Context
from finder.store.sites import Listed
from tests import factories

EN = Language("en")


def printed(what: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(what)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_ways_say_how_and_of_when_they_were_measured() -> None:
    way = Access(
        kind=AccessKind.MOTORWAY_JUNCTION,
        vehicle=Vehicle.TRUCK,
        point_id="p",
        point_name="Musterkreuz",
        road="A 99",
        km=2.04,
        minutes=4.4,
        method=Method.ESTIMATE,
        uncertainty_m=300.0,
        as_of="2023-06",
        source="test",
    )
    listed = Listed(site=factories.site(zoning=()), access=(way,), version=1)
    said = "A 99 Musterkreuz: 4 min · 2.0 km ± 0.3, estimate (truck) · beeline · Jun 2023"
    table = printed(terminal.sites((listed,), factories.TOWNS, EN)).replace("\u00a0", " ")
    assert said in table
    assert "none" in table
    assert said in printed(terminal.site(listed, factories.TOWNS, EN)).replace("\u00a0", " ")


def test_table_shows_the_way_that_was_asked_about() -> None:
    def way(vehicle: Vehicle, minutes: float) -> Access:
        return Access(
            kind=AccessKind.RAIL_FREIGHT,
            vehicle=vehicle,
            point_id="p",
            point_name="Mustergleis",
            road=None,
            km=2.0,
            minutes=minutes,
            method=Method.ESTIMATE,
            uncertainty_m=None,
            as_of=None,
            source=None,
        )

    listed = Listed(site=factories.site(), access=(way(Vehicle.TRUCK, 9.0), way(Vehicle.CAR, 7.0)), version=1)
    for words, said in (([], "9 min"), ([("vehicle", "car")], "7 min")):
        asked = question.read([("sort", "rail_freight_min"), *words], Context(today=factories.TODAY))
        table = printed(terminal.sites((listed,), factories.TOWNS, EN, asked)).replace("\u00a0", " ")
        assert "Rail freight" in table
        assert f"Mustergleis: {said}" in table


def test_site_tells_both_vehicles_what_stands_in_the_way_and_who_lives_around() -> None:
    def way(kind: AccessKind, vehicle: Vehicle, **known: Any) -> Access:
        given: dict[str, Any] = {
            "point_id": "p",
            "point_name": "Musterkreuz",
            "road": "A 99",
            "km": 2.0,
            "minutes": 4.4,
            "method": Method.ESTIMATE,
            "uncertainty_m": None,
            "as_of": "2023-06",
            "source": None,
        }
        return Access(kind=kind, vehicle=vehicle, **(given | known))

    roads: dict[str, Any] = {"method": Method.NETWORK, "network_as_of": "2026-10-01", "snap_m": 240.0}
    access = (
        way(AccessKind.MOTORWAY_JUNCTION, Vehicle.TRUCK, obstacle=Obstacle.UNREACHED),
        way(AccessKind.MOTORWAY_JUNCTION, Vehicle.CAR, **roads, minutes=3.0),
        way(AccessKind.INLAND_PORT, Vehicle.TRUCK, **roads),
    )
    catchment = tuple(
        Catchment(
            vehicle=Vehicle.CAR,
            minutes=minutes,
            inhabitants=12_345,
            workforce=None,
            method=Method.NETWORK,
            basis="Zensusgitter",
            as_of="2011",
            network_as_of="2026-10-01",
            at_least=minutes == 60,
        )
        for minutes in CATCHMENT_MIN
    )
    listed = Listed(site=factories.site(), access=access, version=1, catchment=catchment)
    shown = printed(terminal.site(listed, factories.TOWNS, EN)).replace("\u00a0", " ")
    for said in (
        "estimate (truck) · beeline · Jun 2023; the road network knows no way there for this vehicle",
        "A 99 Musterkreuz: 3 min · 2.0 km, road network (car) · 1 Oct 2026",
        "The nearest road it may use lies 240 m from the plot (truck, car).",
        "Inhabitants, car",
        "at least 12,300",
        "Zensusgitter, 2011; minutes: road network, 1 Oct 2026",
    ):
        assert said in shown, said
    assert "Workforce" not in shown
    (row,) = [line for line in shown.splitlines() if line.startswith("30 min")]
    assert row.split() == ["30", "min", "not", "known", "12,300"]


def test_site_whose_people_were_never_counted_has_no_table_of_them() -> None:
    shown = printed(terminal.site(Listed(site=factories.site(), access=(), version=1), factories.TOWNS, EN))
    assert "People within" not in shown
