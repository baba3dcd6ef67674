"""The extracts that tests are made of: what the invented town promises."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import osmium
import pytest

from tests.roads.extracts import Extract, grid


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    made = Extract().node(2, 7.1, 51.6, barrier="gate").node(1, 7.0, 51.5).way(3, [1, 2], highway="road", lanes=2)
    made.restriction(4, 3, 2, 3, "no_u_turn")
    found = [(o.type_str(), o.id, dict(o.tags)) for o in osmium.FileProcessor(str(made.write(tmp_path / "a.osm.pbf")))]
    assert found == [
        ("n", 1, {}),
        ("n", 2, {"barrier": "gate"}),
        ("w", 3, {"highway": "road", "lanes": "2"}),
        ("r", 4, {"type": "restriction", "restriction": "no_u_turn"}),
    ]


@pytest.mark.parametrize(("columns", "rows"), [(6, 5), (4, 2), (2, 1), (9, 3)])
def test_the_town_is_one(columns: int, rows: int) -> None:
    made = grid(columns, rows)
    assert len(parts(made)) == 1
    assert {len(nodes) for nodes in parts(grid(columns, rows, joined=False))} == {1, len(parts(made)[0]) - 8}
    assert len({place[:2] for place in made.nodes.values()}) == len(made.nodes)
    assert all(7.0 <= lon <= 7.3 and 51.5 <= lat <= 51.7 for lon, lat, _ in made.nodes.values())


def parts(made: Extract) -> list[set[int]]:
    """Return the nodes that cars can reach from one another."""
    graph = nx.DiGraph()
    for nodes, tags in made.ways.values():
        if "highway" in tags:
            nx.add_path(graph, nodes)
            if tags.get("oneway") != "yes":
                nx.add_path(graph, nodes[::-1])
    return list(nx.strongly_connected_components(graph))
