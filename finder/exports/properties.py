"""A site as flat, named values: the same names in every format, in files, URLs and the API."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from finder.model.access import ACCESS_ATTRIBUTES, km_name, min_name
from finder.model.attributes import Type
from finder.model.reach import CATCHMENT_MIN
from finder.model.site import ATTRIBUTES
from finder.model.vocabulary import AccessKind, Vehicle
from finder.store.sites import Listed

SITE_NAMES = tuple(name for name, row in ATTRIBUTES.items() if row.type is not Type.GEOMETRY)
IDENTITY = ("id", "name", "municipality", "source", "source_id", "status", "sample")
DERIVED = ("size_m2", "size_basis", "potential", "max_restriction")
ACCESS_NAMES = (
    *ACCESS_ATTRIBUTES,
    *(
        f"{kind.value}_{part}"
        for kind in AccessKind
        for part in ("name", "method", "km_method", "as_of", "network_as_of", "note")
    ),
    *(
        f"{kind.value}_{vehicle.value}_{part}"
        for kind in AccessKind
        for vehicle in Vehicle
        for part in ("name", "method", "obstacle")
    ),
    *(f"{vehicle.value}_snap_m" for vehicle in Vehicle),
)
PEOPLE_NAMES = (
    "catchment_basis",
    "catchment_as_of",
    *(f"catchment_{vehicle.value}_{part}" for vehicle in Vehicle for part in ("method", "network_as_of")),
    *(
        f"catchment_{vehicle.value}_{minutes}_min_{part}"
        for vehicle in Vehicle
        for minutes in CATCHMENT_MIN
        for part in ("inhabitants", "workforce", "at_least")
    ),
)
DECIMALS = {"km": 3, "min": 1}


def properties(listed: Listed) -> dict[str, Any]:
    """Return every fact of a site as JSON-ready values; None is not known, an empty list is stated none."""
    site = listed.site
    values: dict[str, Any] = {name: plain(getattr(site, name)) for name in (*IDENTITY, *SITE_NAMES, *DERIVED)}
    values["provenance"] = {name: plain(origin) for name, origin in site.provenance.items()}
    values.update(dict.fromkeys(ACCESS_NAMES))
    values.update(_people(listed))
    for reach in listed.access:
        kind = reach.kind.value
        name = f"{reach.road} {reach.point_name}" if reach.road else reach.point_name
        own = f"{kind}_{reach.vehicle.value}"
        values |= {f"{own}_name": name, f"{own}_method": plain(reach.method), f"{own}_obstacle": plain(reach.obstacle)}
        if reach.snap_m is not None:
            values[f"{reach.vehicle.value}_snap_m"] = round(reach.snap_m, 1)
        values[km_name(reach.kind, reach.vehicle)] = round(reach.km, DECIMALS["km"])
        if reach.minutes is not None:
            values[min_name(reach.kind, reach.vehicle)] = round(reach.minutes, DECIMALS["min"])
        if reach.network_as_of is not None:
            values[f"{kind}_network_as_of"] = reach.network_as_of  # both vehicles' ways are over the same roads
        if reach.vehicle is not reach.kind.vehicle:
            continue  # the rest is said once, of the vehicle that counts
        values[f"{kind}_name"] = name
        values[f"{kind}_method"] = plain(reach.minutes_method)
        values[f"{kind}_km_method"] = plain(reach.km_method)
        values[f"{kind}_as_of"] = reach.as_of
        values[f"{kind}_note"] = reach.note
    return values


def _people(listed: Listed) -> dict[str, Any]:
    """Return who is within minutes, by whose count, and how the minutes came about."""
    values: dict[str, Any] = dict.fromkeys(PEOPLE_NAMES)
    for one in listed.catchment:
        vehicle = f"catchment_{one.vehicle.value}"
        within = f"{vehicle}_{one.minutes}_min"
        values |= {
            "catchment_basis": one.basis,
            "catchment_as_of": one.as_of,
            f"{vehicle}_method": plain(one.method),
            f"{vehicle}_network_as_of": one.network_as_of,
            f"{within}_inhabitants": one.inhabitants,
            f"{within}_workforce": one.workforce,
            f"{within}_at_least": one.at_least,
        }
    return values


def plain(value: Any) -> Any:
    """Return a model value as JSON has it."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case dt.date():
            return value.isoformat()
        case tuple():
            return [plain(part) for part in value]
    return {f.name: plain(v) for f in dataclasses.fields(value) if (v := getattr(value, f.name)) is not None}
