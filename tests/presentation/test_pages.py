"""The small parts of pages."""

from __future__ import annotations

from finder import resources
from finder.language import Language
from finder.presentation import pages


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
