"""The table of criteria: one row gives the URL word, the CLI option, the form field, the predicate and the sentence.

Everything that asks reads this table, so that form, address, command line and answer cannot drift apart. A criterion
that needs several words (`near` with `within_km` or `within_min`, the vehicle of an access limit) reads its companions
from the `Context`.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shapely import Point

from finder import crs
from finder.errors import UnknownWord
from finder.language import N_
from finder.measures.access import estimated_reach_km
from finder.model.access import km_name, min_name
from finder.model.query import (
    And,
    AnyOf,
    Compare,
    Intersects,
    IsUnknown,
    Not,
    Operator,
    Or,
    Predicate,
    Reached,
    Within,
    Words,
    fold,
)
from finder.model.reach import Reachable
from finder.model.vocabulary import (
    AccessKind,
    Availability,
    DistanceClass,
    Labelled,
    MaxRestriction,
    Ownership,
    PlanStatus,
    RailSiding,
    SaleForm,
    Servicing,
    Vehicle,
    Zoning,
)
from finder.search import values

MOST_WORDS, LONGEST_WORDS = 20, 300

Reach = Callable[[Point, Vehicle, float], Reachable | None]
"""Tells who reaches a point (metres) in so many minutes over the road network; None: the network does not go there."""


class Kind(StrEnum):
    """How a criterion's value is written, offered in a form and said in a sentence."""

    AREA = "area"
    NUMBER = "number"
    DATE = "date"
    CHOICES = "choices"  # several codes, any of them
    CHOICE = "choice"  # one code
    TOWNS = "towns"
    SECTORS = "sectors"
    FLAG = "flag"
    BOX = "box"
    PLACE = "place"
    TEXT = "text"


class Section(Labelled):
    """The groups of the filter form."""

    SIZE = "size", N_("Size")
    ZONING = "zoning", N_("Zoning")
    PLACE = "place", N_("Town")
    TRANSPORT = "transport", N_("Transport links")
    TIME = "time", N_("Availability")
    PLANNING = "planning", N_("Planning and restrictions")
    EQUIPMENT = "equipment", N_("Servicing and equipment")
    TERMS = "terms", N_("Price and ownership")
    MORE = "more", N_("More")


@dataclass(frozen=True)
class Context:
    """What reading criteria needs to know beside their own text."""

    today: dt.date
    towns: Mapping[str, str] = field(default_factory=dict)  # municipality code -> name
    sectors: Mapping[str, str] = field(default_factory=dict)  # code -> label
    places: Mapping[str, Point] = field(default_factory=dict)  # name -> point in metres
    reach: Reach | None = None  # None: there is no road network, and minutes are estimated
    vehicle: Vehicle | None = None
    within_km: float | None = None
    within_min: float | None = None


@dataclass(frozen=True)
class Near:
    """A place to be near to. `reachable` says who is, where minutes were asked and the road network knows."""

    name: str
    point: Point
    reachable: Reachable | None = None


@dataclass(frozen=True)
class Criterion:
    """One row of the table. `read` turns the texts into a value, `predicate` the value into a question.

    `sentence` is a message id with %(value)s (and %(kind)s and %(vehicle)s for access limits). `asks` names the
    attribute whose absence leaves a site out.
    """

    word: str
    kind: Kind
    section: Section
    label: str
    sentence: str
    asks: str
    read: Callable[[str, list[str], Context], Any]
    predicate: Callable[[Any, Context], Predicate]
    unit: str | None = None
    choices: type[Labelled] | None = None
    access: tuple[AccessKind, str] | None = None


def _one(read: Callable[[str, str], Any]) -> Callable[[str, list[str], Context], Any]:
    def reader(word: str, texts: list[str], _: Context) -> Any:
        if len(texts) > 1:
            raise UnknownWord(N_("“%(word)s” is given more than once."), word=word)
        return read(word, texts[0])

    return reader


def _codes(choices: type[Labelled]) -> Callable[[str, list[str], Context], Any]:
    return lambda word, texts, _: values.codes(word, texts, choices)


def _code(choices: type[Labelled]) -> Callable[[str, list[str], Context], Any]:
    return _one(lambda word, text: values.codes(word, [text], choices)[0])


def _compare(attribute: str, operator: Operator) -> Callable[[Any, Context], Predicate]:
    return lambda value, _: Compare(attribute, operator, value)


def _any_of(attribute: str) -> Callable[[Any, Context], Predicate]:
    return lambda value, _: AnyOf(attribute, tuple(value))


def _choices(word: str, section: Section, label: str, choices: type[Labelled], asks: str | None = None) -> Criterion:
    asks = asks or word
    return Criterion(
        word, Kind.CHOICES, section, label, "%(value)s", asks, _codes(choices), _any_of(asks), choices=choices
    )


def _flag(word: str, section: Section, label: str, sentence: str) -> Criterion:
    return Criterion(word, Kind.FLAG, section, label, sentence, word, _one(values.flag), _compare(word, Operator.EQ))


def _max_area(value: float, _: Context) -> Predicate:
    # A larger site that can be divided that small meets the limit; one of unknown divisibility is not known to.
    return Or((Compare("size_m2", Operator.LE, value), Compare("divisible_from_m2", Operator.LE, value)))


def _available_by(value: dt.date, context: Context) -> Predicate:
    # A stated date decides; else the class does where it can: land to be had "in 2 to 5 years" is certainly there in
    # six, certainly not in one, and in three nobody knows.
    by_date = Compare("available_from", Operator.LE, value)
    years = (value - context.today).days / 365.25
    classes = {
        Availability.IMMEDIATE: (0.0, 0.0),
        Availability.SHORT: (0.0, 2.0),
        Availability.MEDIUM: (2.0, 5.0),
        Availability.LONG: (5.0, math.inf),
    }
    certain = AnyOf("availability", tuple(c for c, (_, latest) in classes.items() if latest <= years))
    possible = AnyOf("availability", tuple(c for c, (first, latest) in classes.items() if first <= years < latest))
    undated = IsUnknown("available_from")
    by_class = Or((certain, And((possible, by_date))))  # without a date by_date is not known
    return Or((And((Not(undated), by_date)), And((undated, by_class))))


def _restricted(value: MaxRestriction, _: Context) -> Predicate:
    members = list(MaxRestriction)
    return AnyOf("max_restriction", tuple(m.value for m in members[: members.index(value) + 1]))


def _emitting(value: DistanceClass, _: Context) -> Predicate:
    # A site that admits plants of class III admits those of IV and above too: they need less distance.
    members = list(DistanceClass)
    return AnyOf("distance_class", tuple(members[: members.index(value) + 1]))


def _in_towns(value: tuple[str, ...], _: Context) -> Predicate:
    # A site without further towns named lies in its own town alone: that is known, not a gap.
    further = And((Not(IsUnknown("further_municipalities")), AnyOf("further_municipalities", value)))
    return Or((AnyOf("municipality", value), further))


def _read_near(word: str, texts: list[str], context: Context) -> Near:
    if len(texts) > 1:
        raise UnknownWord(N_("“%(word)s” is given more than once."), word=word)
    name, point = _read_place(word, texts[0], context)
    if context.reach is None or context.within_min is None:
        return Near(name, point)
    return Near(name, point, context.reach(point, driven(context.vehicle), context.within_min))


def _read_place(word: str, text: str, context: Context) -> tuple[str, Point]:
    if (lonlat := values.point(text)) is not None:
        west, south, east, north = crs.reach()
        if not (west <= lonlat[0] <= east and south <= lonlat[1] <= north):
            raise values.wrong(word, text, N_("a place in or around the region is expected"))
        return text, crs.to_metric(Point(*lonlat))
    by_name = {fold(name): (name, point) for name, point in context.places.items()}
    if (found := by_name.get(fold(text))) is None:
        raise values.wrong(word, text, N_("longitude,latitude or the name of a town is expected"))
    return found


def _read_words(word: str, text: str) -> str:
    # PostgreSQL knows no text with NUL, and databases no condition of a thousand parts
    shown = "".join(sign for sign in " ".join(text.split()) if sign.isprintable()).strip()
    if not 1 <= len(fold(shown).split()) <= MOST_WORDS or len(shown) > LONGEST_WORDS:
        raise values.wrong(word, text, N_("one to 20 words of at most 300 characters together are expected"))
    return shown


def _near(value: Near, context: Context) -> Predicate:
    if value.reachable is not None:
        return Reached(frozenset(value.reachable.within), frozenset(value.reachable.unknown))
    km = context.within_km
    if context.within_min is not None:
        km = estimated_reach_km(context.within_min, driven(context.vehicle))
    assert km is not None
    return Within(value.point, km * 1000.0)


def driven(vehicle: Vehicle | None) -> Vehicle:
    """Return the vehicle that minutes to a place are meant for when none is named."""
    return vehicle or Vehicle.CAR


def _access_limits(kind: AccessKind) -> tuple[Criterion, Criterion]:
    def limit(unit: str, name: Callable[[AccessKind, Vehicle], str], sentence: str) -> Criterion:
        def predicate(value: float, context: Context) -> Predicate:
            return Compare(name(kind, context.vehicle or kind.vehicle), Operator.LE, value)

        return Criterion(
            f"max_{kind.value}_{unit}",
            Kind.NUMBER,
            Section.TRANSPORT,
            kind.label,
            sentence,
            name(kind, kind.vehicle),
            _one(lambda word, text: values.number(word, text, units=(unit,))),
            predicate,
            unit=unit,
            access=(kind, unit),
        )

    return (
        limit("min", min_name, N_("%(kind)s within %(value)s (%(vehicle)s)")),
        limit("km", km_name, N_("%(kind)s within %(value)s")),
    )


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        *("min_area", Kind.AREA, Section.SIZE, N_("from"), N_("from %(value)s"), "size_m2"),
        *(_one(values.area_m2), _compare("size_m2", Operator.GE)),
        unit="m²",
    ),
    Criterion(
        *("max_area", Kind.AREA, Section.SIZE, N_("up to"), N_("up to %(value)s"), "size_m2"),
        *(_one(values.area_m2), _max_area),
        unit="m²",
    ),
    _choices("zoning", Section.ZONING, N_("zoning"), Zoning),
    Criterion(
        *("municipality", Kind.TOWNS, Section.PLACE, N_("town"), "%(value)s", "municipality"),
        *(lambda word, texts, context: values.names(word, texts, context.towns), _in_towns),
    ),
    *(limit for kind in AccessKind for limit in _access_limits(kind)),
    Criterion(
        *("near", Kind.PLACE, Section.TRANSPORT, N_("near"), N_("at most %(within)s from %(value)s"), "geometry"),
        *(_read_near, _near),
    ),
    Criterion(
        *("bbox", Kind.BOX, Section.PLACE, N_("part of the map"), N_("in the part of the map"), "geometry"),
        *(_one(values.box), lambda value, _: Intersects(crs.lonlat_box(*value))),
    ),
    _choices("availability", Section.TIME, N_("availability"), Availability),
    Criterion(
        *("available_by", Kind.DATE, Section.TIME, N_("available by"), N_("available by %(value)s"), "available_from"),
        *(_one(values.date), _available_by),
    ),
    _choices("plan_status", Section.PLANNING, N_("plan status"), PlanStatus),
    Criterion(
        *("max_restriction", Kind.CHOICE, Section.PLANNING, N_("restrictions at most")),
        *(N_("restrictions at most: %(value)s"), "max_restriction", _code(MaxRestriction), _restricted),
        choices=MaxRestriction,
    ),
    Criterion(
        *("distance_class", Kind.CHOICE, Section.PLANNING, N_("plant of distance class")),
        *(N_("plants of distance %(value)s"), "distance_class", _code(DistanceClass), _emitting),
        choices=DistanceClass,
    ),
    _flag(
        "operation_24h", Section.PLANNING, N_("round-the-clock operation"), N_("round-the-clock operation: %(value)s")
    ),
    _choices("servicing", Section.EQUIPMENT, N_("state of servicing"), Servicing),
    Criterion(
        *("min_power_mva", Kind.NUMBER, Section.EQUIPMENT, N_("power from"), N_("power from %(value)s"), "power_mva"),
        *(_one(lambda word, text: values.number(word, text, units=("mva",))), _compare("power_mva", Operator.GE)),
        unit="MVA",
    ),
    _choices("rail_siding", Section.EQUIPMENT, N_("rail siding"), RailSiding),
    _flag("quay", Section.EQUIPMENT, N_("quay"), N_("quay: %(value)s")),
    Criterion(
        *("max_price", Kind.NUMBER, Section.TERMS, N_("price up to"), N_("price up to %(value)s"), "price_eur_m2"),
        *(_one(lambda word, text: values.number(word, text, units=("€/m²", "eur/m2"))),),
        _compare("price_eur_m2", Operator.LE),
        unit="€/m²",
    ),
    _choices("sale_form", Section.TERMS, N_("form of sale"), SaleForm),
    _choices("ownership", Section.TERMS, N_("ownership"), Ownership),
    Criterion(
        *("sector", Kind.SECTORS, Section.MORE, N_("sector"), "%(value)s", "sectors"),
        *(lambda word, texts, context: values.names(word, texts, context.sectors), _any_of("sectors")),
    ),
    Criterion(
        *(
            "verified_since",
            Kind.DATE,
            Section.MORE,
            N_("confirmed since"),
            N_("confirmed since %(value)s"),
            "verified_on",
        ),
        *(_one(values.date), _compare("verified_on", Operator.GE)),
    ),
    Criterion(
        *("q", Kind.TEXT, Section.MORE, N_("words"), N_("with “%(value)s”"), "search_text"),
        *(_one(_read_words), lambda value, _: Words(tuple(fold(value).split()))),
    ),
)

BY_WORD: dict[str, Criterion] = {criterion.word: criterion for criterion in CRITERIA}
LISTS = frozenset({Kind.CHOICES, Kind.TOWNS, Kind.SECTORS})
"""Kinds whose values may be repeated or comma-separated."""
