"""Signs as SVG: zoning marks, access signs, the brand. Colours come by class, so that dark pages recolour them.

Nothing here carries an id: a page may hold any number of signs. Hatches are drawn line by line for the same reason.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from finder.model.vocabulary import AccessKind, Availability, Zoning

SIDE = 24.0
"""Of a mark's own coordinates; its size on the page is another matter."""


@dataclass(frozen=True)
class Style:
    """How a kind of zoning is filled: class of the ground, class of the hatch, pattern and its spacing in pixels."""

    ground: str
    ink: str
    pattern: str
    step: float


_VILLAGE = Style("z-mi", "l-m", "vertical", 8)
_HOUSING = Style("z-w", "l-w", "crosses", 8)
STYLES: dict[Zoning, Style] = {
    Zoning.GE: Style("z-ge", "l-ge", "rising", 7),
    Zoning.GI: Style("z-gi", "l-gi", "rising", 3.4),
    Zoning.GEE: Style("z-gee", "d-gee", "dots", 5),
    Zoning.G: Style("z-ge", "l-ge", "lozenges", 8),
    Zoning.MI: Style("z-mi", "l-m", "vertical", 5),
    Zoning.MU: Style("z-mu", "l-m", "horizontal", 5),
    Zoning.MK: Style("z-mk", "l-m", "grid", 5),
    Zoning.M: _VILLAGE,
    Zoning.MD: _VILLAGE,
    Zoning.MDW: _VILLAGE,
    Zoning.SO: Style("z-so", "l-so", "falling", 7),
    Zoning.WS: _HOUSING,
    Zoning.WR: _HOUSING,
    Zoning.WA: _HOUSING,
    Zoning.WB: _HOUSING,
    Zoning.W: _HOUSING,
    Zoning.OTHER: Style("z-un", "l-un", "horizontal", 8),
}
UNKNOWN = Style("z-un", "l-un", "none", 8)
Zonings = tuple[Zoning, ...] | None


def key(zoning: Zonings) -> str:
    """Return the word by which styles and scripts know what fills a site: its first zoning, "none" or "unknown"."""
    if zoning is None:
        return "unknown"
    return zoning[0].value if zoning else "none"


def outline(availability: Availability | None) -> str:
    """Return the class of the outline that tells the availability."""
    return f"m-z av-{availability.value if availability else 'unknown'}"


# -- hatches ----------------------------------------------------------------------------------------------------------


def number(value: float) -> str:
    """Return a coordinate as short as a tenth of a pixel allows."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def _slanted(x: float, y: float, width: float, height: float, step: float, *, rising: bool) -> str:
    """Return lines at 45° within a rectangle, `step` apart; rising ones climb to the right."""
    parts = []
    gap = step * math.sqrt(2)
    c = gap / 2
    while c < width + height:
        # on a rising line u + v = c, with u from the left edge and v from the top; a falling one is its mirror image
        first, last = max(0.0, c - height), min(width, c)
        for u, command in ((first, "M"), (last, "L")):
            across = u if rising else width - u
            parts.append(f"{command}{number(x + across)} {number(y + c - u)}")
        c += gap
    return "".join(parts)


def _steps(start: float, length: float, step: float) -> Iterator[float]:
    """Yield positions `step` apart, the whole row centred."""
    count = max(1, math.floor(length / step + 0.2))
    first = start + (length - (count - 1) * step) / 2
    for i in range(count):
        yield first + i * step


def hatch(style: Style, x: float, y: float, width: float, height: float) -> str:
    """Return the hatch of a rectangle as one path, or nothing where the style has none."""
    vertical = "".join(f"M{number(a)} {number(y)}v{number(height)}" for a in _steps(x, width, style.step))
    horizontal = "".join(f"M{number(x)} {number(b)}h{number(width)}" for b in _steps(y, height, style.step))
    match style.pattern:
        case "rising":
            lines = _slanted(x, y, width, height, style.step, rising=True)
        case "falling":
            lines = _slanted(x, y, width, height, style.step, rising=False)
        case "lozenges":
            both = (_slanted(x, y, width, height, style.step, rising=rising) for rising in (True, False))
            lines = "".join(both)
        case "vertical":
            lines = vertical
        case "horizontal":
            lines = horizontal
        case "grid":
            lines = vertical + horizontal
        case "dots" | "crosses":
            # a dot is a line of no length with round ends
            shape = "h0" if style.pattern == "dots" else "m-2 0h4m-2-2v4"
            places = [(a, b) for b in _steps(y, height, style.step) for a in _steps(x, width, style.step)]
            lines = "".join(f"M{number(a)} {number(b)}{shape}" for a, b in places)
        case _:
            return ""
    return f'<path class="{style.ink}" d="{lines}"/>'


def pattern(zoning: Zonings, id_: str) -> str:
    """Return the fill of outlines as a pattern with an id, for the one drawing that defines it."""
    style = STYLES[zoning[0]] if zoning else UNKNOWN
    step = number(style.step)
    turn = {"rising": ' patternTransform="rotate(45)"', "falling": ' patternTransform="rotate(-45)"'}.get(
        style.pattern, ""
    )
    if style.pattern == "lozenges":
        turn = ' patternTransform="rotate(45)"'
    straight = {"rising": "vertical", "falling": "vertical", "lozenges": "grid"}.get(style.pattern, style.pattern)
    tile = hatch(Style(style.ground, style.ink, straight, style.step), 0, 0, style.step, style.step)
    return (
        f'<pattern id="{id_}" width="{step}" height="{step}" patternUnits="userSpaceOnUse"{turn}>'
        f'<rect class="{style.ground}" width="{step}" height="{step}"/>{tile}</pattern>'
    )


# -- marks ------------------------------------------------------------------------------------------------------------


def square(zoning: Zonings, availability: Availability | None, x: float, y: float, side: float) -> str:
    """Return a site's square: filled by its zoning, half by half where there are two, outlined by availability."""
    kinds = [STYLES[z] for z in zoning[:2]] if zoning else [UNKNOWN]
    width = side / len(kinds)
    parts = []
    for i, style in enumerate(kinds):
        left = x + i * width
        parts.append(
            f'<rect class="{style.ground}" x="{number(left)}" y="{number(y)}" width="{number(width)}" '
            f'height="{number(side)}"/>{hatch(style, left, y, width, side)}'
        )
    if len(kinds) > 1:
        parts.append(f'<path class="m-half" d="M{number(x + width)} {number(y)}v{number(side)}"/>')
    size = f'width="{number(side)}" height="{number(side)}"'
    parts.append(f'<rect class="{outline(availability)}" x="{number(x)}" y="{number(y)}" {size}/>')
    if zoning is None:
        parts.append(question(x + side / 2, y + side / 2, side))
    return "".join(parts)


def question(x: float, y: float, side: float) -> str:
    """Return the sign of "not known", centred; drawn, so that no font can change it."""
    k = min(side / SIDE, 1.0) * 1.15
    a, b = number(x), number(y - 1.8 * k)
    r = number(2.5 * k)
    return (
        f'<path class="m-q" d="M{number(x - 2.5 * k)} {b}a{r} {r} 0 1 1 {number(3.4 * k)} {number(2.35 * k)}'
        f'q{number(-0.9 * k)} {number(0.5 * k)} {number(-0.9 * k)} {number(1.7 * k)}"/>'
        f'<circle class="m-qd" cx="{a}" cy="{number(y + 4.6 * k)}" r="{number(max(0.75 * k, 0.6))}"/>'
    )


def svg(inner: str, size: float, *, width: float = SIDE, height: float = SIDE, cls: str = "sign") -> str:
    """Return a sign for the page, hidden from readers that cannot see: the word stands beside it."""
    wide = number(size * width / height)
    return (
        f'<svg class="{cls}" width="{wide}" height="{number(size)}" viewBox="0 0 {number(width)} {number(height)}" '
        f'aria-hidden="true" focusable="false">{inner}</svg>'
    )


@functools.lru_cache(maxsize=1024)
def zoning_mark(zoning: Zonings, availability: Availability | None, size: float = 24) -> str:
    """Return a site's mark: hatch by zoning, outline by availability, "?" where the zoning is not known."""
    return svg(square(tuple(zoning) if zoning is not None else None, availability, 1.5, 1.5, SIDE - 3), size)


def brand_mark(size: float = 34) -> str:
    """Return the finder's own sign: a sheet of a map with a stream, a border and one plot."""
    plot = hatch(STYLES[Zoning.GI], 18, 6, 9, 7)
    return svg(
        '<rect class="b-edge" x="1" y="1" width="32" height="32"/><path class="b-hair" d="M8 1v32"/>'
        '<path class="b-stream" d="M1 21c8-5 11 4 17 0s8-8 15-6"/>'
        f'<rect class="z-gi" x="18" y="6" width="9" height="7"/>{plot}'
        '<rect class="b-plot" x="18" y="6" width="9" height="7"/>',
        size,
        width=34,
        height=34,
        cls="brand-mark",
    )


# -- access points ----------------------------------------------------------------------------------------------------

SIGN = 16.0
"""Side of an access sign's own coordinates."""
_SIGNS: dict[AccessKind, str] = {
    AccessKind.MOTORWAY_JUNCTION: '<circle class="s-edge" cx="8" cy="8" r="6.4"/>'
    '<path class="s-line" d="M5 11.5v-7M11 11.5v-7M5 8h6"/>',
    AccessKind.FEDERAL_ROAD: '<rect class="s-edge" x="1.5" y="4" width="13" height="8"/>'
    '<path class="s-line" d="M4 8h8"/>',
    AccessKind.RAIL_STATION: '<rect class="s-ink" x="1.5" y="1.5" width="13" height="13"/>'
    '<rect class="s-slot" x="4.5" y="6.4" width="7" height="3.2"/>',
    AccessKind.RAIL_FREIGHT: '<rect class="s-edge" x="1.5" y="1.5" width="13" height="13"/>'
    '<path class="s-ink" d="M1.5 1.5v13h13z"/>',
    AccessKind.INLAND_PORT: '<circle class="s-edge" cx="8" cy="8" r="7.2"/>'
    '<path class="s-line" d="M8 3.6v8.6M5.5 5.6h5M3.8 8.4c.3 2.4 2 3.8 4.2 3.8s3.9-1.4 4.2-3.8"/>',
    AccessKind.AIRPORT: '<path class="s-edge" d="M8 1.8 14.4 14H1.6z"/>',
    AccessKind.BUS_STOP: '<circle class="s-ink" cx="8" cy="8" r="2.6"/>',
}


def access_shape(kind: AccessKind) -> str:
    """Return an access sign's shapes within a square of `SIGN`."""
    return _SIGNS[kind]


def access_sign(kind: AccessKind, size: float = 18) -> str:
    """Return the sign of a kind of access point."""
    return svg(_SIGNS[kind], size, width=SIGN, height=SIGN)


__all__ = ["access_shape", "access_sign", "brand_mark", "hatch", "key", "outline", "pattern", "square", "zoning_mark"]
