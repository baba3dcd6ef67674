"""Keys that stand twice in one object."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.sources import repeated


def found(text: str) -> list[str]:
    return repeated.keys(text.encode(), json.loads(text))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('{"a": 1, "a": 2}', ["a"]),
        ('{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 1, "d": 1}]}', ["b", "d"]),
        ('{"a": {"b": 1}, "c": {"b": 2}}', []),
        ('{"a": "b\\": 1, \\"a\\":"}', []),
        ('{"\\u0061": 1, "a": 2}', ["a"]),
        ('[[], [1, {"x": 1, "x": 2}]]', ["x"]),
        ("[]", []),
        ("1", []),
    ],
)
def test_named_wherever_they_are(text: str, keys: list[str]) -> None:
    assert found(text) == keys


values = st.recursive(
    st.none() | st.integers() | st.text('":\\a{', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('":\\a', max_size=3), inner, max_size=3),
)


@given(values)
def test_none_where_every_key_is_its_own(value: Any) -> None:
    assert found(json.dumps(value)) == []


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), values, min_size=1, max_size=3), st.data())
def test_one_more_of_a_key_is_seen(value: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(value)))
    text = json.dumps(value)[:-1] + f", {json.dumps(key)}: 1}}"
    assert found(text) == [key]
    assert found(f"[[{text}]]") == [key]


def test_not_all_of_many_are_named() -> None:
    text = "{" + ", ".join(f'"k{i}": 1, "k{i}": 2' for i in range(100)) + "}"
    assert found(text) == [f"k{i}" for i in range(20)]
