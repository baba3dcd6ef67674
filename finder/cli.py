"""The command line: `finder …`. Exit codes: 0 done, 1 done but some rows were rejected, 2 nothing done."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from finder import __version__, crs, language, pipeline
from finder.config import Config, wished_language
from finder.errors import ConfigError, FinderError
from finder.exports import answers, files, geojson, issues, table
from finder.model.vocabulary import AccessKind, Status
from finder.presentation import format, phrases, terminal
from finder.search import answer, question, surroundings
from finder.search.criteria import CRITERIA, LISTS, Context
from finder.search.question import COMPANIONS, SORTS, Question
from finder.store import health, reference, sites
from finder.store.database import Database, Session

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
FORMATS = ("table", "json", "geojson", "csv")
F = TypeVar("F", bound=Callable[..., Any])


class Workplace:
    """What every command needs: settings, language and the database, opened when first asked for."""

    def __init__(self, sample: bool) -> None:
        self.sample = sample
        self.config = Config.from_env(sample=sample)
        self.language = language.choose(self.config.language)

    @contextmanager
    def database(self, inventory: str | None = None) -> Iterator[Database]:
        """Yield the database, filled on its first start."""
        database = Database(self.config.database)
        try:
            with self.progress() as step:
                wanted = inventory or ("sample" if self.sample else "documented")
                reports = pipeline.start(database, wanted, progress=step)
            for report in reports:
                self.say(self.language.text("First start: %(n)s sites loaded.", n=report.new))
            yield database
        finally:
            database.close()

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Yield a function that names the step under way; shown on a terminal, silent in a pipe."""
        if not err.is_terminal:
            yield lambda step: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda step: bar.update(task, description=self.language.text(step))

    def say(self, text: str) -> None:
        """Print a sentence beside the result."""
        err.print(text, soft_wrap=True, markup=False)


class Commands(click.Group):
    """Turns refusals into one sentence and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the finder refuses on purpose is told, everything else is a bug and shows itself."""
        try:
            return super().invoke(ctx)
        except FinderError as error:
            wish = ctx.obj.config.language if isinstance(ctx.obj, Workplace) else wished_language()
            click.echo(terminal.one_line(language.choose(wish).error(error)), err=True)
            sys.exit(2)
        except KeyboardInterrupt:
            sys.exit(130)  # as shells say it; 1 would mean that something was stored
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)


def criteria_options(function: F) -> F:
    """Give a command every criterion as an option."""
    for criterion in reversed(CRITERIA):
        name = "--" + criterion.word.replace("_", "-")
        multiple = criterion.kind in LISTS
        help_ = criterion.label + (f" ({', '.join(c.value for c in criterion.choices)})" if criterion.choices else "")
        function = click.option(name, criterion.word, multiple=multiple, help=help_)(function)
    for word in COMPANIONS:
        if word not in ("sort", "page"):
            function = click.option("--" + word.replace("_", "-"), word)(function)
    return function


def read_question(session: Session, given: dict[str, Any], workplace: Workplace) -> tuple[Question, Context]:
    """Return the question that a command's options ask."""
    context = surroundings.context(session, dt.date.today(), workplace.language)
    pairs = [
        (word, text)
        for word, texts in given.items()
        if texts is not None
        for text in (texts if isinstance(texts, tuple) else (texts,))
    ]
    return question.read(pairs, context), context


def ask(session: Session, asked: Question, workplace: Workplace, limit: int | None) -> answer.Answer:
    """Return the answer to a question as of today."""
    days = workplace.config.freshness.hidden
    return answer.ask(session, asked, today=dt.date.today(), hidden_after_days=days, limit=limit)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="finder")
@click.option("--sample", is_flag=True, help="Work on the fictional sample inventory, a database of its own.")
@click.pass_context
def main(ctx: click.Context, sample: bool) -> None:
    """Find commercial sites and land reserves, and keep them true."""
    ctx.obj = Workplace(sample)


@main.command()
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


@main.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--profile", default="finder", show_default=True, help="A bundled profile's name or a TOML file.")
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
                    profile=profile,
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
                head = {"file": report.file, "profile": report.profile, "stored": report.stored}
                issues.write(report_path, head | pipeline.summary(report), report.issues, workplace.language)
            refused = strict and not dry_run and not report.stored
            code = max(code, 2 if refused else 1 if report.rejected else 0)
    sys.exit(code)


def _print_report(workplace: Workplace, report: pipeline.Report) -> None:
    text = workplace.language.text
    read = {"file": report.file, "format": report.format, "profile": report.profile}
    out.print(text("%(file)s (%(format)s, profile %(profile)s)", **read), markup=False)
    labels = {
        "read": text("read"),
        "new": text("new"),
        "changed": text("changed"),
        "unchanged": text("unchanged"),
        "repaired": text("repaired"),
        "rejected": text("rejected"),
        "missing": text("missing from file"),
    }
    for name, count in pipeline.summary(report).items():
        out.print(f"  {labels[name]:<20} {count:>9}", markup=False)
    if not report.stored:
        out.print(text("Nothing was stored."))
    if report.issues:
        out.print(terminal.issues(report.issues, workplace.language))


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
@criteria_options
@click.pass_obj
def export(workplace: Workplace, /, path: Path, **given: Any) -> None:
    """Write the sites found to a .geojson, .gpkg or .csv file."""
    with workplace.database() as database, database.reading() as session:
        asked, _ = read_question(session, given, workplace)
        days = workplace.config.freshness.hidden
        count = files.write(path, answer.every(session, asked, today=dt.date.today(), hidden_after_days=days))
        workplace.say(workplace.language.text("%(n)s sites written to %(name)s.", n=count, name=path.name))


@main.command()
@criteria_options
@click.option("--sort", type=click.Choice(list(SORTS)), help="Order of the sites.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--format", "kind", type=click.Choice(FORMATS), default="table", show_default=True)
@click.pass_obj
def search(workplace: Workplace, /, limit: int, kind: str, **given: Any) -> None:
    """Find sites by size, zoning, transport links and everything else that is known."""
    with workplace.database() as database, database.reading() as session:
        asked, context = read_question(session, given, workplace)
        found = ask(session, asked, workplace, limit)
    match kind:
        case "json":
            click.echo(answers.dump(found))
        case "geojson":
            click.echo(geojson.collection(found.hits), nl=False)
        case "csv":
            for line in table.csv_lines(found.hits):
                click.echo(line, nl=False)
        case _:
            if any(hit.site.sample for hit in found.hits):
                out.print(workplace.language.text("Fictional sample: every site and figure is invented."))
            if found.hits:
                out.print(terminal.sites(found.hits, context.towns, workplace.language))
            out.print(phrases.found(found, context, workplace.language), soft_wrap=True, markup=False)
            if (note := phrases.left_out(found, workplace.language)) is not None:
                out.print(note, soft_wrap=True, markup=False)
            if found.total > len(found.hits):
                out.print(workplace.language.text("The first %(n)s are shown; --limit shows more.", n=len(found.hits)))


@main.command()
@click.argument("site_id", metavar="SITE")
@click.option("--format", "kind", type=click.Choice(FORMATS[:3]), default="table", show_default=True)
@click.pass_obj
def show(workplace: Workplace, site_id: str, kind: str) -> None:
    """Show one site with every fact, its date and its source."""
    with workplace.database() as database, database.reading() as session:
        listed = sites.get(session, site_id)
        towns = {m.code: m.name for m in reference.municipalities(session)}
    match kind:
        case "json":
            click.echo(answers.dump_site(listed))
        case "geojson":
            click.echo(geojson.feature(listed))
        case _:
            out.print(terminal.site(listed, towns, workplace.language))


@main.command()
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice([k.value for k in AccessKind]), help="Only this kind."
)
@click.pass_obj
def measure(workplace: Workplace, kinds: tuple[str, ...]) -> None:
    """Measure the access of all sites again."""
    with workplace.database() as database, workplace.progress() as step, database.writing() as session:
        step("Measuring")
        chosen = [AccessKind(kind) for kind in kinds] or list(AccessKind)
        count = pipeline.measure_access(session, kinds=chosen)
        workplace.say(workplace.language.text("Access of %(n)s sites measured.", n=count))


@main.command()
@click.pass_obj
def check(workplace: Workplace) -> None:
    """Check that the database is whole; exit code 1 if it is not."""
    with workplace.database() as database, database.reading() as session:
        findings = health.check(session)
    for finding in findings:
        mark = "✓" if not finding.faults else "✗" if finding.grave else "•"
        line = f"{mark} {workplace.language.text(finding.what)}"
        if finding.faults:
            more = ", …" if finding.faults > len(finding.examples) else ""
            line += f": {format.number(finding.faults, workplace.language)} ({', '.join(finding.examples)}{more})"
        out.print(line, markup=False, soft_wrap=True)
    sys.exit(1 if any(finding.faults and finding.grave for finding in findings) else 0)


@main.group()
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
            known = pipeline.load_boundaries(database, path, layer=layer, crs_given=crs_given)
        text = workplace.language.plural(
            "%(n)s municipality has its real boundary now.",
            "%(n)s municipalities have their real boundaries now.",
            len(known),
        )
        workplace.say(text)
