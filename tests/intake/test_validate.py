"""The rules: each with a delivery that breaks it and one that passes it."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, Point

from finder.errors import UnusableInput
from finder.intake import cells
from finder.intake.normalise import Batch
from finder.intake.parts import Sign
from finder.intake.validate import RULES, Rule, validate
from finder.model.vocabulary import GeometryQuality
from tests import tree
from tests.factories import TODAY, TOWNS, at, square
from tests.intake.deliveries import FINDER, REGION, check, facts, file, judge, named, read, rows, sentences, table
from tests.intake.test_casting import ABSURD
from tests.intake.test_normalise import CELLS
from tests.intake.test_outlines import BOW_TIE, NEEDLE, SPIKE_OF_NO_WIDTH, swap

Row = Mapping[str, object]
FAR = Point(900_000, 6_500_000)
TOMORROW = "2026-06-02"


@dataclass(frozen=True)
class Case:
    """Rows (their place beside their cells) of which the last breaks the rule, and rows that all pass it."""

    rule: str
    action: str
    breaks: Sequence[Row]
    passes: Sequence[Row]

    def __str__(self) -> str:
        return f"{self.rule}-{self.action}"


SIGNED = dataclasses.replace(
    FINDER,
    withdrawn=Sign(headers=("end-date",)),
    columns=tuple(
        dataclasses.replace(column, check=("town",)) if column.attribute == "municipality" else column
        for column in FINDER.columns
    ),
    only=(Sign(headers=("kind", "sort"), words=("plot*",), empty=True),),
)
"""Our own schema, with columns that say which rows are sites."""
CASES = [
    Case("withdrawn_by_supplier", "rejected", [{}, {"end-date": "2026-01-01"}], [{"end-date": " "}, {"kind": "hall"}]),
    Case("not_a_site", "rejected", [{"kind": "plots"}, {"sort": "hall"}], [{"kind": "Plot 7"}, {"sort": ""}]),
    Case("required", "rejected", [{"name": " "}], [{}]),
    Case("municipality_code", "repaired", [{"municipality": 5990001}], [{}, {"municipality": "Musterstadt"}]),
    Case("municipality_unknown", "rejected", [{"municipality": "Anderswo"}], [{}, {"municipality": "MUSTERSTADT"}]),
    Case(
        "municipality_differs",
        "kept",
        [{"town": "Musterstadt"}, {"town": "beispielhausen"}],
        [{"town": "MUSTERSTADT"}, {"town": "Anderswo"}, {"town": ""}, {"town": "05990001"}],
    ),
    Case("source_missing", "repaired", [{"source": None}], [{}]),
    Case("id_form", "kept", [{"id": "a b"}], [{"id": "EL-100_1.a"}, {"id": None}]),
    Case("not_finite", "rejected", [{"geometry": Point(np.inf, 1)}], [{"geometry": at()}, {"geometry": None}]),
    Case("geometry_empty", "kept", [{"geometry": shapely.Polygon()}], [{"geometry": square()}]),
    Case("geometry_collection", "repaired", [{"geometry": MultiPoint([at()])}], [{"geometry": at()}]),
    Case("geometry_kind", "rejected", [{"geometry": LineString([at(), at(9)])}], [{"geometry": square()}]),
    Case("axes_swapped", "repaired", [{"geometry": swap(square())}], [{"geometry": square()}, {"geometry": FAR}]),
    Case("outline_invalid", "repaired", [{"geometry": SPIKE_OF_NO_WIDTH}], [{"geometry": square()}]),
    Case("outline_invalid", "rejected", [{"geometry": BOW_TIE}], [{"geometry": SPIKE_OF_NO_WIDTH}]),
    Case("no_area", "rejected", [{"geometry": square(side=0.5)}], [{"geometry": square(side=2)}, {"geometry": at()}]),
    Case("outside", "rejected", [{"geometry": FAR}], [{"geometry": at()}, {"geometry": None}]),
    Case("repeated", "rejected", [{"source_id": "a"}, {"source_id": "a"}], [{"source_id": "a"}, {"source_id": "A"}]),
    Case("id_repeated", "rejected", [{"id": "a"}, {"id": "a"}], [{"id": "a"}, {"id": None}, {"id": None}]),
    Case("spike", "kept", [{"geometry": NEEDLE}], [{"geometry": square()}]),
    Case(
        "quality",
        "kept",
        [{"geometry": square(), "geometry_quality": "point"}],
        [{"geometry": square(), "geometry_quality": "parcel"}, {"geometry": at(), "geometry_quality": "approximate"}],
    ),
    Case("negative", "kept", [{"grz": "-0,8"}], [{"grz": 0}, {"grz": None}]),
    Case("no_size", "noted", [{"stated_area_m2": 0}], [{"stated_area_m2": 1}, {"stated_area_m2": None}]),
    Case(
        "stated_area",
        "kept",
        [{"stated_area_m2": 42_100, "geometry": square()}],
        [
            {"stated_area_m2": 41_900, "geometry": square()},
            {"stated_area_m2": 38_100, "geometry": square()},
            {"stated_area_m2": 90_000, "geometry": square(), "geometry_quality": "approximate"},
            {"stated_area_m2": 90_000, "geometry": at()},
            {"stated_area_m2": 90_000, "geometry": None},
        ],
    ),
    Case(
        "part_larger",
        "kept",
        [{"stated_area_m2": 1000, "net_area_m2": 1051}],
        [{"stated_area_m2": 1000, "net_area_m2": 1049}, {"stated_area_m2": 0, "net_area_m2": 5}, {"net_area_m2": 5}],
    ),
    Case(
        "guideline",
        "kept",
        [{"zoning": "GE", "grz": 0.9}],
        [{"zoning": "GE", "grz": 0.8}, {"zoning": "GE; MK", "grz": 1.0}, {"zoning": "WA", "grz": 0.9}, {"grz": 0.9}],
    ),
    Case(
        "plan_lapsed",
        "kept",
        [{"plan_status": "none", "plan_name": "Nr. 7"}],
        [{"plan_status": "none"}, {"plan_status": "in_force", "plan_name": "Nr. 7"}, {"plan_name": "Nr. 7"}],
    ),
    Case("grz_above_one", "kept", [{"grz": "1.8"}], [{"grz": 1}, {"grz": 1.8, "zoning": "GE"}, {"gfz": 1.8}]),
    Case("future", "kept", [{"verified_on": TOMORROW}], [{"verified_on": str(TODAY)}, {"available_from": TOMORROW}]),
]


def deliver(cells: Sequence[Row], *, area: Any = REGION, home: Any = None, **how: Any) -> Batch:
    """Return rows, each with its place, read and checked."""
    placed = any("geometry" in row for row in cells)
    plain = [{name: value for name, value in row.items() if name != "geometry"} for row in cells]
    geometry = [row.get("geometry") for row in cells] if placed else None
    return check(read(rows(*plain, geometry=geometry, **how), SIGNED), area=area, home=home)


# -- the table --------------------------------------------------------------------------------------------------------


def test_every_rule_has_a_case() -> None:
    assert [(rule.id, rule.action) for rule in RULES] == [(case.rule, case.action) for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_delivery_that_breaks_the_rule(case: Case) -> None:
    batch = deliver(case.breaks)
    issues = named(batch, case.rule)
    last = len(case.breaks)
    assert [(issue.action, issue.row) for issue in issues] == [(case.action, last)]
    assert batch.rejected == ({last} if case.action == "rejected" else set())
    assert (last in batch.frame.index) == (case.action != "rejected")
    sentences(batch.issues)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_delivery_that_passes_the_rule(case: Case) -> None:
    batch = deliver(case.passes)
    assert [issue for issue in named(batch, case.rule) if issue.action == case.action] == []


def test_only_who_is_at_home_names_the_towns_of_the_region() -> None:
    cells = [
        {"municipality": "Musterstadt", "geometry": at()},
        {"municipality": "Musterstadt", "geometry": None},
        {"municipality": "Musterstadt", "geometry": FAR},
        {"municipality": 5990001, "geometry": FAR},
        {"municipality": "Anderswo", "geometry": at()},
    ]
    batch = deliver(cells, area=None, home=REGION)
    assert list(batch.frame["municipality"]) == ["05990001", "05990001", "Musterstadt", "5990001", "Anderswo"]
    assert not batch.rejected


def test_of_a_repeated_key_the_first_row_that_stands_counts() -> None:
    batch = deliver([{"source_id": "a", "geometry": FAR}, {"source_id": "a", "geometry": at()}])
    assert batch.rejected == {1}
    assert not named(batch, "repeated")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id}-{rule.action}")
def test_rules_are_well_formed(rule: Rule) -> None:
    assert rule.action in ("rejected", "repaired", "kept", "noted")
    assert rule.message


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rejected_row_takes_no_other_with_it(case: Case) -> None:
    batch = deliver([*case.breaks, {"source_id": "other"}])
    assert facts(batch, -1)["source_id"] == "other"
    assert batch.read == len(batch.frame) + len(batch.rejected)


# -- the way through --------------------------------------------------------------------------------------------------


def test_a_row_is_rejected_once_and_not_examined_further() -> None:
    batch = deliver([{"name": None, "source_id": None, "grz": "-1", "geometry": BOW_TIE}])
    assert [(issue.rule, issue.field) for issue in batch.issues] == [("required", "name"), ("required", "source_id")]
    assert batch.rejected == {1}
    assert len(batch.frame) == 0


def test_what_was_rejected_before_stays_rejected() -> None:
    batch = read(rows({}, {}))
    batch = Batch(**{**vars(batch), "frame": batch.frame.drop(index=1), "rejected": {1}})
    batch = check(batch)
    assert batch.rejected == {1}
    assert batch.frame.index.tolist() == [2]


def test_the_batch_itself_is_left_alone() -> None:
    batch = read(rows({"municipality": "Musterstadt", "grz": -1, "source": None}))
    before = batch.frame.copy(deep=True)
    issues = list(batch.issues)
    check(batch)
    assert batch.frame.equals(before)
    assert batch.issues == issues


def test_checking_twice_finds_nothing_new_to_repair() -> None:
    broken = [row for case in CASES for row in case.breaks if "source_id" not in row and "id" not in row]
    batch = check(deliver(broken))
    again = check(Batch(**{**vars(batch), "issues": []}))
    assert not [issue for issue in again.issues if issue.action in ("repaired", "rejected")]
    assert again.frame.equals(batch.frame)


def test_all_rows_rejected() -> None:
    batch = deliver([{"name": None, "geometry": at()}] * 3)
    assert len(batch.frame) == 0
    assert batch.rejected == {1, 2, 3}
    assert "area_m2" in batch.frame


@pytest.mark.parametrize("raw", [table({}), table({"name": []}), file({}, []), file({"name": [], "grz": []}, [])])
def test_no_rows_at_all(raw: Any) -> None:
    batch = check(read(raw))
    assert len(batch.frame) == 0
    assert batch.rejected == set()


def test_today_is_today_unless_told() -> None:
    batch = validate(read(rows({"verified_on": "2199-01-01"})), municipalities={}, area=None)
    assert facts(batch)["verified_on"] is None


def test_anywhere_and_any_town() -> None:
    raw = rows({"municipality": "Anderswo", "geometry": None}, geometry=[FAR])
    batch = validate(read(raw), municipalities={}, area=None, today=TODAY)
    assert batch.rejected == set()
    assert facts(batch)["municipality"] == "Anderswo"
    assert facts(batch)["geometry"] == FAR


# -- many at once -----------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(CASES), max_size=8), st.booleans())
def test_rows_are_judged_one_by_one(cases: list[Case], anywhere: bool) -> None:
    """Rows that break a rule alone break it in company, and read is stored and rejected."""
    cells = [
        {**case.breaks[-1], "source_id": f"{number}", "id": None}
        for number, case in enumerate(cases)
        if case.rule not in ("repeated", "id_repeated", "id_form")
    ]
    batch = deliver(cells, area=None if anywhere else REGION)
    assert batch.read == len(cells) == len(batch.frame) + len(batch.rejected)
    assert batch.rejected == {issue.row for issue in batch.issues if issue.action == "rejected"}
    expected = [
        not {issue.action for issue in deliver([row], area=None if anywhere else REGION).issues} & {"rejected"}
        for row in cells
    ]
    assert [row in batch.frame.index for row in range(1, len(cells) + 1)] == expected


SHAPES = st.sampled_from(
    [None, at(), square(), BOW_TIE, NEEDLE, SPIKE_OF_NO_WIDTH, FAR, swap(square()), Point(), MultiPoint([at(), at(1)])]
) | st.builds(Point, st.floats(), st.floats())


@given(
    st.lists(st.tuples(CELLS, SHAPES), min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from(["EPSG:4326", "EPSG:25832", None]),
)
def test_nothing_in_a_file_is_an_error(
    given_: list[tuple[dict[str, object], Any]], anywhere: bool, system: str | None
) -> None:
    cells, shapes = zip(*given_, strict=True)
    raw = rows(*cells) if system is None else rows(*cells, geometry=shapes, crs=system)
    batch = validate(
        read(raw), municipalities={} if anywhere else TOWNS, area=None if anywhere else REGION, today=TODAY
    )
    assert batch.read == len(cells) == len(batch.frame) + len(batch.rejected)
    sentences(batch.issues)
    for name, dtype in batch.frame.dtypes.items():
        assert dtype in (np.dtype("float64"), np.dtype(object)), name
    for shape in batch.frame.get("geometry", []):
        assert shape is None or (shape.is_valid and shape.geom_type in ("Point", "Polygon", "MultiPolygon"))
    for quality in batch.frame.get("geometry_quality", []):
        assert quality is None or isinstance(quality, GeometryQuality)


@given(st.dictionaries(st.text(max_size=5), st.lists(ABSURD, min_size=2, max_size=2), max_size=4))
def test_columns_of_any_name_are_no_error(columns: dict[str, list[object]]) -> None:
    needed = {"name": ["a", "b"], "source_id": [1, 2], "municipality": ["05990001"] * 2}
    batch = check(read(table({**columns, **needed})))
    assert batch.read == 2
    sentences(batch.issues)


# -- nothing is said untested -----------------------------------------------------------------------------------------


def rule_names(module: ast.Module) -> Iterator[str]:
    """Yield the rules a module gives its issues: `rule=` or `id=`, or the first argument of what makes one."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            named = [keyword.value for keyword in node.keywords if keyword.arg in ("rule", "id")]
            maker = node.func.id if isinstance(node.func, ast.Name) else ""
            first = node.args[:1] if maker in ("bad", "_problem", "_kept") else []
            yield from (str(arg.value) for arg in (*named, *first) if isinstance(arg, ast.Constant))


def test_every_kind_of_issue_is_tested() -> None:
    said = {
        (name, path.name)
        for path in tree.modules()
        if path.parts[1] == "intake"
        for name in rule_names(tree.parsed(path))
    }
    assert len(said) > 40
    rooms = ("intake", "pipeline")  # layers of zones are tested where they are loaded
    tests = "".join((tree.TOP / path).read_text() for path in tree.modules("tests") if path.parts[1] in rooms)
    assert not {(name, module) for name, module in said if f'"{name}"' not in tests}


@pytest.mark.parametrize(
    "wrong",
    [
        {"price_eur_m2": "x"},
        {"status": "x", "quay": "perhaps"},
        {"restrictions": [{"kind": "x"}] * 5},
        {"source": None},
    ],
    ids=["one column", "two columns", "many in a cell", "what rules find"],
)
def test_files_of_which_nearly_everything_is_wrong_are_refused(
    wrong: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    count = len(judge(*[wrong] * 4).issues)
    assert count >= 4
    monkeypatch.setattr(cells, "MOST_ISSUES", count)
    judge(*[wrong] * 4)
    monkeypatch.setattr(cells, "MOST_ISSUES", count - 1)
    with pytest.raises(UnusableInput, match="hardly meant for this profile"):
        judge(*[wrong] * 4)
