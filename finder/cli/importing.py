"""Bringing sites in from files, and telling what became of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from finder import crs, pipeline
from finder.cli import profiling
from finder.cli.workplace import Workplace, out
from finder.errors import ConfigError
from finder.exports import issues
from finder.intake.choosing import AUTOMATIC
from finder.model.vocabulary import Status
from finder.presentation import terminal


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--profile", default=AUTOMATIC, show_default=True, help="A bundled profile's name or a TOML file.")
@click.option("--suggest", is_flag=True, help="Store nothing; print a profile proposed for the file.")
@click.option("--municipality", help="Code or name that holds for all rows.")
@click.option(
    "--crs", "crs_given", help=f"Coordinate reference system where the file names none, such as EPSG:{crs.METRIC}."
)
@click.option("--layer", help="Layer to read where a file has several.")
@click.option("--dry-run", is_flag=True, help="Show what would be done and store nothing.")
@click.option("--strict", is_flag=True, help="Store nothing at all if one row is rejected.")
@click.option("--anywhere", is_flag=True, help="Admit sites outside the region.")
@click.option(
    "--report", "report_path", type=click.Path(path_type=Path), help="Write the issues to a .json or .csv file."
)
@click.option("--as", "status", type=click.Choice(["draft", "published"]), default="draft", show_default=True)
@click.pass_obj
def import_(
    workplace: Workplace,
    paths: tuple[Path, ...],
    profile: str,
    suggest: bool,
    municipality: str | None,
    crs_given: str | None,
    layer: str | None,
    dry_run: bool,
    strict: bool,
    anywhere: bool,
    report_path: Path | None,
    status: str,
) -> None:
    """Bring sites in from files; each file is stored as a whole or not at all."""
    if suggest:
        profiling.suggest(workplace, paths, layer)
        return
    if report_path:
        issues.check(report_path)
    if report_path and len(paths) > 1:
        raise ConfigError("--report tells of one file; bring the files in one by one.")
    code = 0
    with workplace.database() as database:
        for path in paths:
            with workplace.progress() as step:
                report = pipeline.deliver(
                    database,
                    path,
                    profile=None if profile == AUTOMATIC else profile,
                    crs_given=crs_given,
                    layer=layer,
                    municipality=municipality,
                    status=Status(status),
                    anywhere=anywhere,
                    dry_run=dry_run,
                    strict=strict,
                    progress=step,
                )
            _print_report(workplace, report)
            if report_path:
                head = {"file": report.origin.name, "profile": report.profile, "stored": report.stored}
                if report.chosen is not None:
                    head["chosen"] = workplace.language.text(report.chosen.message, **report.chosen.params)
                issues.write(report_path, head | pipeline.summary(report), report.issues, workplace.language)
            refused = strict and not dry_run and not report.stored
            code = max(code, 2 if refused else 1 if report.rejected else 0)
    sys.exit(code)


def _print_report(workplace: Workplace, report: pipeline.Report) -> None:
    text = workplace.language.text
    read = {"file": report.origin.name, "format": report.origin.format, "profile": report.profile}
    out.print(text("%(file)s (%(format)s, profile %(profile)s)", **read), markup=False)
    if report.chosen is not None:
        out.print("  " + text(report.chosen.message, **report.chosen.params), markup=False, soft_wrap=True)
    labels = {
        "read": text("read"),
        "new": text("new"),
        "changed": text("changed"),
        "unchanged": text("unchanged"),
        "repaired": text("repaired"),
        "rejected": text("rejected"),
        "missing": text("missing from file"),
        "conflicts": text("edited at the desk"),
    }
    for name, count in pipeline.summary(report).items():
        out.print(f"  {labels[name]:<20} {count:>9}", markup=False)
    if not report.stored:
        out.print(text("Nothing was stored."))
    if report.issues:
        out.print(terminal.issues(report.issues, workplace.language))
