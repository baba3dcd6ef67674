"""A sheet to draw on: metres become pixels, shapes become paths, words find a place where they cover nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from markupsafe import escape
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from finder.presentation.symbols import number

BLEED_PX = 30.0
"""Lines go on this far beyond the frame, so that no line ends at it."""
COARSE_PX = 0.45
"""Corners closer to the line than this are not drawn."""
LETTER_EM = 0.47
"""Mean width of a letter of the condensed cut; for the room a word needs."""


@dataclass(frozen=True)
class Frame:
    """What a sheet shows, in metres, and how wide it is in pixels."""

    west: float
    south: float
    east: float
    north: float
    width: float

    @property
    def scale(self) -> float:
        """Pixels per metre."""
        return self.width / (self.east - self.west)

    @property
    def height(self) -> float:
        """Pixels."""
        return (self.north - self.south) * self.scale

    @property
    def box(self) -> shapely.Polygon:
        """What is shown, as an area."""
        return shapely.box(self.west, self.south, self.east, self.north)

    def place(self, point: Any) -> tuple[float, float]:
        """Return a point's pixels, from the upper left."""
        return (point.x - self.west) * self.scale, (self.north - point.y) * self.scale

    def metres(self, x: float, y: float) -> tuple[float, float]:
        """Return the metric place of pixels."""
        return self.west + x / self.scale, self.north - y / self.scale

    def holds(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether pixels lie within the frame, `margin` away from its edge."""
        return margin <= x <= self.width - margin and margin <= y <= self.height - margin


def frame(bounds: Sequence[float], width: float, aspect: float, margin: float = 0.0) -> Frame:
    """Return the frame `width` pixels wide and width/aspect high whose middle is the bounds' and which holds them all.

    `margin` is the share of the extent left free on every side.
    """
    west, south, east, north = bounds
    across = max((east - west) * (1 + 2 * margin), (north - south) * (1 + 2 * margin) * aspect, 100.0)
    x, y = (west + east) / 2, (south + north) / 2
    return Frame(x - across / 2, y - across / aspect / 2, x + across / 2, y + across / aspect / 2, width)


class Sheet:
    """Collects the shapes of one drawing and the room they take."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.parts: list[str] = []
        self._clip = frame.box.buffer(BLEED_PX / frame.scale, cap_style="square", join_style="mitre")
        self._taken: list[tuple[float, float, float, float, float]] = []

    def add(self, *parts: str) -> None:
        """Draw ready-made shapes."""
        self.parts.extend(parts)

    def path(self, shape: BaseGeometry, cls: str, extra: str = "") -> None:
        """Draw an area or a line."""
        if data := self.data(shape):
            self.add(f'<path class="{cls}" {extra}d="{data}"/>')

    def data(self, shape: BaseGeometry) -> str:
        """Return a shape's path data, cut to the sheet and as coarse as the eye allows."""
        shape = shapely.intersection(shape, self._clip).simplify(COARSE_PX / self.frame.scale)
        parts = []
        for part in shapely.get_parts(shape):
            if isinstance(part, shapely.Polygon):
                parts += [
                    self._run(ring.coords[:-1]) + "Z" for ring in (part.exterior, *part.interiors) if not ring.is_empty
                ]
            elif isinstance(part, shapely.LineString) and not part.is_empty:
                parts.append(self._run(part.coords))
        return "".join(parts)

    def _run(self, coords: Any) -> str:
        xy = np.asarray(coords)
        x = (xy[:, 0] - self.frame.west) * self.frame.scale
        y = (self.frame.north - xy[:, 1]) * self.frame.scale
        return "M" + " ".join(f"{number(a)} {number(b)}" for a, b in zip(x.tolist(), y.tolist(), strict=True))

    # -- words ----------------------------------------------------------------------------------------------------

    def take(self, x: float, y: float, width: float, height: float, weight: float = 1.0) -> None:
        """Note that a rectangle (centre, size) is in use; words avoid it by its weight."""
        self._taken.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2, weight))

    def crowd(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much of what is in use each box (left, top, right, bottom) would cover, in weighted pixels²."""
        if not self._taken:
            return np.zeros(len(boxes))
        taken = np.asarray(self._taken)
        across = np.minimum(boxes[:, None, 2], taken[None, :, 2]) - np.maximum(boxes[:, None, 0], taken[None, :, 0])
        down = np.minimum(boxes[:, None, 3], taken[None, :, 3]) - np.maximum(boxes[:, None, 1], taken[None, :, 1])
        covered: NDArray[np.float64] = (np.clip(across, 0, None) * np.clip(down, 0, None) * taken[:, 4]).sum(axis=1)
        return covered

    def word(
        self,
        text: str,
        places: Iterable[tuple[float, float, str, float]],
        cls: str,
        size: float,
        *,
        bearable: float = math.inf,
    ) -> tuple[float, float] | None:
        """Write a word at the best of some places (x, baseline y, anchor, reluctance) and return where, if at all.

        A word that would cover more than `bearable` of what is there is left out.
        """
        found = list(places)
        if not found:
            return None
        width, ascent, descent = len(text) * size * LETTER_EM + 2, size * 0.8, size * 0.25
        shift = {"start": 0.0, "middle": -width / 2, "end": -width}
        boxes = np.asarray([(x + shift[a], y - ascent, x + shift[a] + width, y + descent) for x, y, a, _ in found])
        cost = self.crowd(boxes) + np.asarray([r for *_, r in found])
        inner = np.asarray([3, 3, self.frame.width - 3, self.frame.height - 3])
        outside = (
            (boxes[:, 0] < inner[0]) | (boxes[:, 1] < inner[1]) | (boxes[:, 2] > inner[2]) | (boxes[:, 3] > inner[3])
        )
        cost = np.where(outside, np.inf, cost)
        best = int(cost.argmin())
        if not cost[best] <= bearable or not math.isfinite(cost[best]):
            return None
        x, y, anchor, _ = found[best]
        turned = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.add(f'<text class="{cls}" x="{number(x)}" y="{number(y)}"{turned}>{escape(text)}</text>')
        self._taken.append((*boxes[best].tolist(), 3.0))  # words never lie on words
        return x, y

    # -- margin ---------------------------------------------------------------------------------------------------

    def ticks(self, step_m: int, *, labels: bool = True) -> None:
        """Draw the neat line with ticks at round metres, as survey sheets have it."""
        f, parts, words = self.frame, [], []
        width, height = number(f.width), number(f.height)
        for metre in range(math.ceil(f.west / step_m) * step_m, math.floor(f.east) + 1, step_m):
            x = (metre - f.west) * f.scale
            parts.append(f"M{number(x)} 0v7M{number(x)} {height}v-7")
            if labels and 26 < x < f.width - 30:
                words.append(f'<text class="m-grid" x="{number(x + 3)}" y="10">{metre // 1000}</text>')
        for metre in range(math.ceil(f.south / step_m) * step_m, math.floor(f.north) + 1, step_m):
            y = (f.north - metre) * f.scale
            parts.append(f"M0 {number(y)}h7M{width} {number(y)}h-7")
            if labels and 22 < y < f.height - 30:
                words.append(f'<text class="m-grid" x="9" y="{number(y - 3)}">{metre // 1000}</text>')
        edge = (
            f'<rect class="m-neat" x=".75" y=".75" width="{number(f.width - 1.5)}" height="{number(f.height - 1.5)}"/>'
        )
        self.add(f'<path class="m-tick" d="{"".join(parts)}"/>', *words, edge)

    def bar(self, metres: float, label: str, *, x: float = 20.0) -> None:
        """Draw a scale bar at the lower left."""
        width, y = metres * self.frame.scale, self.frame.height - 18
        half = number(width / 2)
        self.add(
            f'<g class="m-scale" transform="translate({number(x)} {number(y)})">'
            f'<rect class="m-s1" width="{half}" height="4"/>'
            f'<rect class="m-s2" x="{half}" width="{half}" height="4"/><text y="-4">0</text>'
            f'<text x="{number(width)}" y="-4" text-anchor="end">{escape(label)}</text></g>'
        )

    def north(self) -> None:
        """Draw the arrow to grid north at the lower right."""
        x, y = self.frame.width - 22, self.frame.height - 20
        self.add(
            f'<g class="m-north" transform="translate({number(x)} {number(y)})"><path d="M0 8V-16M-4.5-8 0-18 4.5-8z"/>'
            f'<text y="-21" text-anchor="middle">N</text></g>'
        )

    def svg(self, cls: str, label: str, *, role: str = "img") -> str:
        """Return the drawing; `label` is what it is called where it cannot be seen."""
        f = self.frame
        return (
            f'<svg class="map {cls}" viewBox="0 0 {number(f.width)} {number(f.height)}" role="{role}" '
            f'aria-label="{escape(label)}">' + "".join(self.parts) + "</svg>"
        )


def round_length(metres: float) -> float:
    """Return the largest of 1, 2, 5 × 10ⁿ that is not above `metres`; scale bars and ticks are round."""
    power = 10.0 ** math.floor(math.log10(metres))
    return next(k * power for k in (5, 2, 1) if k * power <= metres * (1 + 1e-9))
