"""From a path to rows: what is taken, what is not, and that nothing stays behind."""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from finder.limits import DEFAULT, MIB, Limits
from finder.sources import lock, worker
from tests.sources.files import collection, feature, frame, geopackage, point, read, refused, rules, written

ONE = collection(feature({"name": "a"}, point()))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for what is temporary."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_origin_says_which_file_it_was(tmp_path: Path) -> None:
    raw = read(written(tmp_path, "Flächen Süd.json", ONE))
    assert raw.origin.name == "Flächen Süd.json"
    assert raw.origin.format == "GeoJSON"
    assert raw.origin.sha256 == hashlib.sha256(ONE.encode()).hexdigest()
    assert raw.origin.size_bytes == len(ONE.encode())
    assert (raw.origin.layer, raw.origin.encoding, raw.origin.delimiter) == (None, "utf-8", None)
    assert len(raw) == 1


def test_the_file_stays_as_it_is_and_nothing_else_is_left(tmp_path: Path, temporary: Path) -> None:
    path = written(tmp_path, "a.geojson", ONE)
    before = path.stat()
    read(path)
    refused(written(tmp_path, "b.geojson", "{"), "not_json")
    assert path.read_text() == ONE
    assert (path.stat().st_mtime_ns, path.stat().st_mode) == (before.st_mtime_ns, before.st_mode)
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("name", [b"a\n\x1b[31m\x07b.json", b"a\xff\xfeb.json", "a\u202e\u009bb.json".encode()])
def test_the_name_of_a_file_is_one_plain_line(tmp_path: Path, name: bytes) -> None:
    raw = read(written(tmp_path, os.fsdecode(name), ONE))
    assert raw.origin.name.isprintable()
    assert raw.origin.name.startswith("a ")
    raw.origin.name.encode()
    error = refused(written(tmp_path, os.fsdecode(name), "<x/>"), "other_format")
    assert str(error).isprintable()


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path, temporary: Path) -> None:
    def left(name: str, seconds_ago: float) -> Path:
        folder = temporary / name
        folder.mkdir()
        written(folder, "content", ONE)
        os.utime(folder, (time.time() - seconds_ago,) * 2)
        return folder

    abandoned = left("flaechenfinder-abandoned", 3600)
    kept = [left("flaechenfinder-just-begun", 0), left("flaechenfinder-at-work", 3600), left("another", 3600)]
    (link := temporary / "flaechenfinder-link").symlink_to(kept[2])
    held = os.open(kept[1], os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_SH)
    read(written(tmp_path, "a.geojson", ONE))
    os.close(held)
    assert not abandoned.exists()
    assert all((folder / "content").exists() for folder in kept)
    assert link.is_symlink()


def test_the_locked_process_does_nothing_for_a_parent_that_is_gone(tmp_path: Path) -> None:
    for part in (worker.INSIDE, worker.OUTSIDE):
        (tmp_path / part).mkdir()
    written(tmp_path / worker.INSIDE, worker.CONTENT, ONE)
    order = {"folder": str(tmp_path), "layer": None, "limits": dataclasses.asdict(DEFAULT)}
    command = [sys.executable, "-c", "from finder.sources import worker; worker.main()"]
    for parent, done in ((os.getpid() + 1, False), (os.getpid(), True)):
        text = json.dumps({**order, "parent": parent})
        subprocess.run(command, input=text.encode(), env=lock.ENVIRONMENT, check=True)
        assert any((tmp_path / worker.OUTSIDE).iterdir()) is done


@pytest.mark.parametrize(
    "name",
    [
        "absent.geojson",
        "/vsicurl/http://127.0.0.1:9/a.geojson",
        "/vsizip/a.zip/a.geojson",
        "/vsistdin/",
        "http://127.0.0.1:9/a.geojson",
        "CSV:/etc/passwd",
        "PG:dbname=finder",
        "SQLite:finder.sqlite",
        "WFS:http://127.0.0.1:9/",
        '{"type":"Point","coordinates":[7,51]}',
        "<OGRVRTDataSource/>",
        "a\0b",
        "x" * 300,
    ],
)
def test_names_are_files_and_nothing_else(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused(Path(name), "not_opened" if len(name) == 300 else "missing")


@pytest.mark.parametrize("name", ["CSV:a.csv", "PG:dbname=x", "vsicurl", "a.vrt", "a.gml", "no ending"])
def test_a_real_file_may_be_called_anything(tmp_path: Path, name: str) -> None:
    assert read(written(tmp_path, name, ONE)).columns == {"name": ["a"]}


def test_folders_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path(os.devnull)):
        refused(path, "not_a_file")


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    written(tmp_path, "a.geojson", ONE)
    (tmp_path / "link").symlink_to(tmp_path / "a.geojson")
    assert read(tmp_path / "link").origin.name == "link"


def test_a_file_beside_does_not_steer(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "a;b\n01;2\n")
    written(tmp_path, "a.csvt", '"Integer","Integer"')
    written(tmp_path, "a.prj", "nothing")
    raw = read(path)
    assert raw.columns == {"a": ["01"], "b": ["2"]}
    assert raw.crs is None


def test_changes_beside_a_geopackage_are_told_of(tmp_path: Path) -> None:
    path = geopackage(tmp_path / "a.gpkg")
    assert rules(read(path)) == []
    written(tmp_path, "a.gpkg-wal", b"x" * 32)
    written(tmp_path, "a.gpkg-journal", b"x" * 512)
    raw = read(path)
    assert len(raw) == 2
    assert rules(raw) == ["changes_beside"]


@pytest.mark.parametrize("content", [collection(), "a;b\n"])
def test_a_file_without_rows(tmp_path: Path, content: str) -> None:
    refused(written(tmp_path, "a", content), "no_rows")


def test_a_geopackage_without_rows(tmp_path: Path) -> None:
    refused(geopackage(tmp_path / "a.gpkg", frame().iloc[:0]), "no_rows")


@pytest.mark.parametrize(("content", "format_"), [(ONE, "GeoJSON"), ("a;b\n1;2\n", "CSV")])
def test_formats_without_layers_have_none_to_choose(tmp_path: Path, content: str, format_: str) -> None:
    error = refused(written(tmp_path, "a", content), "no_layers", layer="sites")
    assert error.params == {"name": "a", "format": format_, "layer": "sites"}


# -- limits -----------------------------------------------------------------------------------------------------------


def test_too_large(tmp_path: Path) -> None:
    path = written(tmp_path, "a.geojson", ONE)
    refused(path, "too_large", limits=Limits(max_file_bytes=len(ONE) - 1))
    assert len(read(path, limits=Limits(max_file_bytes=len(ONE.encode())))) == 1


def test_too_long(tmp_path: Path, temporary: Path) -> None:
    refused(written(tmp_path, "a.geojson", ONE), "took_too_long", limits=Limits(seconds=0.001))
    assert not list(temporary.iterdir())


def test_too_much_memory(tmp_path: Path) -> None:
    many = [[7.0 + i / 1e6, 51.5] for i in range(500_000)]
    path = written(tmp_path, "a.geojson", collection(feature({}, {"type": "MultiPoint", "coordinates": many})))
    error = refused(path, "memory", limits=Limits(memory_bytes=96 * MIB))
    assert error.params["limit"] == 96
    assert len(read(path)) == 1


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_features=2), "too_many_features"),
        (Limits(max_vertices=2), "too_many_vertices"),
        (Limits(max_columns=1), "too_many_columns"),
    ],
)
def test_too_much_of_something(tmp_path: Path, limits: Limits, code: str) -> None:
    text = collection(*[feature({"a": i, "b": i}, point()) for i in range(3)])
    refused(written(tmp_path, "a.geojson", text), code, limits=limits)
    path = geopackage(tmp_path / "a.gpkg", frame(a=[1, 2, 3], b=[4, 5, 6]))
    refused(path, code, limits=limits)


def test_remarks_past_the_limit_are_counted(tmp_path: Path) -> None:
    text = collection(*[feature({"a": i}, {"type": "Nowhere"}) for i in range(5)])
    raw = read(written(tmp_path, "a.geojson", text), limits=Limits(max_issues=2))
    assert rules(raw) == ["geometry_unreadable"] * 2 + ["more_of_a_kind"]
    assert raw.issues[-1].params == {"count": 3, "rule": "geometry_unreadable"}


def test_the_environment_is_not_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # a broken one would end the reading; nothing of ours is seen
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "x"))
    monkeypatch.setenv("GDAL_SKIP", "GPKG")
    written(tmp_path, "orjson.py", "raise SystemExit(3)")
    assert len(read(geopackage(tmp_path / "a.gpkg"))) == 2
