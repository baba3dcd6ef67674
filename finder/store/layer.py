"""What a site has from the zoning layer, and how it gives way to what somebody states."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from finder.model.site import Provenance
from finder.model.zone import FACTS, Way
from finder.store import records

_WAYS = frozenset(way.value for way in Way)
_ELSEWHERE = ", as delivered"
NEEDED = (*FACTS, "provenance")
"""The columns of a site that tell what it has from the layer."""


def own(provenance: str) -> dict[str, Provenance]:
    """Return the origins of the facts that a site has from the layer."""
    return {name: origin for name, origin in _read(provenance).items() if name in FACTS and origin.method in _WAYS}


def adopted(provenance: str) -> str:
    """Return delivered origins, those of facts that another finder's layer gave marked: ours did not give them."""
    return records.dump_provenance(_adopted(origins)) if (origins := _read(provenance)) else provenance


def settle(before: Mapping[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return what a delivery gives a stored site: stated facts replace the layer's, empty cells do not.

    With a stated zoning all of the layer's facts go, also those of columns that the delivery lacks. What the file
    itself says to be a layer's is not stated: an export of ours that comes back changes nothing. `before` holds the
    columns `NEEDED`.
    """
    ours = own(before["provenance"])
    delivered = None if new.get("provenance") is None else _read(new["provenance"])
    if not ours:
        return {**new, "provenance": records.dump_provenance(_adopted(delivered))} if delivered else new
    if new.get("provenance") is not None:
        delivered = records.load_provenance(new["provenance"])

    def stated(name: str) -> bool:
        if new.get(name) is None:
            return False
        told = (delivered or {}).get(name, Provenance())
        # the layer's word, with another value: somebody wrote over it
        return told.method not in _WAYS or (told == ours[name] and new[name] != before[name])

    said = {name for name in ours if stated(name)}
    gone = set(ours) if "zoning" in said else said
    settled = {**new, **{name: before[name] for name in ours.keys() - gone if name in new}}
    settled |= dict.fromkeys(sorted(gone - said))
    origins = records.load_provenance(before["provenance"]) if delivered is None else delivered
    origins = {name: origin for name, origin in origins.items() if origin != ours.get(name)}
    kept = {name: ours[name] for name in ours.keys() - gone}
    settled["provenance"] = records.dump_provenance(_adopted(origins) | kept)
    return settled


def _read(provenance: str) -> dict[str, Provenance]:
    """Return origins, none where no layer's word is among them: most sites have none, and reading takes its time."""
    named = any(f'"{way}"' in provenance for way in _WAYS)
    return records.load_provenance(provenance) if named else {}


def _adopted(origins: Mapping[str, Provenance]) -> dict[str, Provenance]:
    marked = dict(origins)
    for name in FACTS:
        if name in origins and origins[name].method in _WAYS:
            marked[name] = dataclasses.replace(origins[name], method=f"{origins[name].method}{_ELSEWHERE}")
    return marked
