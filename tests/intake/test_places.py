"""Where a row lies."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from shapely import MultiPolygon, Point

from finder import crs
from finder.model.vocabulary import GeometryQuality
from tests.factories import at, square
from tests.intake.deliveries import facts, judge, named, told
from tests.intake.test_coordinates import curve, unclosed
from tests.intake.test_outlines import (
    BOW_TIE,
    FLAT,
    HOLE_OUTSIDE,
    HOLE_TOUCHING,
    NEEDLE,
    OVERLAPPING,
    SMALL_BOW,
    SPIKE_OF_NO_WIDTH,
    swap,
)
from tests.intake.test_validate import FAR


def place(shape: Any, *, area: Any = ..., system: str | None = None, **cells: object) -> Any:
    how = {} if area is ... else {"area": area}
    return judge(cells, geometry=[shape], crs=system or f"EPSG:{crs.METRIC}", **how)


# -- repaired, kept, rejected -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [SPIKE_OF_NO_WIDTH, HOLE_TOUCHING, SMALL_BOW])
def test_a_repair_keeps_the_area_within_a_thousandth(shape: Any) -> None:
    batch = place(shape)
    known = facts(batch)
    assert [(issue.rule, issue.action) for issue in named(batch, "outline_invalid")] == [
        ("outline_invalid", "repaired")
    ]
    assert known["geometry"].is_valid
    assert known["geometry"].area == pytest.approx(shape.area, rel=0.001)
    assert known["area_m2"] == known["geometry"].area


@pytest.mark.parametrize("shape", [BOW_TIE, HOLE_OUTSIDE, OVERLAPPING, FLAT])
def test_what_cannot_be_repaired_is_rejected_with_its_outline(shape: Any) -> None:
    batch = place(shape)
    assert batch.rejected == {1}
    (issue,) = batch.issues
    assert (issue.rule, issue.action) == ("outline_invalid", "rejected")
    assert str(issue.value).startswith(("POLYGON ((368", "MULTIPOLYGON (((368"))
    assert len(str(issue.value)) <= 80


def test_an_unclosed_ring_is_closed_and_then_judged_like_any_other() -> None:
    batch = place(unclosed(), system="EPSG:4326")
    assert [issue.rule for issue in batch.issues] == ["ring_closed", "outside"]
    assert [issue.rule for issue in place(unclosed(), system="EPSG:4326", area=None).issues] == ["ring_closed"]


def test_a_curve_leaves_the_site_without_a_place() -> None:
    batch = place(curve())
    assert told(batch) == [("geometry_unreadable", "kept", "geometry", None)]
    assert facts(batch)["geometry"] is None


@pytest.mark.parametrize("shape", [Point(), shapely.Polygon(), MultiPolygon([]), shapely.GeometryCollection([])])
def test_an_empty_place_is_none(shape: Any) -> None:
    batch = place(shape)
    assert facts(batch)["geometry"] is None
    assert [issue.rule for issue in batch.issues] == ["geometry_empty"]


@pytest.mark.parametrize("side", [0.0, 0.01, 0.9])
def test_an_outline_without_area_is_rejected(side: float) -> None:
    assert place(square(side=side)).rejected == {1}


def test_a_needle_is_said_and_kept() -> None:
    batch = place(NEEDLE)
    assert facts(batch)["geometry"].equals(NEEDLE)
    assert [issue.rule for issue in batch.issues] == ["spike"]


def test_the_height_of_a_place_is_dropped() -> None:
    assert not facts(place(shapely.force_3d(square(), 55.0)))["geometry"].has_z


# -- nowhere ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [Point(float("nan"), 51), Point(7, float("inf")), Point(7, 91), Point(1e9, 1e9)])
@pytest.mark.parametrize("area", [None, ...])
def test_coordinates_that_lead_nowhere_are_rejected_as_they_stand_in_the_file(shape: Point, area: Any) -> None:
    batch = place(shape, system="EPSG:4326", area=area)
    assert batch.rejected == {1}
    assert [(issue.rule, issue.value) for issue in batch.issues] == [("not_finite", shape.wkt)]


def test_metres_beyond_any_place_on_earth_are_rejected() -> None:
    for far in (1e8, 1e150, 1e300):
        batch = place(shapely.box(0, 0, far, far), area=None)
        assert [issue.rule for issue in batch.issues] == ["not_finite"]


# -- elsewhere --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [FAR, shapely.box(300_000, 5_700_000, 400_000, 5_730_000)])
def test_outside_the_region(shape: Any) -> None:
    assert [(i.rule, i.action) for i in place(shape).issues] == [("outside", "rejected")]
    batch = place(shape, area=None)
    assert batch.issues == []
    assert facts(batch)["geometry"].equals(shape)


@pytest.mark.parametrize("shape", [square(), at()])
def test_swapped_axes_are_turned_back_in_metres_and_in_degrees(shape: Any) -> None:
    for batch in (place(swap(shape)), place(swap(crs.to_lonlat(shape)), system="EPSG:4326")):
        assert [(i.rule, i.action) for i in batch.issues] == [("axes_swapped", "repaired")]
        assert facts(batch)["geometry"].equals_exact(shape, 0.01)


def test_anywhere_nothing_is_turned() -> None:
    batch = place(swap(square()), area=None)
    assert batch.issues == []
    assert facts(batch)["geometry"].equals(swap(square()))


def test_metres_labelled_as_degrees_and_the_other_way_round() -> None:
    for shape, system in ((square(), "EPSG:4326"), (crs.to_lonlat(square()), f"EPSG:{crs.METRIC}")):
        batch = place(shape, system=system)
        assert [(i.rule, i.action) for i in batch.issues] == [("crs_inferred", "repaired")]
        assert facts(batch)["geometry"].equals_exact(square(), 0.01)


# -- what follows from a place ----------------------------------------------------------------------------------------


def test_the_area_of_polygons_is_measured_and_nothing_else_is() -> None:
    batch = judge({}, {}, {}, geometry=[square(), at(), None])
    assert [facts(batch, i)["area_m2"] for i in range(3)] == [40_000, None, None]
    assert facts(place(square(), geometry_quality="approximate"))["area_m2"] is None


def test_an_area_told_by_the_file_is_never_the_measured_one() -> None:
    assert facts(place(at(), area_m2=5_000))["area_m2"] is None
    assert facts(place(square(), area_m2=5_000))["area_m2"] == 40_000
    assert "area_m2" not in judge({"area_m2": 5_000}).frame


def test_a_point_is_a_point() -> None:
    batch = judge({}, {}, {}, geometry=[square(), at(), None])
    assert batch.frame["geometry_quality"].tolist() == [None, GeometryQuality.POINT, None]


def test_a_place_brings_its_quality() -> None:
    """A new outline must not keep the quality of the point that stood there before."""
    assert place(square()).frame["geometry_quality"].tolist() == [None]
    assert "geometry_quality" not in judge({}).frame


@pytest.mark.parametrize(
    ("shape", "quality", "expected"),
    [
        (square(), "point", None),
        (at(), "surveyed", GeometryQuality.POINT),
        (at(), "parcel", GeometryQuality.POINT),
        (at(), "approximate", GeometryQuality.APPROXIMATE),
        (square(), "approximate", GeometryQuality.APPROXIMATE),
        (square(), "surveyed", GeometryQuality.SURVEYED),
        (None, "point", GeometryQuality.POINT),
        (None, "surveyed", GeometryQuality.SURVEYED),
    ],
)
def test_a_quality_that_does_not_fit_is_said(shape: Any, quality: str, expected: GeometryQuality | None) -> None:
    batch = place(shape, geometry_quality=quality)
    assert facts(batch)["geometry_quality"] is expected
    assert len(named(batch, "quality")) == (expected is None or str(expected) != quality)


def test_a_quality_without_a_place_of_its_own_is_delivered() -> None:
    batch = judge({"geometry_quality": "surveyed"})
    assert facts(batch)["geometry_quality"] is GeometryQuality.SURVEYED
    assert batch.issues == []


def test_a_collection_of_one_kind_becomes_that_kind() -> None:
    batch = place(shapely.GeometryCollection([square(), square(500)]))
    assert facts(batch)["geometry"].geom_type == "MultiPolygon"
    assert facts(batch)["area_m2"] == 80_000
