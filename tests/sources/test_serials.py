"""Numbers of days as dates, and which number formats make them so."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel

from finder.sources import serials
from finder.sources.serials import Kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("dd.mm.yyyy", Kind.DATE),
        ("DD.MM.YYYY", Kind.DATE),
        ("[$-407]d. mmmm yyyy;@", Kind.DATE),
        ("mmm yy", Kind.DATE),
        ('yyyy"-"mm', Kind.DATE),
        ("dd/mm/yyyy hh:mm:ss.000", Kind.DATE),
        ("hh:mm", Kind.TIME),
        ("h:mm AM/PM", Kind.TIME),
        ("mm:ss.0", Kind.TIME),
        ("[h]:mm:ss", Kind.DURATION),
        ("[mm]:ss", Kind.DURATION),
        ("General", None),
        ("0", None),
        ("#,##0.00", None),
        ("0.00%", None),
        ("0.00E+00", None),
        ("@", None),
        ('0.0 "ha"', None),
        ('#,##0" m²"', None),
        ("0.0 ha", None),
        (r"0.0\ \h\a", None),
        ("[Red]0;[h]", None),
        ('"[h]"0', None),
        ("_-* #,##0 €_-;-* #,##0 €_-", None),
        ("", None),
    ],
)
def test_formats(code: str, kind: Kind | None) -> None:
    assert serials.kind(code) is kind


@pytest.mark.parametrize(("number", "kind"), [(0, None), (2, None), (14, Kind.DATE), (22, Kind.DATE), (20, Kind.TIME),
                                              (46, Kind.DURATION), (49, None), (9999, None)])  # fmt: skip
def test_formats_that_are_known_by_number(number: int, kind: Kind | None) -> None:
    assert serials.known(number) is kind


@pytest.mark.parametrize(
    ("serial", "text"),
    [
        (1, "1900-01-01"),
        (59, "1900-02-28"),
        (60, None),
        (61, "1900-03-01"),
        (45413, "2024-05-01"),
        (45413.4375, "2024-05-01T10:30:00"),
        (45413.9999999999, "2024-05-02"),
        (45413.000011574, "2024-05-01T00:00:01"),
        (2958465, "9999-12-31"),
        (2958466, None),
        (-1, None),
        (0, None),
        (0.4375, "10:30:00"),
        (1e300, None),
        (float("nan"), None),
    ],
)
def test_days_from_1900(serial: float, text: str | None) -> None:
    assert serials.text(serial, Kind.DATE) == text


@pytest.mark.parametrize(
    ("serial", "text"), [(0, "1904-01-01"), (43951, "2024-05-01"), (2957003, "9999-12-31"), (2957004, None)]
)
def test_days_from_1904(serial: float, text: str | None) -> None:
    assert serials.text(serial, Kind.DATE, from_1904=True) == text


def test_times_and_durations() -> None:
    assert serials.text(0, Kind.TIME) == "00:00:00"
    assert serials.text(0.75, Kind.TIME, from_1904=True) == "18:00:00"
    assert serials.text(45413.75, Kind.TIME) == "2024-05-01T18:00:00"
    assert serials.text(1.104166666667, Kind.DURATION) == "26:30:00"


@given(st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31, 23, 59, 59)), st.booleans())
def test_what_a_writer_wrote_is_read(moment: dt.datetime, from_1904: bool) -> None:
    moment = moment.replace(microsecond=0, year=max(moment.year, 1905))
    serial = to_excel(moment, CALENDAR_MAC_1904) if from_1904 else to_excel(moment)
    text = serials.text(serial, Kind.DATE, from_1904=from_1904)
    assert text is not None
    assert dt.datetime.fromisoformat(text) == moment


@given(st.floats() | st.integers(), st.sampled_from(Kind), st.booleans())
def test_any_number_is_a_moment_or_none(serial: float, kind: Kind, from_1904: bool) -> None:
    text = serials.text(serial, kind, from_1904=from_1904)
    assert text is None or text[0].isdigit()


@given(st.text(st.sampled_from('ymdhs0#?[]";\\_*@.,-:AP/%gE ')))
def test_any_format_is_looked_at(code: str) -> None:
    assert serials.kind(code) in (None, *Kind)


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ('0.0" ha"', "ha"),
        ("0.0\\ ha", "ha"),
        ('#,##0 "m²"', "m²"),
        ("0 qm;-0 qm", "qm"),
        ('0.0" €"', None),
        ('0 "Stück"', None),
        ("General", None),
        ("dd.mm.yyyy", None),
        ("0.0", None),
        ('"ca. "0.0', None),
    ],
)
def test_a_unit_of_land_behind_the_figure(code: str, unit: str | None) -> None:
    assert serials.unit(code) == unit
