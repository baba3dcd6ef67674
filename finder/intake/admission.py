"""Which rows are sites at all: what the profile's signs say of others, and of those that their supplier takes back."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from finder.intake import composing
from finder.intake.cells import is_empty, shown
from finder.intake.findings import Finding, Marked, Marks, Work
from finder.intake.headers import Headers
from finder.intake.parts import Sign
from finder.intake.profiles import Profile
from finder.language import N_
from finder.model.record import Issue


def marks(headers: Headers, profile: Profile, rows: list[int]) -> Marks:
    """Return the marks of the rows with these numbers."""
    withdrawn = _marked(headers, profile.withdrawn, rows, wanted=True) if profile.withdrawn else {}
    others: dict[int, tuple[str, str]] = {}
    for sign in profile.only:
        for row, told in _marked(headers, sign, rows, wanted=False).items():
            if row not in withdrawn:
                others.setdefault(row, told)
    again = Sign(headers=tuple(header for rule in profile.columns for header in rule.check))
    towns = _marked(headers, again, rows, wanted=True)
    return Marks(others=others, withdrawn=withdrawn, towns=towns)


def partial(headers: Headers, profile: Profile) -> bool:
    """Return whether the file says that it holds only some of its source's sites."""
    told = composing.said(headers, profile.partial) if profile.partial else None
    return told is not None and any(told.counts)


def partial_issue() -> Issue:
    """Return the remark on a file that says it holds only some sites."""
    message = N_("The file says that it holds only a part of its source's sites; no other one counts as missing.")
    return Issue(rule="partial", action="noted", message=message)


def _marked(headers: Headers, sign: Sign, rows: list[int], *, wanted: bool) -> dict[int, tuple[str, str]]:
    told = composing.said(headers, sign)
    if told is None:
        return {}
    columns = [(header, headers.cells([header])) for header in told.headers]
    found = {}
    for position, row in enumerate(rows):
        if told.counts[position] is wanted:
            speaking = (header for header, cells in columns if not is_empty(cells[position]))
            found[row] = next(speaking, told.headers[0]), shown(composing.text_of(told.cells[position]) or "–")
    return found


def withdrawn(work: Work) -> list[Finding]:
    """Find rows that their supplier withdraws."""
    return _found(work, work.marks.withdrawn)


def others(work: Work) -> list[Finding]:
    """Find rows that are no sites."""
    return _found(work, work.marks.others)


def _found(work: Work, marked: Marked) -> list[Finding]:
    by_column: dict[str, list[int]] = defaultdict(list)
    for position, row in enumerate(work.frame.index.tolist()):
        if row in marked:
            by_column[marked[row][0]].append(position)
    return [
        Finding(
            field=shown(column),
            positions=np.array(positions, dtype=np.intp),
            values=[marked[row][1] for row in work.frame.index[positions].tolist()],
        )
        for column, positions in by_column.items()
    ]
