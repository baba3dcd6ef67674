"""Bringing access points in from a file of one's own, and measuring anew what they change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from finder import sources
from finder.errors import NotFound
from finder.intake import access_points
from finder.language import N_
from finder.limits import DEFAULT, Limits
from finder.model.access import AccessPoint
from finder.model.loaded import AccessReport, AccessWithdrawn, Kinds
from finder.model.vocabulary import AccessKind
from finder.pipeline.access import measure_access
from finder.pipeline.progress import Progress, silent
from finder.pipeline.transaction import Undone, writing
from finder.roads.network import Network
from finder.sources import bundled
from finder.store import reference
from finder.store.database import Database, Session


def load_access(
    database: Database,
    path: Path,
    *,
    kind: AccessKind | None = None,
    source: str | None = None,
    replace: bool = False,
    layer: str | None = None,
    crs_given: str | None = None,
    network: Network | None = None,
    dry_run: bool = False,
    limits: Limits = DEFAULT,
    progress: Progress = silent,
) -> AccessReport:
    """Bring a file of access points into the store in the place of those of the same source; others stay.

    With `replace` the file holds all points of its kinds: those of other sources, bundled ones too, go. Access of the
    kinds that change is measured anew for all sites, over the `network` where there is one.

    Raises
    ------
    UnusableInput, UnsafeInput, NotFound
        The file or the call is unusable as a whole; nothing was stored and nothing is lost.
    """
    progress(N_("Reading"))
    raw = sources.read(path, layer=layer, limits=limits)
    progress(N_("Checking"))
    found = access_points.points(raw, kind=kind, source=source, given=crs_given)
    report: AccessReport | None = None
    with writing(database) as session:
        progress(N_("Storing"))
        before = reference.access_points(session)
        loaded = _by_kind(found.points)
        gone = [p for p in before if p.source == found.source or (replace and p.kind in loaded)]
        ids = {p.id for p in gone}
        now = [*(p for p in before if p.id not in ids), *found.points]
        report = AccessReport(
            origin=raw.origin,
            source=found.source,
            system=found.system,
            read=found.read,
            rejected=found.rejected,
            far=found.far,
            others=found.others,
            loaded=loaded,
            removed=_by_kind(gone),
            total=_by_kind(now),
            changed=_changed(before, now),
            measured=_put(session, before, now, network, progress),
            stored=not dry_run,
            issues=found.issues,
        )
        if dry_run:
            raise Undone
    assert report is not None
    return report


def withdraw_access(
    database: Database,
    source: str,
    *,
    network: Network | None = None,
    dry_run: bool = False,
    progress: Progress = silent,
) -> AccessWithdrawn:
    """Take the access points of a file back; where none of a kind is left the bundled ones return.

    Raises
    ------
    NotFound
        None of that source were loaded; those there are are named.
    """
    ours = bundled.access_points()
    told: AccessWithdrawn | None = None
    with writing(database) as session:
        before = reference.access_points(session)
        known = sorted({p.source or "" for p in before} - {p.source or "" for p in ours})
        if source not in known:
            raise NotFound(
                N_("No access points of the source “%(name)s” were loaded; loaded are: %(known)s."),
                name=source[:80],
                known=", ".join(known)[:500] or "–",
            )
        gone = [p for p in before if p.source == source]
        kept = [p for p in before if p.source != source]
        empty = {p.kind for p in gone} - {p.kind for p in kept}
        back = [p for p in ours if p.kind in empty]
        now = [*kept, *back]
        told = AccessWithdrawn(
            source=source,
            removed=_by_kind(gone),
            returned=_by_kind(back),
            total=_by_kind(now),
            measured=_put(session, before, now, network, progress),
            stored=not dry_run,
        )
        if dry_run:
            raise Undone
    assert told is not None
    return told


def _by_kind(points: Sequence[AccessPoint]) -> Kinds:
    counts = Counter(point.kind for point in points)
    return {kind: counts[kind] for kind in AccessKind if counts[kind]}


def _changed(before: Sequence[AccessPoint], now: Sequence[AccessPoint]) -> frozenset[AccessKind]:
    """Return the kinds of which there are others now than before."""
    was, are = ({point.id: point for point in points} for points in (before, now))
    return frozenset(
        point.kind
        for id_ in was.keys() | are.keys()
        if was.get(id_) != are.get(id_)
        for point in (was.get(id_), are.get(id_))
        if point is not None
    )


def _put(
    session: Session,
    before: Sequence[AccessPoint],
    now: Sequence[AccessPoint],
    network: Network | None,
    progress: Progress,
) -> int:
    """Store the points and measure the access of the kinds that changed; return of how many sites it was measured."""
    if not (changed := _changed(before, now)):
        return 0
    reference.replace(session, AccessPoint, now)
    kinds = [kind for kind in AccessKind if kind in changed]
    return measure_access(session, kinds=kinds, network=network, progress=progress).sites


__all__ = ["load_access", "withdraw_access"]
