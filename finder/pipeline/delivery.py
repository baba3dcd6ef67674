"""A file's way in: read, normalise, validate, save, measure. One transaction, all of it or nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from finder import crs, resources, sources
from finder.errors import ConfigError, UnusableInput
from finder.intake import choosing, normalise, profiles, validate
from finder.intake.cells import plain_text
from finder.intake.findings import Seen
from finder.intake.headers import Headers
from finder.intake.profiles import Profile
from finder.language import N_
from finder.limits import DEFAULT, Limits
from finder.model.outcome import Report, summary
from finder.model.record import Issue, RawRecords
from finder.model.vocabulary import Status
from finder.pipeline import neighbours, zoning
from finder.pipeline.access import measure_access
from finder.pipeline.catchment import measure_catchments
from finder.pipeline.progress import Progress, silent
from finder.pipeline.report import Ledger
from finder.pipeline.transaction import Undone, writing
from finder.roads.network import Network
from finder.store import reference, saving
from finder.store.database import Database, Session

PART = 50_000
"""Rows that are in hand at a time: a million of them have to fit."""
Beside = Callable[[Report, RawRecords], None]
"""Given the report and the file before anything is kept: what fails there leaves the old state."""


def deliver(
    database: Database,
    path: Path,
    *,
    profile: str | None = None,
    crs_given: str | None = None,
    layer: str | None = None,
    municipality: str | None = None,
    status: Status = Status.DRAFT,
    anywhere: bool = False,
    dry_run: bool = False,
    strict: bool = False,
    partial: bool = False,
    limits: Limits = DEFAULT,
    network: Network | None = None,
    actor: str = "import",
    at: dt.datetime | None = None,
    progress: Progress = silent,
    beside: Beside = lambda report, raw: None,
) -> Report:
    """Bring one file into the store and return its report.

    Without a `profile` the bundled one that fits is chosen, and the report says why. With `strict` one rejected row,
    with `dry_run` always, nothing is stored. `anywhere` admits sites outside the region. A `partial` file holds only
    some of its source's sites, so that none is missing. Access is measured over the road `network`, if there is one;
    people within minutes are counted by estimate, for over a network that takes its time for every site.

    Raises
    ------
    UnusableInput, UnsafeInput, NotFound
        The file or the call is unusable as a whole; nothing was stored.
    ConfigError
        The database holds the fictional sample, with which nothing is mixed.
    """
    at = at or dt.datetime.now(dt.UTC)
    rules, chosen = None if profile is None else profiles.load(profile), None
    progress(N_("Reading"))
    raw = sources.read(path, layer=layer, limits=limits)
    if rules is None:
        rules, chosen = choosing.choose(raw)
    report: Report | None = None
    with writing(database) as session:
        inventory = reference.setting(session, "inventory")
        if inventory == "sample":
            raise ConfigError(N_("This database holds the fictional sample; real sites need one of their own."))
        towns = {m.code: m.name for m in reference.municipalities(session)}
        region = crs.region()
        area, home = (None, region) if anywhere else (region, None)
        code = _code(municipality, towns)
        whole = normalise.survey(raw, rules)
        partial = partial or whole.partial
        delivery = _begin(session, raw, rules, actor, at, towns)
        ledger = Ledger(raw, rules, crs_given, chosen)
        ledger.notice(whole.issues)
        seen = Seen()
        for start in range(0, len(raw), PART):
            with _unwatched():
                progress(N_("Checking"), start, len(raw))
                part = raw.part(start, start + PART)
                batch = normalise.normalise(part, rules, crs=crs_given, municipality=code, status=status, whole=whole)
                delivered = batch.frame
                batch = validate.validate(batch, municipalities=towns, area=area, seen=seen, home=home)
                batch = _refuse_taken(session, batch if inventory is None else _refuse_sample(batch))
                progress(N_("Storing"), start, len(raw))
                saved = delivery.save(batch.frame, only_new=batch.only_new, status=batch.status)
                progress(N_("Measuring"), start, len(raw))
                measure_access(session, saved.moved, network=network)
                measure_catchments(session, saved.moved)
                ledger.add(batch, delivered, saved)
        missing = delivery.missing(ledger.named(), withdrawn=ledger.withdrawn(), partial=partial)
        progress(N_("Comparing"), len(raw), len(raw))
        with _unwatched():
            ledger.notice(zoning.apply(session, delivery.key, actor=actor, at=at, rows=ledger.rows).issues)
            ledger.notice(neighbours.warn(session, {key: ledger.rows[key] for key in ledger.moved}))
        refused = dry_run or (strict and bool(ledger.rejected))
        report = ledger.report(missing, at=at, dry_run=dry_run, partial=partial, stored=not refused)
        beside(report, raw)
        if refused or not delivery.wrote:
            raise Undone
        saving.update_summary(session, delivery.key, summary(report))
    assert report is not None
    return report


@contextmanager
def _unwatched() -> Iterator[None]:
    """Look for no circles of objects: of millions of small ones hardly any is in one, and to look takes its time."""
    watched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if watched:
            gc.enable()


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


def _reserved(raw: RawRecords, rules: Profile) -> frozenset[str]:
    """Return the public ids that any row gives."""
    headers = Headers(raw)
    present = [header for rule in rules.columns if rule.attribute == "id" for header in headers.take(rule.headers)]
    return frozenset(text for header in present for cell in headers.cells([header]) if (text := plain_text(cell)))


def _begin(
    session: Session, raw: RawRecords, rules: Profile, actor: str, at: dt.datetime, towns: dict[str, str]
) -> saving.Delivery:
    origin = raw.origin
    key = saving.record_delivery(
        session, actor=actor, file_name=origin.name, sha256=origin.sha256, profile=rules.name, summary={}, at=at
    )
    return saving.Delivery(
        session,
        key,
        actor=actor,
        at=at,
        id_prefix=resources.region()["id_prefix"],
        municipality_names=towns,
        reserved=_reserved(raw, rules),
    )
