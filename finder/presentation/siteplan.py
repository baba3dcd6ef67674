"""The maps of one exposé: the plot in its surroundings, and where in the region that is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from markupsafe import escape
from shapely.geometry.base import BaseGeometry

from finder.language import N_, Language
from finder.model.access import AccessPoint
from finder.model.reach import Route
from finder.model.vocabulary import AccessKind
from finder.presentation import basemap, format, legends, markers, routes, symbols
from finder.presentation.basemap import Ground
from finder.presentation.drawing import Frame, Sheet, frame, round_length
from finder.presentation.legends import Group
from finder.presentation.symbols import number
from finder.store import reference
from finder.store.database import Session
from finder.store.sites import Listed

NETWORK = (
    AccessKind.MOTORWAY_JUNCTION,
    AccessKind.INLAND_PORT,
    AccessKind.RAIL_FREIGHT,
    AccessKind.RAIL_STATION,
    AccessKind.AIRPORT,
)
"""Access points with a name on the maps, the weightiest first."""
NEAR = (AccessKind.MOTORWAY_JUNCTION, AccessKind.INLAND_PORT, AccessKind.RAIL_FREIGHT, AccessKind.RAIL_STATION)
"""Kinds whose nearest point the plan shows if it lies within `FARTHEST_M`."""
CLOSEST_M, FARTHEST_M = 2000.0, 5200.0
FARTHEST_WAY_M = 8000.0
"""So far the plan grows for the way to the motorway; a longer one leaves it and is seen whole where the region is."""
WIDTH, ASPECT = 760.0, 760 / 566
LOCATOR_WIDTH, LOCATOR_ASPECT = 300.0, 1.4
LETTERS = 12.5
SIGN_PX = 16.0


def site_svgs(
    session: Session,
    listed: Listed,
    language: Language,
    ways: Sequence[Route] = (),
    network_as_of: str | None = None,
) -> tuple[str | None, str | None, tuple[Group, ...]]:
    """Return the plan, the locator and the key to the plan; a site without a place has no maps.

    `ways` are the site's routes over a road network as of `network_as_of`.
    """
    sign = markers.marker(listed.site)
    if sign is None:
        return None, None, ()
    ground = Ground(tuple(reference.municipalities(session)), tuple(reference.lines(session)))
    points = reference.access_points(session, (*NETWORK, AccessKind.FEDERAL_ROAD, AccessKind.BUS_STOP))
    shown = _frame(sign, points, ways)
    plan, kinds = _plan(sign, ground, points, ways, shown, language)
    key = _legend(sign, ground, kinds, shown, language)
    if (group := routes.legend(ways, network_as_of, language)) is not None:
        key = (*key, group)
    return plan, _locator(sign, ground, ways, shown, language), key


def _frame(sign: markers.Marker, points: Sequence[AccessPoint], ways: Sequence[Route]) -> Frame:
    """Return an extent around the plot that takes in the nearest access points and the way that counts, if near."""
    extent = sign.site.geometry.bounds if sign.site.geometry is not None else sign.point.bounds
    own = max(extent[2] - extent[0], extent[3] - extent[1]) / 2 + (sign.site.position_uncertainty_m or 0.0)
    reach = max(CLOSEST_M, own * 1.6)
    for kind in NEAR:
        distances = [point.geometry.distance(sign.point) for point in points if point.kind is kind]
        nearest = min(distances, default=math.inf)
        if nearest <= FARTHEST_M:
            reach = max(reach, nearest * 1.12)
    x, y = sign.point.x, sign.point.y
    for way in routes.drawn(ways):
        if way.kind is not AccessKind.MOTORWAY_JUNCTION:
            continue
        west, south, east, north = way.line.bounds
        needed = max(x - west, east - x) / ASPECT, y - south, north - y
        if max(needed) <= FARTHEST_WAY_M:
            reach = max(reach, max(needed) * 1.08)
    return frame((x - reach * ASPECT * 0.8, y - reach, x + reach * ASPECT * 0.8, y + reach), WIDTH, ASPECT)


def _plan(
    sign: markers.Marker,
    ground: Ground,
    points: Sequence[AccessPoint],
    ways: Sequence[Route],
    shown: Frame,
    language: Language,
) -> tuple[str, set[AccessKind]]:
    site, sheet = sign.site, Sheet(shown)
    x, y = shown.place(sign.point)
    radius = max(sign.radius_m * shown.scale, 7.0)
    sheet.take(x, y, 2 * radius + 14, 2 * radius + 14, 3.0)
    tick = max(1000, int(round_length((shown.east - shown.west) / 5)))
    bar_m = round_length((shown.east - shown.west) / 4)
    sheet.take(20 + bar_m * shown.scale / 2, shown.height - 20, bar_m * shown.scale + 30, 36, 3.0)
    sheet.take(shown.width - 22, shown.height - 28, 30, 50, 3.0)  # the arrow to north
    basemap.draw(sheet, ground, focus=site.municipality)
    seen = [p for p in points if shown.holds(*shown.place(p.geometry), 12)]
    stops = "".join(
        f"M{number(a)} {number(b)}h0"
        for p in seen
        if p.kind is AccessKind.BUS_STOP
        for a, b in (shown.place(p.geometry),)
    )
    if stops:
        sheet.add(f'<path class="m-stop" d="{stops}"/>')
    routes.lines(sheet, ways)
    network = [point for kind in (*NETWORK, AccessKind.FEDERAL_ROAD) for point in seen if point.kind is kind]
    for point in network:
        sheet.take(*shown.place(point.geometry), SIGN_PX, SIGN_PX, 2.0)
    basemap.plates(sheet, ground.lines)
    parts = len(sheet.parts)
    _shape(sheet, sign, x, y, radius)
    plot, sheet.parts[parts:] = sheet.parts[parts:], []
    roads = shapely.union_all([line.geometry for line in ground.lines]) if ground.lines else shapely.LineString()
    _callout(sheet, sign, x, y, radius, roads, language)
    basemap.canal_names(sheet, ground.lines, LETTERS)
    for point in network:
        _access_point(sheet, point)
    basemap.town_names(sheet, (t for t in ground.mapped if t.code == site.municipality), 20, "m-lab is-big")
    basemap.town_names(sheet, (t for t in ground.mapped if t.code != site.municipality), 15)
    routes.names(sheet, ways, language)
    sheet.add(*plot)
    sheet.bar(bar_m, _length(bar_m, language))
    sheet.north()
    sheet.ticks(tick)
    label = language.text(N_("Plan of %(name)s and its surroundings"), name=site.name)
    return sheet.svg("map-site", label), {point.kind for point in seen}


def _length(metres: float, language: Language) -> str:
    if metres < 1000:
        return f"{number(metres)}{format.NO_BREAK}m"
    return f"{format.number(metres / 1000, language)}{format.NO_BREAK}km"


def _shape(sheet: Sheet, sign: markers.Marker, x: float, y: float, radius: float) -> None:
    """Draw the plot: its own outline, a circle of the documented size, or a cross; and how far it may lie off."""
    site = sign.site
    if markers.approximate(site) and site.position_uncertainty_m:
        off = radius + site.position_uncertainty_m * sheet.frame.scale
        sheet.add(f'<circle class="m-unc" cx="{number(x)}" cy="{number(y)}" r="{number(off)}"/>')
    if sign.form is markers.Form.CROSS or not sign.radius_m:
        sheet.add(f'<path class="m-docx is-large" d="M{number(x - 9)} {number(y)}h18M{number(x)} {number(y - 9)}v18"/>')
        return
    sheet.add(f"<defs>{symbols.pattern(site.zoning, 'plot-fill')}</defs>")
    outline = symbols.outline(site.availability)
    if markers.approximate(site):
        at = f'cx="{number(x)}" cy="{number(y)}"'
        sheet.add(
            f'<circle class="m-pick" {at} r="{number(radius + 3)}"/>'
            f'<circle class="{outline}" fill="url(#plot-fill)" {at} r="{number(radius)}"/>'
        )
        return
    data = sheet.data(site.geometry) if site.geometry is not None else ""
    sheet.add(
        f'<path class="m-pick is-wide" d="{data}"/><path class="m-bg" d="{data}"/>'
        f'<path class="{outline}" fill="url(#plot-fill)" d="{data}"/>'
    )


def _callout(
    sheet: Sheet, sign: markers.Marker, x: float, y: float, radius: float, roads: BaseGeometry, language: Language
) -> None:
    """Write the plot's name and size beside it, a thin line leading there; the side that covers least is taken."""
    site, f = sign.site, sheet.frame
    size = _size(sign, language)
    width = max(len(site.name) * 7.0, len(size) * 5.8)
    spots = []
    for reluctance, dx, dy in ((0, 1, -1), (150, -1, -1), (200, 1, 1), (250, -1, 1)):
        ax, ay = x + dx * radius * 0.72, y + dy * radius * 0.72
        bx, by = ax + dx * 26, ay + dy * 26
        left = bx + 8 if dx > 0 else bx - 8 - width
        box = (left, by - 12, left + width, by + 22)
        if box[0] < 8 or box[2] > f.width - 8 or box[1] < 12 or box[3] > f.height - 12:
            continue
        ground = shapely.box(*f.metres(box[0], box[3]), *f.metres(box[2], box[1]))
        covered = float(sheet.crowd(np.asarray([box]))[0]) + 6 * shapely.intersection(roads, ground).length * f.scale
        spots.append((covered + reluctance, ax, ay, bx, by, dx))
    if not spots:
        return
    _, ax, ay, bx, by, dx = min(spots)
    anchor = "start" if dx > 0 else "end"
    tx = bx + dx * 8
    sheet.add(
        f'<g class="m-call"><path d="M{number(ax)} {number(ay)}L{number(bx)} {number(by)}h{dx * 5}"/>'
        f'<text x="{number(tx)}" y="{number(by + 3)}" text-anchor="{anchor}">{escape(site.name)}</text>'
        f'<text class="m-call2" x="{number(tx)}" y="{number(by + 18)}" text-anchor="{anchor}">{escape(size)}</text></g>'
    )
    sheet.take(tx + dx * width / 2, by + 4, width, 34, 3.0)


def _size(sign: markers.Marker, language: Language) -> str:
    """Return what the drawn shape stands for: the plot's size, or the circle's where the outline is not known."""
    site = sign.site
    if markers.approximate(site) and sign.radius_m:
        area = format.area(math.pi * sign.radius_m**2, language)
        return language.text(N_("circle of %(area)s, outline approximate"), area=area)
    return markers.size_text(site, language) or language.text(N_("size not known"))


def _access_point(sheet: Sheet, point: AccessPoint) -> None:
    """Draw an access point's sign and write its name where there is room."""
    x, y = sheet.frame.place(point.geometry)
    half = SIGN_PX / 2
    sheet.add(f'<g transform="translate({number(x - half)} {number(y - half)})">{symbols.access_shape(point.kind)}</g>')
    name = (point.road or point.name) if point.kind is AccessKind.FEDERAL_ROAD else point.name
    spots = [
        (x + 11, y + 4, "start", 0.0),
        (x - 11, y + 4, "end", 4.0),
        (x + 9, y - 8, "start", 5.0),
        (x + 9, y + 17, "start", 5.0),
        (x - 9, y - 8, "end", 7.0),
        (x - 9, y + 17, "end", 7.0),
        (x, y - 12, "middle", 8.0),
        (x, y + 22, "middle", 8.0),
    ]
    weighty = point.kind is AccessKind.MOTORWAY_JUNCTION
    sheet.word(name, spots, "m-alab" if weighty else "m-alab m-minor", LETTERS, bearable=math.inf if weighty else 160)


def _locator(
    sign: markers.Marker, ground: Ground, ways: Sequence[Route], shown: Frame, language: Language
) -> str | None:
    """Return the region with the plan's extent marked, and the ways that may lead out of it."""
    if not ground.mapped:
        return None
    extent = shapely.total_bounds([town.geometry for town in ground.mapped])
    sheet = Sheet(frame([float(v) for v in extent], LOCATOR_WIDTH, LOCATOR_ASPECT, margin=0.03))
    basemap.draw(sheet, ground, focus=sign.site.municipality)
    routes.lines(sheet, ways)
    x, y = sheet.frame.place(sign.point)
    width = max((shown.east - shown.west) * sheet.frame.scale, 16.0)
    height = width / ASPECT
    sheet.add(
        f'<rect class="m-pick" x="{number(x - width / 2)}" y="{number(y - height / 2)}" '
        f'width="{number(width)}" height="{number(height)}"/>'
    )
    sheet.ticks(10_000, labels=False)
    town = next((t.name for t in ground.towns if t.code == sign.site.municipality), sign.site.municipality)
    return sheet.svg("map-loc", language.text(N_("Where in the region the plan lies: %(town)s"), town=town))


def _legend(
    sign: markers.Marker, ground: Ground, kinds: set[AccessKind], shown: Frame, language: Language
) -> tuple[Group, ...]:
    site = sign.site
    fill = legends.zoning_of(site.zoning, language) if sign.radius_m else ()
    outline = legends.availability({site.availability}, language) if sign.radius_m else ()
    groups = (
        Group(language.text(N_("Zoning (fill)")), fill),
        Group(language.text(N_("Availability (outline)")), outline),
        Group(language.text(N_("Network")), legends.access(kinds, language)),
        Group(
            language.text(N_("Lines")),
            legends.lines(
                {line.kind for line in ground.lines if shown.box.intersects(line.geometry)} | {"border"}, language
            ),
        ),
    )
    return tuple(group for group in groups if group.entries)


__all__ = ["NETWORK", "site_svgs"]
