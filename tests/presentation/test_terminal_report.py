"""What became of a file, on a terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from finder.language import Language
from finder.model.record import Issue
from finder.presentation import terminal_report
from finder.presentation.outcomes import Wording

EN = Language("en")
IN_ENGLISH = Wording({}, EN)


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
    assert terminal_report.ranges(numbers) == said


@given(st.sets(st.integers(1, 60)))
def test_ranges_name_every_row(numbers: set[int]) -> None:
    said = terminal_report.ranges(numbers, most=100)
    named: set[int] = set()
    for part in said.split(", ") if said else []:
        first, _, last = part.partition("–")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == numbers


def test_equal_issues_share_a_line() -> None:
    text = printed(terminal_report.issues((issue(1), issue(2), issue(9), issue(3, "y"), issue(None, "z")), IN_ENGLISH))
    assert text.count("is negative") == 3
    assert "1–2, 9" in text


def test_long_reports_say_how_much_is_not_shown() -> None:
    text = printed(terminal_report.issues(tuple(issue(i, f"v{i}") for i in range(60)), IN_ENGLISH))
    assert text.count("is negative") == 50
    assert "10 more" in text


def test_mark_up_in_a_file_stays_text() -> None:
    assert "[red]x[/red]" in printed(terminal_report.issues((issue(1, "[red]x[/red]"),), IN_ENGLISH))
