"""People where they live and work: cells of a census grid, or towns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finder.language import N_

TOWNS = N_("the towns of the region and around it")
"""The basis of catchments where no grid is loaded: a message id, as grids go by a name of their own."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A layer of cells with people, as it was loaded. `key` tells its figures from others.

    `cells` of the file are counted, fine ones together in squares; `unknown` had no figure, `far` were left out for
    their distance. The workforce is None where the file says nothing of it. `system` is what places were read in.
    """

    key: str
    source: str
    file_name: str
    sha256: str
    as_of: str | None
    system: str
    cells: int
    unknown: int
    far: int
    inhabitants: int
    workforce: int | None


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """Where people are: `x` and `y` in metres (`finder.crs.METRIC`) with their numbers, NaN where not known.

    All have shape (cells,); `workforce` is None where nothing is known of it. `key` tells these figures from others.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    inhabitants: NDArray[np.float64]
    workforce: NDArray[np.float64] | None
    basis: str
    as_of: str | None
    key: str

    def __len__(self) -> int:
        return len(self.x)
