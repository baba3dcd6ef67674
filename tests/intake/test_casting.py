"""Casting of cells to the types of the model."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.intake import casting
from finder.intake.cells import UNKNOWN, Cast, bad
from finder.intake.profiles import FIELDS, Column
from finder.model.attributes import Type
from tests.intake.deliveries import FINDER

ABSURD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet=st.characters(codec=None))
    | st.sampled_from([10**400, -(10**400), "1e309", "9" * 5000, "\u202e\ud800", "x" * 20_000, 2**63, "31.02.2026"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
"""Whatever a file may hold."""
ONE_OF_EACH = list({a.type: a for a in FIELDS.values() if a.type is not Type.RECORDS}.values())
KINDS: dict[Type, tuple[type, ...]] = {
    Type.TEXT: (str,),
    Type.URL: (str,),
    Type.NUMBER: (float,),
    Type.INTEGER: (int,),
    Type.FLAG: (bool,),
    Type.DATE: (dt.date,),
    Type.CHOICE: (str,),
    Type.CHOICES: (tuple,),
    Type.WORDS: (tuple,),
}


def cast(name: str, value: object, *, unit: str | None = None, **how: Any) -> Cast:
    column = next((c for c in FINDER.columns if c.attribute == name), None)
    if column is None or unit is not None:
        column = Column(attribute=name, headers=(name,), unit=unit)
    return casting.caster(column, FIELDS[name], FINDER, **how)(value)


def rules(result: Cast) -> list[str]:
    return [problem.rule for problem in result[1]]


# -- columns ----------------------------------------------------------------------------------------------------------


def test_equal_cells_are_cast_once() -> None:
    asked: list[object] = []

    def record(value: object) -> Cast:
        asked.append(value)
        return value, ()

    cells, problems = casting.cast_column(["a", "b", "a", None, "a"], record)
    assert cells == ["a", "b", "a", None, "a"]
    assert problems == []
    assert asked == ["a", "b"]


def test_true_one_and_one_point_zero_are_three_cells() -> None:
    cells, _ = casting.cast_column([True, 1, 1.0, "1"], lambda value: (repr(value), ()))
    assert cells == ["True", "1", "1.0", "'1'"]


def test_lists_and_tables_are_cast_too() -> None:
    cells, _ = casting.cast_column([[1], {"a": 2}, [1]], lambda value: (str(value), ()))
    assert cells == ["[1]", "{'a': 2}", "[1]"]


def test_every_row_with_a_problem_is_named() -> None:
    def refuse(value: object) -> Cast:
        return UNKNOWN if value == "fine" else (None, (bad("number", "“%(value)s”", value),))

    _, problems = casting.cast_column(["x", "fine", "x", [1]], refuse)
    assert [(position, problem.value) for position, problem in problems] == [(0, "x"), (2, "x"), (3, "[1]")]


# -- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("grz", "0,8", 0.8),
        ("grz", "1.8", 1.8),
        ("grz", "-0,8", -0.8),
        ("grz", 0, 0.0),
        ("stated_area_m2", 12_500, 12_500.0),
        ("stated_area_m2", "1,25 ha", 12_500.0),
        ("stated_area_m2", "12 500 m²", 12_500.0),
        ("price_eur_m2", "85,- €/m²", 85.0),
        ("power_mva", "630 kVA", 0.63),
    ],
)
def test_numbers(name: str, value: object, number: float) -> None:
    result, problems = cast(name, value)
    assert (result, problems) == (number, ())
    assert type(result) is float


@pytest.mark.parametrize("value", [None, "", " ", "-", "k. A.", "nan", float("nan")])
def test_no_number_is_not_known_and_not_zero(value: object) -> None:
    assert cast("grz", value) == (None, ())


@pytest.mark.parametrize(
    "value",
    [
        *("viel", "auf Anfrage", "1e309", "inf", float("inf"), -float("inf"), 10**400, 1e16, True, False),
        *([0.8], {"grz": 0.8}, "0,8 ha", "0,8; 1,2"),
    ],
)
def test_what_is_no_number_stays_unknown_and_is_named(value: object) -> None:
    result = cast("grz", value)
    assert result[0] is None
    assert rules(result) == ["number"]


def test_the_columns_unit_holds() -> None:
    assert cast("stated_area_m2", "0.426", unit="ha")[0] == 4260
    assert cast("stated_area_m2", 0.426, unit="ha")[0] == 4260
    assert cast("stated_area_m2", "4260 m²", unit="ha")[0] == 4260


def test_the_decimal_sign_of_the_column_settles_thousands() -> None:
    assert cast("stated_area_m2", "12.500", decimal=",")[0] == 12_500
    assert cast("stated_area_m2", "12.500", decimal=".")[0] == 12.5


@pytest.mark.parametrize(("value", "floors"), [(4, 4), (4.0, 4), ("4", 4), ("4,0", 4), ("", None), (-1, -1)])
def test_whole_numbers(value: object, floors: int | None) -> None:
    result, problems = cast("max_floors", value)
    assert (result, problems) == (floors, ())
    assert result is None or type(result) is int


@pytest.mark.parametrize("value", [4.5, "4,5", 2**31, 1e14, "IV", True])
def test_what_is_no_whole_number_stays_unknown(value: object) -> None:
    result = cast("max_floors", value)
    assert result[0] is None
    assert rules(result) == ["number"]


# -- yes and no -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [True, 1, 1.0, "ja", "Ja", "YES", "x", "wahr", "true", "1", " y "])
def test_yes(value: object) -> None:
    assert cast("quay", value) == (True, ())


@pytest.mark.parametrize("value", [False, 0, 0.0, "nein", "NO", "false", "falsch", "0", "nicht vorhanden"])
def test_no(value: object) -> None:
    assert cast("quay", value) == (False, ())


@pytest.mark.parametrize("value", [None, "", "-", "?", "unbekannt", "k.A."])
def test_neither_said_is_not_no(value: object) -> None:
    assert cast("quay", value) == (None, ())


@pytest.mark.parametrize("value", [2, 0.5, "vielleicht", "geplant", [True], {}])
def test_what_is_neither_yes_nor_no_stays_unknown(value: object) -> None:
    result = cast("quay", value)
    assert result[0] is None
    assert rules(result) == ["flag"]


# -- every type -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attribute", ONE_OF_EACH, ids=lambda attribute: attribute.name)
@given(value=ABSURD)
def test_nothing_in_a_cell_is_an_error(attribute: Any, value: object) -> None:
    result, problems = cast(attribute.name, value)
    assert result is None or isinstance(result, KINDS[attribute.type])
    assert not isinstance(result, float) or math.isfinite(result)
    assert not isinstance(result, bool) or attribute.type is Type.FLAG
    for problem in problems:
        assert problem.message % problem.params
        problem.value.encode("utf-8")
        assert len(problem.value) <= 80
    if result is None and not problems:
        assert cast(attribute.name, None) == UNKNOWN
