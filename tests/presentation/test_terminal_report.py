"""What became of a file, on a terminal."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from finder.language import Language
from finder.model.outcome import Change, Kind, Missing, Outcome, Report
from finder.model.record import Issue
from finder.presentation import terminal_report
from finder.presentation.outcomes import Wording
from tests import factories
from tests.presentation.test_outcomes import report

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


def shown(told: Report) -> str:
    return printed(terminal_report.report(told, Wording.of(told, factories.TOWNS, EN))).replace("\u00a0", " ")


def test_a_report_in_short() -> None:
    text = shown(report())
    assert "a.csv (CSV, profile finder)" in text
    assert "encoding cp1252, separated by ;, coordinates in EPSG:25832" in text
    assert "Nothing was stored." in text
    assert re.search(r"^  missing from file +1$", text, re.MULTILINE)
    assert re.search(r"^2 +M-2 +Zwei +Site occupancy index GRZ: 0.6 → 0.8 *$", text, re.MULTILINE)
    assert re.search(r"^ +State of the listing: draft → published *$", text, re.MULTILINE), "a site is named once"
    assert "Quay: not known stays as edited by officer@example.org on 11 Jun 2026; the file says yes." in text
    assert re.search(r"^M-9 +Neun +1 Jun 2026 *$", text, re.MULTILINE)
    assert "bring it in with --partial." in text
    assert "with --partial" not in shown(report(partial=True))
    assert "Eins" not in text, "the new ones are only counted"


def test_long_lists_say_how_much_is_not_shown() -> None:
    change = Change(field="grz", before=None, after=0.8)
    many = tuple(Outcome(kind=Kind.CHANGED, row=i, id=f"M-{i}", name="N", changes=(change,)) for i in range(1, 31))
    missing = tuple(Missing(id=f"X-{i}", name="N", since="2026-06-01T12:00:00+00:00") for i in range(25))
    text = shown(report(outcomes=many, changed=30, new=0, missing=missing, issues=(), conflicts=0))
    assert text.count("GRZ: not known → 0.8") == terminal_report.MOST
    assert text.count("X-") == terminal_report.MOST
    assert "… and 10 more; --report FILE.csv writes all." in text
    assert "… and 5 more; --report FILE.csv writes all." in text


@pytest.mark.parametrize("hostile", ["\x1b[2J\x1b]0;x\x07", "a\r\nb\u202e", "[red]x[/red]", "x" * 100_000])
def test_hostile_values_steer_no_terminal(hostile: str) -> None:
    change = Change(field="note", before=None, after=hostile)
    sites = (Outcome(kind=Kind.CHANGED, row=1, id="M-1", name=hostile, changes=(change,)),)
    missing = (Missing(id=hostile, name=hostile, since="2026-06-01T12:00:00+00:00"),)
    text = shown(report(outcomes=sites, missing=missing, issues=(), conflicts=0))
    assert all(line.isprintable() for line in text.splitlines())
    assert len(text) < 10_000
    assert ("[red]x[/red]" in text) is (hostile == "[red]x[/red]")
