"""Limits of weight and size on roads and at barriers, and whether a vehicle keeps them."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

from finder.model.vocabulary import Vehicle
from finder.roads import conditions, tag_values
from finder.roads.conditions import Binding
from finder.roads.figures import figures
from finder.roads.permits import Direction, Grant
from finder.roads.records import Tags

LIMITS: dict[str, str] = {
    **dict.fromkeys(("maxweight", "maxweightrating", "maxgcweight", "maxgcweightrating"), "weight_t"),
    "maxaxleload": "axle_load_t",
    "maxaxles": "axles",
    **dict.fromkeys(("maxheight", "maxheight:physical"), "height_m"),
    **dict.fromkeys(("maxwidth", "maxwidth:physical", "width", "est_width"), "width_m"),
    "maxlength": "length_m",
}
"""Keys of limits with the dimension they are compared with."""
OF_THE_ROAD = frozenset({"width", "est_width"})
"""Not limits but how wide the carriageway is: for all, in both directions, always."""
OF_TRUCKS = ("", ":hgv", ":goods", ":hgv_articulated")
"""What may follow such a key where it is for trucks."""
_READ = {"weight_t": tag_values.tonnes, "axle_load_t": tag_values.tonnes, "axles": tag_values.count}
BELOW_DEFAULT = "below_default"


def keeping(tags: Tags, vehicle: Vehicle, direction: Direction | None = None) -> Grant:
    """Return whether the vehicle keeps all limits: FREE, DESTINATION where only destinations are exempt, or NO.

    The strictest of several limits counts; one that cannot be read does not (`reading.notices` names it), neither does
    one that holds at times only. A vehicle as large as the limit keeps it.
    """
    names = _names(vehicle, direction)
    said = {name.removesuffix(":conditional") for name in tags} & names.keys()
    return min((_keeping(tags, name, names[name], vehicle) for name in said), default=Grant.FREE)


@functools.cache
def _names(vehicle: Vehicle, direction: Direction | None) -> Mapping[str, str]:
    """Return the names of limits that hold for the vehicle there, each with its key in `LIMITS`."""
    whom = OF_TRUCKS if vehicle is Vehicle.TRUCK else ("",)
    where = ("", f":{direction}") if direction else ("",)
    limits = [key for key in LIMITS if key not in OF_THE_ROAD]
    return {key: key for key in OF_THE_ROAD} | {key + of + to: key for key in limits for of in whom for to in where}


def _keeping(tags: Tags, name: str, key: str, vehicle: Vehicle) -> Grant:
    own: float = getattr(figures().dimensions[vehicle], LIMITS[key])
    limit = value(key, tags.get(name, "none"))
    grant = Grant.NO if limit is not None and own > limit else Grant.FREE
    for text, bound in conditions.read(tags, name, vehicle):
        other = value(key, text)
        if other is not None and bound is Binding.YES:
            grant = Grant.NO if own > other else Grant.FREE
        elif other is not None and own <= other:
            grant = max(grant, Grant.DESTINATION)
    return grant


def value(key: str, text: str) -> float | None:
    """Return the limit a key's value sets, in metres, tonnes or axles; infinite: none; None: unread."""
    if text.strip().lower() == BELOW_DEFAULT and LIMITS[key] == "height_m":
        # lower than what the law lets every vehicle have, which is what the truck has
        return math.nextafter(figures().dimensions[Vehicle.TRUCK].height_m, 0.0)
    return _READ.get(LIMITS[key], tag_values.metres)(text)
