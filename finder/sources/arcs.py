"""Arcs replaced by short straight lines that keep the area.

Pieces turn by one degree at most, and every part of an arc has four at least. The points given stay where they are;
those put between them lie so far outside the arc, at most 0.003 % of its radius (3 mm of 100 m), that what the straight
lines cut off and what they add come out even: the area does not change at all, however flat the arc.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from finder.sources.wkb import Positions, Unreadable

_STEP = math.radians(1)
_FEWEST = 4
_STRAIGHT = 1e-9  # height to length of an arc that is none
_NEAR = 1e-3  # of the radius: so far apart may an arc's computed end and its neighbour's lie


@np.errstate(all="ignore")  # far or lost coordinates are for the intake to judge
def through(points: Positions) -> Positions:
    """Return the arcs through positions 0, 1, 2, then 2, 3, 4 …; an arc back to its beginning is a circle."""
    if len(points) < 3 or len(points) % 2 == 0:
        raise Unreadable
    parts = [points[:1]]
    for i in range(0, len(points) - 2, 2):
        parts += _between(*points[i : i + 3])
    return np.concatenate(parts)


@np.errstate(all="ignore")
def circle(points: Positions) -> Positions:
    """Return the circle through three positions, closed."""
    if len(points) != 3:
        raise Unreadable
    a, b, c = points
    middle = None if (a == c).all() else _middle(a, b, c)
    if middle is None:
        raise Unreadable
    turn = _turn(a, b, c)
    return np.concatenate([points[:1], *(_part(middle, *ends, turn) for ends in ((a, b), (b, c), (c, a)))])


def _between(a: Positions, b: Positions, c: Positions) -> list[Positions]:
    """Return what follows `a` on its way over `b` to `c`."""
    if (a == c).all() and not (a == b).all():
        middle, turn = (a + b) / 2, 1.0
    else:
        found = _middle(a, b, c)
        if found is None:
            return [np.stack([b, c])]
        middle, turn = found, _turn(a, b, c)
    return [_part(middle, a, b, turn), _part(middle, b, c, turn)]


def _turn(a: Positions, b: Positions, c: Positions) -> float:
    return math.copysign(1.0, _cross(b - a, c - a))


def _cross(u: Positions, v: Positions) -> float:
    return float(u[0] * v[1] - u[1] * v[0])


def _middle(a: Positions, b: Positions, c: Positions) -> Positions | None:
    """Return the centre of the circle through three positions, None where they lie on a line."""
    u, v = b - a, c - a
    across, uu, vv = 2 * _cross(u, v), float(u @ u), float(v @ v)
    if not math.isfinite(uu + vv) or abs(across) <= _STRAIGHT * max(uu, vv):
        return None
    middle: Positions = a + np.array([v[1] * uu - u[1] * vv, u[0] * vv - v[0] * uu]) / across
    return middle


def _part(middle: Positions, a: Positions, b: Positions, turn: float) -> Positions:
    """Return what follows `a` on the circle's way to `b`, to the left where `turn` is above 0."""
    start, end = (math.atan2(*(p - middle)[::-1]) for p in (a, b))
    sweep = turn * ((turn * (end - start)) % math.tau)
    return np.concatenate([_inner(middle, math.dist(middle, a), start, sweep), b[np.newaxis]])


def _inner(middle: Positions, radius: float, start: float, sweep: float) -> Positions:
    """Return the positions between an arc's ends."""
    pieces = max(math.ceil(abs(sweep) / _STEP), _FEWEST)
    step = abs(sweep) / pieces
    # sin(step) (2 k + (pieces - 2) k²) = sweep: the triangles, two of them with an end on the arc, fill the sector
    ratio = step / math.sin(step) if step else 1.0
    k = (math.sqrt(1 + (pieces - 2) * pieces * ratio) - 1) / (pieces - 2)
    angles = start + sweep * np.arange(1, pieces) / pieces
    inner: Positions = middle + k * radius * np.column_stack([np.cos(angles), np.sin(angles)])
    return inner


@dataclass(frozen=True)
class ByCentre:
    """An arc by centre, radius and angles in radians, from the first axis towards the second; no angles: a circle.

    Some write bearings instead, from the second axis towards the first; its neighbours tell which it is.
    """

    middle: Positions
    radius: float
    start: float = 0.0
    end: float = math.tau

    def reversed(self) -> ByCentre:
        """Return the arc run through from its end."""
        return replace(self, start=self.end, end=self.start)

    @np.errstate(all="ignore")
    def between(self, before: Positions | None, after: Positions | None) -> Positions:
        """Return the arc from the end of the line before it to the start of the one after it, where there are such."""
        if not abs(self.end - self.start) <= math.tau * (1 + 1e-9) or not 0 < self.radius < math.inf:
            raise Unreadable
        for start, end in ((self.start, self.end), (math.pi / 2 - self.start, math.pi / 2 - self.end)):
            ends = [self.middle + self.radius * np.array([math.cos(angle), math.sin(angle)]) for angle in (start, end)]
            if abs(end - start) >= math.tau * (1 - 1e-9):
                ends[1] = ends[0]
            given = [ends[0] if before is None else before, ends[1] if after is None else after]
            if all(math.dist(*pair) <= _NEAR * self.radius for pair in zip(given, ends, strict=True)):
                return np.stack([given[0], *_inner(self.middle, self.radius, start, end - start), given[1]])
        raise Unreadable
