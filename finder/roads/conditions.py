"""Whether part of a conditional tag binds a vehicle: by its weight, size, kind, destination; never by time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from finder.model.vocabulary import Vehicle
from finder.roads import tag_values
from finder.roads.figures import Dimensions, figures
from finder.roads.records import Tags

MODES: dict[Vehicle, tuple[str, ...]] = {
    Vehicle.CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    Vehicle.TRUCK: ("hgv_articulated", "hgv", "goods", "motor_vehicle", "vehicle", "access"),
}
"""The keys of access that hold for a vehicle, the most specific first."""
DESTINATIONS = tag_values.words(
    "destination delivery deliveries customers customer residents resident permit tenants visitors visitor guests "
    "employees staff loading unloading loading/unloading local discouraged unsuitable"
)
"""Values and conditions of those who have business there."""


class Binding(Enum):
    """How a condition holds for a vehicle."""

    YES = "yes"
    DESTINATION = "only for those whose trip begins or ends there"
    NO = "no"
    BY_TIME = "at times only, or in some weather"
    UNREAD = "unread"


_COMPARED = re.compile(r"(?:max)?([a-z]+(?:load)?)\s*(<=|>=|==|=|<|>)\s*(.+)")
_ATTRIBUTES: dict[str, str] = {
    **dict.fromkeys(("weight", "weightrating", "gcweight", "gcweightrating", "gvw", "gvwr"), "weight_t"),
    "axleload": "axle_load_t",
    "axles": "axles",
    "height": "height_m",
    "width": "width_m",
    "length": "length_m",
}
_TRUCK_TOO = frozenset({"trailer", "articulated", "hgv_articulated"})
_OTHERS = tag_values.words(
    "bus psv taxi tourist_bus coach motorcycle moped mofa bicycle foot horse caravan motorhome hazmat agricultural "
    "forestry emergency hov carpool disabled military lhv school_bus share_taxi minibus electric_vehicle"
)
_TIME = re.compile(
    r"[0-9]{1,2}:[0-9]{2}|[0-9]{1,2}h\b|sunrise|sunset|dawn|dusk|daylight|dark|night|day|school|summer|winter|season|"
    r"wet|rain|snow|ice|fog|flood|event|week|easter|"
    r"\b(?:mo|tu|we|th|fr|sa|su|ph|sh|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b"
)


def read(tags: Tags, name: str, vehicle: Vehicle) -> Iterator[tuple[str, Binding]]:
    """Yield the values of `name:conditional` that bind the vehicle, always or as a destination, in their order."""
    text = tags.get(f"{name}:conditional")
    for clause in (tag_values.clauses(text) if text else None) or ():
        bound = binding(clause, vehicle)
        if bound in (Binding.YES, Binding.DESTINATION):
            yield clause.value, bound


def binding(clause: tag_values.Clause, vehicle: Vehicle) -> Binding:
    """Return how all conditions of a clause together hold for the vehicle."""
    each = {_condition(condition, vehicle) for condition in clause.conditions}
    order = (Binding.NO, Binding.UNREAD, Binding.BY_TIME, Binding.DESTINATION)
    return next((bound for bound in order if bound in each), Binding.YES)


def _condition(text: str, vehicle: Vehicle) -> Binding:
    if match := _COMPARED.fullmatch(text):
        return _comparison(match[1], match[2], match[3], figures().dimensions[vehicle])
    if text in DESTINATIONS:
        return Binding.DESTINATION
    if text in MODES[vehicle] or text == "24/7" or (vehicle is Vehicle.TRUCK and text in _TRUCK_TOO):
        return Binding.YES
    if text in _OTHERS or text in MODES[Vehicle.CAR] + MODES[Vehicle.TRUCK] or text in _TRUCK_TOO:
        return Binding.NO
    return Binding.BY_TIME if _TIME.search(text) else Binding.UNREAD


def _comparison(name: str, operator: str, text: str, dimensions: Dimensions) -> Binding:
    attribute = _ATTRIBUTES.get(name)
    if attribute is None:
        return Binding.UNREAD
    read_as = {"weight_t": tag_values.tonnes, "axle_load_t": tag_values.tonnes, "axles": tag_values.count}
    limit = read_as.get(attribute, tag_values.metres)(text)
    if limit is None:
        return Binding.UNREAD
    own = getattr(dimensions, attribute)
    holds = {"<": own < limit, "<=": own <= limit, ">": own > limit, ">=": own >= limit}.get(operator, own == limit)
    return Binding.YES if holds else Binding.NO
