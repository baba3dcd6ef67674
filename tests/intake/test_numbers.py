"""Numbers as people write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from finder.intake import numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("12", 12), ("-3", -3), ("−3", -3), ("+3", 3), ("0,8", 0.8), ("1.8", 1.8), (",5", 0.5), (".5", 0.5)),
        *(("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1.234.567", 1_234_567), ("1,234,567", 1_234_567)),
        *(("1 234,5", 1234.5), ("1 234 567", 1_234_567), ("1'234.5", 1234.5), ("1’234’567", 1_234_567)),
        *(("1\u00a0234", 1234), ("1\u202f234,50", 1234.5), ("12 ", 12), ("1e3", 1000), ("1,5E-2", 0.015)),
        *(("0,125", 0.125), ("0.125", 0.125), ("1234,567", 1234.567), ("1234.567", 1234.567), ("5,", 5), ("35,-", 35)),
        *(("35,--", 35), ("1.250,–", 1250), ("-1.234,5", -1234.5), ("- 5", -5), ("007", 7)),
    ],
)
def test_numbers_that_can_be_read_in_one_way(text: str, number: float) -> None:
    assert numbers.parse(text, sign=".") == number
    assert numbers.parse(text, sign=",") == number


@pytest.mark.parametrize("text", ["12.500", "12.500 m²"])
def test_three_digits_after_a_point_depend_on_the_decimal_sign(text: str) -> None:
    assert numbers.parse(text, sign=".", unit="m²") == 12.5
    assert numbers.parse(text, sign=",", unit="m²") == 12_500


@pytest.mark.parametrize("text", ["12,500", "12,500 m²"])
def test_three_digits_after_a_comma_depend_on_the_decimal_sign(text: str) -> None:
    assert numbers.parse(text, sign=",", unit="m²") == 12.5
    assert numbers.parse(text, sign=".", unit="m²") == 12_500


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "abc", "1-2", "10 bis 20", "ca. 5", "~5", "> 5", "1,2,3", "1.2.3", "1,23,456", "12.34.567,8"),
        *("1 23", "1 2345", "0x10", "1_000", "nan", "inf", "-inf", "Infinity", "1e309", "1e999", "9" * 400, "1e16"),
        *("٣", "¹²", "½", "5 Äpfel", "5 m", "5 €", "--5", "5e", "1e5000"),
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert numbers.parse(text, unit="m²") is None


@pytest.mark.parametrize(
    ("text", "area_m2"),
    [
        *(("0,29 ha", 2900), ("1.5 ha", 15_000), ("2 Hektar", 20_000), ("3 hectares", 30_000), ("0,5ha", 5000)),
        *(("500 m²", 500), ("500 m2", 500), ("500 qm", 500), ("500 QM", 500), ("0,2 km²", 200_000), ("12 a", 1200)),
        *(("1 acre", 4046.856422), ("2 acres", 8093.712845), ("500", 500), ("1.234,5 m²", 1234.5), ("500 sqm.", 500)),
        *(("1000 sq ft", 92.90304), ("1000 sq. ft.", 92.90304), ("1000 ft²", 92.90304)),
    ],
)
def test_units_behind_the_figure_win(text: str, area_m2: float) -> None:
    assert numbers.parse(text, sign=",", unit="m²") == area_m2
    assert numbers.parse(text, sign=",", unit="m²", written_in="m²") == area_m2


def test_a_unit_of_the_column_holds_where_none_is_written() -> None:
    assert numbers.parse("0.426", unit="m²", written_in="ha") == 4260
    assert numbers.parse("15.632", unit="m²", written_in="ha") == 156_320
    assert numbers.parse("500 m²", unit="m²", written_in="ha") == 500


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        *(("85 €/m²", "€/m²", 85), ("85 EUR/qm", "€/m²", 85), ("85,- €/m²", "€/m²", 85), ("85 Euro", "€/m²", 85)),
        *(("630 kVA", "MVA", 0.63), ("6,3 MVA", "MVA", 6.3), ("65 dB(A)", "dB(A)/m²", 65), ("12,5 m", "m", 12.5)),
        *(("1,2 km", "m", 1200), ("0,8", None, 0.8), ("100 ft", "m", 30.48), ("10 feet", "m", 3.048)),
        *(("850.000 €/ha", "€/m²", 85), ("850.000 EUR / ha", "€/m²", 85)),
    ],
)
def test_other_units(text: str, unit: str | None, number: float) -> None:
    assert numbers.parse(text, sign=",", unit=unit) == number


@pytest.mark.parametrize(("text", "unit"), [("5 ha", "€/m²"), ("5 €", "m²"), ("0,8 m²", None), ("5 MVA", "m")])
def test_units_of_another_kind_are_no_number(text: str, unit: str | None) -> None:
    assert numbers.parse(text, sign=",", unit=unit) is None


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e16, -1e300])
def test_figures_out_of_all_proportion_are_none(value: float) -> None:
    assert numbers.scaled(value, "m²", "m²") is None
    assert numbers.scaled(value, "ha", "m²") is None


def test_scaling_leaves_no_dust() -> None:
    assert numbers.scaled(0.29, "ha", "m²") == 2900
    assert numbers.scaled(1.1, "ha", "m²") == 11_000
    assert numbers.scaled(5, "ha", "€/m²") is None


# -- the decimal sign of a column -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        *(("0,8", ","), ("1.234.567", ","), ("1.234,5", ","), ("0,125", ","), ("1234,567", ",")),
        *(("0.8", "."), ("1,234,567", "."), ("1,234.5", "."), ("0.125", "."), ("-1.5", ".")),
        *(("12.500", None), ("12,500", None), ("-12.500", None), ("12", None), ("abc", None), ("", None)),
        *(("12.500 m²", None), ("0,8 ha", ","), ("1 234", None)),
    ],
)
def test_what_a_text_shows_of_its_decimal_sign(text: str, sign: str | None) -> None:
    assert numbers.sign_of(text) == sign


def test_one_clear_text_settles_the_column() -> None:
    assert numbers.decimal_sign(["12.500", "0,8"], ".") == (",", None)
    assert numbers.decimal_sign(["12.500", "3.25"], ",") == (".", None)


def test_a_column_that_does_not_settle_it_follows_the_default_and_says_so() -> None:
    assert numbers.decimal_sign(["12.500", "7"], ",") == (",", "12.500")
    assert numbers.decimal_sign(["0,8", "1.8", "12,500"], ".") == (".", "12,500")


def test_a_column_without_doubt_is_not_doubted() -> None:
    assert numbers.decimal_sign(["7", "", "abc"], ",") == (",", None)
    assert numbers.decimal_sign([], ".") == (".", None)
    assert numbers.decimal_sign(["0,8", "1.8"], ".") == (".", None)


# -- properties -------------------------------------------------------------------------------------------------------

AMOUNTS = st.decimals(-999_999_999, 999_999_999, places=2, allow_nan=False, allow_infinity=False)


@given(AMOUNTS)
def test_grouped_figures_are_read_back_in_both_languages(amount: object) -> None:
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    swiss = english.replace(",", "’")
    french = german.replace(".", "\u202f")
    for text in (english, german, swiss, french):
        assert numbers.parse(text, sign=",") == numbers.parse(text, sign=".") == float(str(amount))


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_what_python_writes_is_read_back(number: float) -> None:
    text = repr(number)
    assume(not numbers.is_ambiguous(text))
    read = numbers.parse(text)
    assert read is not None
    assert math.isclose(read, number, rel_tol=1e-15)


@given(st.text(alphabet="0123456789.,-+ '’eEhamkq²€/\u00a0", max_size=24), st.sampled_from([".", ","]))
def test_any_text_is_a_finite_number_or_none(text: str, sign: str) -> None:
    number = numbers.parse(text, sign=sign, unit="m²", written_in="ha")
    assert number is None or (math.isfinite(number) and abs(number) <= numbers.LARGEST)


@given(st.text(alphabet="0123456789.,", min_size=1, max_size=12))
def test_a_text_without_doubt_is_the_same_number_under_both_signs(text: str) -> None:
    assume(not numbers.is_ambiguous(text))
    assert numbers.parse(text, sign=".") == numbers.parse(text, sign=",")
