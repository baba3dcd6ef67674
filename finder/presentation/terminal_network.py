"""What the terminal says of a road network, and of what was measured over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from finder.language import N_, Language
from finder.model.vocabulary import AccessKind, Vehicle
from finder.presentation import format, listing
from finder.presentation.terminal import one_line
from finder.roads.network import Network

_COUNTS = {
    "ways": N_("roads read"),
    "crossings": N_("crossings"),
    "segments": N_("pieces between them"),
    "arcs_car": N_("of these one way each, for cars"),
    "arcs_truck": N_("for trucks of 40 t"),
    "main_car": N_("connected pieces, for cars"),
    "main_truck": N_("connected, for trucks"),
    "restrictions": N_("turn restrictions kept to"),
    "restrictions_over_ways": N_("over further roads, not kept to"),
    "conditional_restrictions": N_("by the clock, not kept to"),
    "incomplete_restrictions": N_("incomplete in the extract"),
    "cut_off_ways": N_("roads cut off by the extract"),
    "unread_ways": N_("roads with a sign that says nothing known"),
    "ways_by_time": N_("roads with a limit by the clock, not kept to"),
}
_ALWAYS = ("ways", "crossings", "segments", "arcs_car", "arcs_truck", "main_car", "main_truck", "restrictions")


def summary(network: Network, path: Path, language: Language) -> RenderableType:
    """Return what a built network holds."""
    head = N_("Road network of %(name)s, %(date)s")
    dated = listing.said_as_of(network.as_of, language)
    built_up = N_("Built-up areas: known") if len(network.settlement_m) else N_("Built-up areas: none in the extract")
    megabytes = format.number(path.stat().st_size / 1e6, language, 1)
    return Lines(
        Text(one_line(language.text(head, name=network.name, date=dated))),
        *(
            _count(label, network.counts.get(name, 0), language)
            for name, label in _COUNTS.items()
            if name in _ALWAYS or network.counts.get(name)
        ),
        _count(N_("motorway junctions by name"), len(network.junctions), language),
        Text(language.text(built_up)),
        Text(one_line(language.text(N_("%(path)s, %(size)s MB"), path=str(path), size=megabytes))),
    )


def stale(counts: Mapping[AccessKind, int], network: Network | None, language: Language) -> RenderableType:
    """Return how many sites' figures of each kind would be measured again."""
    return Lines(_by(network, language), *_kinds(counts, language))


def measured(
    counts: Mapping[AccessKind, int],
    driven: Mapping[tuple[AccessKind, Vehicle], int],
    outside: Mapping[Vehicle, int],
    counted: int | None,
    network: Network | None,
    language: Language,
) -> RenderableType:
    """Return how many sites' figures of each kind were measured, how many of these over the network, and of people.

    People are not `counted` (None) where only some kinds were asked for; what is said then holds for these alone.
    """
    if counted == 0 and not any(counts.values()):
        return Text(language.text(N_("Nothing is stale: all figures are from today's sites, access points and roads.")))
    said: list[RenderableType] = [_by(network, language)]
    if network is None:
        people = [] if counted is None else [_count(N_("people within minutes"), counted, language)]
        return Lines(*said, *_kinds(counts, language), *people)
    table = Table(box=None, pad_edge=False, header_style="bold")
    by_road = {vehicle: N_("by road, %(vehicle)s") for vehicle in Vehicle}
    table.add_column(language.text(N_("To")))
    table.add_column(language.text(N_("measured")), justify="right")
    for vehicle, label in by_road.items():
        table.add_column(language.text(label, vehicle=language.text(vehicle.label)), justify="right")
    for kind, count in counts.items():
        numbers = (count, *(driven.get((kind, vehicle), 0) for vehicle in Vehicle))
        cells = (Text(format.number(number, language)) for number in numbers)
        table.add_row(Text(format.capital(language.text(kind.label))), *cells)
    if counted is not None:
        table.add_row(Text(language.text(N_("people within minutes"))), Text(format.number(counted, language)))
    said.append(table)
    for vehicle, count in outside.items():
        words = {"vehicle": language.text(vehicle.label), "n": format.number(count, language)}
        message = N_("%(vehicle)s: %(n)s sites lie near no road that leads on; they keep an estimate.")
        said.append(Text(format.capital(language.text(message, **words))))
    return Lines(*said)


def _by(network: Network | None, language: Language) -> Text:
    if network is None:
        return Text(language.text(N_("Without a road network: kilometres are beeline, minutes an estimate.")))
    dated = listing.said_as_of(network.as_of, language)
    return Text(
        one_line(language.text(N_("Over the road network of %(name)s, %(date)s"), name=network.name, date=dated))
    )


def _kinds(counts: Mapping[AccessKind, int], language: Language) -> list[Text]:
    return [_count(kind.label, count, language) for kind, count in counts.items()]


def _count(label: str, count: int, language: Language) -> Text:
    return Text(f"  {language.text(label):<36} {format.number(count, language):>12}")
