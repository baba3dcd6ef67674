"""What became of files of people and of access points, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.text import Text

from finder.language import N_, Language
from finder.model.loaded import AccessReport, AccessWithdrawn, Kinds, PopulationReport
from finder.model.people import Grid
from finder.model.record import Issue, Origin
from finder.model.vocabulary import AccessKind
from finder.presentation import format, listing, terminal_report
from finder.presentation.outcomes import Wording
from finder.presentation.terminal import one_line


def population(report: PopulationReport, language: Language) -> RenderableType:
    """Return the counts of cells and people, and below them what was noticed."""
    grid = report.grid
    counts: list[tuple[str, int | None]] = [
        (N_("cells read"), report.read),
        (N_("cells counted"), grid.cells),
        (N_("without a known number"), grid.unknown),
        (N_("too far away"), grid.far),
        (N_("rejected"), report.rejected),
        (N_("inhabitants"), grid.inhabitants),
        (N_("of these in the region's towns"), report.inside),
        (N_("workforce"), grid.workforce),
        (N_("sites counted anew"), report.measured),
    ]
    parts: list[RenderableType] = [
        *_head(report.origin, grid.source, grid.system, language),
        Text(f"  {listing.dated(grid.as_of, language)}"),
        *(_count(label, number, language) for label, number in counts),
    ]
    if report.inside is None:
        parts.append(Text(language.text(N_("No town of the region has an area, so who lives in them is not known."))))
    elif report.schematic:
        message = N_("The towns' areas are schematic; `finder load boundaries` loads real ones.")
        parts.append(Text(language.text(message)))
    return Lines(*parts, *_end(report.stored, report.changed, report.issues, language))


def withdrawn_population(grid: Grid, measured: int, stored: bool, language: Language) -> RenderableType:
    """Return what grid was taken back."""
    head = language.text(N_("Population “%(source)s” taken back; towns count again."), source=grid.source)
    return Lines(
        Text(one_line(head)),
        _count(N_("sites counted anew"), measured, language),
        *_end(stored, True, (), language),
    )


def access(report: AccessReport, language: Language) -> RenderableType:
    """Return the counts of points, by kind beside those that there are now, and what was noticed."""
    counts = (
        (N_("rows read"), report.read),
        (N_("too far away"), report.far),
        (N_("of other kinds"), report.others),
        (N_("rejected"), report.rejected),
        (N_("sites measured anew"), report.measured),
    )
    return Lines(
        *_head(report.origin, report.source, report.system, language),
        *(_count(label, number, language) for label, number in counts),
        *_kinds({N_("loaded"): report.loaded, N_("taken away"): report.removed}, report.total, language),
        *_end(report.stored, bool(report.changed), report.issues, language),
    )


def withdrawn_access(report: AccessWithdrawn, language: Language) -> RenderableType:
    """Return which points were taken back, and which bundled ones are there again."""
    head = language.text(N_("Access points “%(source)s” taken back"), source=report.source)
    columns = {N_("taken away"): report.removed, N_("bundled ones returned"): report.returned}
    return Lines(
        Text(one_line(head)),
        _count(N_("sites measured anew"), report.measured, language),
        *_kinds(columns, report.total, language),
        *_end(report.stored, True, (), language),
    )


def _head(origin: Origin, source: str, system: str, language: Language) -> list[RenderableType]:
    head = language.text(
        N_("%(file)s (%(format)s), source “%(source)s”"), file=origin.name, format=origin.format, source=source
    )
    placed = language.text(N_("coordinates in %(value)s"), value=system)
    return [Text(one_line(head)), Text(f"  {one_line(placed)}")]


def _kinds(columns: Mapping[str, Kinds], total: Kinds, language: Language) -> list[Text]:
    lines = []
    for kind in AccessKind:
        said = [
            f"{language.text(label)} {format.number(counts[kind], language)}"
            for label, counts in columns.items()
            if counts.get(kind)
        ]
        if said:
            now = language.text(N_("now %(n)s"), n=format.number(total.get(kind, 0), language))
            lines.append(Text(f"  {language.text(kind.label)}: {', '.join([*said, now])}"))
    return lines


def _count(label: str, number: int | None, language: Language) -> Text:
    said = language.text(N_("not known")) if number is None else format.number(number, language)
    return Text(f"  {language.text(label):<32} {said:>12}")


def _end(stored: bool, changed: bool, issues: tuple[Issue, ...], language: Language) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if not stored:
        parts.append(Text(language.text(N_("Nothing was stored."))))
    elif not changed:
        parts.append(Text(language.text(N_("Everything is as it was stored before."))))
    if issues:
        parts.append(Text(language.text(N_("What was noticed")), style="bold"))
        parts.append(terminal_report.issues(issues, Wording({}, language)))
    return parts
