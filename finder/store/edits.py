"""Changing one site at the desk: the version that was looked at must still be the present one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from finder.errors import NotFound, Outdated
from finder.language import N_
from finder.model.site import ATTRIBUTES, Provenance, measured_area_m2
from finder.store import differences, layer, proposals, records, revisions, tables, writing
from finder.store.database import Session

EDITABLE = frozenset(("name", "municipality", "status", *ATTRIBUTES)) - {"area_m2"}
"""What is known of a site by words; its area is measured."""
METHOD = "desk"
"""How a fact came about that somebody entered by hand."""


@dataclass(frozen=True, kw_only=True)
class Edited:
    """The site's version now, and whether its place is another one, so that its measures are stale."""

    pk: int
    version: int
    moved: bool


def edit(
    session: Session, id_: str, changes: Mapping[str, Any], *, version: int, actor: str, at: dt.datetime
) -> Edited:
    """Give a site's facts new values in the model's words, None: not known; deliveries leave them so from now on.

    Nothing is written where all of them are as they were. A fact that differs is said to come from the site's
    municipality as of that day, entered at the desk; who did it stands in the revision.

    Raises
    ------
    NotFound
        There is no such site.
    Outdated
        The site is not of the version any more that was looked at.
    ValueError
        A name is no editable fact, or a value may not be unknown.
    """
    for name, value in changes.items():
        if name not in EDITABLE or (value is None and name in differences.NEVER_UNKNOWN):
            raise ValueError(name)
    row = _row(session, id_)
    if row["version"] != version:
        raise Outdated(N_("Somebody else has changed the site “%(id)s” meanwhile."), id=id_[:80])
    new = {name: differences.storable(name, [value])[0] for name, value in changes.items()}
    new |= _measured(row, new)
    if "zoning" in differences.differing(list(new), row, new):
        # what the zoning layer gave belongs together
        new = {**dict.fromkeys(layer.own(row["provenance"])), **new}
    different = differences.differing(list(new), row, new)
    if not different:
        return Edited(pk=row["pk"], version=version, moved=False)
    new["provenance"] = _origins(row, different, new.get("municipality", row["municipality"]), at)
    change = revisions.Change(
        pk=row["pk"],
        version=version + 1,
        before={name: row[name] for name in (*sorted(different), "provenance")},
        after={name: new[name] for name in (*sorted(different), "provenance")},
    )
    c = tables.municipality.c
    towns = {row.code: row.name for row in session.execute(sa.select(c.code, c.name))}
    writing.update(session, [change], towns)
    revisions.Log(session, actor, at.isoformat(timespec="seconds"), None).changed([change])
    if new.get("status") in proposals.ENDED:
        proposals.drop(session, [row["pk"]])
    return Edited(pk=row["pk"], version=version + 1, moved="geometry" in different or "geometry_quality" in different)


def _row(session: Session, id_: str) -> Mapping[str, Any]:
    names = ("pk", "version", "provenance", *sorted(EDITABLE), "area_m2")
    query = sa.select(*(tables.site.c[name] for name in names)).where(tables.site.c.id == id_)
    # NUL and half characters are no text to databases
    row = session.execute(query).mappings().first() if id_.isprintable() else None
    if row is None:
        raise NotFound(N_("There is no site “%(id)s”."), id=id_[:80])
    return dict(row)


def _measured(row: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the measured area where the place is another one."""
    if not {"geometry", "geometry_quality"} & set(new):
        return {}
    place = {**row, **new}
    return {"area_m2": measured_area_m2(place["geometry"], place["geometry_quality"])}


def _origins(row: Mapping[str, Any], different: AbstractSet[str], municipality: str, at: dt.datetime) -> str:
    here = Provenance(source=municipality, as_of=at.date().isoformat(), method=METHOD)
    known = records.load_provenance(row["provenance"])
    return records.dump_provenance(known | {name: here for name in sorted(different) if name in ATTRIBUTES})
