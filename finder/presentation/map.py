"""The map in the browser, drawn by Folium without any other host. The only module that knows Folium.

Folium writes the script; what is the page's own (signs, cards, going along with the list) stands in `map.js`, which the
script calls. Names reach the page as GeoJSON properties and become text there, never HTML and never a script.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import folium
import shapely
from folium import plugins
from folium.template import Template
from folium.utilities import JsCode
from shapely.geometry.base import BaseGeometry

from finder import crs
from finder.language import N_, Language
from finder.model.access import AccessPoint
from finder.model.place import MapLine, Municipality
from finder.model.vocabulary import AccessKind, Zoning
from finder.presentation import basemap, symbols
from finder.presentation.basemap import Ground
from finder.presentation.drawing import Frame, Sheet
from finder.presentation.format import capital

ELEMENT = "region_map"
"""The id of the element that the map fills; also the name of the map's variable in the script."""
SHOWN_AT_FIRST = (AccessKind.MOTORWAY_JUNCTION, AccessKind.INLAND_PORT, AccessKind.RAIL_FREIGHT)
BRACE = "\ue000"
"""Stands for "{" in all data on its way through Folium, which reads what it has written once more as a template."""
DECIMALS = 5
"""About a metre."""
COARSE_M = 25.0
"""Corners of areas and lines closer to the line than this are not sent."""
MIN_ZOOM, MAX_ZOOM = 8, 17
WORDS_PX, LETTERS = 440.0, 12.0
"""For which width and letters, in pixels, the words of the map are placed."""


@dataclass(frozen=True)
class Links:
    """Names of the files the page must include, in this order; `asset` gives their addresses."""

    styles: tuple[str, ...]
    scripts: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """What Folium made: a script that goes out as a response of its own."""

    script: str


def links() -> Links:
    """Return what stands in the page's head before the map's own script."""
    return Links(("leaflet.css",), ("leaflet.js", "fullscreen.js", "map.js"))


class _Map(folium.Map):
    """A map whose element and variable have a name of ours."""

    def get_name(self) -> str:
        return ELEMENT


class _Sites(folium.MacroElement):
    """Hands the finished map over to `map.js`."""

    _template = Template(
        "{% macro script(this, kwargs) %}finderMap.show({{ this._parent.get_name() }}, "
        "{{ this.settings|tojson }});{% endmacro %}"
    )

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.settings = _guarded(settings)


def region_map(
    *,
    towns: Sequence[Municipality],
    lines: Sequence[MapLine],
    access_points: Sequence[AccessPoint],
    sites_url: str,
    language: Language,
) -> Parts:
    """Return the map of the region; the sites are fetched from `sites_url` by the page."""
    ground = Ground(tuple(towns), tuple(lines))
    west, south, east, north = _extent(ground)
    made = _Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=10,
        control_scale=True,
        attribution_control=False,
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=90,
    )
    # without tiles Leaflet knows no bounds of its own; map.js fits the extent once the element is shown
    made.options.update(min_zoom=MIN_ZOOM, max_zoom=MAX_ZOOM)
    # names lie above the squares, which may be many, and below the circles, which are few
    folium.map.CustomPane("ways", z_index=590).add_to(made)
    folium.map.CustomPane("words", z_index=630).add_to(made)
    folium.map.CustomPane("circles", z_index=640, pointer_events=True).add_to(made)
    _add_ground(made, ground, language)
    _add_access_points(made, access_points, language)
    full = {"title": language.text(N_("Whole screen")), "title_cancel": language.text(N_("Leave the whole screen"))}
    plugins.Fullscreen(**full, content="").add_to(made)  # type: ignore[no-untyped-call]
    folium.LayerControl(position="topright", collapsed=True).add_to(made)
    _Sites(_settings(sites_url, [[south, west], [north, east]], language)).add_to(made)
    root: Any = made.get_root()
    root.render()
    written = root.script.render().replace(r"\ue000", r"\u007b")  # both as they stand in quoted texts
    return Parts('"use strict";\n(() => {\n' + written + "\n})();\n")


def _guarded(value: Any) -> Any:
    """Return data without a "{" in its texts, so that nothing in it can be taken for a template."""
    match value:
        case str():
            return value.replace("{", BRACE)
        case dict():
            return {name: _guarded(part) for name, part in value.items()}
        case list():
            return [_guarded(part) for part in value]
    return value


def _add(features: list[dict[str, Any]], cls: str, to: Any, draw: str | None = None) -> None:
    """Add features as a layer of this class; `draw` names the function of `map.js` that makes points into markers."""
    if features:
        more = {"point_to_layer": JsCode(f"finderMap.{draw}")} if draw else {"class_name": cls, "interactive": False}
        data = {"type": "FeatureCollection", "features": features}
        folium.GeoJson(data, control=False, smooth_factor=0.6, **more).add_to(to)


def _add_ground(made: folium.Map, ground: Ground, language: Language) -> None:
    names, plates = _words(ground)
    _add([_feature(town.geometry, {"name": town.name}) for town in ground.mapped], "m-town", made)
    for kind, title, edge, core in (
        ("canal", N_("Canals"), "m-canal", "m-canal-in"),
        ("motorway", N_("Motorways"), "m-mw", "m-mw-in"),
    ):
        shapes = [_feature(line.geometry, {"name": line.name}) for line in ground.lines if line.kind == kind]
        if shapes:
            group = folium.FeatureGroup(language.text(title)).add_to(made)
            _add(shapes, edge, group)
            _add(shapes, core, group)
            _add(plates if kind == "motorway" else [], "", group, "plate")
    _add(names, "", made, "town")


def _add_access_points(made: folium.Map, points: Sequence[AccessPoint], language: Language) -> None:
    for kind in dict.fromkeys(point.kind for point in points):
        title = capital(language.text(kind.label))
        near = language.text(N_("%(kind)s (from near)"), kind=title)
        group = folium.FeatureGroup(near, show=kind in SHOWN_AT_FIRST).add_to(made)
        features = [
            _feature(p.geometry, {"name": p.name, "road": p.road, "kind": kind.value, "label": title})
            for p in points
            if p.kind is kind
        ]
        _add(features, "", group, "accessPoint")


def _settings(url: str, bounds: list[list[float]], language: Language) -> dict[str, Any]:
    """Return what `map.js` needs: where the sites are, the extent, the words of the controls, the signs."""
    text = language.text
    return {
        "url": url,
        "bounds": bounds,
        "sprite": sprite(),
        "words": {
            "zoomIn": text(N_("Closer")),
            "zoomOut": text(N_("Farther")),
            "layers": text(N_("Choose what the map shows")),
            "close": text(N_("Close")),
            "map": text(N_("Map of the region with the sites of the list")),
        },
    }


def sprite() -> str:
    """Return patterns of all kinds of zoning and the signs of access points, by the ids `map.js` uses."""
    kinds: list[symbols.Zonings] = [(kind,) for kind in Zoning]
    patterns = "".join(symbols.pattern(kind, f"pz-{symbols.key(kind)}") for kind in [*kinds, None, ()])
    side = f"{symbols.SIGN:g}"
    signs = "".join(
        f'<symbol id="as-{kind.value}" viewBox="0 0 {side} {side}">{symbols.access_shape(kind)}</symbol>'
        for kind in AccessKind
    )
    query = f'<symbol id="pz-query" viewBox="-12 -12 24 24">{symbols.question(0, 0, symbols.SIDE)}</symbol>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="defs" width="0" height="0" aria-hidden="true">'
        f"<defs>{patterns}</defs>{signs}{query}</svg>"
    )


def _feature(shape: BaseGeometry | None, properties: dict[str, Any]) -> dict[str, Any]:
    """Return a metric shape as a GeoJSON feature, no finer than the map shows."""
    assert shape is not None
    coarse = shape if shape.geom_type == "Point" else shapely.simplify(shape, COARSE_M)
    lonlat = shapely.set_precision(crs.to_lonlat(coarse), 10**-DECIMALS, mode="pointwise")
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(lonlat)), "properties": _guarded(properties)}


def _words(ground: Ground) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return where the names of towns and the plates of motorways stand, found as on the still maps."""
    sheet = Sheet(Frame(*basemap.bounds(ground), WORDS_PX))
    placed = basemap.town_names(sheet, ground.mapped, LETTERS), basemap.plates(sheet, ground.lines)

    def points(words: basemap.Placed) -> list[dict[str, Any]]:
        return [_feature(shapely.Point(sheet.frame.metres(x, y)), {"name": name}) for name, x, y in words]

    return points(placed[0]), points(placed[1])


def _extent(ground: Ground) -> tuple[float, float, float, float]:
    """Return west, south, east, north of what the map shows at first."""
    areas = [town.geometry for town in ground.mapped]
    lonlat = crs.to_lonlat(areas or [shapely.box(*basemap.bounds(ground))])
    west, south, east, north = (float(v) for v in shapely.total_bounds(lonlat))
    margin = 0.02 * (north - south)
    return west - margin, south - margin, east + margin, north + margin


__all__ = ["ELEMENT", "Links", "Parts", "links", "region_map", "sprite"]
