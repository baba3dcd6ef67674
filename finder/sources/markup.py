"""XML read piece by piece: no document type, so no entities; no deeper than allowed; memory for one piece at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from finder.limits import Limits
from finder.sources.sentences import Refusal

HREF = "{http://www.w3.org/1999/xlink}href"
"""The attribute by which an element says that its content lies elsewhere."""
_CHUNK = 64 * 1024
_Wanted = Callable[[Element, Sequence[Element]], bool]


def local(tag: str) -> str:
    """Return a tag without its namespace."""
    return tag[tag.find("}") + 1 :]


def namespace(tag: str) -> str:
    """Return a tag's namespace, empty where it has none."""
    return tag[1 : tag.find("}")] if tag.startswith("{") else ""


def pieces(path: Path, names: frozenset[str], limits: Limits) -> Iterator[tuple[Sequence[Element], Element]]:
    """Yield each whole element whose local name is among `names`, with the open elements around it, outermost first.

    A piece is gone when the next is asked for, and so are the elements that held nothing but pieces; what else stands
    around them stays. Of elements within each other, only the outermost is a piece.

    Raises
    ------
    Refusal
        The text is no XML, has a document type or is nested too deeply.
    """
    yield from _read(path, lambda element, _: local(element.tag) in names, limits)


def members(path: Path, holders: frozenset[str], limits: Limits) -> Iterator[tuple[Sequence[Element], Element]]:
    """Yield as pieces what stands in elements of these local names, and those among them that refer to elsewhere.

    A holder may hold a whole collection with holders of its own.

    Raises
    ------
    Refusal
        As with `pieces`.
    """

    def wanted(element: Element, around: Sequence[Element]) -> bool:
        if local(element.tag) in holders:
            return HREF in element.attrib
        held = bool(around) and local(around[-1].tag) in holders
        return held and not local(element.tag).endswith("FeatureCollection")

    yield from _read(path, wanted, limits)


def root(path: Path) -> str:
    """Return the tag of the outermost element, as {namespace}name."""
    with path.open("rb") as file:
        return _root(file)


def _root(file: IO[bytes]) -> str:
    """Read to the first tag: a document type can only stand before it."""
    found: list[str] = []

    def doctype(*_: object) -> None:
        raise Refusal("doctype")

    def begun(tag: str, _: object) -> None:
        found.append(tag)

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = begun
    try:
        while not found and (chunk := file.read(_CHUNK)):
            parser.Parse(chunk)
        if not found:
            parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if not found:
            raise _not_xml(error) from error
    return f"{{{found[0]}" if "}" in found[0] else found[0]


def _read(path: Path, wanted: _Wanted, limits: Limits) -> Iterator[tuple[Sequence[Element], Element]]:
    with path.open("rb") as file:
        _root(file)
        file.seek(0)
        yield from _pieces(file, wanted, limits)


def _pieces(file: IO[bytes], wanted: _Wanted, limits: Limits) -> Iterator[tuple[Sequence[Element], Element]]:
    open_: list[Element] = []
    kept = [0]  # how many of the children that have ended stay, at each depth
    piece = 0  # the depth of the one under way
    emptied = 0  # elements at most so deep hold pieces that were yielded
    try:
        for event, element in ElementTree.iterparse(file, ("start", "end")):  # noqa: S314 (no document type)
            depth = len(open_)
            if event == "start":
                if depth >= limits.max_depth:
                    raise Refusal("too_deep", limit=limits.max_depth)
                if not piece and wanted(element, open_):
                    piece = depth + 1
                open_.append(element)
                kept.append(0)
                continue
            open_.pop()
            kept.pop()
            if depth == piece:
                yield tuple(open_), element
                piece, emptied = 0, depth
            if not piece and depth <= emptied and open_:
                del open_[-1][kept[-1]]  # to look for it among many that stay would take long
                emptied = depth - 1
            else:
                kept[-1] += 1
    except ElementTree.ParseError as error:
        raise _not_xml(error) from error
    except (ValueError, LookupError) as error:  # an encoding nobody knows
        raise Refusal("failed") from error


def _not_xml(error: Exception) -> Refusal:
    line, column = getattr(error, "position", None) or (getattr(error, "lineno", 1), getattr(error, "offset", 0))
    return Refusal("not_xml", line=line, column=column + 1)
