"""The part on reach: nested areas on maps of one scale, their sizes, and the people in them; with how and when."""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from xml.etree import ElementTree

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.language import Language
from finder.model.people import TOWNS
from finder.model.reach import CATCHMENT_MIN, ISOCHRONE_MIN, Catchment, Isochrone
from finder.model.vocabulary import Method, Vehicle
from finder.presentation import reach
from finder.presentation.basemap import Ground
from tests import factories
from tests.presentation.conftest import HOSTILE, lines, towns
from tests.presentation.test_listing import plain

DE, EN = Language("de"), Language("en")
SVG = "{http://www.w3.org/2000/svg}"
GROUND = Ground(tuple(towns()), tuple(lines()), (factories.place("Musterstadt", -8000, 2000),))
SITE = factories.site(name="Hafenfeld", geometry=factories.square())


def areas(vehicle: Vehicle = Vehicle.TRUCK, m_per_min: float = 300.0) -> list[Isochrone]:
    """Return circles around the plot."""
    return [
        Isochrone(vehicle=vehicle, minutes=minutes, area=factories.at(100, 100).buffer(minutes * m_per_min))
        for minutes in ISOCHRONE_MIN
    ]


def people(vehicle: Vehicle = Vehicle.CAR, **known: Any) -> list[Catchment]:
    given: dict[str, Any] = {
        "inhabitants": 12_345,
        "workforce": None,
        "method": Method.NETWORK,
        "basis": "Zensusgitter",
        "as_of": "2011",
        "network_as_of": "2026-10-01",
    }
    return [Catchment(vehicle=vehicle, minutes=minutes, **(given | known)) for minutes in CATCHMENT_MIN]


def part(
    isochrones: list[Isochrone] | None = None, catchments: list[Catchment] | None = None, language: Language = EN
) -> reach.ReachPart | None:
    return reach.part(SITE, GROUND, isochrones or [], catchments or [], "2026-10-01", language)


def shown(*args: Any) -> reach.ReachPart:
    found = part(*args)
    assert found is not None
    return found


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


# -- what is said -----------------------------------------------------------------------------------------------------


def test_nothing_known_takes_no_room() -> None:
    assert part() is None
    assert part([], people(inhabitants=None)) is None
    assert part([Isochrone(vehicle=Vehicle.CAR, minutes=10, area=shapely.Polygon())]) is None


def test_areas_have_their_sizes_method_and_date() -> None:
    found = shown([*areas(Vehicle.TRUCK), *areas(Vehicle.CAR, 500.0)])
    assert found.vehicles == ("Truck", "Car")
    assert [plain(row.minutes) for row in found.areas] == ["10 min", "20 min", "30 min", "45 min", "60 min"]
    assert [plain(row.areas[0] or "") for row in found.areas] == [
        "28.2 km²",
        "113 km²",
        "254 km²",
        "572 km²",
        "1,020 km²",
    ]
    assert found.areas_method == "road network, 1 Oct 2026"
    assert all(f"iso-{minutes}" in row.swatch for minutes, row in zip(ISOCHRONE_MIN, found.areas, strict=True))


def test_area_at_the_edge_of_the_roads_may_be_larger() -> None:
    inner, *_, outer = areas()
    found = shown([inner, dataclasses.replace(outer, at_least=True)])
    assert [plain(row.areas[0] or "not known") for row in (found.areas[0], found.areas[1], found.areas[-1])] == [
        "28.2 km²",
        "not known",
        "at least 1,020 km²",
    ]


def test_vehicle_without_areas_is_not_known_in_its_place() -> None:
    found = shown(areas(Vehicle.CAR))
    assert [row.areas[0] for row in found.areas] == [None] * len(ISOCHRONE_MIN)
    assert [one.vehicle for one in found.maps] == ["car"]


def test_people_are_rounded_to_what_can_be_vouched_for() -> None:
    found = shown([], [*people(Vehicle.TRUCK, inhabitants=1_234_567), *people(Vehicle.CAR, inhabitants=None)])
    assert found.people[0].inhabitants == ("1,230,000", None)
    assert found.workforce is False
    assert found.people_method == ("Zensusgitter, 2011; minutes: road network, 1 Oct 2026",)
    assert found.maps == ()
    assert found.areas == ()


def test_stated_nobody_is_not_taken_for_not_known() -> None:
    assert shown([], people(inhabitants=0)).people[0].inhabitants == (None, "0")


def test_more_than_is_known_of_is_said() -> None:
    assert shown([], people(at_least=True)).people[0].inhabitants[1] == "at least 12,300"


def test_workforce_is_told_where_it_is_known() -> None:
    found = shown([], people(workforce=5_432))
    assert found.workforce is True
    assert found.people[0].workforce == (None, "5,430")


def test_methods_are_told_of_each_vehicle_where_they_differ() -> None:
    estimated = people(Vehicle.TRUCK, method=Method.ESTIMATE, network_as_of=None)
    assert shown([], [*people(), *estimated]).people_method == (
        "truck: Zensusgitter, 2011; minutes: estimate",
        "car: Zensusgitter, 2011; minutes: road network, 1 Oct 2026",
    )
    same = [*people(Vehicle.CAR, basis=TOWNS, as_of=None), *people(Vehicle.TRUCK, basis=TOWNS, as_of=None)]
    assert shown([], same).people_method == (
        "the towns of the region and around it, undated; minutes: road network, 1 Oct 2026",
    )


# -- maps -------------------------------------------------------------------------------------------------------------


def bounds(path: str) -> tuple[float, float, float, float]:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
    return min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])


def test_maps_share_a_scale_and_draw_the_farthest_first() -> None:
    truck, car = shown([*areas(Vehicle.TRUCK), *areas(Vehicle.CAR, 500.0)]).maps
    assert (truck.title, car.title) == ("Truck 40 t", "Car")
    drawn = {}
    for one in (truck, car):
        shapes = [p for p in parsed(one.svg).iter(f"{SVG}path") if (p.get("class") or "").startswith("iso iso-")]
        assert [p.get("class") for p in shapes] == [f"iso iso-{m}" for m in reversed(ISOCHRONE_MIN)]
        left, _, right, _ = bounds(shapes[0].get("d") or "")
        drawn[one.vehicle] = right - left
    assert drawn["car"] / drawn["truck"] == pytest.approx(5 / 3, rel=0.01)


def test_maps_hold_all_areas_and_say_their_minutes() -> None:
    (one,) = shown(areas()).maps
    root = parsed(one.svg)
    _, _, width, height = (float(v) for v in (root.get("viewBox") or "").split())
    for path in root.iter(f"{SVG}path"):
        if (path.get("class") or "").startswith("iso iso-"):
            left, top, right, bottom = bounds(path.get("d") or "")
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert [word for word in words if word and word.isdecimal() and word != "0"] == ["60", "45", "30", "20", "10"]
    assert "Musterstadt" in words
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Reach of Hafenfeld by truck 40 t in 10, 20, 30, 45, 60 minutes"


def test_site_without_a_place_has_no_map() -> None:
    found = reach.part(factories.site(), GROUND, areas(), [], None, EN)
    assert found is not None
    assert found.maps == ()


def test_hostile_names_stay_text() -> None:
    ground = Ground(tuple(towns()), tuple(lines()), (factories.place(HOSTILE[:40]),))
    site = factories.site(name=HOSTILE, geometry=factories.square())
    found = reach.part(site, ground, areas(), [], None, EN)
    assert found is not None
    root = parsed(found.maps[0].svg)
    assert HOSTILE in (root.get("aria-label") or "")
    assert not list(root.iter(f"{SVG}script"))


SHAPES = st.sampled_from(
    [
        factories.at().buffer(3000),
        shapely.MultiPolygon([factories.square(0, 0, 900), factories.square(5000, 5000, 40)]),
        factories.square(0, 0, 9000).difference(factories.square(3000, 3000, 2000)),
        shapely.GeometryCollection(
            [factories.square(0, 0, 900), shapely.LineString([factories.at(), factories.at(900)])]
        ),
        factories.square(0, 0, 0.5),
        shapely.Polygon(),
    ]
)


@given(st.lists(SHAPES, min_size=1, max_size=5))
def test_areas_of_any_shape_are_drawn(shapes: list[Any]) -> None:
    given = [
        Isochrone(vehicle=Vehicle.TRUCK, minutes=minutes, area=shape)
        for minutes, shape in zip(ISOCHRONE_MIN, shapes, strict=False)
    ]
    found = part(given)
    assert (found is None) == all(shape.is_empty for shape in shapes)
    for one in found.maps if found else ():
        parsed(one.svg)
        assert "nan" not in one.svg.lower()
