"""Saving: what is new, changed, unchanged, missing or moved; every change a revision, nothing written twice."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa

from finder.model.outcome import Outline
from finder.model.site import ATTRIBUTES, Provenance, Site
from finder.model.vocabulary import Availability, Status, Zoning
from finder.store import proposals, saving, sites, tables
from finder.store.database import Database
from tests import factories
from tests.store import strategies

LATER = factories.NOW + dt.timedelta(days=30)
KEY = {"source": "town", "source_id": "17"}


def contents(database: Database) -> dict[str, list[Any]]:
    """Return every table's rows as they are stored."""
    with database.reading() as session:
        names = [*sorted(tables.metadata.tables), *(["site_rtree"] if database.on_sqlite else [])]
        return {name: sorted(map(str, session.exec_driver_sql(f'SELECT * FROM "{name}"').all())) for name in names}


def deliver(database: Database, *delivered: Site, **settings: Any) -> saving.Saved:
    """Save sites in a transaction of their own."""
    with database.writing() as session:
        columns = settings.pop("columns", None)
        return factories.save(session, factories.frame(delivered, columns), **settings)


def missing(database: Database, *delivered: Site, **settings: Any) -> list[str]:
    """Save sites as a delivery of their own and return the ids of those it no longer names."""
    with database.writing() as session:
        delivery = factories.delivery(session)
        if delivered:
            delivery.save(factories.frame(delivered))
        return [one.id for one in delivery.missing(**settings)]


def revisions(database: Database) -> list[Any]:
    """Return the log in order."""
    with database.reading() as session:
        return list(session.execute(sa.select(tables.revision).order_by(tables.revision.c.id)))


def stored(database: Database, id_: str) -> Site:
    """Return a site as it stands."""
    with database.reading() as session:
        return sites.get(session, id_).site


def test_new_changed_and_unchanged_are_told_apart(database_url: str) -> None:
    a, b, c = factories.complete_site(), factories.site(), factories.site(stated_area_m2=1.0)
    with factories.database(database_url) as database:
        first = deliver(database, a, b)
        assert (len(first.new), first.changed, first.unchanged) == (2, (), 0)
        assert first.moved == first.new
        changed = dataclasses.replace(b, availability=Availability.IMMEDIATE)
        second = deliver(database, a, changed, c)
        assert (len(second.new), second.changed, second.unchanged) == (1, (first.new[1],), 1)
        assert second.moved == second.new, "what stayed in its place need not be measured again"
        assert [stored(database, one.id) for one in (a, changed, c)] == [a, changed, c]


def test_the_same_delivery_again_writes_nothing(database_url: str) -> None:
    delivered = [factories.complete_site(), factories.site(), *strategies.mixed_sites(40)]
    with factories.database(database_url) as database:
        with database.writing() as session:
            factories.save(session, delivered)
        before = contents(database)
        with database.writing() as session:
            again = factories.save(session, delivered, at=LATER)
            assert (again.new, again.changed, again.unchanged) == ((), (), len(delivered))
        assert contents(database) | {"delivery": None} == before | {"delivery": None}, "the log is the caller's"


def test_an_absent_column_stays_and_an_empty_cell_is_unknown(database_url: str) -> None:
    known = factories.site(**KEY, zoning=(Zoning.GI,), grz=0.8, owner="Stadt Musterstadt", quay=True)
    empty = factories.site(**KEY, id=known.id, name=known.name)
    with factories.database(database_url) as database:
        deliver(database, known)
        assert deliver(database, empty, columns=["grz", "quay"]).changed
        after = stored(database, known.id)
        assert (after.grz, after.quay) == (None, None)
        assert (after.zoning, after.owner) == ((Zoning.GI,), "Stadt Musterstadt")
        assert deliver(database, empty, columns=[]).unchanged == 1


def test_every_fact_is_left_by_an_absent_column_and_not_known_by_an_empty_cell(database_url: str) -> None:
    known = {name: next(v for v in strategies.values(ATTRIBUTES[name]) if v != "") for name in ATTRIBUTES}
    given, empty = factories.site(**KEY, **known), factories.site(**KEY)
    same = {"id": given.id, "name": given.name}
    with factories.database(database_url) as database:
        deliver(database, given)
        assert deliver(database, dataclasses.replace(empty, **same), columns=[]).unchanged == 1
        (outcome,) = deliver(database, dataclasses.replace(empty, **same)).outcomes
        after = stored(database, given.id)
        assert [name for name in ATTRIBUTES if getattr(after, name) is not None] == []
        assert {change.field for change in outcome.changes} == set(ATTRIBUTES)
        assert deliver(database, dataclasses.replace(empty, **same)).unchanged == 1


@pytest.mark.parametrize("name", ["status", "sample", "provenance"])
def test_what_cannot_be_unknown_stays(database_url: str, name: str) -> None:
    given = factories.site(status=Status.RESERVED, sample=True, provenance={"*": Provenance(source="Muster")})
    with factories.database(database_url) as database:
        deliver(database, given)
        for frame in (factories.frame([given]).drop(columns=name), factories.frame([given]).assign(**{name: None})):
            with database.writing() as session:
                assert factories.save(session, frame).unchanged == 1
        assert stored(database, given.id) == given


def test_a_new_site_without_them_is_a_draft(database_url: str) -> None:
    given = factories.site()
    with factories.database(database_url) as database:
        with database.writing() as session:
            frame = factories.frame([given], []).drop(columns=["status", "sample", "provenance"])
            factories.save(session, frame)
        assert stored(database, given.id) == dataclasses.replace(given, status=Status.DRAFT)


def test_columns_for_new_sites_leave_the_others(database_url: str) -> None:
    old, new = factories.site(status=Status.PUBLISHED), factories.site(status=Status.DRAFT)
    with factories.database(database_url) as database:
        deliver(database, old)
        saved = deliver(database, dataclasses.replace(old, status=Status.DRAFT), new, only_new=frozenset({"status"}))
        assert (len(saved.new), saved.unchanged) == (1, 1)
        assert stored(database, old.id).status is Status.PUBLISHED
        assert stored(database, new.id).status is Status.DRAFT


def test_missing_are_those_the_delivery_no_longer_names(database_url: str) -> None:
    a, b, gone = (factories.site(source="town", source_id=key) for key in "abc")
    withdrawn = factories.site(source="town", source_id="d", status=Status.WITHDRAWN)
    sold = factories.site(source="town", source_id="e", status=Status.SOLD)
    other = factories.site(source="another town", source_id="c")
    with factories.database(database_url) as database:
        deliver(database, a, b, gone, withdrawn, sold, other)
        assert missing(database, a, b) == [gone.id]
        named = frozenset({("town", "c")})
        assert missing(database, a, b, named=named) == [], "a rejected row still names its site"
        everywhere = sorted((b.id, gone.id, other.id))
        assert missing(database, a, named=frozenset({("another town", "x")})) == everywhere
        assert missing(database, a, partial=True) == [], "what holds only some misses none"
        assert missing(database) == [], "nothing delivered misses nothing"
        taken_back = frozenset({("town", "b"), ("town", "d"), ("town", "x")})
        assert missing(database, a, named=named, withdrawn=taken_back) == [b.id], "a row that takes back names no site"
        assert missing(database, a, withdrawn=taken_back, partial=True) == [b.id], "even where only some are named"
        assert missing(database, withdrawn=taken_back, partial=True) == [b.id]
        assert missing(database, b, withdrawn=taken_back, partial=True) == [], "another row has it"
        assert stored(database, gone.id) == gone, "and nothing happens to them"


def proposed(database: Database) -> dict[str, tuple[str, str]]:
    """Return what stands proposed: kind and since when, by public id."""
    with database.reading() as session:
        ids = session.scalars(sa.select(tables.site.c.id)).all()
        found = {id_: proposals.of(session, id_) for id_ in ids}
    return {id_: (one.kind, one.at) for id_, (one, *_) in ((i, p) for i, p in found.items() if p)}


def test_withdrawal_of_what_is_missing_is_proposed_until_it_is_named_again(database_url: str) -> None:
    a, b, c = (factories.site(source="town", source_id=key) for key in "abc")
    with factories.database(database_url, [a, b, c]) as database:

        def again(*delivered: Site, at: dt.datetime, **settings: Any) -> tuple[list[tuple[str, str]], bool]:
            with database.writing() as session:
                delivery = factories.delivery(session, at=at)
                delivery.save(factories.frame(delivered))
                return [(one.id, one.since) for one in delivery.missing(**settings)], delivery.wrote

        first, later = "2026-06-01T12:00:00+00:00", "2026-07-01T12:00:00+00:00"
        assert again(a, at=factories.NOW) == ([(b.id, first), (c.id, first)], True)
        assert proposed(database) == {b.id: ("withdrawal", first), c.id: ("withdrawal", first)}
        before = contents(database)
        assert again(a, at=LATER) == ([(b.id, first), (c.id, first)], False)
        assert contents(database) | {"delivery": None} == before | {"delivery": None}, "not even when it was proposed"
        assert again(a, b, at=LATER) == ([(c.id, first)], True)
        assert again(b, at=LATER) == ([(a.id, later), (c.id, first)], True)
        assert again(b, at=LATER, partial=True) == ([], False)
        assert proposed(database) == {a.id: ("withdrawal", later), c.id: ("withdrawal", first)}
        named = frozenset({("town", "c")})
        assert again(b, at=LATER, named=named) == ([(a.id, later)], True), "a rejected row names its site again"
        assert again(a, at=LATER, partial=True) == ([], True)
        assert proposed(database) == {}
        assert [stored(database, one.id) for one in (a, b, c)] == [a, b, c]


def test_moved_are_those_whose_place_changed(database_url: str) -> None:
    square = factories.square()
    given = factories.site(geometry=square, stated_area_m2=1.0)
    with factories.database(database_url) as database:
        deliver(database, given)
        renamed = dataclasses.replace(given, name="Neuer Name")
        assert deliver(database, renamed).moved == ()
        there = dataclasses.replace(renamed, geometry=factories.square(5))
        assert deliver(database, there).moved == (1,)
        with database.reading() as session:
            found = session.execute(sa.select(tables.site.c.minx, tables.site.c.maxx)).one()
            assert tuple(found) == (there.geometry.bounds[0], there.geometry.bounds[2])  # type: ignore[union-attr]
            if database.on_sqlite:
                assert session.exec_driver_sql("SELECT minx FROM site_rtree").scalar() == found.minx
        nowhere = dataclasses.replace(there, geometry=None)
        assert deliver(database, nowhere).moved == (1,)
        assert stored(database, given.id).geometry is None
        if database.on_sqlite:
            assert contents(database)["site_rtree"] == []


def test_an_outline_written_otherwise_is_the_same(database_url: str) -> None:
    outline = shapely.Polygon([(368_000.0, 5_720_000.0), (368_300.0, 5_720_010.0), (368_250.0, 5_720_400.0)])
    given = factories.site(geometry=outline, area_m2=outline.area)
    with factories.database(database_url) as database:
        deliver(database, given)
        turned = dataclasses.replace(given, geometry=outline.reverse())
        shaken = shapely.transform(outline, lambda xy: xy + np.array([0.004, -0.004]))
        for same in (turned, dataclasses.replace(given, geometry=shaken, area_m2=outline.area + 0.9)):
            assert deliver(database, same).unchanged == 1
        stretched = shapely.transform(outline, lambda xy: xy + np.array([0.05, 0.0]))
        assert deliver(database, dataclasses.replace(given, geometry=stretched)).moved == (1,)
        larger = dataclasses.replace(given, geometry=stretched, area_m2=outline.area + 100)
        assert deliver(database, larger).changed == (1,), "another area of the same outline is a change"


def test_an_empty_geometry_is_no_place(database_url: str) -> None:
    given = factories.site(geometry=shapely.Point())
    with factories.database(database_url) as database:
        deliver(database, given)
        assert stored(database, given.id).geometry is None
        assert deliver(database, given).unchanged == 1


def test_every_change_is_a_revision(database_url: str) -> None:
    given = factories.site(**KEY, grz=0.8, zoning=(Zoning.GI,), geometry=factories.at())
    changed = dataclasses.replace(
        given,
        grz=None,
        zoning=(Zoning.GE, Zoning.GI),
        available_from=dt.date(2028, 1, 31),
        geometry=factories.at(10),
    )
    with factories.database(database_url) as database:
        deliver(database, given, factories.site(), actor="officer@example.org")
        deliver(database, changed, actor="reviewer@example.org", at=LATER)
        created, _, change = revisions(database)
        with database.reading() as session:
            assert sites.get(session, given.id).version == 2
    assert (created.site_pk, created.version, created.action, created.actor) == (1, 1, "created", "officer@example.org")
    assert (change.site_pk, change.version, change.action, change.actor) == (1, 2, "changed", "reviewer@example.org")
    assert (created.at, change.at) == ("2026-06-01T12:00:00+00:00", "2026-07-01T12:00:00+00:00")
    assert (created.delivery_id, change.delivery_id) == (1, 2)
    assert orjson.loads(change.before) == {
        "available_from": None,
        "geometry": "POINT (368000 5720000)",
        "grz": 0.8,
        "zoning": ["GI"],
    }
    assert orjson.loads(change.after) == {
        "available_from": "2028-01-31",
        "geometry": "POINT (368010 5720000)",
        "grz": None,
        "zoning": ["GE", "GI"],
    }


def test_what_questions_ask_for_follows_every_change(database_url: str) -> None:
    given = factories.complete_site()
    changed = dataclasses.replace(
        given,
        available_area_m2=None,
        evidence=None,
        restrictions=(),
        name="Ölmühle",
        address=None,
        municipality="05990003",
    )
    with factories.database(database_url) as database:
        deliver(database, given)
        query = sa.select(*(tables.site.c[n] for n in ("size_m2", "size_basis", "max_restriction", "search_text")))
        with database.reading() as session:
            size, basis, gravest, text = session.execute(query).one()
        assert (size, basis, gravest) == (30_000.0, "available", None)
        assert (
            text
            == f"{given.name.casefold().replace('ä', 'ae')} {given.id.casefold()} musterstadt musterstrasse 1 "
            + ("gewerbepark sued nr. 117 „aeusserer ring“")
        )
        deliver(database, changed)
        with database.reading() as session:
            size, basis, gravest, text = session.execute(query).one()
        assert (size, basis, gravest) == (35_000.5, "net", "none")
        assert text.startswith(f"oelmuehle {given.id.casefold()} probeburg gewerbepark")


def without_ids(*delivered: Site) -> pd.DataFrame:
    """Return sites of a supplier who gives no public ids."""
    return factories.frame(delivered).assign(id=None)


def test_ids_are_given_in_order_and_never_again(database_url: str) -> None:
    with factories.database(database_url) as database:
        with database.writing() as session:
            factories.save(session, without_ids(factories.site(), factories.site()))
        with database.writing() as session:
            factories.save(session, without_ids(factories.site()).drop(columns="id"))
        with database.reading() as session:
            assert session.scalars(sa.select(tables.site.c.id).order_by("id")).all() == [
                "T-100001",
                "T-100002",
                "T-100003",
            ]


def test_an_id_of_our_form_from_elsewhere_is_not_given_twice(database_url: str) -> None:
    with factories.database(database_url) as database:
        deliver(database, factories.site(id="T-100003"), factories.site(id="T-100005"), factories.site(id="mine"))
        with database.writing() as session:
            frame = pd.concat(
                [without_ids(*(factories.site() for _ in range(3))), factories.frame([factories.site(id="T-100004")])]
            )
            saved = factories.save(session, frame.set_axis(range(1, 5)))
        with database.reading() as session:
            rows = session.execute(sa.select(tables.site.c.pk, tables.site.c.id))
            ids = {pk: id_ for pk, id_ in rows if pk in saved.new}
    assert ids == {4: "T-100008", 5: "T-100009", 6: "T-100006", 7: "T-100004"}


def test_a_public_id_stays_and_that_is_said(database_url: str) -> None:
    given = factories.site(**KEY, id="first")
    with factories.database(database_url) as database:
        deliver(database, given)
        saved = deliver(database, dataclasses.replace(given, id="second"))
        assert saved.unchanged == 1
        (issue,) = saved.issues
        assert (issue.rule, issue.action, issue.row, issue.field, issue.value) == ("id_kept", "kept", 1, "id", "second")
        said = "The file gives the id “second” to a site that is known as first and stays so."
        assert issue.message % issue.params == said
        with database.writing() as session:
            assert factories.save(session, without_ids(given)).issues == (), "no id is no other id"
        assert stored(database, "first").source_id == "17"


def test_taken_ids_are_those_of_other_sites(database_url: str) -> None:
    mine, other = factories.site(id="mine", **KEY), factories.site(id="other", source="another town")
    new = factories.site(id="new")
    with factories.database(database_url, [mine, other]) as database, database.reading() as session:
        stolen = dataclasses.replace(new, id="other")
        assert saving.taken_ids(session, factories.frame([mine, stolen, new])) == {"other"}
        assert saving.taken_ids(session, without_ids(new)) == set()
        assert saving.taken_ids(session, factories.frame([new]).drop(columns="id")) == set()
        assert saving.taken_ids(session, factories.frame([])) == set()


def test_nothing_delivered_changes_nothing(database_url: str) -> None:
    with factories.database(database_url, [factories.site()]) as database:
        nothing = saving.Saved(new=(), changed=(), unchanged=0, moved=())
        assert deliver(database) == nothing


def test_many_are_saved_in_parts(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "CHUNK", 3)
    delivered = [factories.site(geometry=factories.at(i), grz=0.1 * i) for i in range(10)]
    with factories.database(database_url) as database:
        assert len(deliver(database, *delivered).new) == 10
        changed = [dataclasses.replace(one, grz=0.9, quay=None if i % 2 else True) for i, one in enumerate(delivered)]
        saved = deliver(database, *changed[:8])
        assert saved.changed == tuple(range(1, 9))
        assert [stored(database, one.id) for one in changed[:8]] == changed[:8]
        assert len(revisions(database)) == 18


def test_parts_of_one_delivery_are_one_delivery(database_url: str) -> None:
    delivered = [factories.site(source="town", grz=0.1 * i) for i in range(7)]
    with factories.database(database_url, delivered[:5]) as database, database.writing() as session:
        changed = [dataclasses.replace(one, grz=0.9) if i % 2 else one for i, one in enumerate(delivered)]
        frame = factories.frame(changed)
        delivery = factories.delivery(session)
        parts = [delivery.save(frame.iloc[rows]) for rows in (slice(0, 2), slice(2, 4), slice(4, 7))]
        assert [part.unchanged for part in parts] == [1, 1, 1]
        assert [part.changed for part in parts] == [(2,), (4,), ()]
        assert [part.new for part in parts] == [(), (), (6, 7)]
        told = [(one.kind.value, one.row, one.id) for part in parts for one in part.outcomes]
        assert told == [
            ("changed", 2, delivered[1].id),
            ("changed", 4, delivered[3].id),
            ("new", 6, delivered[5].id),
            ("new", 7, delivered[6].id),
        ]
        assert delivery.missing() == ()


def test_generated_ids_keep_clear_of_what_later_parts_bring(database_url: str) -> None:
    with factories.database(database_url) as database, database.writing() as session:
        reserved = frozenset({"T-100001", "T-100003", "mine"})
        delivery = factories.delivery(session, reserved=reserved)
        delivery.save(without_ids(factories.site(), factories.site()))
        delivery.save(factories.frame([factories.site(id=id_) for id_ in sorted(reserved)]))
        ids = session.scalars(sa.select(tables.site.c.id).order_by(tables.site.c.pk)).all()
    assert ids == ["T-100004", "T-100002", "T-100001", "T-100003", "mine"]


def test_more_than_is_told_is_counted(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MOST_TOLD", 3)
    delivered = [factories.site() for _ in range(5)]
    with factories.database(database_url, delivered) as database, database.writing() as session:
        delivery = factories.delivery(session)
        frame = factories.frame([*(dataclasses.replace(one, grz=0.4) for one in delivered), factories.site()])
        first, second = delivery.save(frame.iloc[:2]), delivery.save(frame.iloc[2:])
    assert (len(first.changed), len(first.outcomes)) == (2, 2)
    assert (len(second.changed), len(second.new), len(second.outcomes)) == (3, 1, 1)


def test_changes_are_told_in_the_models_words(database_url: str) -> None:
    given = factories.complete_site()
    outline = factories.square(1000, 0, 100)
    contact = dataclasses.replace(given.contact, name="Andere Stelle") if given.contact else None
    changed = dataclasses.replace(
        given,
        status=Status.RESERVED,
        zoning=(Zoning.GE,),
        sectors=None,
        quay=True,
        available_from=None,
        contact=contact,
        geometry=outline,
        provenance={"*": Provenance(source="Muster", as_of="2026")},
    )
    with factories.database(database_url, [given]) as database:
        (outcome,) = deliver(database, changed).outcomes
    assert given.geometry is not None
    assert {change.field: (change.before, change.after) for change in outcome.changes} == {
        **{n: (getattr(given, n), getattr(changed, n)) for n in ("status", "zoning", "sectors", "quay", "contact")},
        "available_from": (given.available_from, None),
        "provenance": (given.provenance, changed.provenance),
        "geometry": (Outline.of(given.geometry), Outline.of(outline)),
    }
    assert Outline.of(outline) == Outline(kind="Polygon", corners=4, x=outline.centroid.x, y=outline.centroid.y)


def test_a_word_with_the_lists_own_sign_is_stored_once(database_url: str) -> None:
    given = factories.site(sectors=("a|b", "", " "), funding_programmes=("Fünf|Standorte",))
    with factories.database(database_url) as database:
        deliver(database, given)
        assert stored(database, given.id).sectors == ("a b",)
        assert deliver(database, given).unchanged == 1


def test_every_attribute_has_a_column() -> None:
    assert set(ATTRIBUTES) <= set(tables.site.c.keys())


def test_deliveries_are_logged_with_their_counts(database_url: str) -> None:
    with factories.database(database_url) as database:
        with database.writing() as session:
            key = saving.record_delivery(
                session,
                actor="officer",
                file_name="sites.csv",
                sha256="ab" * 32,
                profile="finder",
                summary={},
                at=factories.NOW,
            )
            saving.update_summary(session, key, {"read": 3})
        with database.reading() as session:
            row = session.execute(sa.select(tables.delivery)).one()
    assert (row.id, row.actor, row.file_name, row.sha256) == (key, "officer", "sites.csv", "ab" * 32)
    assert (row.at, row.profile, orjson.loads(row.summary)) == ("2026-06-01T12:00:00+00:00", "finder", {"read": 3})
