"""Every file the pages need beside themselves, served by us: own styles and scripts, Leaflet, fonts.

What takes long to make (font subsets, texts out of other packages) is made once and kept in the cache folder. Addresses
carry a digest of the content, so browsers may keep the files for good.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import brotli
import flask

from finder import resources
from finder.errors import NotFound
from finder.language import N_
from finder.web import fonts

log = logging.getLogger(__name__)

PREFIX = "/assets"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".woff2": "font/woff2",
}
"""Media types by ending; a file of another kind is refused when the store is prepared."""
PACKED = frozenset({".png", ".woff2"})
"""Endings of files that are compressed already."""
FULLSCREEN = "https://cdn.jsdelivr.net/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.min.js"
"""Under which folium-offline keeps the plug-in that folium's full-screen control asks for."""
MADE_FROM = ("folium-offline", "XStatic-Leaflet", *fonts.PACKAGES, "fonttools", "brotli")
EDITION = "1"
"""Changed whenever `_make` makes something else out of the same packages."""
FOR_GOOD = "public, max-age=31536000, immutable"
_CSS_URL = re.compile(r"url\((?!data:|#)[\"']?([\w./-]+)[\"']?\)")


@dataclass(frozen=True)
class Asset:
    """A file as it goes out, by content encoding ("" is plain)."""

    name: str
    type: str
    digest: str
    bodies: Mapping[str, bytes]

    @property
    def url(self) -> str:
        """The address, which changes with the content."""
        return f"{PREFIX}/{self.digest}/{self.name}"


class Assets:
    """All files by name."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._assets: dict[str, Asset] = {}
        # style sheets come last: they name the addresses of the others
        for name in sorted(files, key=lambda name: (name.endswith(".css"), name)):
            body = self._with_addresses(files[name]) if name.endswith(".css") else files[name]
            self._assets[name] = _asset(name, body)

    @classmethod
    def prepare(cls, cache_dir: Path) -> Assets:
        """Return the store; what must be made is taken from `cache_dir`, or made and left there for the next start."""
        own = {path.name: path.read_bytes() for path in sorted(resources.STATIC.iterdir()) if path.suffix in TYPES}
        return cls({**_made(cache_dir), **own})

    def url(self, name: str) -> str:
        """Return the address of a file by its plain name, such as "site.css"."""
        return self._assets[name].url

    def get(self, digest: str, name: str) -> Asset | None:
        """Return the file of this name and content, or None."""
        asset = self._assets.get(name)
        return asset if asset is not None and asset.digest == digest else None

    def names(self) -> Iterable[str]:
        """Return the plain names of all files."""
        return self._assets.keys()

    def _with_addresses(self, body: bytes) -> bytes:
        """Return a style sheet whose references to files of ours are their addresses."""

        def address(match: re.Match[str]) -> str:
            asset = self._assets.get(match[1].rpartition("/")[2])
            return f"url({asset.url})" if asset else match[0]

        return _CSS_URL.sub(address, body.decode()).encode()


def _asset(name: str, body: bytes) -> Asset:
    ending = Path(name).suffix
    bodies = {"": body}
    if ending not in PACKED:
        bodies["br"] = brotli.compress(body, mode=brotli.MODE_TEXT, quality=6)
        bodies["gzip"] = gzip.compress(body, 6, mtime=0)
    return Asset(name, TYPES[ending], hashlib.sha256(body).hexdigest()[:16], bodies)


def blueprint(store: Assets) -> flask.Blueprint:
    """Return the routes that serve the store's files."""
    routes = flask.Blueprint("assets", __name__)

    @routes.get(f"{PREFIX}/<digest>/<name>")
    def asset(digest: str, name: str) -> flask.Response:
        found = store.get(digest, name)
        if found is None:
            raise NotFound(N_("There is no such file."))
        return _response(found)

    @routes.get("/favicon.ico")
    def favicon() -> flask.typing.ResponseReturnValue:
        return flask.redirect(store.url("icon.svg"), code=302)

    return routes


def _response(asset: Asset) -> flask.Response:
    encodings = [name for name in ("br", "gzip") if name in asset.bodies]
    encoding = flask.request.accept_encodings.best_match(encodings) if encodings else None
    response = flask.Response(asset.bodies[encoding or ""], content_type=asset.type)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    if encodings:
        response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_GOOD
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(f"{asset.digest}-{encoding or 'plain'}")
    response.make_conditional(flask.request)
    return response


# -- what is made once ------------------------------------------------------------------------------------------------


def _made(cache_dir: Path) -> dict[str, bytes]:
    versions = [f"{name} {metadata.version(name)}" for name in MADE_FROM]
    key = hashlib.sha256("\n".join([EDITION, fonts.RECIPE, *versions]).encode()).hexdigest()[:16]
    folder = cache_dir / f"assets-{key}"
    if folder.is_dir():  # appears all at once, see _keep
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    files = _make()
    _keep(files, folder)
    return files


def _make() -> dict[str, bytes]:
    """Return the files of other packages and the fonts; takes seconds."""
    from offlinefolium.elements import _res as texts  # costs 0.8 s, hence only here
    from xstatic.pkg import leaflet

    base = Path(leaflet.BASE_DIR)
    files = {path.name: path.read_bytes() for path in (base / "leaflet.js", base / "leaflet.css")}
    files |= {path.name: path.read_bytes() for path in (base / "images").glob("layers*.png")}
    files["leaflet.css"] = b"\n".join(line for line in files["leaflet.css"].splitlines() if b"behavior:" not in line)
    files["leaflet.js"] = _without_map(files["leaflet.js"])
    files["fullscreen.js"] = _without_map(texts[FULLSCREEN].encode())  # a KeyError here: folium-offline has moved on
    return files | fonts.files()


def _without_map(script: bytes) -> bytes:
    """Return a script without its reference to a source map, which nobody serves."""
    return re.sub(rb"\n?//# sourceMappingURL=\S*\s*$", b"\n", script)


def _keep(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files aside and move them into place as one; a cache that cannot be written costs time only."""
    aside = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".assets-", dir=folder.parent))
        for name, body in files.items():
            (aside / name).write_bytes(body)
        aside.rename(folder)
    except OSError as error:
        # another process may have been first, or the folder is read-only: the files are in memory either way
        if not folder.is_dir():
            log.warning("the assets could not be kept for the next start: %s", error.strerror)
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


__all__ = ["Asset", "Assets", "blueprint"]
