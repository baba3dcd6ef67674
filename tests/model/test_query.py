"""How texts are folded for searching."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.model.query import And, all_of, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Äußerer Ring", "aeusserer ring"),
        ("SÜD", "sued"),
        ("Suedring", "suedring"),
        ("Œuvre Ærø", "œuvre ærø"),
        ("Café d’Été", "cafe d’ete"),
        ("  a \t b\nc ", "a b c"),
        ("ＡＢＣ", "abc"),
        ("𝐀𝐁𝐂", "abc"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text("äöüÄÖÜßéa ", max_size=20))
def test_composed_and_decomposed_letters_are_found_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_all_of_nothing_is_an_empty_conjunction() -> None:
    assert all_of(()) == And(())
