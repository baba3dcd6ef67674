"""GML geometries of all versions, as WKB."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon

from finder.limits import Limits
from finder.sources import wkb
from finder.sources.gml_geometry import Shapes
from finder.sources.markup import HREF
from finder.sources.sentences import Notes, Refusal

GML = "http://www.opengis.net/gml/3.2"
NAMESPACES = f'xmlns="{GML}" xmlns:gml="{GML}" xmlns:xlink="http://www.w3.org/1999/xlink"'
SQUARE = "0 0 10 0 10 10 0 10 0 0"
HOLE = "2 2 4 2 4 4 2 4 2 2"
LIMITS = Limits()


def element(text: str) -> Element:
    """Return what the text holds, in the namespaces of GML and XLink."""
    return ElementTree.fromstring(f"<x {NAMESPACES}>{text}</x>")[0]


class Read:
    """A geometry read with what was said about it."""

    def __init__(self, text: str, around: str = "", limits: Limits = LIMITS) -> None:
        notes = Notes(100)
        shapes = Shapes(limits, notes)
        found = shapes.read(element(text), [element(around)] if around else (), row=7)
        with np.errstate(all="ignore"):  # coordinates that lead nowhere
            self.shape: Any = None if found is None else shapely.from_wkb(found)
        self.rules = [issue.rule for issue in notes]
        self.rows = {issue.row for issue in notes}
        self.srs_name = shapes.srs_name


def shape(text: str) -> Any:
    found = Read(text)
    assert found.rules == []
    return found.shape


def unreadable(text: str) -> None:
    found = Read(text)
    assert (found.shape, found.rules, found.rows) == (None, ["geometry_unreadable"], {7})


def ring(numbers: str = SQUARE) -> str:
    return f"<LinearRing><posList>{numbers}</posList></LinearRing>"


def polygon(shell: str = SQUARE, hole: str | None = None, kind: str = "Polygon", attributes: str = "") -> str:
    inner = "" if hole is None else f"<interior>{ring(hole)}</interior>"
    return f"<{kind} {attributes}><exterior>{ring(shell)}</exterior>{inner}</{kind}>"


def curve(*segments: str) -> str:
    return f"<Curve><segments>{''.join(segments)}</segments></Curve>"


def segment(numbers: str, kind: str = "LineStringSegment") -> str:
    return f"<{kind}><posList>{numbers}</posList></{kind}>"


PLAIN = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)])
PIERCED = Polygon(PLAIN.exterior, [[(2, 2), (4, 2), (4, 4), (2, 4)]])
BESIDE = "10 0 20 0 20 10 10 10 10 0"


# -- kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<Point><pos>1 2</pos></Point>", Point(1, 2)),
        ("<Point><coordinates>1,2</coordinates></Point>", Point(1, 2)),
        ("<Point><coord><X>1</X><Y>2</Y></coord></Point>", Point(1, 2)),
        ("<MultiPoint><pointMember><Point><pos>1 2</pos></Point></pointMember></MultiPoint>", MultiPoint([(1, 2)])),
        (
            "<MultiPoint><pointMembers><Point><pos>1 2</pos></Point><Point><pos>3 4</pos></Point></pointMembers>"
            "</MultiPoint>",
            MultiPoint([(1, 2), (3, 4)]),
        ),
        ("<LineString><posList>0 0 1 1 2 0</posList></LineString>", LineString([(0, 0), (1, 1), (2, 0)])),
        ("<LineString><pos>0 0</pos><pos>1 1</pos></LineString>", LineString([(0, 0), (1, 1)])),
        (
            "<LineString><pointProperty><Point><pos>0 0</pos></Point></pointProperty><pos>1 1</pos></LineString>",
            LineString([(0, 0), (1, 1)]),
        ),
        (curve(segment("0 0 1 1"), segment("1 1 2 0")), LineString([(0, 0), (1, 1), (2, 0)])),
        (curve(segment("0 0 1 1", "GeodesicString")), LineString([(0, 0), (1, 1)])),
        (
            f"<CompositeCurve><curveMember>{curve(segment('0 0 1 1'))}</curveMember><curveMember><OrientableCurve "
            f'orientation="-"><baseCurve>{curve(segment("2 0 1 1"))}</baseCurve></OrientableCurve></curveMember>'
            "</CompositeCurve>",
            LineString([(0, 0), (1, 1), (2, 0)]),
        ),
        (
            f"<MultiCurve><curveMember>{curve(segment('0 0 1 1'))}</curveMember><curveMembers><LineString><posList>"
            "5 5 6 6</posList></LineString></curveMembers></MultiCurve>",
            MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]]),
        ),
        (
            "<MultiLineString><lineStringMember><LineString><coordinates>0,0 1,1</coordinates></LineString>"
            "</lineStringMember></MultiLineString>",
            MultiLineString([[(0, 0), (1, 1)]]),
        ),
        (ring(), LineString([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)])),
        (polygon(), PLAIN),
        (polygon(hole=HOLE), PIERCED),
        (
            f"<Polygon><interior>{ring(HOLE)}</interior><exterior>{ring()}</exterior></Polygon>",
            PIERCED,
        ),
        (
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 10,0 10,10 0,10 0,0</coordinates></LinearRing>"
            "</outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>2,2 4,2 4,4 2,4 2,2</coordinates>"
            "</LinearRing></innerBoundaryIs></Polygon>",
            PIERCED,
        ),
        (
            f"<Polygon><exterior><Ring><curveMember>{curve(segment('0 0 10 0 10 10'))}</curveMember><curveMember>"
            "<LineString><posList>10 10 0 10 0 0</posList></LineString></curveMember></Ring></exterior></Polygon>",
            PLAIN,
        ),
        (f"<Surface><patches>{polygon(kind='PolygonPatch')}</patches></Surface>", PLAIN),
        (f"<Surface><patches>{polygon(kind='Rectangle')}</patches></Surface>", PLAIN),
        (
            f"<Tin><trianglePatches>{polygon('0 0 1 0 0 1 0 0', kind='Triangle')}</trianglePatches></Tin>",
            Polygon([(0, 0), (1, 0), (0, 1)]),
        ),
        (
            f"<PolyhedralSurface><polygonPatches>{polygon(kind='PolygonPatch')}</polygonPatches></PolyhedralSurface>",
            PLAIN,
        ),
        (
            "<Surface><patches>"
            f"{polygon(kind='PolygonPatch')}{polygon(BESIDE, kind='PolygonPatch')}</patches></Surface>",
            MultiPolygon([PLAIN, Polygon([(10, 0), (20, 0), (20, 10), (10, 10)])]),
        ),
        (
            f"<OrientableSurface orientation='-'><baseSurface>{polygon()}</baseSurface></OrientableSurface>",
            PLAIN,
        ),
        (
            f"<CompositeSurface><surfaceMember>{polygon()}</surfaceMember><surfaceMember>{polygon(BESIDE)}"
            "</surfaceMember></CompositeSurface>",
            MultiPolygon([PLAIN, Polygon([(10, 0), (20, 0), (20, 10), (10, 10)])]),
        ),
        (f"<MultiSurface><surfaceMember>{polygon()}</surfaceMember></MultiSurface>", MultiPolygon([PLAIN])),
        (
            f"<MultiSurface><surfaceMembers>{polygon(hole=HOLE)}</surfaceMembers></MultiSurface>",
            MultiPolygon([PIERCED]),
        ),
        (f"<MultiPolygon><polygonMember>{polygon()}</polygonMember></MultiPolygon>", MultiPolygon([PLAIN])),
        (
            f"<MultiGeometry><geometryMember><Point><pos>1 2</pos></Point></geometryMember><geometryMembers>{polygon()}"
            "</geometryMembers></MultiGeometry>",
            shapely.GeometryCollection([Point(1, 2), PLAIN]),
        ),
        (f"<GeometricComplex><element>{polygon()}</element></GeometricComplex>", shapely.GeometryCollection([PLAIN])),
    ],
)
def test_kinds(text: str, wanted: Any) -> None:
    assert shape(text).wkt == wanted.wkt


@pytest.mark.parametrize(
    "text", ["<Polygon/>", "<MultiSurface/>", "<Surface><patches/></Surface>", "<Point/>", "<LineString/>"]
)
def test_empty_geometries_stay_empty(text: str) -> None:
    assert shape(text).is_empty


def test_any_namespace_or_none() -> None:
    for namespace in ("http://www.opengis.net/gml", "", "urn:x"):
        found = ElementTree.fromstring(f'<Point xmlns="{namespace}"><pos>1 2</pos></Point>')
        assert Shapes(LIMITS, Notes(1)).read(found) is not None


def test_what_is_said_beside_a_geometry_is_no_part_of_it() -> None:
    text = f"<Polygon><name>x</name><boundedBy><Envelope/></boundedBy><exterior>{ring()}</exterior></Polygon>"
    assert shape(text).equals(PLAIN)


# -- coordinates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ("", "0,0 1,1"),
        ("", " 0,0\n\t1,1 "),
        ("", "0, 0 1 ,1"),
        ('cs="," ts=" " decimal="."', "0.0,0.0 1.0,1.0"),
        ('cs=" " ts=";"', "0 0; 1 1"),
        ('cs=" " ts=","', "0 0,1 1"),
        ('cs=";" ts=" " decimal=","', "0,0;0,0 1,0;1,0"),
    ],
)
def test_tuples(attributes: str, text: str) -> None:
    found = shape(f"<LineString><coordinates {attributes}>{text}</coordinates></LineString>")
    assert found.wkt == LineString([(0, 0), (1, 1)]).wkt


@pytest.mark.parametrize(
    "text",
    [
        "<LineString><posList>0 0 1</posList></LineString>".replace("0 0 1", "0 0 1 1 1"),
        "<LineString><posList>0 0 1 x</posList></LineString>",
        "<LineString><posList>0 0<x/> 1 1</posList></LineString>",
        "<LineString><coordinates>0,0<x/> 1,1</coordinates></LineString>",
        "<LineString><posList>0,0 1,1</posList></LineString>",
        "<LineString><posList>0 0 1_0 1</posList></LineString>",
        "<LineString><posList>0 0 ١ 1</posList></LineString>",
        "<LineString><pos>1</pos><pos>2</pos></LineString>",
        "<LineString><pos>1 2 3 4</pos></LineString>",
        "<LineString><coordinates>0 0 1 1</coordinates></LineString>",
        '<LineString><coordinates cs="," ts=",">0,0,1,1</coordinates></LineString>',
        '<LineString><coordinates cs="," decimal=",">0,0 1,1</coordinates></LineString>',
        '<LineString><coordinates cs="ab">0ab0</coordinates></LineString>',
        "<LineString><coord><X>1</X><Y/></coord></LineString>",
        "<LineString><coord><X>1</X></coord></LineString>",
        "<Point><pos>1 2</pos><pos>1 2</pos></Point>",
        '<LineString srsDimension="4"><posList>0 0 0 0</posList></LineString>',
        '<LineString srsDimension="three"><posList>0 0 0 0</posList></LineString>',
        '<LineString srsDimension="3"><posList>0 0 1 1</posList></LineString>',
        f"<Polygon><interior>{ring()}</interior></Polygon>",
        f"<Polygon><exterior>{ring()}</exterior><exterior>{ring()}</exterior></Polygon>",
        f"<Polygon><exterior>{ring()}{ring()}</exterior></Polygon>",
        "<Polygon><exterior><Point><pos>1 2</pos></Point></exterior></Polygon>",
        "<Polygon><hello/></Polygon>",
        "<MultiSurface><surfaceMember><Solid/></surfaceMember></MultiSurface>",
        "<MultiPoint><pointMember><LineString/></pointMember></MultiPoint>",
        "<Solid/>",
        "<Envelope><lowerCorner>0 0</lowerCorner></Envelope>",
        curve("<BSpline><posList>0 0 1 1</posList></BSpline>"),
        curve(segment("0 0 1 1", "Arc")),
        curve(segment("0 0 1 1 2 2", "Circle")),
        curve(segment("0 0 1 1 2 0 3 3", "ArcString")),
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    unreadable(text)


@pytest.mark.parametrize("bad", ["NaN", "INF", "-INF"])
def test_numbers_that_lead_nowhere_are_for_the_intake(bad: str) -> None:
    assert not math.isfinite(shape(f"<Point><pos>{bad} 2</pos></Point>").x)


def test_an_open_ring_is_for_the_intake() -> None:
    notes = Notes(1)
    found = Shapes(LIMITS, notes).read(element(polygon("0 0 10 0 10 10 0 10")))
    assert shapely.from_wkb(found, on_invalid="fix").equals(PLAIN)
    assert list(notes) == []


# -- dimensions -------------------------------------------------------------------------------------------------------

HIGH = "0 0 5 10 0 5 10 10 5 0 10 5 0 0 5"


@pytest.mark.parametrize(
    "text",
    [
        polygon(HIGH, attributes='srsDimension="3"'),
        polygon(HIGH),
        polygon(HIGH).replace("<posList>", '<posList srsDimension="3">'),
        "<Polygon><exterior><LinearRing>"
        + "".join(f"<pos>{xy} 5</pos>" for xy in ("0 0", "10 0", "10 10", "0 10", "0 0"))
        + "</LinearRing></exterior></Polygon>",
        "<Polygon><exterior><LinearRing><coordinates>0,0,5 10,0,5 10,10,5 0,10,5 0,0,5</coordinates></LinearRing>"
        "</exterior></Polygon>",
    ],
)
def test_heights_are_dropped(text: str) -> None:
    found = Read(text)
    assert found.shape.equals(PLAIN)
    assert found.rules == ["heights_dropped"]


def test_the_dimension_may_stand_around() -> None:
    text = "<LineString><posList>0 0 5 1 1 5</posList></LineString>"
    for around in ('<f srsDimension="3"/>', '<f><boundedBy><Envelope srsDimension="3"/></boundedBy></f>'):
        found = Read(text, around)
        assert found.shape.wkt == LineString([(0, 0), (1, 1)]).wkt
        assert found.rules == ["heights_dropped"]


@pytest.mark.parametrize(("numbers", "stated"), [(SQUARE + " 0 0", 3), ("0 0 5 10 0 5 0 10 5 0 0 5", 2)])
def test_a_wrong_dimension_is_told_by_the_ring(numbers: str, stated: int) -> None:
    found = Read(polygon(numbers, attributes=f'srsDimension="{stated}"'))
    assert found.shape.area in (100, 50)
    assert "dimension_wrong" in found.rules


# -- arcs -------------------------------------------------------------------------------------------------------------


def area(text: str) -> float:
    found = Read(text)
    assert found.rules == ["curves_straightened"]
    assert found.shape.is_valid
    return float(found.shape.area)


def round_ring(*members: str) -> str:
    inside = "".join(f"<curveMember>{member}</curveMember>" for member in members)
    return f"<Polygon><exterior><Ring>{inside}</Ring></exterior></Polygon>"


def centred(start: float, end: float, radius: float = 10, uom: str = "m", angle: str = "deg", at: str = "0 0") -> str:
    return (
        f'<ArcByCenterPoint numArc="1"><pos>{at}</pos><radius uom="{uom}">{radius}</radius>'
        f'<startAngle uom="{angle}">{start}</startAngle><endAngle uom="{angle}">{end}</endAngle></ArcByCenterPoint>'
    )


E = 360_000
N = 5_700_000


def moved(*numbers: float) -> str:
    return " ".join(str(number + (N if i % 2 else E)) for i, number in enumerate(numbers))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (round_ring(curve(segment(moved(0, 0, 10, 10, 20, 0), "Arc"), segment(moved(20, 0, 0, 0)))), math.pi * 50),
        (round_ring(curve(segment(moved(20, 0, 10, 10, 0, 0), "Arc"), segment(moved(0, 0, 20, 0)))), math.pi * 50),
        (round_ring(curve(segment(moved(0, 0, 10, 10, 20, 0, 10, -10, 0, 0), "ArcString"))), math.pi * 100),
        (round_ring(curve(segment(moved(0, 0, 20, 0, 0, 0), "Arc"))), math.pi * 100),
        (round_ring(curve(segment(moved(0, 0, 10, 10, 20, 0), "Circle"))), math.pi * 100),
        # a flat arc and its chord: the area between them is kept too
        (
            round_ring(curve(segment(moved(0, 0, 100, 1, 200, 0), "Arc"), segment(moved(200, 0, 0, 0)))),
            5000.5**2 * math.asin(100 / 5000.5) - 100 * (5000.5 - 1),
        ),
        (round_ring(curve(centred(0, 180, at=moved(0, 0)), segment(moved(-10, 0, 10, 0)))), math.pi * 50),
        # the same arc by bearings, clockwise from north
        (round_ring(curve(centred(90, -90, at=moved(0, 0)), segment(moved(-10, 0, 10, 0)))), math.pi * 50),
        (round_ring(curve(centred(0, 180, at=moved(0, 0))), curve(segment(moved(-10, 0, 10, 0)))), math.pi * 50),
        (
            round_ring(
                curve(f"<CircleByCenterPoint><pos>{moved(0, 0)}</pos><radius uom='m'>10</radius></CircleByCenterPoint>")
            ),
            math.pi * 100,
        ),
        (
            round_ring(
                curve(centred(0, math.pi, at=moved(0, 0), angle="rad", uom="urn:ogc:def:uom:EPSG::9001")),
                f"<OrientableCurve orientation='-'><baseCurve>{curve(segment(moved(10, 0, -10, 0)))}</baseCurve>"
                "</OrientableCurve>",
            ),
            math.pi * 50,
        ),
    ],
)
def test_arcs_keep_the_area(text: str, wanted: float) -> None:
    assert area(text) == pytest.approx(wanted, rel=1e-6)


def test_the_line_keeps_close_to_the_arc() -> None:
    line = Read(curve(segment("0 0 100 100 200 0", "Arc"))).shape
    away = [abs(point.distance(Point(100, 0)) - 100) for point in map(Point, shapely.segmentize(line, 0.2).coords)]
    assert max(away) < 100 * 3e-5
    assert {(0, 0), (100, 100), (200, 0)} <= set(line.coords)


def test_an_arc_on_a_line_is_the_line() -> None:
    assert Read(curve(segment("0 0 1 1 2 2", "Arc"))).shape.wkt == LineString([(0, 0), (1, 1), (2, 2)]).wkt


@pytest.mark.parametrize("kind", ["Arc", "Circle"])
@pytest.mark.parametrize("numbers", ["1e308 -1e308 1e308 1 0 0", "0 0 1e308 0 0 0", "NaN 0 0 1 1 1", "INF 0 0 1 1 1"])
def test_arcs_by_way_of_nowhere(kind: str, numbers: str) -> None:
    assert set(Read(curve(segment(numbers, kind))).rules) <= {"curves_straightened", "geometry_unreadable"}


@pytest.mark.parametrize(
    "arc",
    [
        centred(0, 1e9),
        centred(0, 180, radius=-1),
        centred(0, 180, radius=math.inf),
        centred(0, 180, uom="furlong"),
        centred(0, 180, uom="m", at="7 51"),
        centred(0, 180, angle="gon"),
        centred(0, math.nan),
        f"<ArcByCenterPoint><pos>{moved(0, 0)}</pos></ArcByCenterPoint>",
    ],
)
def test_arcs_that_cannot_be_read(arc: str) -> None:
    unreadable(curve(arc.replace("<pos>0 0", f"<pos>{moved(0, 0)}")))


def test_an_arc_that_does_not_meet_its_neighbours() -> None:
    unreadable(round_ring(curve(centred(0, 90, at=moved(0, 0)), segment(moved(-10, 0, 10, 0)))))


# -- reference systems ------------------------------------------------------------------------------------------------

NAMED = 'srsName="urn:a"'
ENVELOPE = '<f><boundedBy><Envelope srsName="urn:b"/></boundedBy></f>'


@pytest.mark.parametrize(
    ("text", "around", "wanted"),
    [
        (polygon(), "", None),
        (polygon(attributes='srsName=" urn:a "'), ENVELOPE, "urn:a"),
        (polygon(), ENVELOPE, "urn:b"),
        (polygon(), '<f srsName="urn:c"><boundedBy><Box srsName="urn:b"/></boundedBy></f>', "urn:c"),
        (f"<MultiSurface><surfaceMember>{polygon(attributes=NAMED)}</surfaceMember></MultiSurface>",
         ENVELOPE, "urn:a"),
    ],
)  # fmt: skip
def test_the_nearest_statement_counts(text: str, around: str, wanted: str | None) -> None:
    assert Read(text, around).srs_name == wanted


def test_one_system_for_all() -> None:
    notes = Notes(5)
    shapes = Shapes(LIMITS, notes)
    assert shapes.read(element(polygon(attributes='srsName="a"')))
    assert shapes.read(element(polygon()))
    assert [(issue.rule, issue.params["stated"]) for issue in notes] == [("crs_of_others", "a")]
    with pytest.raises(Refusal) as caught:
        shapes.read(element(polygon(attributes='srsName="b"')))
    assert caught.value.code == "several_crs"


# -- references and bounds --------------------------------------------------------------------------------------------


def test_references_within_the_geometry() -> None:
    text = (
        "<MultiSurface><surfaceMember>" + polygon(attributes="gml:id='a'") + "</surfaceMember>"
        '<surfaceMember xlink:href="#a"/></MultiSurface>'
    )
    assert shape(text).wkt == MultiPolygon([PLAIN, PLAIN]).wkt


@pytest.mark.parametrize("href", ["#b", "b", "", "http://127.0.0.1/x.gml#a", "file:///etc/passwd"])
def test_references_to_elsewhere_are_not_followed(href: str) -> None:
    found = Read(f'<MultiSurface><surfaceMember xlink:href="{href}"/></MultiSurface>')
    assert (found.shape, found.rules, found.rows) == (None, ["reference_left_out"], {7})


def test_a_reference_to_what_is_around_it() -> None:
    unreadable('<MultiSurface gml:id="a"><surfaceMember xlink:href="#a"/></MultiSurface>'.replace("Multi", "Composite"))


def test_references_that_multiply() -> None:
    """Two references to an element with two references to … : a billion polygons of a few lines."""
    levels = "".join(
        f'<surfaceMember><CompositeSurface gml:id="s{i}">' + f'<surfaceMember xlink:href="#s{i + 1}"/>' * 2
        + "</CompositeSurface></surfaceMember>" for i in range(30)
    )  # fmt: skip
    text = f'<MultiSurface>{levels}<surfaceMember><CompositeSurface gml:id="s30"/></surfaceMember></MultiSurface>'
    with pytest.raises(Refusal) as caught:
        Read(text, limits=Limits(max_vertices=10_000))
    assert caught.value.code == "too_many_vertices"


def test_too_many_vertices() -> None:
    for text in (polygon(), round_ring(curve(segment(moved(0, 0, 10, 10, 20, 0), "Circle")))):
        with pytest.raises(Refusal) as caught:
            Read(text, limits=Limits(max_vertices=6))
        assert caught.value.code == "too_many_vertices"


KINDS = [
    *("Point", "MultiPoint", "LineString", "LinearRing", "Polygon", "PolygonPatch", "Surface", "MultiSurface", "Ring"),
    *("CompositeSurface", "OrientableCurve", "Curve", "MultiCurve", "MultiGeometry", "Arc", "Circle", "ArcString"),
    *("ArcByCenterPoint", "CircleByCenterPoint", "LineStringSegment", "Envelope", "x"),
]
PROPERTIES = [
    *("pointMember", "pointProperty", "surfaceMember", "curveMember", "patches", "segments", "exterior", "interior"),
    *("geometryMember", "baseCurve", "boundedBy", "outerBoundaryIs", "name"),
]
LEAVES = ["pos", "posList", "coordinates", "coord", "radius", "startAngle", "endAngle", "X"]
TEXTS = st.sampled_from(
    ["", "0 0", "1 2 3", SQUARE, "0 0 10 10 20 0", "NaN 1 2 3 4 5", "1e308 -1e308 1e308 1", "0,0 1,1", "INF", "x", "90"]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["srsDimension", "srsName", "orientation", "cs", "ts", "decimal", "uom", "id", HREF]),
    st.sampled_from(["2", "3", "-", ",", " ", "", "m", "deg", "a", "#a", "#b"]),
    max_size=2,
)


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> Element:
    """A tree of GML's own words in any order."""
    tag = draw(st.sampled_from((KINDS, PROPERTIES + LEAVES)[depth % 2]))
    made = Element(f"{{{GML}}}{tag}", draw(ATTRIBUTES))
    made.text = draw(TEXTS)
    if depth < 6 and tag not in LEAVES:
        made.extend(draw(st.lists(trees(depth + 1), max_size=3)))
    return made


@given(trees())
def test_any_tree_is_read_or_noted(tree: Element) -> None:
    notes = Notes(5)
    try:
        found = Shapes(Limits(max_vertices=5000), notes).read(tree, row=1)
    except Refusal:
        return
    lost = {"geometry_unreadable", "reference_left_out"} & {issue.rule for issue in notes}
    assert (found is None) == bool(lost)
    assert found is None or wkb.is_plain(found)
