"""The typefaces of the pages as small WOFF2 files, cut from the font packages: Latin, signs, the weights in use."""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGES = ("fontpkg-ibm-plex-sans", "fontpkg-ibm-plex-serif")
CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),  # Latin-1 and Latin Extended-A: German and its neighbours
    *range(0x2010, 0x2027),  # dashes, quotation marks, bullet, ellipsis
    *(0x2009, 0x200A, 0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2116, 0x2122),
    *range(0x2190, 0x2199),  # arrows
    *(0x2212, 0x2213, 0x221A, 0x2248, 0x2260, 0x2264, 0x2265, 0x00B2, 0x00B3, 0x2080, 0x2081, 0x2082, 0x2083),
    *(0x25A0, 0x25A1, 0x25B2, 0x25B3, 0x25C6, 0x25CB, 0x25CF, 0x25D0, 0x2713, 0x2715),
)
LETTERS = (*range(0x20, 0x7F), *(ord(c) for c in "ÄÖÜäöüß–"))
NAMES = (0, 1, 2, 3, 4, 5, 6, 13, 14)
"""Entries of a font's name table that stay: what it is called, whose it is, its licence."""


@dataclass(frozen=True)
class Cut:
    """One WOFF2 file: from which font, with which characters, and what stays of its axes."""

    file: str
    module: str
    source: str
    characters: tuple[int, ...] = CHARACTERS
    axes: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class Face:
    """A family as style sheets name it, out of one of the files; `stretch` picks the width within it."""

    family: str
    file: str
    weights: str
    stretch: str = "100%"
    style: str = "normal"


_SANS = ("fontpkg_ibm_plex_sans", "IBMPlexSans[wdth,wght].ttf")
_ITALIC = ("fontpkg_ibm_plex_sans", "IBMPlexSans-Italic[wdth,wght].ttf")
_SERIF = ("fontpkg_ibm_plex_serif", "IBMPlexSerif-SemiBold.ttf")
CUTS = (
    Cut("plex-sans.woff2", *_SANS, axes=(("wght", 400, 600), ("wdth", 75, 100))),
    Cut("plex-sans-italic.woff2", *_ITALIC, characters=LETTERS, axes=(("wght", 450, 450), ("wdth", 75, 75))),
    Cut("plex-serif.woff2", *_SERIF),
)
FACES = (
    Face("IBM Plex Sans", "plex-sans.woff2", "400 600"),
    Face("IBM Plex Sans Condensed", "plex-sans.woff2", "400 600", stretch="75%"),
    # names of waters and of towns around, on maps only
    Face("IBM Plex Sans Condensed", "plex-sans-italic.woff2", "400 600", stretch="75%", style="italic"),
    # titles on paper only
    Face("IBM Plex Serif", "plex-serif.woff2", "600"),
)
RECIPE = repr((CUTS, NAMES, 1))
"""Changes with whatever changes the files."""


def files() -> dict[str, bytes]:
    """Return the fonts and `fonts.css`, which names them; takes seconds."""
    return {cut.file: woff2(cut) for cut in CUTS} | {"fonts.css": css().encode()}


def css() -> str:
    """Return the style sheet that declares the fonts."""
    return "".join(
        "@font-face {\n"
        f'  font-family: "{face.family}";\n'
        f"  font-style: {face.style};\n"
        f"  font-weight: {face.weights};\n"
        f"  font-stretch: {face.stretch};\n"
        "  font-display: swap;\n"
        f'  src: url({face.file}) format("woff2");\n'
        "}\n"
        for face in FACES
    )


def woff2(cut: Cut) -> bytes:
    """Return one font, cut down to the characters, weights and widths of the pages."""
    from fontTools import subset  # half a second to import, and only at the first start
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    path = Path(str(import_module(cut.module).ROOT)) / "files" / cut.source
    font: Any = TTFont(path, recalcTimestamp=False)  # the same packages give the same bytes
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=list(NAMES))
    options.drop_tables += ["meta"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=cut.characters)
    subsetter.subset(font)
    if cut.axes:
        font = instancer.instantiateVariableFont(font, {tag: (low, high) for tag, low, high in cut.axes})
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    font.close()
    return out.getvalue()


__all__ = ["CUTS", "PACKAGES", "RECIPE", "css", "files"]
