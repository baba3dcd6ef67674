"""What became of a file, in the reader's words: as a document for programs and as lines for tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from finder import crs
from finder.language import N_, Language
from finder.model.attributes import Type
from finder.model.outcome import Change, Conflict, Outcome, Outline, Report, summary
from finder.model.record import Issue
from finder.model.site import ATTRIBUTES, Provenance
from finder.presentation import facts, format

COLUMNS = (
    *("kind", "row", "id", "key", "name", "field", "label"),
    *("before", "after", "value", "rule", "action", "message"),
)
"""Of a line. `kind` is new, changed, conflict, rejected, missing, issue or counted."""
ARROW = "→"
_DEGREES = 5
_LABELS = {
    "id": N_("public id"),
    "source": N_("source"),
    "source_id": N_("the source's key"),
    "name": N_("name"),
    "municipality": N_("municipality"),
    "status": N_("state of the listing"),
    "sample": N_("fictional"),
    "provenance": N_("sources and their dates"),
}
_SHAPES = {
    "Point": N_("point at %(place)s"),
    "Polygon": N_("outline with %(corners)s corners around %(place)s"),
    "MultiPolygon": N_("outline of several parts with %(corners)s corners around %(place)s"),
}


@dataclass(frozen=True)
class Wording:
    """What puts a report into words: the towns' names by code, and where the middles of outlines lie in degrees."""

    towns: Mapping[str, str]
    language: Language
    middles: Mapping[Outline, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, report: Report, towns: Mapping[str, str], language: Language) -> Wording:
        """Return the wording of one report; all its middles are moved to degrees at once."""
        return cls(towns, language, _middles(report))

    def label(self, name: str) -> str:
        """Return a field's name; a column that is none of ours has its own."""
        known = ATTRIBUTES[name].label if name in ATTRIBUTES else _LABELS.get(name)
        return name if known is None else self.language.text(known)

    def title(self, name: str) -> str:
        """Return a field's name as it begins a line."""
        return format.capital(self.label(name)) if name in ATTRIBUTES or name in _LABELS else name

    def value(self, name: str, value: Any) -> str:
        """Return a field's value, "not known" where it is."""
        text = self._value(name, value)
        return self.language.text(N_("not known")) if text is None else text

    def pair(self, name: str, first: Any, second: Any) -> tuple[str, str]:
        """Return two different values so that they can be told apart."""
        texts = (self.value(name, first), self.value(name, second))
        if texts[0] != texts[1]:
            return texts
        if isinstance(first, Outline):
            return texts[0], self.language.text(N_("another outline"))
        return str(first), str(second)

    def change(self, change: Change) -> str:
        """Return a change as "GRZ: 0.6 → 0.8"."""
        return self.step(change.field, self.pair(change.field, change.before, change.after))

    def step(self, name: str, pair: tuple[str, str]) -> str:
        """Return a change whose values are in words already."""
        return f"{self.title(name)}: {pair[0]} {ARROW} {pair[1]}"

    def conflict(self, conflict: Conflict) -> str:
        """Return who decided otherwise than the file, when, and what stays."""
        kept, delivered = self.pair(conflict.field, conflict.kept, conflict.delivered)
        return self.language.text(
            N_("%(field)s: %(kept)s stays as edited by %(who)s on %(date)s; the file says %(delivered)s."),
            field=self.title(conflict.field),
            kept=kept,
            who=conflict.actor,
            date=self.date(conflict.at),
            delivered=delivered,
        )

    def message(self, issue: Issue) -> str:
        """Return what an issue says."""
        return self.language.text(issue.message, **issue.params)

    def date(self, moment: str) -> str:
        """Return the day of a moment."""
        return format.date(dt.datetime.fromisoformat(moment).date(), self.language)

    def _value(self, name: str, value: Any) -> str | None:
        if value is None:
            return None
        match name:
            case "municipality":
                return self.towns.get(value, str(value))
            case "status":
                return format.label(value, self.language)
            case "sample":
                return format.yes_no(bool(value), self.language)
            case "provenance":
                return self._origins(value)
            case "geometry":
                return self._outline(value)
        if name not in ATTRIBUTES:
            return str(value)
        # a small difference of a large area is one, too
        if ATTRIBUTES[name].type is Type.NUMBER:
            unit = ATTRIBUTES[name].unit
            return format.number(value, self.language) + (f"{format.NO_BREAK}{unit}" if unit else "")
        return facts.in_words(name, value, self.towns, self.language)

    def _origins(self, origins: Mapping[str, Provenance]) -> str | None:
        said: dict[str, None] = {}
        for origin in origins.values():
            source = self.towns.get(origin.source or "", origin.source or origin.url)
            parts = (source, format.as_of(origin.as_of, self.language), origin.method)
            said[" · ".join(part for part in parts if part)] = None
        return "; ".join(text for text in said if text) or None

    def _outline(self, outline: Outline) -> str:
        sign = "," if self.language.code == "de" else "."
        # quicker than by Babel, of whose thousands there are none here
        place = " ".join(f"{degrees:.{_DEGREES}f}".replace(".", sign) for degrees in self.middles[outline])
        message = _SHAPES.get(outline.kind, outline.kind)
        return self.language.text(message, corners=outline.corners, place=place)


def _middles(report: Report) -> dict[Outline, tuple[float, float]]:
    outlines = list(
        {
            value: None
            for outcome in report.outcomes
            for pair in (
                *((change.before, change.after) for change in outcome.changes),
                *((conflict.kept, conflict.delivered) for conflict in outcome.conflicts),
            )
            for value in pair
            if isinstance(value, Outline)
        }
    )
    points = crs.to_lonlat(shapely.points([(one.x, one.y) for one in outlines])) if outlines else np.array([])
    return {one: (point.x, point.y) for one, point in zip(outlines, points, strict=True)}


# -- for programs -----------------------------------------------------------------------------------------------------


def document(report: Report, wording: Wording) -> dict[str, Any]:
    """Return the report with its values as the model has them, and in words beside.

    What a file of a million rows has many of is told one by one, by iterators.
    """
    return {
        "language": wording.language.code,
        **head(report, wording),
        **summary(report),
        "sites": (_site(outcome, wording) for outcome in report.outcomes),
        "sites_only_counted": report.untold,
        "rejected_rows": (
            {
                "row": one.row,
                "key": one.key,
                "name": one.name,
                "reasons": [wording.message(reason) for reason in one.reasons],
            }
            for one in report.rejections
        ),
        "missing_sites": ({"id": one.id, "name": one.name, "proposed_since": one.since} for one in report.missing),
        "issues": (
            {
                "row": issue.row,
                "field": issue.field,
                "value": issue.value,
                "rule": issue.rule,
                "action": issue.action,
                "message": wording.message(issue),
            }
            for issue in report.issues
        ),
    }


def head(report: Report, wording: Wording) -> dict[str, Any]:
    """Return what was read, how and when, and whether it was stored."""
    origin = report.origin
    return {
        "file": origin.name,
        "format": origin.format,
        "size_bytes": origin.size_bytes,
        "sha256": origin.sha256,
        "layer": origin.layer,
        "encoding": origin.encoding,
        "delimiter": origin.delimiter,
        "crs": report.crs,
        "profile": report.profile,
        "chosen": None if report.chosen is None else wording.message(report.chosen),
        "at": report.at.isoformat(timespec="seconds"),
        "dry_run": report.dry_run,
        "partial": report.partial,
        "stored": report.stored,
    }


def _site(outcome: Outcome, wording: Wording) -> dict[str, Any]:
    return {
        "kind": outcome.kind.value,
        "row": outcome.row,
        "id": outcome.id,
        "name": outcome.name,
        "changes": [
            {
                "field": change.field,
                "label": wording.label(change.field),
                "before": _plain(change.before, wording),
                "after": _plain(change.after, wording),
                "text": wording.change(change),
            }
            for change in outcome.changes
        ],
        "conflicts": [
            {
                "field": conflict.field,
                "label": wording.label(conflict.field),
                "kept": _plain(conflict.kept, wording),
                "delivered": _plain(conflict.delivered, wording),
                "by": conflict.actor,
                "at": conflict.at,
                "text": wording.conflict(conflict),
            }
            for conflict in outcome.conflicts
        ],
    }


def _plain(value: Any, wording: Wording) -> Any:
    if not isinstance(value, Outline):
        return value
    lon, lat = wording.middles[value]
    return {"kind": value.kind, "corners": value.corners, "lon": round(lon, 7), "lat": round(lat, 7)}


# -- for tables -------------------------------------------------------------------------------------------------------


def lines(report: Report, wording: Wording) -> Iterator[dict[str, Any]]:
    """Yield one line per new site, change, conflict, rejection, missing site and issue, by `COLUMNS`."""
    rejected = {one.row: one for one in report.rejections}
    for outcome in report.outcomes:
        site = {"row": outcome.row, "id": outcome.id, "name": outcome.name}
        if outcome.kind.value == "new":
            yield {"kind": "new", **site}
        for change in outcome.changes:
            pair = wording.pair(change.field, change.before, change.after)
            told = {"field": change.field, "label": wording.label(change.field), "before": pair[0], "after": pair[1]}
            yield {"kind": "changed", **site, **told, "message": wording.step(change.field, pair)}
        for conflict in outcome.conflicts:
            kept, delivered = wording.pair(conflict.field, conflict.kept, conflict.delivered)
            told = {"field": conflict.field, "label": wording.label(conflict.field), "before": kept, "after": kept}
            yield {"kind": "conflict", **site, **told, "value": delivered, "message": wording.conflict(conflict)}
    if report.untold:
        yield {"kind": "counted", "message": untold(report, wording.language)}
    for one in report.missing:
        message = wording.language.text(_PROPOSED, date=wording.date(one.since))
        yield {"kind": "missing", "id": one.id, "name": one.name, "message": message}
    for issue in report.issues:
        line: dict[str, Any] = {"kind": "issue", "row": issue.row}
        if issue.action == "rejected" and issue.row in rejected:
            row = rejected[issue.row]
            line = {"kind": "rejected", "row": row.row, "key": row.key, "name": row.name}
        label = None if issue.field is None else wording.label(issue.field)
        said = {"field": issue.field, "label": label, "value": issue.value, "rule": issue.rule, "action": issue.action}
        yield {**line, **said, "message": wording.message(issue)}


_PROPOSED = N_("Missing from the file; its withdrawal is proposed since %(date)s.")


def untold(report: Report, language: Language) -> str:
    """Say how many new and changed sites are only counted."""
    return language.text(N_("… and %(n)s new or changed sites that are only counted."), n=report.untold)
