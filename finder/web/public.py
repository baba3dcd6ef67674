"""What anybody sees: the region, the search, files, and the texts every public page must have."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

import flask
from markupsafe import Markup

from finder import resources
from finder.config import Config
from finder.errors import NotFound
from finder.exports import geojson, table
from finder.language import N_
from finder.model.query import AnyOf
from finder.model.vocabulary import LISTED
from finder.presentation import features, filters, listing, pages, phrases, scenes
from finder.presentation import map as folium_map
from finder.search import answer, counts, question, reachable, surroundings
from finder.search.criteria import Context
from finder.search.question import Potential, Question
from finder.store import population, reference, sites
from finder.store.database import Database, Session
from finder.store.sites import Listed
from finder.web import roads

blueprint = flask.Blueprint("public", __name__)
MAP_LIMIT = 2000
"""Sites drawn on a page's map; the sentence beside it says when there are more."""
FILES_AT_ONCE = 3
"""Files written at the same time: who reads them slowly keeps a thread of the server each, and pages need some too."""


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """Return words and texts as the query part of an address."""
    return urlencode(list(pairs), safe=",")


def at_hand() -> tuple[Config, Database]:
    """Return the settings and the database."""
    config, database = flask.current_app.extensions["finder"]
    return config, database


def _pairs() -> list[tuple[str, str]]:
    return [(word, text) for word, text in flask.request.args.items(multi=True) if word != "lang"]


def _question(session: Session, *, page_words: bool = False) -> tuple[Question, Context]:
    reach = reachable.over(session, roads.network())
    context = surroundings.context(session, dt.date.today(), flask.g.language, reach)
    return question.read(_pairs(), context, page_words=page_words), context


def _ask(session: Session, asked: Question, config: Config, limit: int | None = question.PAGE_SIZE) -> answer.Answer:
    today = dt.date.today()
    return answer.ask(session, asked, today=today, hidden_after_days=config.freshness.hidden, limit=limit)


def show_notice(session: Session) -> None:
    """Say on every page which inventory this is."""
    flask.g.inventory = counts.inventory(session)
    flask.g.notice = pages.notice(flask.g.inventory, flask.g.language)


@blueprint.get("/")
def start() -> flask.typing.ResponseReturnValue:
    config, database = at_hand()
    language = flask.g.language
    with database.reading() as session:
        show_notice(session)
        context = surroundings.context(session, dt.date.today(), language)
        everything = _ask(session, Question(), config, limit=MAP_LIMIT)
        covered = counts.covered(session, context.today, config.freshness.hidden)
        by_town = counts.by_town(session, context.today, config.freshness.hidden)
        scene = scenes.region(session, everything.hits)
        towns = reference.municipalities(session)
    return flask.render_template(
        "public/start.html",
        headline=resources.region()["headline"][language.code],
        inventory=flask.g.inventory,
        counts=pages.inventory_counts(covered, language),
        towns=pages.towns(towns, by_town.sites, by_town.potential, language),
        towns_source=pages.towns_source(),
        choices=sorted(context.towns.items(), key=lambda item: item[1]),
        map_svg=Markup(scenes.region_svg(scene, language, size=scenes.WIDE)),  # noqa: S704 (escaped when drawn)
        map_caption=scenes.region_caption(scene, language),
    )


@blueprint.get("/sites")
def search() -> flask.typing.ResponseReturnValue:
    if (clean := _clean_address()) is not None:
        return flask.redirect(clean, code=303)
    config, database = at_hand()
    language = flask.g.language
    with database.reading() as session:
        show_notice(session)
        asked, context = _question(session, page_words=True)
        found = _ask(session, asked, config)
        if not found.hits and asked.page > 1:
            raise NotFound(N_("The answer ends on page %(n)s."), n=found.pages)
        mapped = _ask(session, dataclasses.replace(asked, page=1), config, limit=MAP_LIMIT)
        scope = asked.scope(context.today, config.freshness.hidden)
        remaining = counts.with_each(session, asked, scope, filters.facets())
        without = () if found.hits else counts.without_each(session, asked, scope)
        covered = counts.covered(session, context.today, config.freshness.hidden)
        scene = scenes.region(session, mapped.hits)
    form = filters.form(asked, context, remaining, language)
    chips = filters.chips(asked, context, language, "/sites")
    more = found.left_out and not asked.unknown
    potential = covered["potential"] and asked.potential is Potential.NO
    return flask.render_template(
        "public/sites.html",
        form=form,
        kept=filters.kept(asked, form),
        said=phrases.found_parts(found, context, language),
        left_out=phrases.left_out(found, language),
        include_unknown=_address(asked, unknown=True) if more else None,
        scope=phrases.scope_note(asked, covered, language),
        include_potential=_address(asked, potential=Potential.INCLUDE) if potential else None,
        chips=chips,
        ways_out=filters.ways_out(asked, without, context, language, "/sites") if without else (),
        hits=listing.hits(found, context, config.freshness, language),
        sorts=filters.sorts(asked, language),
        kept_in_order=filters.kept_in_order(asked),
        pages=pages.paging(found, language, "/sites"),
        map_svg=Markup(scenes.region_svg(scene, language, size=scenes.SMALL)),  # noqa: S704 (escaped when drawn)
        map_caption=scenes.region_caption(scene, language),
        map_more=len(mapped.hits) < mapped.total,
        map_script=f"/map.js?{query_string([*asked.words(), ('lang', language.code)])}",
        map_links=folium_map.links(),
        legend=scenes.legend(mapped.hits, language),
        files=[
            (kind, filters.address(f"/sites.{kind}", dataclasses.replace(asked, page=1))) for kind in ("csv", "geojson")
        ],
    )


def _address(asked: Question, **changes: Any) -> str:
    return filters.address("/sites", dataclasses.replace(asked, page=1, **changes))


def _clean_address() -> str | None:
    """Return the address without empty words and with hectares written out, or None where it is clean already."""
    given = list(flask.request.args.items(multi=True))
    words = filters.written_out(given)
    if words == given:
        return None
    return flask.request.path + ("?" + query_string(words) if words else "")


@blueprint.get("/sites.geojson")
def sites_geojson() -> flask.typing.ResponseReturnValue:
    return _file(geojson.chunks, "application/geo+json")


@blueprint.get("/sites.csv")
def sites_csv() -> flask.typing.ResponseReturnValue:
    response = _file(table.csv_lines, "text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="sites.csv"'
    return response


def _file(write: Callable[[Iterator[Listed]], Iterable[str] | Iterable[bytes]], mimetype: str) -> flask.Response:
    """Return all sites of the answer as a file that is written while it is sent, from one state of the database."""
    config, database = at_hand()
    days = config.freshness.hidden
    with ExitStack() as open_:
        places: BoundedSemaphore = flask.current_app.extensions["files"]
        if not places.acquire(blocking=False):
            flask.abort(503)
        open_.callback(places.release)
        session = open_.enter_context(database.reading())
        asked, context = _question(session)
        found = answer.every(session, asked, today=context.today, hidden_after_days=days)
        if flask.request.method == "HEAD":
            # without its length the server would send the end of a body that is none
            response = flask.Response(mimetype=mimetype)
            parts = write(found)
            response.content_length = sum(len(part.encode() if isinstance(part, str) else part) for part in parts)
            return response
        held = open_.pop_all()
        response = flask.Response(_written(write(found), held), mimetype=mimetype)
        response.call_on_close(held.close)  # should nobody read to the end
    return response


def _written(parts: Iterable[Any], held: ExitStack) -> Iterator[Any]:
    yield from parts
    held.close()


@blueprint.get("/map.js")
def map_script() -> flask.typing.ResponseReturnValue:
    _, database = at_hand()
    with database.reading() as session:
        asked, _ = _question(session)
        parts = folium_map.region_map(
            towns=reference.municipalities(session),
            lines=reference.lines(session),
            access_points=reference.access_points(session, scenes.MAP_KINDS),
            sites_url=f"/map.geojson?{query_string([*asked.words(), ('lang', flask.g.language.code)])}",
            language=flask.g.language,
        )
    return flask.Response(parts.script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@blueprint.get("/map.geojson")
def map_sites() -> flask.typing.ResponseReturnValue:
    config, database = at_hand()
    with database.reading() as session:
        asked, context = _question(session)
        found = _ask(session, dataclasses.replace(asked, page=1), config, limit=MAP_LIMIT)
    by_road = roads.network() is not None
    text = features.collection(found.hits, context.towns, flask.g.language, by_road=by_road)
    return flask.Response(text, mimetype="application/geo+json")


@blueprint.get("/sources")
def sources() -> flask.typing.ResponseReturnValue:
    _, database = at_hand()
    with database.reading() as session:
        show_notice(session)
        grid = population.grid(session)
    listed = pages.sources(flask.g.language, flask.g.inventory)
    listed += pages.loaded_sources(roads.network(), grid, flask.g.language)
    return flask.render_template("public/sources.html", sources=listed)


@blueprint.get("/impressum")
@blueprint.get("/datenschutz")
@blueprint.get("/barrierefreiheit")
def text() -> flask.typing.ResponseReturnValue:
    config, database = at_hand()
    with database.reading() as session:
        show_notice(session)
    page = pages.text(flask.request.path.strip("/"), config, flask.g.language)
    return flask.render_template("public/text.html", page=page)


@blueprint.get("/healthz")
def healthz() -> flask.typing.ResponseReturnValue:
    _, database = at_hand()
    with database.reading() as session:
        count = sites.count(session, AnyOf("status", tuple(s.value for s in LISTED)))
    return flask.jsonify(status="ok", sites=count)


@blueprint.get("/robots.txt")
def robots() -> flask.typing.ResponseReturnValue:
    return flask.Response("User-agent: *\nDisallow: /map.js\nDisallow: /map.geojson\n", mimetype="text/plain")
