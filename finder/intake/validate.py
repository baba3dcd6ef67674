"""The rules a batch must pass, as a table. What breaks one is rejected, repaired, or kept with a warning; each is an issue."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from finder.intake import outlines
from finder.intake.casting import shown
from finder.intake.normalise import Batch
from finder.language import N_
from finder.model.query import fold
from finder.model.record import Issue
from finder.model.vocabulary import GeometryQuality, Zoning

STATED_AREA_TOLERANCE = 0.05
GUIDELINE: dict[Zoning, dict[str, float]] = {
    Zoning.GE: {"grz": 0.8, "gfz": 2.4, "bmz": 10.0},
    Zoning.GEE: {"grz": 0.8, "gfz": 2.4, "bmz": 10.0},
    Zoning.GI: {"grz": 0.8, "gfz": 2.4, "bmz": 10.0},
    Zoning.MI: {"grz": 0.6, "gfz": 1.2},
    Zoning.MU: {"grz": 0.8, "gfz": 3.0},
    Zoning.MK: {"grz": 1.0, "gfz": 3.0},
    Zoning.SO: {"grz": 0.8, "gfz": 2.4, "bmz": 10.0},
}
"""Guideline maxima of § 17 BauNVO."""
NOT_NEGATIVE = (
    *("stated_area_m2", "net_area_m2", "available_area_m2", "largest_contiguous_m2", "divisible_from_m2"),
    *("grz", "gfz", "bmz", "max_height_m", "max_floors", "price_eur_m2", "servicing_cost_eur_m2", "power_mva"),
    "position_uncertainty_m",
)
PARTS = ("net_area_m2", "available_area_m2", "largest_contiguous_m2", "divisible_from_m2")
PAST = ("first_published", "updated_at", "verified_on")
_PUBLIC_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

Mask = NDArray[np.bool_]


@dataclass(kw_only=True)
class Work:
    """A batch under examination; rules read `frame` and repairs write to it."""

    frame: pd.DataFrame
    municipalities: Mapping[str, str]
    area: BaseGeometry | None
    today: dt.date
    lost: Mapping[int, str]

    def cells(self, name: str) -> NDArray[np.object_]:
        """Return a column's cells, None for NaN; all None where the column is not delivered."""
        if name not in self.frame:
            return np.full(len(self.frame), None, dtype=object)
        return _cells(self.frame[name])

    def figures(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN where not known."""
        return np.array([np.nan if cell is None else cell for cell in self.cells(name)], dtype="float64")


def _cells(column: pd.Series[Any]) -> NDArray[np.object_]:
    cells = np.empty(len(column), dtype=object)
    for position, cell in enumerate(column.tolist()):
        cells[position] = None if cell is None or (isinstance(cell, float) and cell != cell) else cell
    return cells


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Which rows (by position) break a rule on which field. `repaired` are new cells, `params` are the message's."""

    field: str
    positions: NDArray[np.intp]
    values: list[object]
    params: list[dict[str, object]] | None = None
    repaired: list[object] | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of the table: what is tested, what becomes of the row, and the sentence that says so."""

    id: str
    action: str  # rejected | repaired | kept | noted
    message: str
    test: Callable[[Work], list[Finding]]
    fields: tuple[str, ...] = field(default=())  # runs only when one of them is delivered


def validate(
    batch: Batch, *, municipalities: Mapping[str, str], area: BaseGeometry | None, today: dt.date | None = None
) -> Batch:
    """Return the batch without the rows that break a rule, with what could be repaired repaired, and all of it said.

    Parameters
    ----------
    municipalities : names by code; a row's municipality may be given as either. Empty: any text goes.
    area : where sites may lie, in metres; None: anywhere.
    today : dates after it are in the future.

    Sets `area_m2` (measured, m²) of polygons, and `geometry_quality` of points that state none.
    """
    work = Work(
        frame=batch.frame.copy(),
        municipalities=municipalities,
        area=area,
        today=today or dt.date.today(),
        lost=batch.lost,
    )
    issues = list(batch.issues)
    rejected = set(batch.rejected)
    for rule in RULES:
        if rule.fields and not any(name in work.frame for name in rule.fields):
            continue
        found = [finding for finding in rule.test(work) if finding.positions.size]
        for finding in found:
            issues += _issues(rule, finding, work)
            if finding.repaired is not None:
                _repair(work, finding)
        if rule.action == "rejected" and found:
            bad = np.unique(np.concatenate([finding.positions for finding in found]))
            rejected |= {int(row) for row in work.frame.index[bad]}
            work.frame = work.frame.drop(index=work.frame.index[bad])
    _measure(work)
    return dataclasses.replace(batch, frame=work.frame, issues=issues, rejected=rejected)


def _issues(rule: Rule, finding: Finding, work: Work) -> list[Issue]:
    rows = work.frame.index[finding.positions].tolist()
    params = finding.params or [{} for _ in rows]
    return [
        Issue(
            rule=rule.id,
            action=rule.action,
            message=rule.message,
            row=row,
            field=finding.field,
            value=None if value is None else shown(value),
            params={"value": "" if value is None else shown(value), "field": finding.field, **more},
        )
        for row, value, more in zip(rows, finding.values, params, strict=True)
    ]


def _repair(work: Work, finding: Finding) -> None:
    assert finding.repaired is not None
    column = work.frame[finding.field]
    if column.dtype == object:
        cells = column.to_numpy(dtype=object, copy=True)
        for position, cell in zip(finding.positions, finding.repaired, strict=True):
            cells[position] = cell
        work.frame[finding.field] = pd.Series(cells, index=column.index, dtype=object)
    else:
        figures = column.to_numpy(dtype="float64", copy=True)
        figures[finding.positions] = [np.nan if cell is None else cell for cell in finding.repaired]
        work.frame[finding.field] = pd.Series(figures, index=column.index, dtype="float64")


def _finding(name: str, mask: Mask, cells: NDArray[Any], *, unknown: bool = False) -> Finding:
    """Return the finding of a mask; with `unknown` the cells become not known."""
    positions = np.flatnonzero(mask)
    values = list(cells[positions])
    return Finding(field=name, positions=positions, values=values, repaired=[None] * len(values) if unknown else None)


# -- identity ---------------------------------------------------------------------------------------------------------


def _missing(*names: str) -> Callable[[Work], list[Finding]]:
    def test(work: Work) -> list[Finding]:
        found = []
        for name in names:
            cells = work.cells(name)
            found.append(_finding(name, np.array([cell is None for cell in cells], dtype=bool), cells))
        return found

    return test


def _named_municipality(work: Work) -> list[Finding]:
    """Replace municipalities given by name, or by a code that lost its leading zeros, by their code."""
    if not work.municipalities:
        return []
    known = {fold(name): code for code, name in work.municipalities.items()}
    known |= {code.lstrip("0"): code for code in work.municipalities}
    cells = work.cells("municipality")
    codes = {cell: known.get(fold(cell), known.get(cell.lstrip("0"))) for cell in set(cells) - {None}}
    mask = np.array([cell not in work.municipalities and codes.get(cell) is not None for cell in cells], dtype=bool)
    positions = np.flatnonzero(mask)
    values = list(cells[positions])
    repaired: list[object] = [codes[value] for value in values]
    found = Finding(field="municipality", positions=positions, values=values, repaired=repaired)
    # a name in place of a code is nothing to complain of; a code without its zeros is
    short = [i for i, value in enumerate(values) if value.isdigit()]
    _repair(work, found)
    return [
        Finding(
            field="municipality",
            positions=positions[short],
            values=[values[i] for i in short],
            params=[{"code": repaired[i]} for i in short],
        )
    ]


def _unknown_municipality(work: Work) -> list[Finding]:
    if not work.municipalities:
        return []
    cells = work.cells("municipality")
    return [_finding("municipality", np.array([cell not in work.municipalities for cell in cells], dtype=bool), cells)]


def _neighbours(work: Work) -> list[Finding]:
    """Replace names among the further municipalities by codes; what is not of the region stays as it is written."""
    cells = work.cells("further_municipalities")
    known = {fold(name): code for code, name in work.municipalities.items()}
    positions = np.array([i for i, cell in enumerate(cells) if cell], dtype=np.intp)
    repaired: list[object] = [tuple(dict.fromkeys(known.get(fold(word), word) for word in cells[i])) for i in positions]
    if positions.size:
        _repair(
            work,
            Finding(
                field="further_municipalities", positions=positions, values=[None] * len(repaired), repaired=repaired
            ),
        )
    return []


def _own_source(work: Work) -> list[Finding]:
    """Name the municipality as the source of rows that name none: the town delivers its own list."""
    cells = work.cells("source")
    positions = np.flatnonzero(np.array([cell is None for cell in cells], dtype=bool))
    codes = list(work.cells("municipality")[positions])
    params: list[dict[str, object]] = [{"source": code} for code in codes]
    return [Finding(field="source", positions=positions, values=[None] * len(codes), params=params, repaired=codes)]


def _repeated(work: Work) -> list[Finding]:
    repeated = work.frame.duplicated(["source", "source_id"], keep="first").to_numpy()
    return [_finding("source_id", repeated, work.cells("source_id"))]


def _odd_id(work: Work) -> list[Finding]:
    cells = work.cells("id")
    mask = np.array([cell is not None and not _PUBLIC_ID.fullmatch(cell) for cell in cells], dtype=bool)
    return [_finding("id", mask, cells, unknown=True)]


def _repeated_id(work: Work) -> list[Finding]:
    cells = work.cells("id")
    repeated = pd.Series(cells, dtype=object).duplicated().to_numpy() & np.array(
        [c is not None for c in cells], dtype=bool
    )
    return [_finding("id", repeated, cells)]


# -- places -----------------------------------------------------------------------------------------------------------


def _shapes(work: Work) -> NDArray[np.object_]:
    shapes: NDArray[np.object_] = work.frame["geometry"].to_numpy(dtype=object)
    return shapes


def _wkt(shapes: NDArray[np.object_], positions: NDArray[np.intp]) -> list[object]:
    return [shown(shapely.to_wkt(shape, rounding_precision=1)) for shape in shapes[positions]]


def _place(test: Callable[[NDArray[np.object_]], Mask], *, unknown: bool = False) -> Callable[[Work], list[Finding]]:
    def run(work: Work) -> list[Finding]:
        shapes = _shapes(work)
        positions = np.flatnonzero(test(shapes))
        repaired: list[object] | None = [None] * len(positions) if unknown else None
        return [Finding(field="geometry", positions=positions, values=_wkt(shapes, positions), repaired=repaired)]

    return run


def _nowhere(work: Work) -> list[Finding]:
    shapes = _shapes(work)
    positions = np.flatnonzero(outlines.not_finite(shapes))
    rows = work.frame.index[positions]
    values: list[object] = [
        work.lost.get(int(row)) or shown(shapes[p].wkt) for row, p in zip(rows, positions, strict=True)
    ]
    return [Finding(field="geometry", positions=positions, values=values)]


def _replaced(
    candidates: Callable[[Work, NDArray[np.object_]], dict[int, BaseGeometry]],
) -> Callable[[Work], list[Finding]]:
    def run(work: Work) -> list[Finding]:
        shapes = _shapes(work)
        found = candidates(work, shapes)
        positions = np.array(sorted(found), dtype=np.intp)
        return [
            Finding(
                field="geometry",
                positions=positions,
                values=_wkt(shapes, positions),
                repaired=[found[int(position)] for position in positions],
            )
        ]

    return run


def _collections(work: Work, shapes: NDArray[np.object_]) -> dict[int, BaseGeometry]:
    positions = np.flatnonzero(outlines.other_kind(shapes))
    return {int(p): single for p in positions if (single := outlines.single_kind(shapes[p])) is not None}


def _turned(work: Work, shapes: NDArray[np.object_]) -> dict[int, BaseGeometry]:
    if work.area is None:
        return {}
    turned = outlines.swapped(shapes, work.area)
    return {int(p): turned[p] for p in np.flatnonzero(~shapely.is_missing(turned))}


def _mended(work: Work, shapes: NDArray[np.object_]) -> dict[int, BaseGeometry]:
    positions = np.flatnonzero(outlines.invalid(shapes))
    return {int(p): mended for p in positions if (mended := outlines.valid_again(shapes[p])[0]) is not None}


def _elsewhere(work: Work) -> list[Finding]:
    if work.area is None:
        return []
    shapes = _shapes(work)
    positions = np.flatnonzero(outlines.outside(shapes, work.area))
    return [Finding(field="geometry", positions=positions, values=_wkt(shapes, positions))]


# -- figures ----------------------------------------------------------------------------------------------------------


def _negative(work: Work) -> list[Finding]:
    found = []
    for name in NOT_NEGATIVE:
        if name in work.frame:
            figures = work.figures(name)
            found.append(_finding(name, figures < 0, figures, unknown=True))
    return found


def _no_size(work: Work) -> list[Finding]:
    figures = work.figures("stated_area_m2")
    return [_finding("stated_area_m2", figures == 0, figures)]


def _compared(name: str, mask: Mask, figures: NDArray[np.float64], other: NDArray[np.float64]) -> Finding:
    positions = np.flatnonzero(mask)
    params: list[dict[str, object]] = [
        {
            "figure": f"{figures[p]:.0f}",
            "other": f"{other[p]:.0f}",
            "percent": f"{abs(figures[p] / other[p] - 1) * 100:.0f}",
        }
        for p in positions
    ]
    return Finding(field=name, positions=positions, values=[f"{figures[p]:.0f}" for p in positions], params=params)


def _misstated(work: Work) -> list[Finding]:
    if "geometry" not in work.frame:
        return []
    shapes = _shapes(work)
    trusted = outlines.is_polygon(shapes) & (work.cells("geometry_quality") != GeometryQuality.APPROXIMATE)
    measured = np.full(len(shapes), np.nan)
    measured[trusted] = shapely.area(shapes[trusted])
    stated = work.figures("stated_area_m2")
    return [_compared("stated_area_m2", np.abs(stated - measured) > STATED_AREA_TOLERANCE * measured, stated, measured)]


def _larger_parts(work: Work) -> list[Finding]:
    stated = work.figures("stated_area_m2")
    found = []
    for name in PARTS:
        if name in work.frame:
            figures = work.figures(name)
            mask = (stated > 0) & (figures > stated * (1 + STATED_AREA_TOLERANCE))
            found.append(_compared(name, mask, figures, stated))
    return found


def _above_guideline(work: Work) -> list[Finding]:
    zonings = work.cells("zoning")
    found = []
    for name in ("grz", "gfz", "bmz"):
        if name not in work.frame:
            continue
        figures = work.figures(name)
        limits = np.array([_limit(zoning, name) for zoning in zonings], dtype="float64")
        positions = np.flatnonzero(figures > limits)
        params: list[dict[str, object]] = [
            {"limit": f"{limits[p]:g}", "zoning": ", ".join(zonings[p]), "index": name.upper()} for p in positions
        ]
        found.append(
            Finding(field=name, positions=positions, values=[f"{figures[p]:g}" for p in positions], params=params)
        )
    return found


def _limit(zoning: tuple[Zoning, ...] | None, name: str) -> float:
    """Return the highest guideline of a site's areas; NaN as soon as one of them has none."""
    limits = [GUIDELINE.get(kind, {}).get(name) for kind in zoning or ()]
    return max(limit for limit in limits if limit is not None) if limits and None not in limits else np.nan


def _beyond_whole(work: Work) -> list[Finding]:
    """Find GRZ above 1 where the zoning gives no guideline: more than the whole plot cannot be built over."""
    figures = work.figures("grz")
    without = np.array([np.isnan(_limit(zoning, "grz")) for zoning in work.cells("zoning")], dtype=bool)
    return [_finding("grz", (figures > 1) & without, figures)]


def _future(work: Work) -> list[Finding]:
    found = []
    for name in PAST:
        if name in work.frame:
            cells = work.cells(name)
            found.append(
                _finding(
                    name, np.array([c is not None and c > work.today for c in cells], dtype=bool), cells, unknown=True
                )
            )
    return found


def _measure(work: Work) -> None:
    """Set what follows from the geometry: the measured area of polygons, the quality of plain points."""
    if "geometry" not in work.frame:
        return
    shapes = _shapes(work)
    polygon = outlines.is_polygon(shapes)
    area = work.figures("area_m2")
    area[polygon] = shapely.area(shapes[polygon])
    work.frame["area_m2"] = pd.Series(area, index=work.frame.index, dtype="float64")
    quality = work.cells("geometry_quality")
    plain = outlines.is_point(shapes) & np.array([cell is None for cell in quality], dtype=bool)
    if plain.any() or "geometry_quality" in work.frame:
        quality[plain] = GeometryQuality.POINT
        work.frame["geometry_quality"] = pd.Series(quality, index=work.frame.index, dtype=object)


_G = ("geometry",)
RULES = (
    Rule(
        id="required",
        action="rejected",
        message=N_("The required field “%(field)s” is empty."),
        test=_missing("name", "source_id", "municipality"),
    ),
    Rule(
        id="municipality_code",
        action="repaired",
        message=N_("“%(value)s” lacks its leading zero; it was read as %(code)s."),
        test=_named_municipality,
    ),
    Rule(
        id="municipality_unknown",
        action="rejected",
        message=N_("“%(value)s” is not a municipality of this region."),
        test=_unknown_municipality,
    ),
    Rule(id="further_municipalities", action="noted", message="", test=_neighbours, fields=("further_municipalities",)),
    Rule(
        id="source_missing",
        action="repaired",
        message=N_("No source is named; the municipality (%(source)s) counts as the source."),
        test=_own_source,
    ),
    Rule(
        id="repeated",
        action="rejected",
        message=N_("The key “%(value)s” occurs more than once in the file; the first row counts."),
        test=_repeated,
    ),
    Rule(
        id="id_form",
        action="kept",
        message=N_(
            "“%(value)s” cannot be a public id (letters, digits, “.”, “_” and “-” only); the site gets a new one."
        ),
        test=_odd_id,
        fields=("id",),
    ),
    Rule(
        id="id_repeated",
        action="rejected",
        message=N_("The public id “%(value)s” occurs more than once in the file; the first row counts."),
        test=_repeated_id,
        fields=("id",),
    ),
    Rule(
        id="not_finite",
        action="rejected",
        message=N_(
            "The coordinates lead nowhere (%(value)s): they are no numbers or do not fit their coordinate reference system."
        ),
        test=_nowhere,
        fields=_G,
    ),
    Rule(
        id="geometry_empty",
        action="kept",
        message=N_("The geometry is empty; the site stays without a place."),
        test=_place(outlines.empty, unknown=True),
        fields=_G,
    ),
    Rule(
        id="geometry_collection",
        action="repaired",
        message=N_("The place was a collection; its only point or its polygons were taken."),
        test=_replaced(_collections),
        fields=_G,
    ),
    Rule(
        id="geometry_kind",
        action="rejected",
        message=N_("The place is neither a point nor a polygon (%(value)s)."),
        test=_place(outlines.other_kind),
        fields=_G,
    ),
    Rule(
        id="axes_swapped",
        action="repaired",
        message=N_("The coordinates only make sense with their axes swapped; they were swapped."),
        test=_replaced(_turned),
        fields=_G,
    ),
    Rule(
        id="outline_invalid",
        action="repaired",
        message=N_("The outline crosses or touches itself; it was repaired, its area stays the same within 0.1 %%."),
        test=_replaced(_mended),
        fields=_G,
    ),
    Rule(
        id="outline_invalid",
        action="rejected",
        message=N_("The outline crosses itself and cannot be repaired without changing its area (%(value)s)."),
        test=_place(outlines.invalid),
        fields=_G,
    ),
    Rule(
        id="no_area",
        action="rejected",
        message=N_("The outline has no area (%(value)s)."),
        test=_place(outlines.without_area),
        fields=_G,
    ),
    Rule(
        id="outside",
        action="rejected",
        message=N_("The place lies outside the region (%(value)s)."),
        test=_elsewhere,
        fields=_G,
    ),
    Rule(
        id="spike",
        action="kept",
        message=N_("The outline runs out and back in a needle; please check it."),
        test=_place(outlines.spikes),
        fields=_G,
    ),
    Rule(
        id="negative",
        action="kept",
        message=N_("“%(value)s” is negative; the value stays unknown."),
        test=_negative,
    ),
    Rule(
        id="no_size",
        action="noted",
        message=N_("The stated area is 0; it may have been rounded."),
        test=_no_size,
        fields=("stated_area_m2",),
    ),
    Rule(
        id="stated_area",
        action="kept",
        message=N_("The stated area of %(figure)s m² differs by %(percent)s %% from the outline’s %(other)s m²."),
        test=_misstated,
        fields=("stated_area_m2",),
    ),
    Rule(
        id="part_larger",
        action="kept",
        message=N_("%(figure)s m² is more than the stated area of the whole, %(other)s m²."),
        test=_larger_parts,
        fields=("stated_area_m2",),
    ),
    Rule(
        id="guideline",
        action="kept",
        message=N_("%(index)s %(value)s is above the guideline maximum of § 17 BauNVO for %(zoning)s, %(limit)s."),
        test=_above_guideline,
        fields=("zoning",),
    ),
    Rule(
        id="grz_above_one",
        action="kept",
        message=N_("GRZ %(value)s would be more than the whole plot; perhaps %(value)s is a GFZ."),
        test=_beyond_whole,
        fields=("grz",),
    ),
    Rule(
        id="future",
        action="kept",
        message=N_("“%(value)s” lies in the future; the value stays unknown."),
        test=_future,
        fields=PAST,
    ),
)
"""In the order they are applied: identity, places, figures. A row that is rejected is not examined further."""
