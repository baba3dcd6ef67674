"""Cells with people: whatever their columns are called, and nothing unknown as zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.errors import UnusableInput
from finder.intake import census
from finder.intake.census import Census
from finder.language import Language
from finder.model.record import RawRecords
from tests.factories import ORIGIN, at
from tests.intake import deliveries

ENGLISH = Language("en")


def cells(*inhabitants: object, name: str = "Einwohner", delimiter: str = ",", **columns: Sequence[Any]) -> RawRecords:
    """Return a table of cells, one kilometre apart."""
    x = [ORIGIN[0] + 1000 * number for number in range(len(inhabitants))]
    y = [ORIGIN[1]] * len(inhabitants)
    return deliveries.table({name: list(inhabitants), "x": x, "y": y, **columns}, delimiter=delimiter)


def read(raw: RawRecords, **how: Any) -> Census:
    found = census.cells(raw, **how)
    assert found.read == len(found.x) + found.unknown + found.far + found.rejected, "every row is one of these"
    return found


def said(found: Census, *rules: str) -> list[tuple[int | None, str, str]]:
    return [
        (issue.row, issue.action, ENGLISH.text(issue.message, **issue.params))
        for issue in found.issues
        if issue.rule in rules
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Einwohner",
        "EINWOHNER",
        "INSGESAMT",
        "inhabitants",
        "Population",
        "obs_value",
        "OBS_VALUE_T",
        "TOT_P_2021",
        "Bevölkerung",
    ],
)
def test_inhabitants_go_by_many_names(name: str) -> None:
    assert read(cells(12, 30, name=name)).inhabitants.tolist() == [12, 30]


def test_what_a_census_file_says_is_read() -> None:
    raw = deliveries.table(
        {
            "Gitter_ID_1km": ["1kmN3163E4112", "1kmN3164E4112"],
            "Einwohner": ["1.204", "13,5"],
            "Erwerbstätige": ["602", ""],
            "Stichtag": ["15.05.2022", "15.05.2022"],
            "Quelle": ["Amt", "Amt"],
        },
        delimiter=";",
    )
    found = read(raw)
    assert found.inhabitants.tolist() == [1204, 13.5]
    assert found.workforce is not None
    np.testing.assert_array_equal(found.workforce, [602, np.nan])
    assert (found.as_of, found.source, found.system) == ("2022-05-15", "Amt", "EPSG:3035")


def test_what_rows_say_differently_holds_for_none() -> None:
    found = read(cells(1, 2, Stichtag=["2011", "2022"], Quelle=["Amt", "Büro"]))
    assert (found.as_of, found.source) == (None, None)


def test_secret_missing_and_unreadable_numbers_are_told_and_never_zero() -> None:
    found = read(cells("7", "-1", "–", "-1", "", "viele", "0", "-9"))
    assert found.inhabitants.tolist() == [7, 0]
    assert found.unknown == 6
    assert sorted(said(found, "not_known", "number", "gap")) == sorted(
        [
            (2, "kept", "Cells whose number is secret or not known (“-1”) are not counted: 2."),
            (8, "kept", "Cells whose number is secret or not known (“-9”) are not counted: 1."),
            (3, "kept", "Cells whose number is secret or not known (“–”) are not counted: 1."),
            (6, "kept", "“viele” is no number of people; cells that are not counted for it: 1."),
            (5, "kept", "Cells without a number are not counted: 1."),
        ]
    )


def test_a_flood_of_words_is_a_few_issues() -> None:
    found = read(cells(5, *(f"Wort {n}" for n in range(500))))
    told = said(found, "number")
    assert len(told) == 21
    assert told[-1][2] == "“…” is no number of people; cells that are not counted for it: 480."


def test_a_cell_with_workforce_alone_is_kept() -> None:
    found = read(cells("-1", "4", Beschäftigte=["20", "-1"]))
    np.testing.assert_array_equal(found.inhabitants, [np.nan, 4])
    assert found.workforce is not None
    np.testing.assert_array_equal(found.workforce, [20, np.nan])


def test_a_workforce_that_says_nothing_is_none() -> None:
    assert read(cells(3, 4, Beschäftigte=["-1", ""])).workforce is None


@given(st.lists(st.integers(-3, 40_000) | st.sampled_from(["", "x", "1.234,5", None]), min_size=1, max_size=30))
def test_only_known_numbers_are_summed(values: list[Any]) -> None:
    raw = cells(17, *values, delimiter=";")
    expected = 17 + sum(value for value in values if isinstance(value, int) and value >= 0)
    expected += 1234.5 * values.count("1.234,5")
    assert read(raw).inhabitants.sum() == pytest.approx(expected)


# -- places -----------------------------------------------------------------------------------------------------------


def test_areas_are_counted_at_their_middle() -> None:
    raw = deliveries.file({"pop": [5, 6]}, [shapely.box(*at().bounds).buffer(500), at(3_000, 0)])
    found = read(raw)
    assert found.x[0] == pytest.approx(ORIGIN[0])
    assert said(found, "areas") == [(None, "noted", "Areas are counted at their middle (1 of them).")]


def test_rows_that_lie_nowhere_are_rejected() -> None:
    raw = deliveries.file({"pop": [5, 6, 7]}, [at(), None, b"no geometry"])
    found = read(raw)
    assert (found.rejected, found.inhabitants.tolist()) == (2, [5])
    assert [row for row, action, _ in said(found, "place_missing") if action == "rejected"] == [2, 3]


def test_a_cell_that_comes_again_is_counted_once() -> None:
    raw = deliveries.file({"pop": range(30)}, [at(1000 * min(n, 28), 0) for n in range(30)])
    found = read(raw)
    assert (found.rejected, found.inhabitants.sum()) == (1, sum(range(29)))
    assert said(found, "cell_repeated") == [
        (30, "rejected", "An earlier row is of the same cell; only that one is counted.")
    ]


def test_a_file_of_people_by_groups_is_refused() -> None:
    raw = deliveries.file({"obs_value": [9, 4, 5], "sex": ["T", "M", "F"]}, [at(), at(), at()])
    with pytest.raises(UnusableInput, match="2 rows are of a cell that an earlier row is of"):
        census.cells(raw)


def test_cells_far_away_are_left_out_and_told() -> None:
    raw = deliveries.file({"pop": [5, 6, 7]}, [at(), at(100_000, 0), at(400_000, 0)])
    found = read(raw)
    assert (found.far, found.inhabitants.tolist()) == (1, [5, 6])
    assert said(found, "far") == [(None, "noted", "Cells more than 130 km from the region are left out: 1.")]


def test_numbers_that_look_like_classes_are_doubted() -> None:
    assert said(read(cells(*(n % 6 + 1 for n in range(60)))), "classes")[0][1] == "kept"
    assert said(read(cells(*(n % 6 + 1 for n in range(10)))), "classes") == []
    assert said(read(cells(*range(60))), "classes") == []


# -- nothing that can be used -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            deliveries.file({"Alter": [5]}, [at()]),
            r"No column holds inhabitants \(Einwohner, .*; the file has: Alter\.",
        ),
        (deliveries.file({"pop": [5]}, [at(400_000, 0)]), "No cell of the file lies in the region, read as EPSG:25832"),
        (deliveries.file({"pop": [5]}, [at(90_000, 0)]), "No cell of the file lies in the region"),
        (deliveries.file({"pop": ["-1"]}, [at()]), "No cell near the region has a number in the column “pop”"),
        (deliveries.file({"pop": [5, 6]}, [at(float("inf"), 0), None]), "No row of the file says where it lies"),
    ],
)
def test_a_file_that_says_nothing_of_people_here_is_refused(raw: RawRecords, message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        census.cells(raw)
