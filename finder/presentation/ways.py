"""The table of transport links: the nearest point of every kind, by truck and by car, how and of when each is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from finder.language import N_, Language
from finder.model.access import Access
from finder.model.reach import Route
from finder.model.site import Provenance
from finder.model.vocabulary import AccessKind, Method, Obstacle, Vehicle
from finder.presentation import format, listing, symbols
from finder.presentation.facts import Sources
from finder.roads import rules

NOTABLE_SNAP_M = 100.0
"""From here on it is said how far the plot lies from the road; nearer ones stand on it."""
SHORTEST_KM = 0.05
"""Less than this makes no difference: extracts are no finer."""
ROADS, ROADS_URL = "© OpenStreetMap contributors (ODbL)", "https://www.openstreetmap.org/copyright"
ROADS_LICENCE = "Open Database License (ODbL) 1.0"
"""Whom the road network is owed to: its extract's licence asks for this to be said."""
TOLD = (Vehicle.TRUCK, Vehicle.CAR)
"""The vehicles in the order in which they are told."""


@dataclass(frozen=True)
class AccessRow:
    """The way to the nearest access point of one kind, None not known; `minutes` are those of the `counted` vehicle.

    `lines` are how and of when the figures were made and what holds for one vehicle alone, `settlement` whether the
    counted vehicle's way spares settlements.
    """

    kind: AccessKind
    label: str
    sign: str  # SVG of our own making
    name: str | None = None
    truck: str | None = None
    truck_km: str | None = None
    car: str | None = None
    car_km: str | None = None
    counted: str = "truck"
    minutes: float | None = None
    lines: tuple[str, ...] = ()
    sources: tuple[int, ...] = ()
    estimated: bool = True
    notes: tuple[str, ...] = ()  # of the points, in their source's language
    settlement: str | None = None


def rows(
    access: Sequence[Access], routes: Sequence[Route], numbered: Sources, language: Language
) -> tuple[AccessRow, ...]:
    """Return a row for every kind of access point; `routes` say what the ways measured over the network cross."""
    return tuple(_row(kind, access, routes, numbered, language) for kind in AccessKind)


def note(access: Sequence[Access], language: Language) -> str | None:
    """Return how the table of ways is to be read: only what its figures need."""
    if not access:
        return None
    notes = []
    methods = {way.method for way in access}
    if Method.NETWORK in methods:
        notes.append(language.text(N_("Over the road network (filled bars) a way is the quickest one by road.")))
        notes.append(language.text(rules.METHOD, **rules.method_places()))
    if methods > {Method.NETWORK}:
        estimate = N_("Estimates (hatched bars) go by the beeline from the plot, a detour factor and mean speeds.")
        notes.append(language.text(estimate))
    if Method.NETWORK not in methods:
        notes.append(language.text(N_("Kilometres are beeline from the plot.")))
    if methods == {Method.ESTIMATE}:
        estimate = N_("Minutes are an estimate from the distance, a detour factor and mean speeds (hatched bars).")
        notes.append(language.text(estimate))
    if any(way.uncertainty_m for way in access):
        notes.append(language.text(N_("± says how far the places may lie off, in kilometres.")))
    notes.append(language.text(N_("The bars are drawn on a square-root scale, so that short ways stay readable.")))
    return " ".join(notes)


def _sources(way: Access, numbered: Sources) -> list[int]:
    """Return the numbers of the point's sources, and of the roads' where the way is along them."""
    found = [*numbered.each(way.source, way.as_of)]
    if way.method is Method.NETWORK:
        roads = Provenance(source=ROADS, url=ROADS_URL, as_of=way.network_as_of)
        found += [number for number in [numbered.number(roads)] if number is not None]
    return found


def remarks(access: Sequence[Access], language: Language) -> tuple[str, ...]:
    """Return what must be known of all ways of a vehicle: why none is over the road network, how far the road is."""
    said: dict[tuple[str, str], list[str]] = {}
    for vehicle in TOLD:
        name = language.text(listing.VEHICLES[vehicle])
        if (met := _everywhere(access, vehicle)) is not None:
            said.setdefault(("obstacle", language.text(met.label)), []).append(name)
        snaps = [way.snap_m for way in access if way.vehicle is vehicle and way.snap_m is not None]
        if snaps and (away := max(snaps)) > NOTABLE_SNAP_M:
            said.setdefault(("snap", format.metres(away, language)), []).append(name)
    sentences = {
        "obstacle": N_("No minutes over the road network (%(vehicles)s): %(said)s."),
        "snap": N_("The nearest road it may use lies %(said)s from the plot (%(vehicles)s)."),
    }
    return tuple(
        language.text(sentences[which], vehicles=", ".join(names), said=words) for (which, words), names in said.items()
    )


def settlement(route: Route | None, language: Language) -> str | None:
    """Return whether a way crosses no settlement: yes, or no and how much of it; None where that is not known."""
    if route is None or route.settlement_km is None:
        return None
    if route.settlement_km < SHORTEST_KM:
        return format.yes_no(True, language)
    parts = {"part": format.number(max(route.settlement_km, 0.1), language, 1), "whole": format.km(route.km, language)}
    return language.text(N_("no, %(part)s of %(whole)s"), **parts)


def obstacle(way: Access, access: Sequence[Access]) -> Obstacle | None:
    """Return what keeps a vehicle from this access point; nothing where all its ways have it, as `remarks` tells."""
    return None if way.obstacle is _everywhere(access, way.vehicle) else way.obstacle


def _everywhere(access: Sequence[Access], vehicle: Vehicle) -> Obstacle | None:
    """Return what keeps a vehicle from all access points alike."""
    found = {way.obstacle for way in access if way.vehicle is vehicle}
    return found.pop() if len(found) == 1 else None


def _row(
    kind: AccessKind,
    access: Sequence[Access],
    routes: Sequence[Route],
    numbered: Sources,
    language: Language,
) -> AccessRow:
    label, sign = format.capital(language.text(kind.label)), symbols.access_sign(kind)
    entries = {way.vehicle: way for way in access if way.kind is kind}
    told = {vehicle: listing.reach(access, kind, vehicle, language) for vehicle in entries}
    entry, counted = entries.get(kind.vehicle), told.get(kind.vehicle)
    if entry is None or counted is None:
        return AccessRow(kind, label, sign)
    car, truck = told.get(Vehicle.CAR), told.get(Vehicle.TRUCK)
    other = next((way for vehicle, way in entries.items() if vehicle is not kind.vehicle), None)
    other_said = None if other is None else told[other.vehicle]
    lines = [*_methods(entries, language)]
    if other is not None and other_said is not None and other_said.name != counted.name:
        lines.insert(0, f"{language.text(listing.VEHICLES[other.vehicle])}: {other_said.name}")
    lines += _obstacles(entries, access, language)
    points = [entry] if other is None or other.point_id == entry.point_id else [entry, other]
    return AccessRow(
        kind=kind,
        label=label,
        sign=sign,
        name=counted.name,
        truck=truck.minutes if truck else None,
        truck_km=truck.km if truck else None,
        car=car.minutes if car else None,
        car_km=car.km if car else None,
        counted=kind.vehicle.value,
        minutes=entry.minutes,
        lines=tuple(lines),
        sources=tuple(dict.fromkeys(n for way in [*points, *entries.values()] for n in _sources(way, numbered))),
        estimated=entry.minutes_method is not Method.NETWORK,
        notes=tuple(dict.fromkeys(way.note for way in points if way.note)),
        settlement=settlement(route_of(entry, routes), language),
    )


def _obstacles(entries: dict[Vehicle, Access], access: Sequence[Access], language: Language) -> list[str]:
    """Return what keeps vehicles from this kind alone."""
    met: dict[Obstacle, list[str]] = {}
    for vehicle in TOLD:
        found = obstacle(entries[vehicle], access) if vehicle in entries else None
        if found is not None:
            met.setdefault(found, []).append(language.text(listing.VEHICLES[vehicle]))
    return [f"{', '.join(names)}: {language.text(found.label)}" for found, names in met.items()]


def route_of(way: Access, routes: Sequence[Route]) -> Route | None:
    """Return the way's own line; none where it was measured otherwise, over other roads, or to another point."""
    if way.method is not Method.NETWORK:
        return None
    found = (r for r in routes if (r.kind, r.vehicle, r.point_id) == (way.kind, way.vehicle, way.point_id))
    return next((r for r in found if abs(r.km - way.km) < SHORTEST_KM), None)


def _methods(entries: dict[Vehicle, Access], language: Language) -> list[str]:
    """Return how and of when the figures and the points are: said once where it holds for both vehicles."""
    ways = [entries[vehicle] for vehicle in TOLD if vehicle in entries]
    how = [_how(way, language) for way in ways]
    dates = [listing.dated(way.as_of, language) for way in ways]
    points = [language.text(N_("point %(date)s"), date=date) for date in dates]
    names = [language.text(listing.VEHICLES[way.vehicle]) for way in ways]
    if len(set(dates)) > 1:
        return [f"{name}: {said} · {point}" for name, said, point in zip(names, how, points, strict=True)]
    if len(set(how)) > 1:
        return [*(f"{name}: {said}" for name, said in zip(names, how, strict=True)), points[0]]
    return [f"{how[0]} · {points[0] if ways[0].method is Method.NETWORK else dates[0]}"]


def _how(way: Access, language: Language) -> str:
    if way.method is Method.NETWORK:
        return over_network(way.network_as_of, language)
    parts = [language.text(N_("km %(method)s"), method=language.text(way.km_method.label))]
    if way.minutes_method:
        parts.append(language.text(N_("min %(method)s"), method=language.text(way.minutes_method.label)))
    return ", ".join(parts)


def over_network(as_of: str | None, language: Language) -> str:
    """Return the method that measures by road, and of when its roads are."""
    return f"{language.text(Method.NETWORK.label)}, {listing.dated(as_of, language)}"


__all__ = ["TOLD", "AccessRow", "note", "obstacle", "over_network", "remarks", "route_of", "rows", "settlement"]
