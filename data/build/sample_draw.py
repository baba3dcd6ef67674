"""Drawing by lot, with gaps: badly documented plots miss more of everything."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")
WEIGHTS = {"surveyed": 0.6, "parcel": 0.9, "approximate": 1.5, "point": 1.8}
"""How the chance of a gap grows where the place is badly known."""


class Draw:
    """Chance for one plot."""

    def __init__(self, rng: random.Random, quality: str | None) -> None:
        self.rng = rng
        self._gaps = WEIGHTS.get(quality or "", 1.3)

    def one(self, weights: Mapping[str, float]) -> str:
        """Return one of the words by weight."""
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def maybe(self, unknown: float, value: T) -> T | None:
        """Return the value, or None with about the chance `unknown`."""
        return None if self.rng.random() < unknown * self._gaps else value
