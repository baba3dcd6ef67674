"""The report of an import as JSON or CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from finder.errors import UnusableInput
from finder.exports.properties import plain
from finder.exports.table import harmless
from finder.language import N_

ENDINGS = (".json", ".csv")


def check(path: Path) -> None:
    """Refuse an ending that no report is written with."""
    if path.suffix.lower() not in ENDINGS:
        raise UnusableInput(N_("The report is written as .json or .csv, not as “%(name)s”."), name=path.name[:80])


def write(path: Path, document: Mapping[str, Any], columns: Sequence[str], lines: Iterable[Mapping[str, Any]]) -> None:
    """Write the report by the path's ending: .json the document, .csv the lines."""
    if path.suffix.lower() == ".json":
        options = orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATACLASS
        path.write_bytes(orjson.dumps(document, default=plain, option=options) + b"\n")
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([harmless(line.get(name)) for name in columns] for line in lines)
