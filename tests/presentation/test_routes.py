"""Ways by road on the maps of a site: of each kind the one that counts, told apart without colours, named."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import shapely
from shapely import LineString

from finder.language import Language
from finder.model.vocabulary import AccessKind, Vehicle
from finder.presentation import routes, scenes
from finder.presentation.drawing import Frame, Sheet
from tests import factories
from tests.presentation.conftest import Region
from tests.presentation.test_listing import plain
from tests.presentation.test_ways import route

EN = Language("en")
SVG = "{http://www.w3.org/2000/svg}"
MOTORWAY, PORT, STATION = AccessKind.MOTORWAY_JUNCTION, AccessKind.INLAND_PORT, AccessKind.RAIL_STATION


def line(x: float, y: float = 0.0) -> LineString:
    """Return a straight way from the origin."""
    return LineString([factories.at(), factories.at(x, y)])


def parsed(svg: str | None) -> ElementTree.Element:
    assert svg is not None
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def drawn(svg: str | None) -> list[str]:
    found = [path.get("class") or "" for path in parsed(svg).iter(f"{SVG}path")]
    return [cls for cls in found if cls.startswith("m-way is-")]


def test_of_each_kind_the_way_that_counts_is_drawn() -> None:
    given = [route(STATION, vehicle=Vehicle.TRUCK), route(STATION), route(PORT), route(AccessKind.BUS_STOP), route()]
    assert [(r.kind, r.vehicle) for r in routes.drawn(given)] == [
        (MOTORWAY, Vehicle.TRUCK),
        (PORT, Vehicle.TRUCK),
        (STATION, Vehicle.CAR),
    ]


def test_way_of_no_length_is_not_drawn() -> None:
    point = factories.at()
    assert routes.drawn([route(line=LineString([point, point]))]) == ()


def test_shorter_ways_lie_on_longer_ones() -> None:
    sheet = Sheet(Frame(*factories.at().buffer(5000).bounds, 500))
    routes.lines(sheet, [route(line=line(2000)), route(PORT, line=line(4000)), route(STATION, line=line(900))])
    assert drawn(sheet.svg("x", "y")) == ["m-way is-inland_port", "m-way is-motorway_junction", "m-way is-rail_station"]
    edges = [part.startswith('<path class="m-way-edge"') for part in sheet.parts]
    assert edges == sorted(edges, reverse=True), "no edge lies on a way"


def test_key_has_minutes_kilometres_vehicle_method_and_date() -> None:
    group = routes.legend([route(), route(STATION, km=1.5, minutes=2.6)], "2026-10-01", EN)
    assert group is not None
    assert group.title == "Ways by road (road network, 1 Oct 2026)"
    assert [plain(entry.text) for entry in group.entries] == [
        "Motorway junction, truck: 7 min, 4.3 km",
        "Railway station, car: 3 min, 1.5 km",
    ]
    assert [cls for entry in group.entries for cls in drawn(entry.swatch)] == [
        "m-way is-motorway_junction",
        "m-way is-rail_station",
    ]
    assert routes.legend([], "2026-10-01", EN) is None


@pytest.mark.parametrize(("length", "named"), [(4000, True), (300, False)])
def test_ways_long_enough_are_named(length: float, named: bool) -> None:
    sheet = Sheet(Frame(*factories.at().buffer(5000).bounds, 500))
    routes.names(sheet, [route(line=line(length))], EN)
    assert ("motorway" in "".join(parsed(sheet.svg("x", "y")).itertext())) is named


def test_way_outside_the_sheet_is_left_out() -> None:
    sheet = Sheet(Frame(*factories.at(50_000).buffer(5000).bounds, 500))
    routes.lines(sheet, [route()])
    routes.names(sheet, [route()], EN)
    assert not sheet.parts


# -- on the plan ------------------------------------------------------------------------------------------------------


def width_m(svg: str | None) -> float:
    """Return how many metres the plan is wide, by its scale bar."""
    bar = next(g for g in parsed(svg).iter(f"{SVG}g") if g.get("class") == "m-scale")
    half = float(next(bar.iter(f"{SVG}rect")).get("width") or 0)
    words = [text.text or "" for text in bar.iter(f"{SVG}text")][-1].split("\u00a0")
    metres = float(words[0]) * (1000 if words[1] == "km" else 1)
    return 760 * metres / (2 * half)


def test_plan_grows_for_the_way_to_the_motorway(region: Region) -> None:
    session, (hit,) = region([factories.site(geometry=factories.square(0, 0, 200))], access=[])
    without, _, _ = scenes.site_svgs(session, hit, EN)
    near, locator, key = scenes.site_svgs(session, hit, EN, [route(line=line(0, 6000))], "2026-10-01")
    far, _, _ = scenes.site_svgs(session, hit, EN, [route(line=line(0, 20_000))], "2026-10-01")
    other, _, _ = scenes.site_svgs(session, hit, EN, [route(STATION, line=line(0, 6000))], "2026-10-01")
    assert width_m(near) > 2 * width_m(without)
    assert width_m(far) == width_m(other) == width_m(without)
    assert drawn(near) == drawn(locator) == ["m-way is-motorway_junction"]
    assert key[-1].title == "Ways by road (road network, 1 Oct 2026)"


def test_plan_without_ways_is_as_it_was(region: Region) -> None:
    session, (hit,) = region([factories.site(geometry=factories.square())])
    plan, locator, key = scenes.site_svgs(session, hit, EN)
    assert drawn(plan) == drawn(locator) == []
    assert "road network" not in " ".join(group.title for group in key)


def test_way_of_many_parts_and_turns_is_drawn(region: Region) -> None:
    session, (hit,) = region([factories.site(geometry=factories.square())])
    there_and_back = LineString([factories.at(), factories.at(900, 900), factories.at(), factories.at(-900, 20)])
    plan, _, _ = scenes.site_svgs(session, hit, EN, [route(line=shapely.segmentize(there_and_back, 10))], None)
    assert drawn(plan) == ["m-way is-motorway_junction"]
