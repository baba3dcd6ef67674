"""The map in the browser, drawn by Folium without any other host. The only module that knows Folium.

Folium writes the script; what is its own to the page (signs, popups, the list's companion) stands in `map.js`, which it calls.
Names of sites, towns and points reach the page as GeoJSON properties and become text there, never HTML and never a script.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from finder import crs
from finder.language import N_, Language
from finder.model.access import AccessPoint
from finder.model.place import MapLine, Municipality
from finder.model.vocabulary import AccessKind, Zoning
from finder.presentation import basemap, symbols
from finder.presentation.basemap import Ground
from finder.presentation.format import capital

ELEMENT = "region_map"
"""The id of the element that the map fills; also the name of the map's variable in the script."""
SHOWN_AT_FIRST = (AccessKind.MOTORWAY_JUNCTION, AccessKind.INLAND_PORT, AccessKind.RAIL_FREIGHT)
DECIMALS = 5
"""About a metre."""
COARSE_M = 25.0
"""Corners of areas and lines closer to the line than this are not sent."""
MAX_ZOOM = 17


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


def region_map(
    *,
    towns: Sequence[Municipality],
    lines: Sequence[MapLine],
    access_points: Sequence[AccessPoint],
    sites_url: str,
    language: Language,
) -> Parts:
    """Return the map of the region; the sites are fetched from `sites_url` by the page."""
    import folium  # half a second; only the map needs it
    from folium import plugins
    from folium.template import Template
    from folium.utilities import JsCode

    class Map(folium.Map):  # type: ignore[misc]
        """A map whose element and variable have a name of ours."""

        def get_name(self) -> str:
            return ELEMENT

    class Sites(folium.MacroElement):  # type: ignore[misc]
        """Hands the finished map over to `map.js`."""

        _template = Template(
            "{% macro script(this, kwargs) %}finderMap.show({{ this._parent.get_name() }}, "
            "{{ this.settings|tojson }});{% endmacro %}"
        )

        def __init__(self, settings: dict[str, Any]) -> None:
            super().__init__()
            self.settings = settings

    ground = Ground(tuple(towns), tuple(lines))
    west, south, east, north = crs.to_lonlat(shapely.box(*basemap.bounds(ground))).bounds
    made = Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_start=10,
        control_scale=True,
        attribution_control=False,
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=90,
    )
    made.options["max_zoom"] = MAX_ZOOM
    made.options["min_zoom"] = 8
    made.fit_bounds([[south, west], [north, east]])

    def layer(features: list[dict[str, Any]], cls: str, *, to: Any, **more: Any) -> None:
        data = {"type": "FeatureCollection", "features": features}
        if features:
            folium.GeoJson(data, control=False, class_name=cls, interactive=False, smooth_factor=0.6, **more).add_to(to)

    areas = [_feature(t.geometry, {"name": t.name, "at": _label_point(t.geometry)}) for t in ground.mapped]
    layer(areas, "m-town m-border-line", to=made, on_each_feature=JsCode("finderMap.town"))
    for kind, title, edge, core in (
        ("canal", N_("Canals"), "m-canal", "m-canal-in"),
        ("motorway", N_("Motorways"), "m-mw", "m-mw-in"),
    ):
        shapes = [_feature(line.geometry, {"name": line.name}) for line in lines if line.kind == kind]
        if shapes:
            group = folium.FeatureGroup(language.text(title)).add_to(made)
            layer(shapes, edge, to=group)
            layer(shapes, core, to=group)
            if kind == "motorway":
                plates = [_feature(at, {"name": line.name}) for line, at in _plates(ground)]
                layer(plates, "", to=group, point_to_layer=JsCode("finderMap.plate"))
    for access_kind in dict.fromkeys(point.kind for point in access_points):
        title = capital(language.text(access_kind.label))
        group = folium.FeatureGroup(title, show=access_kind in SHOWN_AT_FIRST).add_to(made)
        points = [
            _feature(p.geometry, {"name": p.name, "road": p.road, "kind": p.kind.value, "label": title})
            for p in access_points
            if p.kind is access_kind
        ]
        layer(points, "", to=group, point_to_layer=JsCode("finderMap.accessPoint"))
    plugins.Fullscreen(
        title=language.text(N_("Whole screen")), title_cancel=language.text(N_("Leave the whole screen")), content=""
    ).add_to(made)
    folium.LayerControl(position="topright", collapsed=True).add_to(made)
    Sites(_settings(sites_url, (south, west, north, east), language)).add_to(made)
    root = made.get_root()
    root.render()
    return Parts('"use strict";\n(() => {\n' + root.script.render() + "\n})();\n")


def _settings(url: str, box: tuple[float, float, float, float], language: Language) -> dict[str, Any]:
    """Return what `map.js` needs: where the sites are, the extent, the words of the controls, the signs."""
    text = language.text
    south, west, north, east = box
    return {
        "url": url,
        "bounds": [[south, west], [north, east]],
        "sprite": sprite(),
        "words": {
            "zoomIn": text(N_("Closer")),
            "zoomOut": text(N_("Farther")),
            "layers": text(N_("Choose what the map shows")),
            "close": text(N_("Close")),
            "open": text(N_("Open the site’s page")),
            "failed": text(N_("The sites could not be loaded; the list shows them all.")),
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
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(lonlat)), "properties": properties}


def _label_point(area: BaseGeometry | None) -> list[float]:
    """Return latitude and longitude of the middle of an area, where its name has most room."""
    widest = shapely.maximum_inscribed_circle(area, tolerance=100)
    point = crs.to_lonlat(shapely.Point(widest.coords[0]))
    return [round(point.y, DECIMALS), round(point.x, DECIMALS)]


def _plates(ground: Ground) -> Iterable[tuple[MapLine, shapely.Point]]:
    """Yield each motorway with the middle of its longest run through the region."""
    extent = shapely.box(*basemap.bounds(ground))
    for line in ground.lines:
        parts = shapely.get_parts(shapely.intersection(line.geometry, extent))
        if line.kind == "motorway" and len(parts) and shapely.length(parts).max() > 0:
            longest = parts[int(shapely.length(parts).argmax())]
            yield line, shapely.line_interpolate_point(longest, 0.5, normalized=True)


__all__ = ["ELEMENT", "Links", "Parts", "links", "region_map", "sprite"]
