"""The road network, and what sites reach over it."""

from __future__ import annotations

from pathlib import Path

import click

from finder import pipeline
from finder.cli.workplace import Workplace, out
from finder.config import NETWORK
from finder.errors import UnusableInput
from finder.language import N_
from finder.model.vocabulary import AccessKind
from finder.presentation import terminal_network
from finder.roads.network import Network

EXTRACT = ".pbf"


@click.group()
def network() -> None:
    """Build the road network that ways are measured on."""


@network.command()
@click.argument("extract", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Where to keep it; else where it is found without asking."
)
@click.pass_obj
def build(workplace: Workplace, extract: Path, output: Path | None) -> None:
    """Build it from an extract of OpenStreetMap (.osm.pbf)."""
    target = output or workplace.config.data_dir / NETWORK
    if not target.parent.is_dir():
        if output is not None:
            raise UnusableInput(N_("The folder of “%(path)s” does not exist."), path=target.name)
        target.parent.mkdir(parents=True)
    with workplace.progress() as step:
        built = pipeline.build_network(extract, target, limits=workplace.config.roads, progress=step)
    out.print(terminal_network.summary(built, target, workplace.language))
    used = workplace.config.network
    if output is not None and (used is None or used.resolve() != target.resolve()):
        workplace.say(workplace.language.text(N_("Name it with FINDER_NETWORK=%(path)s to use it."), path=target))
        return
    workplace.say(workplace.language.text(N_("`finder measure` measures all sites over it.")))


@network.command()
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def show(workplace: Workplace, path: Path | None) -> None:
    """Show what a built network holds, and check that it is whole."""
    path = path or workplace.config.network
    if path is None:
        raise UnusableInput(N_("There is no road network; build one with `finder network build FILE.osm.pbf`."))
    opened = Network.open(path)
    opened.check()
    out.print(terminal_network.summary(opened, path, workplace.language))


@click.command()
@click.option(
    "--network",
    "path",
    type=click.Path(path_type=Path),
    help="A built road network, or an extract (.osm.pbf) to build it from; else the one of FINDER_NETWORK.",
)
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice([k.value for k in AccessKind]), help="Only this kind."
)
@click.option("--all", "everything", is_flag=True, help="Also what is not stale.")
@click.option("--dry-run", is_flag=True, help="Only say what is stale.")
@click.pass_obj
def measure(workplace: Workplace, path: Path | None, kinds: tuple[str, ...], everything: bool, dry_run: bool) -> None:
    """Measure what sites reach: all that is stale because sites, access points or the road network changed."""
    chosen = [AccessKind(kind) for kind in kinds] or list(AccessKind)
    with workplace.database() as database, workplace.progress() as step:
        roads = _network(workplace, path, step)
        if dry_run:
            with database.reading() as session:
                stale = pipeline.stale(session, chosen, network=roads)
            out.print(terminal_network.stale(stale, roads, workplace.language))
            return
        measured = pipeline.measure(database, chosen, network=roads, everything=everything, progress=step)
    out.print(
        terminal_network.measured(
            measured.stale, measured.driven, measured.outside, measured.counted, roads, workplace.language
        )
    )


def _network(workplace: Workplace, path: Path | None, step: pipeline.Progress) -> Network | None:
    if path is None:
        return workplace.network()
    if path.name.lower().endswith(EXTRACT):
        target = workplace.config.data_dir / NETWORK
        target.parent.mkdir(parents=True, exist_ok=True)
        return pipeline.build_network(path, target, limits=workplace.config.roads, progress=step)
    return Network.open(path)
