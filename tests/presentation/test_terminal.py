"""Answers and sites on a terminal."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType

from finder.language import Language
from finder.model.access import Access
from finder.model.vocabulary import AccessKind, Method, Vehicle
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
