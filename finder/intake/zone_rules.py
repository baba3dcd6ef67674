"""From a checked batch to zones of plans: what an area of a plan must have, and what is mended."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from finder.intake import outlines, places
from finder.intake.cells import shown
from finder.intake.findings import Finding, Work
from finder.intake.normalise import Batch
from finder.intake.validate import GEOMETRY, RULES, Rule, validate
from finder.language import N_
from finder.model.site import Provenance
from finder.model.zone import Zone


def zones(batch: Batch, source: str, *, area: BaseGeometry | None) -> tuple[list[Zone], Batch]:
    """Return the zones of a layer named `source`, and the batch with what was rejected or mended on the way.

    `area` (metres) settles swapped axes; zones may lie outside it, they say nothing there.
    """
    checked = validate(batch, municipalities={}, area=area, rules=_RULES)
    frame = checked.frame
    columns = [frame[name].tolist() if name in frame else [None] * len(frame) for name in (*_TAKEN, "geometry")]
    found = []
    for *values, shape, origins in zip(*columns, frame["provenance"], strict=True):
        origin = origins.get("*", Provenance())
        known: dict[str, Any] = {n: None if v != v else v for n, v in zip(_TAKEN, values, strict=True)}
        found.append(Zone(**known, geometry=shape, source=source, publisher=origin.source, as_of=origin.as_of))
    return found, checked


_TAKEN = ("zoning", "zoning_detail", "plan_status", "plan_name", "plan_url", "grz", "gfz", "bmz")


def _without_kind(work: Work) -> list[Finding]:
    cells = work.cells("zoning")
    positions = np.flatnonzero([not cell for cell in cells])
    return [Finding(field="zoning", positions=positions, values=[None] * len(positions))]


def _without_outline(work: Work) -> list[Finding]:
    shapes = work.cells("geometry")
    plain = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    positions = np.flatnonzero(plain)
    return [Finding(field="geometry", positions=positions, values=[None] * len(positions))]


def _no_polygon(work: Work) -> list[Finding]:
    shapes = places.shapes_of(work)
    positions = np.flatnonzero(~outlines.is_polygon(shapes))
    return [
        Finding(field="geometry", positions=positions, values=[shown(shape.geom_type) for shape in shapes[positions]])
    ]


_RULES = (
    Rule(
        id="zone_kind",
        action="rejected",
        message=N_("The area states no kind of building land."),
        test=_without_kind,
    ),
    *(rule for rule in RULES if rule.id == "not_finite"),
    Rule(
        id="zone_outline",
        action="rejected",
        message=N_("The area has no outline."),
        test=_without_outline,
    ),
    *(rule for rule in RULES if rule.id == "geometry_collection"),
    Rule(
        id="zone_outline",
        action="rejected",
        message=N_("The area is no polygon (%(value)s)."),
        test=_no_polygon,
        fields=GEOMETRY,
    ),
    *(rule for rule in RULES if rule.id in ("axes_swapped", "outline_invalid", "no_area", "negative")),
)
