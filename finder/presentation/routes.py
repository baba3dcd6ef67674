"""The ways from a site to its nearest access points as lines on its maps, told apart by dashes and widths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from finder.language import N_, Language
from finder.model.reach import Route
from finder.model.vocabulary import AccessKind
from finder.presentation import format, listing, symbols, ways
from finder.presentation.drawing import Sheet
from finder.presentation.legends import Entry, Group

DRAWN = {
    AccessKind.MOTORWAY_JUNCTION: N_("motorway"),
    AccessKind.INLAND_PORT: N_("port"),
    AccessKind.RAIL_FREIGHT: N_("rail freight"),
    AccessKind.RAIL_STATION: N_("station"),
    AccessKind.AIRPORT: N_("airport"),
}
"""Kinds whose ways are drawn, by their short names, the weightiest first."""
LEAST_LABEL_PX = 46.0
"""A way of which less is seen bears no name."""
LETTERS = 12.5


def drawn(routes: Sequence[Route]) -> tuple[Route, ...]:
    """Return the ways that the maps show: of each kind the one by the vehicle that counts, the weightiest first."""
    counted = {route.kind: route for route in routes if route.vehicle is route.kind.vehicle and route.line.length > 0}
    return tuple(counted[kind] for kind in DRAWN if kind in counted)


def lines(sheet: Sheet, routes: Sequence[Route]) -> None:
    """Draw ways on a light edge, the shortest last: where they share a road, its dashes are seen on the longer one."""
    ordered = sorted(drawn(routes), key=lambda route: -route.line.length)
    data = [(route, text) for route in ordered if (text := sheet.data(route.line))]
    sheet.add(*(f'<path class="m-way-edge" d="{text}"/>' for _, text in data))
    sheet.add(*(f'<path class="{_class(route.kind)}" d="{text}"/>' for route, text in data))


def names(sheet: Sheet, routes: Sequence[Route], language: Language) -> None:
    """Write beside each way where it leads, once, where it covers the least; short ways bear no name."""
    f = sheet.frame
    inner = shapely.box(*f.box.buffer(-16 / f.scale).bounds)
    for route in drawn(routes):
        seen = shapely.get_parts(shapely.intersection(route.line, inner))
        if not len(seen):
            continue
        longest = seen[int(shapely.length(seen).argmax())]
        if longest.length * f.scale < LEAST_LABEL_PX:
            continue
        spots = []
        for share in np.linspace(0.25, 0.95, 15):
            x, y = f.place(shapely.line_interpolate_point(longest, share, normalized=True))
            reluctance = abs(float(share) - 0.6) * 60
            spots += [(x + 8, y + 4, "start", reluctance), (x - 8, y + 4, "end", reluctance + 2)]
        sheet.word(language.text(DRAWN[route.kind]), spots, "m-way-name", LETTERS, bearable=160)


def legend(routes: Sequence[Route], network_as_of: str | None, language: Language) -> Group | None:
    """Return the key to the ways with what they take, how that was measured and of when the roads are."""
    shown = drawn(routes)
    if not shown:
        return None
    entries = []
    for route in shown:
        line = f'<path class="{_class(route.kind)}" d="M1 6h40"/>'
        parts = {
            "kind": format.capital(language.text(route.kind.label)),
            "vehicle": language.text(listing.VEHICLES[route.vehicle]),
            "minutes": format.minutes(route.minutes, language),
            "km": format.km(route.km, language),
        }
        words = language.text(N_("%(kind)s, %(vehicle)s: %(minutes)s, %(km)s"), **parts)
        entries.append(Entry(symbols.svg(line, 12, width=42, height=12, cls="sign sign-line"), words))
    title = language.text(N_("Ways by road (%(method)s)"), method=ways.over_network(network_as_of, language))
    return Group(title, tuple(entries), wide=True)


def _class(kind: AccessKind) -> str:
    return f"m-way is-{kind.value}"


__all__ = ["drawn", "legend", "lines", "names"]
