"""What a car and a truck may do on a road with these tags, in each direction, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from finder.language import N_
from finder.model.vocabulary import Vehicle
from finder.roads import limits_of_vehicles, permits, reading, speeds
from finder.roads.conditions import MODES
from finder.roads.figures import figures
from finder.roads.permits import Grant
from finder.roads.records import Tags

METHOD = N_(
    "Mean speeds by class of road and sign; a truck at most %(motorway)s km/h on motorways, %(outside)s outside and "
    "%(town)s in towns. Traffic jams and breaks are not counted."
)
"""How minutes come about, for people, with the places of `method_places`."""


def method_places() -> dict[str, int]:
    """Return the truck's limits that `METHOD` names, km/h."""
    legal = figures().legal[Vehicle.TRUCK]
    return {"motorway": round(legal.motorway), "outside": round(legal.outside), "town": round(legal.town)}


@dataclass(frozen=True)
class Rule:
    """What one vehicle may do on a road. None: not in that direction of the way.

    `destination_only`: at the beginning or end of a trip, never to pass through (hgv=destination, delivery, customers).
    """

    forward_km_h: float | None
    backward_km_h: float | None
    destination_only: bool


CLOSED = Rule(None, None, False)
"""Not at all."""


@dataclass(frozen=True)
class Way:
    """A road as traffic sees it.

    Attributes
    ----------
    highway
        Its class; one that is not in `data/roads.toml` is closed to both vehicles.
    from_plots
        Whether a plot's drive may open onto it: not onto motorways, ramps, motorroads, bridges, tunnels.
    ramp
        A way up to or down from a motorway.
    in_town
        Whether tags say that it lies in a town; None: they do not say.
    unread
        Tags whose value says nothing known (`maxheight=low`); they do not count.
    by_time
        Tags that hold at times only; they do not count.
    """

    highway: str
    rules: Mapping[Vehicle, Rule]
    from_plots: bool
    ramp: bool
    motorway: bool
    in_town: bool | None
    unread: tuple[str, ...] = ()
    by_time: tuple[str, ...] = ()


def way(tags: Tags) -> Way:
    """Return what the tags of a way mean for traffic; never raises."""
    highway = tags.get("highway", "")
    noticed = reading.notices(tags)
    motorway, ramp = highway == "motorway", highway == "motorway_link"
    spanning = any(tags.get(key, "no") != "no" for key in ("bridge", "tunnel"))
    return Way(
        highway=highway,
        rules={vehicle: rule(tags, vehicle) for vehicle in Vehicle},
        from_plots=not (motorway or ramp or highway == "trunk_link" or tags.get("motorroad") == "yes" or spanning),
        ramp=ramp,
        motorway=motorway,
        in_town=speeds.in_town(tags),
        unread=noticed.unread,
        by_time=noticed.by_time,
    )


def rule(tags: Tags, vehicle: Vehicle) -> Rule:
    """Return what the vehicle may do on a way with these tags, and how fast.

    Where one direction is free and the other for destinations only, the latter is closed: a rule has one word for both.
    """
    grants, speed = [], []
    for direction, access in permits.accesses(tags, vehicle).items():
        km_h = speeds.speed_km_h(tags, vehicle, direction) if access else None
        grants.append(Grant.NO if km_h is None else min(access, limits_of_vehicles.keeping(tags, vehicle, direction)))
        speed.append(km_h)
    best = max(grants)
    if best is Grant.NO:
        return CLOSED
    forward, backward = (km_h if grant is best else None for grant, km_h in zip(grants, speed, strict=True))
    return Rule(forward, backward, best is Grant.DESTINATION)


def passable(node_tags: Tags, vehicle: Vehicle) -> bool:
    """Return whether the vehicle gets past a node: a barrier with its access tags, limits of size and weight."""
    return permits.past_barrier(node_tags, vehicle) and limits_of_vehicles.keeping(node_tags, vehicle) > Grant.NO


def restricts(restriction_tags: Tags, vehicle: Vehicle) -> bool:
    """Return whether a turn restriction binds the vehicle: a general one that does not except it, or one of its own."""
    own = [f"restriction:{mode}" for mode in MODES[vehicle] if mode != "access"]
    if any(_forbids(restriction_tags.get(name, "")) for name in own):
        return True
    excepted = {word.strip().lower() for word in restriction_tags.get("except", "").replace(",", ";").split(";")}
    return _forbids(restriction_tags.get("restriction", "")) and not excepted & set(MODES[vehicle])


def _forbids(text: str) -> bool:
    return text.strip().lower().startswith(("no_", "only_"))
