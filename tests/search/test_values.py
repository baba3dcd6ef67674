"""Values as people write them, and the refusal of everything else by name."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.errors import UnknownWord
from finder.model.vocabulary import Zoning
from finder.search import values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4", 4.0),
        (" 4 ", 4.0),
        ("2.5", 2.5),
        ("2,5", 2.5),
        ("0", 0.0),
        ("4 km", 4.0),
        ("4km", 4.0),
        ("4 KM", 4.0),
        ("1.000.000", 1_000_000.0),
        ("1,000,000", 1_000_000.0),
        ("12 500", 12_500.0),
        ("12\u00a0500", 12_500.0),
        ("1.250", 1.25),
    ],
)
def test_numbers(text: str, expected: float) -> None:
    assert values.number("max", text, units=("km",)) == expected


@pytest.mark.parametrize(
    "text", ["", "-4", "+4", "4 ha", "four", "1e9", "nan", "inf", "1.000,000", "1..5", "4 4", "½", "²"]
)
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(UnknownWord, match="“max” cannot be"):
        values.number("max", text, units=("km",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4ha", 40_000.0),
        ("4 ha", 40_000.0),
        ("2,5 ha", 25_000.0),
        ("2.5HA", 25_000.0),
        ("2 Hektar", 20_000.0),
        ("0.125 ha", 1_250.0),
        ("8000", 8_000.0),
        ("8.000", 8_000.0),
        ("8,000 m²", 8_000.0),
        ("8 000 qm", 8_000.0),
        ("1.250.000 m2", 1_250_000.0),
        ("1.5 km²", 1_500_000.0),
        ("0.500", 0.5),
    ],
)
def test_areas(text: str, expected: float) -> None:
    assert values.area_m2("min_area", text) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text", ["", "-1 ha", "4 acres", "ha", "4 ha 5", "1.000,000", "nan ha", "4h", "10000000000000"]
)
def test_other_areas_are_refused(text: str) -> None:
    with pytest.raises(UnknownWord, match=r"“min_area” cannot be .*an area is expected"):
        values.area_m2("min_area", text)


@given(st.integers(0, 10**6), st.sampled_from(["ha", " ha", "", " m²"]))
def test_an_area_is_what_was_written(n: int, unit: str) -> None:
    factor = 10_000 if "ha" in unit else 1
    assert values.area_m2("min_area", f"{n}{unit}") == n * factor
    assert values.area_m2("min_area", f"{n:,}{unit}".replace(",", "\u202f")) == n * factor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2028-01-31", dt.date(2028, 1, 31)),
        ("31.01.2028", dt.date(2028, 1, 31)),
        ("1.2.2028", dt.date(2028, 2, 1)),
        ("2028", dt.date(2028, 12, 31)),
        ("2028-02", dt.date(2028, 2, 29)),
        ("2027-12", dt.date(2027, 12, 31)),
    ],
)
def test_dates(text: str, expected: dt.date) -> None:
    assert values.date("available_by", text) == expected


@pytest.mark.parametrize(
    "text", ["", "31.02.2028", "2028-13", "2028-00", "0000", "soon", "1/2/2028", "9999-12", "-2028"]
)
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(UnknownWord, match=r"“available_by” cannot be .*a date is expected"):
        values.date("available_by", text)


@pytest.mark.parametrize(
    ("text", "expected"), [("yes", True), ("Ja", True), ("1", True), ("on", True), ("no", False), ("NEIN", False)]
)
def test_flags(text: str, expected: bool) -> None:
    assert values.flag("quay", text) is expected


def test_other_flags_are_refused() -> None:
    with pytest.raises(UnknownWord, match="“quay” cannot be “perhaps”: yes or no is expected"):
        values.flag("quay", "perhaps")


def test_codes_are_found_in_any_case_and_named_when_wrong() -> None:
    assert values.codes("zoning", ["gi", "GEe", "GI"], Zoning) == (Zoning.GI, Zoning.GEE)
    assert values.codes("zoning", ["GI", "GE"], Zoning) == values.codes("zoning", ["GE", "GI"], Zoning)
    with pytest.raises(UnknownWord, match="“zoning” cannot be “GX”; known are: GE, GI, GEe"):
        values.codes("zoning", ["GI", "GX"], Zoning)


def test_names_are_found_by_code_and_by_name() -> None:
    known = {"05562024": "Marl", "05562008": "Datteln", "05990001": "Häfen"}
    assert values.names("municipality", ["marl", "05562024", "DATTELN", "Haefen"], known) == tuple(known)
    with pytest.raises(UnknownWord, match="“municipality” cannot be “Bonn”; known are: Datteln, Häfen, Marl"):
        values.names("municipality", ["Bonn"], known)


def test_boxes() -> None:
    assert values.box("bbox", "6.9, 51.5,7.2,51.7") == (6.9, 51.5, 7.2, 51.7)
    assert values.box("bbox", "-180,-90,180,90") == (-180, -90, 180, 90)


@pytest.mark.parametrize(
    "text",
    ["6.9,51.5,7.2", "7.2,51.5,6.9,51.7", "6.9,51.7,7.2,51.5", "a,b,c,d", "6.9,51.5,7.2,nan", "0,0,181,1", "0,0,0,0"],
)
def test_other_boxes_are_refused(text: str) -> None:
    with pytest.raises(UnknownWord, match=r"“bbox” cannot be .*west,south,east,north"):
        values.box("bbox", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("7.1,51.6", (7.1, 51.6)), (" 7.1 , 51.6 ", (7.1, 51.6)), ("Marl", None), ("7.1", None), ("181,0", None)],
)
def test_points(text: str, expected: tuple[float, float] | None) -> None:
    assert values.point(text) == expected


READERS: list[Callable[[str], Any]] = [
    lambda text: values.number("w", text, units=("km",)),
    lambda text: values.area_m2("w", text),
    lambda text: values.date("w", text),
    lambda text: values.flag("w", text),
    lambda text: values.box("w", text),
    values.point,
]


@pytest.mark.parametrize("reader", READERS)
@given(text=st.text(max_size=30) | st.text("0123456789.,- \u00a0hakmM²:٣", max_size=20))
def test_any_text_is_read_or_refused(reader: Callable[[str], Any], text: str) -> None:
    with contextlib.suppress(UnknownWord):
        reader(text)
