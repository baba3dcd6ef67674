"""The region's towns, for the bundled inventories to be brought in beside them."""

from __future__ import annotations

import pytest

from finder.model.place import Municipality
from finder.sources import bundled


@pytest.fixture(scope="module")
def towns() -> dict[str, Municipality]:
    return {town.code: town for town in bundled.municipalities()}
