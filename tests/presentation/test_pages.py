"""The small parts of pages."""

from __future__ import annotations

import pytest

from finder import resources
from finder.config import Config
from finder.language import Language
from finder.presentation import pages
from finder.search.answer import Answer
from finder.search.question import Question
from finder.store.sites import Listed
from tests import factories

EN = Language("en")


def test_sources_show_every_bundled_file_in_the_readers_language() -> None:
    files = resources.sources()
    for code in resources.region()["languages"]:
        shown = pages.sources(Language(code))
        assert [entry.title for entry in shown] == [entry["title"][code] for entry in files.values()]
        assert [entry.note for entry in shown] == [entry["method"][code] for entry in files.values()]


def test_sources_name_publisher_licence_and_date() -> None:
    by_title = {entry.title: entry for entry in pages.sources(Language("en"))}
    towns = {label: (text, url) for label, text, url in by_title["Towns of the alliance"].rows}
    assert towns["Publisher"] == ("Statistisches Bundesamt (Destatis)", "https://www.destatis.de")
    assert towns["Licence"] == ("dl-de/by-2-0", None)
    assert towns["Entries"] == ("12", None)
    assert "2018" in (towns["As of"][0] or "")
    places = dict(row[:2] for row in by_title["Towns and their inhabitants within 100 km"].rows)
    assert places["As of"] is None, "no reference date is known"


def test_sources_of_one_inventory_leave_the_other_out() -> None:
    titles = {kind: {entry.title for entry in pages.sources(EN, kind)} for kind in ("sample", "documented", "own")}
    sample, documented = "Sample inventory, entirely fictional", "Publicly documented land reserves"
    assert {kind: {sample, documented} & shown for kind, shown in titles.items()} == {
        "sample": {sample},
        "documented": {documented},
        "own": set(),
    }


# -- towns ------------------------------------------------------------------------------------------------------------


def towns(*dates: str | None) -> pages.Towns:
    given = [
        factories.municipality(code, inhabitants=40_000, inhabitants_as_of=date, trade_tax_percent=480)
        for code, date in zip(factories.TOWNS, dates, strict=False)
    ]
    return pages.towns(given, {"05990001": 3}, {"05990002": 1}, EN)


def test_date_that_holds_for_all_towns_stands_in_the_head_alone() -> None:
    table = towns("2025", "2025", "2025")
    assert table.inhabitants_as_of == "2025"
    assert {town.inhabitants_as_of for half in table.halves for town in half} == {None}


def test_dates_that_differ_stand_beside_their_numbers() -> None:
    table = towns("2025", None, "2024")
    assert table.inhabitants_as_of is None
    assert [town.inhabitants_as_of for half in table.halves for town in half] == ["2025", None, "2024"]


def test_halves_hold_every_town_once_with_its_counts() -> None:
    table = towns("2025", "2025", "2025")
    assert [len(half) for half in table.halves] == [2, 1]
    rows = {town.href: (town.sites, town.potential) for half in table.halves for town in half}
    assert rows == {
        "/sites?municipality=05990001": (3, 0),
        "/sites?municipality=05990002": (0, 1),
        "/sites?municipality=05990003": (0, 0),
    }
    assert table.potential
    assert not pages.towns([factories.municipality()], {}, {}, EN).potential


def test_unknown_of_a_town_is_none_not_zero() -> None:
    (half,) = pages.towns([factories.municipality()], {}, {}, EN).halves
    assert (half[0].inhabitants, half[0].trade_tax) == (None, None)


# -- notice, paging, the operator's pages -----------------------------------------------------------------------------


def test_notice_names_the_kind_of_inventory() -> None:
    assert pages.notice("own", EN) is None
    for kind, word in (("sample", "invented"), ("documented", "not an offer")):
        notice = pages.notice(kind, EN)
        assert notice is not None
        assert (notice["kind"], word in notice["text"]) == (kind, True)


@pytest.mark.parametrize(
    ("page", "text", "previous", "following"),
    [
        (1, "1 to 12 of 30", None, "/sites?sort=name&page=2"),
        (2, "13 to 24 of 30", "/sites?sort=name", "/sites?sort=name&page=3"),
        (3, "25 to 30 of 30", "/sites?sort=name&page=2", None),
    ],
)
def test_paging_leads_to_the_pages_around(page: int, text: str, previous: str | None, following: str | None) -> None:
    hits = tuple(Listed(site=factories.site(), access=(), version=1) for _ in range(6 if page == 3 else 12))
    answer = Answer(
        question=Question(sort="name", page=page),
        hits=hits,
        total=30,
        in_scope=30,
        left_out=0,
        left_out_by=(),
        first=12 * (page - 1) + 1,
        pages=3,
    )
    shown = pages.paging(answer, EN, "/sites")
    assert (shown.text, shown.previous, shown.following) == (text, previous, following)


def test_operator_who_is_not_named_is_said_to_be_missing() -> None:
    missing = pages.text("impressum", Config.from_env({}), EN)
    assert "FINDER_OPERATOR" in missing.sections[0][1][0]
    named = pages.text("impressum", Config.from_env({"FINDER_OPERATOR": "Stadt", "FINDER_CONTACT": "Amt"}), EN)
    assert [paragraphs for _, paragraphs in named.sections] == [("Stadt",), ("Amt",)]
    for name in pages.TEXTS:
        assert pages.text(name, Config.from_env({}), EN).title
