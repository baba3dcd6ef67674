"""The report of an import as JSON or CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """Write the report by the path's ending: .json the document, its iterators as lists, .csv the lines."""
    if path.suffix.lower() == ".json":
        with path.open("wb") as out:
            out.writelines(_json(document))
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([harmless(line.get(name)) for name in columns] for line in lines)


def _json(document: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield a document with one line per member, and per entry of what is told one by one."""
    before = b"{\n"
    for name, value in document.items():
        yield before + _dump(name) + b": "
        before = b",\n"
        if not isinstance(value, Iterator):
            yield _dump(value)
            continue
        between = b"[\n  "
        for entry in value:
            yield between + _dump(entry)
            between = b",\n  "
        yield b"[]" if between.startswith(b"[") else b"\n]"
    yield b"\n}\n"


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, default=plain, option=orjson.OPT_PASSTHROUGH_DATACLASS)
