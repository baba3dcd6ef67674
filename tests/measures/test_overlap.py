"""Overlaps: every pair that comparing each with each finds, and no other."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from finder.measures import overlap as measure
from tests.factories import at, square

STEP_M = st.integers(0, 12).map(lambda n: n * 25.0)
SHAPES = st.lists(
    st.one_of(
        st.builds(lambda x, y, side: square(x, y, side + 25.0), STEP_M, STEP_M, STEP_M),
        st.builds(lambda x, y, r: at(x, y).buffer(r + 10.0, quad_segs=3), STEP_M, STEP_M, STEP_M),
        st.builds(lambda x, y: square(x, y, 300.0).difference(square(x + 50, y + 50, 100.0)), STEP_M, STEP_M),
        st.builds(lambda x, y: shapely.MultiPolygon([square(x, y, 50.0), square(x + 90, y, 50.0)]), STEP_M, STEP_M),
        st.builds(at, STEP_M, STEP_M),
        st.just(None),
        st.just(shapely.Polygon()),
    ),
    max_size=12,
)


def series(shapes: list[Any], keys: list[int] | None = None) -> pd.Series:
    """Return shapes by key, 1, 2, 3 … where none are given."""
    cells = np.empty(len(shapes), dtype=object)
    cells[:] = shapes
    return pd.Series(cells, index=range(1, len(shapes) + 1) if keys is None else keys, dtype=object)


def area(shape: Any) -> float:
    return 0.0 if shape is None else float(shape.area)


def pairs(found: pd.DataFrame) -> dict[tuple[int, int], float]:
    return {(a, b): share for a, b, share in zip(found["site"], found["other"], found["share"], strict=True)}


# -- outlines ---------------------------------------------------------------------------------------------------------


@given(SHAPES)
@example([square(), square(190, 0), square(189, 0), square(200, 0), square(0, 0, 2000), None])
def test_overlaps_of_one_list_are_those_of_each_with_each(shapes: list[Any]) -> None:
    plots = series(shapes)
    expected = {}
    for (a, one), (b, other) in itertools.combinations(plots.items(), 2):
        smaller = min(area(one), area(other))
        if smaller and (share := one.intersection(other).area / smaller) > measure.LEAST_SHARE:
            expected[a, b] = share
    found = measure.overlaps(plots, plots)
    assert pairs(found) == pytest.approx(expected)
    assert found.attrs["complete"]


@given(SHAPES, SHAPES, st.integers(0, 8))
def test_overlaps_of_two_lists_name_every_pair_once(left: list[Any], right: list[Any], shift: int) -> None:
    # keys up to the shift are in the first list only, the rest may be in both, as the same sites
    sites = series(left)
    others = series([*left[shift:], *right], list(range(shift + 1, shift + 1 + len(left[shift:]) + len(right))))
    expected = set()
    for (a, one), (b, other) in itertools.product(sites.items(), others.items()):
        smaller = min(area(one), area(other))
        if a != b and smaller and one.intersection(other).area > measure.LEAST_SHARE * smaller:
            mutual = b in sites.index and a in others.index
            expected.add((min(a, b), max(a, b)) if mutual else (a, b))
    found = [(a, b) for a, b in pairs(measure.overlaps(sites, others))]
    assert sorted(found) == sorted(expected)


def test_overlap_is_told_in_square_metres_and_both_shares() -> None:
    found = measure.overlaps(series([square(0, 0, 100)]), series([square(50, 0, 200)], [7]))
    assert found.to_dict("records") == [
        {"site": 1, "other": 7, "overlap_m2": 5000.0, "share": 0.5, "share_of_larger": 0.125}
    ]


@pytest.mark.parametrize(("side_m", "told"), [(5.0, False), (5.1, True), (0.0, False)])
def test_overlap_of_five_percent_is_tolerated(side_m: float, told: bool) -> None:
    found = measure.overlaps(series([square(0, 0, 100)]), series([square(100 - side_m, 0, 100)], [2]))
    assert bool(len(found)) is told


def test_outlines_that_cross_themselves_are_mended_first() -> None:
    bow = shapely.Polygon([(p.x, p.y) for p in (at(0, 0), at(100, 100), at(100, 0), at(0, 100))])
    found = measure.overlaps(series([bow]), series([square(0, 0, 100)], [2]))
    assert found["share"].tolist() == pytest.approx([1.0])


def test_a_crowd_is_cut_short_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "MOST_PAIRS", 5000)
    crowd = series([square()] * 150)
    found = measure.overlaps(crowd, crowd)
    assert not found.attrs["complete"]
    assert 0 < len(found) <= 5000


# -- points -----------------------------------------------------------------------------------------------------------


@given(SHAPES, st.lists(st.tuples(STEP_M, STEP_M, st.sampled_from([0.0, 0.7, 0.99, 1.01])), max_size=8))
def test_close_points_are_those_of_each_with_each(shapes: list[Any], more: list[tuple[float, float, float]]) -> None:
    places = series([*shapes, *(at(x + off, y) for x, y, off in more)])
    points = {key: p for key, p in places.items() if p is not None and p.geom_type == "Point"}
    expected = {(a, b) for (a, p), (b, q) in itertools.combinations(points.items(), 2) if p.distance(q) <= 1.0}
    found = measure.close_points(places, places)
    assert set(zip(found["site"], found["other"], strict=True)) == expected
    assert (found["distance_m"] <= 1.0).all()


@given(SHAPES, SHAPES)
def test_points_inside_are_those_of_each_with_each(left: list[Any], right: list[Any]) -> None:
    points, outlines = series(left), series(right, [100 + i for i in range(len(right))])
    expected = {
        (a, b)
        for (a, p), (b, q) in itertools.product(points.items(), outlines.items())
        if p is not None and p.geom_type == "Point" and area(q) and q.intersects(p)
    }
    found = measure.points_inside(points, outlines)
    assert set(zip(found["site"], found["other"], strict=True)) == expected


# -- zones ------------------------------------------------------------------------------------------------------------


@given(SHAPES, SHAPES, st.data())
def test_shares_are_those_of_each_with_each(left: list[Any], right: list[Any], data: st.DataObject) -> None:
    sites, zones = series(left), series(right)
    kinds = data.draw(st.lists(st.sampled_from(["GE", "GI", "MI"]), min_size=len(right), max_size=len(right)))
    by_kind = pd.Series(kinds, index=zones.index, dtype=object)
    expected, covered = {}, {}
    for key, plot in sites.items():
        if not area(plot):
            continue
        usable = [(kind, zone) for kind, zone in zip(kinds, right, strict=True) if area(zone)]
        for kind in set(kinds):
            together = shapely.union_all([zone for name, zone in usable if name == kind])
            if share := plot.intersection(together).area / plot.area:
                expected[key, kind] = share
        covered[key] = plot.intersection(shapely.union_all([zone for _, zone in usable])).area / plot.area
    found = measure.shares(sites, zones, by_kind)
    got = {(key, kind): share for key, kind, share in zip(found["site"], found["kind"], found["share"], strict=True)}
    assert got == pytest.approx(expected, abs=1e-9)
    for key, share in zip(found["site"], found["covered"], strict=True):
        assert share == pytest.approx(covered[key], abs=1e-9)


def test_shares_come_by_site_with_the_largest_first() -> None:
    zones = series([square(0, 0, 100), square(100, 0, 100), square(40, 0, 60)])
    found = measure.shares(
        series([square(50, 0, 100), square(0, 0, 100)], [9, 3]), zones, pd.Series(["GE", "GI", "GE"], index=[1, 2, 3])
    )
    assert found[["site", "kind", "share"]].to_numpy().tolist() == [
        [3, "GE", 1.0],
        [9, "GE", 0.5],
        [9, "GI", 0.5],
    ]


def test_shares_of_nothing() -> None:
    nothing = series([])
    assert measure.shares(nothing, nothing, pd.Series([], dtype=object)).empty
    assert measure.shares(series([square(), at()]), nothing, pd.Series([], dtype=object)).empty
    assert measure.shares(nothing, series([square()]), pd.Series(["GE"], index=[1])).empty
    assert measure.overlaps(nothing, nothing).empty


# -- groups -----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 400), st.integers(1, 60), st.integers(0, 1000))
def test_compact_groups_hold_every_placed_box_once(n: int, size: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    corners = dice.uniform(0, 40_000, (n, 2))
    boxes = np.hstack((corners, corners + dice.uniform(0, 300, (n, 2))))
    boxes[::7] = np.nan
    groups = measure.compact(boxes, size)
    assert all(0 < len(group) <= size for group in groups)
    held = np.concatenate(groups) if groups else np.array([], dtype=int)
    assert sorted(held.tolist()) == np.flatnonzero(~np.isnan(boxes[:, 0])).tolist()


def test_compact_groups_are_compact() -> None:
    dice = np.random.default_rng(5)
    corners = dice.uniform(0, 40_000, (6400, 2))
    boxes = np.hstack((corners, corners + 100.0))
    boxes[11] = (0, 0, 40_000, 40_000)
    groups = measure.compact(boxes, 100)
    extent = [(boxes[group][:, 2:].max(axis=0) - boxes[group][:, :2].min(axis=0)).prod() for group in groups]
    assert sum(extent[:-1]) < 3 * 40_000**2, "taken together the groups cover the ground little more than once"
    assert groups[-1].tolist() == [11], "what covers everything stretches no other group"
