"""What a site has from the zoning layer, and how it gives way to what somebody states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finder.model.site import Provenance
from finder.model.zone import FACTS, Way
from finder.store import records

NEEDED = (*FACTS, "provenance")
"""The columns of a site that tell what it has from the layer."""


def own(provenance: str) -> dict[str, Provenance]:
    """Return the origins of the facts that a site has from the layer."""
    if not any(f'"{way.value}"' in provenance for way in Way):
        return {}
    origins = records.load_provenance(provenance)
    return {name: origins[name] for name in FACTS if name in origins and origins[name].method in tuple(Way)}


def settle(before: Mapping[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return what a delivery gives a stored site: stated facts replace the layer's, empty cells do not.

    With a stated zoning all of the layer's facts go, also those of columns that the delivery lacks. `before` holds the
    columns `NEEDED`.
    """
    ours = own(before["provenance"])
    if not ours:
        return new
    stated = {name for name in ours if new.get(name) is not None}
    gone = set(ours) if "zoning" in stated else stated
    settled = {**new, **{name: before[name] for name in ours.keys() - gone if name in new}}
    settled |= dict.fromkeys(sorted(gone - stated))
    origins = records.load_provenance(before["provenance"] if new.get("provenance") is None else new["provenance"])
    origins = {name: origin for name, origin in origins.items() if origin != ours.get(name)}
    settled["provenance"] = records.dump_provenance(origins | {name: ours[name] for name in ours.keys() - gone})
    return settled
