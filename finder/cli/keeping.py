"""Serving the pages and keeping the database: checking, reference data."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from finder import pipeline
from finder.cli.workplace import Workplace, out
from finder.errors import ConfigError
from finder.language import N_
from finder.presentation import format
from finder.store import health
from finder.store.database import Session


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--sample", is_flag=True, help="Serve the fictional sample inventory, a database of its own.")
@click.option("--empty", is_flag=True, help="Begin with no sites at all.")
@click.pass_obj
def serve(workplace: Workplace, host: str, port: int, sample: bool, empty: bool) -> None:
    """Serve the pages; the first start fills the database."""
    from finder.web.app import create_app
    from finder.web.server import run

    if sample and empty:
        raise ConfigError("--sample and --empty exclude each other.")
    workplace = Workplace(sample) if sample else workplace
    with workplace.database("sample" if workplace.sample else "own" if empty else "documented") as database:
        app = create_app(workplace.config, database, host=host)

        def ready(url: str) -> None:
            workplace.say(workplace.language.text("Serving at %(url)s (Ctrl+C ends).", url=url))

        run(app, host, port, ready)


@click.command()
@click.pass_obj
def check(workplace: Workplace) -> None:
    """Check that the database is whole; exit code 1 if it is not."""
    with workplace.database() as database, database.reading() as session:
        findings = [*health.check(session), _stale(workplace, session)]
    for finding in findings:
        mark = "✓" if not finding.faults else "✗" if finding.grave else "•"
        line = f"{mark} {workplace.language.text(finding.what)}"
        if finding.faults:
            more = ", …" if finding.faults > len(finding.examples) else ""
            line += f": {format.number(finding.faults, workplace.language)} ({', '.join(finding.examples)}{more})"
        out.print(line, markup=False, soft_wrap=True)
    sys.exit(1 if any(finding.faults and finding.grave for finding in findings) else 0)


def _stale(workplace: Workplace, session: Session) -> health.Finding:
    """Return how many sites' figures `finder measure` would measure again, and of which kinds."""
    counts = pipeline.stale(session, network=workplace.network())
    kinds = tuple(workplace.language.text(kind.label) for kind, count in counts.items() if count)
    what = N_("All figures of access are from today's access points and roads")
    return health.Finding(what, max(counts.values()), kinds[:5], grave=False)


@click.group()
def load() -> None:
    """Load reference data from your own files."""


@load.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--layer", help="Layer to read where a file has several.")
@click.option("--crs", "crs_given", help="Coordinate reference system where the file names none.")
@click.pass_obj
def boundaries(workplace: Workplace, path: Path, layer: str | None, crs_given: str | None) -> None:
    """Replace the schematic town areas by real boundaries (VG250, VG5000 or any file with a column AGS)."""
    with workplace.database() as database:
        with workplace.progress() as step:
            step("Reading")
            known = pipeline.load_boundaries(
                database, path, layer=layer, crs_given=crs_given, limits=workplace.config.limits
            )
        text = workplace.language.plural(
            "%(n)s municipality has its real boundary now.",
            "%(n)s municipalities have their real boundaries now.",
            len(known),
        )
        workplace.say(text)
