"""Dates as people write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.intake import dates
from finder.intake.profiles import DATE_FORMATS

GERMAN = ("dd.mm.yyyy",)
BRITISH = ("dd/mm/yyyy",)
AMERICAN = ("mm/dd/yyyy",)
DAYS = st.dates(dates.EARLIEST, dates.LATEST)


@pytest.mark.parametrize(
    ("text", "formats", "date"),
    [
        ("2026-03-01", (), (2026, 3, 1)),
        (" 2026-03-01 ", (), (2026, 3, 1)),
        ("2026/03/01", (), (2026, 3, 1)),
        ("2026-03-01T10:00:00Z", (), (2026, 3, 1)),
        ("2026-03-01 10:00:00+02:00", (), (2026, 3, 1)),
        ("1.3.2026", GERMAN, (2026, 3, 1)),
        ("01. 03. 2026", GERMAN, (2026, 3, 1)),
        ("29.02.2024", GERMAN, (2024, 2, 29)),
        ("26/02/2014", BRITISH, (2014, 2, 26)),
        ("02/26/2014", AMERICAN, (2014, 2, 26)),
        ("3/4/2026", BRITISH, (2026, 4, 3)),
        ("3/4/2026", AMERICAN, (2026, 3, 4)),
        ("13/04/2026", (*AMERICAN, *BRITISH), (2026, 4, 13)),
    ],
)
def test_dates_are_read(text: str, formats: tuple[str, ...], date: tuple[int, int, int]) -> None:
    assert dates.read_date(text, formats) == dt.date(*date)
    assert dates.caster(formats)(text) == (dt.date(*date), ())


@pytest.mark.parametrize(
    "text",
    [
        *("31.02.2026", "29.02.2023", "00.01.2026", "1.13.2026", "31.02.", "1.3.26", "2026", "2026-03", "03/2026"),
        *("2026-02-30", "2026-3-1", "2026-13-01", "1.3.2026 oder später", "3/4/2026", "01.01.1899", "01.01.2200"),
        *("٣.٣.٢٠٢٦", "Q3 2027", "bald", "9999-99-99"),
    ],
)
def test_what_is_no_date_stays_unknown_and_is_named(text: str) -> None:
    date, problems = dates.caster(GERMAN)(text)
    assert date is None
    assert [(problem.rule, problem.action, problem.value) for problem in problems] == [("date", "kept", text)]


@pytest.mark.parametrize("value", [20260301, 2026.0, True, ["2026-03-01"], {}])
def test_other_kinds_of_values_are_no_dates(value: object) -> None:
    date, problems = dates.caster(GERMAN)(value)
    assert date is None
    assert [problem.rule for problem in problems] == ["date"]


@pytest.mark.parametrize("value", [None, "", "unbekannt", "-"])
def test_no_date_is_not_known(value: object) -> None:
    assert dates.caster(GERMAN)(value) == (None, ())


def test_dates_pass_as_dates() -> None:
    assert dates.caster(())(dt.date(2026, 3, 1)) == (dt.date(2026, 3, 1), ())
    assert dates.caster(())(dt.datetime(2026, 3, 1, 23, 59, tzinfo=dt.UTC)) == (dt.date(2026, 3, 1), ())


@given(DAYS)
def test_every_day_is_read_back(date: dt.date) -> None:
    assert dates.read_date(date.isoformat(), ()) == date
    assert dates.read_date(f"{date:%d.%m.%Y}", GERMAN) == date
    assert dates.read_date(f"{date.day}/{date.month}/{date.year}", BRITISH) == date
    assert dates.read_date(f"{date.month}/{date.day}/{date.year}", AMERICAN) == date


@given(st.text(max_size=20))
def test_no_text_is_an_error(text: str) -> None:
    date = dates.read_date(text, DATE_FORMATS)
    assert date is None or dates.EARLIEST <= date <= dates.LATEST


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 9999))
def test_days_that_do_not_exist_are_no_dates(day: int, month: int, year: int) -> None:
    try:
        expected = dt.date(year, month, day)
    except ValueError:
        expected = None
    if expected is not None and not dates.EARLIEST <= expected <= dates.LATEST:
        expected = None
    assert dates.read_date(f"{day:02}.{month:02}.{year:04}", GERMAN) == expected
