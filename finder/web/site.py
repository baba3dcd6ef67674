"""The addresses of one site: its exposé, and what it reaches as files."""

from __future__ import annotations

import datetime as dt
import functools

import flask
from markupsafe import Markup

from finder.errors import NotFound, UnknownWord
from finder.exports import reach as reach_files
from finder.language import N_
from finder.model.vocabulary import LINKED, Vehicle
from finder.pipeline.reach import Reached
from finder.pipeline.reach import reach as measure
from finder.presentation import expose, format, reach, scenes
from finder.presentation.basemap import Ground
from finder.roads.network import Network
from finder.store import reference, sites
from finder.store.database import Session
from finder.store.sites import Listed
from finder.web import roads
from finder.web.kept import Kept
from finder.web.public import at_hand, show_notice

blueprint = flask.Blueprint("site", __name__)
REACHED = "reached"
"""Where the application keeps what sites reach over the road network."""


@blueprint.get("/sites/<id_>")
def page(id_: str) -> flask.typing.ResponseReturnValue:
    config, database = at_hand()
    language = flask.g.language
    with database.reading() as session:
        show_notice(session)
        listed = _linked(session, id_)
        network = roads.network()
        reached = [] if network is None else _reached(session, listed, network, tuple(Vehicle))
        as_of = None if network is None else network.as_of
        ways = [way for one in reached for way in one.routes]
        towns = {town.code: town for town in reference.municipalities(session)}
        shown = expose.expose(listed, towns, config.freshness, dt.date.today(), language, ways)
        site_map, locator, legend = scenes.site_svgs(session, listed, language, ways, as_of)
        ground = Ground(tuple(towns.values()), tuple(reference.lines(session)), tuple(reference.places(session)))
    areas = [area for one in reached for area in one.isochrones]
    return flask.render_template(
        "public/site.html",
        site=shown,
        site_map=Markup(site_map) if site_map else None,  # noqa: S704 (escaped when drawn)
        locator=Markup(locator) if locator else None,  # noqa: S704 (escaped when drawn)
        map_notes=scenes.ground_notes(ground, language),
        legend=legend,
        bars={row.kind.value: Markup(scenes.bar(row)) for row in shown.access},  # noqa: S704 (numbers only)
        bar_scale=Markup(scenes.bar_scale()),  # noqa: S704 (numbers only)
        reach=reach.part(listed.site, ground, areas, listed.catchment, as_of, language),
        files={"routes": bool(ways), "isochrones": bool(areas)},
        permalink=f"{config.url or flask.request.host_url.rstrip('/')}/sites/{listed.site.id}",
        version=listed.version,
        read_on=format.date(dt.date.today(), language),
        back=_back(),
    )


@blueprint.get("/sites/<id_>/routes.geojson")
def routes(id_: str) -> flask.typing.ResponseReturnValue:
    listed, reached, as_of = _asked(id_)
    ways = [way for one in reached for way in one.routes]
    return _geojson(reach_files.routes(listed.site.id, ways, listed.access, as_of))


@blueprint.get("/sites/<id_>/isochrones.geojson")
def isochrones(id_: str) -> flask.typing.ResponseReturnValue:
    listed, reached, as_of = _asked(id_)
    areas = [area for one in reached for area in one.isochrones]
    return _geojson(reach_files.isochrones(listed.site.id, areas, as_of))


def _geojson(text: bytes) -> flask.Response:
    return flask.Response(text, mimetype="application/geo+json")


def _asked(id_: str) -> tuple[Listed, list[Reached], str | None]:
    """Return the site, what it reaches by the vehicles asked for (none named: by all), and the date of the roads."""
    vehicles = _vehicles()
    _, database = at_hand()
    with database.reading() as session:
        listed = _linked(session, id_)
        network = roads.network()
        if network is None:
            raise NotFound(N_("No road network is set up here; nothing is measured by road."))
        return listed, _reached(session, listed, network, vehicles), network.as_of


def _vehicles() -> tuple[Vehicle, ...]:
    for word in flask.request.args:
        if word not in ("vehicle", "lang"):
            raise UnknownWord(N_("There is no criterion “%(word)s”."), word=word[:80])
    if len(set(flask.request.args.getlist("vehicle"))) > 1:
        raise UnknownWord(N_("“%(word)s” is given more than once."), word="vehicle")
    wished = flask.request.args.get("vehicle", "")
    if not wished:
        return tuple(Vehicle)
    known = {vehicle.value: vehicle for vehicle in Vehicle}
    if wished not in known:
        message = N_("“%(word)s” cannot be “%(value)s”; known are: %(known)s.")
        raise UnknownWord(message, word="vehicle", value=wished[:80], known=", ".join(known))
    return (known[wished],)


def _reached(session: Session, listed: Listed, network: Network, vehicles: tuple[Vehicle, ...]) -> list[Reached]:
    """Return what a site reaches by each vehicle, measured when it is first asked for."""
    if listed.site.geometry is None:
        return []
    kept: Kept[Reached] = flask.current_app.extensions[REACHED]
    # the access changes with the access points, which no version tells
    state = (listed.site.id, listed.version, listed.access, network.key)
    return [
        kept.get((*state, vehicle), functools.partial(measure, session, network, listed, vehicle))
        for vehicle in vehicles
    ]


def _linked(session: Session, id_: str) -> Listed:
    """Return a site that anybody with the link may see; drafts are as if they were not there."""
    listed = sites.get(session, id_)
    if listed.site.status not in LINKED:
        raise NotFound(N_("There is no site “%(id)s”."), id=id_[:80])
    return listed


def _back() -> str:
    """Return the search the reader came from, if it was ours."""
    referrer = flask.request.referrer or ""
    ours = flask.request.host_url + "sites?"
    return referrer[len(flask.request.host_url) - 1 :] if referrer.startswith(ours) else "/sites"
