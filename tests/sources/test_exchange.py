"""What passes between the processes: everything a file can hold, and nothing that was not agreed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.errors import UnusableInput
from finder.limits import DEFAULT, MIB, Limits
from finder.sources import exchange, sentences
from finder.sources.sentences import Notes, Refusal
from finder.sources.table import Columns, Table

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2),
    max_leaves=5,
)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)


def table(columns: dict[str, list[Any]], length: int, **members: Any) -> Table:
    gathered = Columns(DEFAULT)
    gathered.add(columns, length)
    return Table(format="CSV", columns=gathered.finish(), length=length, **members)


def same(a: Any, b: Any) -> bool:
    """Tell whether two values are equal and of one type: True is not 1, and 1 is not 1.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return bool(a == b)


@given(st.data(), st.integers(0, 4), st.integers(0, 3))
def test_everything_comes_back_as_it_was(data: st.DataObject, length: int, blocks: int) -> None:
    gathered = Columns(DEFAULT)
    wanted: dict[str, list[Any]] = {}
    total = 0
    for _ in range(blocks):
        block = data.draw(st.dictionaries(names, st.lists(values, min_size=length, max_size=length), max_size=3))
        gathered.add(block, length)
        for name in wanted.keys() | block.keys():
            wanted.setdefault(name, [None] * total).extend(block.get(name, [None] * length))
        total += length
    shapes = data.draw(st.lists(st.none() | st.binary(max_size=9), min_size=total, max_size=total))
    found = Table(
        format="GeoJSON",
        columns=gathered.finish(),
        length=total,
        geometry=pa.chunked_array([pa.array(shapes, pa.large_binary())]),
        crs="EPSG:1",
        srs_name="x",
        encoding="utf-8",
    )
    with TemporaryDirectory() as folder:
        exchange.write(Path(folder), found)
        result = exchange.read(Path(folder), DEFAULT)
    assert same({name: list(values) for name, values in result.columns.items()}, wanted)
    assert result.columns.keys() == wanted.keys()
    assert result.geometry == shapes
    assert result.rows == list(range(1, total + 1))
    wanted_about = {"format": "GeoJSON", "crs": "EPSG:1", "srs_name": "x", "layer": None, "encoding": "utf-8"}
    assert result.about == {**wanted_about, "delimiter": None}


@given(st.lists(st.none() | st.text(max_size=3), max_size=20), st.integers(0, 22), st.integers(0, 22))
def test_a_part_of_a_column_is_that_part(cells: list[str | None], start: int, stop: int) -> None:
    gathered = Columns(DEFAULT)
    gathered.add({"a": cells}, len(cells))
    with TemporaryDirectory() as folder:
        exchange.write(Path(folder), Table(format="CSV", columns=gathered.finish(), length=len(cells)))
        column = exchange.read(Path(folder), DEFAULT).columns["a"]
    assert list(column[start:stop]) == cells[start:stop]
    assert [column[i] for i in range(len(column))] == cells


def test_rows_and_notes_come_back(tmp_path: Path) -> None:
    notes = Notes(5)
    notes.add("row_short", row=3, found=1, wanted=2)
    notes.once("heights_dropped", field="geometry")
    exchange.write(tmp_path, table({"a": ["x", "y"]}, 2, rows=pa.array([3, 7], pa.int64()), notes=notes))
    result = exchange.read(tmp_path, DEFAULT)
    assert result.rows == [3, 7]
    assert list(result.issues) == list(notes)
    assert result.geometry is None


def test_integers_past_64_bits_are_kept(tmp_path: Path) -> None:
    exchange.write(tmp_path, table({"a": [1, 2**64 - 1]}, 2))
    assert exchange.read(tmp_path, DEFAULT).columns == {"a": [1, 2**64 - 1]}


@pytest.mark.parametrize(
    "columns",
    [
        {f"c{i}": [None] * 100_000 for i in range(50)},
        {"a": [1] * 1_000_000},
        {"a": [[{}] * 50_000, [[]] * 50_000]},
        {"a": [["x"] * 600_000]},
    ],
    ids=["nothing in many columns", "numbers", "empty lists and objects", "short words"],
)
def test_rows_that_grow_when_they_are_taken_in(tmp_path: Path, columns: dict[str, list[object]]) -> None:
    exchange.write(tmp_path, table(columns, len(next(iter(columns.values())))))
    with pytest.raises(Refusal) as caught:
        exchange.read(tmp_path, Limits(memory_bytes=10 * MIB))
    assert caught.value.code == "memory"
    assert exchange.read(tmp_path, DEFAULT).columns == columns


@pytest.mark.parametrize("code", sentences.REFUSALS)
def test_refusals_come_back(tmp_path: Path, code: str) -> None:
    shown = dict.fromkeys(re.findall(r"%\((\w+)\)s", sentences.REFUSALS[code][1]), "x")
    exchange.write_refusal(tmp_path, code, shown)
    with pytest.raises(Refusal) as caught:
        exchange.read(tmp_path, DEFAULT)
    assert caught.value.code == code
    assert isinstance(sentences.error(code, caught.value.params), UnusableInput)


def test_refusals_that_are_not_of_the_table(tmp_path: Path) -> None:
    for code, params in [("hello", {}), ("too_large", {}), ("no_such_layer", {"layer": "x"})]:
        exchange.write_refusal(tmp_path, code, params)
        with pytest.raises(Refusal) as caught:
            exchange.read(tmp_path, DEFAULT)
        assert caught.value.code == "failed"


def test_words_are_shown_on_one_line(tmp_path: Path) -> None:
    exchange.write_refusal(tmp_path, "no_such_layer", {"layer": "a\n\x1b[2Jb" + "c" * 1000, "layers": "\u202ex"})
    with pytest.raises(Refusal) as caught:
        exchange.read(tmp_path, DEFAULT)
    sentence = str(sentences.error(caught.value.code, caught.value.params))
    assert sentence.isprintable()
    assert len(sentence) < 300


def changed(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        told = json.loads((folder / "about.json").read_bytes())
        change(told)
        (folder / "about.json").write_text(json.dumps(told))

    return apply


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "about.json").unlink(),
        lambda folder: (folder / "rows.arrow").unlink(),
        lambda folder: (folder / "about.json").write_bytes(b"\x80\x04]."),
        lambda folder: (folder / "about.json").write_bytes(b"[]"),
        lambda folder: (folder / "about.json").write_bytes(b"null"),
        lambda folder: (folder / "rows.arrow").write_bytes((folder / "rows.arrow").read_bytes()[:200]),
        lambda folder: (folder / "rows.arrow").write_bytes(b"ARROW1\0\0" + b"\xff" * 100),
        changed(lambda told: told["columns"].pop()),
        changed(lambda told: told["columns"].append(["b", "int"])),
        changed(lambda told: told["columns"].__setitem__(0, ["a", "int"])),
        changed(lambda told: told["columns"].__setitem__(0, ["a", "pickle"])),
        changed(lambda told: told.update(geometry=True)),
        changed(lambda told: told["about"].update(crs=5)),
        changed(lambda told: told["about"].pop("crs")),
        changed(lambda told: told.update(issues=[["hello", 1, None, None, {}]])),
        changed(lambda told: told.update(issues=[["row_short", "1", None, None, {"found": 1, "wanted": 2}]])),
        changed(lambda told: told.update(issues=[["row_short", 1, None, None, {}]])),
        changed(lambda told: told.update(issues=[["row_short", 1, {}, None, {"found": 1, "wanted": 2}]])),
        changed(lambda told: told.update(issues="x")),
    ],
)
def test_what_was_not_agreed_is_refused(tmp_path: Path, change: Callable[[Path], object]) -> None:
    exchange.write(tmp_path, table({"a": ["x", "y"]}, 2))
    change(tmp_path)
    with pytest.raises(Refusal) as caught:
        exchange.read(tmp_path, DEFAULT)
    assert caught.value.code == "failed"


def test_more_than_the_limits_is_refused(tmp_path: Path) -> None:
    exchange.write(tmp_path, table({"a": ["x", "y"]}, 2))
    with pytest.raises(Refusal) as caught:
        exchange.read(tmp_path, Limits(max_features=1))
    assert caught.value.code == "failed"
    with pytest.raises(Refusal) as caught:
        exchange.read(tmp_path, Limits(memory_bytes=100))
    assert caught.value.code == "memory"


def test_equal_texts_are_one_object(tmp_path: Path) -> None:
    exchange.write(tmp_path, table({"a": ["same word"] * 3}, 3))
    first, second, third = exchange.read(tmp_path, DEFAULT).columns["a"]
    assert first is second is third
