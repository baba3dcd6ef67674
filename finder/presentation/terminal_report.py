"""What became of a file, on a terminal: the counts, what changed first, and what was noticed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from finder.language import N_, Language
from finder.model.outcome import Kind, Outcome, Report, summary
from finder.model.record import Issue
from finder.presentation.outcomes import Wording, untold
from finder.presentation.terminal import one_line

MOST = 20
"""So many changes, conflicts and missing sites are shown; the report in a file tells all."""
_LONGEST = 300  # signs in a cell
_REST = N_("… and %(n)s more; --report FILE.csv writes all.")
_COUNTS = {
    "read": N_("read"),
    "new": N_("new"),
    "changed": N_("changed"),
    "unchanged": N_("unchanged"),
    "repaired": N_("repaired"),
    "rejected": N_("rejected"),
    "missing": N_("missing from file"),
    "conflicts": N_("kept as edited"),
}


def report(report: Report, wording: Wording) -> RenderableType:
    """Return the whole in short."""
    language = wording.language
    read = {"file": report.origin.name, "format": report.origin.format, "profile": report.profile}
    parts: list[RenderableType] = [Text(language.text(N_("%(file)s (%(format)s, profile %(profile)s)"), **read))]
    parts += (Text(f"  {line}") for line in _how(report, wording))
    parts += (Text(f"  {language.text(_COUNTS[name]):<20} {count:>9}") for name, count in summary(report).items())
    if not report.stored:
        parts.append(Text(language.text(N_("Nothing was stored."))))
    return Lines(*parts, *_sites(report, wording), *_missing(report, wording), *_noticed(report, wording))


def _how(report: Report, wording: Wording) -> Iterator[str]:
    """Yield what was found out about the file, and why the profile was taken."""
    origin, text = report.origin, wording.language.text
    delimiter = text(N_("tab")) if origin.delimiter == "\t" else origin.delimiter
    known = (
        (N_("layer %(value)s"), origin.layer),
        (N_("encoding %(value)s"), origin.encoding),
        (N_("separated by %(value)s"), delimiter),
        (N_("coordinates in %(value)s"), report.crs),
    )
    if said := ", ".join(text(message, value=value) for message, value in known if value):
        yield said
    if report.chosen is not None:
        yield wording.message(report.chosen)


def _sites(report: Report, wording: Wording) -> Iterator[RenderableType]:
    language = wording.language
    changes = (
        (outcome, wording.change(change))
        for outcome in report.outcomes
        if outcome.kind is Kind.CHANGED
        for change in outcome.changes
    )
    total = sum(len(outcome.changes) for outcome in report.outcomes)
    yield from _told(N_("What changes"), changes, total, language)
    if report.untold:
        yield Text(untold(report, language))
    conflicts = ((outcome, wording.conflict(conflict)) for outcome in report.outcomes for conflict in outcome.conflicts)
    yield from _told(N_("What stays as it was edited at the desk"), conflicts, report.conflicts, language)


def _told(title: str, lines: Iterator[tuple[Outcome, str]], total: int, language: Language) -> Iterator[RenderableType]:
    """Yield the first lines under their title, each site named once."""
    if not total:
        return
    table = _table(language, N_("Row"), N_("Id"), N_("Name"), N_("What"))
    last = None
    for outcome, text in itertools.islice(lines, MOST):
        site = ("", "", "") if outcome is last else (str(outcome.row), outcome.id, outcome.name)
        table.add_row(*(_cell(cell) for cell in (*site, text)))
        last = outcome
    yield Text(language.text(title), style="bold")
    yield table
    if total > MOST:
        yield Text(language.text(_REST, n=total - MOST))


def _missing(report: Report, wording: Wording) -> Iterator[RenderableType]:
    if not report.missing:
        return
    language = wording.language
    table = _table(language, N_("Id"), N_("Name"), N_("Proposed since"))
    for one in report.missing[:MOST]:
        table.add_row(_cell(one.id), _cell(one.name), Text(wording.date(one.since)))
    yield Text(language.text(N_("Missing from the file and proposed for withdrawal")), style="bold")
    yield table
    if len(report.missing) > MOST:
        yield Text(language.text(_REST, n=len(report.missing) - MOST))
    if not report.partial:
        yield Text(language.text(N_("If the file holds only some of its source's sites, bring it in with --partial.")))


def _noticed(report: Report, wording: Wording) -> Iterator[RenderableType]:
    if report.issues:
        yield Text(wording.language.text(N_("What was noticed")), style="bold")
        yield issues(report.issues, wording)


def _cell(text: str) -> Text:
    line = one_line(text[: _LONGEST + 1])
    return Text(line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…")


def _table(language: Language, *titles: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(language.text(title), overflow="fold")
    return table


def issues(found: tuple[Issue, ...], wording: Wording, limit: int = 50) -> RenderableType:
    """Return the issues of an import, equal ones of several rows in one line, the first `limit` lines."""
    language = wording.language
    table = _table(language, N_("Row"), N_("Field"), N_("Value"), N_("Done"), N_("What"))
    done = {
        "rejected": N_("rejected"),
        "repaired": N_("repaired"),
        "kept": N_("kept"),
        "noted": N_("noted"),
    }
    lines: dict[tuple[str, str, str, str], list[int]] = {}
    for issue in found:
        field = "" if issue.field is None else wording.title(issue.field)
        line = (field, (issue.value or "")[:60], language.text(done[issue.action]), wording.message(issue))
        lines.setdefault(line, []).extend(() if issue.row is None else (issue.row,))
    for cells, numbers in list(lines.items())[:limit]:
        table.add_row(ranges(numbers), *(Text(cell) for cell in cells))
    if len(lines) <= limit:
        return table
    return Lines(table, Text(language.text(_REST, n=len(lines) - limit)))


def ranges(numbers: Iterable[int], most: int = 6) -> str:
    """Return row numbers as "1–3, 7, …", at most so many parts."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    words = ["–".join(map(str, part)) for part in parts]
    return ", ".join([*words[:most], *(["…"] if len(words) > most else [])])
