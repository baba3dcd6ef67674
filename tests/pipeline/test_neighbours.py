"""Sites that lie on others or repeat them are said, on both databases alike, and nothing is rejected for it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely

from finder.language import Language
from finder.measures import overlap
from finder.model.record import Issue
from finder.model.site import Site
from finder.model.vocabulary import GeometryQuality, Status
from finder.pipeline import neighbours
from finder.store import sites as stored_sites
from finder.store.database import Database, Session
from tests import factories
from tests.factories import at, site, square

ENGLISH = Language("en")


def deliver(session: Session, *delivered: Site, first_row: int = 1) -> list[Issue]:
    """Save sites as a file would bring them, and return what is said of their neighbours."""
    saved = factories.save(session, list(delivered))
    return neighbours.warn(session, dict(zip(saved.new, itertools.count(first_row))))


def told(issues: Sequence[Issue]) -> list[tuple[Any, ...]]:
    return [(issue.rule, issue.row, issue.params["other"], issue.params["percent"]) for issue in issues]


def warned(url: str, known: Sequence[Site], *delivered: Site) -> list[tuple[Any, ...]]:
    with factories.database(url, known) as database, database.writing() as session:
        return told(deliver(session, *delivered))


def test_overlaps_with_the_store_and_within_the_file_are_said(database_url: str) -> None:
    known = [site(id="A-1", geometry=square(0, 0, 100)), site(id="A-2", geometry=square(500, 0, 100))]
    found = warned(
        database_url,
        known,
        site(geometry=square(50, 0, 100)),
        site(geometry=square(130, 0, 200)),
        site(geometry=square(560, 0, 50)),
        site(geometry=square(5000, 0, 50)),
        site(geometry=None),
    )
    assert found == [
        ("overlap", 1, "A-1", 50),
        ("overlap", 2, "1", 20),
        ("overlap", 3, "A-2", 80),
    ]


def test_of_two_rows_the_later_one_is_spoken_to_whatever_their_order_on_the_ground(database_url: str) -> None:
    rows = [site(geometry=square(x, 0, 100)) for x in (900, 840, 10, 960, 0)]
    assert warned(database_url, (), *rows) == [
        ("overlap", 2, "1", 40),
        ("overlap", 4, "1", 40),
        ("overlap", 5, "3", 90),
    ]


def test_neighbours_that_only_touch_are_none(database_url: str) -> None:
    edge, sliver = site(geometry=square(200, 0)), site(geometry=square(-195, 0))
    assert warned(database_url, [site(geometry=square())], edge, sliver) == []


def test_the_same_outline_is_a_duplicate_and_nothing_else(database_url: str) -> None:
    known = [site(id="A-1", name="Am Hafen", stated_area_m2=40_000.0, geometry=square())]
    again = site(name="am  HAFEN", stated_area_m2=40_100.0, geometry=square(0.2, 0, 200))
    assert warned(database_url, known, again) == [("duplicate", 1, "A-1", 100)]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, True),
        ({"name": "Süd ring"}, False),
        ({"name": "SUEDRING"}, True),
        ({"municipality": "05990002"}, False),
        ({"stated_area_m2": 18_080.0}, True),
        ({"stated_area_m2": 18_200.0}, False),
        ({"stated_area_m2": None}, False),
        ({"status": Status.SOLD}, False),
    ],
)
def test_same_name_municipality_and_size_are_a_duplicate(database_url: str, other: dict[str, Any], said: bool) -> None:
    given: dict[str, Any] = {"name": "Südring", "stated_area_m2": 18_000.0}
    found = warned(database_url, [site(id="A-1", **given)], site(**(given | other)))
    assert found == ([("duplicate", 1, "A-1", 100)] if said else [])


def test_not_known_sizes_are_not_the_same(database_url: str) -> None:
    assert warned(database_url, [site(name="Südring")], site(name="Südring")) == []


def test_points_in_one_place_are_duplicates(database_url: str) -> None:
    known = [site(id="A-1", geometry=at()), site(id="A-2", geometry=at(50, 0))]
    found = warned(database_url, known, site(geometry=at(0.9, 0)), site(geometry=at(51.1, 0)))
    assert found == [("duplicate", 1, "A-1", 100)]


def test_a_point_in_an_outline_is_a_duplicate_by_name_only(database_url: str) -> None:
    known = [
        site(id="A-1", name="Zeche Süd", geometry=square()),
        site(id="A-2", name="Am Kanal", geometry=at(1050, 50)),
    ]
    found = warned(
        database_url,
        known,
        site(name="zeche sued", geometry=at(100, 100)),
        site(name="Nordhafen", geometry=at(20, 20)),
        site(name="AM KANAL", geometry=square(1000, 0, 100)),
        site(name="Anderswo", geometry=square(1010, 300, 100)),
    )
    assert found == [("duplicate", 1, "A-1", 100), ("duplicate", 3, "A-2", 100)]


@pytest.mark.parametrize("status", [Status.SOLD, Status.WITHDRAWN])
def test_what_has_left_the_market_has_no_neighbours(database_url: str, status: Status) -> None:
    assert warned(database_url, [site(geometry=square(), status=status)], site(geometry=square(10, 0))) == []


@pytest.mark.parametrize("status", [Status.SOLD, Status.WITHDRAWN])
def test_what_has_left_the_market_is_not_spoken_to(database_url: str, status: Status) -> None:
    assert warned(database_url, [site(geometry=square())], site(geometry=square(10, 0), status=status)) == []


def test_fictional_and_real_sites_do_not_meet(database_url: str) -> None:
    known = [site(geometry=square(), name="Süd", stated_area_m2=1.0, sample=True)]
    assert warned(database_url, known, site(geometry=square(), name="Süd", stated_area_m2=1.0)) == []


def test_only_what_is_new_or_moved_is_compared(database_url: str) -> None:
    known = [site(geometry=square()), site(geometry=square(20, 0))]
    with factories.database(database_url, known) as database, database.writing() as session:
        assert neighbours.warn(session, {}) == []
        assert told(deliver(session, site(geometry=square(9000, 0)))) == []
        assert told(neighbours.warn(session, {1: 17})) == [("overlap", 17, known[1].id, 90)]


def test_an_approximate_outline_is_said_to_be_one(database_url: str) -> None:
    known = [site(id="A-1", geometry=square(), geometry_quality=GeometryQuality.APPROXIMATE)]
    with factories.database(database_url, known) as database, database.writing() as session:
        (issue,) = deliver(session, site(geometry=square(100, 0)))
    assert (issue.rule, issue.action, issue.field, issue.value) == ("overlap", "kept", "geometry", "A-1")
    assert ENGLISH.text(issue.message, **issue.params) == (
        "The outline lies on the site A-1: 50 % of the smaller one; one is approximate only."
    )


def test_two_approximate_outlines_say_nothing_of_each_other(database_url: str) -> None:
    drawn = {"geometry_quality": GeometryQuality.APPROXIMATE}
    known = [site(id="A-1", geometry=square(), **drawn)]
    found = warned(database_url, known, site(geometry=square(100, 0), **drawn), site(geometry=square(0, 1), **drawn))
    assert found == [("duplicate", 2, "A-1", 100)]


def test_the_worst_are_named_and_the_others_counted(database_url: str) -> None:
    known = [site(id=f"A-{i}", geometry=square(i * 20, 0, 100)) for i in range(5)]
    with factories.database(database_url, known) as database, database.writing() as session:
        issues = deliver(session, site(geometry=square(0, 0, 150)))
    assert told(issues[:3]) == [("overlap", 1, "A-0", 100), ("overlap", 1, "A-1", 100), ("overlap", 1, "A-2", 100)]
    assert ENGLISH.text(issues[3].message, **issues[3].params) == "And 2 more sites lie on it or repeat it."
    assert len(issues) == 4


def test_a_file_of_one_outline_ends_soon_and_says_so(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "MOST_PAIRS", 2000)
    crowd = [site(geometry=square(), name="Halde", stated_area_m2=40_000.0) for _ in range(120)]
    with factories.database(database_url) as database, database.writing() as session:
        issues = deliver(session, *crowd)
    assert {issue.row for issue in issues if issue.action == "kept"} == set(range(2, 121)), "by name, if not by place"
    assert "not all of them were compared" in ENGLISH.text(issues[-1].message)
    assert issues[-1].action == "noted"


def test_many_sites_in_small_groups_agree_with_each_with_each(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "_AT_ONCE", 7)
    monkeypatch.setattr(neighbours, "MOST_PER_SITE", 1000)
    dice = np.random.default_rng(11)
    plots = [square(x, y, side) for x, y, side in dice.uniform((0, 0, 20), (3000, 3000, 400), (150, 3)).tolist()]
    plots += [square(0, 0, 30_000)]
    known, new = [site(geometry=plot) for plot in plots[::2]], [site(geometry=plot) for plot in plots[1::2]]
    expected = set()
    for i, one in enumerate(new):
        for j, other in enumerate([*known, *new[:i]]):
            smaller = min(one.geometry.area, other.geometry.area)  # type: ignore[union-attr]
            if shapely.intersection(one.geometry, other.geometry).area > 0.05 * smaller:
                expected.add((i + 1, other.id if j < len(known) else str(j - len(known) + 1)))
    found = warned(database_url, known, *new)
    assert len(expected) > 100
    assert len(found) == len(expected)
    assert {(row, other) for _, row, other, _ in found} == expected


def test_comparing_changes_nothing(database_url: str) -> None:
    known = [site(geometry=square()), site(geometry=square(20, 0))]
    with factories.database(database_url, known) as database:
        before = _versions(database)
        with database.writing() as session:
            assert neighbours.warn(session, {1: 1, 2: 2})
        assert _versions(database) == before


def _versions(database: Database) -> list[int]:
    with database.reading() as session:
        return [listed.version for listed in stored_sites.load(session, [1, 2])]
