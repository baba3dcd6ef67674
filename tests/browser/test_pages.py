"""Every page in a real browser: quiet, here, accessible, by keyboard, without scripts, on paper, and never fooled."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOSTILE, Open

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/sites",
    "/sites?page=2",
    "/sites?min_area=2ha&zoning=GI,GE&max_motorway_junction_km=30&unknown=include&potential=include",
    "/sites?min_area=900ha&zoning=GI",
    "/sites/T-1",
    "/sites/T-2",
    "/sites/T-3",
    "/sites/T-4",
    "/sites/T-6",
    "/sources",
    "/impressum",
    "/datenschutz",
    "/barrierefreiheit",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MAPS = [["#region_map"], ["svg.map"]]
"""Signs on maps lie as close together as the sites do; the list beside them is the same in full size (WCAG 2.5.8)."""


# -- quiet and here ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_asks_no_other_host_and_complains_of_nothing(visit: Open, path: str, language: str) -> None:
    seen = visit(language=language)
    page = seen.go(path)
    assert not seen.elsewhere
    assert not seen.complaints
    assert not seen.violations()
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert page.locator('meta[name="description"]').get_attribute("content")


def test_refusals_are_pages_too(visit: Open) -> None:
    seen = visit()
    for path, status in (
        ("/nowhere", 404),
        ("/sites/T-999", 404),
        ("/sites?colour=blue", 400),
        ("/sites?page=99", 404),
    ):
        answer = seen.page.goto(seen.server + path)
        assert answer is not None
        assert answer.status == status
        expect(seen.page.locator("h1")).to_have_count(1)
        expect(seen.page.get_by_role("main").get_by_role("link", name="Find sites")).to_be_visible()
    assert not seen.elsewhere
    assert not seen.violations()


def test_titles_tell_pages_apart(visit: Open) -> None:
    seen = visit()
    titles = [seen.go(path).title() for path in PAGES]
    assert len(set(titles)) == len(PAGES)


@pytest.mark.parametrize(
    "path", ["/", "/sites?min_area=1ha&zoning=GI", "/sites?min_area=900ha&q=x", "/sites/T-1", "/sites/T-2"]
)
def test_nothing_is_wider_than_the_window(visit: Open, path: str) -> None:
    page = visit().go(path)
    for width in (2560, 1400, 1180, 768, 360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


def test_nothing_lies_on_the_facts_while_they_pass_by(visit: Open) -> None:
    page = visit(width=390, height=844).go("/sites/T-1")
    for part in ("#access", "#reach", "#facts"):
        page.locator(part).evaluate("part => scrollTo(0, scrollY + part.getBoundingClientRect().top)")
        top = page.evaluate("document.elementFromPoint(innerWidth / 2, 60).closest('section').id")
        assert f"#{top}" == part


# -- reach ------------------------------------------------------------------------------------------------------------


def test_reach_is_told_in_maps_and_in_a_table(visit: Open) -> None:
    page = visit(scripts=False).page
    page.goto(visit(scripts=False).server + "/sites/T-1")
    expect(page.get_by_role("img", name=re.compile("^Reach of Volle Fläche by truck"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Reach of Volle Fläche by car"))).to_be_visible()
    table = page.get_by_role("table", name=re.compile("^Area within minutes"))
    expect(table.get_by_role("row", name=re.compile(r"^60 min (at least )?[\d,.]+ km²"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^Motorway junction")).get_by_text("road network, ")).to_be_visible()
    for name in ("Ways as GeoJSON", "Areas as GeoJSON"):
        address = page.get_by_role("link", name=name).get_attribute("href")
        answer = page.request.get(f"{urlsplit(page.url).scheme}://{urlsplit(page.url).netloc}{address}")
        assert answer.json()["features"]


def test_maps_of_reach_stand_side_by_side_or_one_below_the_other(visit: Open) -> None:
    page = visit().go("/sites/T-1")
    for width, columns in ((1280, 2), (390, 1)):
        page.set_viewport_size({"width": width, "height": 800})
        lefts = page.locator(".reaches figure").evaluate_all("all => all.map(one => one.getBoundingClientRect().left)")
        assert len(set(lefts)) == columns


# -- for everybody ----------------------------------------------------------------------------------------------------


def check(page: Page) -> list[str]:
    """Return what is wrong with a page by all rules."""
    everything = broken(page, runOnly=RULES, rules={"target-size": {"enabled": False}})
    return everything + broken(page, {"include": [["html"]], "exclude": MAPS}, runOnly=["target-size"])


def broken(page: Page, context: dict[str, Any] | None = None, **options: Any) -> list[str]:
    """Return the rules of accessibility that a page breaks, with the places."""
    rules = Axe().run(page, context=context, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}" for rule in rules for node in rule["nodes"]]


@pytest.mark.parametrize("path", [*PAGES, "/nowhere"])
def test_page_is_accessible(visit: Open, path: str) -> None:
    page = visit().go(path)
    assert not check(page)
    page.emulate_media(color_scheme="dark")
    assert not broken(page, runOnly=["color-contrast", "link-in-text-block"])
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="light")
    assert not check(page)


def test_open_filter_sheet_is_accessible(visit: Open) -> None:
    page = visit(width=390, height=844).go("/sites?zoning=GI")
    page.get_by_role("link", name=re.compile("^Filters")).click()
    expect(page.get_by_role("button", name="Show sites")).to_be_in_viewport()
    assert not check(page)


@pytest.mark.parametrize(("width", "height"), [(1280, 700), (390, 700)])
@pytest.mark.parametrize("path", ["/", "/sites?zoning=GI&min_area=1ha", "/sites/T-1"])
def test_focus_is_seen_and_never_hidden(visit: Open, path: str, width: int, height: int) -> None:
    page = visit(width=width, height=height).go(path)
    page.locator("body").click(position={"x": 1, "y": 1})
    stops = 0
    while stops < 150:
        page.keyboard.press("Tab")
        state = page.evaluate(FOCUS)
        if state is None:
            break
        stops += 1
        assert state["ring"], state
        assert state["seen"], state
    assert 10 < stops < 150


FOCUS = """() => {
  const own = document.activeElement;
  if (!own || own === document.body) return null;
  const what = own.outerHTML.slice(0, 160);
  // signs on maps show the focus by their line, and may lie on each other
  if (own.closest("svg, #region_map")) return {what, ring: true, seen: true};
  const box = own.getClientRects()[0];
  const style = getComputedStyle(own);
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {what, ring, seen: !!top && own.contains(top)};
}"""


def test_search_by_keyboard_alone(visit: Open) -> None:
    seen = visit()
    page = seen.go("/")
    reach(page, "#w-area")
    page.keyboard.type("2")
    reach(page, "button.btn")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sites\?min_area=2ha$"))
    reach(page, 'input[value="GI"]')
    page.keyboard.press("Space")
    reach(page, ".filters .go .btn")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"zoning=GI"))
    assert dict(parse_qsl(urlsplit(page.url).query)) == {"min_area": "2ha", "zoning": "GI"}
    before = page.locator(".hit").count()
    reach(page, ".chip")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    assert page.locator(".hit").count() >= before > 0
    reach(page, ".hit h3 a")
    page.keyboard.press("Enter")
    expect(page.locator(".keyfigs")).to_be_visible()
    reach(page, ".crumbs a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/sites\?zoning=GI$"))


def reach(page: Page, selector: str) -> None:
    """Go on with the Tab key until an element of the selector has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{selector} cannot be reached by keyboard")


def test_skip_link_leads_to_the_content(visit: Open) -> None:
    page = visit().go("/sites")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_language_switch_keeps_the_address(visit: Open) -> None:
    page = visit(language="en").go("/sites?zoning=GI,GE&sort=name")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert parse_qsl(urlsplit(page.url).query) == [("zoning", "GI,GE"), ("sort", "name"), ("lang", "de")]
    page.locator(".brand").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")


# -- without scripts --------------------------------------------------------------------------------------------------


def test_search_without_scripts(visit: Open) -> None:
    page = visit(scripts=False).page
    page.goto(visit(scripts=False).server + "/")
    page.get_by_label("How much land do you need at least?").fill("3")
    page.get_by_role("button", name="Show sites").click()
    expect(page).to_have_url(re.compile(r"/sites\?min_area=3ha$"))
    expect(page.get_by_role("status")).to_contain_text("from 3 ha")
    expect(page.locator("[data-map-still] svg")).to_be_visible()
    page.get_by_label("GI industrial area").check()
    page.get_by_role("button", name="Show sites").click()
    expect(page.get_by_role("status")).to_contain_text("GI")
    page.get_by_label("Order").select_option("name")
    page.get_by_role("button", name="Sort").click()
    expect(page).to_have_url(re.compile(r"sort=name"))
    page.get_by_role("link", name=re.compile("^GI")).click()
    expect(page.locator(".chip")).to_have_count(1)
    assert "sort=name" in page.url
    page.get_by_role("link", name="Remove all").click()
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".hit").first).to_be_visible()
    page.locator(".hit h3 a").first.click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()


def test_filter_sheet_without_scripts(visit: Open) -> None:
    seen = visit(width=390, height=844, scripts=False)
    page = seen.page
    page.goto(seen.server + "/sites")
    expect(page.get_by_label("GI industrial area")).to_be_hidden()
    page.get_by_role("link", name="Filters").click()
    page.get_by_label("GI industrial area").check()
    page.get_by_role("link", name="Close").click()
    expect(page.get_by_label("GI industrial area")).to_be_hidden()
    page.get_by_role("link", name="Filters").click()
    page.get_by_role("button", name="Show sites").click()
    expect(page).to_have_url(re.compile(r"/sites\?.*zoning=GI"))
    expect(page.get_by_role("link", name="Filters · 1 active")).to_be_visible()
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator("[data-map-still] svg")).to_be_in_viewport()


def test_escape_closes_the_filter_sheet(visit: Open) -> None:
    page = visit(width=390, height=844).go("/sites")
    page.get_by_role("link", name="Filters").click()
    expect(page.get_by_label("GI industrial area")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("GI industrial area")).to_be_hidden()


# -- nothing found ----------------------------------------------------------------------------------------------------


def test_nothing_found_says_which_condition_to_drop(visit: Open) -> None:
    page = visit().go("/sites?min_area=900ha&zoning=GI")
    expect(page.get_by_role("status")).to_contain_text("None of")
    way = page.locator(".near li").first
    promised = int(way.locator(".gain").inner_text().split()[0])
    way.get_by_role("link").click()
    expect(page.get_by_role("status")).to_contain_text(re.compile(rf"^\s*{promised} of "))


# -- on paper ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/sites?zoning=GI,GE", "/sites/T-1", "/sites/T-4"])
def test_paper_has_the_map_and_no_navigation(visit: Open, path: str) -> None:
    seen = visit(width=643, height=900)  # the width of a sheet between its margins
    page = seen.go(path)
    page.emulate_media(media="print")
    for control in (".nav", ".foot", ".dock", ".filters", ".btn", ".crumbs", ".toc"):
        for element in page.locator(control).all():
            expect(element).to_be_hidden()
    expect(page.locator("figure svg.map").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 643
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"IBM Plex Serif"')


def test_sources_on_paper_show_their_addresses(visit: Open) -> None:
    page = visit().go("/sites/T-1")
    page.emulate_media(media="print")
    after = "[...document.querySelectorAll('.sources li a')].map(a => getComputedStyle(a, '::after').content)"
    assert '" (https://example.org/a)"' in page.evaluate(after)


def test_expose_prints_on_a4(visit: Open) -> None:
    page = visit().go("/sites/T-1")
    paper = page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert 1 <= len(sizes) <= 5
    assert {(round(float(w)), round(float(h))) for w, h in sizes} == {(595, 842)}


# -- never fooled -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/sites", "/sites?sort=name&page=1", "/sites/T-2"])
def test_hostile_names_stay_text(visit: Open, path: str) -> None:
    seen = visit()
    page = seen.go(path)
    assert page.evaluate("window.hacked") is None
    assert page.locator('img[src="x"]').count() == 0
    assert not seen.complaints
    assert not seen.violations()
    if path == "/sites/T-2":
        assert page.locator("h1").inner_text() == HOSTILE
        assert HOSTILE in page.title()
