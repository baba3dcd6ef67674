"""A site in a list: name, town, size, zoning mark, the ways that count, and how old the last confirmation is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finder.config import Freshness
from finder.language import N_, Language
from finder.model.access import ACCESS_ATTRIBUTES, Access
from finder.model.site import ATTRIBUTES, Site
from finder.model.vocabulary import AccessKind, Evidence, Status, Vehicle
from finder.presentation import format, freshness, phrases, symbols
from finder.presentation.freshness import Badge
from finder.search.answer import Answer
from finder.search.criteria import Context
from finder.search.question import Question
from finder.store.sites import Listed

SHOWN_ACCESS = {
    AccessKind.MOTORWAY_JUNCTION: N_("motorway"),
    AccessKind.INLAND_PORT: N_("port"),
    AccessKind.RAIL_FREIGHT: N_("rail freight"),
}
"""Ways in a row by their short names, most asked first; the last one is shown where there is room."""
VEHICLES = {Vehicle.CAR: N_("car"), Vehicle.TRUCK: N_("truck")}
"""Short names, where a figure is short of room."""
NOTHING_ASKED = Question()


@dataclass(frozen=True)
class Reach:
    """The way to one access point in words. `km` carries its uncertainty, `method` how and of when."""

    kind: str
    label: str
    name: str
    minutes: str | None
    km: str
    method: str

    @property
    def value(self) -> str:
        """Minutes where they are known, and kilometres."""
        return f"{self.minutes} · {self.km}" if self.minutes else self.km


@dataclass(frozen=True)
class Way:
    """A kind of access in a row; `reach` None is not known."""

    label: str
    reach: Reach | None


@dataclass(frozen=True)
class Hit:
    """One result row. Texts are plain; `mark` is SVG of our own making; None is not known."""

    id: str
    href: str
    name: str
    line: str
    size: str | None
    size_basis: str | None
    zoning: str | None
    zoning_words: str | None
    mark: str
    ways: tuple[Way, ...]
    badge: Badge
    tags: tuple[str, ...]
    unknown: str | None


def hits(answer: Answer, context: Context, days: Freshness, language: Language) -> tuple[Hit, ...]:
    """Return the result rows of an answer."""
    question = answer.question
    return tuple(
        hit(
            listed,
            context.towns,
            days,
            context.today,
            language,
            tuple(phrases.missing(question.asked[i], language) for i in listed.unknown),
            question,
        )
        for listed in answer.hits
    )


def kinds(question: Question) -> tuple[AccessKind, ...]:
    """Return the kinds of access that a row has room for: those that were asked about, and then the usual ones."""
    key = question.order[0].attribute
    ordered = [ACCESS_ATTRIBUTES[key][0]] if key in ACCESS_ATTRIBUTES else []
    limited = [asked.criterion.access[0] for asked in question.asked if asked.criterion.access]
    return tuple(dict.fromkeys((*ordered, *limited, *SHOWN_ACCESS)))[: len(SHOWN_ACCESS)]


def hit(
    listed: Listed,
    towns: Mapping[str, str],
    days: Freshness,
    today: dt.date,
    language: Language,
    unknown: tuple[str, ...] = (),
    question: Question = NOTHING_ASKED,
) -> Hit:
    """Return one result row; `unknown` names what was asked for and is not known of this site.

    Its ways are those that the question is about, by the vehicle it names.
    """
    site = listed.site
    basis = site.size_basis
    return Hit(
        id=site.id,
        href=f"/sites/{site.id}",
        name=site.name,
        line=_line(site, towns, language),
        size=None if site.size_m2 is None else format.area(site.size_m2, language),
        size_basis=None if basis is None else language.text(basis.label),
        zoning=format.zoning(site.zoning, language),
        zoning_words=format.value(ATTRIBUTES["zoning"], site.zoning, language),
        mark=symbols.zoning_mark(site.zoning, site.availability),
        ways=tuple(
            Way(
                format.capital(language.text(SHOWN_ACCESS.get(kind, kind.label))),
                reach(listed.access, kind, question.vehicle or kind.vehicle, language),
            )
            for kind in kinds(question)
        ),
        badge=freshness.badge(site, days, today, language),
        tags=states(site, language),
        unknown=", ".join(dict.fromkeys(unknown)) or None,
    )


def town_names(site: Site, towns: Mapping[str, str]) -> str:
    """Return the site's town, and the further ones of an inter-municipal site."""
    codes = (site.municipality, *(site.further_municipalities or ()))
    return ", ".join(towns.get(code, code) for code in codes)


def states(site: Site, language: Language) -> tuple[str, ...]:
    """Return what a reader must know of a listing before the numbers: potential land, reserved, sold …"""
    words = [N_("potential land")] if site.potential else []
    if site.status is not Status.PUBLISHED:
        words.append(site.status.label)
    return tuple(language.text(word) for word in words)


def tags(site: Site, language: Language) -> tuple[str, ...]:
    """Return the states, and before them what kind of listing this is at all."""
    words = [N_("fictional")] if site.sample else []
    if site.documented:
        words.append(N_("documented, not an offer"))
    return (*(language.text(word) for word in words), *states(site, language))


def _line(site: Site, towns: Mapping[str, str], language: Language) -> str:
    parts = [town_names(site, towns)]
    if site.evidence is not None:
        parts.append(language.text(site.evidence.label))
    if site.plan_status is not None:
        parts.append(language.text(site.plan_status.label))
    if site.availability is not None:
        parts.append(language.text(N_("available %(when)s"), when=language.text(site.availability.label)))
    elif site.evidence is not Evidence.TAKEN:
        parts.append(language.text(N_("availability not known")))
    return f"{format.NO_BREAK}· ".join(parts)


def reach(access: Sequence[Access], kind: AccessKind, vehicle: Vehicle, language: Language) -> Reach | None:
    """Return the nearest access point of a kind in words, or None where it is not known."""
    entry = next((a for a in access if a.kind is kind and a.vehicle is vehicle), None)
    if entry is None:
        return None
    km = format.km(entry.km, language)
    if entry.uncertainty_m:
        km += f" ±{format.NO_BREAK}{format.number(max(entry.uncertainty_m / 1000, 0.1), language, 1)}"
    return Reach(
        kind=kind.value,
        label=format.capital(language.text(kind.label)),
        name=f"{entry.road} {entry.point_name}" if entry.road else entry.point_name,
        minutes=None if entry.minutes is None else format.minutes(entry.minutes, language),
        km=km,
        method=method(entry, language),
    )


def method(entry: Access, language: Language) -> str:
    """Return how a way's figures were made, in their order, and of when its data are: "estimate (truck) · beeline"."""
    parts = [language.text(entry.km_method.label)]
    if entry.minutes_method is not None:
        how = {"method": language.text(entry.minutes_method.label), "vehicle": language.text(VEHICLES[entry.vehicle])}
        minutes = language.text(N_("%(method)s (%(vehicle)s)"), **how)
        parts = [minutes, *(parts if entry.km_method is not entry.minutes_method else [])]
    return " · ".join((*parts, dated(entry.network_as_of or entry.as_of, language)))


def dated(as_of: str | None, language: Language) -> str:
    """Return a source's date, or that it has none."""
    return format.as_of(as_of, language) or language.text(N_("undated"))


def said_as_of(as_of: str | None, language: Language) -> str:
    """Return a fact's date as it stands beside its figure: "as of 2023", or that it has none."""
    said = format.as_of(as_of, language)
    return language.text(N_("undated")) if said is None else language.text(N_("as of %(date)s"), date=said)
