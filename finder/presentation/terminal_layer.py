"""What became of a zoning layer and of the sites under it, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.text import Text

from finder.language import N_, Language
from finder.model.record import Issue, Origin
from finder.presentation import terminal_report
from finder.presentation.outcomes import Wording
from finder.presentation.terminal import one_line

_ZONES = {
    "read": N_("zones read"),
    "zones": N_("zones stored"),
    "in_force": N_("of plans in force"),
    "repaired": N_("repaired"),
    "rejected": N_("rejected"),
}
_SITES = {
    "given": N_("sites given a zoning"),
    "updated": N_("given another one"),
    "kept": N_("given it before"),
    "withdrawn": N_("taken back from"),
    "by_point": N_("of these by a point"),
    "agreeing": N_("stated, and the same"),
    "differing": N_("stated, and different"),
    "doubtful": N_("not certain"),
    "without": N_("in no zone"),
}


def report(
    origin: Origin,
    source: str,
    counts: Mapping[str, int],
    layers: Mapping[str, int],
    *,
    changed: bool,
    stored: bool,
    zones: tuple[Issue, ...],
    sites: tuple[Issue, ...],
    language: Language,
) -> RenderableType:
    """Return the counts of zones and sites, and below them what was noticed of either."""
    head = language.text(
        N_("%(file)s (%(format)s), layer “%(source)s”"), file=origin.name, format=origin.format, source=source
    )
    parts: list[RenderableType] = [
        Text(one_line(head)),
        *_counts(_ZONES, counts, language),
        *_counts(_SITES, counts, language),
    ]
    if counts["zones"] and not counts["in_force"]:
        parts.append(Text(language.text(N_("No zone is of a plan in force: none says anything of a site."))))
    parts += _layers(layers, language)
    if not stored:
        parts.append(Text(language.text(N_("Nothing was stored."))))
    elif not changed:
        parts.append(Text(language.text(N_("The zones are those that were stored before."))))
    parts += _noticed(N_("What was noticed of the zones"), zones, language)
    return Lines(*parts, *_noticed(N_("What was noticed of the sites"), sites, language))


def withdrawn(
    source: str, counts: Mapping[str, int], layers: Mapping[str, int], sites: tuple[Issue, ...], language: Language
) -> RenderableType:
    """Return the same of a layer that was taken back."""
    head = Text(one_line(language.text(N_("Layer “%(source)s” taken back"), source=source)))
    parts = [head, *_counts(_SITES, counts, language), *_layers(layers, language)]
    return Lines(*parts, *_noticed(N_("What was noticed of the sites"), sites, language))


def _counts(labels: Mapping[str, str], counts: Mapping[str, int], language: Language) -> list[Text]:
    return [Text(f"  {language.text(label):<28} {counts[name]:>9}") for name, label in labels.items()]


def _layers(layers: Mapping[str, int], language: Language) -> list[Text]:
    known = ", ".join(f"{name} ({count})" for name, count in layers.items())
    return [Text(one_line(language.text(N_("Layers stored: %(layers)s"), layers=known)))] if len(layers) > 1 else []


def _noticed(title: str, issues: tuple[Issue, ...], language: Language) -> list[RenderableType]:
    if not issues:
        return []
    return [Text(language.text(title), style="bold"), terminal_report.issues(issues, Wording({}, language))]
