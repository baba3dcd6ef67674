"""German and English, asked for by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.errors import FinderError, UnknownWord
from finder.language import DEFAULT, LANGUAGES, Language, choose

GERMAN, ENGLISH = Language("de"), Language("en")


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        (("de",), "de"),
        (("en",), "en"),
        (("en-GB",), "en"),
        (("de_DE.UTF-8",), "de"),
        (("en.UTF-8",), "en"),
        (("de@euro",), "de"),
        (("EN",), "en"),
        ((None, "", "fr", "en"), "en"),
        (("fr", "C.UTF-8", "POSIX"), DEFAULT),
        (("deutsch", "english"), DEFAULT),
        ((), DEFAULT),
    ],
)
def test_the_first_wish_that_is_spoken_here_counts(wishes: tuple[str | None, ...], code: str) -> None:
    assert choose(*wishes) == Language(code)


@given(st.text())
def test_any_wish_ends_in_a_language(wish: str) -> None:
    assert choose(wish).code in LANGUAGES


def test_messages_are_said_in_both() -> None:
    assert ENGLISH.text("commercial area") == "commercial area"
    assert GERMAN.text("commercial area") == "Gewerbegebiet"
    assert GERMAN.text("from %(value)s", value="4 ha") == "ab 4 ha"
    assert GERMAN.text("") == "", "gettext would answer with the catalogue's header"


def test_a_message_nobody_translated_stays_itself() -> None:
    assert GERMAN.text("no such message %(n)s", n=3) == "no such message 3"
    assert GERMAN.text("100 %") == "100 %", "without parameters a percent sign is one"


def test_plurals_count() -> None:
    one, many = "%(count)s site.", "%(count)s sites."
    assert ENGLISH.plural(one, many, 1, count="1") == "1 site."
    assert ENGLISH.plural(one, many, 2, count="2") == "2 sites."
    assert GERMAN.plural(one, many, 1, count="1") != GERMAN.plural(one, many, 2, count="1")
    assert ENGLISH.plural("%(n)s thing", "%(n)s things", 0) == "0 things"


def test_refusals_are_said_with_what_was_expected() -> None:
    refusal = UnknownWord(
        "“%(word)s” cannot be “%(value)s”: %(expected)s.",
        word="quay",
        value="perhaps",
        expected="yes or no is expected",
    )
    assert ENGLISH.error(refusal) == str(refusal) == "“quay” cannot be “perhaps”: yes or no is expected."
    german = GERMAN.error(refusal)
    assert "quay" in german
    assert "perhaps" in german
    assert "yes or no" not in german
    assert ENGLISH.error(FinderError("Nothing but words.")) == "Nothing but words."
