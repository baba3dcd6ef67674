"""Answers, sites and reports on a terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from finder.language import Language
from finder.model.access import Access
from finder.model.record import Issue
from finder.model.vocabulary import AccessKind, Method, Vehicle
from finder.presentation import terminal
from finder.store.sites import Listed
from tests import factories

EN = Language("en")


def printed(what: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=160)
    console.print(what)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def issue(row: int | None, value: str = "x", rule: str = "negative") -> Issue:
    message = "“%(value)s” is negative; the value stays unknown."
    return Issue(rule=rule, action="kept", message=message, row=row, field="grz", value=value, params={"value": value})


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([], ""),
        ([3], "3"),
        ([1, 2, 3, 7], "1–3, 7"),
        ([7, 3, 2, 1, 1], "1–3, 7"),
        ([1, 3, 5, 7, 9, 11, 13], "1, 3, 5, 7, 9, 11, …"),
    ],
)
def test_ranges(numbers: list[int], said: str) -> None:
    assert terminal.ranges(numbers) == said


@given(st.sets(st.integers(1, 60)))
def test_ranges_name_every_row(numbers: set[int]) -> None:
    said = terminal.ranges(numbers, most=100)
    named: set[int] = set()
    for part in said.split(", ") if said else []:
        first, _, last = part.partition("–")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == numbers


def test_equal_issues_share_a_line() -> None:
    text = printed(terminal.issues((issue(1), issue(2), issue(9), issue(3, "y"), issue(None, "z")), EN))
    assert text.count("is negative") == 3
    assert "1–2, 9" in text


def test_long_reports_say_how_much_is_not_shown() -> None:
    text = printed(terminal.issues(tuple(issue(i, f"v{i}") for i in range(60)), EN))
    assert text.count("is negative") == 50
    assert "10 more" in text


def test_ways_say_how_and_of_when_they_were_measured() -> None:
    way = Access(
        kind=AccessKind.MOTORWAY_JUNCTION,
        vehicle=Vehicle.TRUCK,
        point_id="p",
        point_name="Musterkreuz",
        road="A 99",
        km=2.04,
        minutes=4.4,
        km_method=Method.BEELINE,
        minutes_method=Method.ESTIMATE,
        uncertainty_m=300.0,
        as_of="2023-06",
        source="test",
    )
    listed = Listed(site=factories.site(zoning=()), access=(way,), version=1)
    said = "A 99 Musterkreuz: 4 min · 2.0 km ± 0.3, estimate (truck) · beeline · Jun 2023"
    table = printed(terminal.sites((listed,), factories.TOWNS, EN)).replace("\u00a0", " ")
    assert said in table
    assert "none" in table
    assert said in printed(terminal.site(listed, factories.TOWNS, EN)).replace("\u00a0", " ")


def test_mark_up_in_a_file_stays_text() -> None:
    assert "[red]x[/red]" in printed(terminal.issues((issue(1, "[red]x[/red]"),), EN))
