"""Each limit stops what goes beyond it, by a sentence of its own, and nothing else."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from finder.limits import DEFAULT, MIB, Limits
from finder.sources.sentences import REFUSALS
from tests.sources.files import (
    collection,
    feature,
    frame,
    geopackage,
    point,
    read,
    refused,
    shapefile_parts,
    written,
    zipped,
)

RING = [[[7 + i / 10, 51.5 + (i % 2) / 10] for i in range(4)] + [[7, 51.5]]]


def geojson(path: Path) -> Path:
    shape = {"type": "Polygon", "coordinates": RING}
    deep: Any = 1
    for _ in range(8):
        deep = [deep]
    rows = [feature({"a": i, "b": "x" * 400, "c": 1, "d": deep}, shape) for i in range(4)]
    return written(path.parent, path.name, collection(*rows))


def csv(path: Path) -> Path:
    return written(path.parent, path.name, "a;b;c;d\n" + "1;2;3;4\n" * 400)


def gpkg(path: Path) -> Path:
    return geopackage(path, frame(a=[1, 2, 3, 4], b=[1] * 4, c=[1] * 4, d=[1] * 4))


def shapefile(path: Path) -> Path:
    parts = shapefile_parts(path.parent, frame(a=[1, 2, 3, 4], b=[1] * 4, c=[1] * 4, d=["x" * 200] * 4))
    return zipped(path, {f"a{suffix}": part for suffix, part in parts.items()})


def fgb(path: Path) -> Path:
    frame(a=[1, 2, 3, 4], b=[1] * 4, c=[1] * 4, d=[1] * 4).to_file(path, driver="FlatGeobuf", engine="pyogrio")
    return path


def parquet(path: Path) -> Path:
    frame(a=[1, 2, 3, 4], b=[1] * 4, c=[1] * 4, d=[[[[[1]]]]] * 4).to_parquet(path, index=False)
    return path


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["a", "b", "c", "d"], *[[1, 2, 3, 4]] * 400):
        book.active.append(row)
    book.save(path)
    book.close()
    return path


MAKERS: tuple[Callable[[Path], Path], ...] = (geojson, csv, gpkg, shapefile, fgb, parquet, workbook)
PACKED = (shapefile, workbook)
PLACED = (geojson, gpkg, shapefile, fgb, parquet)
CASES: list[tuple[str, Any, str, tuple[Callable[[Path], Path], ...]]] = [
    ("max_file_bytes", 600, "too_large", MAKERS),
    ("max_unpacked_bytes", 1000, "zip_unpacked", PACKED),
    ("max_members", 3, "zip_members", PACKED),
    ("max_features", 3, "too_many_features", MAKERS),
    ("max_vertices", 19, "too_many_vertices", PLACED),
    ("max_columns", 3, "too_many_columns", MAKERS),
    ("max_depth", 2, "too_deep", (geojson, parquet, workbook)),
    ("seconds", 0.001, "took_too_long", MAKERS[:1]),
]


@pytest.mark.parametrize(
    ("field", "value", "code", "make"),
    [(*case, make) for *case, makers in CASES for make in makers],
    ids=lambda part: part.__name__ if callable(part) else str(part),
)
def test_a_limit_stops_what_goes_beyond_it(
    tmp_path: Path, field: str, value: Any, code: str, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path / f"a.{make.__name__}")
    limits = dataclasses.replace(DEFAULT, **{field: value})
    error = refused(path, code, limits=limits)
    if "limit" in error.params:
        shown = value // MIB if field.endswith("bytes") else value
        assert error.params["limit"] == shown


@pytest.mark.parametrize("make", MAKERS)
def test_what_stays_within_is_read(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    # a little more than there is of each
    limits = Limits(max_file_bytes=200_000, max_unpacked_bytes=200_000, max_members=20, max_ratio=100, max_features=400,
                    max_vertices=44, max_columns=6, max_depth=12, seconds=100, memory_bytes=256 * MIB)  # fmt: skip
    assert len(read(make(tmp_path / f"a.{make.__name__}"), limits=limits)) in (4, 400)


def test_members_may_shrink_only_so_far(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for suffix, part in shapefile_parts(tmp_path).items():
            file.writestr(f"a{suffix}", part)
        file.writestr("a.txt", bytes(17 * MIB))
    assert refused(path, "zip_ratio", limits=Limits(max_ratio=900)).params["limit"] == 900
    assert len(read(path, limits=Limits(max_ratio=2000))) == 2


def test_the_memory_of_the_reading_is_bounded(tmp_path: Path) -> None:
    rows = "".join(f"{i};{'x' * 90}\n" for i in range(1_500_000))
    path = written(tmp_path, "a.csv", "a;b\n" + rows)
    assert refused(path, "memory", limits=Limits(memory_bytes=256 * MIB)).params["limit"] == 256


def test_what_is_handed_over_is_not_bound_by_what_may_be_unpacked(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.geojson", json.dumps({"type": "Feature", "properties": {"a": "x" * 9000}, "geometry": point()})
    )
    assert len(read(path, limits=Limits(max_unpacked_bytes=1000))) == 1


def test_every_limit_has_a_sentence_of_its_own() -> None:
    codes = [code for _, _, code, _ in CASES] + ["zip_ratio", "memory"]
    assert len({REFUSALS[code][1] for code in codes}) == len(codes)
    fields = {field for field, *_ in CASES} | {"max_ratio", "memory_bytes", "max_issues"}  # the last only counts
    assert fields == {field.name for field in dataclasses.fields(Limits)}
