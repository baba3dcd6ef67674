"""Cells made of several columns."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.intake import composing, profiles
from finder.intake.headers import Headers
from finder.intake.parts import Sign
from tests.intake.deliveries import read, table
from tests.intake.test_casting import ABSURD


def column(attribute: str, **table_: Any) -> profiles.Column:
    profile = profiles.parse({"name": "n", "title": "t", "columns": {attribute: table_}})
    return next(iter(profile.columns))


def cells(rule: profiles.Column, decimal: str = ".", **columns: list[Any]) -> list[Any] | None:
    return composing.cells(Headers(table(columns)), rule, decimal)


def text(part: dict[str, Any], *parts: dict[str, Any], join: str | None = None, **row: Any) -> Any:
    """Return what parts make of one row."""
    rule = column("note", parts=[part, *parts], **({} if join is None else {"join": join}))
    found = cells(rule, **{name: [cell] for name, cell in row.items()})
    return None if found is None else found[0]


# -- parts ------------------------------------------------------------------------------------------------------------


def test_parts_are_joined() -> None:
    address = {
        "join": ", ",
        "parts": [{"from": ["street", "number"], "join": " "}, {"from": ["zip", "town"], "join": " "}],
    }
    rule = column("address", **address)
    rows = {"street": ["Weg", "Weg", "", None], "number": ["1", None, None, ""], "zip": ["45", "", "45", ""]}
    assert cells(rule, **rows, town=["Ort", "Ort", None, " "]) == ["Weg 1, 45 Ort", "Weg, Ort", "45", None]


def test_without_a_join_the_first_part_that_says_something_counts() -> None:
    rule = column("municipality", parts=[{"from": ["code"], "words": ["########"]}, {"from": ["town"]}])
    assert cells(rule, code=["05562016", "0556", None], town=["Herten", "Herten", ""]) == ["05562016", "Herten", None]


def test_a_lone_part_hands_over_what_stands_there() -> None:
    rule = column("grz", parts=[{"from": ["grz"], "unless": ["0"]}])
    assert cells(rule, grz=[0.8, 0, 0.0, "0", None, ["a"]]) == [0.8, None, None, None, None, ["a"]]


def test_columns_that_are_not_there() -> None:
    rule = column("note", parts=[{"from": ["a"]}, {"from": ["b"], "form": "b: {}"}], join="; ")
    assert cells(rule, c=["x"]) is None
    assert cells(rule, b=["x", ""]) == ["b: x", None]


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        ("A {} km", "2.1", "A 2.1 km"),
        ("A {number} km", "2.1", "A 2,1 km"),
        ("A {number} km", "2,1", "A 2,1 km"),
        ("A {number} km", "11.0", "A 11 km"),
        ("A {number} km", 11.0, "A 11 km"),
        ("{number} €", "1850000.00", "1.850.000 €"),
        ("{number}", "1.234", "1,234"),
        ("{number}", "-0.5", "-0,5"),
        ("{number}", "zwei", "zwei"),
        ("{number}", "1e99", "1e99"),
        ("{} {}", "x", "x x"),
        ("{}", "{number}", "{number}"),
        ("fixed", "x", "fixed"),
        ("fixed", "", None),
        ("<{}>", ["GAS", "", "WASSER"], "<GAS, WASSER>"),
        ("<{}>", [], None),
        ("<{}>", ["", None], None),
        ("<{}>", {"a": 1}, None),
    ],
)
def test_forms(form: str, value: object, written: str | None) -> None:
    assert text({"from": ["a"], "form": form}, a=value) == written


def test_numbers_in_forms_follow_the_profiles_sign() -> None:
    rule = column("note", parts=[{"from": ["a"], "form": "{number}"}])
    assert cells(rule, ",", a=["1.234"]) == ["1.234"]
    assert cells(rule, ".", a=["1.234"]) == ["1,234"]


@pytest.mark.parametrize(
    ("words", "unless", "value", "counts"),
    [
        (["sofort"], [], "Sofort ", True),
        (["sofort"], [], "ab sofort", False),
        (["*sofort"], [], "ab sofort", True),
        (["*"], [], "x", True),
        (["####-##-##*"], [], "2026-07-01T00:00:00", True),
        (["####-##-##*"], [], "2026-7-1", False),
        (["##.##.####"], [], "01.07.2026", True),
        (["GE(e)", "[a-z]"], [], "a", False),
        (["GE(e)"], [], "ge (e)", True),
        (["a.c"], [], "abc", False),
        (["GAS"], [], ["WASSER", "GAS"], True),
        (["GAS"], [], '["WASSER", "GAS"]', True),
        (["[GAS"], [], "[GAS", True),
        ([], ["GAS"], ["WASSER", "GAS"], False),
        ([], ["keine"], "keine", False),
        ([], ["keine"], "keine bekannt", True),
        (["1"], [], 1, True),
        (["true"], [], True, True),
        (["x"], [], {"a": 1}, False),
        ([], [], {"a": 1}, True),
        (["*a*b*c*d*e*"], [], "".join(sign * 200 for sign in "abcd"), False),
        (["a*b*b"], [], "ab", False),
        (["a*b*b"], [], "abcb", True),
        (["a*a"], [], "a", False),
        (["*"], ["*x"], "ax", False),
        (["#*#"], [], "1", False),
        (["#*#"], [], "1 von 2", True),
    ],
)
def test_words(words: list[str], unless: list[str], value: object, counts: bool) -> None:
    found = text({"from": ["a"], "words": words, "unless": unless, "form": "yes"}, {"from": ["b"]}, a=value, b="no")
    assert found == ("yes" if counts and not isinstance(value, dict) else "no")


def test_parts_hold_under_conditions() -> None:
    price = {"from": ["price"], "when": {"from": ["currency"], "words": ["EUR"], "empty": True}}
    rule = column("price_eur_m2", parts=[price])
    assert cells(rule, price=["74", "80", "90"], currency=["EUR", "CHF", ""]) == ["74", None, "90"]
    assert cells(rule, price=["74"]) == ["74"]
    strict = column("price_eur_m2", parts=[{**price, "when": {"from": ["currency"], "words": ["EUR"]}}])
    assert cells(strict, price=["74"]) == [None]
    assert cells(strict, currency=["EUR"]) is None


def test_equal_parts_are_said_once() -> None:
    assert text({"from": ["a"]}, {"from": ["b"]}, join="; ", a="x", b="x") == "x"


# -- flags, records, entries ------------------------------------------------------------------------------------------


def test_flags_become_words() -> None:
    rule = column("sale_form", flags={"buy": "sale", "lease": "leasehold", "let": "rent"})
    found = cells(rule, buy=["true", "false", None, "1", "nein"], lease=["1", "0", "", True, "ja"])
    assert found == [["sale", "leasehold"], None, None, ["sale", "leasehold"], ["leasehold"]]
    assert cells(rule, other=["true"]) is None


def test_a_flag_that_says_neither_is_named() -> None:
    profile = profiles.parse({"name": "n", "title": "t", "columns": {"sale_form": {"flags": {"buy": "sale"}}}})
    batch = read(table({"buy": ["vielleicht", "ja"]}), profile)
    assert list(batch.frame["sale_form"]) == [None, ("sale",)]
    assert [(issue.rule, issue.value) for issue in batch.issues if issue.row == 1] == [("code", "vielleicht")]


def test_records_are_made_where_a_part_says_something() -> None:
    rule = column(
        "restrictions",
        records=[
            {"kind": "contamination", "note": {"from": ["soil"], "unless": ["keine"]}},
            {"kind": "mining", "severity": "serious", "note": {"from": ["mine"]}, "responsible": {"from": ["office"]}},
        ],
    )
    assert cells(rule, soil=["Öl", "keine", ""], mine=["", "Schacht", None]) == [
        [{"kind": "contamination", "note": "Öl"}],
        [{"kind": "mining", "severity": "serious", "note": "Schacht"}],
        None,
    ]
    assert cells(rule, office=["Amt"]) == [[{"kind": "mining", "severity": "serious", "responsible": "Amt"}]]
    assert cells(rule, other=["x"]) is None


def test_entries_in_a_table_are_text() -> None:
    rule = column("media", **{"from": ["files"], "entries": {"path": "url"}})
    assert cells(rule, files=['[{"path": "https://example.org/a"}]', "[x"]) == [
        [{"url": "https://example.org/a"}],
        "[x",
    ]


def test_entries_get_our_names() -> None:
    rule = column("media", **{"from": ["files"], "entries": {"path": "url", "size": ""}})
    found = cells(
        rule, files=[[{"path": "https://example.org/a", "size": 3, "odd": 1}, "x"], "https://example.org/b", None]
    )
    assert found == [[{"url": "https://example.org/a", "odd": 1}, "x"], "https://example.org/b", None]


# -- signs ------------------------------------------------------------------------------------------------------------


def test_signs() -> None:
    headers = Headers(table({"a": ["x", "", "y"], "b": ["x", "x", "x"]}))
    told = composing.said(headers, Sign(headers=("none", "a", "b"), words=("x",)))
    assert told is not None
    assert (told.headers, told.cells, told.counts) == (["a", "b"], ["x", "x", "y"], [True, True, False])
    assert composing.said(headers, Sign(headers=("none",))) is None
    told = composing.said(headers, Sign(headers=("a",), empty=True, words=("y",)))
    assert told is not None
    assert told.counts == [False, True, True]


# -- anything ---------------------------------------------------------------------------------------------------------

_RULES = [
    column("note", join="; ", parts=[{"from": ["a", "b"], "join": " "}, {"from": ["b"], "form": "<{number}>"}]),
    column("sale_form", flags={"a": "sale", "b": "rent"}),
    column("restrictions", records=[{"kind": "mining", "note": {"from": ["a"], "words": ["*"], "unless": ["0"]}}]),
    column("media", **{"from": ["a", "b"], "entries": {"x": "url"}}),
    column("grz", parts=[{"from": ["a"], "when": {"from": ["b"], "words": ["#*"], "empty": True}}]),
]


@given(st.sampled_from(_RULES), st.lists(st.tuples(ABSURD, ABSURD), min_size=1, max_size=5))
def test_any_cells_make_as_many(rule: profiles.Column, pairs: list[tuple[object, object]]) -> None:
    columns = {"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}
    found = cells(rule, **columns)
    assert found is not None
    assert len(found) == len(pairs)
    profile = profiles.Profile(name="n", title="t", columns=(rule,))
    assert len(read(table(columns), profile).frame) == len(pairs)
