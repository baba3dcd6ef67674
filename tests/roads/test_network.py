"""The file of a network: what was written is what is opened, and what is damaged is refused."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from finder import crs
from finder.errors import UnusableInput
from finder.measures import routing
from finder.model.vocabulary import Vehicle
from finder.roads import network, snapping, soundness
from finder.roads.network import Junction, Network
from tests.roads import networks
from tests.roads.extracts import grid
from tests.roads.networks import Built


def parts(found: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all that a network holds, arrays and words."""
    if dataclasses.is_dataclass(found):
        for field in dataclasses.fields(found):
            yield from parts(getattr(found, field.name), f"{name}.{field.name}")
    elif isinstance(found, dict):
        for key, value in found.items():
            yield from parts(value, f"{name}.{key}")
    elif isinstance(found, tuple):
        for i, value in enumerate(found):
            yield from parts(value, f"{name}.{i}")
    else:
        yield name, found


def same(one: Network, other: Network) -> None:
    for (name, mine), (other_name, theirs) in zip(parts(one), parts(other), strict=True):
        assert name == other_name
        if isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype, name
        np.testing.assert_array_equal(mine, theirs, name)


@pytest.fixture(scope="module")
def town() -> Built:
    return networks.from_extract(grid(4, 3))


@pytest.fixture
def written(town: Built, tmp_path: Path) -> Path:
    path = tmp_path / "roads.net"
    network.write(town.network, path)
    return path


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(networks.any_built())
def test_what_was_written_is_opened(tmp_path: Path, made: Built) -> None:
    path = tmp_path / "roads.net"
    network.write(made.network, path)
    opened = Network.open(path)
    same(opened, made.network)
    opened.check()
    assert [file.name for file in tmp_path.iterdir()] == ["roads.net"]


def test_a_town_is_opened_with_its_junctions_and_counts(town: Built, written: Path) -> None:
    opened = Network.open(written)
    same(opened, town.network)
    assert len(opened.junctions) == 2
    assert isinstance(opened.junctions[0], Junction)
    assert opened.as_of == "2026-03-01"
    assert opened.counts["segments"] == len(opened)


def test_to_open_reads_nothing_of_the_arrays(written: Path) -> None:
    opened = Network.open(written)
    for name, array in parts(opened):
        if isinstance(array, np.ndarray) and array.size:
            assert not array.flags.owndata, name
            assert not array.flags.writeable, name


def test_the_key_tells_networks_apart(town: Built) -> None:
    assert networks.from_extract(grid(4, 3)).network.key == town.network.key
    others = [grid(4, 3, as_of="2026-03-02"), grid(3, 4), grid(4, 3, motorway=False)]
    others.append(grid(4, 3).retag(grid(4, 3).street(1, 1), maxspeed=20))
    keys = {networks.from_extract(other).network.key for other in others}
    assert len(keys | {town.network.key}) == 5


# -- what is no network ------------------------------------------------------------------------------------------------


def refused(path: Path, *words: str) -> None:
    with pytest.raises(UnusableInput) as told:
        Network.open(path)
    assert path.name in str(told.value)
    assert all(word in str(told.value) for word in words)


def test_what_is_no_file_cannot_be_opened(tmp_path: Path) -> None:
    refused(tmp_path / "none.net", "cannot be opened")
    refused(tmp_path, "cannot be opened")
    refused(Path("/dev/zero"), "cannot be opened")
    os.mkfifo(tmp_path / "pipe.net")
    refused(tmp_path / "pipe.net", "cannot be opened")


@pytest.mark.parametrize("content", [b"", b"\0", b"ARROW1\0\0", b"PK\3\4" * 99, b"{}", os.urandom(4000)])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "roads.net"
    path.write_bytes(content)
    refused(path, "no road network")


def test_a_file_that_ends_early_is_refused(written: Path) -> None:
    whole = written.read_bytes()
    dice = random.Random(1)
    lengths = {1, 8, 100, len(whole) // 2, len(whole) - 1, len(whole) - 9, len(whole) - 200}
    for length in sorted(lengths | {dice.randrange(len(whole)) for _ in range(40)}):
        written.write_bytes(whole[:length])
        refused(written, "no road network")


def rewritten(path: Path, **said: Any) -> None:
    """Change what the file says of itself."""
    with pa.memory_map(str(path), "r") as source:
        file = pa.ipc.open_file(source)
        batch = file.get_record_batch(0)
        about = json.loads(file.schema.metadata[b"finder"])
    about = {name: value for name, value in (about | said).items() if value is not ...}
    schema = batch.schema.with_metadata({"finder": json.dumps(about)})
    changed = path.with_suffix(".changed")
    with pa.OSFile(str(changed), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.record_batch(batch.columns, schema=schema))
    changed.replace(path)


def test_other_versions_and_coordinates_are_refused(written: Path) -> None:
    rewritten(written, version=network.VERSION + 1, shapes={"unheard_of": [3]})
    refused(written, "another version")
    rewritten(written, version=network.VERSION, crs=crs.METRIC + 1)
    refused(written, "other coordinates")


@pytest.mark.parametrize(
    "said",
    [
        {"version": ...},
        {"crs": ...},
        {"key": ...},
        {"junctions": [["a"]]},
        {"junctions": 3},
        {"shapes": {}},
        {"shapes": None},
        {"shapes": {"node_xy": [1, 2]}},
        {"counts": ...},
    ],
)
def test_a_file_that_says_nonsense_of_itself_is_refused(written: Path, said: dict[str, Any]) -> None:
    rewritten(written, **said)
    refused(written, "no road network")


def test_a_table_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "roads.net"
    table = pa.table({"a": [1, 2, 3]})
    for schema in (
        table.schema,
        table.schema.with_metadata({"finder": "[]"}),
        table.schema.with_metadata({"finder": "{"}),
    ):
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            writer.write_table(table.cast(schema))
        refused(path, "no road network")


# -- damage ------------------------------------------------------------------------------------------------------------


def changed(found: Network, name: str, vehicle: Vehicle | None = None, part: str | None = None, **at: Any) -> Network:
    """Return a network with one number of one of its arrays changed."""
    holder: Any = found if vehicle is None else found.graphs[vehicle]
    array = np.array(getattr(getattr(holder, name), part) if part else getattr(holder, name))
    array.reshape(-1)[at["index"]] = at["value"]
    if part:
        array = dataclasses.replace(getattr(holder, name), **{part: array})
    holder = dataclasses.replace(holder, **{name: array})
    return holder if vehicle is None else dataclasses.replace(found, graphs={**found.graphs, vehicle: holder})


@pytest.mark.parametrize("vehicle", Vehicle)
@pytest.mark.parametrize("name", ["forward", "backward"])
@pytest.mark.parametrize(
    ("part", "index", "value"),
    [
        ("column", 3, 10**9),
        ("column", 3, -1),
        ("start", 5, 10**9),
        ("start", 5, -7),
        ("start", -1, 10**6),
        ("start", 0, 1),
    ],
)
def test_what_would_lead_a_search_astray_is_refused(
    town: Built, tmp_path: Path, vehicle: Vehicle, name: str, part: str, index: int, value: int
) -> None:
    path = tmp_path / "roads.net"
    network.write(changed(town.network, name, vehicle, part, index=index, value=value), path)
    refused(path, "no road network")


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Network)])
def test_arrays_that_do_not_fit_each_other_are_refused(town: Built, tmp_path: Path, name: str) -> None:
    value = getattr(town.network, name)
    if not isinstance(value, np.ndarray) or name == "ramp_arcs":
        return
    path = tmp_path / "roads.net"
    for wrong in (value[:-1], value.astype(np.int16), np.concatenate([value, value])):
        if name == "triangle" and wrong.dtype == value.dtype and len(wrong) < len(value):
            continue  # one less does no harm: the areas have a gap
        network.write(dataclasses.replace(town.network, **{name: wrong}), path)
        refused(path, "no road network")


@pytest.mark.parametrize("field", ["length_m", "node_xy", "flags", "cell_segment", "ramp_arcs"])
def test_a_changed_number_is_found_by_the_check(town: Built, tmp_path: Path, field: str) -> None:
    path = tmp_path / "roads.net"
    network.write(changed(town.network, field, index=0, value=1), path)
    opened = Network.open(path)
    with pytest.raises(UnusableInput, match="damaged"):
        opened.check()


def test_whatever_bytes_change_nothing_crashes(town: Built, written: Path) -> None:
    """Damage to the file is refused when it is opened, or found by the check, or is in words that do not matter."""
    whole = bytearray(written.read_bytes())
    dice = random.Random(2)
    # the ends hold what Arrow says of the arrays
    places = [dice.randrange(len(whole)) for _ in range(150)]
    places += [len(whole) - 1 - dice.randrange(20_000) for _ in range(150)] + [
        dice.randrange(20_000) for _ in range(150)
    ]
    found = 0
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << dice.randrange(8)
        written.write_bytes(damaged)
        try:
            opened = Network.open(written)
            ways(opened)
            opened.check()
        except (UnusableInput, IndexError, ValueError):  # the latter of what only the check tells
            found += 1
    assert found > 200


def ways(opened: Network) -> None:
    """Ask for some ways."""
    for vehicle in Vehicle:
        places = networks.snaps([(i, 0.5) for i in range(0, len(opened), 3)])
        routing.nearest(opened, vehicle, places, snapping.arcs(opened, vehicle, networks.snaps([(1, 0.5)])))


def test_soundness_is_told_by_the_types_of_the_fields(town: Built) -> None:
    for found in (town.network, *town.network.graphs.values(), town.network.graphs[Vehicle.CAR].forward):
        for field in dataclasses.fields(found):
            if isinstance(getattr(found, field.name), np.ndarray):
                assert field.type in soundness.TYPES, field.name


# -- writing -----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_written_leaves_the_old_file(
    town: Built, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        network.write(networks.from_extract(grid(2, 2)).network, written)
    assert written.read_bytes() == before
    assert [file.name for file in written.parent.iterdir()] == [written.name]


_KILLED = """
import os, signal, sys
from pathlib import Path
from finder.roads import network
from finder.roads.network import Network
found = Network.open(Path(sys.argv[1]))
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
network.write(found, Path(sys.argv[2]))
"""


def test_a_writing_that_is_killed_leaves_the_old_file(town: Built, written: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.net"
    network.write(networks.from_extract(grid(2, 2)).network, target)
    before = target.read_bytes()
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(written), str(target)], check=False)
    assert killed.returncode == -9
    assert target.read_bytes() == before
    Network.open(target).check()


def test_an_open_network_stays_when_its_file_is_replaced(town: Built, written: Path) -> None:
    opened = Network.open(written)
    network.write(networks.from_extract(grid(2, 2)).network, written)
    same(opened, town.network)
    written.unlink()
    same(opened, town.network)


def _asked(path: str) -> tuple[str, float]:
    opened = Network.open(Path(path))
    stops = snapping.arcs(opened, Vehicle.CAR, networks.snaps([(1, 0.5)]))
    found = routing.nearest(opened, Vehicle.CAR, networks.snaps([(len(opened) - 1, 0.5)]), stops)
    return opened.key, float(found.seconds[0])


def test_processes_open_it_at_once(town: Built, written: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        told = pool.map(_asked, [str(written)] * 6)
    assert set(told) == {_asked(str(written))}
    assert told[0][0] == town.network.key
