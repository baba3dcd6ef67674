"""From bytes to text."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.sources import text
from finder.sources.sentences import Notes, Refusal

MARKED = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def decoded(data: bytes) -> tuple[str, str, list[str]]:
    notes = Notes(10)
    found, encoding = text.decode(data, notes)
    return found, encoding, [issue.rule for issue in notes]


@given(words)
def test_utf_8_needs_no_remark(word: str) -> None:
    data = word.encode()
    if text.mark(data) is None:
        assert decoded(data) == (word, "utf-8", [])


@pytest.mark.parametrize("encoding", MARKED)
@given(words.filter(lambda word: not word.startswith("\0")))
def test_marks_are_followed_and_taken_off(encoding: str, word: str) -> None:
    data = MARKED[encoding] + word.encode(encoding)
    assert decoded(data) == (word, encoding, [])


@given(st.text(st.characters(codec="cp1252", exclude_characters="\0"), min_size=1).map(lambda word: word + "ä"))
def test_what_is_not_utf_8_is_windows(word: str) -> None:
    assert decoded(word.encode("cp1252")) == (word, "cp1252", ["encoding_assumed"])


def test_bytes_that_windows_leaves_free_are_replaced() -> None:
    found, encoding, noted = decoded(b"a\x81\xe4")
    assert (found, encoding) == ("a\ufffdä", "cp1252")
    assert noted == ["encoding_assumed", "characters_replaced"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a\0b", "nul"),
        (b"\xe4\0", "nul"),
        ("a;b".encode("utf-16-le"), "nul"),
        (codecs.BOM_UTF8 + b"\xe4", "not_decoded"),
        (codecs.BOM_UTF16_LE + b"a", "not_decoded"),
        (codecs.BOM_UTF16_BE + b"\0\0", "nul"),
    ],
)
def test_what_is_no_text(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        decoded(data)
    assert caught.value.code == code


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found, code = "", "read"
    try:
        found, _, _ = decoded(data)
    except Refusal as refusal:
        code = refusal.code
    assert code in ("read", "nul", "not_decoded")
    assert "\0" not in found
