"""What the search page shows: the form from the table of criteria, chips, result rows, pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finder.config import Freshness
from finder.language import Language, N_
from finder.model.access import Access
from finder.model.query import AnyOf, IsUnknown, Predicate
from finder.model.site import Site
from finder.model.vocabulary import AccessKind, Availability, Evidence, Vehicle, Zoning
from finder.presentation import format, freshness, phrases, symbols
from finder.presentation.freshness import Badge
from finder.search.answer import Answer
from finder.search.criteria import CRITERIA, Context, Criterion, Kind, Section
from finder.search.question import DEFAULT_SORT, SORTS, Question
from finder.store.sites import Listed

OFFERED_ZONING = (Zoning.GE, Zoning.GI, Zoning.GEE, Zoning.MI, Zoning.MU, Zoning.MK, Zoning.SO)
"""Kinds a business asks for; the others stay askable by their word."""
SHOWN_ACCESS = (AccessKind.MOTORWAY_JUNCTION, AccessKind.INLAND_PORT)
OPEN_SECTIONS = (Section.SIZE, Section.ZONING, Section.TRANSPORT, Section.TIME, Section.PLACE)
PAGE_ACCESS = (AccessKind.MOTORWAY_JUNCTION, AccessKind.RAIL_FREIGHT, AccessKind.INLAND_PORT, AccessKind.RAIL_STATION)
"""Access kinds with a field on the page; the others are asked by their word."""


@dataclass(frozen=True)
class Option:
    """One choice of a field; `count` sites would remain with it, None where that is not counted."""

    value: str
    label: str
    checked: bool
    count: int | None = None
    code: str | None = None
    mark: str | None = None


@dataclass(frozen=True)
class Field:
    """One form field. `widget` is area, number, date, text, checks, select or tri (yes, no, any)."""

    word: str
    widget: str
    label: str
    unit: str | None = None
    value: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Fieldset:
    """A group of fields under one legend; `open` ones are unfolded at first."""

    name: str
    legend: str
    fields: tuple[Field, ...]
    open: bool


@dataclass(frozen=True)
class Chip:
    """A criterion in words; following `href` removes it."""

    text: str
    href: str


@dataclass(frozen=True)
class Reach:
    """The way to one access point in words. `km` carries its uncertainty, `method` how and of when."""

    kind: str
    label: str
    name: str
    value: str
    minutes: str | None
    km: str
    method: str


@dataclass(frozen=True)
class Hit:
    """One result row. Texts are plain; `mark` is SVG of our own making."""

    id: str
    href: str
    name: str
    town: str
    line: str
    size: str | None
    size_basis: str | None
    zoning: str | None
    mark: str
    access: tuple[Reach, ...]
    badge: Badge
    tags: tuple[str, ...]
    unknown: tuple[str, ...]


def facet_options(question: Question) -> dict[str, list[Predicate]]:
    """Return, per word whose choices are counted, the predicates of its choices and, last, of "not known"."""
    return {
        "zoning": [*(AnyOf("zoning", (z,)) for z in OFFERED_ZONING), IsUnknown("zoning")],
        "availability": [*(AnyOf("availability", (a,)) for a in Availability), IsUnknown("availability")],
    }


def form(
    question: Question, context: Context, counts: Mapping[str, Sequence[int]], town_counts: Mapping[str, int], language: Language
) -> tuple[Fieldset, ...]:
    """Return the filter form with the question's values filled in."""
    sections = []
    for section in Section:
        fields = [
            _field(criterion, question, context, counts, town_counts, language)
            for criterion in CRITERIA
            if criterion.section is section and criterion.kind not in (Kind.BOX, Kind.PLACE) and _offered(criterion)
        ]
        if section is Section.TRANSPORT:
            fields.append(_vehicle(question, language))
        asked = any(question.texts(f.word) for f in fields)
        if fields:
            open_ = asked or section in OPEN_SECTIONS
            sections.append(Fieldset(section.value, language.text(section.label), tuple(fields), open_))
    return tuple(sections)


def _offered(criterion: Criterion) -> bool:
    return criterion.access is None or criterion.access[0] in PAGE_ACCESS


def _field(
    criterion: Criterion,
    question: Question,
    context: Context,
    counts: Mapping[str, Sequence[int]],
    town_counts: Mapping[str, int],
    language: Language,
) -> Field:
    texts = question.texts(criterion.word)
    chosen = {str(v) for asked in question.asked if asked.criterion is criterion for v in _members(asked.value)}
    label = format.capital(language.text(criterion.label))
    match criterion.kind:
        case Kind.CHOICES:
            return Field(criterion.word, "checks", label, options=_choices(criterion, chosen, counts, language))
        case Kind.TOWNS:
            towns = sorted(context.towns.items(), key=lambda item: item[1])
            options = tuple(Option(code, name, code in chosen, town_counts.get(code, 0)) for code, name in towns)
            return Field(criterion.word, "checks", label, options=options)
        case Kind.SECTORS:
            options = tuple(Option(code, name, code in chosen) for code, name in context.sectors.items())
            return Field(criterion.word, "checks", label, options=options)
        case Kind.CHOICE:
            assert criterion.choices
            options = tuple(Option(m.value, language.text(m.label), m.value in chosen) for m in criterion.choices)
            return Field(criterion.word, "select", label, options=options)
        case Kind.FLAG:
            value = next((str(asked.value).lower() for asked in question.asked if asked.criterion is criterion), "")
            yes = Option("yes", language.text(N_("yes")), value == "true")
            return Field(criterion.word, "tri", label, options=(yes, Option("no", language.text(N_("no")), value == "false")))
    widget = {Kind.AREA: "area", Kind.NUMBER: "number", Kind.DATE: "date"}.get(criterion.kind, "text")
    value = texts[0] if texts else ""
    if criterion.kind is Kind.AREA and value:
        value = format.area(next(a.value for a in question.asked if a.criterion is criterion), language)
    if criterion.access:
        kind, unit = criterion.access
        label = format.capital(language.text(kind.label))
        return Field(criterion.word, widget, label, unit=unit, value=value)
    return Field(criterion.word, widget, label, unit=criterion.unit, value=value)


def _members(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _choices(
    criterion: Criterion, chosen: set[str], counts: Mapping[str, Sequence[int]], language: Language
) -> tuple[Option, ...]:
    assert criterion.choices
    members = [m for m in criterion.choices if criterion.word != "zoning" or m in OFFERED_ZONING or m.value in chosen]
    numbers = dict(zip(OFFERED_ZONING if criterion.word == "zoning" else members, counts.get(criterion.word, ()), strict=False))
    return tuple(
        Option(
            m.value,
            language.text(m.label),
            m.value in chosen,
            numbers.get(m),
            code=m.value if isinstance(m, Zoning) else None,
            mark=symbols.zoning_mark((m,), None, size=16) if isinstance(m, Zoning) else None,
        )
        for m in members
    )


def _vehicle(question: Question, language: Language) -> Field:
    options = tuple(Option(v.value, language.text(v.label), v is question.vehicle) for v in Vehicle)
    return Field("vehicle", "select", language.text(N_("Vehicle")), options=options)


def chips(question: Question, context: Context, language: Language, path: str) -> tuple[Chip, ...]:
    """Return the active criteria in words, each with the address of the question without it."""
    return tuple(
        Chip(phrases.phrase(asked, question, context, language), f"{path}?{question.without(asked).address()}")
        for asked in question.asked
    )


def sorts(question: Question, language: Language) -> tuple[Option, ...]:
    """Return the orders a page offers."""
    offered = (DEFAULT_SORT, "size_asc", "name", "municipality", "motorway_junction_min", "inland_port_min", "price", "verified")
    words = [*offered, *([question.sort] if question.sort not in offered else [])]
    return tuple(
        Option(
            word,
            language.text(N_("nearest %(kind)s first"), kind=language.text(SORTS[word][0]))
            if word.endswith(("_min", "_km"))
            else language.text(SORTS[word][0]),
            word == question.sort,
        )
        for word in words
    )


def hits(
    answer: Answer, context: Context, days: Freshness, language: Language, query: str = ""
) -> tuple[Hit, ...]:
    """Return the result rows of an answer."""
    return tuple(
        hit(
            listed,
            context.towns,
            days,
            context.today,
            language,
            tuple(phrases.name(answer.question.asked[i].criterion, language) for i in listed.unknown),
        )
        for listed in answer.hits
    )


def hit(
    listed: Listed, towns: Mapping[str, str], days: Freshness, today: dt.date, language: Language, unknown: tuple[str, ...] = ()
) -> Hit:
    """Return one result row."""
    site = listed.site
    basis = site.size_basis
    return Hit(
        id=site.id,
        href=f"/sites/{site.id}",
        name=site.name,
        town=town_names(site, towns),
        line=_line(site, language),
        size=None if site.size_m2 is None else format.area(site.size_m2, language),
        size_basis=None if basis is None else language.text(basis.label),
        zoning="; ".join(z.value for z in site.zoning) if site.zoning else None,
        mark=symbols.zoning_mark(site.zoning, site.availability),
        access=tuple(r for kind in SHOWN_ACCESS if (r := reach(listed.access, kind, kind.vehicle, language)) is not None),
        badge=freshness.badge(site, days, today, language),
        tags=tags(site, language),
        unknown=unknown,
    )


def town_names(site: Site, towns: Mapping[str, str]) -> str:
    """Return the site's town, and the further ones of an inter-municipal site."""
    codes = (site.municipality, *(site.further_municipalities or ()))
    return ", ".join(towns.get(code, code) for code in codes)


def tags(site: Site, language: Language) -> tuple[str, ...]:
    """Return what must be said of a site before anything else."""
    words = []
    if site.sample:
        words.append(language.text(N_("fictional")))
    if site.potential:
        words.append(language.text(N_("potential land")))
    if site.status.value not in ("published",):
        words.append(language.text(site.status.label))
    return tuple(words)


def _line(site: Site, language: Language) -> str:
    parts = []
    if site.evidence is not None:
        parts.append(language.text(site.evidence.label))
    if site.plan_status is not None:
        parts.append(language.text(site.plan_status.label))
    if site.availability is not None:
        parts.append(language.text(N_("available %(when)s"), when=language.text(site.availability.label)))
    elif site.evidence is not Evidence.TAKEN:
        parts.append(language.text(N_("availability not known")))
    return " · ".join(format.capital(part) if i == 0 else part for i, part in enumerate(parts))


def reach(access: Sequence[Access], kind: AccessKind, vehicle: Vehicle, language: Language) -> Reach | None:
    """Return the nearest access point of a kind in words, or None where it is not known."""
    entry = next((a for a in access if a.kind is kind and a.vehicle is vehicle), None)
    if entry is None:
        return None
    km = format.km(entry.km, language)
    if entry.uncertainty_m:
        km += f" ±{format.NO_BREAK}{format.number(max(entry.uncertainty_m / 1000, 0.1), language, 1)}"
    minutes = None if entry.minutes is None else format.minutes(entry.minutes, language)
    method = [language.text(N_("km: %(method)s"), method=language.text(entry.km_method.label))]
    if entry.minutes_method is not None:
        words = {"method": language.text(entry.minutes_method.label), "vehicle": language.text(vehicle.label)}
        method.append(language.text(N_("min: %(method)s, %(vehicle)s"), **words))
    if (as_of := format.as_of(entry.as_of, language)) is not None:
        method.append(language.text(N_("as of %(date)s"), date=as_of))
    return Reach(
        kind=kind.value,
        label=format.capital(language.text(kind.label)),
        name=f"{entry.road} {entry.point_name}" if entry.road else entry.point_name,
        value=f"{minutes} · {km}" if minutes else km,
        minutes=minutes,
        km=km,
        method="; ".join(method),
    )


__all__ = ["Chip", "Field", "Fieldset", "Hit", "Option", "Reach", "chips", "facet_options", "form", "hit", "hits", "reach", "sorts", "tags", "town_names"]
