"""Attacks in workbooks, Parquet and FlatGeobuf. Adds to `attacks.ATTACKS`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import shapely

from tests.sources.attacks import ATTACKS, TYPES, Attack, attack, kinds, packed
from tests.sources.files import frame


def _book(folder: Path, changes: dict[str, Callable[[bytes], bytes]], **more: bytes) -> Path:
    members = kinds(folder)["xlsx"]
    changed = {name: changes.get(name, bytes)(content) for name, content in members.items()}
    return packed(folder / "a.xlsx", {**changed, **more})


_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "xl/worksheets/sheet1.xml"


@attack("XLSX", "links to other books", refused=False)
def _(folder: Path, secret: Path, server: str) -> Path:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/externalLinkPath" '
        f'Target="{server}/b.xlsx" TargetMode="External"/></Relationships>'
    )
    link = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook '
        f'xmlns:r="{_RELATIONS}" r:id="rId1"/></externalLink>'
    )
    return _book(
        folder,
        {_SHEET: lambda sheet: sheet.replace(b"<v>", f"<f>WEBSERVICE(\"{server}\")&'[1]b'!A1</f><v>".encode())},
        **{
            "xl/externalLinks/externalLink1.xml": link.encode(),
            "xl/externalLinks/_rels/externalLink1.xml.rels": relations.encode(),
        },
    )


for number, type_ in enumerate(TYPES):

    def typed(folder: Path, secret: Path, server: str, type_: str = type_) -> Path:
        said = type_.format("worksheet").replace("@FILE@", str(secret)).replace("@SERVER@", server).encode()
        return _book(folder, {_SHEET: lambda sheet: said + sheet[sheet.find(b"<worksheet") :]})

    ATTACKS.append(Attack("XLSX", f"document type {number}", typed))


@attack("XLSX", "a sheet that unpacks to much more")
def _(folder: Path, secret: Path, server: str) -> Path:
    row = b'<row><c t="inlineStr"><is><t>' + b" " * 2**25 + b"</t></is></c></row></sheetData>"
    return _book(folder, {_SHEET: lambda sheet: sheet.replace(b"</sheetData>", row)})


@attack("XLSX", "a cell far away", refused=False)
def _(folder: Path, secret: Path, server: str) -> Path:
    far = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    return _book(folder, {_SHEET: lambda sheet: sheet.replace(b"</sheetData>", far)})


@attack("Parquet", "a billion rows in a few bytes")
def _(folder: Path, secret: Path, server: str) -> Path:
    path = folder / "a.parquet"
    part = pa.table({"name": pa.array(["a"] * 1_000_000).dictionary_encode()})
    with pyarrow.parquet.ParquetWriter(path, part.schema, compression="zstd") as writer:
        for _ in range(60):
            writer.write_table(part)
    return path


@attack("Parquet", "texts of sixteen gigabytes in a few bytes")
def _(folder: Path, secret: Path, server: str) -> Path:
    path = folder / "a.parquet"
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), pa.array(["x" * 2**24]))
    # without its own note of how it was written, every reader unpacks it
    pyarrow.parquet.write_table(pa.table({"name": same}), path, compression="zstd", store_schema=False)
    return path


@attack("Parquet", "a system that names a file")
def _(folder: Path, secret: Path, server: str) -> Path:
    path = folder / "a.parquet"
    rows = pa.table({"name": ["a"], "geometry": [shapely.to_wkb(shapely.Point(7.1, 51.6))]})
    columns = {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": f"+proj=longlat +nadgrids={secret}"}}
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": columns}
    pyarrow.parquet.write_table(rows.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


@attack("FlatGeobuf", "cut off")
def _(folder: Path, secret: Path, server: str) -> Path:
    path = folder / "a.fgb"
    frame().to_file(path, driver="FlatGeobuf", engine="pyogrio")
    path.write_bytes(path.read_bytes()[:-20])
    return path
