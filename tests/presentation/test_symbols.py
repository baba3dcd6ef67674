"""Signs: each kind of land is told apart without colour, none needs an id, and hatches stay within their squares."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.model.vocabulary import AccessKind, Availability, Zoning
from finder.presentation import symbols

SHOWN = (
    *((kind,) for kind in (Zoning.GE, Zoning.GI, Zoning.GEE, Zoning.G, Zoning.MI, Zoning.MU, Zoning.MK, Zoning.M)),
    *((kind,) for kind in (Zoning.SO, Zoning.W, Zoning.OTHER)),
    (Zoning.GI, Zoning.GE),
    (),
    None,
)
"""Zonings that must look different from one another."""


def colourless(svg: str) -> str:
    """Return a drawing without its classes: what is left on a black-and-white print."""
    return re.sub(r' class="[^"]*"', "", svg)


@pytest.mark.parametrize("size", [16, 18, 24])
def test_every_kind_of_zoning_is_told_apart_without_colour(size: int) -> None:
    marks = [colourless(symbols.zoning_mark(kinds, Availability.SHORT, size)) for kinds in SHOWN]
    assert len(set(marks)) == len(SHOWN)


def test_every_zoning_has_a_look() -> None:
    assert set(symbols.STYLES) == set(Zoning)


def test_availability_is_the_outline() -> None:
    outlines = {symbols.outline(when) for when in (*Availability, None)}
    assert len(outlines) == len(Availability) + 1
    assert 'class="m-z av-unknown"' in symbols.zoning_mark((Zoning.GE,), None)


def test_not_known_is_asked_and_stated_none_is_not() -> None:
    assert "m-q" in symbols.zoning_mark(None, None)
    assert "m-q" not in symbols.zoning_mark((), None)
    assert "m-q" not in symbols.zoning_mark((Zoning.GE,), None)


def test_two_kinds_share_the_square() -> None:
    mark = symbols.zoning_mark((Zoning.GI, Zoning.SO), None)
    assert "z-gi" in mark
    assert "z-so" in mark
    assert mark.count("<rect") == 3  # two halves and the outline


@pytest.mark.parametrize(
    "svg",
    [
        *(symbols.zoning_mark(kinds, when) for kinds, when in itertools.product(SHOWN, (Availability.LONG, None))),
        *(symbols.access_sign(kind) for kind in AccessKind),
        symbols.brand_mark(),
    ],
)
def test_signs_stand_anywhere_any_number_of_times(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    assert root.get("aria-hidden") == "true"
    for element in root.iter():
        assert not {"id", "style", "href"} & set(element.attrib)


def test_access_signs_differ_in_shape() -> None:
    assert len({colourless(symbols.access_sign(kind)) for kind in AccessKind}) == len(AccessKind)


side = st.floats(4, 60)


@given(
    style=st.sampled_from(sorted(set(symbols.STYLES.values()), key=repr)),
    x=st.floats(-50, 50),
    y=st.floats(-50, 50),
    width=side,
    height=side,
)
def test_hatch_stays_within_its_square(style: symbols.Style, x: float, y: float, width: float, height: float) -> None:
    path = re.search(r' d="([^"]*)"', symbols.hatch(style, x, y, width, height))
    assert path
    points = re.findall(r"([ML])(-?[\d.]+) (-?[\d.]+)(?:([hv])(-?[\d.]+))?", path[1])
    assert points
    reach = 0.06  # coordinates are rounded to tenths
    for _, a, b, along, length in points:
        assert x - reach <= float(a) <= x + width + reach
        assert y - reach <= float(b) <= y + height + reach
        if along == "h":
            assert float(a) + float(length) <= x + width + 2 * reach
        if along == "v":
            assert float(b) + float(length) <= y + height + 2 * reach


@pytest.mark.parametrize("kinds", SHOWN)
def test_patterns_carry_the_id_they_are_given(kinds: symbols.Zonings) -> None:
    root = ElementTree.fromstring(symbols.pattern(kinds, "here"))
    assert root.get("id") == "here"
    assert float(root.get("width", 0)) > 2


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (-0.04, "0"), (2.25, "2.2"), (10.06, "10.1"), (-3.0, "-3"), (1200.0, "1200")]
)
def test_coordinates_are_short(value: float, text: str) -> None:
    assert symbols.number(value) == text
