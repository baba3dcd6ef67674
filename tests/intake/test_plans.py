"""Plans that rows rest on."""

from __future__ import annotations

from tests.intake.deliveries import facts, judge, named, sentences


def test_a_plan_that_lapsed_is_said_and_the_row_kept() -> None:
    batch = judge({"plan_name": "Nr. 12", "plan_status": "none", "zoning": "GE"})
    (issue,) = named(batch, "plan_lapsed")
    assert (issue.row, issue.field, issue.action, issue.value) == (1, "plan_status", "kept", "Nr. 12")
    sentence = "The plan “Nr. 12” is not in force, or no longer: what it says of the land gives no right to build."
    assert sentence in sentences([issue])
    assert (facts(batch)["plan_status"], facts(batch)["zoning"]) == ("none", ("GE",))
    assert batch.rejected == set()


def test_land_without_a_plan_has_none_that_lapsed() -> None:
    batch = judge(
        {"plan_status": "none"},
        {"plan_name": "Nr. 12", "plan_status": "in_force"},
        {"plan_name": "Nr. 12"},
        {"plan_name": "Nr. 12", "plan_status": "in_procedure"},
    )
    assert named(batch, "plan_lapsed") == []
