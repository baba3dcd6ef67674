"""Where the bundled files lie: beside the package in a wheel, at the top of the tree in a checkout."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def _directory(name: str) -> Path:
    """Return the folder `name`, installed or in the checkout.

    `importlib.resources` fails on packages mapped by `package_dir` in editable installs, hence the two places.
    """
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


DATA = _directory("data")
TEMPLATES = _directory("templates")
TRANSLATIONS = _PACKAGE / "translations"
STATIC = _PACKAGE / "web" / "static"


@functools.cache
def region() -> dict[str, Any]:
    """Return the bundled region's own description, `data/region.toml`."""
    with (DATA / "region.toml").open("rb") as file:
        return tomllib.load(file)


@functools.cache
def roads() -> dict[str, Any]:
    """Return the country's vehicles, limits and mean speeds by road, `data/roads.toml`."""
    with (DATA / "roads.toml").open("rb") as file:
        return tomllib.load(file)


@functools.cache
def sources() -> dict[str, Any]:
    """Return the provenance of every bundled file, `data/sources.toml`, keyed by file name."""
    with (DATA / "sources.toml").open("rb") as file:
        return tomllib.load(file)
