"""What lies around sites, from files of one's own: people, and access points."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from finder import crs, pipeline
from finder.cli.workplace import Workplace, out
from finder.errors import ConfigError
from finder.exports import report as report_file
from finder.exports.aside import Aside
from finder.language import N_, Language
from finder.model.record import Issue
from finder.model.vocabulary import AccessKind
from finder.presentation import terminal_surroundings
from finder.presentation.outcomes import Wording

COLUMNS = ("row", "field", "value", "rule", "action", "message")
_PATH = click.Path(path_type=Path)
_CRS = f"Coordinate reference system where the file names none, such as EPSG:{crs.METRIC}."
_REPORT = "Write all that was noticed to a .json or .csv file."


@click.command()
@click.argument("path", type=_PATH, required=False)
@click.option("--layer", help="Layer to read where a file has several.")
@click.option("--crs", "crs_given", help=_CRS)
@click.option("--source", help="What the figures are called where they are shown; else the file's name.")
@click.option("--as-of", help="The day, month or year that the figures are of, such as 2022-05-15.")
@click.option(
    "--withdraw", is_flag=True, help="Take the loaded population back, so that the bundled towns count again."
)
@click.option("--dry-run", is_flag=True, help="Show what would be done and store nothing.")
@click.option("--report", "report_path", type=_PATH, help=_REPORT)
@click.pass_obj
def population(
    workplace: Workplace,
    path: Path | None,
    layer: str | None,
    crs_given: str | None,
    source: str | None,
    as_of: str | None,
    withdraw: bool,
    dry_run: bool,
    report_path: Path | None,
) -> None:
    """Load cells with inhabitants, such as a census grid: they are counted within minutes of every site."""
    if (path is None) != withdraw:
        raise ConfigError(N_("Name a file, or --withdraw to take the loaded one back."))
    network = workplace.network()
    if path is None:
        with workplace.database() as database, workplace.progress() as step:
            grid, measured = pipeline.withdraw_population(database, network=network, dry_run=dry_run, progress=step)
        out.print(terminal_surroundings.withdrawn_population(grid, measured, not dry_run, workplace.language))
        return
    file = _aside(report_path)
    with workplace.database() as database, workplace.progress() as step:
        report = pipeline.load_population(
            database,
            path,
            layer=layer,
            crs_given=crs_given,
            source=source,
            as_of=as_of,
            network=network,
            dry_run=dry_run,
            limits=workplace.config.limits,
            progress=step,
        )
    head = {
        "file": report.origin.name,
        "source": report.grid.source,
        "as_of": report.grid.as_of,
        "crs": report.grid.system,
        "stored": report.stored,
        "read": report.read,
        "cells": report.grid.cells,
        "unknown": report.grid.unknown,
        "far": report.grid.far,
        "rejected": report.rejected,
        "inhabitants": report.grid.inhabitants,
        "inhabitants_in_region": report.inside,
        "workforce": report.grid.workforce,
    }
    _write(file, head, report.issues, workplace.language)
    out.print(terminal_surroundings.population(report, workplace.language))
    sys.exit(1 if report.rejected else 0)


@click.command()
@click.argument("path", type=_PATH, required=False)
@click.option(
    "--kind", type=click.Choice([k.value for k in AccessKind]), help="The kind of all points of a file of one kind."
)
@click.option("--source", help="Name of the points' source; a file of that name takes the older one's place.")
@click.option("--replace", is_flag=True, help="The file holds all points of its kinds: others go, bundled ones too.")
@click.option("--withdraw", help="Take the points of this source back instead.")
@click.option("--layer", help="Layer to read where a file has several.")
@click.option("--crs", "crs_given", help=_CRS)
@click.option("--dry-run", is_flag=True, help="Show what would be done and store nothing.")
@click.option("--report", "report_path", type=_PATH, help=_REPORT)
@click.pass_obj
def access(
    workplace: Workplace,
    path: Path | None,
    kind: str | None,
    source: str | None,
    replace: bool,
    withdraw: str | None,
    layer: str | None,
    crs_given: str | None,
    dry_run: bool,
    report_path: Path | None,
) -> None:
    """Load access points, such as freight terminals and ports: they are measured to from every site."""
    if (path is None) == (withdraw is None) or (replace and path is None):
        raise ConfigError(N_("Name either a file or a source to --withdraw."))
    network = workplace.network()
    if path is None:
        with workplace.database() as database, workplace.progress() as step:
            back = pipeline.withdraw_access(database, str(withdraw), network=network, dry_run=dry_run, progress=step)
        out.print(terminal_surroundings.withdrawn_access(back, workplace.language))
        return
    file = _aside(report_path)
    with workplace.database() as database, workplace.progress() as step:
        report = pipeline.load_access(
            database,
            path,
            kind=None if kind is None else AccessKind(kind),
            source=source,
            replace=replace,
            layer=layer,
            crs_given=crs_given,
            network=network,
            dry_run=dry_run,
            limits=workplace.config.limits,
            progress=step,
        )
    head = {
        "file": report.origin.name,
        "source": report.source,
        "crs": report.system,
        "stored": report.stored,
        "read": report.read,
        "far": report.far,
        "others": report.others,
        "rejected": report.rejected,
        "loaded": {kind.value: count for kind, count in report.loaded.items()},
        "removed": {kind.value: count for kind, count in report.removed.items()},
        "total": {kind.value: count for kind, count in report.total.items()},
    }
    _write(file, head, report.issues, workplace.language)
    out.print(terminal_surroundings.access(report, workplace.language))
    sys.exit(1 if report.rejected else 0)


def _aside(path: Path | None) -> Aside | None:
    """Return where the report is written, refused before anything is done where it cannot be."""
    if path is None:
        return None
    report_file.check(path)
    return Aside(path)


def _write(file: Aside | None, head: dict[str, Any], issues: Sequence[Issue], language: Language) -> None:
    if file is None:
        return
    wording = Wording({}, language)
    lines = [
        {
            "row": issue.row,
            "field": issue.field,
            "value": issue.value,
            "rule": issue.rule,
            "action": issue.action,
            "message": wording.message(issue),
        }
        for issue in issues
    ]
    with file:
        file.write(lambda aside: report_file.write(aside, {**head, "issues": lines}, COLUMNS, lines))
