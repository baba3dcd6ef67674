"""The road network in use is taken up again when its file was replaced, and kept when that file goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from finder import pipeline
from finder.errors import UnusableInput
from finder.web.roads import Roads
from tests.roads import extracts


def build(folder: Path, columns: int) -> str:
    """Build a town's network in the file `roads.network` and return its key."""
    extract = extracts.grid(columns=columns).write(folder / "town.osm.pbf")
    return pipeline.build_network(extract, folder / "roads.network").key


def key(roads: Roads) -> str:
    network = roads.network()
    assert network is not None
    return network.key


def test_without_a_network_there_is_none() -> None:
    assert Roads(None).network() is None


def test_a_file_built_anew_is_taken_up(tmp_path: Path) -> None:
    first = build(tmp_path, 4)
    roads = Roads(tmp_path / "roads.network")
    assert key(roads) == first
    assert roads.network() is roads.network()
    second = build(tmp_path, 5)
    assert key(roads) == second != first


def test_a_file_that_goes_leaves_the_one_in_use(tmp_path: Path) -> None:
    first = build(tmp_path, 4)
    roads = Roads(tmp_path / "roads.network")
    (tmp_path / "roads.network").unlink()
    assert key(roads) == first


def test_a_damaged_file_leaves_the_one_in_use(tmp_path: Path) -> None:
    first = build(tmp_path, 4)
    roads = Roads(tmp_path / "roads.network")
    (tmp_path / "new").write_bytes(b"no network")
    (tmp_path / "new").replace(tmp_path / "roads.network")
    assert key(roads) == first


def test_what_cannot_be_used_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"roads\.network|cannot be opened"):
        Roads(tmp_path / "roads.network")
