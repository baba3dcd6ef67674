"""Files beside the pages: made once, served under the digest of their content, nothing from elsewhere."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import brotli
import flask
import pytest
from flask.testing import FlaskClient
from fontTools.ttLib import TTFont

from finder import resources
from finder.presentation import map
from finder.web import assets, fonts
from finder.web.assets import Assets

PREPARE = "import sys, pathlib; from finder.web.assets import Assets; Assets.prepare(pathlib.Path(sys.argv[1]))"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that two processes filled at once."""
    folder = tmp_path_factory.mktemp("cache") / "new" / "cache"
    both = [subprocess.Popen([sys.executable, "-c", PREPARE, str(folder)], stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()
    return folder


@pytest.fixture(scope="module")
def store(cache: Path) -> Assets:
    return Assets.prepare(cache)


@pytest.fixture
def client(store: Assets) -> FlaskClient:
    app = flask.Flask("test", static_folder=None)
    app.register_blueprint(assets.blueprint(store))
    return app.test_client()


def body(client: FlaskClient, name: str, store: Assets) -> bytes:
    with client.get(store.url(name)) as response:
        assert response.status_code == 200
        return response.get_data()


# -- preparing --------------------------------------------------------------------------------------------------------


def test_two_processes_leave_one_whole_folder(cache: Path) -> None:
    (made,) = cache.iterdir()
    assert not made.name.startswith("."), "what was written aside is gone"
    assert {"leaflet.js", "leaflet.css", "fullscreen.js", "fonts.css"} <= {path.name for path in made.iterdir()}


def test_second_start_takes_what_is_there(cache: Path, store: Assets) -> None:
    (made,) = cache.iterdir()
    marked = made / "leaflet.js"
    before = marked.read_bytes()
    try:
        marked.write_bytes(before + b"// kept")
        assert Assets.prepare(cache).url("leaflet.js") != store.url("leaflet.js")
    finally:
        marked.write_bytes(before)
    assert Assets.prepare(cache).url("leaflet.js") == store.url("leaflet.js")


def test_cache_that_cannot_be_written_does_no_harm(tmp_path: Path, store: Assets) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    again = Assets.prepare(blocked / "cache")
    assert {name: again.url(name) for name in again.names()} == {name: store.url(name) for name in store.names()}
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_unknown_names_are_a_fault_of_the_template(store: Assets) -> None:
    with pytest.raises(KeyError):
        store.url("nothing.css")


# -- serving ----------------------------------------------------------------------------------------------------------


def test_every_own_file_is_served(store: Assets) -> None:
    assert {path.name for path in resources.STATIC.iterdir()} <= set(store.names())


def test_everything_the_map_asks_for_is_served(store: Assets) -> None:
    for name in (*map.links().styles, *map.links().scripts):
        assert store.url(name).endswith(f"/{name}")


def test_files_may_be_kept_for_good(client: FlaskClient, store: Assets) -> None:
    for name in store.names():
        with client.get(store.url(name)) as response:
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Content-Type"] == assets.TYPES[Path(name).suffix]
            digest = store.url(name).split("/")[2]
            assert hashlib.sha256(response.get_data()).hexdigest().startswith(digest)


@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_text_goes_out_packed(client: FlaskClient, store: Assets, encoding: str, unpack: Any) -> None:
    plain = body(client, "leaflet.js", store)
    with client.get(store.url("leaflet.js"), headers={"Accept-Encoding": encoding}) as response:
        assert response.headers["Content-Encoding"] == encoding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert len(response.get_data()) < len(plain) / 3
        assert unpack(response.get_data()) == plain


def test_encodings_that_are_refused_are_not_used(client: FlaskClient, store: Assets) -> None:
    for refused in ("identity", "br;q=0, gzip;q=0", "deflate"):
        with client.get(store.url("site.css"), headers={"Accept-Encoding": refused}) as response:
            assert "Content-Encoding" not in response.headers


def test_packed_and_plain_have_their_own_tags(client: FlaskClient, store: Assets) -> None:
    tags = set()
    for encoding in ("", "br", "gzip"):
        with client.get(store.url("map.css"), headers={"Accept-Encoding": encoding}) as response:
            tags.add(response.headers["ETag"])
            tag = response.headers["ETag"]
        headers = {"Accept-Encoding": encoding, "If-None-Match": tag}
        with client.get(store.url("map.css"), headers=headers) as response:
            assert response.status_code == 304
            assert not response.get_data()
    assert len(tags) == 3


def test_other_content_under_an_address_is_not_found(client: FlaskClient, store: Assets) -> None:
    digest = store.url("site.css").split("/")[2]
    client.application.register_error_handler(Exception, lambda error: (type(error).__name__, 404))
    for address in (f"/assets/{'0' * 16}/site.css", f"/assets/{digest}/map.css", f"/assets/{digest}/../setup.cfg"):
        with client.get(address) as response:
            assert response.status_code == 404


def test_browsers_that_ask_for_an_icon_get_one(client: FlaskClient, store: Assets) -> None:
    with client.get("/favicon.ico") as response:
        assert response.headers["Location"] == store.url("icon.svg")


# -- nothing from elsewhere -------------------------------------------------------------------------------------------


def test_styles_refer_to_files_that_are_served(client: FlaskClient, store: Assets) -> None:
    addresses = {store.url(name) for name in store.names()}
    for name in store.names():
        if not name.endswith(".css"):
            continue
        text = body(client, name, store).decode()
        assert "@import" not in text
        found = set(re.findall(r"url\([\"']?([^\"')]+)[\"']?\)", text))
        # Leaflet's own marker pictures are never used: every marker here is drawn
        found = {url for url in found if not url.startswith(("data:", "#")) and "marker-icon" not in url}
        assert found <= addresses, name


def test_scripts_and_styles_name_no_source_maps(client: FlaskClient, store: Assets) -> None:
    for name in store.names():
        if name.endswith((".js", ".css")):
            assert b"sourceMappingURL" not in body(client, name, store), name


# -- fonts ------------------------------------------------------------------------------------------------------------


def test_faces_are_served_and_speak_german(client: FlaskClient, store: Assets) -> None:
    css = body(client, "fonts.css", store).decode()
    assert {"IBM Plex Sans", "IBM Plex Sans Condensed", "IBM Plex Serif"} <= set(re.findall(r'family: "([^"]+)"', css))
    for cut in fonts.CUTS:
        assert store.url(cut.file) in css
        data = body(client, cut.file, store)
        assert len(data) < 70_000
        with TTFont(io.BytesIO(data)) as font:
            assert font.flavor == "woff2"
            known = font.getBestCmap()
            assert set(map_to_codes("AZaz09ÄÖÜäöüß–")) <= set(known)
            assert "SIL Open Font License" in (font["name"].getDebugName(13) or "")


def test_text_face_has_the_signs_of_the_pages(client: FlaskClient, store: Assets) -> None:
    with TTFont(io.BytesIO(body(client, "plex-sans.woff2", store))) as font:
        assert set(map_to_codes("€„“”‚‘’·×±²–—…≥≤→←§°µŁśč")) <= set(font.getBestCmap())
        axes = {axis.axisTag: (axis.minValue, axis.maxValue) for axis in font["fvar"].axes}
    assert axes == {"wght": (400, 600), "wdth": (75, 100)}


def map_to_codes(text: str) -> list[int]:
    return [ord(letter) for letter in text]
