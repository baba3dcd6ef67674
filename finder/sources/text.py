"""From bytes to text: by the byte order mark, else UTF-8, else the Windows code page that spreadsheets write here."""

from __future__ import annotations

import codecs

from finder.sources.sentences import Notes, Refusal

FALLBACK = "cp1252"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def mark(data: bytes) -> tuple[bytes, str] | None:
    """Return the byte order mark at the beginning of `data` and its encoding."""
    return next(((sign, encoding) for sign, encoding in _MARKS if data.startswith(sign)), None)


def decode(data: bytes, notes: Notes) -> tuple[str, str]:
    """Return the text and the encoding's name.

    Raises
    ------
    Refusal
        The text is not in the encoding it announces, or holds NUL.
    """
    if found := mark(data):
        sign, encoding = found
        try:
            text = data[len(sign) :].decode(encoding)
        except UnicodeDecodeError as error:
            raise Refusal("not_decoded") from error
    else:
        text, encoding = _guessed(data, notes)
    if "\0" in text:
        raise Refusal("nul")
    return text, encoding


def _guessed(data: bytes, notes: Notes) -> tuple[str, str]:
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        pass
    if b"\0" in data:
        raise Refusal("nul")
    notes.once("encoding_assumed", encoding=FALLBACK)
    try:
        return data.decode(FALLBACK), FALLBACK
    except UnicodeDecodeError:  # five bytes have no character there
        notes.once("characters_replaced", encoding=FALLBACK)
        return data.decode(FALLBACK, "replace"), FALLBACK
