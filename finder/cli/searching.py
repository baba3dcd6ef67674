"""Finding sites, showing one, writing them to a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from finder.cli.workplace import Workplace, out
from finder.exports import answers, files, geojson, table
from finder.presentation import phrases, terminal
from finder.search import answer, question, reachable, surroundings
from finder.search.criteria import CRITERIA, LISTS, Context
from finder.search.question import COMPANIONS, SORTS, Question
from finder.store import proposals, reference, sites
from finder.store.database import Session

FORMATS = ("table", "json", "geojson", "csv")
F = TypeVar("F", bound=Callable[..., Any])


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
    reach = reachable.over(session, workplace.network())
    context = surroundings.context(session, dt.date.today(), workplace.language, reach)
    pairs = [
        (word, text)
        for word, texts in given.items()
        if texts is not None
        for text in (texts if isinstance(texts, tuple) else (texts,))
    ]
    return question.read(pairs, context), context


def ask(
    session: Session, asked: Question, workplace: Workplace, limit: int | None, *, people: bool = False
) -> answer.Answer:
    """Return the answer to a question as of today."""
    days = workplace.config.freshness.hidden
    return answer.ask(session, asked, today=dt.date.today(), hidden_after_days=days, limit=limit, people=people)


@click.command()
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


@click.command()
@criteria_options
@click.option("--sort", type=click.Choice(list(SORTS)), help="Order of the sites.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--format", "kind", type=click.Choice(FORMATS), default="table", show_default=True)
@click.pass_obj
def search(workplace: Workplace, /, limit: int, kind: str, **given: Any) -> None:
    """Find sites by size, zoning, transport links and everything else that is known."""
    with workplace.database() as database, database.reading() as session:
        asked, context = read_question(session, given, workplace)
        found = ask(session, asked, workplace, limit, people=kind != "table")
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
                out.print(terminal.sites(found.hits, context.towns, workplace.language, asked))
            out.print(phrases.found(found, context, workplace.language), soft_wrap=True, markup=False)
            if (note := phrases.left_out(found, workplace.language)) is not None:
                out.print(note, soft_wrap=True, markup=False)
            if found.total > len(found.hits):
                out.print(workplace.language.text("The first %(n)s are shown; --limit shows more.", n=len(found.hits)))


@click.command()
@click.argument("site_id", metavar="SITE")
@click.option("--format", "kind", type=click.Choice(FORMATS[:3]), default="table", show_default=True)
@click.pass_obj
def show(workplace: Workplace, site_id: str, kind: str) -> None:
    """Show one site with every fact, its date and its source."""
    with workplace.database() as database, database.reading() as session:
        listed = sites.get(session, site_id)
        towns = {m.code: m.name for m in reference.municipalities(session)}
        proposed = proposals.of(session, site_id)
    match kind:
        case "json":
            click.echo(answers.dump_site(listed))
        case "geojson":
            click.echo(geojson.feature(listed))
        case _:
            out.print(terminal.site(listed, towns, workplace.language, proposed))
