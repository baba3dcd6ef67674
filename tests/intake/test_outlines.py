"""What can be wrong with an outline, and what can be mended."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon

from finder import crs
from finder.intake import outlines
from tests.factories import ORIGIN, at, square
from tests.intake.deliveries import REGION

X, Y = ORIGIN


def ring(*corners: tuple[float, float]) -> Polygon:
    """Return a polygon from corners, metres east and north of the middle of the region."""
    return Polygon([(X + x, Y + y) for x, y in corners])


def array(*shapes: Any) -> Any:
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out


BOW_TIE = ring((0, 0), (100, 100), (100, 0), (0, 100))
SMALL_BOW = ring((0, 0), (100, 0), (100, 100), (50, 100), (50.2, 100.2), (50, 100.2), (50.2, 100), (0, 100))
SPIKE_OF_NO_WIDTH = ring((0, 0), (100, 0), (100, 50), (180, 50), (100, 50), (100, 100), (0, 100))
NEEDLE = ring((0, 0), (100, 0), (100, 50), (180, 50.1), (100, 50.2), (100, 100), (0, 100))
HOLE_OUTSIDE = Polygon(square(side=100).exterior, [square(x=500, side=50).exterior])
HOLE_TOUCHING = Polygon(square(side=100).exterior, [square(x=50, y=0, side=50).exterior])
OVERLAPPING = MultiPolygon([square(side=100), square(x=50, side=100)])
FLAT = ring((0, 0), (100, 0), (50, 0))
TWICE = ring((0, 0), (100, 0), (100, 0), (100, 100), (0, 100))


# -- kinds ------------------------------------------------------------------------------------------------------------


def test_kinds() -> None:
    shapes = array(None, at(), square(), MultiPolygon([square()]), LineString([(0, 0), (1, 1)]), MultiPoint([(0, 0)]))
    assert outlines.is_point(shapes).tolist() == [False, True, False, False, False, False]
    assert outlines.is_polygon(shapes).tolist() == [False, False, True, True, False, False]
    assert outlines.other_kind(shapes).tolist() == [False, False, False, False, True, True]


@pytest.mark.parametrize(
    "test", [outlines.is_point, outlines.is_polygon, outlines.other_kind, outlines.not_finite, outlines.empty]
)
def test_no_places_have_no_kind(test: Any) -> None:
    assert test(array()).tolist() == []
    assert test(array(None, None)).tolist() == [False, False]


@pytest.mark.parametrize("test", [outlines.invalid, outlines.without_area, outlines.spikes])
def test_nothing_is_wrong_without_an_outline(test: Any) -> None:
    assert test(array()).tolist() == []
    assert test(array(None, at(), LineString([(0, 0), (0, 0)]))).tolist() == [False, False, False]


def test_collections_of_one_kind() -> None:
    two = MultiPolygon([square(), square(x=500)])
    for given_, single in [
        (MultiPoint([at()]), at()),
        (shapely.GeometryCollection([at()]), at()),
        (shapely.GeometryCollection([square()]), square()),
        (shapely.GeometryCollection([square(), square(x=500)]), two),
        (shapely.GeometryCollection([MultiPolygon([square()]), square(x=500)]), two),
    ]:
        assert outlines.single_kind(given_) == single
    for mixed in (
        MultiPoint([at(), at(1)]),
        shapely.GeometryCollection([at(), square()]),
        shapely.GeometryCollection([at(), at(1)]),
        shapely.GeometryCollection([LineString([(0, 0), (1, 1)])]),
        LineString([(0, 0), (1, 1)]),
        MultiLineString([[(0, 0), (1, 1)]]),
    ):
        assert outlines.single_kind(mixed) is None


# -- coordinates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e300, -1e9])
def test_coordinates_that_lead_nowhere(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        line = LineString([(X, Y), (X, bad)])
    shapes = array(None, at(), Point(bad, Y), Point(X, bad), line)
    assert outlines.not_finite(shapes).tolist() == [False, False, True, True, True]


def test_empty_places() -> None:
    shapes = array(None, Point(), Polygon(), at(), shapely.GeometryCollection(), MultiPolygon([]))
    assert outlines.empty(shapes).tolist() == [False, True, True, False, True, True]


# -- validity ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [BOW_TIE, SPIKE_OF_NO_WIDTH, HOLE_OUTSIDE, OVERLAPPING, FLAT, SMALL_BOW])
def test_invalid(shape: Any) -> None:
    assert outlines.invalid(array(shape, square(), None)).tolist() == [True, False, False]


def test_a_corner_given_twice_and_a_hole_at_the_edge_of_the_shell() -> None:
    assert outlines.invalid(array(TWICE, HOLE_TOUCHING)).tolist() == [False, True]


@pytest.mark.parametrize(
    ("shape", "area"), [(SPIKE_OF_NO_WIDTH, 10_000), (HOLE_TOUCHING, 7_500), (SMALL_BOW, 10_000)], ids=str
)
def test_what_can_be_mended_keeps_its_area(shape: Polygon, area: float) -> None:
    mended, change = outlines.valid_again(shape)
    assert mended is not None
    assert mended.is_valid
    assert mended.area == pytest.approx(area, rel=outlines.LARGEST_CHANGE)
    assert change <= outlines.LARGEST_CHANGE


@pytest.mark.parametrize("shape", [BOW_TIE, HOLE_OUTSIDE, OVERLAPPING, FLAT])
def test_what_would_change_its_area_is_not_mended(shape: Any) -> None:
    mended, change = outlines.valid_again(shape)
    assert mended is None
    assert change > outlines.LARGEST_CHANGE


CORNERS = st.tuples(st.integers(-200, 200), st.integers(-200, 200))


@given(st.lists(CORNERS, min_size=3, max_size=9))
def test_mending_makes_valid_or_gives_up(corners: list[tuple[int, int]]) -> None:
    shape = ring(*corners)
    mended, change = outlines.valid_again(shape)
    assert 0 <= change <= 1
    if mended is None:
        assert change > outlines.LARGEST_CHANGE
    else:
        assert mended.is_valid
        assert outlines.is_polygon(array(mended)).all()
        assert abs(mended.area - shape.area) <= outlines.LARGEST_CHANGE * max(mended.area, shape.area)


@st.composite
def stars(draw: st.DrawFn) -> Polygon:
    """Return a valid polygon around a middle, its corners in the order of their angles."""
    sides = draw(st.integers(3, 24))
    radii = draw(st.lists(st.floats(20, 500), min_size=sides, max_size=sides))
    dx, dy = draw(st.tuples(st.floats(-9000, 9000), st.floats(-9000, 9000)))
    angles = [2 * math.pi * i / sides for i in range(sides)]
    return ring(*((dx + r * math.cos(a), dy + r * math.sin(a)) for r, a in zip(radii, angles, strict=True)))


@given(stars())
def test_valid_outlines_stay_as_they_are(shape: Polygon) -> None:
    assert not outlines.invalid(array(shape)).any()
    mended, change = outlines.valid_again(shape)
    assert change < 1e-9
    assert mended is not None
    assert mended.equals(shape)
    assert not outlines.without_area(array(shape)).any()


@given(stars(), st.integers(2, 6))
def test_patches_that_share_edges_become_one(shape: Polygon, across: int) -> None:
    """GML surfaces of several patches come as one multipolygon, which is not valid."""
    west, south, east, north = shape.bounds
    cuts = [west + (east - west) * i / across for i in range(across + 1)]
    strips = shapely.box(cuts[:-1], south, cuts[1:], north)
    patches = [
        part
        for strip in shapely.intersection(strips, shape)
        for part in shapely.get_parts(strip)
        if shapely.get_type_id(part) == 3
    ]
    mended, change = outlines.valid_again(MultiPolygon(patches))
    assert mended is not None
    assert mended.is_valid
    assert change <= outlines.LARGEST_CHANGE
    assert mended.area == pytest.approx(shape.area, rel=outlines.LARGEST_CHANGE)


def test_patches_around_a_hole_and_inside_one() -> None:
    around = [square(x=x, y=y, side=100) for x in (0, 100, 200) for y in (0, 100, 200) if (x, y) != (100, 100)]
    mended, change = outlines.valid_again(MultiPolygon(around))
    assert (mended is not None, change) == (True, 0)
    assert shapely.get_num_interior_rings(mended) == 1
    whole, _ = outlines.valid_again(MultiPolygon([*around, square(x=100, y=100, side=100)]))
    assert whole is not None
    assert whole.area == 90_000
    assert shapely.get_num_interior_rings(whole) == 0


# -- area and needles -------------------------------------------------------------------------------------------------


def test_without_area() -> None:
    shapes = array(square(side=0.9), square(side=1.1), FLAT, MultiPolygon([square(side=0.5)]), at(), None)
    assert outlines.without_area(shapes).tolist() == [True, False, True, True, False, False]


def test_needles() -> None:
    hole = Polygon(square(side=400).exterior, [[(X + x, Y + y) for x, y in ((50, 50), (60, 50), (350, 50.5))]])
    shapes = array(
        NEEDLE,
        SPIKE_OF_NO_WIDTH,
        square(),
        MultiPolygon([square(x=900), NEEDLE]),
        hole,
        ring((0, 0), (9, 0.01), (0, 0.02)),
        None,
        TWICE,
    )
    assert outlines.spikes(shapes).tolist() == [True, True, False, True, True, False, False, False]


@given(st.integers(0, 6))
def test_a_needle_is_found_whichever_corner_comes_first(turn: int) -> None:
    corners = list(NEEDLE.exterior.coords)[:-1]
    assert outlines.spikes(array(Polygon(corners[turn:] + corners[:turn]))).all()


@given(stars())
def test_needles_are_judged_by_the_sharpest_corner(shape: Polygon) -> None:
    xy = np.asarray(shape.exterior.coords)[:-1]
    back, ahead = np.roll(xy, 1, axis=0) - xy, np.roll(xy, -1, axis=0) - xy
    turn = np.abs(np.arctan2(ahead[:, 1], ahead[:, 0]) - np.arctan2(back[:, 1], back[:, 0]))
    angle = np.degrees(np.minimum(turn, 2 * np.pi - turn))
    long = (np.hypot(*back.T) > outlines.SPIKE_M) & (np.hypot(*ahead.T) > outlines.SPIKE_M)
    assume((np.abs(angle - outlines.SPIKE_DEGREES) > 1e-6).all())
    assert outlines.spikes(array(shape))[0] == (long & (angle < outlines.SPIKE_DEGREES)).any()


# -- where they lie ---------------------------------------------------------------------------------------------------


def test_outside() -> None:
    far = shapely.affinity.translate(square(), 500_000)
    across = square(side=200_000)
    assert outlines.outside(array(square(), far, across, None, at()), REGION).tolist() == [
        *(False, True, True, False, False)
    ]


def swap(shape: Any) -> Any:
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


def test_swapped_axes_are_turned_back() -> None:
    in_degrees = crs.to_metric(swap(crs.to_lonlat(square())))
    in_metres = swap(square())
    elsewhere = crs.to_metric(Point(2.35, 48.86))
    turned = outlines.swapped(array(square(), in_degrees, in_metres, elsewhere, None), REGION)
    assert [shape is None for shape in turned] == [True, False, False, True, True]
    for shape in turned[1:3]:
        assert shape.equals_exact(square(), 0.01)


@given(stars())
def test_turning_back_is_exact_to_a_centimetre(shape: Polygon) -> None:
    (turned,) = outlines.swapped(array(crs.to_metric(swap(crs.to_lonlat(shape)))), REGION)
    assert turned is not None
    assert turned.equals_exact(shape, 0.01)
