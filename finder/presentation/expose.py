"""What an exposé says of one site, in the order of page and paper."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from finder.config import Freshness
from finder.language import N_, Language
from finder.model.access import Access
from finder.model.place import Municipality
from finder.model.site import SIZES, Contact, Site
from finder.model.vocabulary import AccessKind, Evidence, GeometryQuality, Method, Status, Vehicle
from finder.presentation import facts, format, freshness, listing, roadmap, symbols
from finder.presentation.facts import Row, Section, Source, Sources, web
from finder.presentation.freshness import Badge
from finder.presentation.roadmap import Road
from finder.store.sites import Listed

BAR_MAX_MIN = 60.0
"""Where the bars of minutes end."""


@dataclass(frozen=True)
class Figure:
    """A key figure; `value` None is not known."""

    label: str
    value: str | None
    note: str | None = None


@dataclass(frozen=True)
class AccessRow:
    """The way to the nearest access point of one kind, None not known; `minutes` are those of the `counted` vehicle."""

    kind: AccessKind
    label: str
    sign: str  # SVG of our own making
    name: str | None = None
    km: str | None = None
    car: str | None = None
    truck: str | None = None
    counted: str = "truck"
    minutes: float | None = None
    method: str | None = None
    sources: tuple[int, ...] = ()
    estimated: bool = True
    note: str | None = None  # of the point, in its source's language


@dataclass(frozen=True)
class Card:
    """Whom to ask; addresses are made only of what is one, None is not known."""

    organisation: str | None
    person: str | None = None
    phone: str | None = None
    phone_href: str | None = None
    email: str | None = None
    email_href: str | None = None
    website: str | None = None


@dataclass(frozen=True, kw_only=True)
class Expose:
    """One site, ready to be shown."""

    id: str
    title: str
    subtitle: str
    town: str
    notices: tuple[str, ...]
    tags: tuple[str, ...]
    badge: Badge
    figures: tuple[Figure, ...]
    road: Road
    access: tuple[AccessRow, ...]
    access_note: str | None
    sections: tuple[Section, ...]
    media: tuple[Row, ...]
    card: Card
    sources: tuple[Source, ...]
    outline_note: str | None


def expose(
    listed: Listed, towns: Mapping[str, Municipality], days: Freshness, today: dt.date, language: Language
) -> Expose:
    """Return everything the exposé of one site says, in one language."""
    site = listed.site
    names = {code: town.name for code, town in towns.items()}
    numbered = Sources(language, names)
    town = towns.get(site.municipality)
    figures = _figures(site, listed.access, language)
    road = roadmap.road(site, numbered.number, language)
    access = tuple(_access_row(kind, listed.access, numbered, language) for kind in AccessKind)
    sections = facts.sections(site, town, names, numbered, language)
    for name in sorted(site.provenance):
        numbered.number(site.provenance[name])
    return Expose(
        id=site.id,
        title=site.name,
        subtitle=", ".join(part for part in (listing.town_names(site, names), town.county if town else None) if part),
        town=names.get(site.municipality, site.municipality),
        notices=_notices(site, language),
        tags=listing.tags(site, language),
        badge=freshness.badge(site, days, today, language),
        figures=figures,
        road=road,
        access=access,
        access_note=_access_note(listed.access, language),
        sections=sections,
        media=tuple(
            Row(label=medium.title or medium.url, value=medium.alternative, url=web(medium.url), as_of=medium.licence)
            for medium in site.media or ()
        ),
        card=_card(site.contact, town, language),
        sources=numbered.listed(),
        outline_note=_outline_note(site, language),
    )


def _notices(site: Site, language: Language) -> tuple[str, ...]:
    notices = []
    if site.potential:
        notices.append(N_("Potential land: a plan that is contested or only an idea. It counts in no supply figure."))
    if site.evidence is Evidence.TAKEN or site.status is Status.SOLD:
        notices.append(N_("Taken: this land is no longer to be had."))
    if site.status is Status.WITHDRAWN:
        notices.append(N_("Withdrawn: this listing is no longer offered."))
    if site.status is Status.RESERVED:
        notices.append(N_("Reserved: somebody else is being negotiated with."))
    return tuple(language.text(notice) for notice in notices)


def _card(contact: Contact | None, town: Municipality | None, language: Language) -> Card:
    office = language.text(N_("Town of %(town)s, economic development"), town=town.name) if town else None
    website = web(town.website) if town else None
    if contact is None:
        return Card((town.office if town else None) or office, website=website)
    dialled = re.sub(r"[^\d+]", "", contact.phone or "")
    plain = contact.email and re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", contact.email, re.ASCII)
    return Card(
        organisation=contact.organisation or office,
        person=", ".join(part for part in (contact.name, contact.role) if part) or None,
        phone=contact.phone,
        phone_href=f"tel:{dialled}" if re.fullmatch(r"\+?\d{3,20}", dialled) else None,
        email=contact.email,
        email_href=f"mailto:{contact.email}" if plain else None,
        website=website,
    )


def _access_note(access: tuple[Access, ...], language: Language) -> str | None:
    """Return how the table of ways is to be read: only what its figures need."""
    if not access:
        return None
    notes = []
    if any(way.km_method is Method.BEELINE for way in access):
        notes.append(N_("Kilometres are beeline from the plot."))
    if any(way.minutes_method is Method.ESTIMATE for way in access):
        notes.append(N_("Minutes are an estimate from the distance, a detour factor and mean speeds (hatched bars)."))
    if any(way.minutes_method is Method.NETWORK for way in access):
        notes.append(N_("Minutes over the road network have filled bars."))
    if any(way.uncertainty_m for way in access):
        notes.append(N_("± says how far the places may lie off, in kilometres."))
    notes.append(N_("The bars are drawn on a square-root scale, so that short ways stay readable."))
    return " ".join(language.text(note) for note in notes)


def _outline_note(site: Site, language: Language) -> str | None:
    if site.geometry is None:
        return language.text(N_("The place is not known; there is no map."))
    if site.geometry_quality not in (GeometryQuality.APPROXIMATE, GeometryQuality.POINT):
        return None
    if site.position_uncertainty_m:
        km = format.number(max(site.position_uncertainty_m / 1000, 0.1), language, 1)
        off = f"±{format.NO_BREAK}{km}{format.NO_BREAK}km"
        if site.geometry_quality is GeometryQuality.POINT:
            said = N_("Place approximate (%(off)s), size not known: a cross at the documented place.")
        else:
            said = N_(
                "Place and outline approximate: a circle of the stated area around the documented place (%(off)s)."
            )
        return language.text(said, off=off)
    return language.text(N_("Place and outline approximate."))


def _figures(site: Site, access: tuple[Access, ...], language: Language) -> tuple[Figure, ...]:
    basis = None if site.size_basis is None else language.text(site.size_basis.label)
    size_name = next((name for name, counted in SIZES if counted is site.size_basis), None)
    junction = listing.reach(access, AccessKind.MOTORWAY_JUNCTION, Vehicle.TRUCK, language)
    available = None
    if site.available_from is not None:
        available = format.date(site.available_from, language)
    elif site.availability is not None:
        available = language.text(site.availability.label)
    return (
        Figure(
            language.text(N_("Size")) + (f", {basis}" if basis else ""),
            None if site.size_m2 is None else format.area(site.size_m2, language),
            size_name and listing.said_as_of(site.origin(size_name).as_of, language),
        ),
        Figure(
            language.text(N_("Zoning")),
            format.zoning(site.zoning, language),
            language.text(site.plan_status.label) if site.plan_status else None,
        ),
        Figure(
            language.text(N_("Motorway")) + (f", {junction.name}" if junction else ""),
            (junction.minutes or junction.km) if junction else None,
            (f"{junction.km}; {junction.method}" if junction.minutes else junction.method) if junction else None,
        ),
        Figure(language.text(N_("Available")), available, site.availability_note),
    )


def _access_row(kind: AccessKind, access: tuple[Access, ...], numbered: Sources, language: Language) -> AccessRow:
    label = format.capital(language.text(kind.label))
    car = listing.reach(access, kind, Vehicle.CAR, language)
    truck = listing.reach(access, kind, Vehicle.TRUCK, language)
    counted = truck if kind.vehicle is Vehicle.TRUCK else car
    entry = next((a for a in access if a.kind is kind and a.vehicle is kind.vehicle), None)
    if counted is None or entry is None:
        return AccessRow(kind, label, symbols.access_sign(kind))
    method = [language.text(N_("km %(method)s"), method=language.text(entry.km_method.label))]
    if entry.minutes_method:
        method.append(language.text(N_("min %(method)s"), method=language.text(entry.minutes_method.label)))
    return AccessRow(
        kind=kind,
        label=label,
        sign=symbols.access_sign(kind),
        name=counted.name,
        km=counted.km,
        car=car.minutes if car else None,
        truck=truck.minutes if truck else None,
        counted=kind.vehicle.value,
        minutes=entry.minutes,
        method=f"{', '.join(method)} · {listing.dated(entry.as_of, language)}",
        sources=numbered.each(entry.source, entry.as_of),
        estimated=entry.minutes_method is not Method.NETWORK,
        note=entry.note,
    )
