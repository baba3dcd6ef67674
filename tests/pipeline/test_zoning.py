"""The zoning layer: what it gives, what it leaves, what it takes back, and what it says of stated zonings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from finder.language import Language
from finder.model.site import Provenance, Site
from finder.model.vocabulary import GeometryQuality, PlanStatus, Status, Zoning
from finder.model.zone import Way, Zone
from finder.pipeline import zoning
from finder.pipeline.zoning import Applied
from finder.store import edits, revisions, sites, zones
from finder.store.database import Session
from tests import factories
from tests.factories import at, site, square, zone

GE, GI, GEE, MI = Zoning.GE, Zoning.GI, Zoning.GEE, Zoning.MI
ENGLISH = Language("en")
LATER = factories.NOW + dt.timedelta(days=30)
PLAN: dict[str, Any] = {"plan_name": "Nr. 12", "as_of": "2015-03-12", "publisher": "Musterstadt", "grz": 0.8}


def load(session: Session, *layer: Zone, when: dt.datetime = factories.NOW) -> Applied:
    """Put these zones in the place of the layer and hold them against all sites."""
    zones.replace(session, "plans", layer)
    return zoning.apply(session, factories.delivery(session).key, actor="zoning", at=when)


def deliver(session: Session, *delivered: Site, columns: Sequence[str] | None = None) -> Applied:
    """Bring sites in as a file does, the layer after them."""
    saved = factories.save(session, factories.frame(list(delivered), columns), only_new={"provenance"})
    return zoning.apply(session, factories.delivery(session).key, actor="import", at=LATER, rows=saved.rows)


def counts(applied: Applied) -> dict[str, int]:
    return {name: value for name, value in vars(applied).items() if name != "issues" and value}


def said(applied: Applied) -> list[tuple[int | None, str, str]]:
    return [(i.row, i.action, ENGLISH.text(i.message, **i.params)) for i in applied.issues]


def got(session: Session, *ids: str) -> list[Site]:
    return [sites.get(session, id_).site for id_ in ids]


@pytest.fixture
def opened(database_url: str) -> Iterator[Session]:
    """A session of an empty database."""
    with factories.database(database_url) as database, database.writing() as session:
        yield session


# -- what it gives ----------------------------------------------------------------------------------------------------


def test_a_site_takes_its_zoning_from_the_zones_it_lies_in(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square(50, 0, 100))])
    west = zone(
        geometry=square(0, 0, 120), zoning=(GE,), zoning_detail="GE 1", plan_url="https://example.org/12", **PLAN
    )
    east = zone(geometry=square(120, 0, 200), zoning=(GI,), **(PLAN | {"plan_name": "Nr. 13", "as_of": "2011"}))
    applied = load(opened, west, east)
    assert counts(applied) == {"given": 1}
    assert applied.issues == []
    (one,) = got(opened, "A-1")
    assert (one.zoning, one.zoning_shares, one.zoning_detail) == ((GE, GI), ("70 %", "30 %"), "GE 1")
    assert (one.plan_status, one.plan_name, one.plan_url) == (PlanStatus.IN_FORCE, "Nr. 12; Nr. 13", None)
    assert (one.grz, one.gfz, one.bmz) == (0.8, None, None)
    origin = Provenance(source="Nr. 12 (Musterstadt); Nr. 13 (Musterstadt)", as_of="2011", method="overlap")
    assert one.origin("zoning") == one.origin("zoning_shares") == one.origin("grz") == origin
    assert one.origin("name") == Provenance(source="test"), "other facts keep their origin"
    assert "gfz" not in one.provenance


def test_what_it_gives_is_a_revision_of_the_delivery_and_no_edit(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square())])
    load(opened, zone(**PLAN))
    query = "SELECT version, actor, action, delivery_id IS NULL, before, after FROM revision ORDER BY id"
    created, given = opened.exec_driver_sql(query).all()
    assert tuple(created)[:3] == (1, "test", "created")
    assert tuple(given)[:3] == (2, "zoning", "changed")
    assert not given[3]
    assert '"zoning":null' in given[4]
    assert '"grz":0.8' in given[5]
    assert revisions.edits(opened, [1]) == {}
    assert sites.get(opened, "A-1").version == 2


def test_indices_that_differ_between_its_zones_are_not_known(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square())])
    load(opened, zone(geometry=square(0, 0, 200), grz=0.8, gfz=2.4), zone(geometry=square(0, 0, 90), grz=0.6, gfz=2.4))
    (one,) = got(opened, "A-1")
    assert (one.zoning, one.zoning_shares, one.grz, one.gfz) == ((GE,), ("100 %",), None, 2.4)


def test_the_edge_of_a_zone_is_no_part_of_the_zoning(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square(0, 0, 100)), site(id="A-2", geometry=square(0, 500, 100))])
    load(
        opened,
        zone(geometry=square(0, 0, 96)),
        zone(geometry=square(96, 0, 100), zoning=(GI,)),
        zone(geometry=square(96.1, 500)),
    )
    first, second = got(opened, "A-1", "A-2")
    assert (first.zoning, first.zoning_shares) == ((GE,), ("92 %",))
    assert second.zoning is None


def test_what_lies_outside_all_zones_is_missing_from_the_shares(opened: Session) -> None:
    factories.save(
        opened, [site(id="A-1", geometry=square(0, 0, 100), zoning=(MI,)), site(id="A-2", geometry=square(0, 0, 100))]
    )
    applied = load(opened, zone(geometry=square(0, 0, 60)), zone(geometry=square(60, 0, 30), zoning=(GI,)))
    (_, second) = got(opened, "A-1", "A-2")
    assert (second.zoning, second.zoning_shares) == ((GE, GI), ("36 %", "9 %"))
    assert said(applied)[0][2] == (
        "Stated is MI, a plan in force shows GE 36 %, GI 9 %, – 55 % (plans). What is stated stays."
    )


@pytest.mark.parametrize("state", [*(set(PlanStatus) - {PlanStatus.IN_FORCE}), None])
def test_only_plans_in_force_count(database_url: str, state: PlanStatus | None) -> None:
    with factories.database(database_url, [site(geometry=square())]) as database, database.writing() as session:
        assert counts(load(session, zone(plan_status=state))) == {"without": 1}


def test_a_point_has_the_zoning_of_the_zone_it_lies_in(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=at(50, 50)), site(id="A-2", geometry=at(5000, 0))])
    assert counts(load(opened, zone(**PLAN))) == {"given": 1, "by_point": 1, "without": 1}
    (one,) = got(opened, "A-1")
    assert (one.zoning, one.zoning_shares, one.grz) == ((GE,), None, 0.8)
    assert one.origin("zoning").method == Way.POINT


@pytest.mark.parametrize(
    ("known", "taken"),
    [
        ({"geometry": square(300, 300, 100), "position_uncertainty_m": 200.0}, True),
        ({"geometry": square(300, 300, 100), "position_uncertainty_m": 400.0}, False),
        ({"geometry": at(400, 400), "position_uncertainty_m": 300.0}, True),
        ({"geometry": at(400, 400), "position_uncertainty_m": 900.0}, False),
        ({"geometry": square(300, 300, 100)}, False),
    ],
)
def test_an_inexact_place_must_lie_wholly_in_one_kind(opened: Session, known: dict[str, Any], taken: bool) -> None:
    factories.save(opened, [site(id="A-1", geometry_quality=GeometryQuality.APPROXIMATE, **known)])
    applied = load(opened, zone(geometry=square(0, 0, 1000)))
    (one,) = got(opened, "A-1")
    assert counts(applied) == ({"given": 1} if taken else {"doubtful": 1})
    assert (one.zoning, one.zoning_shares) == ((GE,) if taken else None, None)
    if taken:
        assert one.origin("zoning").method == Way.WITHIN
    else:
        assert "too inexact" in said(applied)[0][2]


def test_plans_that_contradict_each_other_give_nothing(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square()), site(id="A-2", geometry=at(10, 10))])
    applied = load(opened, zone(**PLAN), zone(zoning=(GI,), plan_name="Nr. 13", geometry=square(0, 0, 100)))
    assert counts(applied) == {"doubtful": 2}
    assert said(applied)[0] == (
        None,
        "kept",
        "Plans in force of different kinds lie on each other here "
        "(Nr. 12 (Musterstadt); Nr. 13 (plans): GE 100 %, GI 25 %).",
    )
    assert [one.zoning for one in got(opened, "A-1", "A-2")] == [None, None]


def test_a_zone_of_two_kinds_has_no_shares(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square())])
    load(opened, zone(zoning=(GI, GEE)))
    (one,) = got(opened, "A-1")
    assert (one.zoning, one.zoning_shares) == ((GI, GEE), None)


@pytest.mark.parametrize("status", [Status.SOLD, Status.WITHDRAWN])
def test_what_has_left_the_market_is_left_alone(opened: Session, status: Status) -> None:
    factories.save(opened, [site(id="A-1", geometry=square(), status=status)])
    assert counts(load(opened, zone())) == {}
    assert got(opened, "A-1")[0].zoning is None


# -- what was stated --------------------------------------------------------------------------------------------------


def test_a_stated_zoning_is_compared_and_stays(opened: Session) -> None:
    known = [
        site(id="A-1", geometry=square(), zoning=(GI,), grz=0.4),
        site(id="A-2", geometry=square(), zoning=(GE,)),
        site(id="A-3", geometry=square(), zoning=(Zoning.G,)),
        site(id="A-4", geometry=None, zoning=(GE,)),
    ]
    factories.save(opened, known)
    before = got(opened, "A-1", "A-2", "A-3", "A-4")
    applied = load(opened, zone(**PLAN))
    assert counts(applied) == {"differing": 1, "agreeing": 2, "without": 1}
    (issue,) = applied.issues
    assert (issue.rule, issue.field, issue.value) == ("zoning_differs", "zoning", "A-1")
    assert said(applied)[0][2] == (
        "Stated is GI, a plan in force shows GE 100 % (Nr. 12 (Musterstadt)). What is stated stays."
    )
    assert got(opened, "A-1", "A-2", "A-3", "A-4") == before


def test_other_stated_facts_stay_beside_a_zoning_from_the_layer(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square(), grz=0.4, plan_name="Nr. 12 a")])
    load(opened, zone(gfz=2.4, **PLAN))
    (one,) = got(opened, "A-1")
    assert (one.zoning, one.grz, one.gfz, one.plan_name) == ((GE,), 0.4, 2.4, "Nr. 12 a")
    assert one.origin("grz") == Provenance(source="test")


def edit(session: Session, id_: str, **changes: Any) -> None:
    version = sites.get(session, id_).version
    edits.edit(session, id_, changes, version=version, actor="officer@example.org", at=factories.NOW)


def test_the_desk_has_the_last_word(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square()), site(id="A-2", geometry=square(), zoning=(GI,))])
    edit(opened, "A-1", zoning=(MI,))
    edit(opened, "A-2", zoning=None)
    applied = load(opened, zone(**PLAN))
    assert counts(applied) == {"differing": 2}
    assert [one.zoning for one in got(opened, "A-1", "A-2")] == [(MI,), None]


def test_an_edit_at_the_desk_takes_the_layers_other_facts_along(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square())])
    load(opened, zone(**PLAN))
    edit(opened, "A-1", zoning=(MI,), plan_name="Nr. 99")
    (one,) = got(opened, "A-1")
    assert (one.zoning, one.zoning_shares, one.grz, one.plan_name) == ((MI,), None, None, "Nr. 99")
    assert counts(load(opened, zone(**PLAN))) == {"differing": 1}
    assert got(opened, "A-1")[0] == one


# -- again ------------------------------------------------------------------------------------------------------------


def test_the_same_layer_again_changes_nothing(opened: Session) -> None:
    factories.save(
        opened, [site(geometry=square()), site(geometry=at(10, 10)), site(geometry=square(500, 0), zoning=(GI,))]
    )
    layer = [zone(**PLAN), zone(geometry=square(500, 0))]
    assert load(opened, *layer).wrote
    count = opened.exec_driver_sql("SELECT count(*) FROM revision").scalar()
    again = load(opened, *layer, when=LATER)
    assert counts(again) == {"kept": 2, "by_point": 1, "differing": 1}
    assert not again.wrote
    assert opened.exec_driver_sql("SELECT count(*) FROM revision").scalar() == count


def test_a_newer_layer_updates_what_the_older_gave(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square()), site(id="A-2", geometry=square(), zoning=(GE,))])
    load(opened, zone(gfz=2.4, **PLAN))
    applied = load(opened, zone(zoning=(GI,), **(PLAN | {"as_of": "2026-05", "grz": 0.6})))
    assert counts(applied) == {"updated": 1, "differing": 1}
    first, second = got(opened, "A-1", "A-2")
    assert (first.zoning, first.grz, first.gfz, first.origin("zoning").as_of) == ((GI,), 0.6, None, "2026-05")
    assert "gfz" not in first.provenance
    assert (second.zoning, second.grz) == ((GE,), None)


def test_what_no_zone_says_any_more_is_taken_back(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square(), note="bleibt"), site(id="A-2", geometry=square(900, 0))])
    before = got(opened, "A-1")
    load(opened, zone(**PLAN), zone(geometry=square(900, 0)))
    applied = load(opened, zone(geometry=square(900, 0)))
    assert counts(applied) == {"withdrawn": 1, "kept": 1}
    assert "not known again" in said(applied)[0][2]
    assert got(opened, "A-1") == before
    assert counts(load(opened)) == {"withdrawn": 1, "without": 1}


def test_a_plan_that_is_no_longer_in_force_is_taken_back(opened: Session) -> None:
    factories.save(opened, [site(id="A-1", geometry=square())])
    load(opened, zone(**PLAN))
    assert counts(load(opened, zone(plan_status=PlanStatus.NONE, **PLAN))) == {"withdrawn": 1}
    assert got(opened, "A-1")[0].plan_status is None


# -- with deliveries --------------------------------------------------------------------------------------------------


def test_new_sites_have_their_zoning_at_once(opened: Session) -> None:
    load(opened, zone(**PLAN))
    applied = deliver(opened, site(id="A-1", geometry=square()), site(id="A-2", geometry=square(), zoning=(GI,)))
    assert counts(applied) == {"given": 1, "differing": 1}
    assert said(applied) == [
        (1, "noted", "The zoning was taken from a plan in force: GE 100 % (Nr. 12 (Musterstadt))."),
        (2, "kept", "Stated is GI, a plan in force shows GE 100 % (Nr. 12 (Musterstadt)). What is stated stays."),
    ]


def test_a_delivery_without_zones_in_the_store_says_nothing(opened: Session) -> None:
    assert counts(deliver(opened, site(geometry=square()))) == {}


def test_an_empty_cell_does_not_wipe_what_the_layer_gave(opened: Session) -> None:
    load(opened, zone(**PLAN))
    one = site(id="A-1", geometry=square())
    deliver(opened, one)
    known = got(opened, "A-1")
    assert counts(deliver(opened, one)) == {}, "nothing of the site has changed"
    assert got(opened, "A-1") == known
    assert sites.get(opened, "A-1").version == 2


def test_a_file_with_origins_of_its_own_leaves_the_layers(opened: Session) -> None:
    load(opened, zone(**PLAN))
    one = site(id="A-1", geometry=square(), provenance={"*": Provenance(source="Musterstadt", as_of="2026")})
    factories.save(opened, [one])
    zoning.apply(opened, factories.delivery(opened).key, actor="import", at=LATER)
    (known,) = got(opened, "A-1")
    factories.save(opened, [one])
    assert got(opened, "A-1") == [known]
    assert known.origin("zoning").method == Way.OVERLAP
    assert known.origin("note").source == "Musterstadt"


def test_a_zoning_that_is_delivered_later_replaces_the_layers_and_its_shares(opened: Session) -> None:
    load(opened, zone(**PLAN))
    one: dict[str, Any] = vars(site(id="A-1", geometry=square()))
    deliver(opened, Site(**one))
    applied = deliver(opened, Site(**(one | {"zoning": (GI,), "plan_name": "Nr. 99"})), columns=["zoning", "plan_name"])
    (now,) = got(opened, "A-1")
    assert (now.zoning, now.zoning_shares, now.grz, now.plan_name) == ((GI,), None, None, "Nr. 99")
    assert now.origin("zoning") == Provenance(source="test")
    assert counts(applied) == {"differing": 1}
    assert counts(deliver(opened, Site(**(one | {"zoning": (GI,), "plan_name": "Nr. 99"})))) == {}
    applied = deliver(opened, Site(**one))
    assert counts(applied) == {"given": 1}, "an empty cell makes it not known, and then the layer may speak"
    assert got(opened, "A-1")[0].zoning == (GE,)


def test_one_delivered_index_leaves_the_layers_other_facts(opened: Session) -> None:
    load(opened, zone(gfz=2.4, **PLAN))
    one: dict[str, Any] = vars(site(id="A-1", geometry=square()))
    deliver(opened, Site(**one))
    deliver(opened, Site(**(one | {"grz": 0.5})))
    (now,) = got(opened, "A-1")
    assert (now.zoning, now.grz, now.gfz) == ((GE,), 0.5, 2.4)
    assert now.origin("grz") == Provenance(source="test")
    assert not load(opened, zone(gfz=2.4, **PLAN)).wrote


def test_a_site_that_moves_is_judged_anew(opened: Session) -> None:
    load(opened, zone(**PLAN), zone(geometry=square(900, 0), zoning=(GI,)))
    one: dict[str, Any] = vars(site(id="A-1", geometry=square()))
    deliver(opened, Site(**one))
    applied = deliver(opened, Site(**(one | {"geometry": square(900, 0)})))
    assert counts(applied) == {"updated": 1}
    assert said(applied) == [(1, "noted", "The zoning from the plan is another one now: GI 100 % (plans).")]
    assert counts(deliver(opened, Site(**(one | {"geometry": square(5000, 0)})))) == {"withdrawn": 1}
    deliver(opened, Site(**one))
    assert counts(deliver(opened, Site(**(one | {"geometry": None})))) == {"withdrawn": 1}
    assert got(opened, "A-1")[0].zoning is None


def test_many_sites_in_small_parts_are_judged_alike(opened: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [site(id=f"A-{i}", geometry=square(i * 90, (i * 7919) % 4000, 100)) for i in range(60)]
    layer = [zone(geometry=square(x, y, 1900), zoning=(kind,)) for x, kind in ((0, GE), (2000, GI)) for y in (0, 2000)]
    factories.save(opened, known)
    found = []
    for size in (10_000, 7):
        monkeypatch.setattr(zoning, "_AT_ONCE", size)
        applied = load(opened, *layer)
        found.append((counts(applied), [(s.zoning, s.zoning_shares) for s in got(opened, *(one.id for one in known))]))
        load(opened)
    assert found[0] == found[1]
    assert found[0][0]["given"] > 15


def test_an_export_that_comes_back_changes_nothing(opened: Session) -> None:
    load(opened, zone(gfz=2.4, **PLAN))
    deliver(opened, site(id="A-1", source_id="k", geometry=square()))
    (known,) = got(opened, "A-1")
    factories.save(opened, [known])
    assert (got(opened, "A-1"), sites.get(opened, "A-1").version) == ([known], 2)
    assert counts(load(opened, zone(gfz=2.4, **PLAN))) == {"kept": 1}


def test_an_older_export_does_not_bring_the_older_plan_back(opened: Session) -> None:
    load(opened, zone(**PLAN))
    deliver(opened, site(id="A-1", geometry=square()))
    (older,) = got(opened, "A-1")
    load(opened, zone(zoning=(GI,), **(PLAN | {"as_of": "2026"})))
    (newer,) = got(opened, "A-1")
    factories.save(opened, [older])
    assert got(opened, "A-1") == [newer]


def test_a_value_written_over_in_an_export_is_stated(opened: Session) -> None:
    load(opened, zone(**PLAN))
    deliver(opened, site(id="A-1", geometry=square()))
    (known,) = got(opened, "A-1")
    factories.save(opened, [Site(**(vars(known) | {"zoning": (MI,)}))])
    (now,) = got(opened, "A-1")
    assert (now.zoning, now.zoning_shares, now.grz) == ((MI,), None, None)
    assert now.origin("zoning") == Provenance(source="test")
    assert counts(load(opened, zone(**PLAN))) == {"differing": 1}


def test_what_another_finders_layer_gave_is_stated_here(opened: Session) -> None:
    elsewhere = {"zoning": Provenance(source="Nr. 99", as_of="2020", method="overlap")}
    known = site(id="A-1", geometry=square(), zoning=(GI,), provenance=elsewhere)
    load(opened, zone(geometry=square(5000, 0)))
    assert counts(deliver(opened, known)) == {"without": 1}
    assert got(opened, "A-1")[0].origin("zoning") == Provenance(
        source="Nr. 99", as_of="2020", method="overlap, as delivered"
    )
    factories.save(opened, [known])
    assert sites.get(opened, "A-1").version == 1
    assert counts(load(opened, zone())) == {"differing": 1}
    load(opened)
    assert got(opened, "A-1")[0].zoning == (GI,)
