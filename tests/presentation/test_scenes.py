"""The still maps: every site in its place and form, names as text only, a key to what occurs and nothing else."""

from __future__ import annotations

import itertools
import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from finder.language import Language
from finder.model.place import MapLine
from finder.model.vocabulary import AccessKind, Availability, Evidence, GeometryQuality, Zoning
from finder.presentation import scenes
from finder.presentation.drawing import Frame, Sheet, frame, round_length
from finder.presentation.scenes import SMALL, WIDE
from finder.presentation.ways import AccessRow
from tests import factories
from tests.presentation.conftest import HOSTILE, Region, points, towns

EN, DE = Language("en"), Language("de")
SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def links(svg: str) -> dict[str, ElementTree.Element]:
    return {link.get("data-site", ""): link for link in parsed(svg).iter(f"{SVG}a")}


def title(link: ElementTree.Element) -> str:
    return link.findtext(f"{SVG}title", "")


def documented(id_: str, x: float = 0.0, *, radius: float = 300.0, **known: object):  # type: ignore[no-untyped-def]
    given = {
        "evidence": Evidence.MARKETING,
        "geometry_quality": GeometryQuality.APPROXIMATE,
        "geometry": factories.at(x).buffer(radius, quad_segs=64),
        "position_uncertainty_m": 500.0,
        "stated_area_m2": math.pi * radius**2,
    }
    return factories.site(id=id_, **(given | known))


# -- overview ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, SMALL], ids=["wide", "small"])
def test_every_site_with_a_place_is_a_link_in_a_list(region: Region, size: scenes.Size) -> None:
    given = [factories.site(id=f"T-{i}", geometry=factories.square(i * 900, 0)) for i in range(-4, 5)]
    session, hits = region([*given, factories.site(id="T-none")])
    svg = scenes.region_svg(scenes.region(session, hits), EN, size=size)
    found = links(svg)
    assert set(found) == {site.id for site in given}
    assert all(link.get("href") == f"/sites/{id_}" for id_, link in found.items())
    root = parsed(svg)
    assert root.get("role") == "group"  # an image would hide the links from those who cannot see it
    assert root.get("aria-label")
    sites = next(g for g in root.iter(f"{SVG}g") if g.get("role") == "list")
    assert [g.get("role") for g in sites] == ["listitem"] * len(given)


def test_site_names_are_text_only(region: Region) -> None:
    session, hits = region(
        [factories.site(id="T-1", name=HOSTILE, geometry=factories.square()), documented("T-2", 3000, name=HOSTILE)],
    )
    svg = scenes.region_svg(scenes.region(session, hits), EN)
    assert {title(link).partition(", Musterstadt")[0] for link in links(svg).values()} == {HOSTILE}
    harmless(svg)


def test_town_road_and_place_names_are_text_only(region: Region) -> None:
    areas = [factories.municipality(t.code, name=HOSTILE, geometry=t.geometry) for t in towns()]
    x, y = factories.ORIGIN
    road = shapely.LineString([(x - 30_000, y), (x + 30_000, y)])
    roads = [MapLine(id=kind, kind=kind, name=HOSTILE, geometry=road) for kind in ("motorway", "canal")]
    session, hits = region([documented("T-1", name=HOSTILE)], areas=areas, roads=roads, access=points(HOSTILE))
    plan, locator, _ = scenes.site_svgs(session, hits[0], EN)
    assert plan
    assert locator
    for svg in (scenes.region_svg(scenes.region(session, hits), EN), plan, locator):
        harmless(svg)
    assert HOSTILE in "".join(parsed(plan).itertext())


def harmless(svg: str) -> None:
    """Nothing in a drawing runs, and nothing needs an inline style."""
    for element in parsed(svg).iter():
        assert element.tag.removeprefix(SVG) not in ("script", "img", "foreignObject", "style")
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]


def test_documented_sites_are_circles_to_scale(region: Region) -> None:
    session, hits = region([documented("T-1", radius=800), documented("T-2", 4000, radius=20)])
    scene = scenes.region(session, hits)
    found = links(scenes.region_svg(scene, EN, size=WIDE))
    west, _, east, _ = scene.bounds
    circle, least = (found[id_].find(f"{SVG}circle") for id_ in ("T-1", "T-2"))
    assert circle is not None
    assert least is not None
    assert float(circle.get("r", 0)) == pytest.approx(800 * WIDE.width / (east - west), abs=0.1)
    assert float(least.get("r", 0)) == 3.4  # smaller would not be seen


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        (Evidence.MARKETING, "offered"),
        (Evidence.IN_PREPARATION, "preparation"),
        (Evidence.POTENTIAL_ONLY, "potential"),
        (Evidence.CONTESTED_PLAN, "potential"),
        (Evidence.TAKEN, "taken"),
    ],
)
def test_what_the_sources_say_is_the_line_of_the_circle(region: Region, evidence: Evidence, state: str) -> None:
    session, hits = region([documented("T-1", evidence=evidence)])
    assert f'class="m-doc is-{state}"' in scenes.region_svg(scenes.region(session, hits), EN)


def test_documented_site_without_a_size_is_a_cross(region: Region) -> None:
    point = documented("T-1", geometry=factories.at(), geometry_quality=GeometryQuality.POINT, stated_area_m2=None)
    session, hits = region([point])
    svg = scenes.region_svg(scenes.region(session, hits), EN)
    assert "m-docx" in svg
    assert "<circle" not in svg
    assert "size not known" in title(links(svg)["T-1"])


@pytest.mark.parametrize(("ha", "side"), [(None, 10), (4.99, 10), (5, 13), (19.9, 13), (20, 17), (300, 17)])
def test_size_is_the_side_of_the_square(region: Region, ha: float | None, side: int) -> None:
    known = {} if ha is None else {"available_area_m2": ha * 10_000}
    site = factories.site(geometry=factories.at(), **known)
    session, hits = region([site])
    svg = scenes.region_svg(scenes.region(session, hits), EN)
    defined = next(g for g in parsed(svg).iter(f"{SVG}g") if g.get("id") == "rs0")
    assert [rect.get("width") for rect in defined.iter(f"{SVG}rect")][-1] == str(side)


def test_large_plots_show_their_own_outline(region: Region) -> None:
    plots = [factories.site(id=f"T-{s}", geometry=factories.square(0, 0, s), zoning=(Zoning.GI,)) for s in (200, 1500)]
    session, hits = region(plots)
    found = links(scenes.region_svg(scenes.region(session, hits), EN))
    assert found["T-200"].find(f"{SVG}use") is not None
    assert found["T-1500"].find(f"{SVG}use") is None
    assert any((path.get("fill") or "").startswith("url(#") for path in found["T-1500"].iter(f"{SVG}path"))


def test_approximate_outline_on_offer_is_a_square_and_in_its_plan_a_circle(region: Region) -> None:
    site = factories.site(
        id="T-1",
        geometry=factories.square(0, 0, 1500),
        geometry_quality=GeometryQuality.APPROXIMATE,
        zoning=(Zoning.GI,),
        stated_area_m2=2_250_000.0,
    )
    session, hits = region([site])
    assert links(scenes.region_svg(scenes.region(session, hits), EN))["T-1"].find(f"{SVG}use") is not None
    plan, _, _ = scenes.site_svgs(session, hits[0], EN)
    assert "m-z av-unknown" in {circle.get("class") for circle in parsed(plan or "").iter(f"{SVG}circle")}
    assert "circle of 225.0\u00a0ha, outline approximate" in "".join(parsed(plan or "").itertext())


def test_small_sites_lie_on_large_ones(region: Region) -> None:
    sizes = {"T-1": 10_000.0, "T-2": 900_000.0, "T-3": None, "T-4": 60_000.0}
    given = [factories.site(id=id_, geometry=factories.square(), available_area_m2=size) for id_, size in sizes.items()]
    session, hits = region(given)
    assert list(links(scenes.region_svg(scenes.region(session, hits), EN))) == ["T-2", "T-4", "T-1", "T-3"]


def test_sites_that_cannot_be_drawn_are_told(region: Region) -> None:
    far = factories.site(id="T-far", geometry=factories.square(90_000, 0))
    session, hits = region([far, factories.site(), factories.site(), factories.site(geometry=factories.square())])
    scene = scenes.region(session, hits)
    assert "T-far" not in scenes.region_svg(scene, EN)
    caption = scenes.region_caption(scene, EN)
    assert "2 sites have no known place" in caption
    assert "1 site lies outside this map" in caption


def test_caption_says_what_is_only_a_scheme(region: Region) -> None:
    session, hits = region()
    assert "Town areas schematic" in scenes.region_caption(scenes.region(session, hits), EN)


def test_caption_names_the_source_of_real_borders(region: Region) -> None:
    session, hits = region(areas=towns(schematic=False))
    caption = scenes.region_caption(scenes.region(session, hits), EN)
    assert "Landesvermessung" in caption
    assert "Town areas schematic" not in caption


def test_region_without_anything_is_still_a_map(region: Region) -> None:
    session, hits = region(areas=[], roads=[], access=[])
    svg = scenes.region_svg(scenes.region(session, hits), EN)
    assert "m-neat" in svg
    assert not links(svg)


def test_names_and_number_plates_are_written_once(region: Region) -> None:
    session, hits = region()
    words = [text.text for text in parsed(scenes.region_svg(scenes.region(session, hits), EN)).iter(f"{SVG}text")]
    for name in (*factories.TOWNS.values(), "A 99", "Anderswo"):
        assert words.count(name) == 1, name


def test_many_sites_stay_a_small_drawing(region: Region) -> None:
    kinds = itertools.cycle((*((z,) for z in Zoning), (Zoning.GI, Zoning.GE), None))
    when = itertools.cycle((*Availability, None))
    sizes = itertools.cycle((2_000.0, 70_000.0, 300_000.0))
    given = [
        factories.site(
            geometry=factories.square(700 * (i % 30) - 10_000, 900 * (i // 30)),
            zoning=next(kinds),
            availability=next(when),
            available_area_m2=next(sizes),
        )
        for i in range(240)
    ]
    session, hits = region(given)
    scene = scenes.region(session, hits)
    assert max(len(scenes.region_svg(scene, DE, size=size).encode()) for size in (WIDE, SMALL)) < 150_000


def test_titles_speak_the_reader_s_language(region: Region) -> None:
    site = factories.site(geometry=factories.square(), availability=Availability.SHORT, available_area_m2=23_000.0)
    session, hits = region([site])
    scene = scenes.region(session, hits)
    german = title(next(iter(links(scenes.region_svg(scene, DE)).values())))
    assert "2,30\u00a0ha" in german
    assert "Gebietsart nicht bekannt" in german


# -- key --------------------------------------------------------------------------------------------------------------


def key(groups: tuple[scenes.Group, ...]) -> dict[str, list[str]]:
    return {group.title: [entry.text for entry in group.entries] for group in groups}


def test_key_holds_only_what_occurs(region: Region) -> None:
    _, hits = region(
        [
            factories.site(geometry=factories.square(), zoning=(Zoning.GI, Zoning.GE), availability=Availability.LONG),
            factories.site(geometry=factories.square(900), available_area_m2=300_000.0),
        ]
    )
    found = key(scenes.legend(hits, EN))
    assert found["Zoning (fill)"] == ["GE commercial area", "GI industrial area", "not known"]
    assert found["Availability (outline)"] == ["in more than 5 years", "not known"]
    assert found["Size of the square"] == ["below 5 ha, or not known", "from 20 ha"]
    assert "Documented sites" not in found


def test_key_to_documented_sites(region: Region) -> None:
    cross = documented("T-3", 5000, geometry=factories.at(), stated_area_m2=None)
    _, hits = region([documented("T-1"), documented("T-2", evidence=Evidence.IN_PREPARATION), cross])
    found = key(scenes.legend(hits, EN))
    assert found["Documented sites"] == [
        "stated size to scale, place approximate",
        "in preparation",
        "size not known",
    ]
    assert "Zoning (fill)" not in found


# -- plan of one site -------------------------------------------------------------------------------------------------


def test_site_without_a_place_has_no_maps(region: Region) -> None:
    session, hits = region([factories.site()])
    assert scenes.site_svgs(session, hits[0], EN) == (None, None, ())


def test_plan_shows_plot_network_and_scale(region: Region) -> None:
    session, hits = region([factories.site(name="Hafenfeld", geometry=factories.square(), zoning=(Zoning.GI,))])
    plan, locator, groups = scenes.site_svgs(session, hits[0], EN)
    assert plan
    words = [text.text for text in parsed(plan).iter(f"{SVG}text")]
    assert {"Hafenfeld", "Punkt 0", "Punkt 3", "A 99", "Probekanal", "N"} <= set(words)
    assert any("km" in (word or "") for word in words)
    assert parsed(plan).get("role") == "img"
    assert "Hafenfeld" in (parsed(plan).get("aria-label") or "")
    assert locator
    assert "m-pick" in locator
    assert key(groups)["Network"] == [
        "Motorway junction",
        "Railway station",
        "Rail freight",
        "Inland port",
        "Bus or tram stop",
    ]


def test_plan_and_locator_share_a_page(region: Region) -> None:
    session, hits = region([documented("T-1", zoning=(Zoning.GI,))])
    plan, locator, _ = scenes.site_svgs(session, hits[0], EN)
    ids = [element.get("id") for svg in (plan, locator) for element in parsed(svg or "").iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_plan_rings_how_far_the_place_may_lie_off(region: Region) -> None:
    session, hits = region([documented("T-1", radius=400), documented("T-2", 4000, position_uncertainty_m=None)])
    plan, _, _ = scenes.site_svgs(session, hits[0], EN)
    circles = {c.get("class"): float(c.get("r", 0)) for c in parsed(plan or "").iter(f"{SVG}circle")}
    assert circles["m-unc"] / circles["m-z av-unknown"] == pytest.approx(900 / 400, rel=0.01)
    assert "m-unc" not in (scenes.site_svgs(session, hits[1], EN)[0] or "")


def test_plan_says_what_an_approximate_outline_is(region: Region) -> None:
    site = documented("T-1", radius=400, net_area_m2=200_000.0)
    session, hits = region([site])
    plan, _, _ = scenes.site_svgs(session, hits[0], EN)
    assert "circle of 50.3\u00a0ha, outline approximate" in "".join(parsed(plan or "").itertext())


def test_plan_of_a_site_far_from_everything(region: Region) -> None:
    session, hits = region([factories.site(geometry=factories.square(200_000, 200_000))], access=[], roads=[])
    plan, locator, groups = scenes.site_svgs(session, hits[0], EN)
    assert plan
    assert locator
    assert "Network" not in key(groups)


# -- bars -------------------------------------------------------------------------------------------------------------


def length(svg: str) -> float:
    bars = [rect for rect in parsed(svg).iter(f"{SVG}rect") if rect.get("class") in ("bar-full", "bar-estimate")]
    return float(bars[0].get("width", 0)) if bars else 0.0


def row(minutes: float | None, *, estimated: bool = True) -> AccessRow:
    return AccessRow(AccessKind.INLAND_PORT, "port", minutes=minutes, estimated=estimated, sign="")


@given(st.floats(0.5, 60), st.floats(0.5, 60))
def test_bars_grow_with_the_root_of_the_minutes(a: float, b: float) -> None:
    first, second = length(scenes.bar(row(a))), length(scenes.bar(row(b)))
    assert first / second == pytest.approx(math.sqrt(a / b), rel=0.02)


def test_estimates_are_hatched_and_unknown_has_no_bar() -> None:
    assert "bar-hatch" in scenes.bar(row(9.0))
    assert "bar-hatch" not in scenes.bar(row(9.0, estimated=False))
    assert length(scenes.bar(row(None))) == 0


def test_bars_beyond_the_hour_say_so() -> None:
    assert length(scenes.bar(row(600.0))) == length(scenes.bar(row(60.0)))
    assert "bar-beyond" in scenes.bar(row(600.0))
    assert "bar-beyond" not in scenes.bar(row(60.0))


def test_bar_scale_has_the_ticks_of_the_bars() -> None:
    words = [text.text for text in parsed(scenes.bar_scale()).iter(f"{SVG}text")]
    assert words == ["5", "15", "30", "60"]


# -- sheet ------------------------------------------------------------------------------------------------------------


def sheet(width: float = 500.0) -> Sheet:
    return Sheet(Frame(0, 0, 5000, 4000, width))


@given(st.integers(1, 12))
def test_words_that_have_room_do_not_lie_on_each_other(count: int) -> None:
    drawn = sheet()
    spots = [(250.0, 15.0 * row, "middle", float(row)) for row in range(1, 26)]
    places = [drawn.word(f"Ort {n}", spots, "m-lab", 12) for n in range(count)]
    rows = [place[1] for place in places if place is not None]
    assert len(set(rows)) == count


def test_words_avoid_what_is_taken() -> None:
    drawn = sheet()
    drawn.take(100, 96, 80, 30)
    assert drawn.word("Name", [(100, 100, "middle", 0), (100, 200, "middle", 5)], "m-lab", 12) == (100, 200)


def test_words_stay_within_the_frame_or_are_left_out() -> None:
    drawn = sheet()
    assert drawn.word("Name", [(2, 100, "middle", 0), (100, 399, "middle", 0)], "m-lab", 12) is None
    assert not drawn.parts


def test_words_that_cover_too_much_are_left_out() -> None:
    drawn = sheet()
    drawn.take(100, 96, 80, 30, 5)
    assert drawn.word("Name", [(100, 100, "middle", 0)], "m-lab", 12, bearable=50) is None


@given(
    west=st.floats(300_000, 400_000),
    south=st.floats(5_600_000, 5_800_000),
    width=st.floats(10, 90_000),
    height=st.floats(10, 90_000),
    aspect=st.floats(0.5, 2.5),
    margin=st.floats(0, 0.2),
)
def test_frames_hold_what_they_are_made_for(
    west: float, south: float, width: float, height: float, aspect: float, margin: float
) -> None:
    bounds = (west, south, west + width, south + height)
    made = frame(bounds, 600, aspect, margin)
    assert made.width / made.height == pytest.approx(aspect)
    for x, y in ((bounds[0], bounds[1]), (bounds[2], bounds[3])):
        assert made.holds(*made.place(shapely.Point(x, y)), -0.01)


@given(st.floats(1, 1e6))
def test_scales_are_round(metres: float) -> None:
    found = round_length(metres)
    assert found <= metres * 1.0001 < found * 2.6
    assert re.fullmatch(r"[125]0*", f"{found:.0f}")


def test_shapes_are_cut_to_the_sheet() -> None:
    drawn = sheet()
    data = drawn.data(shapely.LineString([(-1e6, 2000), (1e6, 2000)]))
    numbers = np.asarray([float(n) for n in re.findall(r"-?[\d.]+", data)])
    assert np.abs(numbers).max() < 600
    assert drawn.data(shapely.box(9e5, 9e5, 9.1e5, 9.1e5)) == ""
