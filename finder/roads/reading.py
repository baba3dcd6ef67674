"""Which tags matter to traffic, and which of them say nothing that counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from finder.model.vocabulary import Vehicle
from finder.roads import conditions, permits, tag_values
from finder.roads.conditions import MODES, Binding
from finder.roads.limits_of_vehicles import LIMITS, OF_THE_ROAD, OF_TRUCKS, value
from finder.roads.records import Tags


@dataclass(frozen=True)
class Notices:
    """Tags as `key=value` that do not count: unread ones, and ones that hold at times only."""

    unread: tuple[str, ...] = ()
    by_time: tuple[str, ...] = ()


_MODES = tuple(dict.fromkeys(mode for modes in MODES.values() for mode in modes))
_LIMITS = {key + of: key for key in LIMITS for of in (OF_TRUCKS if key not in OF_THE_ROAD else ("",))}
_SPEEDS = ("maxspeed", "maxspeed:hgv")
_ONEWAYS = ("oneway", *(f"oneway:{mode}" for mode in _MODES if mode != "access"))
_DIRECTED = (*_MODES, *(name for name in _LIMITS if name not in OF_THE_ROAD), *_SPEEDS)
_CONDITIONAL = tuple(name + of for name in _DIRECTED for of in ("", ":forward", ":backward"))
KEYS = frozenset(
    (
        *("highway", "junction", "service", "surface", "smoothness", "tracktype", "bridge", "tunnel", "motorroad"),
        *("bicycle_road", "dual_carriageway", "maxspeed:type", "source:maxspeed", "zone:maxspeed", "zone:traffic"),
        *("barrier", "locked", *OF_THE_ROAD, *_ONEWAYS, *_CONDITIONAL),
        *(f"{name}:conditional" for name in _CONDITIONAL),
        "oneway:conditional",
    )
)
"""Every key that `rules` looks at, on ways and nodes. Two sets of tags that agree in these mean the same to traffic."""


def notices(tags: Tags) -> Notices:
    """Return which of a way's or node's tags do not count, and why."""
    unread, by_time = [], []
    for name, text in tags.items():
        if name not in KEYS:
            continue
        shown = f"{name}={text}"
        if name.endswith(":conditional"):
            bounds = set(_bindings(text))
            if Binding.UNREAD in bounds:
                unread.append(shown)
            if Binding.BY_TIME in bounds:
                by_time.append(shown)
        elif not _is_read(name, text):
            unread.append(shown)
    return Notices(tuple(sorted(unread)), tuple(sorted(by_time)))


def _bindings(text: str) -> Iterator[Binding]:
    clauses = tag_values.clauses(text)
    if clauses is None:
        yield Binding.UNREAD
    for clause in clauses or ():
        yield from (conditions.binding(clause, vehicle) for vehicle in Vehicle)


def _is_read(name: str, text: str) -> bool:
    base = name.removesuffix(":forward").removesuffix(":backward")
    if base in _LIMITS:
        return value(_LIMITS[base], text) is not None
    if base in _MODES:
        return permits.granted(text) is not None
    if base in _SPEEDS:
        stated = text.strip().lower() in tag_values.UNSTATED
        return stated or tag_values.km_h(text) is not None or tag_values.zone(text) is not None
    if base in _ONEWAYS:
        return permits.oneway_directions(text) is not None
    if base == "barrier":
        return text.strip().lower() in permits.OPEN_BARRIERS | permits.CLOSED_BARRIERS
    return True
