"""What anybody sees: the region, the search, the exposé, files, and the texts every public page must have."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import flask
from markupsafe import Markup

from finder import resources
from finder.config import Config
from finder.errors import NotFound
from finder.exports import geojson, table
from finder.language import N_
from finder.model.query import And, AnyOf, Predicate
from finder.model.vocabulary import LINKED, LISTED, Status
from finder.presentation import expose, features, filters, format, listing, pages, phrases, scenes
from finder.presentation import map as folium_map
from finder.presentation.basemap import Ground
from finder.search import answer, question, surroundings
from finder.search.criteria import Context
from finder.search.question import Potential, Question
from finder.store import reference, sites
from finder.store.database import Database, Session

blueprint = flask.Blueprint("public", __name__)
MAP_LIMIT = 2000
"""Sites drawn on a page's map; the sentence beside it says when there are more."""


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """Return words and texts as the query part of an address."""
    return urlencode(list(pairs), safe=",")


def _finder() -> tuple[Config, Database]:
    config, database = flask.current_app.extensions["finder"]
    return config, database


def _pairs() -> list[tuple[str, str]]:
    return [(word, text) for word, text in flask.request.args.items(multi=True) if word != "lang"]


def _question(session: Session, *, page_words: bool = False) -> tuple[Question, Context]:
    context = surroundings.context(session, dt.date.today(), flask.g.language)
    return question.read(_pairs(), context, page_words=page_words), context


def _ask(session: Session, asked: Question, config: Config, limit: int | None = question.PAGE_SIZE) -> answer.Answer:
    today = dt.date.today()
    return answer.ask(session, asked, today=today, hidden_after_days=config.freshness.hidden, limit=limit)


def _notice(session: Session) -> None:
    """Say on every page which inventory this is."""
    flask.g.inventory = reference.setting(session, "inventory") or "own"
    flask.g.notice = pages.notice(flask.g.inventory, flask.g.language)


@blueprint.get("/")
def start() -> flask.typing.ResponseReturnValue:
    config, database = _finder()
    with database.reading() as session:
        _notice(session)
        context = surroundings.context(session, dt.date.today(), flask.g.language)
        everything = _ask(session, Question(), config, limit=MAP_LIMIT)
        counts = scope_counts(session, config)
        by_town = sites.count_by_municipality(session, Question().scope(context.today, config.freshness.hidden))
        potential = dataclasses.replace(Question(), potential=Potential.ONLY)
        potential_by_town = sites.count_by_municipality(
            session, potential.scope(context.today, config.freshness.hidden)
        )
        scene = scenes.region(session, everything.hits, flask.g.language)
        towns = reference.municipalities(session)
    return flask.render_template(
        "public/start.html",
        headline=resources.region()["headline"][flask.g.language.code],
        inventory=flask.g.inventory,
        counts=pages.inventory_counts(counts, flask.g.language),
        towns=pages.towns(towns, by_town, potential_by_town, flask.g.language),
        towns_source=pages.towns_source(),
        choices=sorted(context.towns.items(), key=lambda item: item[1]),
        map_svg=Markup(scenes.region_svg(scene, flask.g.language, size=scenes.WIDE)),  # noqa: S704 (escaped when drawn)
        map_caption=scenes.region_caption(scene, flask.g.language),
    )


def scope_counts(session: Session, config: Config) -> dict[str, int]:
    """Return how many sites the search covers, and how many stay outside it as potential or sold."""
    today, hidden = dt.date.today(), config.freshness.hidden
    sold = AnyOf("status", (Status.SOLD.value,))
    return {
        "listed": sites.count(session, Question().scope(today, hidden)),
        "potential": sites.count(session, Question(potential=Potential.ONLY).scope(today, hidden)),
        "sold": sites.count(session, sold),
    }


@blueprint.get("/sites")
def search() -> flask.typing.ResponseReturnValue:
    if (clean := _clean_address()) is not None:
        return flask.redirect(clean, code=303)
    config, database = _finder()
    language = flask.g.language
    with database.reading() as session:
        _notice(session)
        asked, context = _question(session, page_words=True)
        found = _ask(session, asked, config)
        if not found.hits and asked.page > 1:
            raise NotFound(N_("The answer has only %(n)s pages."), n=found.pages)
        mapped = _ask(session, dataclasses.replace(asked, page=1), config, limit=MAP_LIMIT)
        counts = _counts(session, asked, context, config)
        without = () if found.hits else _without(session, asked, asked.scope(context.today, config.freshness.hidden))
        scene = scenes.region(session, mapped.hits, language)
        outside = scope_counts(session, config)
    form = filters.form(asked, context, counts, language)
    chips = filters.chips(asked, context, language, "/sites")
    more = found.left_out and not asked.unknown
    potential = outside["potential"] and asked.potential is Potential.NO
    return flask.render_template(
        "public/sites.html",
        form=form,
        kept=filters.kept(asked, form),
        said=phrases.found_parts(found, context, language),
        left_out=phrases.left_out(found, language),
        include_unknown=_address(asked, unknown=True) if more else None,
        scope=phrases.scope_note(asked, outside, language),
        include_potential=_address(asked, potential=Potential.INCLUDE) if potential else None,
        chips=chips,
        ways_out=filters.ways_out(asked, without, context, language, "/sites") if without else (),
        hits=listing.hits(found, context, config.freshness, language),
        total=found.total,
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


def _without(session: Session, asked: Question, scope: Predicate) -> tuple[int, ...]:
    """Return, per criterion, how many sites answer everything but it."""
    return tuple(sites.count(session, And((scope, *filters.others(asked, one)))) for one in asked.asked)


def _clean_address() -> str | None:
    """Return the address without empty words and with hectares written out, or None where it is clean already."""
    given = list(flask.request.args.items(multi=True))
    words = filters.written_out(given)
    if words == given:
        return None
    return flask.request.path + ("?" + query_string(words) if words else "")


def _counts(session: Session, asked: Question, context: Context, config: Config) -> filters.Counts:
    """Return how many sites would remain with each choice of the form and everything else that is asked."""
    scope = asked.scope(context.today, config.freshness.hidden)

    def others(word: str) -> list[Predicate]:
        return [a.predicate for a in asked.asked if a.criterion.word != word]

    choices, ever = {}, {}
    for word, options in filters.facets().items():
        choices[word] = sites.tally(session, scope, others(word), options)
        ever[word] = sites.tally(session, scope, (), options) if others(word) else choices[word]
    towns = sites.count_by_municipality(session, And((scope, *others("municipality"))))
    return filters.Counts(choices, ever, towns)


@blueprint.get("/sites/<id_>")
def site(id_: str) -> flask.typing.ResponseReturnValue:
    config, database = _finder()
    language = flask.g.language
    with database.reading() as session:
        _notice(session)
        listed = _linked(session, id_)
        towns = {town.code: town for town in reference.municipalities(session)}
        shown = expose.expose(listed, towns, config.freshness, dt.date.today(), language)
        site_map, locator, legend = scenes.site_svgs(session, listed, language)
        ground = Ground(tuple(towns.values()), tuple(reference.lines(session)))
    return flask.render_template(
        "public/site.html",
        site=shown,
        site_map=Markup(site_map) if site_map else None,  # noqa: S704 (escaped when drawn)
        locator=Markup(locator) if locator else None,  # noqa: S704 (escaped when drawn)
        map_notes=scenes.ground_notes(ground, language),
        legend=legend,
        bars={row.kind.value: Markup(scenes.bar(row)) for row in shown.access},  # noqa: S704 (numbers only)
        bar_scale=Markup(scenes.bar_scale()),  # noqa: S704 (numbers only)
        permalink=f"{config.url or flask.request.host_url.rstrip('/')}/sites/{listed.site.id}",
        version=listed.version,
        read_on=format.date(dt.date.today(), language),
        back=_back(),
    )


def _linked(session: Session, id_: str) -> sites.Listed:
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


@blueprint.get("/sites.geojson")
def sites_geojson() -> flask.typing.ResponseReturnValue:
    config, database = _finder()
    with database.reading() as session:
        asked, _ = _question(session)
        found = _ask(session, asked, config, limit=None)
    return flask.Response(geojson.collection(found.hits), mimetype="application/geo+json")


@blueprint.get("/sites.csv")
def sites_csv() -> flask.typing.ResponseReturnValue:
    config, database = _finder()
    with database.reading() as session:
        asked, _ = _question(session)
        found = _ask(session, asked, config, limit=None)
    body = "".join(table.csv_lines(found.hits))
    headers = {"Content-Disposition": 'attachment; filename="sites.csv"'}
    return flask.Response(body, mimetype="text/csv", headers=headers)


@blueprint.get("/map.js")
def map_script() -> flask.typing.ResponseReturnValue:
    _, database = _finder()
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
    config, database = _finder()
    with database.reading() as session:
        asked, context = _question(session)
        found = _ask(session, dataclasses.replace(asked, page=1), config, limit=MAP_LIMIT)
    return flask.Response(
        features.collection(found.hits, context.towns, flask.g.language), mimetype="application/geo+json"
    )


@blueprint.get("/sources")
def sources() -> flask.typing.ResponseReturnValue:
    _, database = _finder()
    with database.reading() as session:
        _notice(session)
    return flask.render_template("public/sources.html", sources=pages.sources(flask.g.language, flask.g.inventory))


@blueprint.get("/impressum")
@blueprint.get("/datenschutz")
@blueprint.get("/barrierefreiheit")
def text() -> flask.typing.ResponseReturnValue:
    config, database = _finder()
    with database.reading() as session:
        _notice(session)
    page = pages.text(flask.request.path.strip("/"), config, flask.g.language)
    return flask.render_template("public/text.html", page=page)


@blueprint.get("/healthz")
def healthz() -> flask.typing.ResponseReturnValue:
    _, database = _finder()
    with database.reading() as session:
        count = sites.count(session, AnyOf("status", tuple(s.value for s in LISTED)))
    return flask.jsonify(status="ok", sites=count)


@blueprint.get("/robots.txt")
def robots() -> flask.typing.ResponseReturnValue:
    return flask.Response("User-agent: *\nDisallow: /map.js\nDisallow: /map.geojson\n", mimetype="text/plain")
