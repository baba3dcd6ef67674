"""Valid files gone wrong: bytes damaged, and parts of their structure removed, repeated or exchanged."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

Dice = random.Random
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "iso8859-15", "cp437")
WORDS = (
    *("", " ", "NaN", "nan", "1e400", "-1e400", "Infinity", "-0", "1,5", "1.234,56", "0x10", "١٢", "12" * 200),
    *("ja", "true", "31.02.2026", "2026-13-01", "9999-12-31", "GI;GE;", "=1+1", "'@x", "\x00", "\ufeff", "\u202e"),
    *("EPSG:4326", "POINT (7 51)", "POLYGON EMPTY", "[1, {", '{"kind": "mining"}', "[[[", "<a>", "&amp;", "😀" * 50),
    *("05990001", "5990001", "MS-01", "x" * 5000, "a\nb", "a;b,c\td", '"', '""', "\\", "http://127.0.0.1/", "null"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1e308, 1e-320, float("nan"), float("inf"), 10**30, [], {}, [[]], [None], {"": None}),
    *([1, "a", None], {"type": "Point"}, {"type": "Point", "coordinates": [float("nan"), 1]}, *WORDS),
)


def damaged(data: bytes, dice: Dice) -> bytes:
    """Return a file after one to six accidents: bytes turned, cut, repeated, moved or put in."""
    content = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        start = dice.randrange(len(content) + 1)
        end = min(len(content), start + dice.choice((1, 1, 2, 10, 100, 3000)))
        piece = bytes(content[start:end])
        match dice.randrange(7):
            case 0 if piece:
                content[start] ^= 1 << dice.randrange(8)
            case 1:
                del content[start:end]
            case 2:
                content[start:start] = piece
            case 3:
                del content[start:end]
                content[(at := dice.randrange(len(content) + 1)) : at] = piece
            case 4:
                content[start:start] = dice.randbytes(dice.choice((1, 2, 50)))
            case 5:
                content[start:start] = dice.choice(WORDS).encode()
            case _:
                del content[end:]
    return bytes(content)


def encoded(text: str, dice: Dice) -> bytes:
    """Return a text in one of the encodings of the field, mostly the usual one."""
    return text.encode(dice.choice(ENCODINGS) if dice.random() < 0.3 else "utf-8", "replace")


def json_changed(data: bytes, dice: Dice) -> bytes:
    """Return JSON with one to four of its members removed, replaced, repeated or nested."""
    top: Any = {"top": json.loads(data)}
    for _ in range(dice.randint(1, 4)):
        holder, place = dice.choice(list(_places(top)))
        value = holder[place]
        match dice.randrange(6):
            case 0 if holder is not top:
                del holder[place]
            case 1:
                holder[place] = _deep(value, dice.choice((1, 3, 40, 400)), dice)
            case 2:
                holder[place] = dice.choice((str(value), [value], {"a": value}))
            case 3 if isinstance(holder, list):
                holder.insert(place, value)
            case 4:
                other, there = dice.choice(list(_places(top)))
                holder[place] = json.loads(json.dumps(other[there]))
            case _:
                holder[place] = dice.choice(VALUES)
    text = json.dumps(top.get("top"), ensure_ascii=dice.random() < 0.5)
    if dice.random() < 0.2:
        text = text.replace("NaN", "1e400")
    return encoded(text, dice)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (holder, key) of every value inside; of coordinates only the first few."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield value, name
            yield from _places(inner)
    elif isinstance(value, list):
        for position, inner in enumerate(value[:6]):
            yield value, position
            yield from _places(inner)


def _deep(value: Any, levels: int, dice: Dice) -> Any:
    for _ in range(levels):
        value = [value] if dice.random() < 0.5 else {"a": value}
    return value


def table_changed(data: bytes, dice: Dice) -> bytes:
    """Return CSV with cells, rows, columns, quotation marks or delimiters changed."""
    lines = data.decode("cp1252").split("\n")
    for _ in range(dice.randint(1, 5)):
        position = dice.randrange(len(lines))
        cells = lines[position].split(";")
        cell = dice.randrange(len(cells))
        match dice.randrange(8):
            case 0:
                cells[cell] = dice.choice(WORDS)
            case 1:
                del cells[cell]
            case 2:
                cells.insert(cell, dice.choice(WORDS))
            case 3:
                cells[cell] = f'"{cells[cell]}'
            case 4:
                lines.insert(dice.randrange(len(lines)), lines[position])
            case 5:
                cells = lines[position].split(";")[: dice.randint(0, len(cells))]
            case 6:
                sign = dice.choice((",", "\t", "|", ":", "; "))
                lines = [line.replace(";", sign) for line in lines]
                continue
            case _:
                cells = dice.choice(([], [""], ["Summe", "12"], cells * 2))
        lines[position] = ";".join(cells)
    text = dice.choice(("\n", "\n", "\r", "\n\n")).join(lines)
    return text.encode(dice.choice(ENCODINGS) if dice.random() < 0.3 else "cp1252", "replace")


def xml_changed(data: bytes, dice: Dice) -> bytes:
    """Return XML with elements removed, repeated, moved, renamed or filled with something else."""
    root = ElementTree.fromstring(data)
    for _ in range(dice.randint(1, 4)):
        pairs = [(above, element) for above in root.iter() for element in above]
        if not pairs:
            break
        above, element = dice.choice(pairs)
        match dice.randrange(9):
            case 0:
                above.remove(element)
            case 1:
                above.insert(dice.randrange(len(above) + 1), element)
            case 2:
                element.text = _word(dice)
            case 3:
                element.tag = dice.choice(pairs)[1].tag
            case 4 if element.attrib:
                element.set(dice.choice(list(element.attrib)), _word(dice))
            case 5 if element.attrib:
                del element.attrib[dice.choice(list(element.attrib))]
            case 6:
                for _ in range(dice.choice((1, 5, 60))):
                    wrapped = ElementTree.Element(element.tag)
                    wrapped.append(element)
                    position = list(above).index(element)
                    above.remove(element)
                    above.insert(position, wrapped)
                    above, element = wrapped, element
            case 7:
                element.text = f"{(element.text or '')[: dice.randint(0, 60)]}{_word(dice)}"
            case _:
                element[:] = []
    encoding = dice.choice(ENCODINGS) if dice.random() < 0.3 else "utf-8"
    said = dice.choice(ENCODINGS) if dice.random() < 0.1 else encoding
    lead = f'<?xml version="1.0" encoding="{said.removesuffix("-sig")}"?>\n' if dice.random() < 0.8 else ""
    text = ElementTree.tostring(root, encoding="unicode")
    return (lead + text).encode(encoding, "xmlcharrefreplace")


def _word(dice: Dice) -> str:
    return dice.choice(WORDS).replace("\x00", "")


def changed(structure: Callable[[bytes, Dice], bytes]) -> Callable[[bytes, Dice], bytes]:
    """Return the mutation that damages structure, bytes or both."""

    def change(data: bytes, dice: Dice) -> bytes:
        # whose bytes are damaged is mostly refused as a whole: the more interesting ones are those that can be read
        ways = dice.choice([(structure,), (structure,), (structure,), (damaged,), (structure, damaged)])
        for way in ways:
            data = way(data, dice)
        return data

    return change
