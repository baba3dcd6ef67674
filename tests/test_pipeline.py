"""A file's way in: all of it or nothing, one delivery at a time, the sample never mixed with real sites."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import shapely
import sqlalchemy as sa

from finder import crs, pipeline
from finder.errors import ConfigError, UnusableInput
from finder.model.place import Municipality
from finder.model.query import Compare, IsUnknown, Operator, all_of
from finder.model.vocabulary import AccessKind, Status
from finder.pipeline import delivery
from finder.store import access, health, reference, sites, tables
from finder.store.database import Database
from tests import factories
from tests.tree import TOP

EVERYTHING = all_of(())


def feature(key: str, place: shapely.Geometry | None = None, **facts: Any) -> dict[str, Any]:
    """Return one site as a supplier's GeoJSON has it, its place in metres."""
    shape = None if place is None else json.loads(shapely.to_geojson(crs.to_lonlat(place)))
    given = {"source": "Musteramt", "source_id": key, "name": f"Fläche {key}", "municipality": "Musterstadt"}
    return {"type": "Feature", "geometry": shape, "properties": given | facts}


def write(path: Path, *features: dict[str, Any], **members: Any) -> Path:
    """Write a GeoJSON file."""
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", **members, "features": features}))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three good rows."""
    places = (factories.square(), factories.at(900), None)
    return write(tmp_path / "sites.geojson", *(feature(k, p, grz=0.8) for k, p in zip("abc", places, strict=True)))


def names(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(sa.select(tables.site.c.source_id)))


def count(database: Database, table: sa.Table) -> int:
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_delivery_is_read_stored_and_measured(database_url: str, file: Path) -> None:
    steps: list[str] = []
    with factories.database(database_url, access_points=[factories.access_point(x=1900.0)]) as database:
        report = pipeline.deliver(
            database, file, actor="officer@example.org", at=factories.NOW, progress=lambda step, *_: steps.append(step)
        )
        assert steps == ["Reading", "Checking", "Storing", "Measuring", "Comparing"]
        assert pipeline.summary(report) == {
            **dict.fromkeys(("changed", "unchanged", "repaired", "rejected", "missing", "conflicts"), 0),
            "read": 3,
            "new": 3,
        }
        assert (report.origin.name, report.origin.format, report.profile, report.stored) == (
            "sites.geojson",
            "GeoJSON",
            "finder",
            True,
        )
        with database.reading() as session:
            one, point, nowhere = sites.load(session, [1, 2, 3])
            row = session.execute(sa.select(tables.delivery)).one()
            assert [found for found in health.check(session) if found.faults] == []
    assert [site.site.status for site in (one, point, nowhere)] == [Status.DRAFT] * 3
    assert one.site.municipality == "05990001"
    assert one.site.area_m2 == pytest.approx(40_000, rel=1e-6)
    assert [round(reach.km, 3) for reach in point.access] == [1.0, 1.0]
    assert nowhere.access == ()
    assert (row.actor, row.file_name, row.at) == ("officer@example.org", "sites.geojson", "2026-06-01T12:00:00+00:00")
    assert orjson.loads(row.summary) == pipeline.summary(report)


def test_the_same_delivery_again_leaves_no_trace(database_url: str, file: Path) -> None:
    with factories.database(database_url) as database:
        pipeline.deliver(database, file)
        report = pipeline.deliver(database, file)
        assert (report.unchanged, report.new, report.changed, report.stored) == (3, 0, 0, True)
        assert (count(database, tables.delivery), count(database, tables.revision)) == (1, 3)


def test_what_changed_is_measured_again(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    with factories.database(database_url, access_points=[factories.access_point()]) as database:
        pipeline.deliver(database, write(path, feature("a", factories.at(1000)), feature("b", factories.at(2000))))
        report = pipeline.deliver(database, write(path, feature("a", factories.at(3000), grz=0.4), feature("c")))
        assert (report.new, report.changed, report.unchanged, len(report.missing)) == (1, 1, 0, 1)
        with database.reading() as session:
            moved, missing, _ = sites.load(session, [1, 2, 3])
    assert {round(reach.km, 3) for reach in moved.access} == {3.0}
    assert {round(reach.km, 3) for reach in missing.access} == {2.0}
    assert [one.id for one in report.missing] == [missing.site.id]


def test_a_status_for_the_file_holds_for_new_sites_only(database_url: str, file: Path) -> None:
    with factories.database(database_url) as database:
        pipeline.deliver(database, file, status=Status.PUBLISHED)
        assert pipeline.deliver(database, file, status=Status.DRAFT).unchanged == 3
        with database.reading() as session:
            assert sites.count(session, Compare("status", Operator.EQ, Status.PUBLISHED.value)) == 3


@pytest.mark.parametrize("word", [None, "", "unbekannt", "n/a"])
def test_an_empty_state_leaves_that_of_a_known_site(database_url: str, tmp_path: Path, word: str | None) -> None:
    path = tmp_path / "sites.geojson"
    with factories.database(database_url) as database:
        pipeline.deliver(database, write(path, feature("a", status="published")))
        report = pipeline.deliver(database, write(path, feature("a", status=word), feature("b", status=word)))
        assert (report.unchanged, report.new) == (1, 1)
        with database.reading() as session:
            states = [one.site.status for one in sites.load(session, [1, 2])]
    assert states == [Status.PUBLISHED, Status.DRAFT]


def test_a_dry_run_stores_nothing(database_url: str, file: Path) -> None:
    with factories.database(database_url) as database:
        report = pipeline.deliver(database, file, dry_run=True)
        assert (report.new, report.dry_run, report.stored) == (3, True, False)
        assert names(database) == []
        assert count(database, tables.delivery) == 0
        assert pipeline.deliver(database, file).new == 3


@pytest.mark.parametrize("strict", [False, True])
def test_strict_stores_nothing_once_a_row_is_rejected(database_url: str, tmp_path: Path, strict: bool) -> None:
    path = write(tmp_path / "sites.geojson", feature("a"), feature("b", municipality="Atlantis"))
    with factories.database(database_url) as database:
        report = pipeline.deliver(database, path, strict=strict)
        assert (report.read, report.new, report.rejected, report.stored) == (2, 1, 1, not strict)
        assert names(database) == ([] if strict else ["a"])
        assert [(issue.row, issue.rule) for issue in report.issues if issue.action == "rejected"] == [
            (2, "municipality_unknown")
        ]


def test_a_rejected_row_is_not_missing(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    with factories.database(database_url) as database:
        pipeline.deliver(database, write(path, feature("a"), feature("b"), feature("c")))
        report = pipeline.deliver(database, write(path, feature("a"), feature("b", municipality="Atlantis")))
        with database.reading() as session:
            gone = sites.load(session, [3])[0].site
    assert (report.rejected, [one.id for one in report.missing]) == (1, [gone.id])
    assert gone.source_id == "c"


def test_what_a_reader_notes_of_a_row_is_told_once_whatever_the_parts(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PART", 2)
    rows = [feature(key, factories.square(900 * n)) for n, key in enumerate("abcde")]
    rows[1]["geometry"]["coordinates"] = [["nowhere"]]
    with factories.database(database_url) as database:
        report = pipeline.deliver(database, write(tmp_path / "sites.geojson", *rows), at=factories.NOW)
    assert [(issue.row, issue.rule) for issue in report.issues if issue.row] == [(2, "geometry_unreadable")]
    assert (report.read, report.new) == (5, 5)


def test_all_that_is_said_of_a_file_is_told(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_text("id,name,municipality,,\nP-1,Eins,Musterstadt,lost,too\n", encoding="utf-8")
    with factories.database(database_url) as database:
        report = pipeline.deliver(database, path, at=factories.NOW)
    assert [issue.params["position"] for issue in report.issues if issue.rule == "header_empty"] == [4, 5]


def test_an_id_of_another_site_is_rejected(database_url: str, tmp_path: Path) -> None:
    path = write(tmp_path / "sites.geojson", feature("a", id="mine"), feature("b", id="yours"))
    with factories.database(database_url, [factories.site(id="yours")]) as database:
        report = pipeline.deliver(database, path)
        assert (report.new, report.rejected) == (1, 1)
        (issue,) = [issue for issue in report.issues if issue.action == "rejected"]
        assert (issue.rule, issue.row, issue.value) == ("id_taken", 2, "yours")
        assert issue.message % issue.params == "The id “yours” belongs to another site."
        assert names(database)[0] == "a"


def test_a_municipality_for_all_rows_is_a_code_or_a_name(database_url: str, tmp_path: Path) -> None:
    path = write(tmp_path / "sites.geojson", feature("a", municipality=None))
    with factories.database(database_url) as database:
        for town in ("probeburg", "05990003"):
            assert pipeline.deliver(database, path, municipality=town).rejected == 0
        with pytest.raises(
            UnusableInput, match=r"“Bonn” is not a municipality .* known are: Beispielhausen, Musterstadt"
        ):
            pipeline.deliver(database, path, municipality="Bonn")
        with database.reading() as session:
            assert sites.load(session, [1])[0].site.municipality == "05990003"


def test_places_outside_are_admitted_only_when_asked(database_url: str, tmp_path: Path) -> None:
    fylde = crs.to_metric(shapely.Point(-2.9, 53.8))
    path = write(tmp_path / "sites.geojson", feature("a", fylde, municipality="Fylde"))
    with factories.database(database_url) as database:
        assert pipeline.deliver(database, path).rejected == 1
        report = pipeline.deliver(database, path, anywhere=True)
        assert (report.new, report.rejected) == (1, 0)


def test_an_unusable_file_leaves_everything(database_url: str, file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    with factories.database(database_url) as database:
        pipeline.deliver(database, file)
        with pytest.raises(UnusableInput):
            pipeline.deliver(database, broken)
        assert names(database) == ["a", "b", "c"]


@pytest.mark.parametrize("step", ["Checking", "Storing", "Measuring"])
def test_what_breaks_off_leaves_the_old_state(database_url: str, file: Path, tmp_path: Path, step: str) -> None:
    def break_off(begun: str, *_: object) -> None:
        if begun == step:
            raise MemoryError(step)

    with factories.database(database_url) as database:
        pipeline.deliver(database, file)
        more = write(tmp_path / "more.geojson", feature("a", grz=0.1), feature("d"))
        with pytest.raises(MemoryError):
            pipeline.deliver(database, more, progress=break_off)
        assert names(database) == ["a", "b", "c"]
        assert (count(database, tables.delivery), count(database, tables.revision)) == (1, 3)
        assert pipeline.deliver(database, more).new == 1


def test_a_store_that_fails_leaves_the_old_state(
    database_url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("no more")

    with factories.database(database_url, access_points=[factories.access_point()]) as database:
        monkeypatch.setattr(access, "save", fail)
        with pytest.raises(OSError, match="no more"):
            pipeline.deliver(database, file)
        assert names(database) == []
        monkeypatch.undo()
        assert pipeline.deliver(database, file).new == 3


CHILD = """
import sys
from pathlib import Path
from finder import pipeline
from finder.store.database import Database

def step(begun, *_):
    print(begun, flush=True)
    if begun == sys.argv[3]:
        sys.stdin.readline()  # hold still here until killed

pipeline.deliver(Database(sys.argv[1]), Path(sys.argv[2]), progress=step)
"""


@pytest.mark.full
@pytest.mark.parametrize("step", ["Reading", "Checking", "Storing", "Measuring"])
def test_a_killed_import_leaves_the_old_state(database_url: str, file: Path, tmp_path: Path, step: str) -> None:
    with factories.database(database_url, access_points=[factories.access_point()]) as database:
        pipeline.deliver(database, file)
        more = write(tmp_path / "more.geojson", *(feature(str(i), factories.at(i)) for i in range(2000)))
        command = [sys.executable, "-c", CHILD, database_url, more, step]
        with subprocess.Popen(command, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                if line.strip() == step:
                    break
            os.kill(child.pid, signal.SIGKILL)
        assert child.returncode == -signal.SIGKILL
        assert names(database) == ["a", "b", "c"]
        with database.reading() as session:
            assert [found for found in health.check(session) if found.faults] == []
        assert pipeline.deliver(database, more).new == 2000


def test_two_deliveries_at_once_follow_each_other(database_url: str, tmp_path: Path) -> None:
    files = [
        write(tmp_path / f"{letter}.geojson", *(feature(f"{letter}{i}", factories.at(i)) for i in range(30)))
        for letter in "ab"
    ]
    holding, second_began = threading.Event(), threading.Event()
    reports: dict[str, pipeline.Report] = {}

    def first_step(begun: str, *_: object) -> None:
        # inside its transaction the first waits until the second is under way too
        if begun == "Checking":
            holding.set()
            assert second_began.wait(30)

    def second_step(begun: str, *_: object) -> None:
        second_began.set()

    with factories.database(database_url) as database:

        def first() -> None:
            reports["first"] = pipeline.deliver(database, files[0], progress=first_step)

        def second() -> None:
            assert holding.wait(30)
            reports["second"] = pipeline.deliver(database, files[1], progress=second_step)

        threads = [threading.Thread(target=first), threading.Thread(target=second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert {name: report.new for name, report in reports.items()} == {"first": 30, "second": 30}
        with database.reading() as session:
            stored = session.execute(sa.select(tables.site.c.source_id).order_by(tables.site.c.pk)).scalars().all()
            ids = session.scalars(sa.select(tables.site.c.id)).all()
    assert [name[0] for name in stored] == ["a"] * 30 + ["b"] * 30
    assert len(set(ids)) == 60


# -- the first start --------------------------------------------------------------------------------------------------


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """A database without tables."""
    database = Database(database_url)
    yield database
    database.close()


def test_the_first_start_brings_the_region(empty: Database) -> None:
    assert pipeline.start(empty, "own") == []
    with empty.reading() as session:
        assert reference.setting(session, "inventory") == "own"
        towns = reference.municipalities(session)
        assert {point.kind for point in reference.access_points(session)} == set(AccessKind)
        assert reference.places(session)
        assert {line.kind for line in reference.lines(session)} == {"motorway", "canal"}
        assert sites.count(session, EVERYTHING) == 0
    assert len(towns) == 12
    assert all(town.schematic and town.geometry is not None for town in towns)
    assert pipeline.start(empty, "documented") == [], "once it is filled it stays as it is"
    assert names(empty) == []


@pytest.mark.parametrize("inventory", ["documented", "sample"])
def test_the_first_start_brings_an_inventory(empty: Database, inventory: str) -> None:
    (report,) = pipeline.start(empty, inventory)
    assert report.new == report.read > 0
    assert report.rejected == 0
    with empty.reading() as session:
        fictional = Compare("sample", Operator.EQ, True)
        assert sites.count(session, fictional) == (report.new if inventory == "sample" else 0)
        if inventory == "documented":
            assert sites.count(session, IsUnknown("evidence")) == 0
        assert [found for found in health.check(session) if found.faults] == []
    assert pipeline.start(empty, inventory) == []


@pytest.mark.parametrize("inventory", ["documented", "own"])
def test_the_sample_is_refused_where_real_sites_are(empty: Database, inventory: str) -> None:
    pipeline.start(empty, inventory)
    before = names(empty)
    with pytest.raises(ConfigError, match="holds real data"):
        pipeline.start(empty, "sample")
    assert names(empty) == before


def test_fictional_sites_are_refused_where_real_ones_are(database_url: str, tmp_path: Path) -> None:
    path = write(tmp_path / "sites.geojson", feature("a"), feature("b", sample=True), feature("c", sample=False))
    with factories.database(database_url) as database:
        report = pipeline.deliver(database, path)
        assert (report.new, report.rejected) == (2, 1)
        assert names(database) == ["a", "c"]
        (issue,) = [issue for issue in report.issues if issue.action == "rejected"]
        assert (issue.rule, issue.row) == ("sample", 2)


def test_real_sites_are_refused_where_the_sample_is(database_url: str, file: Path) -> None:
    with factories.database(database_url) as database:
        with database.writing() as session:
            reference.set_setting(session, "inventory", "sample")
        with pytest.raises(ConfigError, match="fictional sample"):
            pipeline.deliver(database, file)
        assert names(database) == []


def test_a_first_start_that_was_cut_off_begins_anew(empty: Database) -> None:
    def cut_off(step: str, *_: object) -> None:
        if step == "Storing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pipeline.start(empty, "documented", progress=cut_off)
    with empty.reading() as session:
        assert reference.setting(session, "inventory") is None
    (report,) = pipeline.start(empty, "documented")
    assert report.new > 0


# -- boundaries -------------------------------------------------------------------------------------------------------


def town(code: Any, area: shapely.Geometry, column: str = "AGS") -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": json.loads(shapely.to_geojson(crs.to_lonlat(area))),
        "properties": {column: code, "GEN": "x"},
    }


@pytest.mark.parametrize("column", ["AGS", "ags", "AGS_0", "code"])
def test_real_boundaries_take_the_place_of_schematic_ones(database_url: str, tmp_path: Path, column: str) -> None:
    area = factories.square(side=5000)
    parts = (factories.square(9000, side=1000), factories.square(12_000, side=1000))
    features = [town("05990001", area), town("05990002", parts[0]), town("05990002", parts[1]), town("01001000", area)]
    path = write(tmp_path / "vg250.geojson", *(f | {"properties": {column: f["properties"]["AGS"]}} for f in features))
    with factories.database(database_url) as database:
        assert pipeline.load_boundaries(database, path) == ["05990001", "05990002"]
        with database.reading() as session:
            towns = {one.code: one for one in reference.municipalities(session)}
    first, second, third = (towns[code] for code in sorted(towns))
    assert first.geometry is not None
    assert first.geometry.hausdorff_distance(area) < 0.01
    assert second.geometry is not None
    assert second.geometry.area == pytest.approx(2_000_000, rel=1e-5)
    assert (first.schematic, second.schematic, third.schematic) == (False, False, True)
    assert first.boundary_source == "vg250.geojson"


def test_boundaries_that_cannot_be_used_change_nothing(database_url: str, tmp_path: Path) -> None:
    area, path = factories.square(), tmp_path / "areas.geojson"
    with factories.database(database_url) as database:
        with pytest.raises(UnusableInput, match="No column with"):
            pipeline.load_boundaries(database, write(path, town("05990001", area, "key")))
        with pytest.raises(UnusableInput, match="None of the file's municipalities"):
            pipeline.load_boundaries(database, write(path, town("01001000", area)))
        with pytest.raises(UnusableInput, match="does not say its coordinate reference system"):
            pipeline.load_boundaries(database, write(path, town("05990001", area), crs=None))
        with database.reading() as session:
            assert all(one.schematic for one in reference.municipalities(session))
        metric = town("05990001", area) | {"geometry": json.loads(shapely.to_geojson(area))}
        assert pipeline.load_boundaries(database, write(path, metric, crs=None), crs_given="EPSG:25832") == ["05990001"]


def test_measuring_everything_again_counts_every_site(database_url: str) -> None:
    delivered = [factories.site(geometry=factories.at(1000 * i)) for i in range(4)]
    with factories.database(database_url, delivered) as database:
        with database.writing() as session:
            assert pipeline.measure_access(session).sites == 4
            reference.replace(session, Municipality, [])
        with database.reading() as session:
            assert sites.count(session, IsUnknown("airport_car_km")) == 4, "there is no airport here"
        with database.writing() as session:
            assert pipeline.measure_access(session, keys=[2]).sites == 1
            assert pipeline.measure_access(session, keys=[]).sites == 0


def test_a_delivery_says_when_it_came(database_url: str, file: Path) -> None:
    with factories.database(database_url) as database:
        pipeline.deliver(database, file)
        with database.reading() as session:
            at = dt.datetime.fromisoformat(session.scalar(sa.select(tables.delivery.c.at)) or "")
    assert at.utcoffset() == dt.timedelta(0)
    assert abs(at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=10)
