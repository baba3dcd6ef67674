"""The filter form and what stands beside it: nothing asked is ever lost or changed on the way through the page."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from finder.language import Language
from finder.model.vocabulary import AccessKind, Availability, Zoning
from finder.presentation import filters, listing
from finder.search import question
from finder.search.counts import Counts
from finder.search.criteria import CRITERIA, Context, Criterion, Kind
from finder.search.question import SORTS, Question
from tests import factories

DE, EN = Language("de"), Language("en")
CONTEXT = Context(
    today=factories.TODAY,
    towns=factories.TOWNS,
    sectors={"logistics": "Logistik", "crafts": "Handwerk"},
    places={"Musterstadt": Point(*factories.ORIGIN)},
)
FACETS = filters.facets()
NOTHING = Counts({}, {}, {})


def counts(**choices: list[int]) -> Counts:
    return Counts(choices, choices, {})


def ask(*pairs: tuple[str, str]) -> Question:
    return question.read(pairs, CONTEXT)


def form(asked: Question, language: Language = EN, numbers: Counts = NOTHING) -> list[filters.Field]:
    fieldsets = filters.form(asked, CONTEXT, numbers, language)
    return filters.each(field for fieldset in fieldsets for field in fieldset.fields)


def field(word: str, asked: Question, language: Language = EN, numbers: Counts = NOTHING) -> filters.Field:
    return next(one for one in form(asked, language, numbers) if one.word == word)


def sent(asked: Question, language: Language) -> list[tuple[str, str]]:
    """Return what a browser sends when the page's form is sent as it is."""
    fieldsets = filters.form(asked, CONTEXT, NOTHING, language)
    words = filters.kept(asked, fieldsets)
    for one in filters.each(f for fieldset in fieldsets for f in fieldset.fields):
        if one.widget in ("checks", "select"):
            words += [(one.name, option.value) for option in one.options if option.chosen]
            if one.widget == "select" and not any(option.chosen for option in one.options):
                words.append((one.name, ""))
        else:
            words.append((one.name, one.value))
            if one.widget == "units":
                words += [(f"{one.name}_unit", option.value) for option in one.options if option.chosen]
    return words


# -- the form ---------------------------------------------------------------------------------------------------------


def texts(criterion: Criterion) -> st.SearchStrategy[list[str]]:
    """Return texts that a criterion's word can have."""
    number = st.integers(0, 999_999).map(str) | st.decimals(0, 9999, places=2).map(str)
    match criterion.kind:
        case Kind.AREA:
            return (number.map(lambda n: f"{n}ha") | st.integers(0, 10**7).map(str)).map(lambda t: [t])
        case Kind.NUMBER:
            return number.map(lambda t: [t])
        case Kind.DATE:
            return st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)).map(lambda d: [d.isoformat()])
        case Kind.TOWNS:
            return st.lists(st.sampled_from(list(CONTEXT.towns)), min_size=1, unique=True)
        case Kind.SECTORS:
            return st.lists(st.sampled_from(list(CONTEXT.sectors)), min_size=1, unique=True)
        case Kind.CHOICES:
            assert criterion.choices
            return st.lists(st.sampled_from([c.value for c in criterion.choices]), min_size=1, unique=True)
        case Kind.CHOICE:
            assert criterion.choices
            return st.sampled_from([c.value for c in criterion.choices]).map(lambda t: [t])
        case Kind.FLAG:
            return st.sampled_from(["yes", "no"]).map(lambda t: [t])
        case Kind.BOX:
            return st.just(["6.9,51.5,7.2,51.7"])
        case Kind.PLACE:
            return st.sampled_from([["Musterstadt"], ["7.1,51.6"]])
    return st.text("abcäöü ß-", min_size=1).map(str.strip).filter(bool).map(lambda t: [t])


@st.composite
def questions(draw: Any) -> Question:
    """Draw a question of any criteria with anything that shapes the answer."""
    chosen = draw(st.lists(st.sampled_from(CRITERIA), unique=True, max_size=6))
    pairs = [(criterion.word, text) for criterion in chosen for text in draw(texts(criterion))]
    if any(criterion.kind is Kind.PLACE for criterion in chosen):
        pairs.append(draw(st.sampled_from([("within_km", "3.5"), ("within_min", "20"), ("within_min", "7.25")])))
    shape = st.fixed_dictionaries(
        {},
        optional={
            "vehicle": st.sampled_from(["car", "truck"]),
            "potential": st.sampled_from(["include", "only"]),
            "unknown": st.just("include"),
            "status": st.just("reserved"),
            "sort": st.sampled_from(list(SORTS)),
        },
    )
    return question.read([*pairs, *draw(shape).items()], CONTEXT)


def values(asked: Question) -> dict[str, Any]:
    """Return what is asked by word; the order of choices means nothing."""
    return {a.criterion.word: set(a.value) if isinstance(a.value, tuple) else a.value for a in asked.asked}


@given(questions(), st.sampled_from([DE, EN]))
def test_form_sent_as_it_is_asks_the_same(asked: Question, language: Language) -> None:
    again = question.read(filters.written_out(sent(asked, language)), CONTEXT)
    assert values(again) == values(asked)
    assert dataclasses.replace(again, asked=()) == dataclasses.replace(asked, asked=())


@given(questions())
def test_change_of_the_order_keeps_the_rest(asked: Question) -> None:
    again = question.read([*filters.kept_in_order(asked), ("sort", "name")], CONTEXT)
    assert again == dataclasses.replace(asked, sort="name", page=1)


def test_every_name_of_the_form_is_a_word_of_its_own() -> None:
    names = [one.name for one in form(ask())]
    assert len(set(names)) == len(names)
    words = {criterion.word for criterion in CRITERIA} | {"vehicle", "within"}
    assert {name.removesuffix("_ha") if name not in words else name for name in names} <= words


def test_hectares_are_typed_without_their_unit() -> None:
    asked = ask(("min_area", "25000"), ("max_area", "8.5 ha"))
    assert (field("min_area", asked, DE).value, field("max_area", asked, DE).value) == ("2,5", "8,5")
    assert field("min_area", asked, EN).value == "2.5"
    assert filters.written_out([("min_area_ha", "2,5"), ("max_area_ha", " 900 m² "), ("q", " ")]) == [
        ("min_area", "2,5ha"),
        ("max_area", "900 m²"),
    ]


@pytest.mark.parametrize(
    ("within", "unit", "word", "text"),
    [
        ("20", "min", "within_min", "20"),
        (" 7,5 ", "km", "within_km", "7,5"),
        ("20 km", "min", "within_km", "20 km"),
        ("9MIN", "km", "within_min", "9MIN"),
        ("far", "min", "within_min", "far"),
    ],
)
def test_nearness_is_said_by_its_unit(within: str, unit: str, word: str, text: str) -> None:
    for sent in ([("within", within), ("within_unit", unit)], [("within_unit", unit), ("within", within)]):
        assert filters.written_out([("near", "Marl"), *sent]) == [("near", "Marl"), (word, text)]


def test_an_empty_nearness_is_not_asked() -> None:
    assert filters.written_out([("near", ""), ("within", " "), ("within_unit", "min")]) == []


@pytest.mark.parametrize(
    "words", [[("within", "20")], [("within", "20"), ("within_unit", "miles")], [("within_unit", "miles")]]
)
def test_nearness_without_a_known_unit_is_left_to_be_refused(words: list[tuple[str, str]]) -> None:
    assert filters.written_out(words) == words
    twice = [("within", "20"), ("within_unit", "km"), ("within_unit", "min")]
    assert filters.written_out(twice) == twice, "one of them would be a guess"


def test_nearness_is_shown_as_it_was_asked() -> None:
    def chosen(asked: Question) -> tuple[str, list[str]]:
        within = field("within", asked, DE)
        return within.value, [option.value for option in within.options if option.chosen]

    assert chosen(ask()) == ("", ["min"])
    assert chosen(ask(("near", "Musterstadt"), ("within_min", "7.5"))) == ("7,5", ["min"])
    assert chosen(ask(("near", "Musterstadt"), ("within_km", "20"))) == ("20", ["km"])
    assert [option.value for option in field("near", ask()).options] == ["Musterstadt"]


@pytest.mark.parametrize("words", [[("zoning", "GI")], [("min_area", "4ha"), ("q", "a_ha")], [("q", "x ha")]])
def test_clean_words_stay_as_they_are(words: list[tuple[str, str]]) -> None:
    assert filters.written_out(words) == words


def test_section_unfolds_when_something_in_it_is_asked() -> None:
    def opened(asked: Question) -> set[str]:
        return {fieldset.name for fieldset in filters.form(asked, CONTEXT, NOTHING, EN) if fieldset.open}

    assert "equipment" not in opened(ask())
    assert "equipment" in opened(ask(("quay", "yes")))


# -- counts -----------------------------------------------------------------------------------------------------------


def test_counts_stand_beside_their_choices() -> None:
    numbers = list(range(1, len(FACETS["zoning"]) + 1))
    shown = field("zoning", ask(), numbers=counts(zoning=numbers))
    assert [option.count for option in shown.options] == numbers[:-1]
    assert shown.unknown == numbers[-1]


def test_choice_that_no_site_ever_answers_is_not_offered_unless_chosen() -> None:
    zeros = [0] * len(FACETS["zoning"])
    asked = ask(("zoning", "GI,W"))
    offered = [option.value for option in field("zoning", asked, numbers=counts(zoning=zeros)).options]
    assert offered == [Zoning.GI, Zoning.W]
    ever = Counts({"zoning": zeros}, {"zoning": [3] * len(zeros)}, {})
    assert [o.value for o in field("zoning", ask(), numbers=ever).options] == list(filters.OFFERED_ZONING)


def test_facets_ask_their_choices_and_not_known() -> None:
    assert len(FACETS["zoning"]) == len(filters.OFFERED_ZONING) + 1
    assert len(FACETS["availability"]) == len(Availability) + 1


# -- chips ------------------------------------------------------------------------------------------------------------


@given(questions())
def test_chip_removes_what_it_says_and_nothing_else(asked: Question) -> None:
    chips = filters.chips(asked, CONTEXT, EN, "/sites")
    remaining = [question.read(parse_qsl(urlsplit(chip.href).query), CONTEXT) for chip in chips]
    for one, rest in zip(asked.asked, remaining, strict=False):
        assert [a.criterion.word for a in rest.asked] == [a.criterion.word for a in asked.asked if a is not one]
    shaped = len(chips) - len(asked.asked)
    assert shaped == (asked.potential != "no") + asked.unknown + (asked.status != Question().status)
    assert all(chip.href.startswith("/sites") and not chip.href.endswith("?") for chip in chips)


def test_way_out_names_the_criteria_that_stand_in_the_way_best_first() -> None:
    asked = ask(("min_area", "90ha"), ("zoning", "GI"), ("quay", "yes"))
    ways = filters.ways_out(asked, (2, 0, 7), CONTEXT, EN, "/sites")
    assert [way.count for way in ways] == [7, 2]
    assert dict(parse_qsl(urlsplit(ways[0].href).query)) == {"min_area": "90ha", "zoning": "GI"}


def test_order_asked_by_word_is_offered() -> None:
    word = f"{AccessKind.AIRPORT.value}_km"
    shown = filters.sorts(ask(("sort", word)), EN)
    assert [option.value for option in shown if option.chosen] == [word]
    assert len({option.label for option in shown}) == len(shown)


@pytest.mark.parametrize("kind", filters.OFFERED_ACCESS)
def test_orders_by_minutes_say_so_and_for_which_vehicle(kind: AccessKind) -> None:
    def label(*pairs: tuple[str, str]) -> str:
        return next(o.label for o in filters.sorts(ask(*pairs), EN) if o.value == f"{kind.value}_min")

    named = listing.SHOWN_ACCESS.get(kind, kind.label)
    assert label() == f"fewest min to {named} ({kind.vehicle.value})"
    assert label(("vehicle", "truck")) == f"fewest min to {named} (truck)"
    assert label(("vehicle", "car")) == f"fewest min to {named} (car)"
