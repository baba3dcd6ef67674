"""A file's columns as profiles find them, and those that no rule takes."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from finder.intake.cells import is_empty, plain_text, shown
from finder.intake.profiles import Profile, key
from finder.language import N_
from finder.model.outcome import PLACE_COLUMN, REASONS_COLUMN, ROW_COLUMN
from finder.model.record import Issue, RawRecords


class Headers:
    """A file's headers, and which of them are taken."""

    def __init__(self, raw: RawRecords) -> None:
        # what was added to rejected rows when they were written out
        added = (ROW_COLUMN, REASONS_COLUMN)
        self._columns = {header: cells for header, cells in raw.columns.items() if header not in added}
        self._by_key: dict[str, str] = {}
        for header in self._columns:
            self._by_key.setdefault(_key(header), header)
        self._taken: set[str] = set()

    def take(self, variants: Sequence[str]) -> list[str]:
        """Return the present ones of the variants in the rule's order; they count as taken. * stands for anything."""
        found: dict[str, None] = {}
        for variant in variants:
            if (named := self._by_key.get(_key(variant))) is not None:
                found[named] = None
            elif "*" in variant:
                matches = _pattern(variant).fullmatch
                found |= dict.fromkeys(header for name, header in self._by_key.items() if matches(name))
        self._taken |= set(found)
        return list(found)

    def cells(self, headers: Sequence[str], join: str | None = None) -> list[Any]:
        """Return one column from several: the first that says something, or all of it joined."""
        columns = [list(self._columns[header]) for header in headers]
        if len(columns) == 1:
            return columns[0]
        rows = zip(*columns, strict=True)
        if join is None:
            return [next((cell for cell in row if not is_empty(cell)), None) for row in rows]
        return [join.join(dict.fromkeys(text for cell in row if (text := plain_text(cell)))) or None for row in rows]

    def left(self) -> list[str]:
        """Return the headers that were not taken."""
        return [header for header in self._columns if header not in self._taken]


def _key(header: str) -> str:
    return header if header == PLACE_COLUMN else key(header)


@functools.lru_cache(maxsize=1_000)
def _pattern(variant: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(key(part)) for part in variant.split("*")), re.DOTALL)


def left_out(headers: Headers, profile: Profile) -> list[Issue]:
    """Name each column that no rule takes, and together those that the profile leaves out on purpose."""
    left = headers.left()
    dropped = set(headers.take(profile.ignore))
    issues = []
    ignored = [header for header in left if header in dropped]
    for header in left:
        if header in dropped:
            continue
        message = N_("No rule takes the column “%(column)s”; it is left out.")
        name = shown(header)
        issues.append(
            Issue(rule="column_not_taken", action="noted", message=message, field=name, params={"column": name})
        )
    if ignored:
        message = N_("The profile leaves these columns out: %(columns)s.")
        columns = shown(", ".join(ignored), 1000)
        issues.append(Issue(rule="columns_left_out", action="noted", message=message, params={"columns": columns}))
    return issues
