"""How far a truck and a car come from a site: areas within minutes on a map of the region, and who lives in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from finder.language import N_, Language
from finder.model.place import Place
from finder.model.reach import CATCHMENT_MIN, ISOCHRONE_MIN, Catchment, Isochrone
from finder.model.site import Site
from finder.model.vocabulary import Method, Vehicle
from finder.presentation import basemap, format, listing, markers, symbols, ways
from finder.presentation.basemap import Ground
from finder.presentation.drawing import Frame, Sheet, frame, round_length
from finder.presentation.symbols import number

WIDTH, ASPECT = 460.0, 1.05
LETTERS, CITY_LETTERS = 11.5, 13.0
CITY_INHABITANTS = 200_000
MOST_PLACES = 60
"""So many towns, the largest in sight, ask for room for their name."""
EDGE_PLACES = 48
"""Places on an area's edge that are tried for its minutes."""
APART_PX = 9.0
"""Edges nearer to each other look like one."""
LEAST_EXTENT_M = 4000.0
M2_PER_KM2 = 1e6


@dataclass(frozen=True)
class ReachMap:
    """One vehicle's map; `svg` is of our own making."""

    vehicle: str
    title: str
    svg: str


@dataclass(frozen=True)
class AreaRow:
    """How large the area within some minutes is, by vehicle; None is not known. `swatch` is SVG of our own making."""

    minutes: str
    swatch: str
    areas: tuple[str | None, ...]


@dataclass(frozen=True)
class PeopleRow:
    """Who lives or works within some minutes, by vehicle; None is not known."""

    minutes: str
    inhabitants: tuple[str | None, ...]
    workforce: tuple[str | None, ...]


@dataclass(frozen=True)
class ReachPart:
    """The exposé's part on reach. Rows hold one figure for each of `vehicles`, in their order."""

    maps: tuple[ReachMap, ...]
    vehicles: tuple[str, ...]
    areas: tuple[AreaRow, ...]
    areas_method: str | None
    people: tuple[PeopleRow, ...]
    people_method: tuple[str, ...]
    workforce: bool


def part(
    site: Site,
    ground: Ground,
    isochrones: Sequence[Isochrone],
    catchments: Sequence[Catchment],
    network_as_of: str | None,
    language: Language,
) -> ReachPart | None:
    """Return what an exposé says of a site's reach, or None where nothing is known of it.

    Parameters
    ----------
    isochrones
        Of all vehicles; their areas in metres (`finder.crs.METRIC`), measured over a network as of `network_as_of`.
    catchments
        People within minutes by all vehicles, by whatever method: it is said.
    """
    shown = [one for one in isochrones if not one.area.is_empty]
    known = [one for one in catchments if one.inhabitants is not None or one.workforce is not None]
    if not shown and not known:
        return None
    return ReachPart(
        maps=_maps(site, ground, shown, language),
        vehicles=tuple(format.capital(language.text(listing.VEHICLES[vehicle])) for vehicle in ways.TOLD),
        areas=_areas(shown, language),
        areas_method=ways.over_network(network_as_of, language) if shown else None,
        people=_rows(catchments, language) if known else (),
        people_method=people_method(known, language),
        workforce=any(one.workforce is not None for one in known),
    )


# -- figures ----------------------------------------------------------------------------------------------------------


def square_km(area_m2: float, language: Language) -> str:
    """Return square kilometres with three digits."""
    return f"{format.significant(area_m2 / M2_PER_KM2, language)}{format.NO_BREAK}km²"


def _within(minutes: int, language: Language) -> str:
    return format.minutes(minutes, language)


def _areas(isochrones: Sequence[Isochrone], language: Language) -> tuple[AreaRow, ...]:
    sizes = {
        (one.vehicle, one.minutes): _at_least(square_km(one.area.area, language), one.at_least, language)
        for one in isochrones
    }
    if not sizes:
        return ()
    return tuple(
        AreaRow(
            _within(minutes, language),
            symbols.svg(
                f'<rect class="iso iso-{minutes}" x=".75" y=".75" width="24.5" height="14.5"/>',
                16,
                width=26,
                height=16,
            ),
            tuple(sizes.get((vehicle, minutes)) for vehicle in ways.TOLD),
        )
        for minutes in ISOCHRONE_MIN
    )


def _rows(catchments: Iterable[Catchment], language: Language) -> tuple[PeopleRow, ...]:
    known = {(one.vehicle, one.minutes): one for one in catchments}

    def said(vehicle: Vehicle, minutes: int, name: str) -> str | None:
        one = known.get((vehicle, minutes))
        count: int | None = None if one is None else getattr(one, name)
        return None if one is None or count is None else people(count, one.at_least, language)

    return tuple(
        PeopleRow(
            _within(minutes, language),
            tuple(said(vehicle, minutes, "inhabitants") for vehicle in ways.TOLD),
            tuple(said(vehicle, minutes, "workforce") for vehicle in ways.TOLD),
        )
        for minutes in CATCHMENT_MIN
    )


def people(count: int, at_least: bool, language: Language) -> str:
    """Return a number of people with three digits, and whether there may be more."""
    return _at_least(format.significant(count, language), at_least, language)


def _at_least(said: str, at_least: bool, language: Language) -> str:
    return language.text(N_("at least %(count)s"), count=said) if at_least else said


def people_method(catchments: Sequence[Catchment], language: Language) -> tuple[str, ...]:
    """Return whom was counted and how the minutes are known; by vehicle only where that differs."""
    by_vehicle = {}
    for vehicle in ways.TOLD:
        said = dict.fromkeys(counted(one, language) for one in catchments if one.vehicle is vehicle)
        if said:
            by_vehicle[vehicle] = "; ".join(said)
    if len(set(by_vehicle.values())) == 1:
        return (next(iter(by_vehicle.values())),)
    return tuple(f"{language.text(listing.VEHICLES[vehicle])}: {said}" for vehicle, said in by_vehicle.items())


def counted(one: Catchment, language: Language) -> str:
    """Return whom a catchment counts, of when they are, and how its minutes are known."""
    if one.method is Method.NETWORK:
        how = ways.over_network(one.network_as_of, language)
    else:
        how = language.text(one.method.label)
    basis = language.text(one.basis)
    return language.text(
        N_("%(basis)s, %(date)s; minutes: %(how)s"), basis=basis, date=listing.dated(one.as_of, language), how=how
    )


# -- maps -------------------------------------------------------------------------------------------------------------


def _maps(site: Site, ground: Ground, isochrones: Sequence[Isochrone], language: Language) -> tuple[ReachMap, ...]:
    """Return a map for each vehicle that comes anywhere, all of one scale."""
    sign = markers.marker(site)
    if sign is None or not isochrones:
        return ()
    extent = shapely.total_bounds([sign.point.buffer(LEAST_EXTENT_M / 2), *(one.area for one in isochrones)])
    shown = frame([float(v) for v in extent], WIDTH, ASPECT, margin=0.04)
    maps = []
    for vehicle in ways.TOLD:
        own = sorted((one for one in isochrones if one.vehicle is vehicle), key=lambda one: -one.minutes)
        if own:
            title = format.capital(language.text(vehicle.label))
            maps.append(ReachMap(vehicle.value, title, _map(site, sign.point, ground, own, shown, language)))
    return tuple(maps)


def _map(
    site: Site, start: shapely.Point, ground: Ground, own: Sequence[Isochrone], shown: Frame, language: Language
) -> str:
    sheet = Sheet(shown)
    data = {one.minutes: sheet.data(one.area) for one in own}
    bar_m = round_length((shown.east - shown.west) / 4)
    sheet.take(20 + bar_m * shown.scale / 2, shown.height - 20, bar_m * shown.scale + 30, 36, 3.0)
    x, y = shown.place(start)
    sheet.take(x, y, 16, 16, 3.0)
    tints = [f'<path class="iso iso-{minutes}" d="{path}"/>' for minutes, path in data.items() if path]
    basemap.draw(sheet, ground, tints=tints)
    sheet.add(*(f'<path class="iso-line" d="{path}"/>' for path in data.values() if path))
    sheet.add(
        f'<g class="iso-start"><circle cx="{number(x)}" cy="{number(y)}" r="5.5"/>'
        f'<path d="M{number(x)} {number(y)}h0"/></g>'
    )
    for one, beyond in zip(own, (None, *own[:-1]), strict=True):
        _minutes(sheet, one, beyond)
    _places(sheet, ground.places)
    sheet.bar(bar_m, f"{format.number(bar_m / 1000, language)}{format.NO_BREAK}km")
    sheet.ticks(int(round_length((shown.east - shown.west) / 5)), labels=False)
    minutes = ", ".join(str(one.minutes) for one in reversed(own))
    said = {"name": site.name, "vehicle": language.text(own[0].vehicle.label), "minutes": minutes}
    return sheet.svg("map-reach", language.text(N_("Reach of %(name)s by %(vehicle)s in %(minutes)s minutes"), **said))


def _minutes(sheet: Sheet, one: Isochrone, beyond: Isochrone | None) -> None:
    """Write an area's minutes on its edge, where they cover the least and the edge is not that of the one `beyond`."""
    f = sheet.frame
    polygons = [part for part in shapely.get_parts(one.area) if isinstance(part, shapely.Polygon)]
    if not polygons:
        return
    ring = max(polygons, key=lambda polygon: polygon.area).exterior
    points = shapely.line_interpolate_point(ring, np.linspace(0, 1, EDGE_PLACES, endpoint=False), normalized=True)
    if beyond is not None:
        apart = shapely.distance(points, shapely.boundary(beyond.area)) * f.scale >= APART_PX
        points = points[apart] if apart.any() else points
    across, down = f.place(shapely.centroid(ring))
    # on the lower right, for the eye to go from one to the next
    spots = [
        (x, y + 4, "middle", 0.2 * (abs(y - down - (x - across)) - (x - across)))
        for x, y in (f.place(point) for point in points)
    ]
    sheet.word(str(one.minutes), spots, "iso-min", LETTERS + 2)


def _places(sheet: Sheet, places: Iterable[Place]) -> None:
    """Write the names of the largest towns in sight, each beside its dot."""
    f = sheet.frame
    seen = [(place, *f.place(place.geometry)) for place in places]
    seen = [(place, x, y) for place, x, y in seen if f.holds(x, y, 10)]
    for place, x, y in sorted(seen, key=lambda item: -item[0].inhabitants)[:MOST_PLACES]:
        size, cls = (CITY_LETTERS, "m-lab") if place.inhabitants >= CITY_INHABITANTS else (LETTERS, "m-olab")
        spots = [
            (x + 5, y + 4, "start", 0.0),
            (x - 5, y + 4, "end", 3.0),
            (x, y - 6, "middle", 4.0),
            (x, y + 14, "middle", 4.0),
        ]
        if sheet.word(place.name, spots, cls, size, bearable=25) is not None:
            sheet.add(f'<circle class="m-place" cx="{number(x)}" cy="{number(y)}" r="2"/>')
            sheet.take(x, y, 6, 6, 2.0)


__all__ = ["AreaRow", "PeopleRow", "ReachMap", "ReachPart", "counted", "part", "people", "people_method", "square_km"]
