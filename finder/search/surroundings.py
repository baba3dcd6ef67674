"""What reading a question needs from the region: its towns, sectors and places."""

from __future__ import annotations

import datetime as dt

import shapely

from finder import resources
from finder.language import Language
from finder.search.criteria import Context, Reach
from finder.store import reference
from finder.store.database import Session


def context(session: Session, today: dt.date, language: Language, network: Reach | None = None) -> Context:
    """Return the context of questions asked today in this language; without a road network minutes are estimates."""
    towns = reference.municipalities(session)
    places = {place.name: place.geometry for place in reversed(reference.places(session))}
    # The region's own towns come last: a town of the same name far away does not hide them.
    places |= {t.name: shapely.point_on_surface(t.geometry) for t in towns if t.geometry is not None}
    sectors = {row["code"]: row["label"][language.code] for row in resources.region()["sectors"]}
    names = {t.code: t.name for t in towns}
    return Context(today=today, towns=names, sectors=sectors, places=places, reach=network)
