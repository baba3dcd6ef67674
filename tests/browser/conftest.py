"""A real server on fictional sites, and pages that tell everything a browser noticed on them."""

from __future__ import annotations

import collections
import datetime as dt
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import shapely
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from finder import crs, pipeline
from finder.model.place import MapLine, Municipality
from finder.model.site import Site
from finder.model.vocabulary import AccessKind, Availability, Evidence, GeometryQuality, PlanStatus, Status, Zoning
from finder.roads.network import Network
from finder.store import reference
from tests import factories
from tests.roads.extracts import grid

HOSTILE = """</script><script>window.hacked = 1</script><img src=x onerror="window.hacked=2">${7*7}{{7*7}}"'`</title>"""
"""A site's name as an attacker would write it."""


def sites() -> list[Site]:
    """Return sites in every state a page can show: complete, hostile, unknown, documented, potential, many."""
    today = dt.date.today()
    ago = lambda days: today - dt.timedelta(days=days)  # noqa: E731
    documented = {"evidence": Evidence.MARKETING, "geometry_quality": GeometryQuality.APPROXIMATE}
    several = [
        factories.site(
            id=f"T-{number}",
            name=f"Musterfläche {number:03}",
            municipality=list(factories.TOWNS)[number % 3],
            geometry=factories.square(number * 900 - 9000, (number % 5) * 1500, side=100 + 20 * number),
            available_area_m2=10_000.0 * (number - 9) + 500,
            zoning=((Zoning.GE,), (Zoning.GI,), (Zoning.GI, Zoning.GEE), (Zoning.SO,), None)[number % 5],
            availability=(*Availability, None)[number % 5],
            plan_status=(PlanStatus.IN_FORCE, PlanStatus.IN_PROCEDURE, None)[number % 3],
            verified_on=(ago(3), ago(120), ago(200), None)[number % 4],
        )
        for number in range(10, 26)
    ]
    return [
        factories.complete_site(id="T-1", name="Volle Fläche", evidence=None, verified_on=ago(10)),
        factories.complete_site(
            id="T-2", name=HOSTILE, note=HOSTILE, address=HOSTILE, owner=HOSTILE, status=Status.RESERVED
        ),
        factories.site(id="T-3", name="Leere Fläche"),
        factories.site(
            id="T-4",
            name="Dokumentierte Fläche",
            geometry=factories.at(2000, 2000).buffer(300),
            position_uncertainty_m=500.0,
            stated_area_m2=280_000.0,
            **documented,
        ),
        factories.site(
            id="T-5", name="Nur eine Idee", evidence=Evidence.POTENTIAL_ONLY, geometry=factories.at(-3000, 0)
        ),
        factories.site(id="T-6", name="Verkaufte Fläche", status=Status.SOLD, geometry=factories.square(-6000, 3000)),
        *several,
    ]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `finder serve` on a database of fictional sites."""
    folder = tmp_path_factory.mktemp("browser")
    url = f"sqlite:///{folder / 'finder.sqlite'}"
    roads = _roads(folder)
    points = [factories.access_point(kind, 2500, 900 * i - 3000, road="A 99") for i, kind in enumerate(AccessKind)]
    with factories.database(url, sites(), access_points=points, places=[factories.place()]) as database:
        _draw_region(database)
        pipeline.measure(database, network=Network.open(roads))
    command = [sys.executable, "-m", "finder", "serve", "--port", "0"]
    settings = {"FINDER_DATABASE": url, "FINDER_NETWORK": str(roads), "LANG": "en"}
    process = subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said: list[str] = []
        while not said or "http://" not in said[-1]:
            line = process.stderr.readline()
            assert line, "the server ended: " + "".join(said)
            said.append(line)
        # whatever it says later must not fill the pipe
        drain = threading.Thread(target=collections.deque, args=(process.stderr, 0), daemon=True)
        drain.start()
        yield next(word for word in said[-1].split() if word.startswith("http://")).rstrip("/")
    finally:
        process.terminate()
        process.wait(30)
        drain.join(30)
        process.stderr.close()


def _roads(folder: Path) -> Path:
    """Return the road network of a town that holds some of the sites, with a motorway."""
    west, south = crs.to_lonlat(factories.at(-2400, -2000)).coords[0]
    extract = grid(12, 14, spacing_m=500.0, west=west, south=south).write(folder / "town.osm.pbf")
    pipeline.build_network(extract, folder / "roads.network")
    return folder / "roads.network"


def _draw_region(database: Any) -> None:
    """Give the towns areas and the region a motorway and a canal."""
    x, y = factories.ORIGIN
    towns = [
        factories.municipality(
            code,
            geometry=shapely.box(x + 8000 * (i - 1) - 4000, y - 5000, x + 8000 * (i - 1) + 4000, y + 9000),
            inhabitants=40_000 + i,
            inhabitants_as_of="2025-12-31",
            trade_tax_percent=480 + i,
            trade_tax_year=2025,
        )
        for i, code in enumerate(factories.TOWNS)
    ]
    across = {"motorway": "A 99", "canal": "Probekanal"}
    lines = [
        MapLine(
            id=kind,
            kind=kind,
            name=name,
            geometry=shapely.LineString([(x - 14000, y + 2000 * i), (x, y + 900), (x + 14000, y + 4000 * i)]),
        )
        for i, (kind, name) in enumerate(across.items())
    ]
    with database.writing() as session:
        reference.replace(session, Municipality, towns)
        reference.replace(session, MapLine, lines)
        reference.set_setting(session, "inventory", "documented")


@dataclass
class Visit:
    """A page and what the browser noticed on it."""

    page: Page
    server: str
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page and wait until it, and the map on it, is there."""
        self.page.goto(self.server + path, wait_until="load")
        if self.page.locator("#region_map").count():
            self.page.locator("#region_map[data-ready]").wait_for(timeout=20_000)
        return self.page

    def violations(self) -> list[str]:
        """Return what the content security policy refused."""
        return list(self.page.evaluate("window.refused"))


Open = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Open]:
    """Return a function that opens an empty page in a browser of its own: width, height, language, colours, script."""
    contexts: list[BrowserContext] = []

    def open_(width: int = 1280, height: int = 800, language: str = "en", scripts: bool = True, **more: Any) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale={"en": "en-GB", "de": "de-DE"}[language],
            java_script_enabled=scripts,
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        if scripts:
            context.add_init_script(
                "window.refused = []; document.addEventListener('securitypolicyviolation',"
                " e => window.refused.push(e.violatedDirective + ' ' + e.blockedURI));"
            )
        seen = Visit(context.new_page(), server)
        own = urlsplit(server).netloc
        seen.page.on(
            "request",
            lambda request: (
                None
                if urlsplit(request.url).netloc == own or request.url.startswith("data:")
                else seen.elsewhere.append(request.url)
            ),
        )
        seen.page.on("console", lambda message: _note(message, seen.complaints))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on("dialog", lambda dialog: seen.complaints.append(f"dialog {dialog.message}"))
        return seen

    yield open_
    for context in contexts:
        context.close()


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in ("error", "warning"):
        complaints.append(message.text)
