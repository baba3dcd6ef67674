"""Clients of the application on a small database of fictional sites."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from finder.config import Config
from finder.model.access import AccessPoint
from finder.model.site import Site
from finder.model.vocabulary import AccessKind, Status, Zoning
from finder.store import reference
from finder.web.app import create_app
from tests import factories

Serve = Callable[..., FlaskClient]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Return a function that gives a client of the application on a database with these sites."""
    with ExitStack() as open_:

        def start(
            sites: Sequence[Site] = (),
            *,
            inventory: str = "own",
            access_points: Sequence[AccessPoint] | None = None,
            **settings: str,
        ) -> FlaskClient:
            url = f"sqlite:///{tmp_path / 'web.sqlite'}"
            points = access_points
            if points is None:
                points = [factories.access_point(kind, 3000, 1000 * i) for i, kind in enumerate(AccessKind)]
            places = [factories.place("Musterstadt")]
            database = open_.enter_context(factories.database(url, sites, access_points=points, places=places))
            with database.writing() as session:
                reference.set_setting(session, "inventory", inventory)
            config = Config.from_env({"FINDER_DATABASE": url, **settings})
            return create_app(config, database).test_client()

        yield start


@pytest.fixture
def client(serve: Serve) -> FlaskClient:
    """A client on a handful of sites, one in every state that matters to who may see it."""
    today = dt.date.today()
    old = today - dt.timedelta(days=400)

    def plot(number: int, **known: object) -> Site:
        geometry = factories.square(number * 300, 0)
        return factories.site(
            id=f"T-{number}", source_id=str(number), geometry=geometry, **{"verified_on": today, **known}
        )

    return serve(
        [
            plot(1, name="Großer Platz", available_area_m2=90_000, zoning=(Zoning.GI,)),
            plot(2, name="Kleiner Platz", available_area_m2=9_000, zoning=(Zoning.GE,)),
            plot(3, name="Rätselhafter Platz"),
            plot(4, name="Geheimer Platz", status=Status.DRAFT),
            plot(5, name="Eingereichter Platz", status=Status.SUBMITTED),
            plot(6, name="Verkaufter Platz", status=Status.SOLD),
            plot(7, name="Zurückgezogener Platz", status=Status.WITHDRAWN),
            plot(8, name="Reservierter Platz", status=Status.RESERVED),
            plot(9, name="Alter Platz", verified_on=old),
            factories.site(
                id="T-10", source_id="10", name="Ortloser Platz", municipality="05990002", verified_on=today
            ),
        ]
    )
