"""Which objects of an OpenStreetMap extract are kept for the road network, and which of their tags."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_LINKED = ("motorway", "trunk", "primary", "secondary", "tertiary")
ROADS = frozenset(
    {
        *_LINKED,
        *(f"{road}_link" for road in _LINKED),
        "unclassified",
        "residential",
        "living_street",
        "service",
        "road",
        "track",
    }
)
"""The values of `highway` that motor vehicles may use at all."""

_ALONE = frozenset(
    {
        "highway",
        "junction",
        "motorroad",
        "service",
        "tracktype",
        "surface",
        "smoothness",
        "bridge",
        "tunnel",
        "width",
        "est_width",
        "bicycle_road",
        "ref",
        "lanes",
        "dual_carriageway",
        "source:maxspeed",
        "zone:traffic",
        "zone:maxspeed",
    }
)
_ACCESS = ("access", "vehicle", "motor_vehicle", "motorcar", "hgv", "goods")
_SIZES = ("maxheight", "maxlength", "maxweight", "maxgcweight", "maxwidth", "maxaxleload", "maxaxles")
_QUALIFIED = ("oneway", "maxspeed", "toll", *_ACCESS, *_SIZES)
_ALIKE = ("maxweight", "maxgcweight", "hgv_")
"""How further words begin that say the like: `maxweightrating`, `hgv_articulated`."""
# whom a way's other words are for: nobody who is routed here, or lane by lane
_ASIDE = frozenset(
    {"lanes", "bicycle", "foot", "horse", "moped", "mofa", "motorcycle", "caravan", "disabled"}
    | {"bus", "psv", "taxi", "minibus", "coach", "tourist_bus", "agricultural", "forestry", "emergency"}
    | {"note", "description", "wikidata", "url"}
)
_ON_NODES = frozenset({*_ACCESS, *_SIZES})
_TIMES = frozenset({"day_on", "day_off", "hour_on", "hour_off"})


@lru_cache(maxsize=4096)
def road(key: str) -> bool:
    """Return whether a way's tag matters to traffic."""
    if key in _ALONE:
        return True
    word, *qualifiers = key.split(":")
    return (word in _QUALIFIED or word.startswith(_ALIKE)) and _ASIDE.isdisjoint(qualifiers)


def of_node(tags: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return what matters of a node's tags: what bars the way and for whom, and a junction's name."""
    given = dict(tags)
    kept: dict[str, str] = {}
    if given.get("highway") == "motorway_junction":
        kept = {key: given[key] for key in ("highway", "name", "ref") if key in given}
    bars = {key: value for key, value in given.items() if _bars(key)}
    if "barrier" in given or any(key.startswith(_SIZES) for key in bars):
        kept |= bars
    return tuple(kept.items())


def _bars(key: str) -> bool:
    word, *qualifiers = key.split(":")
    return key in ("barrier", "locked") or (
        (word in _ON_NODES or word.startswith(_ALIKE)) and _ASIDE.isdisjoint(qualifiers)
    )


NODE_KEYS = ("barrier", "highway", *_SIZES)
"""A node without any of these has nothing to say."""


def turns(tags: dict[str, str]) -> dict[bool, dict[str, str]]:
    """Return the tags of a restriction by what they are: the only turn allowed (True) or a forbidden one (False).

    None where it holds at certain times or under conditions only, or means nobody who is routed here.
    """
    found: dict[bool, dict[str, str]] = {}
    for key, value in tags.items() if _TIMES.isdisjoint(tags) else ():
        if _restricts(key) and (value.startswith(("only_", "no_"))):
            found.setdefault(value.startswith("only_"), {})[key] = value
    excepted = {"except": tags["except"]} if "except" in tags else {}
    return {only: {**kinds, **excepted} for only, kinds in found.items()}


def _restricts(key: str) -> bool:
    word, *qualifiers = key.split(":")
    return word == "restriction" and "conditional" not in qualifiers and _ASIDE.isdisjoint(qualifiers)


def at_times(tags: dict[str, str]) -> bool:
    """Return whether some of a restriction holds at certain times or under conditions only."""
    return not _TIMES.isdisjoint(tags) or any(
        key.startswith("restriction") and key.endswith(":conditional") for key in tags
    )


def for_others(tags: dict[str, str]) -> bool:
    """Return whether a restriction means only those who are not routed here."""
    keys = [key for key in tags if key.split(":")[0] == "restriction"]
    return bool(keys) and not any(_ASIDE.isdisjoint(key.split(":")) for key in keys)
