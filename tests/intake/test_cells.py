"""What a cell says before it is cast."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.intake import cells

HIDDEN = [
    "\x00",
    "\x1b",
    "\x7f",
    "\x85",
    "\u00ad",
    "\u061c",
    "\u200b",
    "\u200f",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\ud800",
]
"""Signs that nobody sees: controls, a soft hyphen, direction marks, a byte order mark, half a pair of surrogates."""


@pytest.mark.parametrize("value", [None, "", "  ", "\t\n", float("nan")])
def test_empty_cells_say_nothing(value: object) -> None:
    assert cells.is_empty(value)
    assert cells.means_unknown(value)
    assert cells.plain_text(value) is None


@pytest.mark.parametrize("value", ["?", " - ", "n/a", "N/A", "Unbekannt", "nicht bekannt", "k. A.", "unknown", "NULL"])
def test_some_words_say_that_nothing_is_known(value: str) -> None:
    assert cells.means_unknown(value)
    assert not cells.is_empty(value)


@pytest.mark.parametrize("value", [0, 0.0, False, "0", "no", [], {}, ()])
def test_zero_no_and_none_are_not_unknown(value: object) -> None:
    assert not cells.is_empty(value)
    assert not cells.means_unknown(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" Halde ", "Halde"),
        (12, "12"),
        (12.0, "12"),
        (5562020.0, "5562020"),
        (0.5, "0.5"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (True, "true"),
        (False, "false"),
        (10**29, "1" + "0" * 29),
        (10**400, None),
        (["a"], None),
        ({"a": 1}, None),
    ],
)
def test_plain_text(value: object, text: str | None) -> None:
    assert cells.plain_text(value) == text


@pytest.mark.parametrize("sign", HIDDEN)
def test_hidden_signs_are_stripped(sign: str) -> None:
    assert not cells.is_safe(f"Ge{sign}werbe")
    assert cells.strip_controls(f"Ge{sign}werbe", one_line=False) == "Gewerbe"
    assert cells.strip_controls(f"{sign}", one_line=True).strip() == ""


def test_line_breaks_stay_unless_it_has_to_be_one_line() -> None:
    assert cells.strip_controls("a\n\tb\x07", one_line=False) == "a\n\tb"
    assert cells.strip_controls("a\n\tb\x07", one_line=True) == "a b"


@given(st.text(alphabet=st.characters(codec=None)), st.booleans())
def test_stripped_text_can_be_stored_and_is_stable(text: str, one_line: bool) -> None:
    stripped = cells.strip_controls(text, one_line=one_line)
    assert cells.strip_controls(stripped, one_line=one_line) == stripped
    stripped.encode("utf-8")
    assert {unicodedata.category(sign) for sign in stripped if sign not in "\n\t"}.isdisjoint({"Cc", "Cs"})
    assert not one_line or cells.is_safe(stripped)


def deep(levels: int) -> list[Any]:
    """Return a list in a list in a list …"""
    inner: list[Any] = []
    for _ in range(levels):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "value",
    [
        *("x" * 20_000, "a\r\nb\x00c", "\u202edesrever", "\ud800", 10**400, float("nan"), {"k": [1]}),
        pytest.param(10**5000, id="5001 digits"),
        pytest.param(deep(5000), id="5000 levels"),
    ],
)
def test_quoted_values_are_one_short_line(value: object) -> None:
    quoted = cells.shown(value)
    assert len(quoted) <= 80
    assert cells.is_safe(quoted)
    quoted.encode("utf-8")


@given(st.one_of(st.text(alphabet=st.characters(codec=None)), st.integers(), st.floats(), st.lists(st.text())))
def test_anything_can_be_quoted(value: object) -> None:
    quoted = cells.shown(value, 20)
    assert len(quoted) <= 20
    assert cells.is_safe(quoted)


def test_short_values_are_quoted_as_they_are() -> None:
    assert cells.shown("31.02.2026") == "31.02.2026"
    assert cells.shown(0) == "0"
    assert cells.shown(False) == "false"
    assert cells.shown("abcdef", 4) == "abc…"


def test_a_problem_names_the_value() -> None:
    problem = cells.bad("date", "“%(value)s” of %(known)s", "31.02.", known="days")
    assert (problem.rule, problem.action, problem.value) == ("date", "kept", "31.02.")
    assert problem.message % problem.params == "“31.02.” of days"
