"""Places: both databases answer as Shapely does, up to the edges."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

from finder import crs, resources
from finder.model.query import And, Compare, Intersects, Not, Operator, Predicate, Within, all_of
from finder.store import sites, spatial, tables
from tests import factories

X, Y = factories.ORIGIN
SMALL_M, LARGE_M = 4000.0, 30_000.0


def scattered() -> list[shapely.Geometry | None]:
    """Return plots, points and gaps over the region, denser in the middle; corners do not fit into float32."""
    dice = np.random.default_rng(3)
    around = np.concatenate((dice.normal(0, 1500, (150, 2)), dice.uniform(-20_000, 20_000, (150, 2))))
    centres = around + np.array(factories.ORIGIN)
    spots = shapely.points(centres)
    plots = spots.copy()
    plots[::2] = shapely.buffer(spots[::2], dice.uniform(5, 400, 150), quad_segs=2)
    plots[::7] = shapely.difference(shapely.buffer(spots[::7], 300), shapely.buffer(spots[::7], 150))
    return [*plots.tolist(), shapely.MultiPolygon([factories.square(), factories.square(900, 900)]), None, None]


PLACES = scattered()
XS = sorted({x for shape in PLACES if shape is not None for x in (shape.bounds[0] - X, shape.bounds[2] - X)})
YS = sorted({y for shape in PLACES if shape is not None for y in (shape.bounds[1] - Y, shape.bounds[3] - Y)})


def edges(values: list[float]) -> st.SearchStrategy[float]:
    """An edge anywhere, on a site's own edge, or a hair beside it."""
    beside = st.sampled_from([0.0, -1e-9, 1e-9, -0.01, 0.01])
    return st.floats(-22_000, 22_000) | st.tuples(st.sampled_from(values), beside).map(sum)


def box(a: float, b: float, c: float, d: float) -> shapely.Polygon:
    """Return the box between two corners that count from the origin."""
    return shapely.box(X + min(a, c), Y + min(b, d), X + max(a, c), Y + max(b, d))


def turned(shape: shapely.Polygon) -> shapely.Polygon:
    """Return a box as one in degrees is: slightly turned."""
    return shapely.affinity.rotate(shape, 1.3)


BOXES = st.builds(box, edges(XS), edges(YS), edges(XS), edges(YS)).filter(lambda b: b.area > 1e-3)
AROUND = st.builds(lambda x, y: shapely.Point(X + x, Y + y), edges(XS), edges(YS))
QUESTIONS: st.SearchStrategy[Predicate] = st.one_of(
    st.builds(Intersects, BOXES | BOXES.map(turned)),
    st.builds(Within, AROUND, st.sampled_from([0.0, 0.5, 300.0, 1500.0, 18_000.0])),
    st.builds(Within, BOXES, st.sampled_from([0.0, 40.0, 2000.0])),
)


def test_places_agree_with_shapely(database_url: str) -> None:
    delivered = [factories.site(geometry=shape) for shape in PLACES]
    shapes = np.array(PLACES, dtype=object)
    with factories.database(database_url, delivered) as database, database.reading() as session:

        @given(QUESTIONS)
        @example(Intersects(factories.square(-1, -1, SMALL_M)))
        @example(Intersects(factories.square(-15_000, -15_000, LARGE_M)))
        @example(Intersects(factories.square(100_000, 0)))
        @example(Intersects(shapely.Polygon()))
        @example(Within(factories.at(), 150_000.0))
        def check(part: Intersects | Within) -> None:
            distance_m = part.distance_m if isinstance(part, Within) else 0.0
            near = shapely.dwithin(shapes, part.geometry, distance_m) if distance_m else None
            expected = shapely.intersects(shapes, part.geometry) if near is None else near
            found = sites.find(session, all_of(()), [part])
            assert sorted(found.keys) == (np.flatnonzero(expected) + 1).tolist()
            assert found.total == len(found.keys)
            assert found.left_out == 2, "sites without a place are not known to lie there"
            outside = sites.find(session, all_of(()), [Not(part)])
            assert outside.total == len(PLACES) - 2 - found.total

        check()


@pytest.mark.parametrize(("side_m", "leads"), [(SMALL_M, True), (LARGE_M, False)])
def test_index_leads_where_the_box_is_small(database_url: str, side_m: float, leads: bool) -> None:
    delivered = [factories.site(geometry=shape) for shape in PLACES]
    with factories.database(database_url, delivered) as database, database.reading() as session:
        place = spatial.place(session, tables.site, factories.square(0, 0, side_m))
        if not database.on_sqlite:
            assert place.led is None  # PostgreSQL's planner knows its index
            return
        assert (place.led is not None) == leads
        if place.led is not None:
            query = sa.select(tables.site.c.pk).select_from(place.led).where(place.condition)
            text = str(query.compile(database.engine, compile_kwargs={"literal_binds": True}))
            plan = [row[3] for row in session.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
            assert "site_rtree VIRTUAL TABLE" in plan[0]
            assert "site USING INTEGER PRIMARY KEY" in plan[1]


def test_small_box_with_other_criteria_and_order(database_url: str) -> None:
    delivered = [factories.site(geometry=s, stated_area_m2=float(i), quay=i % 2 == 0) for i, s in enumerate(PLACES)]
    part = Intersects(factories.square(-1500, -1500, SMALL_M))
    with factories.database(database_url, delivered) as database, database.reading() as session:
        together = And((part, Compare("quay", Operator.EQ, True)))
        apart = sites.find(session, all_of(()), together.parts, limit=5)
        assert sites.find(session, all_of(()), [together], limit=5).keys == apart.keys
        assert sites.count(session, together) == apart.total
        assert sites.tally(session, all_of(()), [part], [together.parts[1], Not(together.parts[1])]) == [
            apart.total,
            sites.count(session, part) - apart.total,
        ]
        assert sum(sites.count_by_municipality(session, together).values()) == apart.total


def test_region_box_holds_what_lies_in_it(database_url: str) -> None:
    west, south, east, north = resources.region()["box"]
    corners = crs.points_to_metric([west, east, west - 1e-6], [south, north, south])
    delivered = [factories.site(geometry=corner) for corner in corners]
    with factories.database(database_url, delivered) as database, database.reading() as session:
        found = sites.find(
            session, all_of(()), [Intersects(crs.lonlat_box(west - 1e-9, south - 1e-9, east + 1e-9, north + 1e-9))]
        )
        assert sorted(found.keys) == [1, 2]
