"""Measures that stand on the buildable areas inside an area of a plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from finder.sources import wkb, xplan_inside
from tests.sources.xplans import (
    BUILDABLE,
    EAST,
    NORTH,
    Xml,
    bent,
    buildable,
    height,
    parsed,
    pierced,
    polygon,
    rows,
    said,
    square,
    surface,
    surfaces,
    whole,
    zone,
)


def test_measures_of_the_buildable_areas_inside(tmp_path: Path) -> None:
    here = {"GRZ": "0.6", "Zmin": "1", "Zmax": "3", "hoehenangabe": height(12)}
    there = {"GRZ": "0.8", "Zmin": "1", "Zmax": "4", "hoehenangabe": height(12)}
    areas = [
        zone("a", GRZ="0.4"),
        zone("b", position=Xml(polygon(square(EAST + 200, NORTH, 100)))),
        zone("c", position=None),
    ]
    inside = [
        buildable(10, 10, **here),
        buildable(50, 50, **here),
        buildable(210, 10, **here),
        buildable(250, 10, **there),
    ]
    outside = [buildable(150, 50, GRZ="0.2"), buildable(150, 50), buildable(-500, 0, GFZ="2")]
    for members in ([*areas, *inside, *outside], [*outside, *inside, *areas]):
        table = parsed(tmp_path, whole(*members))
        a, b, c = rows(table)
        assert (a["GRZ"], a["Zmin"], a["Zmax"], a["hoehenangabe@2000@3000.h"]) == ("0.4", "1", "3", "12")
        assert b["hoehenangabe@2000@3000.h"] == "12"
        assert b.keys().isdisjoint({"GRZ", "Zmin", "Zmax"})
        assert c.keys().isdisjoint({"GRZ", "Zmin", "Zmax", "GFZ", "hoehenangabe@2000@3000.h"})
        notes = {(note.rule, note.row): note.params for note in table.notes}
        assert notes.pop(("features_left_out", None))["count"] == 7
        assert notes == {
            ("measures_inside", 1): {"measures": "Z, hoehenangabe"},
            ("measures_inside", 2): {"measures": "hoehenangabe"},
            ("measures_differ", 2): {"measures": "GRZ, Z"},
            ("measures_left_out", None): {"count": 2, "kind": BUILDABLE},
        }


def test_what_one_buildable_area_leaves_open_is_not_the_areas(tmp_path: Path) -> None:
    table = parsed(tmp_path, whole(zone(), buildable(10, 10, GRZ="0.6"), buildable(50, 50)))
    assert "GRZ" not in rows(table)[0]
    assert said(table) == [("measures_differ", 1, None), ("features_left_out", None, None)]


@pytest.mark.parametrize(
    ("outline", "counts"),
    [
        (polygon(square(EAST + 10, NORTH + 10, 80), square(EAST + 20, NORTH + 20, 60)), True),  # around a yard
        (surface(pierced(bent(EAST + 2, NORTH + 2, 30)[0], kind="PolygonPatch")), True),
        (surfaces(polygon(square(EAST + 5, NORTH + 5, 5)), polygon(square(EAST + 70, NORTH + 70, 20))), True),
        (polygon(square(EAST + 45, NORTH + 45, 10)), False),  # in the hole
        (polygon([(EAST, NORTH)] * 4), False),
        (polygon([(float("nan"), NORTH), (EAST, float("inf")), (EAST, NORTH), (float("nan"), NORTH)]), False),
        ("<gml:Polygon/>", False),
        ("<gml:Point><gml:pos>1 2</gml:pos></gml:Point>", False),
        ("<gml:Polygon><gml:exterior/></gml:Polygon>", False),
    ],
)
def test_outlines_of_buildable_areas(tmp_path: Path, outline: str, counts: bool) -> None:
    hole = square(EAST + 40, NORTH + 40, 20)
    area = zone(position=Xml(polygon(square(EAST, NORTH, 100), hole)))
    table = parsed(tmp_path, whole(area, buildable(0, 0, outline=outline, GRZ="0.6")))
    assert ("GRZ" in rows(table)[0]) is counts
    assert ("measures_left_out" in {note.rule for note in table.notes}) is not counts


METRES = st.floats(-50, 150).map(lambda value: round(value, 4))
"""As exact as any plan; of numbers near nothing the comparison itself makes nothing."""


@given(st.lists(st.tuples(METRES, METRES), min_size=3, max_size=9), st.tuples(METRES, METRES))
@settings(max_examples=300, deadline=None)
def test_a_point_inside_and_whether_it_is_so(corners: list[tuple[float, float]], place: tuple[float, float]) -> None:
    shape = shapely.make_valid(shapely.Polygon(corners)).buffer(0)
    if shape.is_empty:
        return
    shape = max(shapely.get_parts(shape), key=lambda part: part.area)
    rings = wkb.runs(shapely.to_wkb(shape))
    if shape.area > 1:
        assert shape.buffer(1e-6).contains(shapely.Point(xplan_inside.inner(rings)))
    near = shapely.Point(place).distance(shape.boundary) < 1e-6
    found = xplan_inside.within(rings, np.array([place]))
    assert near or found[0] == shape.contains(shapely.Point(place))
