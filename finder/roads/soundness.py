"""Whether the arrays of a network fit each other: what is told by their lengths, and what a search must not follow.

Searches run in compiled code that looks at no bounds: what rows and columns of a matrix say is looked at first.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from finder.roads.triangles import FAR_AWAY, RUN

if TYPE_CHECKING:
    from finder.roads.network import Graph, Matrix, Network

TYPES = {
    "Ints": np.int32,
    "Longs": np.int64,
    "Reals": np.float64,
    "NDArray[np.float32]": np.float32,
    "NDArray[np.uint8]": np.uint8,
}
"""What arrays are made of, by the word that stands at the fields of a network."""


class NotSoundError(ValueError):
    """Arrays do not fit each other."""


def check(network: Network) -> None:
    """Refuse a network whose arrays do not fit each other; tens of milliseconds for a million crossings.

    Raises
    ------
    NotSoundError
        Types, lengths, or the rows and columns of a matrix.
    """
    n = len(network.segment_from)
    _typed(network)
    _shaped(network.node_xy, (None, 2))
    _shaped(network.shape_cm, (None, 2))
    for array in (network.segment_to, network.length_m, network.flags):
        _shaped(array, (n,))
    _require(len(network.settlement_m) in (0, n))
    _offsets(network.shape_start, n, len(network.shape_cm))
    _offsets(network.cell_start, len(network.cell_key), len(network.cell_segment))
    _shaped(network.place_xy, (None, 2))
    _shaped(network.node_place, (len(network.node_xy),))
    _require(int(network.node_place.max(initial=-1)) == len(network.place_xy) - FAR_AWAY - 1)
    _triangles(network)
    for graph in network.graphs.values():
        _graph(graph, 2 * n)


def _triangles(network: Network) -> None:
    _shaped(network.triangle, (None, 3))
    corners = network.triangle
    _require(int(corners.min(initial=0)) >= 0 and int(corners.max(initial=-1)) < len(network.place_xy))
    _offsets(network.corner_run_start, -(-len(corners) // RUN), len(network.corner_run))


def _graph(graph: Graph, arcs: int) -> None:
    _typed(graph)
    states = len(graph.state_node)
    for matrix in (graph.forward, graph.backward):
        _matrix(matrix, states)
    _shaped(graph.head, (arcs, 2))
    _shaped(graph.seconds, (arcs,))
    _offsets(graph.entry_start, arcs, len(graph.entry))


def _matrix(matrix: Matrix, states: int) -> None:
    _typed(matrix)
    entries = len(matrix.column)
    _offsets(matrix.start, states, entries)
    _shaped(matrix.seconds, (entries,))
    _shaped(matrix.arc, (entries,))
    if entries:
        _require(bool((np.diff(matrix.start) >= 0).all()))
        _require(int(matrix.column.min()) >= 0 and int(matrix.column.max()) < states)
        _require(float(matrix.seconds.min()) > 0.0)


def _typed(found: Any) -> None:
    for field in dataclasses.fields(found):
        if field.type in TYPES:
            _require(getattr(found, field.name).dtype == TYPES[str(field.type)])


def _shaped(array: NDArray[Any], shape: tuple[int | None, ...]) -> None:
    _require(array.ndim == len(shape))
    _require(all(wanted in (None, given) for given, wanted in zip(array.shape, shape, strict=True)))


def _offsets(start: NDArray[Any], n: int, end: int) -> None:
    _shaped(start, (n + 1,))
    _require(int(start[0]) == 0 and int(start[-1]) == end)


def _require(fits: bool) -> None:
    if not fits:
        raise NotSoundError
