"""The answer: a page of hits, the counts, and who was left out for want of knowledge; the same on both databases."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from shapely import Point

from finder.errors import UnknownWord
from finder.language import Language
from finder.model.query import Sort, all_of
from finder.model.reach import Reachable
from finder.model.vocabulary import AccessKind, Evidence, Status, Vehicle, Zoning
from finder.search import answer, question, surroundings
from finder.search.answer import Answer
from finder.search.criteria import LONGEST_WORDS, MOST_WORDS, Reach
from finder.store import sites
from finder.store.database import Database
from tests import factories

FAR = 30_000.0


def ask(
    database: Database,
    *pairs: tuple[str, str],
    limit: int | None = question.PAGE_SIZE,
    network: Reach | None = None,
) -> Answer:
    with database.reading() as session:
        context = surroundings.context(session, factories.TODAY, Language("en"), network)
        asked = question.read(pairs, context)
        return answer.ask(session, asked, today=factories.TODAY, hidden_after_days=365, limit=limit)


def ids(found: Answer) -> list[str]:
    return [hit.site.id for hit in found.hits]


def left_out(found: Answer) -> dict[str, int]:
    return {asked.criterion.word: count for asked, count in found.left_out_by}


DELIVERED = [
    factories.site(id="a", stated_area_m2=50_000.0, zoning=(Zoning.GI,), geometry=factories.at(500)),
    factories.site(id="b", stated_area_m2=60_000.0, zoning=(Zoning.GE, Zoning.GI), geometry=factories.at(FAR)),
    factories.site(id="c", stated_area_m2=70_000.0, geometry=factories.at(800)),
    factories.site(id="d", stated_area_m2=80_000.0, zoning=(Zoning.GI,)),
    factories.site(id="e", stated_area_m2=1_000.0, zoning=(Zoning.GI,), geometry=factories.at(100)),
    factories.site(
        id="draft", stated_area_m2=90_000.0, zoning=(Zoning.GI,), geometry=factories.at(1), status=Status.DRAFT
    ),
    factories.site(id="old", stated_area_m2=90_000.0, zoning=(Zoning.GI,), verified_on=dt.date(2020, 1, 1)),
    factories.site(id="maybe", stated_area_m2=90_000.0, zoning=(Zoning.GI,), evidence=Evidence.CONTESTED_PLAN),
]
POINTS = [factories.access_point(kind) for kind in AccessKind]
NEAR = (("near", "Musterstadt"), ("within_min", "20"))
WORDS = (("min_area", "2ha"), ("zoning", "GI"), ("max_motorway_junction_km", "3"))


def test_an_answer_counts_hits_scope_and_gaps(database_url: str) -> None:
    with factories.database(database_url, DELIVERED, access_points=POINTS) as database:
        found = ask(database, *WORDS)
        assert ids(found) == ["a"]
        assert (found.total, found.in_scope, found.left_out, found.first, found.pages) == (1, 5, 2, 1, 1)
        assert left_out(found) == {"zoning": 1, "max_motorway_junction_km": 1}
        shown = ask(database, *WORDS, ("unknown", "include"))
        assert ids(shown) == ["d", "c", "a"]
        assert [[shown.question.asked[i].criterion.word for i in hit.unknown] for hit in shown.hits] == [
            ["max_motorway_junction_km"],
            ["zoning"],
            [],
        ]
        potential = ask(database, ("zoning", "GI"), ("potential", "only"))
        assert (ids(potential), potential.in_scope) == (["maybe"], 1)


def test_no_question_shows_all_that_is_listed(database_url: str) -> None:
    with factories.database(database_url, DELIVERED, access_points=POINTS) as database:
        found = ask(database)
        assert ids(found) == ["d", "c", "b", "a", "e"]
        assert (found.total, found.in_scope, found.left_out, found.left_out_by) == (5, 5, 0, ())
        assert ids(ask(database, ("sort", "size_asc"))) == ["e", "a", "b", "c", "d"]
        assert ids(ask(database, ("sort", "motorway_junction_km"))) == ["e", "a", "c", "b", "d"]


def test_pages_are_numbered_and_beyond_the_last_is_nothing(database_url: str) -> None:
    with factories.database(database_url, DELIVERED) as database:
        pages = [ask(database, ("page", str(n)), limit=2) for n in (1, 2, 3, 4)]
        assert [ids(page) for page in pages] == [["d", "c"], ["b", "a"], ["e"], []]
        assert [page.first for page in pages] == [1, 3, 5, 0]
        assert {page.pages for page in pages} == {3}
        assert {page.total for page in pages} == {5}
        whole = ask(database, ("page", "1"), limit=None)
        assert (len(whole.hits), whole.pages) == (5, 1)


def test_nothing_found_in_an_empty_database(database_url: str) -> None:
    with factories.database(database_url) as database:
        found = ask(database, *WORDS)
        assert (found.hits, found.total, found.in_scope, found.left_out, found.pages) == ((), 0, 0, 0, 1)


@pytest.mark.parametrize("word", ["Bahnhof", "O'Brien", "100%", "a_b", "; DROP TABLE site; --", "\\", "|GI|"])
def test_searched_words_are_only_words(database_url: str, word: str) -> None:
    delivered = [factories.site(id="with", estate=f"Am {word} 3"), factories.site(id="without", estate="Am Hafen")]
    with factories.database(database_url, delivered) as database:
        assert ids(ask(database, ("q", word))) == ["with"]
        assert ids(ask(database, ("q", f"  {word.upper()}  am "))) == ["with"]
        assert ids(ask(database, ("q", f"{word} elsewhere"))) == []


@pytest.mark.parametrize("text", ["Am\0 Bahnhof", "Am Bahn\u200bhof", "\udcffAm\tBahnhof\n", "\u00adAm Bahnhof\x1b"])
def test_signs_that_are_none_are_not_searched(database_url: str, text: str) -> None:
    with factories.database(database_url, [factories.site(id="x", estate="Am Bahnhof 3")]) as database:
        found = ask(database, ("q", text))
        assert ids(found) == ["x"]
        assert found.question.texts("q")
        assert found.question.asked[0].value == "Am Bahnhof"


def test_as_many_words_as_may_be_asked_are_answered(database_url: str) -> None:
    with factories.database(database_url, [factories.site(id="x")]) as database:
        words = [f"w{number}" for number in range(MOST_WORDS)]
        assert ids(ask(database, ("q", " ".join(words)))) == []
        for text in (" ".join([*words, "w"]), " ".join(["w"] * 100_000), "w" * (LONGEST_WORDS + 1), "\0", " \u200b "):
            with pytest.raises(UnknownWord, match="one to 20 words"):
                ask(database, ("q", text))


def test_words_find_umlauts_either_way(database_url: str) -> None:
    delivered = [factories.site(id="x", name="Gewerbepark Süd"), factories.site(id="y", plan_name="Nr. 7 Straße Œuvre")]
    with factories.database(database_url, delivered) as database:
        for text in ("süd", "SUED", "Gewerbepark  sued"):
            assert ids(ask(database, ("q", text))) == ["x"]
        assert ids(ask(database, ("q", "strasse"))) == ["y"]
        assert ids(ask(database, ("q", "Musterstadt"))) == ["x", "y"], "towns are searched by name"


def test_the_surroundings_name_towns_sectors_and_places(database_url: str) -> None:
    own = factories.place("Musterstadt", 50_000.0, inhabitants=9_000_000)  # of the same name, far away
    places = [own, factories.place("Kleinstadt", 1.0, inhabitants=5), factories.place("Kleinstadt", 2.0, inhabitants=9)]
    with factories.database(database_url, places=places) as database:
        with database.writing() as session:
            from finder.model.place import Municipality
            from finder.store import reference

            town = factories.municipality(geometry=factories.square(side=4000.0))
            reference.replace(session, Municipality, [town, factories.municipality("05990002")])
        with database.reading() as session:
            context = surroundings.context(session, factories.TODAY, Language("de"))
            english = surroundings.context(session, factories.TODAY, Language("en"))
    assert context.towns == {"05990001": "Musterstadt", "05990002": "Beispielhausen"}
    assert context.places["Kleinstadt"].x == factories.ORIGIN[0] + 2.0, "the larger one"
    assert town.geometry is not None
    assert town.geometry.contains(context.places["Musterstadt"]), "the region's own town"
    assert set(context.sectors) == set(english.sectors)
    assert context.sectors != english.sectors
    assert all(re.fullmatch("[a-z_]+", code) for code in context.sectors)


# -- near to a place --------------------------------------------------------------------------------------------------


def test_minutes_by_estimate_follow_the_vehicle(database_url: str) -> None:
    # 14 km by beeline are 18.2 on the road: 21 minutes by car, 27 by truck
    delivered = [
        *(
            factories.site(id=id_, geometry=factories.at(away))
            for id_, away in (("here", 0), ("b", 9_000), ("c", 14_000))
        ),
        factories.site(id="nowhere"),
    ]
    with factories.database(database_url, delivered, places=[factories.place("Musterstadt")]) as database:
        for vehicle, minutes, expected in (
            *(("car", "16", ["b", "here"]), ("truck", "16", ["here"]), ("truck", "20", ["b", "here"])),
            *(("car", "22", ["b", "c", "here"]), ("truck", "22", ["b", "here"]), ("car", "0.1", ["here"])),
        ):
            found = ask(database, ("near", "Musterstadt"), ("within_min", minutes), ("vehicle", vehicle))
            assert ids(found) == expected
            assert left_out(found) == {"near": 1}
        assert ids(ask(database, *NEAR, ("unknown", "include"))) == ["b", "here", "nowhere"]


def test_minutes_over_the_network_leave_out_who_is_not_on_it(database_url: str) -> None:
    delivered = [factories.site(id=id_, geometry=factories.at(100 * i)) for i, id_ in enumerate("abcd")]
    with factories.database(database_url, delivered, places=[factories.place("Musterstadt")]) as database:
        with database.reading() as session:
            keys = sites.find(session, all_of(()), (), sort=[Sort("id")]).keys

        def network(point: Point, vehicle: Vehicle, minutes: float) -> Reachable:
            return Reachable(within=keys[:1] if minutes < 30 else keys[:2], unknown=keys[3:], as_of="2026-10")

        found = ask(database, *NEAR, network=network)
        assert (ids(found), found.total, found.left_out, left_out(found)) == (["a"], 1, 1, {"near": 1})
        assert ids(ask(database, NEAR[0], ("within_min", "30"), network=network)) == ["a", "b"]
        shown = ask(database, *NEAR, ("unknown", "include"), network=network)
        assert [(hit.site.id, hit.unknown) for hit in shown.hits] == [("a", ()), ("d", (0,))]
        assert ids(ask(database, *NEAR, ("max_airport_km", "1"), network=network)) == []
