"""Access points from files of one's own: their kinds in German and English, and what is wrong row by row."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.errors import UnusableInput
from finder.intake import access_points, usual
from finder.intake.access_points import Points
from finder.language import Language
from finder.model.record import RawRecords
from finder.model.vocabulary import AccessKind
from tests.factories import at
from tests.intake import deliveries

ENGLISH = Language("en")
FREIGHT, PORT, STATION = AccessKind.RAIL_FREIGHT, AccessKind.INLAND_PORT, AccessKind.RAIL_STATION
CELLS = ("id", "kind", "name", "road", "uncertainty_m", "as_of", "source", "note")


def rows(*given: dict[str, Any], **how: Any) -> RawRecords:
    """Return a file of points; each is a port with a name in the middle of the region unless it says otherwise."""
    full = [
        {"id": str(n), "kind": "Hafen", "name": f"Hafen {n}", "place": at(), **row} for n, row in enumerate(given, 1)
    ]
    named = dict.fromkeys(name for row in full for name in row if name != "place")
    columns = {name: [row.get(name) for row in full] for name in named}
    return deliveries.file(columns, [row["place"] for row in full], **how)


def read(raw: RawRecords, **how: Any) -> Points:
    found = access_points.points(raw, **how)
    assert found.read == len(found.points) + found.rejected + found.far + found.others, "every row is one of these"
    assert len({point.id for point in found.points}) == len(found.points)
    return found


def said(found: Points, action: str) -> list[tuple[int | None, str | None, str]]:
    return [
        (issue.row, issue.field, ENGLISH.text(issue.message, **issue.params))
        for issue in found.issues
        if issue.action == action
    ]


def test_a_row_is_a_point_with_all_that_is_said_of_it() -> None:
    raw = rows(
        {
            "id": "H-1", "kind": "Binnenhafen", "name": "Musterhafen", "Straße": "B 1", "Ungenauigkeit": "300",
            "Stand": "31.12.2024", "Bemerkung": "nur Schüttgut", "place": at(5, 6),
        }
    )  # fmt: skip
    (point,) = read(raw, source="Hafenliste").points
    assert (point.kind, point.name, point.road, point.uncertainty_m) == (PORT, "Musterhafen", "B 1", 300.0)
    assert (point.as_of, point.note, point.source) == ("2024-12-31", "nur Schüttgut", "Hafenliste")
    assert point.geometry == at(5, 6)
    assert point.id.startswith("hafenliste-")
    assert point.id.endswith("-inland_port-H-1")


def test_words_for_kinds_stand_for_one_kind_each() -> None:
    for name, words in usual.words("access")["kinds"].items():
        for word in words:
            assert access_points.word(word) is AccessKind(name), word
    assert set(usual.words("access")["kinds"]) == set(AccessKind)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("rail_freight", FREIGHT),
        ("Gueterbahnhof", FREIGHT),
        ("KV Terminal", FREIGHT),
        ("GLEISANSCHLUSS", FREIGHT),
        (" Binnen-Hafen ", PORT),
        ("Bahnhof", STATION),
        ("Hangar", None),
        ("", None),
    ],
)
def test_kinds_go_by_words_of_both_languages(word: str, kind: AccessKind | None) -> None:
    assert access_points.word(word) is kind


def test_a_bad_row_is_rejected_with_its_field_and_value_and_the_others_stay() -> None:
    raw = rows(
        {},
        {"kind": "Hangar"},
        {"kind": None},
        {"place": None},
        {"name": " "},
        {"id": "1"},
        {"place": at(500_000, 0)},
        {"as_of": "gestern", "uncertainty_m": "weit"},
        {"uncertainty_m": "-5", "as_of": "undatiert"},
    )
    found = read(raw)
    assert [point.name for point in found.points] == ["Hafen 1", "Hafen 8", "Hafen 9"]
    assert said(found, "rejected") == [
        (2, "kind", "“Hangar” is no kind of access point that is known; --kind names one for such rows."),
        (3, "kind", "The row does not say what kind of access point it is."),
        (4, "geometry", "The row says of no place where it lies, or not in a way that can be read."),
        (5, "name", "The access point has no name."),
        (6, "id", "The id “1” is that of an earlier row."),
    ]
    assert said(found, "kept") == [
        (8, "as_of", "“gestern” is not a date of the calendar; the value stays unknown."),
        (8, "uncertainty_m", "“weit” is not a number that can be used here; the value stays unknown."),
        (9, "uncertainty_m", "“-5” is not a number that can be used here; the value stays unknown."),
    ]
    assert said(found, "noted") == [(None, "geometry", "Points more than 130 km from the region are left out: 1.")]
    assert {(point.uncertainty_m, point.as_of) for point in found.points} == {(None, None)}


def test_points_of_one_kind_need_no_column() -> None:
    raw = deliveries.file({"name": ["Eins", "Zwei"]}, [at(), at(1, 1)])
    assert {point.kind for point in read(raw, kind=FREIGHT).points} == {FREIGHT}
    with pytest.raises(UnusableInput, match=r"name it with --kind \(motorway_junction, "):
        access_points.points(raw)


def test_a_kind_that_is_named_holds_for_words_that_are_not_known_and_leaves_others_out() -> None:
    raw = rows({"kind": "Ladestelle West"}, {"kind": "Hafen"}, {"kind": None}, {"kind": "Gleisanschluss"})
    found = read(raw, kind=FREIGHT)
    assert [point.kind for point in found.points] == [FREIGHT] * 3
    assert said(found, "noted") == [(None, "kind", "Rows of other kinds than the one named are left out: 1.")]


def test_a_file_without_a_point_of_the_kind_is_refused() -> None:
    with pytest.raises(UnusableInput, match="no point of the kind rail_freight: all 2 rows are of other kinds"):
        access_points.points(rows({}, {}), kind=FREIGHT)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (rows({"place": at(500_000, 0)}), "All points of the file lie far from the region, read as EPSG:25832"),
        (
            rows({"kind": "Hangar"}, {"place": None}, {"name": None}, {"place": at(500_000, 0)}),
            "that is known 1, without a place 1, without a name 1, too far away 1, of another kind 0",
        ),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_refused(raw: RawRecords, message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        access_points.points(raw)


def test_areas_and_lines_are_stood_for_by_a_point_on_them() -> None:
    area = shapely.difference(at().buffer(500), at().buffer(300))
    found = read(rows({"place": area}, {"place": shapely.LineString([at(), at(100, 0)])}, {"place": at(9, 9)}))
    assert all(point.geometry.geom_type == "Point" for point in found.points)
    assert shapely.covers(area, found.points[0].geometry), "not its middle, which lies in the hole"
    assert said(found, "noted") == [(None, "geometry", "Areas and lines are stood for by a point on them: 2.")]


def test_the_source_is_named_by_the_call_the_rows_or_the_file() -> None:
    raw = rows({"Quelle": "Amt"}, {"Quelle": "Amt"})
    assert read(raw).source == "Amt"
    assert read(raw, source="Liste").source == "Liste"
    several = read(rows({"Quelle": "Amt"}, {"Quelle": "Büro"}))
    assert {point.source for point in several.points} == {several.source} == {"lieferung"}
    assert said(several, "noted")[0][2].startswith("The rows name several sources or none;")


def test_ids_of_sources_never_meet() -> None:
    one, other = (read(rows({}), source=name).points[0].id for name in ("Liste A", "Liste-a"))
    assert one != other
    assert one == read(rows({}), source="Liste A").points[0].id, "and stay what they are"


def test_one_id_may_stand_for_a_port_and_its_terminal() -> None:
    found = read(rows({"id": "7"}, {"id": "7", "kind": "Terminal"}))
    assert [point.kind for point in found.points] == [PORT, FREIGHT]


def test_rows_without_an_id_are_told_apart_by_their_number() -> None:
    assert [point.id[-5:] for point in read(rows({"id": None}, {"id": ""})).points] == ["row-1", "row-2"]


def test_invisible_signs_are_removed_and_told() -> None:
    found = read(rows({"name": "Ha\u202efen"}))
    assert found.points[0].name == "Hafen"
    assert [row for row, field, _ in said(found, "repaired") if field == "name"] == [1]


@given(st.lists(st.fixed_dictionaries({name: st.none() | st.text(max_size=12) | st.integers() for name in CELLS})))
def test_any_cells_are_points_or_told(cells: list[dict[str, Any]]) -> None:
    found = read(rows({}, *({**row, "place": at()} for row in cells)))
    rejected = {row for row, _, _ in said(found, "rejected")}
    assert len(rejected) == found.rejected


def test_what_is_said_of_the_file_as_a_whole() -> None:
    raw = rows({"source": "Liste A"}, {"source": "Liste B", "kind": "Bahnhof"})
    found = read(raw, kind=PORT)
    assert found.others == 1
    assert {issue.rule for issue in found.issues} >= {"several_sources", "other_kind"}
    assert "Rows of other kinds than the one named are left out: 1." in [text for _, _, text in said(found, "noted")]
