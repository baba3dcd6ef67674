"""What holds for every answer: headers, languages, refusals, and nothing that helps an attacker."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from finder.config import Config
from finder.errors import ConfigError
from finder.store.database import Database
from finder.web.app import create_app

PAGES = ("/", "/sites", "/sites/T-1", "/sources", "/impressum", "/datenschutz", "/barrierefreiheit")
ANSWERS = (
    *PAGES,
    "/sites/T-999",
    "/nowhere",
    "/sites?min_area=x",
    "/sites.geojson",
    "/sites.csv",
    "/map.js",
    "/healthz",
)


def test_every_public_page_is_tried_here(client: FlaskClient) -> None:
    rules = {rule.rule for rule in client.application.url_map.iter_rules() if rule.endpoint.startswith("public.")}
    tried = {re.sub(r"/T-\d+", "/<id_>", answer.partition("?")[0]) for answer in ANSWERS}
    assert rules - tried <= {"/robots.txt", "/map.geojson"}


@pytest.mark.parametrize("address", ANSWERS)
def test_security_headers(client: FlaskClient, address: str) -> None:
    headers = client.get(address).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in headers


@pytest.mark.parametrize("address", PAGES)
def test_pages_call_no_other_host_and_run_no_inline_script(client: FlaskClient, address: str) -> None:
    html = client.get(address).get_data(as_text=True)
    assert not re.findall(r"<(?:script|link|img|iframe|source)[^>]+(?:src|href)=[\"']?(?:https?:)?//", html)
    assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html)
    assert not re.findall(r"\son[a-z]+\s*=", re.sub(r">[^<]*<", "><", html))
    assert "<style" not in html
    assert not re.findall(r"<[^>]+\sstyle=", html)


# -- languages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "cookie", "accept", "spoken"),
    [
        ("/", None, None, "de"),
        ("/", None, "fr", "de"),
        ("/", None, "en-GB,de;q=0.5", "en"),
        ("/", "de", "en", "de"),
        ("/?lang=en", "de", "de", "en"),
        ("/", "xx", "en", "en"),
    ],
)
def test_language_by_address_then_cookie_then_browser(
    client: FlaskClient, address: str, cookie: str | None, accept: str | None, spoken: str
) -> None:
    if cookie:
        client.set_cookie("lang", cookie)
    response = client.get(address, headers={"Accept-Language": accept} if accept else {})
    assert re.search(r"<html[^>]* lang=\"(..)\"", response.get_data(as_text=True)).group(1) == spoken  # type: ignore[union-attr]
    assert {"Accept-Language", "Cookie"} <= {word.strip() for word in response.headers["Vary"].split(",")}


def test_wish_for_a_language_is_kept(client: FlaskClient) -> None:
    cookie = client.get("/?lang=en").headers["Set-Cookie"]
    assert cookie.startswith("lang=en;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_unknown_language_is_refused_by_name(client: FlaskClient) -> None:
    response = client.get("/?lang=xx")
    assert response.status_code == 400
    assert "„xx“" in response.get_data(as_text=True)
    assert "Set-Cookie" not in response.headers


def test_switch_keeps_the_address(client: FlaskClient) -> None:
    html = client.get("/sites?zoning=GI,GE&min_area=4ha&lang=en").get_data(as_text=True)
    assert "/sites?zoning=GI,GE&amp;min_area=4ha&amp;lang=de" in html


@pytest.mark.parametrize("path", ["/%5Cevil.example/", "/%09/evil.example", "/%0a/evil.example", "/%3F/"])
def test_switch_leads_to_no_other_host(client: FlaskClient, path: str) -> None:
    html = client.get(path).get_data(as_text=True)
    (href,) = re.findall(r'<a href="([^"]*)" lang="en"', html)
    assert re.fullmatch(r"/[\w%./-]*\?lang=en", href)
    assert not href.startswith("//")


def test_what_everybody_may_keep_sets_no_cookie_and_what_depends_on_the_reader_says_so(client: FlaskClient) -> None:
    html = client.get("/").get_data(as_text=True)
    style = re.search(r'/assets/[^"]+\.css', html)
    assert style
    kept = client.get(f"{style[0]}?lang=en")
    assert kept.cache_control.public
    assert "Set-Cookie" not in kept.headers
    assert "Cookie" not in kept.headers["Vary"]
    for address in ("/map.js", "/map.geojson", "/sites.geojson?zoning=GX"):
        response = client.get(address)
        assert {"Accept-Language", "Cookie"} <= {word.strip() for word in response.headers["Vary"].split(",")}
        assert "no-cache" in response.headers["Cache-Control"]


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status", "named"),
    [
        ("/sites?zoning=GX", 400, "“GX”"),
        ("/sites?min_aera=4ha", 400, "“min_aera”"),
        ("/sites?min_area=lots", 400, "“lots”"),
        ("/sites?page=0", 400, "“0”"),
        ("/sites?page=99", 404, "page 1"),
        ("/sites?near=Musterstadt", 400, "“within_min”"),
        ("/sites?near=Musterstadt&within_km=2&within_min=2", 400, "“within_km” and “within_min”"),
        ("/sites.geojson?near=Musterstadt&within_min=181", 400, "“181”"),
        ("/sites.csv?within=20&within_unit=min", 400, "“within”"),
        ("/sites?bbox=1,2", 400, "“1,2”"),
        ("/sites.csv?zoning=GX", 400, "“GX”"),
        ("/sites/T-999", 404, "“T-999”"),
        ("/sites/%3Cb%3E", 404, "“&lt;b&gt;”"),
        ("/nowhere", 404, "page"),
    ],
)
def test_refusals_name_what_is_wrong(client: FlaskClient, address: str, status: int, named: str) -> None:
    response = client.get(address, headers={"Accept-Language": "en"})
    assert response.status_code == status
    text = response.get_data(as_text=True)
    assert named in text or named in text.encode().decode("unicode_escape", "ignore")


def test_files_refuse_as_data(client: FlaskClient) -> None:
    response = client.get("/sites.geojson?zoning=GX&lang=en", headers={"Accept-Language": "en"})
    assert response.status_code == 400
    assert response.json is not None
    assert "GX" in response.json["detail"]


def test_pages_take_no_writing(client: FlaskClient) -> None:
    for address in PAGES:
        assert client.post(address).status_code == 405


def test_trackers_words_are_ignored_on_pages_alone(client: FlaskClient) -> None:
    assert client.get("/sites?utm_source=x&gclid=1&fbclid=2").status_code == 200
    assert client.get("/sites.geojson?utm_source=x").status_code == 400


def test_faults_tell_nothing(client: FlaskClient) -> None:
    _, database = client.application.extensions["finder"]
    with database.engine.begin() as session:
        session.execute(sa.text("ALTER TABLE site RENAME TO plot"))
    response = client.get("/sites")
    assert response.status_code == 503
    text = response.get_data(as_text=True)
    assert not re.search(r"sqlite|SELECT|no such table|Traceback|/finder/|\d+\.\d+\.\d+", text)


def test_other_machines_need_a_secret() -> None:
    config = Config.from_env({"FINDER_DATABASE": "sqlite://"})
    database = Database("sqlite://")
    try:
        with pytest.raises(ConfigError):
            create_app(config, database, host="0.0.0.0")
    finally:
        database.close()
