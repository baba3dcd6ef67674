"""Which columns are taken, and which are left."""

from __future__ import annotations

import pytest

from finder.intake import profiles
from finder.intake.headers import Headers, left_out
from tests.intake.deliveries import sentences, table


def profile(*ignore: str) -> profiles.Profile:
    return profiles.parse({"name": "x", "title": "X", "ignore": list(ignore)})


def test_headers_are_taken_in_the_order_of_the_rule() -> None:
    headers = Headers(table({"Geo_X": [1], "easting": [2], "rest": [3]}))
    assert headers.take(["Easting", "GeoX", "longitude"]) == ["easting", "Geo_X"]
    assert headers.left() == ["rest"]
    assert headers.take(["nothing"]) == []


def test_a_star_stands_for_anything_in_the_order_of_the_file() -> None:
    headers = Headers(table({"b@2.h": [1], "a.h": [2], "b@1.hMax": [3], "b@1.H": [4], "b[1].h": [5]}))
    assert headers.take(["b@*.h", "a.h"]) == ["b@2.h", "b@1.H", "a.h"]
    assert headers.take(["b[*].h"]) == ["b[1].h"]
    assert headers.left() == ["b@1.hMax"]


def test_a_header_with_a_star_is_itself_where_it_is_there() -> None:
    assert Headers(table({"Name*": [1], "Name2": [2]})).take(["name*"]) == ["Name*"]


def test_of_two_headers_that_are_alike_the_first_counts() -> None:
    headers = Headers(table({"GeoX": [1], "Geo X": [2]}))
    assert headers.take(["geox"]) == ["GeoX"]
    assert headers.left() == ["Geo X"]


def test_the_first_cell_that_says_something_counts() -> None:
    headers = Headers(table({"a": [None, "", 0, float("nan"), "x"], "b": ["1", "2", "3", False, "y"]}))
    assert headers.cells(["a", "b"]) == ["1", "2", 0, False, "x"]


def test_joined_cells_are_said_once_and_only_if_they_say_something() -> None:
    headers = Headers(table({"a": ["x", "x", "", None], "b": ["y", "x", "y", " "], "c": [1.0, None, ["z"], None]}))
    assert headers.cells(["a", "b", "c"], "; ") == ["x; y; 1", "x", "y", None]


def test_cells_of_a_single_column_are_left_alone() -> None:
    assert Headers(table({"a": [" x ", None]})).cells(["a"]) == [" x ", None]
    assert Headers(table({"a": [" x ", None]})).cells(["a"], "; ") == [" x ", None]


def test_columns_nobody_takes_are_named_one_by_one() -> None:
    headers = Headers(table({"taken": [1], "Zähler": [1], "": [2], "b\u202ead\x00": [3], "x" * 500: [4]}))
    headers.take(["taken"])
    issues = left_out(headers, profile())
    assert [(issue.rule, issue.action, issue.row) for issue in issues] == [("column_not_taken", "noted", None)] * 4
    assert [issue.field for issue in issues] == ["Zähler", "", "bad", "x" * 79 + "…"]
    assert "No rule takes the column “Zähler”; it is left out." in sentences(issues)


def test_columns_left_out_on_purpose_are_named_together() -> None:
    headers = Headers(table({name: [1] for name in ("motorway_km", "Motorway-Min", "size", "rest")}))
    issues = left_out(headers, profile("motorway_*", "SIZE"))
    assert [(issue.rule, issue.params) for issue in issues] == [
        ("column_not_taken", {"column": "rest"}),
        ("columns_left_out", {"columns": "motorway_km, Motorway-Min, size"}),
    ]


@pytest.mark.parametrize("columns", [{}, {"a": []}])
def test_no_columns_or_no_rows(columns: dict[str, list[object]]) -> None:
    headers = Headers(table(columns))
    present = headers.take(["a"])
    assert present == list(columns)
    assert [headers.cells(present)] == [[]] if present else True
