"""Bringing a zoning layer in: read, check, put in the place of the older one, hold against all sites."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from finder import crs, resources, sources
from finder.errors import ConfigError, NotFound, UnusableInput
from finder.intake import normalise, profiles, zone_rules
from finder.intake.profiles import Profile
from finder.language import N_
from finder.limits import DEFAULT, Limits
from finder.model.record import Issue, Origin, RawRecords
from finder.model.vocabulary import PlanStatus
from finder.model.zone import Zone
from finder.pipeline import zoning
from finder.pipeline.progress import Progress, silent
from finder.pipeline.transaction import Undone, writing
from finder.pipeline.zoning import Applied
from finder.store import reference, saving, zones
from finder.store.database import Database

OWN = "zoning"
"""The profile of our own words for zones, kept apart from those for sites."""


@dataclass(frozen=True, kw_only=True)
class LayerReport:
    """What became of a zoning layer, or would: read = zones + rejected; `changed` whether they are others than before.

    `applied` tells what became of the sites. `layers` are all there are now, with how many zones each has.
    """

    origin: Origin
    profile: str
    source: str
    read: int
    zones: int
    in_force: int
    rejected: int
    repaired: int
    changed: bool
    stored: bool
    issues: tuple[Issue, ...]
    applied: Applied
    layers: dict[str, int]

    def counts(self) -> dict[str, int]:
        """Return the report's counts in the order they are printed."""
        own = {name: getattr(self, name) for name in ("read", "zones", "in_force", "repaired", "rejected")}
        return own | self.applied.counts()


def load_zoning(
    database: Database,
    path: Path,
    *,
    profile: str | None = None,
    crs_given: str | None = None,
    layer: str | None = None,
    source: str | None = None,
    dry_run: bool = False,
    limits: Limits = DEFAULT,
    actor: str = "zoning",
    at: dt.datetime | None = None,
    progress: Progress = silent,
) -> LayerReport:
    """Bring a file of zones into the store in the place of the layer named `source`, and hold it against all sites.

    Without a `profile` the usual names of columns are understood, and plans in XPlanGML. Without a `source` it is the
    one that all rows or the profile name, such as a plan, else the file's name.

    Raises
    ------
    UnusableInput, UnsafeInput, NotFound
        The file or the call is unusable as a whole, or no row of it is a zone; nothing was stored.
    ConfigError
        The database holds the fictional sample, with which nothing is mixed.
    """
    at = at or dt.datetime.now(dt.UTC)
    rules = None if profile is None else profiles.load(profile)
    progress(N_("Reading"))
    raw = sources.read(path, layer=layer, limits=limits)
    rules = rules or _made_for(raw.origin.format) or profiles.load(resources.DATA / f"{OWN}.toml")
    progress(N_("Checking"))
    batch = normalise.normalise(raw, rules, crs=crs_given)
    name = source or _source(batch) or raw.origin.name
    found, batch = zone_rules.zones(batch, name, area=crs.region())
    if len(raw) and not found:
        raise UnusableInput(N_("No row of the file is a zone: each lacks an outline or a kind of building land."))
    report: LayerReport | None = None
    with writing(database) as session:
        if reference.setting(session, "inventory") == "sample":
            raise ConfigError(N_("This database holds the fictional sample; real zones need one of their own."))
        progress(N_("Storing"))
        delivery = saving.record_delivery(
            session,
            actor=actor,
            file_name=raw.origin.name,
            sha256=raw.origin.sha256,
            profile=rules.name,
            summary={},
            at=at,
        )
        changed = zones.replace(session, name, found)
        progress(N_("Measuring"))
        applied = zoning.apply(session, delivery, actor=actor, at=at)
        report = _report(raw, rules, name, batch, found, changed, applied, zones.layers(session))
        if dry_run or not (changed or applied.wrote):
            report = dataclasses.replace(report, stored=not dry_run)
            raise Undone
        saving.update_summary(session, delivery, report.counts())
    assert report is not None
    return report


def _made_for(written: str) -> Profile | None:
    """Return the bundled profile of files of this format that tells of zones; a version may follow its name."""
    for profile in map(profiles.load, profiles.known()):
        fits = any(written == name or written.startswith(f"{name} ") for name in profile.formats)
        if fits and any(column.attribute == "zoning" for column in profile.columns):
            return profile
    return None


def _source(batch: normalise.Batch) -> str | None:
    """Return the source that all rows name, if it is one: a plan that is delivered as a whole."""
    named = set(batch.frame["source"])
    only = named.pop() if len(named) == 1 else None
    return None if only is None else str(only)


def _report(
    raw: RawRecords,
    rules: Profile,
    name: str,
    batch: normalise.Batch,
    found: list[Zone],
    changed: bool,
    applied: Applied,
    layers: dict[str, int],
) -> LayerReport:
    repaired = {issue.row for issue in batch.issues if issue.action == "repaired"} - batch.rejected - {None}
    return LayerReport(
        origin=raw.origin,
        profile=rules.name,
        source=name,
        read=batch.read,
        zones=len(found),
        in_force=sum(zone.plan_status == PlanStatus.IN_FORCE for zone in found),
        rejected=len(batch.rejected),
        repaired=len(repaired),
        changed=changed,
        stored=True,
        issues=tuple(batch.issues),
        applied=applied,
        layers=layers,
    )


def withdraw_zoning(
    database: Database, source: str, *, dry_run: bool = False, actor: str = "zoning", at: dt.datetime | None = None
) -> tuple[Applied, dict[str, int]]:
    """Take the layer named `source` back with all that sites have from it; return what became of them, and the others.

    Raises
    ------
    NotFound
        There is no such layer; those there are are named.
    """
    at = at or dt.datetime.now(dt.UTC)
    told: tuple[Applied, dict[str, int]] | None = None
    with writing(database) as session:
        known = zones.layers(session)
        if source not in known:
            raise NotFound(
                N_("There is no zoning layer “%(name)s”; stored are: %(known)s."),
                name=source[:80],
                known=", ".join(known) or "–",
            )
        delivery = saving.record_delivery(
            session, actor=actor, file_name="", sha256="", profile=OWN, summary={"withdrawn_layer": source}, at=at
        )
        zones.replace(session, source, [])
        told = zoning.apply(session, delivery, actor=actor, at=at), zones.layers(session)
        if dry_run:
            raise Undone
    assert told is not None
    return told
