"""The desk's edits: of the version that was looked at, logged, and never lost to a delivery."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
import shapely
import sqlalchemy as sa

from finder.errors import NotFound, Outdated
from finder.model.outcome import Conflict, Kind, Outcome, Outline
from finder.model.site import ATTRIBUTES, Provenance, Site
from finder.model.vocabulary import Availability, GeometryQuality, Status, Zoning
from finder.store import edits, proposals, saving, sites, tables
from finder.store.database import Database
from tests import factories
from tests.store import strategies

AT = factories.NOW + dt.timedelta(days=10)
LATER = factories.NOW + dt.timedelta(days=30)
OFFICER = "officer@example.org"
DESK = Provenance(source="05990001", as_of="2026-06-11", method="desk")


def edit(database: Database, id_: str, version: int = 1, at: dt.datetime = AT, **changes: Any) -> edits.Edited:
    """Change a site at the desk."""
    with database.writing() as session:
        return edits.edit(session, id_, changes, version=version, actor=OFFICER, at=at)


def deliver(database: Database, *delivered: Site, columns: list[str] | None = None, **settings: Any) -> saving.Saved:
    """Save sites as a later delivery."""
    with database.writing() as session:
        return factories.save(session, factories.frame(delivered, columns), at=LATER, **settings)


def stored(database: Database, id_: str) -> Site:
    with database.reading() as session:
        return sites.get(session, id_).site


def conflicts(saved: saving.Saved) -> list[Conflict]:
    return [conflict for outcome in saved.outcomes for conflict in outcome.conflicts]


def count(database: Database, table: sa.Table) -> int:
    with database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_an_edit_is_a_revision_that_says_where_the_fact_is_from(database_url: str) -> None:
    given = factories.site(grz=0.8, provenance={"*": Provenance(source="Muster")})
    with factories.database(database_url, [given]) as database:
        edited = edit(database, given.id, grz=0.6, zoning=(Zoning.GI,), name="Neuer Name", status=Status.PUBLISHED)
        assert edited == edits.Edited(pk=1, version=2, moved=False)
        after = stored(database, given.id)
        with database.reading() as session:
            revision = session.execute(sa.select(tables.revision).order_by(tables.revision.c.id.desc()).limit(1)).one()
            assert session.scalar(sa.select(tables.site.c.search_text).where(tables.site.c.pk == 1)).startswith("neuer")
    assert (after.grz, after.zoning, after.name, after.status) == (0.6, (Zoning.GI,), "Neuer Name", Status.PUBLISHED)
    assert after.origin("grz") == after.origin("zoning") == DESK
    assert after.origin("owner") == Provenance(source="Muster")
    assert (revision.version, revision.actor, revision.delivery_id) == (2, OFFICER, None)
    assert '"grz":0.8' in revision.before
    assert '"grz":0.6' in revision.after


def test_the_second_of_two_editors_is_told(database_url: str) -> None:
    given = factories.site()
    with factories.database(database_url, [given]) as database:
        edit(database, given.id, grz=0.6)
        with pytest.raises(Outdated, match="Somebody else has changed the site"):
            edit(database, given.id, grz=0.4)
        assert stored(database, given.id).grz == 0.6
        deliver(database, dataclasses.replace(given, quay=True))
        with pytest.raises(Outdated):
            edit(database, given.id, version=2, quay=False)


def test_an_edit_of_nothing_writes_nothing(database_url: str) -> None:
    given = factories.complete_site()
    with factories.database(database_url, [given]) as database:
        same = {name: getattr(given, name) for name in edits.EDITABLE}
        assert edit(database, given.id, **same) == edits.Edited(pk=1, version=1, moved=False)
        assert count(database, tables.revision) == 1


@pytest.mark.parametrize("changes", [{"area_m2": 1.0}, {"id": "x"}, {"source": "x"}, {"status": None}, {"name": None}])
def test_what_cannot_be_edited_is_refused(database_url: str, changes: dict[str, Any]) -> None:
    given = factories.site()
    with factories.database(database_url, [given]) as database:
        with pytest.raises(ValueError, match=next(iter(changes))):
            edit(database, given.id, **changes)
        for nobody in ("nowhere", "\0", "\ud800"):
            with pytest.raises(NotFound):
                edit(database, nobody, grz=1.0)


FIELDS = [name for name in ATTRIBUTES if name not in ("area_m2", "geometry")]
NO_CONTRADICTION = {"geometry_quality", "position_uncertainty_m"}
"""Who says nothing of an outline's quality does not contradict."""


def either(name: str) -> tuple[Any, Any]:
    """Return two values of an attribute."""
    first, *others = [value for value in strategies.values(ATTRIBUTES[name]) if value != ""]
    return first, others[0] if others else dataclasses.replace(first, name="Andere Stelle")


def test_every_edited_fact_stays(database_url: str) -> None:
    """Whatever its type, and whether it was given a value, made not known, or is not known to the file."""
    values = {name: either(name) for name in FIELDS}
    first, second = ({name: pair[i] for name, pair in values.items()} for i in (0, 1))
    unknown = dict.fromkeys(FIELDS)
    given = factories.site(**first)
    with factories.database(database_url, [given]) as database:
        rounds = ((second, first), (unknown, second), (first, second), (second, unknown))
        for version, (desk, file) in enumerate(rounds, start=1):
            edit(database, given.id, version=version, **desk)
            saved = deliver(database, dataclasses.replace(given, **file))
            after = stored(database, given.id)
            assert {name: getattr(after, name) for name in FIELDS} == desk
            assert (saved.unchanged, saved.changed) == (1, ())
            found = {conflict.field: (conflict.kept, conflict.delivered) for conflict in conflicts(saved)}
            expected = {name: (desk[name], file[name]) for name in FIELDS}
            silent = NO_CONTRADICTION if file is unknown else set()
            assert found == {name: pair for name, pair in expected.items() if name not in silent}
        assert count(database, tables.revision) == 5, "the deliveries wrote none"


def test_a_conflict_tells_both_values_and_whose_they_are(database_url: str) -> None:
    given = factories.site(availability=Availability.IMMEDIATE, grz=0.8)
    with factories.database(database_url, [given]) as database:
        edit(database, given.id, availability=Availability.LONG)
        saved = deliver(database, dataclasses.replace(given, grz=0.4))
        (outcome,) = saved.outcomes
        again = deliver(database, dataclasses.replace(given, grz=0.4))
    assert (outcome.kind, outcome.row, outcome.id, outcome.name) == (Kind.CHANGED, 1, given.id, given.name)
    assert [(change.field, change.before, change.after) for change in outcome.changes] == [("grz", 0.8, 0.4)]
    conflict = Conflict(
        field="availability",
        kept=Availability.LONG,
        delivered=Availability.IMMEDIATE,
        actor=OFFICER,
        at="2026-06-11T12:00:00+00:00",
    )
    assert outcome.conflicts == (conflict,)
    assert again.outcomes == (Outcome(kind=Kind.UNCHANGED, row=1, id=given.id, name=given.name, conflicts=(conflict,)),)
    assert (saved.conflicts, again.conflicts, again.unchanged) == (1, 1, 1)


def test_a_status_of_the_desk_stays(database_url: str) -> None:
    given = factories.site(status=Status.DRAFT)
    with factories.database(database_url, [given]) as database:
        edit(database, given.id, status=Status.PUBLISHED)
        saved = deliver(database, given)
        assert [(c.field, c.kept, c.delivered) for c in conflicts(saved)] == [
            ("status", Status.PUBLISHED, Status.DRAFT)
        ]
        assert stored(database, given.id).status is Status.PUBLISHED


def test_an_outline_of_the_desk_stays_with_all_that_belongs_to_it(database_url: str) -> None:
    old, drawn, third = factories.square(), factories.square(500, 0, 100), factories.square(900, 0, 50)
    given = factories.site(geometry=old, area_m2=old.area, geometry_quality=GeometryQuality.PARCEL)
    with factories.database(database_url, [given]) as database:
        assert edit(database, given.id, geometry=drawn, geometry_quality=GeometryQuality.SURVEYED).moved
        for outline in (old, third):
            file = dataclasses.replace(
                given, geometry=outline, area_m2=outline.area, geometry_quality=None, position_uncertainty_m=5.0
            )
            saved = deliver(database, file)
            (conflict,) = conflicts(saved)
            assert conflict.field == "geometry"
            assert (conflict.kept, conflict.delivered) == (Outline.of(drawn), Outline.of(outline))
            assert (saved.changed, saved.moved) == ((), ())
        after = stored(database, given.id)
        assert after.geometry is not None
        assert after.geometry.equals(drawn)
        assert (after.area_m2, after.geometry_quality) == (10_000.0, GeometryQuality.SURVEYED)
        assert after.position_uncertainty_m is None


def test_who_edits_the_quality_answers_for_the_outline(database_url: str) -> None:
    old, other = factories.square(), factories.square(500)
    given = factories.site(geometry=old, area_m2=old.area)
    with factories.database(database_url, [given]) as database:
        assert edit(database, given.id, geometry_quality=GeometryQuality.APPROXIMATE).moved
        assert stored(database, given.id).area_m2 is None, "what is drawn is not measured"
        assert conflicts(deliver(database, given)) == [], "the same outline, and nothing said of its quality"
        saved = deliver(database, dataclasses.replace(given, geometry=other, area_m2=other.area))
        assert [conflict.field for conflict in conflicts(saved)] == ["geometry"]
        assert stored(database, given.id).geometry == shapely.orient_polygons(old)


def test_a_place_taken_away_at_the_desk_stays_away(database_url: str) -> None:
    given = factories.site(geometry=factories.square(), area_m2=40_000.0)
    with factories.database(database_url, [given]) as database:
        edit(database, given.id, geometry=None)
        assert [c.field for c in conflicts(deliver(database, given))] == ["geometry"]
        after = stored(database, given.id)
        assert (after.geometry, after.area_m2) == (None, None)


def test_origins_of_edited_facts_stay_and_the_others_follow_the_file(database_url: str) -> None:
    def said(year: str) -> dict[str, Provenance]:
        return {name: Provenance(source="Muster", as_of=year) for name in ("*", "grz", "gfz")}

    given = factories.site(grz=0.8, gfz=2.0, provenance=said("2024"))
    with factories.database(database_url, [given]) as database:
        edit(database, given.id, grz=0.6)
        assert deliver(database, given).unchanged == 1, "the file's own word on an edited fact is no change"
        newer = dataclasses.replace(given, provenance=said("2026"))
        assert deliver(database, newer).changed == (1,)
        assert deliver(database, newer).unchanged == 1
        after = stored(database, given.id)
    assert (after.origin("grz"), after.origin("gfz").as_of, after.origin("owner").as_of) == (DESK, "2026", "2026")


def test_a_fact_that_a_delivery_changed_is_the_deliveries_again(database_url: str) -> None:
    given = factories.site(grz=0.8, gfz=2.0)
    with factories.database(database_url, [given]) as database:
        deliver(database, dataclasses.replace(given, grz=0.7))
        edit(database, given.id, version=2, gfz=2.4)
        saved = deliver(database, dataclasses.replace(given, grz=0.5, gfz=2.0))
        assert [c.field for c in conflicts(saved)] == ["gfz"]
        assert saved.changed == (1,)
        assert (stored(database, given.id).grz, stored(database, given.id).gfz) == (0.5, 2.4)


def test_a_site_withdrawn_or_sold_at_the_desk_is_no_longer_proposed(database_url: str) -> None:
    kept, *gone = (factories.site(source="town", source_id=key) for key in "abc")
    with factories.database(database_url, [kept, *gone]) as database:
        with database.writing() as session:
            delivery = factories.delivery(session)
            delivery.save(factories.frame([kept]))
            assert [one.id for one in delivery.missing()] == [one.id for one in gone]
        edit(database, gone[0].id, status=Status.SOLD)
        edit(database, gone[1].id, status=Status.RESERVED)
        with database.reading() as session:
            assert proposals.of(session, gone[0].id) == ()
            assert [one.kind for one in proposals.of(session, gone[1].id)] == ["withdrawal"]
