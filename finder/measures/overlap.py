"""Which places lie on each other, and how much: pairs found by an STRtree, areas by one vectorised call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

LEAST_SHARE = 0.05
"""An overlap of at most this share of the smaller outline is taken for the tolerance of two surveys."""
SAME_SHARE = 0.98
"""Two outlines that share at least this part of the larger one are the same plot, drawn twice."""
SAME_POINT_M = 1.0
MOST_PAIRS = 300_000
"""More pairs than this are not measured in one call: a file of one outline a hundred thousand times has 5 × 10⁹."""
_MOST_BOXES = 50_000_000
_AT_ONCE = 100
_PIECES = 20_000

Shapes = NDArray[np.object_]
Positions = NDArray[np.intp]


def overlaps(sites: pd.Series, others: pd.Series, *, least_share: float = LEAST_SHARE) -> pd.DataFrame:
    """Return the pairs of outlines that overlap by more than `least_share` of the smaller one.

    Parameters
    ----------
    sites, others : geometry in metres by key; points, None and empty ones overlap nothing. A key in both is one site
        and is not compared with itself; two sites that are in both are one pair.

    Returns
    -------
    DataFrame
        One row per pair, ordered by site and other: `site`, `other` (keys), `overlap_m2`, `share` (of the smaller
        outline), `share_of_larger`. `attrs["complete"]` is false where only the first `MOST_PAIRS` were looked at.
    """
    left, right = _Part(sites), _Part(others)
    once = _Once(left, right)
    found = []
    complete = True
    measured = 0
    for i, j, whole in _candidates(right.shapes, left.shapes, most=_MOST_BOXES):
        i, j = once(i, j)
        smaller_m2 = np.minimum(left.area_m2[i], right.area_m2[j])
        possible = np.flatnonzero(_boxes_m2(left.bounds[i], right.bounds[j]) > least_share * smaller_m2)
        complete = whole and measured + len(possible) <= MOST_PAIRS
        possible = possible[: MOST_PAIRS - measured]
        measured += len(possible)
        for start in range(0, len(possible), _PIECES):
            piece = possible[start : start + _PIECES]
            found.append(_pairs(left, right, i[piece], j[piece], least_share))
        if not complete:
            break
    return _joined(found, ("site", "other", "overlap_m2", "share", "share_of_larger"), complete)


def _pairs(left: _Part, right: _Part, i: Positions, j: Positions, least_share: float) -> pd.DataFrame:
    """Return what there is to say of pairs that overlap enough."""
    left.mend(i)
    right.mend(j)
    smaller_m2 = np.minimum(left.area_m2[i], right.area_m2[j])
    # that two outlines are one and the same is seen fifty times faster than what they share
    other = np.flatnonzero(~shapely.equals_exact(left.shapes[i], right.shapes[j], tolerance=0.0))
    overlap_m2 = smaller_m2.copy()
    overlap_m2[other] = shapely.area(shapely.intersection(left.shapes[i[other]], right.shapes[j[other]]))
    enough = overlap_m2 > least_share * smaller_m2
    i, j, overlap_m2, smaller_m2 = i[enough], j[enough], overlap_m2[enough], smaller_m2[enough]
    larger_m2 = np.maximum(left.area_m2[i], right.area_m2[j])
    return pd.DataFrame(
        {
            "site": left.keys[i],
            "other": right.keys[j],
            "overlap_m2": overlap_m2,
            "share": np.minimum(overlap_m2 / smaller_m2, 1.0),
            "share_of_larger": np.minimum(overlap_m2 / larger_m2, 1.0),
        }
    )


def close_points(sites: pd.Series, others: pd.Series, *, distance_m: float = SAME_POINT_M) -> pd.DataFrame:
    """Return the pairs of points at most `distance_m` apart, as `overlaps` does: `site`, `other`, `distance_m`."""
    left, right = _Part(sites, points=True), _Part(others, points=True)
    once = _Once(left, right)
    found = []
    complete = True
    for i, j, whole in _candidates(right.shapes, left.shapes, most=MOST_PAIRS, distance_m=distance_m):
        complete = whole
        i, j = once(i, j)
        apart_m = shapely.distance(left.shapes[i], right.shapes[j])
        found.append(pd.DataFrame({"site": left.keys[i], "other": right.keys[j], "distance_m": apart_m}))
    return _joined(found, ("site", "other", "distance_m"), complete)


def points_inside(points: pd.Series, outlines: pd.Series) -> pd.DataFrame:
    """Return the pairs of a point and an outline that holds it or whose edge it lies on: `site`, `other`."""
    left, right = _Part(points, points=True), _Part(outlines)
    found = []
    complete = True
    for i, j, whole in _candidates(right.shapes, left.shapes, most=MOST_PAIRS, predicate="intersects"):
        complete = whole
        found.append(pd.DataFrame({"site": left.keys[i], "other": right.keys[j]}))
    return _joined(found, ("site", "other"), complete)


def shares(sites: pd.Series, zones: pd.Series, kinds: pd.Series) -> pd.DataFrame:
    """Return how much of every outline lies in zones of each kind.

    Parameters
    ----------
    sites : outlines in metres by key; points, None and empty ones have no shares.
    zones : outlines in metres, by any index; zones of one kind may overlap, what they share counts once.
    kinds : the zones' kinds by the same index.

    Returns
    -------
    DataFrame
        `site` (key), `kind`, `overlap_m2`, `share` (of the site), `covered` (share of the site in any zone): one row
        per site and kind that meet in more than an edge, ordered by site, the largest share first.

    The shares of a site sum up to more than `covered` where zones of different kinds lie on each other.
    """
    left, right = _Part(sites), _Part(zones)
    left.mend(np.arange(len(left.shapes)))
    right.mend(np.arange(len(right.shapes)))
    codes, names = pd.factorize(kinds.reindex(zones.index))
    codes = codes[right.positions]
    tree = shapely.STRtree(left.shapes)
    # Asked by zone: a large zone is prepared once, and most plots lie wholly in one.
    zone, site = tree.query(right.shapes, predicate="intersects")
    whole_zone, whole_site = tree.query(right.shapes, predicate="covers")
    covered = np.isin(zone * len(left.shapes) + site, whole_zone * len(left.shapes) + whole_site)
    pieces = left.shapes[site]
    for start in range(0, len(site), _PIECES):
        part = np.flatnonzero(~covered[start : start + _PIECES]) + start
        pieces[part] = shapely.intersection(pieces[part], right.shapes[zone[part]])
    groups, kind_m2 = _together_m2(site * len(names) + codes[zone], pieces)
    placed, site_m2 = _together_m2(site, pieces)
    keys, code = np.divmod(groups, max(len(names), 1))
    area_m2 = left.area_m2[keys]
    found = pd.DataFrame(
        {
            "site": left.keys[keys],
            "kind": np.asarray(names, dtype=object)[code],
            "overlap_m2": kind_m2,
            "share": np.minimum(kind_m2 / area_m2, 1.0),
            "covered": np.minimum(site_m2[np.searchsorted(placed, keys)] / area_m2, 1.0),
        }
    )
    found = found[found["overlap_m2"] > 0]
    return found.sort_values(["site", "share", "kind"], ascending=[True, False, True], ignore_index=True)


def compact(bounds: NDArray[np.float64], size: int) -> list[Positions]:
    """Return positions of boxes in groups of up to `size` that lie close together.

    Parameters
    ----------
    bounds : minx, miny, maxx, maxy in metres, shape (n, 4); rows with NaN are in no group.

    The groups follow a Z-order curve of the boxes' middles; boxes a hundred times as wide as the middle one have groups
    of their own, so that they do not stretch the others'.
    """
    placed = np.flatnonzero(~np.isnan(bounds).any(axis=1))
    if not len(placed):
        return []
    boxes = bounds[placed]
    extent_m = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    wide = extent_m > 100 * max(float(np.median(extent_m)), 1.0)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    steps = (middles - middles.min(axis=0)) / np.maximum(np.ptp(middles, axis=0), 1.0) * 65_535
    curve = _interleaved(steps[:, 0].astype(np.uint64)) | (_interleaved(steps[:, 1].astype(np.uint64)) << np.uint64(1))
    groups = []
    for chosen in (~wide, wide):
        order = placed[chosen][np.argsort(curve[chosen], kind="stable")]
        groups += [order[start : start + size] for start in range(0, len(order), size)]
    return groups


def _interleaved(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return 16-bit numbers with a zero before every bit."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        values = (values | (values << np.uint64(shift))) & np.uint64(mask)
    return values


class _Part:
    """The outlines (or the points) of a series, with their positions in it."""

    def __init__(self, series: pd.Series, *, points: bool = False) -> None:
        shapes = series.to_numpy(dtype=object)
        kind = shapely.get_type_id(shapes)
        wanted = kind == 0 if points else np.isin(kind, (3, 6, 7))
        self.positions = np.flatnonzero(wanted & ~shapely.is_empty(shapes))
        self.shapes: Shapes = shapes[self.positions]
        self.keys = series.index.to_numpy()[self.positions]
        self.area_m2: NDArray[np.float64] = shapely.area(self.shapes)
        self.bounds: NDArray[np.float64] = shapely.bounds(self.shapes)
        self._looked_at = np.zeros(len(self.shapes), dtype=bool)

    def mend(self, positions: Positions) -> None:
        """Mend those of these outlines that are not valid; looking at all of them takes longer than all the rest."""
        fresh = np.unique(positions[~self._looked_at[positions]])
        self._looked_at[fresh] = True
        invalid = fresh[~shapely.is_valid(self.shapes[fresh])]
        if len(invalid):
            self.shapes[invalid] = shapely.make_valid(self.shapes[invalid])
            self.area_m2[invalid] = shapely.area(self.shapes[invalid])


def _candidates(
    stored: Shapes, asked: Shapes, *, most: int, predicate: Any = None, distance_m: float | None = None
) -> Iterator[tuple[Positions, Positions, bool]]:
    """Yield positions of `asked` and `stored` that may meet, a few thousand at a time, and whether these are all.

    The few asked at once keep the memory small, whatever the file.
    """
    if not len(stored) or not len(asked):
        return
    tree = shapely.STRtree(stored)
    seen = 0
    for start in range(0, len(asked), _AT_ONCE):
        part = asked[start : start + _AT_ONCE]
        if distance_m is not None:
            i, j = tree.query(part, predicate="dwithin", distance=distance_m)
        else:
            i, j = tree.query(part, predicate=predicate)
        left = most - seen
        seen += len(i)
        yield i[:left] + start, j[:left], seen <= most
        if seen > most:
            return


class _Once:
    """Leaves out pairs of a site with itself, and the second of two pairs of the same sites."""

    def __init__(self, left: _Part, right: _Part) -> None:
        self.left, self.right = left.keys, right.keys
        self.left_again = np.isin(left.keys, right.keys)
        self.right_again = np.isin(right.keys, left.keys)

    def __call__(self, i: Positions, j: Positions) -> tuple[Positions, Positions]:
        site, other = self.left[i], self.right[j]
        again = (other < site) & self.right_again[j] & self.left_again[i]
        wanted = (site != other) & ~again
        return i[wanted], j[wanted]


def _boxes_m2(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area two boxes share, the most that the outlines in them can."""
    width = np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    height = np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    shared_m2: NDArray[np.float64] = np.clip(width, 0, None) * np.clip(height, 0, None)
    return shared_m2


def _together_m2(groups: NDArray[np.int64], pieces: Shapes) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the groups, in order, with the area of each one's pieces together, m²; what they share counts once."""
    order = np.argsort(groups, kind="stable")
    found, starts, counts = np.unique(groups[order], return_index=True, return_counts=True)
    area_m2 = np.asarray(shapely.area(pieces))[order]
    together_m2 = np.add.reduceat(area_m2, starts) if len(starts) else np.zeros(0)
    for group in np.flatnonzero(counts > 1):
        members = order[starts[group] : starts[group] + counts[group]]
        together_m2[group] = shapely.union_all(pieces[members]).area
    return found, together_m2


def _joined(found: list[pd.DataFrame], columns: tuple[str, ...], complete: bool) -> pd.DataFrame:
    parts = [part for part in found if len(part)]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({name: [] for name in columns})
    frame = frame.sort_values(["site", "other"], ignore_index=True)
    frame.attrs["complete"] = complete
    return frame


__all__ = ["close_points", "compact", "overlaps", "points_inside", "shares"]
