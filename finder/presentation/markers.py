"""How one site is drawn on an overview: to scale where it is documented, as a square where it is on offer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import shapely

from finder.language import N_, Language
from finder.model.site import Site
from finder.model.vocabulary import Evidence, GeometryQuality, Zoning
from finder.presentation import format

SIDES = ((20 * format.M2_PER_HA, 17), (5 * format.M2_PER_HA, 13), (0.0, 10))
"""From which size on a square has which side in pixels."""
LEAST_RADIUS = 3.4
"""Pixels; a smaller circle would not be seen."""


class Form(StrEnum):
    """Signs of a site: a circle of the stated size, a cross where no size is stated, or a square."""

    CIRCLE = "circle"
    CROSS = "cross"
    SQUARE = "square"


@dataclass(frozen=True)
class Marker:
    """A site's sign. `radius_m` counts for circles, `side` (pixels) for squares; `state` is a word for the line."""

    site: Site
    form: Form
    point: shapely.Point
    radius_m: float
    side: int
    state: str


def marker(site: Site) -> Marker | None:
    """Return a site's sign, or None for a site without a place."""
    shape = site.geometry
    if shape is None or shape.is_empty:
        return None
    point = shapely.centroid(shape)
    size = site.size_m2
    area = shape.area or size or 0.0
    form = Form.SQUARE
    if site.documented:
        form = Form.CIRCLE if area else Form.CROSS
    side = next(pixels for least, pixels in SIDES if (size or 0.0) >= least)
    return Marker(site, form, point, math.sqrt(area / math.pi), side, _state(site))


def _state(site: Site) -> str:
    if site.potential:
        return "potential"
    if site.evidence is Evidence.IN_PREPARATION:
        return "preparation"
    return "taken" if site.evidence is Evidence.TAKEN else "offered"


def approximate(site: Site) -> bool:
    """Whether the site's outline stands for a place and a size, not for borders on the ground."""
    return site.documented or site.geometry_quality in (GeometryQuality.APPROXIMATE, GeometryQuality.POINT)


def size_text(site: Site, language: Language) -> str | None:
    """Return the size that counts and which it is, or None where it is not known."""
    if site.size_m2 is None or site.size_basis is None:
        return None
    return f"{format.area(site.size_m2, language)} {language.text(site.size_basis.label)}"


def title(site: Site, town: str, language: Language) -> str:
    """Return one line that says of a site on a map what the eye cannot read there."""
    zoning = format.zoning(site.zoning, language)
    parts = [site.name, town]
    parts.append(size_text(site, language) or language.text(N_("size not known")))
    if zoning:
        parts.append(zoning)
    elif not site.documented:
        parts.append(language.text(N_("zoning not known")))
    if site.evidence is not None:
        parts.append(language.text(site.evidence.label))
    if site.availability is not None:
        parts.append(language.text(N_("available %(when)s"), when=language.text(site.availability.label)))
    return ", ".join(parts)


def fills(site: Site) -> tuple[Zoning, ...] | None:
    """Return the one or two kinds of zoning that fill the sign; None is not known."""
    return site.zoning[:2] if site.zoning is not None else None


__all__ = ["Form", "Marker", "approximate", "fills", "marker", "size_text", "title"]
