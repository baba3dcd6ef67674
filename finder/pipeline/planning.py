"""What the plans in force say of sites: which kinds of building area, by which shares, from which zones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from finder.measures import overlap
from finder.model.site import Provenance
from finder.model.vocabulary import GeometryQuality, PlanStatus, Zoning
from finder.model.zone import FACTS, Way, Zone

LEAST_SHARE = 0.05
"""A kind on less of a site than this is the edge of a zone drawn otherwise, no part of the site's zoning."""
WHOLE_SHARE = 0.95
"""So much of where an inexact place may lie must be of one kind for the site to be of it."""
EXACT_M = 25.0
"""A place known better than this is taken as it stands."""

Kinds = tuple[Zoning, ...]


class Doubt(Enum):
    """Why nothing is taken from the plans although there are some."""

    CONTRADICTION = "plans in force of different kinds lie on each other"
    PLACE = "the place is too inexact"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What the plans say of a site. `shares` are those of `kinds`, the largest first; `zones` where they come from."""

    way: Way
    kinds: tuple[Kinds, ...]
    shares: tuple[float, ...]
    covered: float
    zones: tuple[Zone, ...]
    doubt: Doubt | None = None

    @property
    def zoning(self) -> Kinds:
        """All kinds of building area, those of the largest share first."""
        return tuple(dict.fromkeys(kind for kinds in self.kinds for kind in kinds))

    def facts(self) -> dict[str, Any]:
        """Return the facts by `FACTS`; None is not known: zones that differ state no one index or document."""
        alone = all(len(kinds) == 1 for kinds in self.kinds)
        measured = self.way is Way.OVERLAP and alone
        facts: dict[str, Any] = {
            "zoning": self.zoning,
            "zoning_shares": tuple(f"{share * 100:.0f} %" for share in self.shares) if measured else None,
            "zoning_detail": _together(zone.zoning_detail for zone in self.zones),
            "plan_status": PlanStatus.IN_FORCE,
            "plan_name": _together(zone.plan_name for zone in self.zones),
        }
        for name in ("plan_url", "grz", "gfz", "bmz"):
            values = {getattr(zone, name) for zone in self.zones}
            facts[name] = values.pop() if len(values) == 1 else None
        return {name: facts[name] for name in FACTS}

    def origin(self) -> Provenance:
        """Return where the facts come from; of several dates the oldest, of some not known none."""
        dates = [zone.as_of for zone in self.zones if zone.as_of is not None]
        urls = {zone.plan_url for zone in self.zones}
        return Provenance(
            source=self.sources(),
            url=urls.pop() if len(urls) == 1 else None,
            as_of=min(dates) if len(dates) == len(self.zones) else None,
            method=self.way.value,
        )

    def sources(self) -> str:
        """Return the plans by name."""
        return _together(zone.origin for zone in self.zones) or ""

    def told(self) -> str:
        """Return kinds and shares as a report shows them, what lies in no zone after a dash."""
        parts = [f"{'/'.join(k)} {share * 100:.0f} %" for k, share in zip(self.kinds, self.shares, strict=True)]
        outside = 1 - self.covered
        return ", ".join([*parts, *([f"– {outside * 100:.0f} %"] if outside >= LEAST_SHARE else [])])


def _together(texts: Any) -> str | None:
    return "; ".join(dict.fromkeys(text for text in texts if text)) or None


def planned(sites: pd.DataFrame, zones: Sequence[Zone]) -> dict[int, Planned]:
    """Return what zones of plans in force say of sites, by key; of sites that lie in none nothing.

    Parameters
    ----------
    sites : geometry (metres), geometry_quality and position_uncertainty_m by key.
    zones : all that come near them.
    """
    if not zones or sites.empty:
        return {}
    groups = _Groups(zones)
    shapes = sites["geometry"].to_numpy(dtype=object)
    uncertainty_m = sites["position_uncertainty_m"].to_numpy(dtype=float)
    drawn = (sites["geometry_quality"] == GeometryQuality.APPROXIMATE).to_numpy(dtype=bool)
    vague = drawn | (uncertainty_m > EXACT_M)
    point = shapely.get_type_id(shapes) == 0
    doubtful_ground = shapely.buffer(shapes[vague], np.nan_to_num(uncertainty_m[vague]))
    # an approximate place of unknown precision may lie anywhere
    placeless = pd.Series(drawn & np.isnan(uncertainty_m), index=sites.index)
    exact = groups.of_outlines(pd.Series(shapes[~vague], index=sites.index[~vague], dtype=object))
    points = groups.of_points(pd.Series(shapes[point & ~vague], index=sites.index[point & ~vague], dtype=object))
    around = groups.of_outlines(pd.Series(doubtful_ground, index=sites.index[vague], dtype=object))
    return exact | points | {key: _within(one, bool(placeless[key])) for key, one in around.items()}


def _within(around: Planned, placeless: bool) -> Planned:
    certain = around.doubt is None and not placeless and around.shares[0] >= WHOLE_SHARE
    doubt = None if certain else around.doubt or Doubt.PLACE
    return Planned(**{**vars(around), "way": Way.WITHIN, "doubt": doubt})


class _Groups:
    """Zones, those that say the same taken together."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        says: dict[tuple[Any, ...], int] = {}
        numbers = [says.setdefault(_says(zone), len(says)) for zone in zones]
        self.example: dict[int, Zone] = dict(zip(reversed(numbers), reversed(zones), strict=True))
        cells: NDArray[np.object_] = np.empty(len(zones), dtype=object)
        cells[:] = [zone.geometry for zone in zones]
        self.shapes = pd.Series(cells, dtype=object)
        self.numbers = pd.Series(numbers)
        self.kinds = pd.Series(["|".join(zone.zoning) for zone in zones], dtype=object)

    def of_outlines(self, outlines: pd.Series) -> dict[int, Planned]:
        """Return what the zones say of outlines by their shares."""
        fine = overlap.shares(outlines, self.shapes, self.numbers)
        by_site: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for key, number, share in zip(fine["site"], fine["kind"], fine["share"], strict=True):
            by_site[key].append((number, share))
        covered = dict(zip(fine["site"], fine["covered"], strict=True))
        # Where zones lie on each other their shares cannot be added up, if they are of one kind.
        stacked = [key for key, parts in by_site.items() if sum(s for _, s in parts) > covered[key] + 1e-6]
        joint: dict[int, dict[str, float]] = defaultdict(dict)
        coarse = overlap.shares(outlines.loc[stacked], self.shapes, self.kinds)
        for key, kind, share in zip(coarse["site"], coarse["kind"], coarse["share"], strict=True):
            joint[key][kind] = share
        found = {}
        for key, parts in by_site.items():
            if (one := self._planned(parts, covered[key], joint.get(key))) is not None:
                found[key] = one
        return found

    def _planned(
        self, parts: list[tuple[int, float]], covered: float, joint: dict[str, float] | None
    ) -> Planned | None:
        by_kind: dict[Kinds, float] = defaultdict(float)
        for number, share in parts:
            zoning = self.example[number].zoning
            by_kind[zoning] = by_kind[zoning] + share if joint is None else joint["|".join(zoning)]
        counted = {kinds: share for kinds, share in by_kind.items() if share >= LEAST_SHARE}
        if not counted:
            return None
        kinds = sorted(counted, key=lambda one: (-counted[one], one))
        return Planned(
            way=Way.OVERLAP,
            kinds=tuple(kinds),
            shares=tuple(counted[one] for one in kinds),
            covered=covered,
            zones=tuple(self.example[n] for n, share in parts if self.example[n].zoning in counted and share >= 0.01),
            doubt=Doubt.CONTRADICTION if sum(by_kind.values()) > covered + LEAST_SHARE else None,
        )

    def of_points(self, points: pd.Series) -> dict[int, Planned]:
        """Return what the zones say that points lie in."""
        inside = overlap.points_inside(points, self.shapes)
        by_site: dict[int, list[int]] = defaultdict(list)
        for key, position in zip(inside["site"], inside["other"], strict=True):
            by_site[key].append(self.numbers[position])
        found = {}
        for key, numbers in by_site.items():
            zones = tuple(self.example[number] for number in dict.fromkeys(numbers))
            kinds = tuple(dict.fromkeys(zone.zoning for zone in zones))
            found[key] = Planned(
                way=Way.POINT,
                kinds=kinds,
                shares=(1.0,) * len(kinds),
                covered=1.0,
                zones=zones,
                doubt=Doubt.CONTRADICTION if len(kinds) > 1 else None,
            )
        return found


def _says(zone: Zone) -> tuple[Any, ...]:
    return tuple(value for name, value in vars(zone).items() if name != "geometry")


__all__ = ["Doubt", "Planned", "planned"]
