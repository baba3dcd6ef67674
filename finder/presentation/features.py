"""Sites as the map in the browser draws them: their shapes, what they look like there, and the words of their cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import orjson
import shapely

from finder import crs
from finder.language import N_, Language
from finder.model.vocabulary import AccessKind, Method
from finder.presentation import format, listing, markers, symbols
from finder.store.sites import Listed

DECIMALS = 6
"""About ten centimetres."""


def collection(hits: Iterable[Listed], towns: Mapping[str, str], language: Language, *, by_road: bool = False) -> bytes:
    """Return the sites that have a place as GeoJSON in longitude and latitude, plain text in every property.

    `by_road` says that there are files of the ways by road.
    """
    placed = [hit for hit in hits if hit.site.geometry is not None]
    lonlat = crs.to_lonlat([hit.site.geometry for hit in placed]) if placed else []
    texts = shapely.to_geojson(shapely.set_precision(lonlat, 10**-DECIMALS, mode="pointwise"))
    features = [
        {
            "type": "Feature",
            "id": hit.site.id,
            "geometry": orjson.Fragment(text),
            "properties": labels(hit, towns, language, by_road=by_road),
        }
        for hit, text in zip(placed, texts, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def labels(listed: Listed, towns: Mapping[str, str], language: Language, *, by_road: bool = False) -> dict[str, Any]:
    """Return what the map shows of one site: words for its card, and the codes by which it is drawn.

    `ways` is where the way that the card tells is found as a line, if it was measured by road.
    """
    site = listed.site
    sign = markers.marker(site)
    kind = AccessKind.MOTORWAY_JUNCTION
    access = listing.reach(listed.access, kind, kind.vehicle, language)
    driven = any((way.kind, way.vehicle, way.method) == (kind, kind.vehicle, Method.NETWORK) for way in listed.access)
    href = f"/sites/{quote(site.id)}"
    shown: dict[str, Any] = {
        "id": site.id,
        "name": site.name,
        "href": href,
        "town": listing.town_names(site, towns),
        "size": markers.size_text(site, language) or language.text(N_("size not known")),
        "size_m2": site.size_m2,
        "zoning": format.zoning(site.zoning, language) or language.text(N_("zoning not known")),
        "availability": language.text(N_("available %(when)s"), when=language.text(site.availability.label))
        if site.availability
        else language.text(N_("availability not known")),
        "access": None if access is None else f"{access.name}: {access.value}, {access.method}",
        "ways": f"{href}/routes.geojson?vehicle={kind.vehicle.value}" if by_road and driven else None,
        "tags": list(listing.tags(site, language)),
        "fills": [z.value for z in site.zoning[:2]] if site.zoning else [symbols.key(site.zoning)],
        "outline": site.availability.value if site.availability else "unknown",
    }
    if sign is not None:
        shown |= {
            "form": sign.form.value,
            "side": sign.side,
            "state": sign.state,
            "radius_m": round(sign.radius_m, 1),
            "approximate": markers.approximate(site),
        }
    return shown


__all__ = ["collection", "labels"]
