"""Words in, a question out, and back to the same words."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.errors import UnknownWord
from finder.language import LANGUAGES, Language
from finder.model.access import ACCESS_ATTRIBUTES
from finder.model.query import Sort
from finder.model.site import Site
from finder.model.vocabulary import Evidence, Status, Vehicle
from finder.search import question
from finder.search.criteria import BY_WORD, CRITERIA, Kind
from finder.search.question import DEFAULT_SORT, SORTS, Potential, Question
from tests import factories
from tests.search.test_criteria import CONTEXT, EXAMPLES
from tests.store.judging import judge


def read(*pairs: tuple[str, str], page_words: bool = False) -> Question:
    return question.read(pairs, CONTEXT, page_words=page_words)


def some_pairs() -> st.SearchStrategy[list[tuple[str, str]]]:
    """Questions of any criteria with their companions."""
    texts = {c.word: EXAMPLES[c.word][0] if c.word in EXAMPLES else "8" for c in CRITERIA if c.kind is not Kind.PLACE}
    others = {
        "vehicle": ["car", "truck"],
        "potential": ["no", "include", "only"],
        "status": ["published", "reserved", "reserved,published"],
        "unknown": ["include", "exclude"],
        "sort": list(SORTS),
        "page": ["1", "2", "17"],
    }
    one = st.sampled_from(sorted(texts)).map(lambda word: (word, texts[word]))
    companion = st.sampled_from([(word, text) for word, known in others.items() for text in known])
    place = st.sampled_from(["Musterstadt", "7.1,51.6"]).map(lambda text: ("near", text))
    km = st.decimals(0, 10**11, places=6).map(lambda n: ("within_km", str(n)))
    minutes = st.decimals("0.01", 180, places=2).map(lambda n: ("within_min", str(n)))
    near = st.just([]) | st.tuples(place, km | minutes).map(list)
    criteria = st.lists(one, max_size=6, unique_by=lambda pair: pair[0])
    companions = st.lists(companion, max_size=4, unique_by=lambda pair: pair[0])
    return (
        st.tuples(criteria, companions, near)
        .map(lambda parts: [*parts[0], *parts[1], *parts[2]])
        .flatmap(st.permutations)
    )


@given(some_pairs())
def test_a_question_is_the_same_after_its_own_words(pairs: list[tuple[str, str]]) -> None:
    asked = read(*pairs)
    again = question.read(asked.words(), CONTEXT)
    assert again == asked
    assert again.words() == asked.words()
    assert question.read(parse_qsl(asked.address()), CONTEXT) == asked
    assert question.read(parse_qsl(asked.address(page=3)), CONTEXT) == dataclasses.replace(asked, page=3)


@given(some_pairs(), st.data())
def test_the_order_of_words_does_not_matter(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    assert read(*data.draw(st.permutations(pairs))) == read(*pairs)


@given(st.lists(st.tuples(st.sampled_from([*BY_WORD, *question.COMPANIONS]), st.text(max_size=12)), max_size=4))
def test_any_texts_are_read_or_refused_in_words(pairs: list[tuple[str, str]]) -> None:
    try:
        read(*pairs)
    except UnknownWord as refusal:
        sentences = [Language(code).error(refusal) for code in LANGUAGES]
    else:
        sentences = ["read"]
    assert all(sentences)


@pytest.mark.parametrize("word", ["min_aera", "MIN_AREA", "utm_source", "gclid", "lang", "", "x" * 500])
def test_unknown_words_are_refused_by_name(word: str) -> None:
    with pytest.raises(UnknownWord, match=f"no criterion “{word[:80]}”"):
        read((word, "4"))


@pytest.mark.parametrize("word", ["utm_source", "utm_anything", "gclid", "fbclid"])
def test_pages_ignore_trackers(word: str) -> None:
    assert read((word, "x"), page_words=True) == Question()
    with pytest.raises(UnknownWord, match="no criterion “campaign”"):
        read(("campaign", "x"), page_words=True)


@pytest.mark.parametrize("word", [*BY_WORD, *question.COMPANIONS])
def test_an_empty_value_is_an_absent_one(word: str) -> None:
    assert read((word, ""), (word, "  ")) == Question()


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("vehicle", "bicycle"),
        ("potential", "maybe"),
        ("status", "draft"),
        ("status", "published,sold"),
        ("unknown", "yes"),
        ("sort", "beauty"),
        ("page", "0"),
        ("page", "-1"),
        ("page", "²"),
        ("page", "9999999"),
        ("within_km", "far"),
        ("within_km", "-5"),
        *(
            ("within_min", text)
            for text in ("0", "0.001", "180.01", "181", "1.000", "1 000", "1.000.000", "-5", "1e2", "nan", "inf", "²")
        ),
        *(("within_min", text) for text in ("far", "20 km", "20,5,5", "20 min min", "0x10", "9" * 400)),
    ],
)
def test_wrong_companions_are_refused_by_name(word: str, text: str) -> None:
    shown = text if word != "status" else text.rpartition(",")[2]
    with pytest.raises(UnknownWord, match=re.escape(f"“{word}” cannot be “{shown[:80]}”")):
        read(*([("near", "Musterstadt")] if word.startswith("within") else []), (word, text))


@pytest.mark.parametrize(("word", "texts"), [("vehicle", "car truck"), ("sort", "size name"), ("page", "1 2")])
def test_companions_are_given_once(word: str, texts: str) -> None:
    first, second = texts.split()
    with pytest.raises(UnknownWord, match=f"“{word}” is given more than once"):
        read((word, first), (word, second))
    assert read((word, first), (word, first)) == read((word, first))


def inside(asked: Question, site: Site) -> bool | None:
    return judge(asked.scope(factories.TODAY, 365), site, {})


@pytest.mark.parametrize("status", Status)
def test_only_listed_states_are_ever_in_scope(status: Status) -> None:
    site = factories.site(status=status)
    listed = status in (Status.PUBLISHED, Status.RESERVED)
    assert inside(Question(), site) is listed
    assert inside(read(("status", "reserved")), site) is (status is Status.RESERVED)
    assert inside(read(("status", "reserved,published")), site) is listed


@pytest.mark.parametrize(
    ("potential", "shown"), [("no", (True, False)), ("include", (True, True)), ("only", (False, True))]
)
def test_potential_land_is_asked_for(potential: str, shown: tuple[bool, bool]) -> None:
    plain = factories.site(evidence=Evidence.MARKETING)
    perhaps = factories.site(evidence=Evidence.POTENTIAL_ONLY)
    asked = read(("potential", potential))
    assert (inside(asked, plain), inside(asked, perhaps)) == shown


def test_listings_hide_for_age_and_documented_ones_never() -> None:
    old, fresh = factories.TODAY - dt.timedelta(days=366), factories.TODAY - dt.timedelta(days=365)
    assert inside(Question(), factories.site(verified_on=old)) is False
    assert inside(Question(), factories.site(verified_on=fresh)) is True
    assert inside(Question(), factories.site(verified_on=None)) is True
    assert inside(Question(), factories.site(verified_on=old, evidence=Evidence.MARKETING)) is True
    assert inside(Question(), factories.site(verified_on=old, sample=True)) is True


@pytest.mark.parametrize("word", SORTS)
def test_orders_follow_the_vehicle(word: str) -> None:
    label, keys = SORTS[word]
    assert label
    assert read(("sort", word)).order == keys
    by_car = read(("sort", word), ("vehicle", "car")).order
    if keys[0].attribute in ACCESS_ATTRIBUTES:
        kind, _, unit = ACCESS_ATTRIBUTES[keys[0].attribute]
        assert by_car == (Sort(f"{kind.value}_car_{unit}"),)
    else:
        assert by_car == keys


def test_defaults_stay_out_of_the_address() -> None:
    assert (
        read(("sort", DEFAULT_SORT), ("page", "1"), ("potential", "no"), ("status", "published,reserved")).words() == []
    )
    asked = read(("zoning", "GI,GE"), ("min_area", "4ha"), ("unknown", "include"), ("page", "2"))
    assert asked.address() == "min_area=4ha&zoning=GI&zoning=GE&unknown=include&page=2"


def test_a_criterion_can_be_taken_back() -> None:
    asked = read(
        *(
            ("near", "Musterstadt"),
            ("within_km", "5"),
            ("min_area", "4ha"),
            ("max_airport_km", "9"),
            ("vehicle", "car"),
        ),
        ("page", "3"),
    )
    by_word = {one.criterion.word: one for one in asked.asked}
    without_near = asked.without(by_word["near"])
    assert without_near == read(("min_area", "4ha"), ("max_airport_km", "9"), ("vehicle", "car"))
    assert without_near.without(by_word["max_airport_km"]) == read(("min_area", "4ha"))
    assert asked.texts("near") == ("Musterstadt",)
    assert asked.texts("zoning") == ()
    assert asked.vehicle is Vehicle.CAR


@pytest.mark.parametrize("within", ["within_km", "within_min"])
def test_the_vehicle_goes_with_the_last_that_has_need_of_it(within: str) -> None:
    near = [("near", "Musterstadt"), (within, "5")]
    alone = read(*near, ("vehicle", "truck"))
    assert alone.without(alone.asked[0]).words() == []
    both = read(*near, ("max_airport_km", "9"), ("vehicle", "truck"))
    limit = next(one for one in both.asked if one.criterion.access)
    assert both.without(limit) == read(*near, *([("vehicle", "truck")] if within == "within_min" else []))
    ordered = read(*near, ("vehicle", "truck"), ("sort", "rail_station_min"))
    (asked,) = ordered.asked
    assert ordered.without(asked) == read(("vehicle", "truck"), ("sort", "rail_station_min")), "the order is by truck"


@pytest.mark.parametrize(("text", "again"), [("1000000", "1000000"), ("1.234567", "1.234567"), ("0,5 km", "0.5")])
def test_kilometres_keep_all_their_digits(text: str, again: str) -> None:
    asked = read(("near", "Musterstadt"), ("within_km", text))
    assert ("within_km", again) in asked.words()


def test_potential_is_a_choice_with_labels() -> None:
    assert [p.value for p in Potential] == ["no", "include", "only"]
    assert all(p.label != p.value for p in Potential)
