"""The zoning layer: it gives sites the zoning that nobody stated, and is held against the stated one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from finder.language import N_
from finder.measures import overlap
from finder.model.record import Issue
from finder.model.site import Provenance
from finder.model.zone import FACTS, Way, agree
from finder.pipeline.planning import Doubt, Planned, planned
from finder.store import edits, layer, neighbours, records, reference, revisions, zones
from finder.store.database import Session

MOST_TOLD = 100_000
_AT_ONCE = 5_000
_DOUBTS = {
    Doubt.CONTRADICTION: N_("Plans in force of different kinds lie on each other here (%(plan)s: %(shares)s)."),
    Doubt.PLACE: N_("The place is too inexact to say in which zone it lies (%(plan)s: %(shares)s around it)."),
}


@dataclass(kw_only=True)
class Applied:
    """What became of the sites looked at; each is counted once.

    `given` have their zoning from the layer now, `updated` have another one from it than before, `kept` the same,
    `withdrawn` none any more. Of those with a stated zoning `agreeing` and `differing` do as they say. Of all others
    the `doubtful` lie in zones that say nothing certain, those `without` in none.
    """

    given: int = 0
    updated: int = 0
    kept: int = 0
    withdrawn: int = 0
    agreeing: int = 0
    differing: int = 0
    doubtful: int = 0
    without: int = 0
    by_point: int = 0  # of those with a zoning from the layer: by the point they are known by
    issues: list[Issue] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return the counts in the order they are printed."""
        return {name: count for name, count in vars(self).items() if name != "issues"}

    @property
    def wrote(self) -> bool:
        """Whether a site is another one than before."""
        return bool(self.given or self.updated or self.withdrawn)


def apply(
    session: Session, delivery: int, *, actor: str, at: dt.datetime, rows: Mapping[int, int] | None = None
) -> Applied:
    """Hold the zones of plans in force against sites on the market, and give them what is not known of their zoning.

    What a supplier or the desk stated stays. What the layer gave before is brought up to date, and taken back where no
    zone says it any more.

    Parameters
    ----------
    delivery : key of the entry in the log that this belongs to; what it writes is no edit of the desk.
    rows : row numbers of a file by key of the site, of those it made or changed; None: all sites.
    """
    applied = Applied()
    if rows is not None and not zones.in_force(session):
        return applied
    towns = {town.code: town.name for town in reference.municipalities(session)}
    log = revisions.Log(session, actor, at.isoformat(timespec="seconds"), delivery)
    for frame, near in _parts(session, zones.keys(session) if rows is None else sorted(rows)):
        said = planned(frame, near)
        changes = []
        site: Any
        for site in frame.itertuples():
            change = _judge(site, said.get(site.Index), applied, None if rows is None else rows[site.Index])
            if change is not None:
                changes.append(change)
        zones.give(session, changes, log, towns)
    return applied


def _parts(session: Session, keys: Sequence[int]) -> Iterator[tuple[pd.DataFrame, list[Any]]]:
    """Yield sites in parts that lie close together, each with the zones near them."""
    keys_, boxes = neighbours.bounds(session, keys)
    for group in overlap.compact(boxes, _AT_ONCE):
        frame = zones.sites(session, keys_[group].tolist())
        reach_m = np.nanmax([0.0, *frame["position_uncertainty_m"].astype(float)])
        west, south = boxes[group, :2].min(axis=0) - reach_m
        east, north = boxes[group, 2:].max(axis=0) + reach_m
        yield frame, zones.meeting(session, (west, south, east, north))
    nowhere = keys_[np.isnan(boxes).any(axis=1)]
    for start in range(0, len(nowhere), _AT_ONCE):
        yield zones.sites(session, nowhere[start : start + _AT_ONCE].tolist()), []


def _judge(site: Any, plan: Planned | None, applied: Applied, row: int | None) -> revisions.Change | None:
    """Count one site, say what is to be said of it, and return what the layer changes of it."""
    ours = layer.own(site.provenance)
    if plan is None or plan.doubt is not None:
        return _without(site, plan, ours, applied, row)
    by_desk = _by_desk(site)
    if "zoning" not in ours and (site.zoning is not None or "zoning" in by_desk):
        _compare(site, plan, applied, row)
        return None
    applied.by_point += plan.way is Way.POINT
    free = [name for name in FACTS if name in ours or (getattr(site, name) is None and name not in by_desk)]
    change = _change(site, ours, {name: value for name, value in plan.facts().items() if name in free}, plan.origin())
    if change is None:
        applied.kept += 1
    elif "zoning" in ours:
        applied.updated += 1
        message = N_("The zoning from the plan is another one now: %(shares)s (%(plan)s).")
        _say(applied, site, row, "zoning_updated", "noted", message, plan)
    else:
        applied.given += 1
        if row is not None:
            message = N_("The zoning was taken from a plan in force: %(shares)s (%(plan)s).")
            _say(applied, site, row, "zoning_given", "noted", message, plan)
    return change


def _without(
    site: Any, plan: Planned | None, ours: Mapping[str, Provenance], applied: Applied, row: int | None
) -> revisions.Change | None:
    """Do the same for a site of which the plans say nothing, or nothing certain."""
    if plan is not None and plan.doubt is not None:
        _say(applied, site, row, "zoning_doubtful", "kept", _DOUBTS[plan.doubt], plan)
    if "zoning" not in ours:
        applied.doubtful += plan is not None
        applied.without += plan is None
        return None
    applied.withdrawn += 1
    message = N_("No plan in force says the zoning any more that was taken from one; it is not known again.")
    _say(applied, site, row, "zoning_withdrawn", "kept", message, plan)
    return _change(site, ours, {}, Provenance())


def _by_desk(site: Any) -> frozenset[str]:
    """Return the facts of which the desk has said something, be it that they are not known."""
    if edits.METHOD not in site.provenance:
        return frozenset()
    origins = records.load_provenance(site.provenance)
    return frozenset(name for name, origin in origins.items() if origin.method == edits.METHOD)


def _compare(site: Any, plan: Planned, applied: Applied, row: int | None) -> None:
    if site.zoning is not None and agree(site.zoning, plan.zoning):
        applied.agreeing += 1
        return
    applied.differing += 1
    message = N_("Stated is %(stated)s, a plan in force shows %(shares)s (%(plan)s). What is stated stays.")
    _say(applied, site, row, "zoning_differs", "kept", message, plan)


def _change(
    site: Any, ours: Mapping[str, Provenance], facts: Mapping[str, Any], origin: Provenance
) -> revisions.Change | None:
    """Return the new version with these facts in the place of those the layer gave before."""
    origins = {name: one for name, one in records.load_provenance(site.provenance).items() if name not in ours}
    origins |= {name: origin for name, value in facts.items() if value is not None}
    after = {name: facts.get(name) for name in FACTS if name in facts or name in ours}
    after["provenance"] = records.dump_provenance(origins)
    before = {name: getattr(site, name) for name in after}
    different = [name for name in after if before[name] != after[name]]
    if not different:
        return None
    return revisions.Change(
        pk=site.Index,
        version=site.version + 1,
        before={name: before[name] for name in different},
        after={name: after[name] for name in different},
    )


def _say(
    applied: Applied, site: Any, row: int | None, rule: str, action: str, message: str, plan: Planned | None
) -> None:
    if len(applied.issues) >= MOST_TOLD:
        return
    stated = "–" if site.zoning is None else ", ".join(site.zoning)
    params = {"stated": stated} if plan is None else {"stated": stated, "plan": plan.sources(), "shares": plan.told()}
    value = site.id if row is None else stated
    applied.issues.append(
        Issue(rule=rule, action=action, message=message, row=row, field="zoning", value=value, params=params)
    )


__all__ = ["Applied", "apply"]
