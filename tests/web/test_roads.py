"""The road network in use is taken up again when its file was replaced, and kept when that file goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from finder import pipeline
from finder.errors import UnusableInput
from finder.roads.network import digest
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
    assert Roads(None, Path("nowhere")).network() is None


def test_a_file_built_anew_is_taken_up(tmp_path: Path) -> None:
    first = build(tmp_path, 4)
    roads = Roads(tmp_path / "roads.network", tmp_path / "cache")
    assert key(roads) == first
    assert roads.network() is roads.network()
    second = build(tmp_path, 5)
    assert key(roads) == second != first


def test_a_file_that_goes_leaves_the_one_in_use(tmp_path: Path) -> None:
    first = build(tmp_path, 4)
    roads = Roads(tmp_path / "roads.network", tmp_path / "cache")
    (tmp_path / "roads.network").unlink()
    assert key(roads) == first


def test_a_damaged_file_leaves_the_one_in_use(tmp_path: Path) -> None:
    first = build(tmp_path, 4)
    roads = Roads(tmp_path / "roads.network", tmp_path / "cache")
    (tmp_path / "new").write_bytes(b"no network")
    (tmp_path / "new").replace(tmp_path / "roads.network")
    assert key(roads) == first


@pytest.mark.parametrize("content", [b"", b"something else", None])
def test_a_file_written_over_in_its_place_leaves_the_one_in_use(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "roads.network"
    first = build(tmp_path, 4)
    roads = Roads(path, tmp_path / "cache")
    whole = path.read_bytes()
    path.write_bytes(content if content is not None else whole[: len(whole) // 2] + b"\0" * (len(whole) // 2))
    assert key(roads) == first
    found = roads.network()
    assert found is not None
    assert digest(found) == first
    path.write_bytes(whole)
    assert key(roads) == first


def test_a_damaged_file_is_looked_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = build(tmp_path, 4)
    roads = Roads(tmp_path / "roads.network", tmp_path / "cache")
    (tmp_path / "roads.network").write_bytes(b"no network")
    assert [key(roads), key(roads), key(roads)] == [first] * 3
    assert len(caplog.records) == 1


def test_the_copy_in_use_is_gone_with_its_server(tmp_path: Path) -> None:
    build(tmp_path, 4)
    Roads(tmp_path / "roads.network", tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_a_file_that_is_no_network_is_told_of_as_such(tmp_path: Path) -> None:
    (tmp_path / "roads.network").write_bytes(b"something else")
    with pytest.raises(UnusableInput, match=r"roads\.network.*no road network"):
        Roads(tmp_path / "roads.network", tmp_path / "cache")


def test_what_cannot_be_used_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"roads\.network|cannot be opened"):
        Roads(tmp_path / "roads.network", tmp_path / "cache")
