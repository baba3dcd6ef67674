"""Where column names stand, and that each column has one of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.limits import DEFAULT
from finder.sources import tabular
from finder.sources.sentences import Notes

TABLE = [["name", "area", "zoning", "note"], ["a", "1", "GE", ""], ["b", "2", "GI", ""]]


@pytest.mark.parametrize("trimmed", [False, True])
@pytest.mark.parametrize(
    ("above", "position"),
    [
        ([], 0),
        ([["Land reserves"]], 1),
        ([["Land reserves", "", "2024"]], 1),
        ([["1", "2", "3", "4"]], 1),
        ([[], ["", ""], ["Land reserves"]], 3),
    ],
)
def test_names_below_something_else(above: list[list[str]], position: int, trimmed: bool) -> None:
    width = len(TABLE[0])
    records = above + TABLE if trimmed else [[*record, *[""] * (width - len(record))] for record in above + TABLE]
    found = tabular.find(records, trimmed=trimmed)
    assert found is not None
    assert (found.position, found.width) == (position, 4)


@pytest.mark.parametrize("records", [[], [[]], [["a"], ["b"]], [["1", "2"], ["3", "4"]], [["", ""]]])
def test_no_names(records: list[list[str]]) -> None:
    assert tabular.find(records) is None


words = st.text(st.sampled_from("ab_2 "), max_size=4)


@given(st.lists(words, min_size=1, max_size=8), st.dictionaries(st.integers(1, 8), words))
def test_every_column_has_a_name_of_its_own(record: list[str], over: dict[int, str]) -> None:
    found = tabular.names(record, Notes(9), DEFAULT, over)
    assert len(found.all) == len(set(found.all)) == len(record)
    assert all(found.all)
    assert set(found.unnamed) == {at for at, cell in enumerate(record, start=1) if not cell.strip()}
    # the first column of a name keeps it
    for cell in record:
        assert not cell.strip() or cell.strip() in found.all


@given(st.lists(st.lists(st.sampled_from(["", "a", "1", " "]), max_size=5), max_size=6))
def test_anything_is_looked_at(records: list[list[str]]) -> None:
    found = tabular.find(records)
    assert found is None or (0 <= found.position < len(records) and found.width > 1 and 0 < found.share <= 1)
