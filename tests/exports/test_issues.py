"""The report of an import: what was noticed, in the reader's language, in a form that programs and people read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from finder.errors import UnusableInput
from finder.exports import answers, issues
from finder.language import Language
from finder.model.record import Issue
from finder.search.answer import ask
from finder.search.criteria import Context
from finder.search.question import read
from finder.store.database import Database
from tests import factories

FOUND = [
    Issue(rule="file", action="noted", message="The file is damaged."),
    Issue(
        rule="id_taken",
        action="rejected",
        message="The id “%(value)s” belongs to another site.",
        row=3,
        field="id",
        value="=1+1",
        params={"value": "=1+1"},
    ),
]


def test_json_has_the_counts_and_every_issue(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    issues.write(path, {"file": "a.csv", "read": 7}, FOUND, Language("en"))
    told = json.loads(path.read_text(encoding="utf-8"))
    assert {name: told[name] for name in ("file", "read")} == {"file": "a.csv", "read": 7}
    assert told["issues"][1] == {
        "row": 3,
        "field": "id",
        "value": "=1+1",
        "rule": "id_taken",
        "action": "rejected",
        "message": "The id “=1+1” belongs to another site.",
    }


def test_csv_is_guarded_against_formulas(tmp_path: Path) -> None:
    path = tmp_path / "report.CSV"
    issues.write(path, {}, FOUND, Language("de"))
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["value"] for row in rows] == ["", "'=1+1"]
    assert rows[1]["message"] != rows[1]["rule"]
    assert "=1+1" in rows[1]["message"]
    assert "belongs" not in rows[1]["message"], "German was asked for"


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"written as .json or .csv, not as “report.txt”"):
        issues.write(tmp_path / "report.txt", {}, FOUND, Language())


def test_an_answer_as_json_says_what_was_left_out(filled: Database) -> None:
    pairs = [("zoning", "GI"), ("min_area", "1ha"), ("unknown", "include")]
    with filled.reading() as session:
        asked = read(pairs, Context(today=factories.TODAY))
        found = ask(session, asked, today=factories.TODAY, hidden_after_days=365)
    told = json.loads(answers.dump(found))
    assert (told["matched"], told["searched"], told["left_out_unknown"]) == (3, 3, 2)
    assert told["left_out_by"] == {"min_area": 2, "zoning": 2}
    assert {one["id"]: one["unknown_criteria"] for one in told["sites"]} == {
        "whole": [],
        "bare": ["min_area", "zoning"],
        "spot": ["min_area", "zoning"],
    }
