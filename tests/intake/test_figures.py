"""What a row says in figures and dates."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.intake import figures
from finder.intake.profiles import FIELDS
from finder.model.attributes import Type
from finder.model.vocabulary import Zoning
from tests.factories import TODAY, square
from tests.intake.deliveries import facts, judge, named, sentences, told

NUMBERS = [name for name, attribute in FIELDS.items() if attribute.type in (Type.NUMBER, Type.INTEGER)]


# -- below zero -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NUMBERS)
def test_no_figure_of_a_site_is_below_zero(name: str) -> None:
    batch = judge({name: "-3"}, {name: -3}, {name: 0}, {name: 3})
    assert [facts(batch, i)[name] for i in range(4)] == [None, None, 0, 3]
    assert [(issue.row, issue.field) for issue in named(batch, "negative")] == [(1, name), (2, name)]


def test_every_figure_is_asked() -> None:
    assert set(figures.NOT_NEGATIVE) == set(NUMBERS)
    assert set(figures.PARTS) | set(figures.INDICES) <= set(NUMBERS)
    assert {FIELDS[name].type for name in figures.PAST} == {Type.DATE}


# -- sizes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stated", "said"), [(38_000, False), (37_999, True), (42_000, False), (42_001, True)])
def test_a_stated_area_may_differ_by_five_per_cent(stated: float, said: bool) -> None:
    batch = judge({"stated_area_m2": stated}, geometry=[square()])
    assert bool(named(batch, "stated_area")) == said
    assert facts(batch)["stated_area_m2"] == stated


def test_how_far_a_stated_area_is_off() -> None:
    batch = judge({"stated_area_m2": "6 ha"}, geometry=[square()])
    assert "The stated area of 60000 m² differs by 50 % from the outline’s 40000 m²." in sentences(batch.issues)


@given(st.floats(1, 1e9))
def test_the_difference_is_that_from_the_outline(stated: float) -> None:
    batch = judge({"stated_area_m2": stated}, geometry=[square()])
    assert bool(named(batch, "stated_area")) == (abs(stated - 40_000) > 2_000)


def test_a_stated_area_of_zero_is_kept_and_doubted() -> None:
    batch = judge({"stated_area_m2": "0,00 ha"})
    assert facts(batch)["stated_area_m2"] == 0
    assert told(batch) == [("no_size", "noted", "stated_area_m2", "0")]


@pytest.mark.parametrize("name", figures.PARTS)
def test_a_part_is_not_larger_than_the_whole(name: str) -> None:
    batch = judge({"stated_area_m2": 1000, name: 2000}, {"stated_area_m2": 1000, name: 1000})
    assert [(issue.rule, issue.row, issue.field) for issue in batch.issues] == [("part_larger", 1, name)]
    assert "2000 m² is more than the stated area of the whole, 1000 m²." in sentences(batch.issues)


# -- indices ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zoning", "index", "most"),
    [(zoning, index, most) for zoning, limits in figures.GUIDELINE.items() for index, most in limits.items()],
)
def test_guidelines(zoning: Zoning, index: str, most: float) -> None:
    batch = judge({"zoning": zoning, index: most}, {"zoning": zoning, index: most + 0.1})
    (issue,) = batch.issues
    assert (issue.rule, issue.row, issue.field) == ("guideline", 2, index)
    assert issue.params["limit"] == f"{most:g}"
    assert facts(batch, 1)[index] == most + 0.1


@pytest.mark.parametrize(("zoning", "said"), [("MI; GE", False), ("MI", True), ("MI; WA", False), ("", False)])
def test_the_most_generous_of_several_zonings_counts(zoning: str, said: bool) -> None:
    assert bool(named(judge({"zoning": zoning, "grz": 0.7}), "guideline")) == said


@pytest.mark.parametrize(("grz", "zoning", "rule"), [("1.8", None, "grz_above_one"), ("1,8", "GE", "guideline")])
def test_a_grz_of_one_point_eight(grz: str, zoning: str | None, rule: str) -> None:
    batch = judge({"grz": grz, "zoning": zoning})
    assert facts(batch)["grz"] == 1.8
    assert [(issue.rule, issue.value) for issue in batch.issues] == [(rule, "1.8")]


def test_a_grz_may_not_be_more_than_the_whole_even_where_no_zoning_is_stated() -> None:
    batch = judge({"grz": 1.2}, {"grz": 1.2, "zoning": []}, {"grz": 1.2, "zoning": "WA; MK"})
    assert [(issue.rule, issue.row) for issue in batch.issues] == [("grz_above_one", row) for row in (1, 2, 3)]


# -- days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", figures.PAST)
def test_what_has_happened_has_not_happened_tomorrow(name: str) -> None:
    tomorrow = (TODAY + dt.timedelta(days=1)).isoformat()
    batch = judge({name: tomorrow}, {name: TODAY.isoformat()}, {name: None})
    assert [facts(batch, i)[name] for i in range(3)] == [None, TODAY, None]
    assert told(batch) == [("future", "kept", name, tomorrow)]


def test_what_is_to_come_may_lie_ahead() -> None:
    assert judge({"available_from": "2035-01-01"}).issues == []
