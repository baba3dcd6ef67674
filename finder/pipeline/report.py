"""Adding up what becomes of a file, part by part."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from finder import crs
from finder.intake import profiles
from finder.intake.normalise import Batch
from finder.intake.profiles import Profile
from finder.model.outcome import Missing, Outcome, Rejected, Report
from finder.model.record import Issue, RawRecords
from finder.store.saving import Saved

_SHORT = 40
"""A coordinate reference system written longer is told by its name."""


class Ledger:
    """What has become of a file so far. What every part says of the file as a whole is kept once.

    `rows` are the row numbers of the sites that are new or changed, by key; `moved` the keys of those whose place is.
    """

    def __init__(self, raw: RawRecords, profile: Profile, crs_given: str | None, chosen: Issue | None) -> None:
        self.rejected = 0
        self.rows: dict[int, int] = {}
        self.moved: list[int] = []
        self._sources: set[str] = set()
        self._keys: dict[bool, set[tuple[str | None, str]]] = {True: set(), False: set()}
        self._origin = raw.origin
        self._profile = profile.name
        self._chosen = chosen
        self._crs = crs_given or raw.crs or _of_columns(raw, profile)
        self._placed = False
        self._counts = dict.fromkeys(("read", "new", "changed", "unchanged", "repaired", "conflicts"), 0)
        self._whole: dict[tuple[object, ...], Issue] = {}
        self._issues: list[Issue] = []
        self._outcomes: list[Outcome] = []
        self._named: dict[int, tuple[str | None, str | None]] = {}

    def notice(self, issues: Iterable[Issue]) -> None:
        """Add what is said of the file once all of it is saved."""
        for issue in issues:
            if issue.row is None:
                said = (issue.rule, issue.message, issue.field, issue.value, *map(str, issue.params.values()))
                self._whole.setdefault(said, issue)
            else:
                self._issues.append(issue)

    def add(self, batch: Batch, delivered: pd.DataFrame, saved: Saved) -> None:
        """Add a part: as it was checked, as it was delivered, and what came of it."""
        self.notice((*batch.issues, *saved.issues))
        rejected = delivered.loc[[row for row in delivered.index if row in batch.rejected]]
        ids = rejected["id"] if "id" in rejected else [None] * len(rejected)
        for row, key, id_, name in zip(rejected.index, rejected["source_id"], ids, rejected["name"], strict=True):
            self._named[int(row)] = (key if key is not None else id_, name)
        for row, source, key in zip(rejected.index, rejected["source"], rejected["source_id"], strict=True):
            if key is not None:
                self._keys[row in batch.marks.withdrawn].add((source, key))
        self._sources |= set(batch.frame["source"])
        self.rows |= saved.rows
        self.moved += saved.moved
        self.rejected += len(batch.rejected)
        self._placed = self._placed or "geometry" in delivered
        repaired = {issue.row for issue in batch.issues if issue.action == "repaired"} - batch.rejected - {None}
        self._outcomes += saved.outcomes
        for name, count in (
            ("read", batch.read),
            ("new", len(saved.new)),
            ("changed", len(saved.changed)),
            ("unchanged", saved.unchanged),
            ("repaired", len(repaired)),
            ("conflicts", saved.conflicts),
        ):
            self._counts[name] += count

    def named(self) -> frozenset[tuple[str, str]]:
        """Return the keys of rejected rows: their sites are in the file, if not in the store as the file has them."""
        return self._rejected_keys(withdrawn=False)

    def withdrawn(self) -> frozenset[tuple[str, str]]:
        """Return the keys of rows by which the supplier takes a site back."""
        return self._rejected_keys(withdrawn=True)

    def _rejected_keys(self, *, withdrawn: bool) -> frozenset[tuple[str, str]]:
        # a row rejected before its source was known is of one of the file's
        return frozenset(
            (source, key)
            for own, key in self._keys[withdrawn]
            for source in ([own] if own is not None else self._sources)
        )

    def report(
        self, missing: tuple[Missing, ...], *, at: dt.datetime, dry_run: bool, partial: bool, stored: bool
    ) -> Report:
        """Return the whole."""
        return Report(
            origin=self._origin,
            crs=_short(self._crs) if self._crs is not None and self._placed else None,
            profile=self._profile,
            chosen=self._chosen,
            at=at,
            dry_run=dry_run,
            partial=partial,
            stored=stored,
            outcomes=tuple(self._outcomes),
            rejections=self._rejections(),
            missing=missing,
            issues=(*self._whole.values(), *self._issues),
            **self._counts,
        )

    def _rejections(self) -> tuple[Rejected, ...]:
        reasons: dict[int, list[Issue]] = defaultdict(list)
        for issue in self._issues:
            if issue.action == "rejected" and issue.row is not None:
                reasons[issue.row].append(issue)
        return tuple(
            Rejected(row=row, key=key, name=name, reasons=tuple(reasons[row]))
            for row, (key, name) in sorted(self._named.items())
        )


def _of_columns(raw: RawRecords, profile: Profile) -> str | None:
    """Return the system of coordinates in columns; None where every row may say its own."""
    said = {profiles.key(name) for name in profile.geometry.crs_headers}
    return None if any(profiles.key(header) in said for header in raw.columns) else profile.geometry.crs


def _short(system: str) -> str:
    return system if len(system) <= _SHORT else str(crs.parse(system).name)
