"""Bringing sites in from files, and telling what became of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from finder import crs, pipeline
from finder.cli import profiling
from finder.cli.workplace import Workplace, out
from finder.errors import ConfigError
from finder.exports import rejected
from finder.exports import report as report_file
from finder.exports.aside import Aside, apart
from finder.intake.choosing import AUTOMATIC
from finder.language import N_, Language
from finder.model.record import RawRecords
from finder.model.vocabulary import Status
from finder.presentation import outcomes, terminal_report
from finder.presentation.outcomes import Wording
from finder.store import reference


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
@click.option("--partial", is_flag=True, help="The file holds only some of its source's sites: none is missing.")
@click.option(
    "--report", "report_path", type=click.Path(path_type=Path), help="Write all that happened to a .json or .csv file."
)
@click.option(
    "--rejected",
    "rejected_path",
    type=click.Path(path_type=Path),
    help="Write the rejected rows with their reasons to a .gpkg or .csv file.",
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
    partial: bool,
    report_path: Path | None,
    rejected_path: Path | None,
    status: str,
) -> None:
    """Bring sites in from files; each file is stored as a whole or not at all."""
    if suggest:
        profiling.suggest(workplace, paths, layer)
        return
    if len(paths) > 1 and (report_path or rejected_path):
        raise ConfigError(N_("--report and --rejected tell of one file; bring the files in one by one."))
    apart(paths, [path for path in (report_path, rejected_path) if path])
    beside = Beside(workplace.language, report_path, rejected_path)
    code = 0
    roads = workplace.network()
    with workplace.database() as database:
        with database.reading() as session:
            towns = {m.code: m.name for m in reference.municipalities(session)}
        for path in paths:
            with beside, workplace.progress() as step:
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
                    partial=partial,
                    limits=workplace.config.limits,
                    network=roads,
                    progress=step,
                    beside=lambda report, raw: beside.write(report, raw, towns),
                )
            out.print(terminal_report.report(report, Wording.of(report, towns, workplace.language)))
            again = report.profile if profile == AUTOMATIC else profile
            if (hint := _hint(report, rejected_path, again, workplace.language)) is not None:
                out.print(hint, markup=False, soft_wrap=True)
            refused = strict and not dry_run and not report.stored
            code = max(code, 2 if refused else 1 if report.rejected else 0)
    sys.exit(code)


class Beside:
    """The files that are written beside the store: whole and only if all goes well."""

    def __init__(self, language: Language, report_path: Path | None, rejected_path: Path | None) -> None:
        if report_path:
            report_file.check(report_path)
        if rejected_path:
            rejected.check(rejected_path)
        self._language = language
        self._report = None if report_path is None else Aside(report_path)
        self._rejected = None if rejected_path is None else Aside(rejected_path)

    def write(self, report: pipeline.Report, raw: RawRecords, towns: Mapping[str, str]) -> None:
        """Write them aside."""
        wording = Wording.of(report, towns, self._language)
        if self._report is not None:
            told = (outcomes.document(report, wording), outcomes.COLUMNS, outcomes.lines(report, wording))
            self._report.write(lambda path: report_file.write(path, *told))
        if self._rejected is not None and report.rejections:
            reasons = {
                one.row: " ".join(wording.message(reason) for reason in one.reasons) for one in report.rejections
            }
            self._rejected.write(lambda path: rejected.write(path, raw, reasons))

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *error: Any) -> None:
        for file in (self._rejected, self._report):
            if file is not None:
                file.__exit__(*error)


def _hint(report: pipeline.Report, rejected_path: Path | None, profile: str, language: Language) -> str | None:
    """Return how the sender can correct and return just the rejected rows, with the same profile."""
    if not report.rejected:
        message = N_("No row was rejected; “%(name)s” was not written.")
        return None if rejected_path is None else language.text(message, name=rejected_path.name)
    if rejected_path is None:
        return language.text(N_("--rejected FILE.gpkg|.csv writes the rejected rows with their reasons."))
    message = N_(
        "The rejected rows are in “%(name)s”; corrected, they come in with --partial and --profile %(profile)s."
    )
    return language.text(message, name=rejected_path.name, profile=profile)
