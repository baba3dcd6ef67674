"""Outlines of areas of plans: patches, arcs, holes, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from finder.sources.sentences import Refusal
from tests.sources.files import read, refused, written
from tests.sources.xplans import (
    EAST,
    NORTH,
    UTM,
    Ref,
    Xml,
    bent,
    file,
    outline,
    parsed,
    pierced,
    plan,
    polygon,
    ring,
    rows,
    said,
    section,
    square,
    surface,
    surfaces,
    whole,
    zone,
)

# -- outlines ---------------------------------------------------------------------------------------------------------

X, Y = EAST, NORTH


@pytest.mark.parametrize(
    ("position", "area"),
    [
        (polygon(square(X, Y, 100)), 10_000),
        (polygon(square(X, Y, 100), square(X + 10, Y + 10, 20), square(X + 50, Y + 50, 20)), 9_200),
        (surface(polygon(square(X, Y, 100), square(X + 10, Y + 10, 20), kind="PolygonPatch", srs=None)), 9_600),
        (surfaces(polygon(square(X, Y, 100), srs=None), polygon(square(X + 200, Y, 50), srs=None)), 12_500),
        (
            surfaces(
                surface(
                    polygon(square(X, Y, 100), kind="PolygonPatch", srs=None),
                    polygon(square(X + 100, Y, 100), kind="PolygonPatch", srs=None),
                    srs=None,
                )
            ),
            20_000,
        ),
        (surface(pierced(bent(X, Y, 100)[0], kind="PolygonPatch")), bent(X, Y, 100)[1]),
        (pierced(ring(square(X, Y, 200)), bent(X + 50, Y + 50, 40)[0], srs=UTM), 40_000 - bent(0, 0, 40)[1]),
    ],
)
def test_outlines_keep_their_area(tmp_path: Path, position: str, area: float) -> None:
    table = parsed(tmp_path, whole(zone(position=Xml(position))))
    shape = outline(table)
    assert shape.is_valid or shape.geom_type == "MultiPolygon"  # patches may share edges
    assert shape.area == pytest.approx(area, rel=1e-3)
    assert {issue.rule for issue in table.notes} <= {"curves_straightened"}


def test_an_outline_that_cannot_be_read_leaves_the_row(tmp_path: Path) -> None:
    broken = pierced("<gml:LinearRing><gml:posList>1 2 x</gml:posList></gml:LinearRing>")
    table = parsed(tmp_path, whole(zone("a", position=Xml(broken)), zone("b")))
    assert said(table) == [("geometry_unreadable", 1, None)]
    assert [row["gml_id"] for row in rows(table)] == ["a", "b"]


def test_a_further_outline_is_noted(tmp_path: Path) -> None:
    table = parsed(tmp_path, whole(zone(umriss=Xml(polygon(square(X, Y, 5))))))
    assert said(table) == [("geometry_further", 1, None)]
    assert outline(table).area == 10_000


def test_an_outline_elsewhere_is_noted(tmp_path: Path) -> None:
    table = parsed(tmp_path, whole(zone("a", position=Ref("#g")), zone("b", position=None)))
    assert said(table) == [("reference_left_out", 1, None)]
    assert table.geometry is not None
    assert table.geometry.to_pylist() == [None, None]


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    refused(written(tmp_path, "a.gml", file()), "no_rows")
    refused(written(tmp_path, "b.gml", file(section())), "no_rows")


def test_other_encodings_and_the_default_namespace(tmp_path: Path) -> None:
    content = whole(zone(gliederung1="Süd"), version="6.0").replace("xplan:", "").replace("xmlns:xplan", "xmlns")
    for encoding in ("ISO-8859-1", "UTF-16"):
        path = tmp_path / f"{encoding}.xml"
        path.write_bytes(content.replace('"UTF-8"', f'"{encoding}"').encode(encoding))
        assert list(read(path).columns["gliederung1"]) == ["Süd"]


def test_the_envelope_names_the_system(tmp_path: Path) -> None:
    area = zone(position=Xml(polygon(square(X, Y, 100), srs=None)))
    table = parsed(tmp_path, file(plan(), section(), area, srs="urn:adv:crs:ETRS89_UTM32"))
    assert table.srs_name == "urn:adv:crs:ETRS89_UTM32"


def test_systems_differ(tmp_path: Path) -> None:
    other = zone("b", position=Xml(polygon(square(X, Y, 100), srs="EPSG:31466")))
    with pytest.raises(Refusal, match="several_crs"):
        parsed(tmp_path, whole(zone("a"), other))
