"""Every row of the table: it reads, refuses by name, asks the right thing, and has its sentence."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Point

from finder import crs
from finder.errors import UnknownWord
from finder.measures.access import estimated_min
from finder.model.access import ACCESS_ATTRIBUTES, km_name, min_name
from finder.model.query import Reached
from finder.model.reach import Reachable
from finder.model.site import Restriction, Site
from finder.model.vocabulary import (
    AccessKind,
    Availability,
    DistanceClass,
    Ownership,
    PlanStatus,
    RailSiding,
    RestrictionKind,
    SaleForm,
    Servicing,
    Severity,
    Vehicle,
    Zoning,
)
from finder.search import question
from finder.search.criteria import BY_WORD, CRITERIA, Context, Kind
from finder.search.question import COMPANIONS
from tests import factories
from tests.store.judging import judge

CONTEXT = Context(
    today=factories.TODAY,
    towns=factories.TOWNS,
    sectors={"logistics": "Logistik", "crafts": "Handwerk"},
    places={"Musterstadt": factories.at(), "Beispielhausen": factories.at(9000)},
)
INTERFACE = {
    *("min_area", "max_area", "zoning", "municipality", "availability", "plan_status", "available_by", "max_price"),
    *("sale_form", "vehicle", "servicing", "min_power_mva", "distance_class", "ownership", "sector", "rail_siding"),
    *(
        "quay",
        "operation_24h",
        "max_restriction",
        "status",
        "verified_since",
        "bbox",
        "near",
        "within_km",
        "within_min",
    ),
    *("q", "potential", "sort", "page", "weights", "unknown"),
    *(f"max_{kind.value}_{unit}" for kind in AccessKind for unit in ("min", "km")),
}
"""The words of the public interface."""
LATER = {"weights"}
"""What waits for the ranking."""


def read(*pairs: tuple[str, str]) -> question.Question:
    return question.read(pairs, CONTEXT)


def answer(site: Site, *pairs: tuple[str, str], **access: float) -> bool | None:
    """Return whether the site meets all criteria."""
    answers = [judge(part, site, access) for part in read(*pairs).predicates]
    return False if False in answers else None if None in answers else True


def test_every_word_of_the_interface_is_offered_or_waits() -> None:
    assert set(BY_WORD) | set(COMPANIONS) == INTERFACE - LATER
    assert len(BY_WORD) == len(CRITERIA), "no word twice"


@pytest.mark.parametrize("word", sorted(LATER))
def test_words_that_wait_are_refused(word: str) -> None:
    with pytest.raises(UnknownWord, match=f"no criterion “{word}”"):
        read((word, "5"))


def restricted(severity: Severity | None) -> dict[str, Any]:
    return {"restrictions": (Restriction(kind=RestrictionKind.MINING, severity=severity),)}


EXAMPLES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "min_area": ("4ha", {"stated_area_m2": 40_000.0}, {"stated_area_m2": 39_999.0}),
    "max_area": ("4ha", {"stated_area_m2": 40_000.0}, {"stated_area_m2": 40_001.0, "divisible_from_m2": 40_001.0}),
    "zoning": ("GI,GE", {"zoning": (Zoning.MI, Zoning.GE)}, {"zoning": (Zoning.GEE,)}),
    "municipality": ("musterstadt", {"municipality": "05990001"}, {"municipality": "05990002"}),
    "near": ("Musterstadt", {"geometry": factories.at(999)}, {"geometry": factories.at(1001)}),
    "bbox": ("7.0,51.5,7.2,51.7", {"geometry": factories.at()}, {"geometry": factories.at(50_000)}),
    "availability": ("short", {"availability": Availability.SHORT}, {"availability": Availability.LONG}),
    "available_by": (
        "2028",
        {"available_from": dt.date(2028, 12, 31)},
        {"available_from": dt.date(2029, 1, 1)},
    ),
    "plan_status": ("in_force", {"plan_status": PlanStatus.IN_FORCE}, {"plan_status": PlanStatus.NONE}),
    "max_restriction": ("minor", restricted(Severity.MINOR), restricted(Severity.SERIOUS)),
    "distance_class": ("IV", {"distance_class": DistanceClass.III}, {"distance_class": DistanceClass.V}),
    "operation_24h": ("yes", {"operation_24h": True}, {"operation_24h": False}),
    "servicing": ("fully", {"servicing": Servicing.FULLY}, {"servicing": Servicing.PARTLY}),
    "min_power_mva": ("2,5 MVA", {"power_mva": 2.5}, {"power_mva": 2.4}),
    "rail_siding": ("on_site", {"rail_siding": RailSiding.ON_SITE}, {"rail_siding": RailSiding.NO}),
    "quay": ("no", {"quay": False}, {"quay": True}),
    "max_price": ("85 €/m²", {"price_eur_m2": 85.0}, {"price_eur_m2": 86.0}),
    "sale_form": ("leasehold", {"sale_form": (SaleForm.SALE, SaleForm.LEASEHOLD)}, {"sale_form": ()}),
    "ownership": ("public", {"ownership": Ownership.PUBLIC}, {"ownership": Ownership.MIXED}),
    "sector": ("Logistik", {"sectors": ("crafts", "logistics")}, {"sectors": ("crafts",)}),
    "verified_since": ("2026-05-01", {"verified_on": dt.date(2026, 5, 1)}, {"verified_on": dt.date(2026, 4, 30)}),
    "q": ("Zeche MUSTER", {"address": "An der Zeche"}, {"address": "Am Hafen"}),
}
"""A value of each criterion with what meets it and what does not."""
NEVER_UNKNOWN = {"municipality", "q"}


def companions(word: str) -> list[tuple[str, str]]:
    return [("within_km", "1")] if word == "near" else []


def test_every_criterion_has_an_example() -> None:
    assert set(EXAMPLES) == {c.word for c in CRITERIA if c.access is None}


@pytest.mark.parametrize("word", EXAMPLES)
def test_a_criterion_asks_the_right_thing(word: str) -> None:
    text, meets, fails = EXAMPLES[word]
    pairs = [(word, text), *companions(word)]
    assert answer(factories.site(**meets), *pairs) is True
    assert answer(factories.site(**fails), *pairs) is False
    if word not in NEVER_UNKNOWN:
        assert answer(factories.site(), *pairs) is None, "what is not known is neither"


@pytest.mark.parametrize("unit", ["min", "km"])
@pytest.mark.parametrize("kind", AccessKind)
def test_access_limits_ask_for_the_vehicle_that_counts(kind: AccessKind, unit: str) -> None:
    word = f"max_{kind.value}_{unit}"
    name = {"min": min_name, "km": km_name}[unit]
    for pairs, vehicle in (([], kind.vehicle), *(([("vehicle", v.value)], v) for v in Vehicle)):
        asked = read((word, f"8 {unit}"), *pairs)
        attribute = name(kind, vehicle)
        assert asked.asked[0].asks == attribute
        assert attribute in ACCESS_ATTRIBUTES
        assert answer(factories.site(), (word, "8"), *pairs, **{attribute: 8.0}) is True
        assert answer(factories.site(), (word, "8"), *pairs, **{attribute: 8.1}) is False
        other = name(kind, next(v for v in Vehicle if v is not vehicle))
        assert answer(factories.site(), (word, "8"), *pairs, **{other: 1.0}) is None


@pytest.mark.parametrize("word", [word for word in BY_WORD if word != "q"])
def test_a_wrong_value_is_refused_by_name(word: str) -> None:
    with pytest.raises(UnknownWord, match=f"“{word}” cannot be “gibberish”"):
        read((word, "gibberish"), *companions(word))


@pytest.mark.parametrize("word", [c.word for c in CRITERIA if c.kind not in (Kind.CHOICES, Kind.TOWNS, Kind.SECTORS)])
def test_a_single_value_given_twice_is_refused(word: str) -> None:
    other = {Kind.AREA: "9ha", Kind.NUMBER: "9", Kind.DATE: "2031", Kind.FLAG: "yes", Kind.BOX: "7,51,8,52"}
    text = EXAMPLES[word][0] if word in EXAMPLES else "8"
    second = {Kind.CHOICE: "blocking" if word == "max_restriction" else "VII", Kind.PLACE: "Beispielhausen"} | other
    with pytest.raises(UnknownWord, match=f"“{word}” is given more than once"):
        read(
            (word, text),
            (word, second.get(BY_WORD[word].kind, "Hafen") if word != "operation_24h" else "no"),
            *companions(word),
        )
    assert read((word, text), (word, text), *companions(word)) == read((word, text), *companions(word))


@pytest.mark.parametrize("word", [c.word for c in CRITERIA if c.kind in (Kind.CHOICES, Kind.TOWNS, Kind.SECTORS)])
def test_lists_are_repeated_or_separated_by_commas(word: str) -> None:
    some = {"municipality": ["05990001", "Probeburg"], "sector": ["logistics", "crafts"]}
    choices = BY_WORD[word].choices
    first, second = [c.value for c in choices][:2] if choices else some[word]
    repeated = read((word, first), (word, second))
    assert read((word, f"{first},{second}")) == repeated
    assert read((word, f" {first} , {second},,{first} "), (word, second)) == repeated
    assert len(repeated.asked[0].value) == 2


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda c: c.word)
def test_sentences_have_what_they_say(criterion: Any) -> None:
    places = set(re.findall(r"%\((\w+)\)s", criterion.sentence))
    known = {"value"}
    if criterion.access:
        known |= {"kind", "vehicle"}
        assert "kind" in places, "or it would not say what is near"
    if criterion.kind is Kind.PLACE:
        known |= {"within"}  # in kilometres; minutes have a sentence of their own
    assert places <= known
    assert places & {"value"} or criterion.kind is Kind.BOX
    assert criterion.label


def test_a_larger_site_that_can_be_divided_meets_max_area() -> None:
    asked = ("max_area", "1 ha")
    assert answer(factories.site(stated_area_m2=50_000.0, divisible_from_m2=5_000.0), asked) is True
    assert answer(factories.site(stated_area_m2=50_000.0, divisible_from_m2=20_000.0), asked) is False
    assert answer(factories.site(stated_area_m2=50_000.0), asked) is None, "perhaps it can be divided"
    assert answer(factories.site(divisible_from_m2=5_000.0), asked) is True


def test_a_site_of_several_towns_is_found_in_each() -> None:
    site = factories.site(municipality="05990001", further_municipalities=("05990003",))
    assert answer(site, ("municipality", "Probeburg")) is True
    assert answer(site, ("municipality", "Beispielhausen")) is False
    assert answer(factories.site(further_municipalities=None), ("municipality", "Probeburg")) is False
    assert answer(factories.site(further_municipalities=()), ("municipality", "Probeburg")) is False


@pytest.mark.parametrize(
    ("by", "availability", "expected"),
    [
        ("2026-06-01", Availability.IMMEDIATE, True),
        ("2026-05-31", Availability.IMMEDIATE, False),
        ("2027-06-01", Availability.SHORT, None),
        ("2028-06-02", Availability.SHORT, True),
        ("2027-06-01", Availability.MEDIUM, False),
        ("2029-06-01", Availability.MEDIUM, None),
        ("2031-06-02", Availability.MEDIUM, True),
        ("2030-06-01", Availability.LONG, False),
        ("2035-06-01", Availability.LONG, None),
        ("2035-06-01", None, None),
    ],
)
def test_a_class_of_availability_settles_what_it_can(
    by: str, availability: Availability | None, expected: bool | None
) -> None:
    assert answer(factories.site(availability=availability), ("available_by", by)) is expected


def test_a_date_of_availability_counts_before_its_class() -> None:
    site = factories.site(available_from=dt.date(2030, 1, 1), availability=Availability.SHORT)
    assert answer(site, ("available_by", "2029")) is False
    assert answer(site, ("available_by", "2030")) is True


@pytest.mark.parametrize(
    ("limit", "expected"), [("none", [0]), ("minor", [0, 1]), ("serious", [0, 1, 2]), ("blocking", [0, 1, 2, 3])]
)
def test_restrictions_at_most(limit: str, expected: list[int]) -> None:
    stated = [{"restrictions": ()}, *(restricted(s) for s in (Severity.MINOR, Severity.SERIOUS, Severity.BLOCKING))]
    answers = [answer(factories.site(**known), ("max_restriction", limit)) for known in stated]
    assert [i for i, yes in enumerate(answers) if yes] == expected
    assert answer(factories.site(**restricted(None)), ("max_restriction", limit)) is None


def test_near_takes_a_place_or_a_town() -> None:
    here = crs.to_lonlat(factories.at())
    site = factories.site(geometry=factories.at(1200))
    for near in (f"{here.x},{here.y}", "Musterstadt", " musterstadt "):
        assert answer(site, ("near", near), ("within_km", "1,3")) is True
        assert answer(site, ("near", near), ("within_km", "1.1 km")) is False


@pytest.mark.parametrize("near", ["Atlantis", "170,-60", "7.1;51.6", "7.1,51.6,3"])
def test_near_what_nobody_knows_is_refused(near: str) -> None:
    with pytest.raises(UnknownWord, match=f"“near” cannot be “{near}”"):
        read(("near", near), ("within_km", "5"))


@pytest.mark.parametrize("pairs", [[("near", "Musterstadt")], [("within_km", "5")], [("within_min", "5")]])
def test_near_and_within_belong_together(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(UnknownWord, match="“near” and either “within_km” or “within_min” belong together"):
        read(*pairs)


@pytest.mark.parametrize("near", [[], [("near", "Musterstadt")]])
def test_kilometres_and_minutes_are_not_asked_together(near: list[tuple[str, str]]) -> None:
    with pytest.raises(UnknownWord, match="“within_km” and “within_min”"):
        read(*near, ("within_km", "5"), ("within_min", "5"))


@pytest.mark.parametrize("vehicle", [None, *Vehicle])
@pytest.mark.parametrize("minutes", [0.5, 20.0, 180.0])
def test_without_a_network_minutes_are_those_estimated(vehicle: Vehicle | None, minutes: float) -> None:
    pairs = [("near", "Musterstadt"), ("within_min", f"{minutes}"), *([("vehicle", vehicle.value)] if vehicle else [])]
    km = pd.Series([0.0, 0.01, *np.linspace(0.05, 200, 400)])
    expected = estimated_min(km, vehicle or Vehicle.CAR) <= minutes
    sites = [factories.site(geometry=factories.at(1000 * away)) for away in km]
    assert [answer(site, *pairs) for site in sites] == expected.tolist()
    assert answer(factories.site(), *pairs) is None, "without a place"
    assert read(*pairs).asked[0].value.reachable is None


def test_a_network_is_asked_for_the_place_the_vehicle_and_the_minutes() -> None:
    calls: list[tuple[Point, Vehicle, float]] = []

    def reach(point: Point, vehicle: Vehicle, minutes: float) -> Reachable:
        calls.append((point, vehicle, minutes))
        return Reachable(within=(1,), unknown=(2,), as_of="2026-10")

    driving = dataclasses.replace(CONTEXT, reach=reach)
    near = [("near", "Beispielhausen"), ("within_min", "12,5 min")]
    (asked,) = question.read(near, driving).asked
    question.read([*near, ("vehicle", "truck")], driving)
    question.read([("near", "Musterstadt"), ("within_km", "5"), ("max_airport_min", "9")], driving)
    assert calls == [(factories.at(9000), Vehicle.CAR, 12.5), (factories.at(9000), Vehicle.TRUCK, 12.5)]
    assert asked.predicate == Reached(frozenset({1}), frozenset({2}))
    assert asked.value.reachable.as_of == "2026-10"


def test_a_place_that_the_network_does_not_know_is_estimated() -> None:
    beside = dataclasses.replace(CONTEXT, reach=lambda *_: None)
    pairs = [("near", "Musterstadt"), ("within_min", "20")]
    assert question.read(pairs, beside).predicates == read(*pairs).predicates


def test_a_box_round_the_world_holds_every_place() -> None:
    everywhere = ("bbox", "-180,-90,180,90")
    assert answer(factories.site(geometry=factories.square()), everywhere) is True
    assert answer(factories.site(), everywhere) is None
    fylde = crs.to_metric(shapely.Point(-2.9, 53.8))
    assert answer(factories.site(geometry=fylde), everywhere) is True
    assert answer(factories.site(geometry=fylde), ("bbox", "100,-50,120,-40")) is False
