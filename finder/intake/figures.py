"""Tests of what a row says in figures and dates: sizes, building indices, days gone by."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from finder.intake import outlines
from finder.intake.findings import Finding, Mask, Work, found, not_known
from finder.intake.places import shapes_of
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
INDICES = ("grz", "gfz", "bmz")
NOT_NEGATIVE = (
    *("stated_area_m2", "net_area_m2", "available_area_m2", "largest_contiguous_m2", "divisible_from_m2"),
    *(*INDICES, "max_height_m", "max_floors", "price_eur_m2", "servicing_cost_eur_m2", "power_mva"),
    *("noise_day_db", "noise_night_db", "position_uncertainty_m"),
)
PARTS = ("net_area_m2", "available_area_m2", "largest_contiguous_m2", "divisible_from_m2")
PAST = ("first_published", "updated_at", "verified_on")


def negative(work: Work) -> list[Finding]:
    """Find figures below zero that cannot be."""
    return [
        found(name, (figures := work.figures(name)) < 0, figures, unknown=True)
        for name in NOT_NEGATIVE
        if name in work.frame
    ]


def no_size(work: Work) -> list[Finding]:
    """Find stated areas of 0."""
    figures = work.figures("stated_area_m2")
    return [found("stated_area_m2", figures == 0, figures)]


def misstated(work: Work) -> list[Finding]:
    """Find stated areas that are not those of the outline; an approximate outline is no measure."""
    if "geometry" not in work.frame:
        return []
    shapes, stated = shapes_of(work), work.figures("stated_area_m2")
    trusted = outlines.is_polygon(shapes) & (work.cells("geometry_quality") != GeometryQuality.APPROXIMATE)
    measured = np.full(len(shapes), np.nan)
    measured[trusted] = shapely.area(shapes[trusted])
    return [_compared("stated_area_m2", np.abs(stated - measured) > STATED_AREA_TOLERANCE * measured, stated, measured)]


def larger_parts(work: Work) -> list[Finding]:
    """Find parts that are larger than the whole."""
    whole = work.figures("stated_area_m2")
    compared = []
    for name in PARTS:
        if name in work.frame:
            part = work.figures(name)
            larger = (whole > 0) & (part > whole * (1 + STATED_AREA_TOLERANCE))
            compared.append(_compared(name, larger, part, whole))
    return compared


def _compared(name: str, mask: Mask, figures: NDArray[np.float64], other: NDArray[np.float64]) -> Finding:
    positions = np.flatnonzero(mask)
    params: list[dict[str, object]] = [
        {"figure": f"{figure:.0f}", "other": f"{than:.0f}", "percent": f"{abs(figure / than - 1) * 100:.0f}"}
        for figure, than in zip(figures[positions].tolist(), other[positions].tolist(), strict=True)
    ]
    return Finding(field=name, positions=positions, values=[p["figure"] for p in params], params=params)


def above_guideline(work: Work) -> list[Finding]:
    """Find building indices above what § 17 BauNVO foresees for the zoning."""
    zonings = work.cells("zoning")
    findings = []
    for name in INDICES:
        if name not in work.frame:
            continue
        figures, limits = work.figures(name), _limits(zonings, name)
        positions = np.flatnonzero(figures > limits)
        params: list[dict[str, object]] = [
            {"limit": f"{limits[p]:g}", "zoning": ", ".join(zonings[p]), "index": name.upper()} for p in positions
        ]
        values = [f"{figures[p]:g}" for p in positions]
        findings.append(Finding(field=name, positions=positions, values=values, params=params))
    return findings


def more_than_whole(work: Work) -> list[Finding]:
    """Find a GRZ above 1 where the zoning gives no guideline: more than the whole plot cannot be built over."""
    figures = work.figures("grz")
    return [found("grz", (figures > 1) & np.isnan(_limits(work.cells("zoning"), "grz")), figures)]


def _limits(zonings: NDArray[Any], name: str) -> NDArray[np.float64]:
    """Return each site's highest guideline; NaN as soon as one of its areas has none."""
    known = {zoning: _limit(zoning, name) for zoning in set(zonings)}
    return np.array([known[zoning] for zoning in zonings], dtype="float64")


def _limit(zoning: tuple[Zoning, ...] | None, name: str) -> float:
    limits = [GUIDELINE.get(kind, {}).get(name) for kind in zoning or ()]
    return max(limit for limit in limits if limit is not None) if limits and None not in limits else np.nan


def future(work: Work) -> list[Finding]:
    """Find days to come where only past ones make sense."""
    findings = []
    for name in PAST:
        if name in work.frame:
            cells = work.cells(name)
            ahead = ~not_known(cells)
            ahead[ahead] = cells[ahead] > work.today
            findings.append(found(name, ahead, cells, unknown=True))
    return findings
