"""The road network of a region: segments between crossings, and for each vehicle the graph it may drive.

It is one Arrow file, uncompressed, whose arrays are read where they lie: to open it takes little time however large it
is (`finder.roads.soundness` looks at what a search would follow blindly), and processes share its memory.

**Segments** are pieces of road from one crossing to the next, without regard to direction. Each gives two **arcs**:
``2 * segment`` along its line and ``2 * segment + 1`` against it. A vehicle's **graph** has a state for every crossing,
and some more where it matters how one came there: a turn restriction splits the crossing's state for who comes by the
restricted arc; roads that are for destinations only have states of their own for leaving and for arriving, so that no
way leads through them. At a crossing one may also turn round, unless a restriction forbids it; at a crossing that
cannot be passed that is all one may do.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from finder import crs
from finder.errors import UnusableInput
from finder.language import N_
from finder.model.vocabulary import Vehicle
from finder.roads import soundness
from finder.roads.arrays import Ints, Longs, Reals, ranges

VERSION = 3
"""Of the file's layout; another one is built anew."""
CM = 100.0
"""Shapes are kept in whole centimetres."""
MAIN = {Vehicle.CAR: 1, Vehicle.TRUCK: 2}
"""Bit of `Network.flags`: in the largest part where the vehicle gets from everywhere to everywhere."""
FROM_PLOTS, RAMP, MOTORWAY = 4, 8, 16
"""Bits of `Network.flags`: a plot's drive may open onto it; a motorway's ramp; a motorway itself."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """A sparse matrix by rows: row `i` holds entries `start[i]` to `start[i + 1]`.

    `column` is the other state, `seconds` the cost, `arc` which arc that is (-1: none, a change of state on the spot).
    """

    start: Ints
    column: Ints
    seconds: Reals
    arc: Ints

    @property
    def size(self) -> int:
        """How many states there are."""
        return len(self.start) - 1


@dataclass(frozen=True, eq=False)
class Graph:
    """What one vehicle may drive.

    Attributes
    ----------
    forward, backward
        The same entries by the state they leave and by the state they lead to.
    state_node
        (states,) the crossing of each state; the first ones are the crossings themselves.
    head
        (arcs, 2) the states one is in at the end of an arc, -1: no second one; both -1: not allowed.
    seconds
        (arcs,) inf where not allowed.
    entry, entry_start
        The entries of `forward` by arc: `entry[entry_start[a]:entry_start[a + 1]]`.
    """

    forward: Matrix
    backward: Matrix
    state_node: Ints
    head: Ints
    seconds: Reals
    entry: Ints
    entry_start: Ints


@dataclass(frozen=True, eq=False)
class Junction:
    """A motorway junction that the extract names. `xy` in metres."""

    name: str
    road: str | None
    xy: tuple[float, float]


@dataclass(frozen=True, eq=False, kw_only=True)
class Network:
    """A built network. Coordinates are in metres (`finder.crs.METRIC`), lengths on the ground.

    `settlement_m` is how much of each segment leads through areas where people live; empty: the extract names none.
    `ramp_arcs` are those by which one leaves other roads for a motorway. `cell…` is an index: segments by squares.
    `place_xy` tells where the crossings lie that any vehicle gets to and from, and last four places far around them;
    `node_place` the place of each crossing, -1: none; `triangle` (t, 3) the triangles between the places (Delaunay),
    corners against the clock; `corner_run…` where these lie, roughly, see `finder.roads.triangles`.
    """

    key: str
    name: str
    as_of: str | None
    node_xy: Reals
    segment_from: Ints
    segment_to: Ints
    shape_start: Longs
    shape_cm: Ints
    length_m: NDArray[np.float32]
    settlement_m: NDArray[np.float32]
    flags: NDArray[np.uint8]
    ramp_arcs: Ints
    cell_key: Longs
    cell_start: Ints
    cell_segment: Ints
    place_xy: Reals
    node_place: Ints
    triangle: Ints
    corner_run: Ints
    corner_run_start: Ints
    graphs: Mapping[Vehicle, Graph]
    junctions: tuple[Junction, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many segments there are."""
        return len(self.segment_from)

    @functools.cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """The extent of its crossings, in metres."""
        low, high = self.node_xy.min(axis=0), self.node_xy.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def lines(self, segments: Longs | Ints) -> NDArray[np.object_]:
        """Return the segments' lines in metres."""
        starts = self.shape_start[segments]
        counts = self.shape_start[np.asarray(segments, dtype=np.int64) + 1] - starts
        which = ranges(starts, counts)
        return drawn(self.shape_cm[which], counts)

    def check(self, file: str | None = None) -> None:
        """Read all of it and compare it with its key; `file` is what it is called where it is refused.

        Raises
        ------
        UnusableInput
            Something in it is not as it was written.
        """
        if digest(self) != self.key:
            raise UnusableInput(_DAMAGED, name=file or self.name)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Return the network of a file, its arrays mapped into memory.

        Raises
        ------
        UnusableInput
            There is no such file, it is none of these or damaged, of another layout or in other coordinates.
        """
        try:
            if not path.is_file():  # to open a pipe would be to wait for whoever writes to it
                raise FileNotFoundError(path)
            source = pa.memory_map(str(path), "r")
        except OSError as error:
            raise UnusableInput(N_("The road network “%(name)s” cannot be opened."), name=path.name) from error
        try:
            file = pa.ipc.open_file(source)
            about = json.loads(file.schema.metadata[b"finder"])
            version, system = about["version"], about["crs"]
            composed = _read(cls, file, about) if (version, system) == (VERSION, crs.METRIC) else None
        except _UNREADABLE as error:
            raise UnusableInput(_DAMAGED, name=path.name) from error
        if composed is not None:
            found: Self = composed
            return found
        if version != VERSION:
            message = N_("The road network “%(name)s” was built by another version; build it again.")
            raise UnusableInput(message, name=path.name)
        message = N_("The road network “%(name)s” was built for a region with other coordinates; build it again.")
        raise UnusableInput(message, name=path.name)


def drawn(shape_cm: Ints, counts: NDArray[Any]) -> NDArray[np.object_]:
    """Return lines in metres of so many points each."""
    lines: Any = shapely.linestrings(shape_cm / CM, indices=np.repeat(np.arange(len(counts)), counts))
    return np.asarray(lines, dtype=object)


# -- the file ---------------------------------------------------------------------------------------------------------

_PLAIN = ("key", "name", "as_of", "junctions", "counts", "graphs")
_DAMAGED = N_("“%(name)s” is no road network that was built here, or it is damaged; build it again.")
# whatever comes of a file that holds something else
_UNREADABLE = (
    *(pa.ArrowException, OSError, MemoryError, RecursionError),
    *(LookupError, TypeError, ValueError, AttributeError),
)


def write(network: Network, path: Path) -> None:
    """Write a network where it is whole or not at all: beside, and then renamed."""
    arrays = dict(_arrays(network))
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    about = {
        "version": VERSION,
        "crs": crs.METRIC,
        "key": network.key,
        "name": network.name,
        "as_of": network.as_of,
        "counts": dict(network.counts),
        "junctions": [[j.name, j.road, *j.xy] for j in network.junctions],
        "shapes": shapes,
    }
    columns = [_column(array) for array in arrays.values()]
    schema = pa.schema(
        [pa.field(name, column.type) for name, column in zip(arrays, columns, strict=True)],
        metadata={"finder": json.dumps(about)},
    )
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with pa.OSFile(str(aside), "wb") as sink, pa.ipc.new_file(sink, schema) as file:
            file.write_batch(pa.record_batch(columns, schema=schema))
        with aside.open("rb") as written:
            os.fsync(written.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def digest(network: Network) -> str:
    """Return what tells one network from another: what is in it."""
    about = [VERSION, crs.METRIC, network.as_of, [[j.name, j.road, *j.xy] for j in network.junctions]]
    told = hashlib.sha256(json.dumps(about).encode())
    for name, array in _arrays(network):
        told.update(name.encode())
        told.update(np.ascontiguousarray(array).data)
    return told.hexdigest()[:16]


def _arrays(network: Network) -> Iterator[tuple[str, NDArray[Any]]]:
    for f in dataclasses.fields(Network):
        if f.name not in _PLAIN:
            yield f.name, getattr(network, f.name)
    for vehicle, graph in network.graphs.items():
        for f in dataclasses.fields(Graph):
            value = getattr(graph, f.name)
            if isinstance(value, Matrix):
                for part in dataclasses.fields(Matrix):
                    yield f"{vehicle.value}.{f.name}.{part.name}", getattr(value, part.name)
            else:
                yield f"{vehicle.value}.{f.name}", value


def _column(array: NDArray[Any]) -> pa.Array:
    """Return an array as a column of one row, so that columns of any length stand beside each other."""
    values = pa.array(np.ascontiguousarray(array).reshape(-1))
    return pa.LargeListArray.from_arrays(pa.array([0, len(values)], pa.int64()), values)


def _read(cls: Any, file: pa.ipc.RecordBatchFileReader, about: dict[str, Any]) -> Any:
    batch = file.get_record_batch(0)
    batch.validate()  # that no column is longer than the file
    arrays = {name: _numpy(batch.column(name), shape) for name, shape in about["shapes"].items()}
    composed = _composed(cls, about, arrays)
    soundness.check(composed)
    return composed


def _numpy(column: pa.Array, shape: list[int]) -> NDArray[Any]:
    values: NDArray[Any] = column.values.to_numpy(zero_copy_only=True)
    return values.reshape(shape)


def _composed(cls: Any, about: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Any:
    def graph(vehicle: Vehicle) -> Graph:
        def matrix(name: str) -> Matrix:
            named = f"{vehicle.value}.{name}."
            return Matrix(**{f.name: arrays[named + f.name] for f in dataclasses.fields(Matrix)})

        matrices: dict[str, Any] = {name: matrix(name) for name in ("forward", "backward")}
        own = {f.name for f in dataclasses.fields(Graph)} - set(matrices)
        plain: dict[str, Any] = {name: arrays[f"{vehicle.value}.{name}"] for name in own}
        return Graph(**matrices, **plain)

    own = {f.name for f in dataclasses.fields(Network)} - set(_PLAIN)
    return cls(
        key=about["key"],
        name=about["name"],
        as_of=about["as_of"],
        junctions=tuple(Junction(name, road, (x, y)) for name, road, x, y in about["junctions"]),
        counts=about["counts"],
        graphs={vehicle: graph(vehicle) for vehicle in Vehicle},
        **{name: arrays[name] for name in own},
    )
