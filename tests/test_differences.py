"""A second delivery against the first: what is left, what becomes not known, what the desk keeps, what is missing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from finder import pipeline
from finder.exports.properties import plain
from finder.model.attributes import Type
from finder.model.outcome import Kind
from finder.model.site import ATTRIBUTES
from finder.model.vocabulary import Status
from finder.store import edits, proposals, sites, tables
from finder.store.database import Database
from tests import factories
from tests.store import strategies
from tests.test_pipeline import feature, write

MEASURED = {"area_m2"}
WITH_PLACE = {"geometry", "geometry_quality"}
FACTS = [name for name in ATTRIBUTES if name not in MEASURED | WITH_PLACE]


def known(name: str) -> Any:
    """Return a value as a file has it."""
    if ATTRIBUTES[name].type is Type.URL:
        return "https://example.org/plan.pdf"
    value = next(value for value in strategies.values(ATTRIBUTES[name]) if value not in ("", (), None))
    return plain(value)


def stored(database: Database, key: int = 1) -> Any:
    with database.reading() as session:
        return sites.load(session, [key])[0]


WORDS = (None, "", "  ", "unbekannt", "Nicht bekannt", "n/a", "-", "?")


def test_an_empty_cell_or_a_word_for_it_makes_every_kind_of_fact_not_known(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    facts = {name: known(name) for name in FACTS}
    rows = [feature(str(i), factories.square(500 * i)) for i in range(len(WORDS))]
    with factories.database(database_url) as database:
        for row in rows:
            row["properties"] |= facts
        assert pipeline.deliver(database, write(path, *rows)).rejected == 0
        before = stored(database).site
        assert [name for name in FACTS if getattr(before, name) is None] == []
        bare = [feature(str(i), factories.square(500 * i)) for i in range(len(WORDS))]
        report = pipeline.deliver(database, write(path, *bare))
        assert report.unchanged == len(WORDS), "columns that are not there say nothing"
        for row, word in zip(rows, WORDS, strict=True):
            row["properties"] |= dict.fromkeys(FACTS, word)
            row["geometry"] = None
        report = pipeline.deliver(database, write(path, *rows))
        gone = (*FACTS, "geometry", "area_m2")
        for key, word in enumerate(WORDS, start=1):
            after = stored(database, key).site
            assert {name: getattr(after, name) for name in gone} == dict.fromkeys(gone), word
        assert report.changed == len(WORDS)
        assert [issue for issue in report.issues if issue.action == "kept"] == [], "nothing is wrong with it"


def everything(database: Database) -> dict[str, list[str]]:
    """Return every table's rows as they are stored."""
    with database.reading() as session:
        return {
            name: sorted(map(str, session.exec_driver_sql(f'SELECT * FROM "{name}"').all()))
            for name in tables.metadata.tables
        }


def edit(database: Database, id_: str, version: int = 1, **changes: Any) -> None:
    with database.writing() as session:
        edits.edit(session, id_, changes, version=version, actor="officer@example.org", at=factories.NOW)


def test_the_difference_is_told_field_by_field(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    with factories.database(database_url) as database:
        first = pipeline.deliver(
            database,
            write(
                path,
                feature("a", factories.square(), grz=0.8, quay=True, owner="Stadt"),
                feature("b"),
                feature("c", factories.at(900)),
            ),
        )
        assert [(one.kind, one.row, one.name) for one in first.outcomes] == [
            (Kind.NEW, 1, "Fläche a"),
            (Kind.NEW, 2, "Fläche b"),
            (Kind.NEW, 3, "Fläche c"),
        ]
        second = pipeline.deliver(
            database,
            write(
                path,
                feature("d", municipality="Atlantis"),
                feature("c", factories.at(900)),
                feature("a", factories.square(500), grz=0.4, quay="unbekannt"),
            ),
        )
        a, b = stored(database, 1).site, stored(database, 2).site
    (changed,) = second.outcomes
    assert (changed.kind, changed.row, changed.id, changed.name) == (Kind.CHANGED, 3, a.id, "Fläche a")
    told = {change.field: (change.before, change.after) for change in changed.changes}
    assert set(told) == {"grz", "quay", "geometry", "area_m2"}, "the owner's column is not there"
    assert (told["grz"], told["quay"]) == ((0.8, 0.4), (True, None))
    assert told["geometry"][0] != told["geometry"][1]
    assert [(one.row, one.key, one.name, [reason.rule for reason in one.reasons]) for one in second.rejections] == [
        (1, "d", "Fläche d", ["municipality_unknown"])
    ]
    assert [(one.id, one.name) for one in second.missing] == [(b.id, "Fläche b")]
    assert (second.read, second.new, second.changed, second.unchanged, second.rejected) == (3, 0, 1, 1, 1)


def test_a_dry_run_tells_the_same_and_stores_nothing(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    with factories.database(database_url) as database:
        pipeline.deliver(database, write(path, feature("a", grz=0.8), feature("b"), feature("gone")))
        edit(database, stored(database, 2).site.id, status=Status.RESERVED)
        write(path, feature("a", grz=0.4), feature("b", status="draft"), feature("c"), feature("d", municipality="X"))
        before = everything(database)
        dry = pipeline.deliver(database, path, dry_run=True, at=factories.NOW)
        strict = pipeline.deliver(database, path, strict=True, at=factories.NOW)
        assert everything(database) == before
        real = pipeline.deliver(database, path, at=factories.NOW)
        assert everything(database) != before
    for told, stored_, dry_run in ((dry, False, True), (strict, False, False)):
        same = {"stored": stored_, "dry_run": dry_run}
        assert {**vars(told)} == {**vars(real), **same}
    assert (real.conflicts, real.changed, real.new, len(real.missing), real.rejected) == (1, 1, 1, 1, 1)


def test_the_same_file_twice_writes_nothing_whatever_stands_open(database_url: str, tmp_path: Path) -> None:
    """Conflicts with the desk, proposals, rejected rows and ids that are not taken stay as they are."""
    path = tmp_path / "sites.geojson"
    with factories.database(database_url) as database:
        rows = [feature(key, factories.at(100 * i), id=f"M-{key}", grz=0.8) for i, key in enumerate("abcd")]
        pipeline.deliver(database, write(path, *rows))
        edit(database, "M-a", grz=0.2)
        rows[1]["properties"]["id"] = "other"
        rows[2]["properties"]["municipality"] = "Atlantis"
        write(path, *rows[:3])
        first = pipeline.deliver(database, path)
        assert (first.stored, len(first.missing)) == (True, 1)
        before = everything(database)
        again = pipeline.deliver(database, path)
        assert everything(database) == before
    assert (again.conflicts, again.unchanged, again.rejected) == (1, 2, 1)
    assert [one.since for one in again.missing] == [one.since for one in first.missing], "it is told again"
    assert [(one.rule, one.row, one.value) for one in again.issues if one.rule == "id_kept"] == [
        ("id_kept", 2, "other")
    ]


def test_what_the_desk_edits_between_dry_run_and_import_stays(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    with factories.database(database_url) as database:
        pipeline.deliver(database, write(path, feature("a", factories.square(), grz=0.8)))
        id_ = stored(database).site.id
        write(path, feature("a", factories.square(700), grz=0.4, quay=True))
        dry = pipeline.deliver(database, path, dry_run=True)
        assert (dry.changed, dry.conflicts) == (1, 0)
        edit(database, id_, grz=0.6, geometry=factories.square(300))
        real = pipeline.deliver(database, path)
        after = stored(database).site
    assert (real.changed, real.conflicts) == (1, 2)
    assert (after.grz, after.quay) == (0.6, True)
    assert after.geometry.equals(factories.square(300))
    assert after.area_m2 == factories.square(300).area


def test_missing_rows_are_proposed_until_they_come_again(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    with factories.database(database_url) as database:

        def proposed() -> list[str]:
            with database.reading() as session:
                ids = session.scalars(sa.select(tables.site.c.id).order_by("pk")).all()
                return [id_ for id_ in ids if proposals.of(session, id_)]

        rows = [feature(key, id=f"M-{key}") for key in "abc"]
        pipeline.deliver(database, write(path, *rows))
        assert proposed() == []
        pipeline.deliver(database, write(path, rows[0]), partial=True)
        assert proposed() == []
        report = pipeline.deliver(database, write(path, rows[0]))
        assert (report.stored, report.unchanged, len(report.missing)) == (True, 1, 2)
        assert proposed() == ["M-b", "M-c"]
        with database.reading() as session:
            (proposal,) = proposals.of(session, "M-b")
            summary = session.scalar(sa.select(tables.delivery.c.summary).order_by(tables.delivery.c.id.desc()))
        assert (proposal.kind, proposal.file_name) == ("withdrawal", "sites.geojson")
        assert orjson.loads(summary or "")["missing"] == 2, "a delivery that only proposes is logged"
        pipeline.deliver(database, write(path, rows[1]), partial=True)
        assert proposed() == ["M-c"]
        assert stored(database, 3).site.status is Status.DRAFT, "nothing happens to it"


def test_a_file_said_to_be_partial_afterwards_takes_its_proposals_back(database_url: str, tmp_path: Path) -> None:
    path, other = tmp_path / "sites.geojson", tmp_path / "other.geojson"
    with factories.database(database_url) as database:

        def proposed() -> int:
            with database.reading() as session:
                return session.scalar(sa.select(sa.func.count()).select_from(tables.proposal)) or 0

        pipeline.deliver(database, write(path, *(feature(key) for key in "abc")))
        pipeline.deliver(database, write(path, feature("a")))
        assert proposed() == 2
        pipeline.deliver(database, write(other, feature("a", grz=0.8)), partial=True)
        assert proposed() == 2, "another file has no say"
        pipeline.deliver(database, path, partial=True)
        assert proposed() == 0


def test_two_imports_at_once_propose_and_change_once(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    with factories.database(database_url) as database:
        pipeline.deliver(database, write(path, feature("a", grz=0.8), feature("b")))
        write(path, feature("a", grz=0.4))
        with ThreadPoolExecutor(2) as pool:
            reports = [one.result() for one in [pool.submit(pipeline.deliver, database, path) for _ in range(2)]]
        assert sorted(report.changed for report in reports) == [0, 1]
        with database.reading() as session:
            assert session.scalar(sa.select(sa.func.count()).select_from(tables.proposal)) == 1
            assert session.scalar(sa.select(sa.func.count()).select_from(tables.revision)) == 3
