"""What a car and a 40 t truck may do on roads, at barriers and turns."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.model.vocabulary import Vehicle
from finder.roads import permits, reading, speeds
from finder.roads.permits import DIRECTIONS
from finder.roads.records import Tags
from finder.roads.rules import CLOSED, Rule, Way, passable, restricts, way
from finder.sources import osm_tags

CAR, TRUCK = Vehicle.CAR, Vehicle.TRUCK
CLASSES = (
    *("motorway", "trunk", "primary", "secondary", "tertiary"),
    *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
    *("unclassified", "residential", "living_street", "service", "road", "track"),
)


def tagged(text: str) -> dict[str, str]:
    """Return the tags of a line such as `highway=primary hgv=no`."""
    return dict(part.split("=", 1) for part in text.split())


def word(rule: Rule) -> str:
    """Return a rule in short: `<>` both ways, `>` forward, `<` backward, `-` neither, `d` for destinations only."""
    back, forth = rule.backward_km_h is not None, rule.forward_km_h is not None
    return ("<" * back + ">" * forth or "-") + "d" * rule.destination_only


def words(text: str, highway: str = "residential") -> str:
    """Return what car and truck may do, such as `<> -`."""
    read = way({"highway": highway} | tagged(text))
    return f"{word(read.rules[CAR])} {word(read.rules[TRUCK])}"


# -- the way as a whole -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "highway",
    ["", "footway", "path", "cycleway", "steps", "bridleway", "pedestrian", "construction", "proposed", "bus_guideway"],
)
def test_what_is_no_road_is_closed(highway: str) -> None:
    read = way({"highway": highway, "motor_vehicle": "yes"})
    assert read.highway == highway
    assert set(read.rules.values()) == {CLOSED}


def test_a_way_without_tags_is_closed() -> None:
    assert way({}) == Way("", {CAR: CLOSED, TRUCK: CLOSED}, True, False, False, None)


@pytest.mark.parametrize(
    ("text", "from_plots", "ramp", "motorway"),
    [
        ("highway=residential", True, False, False),
        ("highway=primary", True, False, False),
        ("highway=track", True, False, False),
        ("highway=primary_link", True, False, False),
        ("highway=motorway", False, False, True),
        ("highway=motorway_link", False, True, False),
        ("highway=trunk_link", False, False, False),
        ("highway=trunk motorroad=yes", False, False, False),
        ("highway=trunk motorroad=no", True, False, False),
        ("highway=residential bridge=yes", False, False, False),
        ("highway=residential bridge=viaduct", False, False, False),
        ("highway=residential bridge=no", True, False, False),
        ("highway=service tunnel=building_passage", False, False, False),
    ],
)
def test_kinds_of_ways(text: str, from_plots: bool, ramp: bool, motorway: bool) -> None:
    read = way(tagged(text))
    assert (read.from_plots, read.ramp, read.motorway) == (from_plots, ramp, motorway)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("maxspeed=50", None),
        ("maxspeed=30", None),
        ("maxspeed=DE:urban", True),
        ("maxspeed=50 source:maxspeed=DE:urban", True),
        ("maxspeed=100 maxspeed:type=DE:rural", False),
        ("zone:traffic=DE:urban", True),
        ("zone:traffic=DE:rural source:maxspeed=DE:urban", False),
        ("zone:maxspeed=DE:30", True),
        ("maxspeed=DE:zone:30", True),
        ("source:maxspeed=sign", None),
        ("source:maxspeed=sign zone:traffic=FI:urban", True),
    ],
)
def test_towns(text: str, expected: bool | None) -> None:
    assert way(tagged(f"highway=secondary {text}")).in_town is expected


# -- directions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "<> <>"),
        ("oneway=yes", "> >"),
        ("oneway=true", "> >"),
        ("oneway=1", "> >"),
        ("oneway=YES", "> >"),
        ("oneway=-1", "< <"),
        ("oneway=reverse", "< <"),
        ("oneway=no", "<> <>"),
        ("oneway=alternating", "<> <>"),
        ("oneway=reversible", "- -"),
        ("oneway=perhaps", "<> <>"),
        ("junction=roundabout", "> >"),
        ("junction=circular", "> >"),
        ("junction=roundabout oneway=no", "<> <>"),
        ("junction=roundabout oneway=-1", "< <"),
        ("junction=roundabout oneway=perhaps", "> >"),
        ("junction=yes", "<> <>"),
        ("oneway=yes oneway:hgv=no", "> <>"),
        ("oneway:hgv=yes", "<> >"),
        ("oneway:motorcar=yes", "> <>"),
        ("oneway=yes oneway:motor_vehicle=no", "<> <>"),
        ("oneway=yes oneway:bicycle=no", "> >"),
        ("oneway:vehicle=-1 oneway=yes", "< <"),
        ("motor_vehicle:backward=no", "> >"),
        ("vehicle:forward=no", "< <"),
        ("hgv:backward=no", "<> >"),
        ("hgv:forward=no hgv:backward=no", "<> -"),
        ("oneway=yes hgv:backward=yes", "> >"),
        ("oneway=yes vehicle:forward=no", "- -"),
    ],
)
def test_directions(text: str, expected: str) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("highway", "text", "expected"),
    [
        ("motorway", "", "> >"),
        ("motorway", "oneway=no", "<> <>"),
        ("motorway_link", "", "> >"),
        ("motorway_link", "oneway=no", "<> <>"),
        ("trunk", "motorroad=yes", "<> <>"),
        ("trunk_link", "", "<> <>"),
    ],
)
def test_motorways_are_oneways(highway: str, text: str, expected: str) -> None:
    assert words(text, highway) == expected


# -- access -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("access=no", "- -"),
        ("access=private", "- -"),
        ("access=yes", "<> <>"),
        ("access=permissive", "<> <>"),
        ("access=official", "<> <>"),
        ("access=designated", "<> <>"),
        ("access=destination", "<>d <>d"),
        ("access=delivery", "<>d <>d"),
        ("access=customers", "<>d <>d"),
        ("access=residents", "<>d <>d"),
        ("access=permit", "<>d <>d"),
        ("access=Destination", "<>d <>d"),
        ("access=agricultural", "- -"),
        ("access=forestry", "- -"),
        ("access=agricultural;forestry", "- -"),
        ("access=agricultural;destination", "<>d <>d"),
        ("access=destination;delivery", "<>d <>d"),
        ("access=military", "- -"),
        ("access=emergency", "- -"),
        ("access=unknown", "<> <>"),
        ("access=no;unknown", "<> <>"),
        ("vehicle=no", "- -"),
        ("motor_vehicle=no", "- -"),
        ("motorcar=no", "- <>"),
        ("hgv=no", "<> -"),
        ("goods=no", "<> -"),
        ("goods=no hgv=yes", "<> <>"),
        ("hgv=destination", "<> <>d"),
        ("hgv=delivery", "<> <>d"),
        ("hgv=discouraged", "<> <>d"),
        ("hgv=local", "<> <>d"),
        ("hgv=designated", "<> <>"),
        ("hgv=agricultural", "<> -"),
        ("hgv_articulated=no", "<> -"),
        ("hgv=no hgv_articulated=yes", "<> <>"),
        ("access=no motor_vehicle=yes", "<> <>"),
        ("access=no motorcar=yes", "<> -"),
        ("access=no hgv=yes", "- <>"),
        ("access=no vehicle=destination", "<>d <>d"),
        ("vehicle=no motor_vehicle=destination hgv=no", "<>d -"),
        ("motor_vehicle=no access=yes", "- -"),
        ("access=no bus=yes psv=yes", "- -"),
        ("bicycle=no foot=no", "<> <>"),
        ("hgv:lanes=no|yes", "<> <>"),
        ("motor_vehicle:forward=destination motor_vehicle:backward=destination", "<>d <>d"),
        ("hgv:forward=destination", "<> <"),
        ("hgv:backward=delivery", "<> >"),
        ("hgv=destination hgv:forward=yes", "<> >"),
        ("oneway=yes hgv:forward=destination", "> >d"),
    ],
)
def test_access(text: str, expected: str) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("highway", "text", "expected"),
    [
        ("service", "", "<> <>"),
        ("service", "service=driveway", "<>d <>d"),
        ("service", "service=driveway access=yes", "<> <>"),
        ("service", "service=driveway access=private", "- -"),
        ("service", "service=alley", "<>d <>d"),
        ("service", "service=parking_aisle", "<>d -"),
        ("service", "service=parking_aisle hgv=designated", "<>d <>"),
        ("service", "service=drive-through", "<>d -"),
        ("service", "service=emergency_access", "- -"),
        ("service", "service=emergency_access motor_vehicle=yes", "<> <>"),
        ("service", "service=yard", "<> <>"),
        ("residential", "service=emergency_access", "<> <>"),
        ("residential", "bicycle_road=yes", "<>d <>d"),
        ("residential", "bicycle_road=yes motor_vehicle=yes", "<> <>"),
        ("residential", "bicycle_road=yes motor_vehicle=destination hgv=no", "<>d -"),
        ("living_street", "", "<> <>"),
        ("track", "", "<>d -"),
        ("track", "tracktype=grade1", "<>d <>d"),
        ("track", "surface=asphalt", "<>d <>d"),
        ("track", "surface=gravel", "<>d -"),
        ("track", "surface=asphalt tracktype=grade3", "<>d -"),
        ("track", "tracktype=grade2", "<>d -"),
        ("track", "tracktype=grade2 hgv=yes", "<>d <>"),
        ("track", "tracktype=grade4", "- -"),
        ("track", "tracktype=grade5 motorcar=yes", "<> -"),
        ("track", "tracktype=grade1 motor_vehicle=agricultural", "- -"),
        ("track", "tracktype=grade1 motor_vehicle=yes", "<> <>"),
        ("residential", "smoothness=horrible", "<> -"),
        ("residential", "smoothness=impassable", "- -"),
    ],
)
def test_kinds_of_small_roads(highway: str, text: str, expected: str) -> None:
    assert words(text, highway) == expected


# -- limits of weight and size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("maxweight=40", "<> <>"),
        ("maxweight=44", "<> <>"),
        ("maxweight=39.9", "<> -"),
        ("maxweight=7.5", "<> -"),
        ("maxweight=3500kg", "<> -"),
        ("maxweight=1.5", "- -"),
        ("maxweight=none", "<> <>"),
        ("maxweight=unsigned", "<> <>"),
        ("maxweight=heavy", "<> <>"),
        ("maxweight=40;12", "<> -"),
        ("maxweightrating=7.5", "<> -"),
        ("maxweightrating:hgv=7.5", "<> -"),
        ("maxweight:hgv=12", "<> -"),
        ("maxweight:bus=12", "<> <>"),
        ("maxgcweight=30", "<> -"),
        ("maxweight:forward=12", "<> <"),
        ("maxaxleload=11.5", "<> <>"),
        ("maxaxleload=8", "<> -"),
        ("maxaxles=4", "<> -"),
        ("maxheight=4", "<> <>"),
        ("maxheight=4.0m", "<> <>"),
        ("maxheight=3.9", "<> -"),
        ("maxheight=3,9", "<> -"),
        ("maxheight=13'2\"", "<> <>"),
        ("maxheight=13'1\"", "<> -"),
        ("maxheight=1.9", "- -"),
        ("maxheight=default", "<> <>"),
        ("maxheight=below_default", "<> -"),
        ("maxheight:physical=3.8", "<> -"),
        ("maxwidth=2.55", "<> <>"),
        ("maxwidth=2.5", "<> -"),
        ("maxwidth:physical=2.2", "<> -"),
        ("maxwidth=1.8", "- -"),
        ("width=2", "<> -"),
        ("width=3", "<> <>"),
        ("est_width=2", "<> -"),
        ("maxlength=16.5", "<> <>"),
        ("maxlength=12", "<> -"),
        ("maxlength=4", "- -"),
        ("hgv=yes maxweight=7.5", "<> -"),
        ("hgv=destination maxweight=44", "<> <>d"),
    ],
)
def test_limits(text: str, expected: str) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("tags", "expected", "by_time"),
    [
        ({"hgv:conditional": "no @ (weight>7.5)"}, "<> -", False),
        ({"hgv:conditional": "no @ (weight>7.5 t)"}, "<> -", False),
        ({"hgv:conditional": "no @ (maxweightrating > 3500 kg)"}, "<> -", False),
        ({"hgv:conditional": "no @ (weight>44)"}, "<> <>", False),
        ({"hgv:conditional": "no @ (weight>=40)"}, "<> -", False),
        ({"hgv:conditional": "no @ (length>12)"}, "<> -", False),
        ({"hgv:conditional": "no @ (axles>4)"}, "<> -", False),
        ({"hgv:conditional": "no @ (trailer)"}, "<> -", False),
        ({"hgv:conditional": "destination @ (weight>7.5)"}, "<> <>d", False),
        ({"hgv:conditional": "no @ (22:00-06:00)"}, "<> <>", True),
        ({"hgv:conditional": "no @ (Mo-Fr 07:00-09:00; Sa 10:00-12:00)"}, "<> <>", True),
        ({"hgv:conditional": "no @ (22:00-06:00 AND weight>7.5)"}, "<> <>", True),
        ({"hgv:conditional": "no @ (24/7)"}, "<> -", False),
        ({"hgv:conditional": "no @ (Su,PH 00:00-22:00); destination @ (weight>3.5)"}, "<> <>d", True),
        ({"hgv": "no", "hgv:conditional": "yes @ (06:00-22:00)"}, "<> -", True),
        ({"hgv": "no", "hgv:conditional": "yes @ (weight<7.5)"}, "<> -", False),
        ({"hgv": "no", "hgv:conditional": "yes @ destination"}, "<> <>d", False),
        ({"hgv": "no", "hgv:conditional": "delivery @ (delivery)"}, "<> <>d", False),
        ({"hgv:conditional": "no @ destination"}, "<> <>", False),
        ({"hgv:forward:conditional": "no @ (weight>7.5)"}, "<> <", False),
        ({"motor_vehicle:conditional": "no @ (weight>7.5)"}, "<> -", False),
        ({"motor_vehicle:conditional": "no @ (hgv)"}, "<> -", False),
        ({"motor_vehicle:conditional": "no @ (motorcar)"}, "- <>", False),
        ({"access:conditional": "no @ (winter)"}, "<> <>", True),
        ({"access:conditional": "no @ (flood)"}, "<> <>", True),
        ({"maxweight": "7.5", "maxweight:conditional": "none @ destination"}, "<> <>d", False),
        ({"maxweight": "7.5", "maxweight:conditional": "none @ (destination)"}, "<> <>d", False),
        ({"maxweight": "7.5", "maxweight:conditional": "12 @ (destination)"}, "<> -", False),
        ({"maxweight": "7.5", "maxweight:conditional": "none @ (08:00-18:00)"}, "<> -", True),
        ({"maxweight": "7.5", "maxweight:conditional": "none @ (bus)"}, "<> -", False),
        ({"maxweight:conditional": "7.5 @ (22:00-06:00)"}, "<> <>", True),
        ({"maxweight:conditional": "7.5 @ (hgv)"}, "<> -", False),
        ({"maxweightrating:hgv": "7.5", "maxweightrating:hgv:conditional": "none @ destination"}, "<> <>d", False),
        ({"maxheight": "3.5", "maxheight:conditional": "none @ destination"}, "<> <>d", False),
        ({"maxheight": "3.5", "maxweight": "7.5", "maxweight:conditional": "none @ destination"}, "<> -", False),
    ],
)
def test_conditions(tags: Tags, expected: str, by_time: bool) -> None:
    read = way({"highway": "residential", **tags})
    assert f"{word(read.rules[CAR])} {word(read.rules[TRUCK])}" == expected
    assert bool(read.by_time) is by_time
    assert not read.unread


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("maxheight", "low"),
        ("maxweight", "7500"),
        ("maxweight:hgv", "x"),
        ("maxweight:forward", "x"),
        ("hgv", "perhaps"),
        ("hgv:backward", "perhaps"),
        ("access", "no;perhaps"),
        ("oneway", "perhaps"),
        ("oneway:hgv", "perhaps"),
        ("maxspeed", "fast"),
        ("maxspeed:hgv", "slow"),
        ("hgv:conditional", "no"),
        ("hgv:conditional", "no @ (when the moon is full)"),
        ("maxweight:conditional", "7.5 @ (beauty>3)"),
        ("maxwidth", "2.5 x 3"),
        ("barrier", "portcullis"),
    ],
)
def test_unread_values_do_not_count_but_are_told(name: str, text: str) -> None:
    plain, read = way({"highway": "residential"}), way({"highway": "residential", name: text})
    assert read.unread == (f"{name}={text}",)
    assert read.rules == plain.rules
    assert reading.notices({name: text}).unread == (f"{name}={text}",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("maxspeed", "signals"),
        ("maxspeed", "DE:urban"),
        ("maxspeed", "walk"),
        ("maxspeed", "none"),
        ("hgv:lanes", "x|y"),
        ("name", "Hafenstraße"),
        ("maxheight", "none"),
        ("maxheight", "below_default"),
        ("oneway:bicycle", "perhaps"),
    ],
)
def test_what_is_read_is_not_told(name: str, text: str) -> None:
    read = way({"highway": "residential", name: text})
    assert (read.unread, read.by_time) == ((), ())


# -- nodes and turns --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "car", "truck"),
    [
        ("", True, True),
        ("highway=motorway_junction", True, True),
        ("access=no", True, True),
        ("barrier=bollard", False, False),
        ("barrier=bollard motor_vehicle=yes", True, True),
        ("barrier=bollard bicycle=yes foot=yes", False, False),
        ("barrier=bollard motor_vehicle=yes maxwidth=2.2", True, False),
        ("barrier=block", False, False),
        ("barrier=yes", False, False),
        ("barrier=no", True, True),
        ("barrier=gate", True, True),
        ("barrier=gate access=private", False, False),
        ("barrier=gate access=no motorcar=yes", True, False),
        ("barrier=gate motor_vehicle=destination", True, True),
        ("barrier=gate hgv=no", True, False),
        ("barrier=gate locked=yes", False, False),
        ("barrier=gate bicycle=yes", True, True),
        ("barrier=lift_gate", True, True),
        ("barrier=toll_booth", True, True),
        ("barrier=border_control", True, True),
        ("barrier=cattle_grid", True, True),
        ("barrier=kerb", True, True),
        ("barrier=cycle_barrier", False, False),
        ("barrier=sump_buster", False, False),
        ("barrier=height_restrictor", True, False),
        ("barrier=height_restrictor maxheight=4.2", True, True),
        ("barrier=height_restrictor maxheight=2.1", True, False),
        ("barrier=height_restrictor maxheight=1.9", False, False),
        ("barrier=portcullis", True, True),
        ("barrier=Bollard", False, False),
        ("maxheight=3.5", True, False),
        ("maxweight=7.5", True, False),
    ],
)
def test_barriers(text: str, car: bool, truck: bool) -> None:
    assert (passable(tagged(text), CAR), passable(tagged(text), TRUCK)) == (car, truck)


@pytest.mark.parametrize(
    ("text", "car", "truck"),
    [
        ("restriction=no_left_turn", True, True),
        ("restriction=only_straight_on", True, True),
        ("restriction=NO_U_TURN", True, True),
        ("restriction=no_left_turn except=hgv", True, False),
        ("restriction=no_left_turn except=motorcar", False, True),
        ("restriction=no_left_turn except=motor_vehicle", False, False),
        ("restriction=no_left_turn except=psv;bicycle", True, True),
        ("restriction=no_left_turn except=psv;HGV", True, False),
        ("restriction=no_left_turn except=taxi,hgv", True, False),
        ("restriction:hgv=no_left_turn", False, True),
        ("restriction:motorcar=no_left_turn", True, False),
        ("restriction:motor_vehicle=only_right_turn", True, True),
        ("restriction:bicycle=no_left_turn", False, False),
        ("restriction=no_left_turn restriction:hgv=no_left_turn except=hgv", True, True),
        ("restriction=give_way", False, False),
        ("restriction=", False, False),
        ("", False, False),
    ],
)
def test_turn_restrictions(text: str, car: bool, truck: bool) -> None:
    assert (restricts(tagged(text), CAR), restricts(tagged(text), TRUCK)) == (car, truck)


# -- the reader -------------------------------------------------------------------------------------------------------


def test_the_reader_keeps_all_that_is_looked_at() -> None:
    assert {key for key in reading.KEYS if not osm_tags.road(key)} == {"barrier", "locked"}
    told = {"barrier": "gate", "locked": "yes", "access": "no", "maxaxles": "2", "maxwidth:physical": "2"}
    assert dict(osm_tags.of_node(told.items())) == told
    assert set(CLASSES) == osm_tags.ROADS


# -- whatever the tags ------------------------------------------------------------------------------------------------

_KEYS = sorted(reading.KEYS)
_WORDS = """
    yes no private destination delivery permit agricultural;forestry designated permissive 1 -1 reverse reversible
    roundabout circular driveway parking_aisle emergency_access grade1 grade4 asphalt gravel bad impassable 3 7.5 50 100
    120 none signals walk DE:urban DE:rural DE:zone:30 DE:motorway default below_default 3.8m 12'6" 4 2.2 12 40 3500kg
    bollard gate height_restrictor 30mph 5;7 viaduct
"""
_VALUES = (
    *_WORDS.split(),
    "no @ (weight>7.5)",
    "destination @ (weight>3.5)",
    "no @ (22:00-06:00)",
    "none @ destination",
    "yes @ (06:00-22:00)",
    "60 @ (weight>7.5)",
    "30 @ (Mo-Fr 07:00-17:00)",
)
_tags = st.builds(
    lambda highway, others: {**others, "highway": highway},
    st.sampled_from([*CLASSES, "footway"]) | st.text(max_size=10),
    st.dictionaries(
        st.sampled_from(_KEYS) | st.text(max_size=20),
        st.sampled_from(_VALUES) | st.text(max_size=30),
        max_size=6,
    ),
)


@given(_tags)
def test_whatever_the_tags_speeds_are_lawful(tags: dict[str, str]) -> None:
    read = way(tags)
    for vehicle in Vehicle:
        rule = read.rules[vehicle]
        found = dict(zip(DIRECTIONS, (rule.forward_km_h, rule.backward_km_h), strict=True))
        assert not (rule.destination_only and word(rule).startswith("-"))
        for direction, km_h in found.items():
            if km_h is not None:
                assert 0 < km_h <= speeds.legal_km_h(tags, vehicle, direction)
                assert km_h <= (speeds.speed_km_h(tags, CAR, direction) or 0)
        assert passable(tags, vehicle) in (True, False)
        assert restricts(tags, vehicle) in (True, False)
    for direction in DIRECTIONS:
        assert speeds.legal_km_h(tags, TRUCK, direction) <= speeds.legal_km_h(tags, CAR, direction)
        assert speeds.legal_km_h(tags, TRUCK, direction) <= 80


@given(_tags)
def test_other_keys_mean_nothing(tags: dict[str, str]) -> None:
    assert way(tags) == way({key: value for key, value in tags.items() if key in reading.KEYS})


def extent(tags: Tags) -> list[tuple[float, int]]:
    """Return speed (0: closed) and how free by vehicle and direction."""
    found = []
    for rule in way(tags).rules.values():
        for km_h in (rule.forward_km_h, rule.backward_km_h):
            found.append((km_h or 0.0, 0 if km_h is None else 1 if rule.destination_only else 2))
    return found


_LADDERS = [
    *(
        (key, ("yes", "destination", "no"))
        for key in ("access", "vehicle", "motor_vehicle", "motorcar", "goods", "hgv")
    ),
    *((key, ("designated", "delivery", "private")) for key in ("access", "motor_vehicle", "hgv")),
    # "none" leaves the general limit, which a sign may be above
    ("maxspeed", ("130", "100", "80", "60", "50", "30mph", "30", "walk")),
    ("maxspeed:hgv", ("none", "100", "80", "60", "50 km/h", "30", "walk")),
    *((key, ("none", "44", "40", "24", "7.5t", "3500kg", "1")) for key in ("maxweight", "maxweightrating:hgv")),
    ("maxheight", ("none", "default", "4.2", "4", "below_default", "3.8", "10'", "1.8")),
    ("maxwidth", ("none", "3", "2.5", "1.5")),
    ("maxlength", ("none", "18.75", "12", "3")),
    ("maxaxleload", ("none", "11.5", "10", "1")),
    ("hgv:conditional", ("yes @ (weight>7.5)", "destination @ (weight>7.5)", "no @ (weight>7.5)")),
    ("tracktype", ("grade2", "grade3", "grade4", "grade5")),
    ("smoothness", ("good", "intermediate", "bad", "very_bad", "horrible", "impassable")),
    ("surface", ("asphalt", "sett", "cobblestone", "gravel", "dirt", "sand", "mud")),
    ("oneway", ("no", "yes")),
]


@given(_tags, st.sampled_from(_LADDERS))
def test_a_stricter_tag_never_allows_more(tags: dict[str, str], ladder: tuple[str, tuple[str, ...]]) -> None:
    key, rungs = ladder
    if any({"forward", "backward"} & set(name.split(":")) for name in tags):
        return  # a rule has one word for both directions: the freer one closes the other
    for looser, stricter in pairwise(rungs):
        before, after = extent({**tags, key: looser}), extent({**tags, key: stricter})
        assert all(b[0] >= a[0] and b[1] >= a[1] for b, a in zip(before, after, strict=True)), (looser, stricter)


@given(_tags, st.sampled_from(sorted(permits.OPEN_BARRIERS)), st.sampled_from(sorted(permits.CLOSED_BARRIERS)))
def test_a_closed_barrier_lets_no_one_through_that_an_open_one_stops(
    tags: dict[str, str], open_: str, shut: str
) -> None:
    if open_ == "height_restrictor" or tags.get("locked") == "yes":
        return
    for vehicle in Vehicle:
        assert passable({**tags, "barrier": open_}, vehicle) >= passable({**tags, "barrier": shut}, vehicle)
