"""The map in a real browser: it takes the still map's place, goes along with the list, and no name fools it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import HOSTILE, Open

pytestmark = pytest.mark.browser
STILL = "[data-map-still]"
LIT = re.compile(r"\bis-hot\b")
SIGNS = "#region_map .site-sign, #region_map path.m-doc"


def sign(page: Page, id_: str) -> Locator:
    return page.locator(f'#region_map [data-site="{id_}"]')


def closer(page: Page, times: int) -> None:
    """Zoom in with the map's own button."""
    for _ in range(times):
        page.locator(".leaflet-control-zoom-in").click()


def test_map_takes_the_place_of_the_still_one(visit: Open) -> None:
    seen = visit()
    page = seen.go("/sites")
    expect(page.locator(STILL)).to_be_hidden()
    expect(page.locator("#region_map")).to_be_visible()
    answer = page.request.get(f"{seen.server}/map.geojson").json()
    assert len(answer["features"]) > 10
    assert page.locator(SIGNS).count() == len(answer["features"])
    assert not seen.elsewhere
    assert not seen.complaints
    assert not seen.violations()


def test_map_and_still_one_are_of_one_size(visit: Open) -> None:
    still = visit(scripts=False).page
    still.goto(visit(scripts=False).server + "/sites")
    before = still.locator(f"{STILL} svg").bounding_box()
    after = visit().go("/sites").locator("#region_map").bounding_box()
    assert before
    assert after
    assert after["width"] == pytest.approx(before["width"], abs=2)
    assert after["height"] == pytest.approx(before["height"], abs=4)


def test_still_map_stands_without_scripts(visit: Open) -> None:
    page = visit(scripts=False).page
    page.goto(visit(scripts=False).server + "/sites")
    expect(page.locator(f"{STILL} svg")).to_be_visible()
    expect(page.locator("#region_map")).to_be_hidden()
    page.locator(f'{STILL} a[data-site="T-4"]').click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dokumentierte Fläche")


@pytest.mark.parametrize("lost", ["**/map.js?*", "**/leaflet.js", "**/map.geojson?*"])
def test_still_map_comes_back_when_something_does_not_load(visit: Open, lost: str) -> None:
    seen = visit()
    with seen.page.expect_event("requestfailed"):
        seen.page.route(lost, lambda route: route.abort())
        seen.page.goto(seen.server + "/sites", wait_until="load")
    expect(seen.page.locator(STILL)).to_be_visible()
    expect(seen.page.locator("#region_map")).to_be_hidden()


def test_names_on_the_map_are_text(visit: Open) -> None:
    seen = visit()
    page = seen.go("/sites")
    sign(page, "T-2").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map-card a")).to_have_text(HOSTILE)
    assert page.evaluate("window.hacked") is None
    assert not seen.complaints


def test_pointing_at_one_lights_up_the_other(visit: Open) -> None:
    page = visit().go("/sites?q=Dokumentierte")
    row = page.locator('.hit[data-site="T-4"]')
    row.hover()
    expect(sign(page, "T-4")).to_have_class(LIT)
    page.locator("h1").hover()
    expect(sign(page, "T-4")).not_to_have_class(LIT)
    sign(page, "T-4").hover()
    expect(row).to_have_class(LIT)


def test_sites_open_by_keyboard_and_close_again(visit: Open) -> None:
    page = visit().go("/sites")
    sign(page, "T-4").focus()
    page.keyboard.press("Enter")
    link = page.locator(".map-card a")
    expect(link).to_be_focused()
    assert link.get_attribute("href") == "/sites/T-4"
    page.keyboard.press("Escape")
    expect(page.locator(".map-card")).to_have_count(0)
    expect(sign(page, "T-4")).to_be_focused()


@pytest.mark.parametrize(("path", "after"), [("/", "inventory"), ("/sites", "map-end")])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_keyboard_can_pass_the_map(visit: Open, path: str, after: str, scripts: bool) -> None:
    seen = visit(scripts=scripts)
    if scripts:
        seen.go(path)
    else:
        seen.page.goto(seen.server + path)
    skip = seen.page.get_by_role("link", name="Skip the map")
    skip.focus()
    expect(skip).to_be_in_viewport(ratio=0.9)
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(f"#{after}")).to_be_focused()


def test_card_says_what_is_known_and_what_is_not(visit: Open) -> None:
    page = visit(language="de").go("/sites?q=Dokumentierte")
    sign(page, "T-4").click()
    card = page.locator(".map-card")
    expect(card).to_contain_text("Musterstadt")
    expect(card).to_contain_text("28,0\u00a0ha")
    expect(card).to_contain_text("Gebietsart nicht bekannt")


def test_open_card_draws_its_way_and_takes_it_along(visit: Open) -> None:
    seen = visit()
    page = seen.go("/sites?q=Volle")
    sign(page, "T-1").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map-card")).to_contain_text(re.compile(r"\d+\smin · .*, road network \(truck\) · "))
    way = page.locator("#region_map path.m-way.is-motorway_junction")
    expect(way).to_have_count(1)
    assert way.evaluate("way => way.getTotalLength()") > 3
    page.keyboard.press("Escape")
    expect(way).to_have_count(0)
    assert not seen.complaints


def test_card_of_an_estimate_draws_nothing(visit: Open) -> None:
    seen = visit()
    asked: list[str] = []
    seen.page.on("request", lambda request: asked.append(request.url))
    page = seen.go("/sites?q=Musterfläche 025")
    sign(page, "T-25").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map-card")).to_contain_text("estimate (truck)")
    assert not [url for url in asked if "routes" in url]
    assert not seen.complaints


def test_plots_show_their_outline_from_near(visit: Open) -> None:
    page = visit().go("/sites?q=Volle")
    expect(page.locator("#region_map path.m-z")).to_have_count(0)
    closer(page, 12)
    expect(page.locator("#region_map path.m-z")).to_have_count(1)
    expect(page.locator("#region_map .site-sign")).to_have_count(0)
    fill = page.locator("#region_map path.m-z").get_attribute("fill")
    assert fill == "url(#pz-GI)"
    assert page.locator("pattern#pz-GI").count() == 1


def test_documented_circle_grows_with_the_map(visit: Open) -> None:
    page = visit().go("/sites?q=Dokumentierte")
    small = sign(page, "T-4").bounding_box()
    closer(page, 4)
    large = sign(page, "T-4").bounding_box()
    assert small
    assert large
    assert large["width"] > 2 * small["width"]


def test_access_points_appear_from_near(visit: Open) -> None:
    page = visit().go("/sites?q=Volle")
    signs = page.locator(".access-sign svg")
    expect(signs.first).to_be_hidden()
    closer(page, 6)
    expect(signs.first).to_be_visible()


@pytest.mark.parametrize(
    ("language", "near", "layers"), [("en", "Closer", "Choose"), ("de", "Näher heran", "Auswählen")]
)
def test_controls_have_names_in_the_reader_s_language(visit: Open, language: str, near: str, layers: str) -> None:
    page = visit(language=language).go("/sites")
    region = page.locator("#region_map")
    expect(region.get_by_role("button", name=near, exact=True)).to_be_visible()
    expect(region.get_by_role("button", name=layers)).to_be_visible()


def test_layers_are_chosen_by_keyboard(visit: Open) -> None:
    page = visit().go("/sites")
    lines = page.locator("#region_map path.m-mw")
    assert lines.count()
    page.locator(".leaflet-control-layers-toggle").focus()
    page.keyboard.press("Enter")
    box = page.get_by_label("Motorways")
    box.focus()
    page.keyboard.press("Space")
    expect(lines).to_have_count(0)


def test_wheel_that_passes_by_moves_the_page_and_not_the_map(visit: Open) -> None:
    page = visit(height=600).go("/sites")
    region, scale = page.locator("#region_map"), page.locator(".leaflet-control-scale-line").first
    region.hover()
    before, length = region.bounding_box(), scale.text_content()
    last = page.locator(".legend li").last
    expect(last).not_to_be_in_viewport()
    page.mouse.wheel(0, 600)  # first the map's column goes on to its end, then the page
    page.mouse.wheel(0, 600)
    expect(last).to_be_in_viewport()
    after = region.bounding_box()
    assert before
    assert after
    assert after["y"] < before["y"]
    assert scale.text_content() == length


def test_wheel_zooms_once_the_map_is_in_use(visit: Open) -> None:
    page = visit().go("/sites?q=Volle")
    scale = page.locator(".leaflet-control-scale-line").first
    length = scale.text_content() or ""
    page.locator("#region_map").focus()
    page.locator("#region_map").hover()
    page.mouse.wheel(0, -400)
    expect(scale).not_to_have_text(length)


def test_paper_has_the_still_map(visit: Open) -> None:
    page = visit().go("/sites")
    page.emulate_media(media="print")
    expect(page.locator(STILL)).to_be_visible()
    expect(page.locator("#region_map")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signs_stand_out_from_the_ground(visit: Open, scheme: str) -> None:
    page = visit(color_scheme=scheme).go("/sites")
    town = page.locator("#region_map path.m-town").first
    circle = sign(page, "T-4")
    colours = [luminance(town, "fill"), luminance(circle, "stroke")]
    assert (max(colours) + 0.05) / (min(colours) + 0.05) >= 3


def luminance(part: Locator, name: str) -> float:
    """Return the relative luminance of an element's colour, as WCAG has it."""
    text = part.evaluate(f"element => getComputedStyle(element).{name}")
    parts = [int(value) / 255 for value in text[text.index("(") + 1 : text.index(")")].split(",")[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
