"""Zoning layers: bringing them in and telling what they say of the sites."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from finder import crs, pipeline
from finder.cli.workplace import Workplace, out
from finder.errors import ConfigError
from finder.exports import report as report_file
from finder.exports.aside import Aside
from finder.language import N_, Language
from finder.model.record import Issue
from finder.presentation import terminal_layer
from finder.presentation.outcomes import Wording

COLUMNS = ("about", "row", "id", "field", "value", "rule", "action", "message")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--profile", help="A TOML file that says which columns hold what; the usual names are known without.")
@click.option("--layer", help="Layer to read where a file has several.")
@click.option(
    "--crs", "crs_given", help=f"Coordinate reference system where the file names none, such as EPSG:{crs.METRIC}."
)
@click.option("--source", help="Name of the layer; a file of that name takes the older one's place.")
@click.option("--withdraw", help="Take the layer of this name back instead, and what sites have from it.")
@click.option("--dry-run", is_flag=True, help="Show what would be done and store nothing.")
@click.option(
    "--report",
    "report_path",
    type=click.Path(path_type=Path),
    help="Write all that was noticed to a .json or .csv file.",
)
@click.pass_obj
def zoning(
    workplace: Workplace,
    path: Path | None,
    profile: str | None,
    layer: str | None,
    crs_given: str | None,
    source: str | None,
    withdraw: str | None,
    dry_run: bool,
    report_path: Path | None,
) -> None:
    """Load the zones of plans: they give sites the zoning nobody stated, and are compared with the stated one."""
    if (path is None) == (withdraw is None):
        raise ConfigError(N_("Name either a file or a layer to --withdraw."))
    if path is None:
        _withdraw(workplace, str(withdraw), dry_run)
        return
    if report_path is not None:
        report_file.check(report_path)
    file = None if report_path is None else Aside(report_path)
    with workplace.database() as database, workplace.progress() as step:
        report = pipeline.load_zoning(
            database,
            path,
            profile=profile,
            crs_given=crs_given,
            layer=layer,
            source=source,
            dry_run=dry_run,
            limits=workplace.config.limits,
            progress=step,
        )
    if file is not None:
        with file:
            file.write(lambda aside: _write(aside, report, workplace.language))
    out.print(
        terminal_layer.report(
            report.origin,
            report.source,
            report.counts(),
            report.layers,
            changed=report.changed,
            stored=report.stored,
            zones=report.issues,
            sites=tuple(report.applied.issues),
            language=workplace.language,
        )
    )
    sys.exit(1 if report.rejected else 0)


def _withdraw(workplace: Workplace, source: str, dry_run: bool) -> None:
    with workplace.database() as database:
        applied, layers = pipeline.withdraw_zoning(database, source, dry_run=dry_run)
    issues = tuple(applied.issues)
    out.print(terminal_layer.withdrawn(source, applied.counts(), layers, issues, workplace.language))
    if dry_run:
        out.print(workplace.language.text(N_("Nothing was stored.")))


def _write(path: Path, report: pipeline.LayerReport, language: Language) -> None:
    wording = Wording({}, language)
    lines = [
        *(_line("zone", issue, wording) for issue in report.issues),
        *(_line("site", issue, wording) for issue in report.applied.issues),
    ]
    head = {"file": report.origin.name, "layer": report.source, "stored": report.stored, **report.counts()}
    report_file.write(path, {**head, "issues": lines}, COLUMNS, lines)


def _line(about: str, issue: Issue, wording: Wording) -> dict[str, object]:
    site = about == "site"
    return {
        "about": about,
        "row": issue.row,
        "id": issue.value if site else None,
        "field": issue.field,
        "value": issue.params.get("stated") if site else issue.value,
        "rule": issue.rule,
        "action": issue.action,
        "message": wording.message(issue),
    }
