"""The numbers of the country's roads: vehicles, legal limits, mean speeds by class, what slows down."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from finder import resources
from finder.model.vocabulary import Vehicle


@dataclass(frozen=True, kw_only=True)
class Dimensions:
    """How large and heavy a vehicle is, loaded; metres and tonnes."""

    height_m: float
    width_m: float
    length_m: float
    weight_t: float
    axle_load_t: float
    axles: float


@dataclass(frozen=True, kw_only=True)
class Legal:
    """The fastest the law allows by kind of road, km/h; `separated` are roads like a motorway that are none."""

    motorway: float
    separated: float
    outside: float
    town: float
    living_street: float
    bicycle_road: float


@dataclass(frozen=True, kw_only=True)
class Pace:
    """The mean speed on a class of road, km/h: where no sign is known, as a share of a known sign, and at most."""

    untagged: float
    share: float
    most: float


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All of `data/roads.toml`; `at_most` by key, value and vehicle in km/h, 0: not at all.

    A sign of up to `as_signed_km_h` is driven as it stands.
    """

    country: str
    as_signed_km_h: float
    dimensions: Mapping[Vehicle, Dimensions]
    legal: Mapping[Vehicle, Legal]
    paces: Mapping[str, Mapping[Vehicle, Pace]]
    at_most: Mapping[str, Mapping[str, Mapping[Vehicle, float]]]


def read(table: Mapping[str, Any]) -> Figures:
    """Return the figures of a country's file; a missing or an unknown name is an error of the file."""
    return Figures(
        country=table["country"],
        as_signed_km_h=float(table["as_signed_km_h"]),
        dimensions={vehicle: Dimensions(**table["vehicles"][vehicle]) for vehicle in Vehicle},
        legal={vehicle: Legal(**table["legal"][vehicle]) for vehicle in Vehicle},
        paces={
            name: {vehicle: Pace(**paces[vehicle]) for vehicle in Vehicle} for name, paces in table["classes"].items()
        },
        at_most={
            key: {value: {vehicle: float(km_h[vehicle]) for vehicle in Vehicle} for value, km_h in values.items()}
            for key, values in table["at_most"].items()
        },
    )


@functools.cache
def figures() -> Figures:
    """Return the bundled country's figures."""
    return read(resources.roads())
