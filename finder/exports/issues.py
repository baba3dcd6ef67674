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

ENDINGS = (".json", ".csv")
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
    check(path)
    listed = rows(issues, language)
    try:
        if path.suffix.lower() == ".json":
            path.write_bytes(orjson.dumps({**head, "issues": listed}, option=orjson.OPT_INDENT_2) + b"\n")
        else:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(COLUMNS)
                writer.writerows([harmless(row[name]) for name in COLUMNS] for row in listed)
    except OSError as error:
        reason = error.strerror or "?"
        raise UnusableInput(
            N_("“%(name)s” cannot be written: %(reason)s."), name=path.name[:80], reason=reason
        ) from error


def check(path: Path) -> None:
    """Refuse a path to which no report can be written, before anything is done that it would report on.

    Raises
    ------
    UnusableInput
        The ending is no known format, or the folder does not exist.
    """
    if path.suffix.lower() not in ENDINGS:
        raise UnusableInput(N_("The report is written as .json or .csv, not as “%(name)s”."), name=path.name[:80])
    if not path.parent.is_dir():
        raise UnusableInput(N_("The folder of “%(name)s” does not exist."), name=path.name[:80])
