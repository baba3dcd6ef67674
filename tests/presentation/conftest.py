"""A small region of fictional towns with its lines, access points and sites, in a database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
import shapely

from finder.model.access import AccessPoint
from finder.model.place import MapLine, Municipality
from finder.model.site import Site
from finder.model.vocabulary import AccessKind
from finder.store import reference, sites
from finder.store.database import Session
from finder.store.sites import Listed
from tests import factories

HOSTILE = """</script></title><script>alert(1)</script><img src=x onerror="alert(2)">${7*7}{{7*7}}"'`&amp;"""
"""A name as an attacker would write it."""
KINDS = (
    AccessKind.MOTORWAY_JUNCTION,
    AccessKind.INLAND_PORT,
    AccessKind.RAIL_FREIGHT,
    AccessKind.RAIL_STATION,
    AccessKind.BUS_STOP,
)
Region = Callable[..., tuple[Session, list[Listed]]]


def towns(*, schematic: bool = True) -> list[Municipality]:
    """Return three towns side by side, 8 by 14 km each."""
    x, y = factories.ORIGIN
    boxes = [shapely.box(x + 8000 * i - 12_000, y - 5000, x + 8000 * i - 4000, y + 9000) for i in range(3)]
    source = None if schematic else "Landesvermessung"
    return [
        factories.municipality(code, geometry=box, schematic=schematic, boundary_source=source)
        for code, box in zip(factories.TOWNS, boxes, strict=True)
    ]


def lines(name: str = "A 99") -> list[MapLine]:
    """Return a motorway and a canal across the region."""
    x, y = factories.ORIGIN
    runs = {"motorway": (name, 1500), "canal": ("Probekanal", -1200)}
    return [
        MapLine(
            id=kind, kind=kind, name=word, geometry=shapely.LineString([(x - 30_000, y + dy), (x + 30_000, y + dy)])
        )
        for kind, (word, dy) in runs.items()
    ]


def points(name: str = "Punkt") -> list[AccessPoint]:
    """Return one access point of each kind near the origin."""
    return [
        factories.access_point(kind, 900 * i - 1800, 1100, name=f"{name} {i}", road="A 99")
        for i, kind in enumerate(KINDS)
    ]


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    """Return a function that opens a database with the region and these sites: its session, and the sites in order."""
    with ExitStack() as open_:

        def start(
            given: Sequence[Site] = (),
            *,
            areas: Sequence[Municipality] | None = None,
            roads: Sequence[MapLine] | None = None,
            access: Sequence[AccessPoint] | None = None,
        ) -> tuple[Session, list[Listed]]:
            url = f"sqlite:///{tmp_path / 'region.sqlite'}"
            places = [
                factories.place("Musterstadt", -8000, 2000),
                factories.place("Anderswo", 0, 10_200, inhabitants=90_000),
            ]
            known = points() if access is None else access
            database = open_.enter_context(factories.database(url, given, access_points=known, places=places))
            with database.writing() as session:
                reference.replace(session, Municipality, towns() if areas is None else areas)
                reference.replace(session, MapLine, lines() if roads is None else roads)
            session = open_.enter_context(database.reading())
            return session, [sites.get(session, one.id) for one in given]

        yield start
