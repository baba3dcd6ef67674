"""The application: settings in, Flask out. Nothing happens at import."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from typing import Any
from urllib.parse import quote

import flask
from markupsafe import Markup

from finder import language, resources
from finder.config import Config
from finder.errors import ConfigError, UnknownWord
from finder.language import LANGUAGES, N_, Language
from finder.presentation import symbols
from finder.store.database import Database
from finder.web import assets, errors, public, roads, site
from finder.web.kept import Kept

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
LANGUAGE_COOKIE = "lang"
POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src-attr 'unsafe-inline'",  # Leaflet places its panes by element styles
        "img-src 'self' data:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(config: Config, database: Database, *, host: str = "127.0.0.1") -> flask.Flask:
    """Return the application for one database.

    Raises
    ------
    ConfigError
        Without FINDER_SECRET_KEY when it would listen to other machines.
    """
    if config.secret_key is None and host not in LOCAL_HOSTS:
        raise ConfigError(N_("Listening to other machines needs FINDER_SECRET_KEY, a long random text."))
    app = flask.Flask("finder", template_folder=str(resources.TEMPLATES), static_folder=None)
    app.secret_key = config.secret_key or secrets.token_hex(32)
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.extensions["finder"] = config, database
    app.extensions["files"] = threading.BoundedSemaphore(public.FILES_AT_ONCE)
    app.extensions[roads.NAME] = roads.Roads(config.network, config.cache_dir)
    app.extensions[site.REACHED] = Kept()
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: flask.g.language.text(message),
        lambda one, many, n: flask.g.language.plural(one, many, n),
        newstyle=True,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    store = assets.Assets.prepare(config.cache_dir)
    app.jinja_env.globals.update(asset=store.url, brand_mark=lambda: Markup(symbols.brand_mark()))  # noqa: S704
    app.before_request(_choose_language)
    app.after_request(_finish)
    app.context_processor(_frame)
    errors.register(app)
    app.register_blueprint(assets.blueprint(store))
    app.register_blueprint(public.blueprint)
    app.register_blueprint(site.blueprint)
    return app


def _choose_language() -> None:
    flask.g.language = Language()  # so that a refusal of the wish itself can be told
    wish = flask.request.args.get("lang")
    if wish is not None and wish not in LANGUAGES:
        message = N_("“%(word)s” cannot be “%(value)s”; known are: %(known)s.")
        raise UnknownWord(message, word="lang", value=wish[:80], known=", ".join(LANGUAGES))
    # not best_match(): it prefers a later "de" to an "en-GB" that stands first
    accepted = [tag for tag, quality in flask.request.accept_languages if quality > 0]
    flask.g.language = language.choose(wish, flask.request.cookies.get(LANGUAGE_COOKIE), *accepted)


def _finish(response: flask.Response) -> flask.Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    wish = flask.request.args.get("lang")
    if wish in LANGUAGES and response.mimetype == "text/html":  # never on what others may keep for everybody
        response.set_cookie(
            LANGUAGE_COOKIE,
            str(wish),
            max_age=31_536_000,
            samesite="Lax",
            secure=flask.request.is_secure,
            httponly=True,
        )
    if not response.cache_control.public:
        response.headers.add("Vary", "Accept-Language, Cookie")
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _frame() -> dict[str, Any]:
    """Return what every page shows around its content."""
    other = next(code for code in LANGUAGES if code != flask.g.language.code)
    args = [(k, v) for k, v in flask.request.args.items(multi=True) if k != "lang"]
    region = resources.region()
    return {
        "lang": flask.g.language.code,
        "region_name": region["name"],
        "region_language": region["languages"][0],  # that of supplier's texts
        "alliance": region["alliance"][flask.g.language.code],
        "language_switch": {
            "code": other,
            # unquoted, /\\host and /<tab>/host would lead to another host
            "href": quote(flask.request.path) + "?" + public.query_string([*args, ("lang", other)]),
        },
        "notice": getattr(flask.g, "notice", None),
        "today": dt.date.today(),
    }
