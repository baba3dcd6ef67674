"""Who may go where: access by vehicle and direction, oneways, barriers."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

from finder.model.vocabulary import Vehicle
from finder.roads import conditions
from finder.roads.conditions import MODES, Binding
from finder.roads.records import Tags
from finder.roads.tag_values import words

Direction = Literal["forward", "backward"]
DIRECTIONS: tuple[Direction, Direction] = ("forward", "backward")


class Grant(IntEnum):
    """What is granted; the larger the freer."""

    NO = 0
    DESTINATION = 1
    FREE = 2


_FREE = words("yes designated permissive official public allowed unrestricted all")
_NO = words(
    "no private agricultural forestry agricultural/forestry military emergency restricted psv bus taxi foot bicycle "
    "horse motorcycle moped employees_only prohibited never none authorized authorised university school hov"
)
GRANTS: dict[str, Grant] = {
    **dict.fromkeys(_FREE, Grant.FREE),
    **dict.fromkeys(conditions.DESTINATIONS, Grant.DESTINATION),
    **dict.fromkeys(_NO, Grant.NO),
}
"""Values of access tags. `permit` counts as destination: who owns the plot gets one; `private` does not."""


def granted(text: str | None) -> Grant | None:
    """Return what a value of an access tag grants, the freest of several; None: nothing said, or unread."""
    if text is None:
        return None
    parts = [GRANTS.get(part.strip().lower()) for part in text.replace(",", ";").split(";") if part.strip()]
    known = [part for part in parts if part is not None]
    return max(known) if known and len(known) == len(parts) else None


def access(tags: Tags, vehicle: Vehicle, direction: Direction | None, default: Grant) -> Grant:
    """Return what the tags grant the vehicle: the most specific word wins, `default` where nothing is said.

    A condition of weight, size or vehicle is decided for the vehicle; one of time neither bars nor frees; one of
    destination frees for destinations.
    """
    grant = default
    for mode in reversed(MODES[vehicle]):
        for name in (mode, f"{mode}:{direction}") if direction else (mode,):
            stated = granted(tags.get(name))
            grant = grant if stated is None else stated
            for value, bound in conditions.read(tags, name, vehicle):
                word = granted(value)
                if word is not None and bound is Binding.YES:
                    grant = word
                elif word is not None and word > Grant.NO:
                    grant = max(grant, Grant.DESTINATION)
    return grant


_ONEWAY = {
    **dict.fromkeys(("yes", "true", "1"), ("forward",)),
    **dict.fromkeys(("-1", "reverse", "backward"), ("backward",)),
    **dict.fromkeys(("no", "false", "0", "alternating"), DIRECTIONS),
    # which direction is open depends on the hour
    "reversible": (),
}


def oneway_directions(text: str) -> tuple[str, ...] | None:
    """Return the directions a value of `oneway` leaves; None: unread."""
    return _ONEWAY.get(text.strip().lower())


def directions(tags: Tags, vehicle: Vehicle) -> tuple[str, ...]:
    """Return the directions that oneways leave the vehicle; roundabouts and motorways are oneways unless tagged no."""
    names = [f"oneway:{mode}" for mode in MODES[vehicle] if mode != "access"]
    for name in (*names, "oneway"):
        left = oneway_directions(tags.get(name, ""))
        if left is not None:
            return left
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") in ("motorway", "motorway_link")
    return ("forward",) if implied else DIRECTIONS


OPEN_BARRIERS = words(
    "gate lift_gate swing_gate sliding_gate sliding_beam hampshire_gate bump_gate border_control toll_booth "
    "cattle_grid sally_port entrance checkpoint coupure kerb height_restrictor no arch rumble_strip width_restrictor"
)
"""Barriers that let vehicles through unless access tags or limits say otherwise."""
CLOSED_BARRIERS = words(
    "bollard block jersey_barrier cycle_barrier motorcycle_barrier stile kissing_gate wicket_gate turnstile "
    "full-height_turnstile horse_stile horse_jump chain rope debris log planter wall fence hedge ditch guard_rail "
    "retaining_wall city_wall sump_buster bus_trap spikes tyres barrier_board delineators handrail cable_barrier "
    "tank_trap tree rock stone boulder yes closed obstacle"
)
"""Barriers that stop vehicles unless access tags name them. Any other barrier is counted as open."""


def past_barrier(tags: Tags, vehicle: Vehicle) -> bool:
    """Return whether the vehicle may and can pass a barrier, its limits of size and weight aside."""
    barrier = tags.get("barrier", "no").strip().lower()
    if barrier == "no":
        return True
    default = Grant.NO if barrier in CLOSED_BARRIERS or tags.get("locked") == "yes" else Grant.FREE
    if barrier == "height_restrictor" and vehicle is Vehicle.TRUCK and "maxheight" not in tags:
        default = Grant.NO
    return access(tags, vehicle, None, default) > Grant.NO


def accesses(tags: Tags, vehicle: Vehicle) -> dict[Direction, Grant]:
    """Return what a road's kind and tags grant the vehicle by direction, its limits of size and weight aside.

    A kind of road that serves only what lies along it is for destinations, unless tags say more: driveways, alleys,
    parking aisles, tracks, bicycle roads. A truck takes parking aisles and drive-throughs only where tags name trucks,
    and a track only if it is firm (grade 1 or a hard surface); a car takes no track of grade 4 or 5 unasked.
    """
    default = _default(tags, vehicle)
    open_to = directions(tags, vehicle)
    named = any(mode in tags for mode in ("hgv", "hgv_articulated"))
    too_narrow = vehicle is Vehicle.TRUCK and not named and _not_for_trucks(tags)
    return {
        direction: access(tags, vehicle, direction, default) if direction in open_to and not too_narrow else Grant.NO
        for direction in DIRECTIONS
    }


_HARD = words("asphalt paved concrete paving_stones sett concrete:plates chipseal")
_CLOSED_SERVICES = words("emergency_access bus busway slipway")
_SERVING = words("driveway parking_aisle alley drive-through")


def _default(tags: Tags, vehicle: Vehicle) -> Grant:
    service = tags.get("service") if tags.get("highway") == "service" else None
    if service in _CLOSED_SERVICES:
        return Grant.NO
    if tags.get("highway") == "track":
        unfit = vehicle is Vehicle.CAR and tags.get("tracktype") in ("grade4", "grade5")
        return Grant.NO if unfit else Grant.DESTINATION
    return Grant.DESTINATION if service in _SERVING or tags.get("bicycle_road") == "yes" else Grant.FREE


def _not_for_trucks(tags: Tags) -> bool:
    if tags.get("highway") == "track":
        return tags.get("tracktype") != "grade1" and ("tracktype" in tags or tags.get("surface") not in _HARD)
    return tags.get("highway") == "service" and tags.get("service") in ("parking_aisle", "drive-through")
