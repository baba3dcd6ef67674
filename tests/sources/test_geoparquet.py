"""Parquet: places by its metadata, values of every type, damaged and hostile files."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import struct
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder import crs
from finder.errors import FinderError
from finder.limits import DEFAULT, MIB, Limits
from finder.sources import arrow, geoarrow, geojson, geoparquet, wkb
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Table, joined
from tests.sources.files import UTM, frame, read, refused, rules, shapes, written

SHAPE = shapely.box(0, 0, 1, 1)
POLYGONS = [SHAPE, shapely.Polygon(shapely.box(0, 0, 4, 4).exterior, [shapely.box(1, 1, 2, 2).exterior]), None]


def made(path: Path, rows: gpd.GeoDataFrame | None = None, **how: Any) -> Path:
    (frame() if rows is None else rows).to_parquet(path, index=False, **how)
    return path


def told(path: Path, geo: Any, shape: bytes | None = SHAPE.wkb, **columns: Any) -> Path:
    """Write a row with a place and say what is wanted of it."""
    rows = pa.table({"name": ["a"], "geometry": pa.array([shape], pa.binary()), **columns})
    pq.write_table(rows.replace_schema_metadata({"geo": geo if isinstance(geo, str) else json.dumps(geo)}), path)
    return path


def about(**column: Any) -> dict[str, Any]:
    column = {"encoding": "WKB", "geometry_types": [], **column}
    return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}


def table(path: Path) -> Table:
    """Read in this process."""
    return geoparquet.read(path, DEFAULT)


def code(path: Path) -> tuple[str, dict[str, Any]]:
    with pytest.raises(Refusal) as caught:
        table(path)
    return caught.value.code, caught.value.params


# -- places -----------------------------------------------------------------------------------------------------------


def test_values_and_places(tmp_path: Path) -> None:
    raw = read(made(tmp_path / "a.parquet"))
    assert raw.columns == {"name": ["Nordfläche", "Südfläche"], "area": [1200, 3400]}
    assert raw.crs == UTM
    assert [shapely.from_wkt(str(text)).area for text in shapes(raw)] == [1, 1]
    assert (raw.origin.format, list(raw.rows), rules(raw)) == ("GeoParquet", [1, 2], [])


@pytest.mark.parametrize("version", ["0.1.0", "0.4.0", "1.0.0", "1.1.0"])
def test_every_version(tmp_path: Path, version: str) -> None:
    raw = read(made(tmp_path / "a.parquet", schema_version=version))
    assert raw.crs is not None
    assert crs.parse(raw.crs) == crs.parse(UTM)
    assert len([text for text in shapes(raw) if text]) == 2


def test_boxes_beside_the_places_are_none_of_the_data(tmp_path: Path) -> None:
    raw = read(made(tmp_path / "a.parquet", write_covering_bbox=True))
    assert list(raw.columns) == ["name", "area"]


@pytest.mark.parametrize(
    "column",
    [pa.array([0.8]), pa.array([{"xmin": 0.0, "grz": 0.8}]), pa.array([{"xmin": [0.8]}])],
)
def test_no_other_column_is_taken_for_boxes(tmp_path: Path, column: Any) -> None:
    geo = about(covering={"bbox": {"xmin": ["grz", "xmin"]}})
    assert list(read(told(tmp_path / "a.parquet", geo, grz=column)).columns) == ["name", "grz"]


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
def test_compressions(tmp_path: Path, compression: Any) -> None:
    assert len(read(made(tmp_path / "a.parquet", compression=compression))) == 2


def test_many_parts_are_one_table(tmp_path: Path) -> None:
    rows = frame(geometry=[shapely.Point(i, 0) for i in range(50)], n=list(range(50)))
    rows.loc[7, "geometry"] = None
    raw = read(made(tmp_path / "a.parquet", rows, row_group_size=6))
    assert raw.columns == {"n": list(range(50))}
    assert shapes(raw) == [None if i == 7 else f"POINT ({i} 0)" for i in range(50)]


ENCODED = [
    [shapely.Point(1, 2), shapely.Point(3, 4), None],
    [shapely.LineString([(0, 0), (1, 1)]), None, shapely.LineString()],
    POLYGONS,
    [shapely.MultiPoint([(0, 0), (1, 1)]), None, shapely.MultiPoint()],
    [shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3), (4, 4)]]), None],
    [shapely.MultiPolygon([POLYGONS[1], shapely.box(7, 7, 8, 8)]), None, shapely.MultiPolygon([SHAPE])],
]


@pytest.mark.parametrize("geometry", ENCODED)
@pytest.mark.parametrize("height", [False, True])
@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_encodings(tmp_path: Path, geometry: list[Any], height: bool, encoding: Any) -> None:
    deep = [shapely.force_3d(shape, 7) if height else shape for shape in geometry * 3]
    path = made(tmp_path / "a.parquet", frame(geometry=deep, n=list(range(len(deep)))), geometry_encoding=encoding,
                row_group_size=4)  # fmt: skip
    found = table(path)
    wkt = [None if shape is None else shapely.from_wkb(shape).wkt for shape in found.geometry.to_pylist()]
    assert wkt == [None if shape is None else shape.wkt for shape in geometry * 3]
    assert rules(found.notes) == (["heights_dropped"] if height else [])


@given(
    st.lists(st.none() | st.lists(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), min_size=3, max_size=5), max_size=3))
)
def test_native_polygons_are_the_same_as_written(polygons: list[list[list[tuple[float, float]]] | None]) -> None:
    kind = pa.list_(pa.list_(pa.struct([("x", pa.float64()), ("y", pa.float64())])))
    values = pa.array([None if p is None else [[{"x": x, "y": y} for x, y in r] for r in p] for p in polygons], kind)
    for start in range(len(polygons) + 1):
        found, _ = geoarrow.shapes(values[start:], "polygon")
        wanted = [None if p is None else json.dumps(p) for p in polygons[start:]]
        assert [None if shape is None else json.dumps(_rings(shape)) for shape in found] == wanted


def _rings(shape: bytes) -> list[Any]:
    assert wkb.is_plain(shape)
    return [
        np.frombuffer(shape, "<f8", 2 * count, at).reshape(-1, 2).tolist() for _, at, count in wkb._runs(shape) or ()
    ]


def test_arcs_and_what_is_no_place(tmp_path: Path) -> None:
    arc = b"\1" + struct.pack("<II6d", 8, 3, 0, 0, 1, 1, 2, 0)
    raw = read(told(tmp_path / "a.parquet", about(), arc))
    assert shapes(raw)[0].startswith("LINESTRING (0 0, ")  # type: ignore[union-attr]
    assert rules(raw) == ["curves_straightened"]
    raw = read(told(tmp_path / "b.parquet", about(), b"nonsense"))
    assert shapes(raw) == [None]
    assert [(issue.rule, issue.row) for issue in raw.issues] == [("geometry_unreadable", 1)]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("WKT", "WKT: binary"), ("polygon", "polygon: binary"), ("geoarrow.wkb", "geoarrow.wkb: binary")],
)
def test_encodings_that_are_not_known(tmp_path: Path, encoding: str, said: str) -> None:
    path = told(tmp_path / "a.parquet", about(encoding=encoding))
    assert code(path) == ("geometry_encoding", {"encoding": said})


@pytest.mark.parametrize(
    "geo",
    [
        "", "{", "[]", "null", "5", '"x"',
        {}, {"primary_column": "geometry"}, {"primary_column": "geometry", "columns": {}},
        {"primary_column": "geometry", "columns": {"geometry": None}},
        {"primary_column": "geometry", "columns": {"geometry": {"encoding": 5}}},
        {"primary_column": "absent", "columns": {"absent": {"encoding": "WKB"}}},
        {"primary_column": ["geometry"], "columns": {"geometry": {"encoding": "WKB"}}},
        {"primary_column": "geometry", "columns": [1]},
    ],
)  # fmt: skip
def test_metadata_that_say_nothing_of_use(tmp_path: Path, geo: Any) -> None:
    assert code(told(tmp_path / "a.parquet", geo))[0] == "not_geoparquet"


# -- the coordinate reference system ----------------------------------------------------------------------------------


def nameless(system: int) -> dict[str, Any]:
    said: dict[str, Any] = pyproj.CRS(system).to_json_dict()
    del said["id"]
    return said


def test_systems(tmp_path: Path) -> None:
    def of(name: str, **column: Any) -> str | None:
        return table(told(tmp_path / f"{name}.parquet", about(**column))).crs

    assert read(told(tmp_path / "a.parquet", about())).crs == "EPSG:4326"
    assert of("absent") == geojson.LONLAT
    assert of("null", crs=None) is None
    assert of("named", crs=pyproj.CRS(31467).to_json_dict()) == "EPSG:31467"
    assert of("crs84", crs=pyproj.CRS("OGC:CRS84").to_json_dict()) == geojson.LONLAT
    assert of("esri", crs=pyproj.CRS("ESRI:102100").to_json_dict()) == "ESRI:102100"
    assert of("compound", crs=pyproj.CRS("EPSG:25832+7837").to_json_dict()) == UTM
    for system in (25832, 2263, 4807):
        said = of(f"nameless{system}", crs=nameless(system))
        assert said is not None
        assert crs.parse(said) == crs.parse(system)
    early = of("early", crs=crs.parse(25832).to_wkt())
    assert crs.parse(str(early)) == crs.parse(25832)


@pytest.mark.parametrize("said", [5, [], True, "", {"type": "CompoundCRS"}, {"type": "CompoundCRS", "components": [7]}])
def test_systems_that_are_none(tmp_path: Path, said: Any) -> None:
    found = table(told(tmp_path / "a.parquet", about(crs=said)))
    assert found.crs is None
    assert rules(found.notes) == ["crs_not_known"]


class GeometryType(pa.ExtensionType):  # type: ignore[misc]
    """Makes Arrow's writer use Parquet's own type of geometries."""

    def __init__(self, said: str = "") -> None:
        self.said = said
        super().__init__(pa.binary(), "geoarrow.wkb")

    def __arrow_ext_serialize__(self) -> bytes:
        return self.said.encode()

    @classmethod
    def __arrow_ext_deserialize__(cls, _: Any, said: bytes) -> GeometryType:
        return cls(said.decode())


@pytest.fixture
def registered() -> Iterator[None]:
    pa.register_extension_type(GeometryType())
    yield
    pa.unregister_extension_type("geoarrow.wkb")


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(
    ("said", "read_as"),
    [("{}", "EPSG:4326"), ('{"crs": "EPSG:25832"}', UTM), (json.dumps({"crs": nameless(25832)}), UTM)],
)
def test_geometries_that_parquet_itself_knows(tmp_path: Path, said: str, read_as: str) -> None:
    shape = pa.ExtensionArray.from_storage(GeometryType(said), pa.array([SHAPE.wkb], pa.binary()))
    pq.write_table(pa.table({"name": ["a"], "place": shape}), tmp_path / "a.parquet", store_schema=False)
    raw = read(tmp_path / "a.parquet")
    assert shapes(raw) == [SHAPE.wkt]
    assert raw.crs is not None
    assert crs.parse(raw.crs) == crs.parse(read_as)
    assert list(raw.columns) == ["name"]


# -- values -----------------------------------------------------------------------------------------------------------


def test_without_places_it_is_a_table(tmp_path: Path) -> None:
    pd.DataFrame({"name": ["a"], "wkt": ["POINT (1 2)"], "x": [1.5]}).to_parquet(tmp_path / "a.parquet")
    raw = read(tmp_path / "a.parquet")
    assert raw.columns == {"name": ["a"], "wkt": ["POINT (1 2)"], "x": [1.5]}
    assert (raw.geometry, raw.crs, raw.origin.format) == (None, None, "Parquet")


VALUES: dict[str, tuple[Any, list[Any]]] = {
    "bool": (pa.array([True, None]), [True, None]),
    "int8": (pa.array([-1, None], pa.int8()), [-1, None]),
    "uint64": (pa.array([2**64 - 1, None], pa.uint64()), [2**64 - 1, None]),
    "float32": (pa.array([0.1, None], pa.float32()), [0.1, None]),
    "float16": (pa.array([0.5, None], pa.float16()), [0.5, None]),
    "text": (pa.array(["ä", None]), ["ä", None]),
    "view": (pa.array(["ä", None], pa.string_view()), ["ä", None]),
    "dictionary": (pa.array(["ä", None]).dictionary_encode(), ["ä", None]),
    "nulls": (pa.nulls(2), [None, None]),
    "decimal": (pa.array([decimal.Decimal("1.50"), None], pa.decimal128(9, 2)), [1.5, None]),
    "hectares": (
        pa.array([decimal.Decimal("12345678901234567.5"), None], pa.decimal128(38, 1)),
        ["12345678901234567.5", None],
    ),
    "spark": (pa.array([decimal.Decimal("0.1"), None], pa.decimal128(38, 10)), [0.1, None]),
    "whole": (pa.array([decimal.Decimal(7), None], pa.decimal128(38, 0)), [7, None]),
    "date": (pa.array([dt.date(2024, 5, 1), None]), ["2024-05-01", None]),
    "time": (pa.array([dt.time(10, 30), None], pa.time64("us")), ["10:30:00", None]),
    "moment": (pa.array([dt.datetime(2024, 5, 1, 10, 30), None], pa.timestamp("ms")), ["2024-05-01T10:30:00", None]),
    "fraction": (pa.array([dt.datetime(2024, 5, 1, 10, 30, 0, 500_000), None]), ["2024-05-01T10:30:00.5", None]),
    "zone": (
        pa.array([dt.datetime(2024, 4, 30, 22, tzinfo=dt.UTC), None], pa.timestamp("us", "Europe/Berlin")),
        ["2024-05-01T00:00:00+02:00", None],
    ),
    "utc": (
        pa.array([dt.datetime(2024, 5, 1, tzinfo=dt.UTC), None], pa.timestamp("us", "UTC")),
        ["2024-05-01T00:00:00Z", None],
    ),
    "list": (pa.array([["GE", "GI"], None]), [["GE", "GI"], None]),
    "object": (
        pa.array(
            [{"a": decimal.Decimal("1.5"), "b": dt.date(2024, 5, 1), "c": [{"d": float("nan")}], "e": 2**64 - 1}, None],
            pa.struct(
                [
                    ("a", pa.decimal128(2, 1)),
                    ("b", pa.date32()),
                    ("c", pa.list_(pa.struct([("d", pa.float64())]))),
                    ("e", pa.uint64()),
                ]
            ),
        ),
        [{"a": 1.5, "b": "2024-05-01", "c": [{"d": None}], "e": float(2**64)}, None],
    ),
    "map": (pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())), [{"a": 1}, None]),
    "uuid": (pa.array([uuid.UUID(int=5).bytes, None], pa.uuid()), [str(uuid.UUID(int=5)), None]),
    "json": (pa.array(['{"a": 1}', None], pa.json_()), ['{"a": 1}', None]),
}


def test_values_of_every_type(tmp_path: Path) -> None:
    columns = {name: values for name, (values, _) in VALUES.items()}
    pq.write_table(
        pa.table({**columns, "bytes": pa.array([b"x", None]), "fixed": pa.array([b"x", None], pa.binary(1))}),
        tmp_path / "a.parquet",
    )
    raw = read(tmp_path / "a.parquet")
    for name, (_, wanted) in VALUES.items():
        assert list(raw.columns[name]) == wanted, name
    assert len(raw.columns) == len(VALUES)
    assert [(issue.rule, issue.field) for issue in raw.issues] == [
        ("column_left_out", "bytes"),
        ("column_left_out", "fixed"),
    ]


@given(
    st.lists(
        st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**15), max_value=10**15)
    )
)
def test_decimals_keep_every_digit(values: list[decimal.Decimal | None]) -> None:
    for precision in (19, 38):
        kind, array = arrow.block(pa.array(values, pa.decimal128(precision, 3)), Notes(1)) or ("", None)
        found = joined([(kind, array)]).values.to_pylist()
        if kind == "json":
            found = [None if cell is None else json.loads(cell) for cell in found]
        for cell, value in zip(found, values, strict=True):
            assert (cell is None) == (value is None)
            assert value is None or decimal.Decimal(str(cell)) == value


def test_a_zone_nobody_knows(tmp_path: Path) -> None:
    moment = pa.array([dt.datetime(2024, 5, 1, tzinfo=dt.UTC)], pa.timestamp("us", "Mars/Utopia"))
    pq.write_table(pa.table({"name": ["a"], "since": moment}), tmp_path / "a.parquet")
    raw = read(tmp_path / "a.parquet")
    assert raw.columns["since"] == ["2024-05-01T00:00:00Z"]
    assert [dict(issue.params) for issue in raw.issues] == [{"zone": "Mars/Utopia"}]


def test_texts_that_are_none(tmp_path: Path) -> None:
    words = pa.array([b"S\xfcd", None, b"Ost"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"name": words}), tmp_path / "a.parquet")
    raw = read(tmp_path / "a.parquet")
    assert raw.columns["name"] == ["S\ufffdd", None, "Ost"]
    assert rules(raw) == ["characters_replaced"]


def test_names_that_occur_again_are_numbered(tmp_path: Path) -> None:
    rows = pa.table([pa.array([i]) for i in range(4)], names=["a", "a_2", "a", ""])
    pq.write_table(rows, tmp_path / "a.parquet")
    raw = read(tmp_path / "a.parquet")
    assert raw.columns == {"a": [0], "a_2": [1], "a_3": [2], "": [3]}
    assert rules(raw) == ["header_repeated"]


# -- damage and attacks -----------------------------------------------------------------------------------------------


def test_without_rows(tmp_path: Path) -> None:
    refused(made(tmp_path / "a.parquet", frame().iloc[:0]), "no_rows")


@given(st.data())
def test_damaged_files_are_refused_or_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("damaged") / "a.parquet"
    content = bytearray(made(path, row_group_size=1).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    try:
        table = geoparquet.read(path, Limits(max_features=100))
    except (
        FinderError,
        Refusal,
        pa.ArrowException,
        OSError,
        ValueError,
        MemoryError,
        TypeError,
        LookupError,
    ):
        return
    assert all(len(column.values) == table.length for column in table.columns.values())


@pytest.mark.parametrize("cut", [5, 100, 1000])
def test_cut_off(tmp_path: Path, cut: int) -> None:
    content = made(tmp_path / "a.parquet").read_bytes()
    refused(written(tmp_path, "b.parquet", content[:-cut]), "failed")


def test_encrypted_files_are_named(tmp_path: Path) -> None:
    refused(written(tmp_path, "a.parquet", b"PARE" + bytes(100) + b"PARE"), "encrypted")


def test_a_bomb_of_texts(tmp_path: Path) -> None:
    # 20 GB of texts in some kilobytes
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array(["x" * 2**20]))
    pq.write_table(pa.table({"name": words}), tmp_path / "a.parquet", compression="zstd")
    assert (tmp_path / "a.parquet").stat().st_size < 100_000
    refused(tmp_path / "a.parquet", "memory", limits=Limits(memory_bytes=1024 * MIB))


def test_a_bomb_of_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": pa.nulls(6_000_000, pa.int8())}), tmp_path / "a.parquet")
    refused(tmp_path / "a.parquet", "too_many_features")


def test_limits(tmp_path: Path) -> None:
    path = made(tmp_path / "a.parquet", geometry_encoding="geoarrow")
    refused(path, "too_many_features", limits=Limits(max_features=1))
    refused(path, "too_many_columns", limits=Limits(max_columns=2))
    refused(path, "too_many_vertices", limits=Limits(max_vertices=9))
    refused(made(tmp_path / "b.parquet"), "too_many_vertices", limits=Limits(max_vertices=9))
    deep: Any = 1
    for _ in range(6):
        deep = [deep]
    pq.write_table(pa.table({"deep": [deep]}), tmp_path / "c.parquet")
    refused(tmp_path / "c.parquet", "too_deep", limits=Limits(max_depth=5))
    assert read(tmp_path / "c.parquet", limits=Limits(max_depth=6)).columns["deep"] == [deep]
