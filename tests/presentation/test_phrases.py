"""Criteria as nouns, for what is not known."""

from __future__ import annotations

import pytest

from finder.language import Language
from finder.presentation import phrases
from finder.search.criteria import BY_WORD

EN = Language("en")


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
