"""GeoJSON: members, systems, nesting, and what is not quite JSON."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.limits import DEFAULT, Limits
from finder.sources import geojson, splitting
from finder.sources.sentences import Refusal
from finder.sources.table import Table
from tests.sources.files import SQUARE, collection, feature, point

UTM = "EPSG:25832"


def read(content: str | bytes, limits: Limits = DEFAULT) -> Table:
    return geojson.read(content.encode() if isinstance(content, str) else content, limits)


def values(table: Table) -> dict[str, list[Any]]:
    out = {}
    for name, column in table.columns.items():
        found = column.values.to_pylist()
        out[name] = [None if v is None else json.loads(v) for v in found] if column.kind == "json" else found
    return out


def shapes(table: Table) -> list[str | None]:
    return [None if found is None else shapely.from_wkb(found).wkt for found in table.geometry.to_pylist()]


def noted(table: Table) -> list[tuple[str, int | None]]:
    return [(issue.rule, issue.row) for issue in table.notes]


def code(content: str | bytes, limits: Limits = DEFAULT) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refusal) as caught:
        read(content, limits)
    return caught.value.code, caught.value.params


def test_properties_and_places() -> None:
    table = read(
        collection(
            feature({"name": "Süd", "area": 1, "zoning": ["GE", "GI"], "x": {"a": None}}, point()),
            feature({"name": None, "area": 1.5, "more": True}, {"type": "Polygon", "coordinates": SQUARE}),
            feature(None, None),
        )
    )
    assert values(table) == {
        "name": ["Süd", None, None],
        "area": [1, 1.5, None],
        "zoning": [["GE", "GI"], None, None],
        "x": [{"a": None}, None, None],
        "more": [None, True, None],
    }
    assert shapes(table) == ["POINT (7.1 51.6)", "POLYGON ((7 51.5, 7.1 51.5, 7.1 51.6, 7 51.5))", None]
    assert table.crs == geojson.LONLAT
    assert noted(table) == []


def test_ids_stand_in_for_a_missing_property() -> None:
    table = read(collection(feature({"a": 1}, id="x"), feature({"a": 2, "id": "own"}, id="y"), feature({"a": 3})))
    assert values(table) == {"id": ["x", "own", None], "a": [1, 2, 3]}


@pytest.mark.parametrize("content", [json.dumps(feature({"a": 1}, point())), json.dumps(point())])
def test_a_lone_feature_or_geometry(content: str) -> None:
    assert shapes(read(content)) == ["POINT (7.1 51.6)"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings(encoding: str) -> None:
    assert values(read(collection(feature({"name": "Süd"})).encode(encoding))) == {"name": ["Süd"]}


def test_windows_text_is_noted() -> None:
    table = read(collection(feature({"name": "Süd"})).encode("cp1252"))
    assert values(table) == {"name": ["Süd"]}
    assert noted(table) == [("encoding_assumed", None)]


# -- members of a wrong form ------------------------------------------------------------------------------------------


def test_wrong_members_keep_their_row() -> None:
    table = read(
        collection(
            feature({"a": 1}, {"type": "Point", "coordinates": ["x"]}),
            feature([1], point()),
            feature({"a": 3}, "POINT (1 2)"),
            "hello",
            {"type": "Point", "coordinates": [7, 51]},
            feature({"a": 6}, point()),
        )
    )
    assert values(table) == {"a": [1, None, 3, None, None, 6]}
    assert shapes(table) == [None, "POINT (7.1 51.6)", None, None, None, "POINT (7.1 51.6)"]
    assert noted(table) == [
        ("geometry_unreadable", 1),
        ("properties_unreadable", 2),
        ("geometry_unreadable", 3),
        ("feature_unreadable", 4),
        ("feature_unreadable", 5),
    ]


def test_heights_are_noted_once() -> None:
    table = read(collection(feature({}, point(7, 51, 80)), feature({}, point(7, 52, 90))))
    assert shapes(table) == ["POINT (7 51)", "POINT (7 52)"]
    assert [(issue.rule, issue.field) for issue in table.notes] == [("heights_dropped", "geometry")]


def test_unclosed_rings_are_for_the_intake() -> None:
    open_ring = {"type": "Polygon", "coordinates": [[[7, 51], [8, 51], [8, 52]]]}
    assert read(collection(feature({}, open_ring))).geometry.to_pylist()[0] is not None


# -- not quite JSON ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "nan", "-inf"])
def test_numbers_that_json_does_not_know_count_as_none(word: str) -> None:
    table = read(
        f'{{"type": "Feature", "properties": {{"a": {word}, "b": "NaN", "c": "x\\": NaN"}}, "geometry": null}}'
    )
    assert values(table) == {"a": [None], "b": ["NaN"], "c": ['x": NaN']}
    assert noted(table) == [("not_a_number", None)]


@pytest.mark.parametrize("word", ["1e400", "-1E+999", "9" * 400, "1.5e0308000"])
def test_numbers_that_nobody_can_hold_are_one_value_lost(word: str) -> None:
    one, other = feature({"a": 0.5, "b": "1e400", "c": 1e300}, point()), '"a": 0.5'
    table = read(collection(one, one).replace(other, f'"a": {word}', 1))
    assert values(table) == {"a": [None, 0.5], "b": ["1e400"] * 2, "c": [1e300] * 2}
    assert noted(table) == [("not_a_number", None)]


def test_coordinates_that_are_no_numbers_leave_no_place() -> None:
    table = read(collection(feature({"a": 1}, point(float("nan"), 51))))
    assert shapes(table) == [None]
    assert noted(table) == [("not_a_number", None), ("geometry_unreadable", 1)]


def test_repeated_keys_are_noted() -> None:
    table = read('{"type": "Feature", "properties": {"a": 1, "b": "\\":", "a": 2}, "geometry": null}')
    assert values(table) == {"a": [2], "b": ['":']}
    assert [(issue.rule, dict(issue.params)) for issue in table.notes] == [("key_repeated", {"key": "a"})]


def test_every_key_named_more_than_once_is_told() -> None:
    feature = b'{"type": "Feature", "geometry": null, "properties": {"a": 1, "b": 1, "a": 2, "b": 2, "c": 3}}'
    table = geojson.read(b'{"type": "FeatureCollection", "features": [%b, %b]}' % (feature, feature), Limits())
    assert [issue.params["key"] for issue in table.notes] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ("{", 1, 2),
        ('{"a": 1,\n "b": }', 2, 7),
        ("[1, 2", 1, 6),
        ('{"a": "\x01"}', 1, 8),
        ('{"a": NaN, "b": [-Infinity, 1e999],\n "c": [NaN, NaN, nan, "NaN", }', 2, 31),
    ],
)
def test_where_json_is_broken(content: str, line: int, column: int) -> None:
    found, params = code(content)
    assert found == "not_json"
    assert params["line"] == line
    assert abs(params["column"] - column) <= 1


def test_truncated() -> None:
    whole = collection(*[feature({"a": i}, point()) for i in range(5)])
    for share in (0.2, 0.5, 0.99):
        assert code(whole[: int(len(whole) * share)])[0] == "not_json"


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        collection(feature({"a": [[[[[[]]]]]]})),
        collection(feature({"a": {"b": {"c": {"d": {"e": {"f": {}}}}}}})),
    ],
)
def test_endless_nesting(content: str) -> None:
    assert code(content, Limits(max_depth=5))[0] in ("too_deep", "not_json")
    if content.startswith("{"):
        assert code(content, Limits(max_depth=5))[0] == "too_deep"


def test_nul() -> None:
    assert code(b'{"type": "Feature", "properties": {"a": "\0"}}')[0] == "not_json"
    assert code(b'\xff\xfe{\0"\0\0\0')[0] == "nul"


# -- systems ----------------------------------------------------------------------------------------------------------


def named(name: Any) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("EPSG:25832", UTM),
        ("epsg:25832", UTM),
        ("urn:ogc:def:crs:EPSG::25832", UTM),
        ("urn:ogc:def:crs:EPSG:9.9:25832", UTM),
        ("urn:x-ogc:def:crs:EPSG::25832", UTM),
        ("http://www.opengis.net/def/crs/EPSG/0/25832", UTM),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", geojson.LONLAT),
        ("OGC:CRS84", geojson.LONLAT),
        ("CRS84", geojson.LONLAT),
    ],
)
def test_named_systems(name: str, said: str) -> None:
    assert read(collection(feature({}, point()), crs=named(name))).crs == said


def test_names_that_are_not_known() -> None:
    table = read(collection(feature({}, point()), crs=named("Gauß-Krüger")))
    assert table.crs is None
    assert noted(table) == [("crs_not_known", None)]
    assert read(collection(feature({}, point()), crs=None)).crs is None


@pytest.mark.parametrize(
    ("stated", "refused"),
    [
        ({"type": "link", "properties": {"href": "http://127.0.0.1:9/"}}, "crs_link"),
        ({"type": "url", "properties": {"url": "http://127.0.0.1:9/"}}, "crs_link"),
        ({"type": "name", "properties": {"name": "EPSG:25832", "href": "file:///etc/passwd"}}, "crs_link"),
        ({"type": "proj4", "properties": {"name": "+init=epsg:25832"}}, "crs_link"),
        ({"type": "EPSG", "properties": {"code": 25832}}, "crs_kind"),
        (named(25832), "crs_kind"),
        ({"type": "name"}, "crs_kind"),
        ("EPSG:25832", "crs_kind"),
        ([], "crs_kind"),
    ],
)
def test_systems_stated_otherwise(stated: Any, refused: str) -> None:
    assert code(collection(feature({}, point()), crs=stated))[0] == refused
    assert code(collection(feature({}, point(), crs=stated)))[0] == refused
    assert code(collection(feature({}, {**point(), "crs": stated})))[0] == refused


def test_parts_in_other_systems() -> None:
    assert code(collection(feature({}, point(), crs=named(UTM))))[0] == "several_crs"
    table = read(collection(feature({}, point(), crs=named(UTM)), crs=named("urn:ogc:def:crs:EPSG::25832")))
    assert table.crs == UTM


# -- large files ------------------------------------------------------------------------------------------------------


@given(st.integers(2, 30), st.integers(40, 400))
def test_in_blocks_as_in_one(count: int, size: int) -> None:
    members = [feature({"a": i, f"b{i % 3}": [i], "text": "}, {"}, point(i, i), id=i) for i in range(count)]
    content = collection(*members, crs=named(UTM))
    with pytest.MonkeyPatch.context() as patch:
        whole = read(content)
        split = splitting.split
        patch.setattr(splitting, "split", lambda data: split(data, size))
        parts = read(content)
    assert values(parts) == values(whole)
    assert shapes(parts) == shapes(whole)
    assert parts.crs == whole.crs
    assert noted(parts) == noted(whole) == []


def test_damage_in_a_block_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    split = splitting.split
    monkeypatch.setattr(splitting, "split", lambda data: split(data, 100))
    content = collection(*[feature({"a": i}, point()) for i in range(20)])
    assert code(content.replace('"a": 9', '"a" 9'))[0] == "failed"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "features", "properties", "geometry", "coordinates", "crs", "id", "name"]), inner
        )
    ),
    max_leaves=12,
)


@given(json_values, json_values)
def test_any_json_is_read_or_refused(member: Any, crs: Any) -> None:
    for content in (
        json.dumps(member),
        json.dumps({"type": "FeatureCollection", "features": member, "crs": crs}),
        json.dumps({"type": "FeatureCollection", "features": [member, feature(member, member)]}),
        json.dumps({"type": "FeatureCollection", "features": [feature({"a": 1}, point(), crs=crs)]}),
    ):
        try:
            table = read(content)
        except Refusal:
            continue
        assert len(table.geometry) == table.length


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(Refusal):
        read(b'{"type": "FeatureCollection", "features": [' + data + b"]}")
