"""Who a row is."""

from __future__ import annotations

import pytest

from finder.intake.validate import validate
from tests.factories import TOWNS
from tests.intake.deliveries import facts, judge, named, read, rows, told

# -- required ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["name", "source_id", "municipality"])
@pytest.mark.parametrize("value", [None, "", "  ", "\u200b", ["a"], 10**400])
def test_a_row_needs_a_name_a_key_and_a_town(name: str, value: object) -> None:
    batch = judge({name: value}, {})
    assert batch.rejected == {1}
    assert [(issue.row, issue.field) for issue in named(batch, "required")] == [(1, name)]


def test_keys_that_are_numbers_are_keys() -> None:
    batch = judge({"source_id": 12.0, "name": 7}, {"source_id": 13})
    assert batch.rejected == set()
    assert batch.frame["source_id"].tolist() == ["12", "13"]
    assert facts(batch)["name"] == "7"


# -- municipalities ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["05990002", "Beispielhausen", "beispielhausen", " BEISPIELHAUSEN ", "Beispielhäusen"]
)
def test_a_town_by_its_code_or_name(value: str) -> None:
    batch = judge({"municipality": value})
    if "ä" in value:
        assert [(issue.rule, issue.value) for issue in batch.issues] == [("municipality_unknown", value)]
    else:
        assert facts(batch)["municipality"] == "05990002"
        assert batch.issues == []


@pytest.mark.parametrize("value", [5990002, 5990002.0, "5990002"])
def test_a_code_that_lost_its_zero_is_repaired_and_said(value: object) -> None:
    batch = judge({"municipality": value})
    assert facts(batch)["municipality"] == "05990002"
    assert told(batch) == [("municipality_code", "repaired", "municipality", "5990002")]
    assert batch.issues[0].params["code"] == "05990002"


@pytest.mark.parametrize("value", ["599000", "059900020", "05990009", "Musterstadt, Beispielhausen", "0", "²"])
def test_towns_of_elsewhere_are_rejected(value: str) -> None:
    batch = judge({"municipality": value})
    assert told(batch) == [("municipality_unknown", "rejected", "municipality", value)]


def test_a_town_named_like_the_code_of_another() -> None:
    towns = {"05990001": "05990002", "05990002": "Beispielhausen"}
    batch = validate(read(rows({"municipality": "05990002"})), municipalities=towns, area=None)
    assert facts(batch)["municipality"] == "05990002"


def test_further_towns_by_code_or_name_and_of_elsewhere() -> None:
    batch = judge({"further_municipalities": "beispielhausen; 05990003; Anderswo; 05990002"}, {})
    assert facts(batch)["further_municipalities"] == ("05990002", "05990003", "Anderswo")
    assert facts(batch, 1)["further_municipalities"] is None
    assert batch.issues == []


def test_stated_to_lie_in_one_town_alone() -> None:
    assert facts(judge({"further_municipalities": []}))["further_municipalities"] == ()


# -- sources and keys -------------------------------------------------------------------------------------------------


def test_a_row_without_a_source_is_its_towns_own() -> None:
    batch = judge({"source": None, "municipality": "Beispielhausen"}, {"source": "x"})
    assert batch.frame["source"].tolist() == ["05990002", "x"]
    assert told(batch) == [("source_missing", "repaired", "source", None)]


def test_the_first_of_several_rows_with_one_key_counts() -> None:
    batch = judge(
        {"source_id": "a", "name": "erste"},
        {"source_id": "a", "name": "zweite"},
        {"source_id": "a", "source": "other"},
        {"source_id": " a ", "name": "dritte"},
    )
    assert batch.frame["name"].tolist() == ["erste", "Musterfläche"]
    assert batch.rejected == {2, 4}


def test_rows_that_name_no_source_and_one_that_names_the_town() -> None:
    batch = judge({"source_id": "a", "source": None}, {"source_id": "a", "source": "05990001"})
    assert batch.rejected == {2}


def test_a_rejected_row_does_not_take_the_key_of_the_next() -> None:
    batch = judge({"source_id": "a", "name": None}, {"source_id": "a"})
    assert batch.rejected == {1}
    assert batch.frame.index.tolist() == [2]


# -- public ids -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["a b", "/etc", "ä", "-a", "..", "a?b=1", "a#b", "<b>", "a%20"])
def test_ids_that_do_not_stand_in_an_address_are_replaced_and_said(value: str) -> None:
    batch = judge({"id": value})
    assert facts(batch)["id"] is None
    assert told(batch) == [("id_form", "kept", "id", value)]


def test_two_odd_ids_are_not_one() -> None:
    batch = judge({"id": "a b"}, {"id": "a b"})
    assert batch.rejected == set()
    assert len(named(batch, "id_form")) == 2


def test_the_first_of_several_rows_with_one_id_counts() -> None:
    batch = judge({"id": "a"}, {"id": "b"}, {"id": "a"}, {"id": None}, {"id": None})
    assert batch.rejected == {3}


def test_names_are_of_the_region_only_where_towns_are_known() -> None:
    batch = validate(read(rows({"municipality": "5990001"})), municipalities={}, area=None)
    assert facts(batch)["municipality"] == "5990001"
    assert set(TOWNS) == {"05990001", "05990002", "05990003"}
