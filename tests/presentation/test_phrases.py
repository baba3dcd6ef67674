"""Criteria as they are said: nearness with vehicle and method; nouns, for what is not known."""

from __future__ import annotations

import dataclasses

import pytest
from shapely import Point

from finder.language import Language
from finder.model.reach import Reachable
from finder.model.vocabulary import Vehicle
from finder.presentation import phrases
from finder.search import question
from finder.search.criteria import BY_WORD, Context, Reach
from tests import factories

EN = Language("en")
CONTEXT = Context(today=factories.TODAY, places={"Musterstadt": factories.at()})


def network(as_of: str | None) -> Reach:
    def reach(point: Point, vehicle: Vehicle, minutes: float) -> Reachable:
        return Reachable(within=(1,), unknown=(2,), as_of=as_of)

    return reach


def said(context: Context, *pairs: tuple[str, str]) -> tuple[str, str]:
    """Return the sentence about being near to a place, and what is said not to be known."""
    asked = question.read([("near", "Musterstadt"), *pairs], context)
    (near,) = asked.asked
    return phrases.phrase(near, asked, context, EN).replace("\u00a0", " "), phrases.missing(near, EN)


@pytest.mark.parametrize(
    ("word", "noun"),
    [
        ("min_area", "size"),
        ("max_price", "price"),
        ("min_power_mva", "power"),
        ("near", "place"),
        ("bbox", "place"),
        ("max_restriction", "restrictions"),
        ("verified_since", "confirmation"),
        ("available_by", "availability"),
        ("zoning", "zoning"),
        ("max_airport_km", "airport"),
    ],
)
def test_what_is_not_known_is_named_without_its_limit(word: str, noun: str) -> None:
    assert phrases.name(BY_WORD[word], EN) == noun


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("within_km", "2,5")], "at most 2.5 km from Musterstadt"),
        ([("within_min", "20")], "within 20 min by car (estimate) of Musterstadt"),
        ([("within_min", "7.5"), ("vehicle", "truck")], "within 7.5 min by truck (estimate) of Musterstadt"),
    ],
)
def test_nearness_without_a_network_is_said_with_vehicle_and_method(pairs: list[tuple[str, str]], words: str) -> None:
    assert said(CONTEXT, *pairs) == (words, "place")


@pytest.mark.parametrize(
    ("as_of", "method"),
    [
        ("2026-10", "road network, as of Oct 2026"),
        ("2013", "road network, as of 2013"),
        (None, "road network, undated"),
    ],
)
def test_nearness_over_the_network_is_said_with_its_date(as_of: str | None, method: str) -> None:
    driving = dataclasses.replace(CONTEXT, reach=network(as_of))
    words = f"within 20 min by car ({method}) of Musterstadt"
    assert said(driving, ("within_min", "20")) == (words, "way by road")
    assert said(driving, ("within_km", "20")) == ("at most 20 km from Musterstadt", "place")


def test_an_estimate_beside_the_network_says_why() -> None:
    beside = dataclasses.replace(CONTEXT, reach=lambda *_: None)
    words = "within 20 min by car (estimate, for the road network has no answer) of Musterstadt"
    assert said(beside, ("within_min", "20")) == (words, "place")
