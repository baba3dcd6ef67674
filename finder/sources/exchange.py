"""What passes between the reading process and ours: an Arrow file for the rows, a small JSON text for all else.

The other side may have been taken over by the file it read. So nothing is unpickled, every field is checked for its
type, and refusals and notes are told by their keys in `finder.sources.sentences`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, overload

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from finder.limits import MIB, Limits
from finder.model.record import Issue
from finder.sources import sentences
from finder.sources.sentences import Refusal
from finder.sources.table import ARROW, Table

ROWS = "rows.arrow"
ABOUT = "about.json"
_MAX_ABOUT = 64 * MIB
_AT_ONCE = 50_000
_POINTER_BYTES = 8
_OBJECT_BYTES = {"int": 32, "float": 24}  # texts repeat themselves, and no text is longer than it was
_MEMBER_BYTES = 64  # of a list or an object inside a value


@dataclass(frozen=True)
class Result:
    """What came back, checked."""

    about: dict[str, str | None]
    columns: dict[str, Values]
    rows: Sequence[int]
    geometry: Values | None
    issues: tuple[Issue, ...]


def write_refusal(folder: Path, code: str, params: dict[str, object]) -> None:
    """Hand over that the file is refused."""
    shown = {name: sentences.plain(value) for name, value in params.items()}
    (folder / ABOUT).write_bytes(orjson.dumps({"refused": code, "params": shown}))


def write(folder: Path, table: Table) -> None:
    """Hand over a table."""
    arrays: list[Any] = [table.rows if table.rows is not None else pa.array(range(1, table.length + 1), pa.int64())]
    arrays += [column.values for column in table.columns.values()]
    if table.geometry is not None:
        arrays.append(table.geometry)
    whole = pa.table(arrays, names=[f"c{i}" for i in range(len(arrays))])
    with pa.OSFile(str(folder / ROWS), "wb") as sink, pa.ipc.new_file(sink, whole.schema) as writer:
        writer.write_table(whole)
    about = {
        "about": {name: getattr(table, name) for name in _ABOUT},
        "columns": [[name, column.kind] for name, column in table.columns.items()],
        "geometry": table.geometry is not None,
        "issues": [[i.rule, i.row, i.field, i.value, dict(i.params)] for i in table.notes],
    }
    (folder / ABOUT).write_bytes(orjson.dumps(about))


_ABOUT = ("format", "crs", "srs_name", "layer", "encoding", "delimiter")


def read(folder: Path, limits: Limits) -> Result:
    """Return what was handed over.

    Raises
    ------
    Refusal
        The file was refused, or what came back is not of the agreed form.
    """
    try:
        return _result(told(folder), folder / ROWS, limits)
    except (OSError, ValueError, TypeError, LookupError, pa.ArrowException) as error:
        raise Refusal("failed") from error


def told(folder: Path) -> dict[str, Any]:
    """Return the text that was handed over, unchecked but for the refusal that it may be, which is raised."""
    about = folder / ABOUT
    if about.stat().st_size > _MAX_ABOUT:
        raise Refusal("failed")
    text: dict[str, Any] = orjson.loads(about.read_bytes())
    if "refused" in text:
        raise _refusal(text)
    return text


def _refusal(told: dict[str, Any]) -> Refusal:
    code, params = told["refused"], told["params"]
    # KeyError where the key or a parameter is not of the table; the name is put in where the file is known
    sentences.REFUSALS[code][1] % {"name": "", **params}
    return Refusal(code, **params)


def _result(told: dict[str, Any], path: Path, limits: Limits) -> Result:
    if path.stat().st_size > 2 * limits.memory_bytes:
        raise Refusal("memory", limit=limits.memory_bytes // MIB)
    about = {name: _text(told["about"][name]) for name in _ABOUT}
    names = [(str(name), str(kind)) for name, kind in told["columns"]]
    issues = tuple(_issue(*row) for row in told["issues"])
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
        table.validate(full=True)
        types = [pa.int64(), *(ARROW[kind] for _, kind in names)]
        if told["geometry"] is True:
            types.append(pa.large_binary())
        if table.schema.types != types or table.num_rows > limits.max_features or len(dict(names)) != len(names):
            raise ValueError("schema")
        if _expected_bytes(table, [kind for _, kind in names]) > limits.memory_bytes:
            raise Refusal("memory", limit=limits.memory_bytes // MIB)
        columns = {name: Values(table.column(i), kind) for i, (name, kind) in enumerate(names, start=1)}
        for values in columns.values():
            values.check()
        geometry = Values(table.column(len(types) - 1), "binary") if told["geometry"] is True else None
        rows = cast("list[int]", table.column(0).to_numpy().tolist())
        if table.column(0).null_count:
            raise ValueError("rows")
    return Result(about, columns, rows, geometry, issues)


def _expected_bytes(table: pa.Table, kinds: list[str]) -> int:
    """Return what the rows take at most as objects: a null is free in Arrow, and an empty list three characters."""
    expected = 0
    for i, kind in enumerate(kinds, start=1):
        expected += table.num_rows * (_POINTER_BYTES + _OBJECT_BYTES.get(kind, 0))
        if kind == "json":
            signs = (pc.sum(pc.count_substring(table.column(i), sign)).as_py() or 0 for sign in ",[{")
            expected += _MEMBER_BYTES * sum(signs)
    return expected


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("text")
    return value


def _issue(rule: str, row: object, field: object, value: object, params: dict[str, object]) -> Issue:
    if row is not None and type(row) is not int:
        raise TypeError("row")
    issue = sentences.note(rule, row=row, field=_text(field), value=_text(value), params=params)
    issue.message % issue.params  # KeyError where a parameter is missing
    return issue


class Values(Sequence[Any]):
    """A column that becomes objects only when they are asked for: a million rows of them have to fit."""

    def __init__(self, column: pa.ChunkedArray, kind: str) -> None:
        self._column = column
        self._kind = kind

    def __len__(self) -> int:
        return len(self._column)

    @overload
    def __getitem__(self, at: int) -> Any: ...

    @overload
    def __getitem__(self, at: slice) -> Values: ...

    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            if step != 1:
                raise ValueError(step)
            return Values(self._column.slice(start, max(stop - start, 0)), self._kind)
        position = range(len(self))[at]
        return next(iter(self[position : position + 1]))

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self), _AT_ONCE):
            yield from _objects(self._column.slice(start, _AT_ONCE), self._kind)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def check(self) -> None:
        """Refuse what would not become objects."""
        if self._kind == "json":
            for _ in self:
                pass


def _objects(column: pa.ChunkedArray, kind: str) -> list[object]:
    if kind == "none":
        return [None] * len(column)
    if kind == "json":
        texts = ["null" if text is None else text for text in column.to_pylist()]
        values = orjson.loads(f"[{','.join(texts)}]")
        if len(values) != len(texts):
            raise ValueError("json")
        return cast("list[object]", values)
    if kind == "text":
        return _texts(column)
    return cast("list[object]", column.to_pylist())


def _texts(column: pa.ChunkedArray) -> list[object]:
    # Equal texts become one object: columns of land inventories repeat themselves, and a million rows have to fit.
    out: list[object] = []
    for chunk in column.chunks:
        coded = chunk.dictionary_encode()
        words = [*coded.dictionary.to_pylist(), None]
        indices = coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
        out += map(words.__getitem__, indices.tolist())
    return out
