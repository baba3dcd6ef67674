"""A large GeoJSON text in blocks is the same as the whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.sources import splitting

# texts that look like the places where cuts are made
odd = st.sampled_from(
    ["}, {", '},{"type":"Feature"', '"features": [', "\\", '\\"', "]}", '{"type": "x"}', "{", "[", "\n", "ä€", '"', ""]
)
texts = st.lists(odd | st.text(max_size=5), max_size=3).map("".join)
values = st.recursive(
    st.none() | st.integers(0, 9) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "id", "properties", "features", "geometry", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
features = st.fixed_dictionaries(
    {"type": st.just("Feature"), "properties": values, "geometry": st.none()}, optional={"id": values, "bbox": values}
)
layouts = st.sampled_from([{"separators": (",", ":")}, {"indent": 1}, {"ensure_ascii": False}, {}])


def joined(parts: splitting.Parts) -> Any:
    top = json.loads(parts.top)
    assert top["features"] == []
    for block in parts.blocks:
        members = json.loads(block)
        assert isinstance(members, list)
        top["features"] += members
    return top


@given(
    st.lists(features | values, min_size=1, max_size=12),
    st.dictionaries(st.sampled_from(["name", "crs", "bbox", "before"]), values, max_size=2),
    st.dictionaries(st.sampled_from(["after", "type"]), values, max_size=2),
    layouts,
    st.integers(1, 60),
)
def test_parts_make_the_whole(
    members: list[Any], before: dict[str, Any], after: dict[str, Any], layout: dict[str, Any], size: int
) -> None:
    whole = {**before, "features": members, **after}
    content = json.dumps(whole, **layout).encode()
    parts = splitting.split(content, size)
    if parts is not None:
        assert joined(parts) == whole


@pytest.mark.parametrize("layout", [{}, {"indent": 2}, {"separators": (",", ":")}])
def test_ordinary_files_are_cut(layout: dict[str, Any]) -> None:
    members = [{"type": "Feature", "id": i, "properties": {"t": "}, {"}, "geometry": None} for i in range(100)]
    content = json.dumps({"type": "FeatureCollection", "name": "x", "features": members}, **layout).encode()
    parts = splitting.split(content, 200)
    assert parts is not None
    blocks = list(parts.blocks)
    assert len(blocks) > 10
    assert max(map(len, blocks)) < 600
    assert [member for block in blocks for member in json.loads(block)] == members


def test_nested_features_are_no_place_to_cut() -> None:
    inner = [{"type": "Feature", "id": i} for i in range(50)]
    content = json.dumps({"features": [{"type": "Feature", "properties": {"features": inner}}] * 4}).encode()
    parts = splitting.split(content, 100)
    assert parts is not None
    assert [len(json.loads(block)) for block in parts.blocks] == [1] * 4


def test_lists_behind_are_no_place_to_cut() -> None:
    content = b'{"features": [[]], "after": [{}, {"type": 1}]}'
    parts = splitting.split(content, 1)
    assert parts is not None
    assert joined(parts) == json.loads(content)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"type": "FeatureCollection"}',
        '{"meta": {"features": [{"type": "Feature"}, {"type": "Feature"}]}, "features": []}',
        '{"features": [{"type": "Feature"}, {"type": "Feature"}], "features": [1]}',
        '{"features": [{"type": "Feature"}, {"type": "Feature"}',
        '{"features": [{"type": "Feature"}, {"type": "Feature"}}',
        '[{"features": [{"type": "Feature"}, {"type": "Feature"}]}]',
        '{"features": {"type": "Feature"}}',
    ],
)
def test_what_is_not_plainly_a_collection_stays_whole(text: str) -> None:
    assert splitting.split(text.encode(), 1) is None


def test_small_files_stay_whole() -> None:
    content = b'{"features": [{"type": "Feature"}, {"type": "Feature"}]}'
    assert splitting.split(content, len(content)) is None
    assert splitting.split(content) is None


@given(st.binary(max_size=60), st.binary(max_size=20))
def test_broken_texts_do_not_stop_it(rest: bytes, end: bytes) -> None:
    content = b'{"features": [{"type":"Feature"},{"type":"Feature"}' + rest + b',{"type":"Feature"}]' + end
    parts = splitting.split(content, 4)
    if parts is not None:
        assert len(b"".join(parts.blocks)) <= 2 * len(content)
