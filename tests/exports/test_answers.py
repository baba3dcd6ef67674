"""Answers as JSON."""

from __future__ import annotations

import json

from finder.exports import answers
from finder.search.answer import ask
from finder.search.criteria import Context
from finder.search.question import read
from finder.store.database import Database
from tests import factories


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
