"""The door for coordinate reference systems."""

from __future__ import annotations

import json
import math

import numpy as np
import pyproj
import pytest
import shapely
from shapely import Point

from finder import crs
from finder.errors import UnusableInput

CHIMNEY = Point(530_000, 180_000)
"""A point of the British grid, metres."""
NAMELESS = (
    'PROJCS["x",GEOGCS["y",DATUM["unknown",SPHEROID["Bessel",6377397.155,299.1528128]],PRIMEM["Greenwich",0],'
    'UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["central_meridian",6],'
    'PARAMETER["scale_factor",1],PARAMETER["false_easting",2500000],UNIT["metre",1]]'
)
"""Gauß-Krüger as a hand-made .prj says it: without the name of its datum."""


@pytest.mark.parametrize("name", [25832, "25832", " EPSG:25832 ", "epsg:25832", "urn:ogc:def:crs:EPSG::25832"])
def test_names_of_one_system(name: str | int) -> None:
    assert crs.parse(name) == crs.parse(crs.METRIC)
    assert crs.parse(crs.parse(25832).to_wkt()) == crs.parse(25832)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "x",
            "EPSG:0",
            "EPSG:999999",
            "²",
            "\ud800",
            "9" * 30,
            "+proj=longlat +datum=WGS84",
            "+init=/etc/passwd:x",
            "+init=/etc/passwd:x +title=]",
            "{",
            "{}",
            '{"type":"ProjectedCRS"}',
            '{"type":"ProjectedCRS","conversion":5}',
            '{"type":"ProjectedCRS","conversion":{"parameters":[5]}}',
            '{"a":' * 5000,
            pyproj.CRS(4978).to_json(),
            pyproj.CRS("EPSG:25832+5783").to_json(),
        ),
        *("EPSG:5773", "EPSG:4978", 'LOCAL_CS["x",UNIT["metre",1]]', "proj=utm zone=32"),
    ],
)
def test_what_is_no_system_on_a_map_is_refused(name: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        crs.parse(name)
    str(caught.value).encode("utf-8")


@pytest.mark.parametrize("code", [25832, 4326, 2263, 4807, 31466])
def test_projjson_defines_a_system_with_or_without_its_name(code: int) -> None:
    said = pyproj.CRS(code).to_json_dict()
    assert crs.parse(json.dumps(said)) == crs.parse(code)
    del said["id"]
    assert crs.parse(json.dumps(said)) == crs.parse(code)


def test_projjson_that_could_name_a_file_is_refused() -> None:
    shift = pyproj.crs.coordinate_operation.ToWGS84Transformation(pyproj.CRS(4314))
    bound = pyproj.crs.BoundCRS(pyproj.CRS(4314), pyproj.CRS(4326), shift)
    said = pyproj.CRS(31466).to_json_dict()
    said["conversion"]["parameters"][0] = {"name": "Latitude and longitude difference file", "value": "/etc/passwd"}
    for text in (bound.to_json(), json.dumps(said)):
        with pytest.raises(UnusableInput):
            crs.parse(text)


EXTENDED = NAMELESS.replace('UNIT["metre"', 'EXTENSION["PROJ4","{}"],UNIT["metre"')


@pytest.mark.parametrize(
    "name",
    [
        EXTENDED.format("+proj=utm +zone=32 +nadgrids=/etc/passwd"),
        EXTENDED.format("+proj=utm +zone=32 +nadgrids=@null,/etc/passwd"),
        EXTENDED.format("+proj=pipeline +step +init=/etc/passwd:x"),
        pyproj.crs.BoundCRS(
            pyproj.CRS(4314), pyproj.CRS(4326), pyproj.crs.coordinate_operation.ToWGS84Transformation(pyproj.CRS(4314))
        )
        .to_wkt()
        .replace("PARAMETER[", 'PARAMETERFILE["Latitude and longitude difference file","/etc/passwd"],PARAMETER[', 1),
    ],
)
def test_a_system_that_names_a_file_is_refused(name: str) -> None:
    assert "/etc/passwd" in name
    with pytest.raises(UnusableInput):
        crs.parse(name)


def test_the_grid_that_is_none_names_no_file() -> None:
    assert crs.parse(pyproj.CRS(3857).to_wkt("WKT1_GDAL")).is_projected


@pytest.mark.parametrize("nonsense", ["+proj=nonsense", "+proj=pipeline +step +proj=nonsense", "+proj=utm +zone=9999"])
def test_a_system_that_leads_nowhere_is_refused(nonsense: str) -> None:
    with pytest.raises(UnusableInput):
        crs.to_metric(Point(0, 0), EXTENDED.format(nonsense))


def test_the_british_grid_comes_without_its_hundred_metres() -> None:
    """The grid's own Helmert shift is good to 2 m; without a shift places land 100 m off."""
    lonlat = crs.transform(CHIMNEY, 27700, crs.LONLAT)
    helmert = pyproj.Transformer.from_crs(27700, 4326, always_xy=True, allow_ballpark=False)
    assert lonlat.distance(Point(*helmert.transform(CHIMNEY.x, CHIMNEY.y))) < 1e-9
    assert crs.to_metric(CHIMNEY, 27700).distance(crs.to_metric(lonlat)) < 0.01
    assert crs.transform(crs.to_metric(CHIMNEY, 27700), crs.METRIC, 27700).distance(CHIMNEY) < 0.01


@pytest.mark.parametrize("system", [4326, 4258, 4314, 25833, 27700, 31466, 31467, 3035, 3857, 28992, 2056, 5514])
def test_the_systems_of_europe_are_not_rough(system: int) -> None:
    assert not crs.is_rough(system)
    assert not crs.is_rough(crs.parse(system).to_wkt("WKT1_ESRI"))
    assert not crs.is_rough(crs.METRIC, system)


US_SURVEY_FOOT_M, FOOT_M = 1200 / 3937, 0.3048


def test_a_grid_in_survey_feet_comes_out_in_metres() -> None:
    east, north = 987_654.0, 212_345.0
    metres = "+proj=lcc +lat_0=40.1666666666667 +lon_0=-74 +lat_1=41.0333333333333 +lat_2=40.6666666666667 +x_0=300000"
    by_hand = pyproj.Transformer.from_crs(f"{metres} +datum=NAD83 +units=m", "EPSG:4269", always_xy=True)
    wanted = Point(*by_hand.transform(east * US_SURVEY_FOOT_M, north * US_SURVEY_FOOT_M))
    assert crs.transform(Point(east, north), 2263, 4269).distance(wanted) < 1e-9


@pytest.mark.parametrize(("unit", "foot_m"), [("US survey foot", US_SURVEY_FOOT_M), ("foot", FOOT_M)])
def test_a_definition_in_feet_comes_out_in_metres(unit: str, foot_m: float) -> None:
    metres = pyproj.CRS(25832).to_wkt("WKT1_ESRI")
    feet = metres.replace('UNIT["Meter",1.0]', f'UNIT["{unit}",{foot_m!r}]').replace("500000.0", repr(500_000 / foot_m))
    assert feet.count(repr(foot_m)) == 1
    corner = crs.to_metric(Point(7.1, 51.6))
    box = shapely.box(*(np.array([corner.x, corner.y, corner.x + 300, corner.y + 300]) / foot_m))
    moved = crs.to_metric(box, feet)
    assert moved.area == pytest.approx(90_000, rel=1e-9)
    assert moved.centroid.distance(Point(corner.x + 150, corner.y + 150)) < 1e-6
    assert not crs.is_rough(feet)


def test_grads_from_paris_come_out_in_metres() -> None:
    paris_degrees = 2.337229166667
    in_grads = Point((7.1 - paris_degrees) / 0.9, 51.6 / 0.9)
    # the same datum in degrees from Greenwich
    assert crs.to_metric(in_grads, 4807).distance(crs.to_metric(Point(7.1, 51.6), 4275)) < 0.01
    assert not crs.is_rough(4807)


@pytest.mark.parametrize("system", [31466, 31467])
def test_gauss_krueger_goes_straight_to_metres(system: int) -> None:
    place = crs.to_metric(Point(7.1, 51.6), 4326)
    there = crs.transform(place, crs.METRIC, system)
    straight = pyproj.Transformer.from_crs(system, crs.METRIC, always_xy=True).transform(there.x, there.y)
    moved = crs.to_metric(there, system)
    assert moved.distance(Point(*straight)) < 1e-6
    assert moved.distance(place) < 1e-3
    detour = crs.to_metric(crs.transform(there, system, crs.LONLAT), crs.LONLAT)
    assert detour.distance(moved) > 0.5


def test_a_datum_without_a_name_is_rough() -> None:
    assert crs.is_rough(NAMELESS)
    moved = crs.to_metric(Point(2_570_000, 5_720_000), NAMELESS)
    assert 50 < moved.distance(crs.to_metric(Point(2_570_000, 5_720_000), 31466)) < 500


def test_arrays_keep_their_gaps() -> None:
    moved = crs.to_metric(np.array([None, Point(7, 51.5)], dtype=object))
    assert moved[0] is None
    assert crs.to_lonlat(moved)[1].distance(Point(7, 51.5)) < 1e-9
    assert crs.points_to_metric([7], [51.5])[0].distance(moved[1]) < 1e-6


def test_what_cannot_be_placed_becomes_infinite() -> None:
    assert math.isinf(crs.to_metric(Point(7, 91)).x)


def test_a_box_in_degrees_bends_as_the_meridians_do() -> None:
    box = crs.lonlat_box(6.7, 51.4, 7.55, 51.9)
    corners = shapely.get_num_coordinates(box)
    assert box.is_valid
    assert corners > 20
    assert box.covers(crs.to_metric(Point(7.1, 51.41)))
    assert not box.covers(crs.to_metric(Point(7.1, 51.39)))


def test_edges_of_a_box_follow_the_parallel() -> None:
    # straight lines between the corners would cut 30 m off a box of this width
    box = crs.lonlat_box(6.0, 51.4, 8.0, 51.9)
    west, east = (crs.to_metric(Point(lon, 51.4)) for lon in (6.0, 8.0))
    middle = crs.to_metric(Point(7.0, 51.4))
    assert shapely.LineString([west, east]).distance(middle) > 30
    assert box.exterior.distance(middle) < 1


def test_a_box_round_the_world_is_cut_to_what_can_be_placed() -> None:
    world = crs.lonlat_box(-180, -90, 180, 90)
    assert world.is_valid
    assert np.isfinite(world.bounds).all()
    assert world.covers(crs.to_metric(shapely.points([[7.1, 51.6], [-2.9, 53.8], [25.0, 60.2]]))).all()  # type: ignore[union-attr]
    west, south, east, north = crs.reach()
    assert -180 <= west < 6 < 12 < east <= 180
    assert -85 <= south < 47 < 55 < north <= 85


def test_a_box_that_nobody_can_reach_is_empty() -> None:
    assert crs.lonlat_box(100, -50, 120, -40).is_empty


def test_a_box_without_width_is_a_line() -> None:
    assert crs.lonlat_box(7, 51.5, 7, 51.6).area == 0


# -- names in GML -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "system", "north_first"),
    [
        ("EPSG:25832", "EPSG:25832", False),
        ("urn:ogc:def:crs:EPSG::25832", "EPSG:25832", False),
        ("urn:ogc:def:crs:EPSG:9.9.1:31467", "EPSG:31467", True),
        ("epsg:31467", "EPSG:31467", False),
        ("urn:ogc:def:crs,crs:EPSG::4258,crs:EPSG::5783", "EPSG:4258", True),
        ("https://www.opengis.net/def/crs/EPSG/0/4258", "EPSG:4258", True),
        ("http://www.opengis.net/gml/srs/epsg.xml#4258", "EPSG:4258", False),
        ("urn:ogc:def:crs:OGC::CRS84", "EPSG:4326", False),
        ("urn:adv:crs:ETRS89_UTM33", "EPSG:25833", False),
        ("urn:adv:crs:DE_DHDN_3GK5*DE_DHHN92_NH", "EPSG:31469", False),
        ("urn:adv:crs:DE_42-83_3GK4", "EPSG:2398", False),
        ("urn:adv:crs:DE_PD-83_3GK4", "EPSG:3397", False),
        ("urn:adv:crs:DE_RD-83_3GK5", "EPSG:3399", False),
        ("urn:adv:crs:ETRS89_Lat-Lon-h", "EPSG:4258", True),
        ("urn:adv:crs:DE_DHDN_Lat-Lon", "EPSG:4314", True),
    ],
)
def test_names_in_gml(name: str, system: str, north_first: bool) -> None:
    assert crs.named(name) == crs.Named(system, north_first)


def test_the_surveying_offices_names_mean_what_they_say() -> None:
    for name, words in [
        ("DE_DHDN_3GK2", "DHDN / 3-degree Gauss-Kruger zone 2"),
        ("DE_42-83_3GK5", "Pulkovo 1942(83) / 3-degree Gauss-Kruger zone 5"),
        ("DE_PD-83_3GK3", "PD/83 / 3-degree Gauss-Kruger zone 3"),
        ("DE_RD-83_3GK4", "RD/83 / 3-degree Gauss-Kruger zone 4"),
        ("ETRS89_UTM31", "ETRS89 / UTM zone 31N"),
        ("WGS84_Lat-Lon", "WGS 84"),
    ]:
        meant = crs.named(f"urn:adv:crs:{name}")
        assert meant is not None
        assert crs.parse(meant.system).name.startswith(words)


@pytest.mark.parametrize(
    "name",
    [
        *("", "x", "EPSG:", "EPSG:99999", "urn:ogc:def:crs:EPSG::5773", "urn:adv:crs:DE_DHHN2016_NH", "urn:adv:crs:"),
        *("urn:adv:crs:ETRS89_X-Y-Z", "urn:adv:crs:ETRS89_UTM99", "+proj=longlat", "EPSG:٤٣٢٦", "file.prj", "\ud800"),
        *("DE_DHDN", "DE_DHDN_Lat-Lon_x", "http://127.0.0.1/def/crs/EPSG/0/4326", NAMELESS),
    ],
)
def test_names_that_are_none(name: str) -> None:
    assert crs.named(name) is None


def test_where_a_system_is_used_tells_the_order() -> None:
    gauss = crs.Named("EPSG:31466", True)
    east_first = [[2_566_000.0, 5_710_000.0], [math.nan, 1.0], [math.inf, 2.0]]
    assert not crs.is_north_first(gauss, east_first)
    assert crs.is_north_first(gauss, [place[::-1] for place in east_first])
    # where it tells nothing the name counts
    assert crs.is_north_first(gauss, [])
    assert crs.is_north_first(gauss, [[0.0, 0.0]])
    for north_first in (True, False):
        assert crs.is_north_first(crs.Named("EPSG:4326", north_first), [[51.5, 7.1]]) is north_first
