"""What values of tags say, in the spellings that occur."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.roads import tag_values
from finder.roads.tag_values import Clause, clauses, count, km_h, metres, tonnes, zone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.8", 3.8),
        ("3,8", 3.8),
        ("4", 4.0),
        ("3.8 m", 3.8),
        ("3.8m", 3.8),
        ("3.8 M", 3.8),
        ("380 cm", 3.8),
        ("380cm", 3.8),
        ("2550 mm", 2.55),
        ("12'6\"", 3.81),
        ("12' 6\"", 3.81),
        ("12'", 3.6576),
        ("12 ft 6 in", 3.81),
        ("12ft", 3.6576),
        ("13′2″", 4.0132),
        ('80"', 2.032),
        ("3.8;3.5", 3.5),
        ("3.8 m ; 3.5 m", 3.5),
        ("3.8;none", 3.8),
        ("none", math.inf),
        ("None", math.inf),
        ("default", math.inf),
        ("no_indications", math.inf),
        ("0", None),
        ("-3", None),
        ("low", None),
        ("~3.5", None),
        ("3.8;low", None),
        ("3.8 furlongs", None),
        ("", None),
        (";", None),
        ("٣", None),
    ],
)
def test_lengths(text: str, expected: float | None) -> None:
    assert metres(text) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7.5", 7.5),
        ("7,5 t", 7.5),
        ("7.5t", 7.5),
        ("16 tonnes", 16.0),
        ("3500 kg", 3.5),
        ("3500kg", 3.5),
        ("8 st", 7.25747792),
        ("10 lt", 10.160469),
        ("20000 lbs", 9.0718474),
        ("20000lb", 9.0718474),
        ("24;12", 12.0),
        ("none", math.inf),
        ("unsigned", math.inf),
        ("7500", None),
        ("heavy", None),
        ("7.5 m", None),
        ("1e3", None),
        ("9" * 400, None),
    ],
)
def test_weights(text: str, expected: float | None) -> None:
    assert tonnes(text) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("50kmh", 50.0),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("5 knots", 9.26),
        ("27,5", 27.5),
        ("100; 80", 80.0),
        ("100|80|80", 80.0),
        ("none", math.inf),
        ("2", None),
        ("999", None),
        ("DE:urban", None),
        ("walk", None),
        ("fast", None),
        ("50 t", None),
    ],
)
def test_speeds(text: str, expected: float | None) -> None:
    assert km_h(text) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(("text", "expected"), [("5", 5.0), ("none", math.inf), ("5 t", None), ("five", None)])
def test_counts(text: str, expected: float | None) -> None:
    assert count(text) == expected


@pytest.mark.parametrize(
    ("text", "kind", "in_town", "speed"),
    [
        ("DE:urban", "urban", True, None),
        ("de:urban", "urban", True, None),
        ("FI:urban", "urban", True, None),
        ("BE-VLG:urban", "urban", True, None),
        ("urban", "urban", True, None),
        ("DE:rural", "rural", False, None),
        ("DE:motorway", "motorway", False, None),
        ("DE:living_street", "living_street", True, None),
        ("DE:bicycle_road", "bicycle_road", None, None),
        ("walk", "walk", None, None),
        ("DE:zone:30", "zone", True, 30.0),
        ("DE:zone30", "zone", True, 30.0),
        ("zone30", "zone", True, 30.0),
        ("DE:30", "zone", True, 30.0),
        ("DE:zone:50", "zone", None, 50.0),
    ],
)
def test_kinds_of_limits(text: str, kind: str, in_town: bool | None, speed: float | None) -> None:
    assert zone(text) == tag_values.Zone(kind, in_town, speed)


@pytest.mark.parametrize(
    "text", ["30", "50", "sign", "survey", "", "DE:", "DE:zone", "DE:zone:0", "DE:999", "DE:nowhere"]
)
def test_what_is_no_kind_of_limit(text: str) -> None:
    assert zone(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no @ (weight>7.5)", (Clause("no", ("weight>7.5",)),)),
        ("no@(weight>7.5)", (Clause("no", ("weight>7.5",)),)),
        ("no @ weight>7.5", (Clause("no", ("weight>7.5",)),)),
        ("No @ (Weight>7.5 AND Mo-Fr)", (Clause("no", ("weight>7.5", "mo-fr")),)),
        (
            "no @ (22:00-06:00); destination @ (weight>3.5)",
            (Clause("no", ("22:00-06:00",)), Clause("destination", ("weight>3.5",))),
        ),
        ("no @ (Mo-Fr 07:00-09:00; Sa 10:00-12:00)", (Clause("no", ("mo-fr 07:00-09:00; sa 10:00-12:00",)),)),
        ("none @ destination;", (Clause("none", ("destination",)),)),
        ("no", None),
        ("", None),
        ("no @ ", None),
        ("no @ (weight>7.5", None),
        ("no @ Mo-Fr 07:00-09:00; Sa 10:00-12:00", None),
    ],
)
def test_conditional_values(text: str, expected: tuple[Clause, ...] | None) -> None:
    assert clauses(text) == expected


@given(st.text(max_size=255) | st.text("0123456789.,;|'\"′″ -~@()<>:abcdefghijklmnopqrstuvwxyzDE", max_size=255))
def test_any_text_is_read_or_not(text: str) -> None:
    for value in (metres(text), tonnes(text), count(text), km_h(text)):
        assert value is None or value > 0
    zone(text)
    clauses(text)
