"""The exposé: all that is known with its source, all that is not in its place, and no address that is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder import resources
from finder.config import Freshness
from finder.language import Language
from finder.model.access import Access
from finder.model.site import ATTRIBUTES, Contact, Medium, Provenance, Site
from finder.model.vocabulary import Evidence, GeometryQuality, Status
from finder.presentation import expose, facts
from finder.presentation.expose import Expose
from finder.presentation.facts import Row, Section
from finder.store.sites import Listed
from tests import factories
from tests.presentation.test_listing import plain, way

DE, EN = Language("de"), Language("en")
TOWNS = {
    code: factories.municipality(code, trade_tax_percent=480, trade_tax_year=2025, website="https://example.org")
    for code in factories.TOWNS
}


def shown(site: Site, *access: Access, language: Language = EN) -> Expose:
    return expose.expose(Listed(site=site, access=access, version=1), TOWNS, Freshness(), factories.TODAY, language)


def rows(page: Expose) -> list[Row]:
    return [row for section in page.sections for row in section.rows]


# -- facts ------------------------------------------------------------------------------------------------------------


def test_every_fact_is_told_or_has_a_part_of_its_own() -> None:
    page = shown(factories.complete_site(evidence=None))
    told = sum(row.value is not None for row in rows(page))
    hidden = facts.NOT_FACTS | {"evidence"}
    assert told == len(set(ATTRIBUTES) - hidden) + 1  # the town's tax rate
    assert not [row for row in rows(page) if row.value is None]


def test_every_fact_has_a_source_in_the_list() -> None:
    page = shown(factories.complete_site(), way())
    numbers = {source.number for source in page.sources}
    assert numbers == set(range(1, len(page.sources) + 1))
    for section in page.sections:
        for row in section.rows:
            assert (row.source or section.source) in numbers, row.label
    assert {n for row in page.access for n in row.sources} <= numbers
    assert {step.source for step in page.road.steps} <= numbers


def test_facts_of_one_origin_say_it_once() -> None:
    page = shown(factories.complete_site(provenance={"*": Provenance(source="Stadt", as_of="2024")}))
    size = next(section for section in page.sections if section.title == "Size")
    assert (size.as_of, size.source) == (
        "2024",
        next(s.number for s in page.sources if (s.text, s.url) == ("Stadt", None)),
    )
    assert all((row.as_of, row.source) == (None, None) for row in size.rows)


def test_key_figures_tell_stated_none_from_not_known_and_undated_from_dated() -> None:
    dated = {"*": Provenance(source="Stadt", as_of="2024")}
    size, zoning, *_ = shown(factories.site(zoning=(), net_area_m2=20_000.0, provenance=dated)).figures
    assert (zoning.value, size.note) == ("none", "as of 2024")
    size, zoning, *_ = shown(factories.site(net_area_m2=20_000.0)).figures
    assert (zoning.value, size.note) == (None, "undated")
    assert shown(factories.site(provenance=dated)).figures[0].note is None


def test_fact_of_another_origin_keeps_its_own() -> None:
    origins = {"*": Provenance(source="Stadt", as_of="2024"), "power_mva": Provenance(source="Netz", as_of="2025")}
    page = shown(factories.complete_site(provenance=origins))
    section = next(s for s in page.sections if s.title == "Servicing")
    (power,) = [row for row in section.rows if row.label == "Power"]
    assert (plain(power.value or ""), power.as_of) == ("6.3 MVA", "2025")
    assert power.source != section.source


def test_unknown_neighbours_share_a_row_in_their_place() -> None:
    page = shown(factories.site(grz=0.8))
    planning = next(section for section in page.sections if section.title == "Planning")
    labels = [row.label for row in planning.rows]
    assert labels[labels.index("Site occupancy index GRZ") + 1].startswith("Floor space index GFZ, cubic index BMZ")


def test_nothing_known_leaves_everything_in_its_place() -> None:
    page = shown(factories.site())
    told = ", ".join(row.label.casefold() for row in rows(page) if row.value is None)
    for name, attribute in ATTRIBUTES.items():
        if name not in facts.NOT_FACTS | facts.ONLY_IF_GIVEN:
            assert attribute.label.casefold() in told, name
    assert [figure.value for figure in page.figures] == [None] * 4
    assert page.access_note is None


def test_codes_become_words() -> None:
    page = shown(factories.complete_site())
    values = {row.label: row.value for row in rows(page)}
    assert values["Further municipalities"] == "Beispielhausen"
    assert values["Sectors"] == "Logistics, New chemistry"
    assert values["Zoning"] == "GI industrial area (GI 60 %); GEe restricted commercial area (GEe 40 %)"


def test_tax_rate_of_the_town_has_its_source() -> None:
    page = shown(factories.site())
    (tax,) = [row for row in rows(page) if "rade tax" in row.label]
    assert (plain(tax.value or ""), tax.as_of) == ("480 %", "2025")
    stated = resources.sources()[facts.TOWNS_FILE]
    assert (stated["attribution"], stated["url"]) in [(source.text, source.url) for source in page.sources]


def test_section_of_few_facts_names_each_origin() -> None:
    page = shown(factories.site(address="Musterstraße 1", provenance={"*": Provenance(source="Stadt")}))
    identity: Section = page.sections[0]
    assert identity.source is None
    assert next(row for row in identity.rows if row.value).source == 1


# -- sources ----------------------------------------------------------------------------------------------------------


def test_source_is_listed_once_with_all_its_dates() -> None:
    numbered = facts.Sources(EN)
    for as_of in ("2023", "2024-05", "2023", None):
        assert numbered.number(Provenance(source="Stadt", as_of=as_of)) == 1
    assert numbered.number(Provenance(source="Stadt", url="https://example.org")) == 2
    assert numbered.number(Provenance()) is None
    assert [source.as_of for source in numbered.listed()] == ["2023, May 2024", None]


def test_a_source_says_how_a_fact_was_taken_from_a_plan() -> None:
    numbered = facts.Sources(EN)
    for method in ("overlap", "point in zone", "register"):
        numbered.number(Provenance(source="Plan 7", method=method))
    assert [source.text for source in numbered.listed()] == [
        "Plan 7, by the overlap of its outline with the plan",
        "Plan 7, by the point at which it is known, no outline",
        "Plan 7",
    ]


def test_sources_in_one_text_are_told_apart() -> None:
    numbered = facts.Sources(EN)
    text = "Magazin 2020/09; https://example.org/hafen?a=1 (15.02.2016); http://example.net/"
    assert numbered.each(text, "2020") == (1, 2, 3)
    assert [(source.text, source.url) for source in numbered.listed()] == [
        ("Magazin 2020/09", None),
        ("example.org (15.02.2016)", "https://example.org/hafen?a=1"),
        ("example.net", "http://example.net/"),
    ]
    assert numbered.each(None, None) == ()


@given(st.text() | st.sampled_from(["javascript:alert(1)", "data:text/html,x", " https://x", "//x", "HTTPS:x"]))
def test_only_addresses_of_the_web_become_links(text: str) -> None:
    numbered = facts.Sources(EN)
    numbered.number(Provenance(source="s", url=text))
    numbered.each(text, None)
    page = shown(
        factories.site(
            plan_url=text,
            media=(Medium(url=text),),
            contact=Contact(phone=text, email=text),
            provenance={"*": Provenance(source="s", url=text)},
        )
    )
    urls = [source.url for source in (*numbered.listed(), *page.sources)]
    urls += [row.url for row in (*rows(page), *page.media)]
    assert all(url is None or url.startswith(("http://", "https://")) for url in urls)
    assert page.card.phone_href is None or page.card.phone_href.removeprefix("tel:").lstrip("+").isdigit()
    assert page.card.email_href is None or page.card.email_href == f"mailto:{text}"


# -- whom to ask ------------------------------------------------------------------------------------------------------


def test_contact_can_be_called_and_written_to() -> None:
    contact = Contact(
        organisation="Wirtschaftsförderung", name="Amt 61", phone="+49 (0)2365 99-0", email="a@example.org"
    )
    card = shown(factories.site(contact=contact)).card
    assert (card.organisation, card.person) == ("Wirtschaftsförderung", "Amt 61")
    assert (card.phone_href, card.email_href) == ("tel:+4902365990", "mailto:a@example.org")


@pytest.mark.parametrize("email", ["a@b", "a b@example.org", "a@example.org?bcc=x", "x\n@example.org", "mailto:a@b.de"])
def test_what_is_no_address_is_shown_as_text(email: str) -> None:
    card = shown(factories.site(contact=Contact(email=email))).card
    assert (card.email, card.email_href) == (email, None)


def test_town_stands_in_where_no_contact_is_known() -> None:
    card = shown(factories.site()).card
    assert card.organisation == "Town of Musterstadt, economic development"
    assert (card.phone, card.email, card.website) == (None, None, "https://example.org")


# -- figures, ways, notices -------------------------------------------------------------------------------------------


def test_key_figures_have_their_basis_and_date() -> None:
    site = factories.complete_site(provenance={"*": Provenance(source="Stadt", as_of="2026-03")})
    size, zoning, junction, available = shown(site, way()).figures
    assert (size.label, plain(size.value or ""), size.note) == ("Size, available", "3.00 ha", "as of Mar 2026")
    assert (zoning.value, zoning.note) == ("GI; GEe", "plan in force")
    assert (junction.label, plain(junction.value or "")) == ("Motorway, A 99 Musterkreuz", "4 min")
    assert plain(junction.note or "") == "2.0 km; estimate (truck) · beeline · Jun 2023"
    assert plain(available.value or "") == "1 Apr 2027"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"evidence": Evidence.CONTESTED_PLAN}, ["Potential land"]),
        ({"evidence": Evidence.TAKEN}, ["Taken"]),
        ({"status": Status.SOLD}, ["Taken"]),
        ({"status": Status.WITHDRAWN}, ["Withdrawn"]),
        ({"status": Status.RESERVED}, ["Reserved"]),
        ({"evidence": Evidence.MARKETING}, []),
        ({"sample": True}, []),
    ],
)
def test_notices_say_what_stands_against_it(known: dict[str, Any], words: list[str]) -> None:
    notices = shown(factories.site(**known)).notices
    assert [notice.split(":")[0] for notice in notices] == words


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, "The place is not known; there is no map."),
        ({"geometry": factories.square()}, None),
        ({"geometry": factories.at(), "geometry_quality": GeometryQuality.POINT}, "Place and outline approximate."),
        (
            {"geometry": factories.at(), "geometry_quality": GeometryQuality.POINT, "position_uncertainty_m": 500.0},
            "Place approximate (± 0.5 km), size not known: a cross at the documented place.",
        ),
    ],
)
def test_outline_says_what_it_is_worth(known: dict[str, Any], said: str | None) -> None:
    note = shown(factories.site(**known)).outline_note
    assert (note and plain(note)) == said
