"""From coordinate reference systems to metres."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon

from finder import crs
from finder.intake import placing
from finder.intake.coordinates import Written
from finder.intake.placing import Placed
from finder.intake.profiles import GeometryRule, load
from tests.factories import ORIGIN, at, square
from tests.intake.deliveries import METRES, judge, sentences
from tests.test_crs import NAMELESS

LONLAT = "EPSG:4326"
ENGLAND = load("uk-brownfield").geometry
ANYWHERE = GeometryRule()
SYSTEMS = {
    "EPSG:4326": "WGS 84",
    "EPSG:4258": "ETRS89",
    "EPSG:4314": "DHDN in degrees",
    "EPSG:25832": "UTM 32",
    "EPSG:25833": "UTM 33",
    "EPSG:4647": "UTM 32 with the zone in front",
    "EPSG:31466": "Gauß-Krüger 2",
    "EPSG:31467": "Gauß-Krüger 3",
    "EPSG:3035": "LAEA Europe",
    "EPSG:3857": "Web Mercator",
}
"""What files of this region come in."""


def array(*shapes: Any) -> Any:
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out


def place(shapes: Sequence[Any], systems: Sequence[str | None] | str | None, rule: GeometryRule = ANYWHERE) -> Placed:
    if not isinstance(systems, list):
        systems = [systems] * len(shapes)  # type: ignore[list-item]
    rows = range(11, 11 + len(shapes))
    placed = placing.place(Written(rows=rows, geometry=array(*shapes), crs=array(*systems)), rule)
    sentences(placed.issues)
    return placed


def said(placed: Placed) -> list[tuple[str, str, int | None]]:
    return [(issue.rule, issue.action, issue.row) for issue in placed.issues]


def written_in(system: str, shape: Any) -> Any:
    """Return a shape in metres as a file in that system holds it."""
    return crs.transform(shape, crs.METRIC, system)


def swap(shape: Any) -> Any:
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


# -- there and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", SYSTEMS, ids=SYSTEMS.get)
@given(st.floats(-20_000, 20_000), st.floats(-15_000, 15_000))
def test_every_system_leads_back_to_the_place_within_a_centimetre(system: str, x: float, y: float) -> None:
    (moved,) = place([written_in(system, square(x, y))], system).geometry
    assert moved.hausdorff_distance(square(x, y)) < 0.01


@pytest.mark.parametrize(("system", "zone"), [("EPSG:31466", 2), ("EPSG:31467", 3)])
def test_gauss_krueger_goes_straight_to_metres(system: str, zone: int) -> None:
    original = Point(zone * 1_000_000 + 500_000 + (70_000 if zone == 2 else -130_000), 5_720_000)
    (moved,) = place([original], system).geometry
    straight = pyproj.Transformer.from_crs(system, METRES, always_xy=True)
    assert moved.equals_exact(Point(*straight.transform(original.x, original.y)), 1e-6)
    detour = crs.to_metric(crs.transform(original, system, LONLAT))
    assert moved.distance(detour) > 1


def test_metres_stay_exactly_as_they_are() -> None:
    shape = square(0.123456789, 7.7)
    (moved,) = place([shape], METRES).geometry
    assert shapely.equals_identical(moved, shape)


def test_every_row_has_its_own_system() -> None:
    systems = list(SYSTEMS)
    placed = place([None, *(written_in(system, at()) for system in systems), None], [LONLAT, *systems, None])
    assert [shape is None for shape in placed.geometry] == [True, *[False] * len(systems), True]
    for shape in placed.geometry[1:-1]:
        assert shape.distance(at()) < 0.01
    assert said(placed) == []


def test_no_places() -> None:
    assert len(place([], LONLAT).geometry) == 0
    assert place([None, None], None).geometry.tolist() == [None, None]


# -- systems that were not said ---------------------------------------------------------------------------------------


def test_without_a_system_a_site_stays_without_a_place() -> None:
    placed = place([Point(500, 500), at()], [None, METRES])
    assert placed.geometry[0] is None
    assert said(placed) == [("crs_missing", "kept", 11)]
    assert placed.lost == {0: "POINT (500 500)"}


def test_without_a_system_coordinates_that_can_only_be_one_are_read_so_and_said() -> None:
    placed = place([at(), crs.to_lonlat(at(50))], None)
    assert placed.geometry[0] == at()
    assert placed.geometry[1].equals_exact(at(50), 0.01)
    assert said(placed) == [("crs_inferred", "repaired", 11), ("crs_inferred", "repaired", 12)]
    assert [issue.params["system"] for issue in placed.issues] == [METRES, LONLAT]


# -- systems that cannot be true --------------------------------------------------------------------------------------


def test_metres_labelled_as_degrees_are_found_out() -> None:
    placed = place([square()], LONLAT)
    assert placed.geometry[0].equals(square())
    assert said(placed) == [("crs_inferred", "repaired", 11)]
    (sentence, *_) = [s for s in sentences(placed.issues) if s.startswith("The ")]
    assert LONLAT in sentence
    assert METRES in sentence


@pytest.mark.parametrize("system", [METRES, "EPSG:31466"])
def test_degrees_labelled_as_metres_are_found_out(system: str) -> None:
    placed = place([crs.to_lonlat(square())], system)
    assert placed.geometry[0].equals_exact(square(), 0.01)
    assert said(placed) == [("crs_inferred", "repaired", 11)]


def test_degrees_of_elsewhere_labelled_as_metres_are_said() -> None:
    placed = place([Point(*BLACKPOOL)], METRES)
    assert placed.geometry[0] == Point(*BLACKPOOL)
    assert said(placed) == [("crs_doubtful", "kept", 11)]


def test_metres_of_elsewhere_labelled_as_degrees_lead_nowhere() -> None:
    placed = place([Point(900_000, 6_500_000), square()], LONLAT)
    assert not np.isfinite(shapely.get_coordinates(placed.geometry[0])).all()
    assert placed.lost == {0: "POINT (900000 6500000)"}
    assert said(placed) == [("crs_inferred", "repaired", 12)]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("system", [LONLAT, METRES, "EPSG:31466"])
def test_what_is_no_number_stays_so_and_is_kept_for_the_report(bad: float, system: str) -> None:
    placed = place([Point(7, bad), Point(bad, 51)], system)
    assert not np.isfinite(shapely.get_coordinates(placed.geometry)).all(axis=1).any()
    assert set(placed.lost) == {0, 1}
    assert said(placed) == []


@given(st.floats(), st.floats(), st.sampled_from([*SYSTEMS, None]), st.sampled_from([ANYWHERE, ENGLAND]))
def test_any_numbers_are_placed_somewhere_or_nowhere(
    x: float, y: float, system: str | None, rule: GeometryRule
) -> None:
    placed = place([Point(x, y)], system, rule)
    assert placed.geometry[0] is None or placed.geometry[0].geom_type == "Point"


def test_a_system_whose_datum_has_no_name_is_said_once() -> None:
    placed = place([Point(2_570_000, 5_720_000), Point(2_570_100, 5_720_000)], NAMELESS)
    assert said(placed) == [("crs_rough", "noted", None)]


# -- profiles that know where their files lie -------------------------------------------------------------------------


BLACKPOOL = (-3.02, 53.77)
"""Somewhere in England, degrees."""


def english(system: str) -> Any:
    return crs.transform(Point(*BLACKPOOL), LONLAT, system)


def near_blackpool(shape: Any) -> bool:
    return bool(crs.to_lonlat(shape).distance(Point(*BLACKPOOL)) < 0.003)


@pytest.mark.parametrize("system", ["EPSG:27700", "EPSG:4326", "EPSG:4258"])
def test_the_three_systems_of_english_registers(system: str) -> None:
    placed = place([english(system)], system, ENGLAND)
    assert near_blackpool(placed.geometry[0])
    assert said(placed) == []


@pytest.mark.parametrize(
    ("stands_for", "labelled"),
    [
        ("EPSG:27700", "EPSG:4326"),
        ("EPSG:27700", "EPSG:4258"),
        ("EPSG:4326", "EPSG:27700"),
        ("EPSG:27700", None),
        ("EPSG:4326", None),
    ],
)
def test_a_wrong_label_is_found_out_and_said(stands_for: str, labelled: str | None) -> None:
    placed = place([english(stands_for)], labelled, ENGLAND)
    assert near_blackpool(placed.geometry[0])
    assert said(placed) == [("crs_inferred", "repaired", 11)]


@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:4258"])
def test_swapped_axes_are_turned_back_and_said(system: str) -> None:
    placed = place([swap(english(system))], system, ENGLAND)
    assert near_blackpool(placed.geometry[0])
    assert said(placed) == [("axes_swapped", "repaired", 11)]


def test_swapped_and_mislabelled() -> None:
    placed = place([swap(english("EPSG:4326"))], "EPSG:27700", ENGLAND)
    assert near_blackpool(placed.geometry[0])
    assert said(placed) == [("crs_inferred", "repaired", 11)]


def test_a_place_with_two_readings_is_not_decided() -> None:
    two_zones = GeometryRule(codes={"a": "EPSG:25832", "b": "EPSG:25833"}, box=(5, 47, 16, 55))
    placed = place([Point(400_000, 5_700_000)], None, two_zones)
    assert placed.geometry[0] is None
    assert said(placed) == [("crs_missing", "kept", 11)]


def test_swapped_axes_are_the_last_thing_to_think_of() -> None:
    # a point of the national grid in England either way round
    placed = place([Point(400_000, 300_000)], LONLAT, ENGLAND)
    assert placed.geometry[0].equals_exact(crs.to_metric(Point(400_000, 300_000), "EPSG:27700"), 0.01)
    assert said(placed) == [("crs_inferred", "repaired", 11)]


def test_degrees_are_no_metres_beside_the_origin_of_the_grid() -> None:
    # the national grid begins in the box, south-west of Cornwall
    origin = crs.to_lonlat(Point(-3.02, 53.77), "EPSG:27700")
    assert said(place([origin], LONLAT, ENGLAND)) == []
    assert near_blackpool(place([Point(*BLACKPOOL)], "EPSG:27700", ENGLAND).geometry[0])


def test_what_fits_nowhere_stays_where_it_is_and_is_said() -> None:
    placed = place([Point(13.4, 52.5)], LONLAT, ENGLAND)
    assert placed.geometry[0].equals_exact(crs.to_metric(Point(13.4, 52.5)), 0.01)
    assert said(placed) == [("outside_profile", "kept", 11)]


def test_the_box_is_asked_for_the_middle_of_a_place() -> None:
    west, south, east, north = ENGLAND.box or (0, 0, 0, 0)
    half_out = shapely.box(west - 0.1, south + 1, west + 0.3, south + 1.1)
    assert said(place([half_out], LONLAT, ENGLAND)) == []
    assert ENGLAND.box == (west, south, east, north)


def test_doubt_in_one_row_leaves_the_others_alone() -> None:
    shapes = [english("EPSG:27700"), english("EPSG:27700"), swap(english(LONLAT))]
    placed = place(shapes, ["EPSG:27700", LONLAT, LONLAT], ENGLAND)
    assert all(near_blackpool(shape) for shape in placed.geometry)
    assert said(placed) == [("crs_inferred", "repaired", 12), ("axes_swapped", "repaired", 13)]


def test_outlines_are_read_again_as_a_whole() -> None:
    shape = Polygon([(-3.02, 53.77), (-3.01, 53.77), (-3.01, 53.78)])
    placed = place([swap(shape)], LONLAT, ENGLAND)
    assert placed.geometry[0].equals_exact(crs.to_metric(shape), 0.01)


def test_the_middle_of_the_region_is_in_its_box() -> None:
    lon, lat = crs.to_lonlat(Point(*ORIGIN)).coords[0]
    assert said(place([Point(lon, lat)], LONLAT, GeometryRule(box=(6.7, 51.4, 7.55, 51.9)))) == []


def test_coordinates_past_all_bounds_are_quoted_without_a_warning() -> None:
    # arcs out there become signalling NaN in GDAL
    wkb = struct.pack("<BII", 1, 2, 2) + struct.pack("<QQ", *[0x7FF0_0000_0000_00FF] * 2) + struct.pack("<dd", 1e308, 0)
    assert judge({}, geometry=[wkb]).rejected == {1}


def test_a_point_at_zero_is_none_in_any_system() -> None:
    for system in SYSTEMS:
        placed = place([Point(0, 0), at(), None, Point(-0.0, 0)], [system, METRES, None, system])
        assert [shape is None for shape in placed.geometry] == [True, False, True, True]
        assert said(placed) == [("coordinates_zero", "kept", 11), ("coordinates_zero", "kept", 14)]
    assert said(place([Point(), Point(0, 51.5), Polygon([(0, 0), (1, 0), (1, 1)])], LONLAT)) == []
