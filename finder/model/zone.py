"""Zones of plans, and what a site has from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from finder.language import N_
from finder.model.vocabulary import Labelled, PlanStatus, Zoning


@dataclass(frozen=True, kw_only=True)
class Zone:
    """An area of a plan with one kind of use; None is not known. `geometry` is a polygon in metres.

    `source` names the layer it came with: a newer one of that name takes its place. `publisher` is who made the plan
    public, `as_of` as exact as the layer.
    """

    geometry: BaseGeometry
    source: str
    zoning: tuple[Zoning, ...]
    zoning_detail: str | None = None
    plan_name: str | None = None
    plan_status: PlanStatus | None = None
    plan_url: str | None = None
    as_of: str | None = None
    publisher: str | None = None
    grz: float | None = None
    gfz: float | None = None
    bmz: float | None = None

    @property
    def origin(self) -> str:
        """Who says so: the plan, if it has a name, and whoever published it."""
        publisher = self.source if self.publisher in (None, self.plan_name) else str(self.publisher)
        # a plan that is a layer of its own is named in the layer's name
        return publisher if self.plan_name is None or self.plan_name in publisher else f"{self.plan_name} ({publisher})"


class Way(Labelled):
    """How a site came by its zoning from a plan: the method in the provenance of such a fact."""

    OVERLAP = "overlap", N_("by the overlap of its outline with the plan")
    POINT = "point in zone", N_("by the point at which it is known, no outline")
    WITHIN = "wholly in zone", N_("its place is not exact, but all around it is of one kind")


FACTS = ("zoning", "zoning_shares", "zoning_detail", "plan_status", "plan_name", "plan_url", "grz", "gfz", "bmz")
"""What a site may have from its zones; the others stand and fall with the first."""
GENERAL = {
    **dict.fromkeys((Zoning.GE, Zoning.GI, Zoning.GEE), Zoning.G),
    **dict.fromkeys((Zoning.MI, Zoning.MU, Zoning.MK, Zoning.MD, Zoning.MDW), Zoning.M),
    **dict.fromkeys((Zoning.WS, Zoning.WR, Zoning.WA, Zoning.WB), Zoning.W),
}
"""The general kind of building land that stands for a special one where only that is known."""


def agree(stated: Iterable[Zoning], planned: Iterable[Zoning]) -> bool:
    """Return whether two lists of kinds can both be true: a general kind leaves open which special one it is."""
    one, other = set(stated), set(planned)
    return _within(one, other) and _within(other, one)


def _within(kinds: set[Zoning], others: set[Zoning]) -> bool:
    general = {GENERAL.get(kind) for kind in others}
    return all(kind in others or GENERAL.get(kind) in others or kind in general for kind in kinds)
