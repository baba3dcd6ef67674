"""A search of four criteria and a box among 100,000 sites, next to the same answer written by hand for sqlite3."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

import pytest
import shapely
from pytest_benchmark.fixture import BenchmarkFixture

from finder import crs
from finder.language import Language
from finder.model.vocabulary import PlanStatus
from finder.search import answer, question, surroundings
from finder.store.database import Database
from tests import factories

HIDDEN_AFTER_DAYS = 365
LIMIT = 50
BOXES = {"small": (7.00, 51.55, 7.10, 51.61), "large": (6.75, 51.45, 7.40, 51.80)}
"""2 % and 54 % of the region's extent: the R*Tree leads, or it does not."""
WORDS = {
    "min_area": "2ha",
    "zoning": "GI,GE",
    "max_motorway_junction_km": "3",
    "plan_status": "in_force,adopted",
}


@dataclass(frozen=True)
class Told:
    """What an answer tells beside its page."""

    ids: tuple[str, ...]
    total: int
    in_scope: int
    left_out: int
    left_out_by: tuple[int, ...]


def ours(database: Database, box: tuple[float, ...]) -> answer.Answer:
    """Answer as `finder search` does: from words to sites."""
    pairs = [*WORDS.items(), ("bbox", ",".join(map(str, box)))]
    with database.reading() as session:
        context = surroundings.context(session, factories.TODAY, Language("de"))
        asked = question.read(pairs, context)
        return answer.ask(session, asked, today=factories.TODAY, hidden_after_days=HIDDEN_AFTER_DAYS, limit=LIMIT)


SCOPE = """
    status IN ('published', 'reserved') AND potential = 0
    AND (verified_on IS NULL OR verified_on >= date(:today, '-365 days') OR evidence IS NOT NULL OR sample)
"""
SIZE = "size_m2 >= 20000"
ZONING = "(instr(zoning, '|GI|') OR instr(zoning, '|GE|'))"
NEAR = "motorway_junction_truck_km <= 3"
PLAN = "plan_status IN ('in_force', 'adopted')"
BOX = "site.minx <= :east AND site.maxx >= :west AND site.miny <= :north AND site.maxy >= :south"
LED = """
    site_rtree AS r CROSS JOIN site ON site.pk = r.pk AND r.minx <= :east AND r.maxx >= :west AND r.miny <= :north
    AND r.maxy >= :south
"""
PLAIN = "site"


def raw(connection: sqlite3.Connection, polygon: shapely.Polygon, tables: str) -> tuple[Told, list[sqlite3.Row]]:
    """Return the same page of rows and the same counts, by hand: four statements and one vectorised recheck."""
    west, south, east, north = polygon.bounds
    given = {"west": west, "south": south, "east": east, "north": north, "today": factories.TODAY.isoformat()}
    # Sites that cross the edge of the box: the polygon of a box in degrees is slightly turned in metres.
    margin = 0.04 * max(east - west, north - south)
    edge = {"w": west + margin, "s": south + margin, "e": east - margin, "n": north - margin}
    near = connection.execute(
        f"SELECT site.pk, geometry FROM {LED}"
        " WHERE NOT (r.minx >= :w AND r.maxx <= :e AND r.miny >= :s AND r.maxy <= :n)",
        {**given, **edge},
    ).fetchall()
    outside = ~shapely.intersects(shapely.from_wkb([row[1] for row in near]), polygon)
    skip = ",".join(str(row[0]) for row, out in zip(near, outside, strict=True) if out)
    box = f"({BOX} AND site.pk NOT IN ({skip}))"
    parts = (SIZE, ZONING, NEAR, PLAN, box)
    asked = " AND ".join(parts)
    perhaps = " AND ".join(f"({part}) IS NOT FALSE" for part in parts)
    join = "LEFT JOIN access ON access.site_pk = site.pk"
    (in_scope,) = connection.execute(f"SELECT count(*) FROM site WHERE {SCOPE}", given).fetchone()
    total, left_out, *by = connection.execute(
        f"SELECT count(*) FILTER (WHERE {asked}), count(*) FILTER (WHERE ({asked}) IS NULL),"
        + ",".join(f"count(*) FILTER (WHERE ({asked}) IS NULL AND ({part}) IS NULL)" for part in parts)
        + f" FROM site {join} WHERE {SCOPE} AND {perhaps}",
        given,
    ).fetchone()
    page = connection.execute(
        f"SELECT * FROM {tables} {join} WHERE {SCOPE} AND {asked} ORDER BY size_m2 DESC, id LIMIT {LIMIT}", given
    ).fetchall()
    return Told(tuple(row["id"] for row in page), total, in_scope, left_out, tuple(by)), page


@pytest.fixture
def connection(inventory: Database) -> Any:
    connection = sqlite3.connect(str(inventory.url.database))
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA cache_size = -65536")
    yield connection
    connection.close()


@pytest.mark.parametrize("size", BOXES)
def test_search_in_raw_sqlite3(benchmark: BenchmarkFixture, connection: sqlite3.Connection, size: str) -> None:
    benchmark.group = f"search, four criteria and a {size} box"
    benchmark.extra_info["baseline"] = True
    polygon = crs.lonlat_box(*BOXES[size])
    told, _ = benchmark(raw, connection, polygon, LED if size == "small" else PLAIN)
    assert told.total > 0


@pytest.mark.parametrize("size", BOXES)
def test_search(benchmark: BenchmarkFixture, inventory: Database, connection: sqlite3.Connection, size: str) -> None:
    benchmark.group = f"search, four criteria and a {size} box"
    benchmark.extra_info["at_most"] = 3
    found = benchmark(ours, inventory, BOXES[size])
    benchmark.extra_info["found"] = found.total
    told, _ = raw(connection, crs.lonlat_box(*BOXES[size]), LED if size == "small" else PLAIN)
    by_word = {asked.criterion.word: count for asked, count in found.left_out_by}
    order = ("min_area", "zoning", "max_motorway_junction_km", "plan_status", "bbox")
    assert told == Told(
        ids=tuple(hit.site.id for hit in found.hits),
        total=found.total,
        in_scope=found.in_scope,
        left_out=found.left_out,
        left_out_by=tuple(by_word.get(word, 0) for word in order),
    )
    assert PlanStatus.IN_FORCE in {hit.site.plan_status for hit in found.hits}
