"""The mean speed of a vehicle on a road, from class, sign, town and surface; `data/roads.toml` has the formula."""

from __future__ import annotations

import math

from finder.model.vocabulary import Vehicle
from finder.roads import conditions, tag_values
from finder.roads.conditions import Binding
from finder.roads.figures import figures
from finder.roads.permits import Direction
from finder.roads.records import Tags

_MOTORWAYS = ("motorway", "motorway_link")
_TYPES = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed")
_ZONES = ("zone:traffic", *_TYPES)


def in_town(tags: Tags) -> bool | None:
    """Return whether tags say that the road lies in a town; None: they do not say."""
    known = (zone.in_town for name in _ZONES if (zone := tag_values.zone(tags.get(name, ""))) is not None)
    return next((answer for answer in known if answer is not None), None)


def sign_km_h(tags: Tags, direction: Direction) -> float | None:
    """Return the road's own limit, infinite where none holds but the law's; None: nothing is known of signs or town."""
    for name in (f"maxspeed:{direction}", "maxspeed"):
        sign = _km_h(tags.get(name, ""))
        if sign is not None:
            return sign
    legal = figures().legal[Vehicle.CAR]
    for name in _TYPES:
        zone = tag_values.zone(tags.get(name, ""))
        if zone is not None and zone.km_h is not None:
            return zone.km_h
        if zone is not None and zone.kind in ("living_street", "walk", "bicycle_road"):
            return legal.bicycle_road if zone.kind == "bicycle_road" else legal.living_street
    zone_km_h = _km_h(tags.get("zone:maxspeed", ""))
    return zone_km_h if zone_km_h is not None or in_town(tags) is None else math.inf


def own_km_h(tags: Tags, vehicle: Vehicle, direction: Direction) -> float:
    """Return the least that is signed for this vehicle alone or on conditions it always meets; infinite: nothing."""
    names = ["maxspeed", f"maxspeed:{direction}"]
    least = math.inf
    if vehicle is Vehicle.TRUCK:
        names += ["maxspeed:hgv", f"maxspeed:hgv:{direction}"]
        least = min((km_h for name in names[2:] if (km_h := _km_h(tags.get(name, ""))) is not None), default=least)
    for name in names:
        for text, bound in conditions.read(tags, name, vehicle):
            km_h = _km_h(text)
            if km_h is not None and bound is Binding.YES:
                least = min(least, km_h)
    return least


def _km_h(text: str) -> float | None:
    word = text.strip().lower()
    if word in tag_values.UNSTATED:
        return None
    return figures().legal[Vehicle.CAR].living_street if word == "walk" else tag_values.km_h(text)


def legal_km_h(tags: Tags, vehicle: Vehicle, direction: Direction) -> float:
    """Return the fastest that law and signs allow the vehicle, km/h.

    A sign may allow a car more than the general limit in and outside towns (never more than `motorway`), a truck not.
    """
    legal, highway = figures().legal[vehicle], tags.get("highway")
    sign = sign_km_h(tags, direction)
    if highway in _MOTORWAYS:
        limit = legal.motorway
    elif highway == "living_street":
        limit = legal.living_street
    elif tags.get("bicycle_road") == "yes":
        limit = legal.bicycle_road
    elif vehicle is Vehicle.CAR and sign is not None and sign < math.inf:
        limit = legal.motorway
    elif in_town(tags):
        limit = legal.town
    else:
        limit = legal.separated if separated(tags, vehicle) else legal.outside
    return min(limit, math.inf if sign is None else sign, own_km_h(tags, vehicle, direction))


def separated(tags: Tags, vehicle: Vehicle) -> bool:
    """Return whether the law's limit is a motorway's: carriageways apart, and for a truck a motorroad besides."""
    apart = tags.get("dual_carriageway") == "yes" or (tags.get("oneway") in ("yes", "1", "true", "-1"))
    major = tags.get("highway") in ("trunk", "primary", "secondary")
    motorroad = tags.get("motorroad") == "yes"
    return apart and (motorroad or (vehicle is Vehicle.CAR and major)) and tags.get("junction") != "roundabout"


def speed_km_h(tags: Tags, vehicle: Vehicle, direction: Direction) -> float | None:
    """Return the mean speed of the vehicle on the road, km/h; None: no class of road, or no vehicle gets along there.

    Always above 0 and at most `legal_km_h`; a truck is never faster than a car.
    """
    pace = figures().paces.get(tags.get("highway", ""), {}).get(vehicle)
    if pace is None:
        return None
    flowing = pace.untagged
    if sign_km_h(tags, direction) is not None:
        # of the road's limit, not the law's for trucks: where cars may go 100, a truck does go its 60 most of the way
        signed = legal_km_h(tags, Vehicle.CAR, direction)
        flowing = max(pace.share * signed, min(signed, figures().as_signed_km_h))
    bounds = [flowing, pace.most, legal_km_h(tags, vehicle, direction), *_at_most(tags, vehicle)]
    if vehicle is Vehicle.TRUCK:
        bounds.append(speed_km_h(tags, Vehicle.CAR, direction) or 0.0)
    return min(bounds) or None


def _at_most(tags: Tags, vehicle: Vehicle) -> list[float]:
    return [
        values[part][vehicle]
        for key, values in figures().at_most.items()
        for part in tags.get(key, "").split(";")
        if part in values
    ]
