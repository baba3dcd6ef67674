"""Where the fictional plots lie: estates in every town, lone plots, plots across borders and adjoining neighbours."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import shapely
from drawing import circle, halves, plot
from shapely import affinity

LEAST = 8
"""Plots in the smallest town."""
ACROSS = 8
GAPS_M = (0.0, 0.0, 0.0, 0.0, 6.0, 10.0, 16.0, 22.0)
"""Between the neighbours of a pair; 0: they share a side."""
APART_M = 45.0
"""Between all others."""
FROM_BORDER_M = 30.0
FROM_LINE_M = 60.0
QUAY_M = 700.0
SIZES = {"heavy": (5.0, 1.0, 45.0), "mixed": (2.4, 0.8, 16.0), "light": (1.2, 0.7, 6.0)}
"""Log-normal by the estate's kind: median, sigma and largest, hectares."""
SMALLEST_HA = 0.3
QUALITIES = {"surveyed": 56, "approximate": 22, "point": 10, "none": 2, "parcel": 90}
"""How well the places of plots not settled otherwise are known; the rest has an outline that says nothing of it."""

Lines = Sequence[tuple[str, shapely.Geometry]]


@dataclass(frozen=True, kw_only=True)
class Estate:
    """Plots close together, their sides parallel."""

    town: str
    number: int
    kind: str
    x: float
    y: float
    bearing: float


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A drawn plot in metres. `shape` is what is shown of the `outline`: all of it, a point or nothing."""

    town: str
    further: tuple[str, ...] = ()
    estate: Estate | None
    kind: str
    hectares: float
    outline: shapely.Polygon
    shape: shapely.Geometry | None = None
    quality: str | None = None
    circle: bool = False
    canal: bool = False


def plots(count: int, areas: Mapping[str, shapely.Polygon], lines: Lines, seed: int) -> list[Plot]:
    """Return `count` plots that overlap neither each other nor the lines, sorted by town."""
    rng = random.Random(f"{seed}/places")
    board = _Board(areas, lines)
    drawn = [board.across(rng, *towns) for towns in _borders(areas)]
    number = 0
    shares = _shares(count, areas)
    for town in sorted(areas):
        left = shares[town] - sum(p.town == town for p in drawn)
        estates = []
        for _ in range(max(2, round(left / 5))):
            number += 1
            estates.append(board.estate(rng, town, number))
        for _ in range(left):
            estate = rng.choice(estates) if rng.random() < 0.8 else None
            drawn.append(board.plot(rng, town, estate))
    drawn = _pairs(rng, drawn)
    return [_shown(board, p, q) for p, q in _qualities(rng, sorted(drawn, key=lambda p: p.town))]


def _qualities(rng: random.Random, drawn: Sequence[Plot]) -> list[tuple[Plot, str | None]]:
    """Return the plots with how well their place is known; neighbours, circles and plots across borders are settled."""
    free = sum(p.quality is None for p in drawn)
    qualities: list[str | None] = [q for q, n in QUALITIES.items() for _ in range(n)]
    qualities += [None] * (free - len(qualities))
    rng.shuffle(qualities)
    return [(p, p.quality or qualities.pop()) for p in drawn]


def _shares(count: int, areas: Mapping[str, shapely.Polygon]) -> dict[str, int]:
    """Return every town's number of plots: `LEAST` each, the rest by area (largest remainders)."""
    whole = sum(area.area for area in areas.values())
    wanted = {town: (count - LEAST * len(areas)) * areas[town].area / whole for town in sorted(areas)}
    shares = {town: LEAST + math.floor(share) for town, share in wanted.items()}
    for town in sorted(wanted, key=lambda t: wanted[t] % 1, reverse=True)[: count - sum(shares.values())]:
        shares[town] += 1
    return shares


def _borders(areas: Mapping[str, shapely.Polygon]) -> list[tuple[str, str]]:
    """Return the pairs of towns with the longest borders, each town in at most two."""
    lengths = {
        (a, b): shapely.length(shapely.intersection(shapely.buffer(areas[a], 1.0), areas[b].exterior))
        for a, b in combinations(sorted(areas), 2)
    }
    chosen: list[tuple[str, str]] = []
    for a, b in sorted(lengths, key=lambda pair: -lengths[pair]):
        if len(chosen) < ACROSS and all(sum(t in pair for pair in chosen) < 2 for t in (a, b)):
            chosen.append((a, b))
    return chosen


def _hectares(rng: random.Random, kind: str) -> float:
    median, sigma, largest = SIZES[kind]
    while not SMALLEST_HA <= (size := median * math.exp(sigma * rng.gauss(0, 1))) <= largest:
        pass
    return size


class _Board:
    """What is already drawn, and where the next plot finds room."""

    def __init__(self, areas: Mapping[str, shapely.Polygon], lines: Lines) -> None:
        self.areas = areas
        self.inner = {town: shapely.buffer(area, -FROM_BORDER_M) for town, area in areas.items()}
        self.lines = shapely.union_all([shape for _, shape in lines])
        self.canals = shapely.union_all([shape for kind, shape in lines if kind == "canal"])
        self.drawn: list[shapely.Geometry] = []
        self.estates: list[Estate] = []

    def estate(self, rng: random.Random, town: str, number: int) -> Estate:
        """Found an estate away from the others; heavy ones seek motorways and canals."""
        kind = rng.choices(("heavy", "mixed", "light"), (38, 36, 26))[0]
        found: list[tuple[float, float]] = []
        while len(found) < (6 if kind == "heavy" else 2):
            x, y = _somewhere(rng, shapely.buffer(self.areas[town], -500))
            if all(math.hypot(x - e.x, y - e.y) > 1400 for e in self.estates) or rng.random() < 0.05:
                found.append((x, y))
        if not self.lines.is_empty:
            found.sort(key=lambda xy: shapely.distance(shapely.Point(xy), self.lines))
        x, y = found[0]
        estate = Estate(town=town, number=number, kind=kind, x=x, y=y, bearing=rng.uniform(0, 180))
        self.estates.append(estate)
        return estate

    def plot(self, rng: random.Random, town: str, estate: Estate | None) -> Plot:
        """Draw a plot into its estate, or somewhere in the town."""
        kind = (
            estate.kind if estate and rng.random() < 0.85 else rng.choices(("heavy", "mixed", "light"), (25, 40, 35))[0]
        )
        hectares = _hectares(rng, kind)
        bearing = (estate.bearing if estate else rng.uniform(0, 180)) + rng.choice((0, 90)) + rng.gauss(0, 4)
        is_round = rng.random() < 0.06
        shape = circle(0, 0, hectares * 10_000) if is_round else plot(rng, hectares * 10_000, bearing)

        def place(attempt: int) -> tuple[float, float]:
            if estate is None or attempt > 250:
                return _somewhere(rng, self.inner[town])
            spread = 180 + 4 * attempt
            return estate.x + rng.gauss(0, spread), estate.y + rng.gauss(0, spread)

        shape = self._fitted(shape, place, lambda s: bool(shapely.contains(self.inner[town], s)))
        quality = "approximate" if is_round else None
        return Plot(
            town=town,
            estate=estate,
            kind=kind,
            hectares=hectares,
            outline=shape,
            quality=quality,
            circle=is_round,
        )

    def across(self, rng: random.Random, one: str, other: str) -> Plot:
        """Draw a plot over the border of two towns; it belongs to the one with the larger part."""
        both = shapely.union(shapely.buffer(self.areas[one], 0.5), shapely.buffer(self.areas[other], 0.5))
        border = shapely.intersection(shapely.buffer(self.areas[one], 1.0), self.areas[other].exterior)
        sides = [part for part in shapely.get_parts(shapely.line_merge(border)).tolist() if part.length > 100]
        hectares = rng.uniform(6, 24)
        shape = plot(rng, hectares * 10_000, rng.uniform(0, 180))

        def place(_: int) -> tuple[float, float]:
            side = rng.choices(sides, [part.length for part in sides])[0]
            point = shapely.line_interpolate_point(side, rng.random(), normalized=True)
            return point.x + rng.gauss(0, 40), point.y + rng.gauss(0, 40)

        def fits(s: shapely.Polygon) -> bool:
            parts = [shapely.intersection(s, self.areas[t]).area / s.area for t in (one, other)]
            return min(parts) > 0.2 and bool(shapely.contains(both, s))

        shape = self._fitted(shape, place, fits)
        town, further = sorted((one, other), key=lambda t: -shapely.intersection(shape, self.areas[t]).area)
        return Plot(
            town=town, further=(further,), estate=None, kind="heavy", hectares=hectares, outline=shape, quality="parcel"
        )

    def near_canal(self, shape: shapely.Geometry) -> bool:
        return not self.canals.is_empty and bool(shapely.dwithin(shape, self.canals, QUAY_M))

    def _fitted(
        self,
        shape: shapely.Polygon,
        place: Callable[[int], tuple[float, float]],
        fits: Callable[[shapely.Polygon], bool],
    ) -> shapely.Polygon:
        for attempt in range(5000):
            x, y = place(attempt)
            moved = affinity.translate(shape, x, y)
            if not fits(moved) or (not self.lines.is_empty and shapely.dwithin(moved, self.lines, FROM_LINE_M)):
                continue
            if not self.drawn or shapely.distance(moved, self.drawn).min() > APART_M:
                self.drawn.append(moved)
                return moved
        raise SystemExit("a plot finds no room")


def _somewhere(rng: random.Random, area: shapely.Geometry) -> tuple[float, float]:
    west, south, east, north = shapely.bounds(area).tolist()
    while True:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(area, x, y):
            return x, y


def _pairs(rng: random.Random, drawn: Sequence[Plot]) -> list[Plot]:
    """Return the plots with some large ones cut into two neighbours, each in place of a lone plot of the same town."""
    out = list(drawn)
    large = [i for i, p in enumerate(drawn) if p.estate and p.quality is None and 3 < p.hectares < 14]
    lone = [i for i, p in enumerate(drawn) if not p.estate and p.quality is None]
    rng.shuffle(large)
    rng.shuffle(lone)
    gaps = list(GAPS_M)
    for i in large:
        spare = next((j for j in lone if drawn[j].town == drawn[i].town), None)
        if not gaps or spare is None:
            continue
        parts = halves(drawn[i].outline, gaps[0], rng.uniform(0.4, 0.6))
        if len(parts) == 2 and parts[1].area > 8000:
            gaps.pop(0)
            lone.remove(spare)
            for place, part in zip((i, spare), parts, strict=True):
                out[place] = replace(drawn[i], hectares=part.area / 10_000, outline=part, quality="parcel")
    return out


def _shown(board: _Board, drawn: Plot, quality: str | None) -> Plot:
    """Return a plot as far as its place is known."""
    canal = board.near_canal(drawn.outline)
    shape = {"none": None, "point": shapely.centroid(drawn.outline)}.get(quality or "", drawn.outline)
    return replace(drawn, quality=None if quality == "none" else quality, shape=shape, canal=canal)
