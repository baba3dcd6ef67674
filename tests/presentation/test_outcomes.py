"""Reports in the reader's words: every kind of value, every line, numbers as numbers."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.exports.properties import plain
from finder.language import Language
from finder.model.attributes import Type
from finder.model.outcome import Change, Conflict, Kind, Missing, Outcome, Outline, Rejected, Report
from finder.model.record import Issue, Origin
from finder.model.site import ATTRIBUTES, Provenance
from finder.model.vocabulary import Status, Zoning
from finder.presentation import outcomes
from finder.presentation.outcomes import Wording
from tests import factories
from tests.store import strategies

EN, DE = Language("en"), Language("de")
SQUARE = Outline.of(factories.square())
MOVED = Outline.of(factories.square(500))
TOWN = "05990001"


def issue(row: int | None, **changes: Any) -> Issue:
    message = "“%(value)s” is negative; the value stays unknown."
    known = {"rule": "negative", "action": "kept", "message": message, "row": row, "field": "grz", "value": "-1"}
    return Issue(**(known | {"params": {"value": "-1"}} | changes))


def report(**changes: Any) -> Report:
    """Return a report with something of everything."""
    changed = Outcome(
        kind=Kind.CHANGED,
        row=2,
        id="M-2",
        name="Zwei",
        changes=(
            Change(field="grz", before=0.6, after=0.8),
            Change(field="status", before=Status.DRAFT, after=Status.PUBLISHED),
            Change(field="geometry", before=SQUARE, after=MOVED),
            Change(field="zoning", before=None, after=(Zoning.GI, Zoning.GE)),
        ),
    )
    conflict = Conflict(
        field="quay", kept=None, delivered=True, actor="officer@example.org", at="2026-06-11T12:00:00+00:00"
    )
    rejected = issue(4, action="rejected", rule="required", field="name", value=None)
    known: dict[str, Any] = {
        "origin": Origin(name="a.csv", format="CSV", sha256="0" * 64, size_bytes=12, encoding="cp1252", delimiter=";"),
        "crs": "EPSG:25832",
        "profile": "finder",
        "chosen": None,
        "at": factories.NOW,
        "dry_run": True,
        "partial": False,
        "stored": False,
        "read": 4,
        "new": 1,
        "changed": 1,
        "unchanged": 1,
        "repaired": 0,
        "conflicts": 1,
        "outcomes": (
            Outcome(kind=Kind.NEW, row=1, id="M-1", name="Eins"),
            changed,
            Outcome(kind=Kind.UNCHANGED, row=3, id="M-3", name="Drei", conflicts=(conflict,)),
        ),
        "rejections": (Rejected(row=4, key="k4", name=None, reasons=(rejected,)),),
        "missing": (Missing(id="M-9", name="Neun", since="2026-06-01T12:00:00+00:00"),),
        "issues": (rejected, issue(2), issue(None)),
    }
    return Report(**(known | changes))


def lines(told: Report, language: Language = EN) -> list[dict[str, Any]]:
    return list(outcomes.lines(told, Wording.of(told, factories.TOWNS, language)))


def document(told: Report, language: Language = EN) -> Any:
    """Return the document as it is read back from JSON."""
    made = outcomes.document(told, Wording.of(told, factories.TOWNS, language))
    made = {name: list(value) if isinstance(value, Iterator) else value for name, value in made.items()}
    return orjson.loads(orjson.dumps(made, default=plain, option=orjson.OPT_PASSTHROUGH_DATACLASS))


def test_every_kind_of_outcome_has_its_lines() -> None:
    found = lines(report())
    assert [(line["kind"], line.get("row"), line.get("id"), line.get("field")) for line in found] == [
        ("new", 1, "M-1", None),
        ("changed", 2, "M-2", "grz"),
        ("changed", 2, "M-2", "status"),
        ("changed", 2, "M-2", "geometry"),
        ("changed", 2, "M-2", "zoning"),
        ("conflict", 3, "M-3", "quay"),
        ("missing", None, "M-9", None),
        ("rejected", 4, None, "name"),
        ("issue", 2, None, "grz"),
        ("issue", None, None, "grz"),
    ]
    assert all(set(line) <= set(outcomes.COLUMNS) for line in found)
    assert (found[1]["label"], found[1]["before"], found[1]["after"]) == ("site occupancy index GRZ", "0.6", "0.8")
    assert found[4]["before"] == "not known"
    assert found[5]["message"] == (
        "Quay: not known stays as edited by officer@example.org on 11 Jun 2026; the file says yes."
    )
    assert found[6]["message"] == "Missing from the file; its withdrawal is proposed since 1 Jun 2026."
    assert (found[7]["key"], found[7]["rule"], found[7]["action"]) == ("k4", "required", "rejected")


def test_words_are_the_readers() -> None:
    german = lines(report(), DE)
    assert (german[1]["before"], german[1]["after"]) == ("0,6", "0,8")
    assert german[2]["after"] == DE.text(Status.PUBLISHED.label)


def test_the_document_keeps_numbers_and_says_them_in_words_beside() -> None:
    told = document(report())
    assert {name: told[name] for name in ("file", "format", "encoding", "delimiter", "crs", "profile", "language")} == {
        "file": "a.csv",
        "format": "CSV",
        "encoding": "cp1252",
        "delimiter": ";",
        "crs": "EPSG:25832",
        "profile": "finder",
        "language": "en",
    }
    assert (told["dry_run"], told["stored"], told["partial"], told["at"]) == (
        True,
        False,
        False,
        "2026-06-01T12:00:00+00:00",
    )
    counts = ("read", "new", "changed", "unchanged", "repaired", "rejected", "missing", "conflicts")
    assert [told[name] for name in counts] == [4, 1, 1, 1, 0, 1, 1, 1]
    grz, status, outline, zoning = told["sites"][1]["changes"]
    assert (grz["before"], grz["after"], grz["text"]) == (0.6, 0.8, "Site occupancy index GRZ: 0.6 → 0.8")
    assert (status["before"], status["after"]) == ("draft", "published")
    assert (outline["after"]["kind"], outline["after"]["corners"]) == ("Polygon", 4)
    assert 7 < outline["after"]["lon"] < 7.5
    assert (zoning["before"], zoning["after"]) == (None, ["GI", "GE"])
    (conflict,) = told["sites"][2]["conflicts"]
    assert (conflict["kept"], conflict["delivered"], conflict["by"]) == (None, True, "officer@example.org")
    assert told["missing_sites"] == [{"id": "M-9", "name": "Neun", "proposed_since": "2026-06-01T12:00:00+00:00"}]
    assert [(row["row"], row["key"], len(row["reasons"])) for row in told["rejected_rows"]] == [(4, "k4", 1)]
    assert [one["row"] for one in told["issues"]] == [4, 2, None]


def test_what_is_only_counted_is_said() -> None:
    told = report(new=5, changed=2)
    assert [line["message"] for line in lines(told) if line["kind"] == "counted"] == [
        "… and 5 new or changed sites that are only counted."
    ]
    assert document(told)["sites_only_counted"] == 5


SPOKEN = {name for name, row in ATTRIBUTES.items() if row.type is not Type.GEOMETRY}


@pytest.mark.parametrize("name", sorted(SPOKEN))
def test_every_fact_has_words_that_tell_its_values_apart(name: str) -> None:
    values = [None, *(value for value in strategies.values(ATTRIBUTES[name]) if value != "")]
    wording = Wording(factories.TOWNS, DE)
    for first, second in itertools.pairwise(values):
        before, after = wording.pair(name, first, second)
        assert before
        assert after
        assert before != after


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("municipality", TOWN, "Musterstadt"),
        ("municipality", "05999999", "05999999"),
        ("sample", True, "yes"),
        ("provenance", {"*": Provenance(source=TOWN, as_of="2026-03", method="desk")}, "Musterstadt · Mar 2026 · desk"),
        ("provenance", {}, "not known"),
        ("further_municipalities", (TOWN,), "Musterstadt"),
        ("stated_area_m2", 40_010.0, "40,010\u00a0m²"),
        ("sectors", (), "none"),
        ("note", "text %s %(x)s", "text %s %(x)s"),
        ("available_from", dt.date(2028, 1, 31), "31 Jan 2028"),
    ],
)
def test_values_in_words(name: str, value: Any, said: str) -> None:
    assert Wording(factories.TOWNS, EN).value(name, value) == said


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_the_smallest_difference_shows(first: float, second: float) -> None:
    before, after = Wording({}, EN).pair("stated_area_m2", first, second)
    assert (before == after) is (first == second)


def test_outlines_that_read_alike_are_told_apart() -> None:
    change = Change(field="geometry", before=SQUARE, after=Outline(kind="Polygon", corners=4, x=SQUARE.x, y=SQUARE.y))
    told = report(outcomes=(Outcome(kind=Kind.CHANGED, row=1, id="a", name="A", changes=(change,)),))
    assert lines(told)[0]["after"] == "another outline"


def test_a_column_that_is_none_of_ours_keeps_its_name() -> None:
    wording = Wording({}, DE)
    assert (wording.label("geo_x"), wording.title("geo_x"), wording.label("changed")) == ("geo_x", "geo_x", "changed")
    assert wording.title("grz") == DE.text(ATTRIBUTES["grz"].label)
