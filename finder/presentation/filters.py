"""The search page's filters from the table of criteria: form, chips that remove, orders, ways out of nothing found."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from finder.language import N_, Language
from finder.model.access import ACCESS_ATTRIBUTES
from finder.model.query import AnyOf, IsUnknown, Predicate, fold
from finder.model.vocabulary import LISTED, AccessKind, Availability, Labelled, Vehicle, Zoning
from finder.presentation import format, listing, phrases, symbols
from finder.search.counts import Counts
from finder.search.criteria import CRITERIA, Context, Criterion, Kind, Section
from finder.search.question import DEFAULT_SORT, SORTS, Potential, Question

OFFERED_ZONING = (Zoning.GE, Zoning.GI, Zoning.GEE, Zoning.MI, Zoning.MU, Zoning.MK, Zoning.SO)
"""Kinds a business asks for; the others stay askable by their word."""
OFFERED_ACCESS = (
    AccessKind.MOTORWAY_JUNCTION,
    AccessKind.RAIL_FREIGHT,
    AccessKind.INLAND_PORT,
    AccessKind.RAIL_STATION,
)
"""Access kinds with fields on the page; the others stay askable by their word."""
ORDER = (
    *(Section.SIZE, Section.ZONING, Section.TRANSPORT, Section.TIME, Section.PLACE),
    *(Section.PLANNING, Section.EQUIPMENT, Section.TERMS, Section.MORE),
)
OPEN = ORDER[:5]
"""Sections unfolded from the start; the others unfold when something in them is asked."""
HECTARES = ("min_area", "max_area")
"""Words whose fields take hectares and are sent as `min_area_ha`; an address always states the unit."""
WITHIN = {"min": "within_min", "km": "within_km"}
"""Words that one field takes by its unit, sent as `within` and `within_unit`; an address says which it is."""
OFFERED_SORTS = (
    *(DEFAULT_SORT, "size_asc"),
    *(f"{kind.value}_min" for kind in OFFERED_ACCESS),
    *("name", "municipality", "price", "verified"),
)
"""Orders on the page; the others stay askable by their word."""


@dataclass(frozen=True)
class Option:
    """One choice; `count` sites would remain with it, None where that is not counted."""

    value: str
    label: str
    chosen: bool
    count: int | None = None
    code: str | None = None
    mark: str | None = None  # SVG of our own making


@dataclass(frozen=True)
class Field:
    """One form field. `widget` is area, number, units, date, text, checks, select or pair (of the fields in `parts`).

    `options` are the choices; of a number with units, which of them it is in; of a text, what may be meant. `unknown`
    sites would answer everything else, but this is not known of them; None where that is not counted.
    """

    word: str
    widget: str
    label: str
    unit: str | None = None
    value: str = ""
    options: tuple[Option, ...] = ()
    parts: tuple[Field, ...] = ()
    unknown: int | None = None

    @property
    def name(self) -> str:
        """The name it is sent under."""
        return f"{self.word}_ha" if self.widget == "area" else self.word

    @property
    def words(self) -> tuple[str, ...]:
        """The words that an address says it by."""
        return tuple(WITHIN.values()) if self.widget == "units" else (self.word,)


@dataclass(frozen=True)
class Fieldset:
    """A group of fields under one legend; `open` ones are unfolded at first."""

    name: str
    legend: str
    fields: tuple[Field, ...]
    open: bool


@dataclass(frozen=True)
class Chip:
    """A criterion in words; following `href` removes it. `count` sites would answer then, None where not counted."""

    text: str
    href: str
    count: int | None = None


def facets() -> dict[str, list[Predicate]]:
    """Return, per word whose choices are counted, the predicates of its choices and, last, of "not known"."""
    return {
        "zoning": [*(AnyOf("zoning", (z,)) for z in OFFERED_ZONING), IsUnknown("zoning")],
        "availability": [*(AnyOf("availability", (a,)) for a in Availability), IsUnknown("availability")],
    }


def form(question: Question, context: Context, counts: Counts, language: Language) -> tuple[Fieldset, ...]:
    """Return the filter form with the question's values filled in."""
    sections = []
    for section in ORDER:
        offered = [
            c for c in CRITERIA if c.section is section and c.kind not in (Kind.BOX, Kind.PLACE) and c.access is None
        ]
        fields = [_field(criterion, question, context, counts, language) for criterion in offered]
        if section is Section.SIZE:
            fields = [Field("area", "pair", language.text(section.label), parts=tuple(fields))]
        if section is Section.TRANSPORT:
            limits = (_limits(kind, question, language) for kind in OFFERED_ACCESS)
            fields = [*limits, *_near(question, context, language), _vehicle(question, language)]
        words = {field.word for field in each(fields)}
        asked = any(a.criterion.word in words for a in question.asked)
        sections.append(
            Fieldset(section.value, language.text(section.label), tuple(fields), open=section in OPEN or asked)
        )
    return tuple(sections)


def each(fields: Iterable[Field]) -> list[Field]:
    """Return fields and the parts of pairs, one after the other."""
    return [part for field in fields for part in (field.parts or (field,))]


def kept(question: Question, fieldsets: Iterable[Fieldset]) -> list[tuple[str, str]]:
    """Return the words that a change of the form must carry along because it has no fields for them."""
    shown = {word for fieldset in fieldsets for field in each(fieldset.fields) for word in field.words}
    return [(word, text) for word, text in question.words() if word not in shown and word != "page"]


def kept_in_order(question: Question) -> list[tuple[str, str]]:
    """Return the words that a change of the order must carry along."""
    return [(word, text) for word, text in question.words() if word not in ("sort", "page")]


def written_out(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what a form sends as an address says it: no empty words, hectares with their unit, what is within what."""
    pairs, words = list(pairs), []
    units = {text for name, text in pairs if name == "within_unit"}
    chosen = units.pop() if len(units) == 1 else ""
    for name, text in pairs:
        text, word = text.strip(), name.removesuffix("_ha")
        if name == "within" and chosen in WITHIN:
            typed = next((unit for unit in WITHIN if text.casefold().endswith(unit)), chosen)
            word = WITHIN[typed]
        elif name == "within_unit" and chosen in WITHIN:
            continue
        elif word == name or word not in HECTARES:
            word = name
        elif text and text[-1].isdecimal():  # "²" is a digit, too
            text += "ha"
        if text:
            words.append((word, text))
    return words


def _field(criterion: Criterion, question: Question, context: Context, counts: Counts, language: Language) -> Field:
    word, value = criterion.word, _value(criterion, question)
    chosen = {str(member) for member in (value if isinstance(value, tuple) else (value,))}
    label = format.capital(language.text(criterion.label))
    match criterion.kind:
        case Kind.AREA:
            return Field(word, "area", label, unit="ha", value=_plain(value and value / format.M2_PER_HA, language))
        case Kind.NUMBER:
            return Field(word, "number", label, unit=criterion.unit, value=_plain(value, language))
        case Kind.DATE:
            return Field(word, "date", label, value=value.isoformat() if value else "")
        case Kind.CHOICES:
            assert criterion.choices
            return _checks(criterion, criterion.choices, chosen, counts, language)
        case Kind.TOWNS:
            towns = sorted(context.towns.items(), key=lambda item: item[1])
            options = tuple(Option(code, name, code in chosen, counts.towns.get(code, 0)) for code, name in towns)
            return Field(word, "checks", label, options=options)
        case Kind.SECTORS:
            options = tuple(Option(code, name, code in chosen) for code, name in context.sectors.items())
            return Field(word, "checks", label, options=options)
        case Kind.CHOICE:
            assert criterion.choices
            options = tuple(Option(m.value, language.text(m.label), m.value in chosen) for m in criterion.choices)
            return Field(word, "select", label, options=options)
        case Kind.FLAG:
            flags = ((True, "yes", N_("yes")), (False, "no", N_("no")))
            options = tuple(Option(code, language.text(text), value is flag) for flag, code, text in flags)
            return Field(word, "select", label, options=options)
    return Field(word, "text", label, value=" ".join(question.texts(word)))


def _value(criterion: Criterion, question: Question) -> Any:
    return next((asked.value for asked in question.asked if asked.criterion is criterion), None)


def _plain(value: object, language: Language) -> str:
    """Return a number as one types it: no grouping, a comma in German."""
    if not isinstance(value, int | float):
        return ""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language.code == "de" else text


def _checks(
    criterion: Criterion, choices: type[Labelled], chosen: set[str], counts: Counts, language: Language
) -> Field:
    zoning = criterion.word == "zoning"
    members = list(OFFERED_ZONING if zoning else choices)
    numbers = dict(zip(members, counts.choices.get(criterion.word, ()), strict=False))
    ever = dict(zip(members, counts.ever.get(criterion.word, ()), strict=False))
    # what was asked by word stays visible; what no site answers whatever else is asked is not offered
    shown = [m for m in choices if m.value in chosen or (m in members and ever.get(m) != 0)]
    return Field(
        criterion.word,
        "checks",
        format.capital(language.text(criterion.label)),
        options=tuple(
            Option(
                m.value,
                language.text(m.label),
                m.value in chosen,
                numbers.get(m),
                code=m.value if isinstance(m, Zoning) and m is not Zoning.OTHER else None,
                mark=symbols.zoning_mark((m,), None, size=20) if isinstance(m, Zoning) else None,
            )
            for m in shown
        ),
        unknown=counts.choices[criterion.word][-1] if criterion.word in counts.choices else None,
    )


def _limits(kind: AccessKind, question: Question, language: Language) -> Field:
    """Return the two limits of one kind, minutes and kilometres, side by side."""
    limits = [c for c in CRITERIA if c.access is not None and c.access[0] is kind]
    labels = {"min": language.text(N_("at most, minutes")), "km": language.text(N_("at most, kilometres"))}
    parts = tuple(
        Field(c.word, "number", labels[str(c.unit)], unit=c.unit, value=_plain(_value(c, question), language))
        for c in limits
    )
    return Field(kind.value, "pair", format.capital(language.text(kind.label)), parts=parts)


def _near(question: Question, context: Context, language: Language) -> tuple[Field, Field]:
    """Return the place to be near to, and how near in minutes or kilometres."""
    unit = "min" if question.within_km is None else "km"
    within = question.within_min if question.within_km is None else question.within_km
    units = tuple(Option(one, one, one == unit) for one in WITHIN)
    known = tuple(Option(name, name, False) for name in sorted(context.places, key=fold))
    place = language.text(N_("Near a town or longitude,latitude"))
    amount = language.text(N_("At most from there"))
    return (
        Field("near", "text", place, value=" ".join(question.texts("near")), options=known),
        Field("within", "units", amount, value=_plain(within, language), options=units),
    )


def _vehicle(question: Question, language: Language) -> Field:
    options = tuple(Option(v.value, language.text(v.label), v is question.vehicle) for v in Vehicle)
    return Field("vehicle", "select", language.text(N_("Vehicle")), options=options)


def address(path: str, question: Question) -> str:
    """Return the address of a question."""
    words = question.address()
    return f"{path}?{words}" if words else path


def chips(question: Question, context: Context, language: Language, path: str) -> tuple[Chip, ...]:
    """Return all that narrows or widens the answer, in words, each with the address of the question without it."""
    found = [
        Chip(phrases.phrase(asked, question, context, language), address(path, question.without(asked)))
        for asked in question.asked
    ]
    if question.potential is not Potential.NO:
        words = language.text(question.potential.label)
        found.append(Chip(words, address(path, dataclasses.replace(question, potential=Potential.NO, page=1))))
    if question.unknown:
        words = language.text(N_("also where something is not known"))
        found.append(Chip(words, address(path, dataclasses.replace(question, unknown=False, page=1))))
    if question.status != LISTED:
        words = phrases.either([language.text(status.label) for status in question.status], language)
        found.append(Chip(words, address(path, dataclasses.replace(question, status=LISTED, page=1))))
    return tuple(found)


def ways_out(
    question: Question, counts: Sequence[int], context: Context, language: Language, path: str
) -> tuple[Chip, ...]:
    """Return each criterion that stands in the way, with how many sites answer once it alone is dropped, best first."""
    found = [
        Chip(phrases.phrase(asked, question, context, language), address(path, question.without(asked)), n)
        for asked, n in zip(question.asked, counts, strict=True)
        if n
    ]
    return tuple(sorted(found, key=lambda chip: -(chip.count or 0)))


def sorts(question: Question, language: Language) -> tuple[Option, ...]:
    """Return the orders a page offers; those by access say by what measure and vehicle."""
    words = [*OFFERED_SORTS, *([question.sort] if question.sort not in OFFERED_SORTS else [])]
    return tuple(Option(word, _order(word, question, language), word == question.sort) for word in words)


def _order(word: str, question: Question, language: Language) -> str:
    label, keys = SORTS[word]
    if keys[0].attribute not in ACCESS_ATTRIBUTES:
        return language.text(label)
    kind, own, unit = ACCESS_ATTRIBUTES[keys[0].attribute]
    said = {"min": N_("fewest min to %(kind)s (%(vehicle)s)"), "km": N_("fewest km to %(kind)s (%(vehicle)s)")}
    name = language.text(listing.SHOWN_ACCESS.get(kind, kind.label))
    return language.text(said[unit], kind=name, vehicle=language.text(listing.VEHICLES[question.vehicle or own]))
