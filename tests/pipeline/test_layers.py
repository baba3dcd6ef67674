"""Zoning layers from files: what is understood, what is refused, and that all of it is stored or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pytest
import shapely

from finder import crs, pipeline
from finder.errors import ConfigError, NotFound, UnusableInput
from finder.language import Language
from finder.model.vocabulary import PlanStatus, Zoning
from finder.pipeline import delivery
from finder.store import reference, sites, zones
from finder.store.database import Database
from tests import factories
from tests.factories import at, site, square

ENGLISH = Language("en")
EVERYWHERE = (0.0, 0.0, 1e6, 1e7)


def write(path: Path, *rows: dict[str, Any]) -> Path:
    """Write zones as GeoJSON; each row's `geometry` is in metres."""
    features = [
        {
            "type": "Feature",
            "geometry": None if row["geometry"] is None else shapely.geometry.mapping(crs.to_lonlat(row["geometry"])),
            "properties": {name: value for name, value in row.items() if name != "geometry"},
        }
        for row in rows
    ]
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return path


def zone(geometry: Any = None, **known: Any) -> dict[str, Any]:
    """Return a row of a layer."""
    return {
        "geometry": geometry or square(),
        "Baugebiet": "Gewerbegebiet",
        "Rechtsstand": 4000,
        "Plan": "Nr. 12",
    } | known


def load(database: Database, path: Path, **settings: Any) -> pipeline.LayerReport:
    return pipeline.load_zoning(database, path, at=factories.NOW, **settings)


def said(report: pipeline.LayerReport) -> list[tuple[int | None, str, str]]:
    return [(i.row, i.action, i.rule) for i in report.issues]


def state(database: Database) -> list[Any]:
    """Return everything a load may change."""
    with database.reading() as session:
        tables = ("zone", "site", "revision", "delivery")
        return [session.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").all() for table in tables]


def test_a_layer_is_read_stored_and_held_against_the_sites(database_url: str, tmp_path: Path) -> None:
    path = write(
        tmp_path / "plans.geojson",
        zone(GRZ="0,8", Stand="12.03.2015", Quelle="Musterstadt", Zusatz="GE 1", Link="https://example.org/12"),
        zone(square(500, 0), Baugebiet="1800", Rechtsstand="rechtskräftig", GFZ=2.4),
        zone(square(900, 0), Baugebiet="GI", Rechtsstand="im Verfahren"),
    )
    known = [site(id="A-1", geometry=square()), site(geometry=square(500, 0), zoning=(Zoning.GE,)), site(geometry=None)]
    with factories.database(database_url, known) as database:
        report = load(database, path)
        assert (report.source, report.profile, report.stored, report.changed) == ("plans.geojson", "zoning", True, True)
        assert {name: count for name, count in report.counts().items() if count} == {
            **dict.fromkeys(("read", "zones"), 3),
            "in_force": 2,
            **dict.fromkeys(("given", "differing", "without"), 1),
        }
        with database.reading() as session:
            first, second = zones.meeting(session, EVERYWHERE)
            (one,) = (sites.get(session, "A-1").site,)
    assert (first.zoning, first.grz, first.as_of, first.publisher) == ((Zoning.GE,), 0.8, "2015-03-12", "Musterstadt")
    assert (first.plan_name, first.plan_url, first.zoning_detail) == ("Nr. 12", "https://example.org/12", "GE 1")
    assert (second.zoning, second.gfz, second.plan_status) == ((Zoning.GI,), 2.4, PlanStatus.IN_FORCE)
    assert (one.zoning, one.grz, one.origin("grz").source) == ((Zoning.GE,), 0.8, "Nr. 12 (Musterstadt)")


def test_the_same_file_twice_changes_nothing(database_url: str, tmp_path: Path) -> None:
    path = write(tmp_path / "plans.geojson", zone(), zone(square(500, 0)))
    with factories.database(database_url, [site(geometry=square())]) as database:
        load(database, path)
        before = state(database)
        again = load(database, path)
        assert (again.changed, again.stored, again.applied.kept) == (False, True, 1)
        assert state(database) == before


def test_a_dry_run_tells_all_and_stores_nothing(database_url: str, tmp_path: Path) -> None:
    path = write(tmp_path / "plans.geojson", zone())
    with factories.database(database_url, [site(geometry=square())]) as database:
        before = state(database)
        report = load(database, path, dry_run=True)
        assert (report.stored, report.changed, report.zones, report.applied.given) == (False, True, 1, 1)
        assert state(database) == before


def test_a_newer_file_of_the_same_source_takes_the_older_ones_place(database_url: str, tmp_path: Path) -> None:
    old = write(tmp_path / "2025.geojson", zone(), zone(square(500, 0)))
    new = write(tmp_path / "2026.geojson", zone(Baugebiet="GI"))
    with factories.database(database_url, [site(geometry=square()), site(geometry=square(500, 0))]) as database:
        load(database, old, source="Musterstadt")
        report = load(database, new, source="Musterstadt")
        assert report.layers == {"Musterstadt": 1}
        assert (report.applied.updated, report.applied.withdrawn) == (1, 1)


def test_rows_that_are_no_zones_are_rejected_and_said(database_url: str, tmp_path: Path) -> None:
    bow = shapely.Polygon([(p.x, p.y) for p in (at(0, 0), at(100, 100), at(100, 0), at(0, 100))])
    path = write(
        tmp_path / "plans.geojson",
        zone(),
        zone(Baugebiet="Wald"),
        zone(Baugebiet=None),
        zone(at()),
        {**zone(), "geometry": None},
        zone(bow),
        zone(GRZ="-0,8"),
    )
    with factories.database(database_url) as database:
        report = load(database, path)
    assert (report.read, report.zones, report.rejected) == (7, 2, 5)
    assert [row for row in said(report) if row[0]] == [
        (2, "kept", "code"),
        (2, "rejected", "zone_kind"),
        (3, "rejected", "zone_kind"),
        (5, "rejected", "zone_outline"),
        (4, "rejected", "zone_outline"),
        (6, "rejected", "outline_invalid"),
        (7, "kept", "negative"),
    ]


def test_a_file_without_a_single_zone_is_refused_and_leaves_the_layer(database_url: str, tmp_path: Path) -> None:
    with factories.database(database_url, [site(geometry=square())]) as database:
        load(database, write(tmp_path / "good.geojson", zone()), source="plans")
        before = state(database)
        with pytest.raises(UnusableInput, match="No row of the file is a zone"):
            load(database, write(tmp_path / "bad.geojson", zone(at())), source="plans")
        assert state(database) == before


def test_a_table_without_places_is_refused(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "zones.csv"
    path.write_text("Baugebiet;Plan\nGewerbegebiet;Nr. 12\nIndustriegebiet;Nr. 13\n", encoding="utf-8")
    with factories.database(database_url) as database, pytest.raises(UnusableInput, match="No row of the file is a"):
        load(database, path)


def test_a_layer_is_taken_back_with_all_that_came_from_it(database_url: str, tmp_path: Path) -> None:
    with factories.database(
        database_url, [site(id="A-1", geometry=square()), site(geometry=square(500, 0))]
    ) as database:
        with database.reading() as session:
            before = sites.get(session, "A-1").site
        load(database, write(tmp_path / "a.geojson", zone()), source="north")
        load(database, write(tmp_path / "b.geojson", zone(square(500, 0))), source="south")
        held = state(database)
        with pytest.raises(NotFound, match="stored are: north, south"):
            pipeline.withdraw_zoning(database, "east")
        applied, layers = pipeline.withdraw_zoning(database, "north", dry_run=True)
        assert (applied.withdrawn, applied.kept, layers) == (1, 1, {"south": 1})
        assert state(database) == held
        pipeline.withdraw_zoning(database, "north")
        with database.reading() as session:
            assert sites.get(session, "A-1").site == before
            assert zones.layers(session) == {"south": 1}


def test_a_file_without_a_column_of_kinds_is_refused(database_url: str, tmp_path: Path) -> None:
    path = write(tmp_path / "roads.geojson", {"geometry": square(), "strasse": "Am Kanal"})
    with factories.database(database_url) as database, pytest.raises(UnusableInput, match="needs a column for zoning"):
        load(database, path)


def test_a_geopackage_in_metres_with_a_profile_of_its_own(database_url: str, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"typ": ["G1", "G2"], "akte": ["Nr. 7", "Nr. 8"]}, geometry=[square(), square(500, 0)], crs=crs.METRIC
    )
    frame.to_file(tmp_path / "plans.gpkg", layer="zones", driver="GPKG")
    frame.to_file(tmp_path / "plans.gpkg", layer="more", driver="GPKG")
    profile = tmp_path / "own.toml"
    profile.write_text(
        """
        name = "own"
        title = "Own"
        source = "Katasteramt"
        [columns.zoning]
        from = ["typ"]
        codes = { G1 = "GE", G2 = "GI" }
        [columns.plan_name]
        from = ["akte"]
        [constants]
        plan_status = "in_force"
        """
    )
    with factories.database(database_url, [site(id="A-1", geometry=square())]) as database:
        report = load(database, tmp_path / "plans.gpkg", layer="zones", profile=str(profile))
        assert (report.source, report.zones, report.in_force, report.applied.given) == ("Katasteramt", 2, 2, 1)
        with database.reading() as session:
            assert sites.get(session, "A-1").site.origin("zoning").source == "Nr. 7 (Katasteramt)"
        with pytest.raises(NotFound):
            load(database, tmp_path / "plans.gpkg", layer="zones", profile=str(tmp_path / "none.toml"))


def test_zones_and_the_fictional_sample_are_not_mixed(database_url: str, tmp_path: Path) -> None:
    with factories.database(database_url) as database:
        with database.writing() as session:
            reference.set_setting(session, "inventory", "sample")
        with pytest.raises(ConfigError, match="fictional sample"):
            load(database, write(tmp_path / "plans.geojson", zone()))


def test_an_import_tells_of_zones_and_neighbours_also_in_a_dry_run(database_url: str, tmp_path: Path) -> None:
    inside = {"geometry": square(20, 0, 100), "id": "N-1", "name": "Neu", "municipality": "05990001"}
    beside = {"geometry": square(700, 0, 100), "id": "N-2", "name": "Fern", "municipality": "05990001"}
    path = write(tmp_path / "sites.geojson", inside, beside)
    with factories.database(database_url, [site(id="A-1", geometry=square(0, 0, 100))]) as database:
        load(database, write(tmp_path / "plans.geojson", zone()))
        told = []
        for dry_run in (True, False, False):
            report = pipeline.deliver(database, path, dry_run=dry_run, at=factories.NOW)
            told.append([(i.row, i.rule, i.value) for i in report.issues if i.rule in ("overlap", "zoning_given")])
        with database.reading() as session:
            assert sites.get(session, "N-1").site.zoning == (Zoning.GE,)
    assert told == [[(1, "zoning_given", "–"), (1, "overlap", "A-1")]] * 2 + [[]]


def test_the_parts_of_a_large_file_see_each_other(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PART", 2)
    rows = [
        {"geometry": square(x, 0, 100), "id": f"N-{i}", "name": f"Platz {i}", "municipality": "05990001"}
        for i, x in enumerate((0, 400, 50, 800, 420))
    ]
    with factories.database(database_url) as database:
        load(database, write(tmp_path / "plans.geojson", zone(square(390, 0, 200))))
        report = pipeline.deliver(database, write(tmp_path / "sites.geojson", *rows), at=factories.NOW)
    told = [(i.row, i.rule, i.params.get("other")) for i in report.issues if i.rule in ("overlap", "zoning_given")]
    assert told == [
        (2, "zoning_given", None),
        (5, "zoning_given", None),
        (3, "overlap", "1"),
        (5, "overlap", "2"),
    ]
