"""Free texts and web addresses."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.intake import cells, texts
from finder.intake.cells import Cast
from finder.intake.profiles import Column


def cast(value: object, name: str = "note", *, escaped: bool = False, **column: object) -> Cast:
    return texts.caster(Column(attribute=name, headers=(), **column), name, escaped)(value)  # type: ignore[arg-type]


def rules(result: Cast) -> list[tuple[str, str]]:
    return [(problem.rule, problem.action) for problem in result[1]]


@pytest.mark.parametrize("value", ["Ölmühle", "  Ölmühle ", "<b>fett</b>", "${alert(1)}", "a\nb", "日本", "👩"])
def test_text_is_kept_as_it_is(value: str) -> None:
    assert cast(value) == (value.strip(), ())


def test_numbers_and_flags_are_text_where_text_is_expected() -> None:
    assert cast(12.0) == ("12", ())
    assert cast(True) == ("true", ())


@pytest.mark.parametrize("value", [None, "", "   ", float("nan")])
def test_empty_text_is_not_known(value: object) -> None:
    assert cast(value) == (None, ())


@pytest.mark.parametrize("value", [["a", "b"], {"a": 1}, 10**400])
def test_what_is_no_text_stays_unknown_and_is_named(value: object) -> None:
    text, problems = cast(value)
    assert text is None
    assert [problem.rule for problem in problems] == ["text"]


@pytest.mark.parametrize("value", ["Ge\u202ewerbe", "Ge\x00werbe", "Ge\u200bwerbe", "Ge\ud800werbe", "\ufeffGewerbe"])
def test_invisible_signs_are_removed_and_said(value: str) -> None:
    text, problems = cast(value, "note")
    assert text == "Gewerbe"
    assert [(p.rule, p.action) for p in problems] == [("control_characters", "repaired")]


def test_line_breaks_are_no_complaint() -> None:
    assert cast("a\r\nb\rc") == ("a\nb\nc", ())
    assert cast("a\r\n  b", "name") == ("a b", ())


def test_a_zero_byte_between_words_is_said_even_in_one_line() -> None:
    assert rules(cast("a\x00b", "name")) == [("control_characters", "repaired")]


@pytest.mark.parametrize(("name", "longest"), [("name", 300), ("source_id", 200), ("id", 100), ("note", 20_000)])
def test_long_texts_are_cut_and_said(name: str, longest: int) -> None:
    assert cast("x" * longest, name) == ("x" * longest, ())
    text, problems = cast("x" * (longest + 1), name)
    assert text == "x" * longest
    assert [(p.rule, p.action, p.params["longest"]) for p in problems] == [("text_too_long", "repaired", longest)]


def test_a_name_of_twenty_thousand_signs_is_cut() -> None:
    text, problems = cast("ß" * 20_000, "name")
    assert text == "ß" * 300
    assert len(problems[0].value) <= 80


@given(st.text(alphabet=st.characters(codec=None), max_size=400), st.sampled_from(["name", "note", "id"]))
def test_cleaned_text_is_safe_and_stays_the_same(value: str, name: str) -> None:
    text, _ = cast(value, name)
    if text is not None:
        text.encode("utf-8")
        assert text == text.strip()
        assert len(text) <= texts.LONGEST.get(name, texts.LONGEST_TEXT)
        assert cast(text, name) == (text, ())


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=90))
def test_ordinary_text_passes_unchanged(value: str) -> None:
    assert cast(value, "name") == (value, ()) or not cells.is_safe(value)


# -- cells that a spreadsheet was kept from ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("'=1+1", "=1+1"),
        ("'+49 209", "+49 209"),
        ("'-5", "-5"),
        ("'@stadt", "@stadt"),
        ('="05562020"', "05562020"),
        ('="a ""b"""', 'a "b"'),
        ("'Alte Zeche'", "'Alte Zeche'"),
        ("'s Gravenhage", "'s Gravenhage"),
        ('="a"&"b"', '="a"&"b"'),
        ("=1+1", "=1+1"),
    ],
)
def test_guards_are_taken_off_in_tables(value: str, text: str) -> None:
    assert cast(value, escaped=True) == (text, ())


def test_elsewhere_an_apostrophe_is_an_apostrophe() -> None:
    assert cast("'=1+1") == ("'=1+1", ())


def test_a_guard_around_nothing_says_nothing() -> None:
    assert cast('=""', escaped=True) == (None, ())


# -- what a profile makes of texts ------------------------------------------------------------------------------------


def test_a_part_of_the_text_can_count() -> None:
    part = re.compile(r"([a-z-]+[/:][A-Za-z0-9-]+)/?$")
    assert cast("http://example.org/id/district/fylde/", part=part) == ("district/fylde", ())
    assert cast("no match here!", part=part) == ("no match here!", ())


def test_codes_replace_texts() -> None:
    assert cast("X-1", codes={"x1": "Halde"}) == ("Halde", ())
    assert cast("X-2", codes={"x1": "Halde"}) == ("X-2", ())


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["https://example.org/a?b=1&c=ü#d", "HTTP://EXAMPLE.ORG", "https://[::1]/x", " https://example.org/a "]
)
def test_addresses_are_kept(value: str) -> None:
    assert texts.url(value) == (value.strip(), ())


@pytest.mark.parametrize("value", [None, "", " ", float("nan")])
def test_no_address_is_not_known(value: object) -> None:
    assert texts.url(value) == (None, ())


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "//example.org",
        "example.org",
        "https://",
        "https:///path",
        "https://a b",
        'https://a"onclick=',
        "https://a<script>",
        "https://[::1",
        "https://a\u202eb",
        "https://a\ud800",
        "https://a/" + "x" * 2000,
        "https://a\nhttps://b",
        12,
        True,
        ["https://example.org"],
    ],
)
def test_other_addresses_are_left_out_and_named(value: object) -> None:
    address, problems = texts.url(value)
    assert address is None
    assert [problem.rule for problem in problems] == ["url"]


@given(st.text(max_size=60))
def test_only_web_addresses_pass(value: str) -> None:
    address, _ = texts.url(value)
    assert address is None or address.casefold().startswith(("http://", "https://"))
    prefixed, _ = texts.url("https://" + value)
    assert prefixed is None or not set(prefixed) & set(' <>"\\^`{}\n\t')
