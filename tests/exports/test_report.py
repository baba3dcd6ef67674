"""The report as JSON and CSV: whole, and harmless to spreadsheets."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

from finder.errors import UnusableInput
from finder.exports import report
from finder.model.outcome import Outline
from finder.model.site import Contact, Provenance
from finder.model.vocabulary import Zoning

COLUMNS = ("kind", "row", "before", "message")
HOSTILE = ("=1+1", "@x", "\t=1", 'a;b,"c"\r\nd', "ä€\u202e", "'=1", "-1")


def test_json_has_the_models_values(tmp_path: Path) -> None:
    document = {
        "read": 3,
        "empty": iter(()),
        "issues": iter([{"row": 1}, {"row": 2}]),
        "sites": [
            {
                "before": (Zoning.GI, Zoning.GE),
                "after": dt.date(2028, 1, 31),
                "contact": Contact(name="Ansprechstelle"),
                "outline": Outline(kind="Point", corners=1, x=1.5, y=2.5),
                "provenance": {"*": Provenance(source="Muster")},
                "none": None,
            }
        ],
    }
    report.write(tmp_path / "r.JSON", document, COLUMNS, [])
    assert json.loads((tmp_path / "r.JSON").read_text(encoding="utf-8")) == {
        "read": 3,
        "empty": [],
        "issues": [{"row": 1}, {"row": 2}],
        "sites": [
            {
                "before": ["GI", "GE"],
                "after": "2028-01-31",
                "contact": {"name": "Ansprechstelle"},
                "outline": {"kind": "Point", "corners": 1, "x": 1.5, "y": 2.5},
                "provenance": {"*": {"source": "Muster"}},
                "none": None,
            }
        ],
    }


def test_csv_has_one_line_each_and_no_formulas(tmp_path: Path) -> None:
    lines = [{"kind": "issue", "row": -3, "message": text} for text in HOSTILE]
    report.write(tmp_path / "r.csv", {}, COLUMNS, lines)
    assert (tmp_path / "r.csv").read_bytes().startswith(b"\xef\xbb\xbf"), "spreadsheets see that it is UTF-8"
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows] == ["-3"] * len(HOSTILE), "numbers stay numbers"
    assert [row["before"] for row in rows] == [""] * len(HOSTILE)
    guarded = {"=1+1", "@x", "\t=1", "'=1", "-1"}
    assert [row["message"] for row in rows] == [f"'{text}" if text in guarded else text for text in HOSTILE]


@pytest.mark.parametrize("name", ["r.pdf", "r", "csv"])
def test_other_endings_are_refused(name: str) -> None:
    with pytest.raises(UnusableInput, match=r"written as \.json or \.csv"):
        report.check(Path(name))
    report.check(Path("r.CSV"))
