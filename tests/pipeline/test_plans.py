"""Plans in XPlanGML on their way in: as sites, plan by plan, and as the zones that give sites their zoning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from finder import pipeline
from finder.model.query import all_of
from finder.model.site import Site
from finder.model.vocabulary import PlanStatus, Zoning
from finder.store import sites
from finder.store.database import Database
from tests import factories
from tests.factories import ORIGIN, site, square
from tests.sources.files import written
from tests.sources.xplans import Ref, Xml, file, plan, polygon, section, surface, whole, zone
from tests.sources.xplans import square as corners

X, Y = ORIGIN


def area(x: float = 0.0, y: float = 0.0, side: float = 100.0) -> Xml:
    """Return the outline of a square x metres east and y metres north of the corner that all tests start from."""
    return Xml(polygon(corners(X + x, Y + y, side)))


def deliver(database: Database, path: Path) -> pipeline.Report:
    return pipeline.deliver(database, path, at=factories.NOW)


def stored(database: Database) -> dict[str, Site]:
    with database.reading() as session:
        keys = sites.find(session, all_of(()), ()).keys
        return {listed.site.source_id: listed.site for listed in sites.load(session, keys)}


def test_a_plan_is_delivered_as_a_whole(database_url: str, tmp_path: Path) -> None:
    both = whole(zone("a", position=area()), zone("b", position=area(200), besondereArtDerBaulNutzung="1800"))
    newer = whole(zone("a", position=area(), GRZ="0.8"))
    other = whole(zone("c", position=area(400)), name="Bebauungsplan Nr. 7")
    with factories.database(database_url) as database:
        first = deliver(database, written(tmp_path, "a.gml", both))
        assert (len(stored(database)), first.missing) == (2, ())
        again = deliver(database, written(tmp_path, "again.gml", both))
        assert (again.unchanged, again.missing) == (2, ())
        assert deliver(database, written(tmp_path, "other.gml", other)).missing == ()
        report = deliver(database, written(tmp_path, "newer.gml", newer))
        assert [one.name for one in report.missing] == ["Bebauungsplan Nr. 100 GI"]
        found = stored(database)
    assert found["a"].grz == 0.8
    assert {key: one.zoning for key, one in found.items()} == {"a": (Zoning.GE,), "b": (Zoning.GI,), "c": (Zoning.GE,)}


def test_the_same_plan_in_a_newer_version_of_the_format_changes_nothing(database_url: str, tmp_path: Path) -> None:
    areas = zone("a", position=area(), GRZ="0.8", abweichungBauNVO="1000")
    with factories.database(database_url) as database:
        deliver(database, written(tmp_path, "a.gml", whole(areas, version="5.1")))
        report = deliver(database, written(tmp_path, "b.gml", whole(areas, version="6.1")))
        assert (report.unchanged, report.missing) == (1, ())
        assert stored(database)["a"].zoning == (Zoning.GEE,)


def test_zones_of_plans_in_force_give_sites_their_zoning(database_url: str, tmp_path: Path) -> None:
    members = [
        plan("p1", inkrafttretensDatum="2012-05-30"),
        section("b1", gehoertZuPlan=Ref("#p1")),
        plan("p2", name="Bebauungsplan Nr. 7", rechtsstand="50000"),
        section("b2", gehoertZuPlan=Ref("#p2")),
        plan("p3", "FP", name="Flächennutzungsplan"),
        section("b3", "FP", gehoertZuPlan=Ref("#p3")),
        zone("z1", gehoertZuBereich=Ref("#b1"), position=area(side=200), GRZ="0.8", gliederung1="1"),
        zone("z2", gehoertZuBereich=Ref("#b2"), position=area(500, side=200)),
        zone("z3", "FP_BebauungsFlaeche", gehoertZuBereich=Ref("#b3"), position=area(-1000, -1000, 5000)),
        zone("z4", gehoertZuBereich=Ref("#b1"), besondereArtDerBaulNutzung=None, allgArtDerBaulNutzung=None),
    ]
    known = [site(source_id="in", geometry=square()), site(source_id="lapsed", geometry=square(500))]
    with factories.database(database_url, known) as database:
        path = written(tmp_path, "plans.gml", file(*members, version="6.0"))
        report = pipeline.load_zoning(database, path, at=factories.NOW)
        assert (report.profile, report.zones, report.in_force, report.rejected) == ("xplan", 3, 1, 1)
        assert (report.applied.given, report.applied.without) == (1, 1)
        found = stored(database)
    one = found["in"]
    assert (one.zoning, one.grz, one.plan_status) == ((Zoning.GE,), 0.8, PlanStatus.IN_FORCE)
    assert (one.plan_name, one.zoning_detail) == ("Bebauungsplan Nr. 100", "Gliederung 1")
    origin = one.origin("zoning")
    assert (origin.as_of, origin.method) == ("2012-05-30", "overlap")
    assert origin.source is not None
    assert origin.source.startswith("Bebauungsplan Nr. 100")
    assert found["lapsed"].zoning is None


def test_patches_that_share_edges_are_one_outline(database_url: str, tmp_path: Path) -> None:
    patches = [polygon(corners(X + x, Y, 100), kind="PolygonPatch", srs=None) for x in (0, 100)]
    with factories.database(database_url) as database:
        deliver(database, written(tmp_path, "a.gml", whole(zone("a", position=Xml(surface(*patches))))))
        (one,) = stored(database).values()
    assert one.geometry is not None
    assert one.geometry.is_valid
    assert one.area_m2 == 20_000


def test_hostile_values_are_said_and_stored_nowhere(database_url: str, tmp_path: Path) -> None:
    bad: dict[str, Any] = {"GRZ": "=1+1", "GFZ": "1e999", "Z": "drei", "gliederung1": "<script>", "BMZ": "-5"}
    with factories.database(database_url) as database:
        report = deliver(database, written(tmp_path, "a.gml", whole(zone("a", position=area(), **bad))))
        (one,) = stored(database).values()
    assert {(issue.rule, issue.field) for issue in report.issues if issue.row} == {
        ("number", "grz"),
        ("number", "gfz"),
        ("number", "max_floors"),
        ("negative", "bmz"),
    }
    assert (one.grz, one.gfz, one.bmz, one.max_floors) == (None,) * 4
