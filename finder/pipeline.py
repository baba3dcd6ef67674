"""A file's way in: read, normalise, validate, save, measure. One transaction, all of it or nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from finder import crs, resources, sources
from finder.errors import ConfigError, UnusableInput
from finder.intake import normalise, profiles, validate
from finder.language import N_
from finder.measures import access as measure
from finder.model.access import AccessPoint
from finder.model.place import MapLine, Municipality, Place
from finder.model.record import Issue
from finder.model.vocabulary import AccessKind, Method, Status, Vehicle
from finder.sources import bundled
from finder.store import reference, saving, sites
from finder.store.database import Database, Session

Progress = Callable[[str], None]
"""Told the message id of each step as it begins."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a file. read = new + changed + unchanged + rejected; repaired counts rows among the stored."""

    file: str
    profile: str
    format: str
    dry_run: bool
    read: int
    new: int
    changed: int
    unchanged: int
    repaired: int
    rejected: int
    missing: tuple[str, ...]
    issues: tuple[Issue, ...]
    stored: bool


class _Undone(Exception):
    """Leaves the transaction so that nothing of it is stored."""


def deliver(
    database: Database,
    path: Path,
    *,
    profile: str = "finder",
    crs_given: str | None = None,
    layer: str | None = None,
    municipality: str | None = None,
    status: Status = Status.DRAFT,
    anywhere: bool = False,
    dry_run: bool = False,
    strict: bool = False,
    actor: str = "import",
    at: dt.datetime | None = None,
    progress: Progress = lambda step: None,
) -> Report:
    """Bring one file into the store and return its report.

    With `strict` one rejected row, with `dry_run` always, nothing is stored. `anywhere` admits sites outside the
    region.

    Raises
    ------
    UnusableInput, UnsafeInput, NotFound
        The file or the call is unusable as a whole; nothing was stored.
    ConfigError
        The database holds the fictional sample, with which nothing is mixed.
    """
    at = at or dt.datetime.now(dt.UTC)
    rules = profiles.load(profile)
    progress(N_("Reading"))
    raw = sources.read(path, layer=layer)
    report: Report | None = None
    try:
        with database.writing() as session:
            inventory = reference.setting(session, "inventory")
            if inventory == "sample":
                raise ConfigError(N_("This database holds the fictional sample; real sites need one of their own."))
            towns = {m.code: m.name for m in reference.municipalities(session)}
            progress(N_("Checking"))
            batch = normalise.normalise(
                raw, rules, crs=crs_given, municipality=_code(municipality, towns), status=status
            )
            delivered = batch.frame
            batch = validate.validate(
                batch,
                municipalities={} if anywhere else towns,
                area=None if anywhere else crs.lonlat_box(*region_box()),
            )
            batch = _refuse_taken(session, batch if inventory is None else _refuse_sample(batch))
            progress(N_("Storing"))
            saved, delivery = _save(session, batch, raw, rules.name, actor, at, towns, _named(delivered, batch))
            progress(N_("Measuring"))
            measure_access(session, saved.moved)
            report = _report(raw, rules.name, batch, saved, dry_run)
            refused = dry_run or (strict and bool(report.rejected))
            if refused or not (saved.new or saved.changed):
                report = dataclasses.replace(report, stored=not refused)
                raise _Undone
            saving.update_summary(session, delivery, summary(report))
    except _Undone:
        pass
    assert report is not None
    return report


def region_box() -> tuple[float, float, float, float]:
    """Return the region's box in degrees: west, south, east, north."""
    west, south, east, north = resources.region()["box"]
    return west, south, east, north


def summary(report: Report) -> dict[str, int]:
    """Return the report's counts in the order they are printed."""
    return {
        "read": report.read,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "repaired": report.repaired,
        "rejected": report.rejected,
        "missing": len(report.missing),
    }


def _code(municipality: str | None, towns: dict[str, str]) -> str | None:
    if municipality is None or municipality in towns:
        return municipality
    by_name = {name.casefold(): code for code, name in towns.items()}
    if (code := by_name.get(municipality.casefold())) is None:
        raise UnusableInput(
            N_("“%(town)s” is not a municipality of this region; known are: %(known)s."),
            town=municipality[:80],
            known=", ".join(sorted(towns.values())),
        )
    return code


def _refuse_taken(session: Session, batch: normalise.Batch) -> normalise.Batch:
    taken = saving.taken_ids(session, batch.frame)
    rows: list[Any] = (
        [row for row, id_ in zip(batch.frame.index, batch.frame["id"], strict=True) if id_ in taken] if taken else []
    )
    return _reject(batch, rows, "id_taken", "id", N_("The id “%(value)s” belongs to another site."))


def _refuse_sample(batch: normalise.Batch) -> normalise.Batch:
    """Keep fictional sites out of a database of real ones."""
    rows: list[Any] = []
    if "sample" in batch.frame:
        rows = [row for row, fictional in batch.frame["sample"].items() if fictional is True]
    message = N_("This site belongs to the fictional sample; the database holds real ones.")
    return _reject(batch, rows, "sample", "sample", message)


def _reject(batch: normalise.Batch, rows: Sequence[Any], rule: str, field: str, message: str) -> normalise.Batch:
    values = [str(value) for value in batch.frame[field].loc[list(rows)]] if rows else []
    issues = [
        Issue(rule=rule, action="rejected", message=message, row=row, field=field, value=value, params={"value": value})
        for row, value in zip(rows, values, strict=True)
    ]
    return dataclasses.replace(
        batch,
        frame=batch.frame.drop(index=rows),
        issues=[*batch.issues, *issues],
        rejected=batch.rejected | set(rows),
    )


def _named(delivered: pd.DataFrame, batch: normalise.Batch) -> frozenset[tuple[str, str]]:
    """Return the keys of rejected rows: their sites are in the file, if not in the store as the file has them."""
    rows = delivered.loc[[row for row in delivered.index if row in batch.rejected]]
    sources_ = sorted(set(batch.frame["source"]))
    return frozenset(
        (source, key)
        for own, key in zip(rows["source"], rows["source_id"], strict=True)
        if key is not None
        for source in ([own] if own is not None else sources_)
    )


def _save(
    session: Session,
    batch: normalise.Batch,
    raw: Any,
    profile: str,
    actor: str,
    at: dt.datetime,
    towns: dict[str, str],
    named: frozenset[tuple[str, str]],
) -> tuple[saving.Saved, int]:
    delivery = saving.record_delivery(
        session, actor=actor, file_name=raw.origin.name, sha256=raw.origin.sha256, profile=profile, summary={}, at=at
    )
    saved = saving.save(
        session,
        batch.frame,
        delivery=delivery,
        actor=actor,
        at=at,
        id_prefix=resources.region()["id_prefix"],
        municipality_names=towns,
        only_new=batch.only_new,
        named=named,
    )
    return saved, delivery


def _report(raw: Any, profile: str, batch: normalise.Batch, saved: saving.Saved, dry_run: bool) -> Report:
    repaired = {issue.row for issue in batch.issues if issue.action == "repaired"} - set(batch.rejected)
    return Report(
        file=raw.origin.name,
        profile=profile,
        format=raw.origin.format,
        dry_run=dry_run,
        read=batch.read,
        new=len(saved.new),
        changed=len(saved.changed),
        unchanged=saved.unchanged,
        repaired=len(repaired),
        rejected=len(batch.rejected),
        missing=saved.missing,
        issues=tuple(batch.issues),
        stored=True,
    )


# -- access -----------------------------------------------------------------------------------------------------------


def measure_access(
    session: Session, keys: Sequence[int] | None = None, kinds: Iterable[AccessKind] = tuple(AccessKind)
) -> int:
    """Measure the access of the given sites (None: of all) by beeline and estimate; return how many were measured."""
    rows = sites.shapes(session, keys)
    if not rows:
        return 0
    index = pd.Index([row.pk for row in rows])
    geometry = pd.Series([row.geometry for row in rows], index=index, dtype=object)
    quality = pd.Series([row.geometry_quality for row in rows], index=index, dtype=object)
    begin = measure.starts(geometry, quality)
    columns: dict[str, Any] = {}
    for kind in kinds:
        points = reference.access_points(session, [kind])
        targets = np.array([point.geometry for point in points], dtype=object)
        ids = np.array([*(point.id for point in points), None], dtype=object)
        nearest = measure.nearest(begin, targets)
        for vehicle in Vehicle:
            columns |= reference.access_columns(
                kind,
                vehicle,
                points=ids[nearest.point.to_numpy()],
                km=nearest.beeline_km,
                minutes=measure.estimated_min(nearest.beeline_km, vehicle),
                km_method=Method.BEELINE,
                method=Method.ESTIMATE,
            )
    reference.save_access(session, index.tolist(), columns)
    return len(index)


# -- the region -------------------------------------------------------------------------------------------------------

INVENTORIES = {"documented": bundled.INVENTORY, "sample": bundled.SAMPLE}
"""The bundled inventories by the word kept in the database; "own" is a database that began empty."""


def start(database: Database, inventory: str, *, progress: Progress = lambda step: None) -> list[Report]:
    """Make the database ready: its tables in today's state and, on the first start, filled with `inventory`.

    Returns the reports of what was filled in, empty when there was nothing to do.

    Raises
    ------
    ConfigError
        The fictional sample is asked for, but the database holds real data.
    """
    database.migrate()
    with database.reading() as session:
        present = reference.setting(session, "inventory")
    if present is not None and inventory == "sample" and present != "sample":
        raise ConfigError(N_("This database holds real data; the fictional sample needs a database of its own."))
    if present is not None:
        return []
    return fill(database, inventory, progress=progress)


def fill(database: Database, inventory: str, *, progress: Progress = lambda step: None) -> list[Report]:
    """Fill a fresh database with the region's reference data and a bundled inventory; again does no harm.

    That it is filled is noted last: a start that was cut off begins anew.
    """
    progress(N_("Loading the region"))
    with database.writing() as session:
        reference.replace(session, Municipality, bundled.municipalities())
        reference.replace(session, AccessPoint, bundled.access_points())
        reference.replace(session, Place, bundled.places())
        reference.replace(session, MapLine, bundled.lines())
    reports = []
    if inventory in INVENTORIES:
        path = bundled.path(INVENTORIES[inventory])
        reports.append(
            deliver(database, path, actor="bundled", status=Status.PUBLISHED, strict=True, progress=progress)
        )
    with database.writing() as session:
        reference.set_setting(session, "inventory", inventory)
    return reports


def load_boundaries(
    database: Database, path: Path, *, layer: str | None = None, crs_given: str | None = None
) -> list[str]:
    """Give the region's municipalities the real boundaries of a file by their codes; return those it knew.

    Raises
    ------
    UnusableInput
        The file has no geometry, no column holds the municipalities' codes, or none of them is of this region.
    """
    raw = sources.read(path, layer=layer)
    source_crs = crs_given or raw.crs
    if raw.geometry is None:
        raise UnusableInput(N_("The file holds no boundaries, only a table."))
    if source_crs is None:
        raise UnusableInput(N_("The file does not say its coordinate reference system; give it with --crs EPSG:N."))
    wanted = resources.region()["municipality_columns"]
    column = next((raw.columns[name] for name in raw.columns if name.casefold() in wanted), None)
    if column is None:
        names = ", ".join(wanted)
        raise UnusableInput(N_("No column with the municipalities' codes was found (%(names)s)."), names=names)
    shapes = crs.to_metric(shapely.make_valid(shapely.from_wkb(np.asarray(raw.geometry, dtype=object))), source_crs)
    by_code: dict[str, list[Any]] = {}
    with database.writing() as session:
        # a column of numbers has lost its leading zeros
        codes = {town.code.lstrip("0"): town.code for town in reference.municipalities(session)}
        for code, shape in zip(column, shapes.tolist(), strict=True):
            if shape is not None and (known_as := codes.get(str(code).strip().lstrip("0"))):
                by_code.setdefault(known_as, []).append(shape)
        known = reference.set_boundaries(
            session, {code: shapely.union_all(parts) for code, parts in by_code.items()}, raw.origin.name
        )
    if not known:
        raise UnusableInput(N_("None of the file's municipalities belongs to this region."))
    return known
