"""The static maps of the pages as SVG: they need no script, print sharply and read in black and white."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import shapely
from markupsafe import escape

from finder import crs
from finder.language import N_, Language
from finder.model.vocabulary import Availability
from finder.presentation import basemap, format, legends, markers, siteplan, symbols
from finder.presentation.basemap import Ground
from finder.presentation.drawing import Frame, Sheet
from finder.presentation.legends import Entry, Group
from finder.presentation.markers import Form, Marker
from finder.presentation.siteplan import site_svgs
from finder.presentation.symbols import number
from finder.presentation.ways import AccessRow
from finder.store import reference
from finder.store.database import Session
from finder.store.sites import Listed

MAP_KINDS = siteplan.NETWORK
"""Kinds of access points on the map in the browser."""
PHONE_LETTERS = 1.2
"""How much larger narrow pages set the names of towns; they are given the room for it."""
OPEN_PX = 26.0
"""From this size on the page a plot's own outline is drawn instead of a square."""


@dataclass(frozen=True)
class Size:
    """How an overview is set: width and letters in pixels, distance of the ticks, whether all names are written."""

    cls: str
    width: float
    letters: float
    tick_m: int
    names: bool


WIDE = Size("map-region", 1040, 19, 5000, True)
SMALL = Size("map-small", 560, 12.5, 10_000, False)


@dataclass(frozen=True)
class Scene:
    """A region's map with some sites: everything to be drawn, in metres. `listed` counts sites without a place too."""

    ground: Ground
    signs: tuple[Marker, ...]
    towns: Mapping[str, str]
    bounds: tuple[float, float, float, float]
    listed: int

    @property
    def outside(self) -> int:
        """How many sites have a place that the map does not reach."""
        box = shapely.box(*self.bounds)
        return sum(not box.covers(sign.point) for sign in self.signs)


def region(session: Session, hits: Sequence[Listed]) -> Scene:
    """Return the map of the region with these sites."""
    towns = tuple(reference.municipalities(session))
    ground = Ground(towns, tuple(reference.lines(session)), tuple(reference.places(session)))
    signs = tuple(sign for hit in hits if (sign := markers.marker(hit.site)) is not None)
    return Scene(ground, signs, {town.code: town.name for town in towns}, basemap.bounds(ground), len(hits))


def region_svg(scene: Scene, language: Language, size: Size = WIDE) -> str:
    """Return the overview: what lies under it, names, and every site as a link with its own words."""
    sheet = Sheet(Frame(*scene.bounds, size.width))
    f = sheet.frame
    shown = [(sign, *f.place(sign.point)) for sign in scene.signs]
    shown = [(sign, x, y) for sign, x, y in shown if f.holds(x, y)]
    for sign, x, y in shown:
        side = sign.side if sign.form is Form.SQUARE else max(8.0, 2 * sign.radius_m * f.scale)
        sheet.take(x, y, side + 2, side + 2, 0.3)
    sheet.take(20 + 5000 * f.scale, f.height - 18, 10_000 * f.scale + 20, 30, 3.0)
    sheet.add('<g aria-hidden="true">')
    basemap.draw(sheet, scene.ground)
    sheet.add("</g>")
    _sites(sheet, scene, shown, language)
    sheet.add('<g class="m-words" aria-hidden="true">')
    basemap.town_names(sheet, scene.ground.mapped, size.letters * PHONE_LETTERS)
    basemap.plates(sheet, scene.ground.lines)
    if size.names:
        basemap.names_around(sheet, scene.ground, size.letters - 3)
    sheet.bar(10_000, f"10{format.NO_BREAK}km")
    sheet.ticks(size.tick_m, labels=size.names)
    sheet.add("</g>")
    return sheet.svg(size.cls, language.text(N_("Map of the region with the sites of the list")), role="group")


def _sites(sheet: Sheet, scene: Scene, shown: Sequence[tuple[Marker, float, float]], language: Language) -> None:
    """Draw the sites, large ones first so that small ones lie on top; equal squares are drawn once and used again."""
    squares: dict[tuple[symbols.Zonings, Availability | None, int], str] = {}
    patterns: dict[str, str] = {}
    drawn = []
    for sign, x, y in sorted(shown, key=lambda item: -(item[0].site.size_m2 or 0.0)):
        site = sign.site
        if sign.form is Form.SQUARE and (outline := _outline(sheet, sign)):
            fill = f"rp-{symbols.key(site.zoning).lower()}"
            patterns.setdefault(fill, symbols.pattern(site.zoning, fill))
            look = f'class="{symbols.outline(site.availability)}" fill="url(#{fill})"'
            shape = f'<path class="m-bg" d="{outline}"/><path {look} d="{outline}"/>'
        elif sign.form is Form.SQUARE:
            id_ = squares.setdefault((markers.fills(site), site.availability, sign.side), f"rs{len(squares)}")
            shape = f'<use href="#{id_}" x="{number(x)}" y="{number(y)}"/>'
        else:
            shape = documented(sign, x, y, sheet.frame.scale)
        name = escape(markers.title(site, scene.towns.get(site.municipality, site.municipality), language))
        link = f'href="/sites/{quote(site.id)}" data-site="{escape(site.id)}"'
        drawn.append(f'<g role="listitem"><a {link}><title>{name}</title>{shape}</a></g>')
    if not drawn:
        return
    defined = [_definition(id_, *look) for look, id_ in squares.items()]
    if defined or patterns:
        sheet.add("<defs>", *defined, *patterns.values(), "</defs>")
    label = escape(language.text(N_("Sites")))
    sheet.add(f'<g role="list" class="m-sites" aria-label="{label}">', *drawn, "</g>")


def _definition(id_: str, kinds: symbols.Zonings, availability: Availability | None, side: int) -> str:
    """Return a square around the origin, to be used where sites of its looks are."""
    corner = -side / 2
    ground = f'<rect class="m-bg" x="{corner:g}" y="{corner:g}" width="{side}" height="{side}"/>'
    return f'<g id="{id_}">{ground}{symbols.square(kinds, availability, corner, corner, side)}</g>'


def _outline(sheet: Sheet, sign: Marker) -> str:
    """Return a plot's own outline where it is large enough on the sheet to be one, or nothing."""
    shape = sign.site.geometry
    if (
        shape is None
        or not shape.area
        or markers.approximate(sign.site)
        or math.sqrt(shape.area) * sheet.frame.scale < OPEN_PX
    ):
        return ""
    return sheet.data(shape)


def documented(sign: Marker, x: float, y: float, scale: float) -> str:
    """Return a documented site's sign: a circle of the stated size to scale, or a cross where no size is stated."""
    if sign.form is Form.CROSS:
        return f'<path class="m-docx" d="M{number(x - 4)} {number(y)}h8M{number(x)} {number(y - 4)}v8"/>'
    radius = max(markers.LEAST_RADIUS, sign.radius_m * scale)
    return f'<circle class="m-doc is-{sign.state}" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"/>'


def region_caption(scene: Scene, language: Language) -> str:
    """Return what must be said under the overview: what the signs mean, what is only a scheme."""
    text = language.text
    parts = []
    unplaced = scene.listed - len(scene.signs)
    if unplaced:
        parts.append(
            language.plural(
                "%(n)s site has no known place and is not on the map.",
                "%(n)s sites have no known place and are not on the map.",
                unplaced,
            )
        )
    if outside := scene.outside:
        parts.append(language.plural("%(n)s site lies outside this map.", "%(n)s sites lie outside this map.", outside))
    forms = {sign.form for sign in scene.signs}
    if Form.CIRCLE in forms:
        parts.append(text(N_("Circles: stated size to scale, place approximate.")))
        if any(sign.state == "preparation" for sign in scene.signs):
            parts.append(text(N_("Dashed: in preparation.")))
    if Form.CROSS in forms:
        parts.append(text(N_("Cross: size not known.")))
    parts += ground_notes(scene.ground, language)
    parts.append(text(N_("Frame: ticks every %(km)s km, EPSG:%(code)s."), km=5, code=crs.METRIC))
    return " ".join(parts)


def ground_notes(ground: Ground, language: Language) -> list[str]:
    """Return what is to be said of areas and lines."""
    notes = []
    if ground.schematic:
        notes.append(language.text(N_("Town areas schematic, derived from stops.")))
    elif sources := sorted({town.boundary_source for town in ground.mapped if town.boundary_source}):
        notes.append(language.text(N_("Town borders: %(source)s."), source=", ".join(sources)))
    if ground.lines:
        notes.append(language.text(N_("Motorways and canals schematic.")))
    return notes


def legend(hits: Sequence[Listed], language: Language) -> tuple[Group, ...]:
    """Return the key to the overview of these sites: only what occurs."""
    signs = [sign for hit in hits if (sign := markers.marker(hit.site)) is not None]
    return legends.overview(signs, ("motorway", "canal", "border"), language)


# -- bars of the exposé -----------------------------------------------------------------------------------------------

BAR_MAX_MIN = 60.0
"""Where the bars of minutes end."""
BAR_SIZE = (240.0, 24.0)
BAR_TICKS = (5, 15, 30, 60)


def bar(row: AccessRow) -> str:
    """Return a way's minutes as a bar on a square-root scale up to an hour: hatched when estimated, else solid."""
    width, height = BAR_SIZE
    grid = "".join(f"M{number(_reach(t))} 0v{number(height)}" for t in BAR_TICKS)
    shape = ""
    if row.minutes is not None:
        length = max(_reach(min(row.minutes, BAR_MAX_MIN)), 3.0)
        hatch = symbols.hatch(_ESTIMATE, 0, 5, length, 14) if row.estimated else ""
        cls = "bar-estimate" if row.estimated else "bar-full"
        size = f'y="5" width="{number(length)}" height="14"'
        shape = f'<rect class="bar-ground" {size}/>{hatch}<rect class="{cls}" {size}/>'
        if row.minutes > BAR_MAX_MIN:  # goes on beyond the scale
            shape += f'<path class="bar-beyond" d="M{number(width - 9)} 2l6 10-6 10"/>'
    return (
        f'<svg class="bar" viewBox="0 0 {number(width)} {number(height)}" aria-hidden="true" focusable="false">'
        f'<path class="bar-grid" d="{grid}"/>{shape}</svg>'
    )


def bar_scale() -> str:
    """Return the figures above the bars."""
    width = BAR_SIZE[0]
    anchors = {BAR_TICKS[-1]: "end"}
    words = "".join(
        f'<text class="bar-label" x="{number(_reach(t))}" y="11" text-anchor="{anchors.get(t, "middle")}">{t}</text>'
        for t in BAR_TICKS
    )
    return f'<svg class="bar" viewBox="0 0 {number(width)} 14" aria-hidden="true" focusable="false">{words}</svg>'


def _reach(minutes: float) -> float:
    return math.sqrt(minutes / BAR_MAX_MIN) * (BAR_SIZE[0] - 1)


_ESTIMATE = symbols.Style("bar-ground", "bar-hatch", "rising", 5)

__all__ = [
    "MAP_KINDS",
    "SMALL",
    "WIDE",
    "Entry",
    "Group",
    "Scene",
    "Size",
    "bar",
    "bar_scale",
    "legend",
    "region",
    "region_caption",
    "region_svg",
    "site_svgs",
]
