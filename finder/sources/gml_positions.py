"""The numbers of GML: positions as lists, one by one, or in the tuples of GML 2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from xml.etree.ElementTree import Element

import numpy as np

from finder.sources.markup import local
from finder.sources.wkb import Positions, Unreadable

_DIMENSIONS = {"2": 2, "3": 3}
_ENVELOPE_WITHIN = 50  # children of an element; the standard has the envelope near the beginning


def dimension(element: Element) -> int | None:
    """Return the dimension that an element states, None where it states none."""
    stated = element.get("srsDimension", element.get("dimension"))
    if stated is None:
        return None
    try:
        return _DIMENSIONS[stated.strip()]
    except KeyError as error:
        raise Unreadable from error


def inherited(around: Sequence[Element]) -> tuple[str | None, int | None]:
    """Return the name of the reference system and the dimension that the nearest elements around state."""
    name: str | None = None
    found: int | None = None
    for element in reversed(around):
        first = islice(element, _ENVELOPE_WITHIN)
        envelopes = [envelope for child in first if local(child.tag) == "boundedBy" for envelope in child]
        for one in (element, *envelopes):
            name = name or one.get("srsName", "").strip() or None
            found = found or dimension(one)
    return name, found


def plain_text(element: Element) -> str:
    """Return the text of an element that holds nothing else."""
    if len(element):
        raise Unreadable
    return element.text or ""


def numbers(text: str) -> list[float]:
    """Return numbers separated by white space; NaN and INF are numbers here."""
    if not text.isascii() or "_" in text:  # Python would read them, XML Schema does not
        raise Unreadable
    return [float(word) for word in text.split()]


def listed(found: list[float], stated: int | None, *, ring: bool) -> tuple[Positions, int]:
    """Return a list's positions and the dimension it was read by: the stated one, else that by which a ring closes."""
    used = stated or 2
    other = 5 - used

    def fits(dimension: int) -> bool:
        return len(found) % dimension == 0 and (not ring or found[:dimension] == found[-dimension:])

    if not fits(used) and (fits(other) if ring or stated is None else False):
        used = other
    elif len(found) % used:
        if stated is not None or len(found) % other:
            raise Unreadable
        used = other
    return np.ascontiguousarray(np.array(found, dtype=float).reshape(-1, used)[:, :2]), used


def tuples(element: Element) -> list[list[float]]:
    """Return the positions of GML 2: numbers and tuples parted, and decimals marked, by signs the element chooses."""
    text = plain_text(element)
    decimal, within, between = (
        element.get(name, plain) for name, plain in (("decimal", "."), ("cs", ","), ("ts", " "))
    )
    within, between = within.strip() or " ", between.strip() or " "
    if any(len(sign) != 1 for sign in (decimal, within, between)) or len({decimal, within, between}) < 3:
        raise Unreadable
    if within != " ":  # white space around the sign parts nothing
        text = re.sub(rf"\s*{re.escape(within)}\s*", within, text)
    parted = text.split() if between == " " else [part for part in text.split(between) if part.strip()]
    found = []
    for one in parted:
        words = one.split() if within == " " else one.split(within)
        found.append([number for word in words for number in numbers(word.replace(decimal, "."))])
    return found
