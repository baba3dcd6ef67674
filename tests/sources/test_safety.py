"""Known attacks with the exact refusal of each; test_attacks has the whole list, row by row, under watch."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest

from tests.sources.canary import Server
from tests.sources.files import collection, feature, geopackage, point, refused, run_sql, written, zipped

SECRET = "id;name\n1;ours alone\n"
VRT = """<OGRVRTDataSource><OGRVRTLayer name="secret">
<SrcDataSource>{where}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    folder.mkdir()
    return written(folder, "secret.csv", SECRET)


def names(path: Path) -> list[str]:
    """The names that a plain reading of the file brings to light."""
    _, _, _, fields = pyogrio.raw.read(path)
    return [str(name) for name in fields[-1]]


# -- what points at other files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.geojson", "a.gml", "a.vrt", "a.csv"])
def test_vrt_under_any_name(tmp_path: Path, secret: Path, name: str) -> None:
    path = written(tmp_path, name, VRT.format(where=secret))
    assert names(path) == ["ours alone"]
    refused(path, "elsewhere")


@pytest.mark.parametrize("name", ["a.geojson", "a.gml"])
def test_vrt_in_a_zip(tmp_path: Path, secret: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", {name: VRT.format(where=secret).encode()})
    refused(path, "zip_content")


def test_vrt_as_part_of_a_shapefile(tmp_path: Path, secret: Path) -> None:
    vrt = VRT.format(where=secret).encode()
    refused(zipped(tmp_path / "a.zip", {"a.shp": vrt, "a.dbf": vrt, "a.shx": vrt}), "failed")


@pytest.mark.parametrize("lead", ["", "\ufeff", "\n \t", '<?xml version="1.0"?>\n<!-- <kml> -->\n'])
def test_vrt_behind_something(tmp_path: Path, secret: Path, lead: str) -> None:
    refused(written(tmp_path, "a.geojson", lead + VRT.format(where=secret)), "elsewhere")


def test_vrt_in_another_encoding(tmp_path: Path, secret: Path) -> None:
    refused(written(tmp_path, "a.geojson", VRT.format(where=secret).encode("utf-16")), "elsewhere")


def test_gdal_command_in_json(tmp_path: Path, secret: Path) -> None:
    command = {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {secret}"}
    path = written(tmp_path, "a.geojson", json.dumps(command))
    assert names(path) == ["ours alone"]
    refused(path, "command")


def test_database_with_a_table_of_other_files(tmp_path: Path, secret: Path) -> None:
    path = tmp_path / "a.sqlite"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE harmless (a)")
    base.execute("PRAGMA writable_schema = ON")
    base.execute(
        "INSERT INTO sqlite_master VALUES ('table', 'secret', 'secret', 0, ?)",
        (f"CREATE VIRTUAL TABLE secret USING VirtualOGR('{secret}', 0, 'secret')",),
    )
    base.commit()
    base.close()
    refused(path, "not_geopackage")
    refused(path.rename(tmp_path / "a.geojson"), "not_geopackage")
    # the same in what calls itself a GeoPackage
    path = geopackage(tmp_path / "b.gpkg")
    run_sql(
        path,
        "PRAGMA writable_schema = ON",
        (
            "INSERT INTO sqlite_master VALUES ('table', 'secret', 'secret', 0, ?)",
            (f"CREATE /* rtree( */ VIRTUAL\nTABLE secret USING VirtualOGR('{secret}', 0, 'using rtree(')",),
        ),
        "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('secret', 'attributes')",
    )
    assert refused(path, "virtual_table", layer="secret").params["table"] == "secret"


# -- what asks the network --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["link", "url"])
def test_geojson_with_a_system_from_elsewhere(tmp_path: Path, server: Server, kind: str) -> None:
    properties = {"href": f"{server.address}/crs", "url": f"{server.address}/crs", "type": "ogcwkt"}
    text = collection(feature({"a": 1}, point()), crs={"type": kind, "properties": properties})
    path = written(tmp_path, "a.geojson", text)
    pyogrio.read_info(path)
    assert server.asked, "the attack is not live"
    server.asked.clear()
    refused(path, "crs_link")
    inside = feature({"a": 1}, {**point(), "crs": {"type": kind, "properties": properties}})
    refused(written(tmp_path, "b.geojson", collection(feature({"a": 0}, point()), inside)), "crs_link")
    assert not server.asked


@pytest.mark.parametrize("where", ["/vsicurl/{}/a.csv", "{}/a.geojson", "WFS:{}/wfs"])
def test_vrt_pointing_at_a_server(tmp_path: Path, server: Server, where: str) -> None:
    path = written(tmp_path, "a.geojson", VRT.format(where=where.format(server.address)))
    with pytest.raises((pyogrio.errors.DataSourceError, pyogrio.errors.CRSError)):
        pyogrio.raw.read(path)
    assert server.asked, "the attack is not live"
    server.asked.clear()
    refused(path, "elsewhere")
    assert not server.asked


def test_wfs_source_named_gml(tmp_path: Path, server: Server) -> None:
    text = f"<OGRWFSDataSource><URL>{server.address}/wfs</URL></OGRWFSDataSource>"
    path = written(tmp_path, "a.gml", text)
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.raw.read(path)
    assert server.asked, "the attack is not live"
    server.asked.clear()
    refused(path, "elsewhere")
    assert not server.asked


def test_xml_with_a_type_declaration(tmp_path: Path, server: Server) -> None:
    for text in (
        f'<!DOCTYPE kml SYSTEM "{server.address}/kml.dtd"><kml/>',
        '<?xml version="1.0"?><!-- x --><!DOCTYPE gml [<!ENTITY x "y">]><gml:F>&x;</gml:F>',
        '<! doctype x [<!ENTITY % d SYSTEM "file:///etc/passwd"> %d;]><x/>',
    ):
        refused(written(tmp_path, "a.gml", text), "doctype")
    assert not server.asked


def test_no_connection_even_without_an_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        crs = {"type": "link", "properties": {"href": address}}
        refused(written(tmp_path, "a.geojson", collection(feature({}, point()), crs=crs)), "crs_link")
        with pytest.raises(BlockingIOError):
            listening.accept()


# -- what is only another format --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        ("<members xmlns='urn:x'><member/></members>", "XML"),
        ("<?xml version='1.0'?><!-- a --><gpx/>", "GPX"),
        ("<!-- <OGRVRTDataSource> --><html/>", "HTML"),
        ("<unheard/>", "XML"),
        ("<", "XML"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Microsoft Office 97–2003"),
        (b"\x1f\x8b\x08", "gzip"),
    ],
)
def test_other_formats_are_named(tmp_path: Path, content: bytes | str, format_: str) -> None:
    error = refused(written(tmp_path, "a.geojson", content), "other_format")
    assert error.params["format"] == format_


@pytest.mark.parametrize(
    ("members", "format_"),
    [
        ({"[Content_Types].xml": b"", "word/document.xml": b""}, "Microsoft Office"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}, "OpenDocument"),
    ],
)
def test_other_formats_in_a_zip_are_named(tmp_path: Path, members: dict[str, bytes], format_: str) -> None:
    error = refused(zipped(tmp_path / "a.zip", members), "other_format")
    assert error.params["format"] == format_


@pytest.mark.parametrize("content", ['{"type": "Topology", "objects": {}}', '{"a": 1}', "[1, 2]", '{"features": []}'])
def test_other_json(tmp_path: Path, content: str) -> None:
    refused(written(tmp_path, "a.geojson", content), "not_geojson")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x00\x00\x27\x0a" + b"\0" * 96, "shapefile_alone"),
        (b"\x00\x01\x02\x03", "unknown_format"),
        (b"name;place\n\x00;1\n", "unknown_format"),
        (b"fgb\x03fgb\x00", "failed"),
        (b"PAR1\0", "failed"),
        (b"PARE\0", "encrypted"),
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"SQLite format 3\0" + b"\0" * 100, "failed"),
        (b"PK\x03\x04" + b"\0" * 40, "zip_damaged"),
        (b"hello", "no_header"),
    ],
)
def test_content_that_is_nothing(tmp_path: Path, content: bytes, code: str) -> None:
    refused(written(tmp_path, "a.geojson", content), code)
