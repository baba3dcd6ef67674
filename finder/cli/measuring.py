"""The road network, and what sites reach over it."""

from __future__ import annotations

from pathlib import Path

import click

from finder import pipeline
from finder.cli.workplace import Workplace, out
from finder.config import NETWORK
from finder.errors import NotFound, UnusableInput
from finder.exports import junctions
from finder.exports import reach as files
from finder.exports.aside import Aside
from finder.language import N_
from finder.model.vocabulary import AccessKind, Vehicle
from finder.presentation import terminal_network
from finder.roads.network import Network
from finder.store import sites

EXTRACT = ".pbf"
NONE_THERE = N_("There is no road network; build one with `finder network build FILE.osm.pbf`.")


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
    target = output or _usual(workplace)
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
        raise UnusableInput(NONE_THERE)
    opened = Network.open(path)
    opened.check(path.name)
    out.print(terminal_network.summary(opened, path, workplace.language))


@network.command(name="junctions")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A .geojson file; else they are printed.")
@click.pass_obj
def junctions_(workplace: Workplace, path: Path | None, output: Path | None) -> None:
    """Give the motorway junctions of the network as GeoJSON: looked through, `finder load access` takes them in."""
    path = path or workplace.config.network
    if path is None:
        raise UnusableInput(NONE_THERE)
    _give(junctions.collection(Network.open(path)), output)


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
    if measured.sites:
        workplace.say(workplace.language.text(N_("Access of %(n)s sites measured."), n=measured.sites))
    out.print(
        terminal_network.measured(
            measured.stale, measured.driven, measured.outside, measured.counted, roads, workplace.language
        )
    )


@click.command()
@click.argument("site_id", metavar="SITE")
@click.option(
    "--vehicle", type=click.Choice([v.value for v in Vehicle]), default=Vehicle.TRUCK.value, show_default=True
)
@click.option("--routes", is_flag=True, help="The ways to the nearest access points instead.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A .geojson file; else it is printed.")
@click.pass_obj
def reach(workplace: Workplace, site_id: str, vehicle: str, routes: bool, output: Path | None) -> None:
    """Give the areas that one site reaches within 10 to 60 minutes over the road network, as GeoJSON."""
    roads = workplace.network()
    if roads is None:
        raise UnusableInput(NONE_THERE)
    with workplace.database() as database, database.reading() as session:
        listed = sites.get(session, site_id)
        reached = pipeline.reach(session, roads, listed, Vehicle(vehicle))
    if not reached.isochrones:
        raise NotFound(N_("The site “%(id)s” lies on no road of the network."), id=site_id[:80])
    if routes and not reached.routes:
        said = N_("No way of this site was measured over this road network; `finder measure` measures it anew.")
        workplace.say(workplace.language.text(said))
    if routes:
        text = files.routes(site_id, reached.routes, listed.access, roads.as_of)
    else:
        text = files.isochrones(site_id, reached.isochrones, roads.as_of)
    _give(text, output)


def _give(text: bytes, output: Path | None) -> None:
    """Print a file, or write it."""
    if output is None:
        click.echo(text)
        return

    def write(path: Path) -> None:
        path.write_bytes(text)

    with Aside(output) as file:
        file.write(write)


def _usual(workplace: Workplace) -> Path:
    """Return where the network is found without asking."""
    folder = workplace.config.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    return folder / NETWORK


def _network(workplace: Workplace, path: Path | None, step: pipeline.Progress) -> Network | None:
    if path is None:
        return workplace.network()
    if path.name.lower().endswith(EXTRACT):
        return pipeline.build_network(path, _usual(workplace), limits=workplace.config.roads, progress=step)
    return Network.open(path)
