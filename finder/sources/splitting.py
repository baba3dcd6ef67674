"""A large GeoJSON text cut between its features, so that it can be parsed block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from finder.limits import MIB

BLOCK_BYTES = 8 * MIB
# Such a place cannot lie in a string: its quotation mark would end the string, and no name follows the end of one.
_BETWEEN = re.compile(rb'\}\s*(,)\s*(?=\{\s*"(?:type|id|geometry|properties|bbox)"\s*:)')
_LIST = re.compile(rb'"features"\s*:\s*(\[)')
_KEY = re.compile(rb'"features"\s*:')
_ASIDE = bytes(set(range(256)) - set(b"[]{}"))
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True)
class Parts:
    """A text in parts: `top` is the whole object with an empty list of features, each block a list of some of them."""

    top: bytes
    blocks: Iterator[bytes]


def split(content: bytes, block_bytes: int = BLOCK_BYTES) -> Parts | None:
    """Return the parts of a feature collection, or None where the text is small or not plainly one.

    Every cut is between two members of the list, whatever their properties nest or say. Whether the parts are valid
    JSON shows when they are parsed.
    """
    if len(content) <= 2 * block_bytes or (found := _LIST.search(content)) is None:
        return None
    first = found.start(1)
    if _depth(content[:first]) != (1, 0) or not content.lstrip().startswith(b"{"):
        return None  # a list of that name inside something else
    starts = [first + 1]
    while starts[-1] + block_bytes < len(content) and (cut := _cut(content, starts[-1], block_bytes)):
        starts.append(cut)
    last = _end(content, starts[-1])
    if last is None or _KEY.search(content, last):
        return None  # named again behind, the later list would count
    ends = [start - 1 for start in starts[1:]] + [last]  # without the comma
    blocks = (b"[" + content[start:end] + b"]" for start, end in zip(starts, ends, strict=True))
    return Parts(top=content[: first + 1] + content[last:], blocks=blocks)


def _depth(part: bytes) -> tuple[int, int]:
    """Return how many braces and brackets are open at the end of a part, and at the least.

    The part begins outside a string.
    """
    if b"\\" in part:
        part = part.replace(b"\\\\", b"").replace(b'\\"', b"")
    signs = np.frombuffer(b"".join(part.split(b'"')[::2]).translate(None, _ASIDE), np.uint8)
    if not signs.size:
        return 0, 0
    # bit 1 is set in opening signs only: [ 5B, ] 5D, { 7B, } 7D
    open_ = np.cumsum((signs & 2).astype(np.int32) - 1)
    return int(open_[-1]), min(int(open_.min()), 0)


def _cut(content: bytes, start: int, block_bytes: int) -> int | None:
    """Return where, a block or more behind `start`, a member of the same list begins."""
    open_ = 0
    seen = start
    for match in _BETWEEN.finditer(content, start + block_bytes):
        more, least = _depth(content[seen : match.start(1)])
        if open_ + least < 0:
            return None  # behind the list's end
        open_ += more
        seen = match.start(1)
        if open_ == 0:
            return match.end(1)
    return None


def _end(content: bytes, start: int) -> int | None:
    """Return where the list ends in which the member at `start` lies."""
    open_ = 0
    for match in _TOKEN.finditer(content, start):
        token = match[0]
        if token in b"[{":
            open_ += 1
        elif token in b"]}":
            open_ -= 1
            if open_ < 0:
                return match.start() if token == b"]" else None
    return None
