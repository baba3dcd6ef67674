"""The rules a batch must pass, as a table. What breaks one is rejected, repaired or kept, and always an issue."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from finder.intake import admission, figures, identity, outlines, places, plans
from finder.intake.cells import check_count, shown
from finder.intake.findings import Finding, Seen, Work
from finder.intake.normalise import Batch
from finder.language import N_
from finder.model.record import Issue

GEOMETRY = ("geometry",)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of the table: what is tested, what becomes of the row, and the sentence that says so."""

    id: str
    action: str  # rejected | repaired | kept | noted
    message: str
    test: Callable[[Work], list[Finding]]
    fields: tuple[str, ...] = ()  # runs only when one of them is delivered


def validate(
    batch: Batch,
    *,
    municipalities: Mapping[str, str],
    area: BaseGeometry | None,
    today: dt.date | None = None,
    seen: Seen | None = None,
    home: BaseGeometry | None = None,
    rules: Sequence[Rule] | None = None,
) -> Batch:
    """Return the batch without the rows that break a rule, with what could be repaired repaired, and all of it said.

    Parameters
    ----------
    municipalities : names by code; a row's municipality may be given as either. Empty: any text goes.
    area : where sites may lie, in metres; None: anywhere.
    today : dates after it are in the future.
    seen : what the parts of the same file before this one held; added to.
    home : the region, in metres, where rows may lie elsewhere too: only those in it, or without a place, name its
        towns.
    rules : in the place of `RULES`.

    Where places are delivered, sets `area_m2` (measured, m²; not known of anything but polygons, nor of approximate
    ones) and `geometry_quality` (point for points that state none).
    """
    work = Work(
        frame=batch.frame.copy(),
        municipalities=municipalities,
        area=area,
        today=today or dt.date.today(),
        lost=batch.lost,
        marks=batch.marks,
        seen=seen or Seen(),
        home=home,
    )
    issues = list(batch.issues)
    rejected = set(batch.rejected)
    identity.write_codes(work)
    for rule in RULES if rules is None else rules:
        if rule.fields and not any(name in work.frame for name in rule.fields):
            continue
        findings = [finding for finding in rule.test(work) if finding.positions.size]
        for finding in findings:
            check_count(len(issues) + finding.positions.size)
            issues += _issues(rule, finding, work)
            if finding.repaired is not None:
                work.write(finding.field, finding.positions, finding.repaired)
        if rule.action == "rejected" and findings:
            bad = work.frame.index[np.unique(np.concatenate([finding.positions for finding in findings]))]
            rejected |= set(bad.tolist())
            work.frame = work.frame.drop(index=bad)
    places.measure(work)
    return dataclasses.replace(batch, frame=work.frame, issues=issues, rejected=rejected)


def _issues(rule: Rule, finding: Finding, work: Work) -> list[Issue]:
    rows = work.frame.index[finding.positions].tolist()
    params = finding.params or [{} for _ in rows]
    values = [None if value is None else shown(value) for value in finding.values]
    return [
        Issue(
            rule=rule.id,
            action=rule.action,
            message=rule.message,
            row=row,
            field=finding.field,
            value=value,
            params={"value": value or "", "field": finding.field, **more},
        )
        for row, value, more in zip(rows, values, params, strict=True)
    ]


RULES = (
    Rule(
        id="withdrawn_by_supplier",
        action="rejected",
        message=N_("The supplier withdraws this site (“%(field)s” is “%(value)s”)."),
        test=admission.withdrawn,
    ),
    Rule(
        id="not_a_site",
        action="rejected",
        message=N_("This row is no site of those that are looked for here (“%(field)s” is “%(value)s”)."),
        test=admission.others,
    ),
    Rule(
        id="required",
        action="rejected",
        message=N_("The required field “%(field)s” is empty."),
        test=identity.required,
    ),
    Rule(
        id="municipality_code",
        action="repaired",
        message=N_("“%(value)s” lacks its leading zero; it was read as %(code)s."),
        test=identity.lost_zeros,
    ),
    Rule(
        id="municipality_unknown",
        action="rejected",
        message=N_("“%(value)s” is not a municipality of this region."),
        test=identity.unknown_municipality,
    ),
    Rule(
        id="municipality_differs",
        action="kept",
        message=N_("The municipality %(code)s is %(name)s, but the row also names “%(town)s”; please check it."),
        test=identity.named_otherwise,
    ),
    Rule(
        id="source_missing",
        action="repaired",
        message=N_("No source is named; the municipality (%(source)s) counts as the source."),
        test=identity.no_source,
    ),
    Rule(
        id="id_form",
        action="kept",
        message=N_(
            "“%(value)s” cannot be a public id (letters, digits, “.”, “_” and “-” only); the site gets a new one."
        ),
        test=identity.odd_id,
        fields=("id",),
    ),
    Rule(
        id="not_finite",
        action="rejected",
        message=N_(
            "The coordinates lead nowhere (%(value)s): they are no numbers or do not fit their coordinate reference "
            "system."
        ),
        test=places.nowhere,
        fields=GEOMETRY,
    ),
    Rule(
        id="geometry_empty",
        action="kept",
        message=N_("The geometry is empty; the site stays without a place."),
        test=places.where(outlines.empty, unknown=True),
        fields=GEOMETRY,
    ),
    Rule(
        id="geometry_collection",
        action="repaired",
        message=N_("The place was a collection; its only point or its polygons were taken."),
        test=places.collections,
        fields=GEOMETRY,
    ),
    Rule(
        id="geometry_kind",
        action="rejected",
        message=N_("The place is neither a point nor a polygon (%(value)s)."),
        test=places.where(outlines.other_kind),
        fields=GEOMETRY,
    ),
    Rule(
        id="axes_swapped",
        action="repaired",
        message=N_("The coordinates only make sense with their axes swapped; they were swapped."),
        test=places.turned,
        fields=GEOMETRY,
    ),
    Rule(
        id="outline_invalid",
        action="repaired",
        message=N_("The outline crosses or touches itself; it was repaired, its area stays the same within 0.1 %%."),
        test=places.mended,
        fields=GEOMETRY,
    ),
    Rule(
        id="outline_invalid",
        action="rejected",
        message=N_("The outline crosses itself and cannot be repaired without changing its area (%(value)s)."),
        test=places.where(outlines.invalid),
        fields=GEOMETRY,
    ),
    Rule(
        id="no_area",
        action="rejected",
        message=N_("The outline has no area (%(value)s)."),
        test=places.where(outlines.without_area),
        fields=GEOMETRY,
    ),
    Rule(
        id="outside",
        action="rejected",
        message=N_("The place lies outside the region (%(value)s)."),
        test=places.elsewhere,
        fields=GEOMETRY,
    ),
    Rule(
        id="repeated",
        action="rejected",
        message=N_("The key “%(value)s” occurs more than once in the file; the first row counts."),
        test=identity.repeated,
    ),
    Rule(
        id="id_repeated",
        action="rejected",
        message=N_("The public id “%(value)s” occurs more than once in the file; the first row counts."),
        test=identity.repeated_id,
        fields=("id",),
    ),
    Rule(
        id="spike",
        action="kept",
        message=N_("The outline runs out and back in a needle; please check it."),
        test=places.where(outlines.spikes),
        fields=GEOMETRY,
    ),
    Rule(
        id="quality",
        action="kept",
        message=N_("The quality “%(value)s” does not fit the kind of place; it stays unknown."),
        test=places.odd_quality,
        fields=("geometry_quality",),
    ),
    Rule(
        id="negative",
        action="kept",
        message=N_("“%(value)s” is negative; the value stays unknown."),
        test=figures.negative,
    ),
    Rule(
        id="no_size",
        action="noted",
        message=N_("The stated area is 0; it may have been rounded."),
        test=figures.no_size,
        fields=("stated_area_m2",),
    ),
    Rule(
        id="stated_area",
        action="kept",
        message=N_("The stated area of %(figure)s m² differs by %(percent)s %% from the outline’s %(other)s m²."),
        test=figures.misstated,
        fields=("stated_area_m2",),
    ),
    Rule(
        id="part_larger",
        action="kept",
        message=N_("%(figure)s m² is more than the stated area of the whole, %(other)s m²."),
        test=figures.larger_parts,
        fields=("stated_area_m2",),
    ),
    Rule(
        id="guideline",
        action="kept",
        message=N_("%(index)s %(value)s is above the guideline maximum of § 17 BauNVO for %(zoning)s, %(limit)s."),
        test=figures.above_guideline,
        fields=("zoning",),
    ),
    Rule(
        id="plan_lapsed",
        action="kept",
        message=N_(
            "The plan “%(value)s” is not in force, or no longer: what it says of the land gives no right to build."
        ),
        test=plans.lapsed,
        fields=("plan_status",),
    ),
    Rule(
        id="grz_above_one",
        action="kept",
        message=N_("GRZ %(value)s would be more than the whole plot; perhaps %(value)s is a GFZ."),
        test=figures.more_than_whole,
        fields=("grz",),
    ),
    Rule(
        id="future",
        action="kept",
        message=N_("“%(value)s” lies in the future; the value stays unknown."),
        test=figures.future,
        fields=figures.PAST,
    ),
)
"""In the order they are applied: identity, places, repetition (of rows that stand), figures. A row that is rejected is
not examined further."""
