"""Numbers, areas, dates and facts in both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.language import Language
from finder.model.site import ATTRIBUTES, Contact, Medium, Restriction
from finder.model.vocabulary import Availability, RestrictionKind, Severity, Zoning
from finder.presentation import format

DE, EN = Language("de"), Language("en")


def plain(text: str | None) -> str | None:
    return None if text is None else text.replace(format.NO_BREAK, " ")


@pytest.mark.parametrize(
    ("m2", "de", "en"),
    [
        (0, "0 m²", "0 m²"),
        (9_999, "9.999 m²", "9,999 m²"),
        (10_000, "1,00 ha", "1.00 ha"),
        (23_456, "2,35 ha", "2.35 ha"),
        (99_000, "9,90 ha", "9.90 ha"),
        (231_000, "23,1 ha", "23.1 ha"),
        (12_345_000, "1.234,5 ha", "1,234.5 ha"),
    ],
)
def test_area(m2: float, de: str, en: str) -> None:
    assert (plain(format.area(m2, DE)), plain(format.area(m2, EN))) == (de, en)


@pytest.mark.parametrize(
    ("m2", "said"), [(40_000, "4 ha"), (25_000, "2,5 ha"), (12_345, "1,234 ha"), (8_000, "8.000 m²"), (0.5, "0,5 m²")]
)
def test_wanted_area_has_the_digits_asked(m2: float, said: str) -> None:
    assert plain(format.wanted_area(m2, DE)) == said


@pytest.mark.parametrize(
    ("km", "said"), [(0, "unter 0,1 km"), (0.09, "unter 0,1 km"), (0.1, "0,1 km"), (12.34, "12,3 km")]
)
def test_km(km: float, said: str) -> None:
    assert plain(format.km(km, DE)) == said


@pytest.mark.parametrize(("minutes", "said"), [(0.2, "below 1 min"), (1.4, "1 min"), (59.6, "60 min")])
def test_minutes(minutes: float, said: str) -> None:
    assert plain(format.minutes(minutes, EN)) == said


@pytest.mark.parametrize(
    ("text", "de", "en"),
    [
        ("2021-08-03", "03.08.2021", "3 Aug 2021"),
        ("2021-08", "08/2021", "Aug 2021"),
        ("2021", "2021", "2021"),
        ("2021-13", "2021-13", "2021-13"),
        ("2021-02-31", "2021-02-31", "2021-02-31"),
        ("undatiert", "undatiert", "undatiert"),
        (None, None, None),
    ],
)
def test_date_is_as_exact_as_its_source(text: str | None, de: str | None, en: str | None) -> None:
    assert (format.as_of(text, DE), format.as_of(text, EN)) == (de, en)


@pytest.mark.parametrize(
    ("name", "given_", "said"),
    [
        ("stated_area_m2", 40_000.0, "4,00 ha"),
        ("power_mva", 6.3, "6,3 MVA"),
        ("grz", 0.8, "0,8"),
        ("max_floors", 4, "4"),
        ("sewer", True, "ja"),
        ("sewer", False, "nein"),
        ("available_from", dt.date(2027, 4, 1), "01.04.2027"),
        ("availability", Availability.SHORT, "innerhalb von 2 Jahren"),
        ("zoning", (Zoning.GI, Zoning.GEE), "Industriegebiet, eingeschränktes Gewerbegebiet"),
        ("zoning", (), "keine"),
        ("sectors", (), "keine"),
        ("sectors", ("a", "b"), "a, b"),
        ("restrictions", (), "keine"),
        ("restrictions", (Restriction(kind=RestrictionKind.MINING, note="Schacht"),), "Bergbau: Schacht"),
        ("media", (Medium(url="https://example.org/a"),), "https://example.org/a"),
        ("contact", Contact(organisation="Amt", email="a@example.org"), "Amt, a@example.org"),
        ("note", "wie gesagt", "wie gesagt"),
    ],
)
def test_value(name: str, given_: object, said: str) -> None:
    assert plain(format.value(ATTRIBUTES[name], given_, DE)) == said


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_not_known_is_left_to_the_page(name: str) -> None:
    assert format.value(ATTRIBUTES[name], None, DE) is None


@given(st.floats(min_value=0, max_value=1e12))
def test_area_never_shrinks_to_nothing(m2: float) -> None:
    digits = [int(c) for c in format.area(m2, EN) if c.isascii() and c.isdigit()]
    assert any(digits) == (m2 > 0.5)


def test_restrictions_are_told_with_all_that_is_known_of_them() -> None:
    bare = Restriction(kind=RestrictionKind.MINING)
    full = Restriction(
        kind=RestrictionKind.CONTAMINATION,
        severity=Severity.SERIOUS,
        note="tar",
        responsible="Kreis",
        next_step="survey",
        expected_end=dt.date(2027, 5, 1),
    )
    said = "contamination (serious): tar, responsible: Kreis, next step: survey, done by: 1 May 2027"
    assert format.record((bare, full), EN) == f"mining; {said}"
