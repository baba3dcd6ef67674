"""The report of an import as JSON or CSV."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from finder.errors import UnusableInput
from finder.exports.table import harmless
from finder.language import N_, Language
from finder.model.record import Issue

COLUMNS = ("row", "field", "value", "rule", "action", "message")


def rows(issues: Sequence[Issue], language: Language) -> list[dict[str, object]]:
    """Return issues as plain rows with their messages in the reader's language."""
    return [
        {
            "row": issue.row,
            "field": issue.field,
            "value": issue.value,
            "rule": issue.rule,
            "action": issue.action,
            "message": language.text(issue.message, **issue.params),
        }
        for issue in issues
    ]


def write(path: Path, head: Mapping[str, object], issues: Sequence[Issue], language: Language) -> None:
    """Write the report by the path's ending, .json (with the counts) or .csv (the issues alone)."""
    listed = rows(issues, language)
    match path.suffix.lower():
        case ".json":
            path.write_bytes(orjson.dumps({**head, "issues": listed}, option=orjson.OPT_INDENT_2) + b"\n")
        case ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(COLUMNS)
                writer.writerows([harmless(row[name]) for name in COLUMNS] for row in listed)
        case _:
            raise UnusableInput(N_("The report is written as .json or .csv, not as “%(name)s”."), name=path.name[:80])
