"""How fast a car and a 40 t truck are, what the law allows them, and the numbers behind it."""

from __future__ import annotations

import copy
import math
from itertools import pairwise

import pytest

from finder import resources
from finder.language import Language
from finder.model.vocabulary import Vehicle
from finder.roads import figures, reading, rules, speeds
from finder.roads.rules import way

CAR, TRUCK = Vehicle.CAR, Vehicle.TRUCK
NUMBERS = figures.figures()
CLASSES = (
    *("motorway", "trunk", "primary", "secondary", "tertiary"),
    *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
    *("unclassified", "residential", "living_street", "service", "road", "track"),
)


def tagged(text: str) -> dict[str, str]:
    """Return the tags of a line such as `highway=primary hgv=no`."""
    return dict(part.split("=", 1) for part in text.split())


def speed(text: str, vehicle: Vehicle = CAR) -> float:
    found = way(tagged(text)).rules[vehicle].forward_km_h
    assert found is not None
    return found


@pytest.mark.parametrize("highway", CLASSES)
def test_without_a_sign_the_class_says_how_fast(highway: str) -> None:
    assert speed(f"highway={highway} hgv=yes") == NUMBERS.paces[highway][CAR].untagged
    assert speed(f"highway={highway} hgv=yes", TRUCK) == NUMBERS.paces[highway][TRUCK].untagged


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("maxspeed=50", 50),
        ("maxspeed=70", 70),
        ("maxspeed=30mph", 48.28032),
        ("maxspeed=100;70", 70),
        ("maxspeed=DE:urban", 50),
        ("maxspeed=DE:rural", 100),
        ("zone:traffic=DE:urban", 50),
        ("zone:traffic=DE:urban maxspeed=70", 70),
        ("source:maxspeed=DE:rural", 100),
        ("source:maxspeed=DE:zone:30", 30),
        ("zone:maxspeed=30", 30),
        ("maxspeed=none", 100),
        ("maxspeed=none oneway=yes", 130),
        ("maxspeed:forward=60 maxspeed=80", 60),
        ("maxspeed:backward=30 maxspeed=80", 80),
        ("maxspeed=80 maxspeed:hgv=60", 80),
    ],
)
def test_a_car_goes_a_share_of_the_sign(text: str, sign: float) -> None:
    pace = NUMBERS.paces["trunk"][CAR]
    assert speed(f"highway=trunk {text}") == pytest.approx(min(pace.share * sign, pace.most))


def test_a_sign_of_walking_pace_is_driven_as_it_stands() -> None:
    signed = [speed(f"highway=service maxspeed={sign}") for sign in (5, 8, 10, 12, 15, 20, 30)]
    assert signed == [5, 8, 10, 10, 10, 12, 18]
    assert speed("highway=trunk maxspeed=walk") == 7


@pytest.mark.parametrize("text", ["maxspeed=signals", "maxspeed=variable", "maxspeed=fast", "source:maxspeed=sign"])
def test_signs_that_say_no_figure_do_not_count(text: str) -> None:
    assert speed(f"highway=trunk {text}") == speed("highway=trunk")


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("highway=motorway", 80),
        ("highway=motorway maxspeed=none", 80),
        ("highway=motorway maxspeed=120", 80),
        ("highway=motorway maxspeed=60", 60),
        ("highway=motorway maxspeed=120 maxspeed:hgv=60", 60),
        ("highway=motorway_link", 80),
        ("highway=trunk motorroad=yes oneway=yes", 80),
        ("highway=trunk motorroad=yes dual_carriageway=yes", 80),
        ("highway=trunk motorroad=yes oneway=yes zone:traffic=DE:urban", 50),
        ("highway=trunk motorroad=yes", 60),
        ("highway=trunk oneway=yes", 60),
        ("highway=primary", 60),
        ("highway=primary maxspeed=100", 60),
        ("highway=primary maxspeed=DE:rural", 60),
        ("highway=primary maxspeed=DE:urban", 50),
        ("highway=primary maxspeed=70 zone:traffic=DE:urban", 50),
        ("highway=primary maxspeed=40", 40),
        ("highway=primary maxspeed:hgv=30", 30),
        ("highway=living_street maxspeed=30", 7),
        ("highway=residential bicycle_road=yes", 30),
    ],
)
def test_what_the_law_allows_a_truck(text: str, legal: float) -> None:
    assert speeds.legal_km_h(tagged(text), TRUCK, "forward") == legal
    assert speed(text, TRUCK) <= legal


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("highway=motorway", 130),
        ("highway=motorway maxspeed=none", 130),
        ("highway=motorway maxspeed=120", 120),
        ("highway=trunk", 100),
        ("highway=trunk oneway=yes", 130),
        ("highway=trunk maxspeed=120", 120),
        ("highway=trunk maxspeed=DE:urban", 50),
        ("highway=trunk maxspeed=60 zone:traffic=DE:urban", 60),
        ("highway=residential oneway=yes", 100),
        ("highway=living_street", 7),
    ],
)
def test_what_the_law_allows_a_car(text: str, legal: float) -> None:
    assert speeds.legal_km_h(tagged(text), CAR, "forward") == legal


def test_a_limit_for_trucks_that_repeats_the_law_changes_nothing() -> None:
    for limit in ("80", "60"):
        plain = speed("highway=primary maxspeed=100", TRUCK)
        assert speed(f"highway=primary maxspeed=100 maxspeed:hgv={limit}", TRUCK) == plain
    tags = {"highway": "primary", "maxspeed": "100", "maxspeed:conditional": "60 @ (weight>7.5)"}
    assert way(tags).rules[TRUCK].forward_km_h == plain
    assert way(tags).rules[CAR].forward_km_h == speed("highway=primary maxspeed=100")


def test_a_condition_of_weight_slows_whom_it_means() -> None:
    tags = {"highway": "primary", "maxspeed": "100", "maxspeed:conditional": "30 @ (weight>7.5); 20 @ (22:00-06:00)"}
    read = way(tags)
    assert read.rules[TRUCK].forward_km_h == 30
    assert read.rules[CAR].forward_km_h == speed("highway=primary maxspeed=100")
    assert read.by_time


def test_directions_have_their_own_signs() -> None:
    read = way(tagged("highway=primary maxspeed:forward=70 maxspeed:backward=30")).rules[CAR]
    assert read.forward_km_h == speed("highway=primary maxspeed=70")
    assert read.backward_km_h == speed("highway=primary maxspeed=30")


@pytest.mark.parametrize("key", sorted(NUMBERS.at_most))
def test_what_slows_down(key: str) -> None:
    for value, bounds in NUMBERS.at_most[key].items():
        highway = "service" if key == "service" else "trunk"
        read = way({"highway": highway, "maxspeed": "100", key: value, "access": "yes", "hgv": "yes"})
        for vehicle in Vehicle:
            plain = speed(f"highway={highway} maxspeed=100 hgv=yes", vehicle)
            expected = min(plain, bounds[vehicle]) or None
            assert read.rules[vehicle].forward_km_h == expected, (key, value, vehicle)


def test_of_several_surfaces_the_worst_counts() -> None:
    assert speed("highway=primary surface=asphalt;gravel;sett") == NUMBERS.at_most["surface"]["gravel"][CAR]


# -- the numbers ------------------------------------------------------------------------------------------------------


def test_every_class_has_its_numbers_and_they_fit() -> None:
    assert set(NUMBERS.paces) == set(CLASSES)
    for highway, paces in NUMBERS.paces.items():
        for pace in paces.values():
            assert 0 < pace.share <= 1
            assert 0 < pace.untagged <= pace.most, highway
        car, truck = paces[CAR], paces[TRUCK]
        assert (truck.untagged, truck.share, truck.most) <= (car.untagged, car.share, car.most)
        assert truck.share <= car.share
        assert truck.most <= car.most


def test_a_greater_road_is_never_slower() -> None:
    for greater, lesser in pairwise(CLASSES[:5]):
        for vehicle in Vehicle:
            above, below = NUMBERS.paces[greater][vehicle], NUMBERS.paces[lesser][vehicle]
            assert above.untagged >= below.untagged
            assert above.share >= below.share
            assert above.most >= below.most


def test_the_law_is_the_truck_s() -> None:
    legal = NUMBERS.legal[TRUCK]
    assert (legal.motorway, legal.separated, legal.outside, legal.town) == (80, 80, 60, 50)
    truck = NUMBERS.dimensions[TRUCK]
    assert (truck.weight_t, truck.height_m, truck.width_m, truck.length_m, truck.axle_load_t) == (
        40,
        4,
        2.55,
        16.5,
        11.5,
    )


def test_bounds_are_known_keys_and_never_faster_for_trucks() -> None:
    assert set(NUMBERS.at_most) <= reading.KEYS
    for values in NUMBERS.at_most.values():
        for bounds in values.values():
            assert 0 <= bounds[TRUCK] <= bounds[CAR] < math.inf


def test_a_file_with_a_number_too_few_or_too_many_is_refused() -> None:
    table = resources.roads()
    assert figures.read(table) == NUMBERS
    for room, name in (("legal", "truck"), ("vehicles", "car")):
        fewer, more = copy.deepcopy(table), copy.deepcopy(table)
        fewer[room][name].popitem()
        more[room][name]["weather"] = 1
        for wrong in (fewer, more):
            with pytest.raises(TypeError):
                figures.read(wrong)


def test_the_method_is_told_with_the_law_s_figures() -> None:
    sentence = Language("en").text(rules.METHOD, **rules.method_places())
    assert "80 km/h on motorways, 60 outside and 50 in towns" in sentence
