"""The road to building never promises more than is known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.language import Language
from finder.model.site import Provenance, Restriction
from finder.model.vocabulary import PlanStatus, RestrictionKind, Severity
from finder.presentation import roadmap
from finder.presentation.roadmap import Road
from tests import factories

EN = Language("en")
IN_FORCE = PlanStatus.IN_FORCE


def road(number: int | None = 1, **known: Any) -> Road:
    return roadmap.road(factories.site(**known), lambda origin: number, EN)


def obstacle(**known: Any) -> Restriction:
    return Restriction(**({"kind": RestrictionKind.MINING} | known))


def test_unstated_restrictions_are_a_question_not_a_free_way() -> None:
    (step,) = road(plan_status=IN_FORCE).steps
    assert step.sign == "unknown"
    assert road(plan_status=IN_FORCE).end is None


def test_stated_none_with_a_plan_in_force_is_a_free_way() -> None:
    free = road(plan_status=IN_FORCE, restrictions=())
    assert free.steps == ()
    assert free.end == "nothing is said to stand in the way"


def test_plan_that_is_not_in_force_is_an_obstacle_itself() -> None:
    for status in PlanStatus:
        steps = road(plan_status=status, restrictions=()).steps
        assert bool(steps) == (status not in roadmap.BUILDABLE), status


def test_unknown_plan_is_said_and_promises_nothing() -> None:
    unknown = road(restrictions=())
    assert unknown.steps == ()
    assert unknown.end is None
    assert unknown.note == "Whether a plan allows building is not known."


def test_last_obstacle_dates_the_end() -> None:
    ends = [dt.date(2027, 3, 1), dt.date(2028, 5, 31)]
    dated = road(plan_status=IN_FORCE, restrictions=tuple(obstacle(expected_end=end) for end in ends))
    assert dated.end == "from 31 May 2028 at the earliest"


@given(st.lists(st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2050, 1, 1)), min_size=1, max_size=5))
def test_one_open_end_leaves_the_date_open(ends: list[dt.date | None]) -> None:
    shown = road(plan_status=IN_FORCE, restrictions=tuple(obstacle(expected_end=end) for end in ends))
    assert len(shown.steps) == len(ends)
    assert (shown.end is None) == (None in ends)


@pytest.mark.parametrize(("severity", "sign"), [(None, "unknown"), *((one, one.value) for one in Severity)], ids=str)
def test_sign_tells_the_severity(severity: Severity | None, sign: str) -> None:
    assert road(restrictions=(obstacle(severity=severity),)).steps[-1].sign == sign


@pytest.mark.parametrize(
    ("kind", "note", "title"),
    [
        (RestrictionKind.MINING, "shaft 2", "Mining: shaft 2"),
        (RestrictionKind.MINING, None, "Mining"),
        (RestrictionKind.OTHER, "radio link", "Radio link"),
        (RestrictionKind.OTHER, None, "Restriction"),
    ],
)
def test_title_says_what_it_is(kind: RestrictionKind, note: str | None, title: str) -> None:
    assert road(restrictions=(obstacle(kind=kind, note=note),)).steps[-1].title == title


def test_unknown_of_an_obstacle_keeps_its_place() -> None:
    rows = dict(road(restrictions=(obstacle(responsible="mining authority"),)).steps[-1].rows)
    assert rows == {"severity": None, "responsible": "mining authority", "next step": None, "done by": None}


def test_own_source_of_a_restriction_counts() -> None:
    asked: list[Provenance] = []
    own = obstacle(url="https://example.org/shaft", as_of="2025-08")
    site = factories.site(restrictions=(own, obstacle()), provenance={"*": Provenance(source="Stadt", as_of="2024")})

    def number(origin: Provenance) -> int:
        asked.append(origin)
        return len(asked)

    steps = roadmap.road(site, number, EN).steps
    assert [step.source for step in steps] == [1, 2]
    assert asked[0] == Provenance(source="Stadt", url="https://example.org/shaft", as_of="2025-08")
    assert asked[1] == Provenance(source="Stadt", as_of="2024")
    assert roadmap.road(site, number, EN).start == "as of 2024"
