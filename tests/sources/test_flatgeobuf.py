"""FlatGeobuf."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from tests.sources.files import UTM, frame, read, refused, rules, shapes, written


def test_values_and_places(tmp_path: Path) -> None:
    rows = frame(name=["Süd", None], area=[1.5, 2], whole=[1, 2], yes=[True, False])
    path = tmp_path / "a.fgb"
    rows.to_file(path, engine="pyogrio", SPATIAL_INDEX="NO")
    raw = read(path)
    assert raw.columns == {"name": ["Süd", None], "area": [1.5, 2], "whole": [1, 2], "yes": [True, False]}
    assert shapes(raw) == [shape.wkt for shape in rows.geometry]
    assert raw.crs == UTM
    assert raw.origin.format == "FlatGeobuf"
    assert rules(raw) == []


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_without_a_place_and_a_system(tmp_path: Path) -> None:
    path = tmp_path / "a.fgb"
    shape = [shapely.Point(1, 2), shapely.Point(), shapely.Point(3, 4)]
    frame(shape, None, name=["a", "b", "c"]).to_file(path, engine="pyogrio", SPATIAL_INDEX="NO")
    raw = read(path)
    assert raw.columns == {"name": ["a", "b", "c"]}
    assert shapes(raw)[::2] == ["POINT (1 2)", "POINT (3 4)"]
    assert raw.crs is None


def test_heights_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.fgb"
    frame([shapely.Point(1, 2, 3), shapely.Point(4, 5, 6)], name=["a", "b"]).to_file(path, engine="pyogrio")
    raw = read(path)
    assert sorted(map(str, shapes(raw))) == ["POINT (1 2)", "POINT (4 5)"]
    assert rules(raw) == ["heights_dropped"]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_truncated(tmp_path: Path, share: float) -> None:
    path = tmp_path / "a.fgb"
    frame(name=["x" * 200] * 100).to_file(path, engine="pyogrio")
    whole = path.read_bytes()
    refused(written(tmp_path, "b.fgb", whole[: int(len(whole) * share)]), "failed")
