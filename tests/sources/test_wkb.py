"""GeoJSON geometries to WKB, compared with shapely's reading of the same."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.sources import wkb

numbers = st.floats(-1e6, 1e6) | st.integers(-1000, 1000)
positions = st.lists(numbers, min_size=2, max_size=2)
lines = st.lists(positions, min_size=2, max_size=6)
rings = st.lists(positions, min_size=3, max_size=6).map(lambda ring: [*ring, ring[0]])
polygons = st.lists(rings, min_size=1, max_size=3)


def shaped(kind: str, coordinates: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return coordinates.map(lambda found: {"type": kind, "coordinates": found})


simple = st.one_of(
    shaped("Point", positions),
    shaped("LineString", lines),
    shaped("Polygon", polygons),
    shaped("MultiPoint", st.lists(positions, max_size=4)),
    shaped("MultiLineString", st.lists(lines, max_size=3)),
    shaped("MultiPolygon", st.lists(polygons, max_size=3)),
)
geometries = st.recursive(
    simple,
    lambda inner: st.lists(inner, max_size=3).map(lambda found: {"type": "GeometryCollection", "geometries": found}),
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "coordinates", "a"]), inner),
    max_leaves=10,
)


@given(geometries)
def test_same_as_shapely_reads(geometry: dict[str, Any]) -> None:
    writer = wkb.Writer()
    data = writer.write(geometry)
    found = shapely.from_wkb(data)
    assert found.wkt == shapely.from_geojson(json.dumps(geometry)).wkt
    assert not writer.flattened
    assert writer.vertices == shapely.get_num_coordinates(found)
    assert wkb.is_plain(data)


@given(geometries)
def test_a_third_number_is_left_out(geometry: dict[str, Any]) -> None:
    def raised(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: raised(part) if key != "type" else part for key, part in value.items()}
        if value and not isinstance(value[0], list | dict):
            return [*value, 55]
        return [raised(part) for part in value]

    writer = wkb.Writer()
    plain = writer.write(geometry)
    count = writer.vertices
    assert writer.write(raised(geometry)) == plain
    assert writer.flattened == (count > 0)


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon", "LineString", "MultiPoint"])
def test_empty(kind: str) -> None:
    assert shapely.from_wkb(wkb.Writer().write({"type": kind, "coordinates": []})).is_empty


def test_empty_point() -> None:
    assert shapely.from_wkb(wkb.Writer().write({"type": "Point", "coordinates": []})).is_empty


@given(
    anything, st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "MultiPoint", "GeometryCollection"])
)
def test_nonsense_is_named(nonsense: Any, kind: str) -> None:
    for geometry in (nonsense, {"type": kind, "coordinates": nonsense}, {"type": kind, "geometries": nonsense}):
        try:
            data = wkb.Writer().write(geometry)
        except wkb.Unreadable:
            continue
        assert wkb.is_plain(data)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Circle", "coordinates": [1, 2]},
        {"type": "Point", "coordinates": ["7", "51"]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "Point", "coordinates": [7]},
        {"type": "Point", "coordinates": [10**400, 1]},
        {"type": "LineString", "coordinates": [[1, 2], [None, 3]]},
        {"type": "Polygon", "coordinates": [[1, 2], [3, 4]]},
        {"type": "Polygon", "coordinates": {"0": []}},
        {"coordinates": [1, 2]},
        {"type": "Point"},
        {"type": ["Point"], "coordinates": [1, 2]},
    ],
)
def test_what_is_no_geometry(geometry: dict[str, Any]) -> None:
    with pytest.raises(wkb.Unreadable):
        wkb.Writer().write(geometry)


def test_collections_nest_only_so_deep() -> None:
    geometry: dict[str, Any] = {"type": "Point", "coordinates": [1, 2]}
    for _ in range(17):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    with pytest.raises(wkb.Unreadable):
        wkb.Writer().write(geometry)
    assert wkb.Writer().write(geometry["geometries"][0])


@given(geometries, st.data())
def test_cut_or_prolonged_wkb_is_not_plain(geometry: dict[str, Any], data: st.DataObject) -> None:
    whole = wkb.Writer().write(geometry)
    assert not wkb.is_plain(whole + b"\0")
    assert not wkb.is_plain(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize("shape", [shapely.Point(1, 2, 3), shapely.LineString([(1, 2, 3), (4, 5, 6)])])
def test_heights_are_not_plain(shape: shapely.Geometry) -> None:
    for flavor in ("iso", "extended"):
        assert not wkb.is_plain(shapely.to_wkb(shape, flavor=flavor))
    assert wkb.is_plain(shapely.to_wkb(shapely.force_2d(shape), byte_order=0))


@given(st.binary(max_size=60))
def test_any_bytes_are_judged(data: bytes) -> None:
    if wkb.is_plain(data):
        shapely.from_wkb(data, on_invalid="ignore")


# -- from positions, and axes turned ----------------------------------------------------------------------------------


def test_positions_as_geometries() -> None:
    ring = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0], [0.0, 0.0]])
    polygon = wkb.polygon([ring])
    assert shapely.from_wkb(wkb.point(ring[2])).wkt == "POINT (1 2)"
    assert shapely.from_wkb(wkb.point(np.full(2, np.nan))).wkt == "POINT EMPTY"
    assert shapely.from_wkb(wkb.line(ring[:2])).wkt == "LINESTRING (0 0, 1 0)"
    assert shapely.from_wkb(polygon).wkt == "POLYGON ((0 0, 1 0, 1 2, 0 0))"
    assert shapely.from_wkb(wkb.polygon([])).wkt == "POLYGON EMPTY"
    assert shapely.from_wkb(wkb.many(wkb.POLYGONS, [polygon])).wkt == "MULTIPOLYGON (((0 0, 1 0, 1 2, 0 0)))"


@given(geometries)
def test_turned_axes(geometry: dict[str, Any]) -> None:
    data = wkb.Writer().write(geometry)
    assert wkb.turned(wkb.turned(data)) == data
    before, after = shapely.from_wkb([data, wkb.turned(data)], on_invalid="ignore")
    if before is not None:
        places = shapely.get_coordinates(before)
        assert np.array_equal(shapely.get_coordinates(after), places[:, ::-1], equal_nan=True)
        assert shapely.get_type_id(before) == shapely.get_type_id(after)
        if len(places):
            assert np.array_equal(np.array(wkb.first(data)), places[0], equal_nan=True)


def test_turned_axes_of_the_other_byte_order() -> None:
    data = shapely.to_wkb(shapely.LineString([(1, 2), (3, 4)]), byte_order=0)
    assert shapely.from_wkb(wkb.turned(data)).wkt == "LINESTRING (2 1, 4 3)"
    assert wkb.first(data) == (1, 2)


@given(st.binary(max_size=60))
def test_what_is_not_plain_is_not_turned(data: bytes) -> None:
    if not wkb.is_plain(data):
        assert wkb.turned(data) == data
        assert wkb.first(data) is None
