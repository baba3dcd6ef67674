"""How delivered values differ from stored ones, and which of them the desk has decided otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from finder.model.attributes import Type
from finder.model.outcome import Change, Conflict, Outline
from finder.model.site import ATTRIBUTES
from finder.model.vocabulary import Status
from finder.store import records, revisions, tables
from finder.store.revisions import Edit

SAME_PLACE_M = 0.02
"""An outline whose corners moved less is the same: degrees with seven decimals, as files have them, move it by 1 cm."""
PLACE = ("area_m2", "geometry_quality", "position_uncertainty_m")
"""What says something about an outline belongs to it and stays with it."""
NEVER_UNKNOWN = ("status", "sample", "provenance", "name", "municipality")
_RECORDS = frozenset(a.name for a in ATTRIBUTES.values() if a.type is Type.RECORDS)
_LISTS = frozenset(a.name for a in ATTRIBUTES.values() if a.type in (Type.CHOICES, Type.WORDS))


def storable(name: str, values: list[Any]) -> list[Any]:
    """Return an attribute's values as the tables take and give them back: None for NaN, JSON for records."""
    values = [None if value is None or value is pd.NA or value != value else value for value in values]
    if name == "provenance":
        return [None if value is None else records.dump_provenance(value) for value in values]
    if name in _RECORDS:
        return [records.dump(value) for value in values]
    if name in _LISTS:
        return [None if value is None else tables.words(value) for value in values]
    if name == "geometry":
        # One direction of rings, whichever a file has, so that the same outline is the same again.
        shapes = shapely.orient_polygons(np.array(values, dtype=object), exterior_cw=False)
        shapes[shapely.is_empty(shapes)] = None
        return list(shapes.tolist())
    if name == "status":
        return [value and str(value) for value in values]
    return values


def told(name: str, value: Any) -> Any:
    """Return a value of the tables in the model's words; an outline by what is said of it."""
    if value is None:
        return None
    if name == "provenance":
        return records.load_provenance(value)
    if name in _RECORDS:
        return records.load(name, value)
    if name == "geometry":
        return Outline.of(value)
    if name == "status":
        return Status(value)
    choices = ATTRIBUTES[name].choices if name in ATTRIBUTES else None
    if choices is None:
        return value
    return tuple(choices(one) for one in value) if name in _LISTS else choices(value)


def changes(change: revisions.Change) -> tuple[Change, ...]:
    """Return what a change does to each field, in the model's words."""
    return tuple(
        Change(field=name, before=told(name, before), after=told(name, change.after[name]))
        for name, before in change.before.items()
    )


def differing(names: Sequence[str], before: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    """Return the names whose new value is another one than before."""
    different = set()
    for name in names:
        old, value = before[name], new[name]
        # most are the same, and a delivery has many
        if old is not value and (name == "geometry" or old != value) and not _same(name, old, value):
            different.add(name)
    if "area_m2" in different and "geometry" in names and "geometry" not in different:
        different -= _measured_alike(before["area_m2"], new["area_m2"], new["geometry"])
    return different


def _same(name: str, old: Any, new: Any) -> bool:
    if name in NEVER_UNKNOWN and new is None:
        return True  # these cannot be unknown: an empty cell leaves them
    if old is None or new is None:
        return old is new
    if name == "geometry":
        return bool(shapely.equals_exact(old, new, tolerance=SAME_PLACE_M))
    return bool(old == new)


def _measured_alike(old: float | None, new: float | None, outline: Any) -> set[str]:
    # The same outline, written with other decimals, measures a little more or less.
    if old is None or new is None or outline is None:
        return set()
    return {"area_m2"} if abs(old - new) <= SAME_PLACE_M * outline.length else set()


def settle(
    names: Sequence[str], before: Mapping[str, Any], new: Mapping[str, Any], edits: Mapping[str, Edit]
) -> tuple[dict[str, Any], set[str], tuple[Conflict, ...]]:
    """Let the desk's edits stand against a delivery.

    Returns the values that shall hold, the names of those that differ from `before`, and the conflicts.
    """
    if not edits:
        return dict(new), differing(names, before, new), ()
    held = _held(edits)
    different = differing(names, before, new) & set(held)
    told_with_outline = PLACE if "geometry" in different else ("area_m2",)
    conflicts = tuple(
        Conflict(
            field=name,
            kept=told(name, before[name]),
            delivered=told(name, new[name]),
            actor=held[name].actor,
            at=held[name].at,
        )
        for name in names
        # who says nothing of an outline's quality does not contradict
        if name in different and name not in told_with_outline and not (name in PLACE and new[name] is None)
    )
    value = {**new, **{name: before[name] for name in names if name in held}}
    if "provenance" in names and new["provenance"] is not None:
        value["provenance"] = _origins(before["provenance"], new["provenance"], held)
    return value, differing(names, before, value), conflicts


def _held(edits: Mapping[str, Edit]) -> dict[str, Edit]:
    """Return the desk's edits by field; who edits one thing of a place answers for all of it."""
    of_place = [edits[name] for name in ("geometry", *PLACE) if name in edits]
    if not of_place:
        return dict(edits)
    newest = max(of_place, key=lambda edit: edit.at)
    return {**dict.fromkeys(("geometry", *PLACE), newest), **edits}


def _origins(before: str, new: str, held: Mapping[str, Edit]) -> str:
    """Return the delivered origins, but those of facts that stay as the desk has them."""
    known = records.load_provenance(before)
    delivered = {name: origin for name, origin in records.load_provenance(new).items() if name not in held}
    return records.dump_provenance(delivered | {name: known[name] for name in held if name in known})
