"""Places as files write them."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon

from finder.intake import coordinates
from finder.intake.coordinates import Written
from finder.intake.profiles import GeometryRule
from tests.intake.deliveries import sentences, wkb
from tests.intake.test_casting import ABSURD

LONLAT = "EPSG:4326"
UTM = "EPSG:25832"
RULE = GeometryRule(crs=LONLAT, codes={"osgb36": "EPSG:27700"})
SQUARE = shapely.box(7, 51, 8, 52)


def columns(rule: GeometryRule = RULE, given: str | None = None, **cells: Sequence[object]) -> Written:
    """Return the places of a table with the columns wkt, x, y and code."""
    length = len(next(iter(cells.values())))
    xy = (cells["x"], cells["y"]) if "x" in cells else None
    written = coordinates.from_columns(
        range(1, length + 1), rule, wkt=cells.get("wkt"), xy=xy, codes=cells.get("code"), given=given
    )
    sentences(written.issues)
    return written


def said(written: Written) -> list[tuple[str, int | None]]:
    return [(issue.rule, issue.row) for issue in written.issues]


# -- WKB --------------------------------------------------------------------------------------------------------------


def unclosed() -> bytes:
    """Return a polygon whose ring does not come back to its first point."""
    points = [(7.0, 51.0), (8.0, 51.0), (8.0, 52.0), (7.0, 52.0)]
    return struct.pack("<BIII", 1, 3, 1, len(points)) + b"".join(struct.pack("<dd", *point) for point in points)


def curve() -> bytes:
    """Return a circular string, which land inventories have no need of."""
    points = [(7.0, 51.0), (7.5, 51.5), (8.0, 51.0)]
    return struct.pack("<BII", 1, 8, len(points)) + b"".join(struct.pack("<dd", *point) for point in points)


def test_wkb() -> None:
    shapes = [Point(7, 51), None, SQUARE, Point(7, 51, 99)]
    written = coordinates.from_wkb([wkb(shape) for shape in shapes], range(1, 5), UTM)
    assert written.geometry.tolist() == [Point(7, 51), None, SQUARE, Point(7, 51)]
    assert not shapely.has_z(written.geometry).any()
    assert set(written.crs) == {UTM}
    assert said(written) == []


def test_an_unclosed_ring_is_closed_and_said() -> None:
    written = coordinates.from_wkb([wkb(SQUARE), unclosed()], [4, 7], UTM)
    assert written.geometry[1].equals(SQUARE)
    assert [(i.rule, i.action, i.row) for i in written.issues] == [("ring_closed", "repaired", 7)]


@pytest.mark.parametrize("value", [b"\x01", b"nonsense", b"\x01\x03\x00\x00\x00\xff\xff\xff\xff", curve()])
def test_what_is_no_geometry_is_left_out_and_said(value: bytes) -> None:
    written = coordinates.from_wkb([value, wkb(SQUARE), b"", unclosed()], [1, 2, 3, 4], UTM)
    assert written.geometry[0] is None
    assert written.geometry[1].equals(SQUARE)
    assert written.geometry[3].equals(SQUARE)
    assert said(written) == [("geometry_unreadable", 1), ("ring_closed", 4)]


@given(st.binary(max_size=60))
def test_any_bytes_are_a_geometry_or_unreadable(value: bytes) -> None:
    written = coordinates.from_wkb([value], [1], UTM)
    assert (written.geometry[0] is None) == (not value or said(written) == [("geometry_unreadable", 1)])


def test_no_rows() -> None:
    assert len(coordinates.from_wkb([], [], UTM).geometry) == 0
    assert len(columns(wkt=[], x=[], y=[], code=[]).geometry) == 0


# -- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "POINT (7 51)",
        " point(7   51) ",
        "POINT Z (7 51 30)",
        "SRID=4326;POINT(7 51)",
        "srid=4326; POINT(7 51)",
        "SRID=0;POINT(7 51)",
        '{"type": "Point", "coordinates": [7, 51]}',
        {"type": "Point", "coordinates": [7, 51]},
    ],
)
def test_a_column_of_geometries(text: object) -> None:
    written = columns(wkt=[text, None, ""])
    assert written.geometry.tolist() == [Point(7, 51), None, None]
    assert written.crs[0] == LONLAT
    assert said(written) == []


@pytest.mark.parametrize(
    "text",
    [
        "somewhere",
        "POINT (7)",
        "POINT (7 51",
        "POLYGON ((7 51, 8 51, 8 52))",
        "CURVEPOLYGON (CIRCULARSTRING (0 0, 4 0, 4 4, 0 4, 0 0))",
        '{"type": "Point"}',
        '{"type": "Point", "coordinates": ["a", "b"]}',
        "{",
        "POINT (7 51)\ud800",
        "POINT (7 51)\x00 POLYGON",
        "POINT (७ ५१)",
        {"type": "Point", "coordinates": [10**30, 51]},
        {"type": "\ud800"},
        {},
        ["POINT (7 51)"],
        7,
        True,
        10**400,
    ],
)
def test_what_is_no_geometry_text_is_left_out_and_said(text: object) -> None:
    written = columns(wkt=["POINT (8 52)", text, "POINT (9 53)"])
    assert written.geometry.tolist() == [Point(8, 52), None, Point(9, 53)]
    assert said(written) == [("geometry_unreadable", 2)]


def test_lines_may_break_in_a_geometry() -> None:
    assert (
        columns(wkt=["POLYGON ((\n7 51,\n 8 51,\r\n\t8 52, 7 51))"])
        .geometry[0]
        .equals(Polygon([(7, 51), (8, 51), (8, 52)]))
    )


@given(st.lists(ABSURD, min_size=1, max_size=3))
def test_nothing_in_a_geometry_column_is_an_error(cells: list[object]) -> None:
    assert len(columns(wkt=cells).geometry) == len(cells)


# -- two columns ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y"), [(7.5, 51.25), ("7.5", "51.25"), ("7,5", "51,25"), ("7.5°", " 51.25 °"), (" 7.5 ", "51.250000")]
)
def test_coordinates(x: object, y: object) -> None:
    written = columns(x=[x], y=[y])
    assert written.geometry.tolist() == [Point(7.5, 51.25)]
    assert said(written) == []


def test_thousands_of_metres() -> None:
    written = columns(x=["368.000,5", 368000.5], y=["5.720.000", 5720000], given=UTM)
    assert written.geometry.tolist() == [Point(368_000.5, 5_720_000)] * 2


@pytest.mark.parametrize("value", ["east", True, [7], {}, 10**400, "1e309", "7 51", "N51"])
def test_what_is_no_coordinate_is_said_and_the_site_stays_without_a_place(value: object) -> None:
    written = columns(x=[7, value, 7], y=[51, 51, value])
    assert written.geometry.tolist() == [Point(7, 51), None, None]
    assert [(issue.rule, issue.row, issue.field) for issue in written.issues] == [
        ("coordinate", 2, "x"),
        ("coordinate", 3, "y"),
    ]


def test_half_a_place_is_none() -> None:
    written = columns(x=[7, None, "", None], y=["", 51, None, None])
    assert written.geometry.tolist() == [None] * 4
    assert said(written) == [("coordinate_missing", 1), ("coordinate_missing", 2)]


@pytest.mark.parametrize("value", ["nan", "NaN", "inf", "-inf", math.inf, 1e300])
def test_numbers_that_lead_nowhere_are_coordinates_all_the_same(value: object) -> None:
    written = columns(x=[value], y=[51])
    assert written.geometry[0] is not None
    assert said(written) == []


@given(ABSURD, ABSURD)
def test_nothing_in_two_columns_is_an_error(x: object, y: object) -> None:
    written = columns(x=[x], y=[y])
    assert written.geometry[0] is None or written.geometry[0].geom_type == "Point"


# -- both -------------------------------------------------------------------------------------------------------------


def test_where_the_geometry_is_empty_the_two_coordinates_count() -> None:
    written = columns(wkt=["POINT (7 51)", None, " ", "nonsense", None], x=[1, 8, "", 9, 10], y=[1, 52, None, 53, ""])
    assert written.geometry.tolist() == [Point(7, 51), Point(8, 52), None, None, None]
    assert said(written) == [("geometry_unreadable", 4), ("coordinate_missing", 5)]


# -- systems ----------------------------------------------------------------------------------------------------------


def test_every_row_may_name_its_system() -> None:
    cells = ["OSGB36", " osgb-36 ", "EPSG:25832", 25832, "25832.0", "", None, "urn:ogc:def:crs:EPSG::31466"]
    written = columns(x=[1] * 8, y=[2] * 8, code=cells)
    assert written.crs.tolist() == [
        *("EPSG:27700", "EPSG:27700", "EPSG:25832", "25832", None, LONLAT, LONLAT, "urn:ogc:def:crs:EPSG::31466")
    ]
    assert said(written) == [("crs_unknown", 5)]


@pytest.mark.parametrize(
    "code",
    [
        *("Landesnetz", "EPSG:999999", "EPSG:5773", "EPSG:4978", "+proj=longlat +datum=WGS84", "+init=/etc/passwd:1"),
        *("x" * 3000, "EPSG:25832\x00", "²", "\ud800", "WGS 84", True, 10**29, 'LOCAL_CS["x"]'),
    ],
)
def test_a_system_that_is_not_known_is_said_and_counts_as_none(code: object) -> None:
    written = columns(x=[1, 1], y=[2, 2], code=[code, "EPSG:25832"])
    assert written.crs.tolist() == [None, "EPSG:25832"]
    assert said(written) == [("crs_unknown", 1)]
    assert not written.unsaid().any()


def test_rows_name_the_system_of_their_geometries_too() -> None:
    written = columns(wkt=["POINT (1 2)", "SRID=31466;POINT (1 2)"], code=["OSGB36", "OSGB36"])
    assert written.crs.tolist() == ["EPSG:27700", "EPSG:31466"]


@pytest.mark.parametrize("srid", ["999999", "5773"])
def test_an_srid_that_is_not_known_is_said(srid: str) -> None:
    written = columns(wkt=[f"SRID={srid};POINT (7 51)", "POINT (7 51)"])
    assert written.crs.tolist() == [None, LONLAT]
    assert [(i.rule, i.row, i.value) for i in written.issues] == [("crs_unknown", 1, f"SRID={srid}")]


def test_the_system_given_for_the_file_holds_whatever_rows_say() -> None:
    written = columns(wkt=["SRID=31466;POINT (1 2)", "POINT (1 2)"], code=["Landesnetz", "OSGB36"], given=UTM)
    assert written.crs.tolist() == [UTM, UTM]
    assert said(written) == []


def test_a_place_without_a_word_on_its_system_is_unsaid() -> None:
    written = columns(GeometryRule(), x=[1, None, 3], y=[2, None, 4], code=["", "", "EPSG:25832"])
    assert written.unsaid().tolist() == [True, False, False]
    assert coordinates.from_wkb([wkb(SQUARE), None], [1, 2], None).unsaid().tolist() == [True, False]


def test_reading_changes_no_coordinate() -> None:
    rng = np.random.default_rng(7)
    xy = rng.uniform(-180, 180, (50, 2))
    texts: list[Any] = [f"POINT ({x!r} {y!r})" for x, y in xy.tolist()]
    assert (shapely.get_coordinates(columns(wkt=texts).geometry) == xy).all()
    assert (shapely.get_coordinates(columns(x=xy[:, 0].tolist(), y=xy[:, 1].tolist()).geometry) == xy).all()
