"""Restrictions, media, contacts and provenance."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finder.exports.properties import plain
from finder.intake import nested
from finder.intake.cells import Cast
from finder.model.site import Contact, Medium, Provenance, Restriction
from finder.model.vocabulary import RestrictionKind, Severity
from tests.factories import complete_site
from tests.intake.test_casting import ABSURD

NAMES = ("restrictions", "media", "contact", "provenance")
MINING = Restriction(kind=RestrictionKind.MINING)
FLOOD = Restriction(kind=RestrictionKind.FLOOD)


def cast(name: str, value: object) -> Cast:
    return nested.caster(name, ["dd.mm.yyyy"])(value)


def rules(result: Cast) -> list[str]:
    return [problem.rule for problem in result[1]]


# -- restrictions -----------------------------------------------------------------------------------------------------


def test_a_restriction_with_all_it_can_say() -> None:
    given = {
        "kind": "mining",
        "severity": "serious",
        "note": "Schacht 2",
        "responsible": "Bergbehörde",
        "next_step": "Gutachten",
        "expected_end": "31.12.2027",
        "as_of": "2025-08",
        "url": "https://example.org/shaft",
    }
    expected = Restriction(
        kind=RestrictionKind.MINING,
        severity=Severity.SERIOUS,
        note="Schacht 2",
        responsible="Bergbehörde",
        next_step="Gutachten",
        expected_end=dt.date(2027, 12, 31),
        as_of="2025-08",
        url="https://example.org/shaft",
    )
    for value in (given, [given], orjson.dumps(given).decode(), orjson.dumps([given]).decode()):
        assert cast("restrictions", value) == ((expected,), ())


@pytest.mark.parametrize("value", [[], (), "[]", "none", " None "])
def test_an_empty_list_is_stated_none(value: object) -> None:
    assert cast("restrictions", value) == ((), ())


@pytest.mark.parametrize("value", [None, "", "  ", float("nan")])
def test_nothing_said_is_not_known(value: object) -> None:
    assert cast("restrictions", value) == (None, ())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mining", (MINING,)),
        ("mining; flood", (MINING, FLOOD)),
        ("MINING|flood", (MINING, FLOOD)),
        (["mining", "flood"], (MINING, FLOOD)),
        (["mining; flood"], (MINING, FLOOD)),
        (["mining", {"kind": "flood"}], (MINING, FLOOD)),
        ('["mining"]', (MINING,)),
    ],
)
def test_kinds_alone_are_restrictions(value: object, expected: tuple[Restriction, ...]) -> None:
    assert cast("restrictions", value) == (expected, ())


def test_an_obstacle_that_is_not_understood_stays_an_obstacle() -> None:
    result, problems = cast("restrictions", [{"kind": "Fledermaus", "note": "Quartier"}, {"severity": "minor"}])
    assert result == (
        Restriction(kind=RestrictionKind.OTHER, note="Fledermaus: Quartier"),
        Restriction(kind=RestrictionKind.OTHER, severity=Severity.MINOR),
    )
    assert [problem.rule for problem in problems] == ["restriction_kind", "restriction_kind"]


@pytest.mark.parametrize("value", ["Altlasten vermutet", 3, True, 0.5, "[{", "mining; Fledermaus", ["Altlasten"], [3]])
def test_what_is_no_list_stays_unknown_and_is_said(value: object) -> None:
    result = cast("restrictions", value)
    assert result[0] is None
    assert rules(result) == ["nested"]


CODES = {"altlasten": "contamination", "bergbau": "mining", "keine": "none", "offen": "", "bergbau,alt": "mining"}


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("Altlasten, BERGBAU", ["contamination", "mining"]),
        ("Altlasten", ["contamination"]),
        ("flood,Bergbau", ["flood", "mining"]),
        ("Bergbau, alt", ["mining"]),
        ("keine", []),
        ("keine, Altlasten", ["contamination"]),
        ("offen", None),
        ("k.A.", None),
        (" , ", None),
        ("Altlasten, offen", ["contamination"]),
        (["Altlasten", {"kind": "Bergbau"}], ["contamination", "mining"]),
        ('["Altlasten"]', ["contamination"]),
        ("[]", []),
        ("none", []),
    ],
)
def test_a_profiles_words_stand_for_kinds(value: object, kinds: list[str] | None) -> None:
    result, problems = nested.caster("restrictions", (), CODES, ",")(value)
    assert problems == ()
    assert kinds == (None if result is None else [restriction.kind for restriction in result])


def test_a_word_a_profile_lacks_is_an_obstacle_and_said() -> None:
    result = nested.caster("restrictions", (), CODES, ",")("Altlasten, Fledermaus")
    assert [r.kind for r in result[0]] == [RestrictionKind.CONTAMINATION, RestrictionKind.OTHER]
    assert result[0][1].note == "Fledermaus"
    assert rules(result) == ["restriction_kind"]


def test_what_is_understood_of_a_list_is_kept() -> None:
    result = cast("restrictions", ["mining", 7])
    assert result[0] == (MINING,)
    assert rules(result) == ["nested"]


@pytest.mark.parametrize(
    ("member", "rule"),
    [
        ({"severity": "schlimm"}, "code"),
        ({"expected_end": "31.02.2027"}, "date"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"colour": "red"}, "nested_key"),
        ({"note": ["a"]}, "nested"),
        ({"note": "a\u202eb"}, "control_characters"),
    ],
)
def test_a_bad_member_is_left_out_and_said(member: dict[str, object], rule: str) -> None:
    (restriction,), problems = cast("restrictions", [{"kind": "mining", **member}])
    assert restriction.kind is RestrictionKind.MINING
    assert restriction.severity is None
    assert restriction.expected_end is None
    assert restriction.url is None
    assert [problem.rule for problem in problems] == [rule]


def test_an_unknown_severity_is_not_minor() -> None:
    assert cast("restrictions", [{"kind": "mining", "severity": "unknown"}]) == ((MINING,), ())
    assert cast("restrictions", [{"kind": "mining", "severity": None}]) == ((MINING,), ())


def test_a_flood_of_entries_is_refused() -> None:
    assert len(cast("restrictions", ["mining"] * 500)[0]) == 500
    assert rules(cast("restrictions", ["mining"] * 501)) == ["too_many"]
    members = {f"member {number}": number for number in range(501)}
    assert rules(cast("contact", members)) == rules(cast("provenance", members)) == ["too_many"]
    assert rules(cast("restrictions", members)) == ["too_many", "restriction_kind"]
    assert rules(cast("provenance", {"grz": members})) == ["too_many"]


# -- pictures and documents -------------------------------------------------------------------------------------------


def test_media() -> None:
    given = {"url": "https://example.org/a.jpg", "title": "Luftbild", "alternative": "Feld", "licence": "CC BY 4.0"}
    assert cast("media", [given]) == ((Medium(**given),), ())
    assert cast("media", []) == ((), ())


@pytest.mark.parametrize("separator", ["; ", " ", "|", "\n"])
def test_media_as_addresses(separator: str) -> None:
    result = cast("media", separator.join(["https://example.org/a", "https://example.org/b"]))
    assert result == ((Medium(url="https://example.org/a"), Medium(url="https://example.org/b")), ())


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ([{"title": "Luftbild"}], "media_url"),
        ([{"url": "ftp://example.org"}], "url"),
        ("luftbild.jpg", "nested"),
        (["luftbild.jpg"], "nested"),
    ],
)
def test_media_without_an_address_are_left_out_and_said(value: object, rule: str) -> None:
    result = cast("media", value)
    assert result[0] is None
    assert rules(result) == [rule]


# -- contact ----------------------------------------------------------------------------------------------------------


def test_contact() -> None:
    given = {"organisation": "Wirtschaftsförderung", "phone": "+49 0", "email": "a@example.org"}
    expected = Contact(organisation="Wirtschaftsförderung", phone="+49 0", email="a@example.org")
    for value in (given, [given], orjson.dumps(given).decode()):
        assert cast("contact", value) == (expected, ())
    assert cast("contact", "Wirtschaftsförderung") == (Contact(organisation="Wirtschaftsförderung"), ())


@pytest.mark.parametrize("value", [None, "", {}, {"name": ""}, {"name": None}])
def test_a_contact_without_content_is_not_known(value: object) -> None:
    assert cast("contact", value) == (None, ())


@pytest.mark.parametrize("value", [3, [], [{"name": "a"}, {"name": "b"}], True])
def test_what_is_no_contact_stays_unknown(value: object) -> None:
    result = cast("contact", value)
    assert result[0] is None
    assert rules(result) == ["nested"]


def test_a_contact_from_columns() -> None:
    assert nested.contact({"name": None, "email": "a@example.org"}) == Contact(email="a@example.org")
    assert nested.contact({"name": None}) is None
    assert nested.contact_text(4920900000.0) == ("4920900000", ())
    assert nested.contact_text("a\nb") == ("a b", ())


# -- provenance -------------------------------------------------------------------------------------------------------


def test_provenance() -> None:
    value = {"*": {"source": "Stadt", "as_of": "2026-03"}, "grz": {"url": "https://example.org/plan"}}
    expected = {
        "*": Provenance(source="Stadt", as_of="2026-03"),
        "grz": Provenance(url="https://example.org/plan"),
    }
    assert cast("provenance", value) == (expected, ())
    assert cast("provenance", orjson.dumps(value).decode()) == (expected, ())
    assert cast("provenance", None) == ({}, ())
    assert cast("provenance", {"*": {}}) == ({}, ())


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ({"colour": {"source": "x"}}, "nested_key"),
        ({"grz": "Bebauungsplan"}, "nested_key"),
        ({"grz": {"page": "3"}}, "nested_key"),
        ({"grz": {"url": "file:///etc/passwd"}}, "url"),
        ("Bebauungsplan", "nested"),
        ([1], "nested"),
    ],
)
def test_what_is_no_provenance_is_said(value: object, rule: str) -> None:
    result = cast("provenance", value)
    assert result[0] == {}
    assert rules(result) == [rule]


# -- all --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read_back(name: str) -> None:
    value = getattr(complete_site(), name)
    written = {key: plain(origin) for key, origin in value.items()} if name == "provenance" else plain(value)
    assert cast(name, written) == (value, ())
    assert cast(name, orjson.dumps(written).decode()) == (value, ())


RECORDS = st.lists(
    st.dictionaries(
        st.sampled_from(["kind", "severity", "note", "url", "title", "as_of", "expected_end", "x"]), ABSURD, max_size=4
    ),
    max_size=3,
)


@pytest.mark.parametrize("name", NAMES)
@given(value=ABSURD | RECORDS | st.dictionaries(st.sampled_from(["*", "grz", "name", "x"]), ABSURD))
def test_nothing_in_a_cell_is_an_error(name: str, value: Any) -> None:
    result, problems = cast(name, value)
    kinds: dict[str, type] = {
        "restrictions": Restriction,
        "media": Medium,
        "contact": Contact,
        "provenance": Provenance,
    }
    parts = {"contact": [result], "provenance": list((result or {}).values()) if name == "provenance" else []}
    for part in parts.get(name, result or ()):
        assert part is None or isinstance(part, kinds[name])
    for problem in problems:
        assert problem.message % problem.params
        problem.value.encode("utf-8")
