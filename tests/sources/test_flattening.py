"""WKB of every dialect comes out plain, and nothing else does."""

from __future__ import annotations

import math
import re
import struct

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.sources import wkb
from finder.sources.flattening import Flattener
from finder.sources.wkb import Unreadable

numbers = st.floats(-1e6, 1e6)


def wkbs(geometry: shapely.Geometry) -> list[bytes]:
    return [
        shapely.to_wkb(geometry, byte_order=order, flavor=flavor, include_srid=flavor == "extended")
        for order in (0, 1)
        for flavor in ("iso", "extended")
    ]


SHAPES = [
    "POINT (1 2)",
    "POINT EMPTY",
    "LINESTRING (0 0, 1 1, 2 0)",
    "LINESTRING EMPTY",
    "POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1))",
    "POLYGON EMPTY",
    "MULTIPOINT ((0 0), (1 1))",
    "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
    "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
    "GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION (LINESTRING (0 0, 1 1)))",
]


@pytest.mark.parametrize("text", SHAPES)
@pytest.mark.parametrize("dimensions", ["", " Z", " M", " ZM"])
def test_every_kind_in_every_dialect(text: str, dimensions: str) -> None:
    plain = shapely.set_srid(shapely.from_wkt(text), 25832)
    more = "".join(f" {i + 7}" for i in range(len(dimensions.strip())))
    deep = text
    if dimensions:
        head, _, rest = text.partition(" ")
        if rest != "EMPTY":
            rest = "".join(
                part if not part.strip(" ") or part[0] not in "0123456789" else part + more for part in _positions(rest)
            )
        deep = f"{head}{dimensions} {rest}"
        for name in ("POINT", "LINESTRING", "GEOMETRYCOLLECTION"):
            deep = deep.replace(f" {name} (", f" {name}{dimensions} (").replace(f"({name} (", f"({name}{dimensions} (")
    for data in wkbs(shapely.set_srid(shapely.from_wkt(deep), 25832)):
        flattener = Flattener()
        flat = flattener.flat(data)
        assert wkb.is_plain(flat)
        assert shapely.from_wkb(flat).wkt == plain.wkt
        assert flattener.flattened == (dimensions != "" and "EMPTY" not in text) or "EMPTY" in text
        assert not flattener.straightened


def _positions(text: str) -> list[str]:
    return re.split(r"(\d+ \d+)", text)


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=4, max_size=8), st.integers(0, 1))
def test_a_third_number_is_left_out(positions: list[tuple[float, float, float]], order: int) -> None:
    ring = shapely.Polygon([*positions, positions[0]])
    flattener = Flattener()
    flat = flattener.flat(shapely.to_wkb(ring, byte_order=order, flavor="iso"))
    assert flat == shapely.to_wkb(shapely.force_2d(ring), byte_order=1)
    assert flattener.vertices == len(positions) + 1
    assert flattener.flattened


def head(kind: int, *content: bytes, count: int | None = None) -> bytes:
    return (
        b"\1"
        + struct.pack("<I", kind)
        + struct.pack("<I", len(content) if count is None else count)
        + b"".join(content)
    )


def run(kind: int, *positions: tuple[float, ...]) -> bytes:
    return head(kind, *(struct.pack(f"<{len(p)}d", *p) for p in positions))


CIRCLE = run(8, (1, 0), (0, 1), (-1, 0), (0, -1), (1, 0))


@pytest.mark.parametrize(
    ("data", "area"),
    [
        (head(10, CIRCLE), math.pi),
        (head(10, head(9, run(8, (1, 0), (0, 1), (-1, 0)), run(2, (-1, 0), (1, 0)))), math.pi / 2),
        (head(12, head(10, CIRCLE), run(3)), math.pi),
        (head(7, head(10, CIRCLE)), math.pi),
        (head(1010, run(1008, (1, 0, 9), (0, 1, 9), (-1, 0, 9), (0, -1, 9), (1, 0, 9))), math.pi),
    ],
)
def test_arcs_become_lines_that_keep_the_area(data: bytes, area: float) -> None:
    flattener = Flattener()
    flat = flattener.flat(data)
    assert wkb.is_plain(flat)
    assert shapely.area(shapely.from_wkb(flat)) == pytest.approx(area, rel=1e-9)
    assert flattener.straightened


def test_lines_of_arcs() -> None:
    data = head(11, run(2, (0, 0), (1, 0)), CIRCLE, head(9))
    found = shapely.from_wkb(Flattener().flat(data))
    assert found.geom_type == "MultiLineString"
    assert found.length == pytest.approx(1 + 2 * math.pi, rel=1e-4)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\1",
        b"\2" + shapely.Point(1, 2).wkb[1:],
        shapely.Point(1, 2).wkb[:-1],
        shapely.Point(1, 2).wkb + b"x",
        head(2, count=2**32 - 1),
        head(3, count=2**32 - 1),
        head(7, count=2**32 - 1),
        head(9, count=2**32 - 1),
        head(0), head(13), head(15), head(16), head(17), head(4002), head(99),
        head(1004, run(1002, (0, 0, 0), (1, 1, 1))),
        head(12, CIRCLE),
        head(10, run(3)),
        run(8, (0, 0), (1, 1)),
        head(7, head(7, head(7, head(17)))),
    ],
)  # fmt: skip
def test_what_is_no_place(data: bytes) -> None:
    with pytest.raises(Unreadable):
        Flattener().flat(data)


@pytest.mark.parametrize("kind", [7, 9])
def test_what_nests_without_end(kind: int) -> None:
    data = run(2)
    for _ in range(5000):
        data = head(kind, data)
    with pytest.raises(Unreadable):
        Flattener().flat(data)


@given(st.sampled_from(SHAPES), st.integers(0, 3), st.data())
def test_any_bytes_are_plain_or_refused(text: str, dialect: int, data: st.DataObject) -> None:
    changed = bytearray(wkbs(shapely.from_wkt(text))[dialect])
    for _ in range(data.draw(st.integers(0, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        flat = Flattener().flat(bytes(changed))
    except Unreadable:
        return
    assert wkb.is_plain(flat)
