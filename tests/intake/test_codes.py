"""Code lists and free words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder import resources
from finder.intake import codes
from finder.intake.cells import Caster
from finder.intake.profiles import Column
from finder.model.site import ATTRIBUTES
from finder.model.vocabulary import Labelled, Ownership, Servicing, Seveso, Zoning
from tests.intake.deliveries import FINDER, one

ZONING = next(column for column in FINDER.columns if column.attribute == "zoning")
CODES = {
    "WS": 1000,
    "WR": 1100,
    "WA": 1200,
    "WB": 1300,
    "MD": 1400,
    "MDW": 1450,
    "MI": 1500,
    "MU": 1550,
    "MK": 1600,
    "GE": 1700,
    "GI": 1800,
    "SO": 2000,
    "other": 9999,
}
"""The numbers XPlanung gives to the areas of the BauNVO."""


def column(name: str, words: Mapping[str, str] | None = None) -> Column:
    return Column(attribute=name, headers=(), codes=words or {})


def zoning() -> Caster:
    return codes.several(Zoning, ZONING, FINDER.separators)


# -- one code ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["public", " Public ", "PUBLIC", "pub-lic", "pub_lic"])
def test_codes_are_found_however_they_are_written(value: str) -> None:
    assert codes.one(Ownership, column("ownership"))(value) == (Ownership.PUBLIC, ())


@pytest.mark.parametrize("value", [None, "", "unbekannt", "-", float("nan")])
def test_no_code_is_not_known(value: object) -> None:
    assert codes.one(Ownership, column("ownership"))(value) == (None, ())


@pytest.mark.parametrize("value", ["municipal", "publi", 3, True, ["public"], {"a": "public"}, "public; private"])
def test_an_unknown_code_is_said_with_the_known_ones_and_stays_unknown(value: object) -> None:
    cast, problems = codes.one(Ownership, column("ownership"))(value)
    assert cast is None
    assert [(problem.rule, problem.action) for problem in problems] == [("code", "kept")]
    assert problems[0].params["known"] == "public, private, mixed"


def test_a_profile_translates_codes_and_may_call_one_unknown() -> None:
    cast = codes.one(Ownership, column("ownership", {"ownedbyapublicauthority": "public", "unsure": ""}))
    assert cast("Owned by a public authority") == (Ownership.PUBLIC, ())
    assert cast("unsure") == (None, ())


def test_none_is_a_word_of_its_own_where_the_vocabulary_has_it() -> None:
    assert codes.one(Servicing, column("servicing"))("none") == (Servicing.NONE, ())
    assert one(seveso="none")["seveso"] is Seveso.NONE
    assert one(seveso="unknown")["seveso"] is None


@given(st.sampled_from([a for a in ATTRIBUTES.values() if a.choices is not None]), st.data())
def test_every_word_of_every_vocabulary_is_read_back(attribute: object, data: st.DataObject) -> None:
    choices: type[Labelled] = attribute.choices  # type: ignore[attr-defined]
    choice = data.draw(st.sampled_from(list(choices)))
    assert codes.one(choices, column("any"))(str(choice).upper()) == (choice, ())


# -- several codes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "zonings"),
    [
        ("GE", (Zoning.GE,)),
        ("GE; GI", (Zoning.GE, Zoning.GI)),
        ("GI;GE", (Zoning.GI, Zoning.GE)),
        ("GE/GI", (Zoning.GE, Zoning.GI)),
        ("GE|GI", (Zoning.GE, Zoning.GI)),
        ("GE, GI", (Zoning.GE, Zoning.GI)),
        ("GE;;GE;", (Zoning.GE,)),
        ("gee", (Zoning.GEE,)),
        ("GE(e)", (Zoning.GEE,)),
        (["GE", "GI"], (Zoning.GE, Zoning.GI)),
        (("GE",), (Zoning.GE,)),
        ('["GE", "GI"]', (Zoning.GE, Zoning.GI)),
        ([1700, 1800.0, "2000"], (Zoning.GE, Zoning.GI, Zoning.SO)),
        (1800, (Zoning.GI,)),
        ("1700; 1800", (Zoning.GE, Zoning.GI)),
        ("2100", (Zoning.SO,)),
    ],
)
def test_lists_of_codes(value: object, zonings: tuple[Zoning, ...]) -> None:
    assert zoning()(value) == (zonings, ())


@pytest.mark.parametrize(("word", "number"), CODES.items())
def test_xplanung_numbers_are_the_same_areas(word: str, number: int) -> None:
    for written in (number, float(number), str(number), f" {number} "):
        assert zoning()(written) == ((Zoning(word),), ())


@pytest.mark.parametrize("value", [[], (), "[]", " [ ] "])
def test_an_empty_list_is_stated_none(value: object) -> None:
    assert zoning()(value) == ((), ())


@pytest.mark.parametrize("value", [None, "", " ", "-", "unbekannt", ";", " ; ", "|", [None], [""], "[null]"])
def test_saying_nothing_is_not_stating_none(value: object) -> None:
    assert zoning()(value) == (None, ())


@pytest.mark.parametrize("value", ["Acker", 1799, True, ["Acker"], [["GE"]], [{"kind": "GE"}], "[1", "GEGI", 10**400])
def test_unknown_codes_are_said_and_stay_unknown(value: object) -> None:
    cast, problems = zoning()(value)
    assert cast is None
    assert [problem.rule for problem in problems] == ["code"]


def test_the_known_ones_of_a_list_are_kept_and_the_others_said() -> None:
    cast, problems = zoning()("GE; Acker; 4711")
    assert cast == (Zoning.GE,)
    assert [problem.value for problem in problems] == ["Acker", "4711"]


@given(st.lists(st.sampled_from(list(Zoning)), min_size=1, unique=True), st.sampled_from(["; ", ";", "/", "|", ","]))
def test_lists_are_read_back_in_their_order(kinds: list[Zoning], separator: str) -> None:
    assert zoning()(separator.join(kinds)) == (tuple(kinds), ())
    assert zoning()([str(kind) for kind in kinds]) == (tuple(kinds), ())


@given(st.recursive(st.none() | st.booleans() | st.text() | st.integers() | st.floats(), st.lists, max_leaves=8))
def test_nothing_is_an_error(value: object) -> None:
    cast, _ = zoning()(value)
    assert cast is None or all(isinstance(kind, Zoning) for kind in cast)


@pytest.mark.parametrize("value", [["x"] * 501, ["GE"] * 501, "x;" * 501, list(range(100_000))])
def test_a_flood_of_codes_is_one_complaint(value: object) -> None:
    for cast in (zoning(), codes.words("sectors", column("sectors"), ";", False)):
        result, problems = cast(value)
        assert result is None
        assert [problem.rule for problem in problems] == ["too_many"]


# -- words ------------------------------------------------------------------------------------------------------------


def words(value: object, name: str = "funding_programmes", *, escaped: bool = False) -> tuple[object, list[str]]:
    cast, problems = codes.words(name, column(name), ";", escaped)(value)
    return cast, [problem.rule for problem in problems]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("GRW; EFRE", ("GRW", "EFRE")),
        ("GRW/EFRE", ("GRW/EFRE",)),
        ("GRW, EFRE", ("GRW, EFRE",)),
        ("GRW|EFRE", ("GRW", "EFRE")),
        ("GRW; GRW", ("GRW",)),
        (["GRW", " EFRE "], ("GRW", "EFRE")),
        (["a|b"], ("a/b",)),
        ([12, 12.0], ("12",)),
        ('["GRW"]', ("GRW",)),
        ([], ()),
        ("[]", ()),
        ("", None),
        (";", None),
        ([None, ""], None),
        (None, None),
    ],
)
def test_free_words(value: object, expected: tuple[str, ...] | None) -> None:
    assert words(value) == (expected, [])


def test_words_are_one_short_line_each() -> None:
    assert words(["a\nb"]) == (("a b",), [])
    assert words(["a\u202eb"]) == (("ab",), ["control_characters"])
    assert words(["x" * 301]) == (("x" * 300,), ["text_too_long"])


def test_what_is_no_word_is_said() -> None:
    assert words([["a"]]) == (None, ["text"])
    assert words(["a", {"b": 1}]) == (("a",), ["text"])


def test_guards_are_taken_off_in_tables() -> None:
    assert words("'+GRW; EFRE", escaped=True) == (("+GRW", "EFRE"), [])


@pytest.mark.parametrize("sector", resources.region()["sectors"], ids=lambda sector: sector["code"])
def test_sectors_go_by_their_labels_too(sector: dict[str, object]) -> None:
    labels = sector["label"]
    assert isinstance(labels, dict)
    for label in (sector["code"], *labels.values()):
        assert words(label, "sectors") == ((sector["code"],), [])
    assert words("Fischerei", "sectors") == (("Fischerei",), [])
