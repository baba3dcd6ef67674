"""Reference data: replaced as a whole, read back as it was, in an order that pages can rely on."""

from __future__ import annotations

import shapely

from finder.model.access import AccessPoint
from finder.model.place import MapLine, Municipality, Place
from finder.model.vocabulary import AccessKind
from finder.store import reference
from tests import factories

JUNCTION = AccessKind.MOTORWAY_JUNCTION


def test_reference_data_comes_back_as_it_was(database_url: str) -> None:
    town = Municipality(
        code="05990009",
        name="Aahaus",
        county="Kreis Muster",
        inhabitants=70_000,
        inhabitants_as_of="2023-12-31",
        area_km2=81.5,
        trade_tax_percent=480,
        trade_tax_year=2025,
        website="https://example.org",
        office="Wirtschaftsförderung",
        geometry=factories.square(side=5000),
        schematic=False,
        boundary_source="Amt",
    )
    bare = factories.municipality()
    point = factories.access_point(road="A 99", uncertainty_m=300.0, note="aus Zentrum geschätzt")
    stop = factories.access_point(AccessKind.BUS_STOP)
    large, small = factories.place("Großstadt", inhabitants=600_000), factories.place("Kleinstadt", inhabitants=900)
    line = MapLine(
        id="A 99",
        kind="motorway",
        name="A 99",
        geometry=shapely.LineString([(368_000, 5_720_000), (369_000, 5_721_000)]),
    )
    with factories.database(database_url) as database:
        with database.writing() as session:
            assert reference.replace(session, Municipality, [bare, town]) == 2
            reference.replace(session, AccessPoint, [stop, point])
            reference.replace(session, Place, [small, large])
            reference.replace(session, MapLine, [line])
        with database.reading() as session:
            assert reference.municipalities(session) == [town, bare]
            assert reference.access_points(session) == sorted([point, stop], key=lambda p: p.id)
            assert reference.access_points(session, [JUNCTION]) == [point]
            assert reference.places(session) == [large, small]
            assert reference.lines(session) == [line]
        with database.writing() as session:
            assert reference.replace(session, Place, []) == 0
            assert reference.places(session) == []


def test_boundaries_replace_schematic_areas(database_url: str) -> None:
    area = factories.square(side=9000)
    with factories.database(database_url) as database:
        with database.writing() as session:
            given = {"05990002": area, "05999999": area}
            assert reference.set_boundaries(session, given, "VG250") == ["05990002"]
        with database.reading() as session:
            towns = {town.code: town for town in reference.municipalities(session)}
    assert (towns["05990002"].geometry, towns["05990002"].schematic) == (area, False)
    assert towns["05990002"].boundary_source == "VG250"
    assert towns["05990001"].schematic


def test_settings_are_kept_and_replaced(database_url: str) -> None:
    with factories.database(database_url) as database, database.writing() as session:
        assert reference.setting(session, "colour") is None
        reference.set_setting(session, "colour", "red")
        reference.set_setting(session, "colour", "blue")
        assert reference.setting(session, "colour") == "blue"
