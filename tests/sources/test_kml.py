"""KML and KMZ, as maps on the web and offices export them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon

from finder.limits import DEFAULT, Limits
from finder.model.record import RawRecords
from finder.sources import kml
from finder.sources.sentences import Refusal
from finder.sources.sniffing import Format, sniff
from finder.sources.table import Table
from tests.sources.files import Handed, handed, read, refused, rules, shapes, written, zipped

RING = "<LinearRing><coordinates>7,51,0 7.1,51,0 7.1,51.1,0 7,51,0</coordinates></LinearRing>"
POLYGON = f"<Polygon><extrude>1</extrude><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"
TRIANGLE = Polygon([(7, 51), (7.1, 51), (7.1, 51.1)])


def document(*inside: str, namespace: str = "http://www.opengis.net/kml/2.2") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{namespace}" xmlns:gx="http://www.google.com/kml/ext/2.2">'
        f"<Document>{''.join(inside)}</Document></kml>"
    )


def mark(inside: str = "", geometry: str = POLYGON) -> str:
    return f"<Placemark>{inside}{geometry}</Placemark>"


def delivered(tmp_path: Path, text: str | bytes) -> Handed:
    path = written(tmp_path, "a.kml", text)
    assert sniff(path.read_bytes()) is Format.KML
    return handed(tmp_path, kml.read(path, DEFAULT))


def of(inside: str, tmp_path: Path) -> dict[str, Any]:
    """Return the only placemark's values."""
    return {name: values[0] for name, values in delivered(tmp_path, document(mark(inside))).columns.items()}


# -- placemarks -------------------------------------------------------------------------------------------------------


def test_placemarks_become_rows(tmp_path: Path) -> None:
    style = "<Style id='s'><LineStyle/></Style>"
    text = document("<name>Karte</name>", style, mark("<name>Nord</name>"), style, mark(geometry=""))
    raw = read(written(tmp_path, "a.kml", text))
    assert raw.columns == {"name": ["Nord", None]}
    assert shapes(raw) == [TRIANGLE.wkt, None]
    assert (raw.crs, raw.origin.format, raw.issues) == ("EPSG:4326", "KML", ())


@pytest.mark.parametrize("namespace", ["http://earth.google.com/kml/2.0", "http://www.opengis.net/kml/2.3", ""])
def test_any_namespace(tmp_path: Path, namespace: str) -> None:
    assert delivered(tmp_path, document(mark("<name>x</name>"), namespace=namespace)).columns == {"name": ["x"]}


def test_descriptions_are_handed_over_as_they_are(tmp_path: Path) -> None:
    page = "<!DOCTYPE html><b>GE</b> &amp; 4 ha ${x}"
    assert of(f"<description><![CDATA[{page}]]></description>", tmp_path) == {"description": page}
    assert of(f"<description>{escape(page)}</description>", tmp_path) == {"description": page}
    assert of("<description>a <b>b</b> c</description>", tmp_path) == {"description": "a b c"}


def test_folders(tmp_path: Path) -> None:
    inner = f"<Folder><name>Süd</name>{mark()}</Folder>"
    raw = delivered(
        tmp_path,
        document(
            mark(),
            f"<Folder><name>Nord</name><name/><open>1</open>{mark()}{inner}</Folder>",
            f"<Folder>{mark()}</Folder>",
        ),
    )
    assert raw.columns == {"folder": [None, "Nord", "Nord / Süd", None]}


def test_data_that_authors_add(tmp_path: Path) -> None:
    values = of(
        "<name>Nord</name><ExtendedData>"
        "<Data name='groesse'><displayName>Größe</displayName><value>4,5 ha</value></Data><Data name='leer'/>"
        "<Data name='art'><value>GE</value></Data><Data name='art'><value>GI</value></Data>"
        "<Data name='name'><value>amtlich</value></Data>"
        "<SchemaData schemaUrl='http://127.0.0.1/s#x'><SimpleData name='grz'>0.8</SimpleData>"
        "<gx:SimpleArrayData name='jahre'><gx:value>1</gx:value><gx:value>2</gx:value></gx:SimpleArrayData>"
        "</SchemaData>"
        "<camp:nummer xmlns:camp='urn:c'>14</camp:nummer></ExtendedData>",
        tmp_path,
    )
    assert values == {
        "name": "Nord",
        "groesse": "4,5 ha",
        "leer": None,
        "art": ["GE", "GI"],
        "ExtendedData.name": "amtlich",
        "grz": "0.8",
        "jahre": ["1", "2"],
        "nummer": "14",
    }


def test_times_and_what_else_placemarks_say(tmp_path: Path) -> None:
    inside = (
        "<address>Weg 1</address><styleUrl>#frei</styleUrl><Snippet maxLines='2'>kurz</Snippet>"
        "<visibility>1</visibility>"
        "<TimeStamp><when>2026-05-01</when></TimeStamp><TimeSpan><begin>2026</begin><end>2028</end></TimeSpan>"
        "<LookAt><longitude>7</longitude></LookAt><Style><LineStyle/></Style><Region/>"
    )
    assert of(inside, tmp_path) == {
        "address": "Weg 1",
        "styleUrl": "#frei",
        "Snippet": "kurz",
        "visibility": "1",
        "when": "2026-05-01",
        "begin": "2026",
        "end": "2028",
    }
    raw = delivered(tmp_path, document("<Placemark id='p1'/>"))
    assert (raw.columns, raw.geometry) == ({"id": ["p1"]}, None)


# -- geometries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<Point><coordinates>7,51</coordinates></Point>", Point(7, 51)),
        ("<Point><coordinates>\n 7,51,0\n</coordinates></Point>", Point(7, 51)),
        ("<Point/>", Point()),
        ("<LineString><coordinates>7,51 8,52</coordinates></LineString>", LineString([(7, 51), (8, 52)])),
        ("<LineString><coordinates>7, 51 8, 52</coordinates></LineString>", LineString([(7, 51), (8, 52)])),
        (RING, LineString([(7, 51), (7.1, 51), (7.1, 51.1), (7, 51)])),
        ("<Polygon/>", Polygon()),
        (
            f"<Polygon><innerBoundaryIs>{RING}</innerBoundaryIs><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>",
            Polygon(TRIANGLE.exterior, [TRIANGLE.exterior]),
        ),
        (f"<MultiGeometry>{POLYGON}{POLYGON}</MultiGeometry>", MultiPolygon([TRIANGLE, TRIANGLE])),
        (
            f"<MultiGeometry>{POLYGON}<Point><coordinates>7,51</coordinates></Point></MultiGeometry>",
            GeometryCollection([TRIANGLE, Point(7, 51)]),
        ),
        ("<MultiGeometry/>", GeometryCollection()),
        (
            f"<MultiGeometry><MultiGeometry>{POLYGON}</MultiGeometry></MultiGeometry>",
            GeometryCollection([MultiPolygon([TRIANGLE])]),
        ),
    ],
)
def test_kinds(tmp_path: Path, text: str, wanted: Any) -> None:
    raw = delivered(tmp_path, document(mark(geometry=text)))
    assert shapes(raw) == [wanted.wkt]
    assert raw.issues == ()


def test_a_further_geometry_is_named(tmp_path: Path) -> None:
    raw = delivered(tmp_path, document(mark(geometry=f"{POLYGON}<Point><coordinates>7,51</coordinates></Point>")))
    assert shapes(raw) == [TRIANGLE.wkt]
    assert [(issue.rule, issue.row) for issue in raw.issues] == [("geometry_further", 1)]


def test_heights(tmp_path: Path) -> None:
    raw = delivered(tmp_path, document(mark(geometry="<Point><coordinates>7,51,40</coordinates></Point>")))
    assert (shapes(raw), rules(raw)) == (["POINT (7 51)"], ["heights_dropped"])


@pytest.mark.parametrize(
    "text",
    [
        "<Point><coordinates>7</coordinates></Point>",
        "<Point><coordinates>7,51 8,52</coordinates></Point>",
        "<Point><coordinates>7,51,0,0</coordinates></Point>",
        "<Point><coordinates>7;51</coordinates></Point>",
        "<Point><coordinates>7,5l</coordinates></Point>",
        "<Point><pos>7 51</pos></Point>",
        "<Polygon><outerBoundaryIs><Point/></outerBoundaryIs></Polygon>",
        f"<Polygon><outerBoundaryIs>{RING}{RING}</outerBoundaryIs></Polygon>",
        f"<Polygon><innerBoundaryIs>{RING}</innerBoundaryIs></Polygon>",
        "<MultiGeometry><Style/></MultiGeometry>",
        "<gx:Track><when>2026</when><gx:coord>7 51 0</gx:coord></gx:Track>",
    ],
)
def test_what_cannot_be_read_leaves_a_row(tmp_path: Path, text: str) -> None:
    raw = delivered(tmp_path, document(mark("<name>a</name>", text)))
    assert (raw.columns, shapes(raw)) == ({"name": ["a"]}, [None])
    assert [(issue.rule, issue.row) for issue in raw.issues] == [("geometry_unreadable", 1)]


def test_limits(tmp_path: Path) -> None:
    path = written(tmp_path, "a.kml", document(mark() * 3))
    refused(path, "too_many_features", limits=Limits(max_features=2))
    refused(path, "too_many_vertices", limits=Limits(max_vertices=9))
    refused(written(tmp_path, "b.kml", document("<Folder>" * 40 + mark() + "</Folder>" * 40)), "too_deep")


# -- what lies elsewhere ----------------------------------------------------------------------------------------------

LINK = "<NetworkLink><name>x</name><Link><href>http://127.0.0.1/a.kml</href></Link></NetworkLink>"
OVERLAY = "<GroundOverlay><Icon><href>file:///etc/passwd</href></Icon></GroundOverlay>"
MODEL = "<Model><Link><href>a.dae</href></Link></Model>"


def test_what_points_elsewhere_is_named(tmp_path: Path) -> None:
    raw = delivered(tmp_path, document(LINK, OVERLAY, mark(), mark(geometry=MODEL)))
    assert [(issue.rule, issue.row, issue.params["kind"]) for issue in raw.issues] == [
        ("pointer_left_out", None, "NetworkLink"),
        ("pointer_left_out", None, "GroundOverlay"),
        ("pointer_left_out", 2, "Model"),
    ]
    assert shapes(raw) == [TRIANGLE.wkt, None]


def test_a_file_that_only_points_elsewhere(tmp_path: Path) -> None:
    refused(written(tmp_path, "a.kml", document(LINK)), "elsewhere")
    refused(written(tmp_path, "a.kml", document()), "no_rows")


def test_document_types(tmp_path: Path) -> None:
    for type_ in ('<!DOCTYPE kml [<!ENTITY a "b">]>', '<!DOCTYPE kml SYSTEM "file:///etc/passwd">'):
        text = document(mark()).replace("?>\n", f"?>{type_}")
        refused(written(tmp_path, "a.kml", text), "doctype")
        refused(zipped(tmp_path / "a.kmz", {"doc.kml": text.encode()}), "doctype")


# -- KMZ --------------------------------------------------------------------------------------------------------------


def packed(tmp_path: Path, members: dict[str, str]) -> RawRecords:
    return read(zipped(tmp_path / "a.kmz", {name: text.encode() for name, text in members.items()}))


def named(name: str) -> str:
    return document(mark(f"<name>{name}</name>"))


def test_the_main_file_of_an_archive_is_read(tmp_path: Path) -> None:
    raw = packed(tmp_path, {"files/a.png": "x", "doc.kml": named("main")})
    assert (raw.columns, raw.origin.format, raw.crs) == ({"name": ["main"]}, "KMZ", "EPSG:4326")
    assert raw.issues == ()
    assert packed(tmp_path, {"sub/Flächen.KML": named("only")}).columns == {"name": ["only"]}


@pytest.mark.parametrize("main", ["doc.kml", "DOC.kml"])
def test_several_files_in_an_archive(tmp_path: Path, main: str) -> None:
    raw = packed(tmp_path, {"a.kml": named("a"), main: named("main")})
    assert raw.columns == {"name": ["main"]}
    assert [(issue.rule, dict(issue.params)) for issue in raw.issues] == [
        ("one_of_several", {"name": main, "count": 2})
    ]
    assert packed(tmp_path, {"b.kml": named("b"), "c.kml": named("c")}).columns == {"name": ["b"]}


def test_layers_that_the_main_file_links_to_are_read(tmp_path: Path) -> None:
    def link(address: str, tag: str = "Link") -> str:
        return f"<NetworkLink><name>x</name><{tag}><href>{address}</href></{tag}></NetworkLink>"

    members = {
        "layers/süd.kml": named("south"),
        "doc.kml": document(link("layers/nord.kml"), link("./layers/süd.kml", "Url"), link("layers/nord.kml")),
        "layers/nord.kml": document(link("../doc.kml"), link("süd.kml"), mark("<name>north</name>")),
    }
    raw = packed(tmp_path, members)
    assert raw.columns == {"name": ["north", "south"]}
    assert shapes(raw) == [TRIANGLE.wkt] * 2
    assert raw.issues == ()
    raw = packed(tmp_path, {**members, "aside.kml": named("aside"), "layers/süd.kml": document(link("http://a/b.kml"))})
    assert raw.columns == {"name": ["north"]}
    assert rules(raw) == ["pointer_left_out", "one_of_several"]
    for address in ("/etc/passwd", "../../a.kml", "http://127.0.0.1/a.kml", "layers", "", "layers/none.kml"):
        refused(zipped(tmp_path / "b.kmz", {"doc.kml": document(link(address)).encode(), "a.png": b""}), "elsewhere")


def test_archives_that_are_none(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "a.kmz", {"doc.kml": b"<gml/>"}), "zip_content")
    refused(zipped(tmp_path / "a.kmz", {"doc.kml": b"hello"}), "not_xml")
    refused(zipped(tmp_path / "a.kmz", {"doc.kml": b""}), "not_xml")
    refused(zipped(tmp_path / "a.kmz", {"../doc.kml": named("a").encode()}), "zip_path")
    refused(zipped(tmp_path / "a.kmz", {"doc.kml": named("a").encode(), "b.kmz": b""}), "zip_nested")
    error = refused(zipped(tmp_path / "a.kmz", {"doc.kml": named("a").encode()}), "no_layers", layer="x")
    assert error.params["format"] == "KMZ"


def test_a_shapefile_beside_comes_first(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "a.zip", {"a.shp": b"", "a.kml": named("a").encode()}), "shapefile_part")


# -- all that can be made ---------------------------------------------------------------------------------------------

numbers = st.floats(-180, 180, allow_nan=False).map(lambda value: round(value, 7))
points = st.tuples(numbers, numbers)
rings = st.lists(points, min_size=3, max_size=6)
polygons = st.builds(Polygon, rings, st.lists(rings, max_size=2))
geometries = points.map(Point) | polygons | st.lists(polygons, min_size=1, max_size=3).map(MultiPolygon)


def as_kml(shape: Any) -> str:
    if isinstance(shape, GeometryCollection | MultiPolygon):
        return f"<MultiGeometry>{''.join(map(as_kml, shape.geoms))}</MultiGeometry>"
    if isinstance(shape, Point):
        return f"<Point><coordinates>{shape.x!r},{shape.y!r}</coordinates></Point>"

    def ring(line: Any) -> str:
        places = " ".join(f"{x!r},{y!r},0" for x, y in line.coords)
        return f"<LinearRing><coordinates>{places}</coordinates></LinearRing>"

    inner = "".join(f"<innerBoundaryIs>{ring(hole)}</innerBoundaryIs>" for hole in shape.interiors)
    return f"<Polygon><outerBoundaryIs>{ring(shape.exterior)}</outerBoundaryIs>{inner}</Polygon>"


def parsed(text: str | bytes, limits: Limits = DEFAULT) -> Table:
    """Read in this process: hundreds of examples would take too long otherwise."""
    with TemporaryDirectory() as folder:
        return kml.read(written(Path(folder), "a.kml", text), limits)


@given(st.lists(st.tuples(geometries, st.text("aß<&\"'> €", max_size=5)), min_size=1, max_size=4))
def test_what_was_written_is_read(rows: list[tuple[Any, str]]) -> None:
    table = parsed(document(*(mark(f"<name>{escape(name)}</name>", as_kml(shape)) for shape, name in rows)))
    found = shapely.from_wkb(np.array(table.geometry.to_pylist(), dtype=object))
    assert [shape.wkt for shape in found] == [shape.wkt for shape, _ in rows]
    assert table.columns["name"].values.to_pylist() == [name.strip() or None for _, name in rows]
    assert list(table.notes) == []


@given(st.data())
def test_anything_in_a_file_is_read_or_refused(data: st.DataObject) -> None:
    text = document(f"<Folder><name>F</name>{mark('<name>x</name>') * 2}</Folder>").encode()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.sampled_from([0, 1, 5, 40, 400])))
        text = text[:start] + data.draw(st.binary(max_size=3) | st.just(text[start:end] * 2)) + text[end:]
    try:
        table = parsed(text)
    except Refusal:
        return
    assert table.geometry is None or len(table.geometry) == table.length
