"""From the roads of an extract to the network: cut, judged for each vehicle, split where turns are restricted."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from finder import crs
from finder.errors import UnusableInput
from finder.language import N_
from finder.model.vocabulary import Vehicle
from finder.roads import junctions, network, rules, segments, squares, states, triangles
from finder.roads.arrays import Ints, Reals
from finder.roads.network import FROM_PLOTS, MAIN, MOTORWAY, RAMP, Graph, Network
from finder.roads.records import RoadRecords, Tags
from finder.roads.segments import Segments
from finder.roads.states import Arcs

Progress = Callable[[str], None]
FAR_M = 100_000.0
"""How far around all crossings the four places lie that close the triangles: no isochrone comes there."""


def build(records: RoadRecords, progress: Progress = lambda step: None) -> Network:
    """Return the network of an extract's roads.

    Raises
    ------
    UnusableInput
        No vehicle may drive anywhere on it.
    """
    progress(N_("Reading the rules of the roads"))
    ways = [rules.way(tags) for tags in records.tag_sets]
    usable = np.array([any(_allows(way, vehicle) for vehicle in Vehicle) for way in ways], dtype=bool)
    wanted = usable[records.way_tags] if len(records) else np.zeros(0, dtype=bool)
    if not wanted.any():
        raise UnusableInput(N_("The extract holds no road that a car or a truck may drive on."))
    progress(N_("Cutting the roads at their crossings"))
    hindered = set().union(*(_impassable(records, vehicle) for vehicle in Vehicle))
    cut = segments.cut(records, wanted, [*hindered, *(turn.via_node for turn in records.restrictions)])
    sets = records.way_tags[cut.way]
    progress(N_("Joining the roads"))
    graphs, flags = {}, _flags(ways, sets)
    for vehicle in Vehicle:
        arcs = _arcs(records, cut, ways, sets, vehicle)
        made = states.split(arcs, len(cut.node))
        main = made.main[0::2] | made.main[1::2]
        flags |= np.where(main, np.uint8(MAIN[vehicle]), np.uint8(0))
        graphs[vehicle] = _graph(arcs, made)
    progress(N_("Measuring built-up areas"))
    settlement_m = _settlement_m(cut, records.built_up)
    progress(N_("Joining neighbouring crossings by triangles"))
    place_xy, node_place = _places(cut, flags)
    triangle = triangles.between(place_xy)
    corner_run, corner_run_start = triangles.corner_runs(triangle)
    cell_key, cell_start, cell_segment = squares.index(cut.lines())
    built = Network(
        key="",
        name=records.name,
        as_of=records.as_of,
        node_xy=cut.node_xy,
        segment_from=cut.start,
        segment_to=cut.end,
        shape_start=cut.shape_start,
        shape_cm=cut.shape_cm,
        length_m=cut.length_m.astype(np.float32),
        settlement_m=settlement_m,
        flags=flags,
        ramp_arcs=_ramp_arcs(cut, flags, graphs),
        cell_key=cell_key,
        cell_start=cell_start,
        cell_segment=cell_segment,
        place_xy=place_xy,
        node_place=node_place,
        triangle=triangle,
        corner_run=corner_run,
        corner_run_start=corner_run_start,
        graphs=graphs,
        junctions=junctions.named(records),
        counts=_counts(records, ways, cut, graphs, flags),
    )
    return dataclasses.replace(built, key=network.digest(built))


def _allows(way: rules.Way, vehicle: Vehicle) -> bool:
    rule = way.rules[vehicle]
    return rule.forward_km_h is not None or rule.backward_km_h is not None


def _impassable(records: RoadRecords, vehicle: Vehicle) -> set[int]:
    """Return the nodes that the vehicle cannot pass: barriers, and places too low, narrow or weak for it."""
    return {node for node, tags in records.node_tags.items() if not rules.passable(tags, vehicle)}


def _flags(ways: Sequence[rules.Way], sets: Ints) -> NDArray[np.uint8]:
    bits = [FROM_PLOTS * way.from_plots | RAMP * way.ramp | MOTORWAY * (way.motorway and not way.ramp) for way in ways]
    return np.array(bits, dtype=np.uint8)[sets]


def _arcs(records: RoadRecords, cut: Segments, ways: Sequence[rules.Way], sets: Ints, vehicle: Vehicle) -> Arcs:
    """Return all arcs as the vehicle finds them."""
    km_h = np.array([[way.rules[vehicle].forward_km_h, way.rules[vehicle].backward_km_h] for way in ways], dtype=float)
    inner = np.array([way.rules[vehicle].destination_only for way in ways], dtype=bool)
    with np.errstate(invalid="ignore"):
        seconds = cut.length_m[:, None] / (km_h[sets] / 3.6)
    blocked = np.isin(cut.node, list(_impassable(records, vehicle)))
    tail = np.column_stack([cut.start, cut.end]).reshape(-1).astype(np.int64)
    head = np.column_stack([cut.end, cut.start]).reshape(-1).astype(np.int64)
    arcs = Arcs(
        tail=tail,
        head=head,
        seconds=np.where(np.isnan(seconds), np.inf, seconds).reshape(-1),
        destination=np.repeat(inner[sets], 2),
        blocked=blocked,
        banned={},
    )
    return dataclasses.replace(arcs, banned=_banned(records, cut, arcs, vehicle))


def _banned(records: RoadRecords, cut: Segments, arcs: Arcs, vehicle: Vehicle) -> Mapping[int, set[int]]:
    """Return, for each arc that a turn restriction binds, the arcs that may not follow it."""
    turns = [turn for turn in records.restrictions if rules.restricts(turn.tags, vehicle)]
    number = np.full(len(records.lonlat), -1, dtype=np.int64)
    number[cut.node] = np.arange(len(cut.node))
    via = np.zeros(len(cut.node) + 1, dtype=bool)
    via[[number[turn.via_node] for turn in turns]] = True
    allowed = np.isfinite(arcs.seconds)
    way = cut.way
    arriving: dict[tuple[int, int], list[int]] = defaultdict(list)
    following: dict[int, list[int]] = defaultdict(list)
    for arc in np.flatnonzero(allowed & via[arcs.head]).tolist():
        arriving[int(arcs.head[arc]), int(way[arc // 2])].append(arc)
    for arc in np.flatnonzero(allowed & via[arcs.tail]).tolist():
        following[int(arcs.tail[arc])].append(arc)
    banned: dict[int, set[int]] = defaultdict(set)
    only: dict[int, set[int]] = defaultdict(set)
    for turn in turns:
        crossing = int(number[turn.via_node])
        into = {arc for arc in following[crossing] if way[arc // 2] == turn.to_way}
        for arc in arriving[crossing, turn.from_way]:
            if turn.only:
                only[arc] |= into  # several may be allowed, each by a restriction of its own
            elif turn.from_way != turn.to_way:
                banned[arc] |= into
            else:
                # a way that goes on through the crossing: back, or on, but not both are meant
                banned[arc] |= into & {arc ^ 1} if _is_u_turn(turn.tags) else into - {arc ^ 1}
    for arc, into in only.items():
        if into:  # else what alone is allowed is not there: to forbid all else would make a trap of it
            banned[arc] |= set(following[int(arcs.head[arc])]) - into
    return banned


def _is_u_turn(tags: Tags) -> bool:
    return any("u_turn" in value for value in tags.values())


def _graph(arcs: Arcs, made: states.States) -> Graph:
    return Graph(
        forward=made.forward,
        backward=made.backward,
        state_node=made.node,
        head=made.head,
        seconds=np.where(np.isfinite(arcs.seconds), np.maximum(arcs.seconds, states.SHORTEST_S), np.inf),
        entry=made.entry,
        entry_start=made.entry_start,
    )


def _places(cut: Segments, flags: NDArray[np.uint8]) -> tuple[Reals, Ints]:
    """Return where the crossings lie that any vehicle gets to and from, four more far around, and each one's place.

    The vehicles share them: where only one of them gets to a crossing, the other's areas leave it out.
    """
    inside = np.zeros(len(cut.node), dtype=bool)
    main = (flags & sum(MAIN.values())) > 0
    inside[cut.start[main]] = True
    inside[cut.end[main]] = True
    crossing = np.flatnonzero(inside)
    xy, place = np.unique(cut.node_xy[crossing], axis=0, return_inverse=True)
    # in the order of the crossings again, for neighbours' sake
    first = np.full(len(xy), len(crossing))
    np.minimum.at(first, place.reshape(-1), np.arange(len(crossing)))
    order = np.argsort(first)
    rank = np.empty(len(xy), dtype=np.int32)
    rank[order] = np.arange(len(xy))
    node_place = np.full(len(cut.node), -1, dtype=np.int32)
    node_place[crossing] = rank[place.reshape(-1)]
    west, south = cut.node_xy.min(axis=0) - FAR_M
    east, north = cut.node_xy.max(axis=0) + FAR_M
    corners = np.array([[west, south], [east, south], [east, north], [west, north]])
    place_xy = np.concatenate([xy[order], corners])
    return place_xy, node_place


def _ramp_arcs(cut: Segments, flags: NDArray[np.uint8], graphs: Mapping[Vehicle, Graph]) -> Ints:
    """Return the arcs by which one leaves other roads for a motorway's ramp."""
    ramp = (flags & RAMP) > 0
    other = ~ramp & ((flags & MOTORWAY) == 0)
    met = np.zeros(len(cut.node), dtype=bool)
    met[cut.start[other]] = True
    met[cut.end[other]] = True
    tail = np.column_stack([cut.start, cut.end]).reshape(-1)
    driven = np.isfinite(np.minimum(*(graph.seconds for graph in graphs.values())))
    return np.flatnonzero(np.repeat(ramp, 2) & met[tail] & driven).astype(np.int32)


def _settlement_m(cut: Segments, built_up: NDArray[np.object_] | None) -> NDArray[np.float32]:
    """Return how many metres of each segment lead through built-up areas; none at all where none are known."""
    if built_up is None or not len(built_up):
        return np.zeros(0, dtype=np.float32)
    areas = crs.to_metric(shapely.make_valid(shapely.from_wkb(built_up)))
    lines = cut.lines()
    line, area = shapely.STRtree(areas).query(lines, predicate="intersects")
    shapely.prepare(areas)
    share = np.zeros(len(lines))
    whole = np.unique(line[shapely.covers(areas[area], lines[line])])
    partly = np.flatnonzero(np.isin(line, whole, invert=True))
    partly = partly[np.argsort(line[partly], kind="stable")]
    line, first, hits = np.unique(line[partly], return_index=True, return_counts=True)
    met = areas[area[partly[first]]]
    for i in np.flatnonzero(hits > 1).tolist():
        # where areas overlap the same metres count once
        several = areas[area[partly[first[i] : first[i] + hits[i]]]]
        met[i] = shapely.union_all(shapely.intersection(several, shapely.envelope(lines[line[i]]).buffer(1.0)))
    share[line] = shapely.length(shapely.intersection(lines[line], met)) / shapely.length(lines[line])
    share[whole] = 1.0
    return (np.minimum(share, 1.0) * cut.length_m).astype(np.float32)


def _counts(
    records: RoadRecords,
    ways: Sequence[rules.Way],
    cut: Segments,
    graphs: Mapping[Vehicle, Graph],
    flags: NDArray[np.uint8],
) -> Mapping[str, int]:
    """Return what there is to say of the network in numbers."""
    told = {"ways": len(records), "crossings": len(cut.node), "segments": len(cut)}
    for vehicle, graph in graphs.items():
        told[f"arcs_{vehicle.value}"] = int(np.isfinite(graph.seconds).sum())
        told[f"main_{vehicle.value}"] = int(((flags & MAIN[vehicle]) > 0).sum())
    told["unread_ways"] = int(np.array([bool(way.unread) for way in ways])[records.way_tags].sum())
    told["ways_by_time"] = int(np.array([bool(way.by_time) for way in ways])[records.way_tags].sum())
    return {**told, "restrictions": len(records.restrictions), **records.counts}
