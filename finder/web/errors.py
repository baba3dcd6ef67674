"""Where refusals meet HTTP: one table, one page, no path, no SQL, no version."""

from __future__ import annotations

import logging

import flask
from werkzeug.exceptions import HTTPException

from finder.errors import ConfigError, FinderError, NotFound, Outdated, StoreError, UnknownWord, UnusableInput
from finder.language import N_

log = logging.getLogger(__name__)

STATUS: dict[type[FinderError], int] = {
    UnknownWord: 400,
    UnusableInput: 400,
    NotFound: 404,
    Outdated: 412,
    StoreError: 503,
    ConfigError: 500,
}
"""A refusal's status; the nearest parent class counts."""

TITLES = {
    400: N_("This question cannot be answered"),
    404: N_("Not found"),
    405: N_("This address does not take that"),
    410: N_("No longer here"),
    412: N_("Changed meanwhile"),
    413: N_("Too large"),
    414: N_("Too long"),
    429: N_("Too many requests"),
    500: N_("Something went wrong here"),
    503: N_("Not available at the moment"),
}
TEXTS = {
    404: N_("There is no such page. It may have moved; the search finds every listed site."),
    500: N_("The fault is ours and has been noted. Please try again in a moment."),
    503: N_("The data cannot be read at the moment. Please try again in a few minutes."),
}


def register(app: flask.Flask) -> None:
    """Give the application its error pages."""
    app.register_error_handler(FinderError, _refusal)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _refusal(error: FinderError) -> flask.typing.ResponseReturnValue:
    status = next((STATUS[cls] for cls in type(error).__mro__ if cls in STATUS), 500)
    if status >= 500:
        log.error("%s: %s", type(error).__name__, error)
        return _page(status, None)
    return _page(status, flask.g.language.error(error))


def _http(error: HTTPException) -> flask.typing.ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    return _page(error.code, None)


def _fault(error: Exception) -> flask.typing.ResponseReturnValue:
    log.exception("unexpected %s", type(error).__name__)
    return _page(500, None)


def _page(status: int, message: str | None) -> flask.typing.ResponseReturnValue:
    language = flask.g.language
    title = language.text(TITLES.get(status, TITLES[400]))
    text = message or language.text(TEXTS.get(status, TEXTS[404]))
    if flask.request.path.endswith((".geojson", ".csv", ".json", ".js")):
        return flask.jsonify(status=status, title=title, detail=text), status
    return flask.render_template("errors/error.html", status=status, title=title, text=text), status
