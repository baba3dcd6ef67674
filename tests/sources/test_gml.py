"""GML feature collections, as towns and services deliver them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon

from finder.limits import DEFAULT, Limits
from finder.sources import gml
from finder.sources.sentences import Refusal
from finder.sources.sniffing import Format, sniff
from finder.sources.table import Table
from tests.sources.files import Handed, handed, read, refused, rules, shapes, written

X, Y = 360_000.0, 5_720_000.0
UTM = "urn:ogc:def:crs:EPSG::25832"
RING = f"{X} {Y} {X + 100} {Y} {X + 100} {Y + 100} {X} {Y + 100} {X} {Y}"
SQUARE = shapely.box(X, Y, X + 100, Y + 100)


def polygon(system: str | None = UTM, ring: str = RING) -> str:
    named = "" if system is None else f' srsName="{system}"'
    return (
        f"<gml:Polygon{named}><gml:exterior><gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing>"
        "</gml:exterior></gml:Polygon>"
    )


def feature(inside: str, kind: str = "Flaeche", attributes: str = "") -> str:
    return f"<gml:featureMember><m:{kind} {attributes}>{inside}</m:{kind}></gml:featureMember>"


def collection(*members: str, root: str = "gml:FeatureCollection", attributes: str = "", version: str = "/3.2") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns:gml="http://www.opengis.net/gml{version}" '
        'xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:m="urn:muster" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {attributes}>{"".join(members)}</{root}>'
    )


def delivered(tmp_path: Path, text: str | bytes) -> Handed:
    path = written(tmp_path, "a.gml", text)
    assert sniff(path.read_bytes()) is Format.GML
    return handed(tmp_path, gml.read(path, DEFAULT))


# -- features ---------------------------------------------------------------------------------------------------------


def test_features_become_rows(tmp_path: Path) -> None:
    text = collection(
        feature(f"<m:name>Nord &amp; Süd</m:name><m:lage>{polygon()}</m:lage>", attributes='gml:id="f1"'),
        feature("<m:name/><m:jahr>2026</m:jahr>", attributes='gml:id="f2"'),
    )
    raw = read(written(tmp_path, "a.gml", text))
    assert raw.columns == {"gml_id": ["f1", "f2"], "name": ["Nord & Süd", None], "jahr": [None, "2026"]}
    assert raw.geometry is not None
    assert shapely.from_wkb(raw.geometry[0]).equals(SQUARE)
    assert raw.geometry[1] is None
    assert (raw.crs, raw.rows, raw.origin.format) == ("EPSG:25832", [1, 2], "GML")
    assert raw.issues == ()


MEMBERS = f"<m:F><m:lage>{polygon()}</m:lage></m:F>"


@pytest.mark.parametrize(
    "text",
    [
        collection(f"<gml:featureMember>{MEMBERS}</gml:featureMember>" * 2),
        collection(f"<gml:featureMembers>{MEMBERS * 2}</gml:featureMembers>", version=""),
        collection(f"<wfs:member>{MEMBERS}</wfs:member>" * 2, root="wfs:FeatureCollection"),
        collection(f"<gml:member>{MEMBERS}</gml:member>" * 2, root="m:Inventar"),
        collection(f"<gml:featureMember>{MEMBERS}</gml:featureMember>" * 2, root="m:FeatureCollection", version="/3.1"),
        collection(
            f"<wfs:member><wfs:FeatureCollection><wfs:member>{MEMBERS}</wfs:member></wfs:FeatureCollection>"
            "</wfs:member>" * 2,
            root="wfs:FeatureCollection",
        ),
        collection(
            f"<m:enthaelt><wfs:FeatureCollection><gml:featureMember>{MEMBERS}</gml:featureMember>"
            f"<gml:featureMember>{MEMBERS}</gml:featureMember></wfs:FeatureCollection></m:enthaelt>",
            root="m:Auszug",
        ),
    ],
)
def test_all_ways_of_holding_features(tmp_path: Path, text: str) -> None:
    raw = delivered(tmp_path, text)
    assert (len(raw), raw.columns, raw.issues) == (2, {}, ())
    assert [shapely.from_wkt(text or "").equals(SQUARE) for text in shapes(raw)] == [True, True]


def test_kinds_of_features_are_told_apart(tmp_path: Path) -> None:
    raw = delivered(tmp_path, collection(feature("<m:a>1</m:a>"), feature("<m:b>2</m:b>", kind="Halle")))
    assert raw.columns == {"feature_type": ["Flaeche", "Halle"], "a": ["1", None], "b": [None, "2"]}
    assert (raw.geometry, raw.crs) == (None, None)


def test_what_properties_nest(tmp_path: Path) -> None:
    inside = (
        '<gml:name>Nord</gml:name><m:groesse uom="ha">4.5</m:groesse><m:art>GE</m:art><m:art>GI</m:art>'
        '<m:kontakt><m:Stelle gml:id="s"><m:amt>Wirtschaft</m:amt><m:tel art="fest">1</m:tel><m:tel>2</m:tel>'
        '</m:Stelle></m:kontakt><m:plan xlink:type="simple" xlink:href="#p1" xlink:title="Plan"/>'
        '<m:leer xsi:nil="true"/><m:code codeSpace="urn:x">7</m:code><m:gemischt> vorn <m:x>1</m:x></m:gemischt>'
        "<gml:boundedBy><gml:Envelope/></gml:boundedBy>"
    )
    raw = delivered(tmp_path, collection(feature(inside, attributes='gml:id="f1" stand="2026"')))
    assert {name: values[0] for name, values in raw.columns.items()} == {
        "gml_id": "f1",
        "@stand": "2026",
        "name": "Nord",
        "groesse": "4.5",
        "groesse@uom": "ha",
        "art": ["GE", "GI"],
        "kontakt.Stelle@id": "s",
        "kontakt.Stelle.amt": "Wirtschaft",
        "kontakt.Stelle.tel": ["1", "2"],
        "kontakt.Stelle.tel@art": "fest",
        "plan": None,
        "plan@href": "#p1",
        "plan@title": "Plan",
        "leer": None,
        "code": "7",
        "code@codeSpace": "urn:x",
        "gemischt": "vorn",
        "gemischt.x": "1",
    }


def test_properties_called_like_our_own_columns(tmp_path: Path) -> None:
    raw = delivered(tmp_path, collection(feature("<m:gml_id>x</m:gml_id>", attributes='fid="f.1"')))
    assert raw.columns == {"gml_id": ["f.1"], "gml_id_2": ["x"]}
    assert rules(raw) == ["header_repeated"]


def test_the_first_geometry_counts_and_the_others_are_named(tmp_path: Path) -> None:
    point = "<gml:Point srsName='EPSG:25832'><gml:pos>360000 5720000</gml:pos></gml:Point>"
    inside = (
        f"<m:teil><m:Teil><m:flaeche>{polygon('EPSG:25832')}</m:flaeche></m:Teil></m:teil><m:punkt>{point}</m:punkt>"
    )
    raw = delivered(tmp_path, collection(feature(inside)))
    assert shapely.from_wkb(raw.geometry[0]).equals(SQUARE)  # type: ignore[index]
    assert [(issue.rule, issue.row, issue.field) for issue in raw.issues] == [("geometry_further", 1, "punkt")]


def test_geometries_that_cannot_be_read_leave_a_row(tmp_path: Path) -> None:
    broken = [
        polygon(ring="1 2 3 4 5"),
        polygon(ring="a b"),
        "<gml:Solid/>",
        "<gml:MultiSurface><m:x/></gml:MultiSurface>",
    ]
    raw = delivered(tmp_path, collection(*(feature(f"<m:lage>{text}</m:lage>") for text in broken)))
    assert shapes(raw) == [None] * 4
    assert [(issue.rule, issue.row) for issue in raw.issues] == [("geometry_unreadable", row) for row in (1, 2, 3, 4)]


def test_a_feature_and_a_geometry_elsewhere(tmp_path: Path) -> None:
    raw = delivered(
        tmp_path,
        collection('<gml:featureMember xlink:href="http://127.0.0.1/f.gml#a"/>', feature('<m:lage xlink:href="#g7"/>')),
    )
    assert raw.columns["lage@href"] == [None, "#g7"]
    assert [(issue.rule, issue.row) for issue in raw.issues] == [("feature_left_out", 1)]


def test_a_service_that_has_more(tmp_path: Path) -> None:
    attributes = 'numberMatched="5" numberReturned="1"'
    raw = delivered(tmp_path, collection(feature("<m:a>1</m:a>"), attributes=attributes))
    assert [(issue.rule, dict(issue.params)) for issue in raw.issues] == [("part_of_more", {"found": 1, "wanted": 5})]
    for attributes in (
        'numberMatched="unknown"',
        'numberMatched="1"',
        'numberMatched="٥"',
        f'numberMatched="{"9" * 5000}"',
    ):
        assert rules(delivered(tmp_path, collection(feature("<m:a>1</m:a>"), attributes=attributes))) == []


def test_other_encodings(tmp_path: Path) -> None:
    text = collection(feature("<m:name>Fläche</m:name>"))
    for encoding in ("iso-8859-1", "utf-16", "utf-8-sig"):
        said = text.replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
        assert delivered(tmp_path, said.encode(encoding)).columns == {"name": ["Fläche"]}


# -- reference systems and their axes ---------------------------------------------------------------------------------

LON, LAT = 7.1, 51.6


def ring_of(points: Any, turned: bool) -> str:
    return " ".join(f"{y!r} {x!r}" if turned else f"{x!r} {y!r}" for x, y in points)


def in_system(tmp_path: Path, code: int, name: str, turned: bool) -> Handed:
    """Read a square of the region, written in a system under a name and in an order of axes."""
    there = pyproj.Transformer.from_crs(4326, code, always_xy=True)
    corners = [(LON, LAT), (LON + 0.01, LAT), (LON + 0.01, LAT + 0.01), (LON, LAT)]
    ring = ring_of([tuple(map(float, there.transform(*corner))) for corner in corners], turned)
    raw = delivered(tmp_path, collection(feature(f"<m:lage>{polygon(name, ring)}</m:lage>")))
    assert raw.geometry is not None
    x, y = shapely.get_coordinates(shapely.from_wkb(raw.geometry[0]))[0]
    assert (x, y) == pytest.approx(there.transform(LON, LAT))
    return raw


@pytest.mark.parametrize(
    ("code", "name", "turned", "said"),
    [
        (4326, "EPSG:4326", False, []),
        (4326, "http://www.opengis.net/gml/srs/epsg.xml#4326", False, []),
        (4326, "urn:ogc:def:crs:EPSG::4326", True, ["axes_turned"]),
        (4326, "urn:ogc:def:crs:EPSG:6.9:4326", True, ["axes_turned"]),
        (4326, "urn:x-ogc:def:crs:EPSG:4326".replace("EPSG:", "EPSG::"), True, ["axes_turned"]),
        (4326, "http://www.opengis.net/def/crs/EPSG/0/4326", True, ["axes_turned"]),
        (4326, "urn:ogc:def:crs:OGC:1.3:CRS84", False, []),
        (4326, "http://www.opengis.net/def/crs/OGC/1.3/CRS84", False, []),
        (4326, "CRS:84", False, []),
        (4258, "urn:ogc:def:crs:EPSG::4258", True, ["axes_turned"]),
        (4258, "urn:ogc:def:crs:EPSG::4258", False, ["axes_other"]),
        (4258, "EPSG:4258", True, ["axes_other"]),
        (4258, "urn:adv:crs:ETRS89_Lat-Lon", True, ["axes_turned"]),
        (25832, "EPSG:25832", False, []),
        (25832, "25832", False, []),
        (25832, "urn:ogc:def:crs:EPSG::25832", False, []),
        (25832, "urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783", False, []),
        (25832, "urn:adv:crs:ETRS89_UTM32", False, []),
        (25832, "urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH", False, []),
        (25832, "ETRS89_UTM32", False, []),
        (25832, "urn:ogc:def:crs:EPSG::25832", True, ["axes_other"]),
        (4647, "EPSG:4647", False, []),
        (4647, "urn:ogc:def:crs:EPSG::4647", False, []),
        (5652, "urn:ogc:def:crs:EPSG::5652", True, ["axes_turned"]),
        (31466, "EPSG:31466", False, []),
        (31466, "urn:adv:crs:DE_DHDN_3GK2", False, []),
        (31466, "urn:adv:crs:DE_DHDN_3GK2_NW101", False, []),
        (31466, "urn:ogc:def:crs:EPSG::31466", True, ["axes_turned"]),
        # the registry has the northing first, German offices write the easting first
        (31466, "urn:ogc:def:crs:EPSG::31466", False, ["axes_other"]),
        (31467, "http://www.opengis.net/def/crs/EPSG/0/31467", False, ["axes_other"]),
        (31467, "urn:adv:crs:de_dhdn_3gk3", False, []),
        (3035, "urn:ogc:def:crs:EPSG::3035", True, ["axes_turned"]),
        (3857, "urn:ogc:def:crs:EPSG::3857", False, []),
    ],
)
def test_names_of_systems_and_the_order_of_their_axes(
    tmp_path: Path, code: int, name: str, turned: bool, said: list[str]
) -> None:
    raw = in_system(tmp_path, code, name, turned)
    assert (raw.crs, rules(raw)) == (f"EPSG:{code}", said)


@pytest.mark.parametrize("name", ["urn:muster:crs", "EPSG:999999", "urn:adv:crs:UNSINN", "/etc/passwd", "+proj=utm"])
def test_names_that_nobody_knows(tmp_path: Path, name: str) -> None:
    raw = delivered(tmp_path, collection(feature(f"<m:lage>{polygon(name)}</m:lage>")))
    assert raw.crs is None
    assert [(issue.rule, issue.params["stated"]) for issue in raw.issues] == [("crs_not_known", name)]
    assert shapely.from_wkb(raw.geometry[0]).equals(SQUARE)  # type: ignore[index]


def test_no_name_at_all(tmp_path: Path) -> None:
    raw = delivered(tmp_path, collection(feature(f"<m:lage>{polygon(None)}</m:lage>")))
    assert (raw.crs, rules(raw)) == (None, [])


def test_the_name_may_stand_around(tmp_path: Path) -> None:
    envelope = f'<gml:boundedBy><gml:Envelope srsName="{UTM}"/></gml:boundedBy>'
    member = feature(f"<m:lage>{polygon(None)}</m:lage>")
    inside = feature(f"{envelope}<m:lage>{polygon(None)}</m:lage>")
    for text in (collection(envelope, member), collection(inside), collection("<m:x/>" * 20, envelope, member)):
        assert delivered(tmp_path, text).crs == "EPSG:25832"


def test_several_systems_are_refused(tmp_path: Path) -> None:
    members = [feature(f"<m:lage>{polygon(name)}</m:lage>") for name in ("EPSG:25832", "EPSG:25833")]
    refused(written(tmp_path, "a.gml", collection(*members)), "several_crs")


def test_axes_of_all_kinds_of_geometry_are_turned(tmp_path: Path) -> None:
    name = 'srsName="urn:ogc:def:crs:EPSG::4326"'
    texts = [
        f"<gml:Point {name}><gml:pos>51 7</gml:pos></gml:Point>",
        f"<gml:MultiPoint {name}><gml:pointMember><gml:Point><gml:pos>51 7</gml:pos></gml:Point></gml:pointMember>"
        "</gml:MultiPoint>",
        f"<gml:Polygon {name}/>",
        f"<gml:MultiGeometry {name}><gml:geometryMember><gml:LineString><gml:posList>51 7 52 8</gml:posList>"
        "</gml:LineString></gml:geometryMember></gml:MultiGeometry>",
    ]
    raw = delivered(tmp_path, collection(*(feature(f"<m:lage>{text}</m:lage>") for text in texts), feature("")))
    assert shapes(raw) == [
        "POINT (7 51)",
        "MULTIPOINT ((7 51))",
        "POLYGON EMPTY",
        "GEOMETRYCOLLECTION (LINESTRING (7 51, 8 52))",
        None,
    ]


# -- all that shapely can make ----------------------------------------------------------------------------------------

numbers = st.floats(-1e7, 1e7, allow_nan=False).map(lambda value: round(value, 3))
points = st.tuples(numbers, numbers)


@st.composite
def outlines(draw: st.DrawFn) -> Polygon:
    """A polygon, perhaps with a hole, perhaps a bow-tie: readers have no opinion."""
    shell = draw(st.lists(points, min_size=3, max_size=8))
    hole = draw(st.none() | st.lists(points, min_size=3, max_size=5))
    return Polygon(shell, [] if hole is None else [hole])


geometries = outlines() | points.map(Point) | st.lists(outlines(), min_size=1, max_size=3).map(MultiPolygon)


def as_gml(shape: Any, version: str, dimension: int) -> str:
    """Write a geometry as one of the versions has it."""

    def places(coordinates: Any) -> str:
        if version == "2":
            tuples = (",".join(map(repr, [float(x), float(y), 5.0][:dimension])) for x, y in coordinates)
            return f"<gml:coordinates>{' '.join(tuples)}</gml:coordinates>"
        flat = (" ".join(map(repr, [float(x), float(y), 5.0][:dimension])) for x, y in coordinates)
        return f'<gml:posList srsDimension="{dimension}">{" ".join(flat)}</gml:posList>'

    def ring(line: Any) -> str:
        return f"<gml:LinearRing>{places(line.coords)}</gml:LinearRing>"

    outer, inner = ("outerBoundaryIs", "innerBoundaryIs") if version == "2" else ("exterior", "interior")
    if isinstance(shape, Point):
        return f"<gml:Point>{places(shape.coords).replace('posList', 'pos')}</gml:Point>"
    if isinstance(shape, MultiPolygon):
        kind, member = ("MultiPolygon", "polygonMember") if version == "2" else ("MultiSurface", "surfaceMember")
        parts = "".join(f"<gml:{member}>{as_gml(part, version, dimension)}</gml:{member}>" for part in shape.geoms)
        return f"<gml:{kind}>{parts}</gml:{kind}>"
    rings = f"<gml:{outer}>{ring(shape.exterior)}</gml:{outer}>"
    rings += "".join(f"<gml:{inner}>{ring(hole)}</gml:{inner}>" for hole in shape.interiors)
    if version == "3.2":
        return f"<gml:Surface><gml:patches><gml:PolygonPatch>{rings}</gml:PolygonPatch></gml:patches></gml:Surface>"
    return f"<gml:Polygon>{rings}</gml:Polygon>"


def parsed(text: str | bytes, limits: Limits = DEFAULT) -> Table:
    """Read in this process: hundreds of examples would take too long otherwise."""
    with TemporaryDirectory() as folder:
        return gml.read(written(Path(folder), "a.gml", text), limits)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(geometries, st.text("aß<&\"'> €", max_size=5)), min_size=1, max_size=4),
       st.sampled_from(["2", "3.1", "3.2"]), st.sampled_from([2, 3]))  # fmt: skip
def test_what_was_written_is_read(rows: list[tuple[Any, str]], version: str, dimension: int) -> None:
    members = [feature(f"<m:n>{escape(n)}</m:n><m:g>{as_gml(g, version, dimension)}</m:g>") for g, n in rows]
    table = parsed(collection(*members, version="/3.2" if version == "3.2" else ""))
    found = shapely.from_wkb(np.array(table.geometry.to_pylist(), dtype=object))
    assert [shape.wkt for shape in found] == [g.wkt for g, _ in rows]
    assert table.columns["n"].values.to_pylist() == [n.strip() or None for _, n in rows]
    assert [issue.rule for issue in table.notes] == (["heights_dropped"] if dimension == 3 else [])


@given(st.data())
def test_anything_in_a_file_is_read_or_refused(data: st.DataObject) -> None:
    text = collection(feature(f"<m:name>x</m:name><m:lage>{polygon()}</m:lage>", attributes='gml:id="f"') * 2).encode()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from([0, 1, 5, 40, 400])))
        text = text[:start] + data.draw(st.binary(max_size=3) | st.just(text[start:end] * 2)) + text[end:]
    try:
        table = parsed(text)
    except Refusal:
        return
    assert table.geometry is None or len(table.geometry) == table.length


# -- attacks and limits -----------------------------------------------------------------------------------------------


def test_document_types(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))
    text = collection(feature("<m:a>&l9;</m:a>"))
    for type_ in (f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">'):
        refused(written(tmp_path, "a.gml", text.replace("?>\n", f"?>{type_}")), "doctype")
        refused(written(tmp_path, "a.gml", text.replace("?>\n", f"?><!-- {'x' * 100_000} -->{type_}")), "doctype")
    refused(written(tmp_path, "a.gml", text), "not_xml")


def test_a_type_quoted_in_a_text_is_none(tmp_path: Path) -> None:
    raw = delivered(tmp_path, collection(feature("<m:a><![CDATA[<!DOCTYPE html>]]></m:a>")))
    assert raw.columns == {"a": ["<!DOCTYPE html>"]}


def test_depth(tmp_path: Path) -> None:
    deep = collection(feature("<m:a>" * 100 + "</m:a>" * 100))
    error = refused(written(tmp_path, "a.gml", deep), "too_deep")
    assert error.params["limit"] == DEFAULT.max_depth


def test_limits(tmp_path: Path) -> None:
    many = written(tmp_path, "a.gml", collection(feature(f"<m:lage>{polygon()}</m:lage>") * 3))
    refused(many, "too_many_features", limits=Limits(max_features=2))
    refused(many, "too_many_vertices", limits=Limits(max_vertices=10))
    wide = collection(feature("".join(f"<m:a{i}>1</m:a{i}>" for i in range(20))))
    refused(written(tmp_path, "b.gml", wide), "too_many_columns", limits=Limits(max_columns=10))


def test_a_collection_of_nothing(tmp_path: Path) -> None:
    refused(written(tmp_path, "a.gml", collection()), "no_rows")
