"""Bringing access points in: those of the same source give way, bundled ones stay, sites are measured anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from finder import crs, pipeline
from finder.errors import NotFound, UnusableInput
from finder.model.access import Access
from finder.model.vocabulary import AccessKind
from finder.sources import bundled
from finder.store import reference, sites
from finder.store.database import Database
from tests import factories

FREIGHT, PORT, AIRPORT = AccessKind.RAIL_FREIGHT, AccessKind.INLAND_PORT, AccessKind.AIRPORT


def written(path: Path, *rows: dict[str, Any]) -> Path:
    """Write points as GeoJSON; each is a freight terminal unless it says otherwise, `east` metres from the site."""
    features = []
    for number, row in enumerate(rows, 1):
        row = {"id": number, "kind": "KV-Terminal", "name": f"Terminal {number}", **row}
        place = crs.to_lonlat(factories.at(row.pop("east", 1000.0), 0))
        features.append({"type": "Feature", "geometry": json.loads(shapely.to_geojson(place)), "properties": row})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@pytest.fixture
def filled(database_url: str) -> Iterator[Database]:
    """A database of one site, measured to a freight terminal, two ports and an airport that were there before."""
    points = [
        factories.access_point(FREIGHT, 9_000, id="old-terminal"),
        factories.access_point(PORT, 3_000, id="old-port"),
        factories.access_point(PORT, 4_000, id="far-port"),
        factories.access_point(AIRPORT, 20_000, id="old-airport"),
    ]
    site = factories.site(id="A-1", geometry=factories.at())
    with factories.database(database_url, [site, factories.site()], access_points=points) as database:
        yield database


def nearest(database: Database) -> dict[AccessKind, Access]:
    with database.reading() as session:
        return {way.kind: way for way in sites.get(session, "A-1").access if way.vehicle is way.kind.vehicle}


def ids(database: Database) -> set[str]:
    with database.reading() as session:
        return {point.id for point in reference.access_points(session)}


def km(database: Database) -> dict[AccessKind, float]:
    return {kind: round(way.km, 2) for kind, way in nearest(database).items()}


def test_points_join_those_of_other_sources_and_sites_are_measured_to_them(filled: Database, tmp_path: Path) -> None:
    path = written(tmp_path / "points.geojson", {"east": 2_000.0}, {"east": 700.0, "name": "Gleis 7"})
    report = pipeline.load_access(filled, path, source="Eigene")
    assert (report.loaded, report.removed, report.total) == ({FREIGHT: 2}, {}, {FREIGHT: 3, PORT: 2, AIRPORT: 1})
    assert (report.changed, report.measured, report.rejected, report.stored) == ({FREIGHT}, 2, 0, True)
    assert km(filled) == {FREIGHT: 0.7, PORT: 3.0, AIRPORT: 20.0}
    way = nearest(filled)[FREIGHT]
    assert (way.point_name, way.source) == ("Gleis 7", "Eigene")
    again = pipeline.load_access(filled, path, source="Eigene")
    assert (again.changed, again.measured) == (frozenset(), 0)


def test_a_file_takes_the_place_of_its_source_alone(filled: Database, tmp_path: Path) -> None:
    pipeline.load_access(filled, written(tmp_path / "a.geojson", {"east": 500.0}), source="A")
    pipeline.load_access(filled, written(tmp_path / "b.geojson", {"east": 800.0}), source="B")
    report = pipeline.load_access(
        filled, written(tmp_path / "c.geojson", {"east": 2_000.0, "kind": "Hafen"}), source="A"
    )
    assert (report.loaded, report.removed) == ({PORT: 1}, {FREIGHT: 1})
    assert report.changed == {FREIGHT, PORT}
    assert km(filled) == {FREIGHT: 0.8, PORT: 2.0, AIRPORT: 20.0}
    assert ids(filled) >= {"old-terminal", "old-port", "far-port", "old-airport"}


def test_a_file_may_hold_all_points_of_its_kinds(filled: Database, tmp_path: Path) -> None:
    path = written(tmp_path / "points.geojson", {"east": 12_000.0})
    report = pipeline.load_access(filled, path, replace=True)
    assert (report.removed, report.total) == ({FREIGHT: 1}, {FREIGHT: 1, PORT: 2, AIRPORT: 1})
    assert km(filled)[FREIGHT] == 12.0
    assert "old-terminal" not in ids(filled)
    assert "old-port" in ids(filled)


def test_rejected_rows_leave_the_others(filled: Database, tmp_path: Path) -> None:
    report = pipeline.load_access(filled, written(tmp_path / "p.geojson", {"kind": "Hangar"}, {"east": 100.0}))
    assert (report.read, report.rejected, report.loaded) == (2, 1, {FREIGHT: 1})
    assert [(i.row, i.field, i.value) for i in report.issues if i.action == "rejected"] == [(1, "kind", "Hangar")]


def test_a_dry_run_tells_all_and_stores_nothing(filled: Database, tmp_path: Path) -> None:
    before = ids(filled), km(filled)
    path = written(tmp_path / "points.geojson", {"east": 100.0})
    dry = pipeline.load_access(filled, path, dry_run=True)
    assert (ids(filled), km(filled)) == before
    real = pipeline.load_access(filled, path)
    assert (dry.stored, dry.total, dry.measured) == (False, real.total, real.measured)
    now = ids(filled), km(filled)
    assert not pipeline.withdraw_access(filled, "points.geojson", dry_run=True).stored
    assert (ids(filled), km(filled)) == now != before


def test_points_are_taken_back(filled: Database, tmp_path: Path) -> None:
    before = ids(filled), km(filled)
    pipeline.load_access(filled, written(tmp_path / "points.geojson", {"east": 100.0}), source="Eigene")
    back = pipeline.withdraw_access(filled, "Eigene")
    assert (back.removed, back.returned, back.measured) == ({FREIGHT: 1}, {}, 2)
    assert (ids(filled), km(filled)) == before


def test_where_none_is_left_the_bundled_ones_return(filled: Database, tmp_path: Path) -> None:
    pipeline.load_access(filled, written(tmp_path / "p.geojson", {"east": 100.0}), source="Eigene", replace=True)
    back = pipeline.withdraw_access(filled, "Eigene")
    ours = {point.id for point in bundled.access_points() if point.kind is FREIGHT}
    assert (back.removed, back.returned) == ({FREIGHT: 1}, {FREIGHT: len(ours)})
    assert ids(filled) == ours | {"old-port", "far-port", "old-airport"}
    assert nearest(filled)[FREIGHT].point_id in ours


def test_only_loaded_points_are_taken_back(filled: Database, tmp_path: Path) -> None:
    pipeline.load_access(filled, written(tmp_path / "p.geojson", {}), source="Eigene")
    with filled.writing() as session:
        everything = [*reference.access_points(session), *bundled.access_points()]
        reference.replace(session, type(everything[0]), everything)
    for source in (str(bundled.access_points()[0].source), "Fremde"):
        with pytest.raises(NotFound, match="loaded are: Eigene, test"):
            pipeline.withdraw_access(filled, source)


@pytest.mark.parametrize(
    ("rows", "how", "message"),
    [
        (({"kind": None},), {}, "No row of the file is an access point"),
        (({"kind": "Hafen"},), {"kind": FREIGHT}, "no point of the kind rail_freight"),
        (({},), {"crs_given": "EPSG:99999"}, "is not known"),
    ],
)
def test_what_cannot_be_used_loses_nothing(
    filled: Database, tmp_path: Path, rows: tuple[dict[str, Any], ...], how: dict[str, Any], message: str
) -> None:
    before = ids(filled), km(filled)
    with pytest.raises(UnusableInput, match=message):
        pipeline.load_access(filled, written(tmp_path / "points.geojson", *rows), replace=True, **how)
    assert (ids(filled), km(filled)) == before
