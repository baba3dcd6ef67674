"""What an exposé says of one site, in the order of page and paper."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finder.config import Freshness
from finder.language import N_, Language
from finder.model.access import Access
from finder.model.place import Municipality
from finder.model.reach import Route
from finder.model.site import SIZES, Contact, Site
from finder.model.vocabulary import AccessKind, Evidence, GeometryQuality, Status, Vehicle
from finder.presentation import facts, format, freshness, listing, roadmap, ways
from finder.presentation.facts import Row, Section, Source, Sources, web
from finder.presentation.freshness import Badge
from finder.presentation.roadmap import Road
from finder.presentation.ways import AccessRow
from finder.store.sites import Listed


@dataclass(frozen=True)
class Figure:
    """A key figure; `value` None is not known."""

    label: str
    value: str | None
    note: str | None = None


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
    access_remarks: tuple[str, ...]
    settlements: bool
    sections: tuple[Section, ...]
    media: tuple[Row, ...]
    card: Card
    sources: tuple[Source, ...]
    outline_note: str | None


def expose(
    listed: Listed,
    towns: Mapping[str, Municipality],
    days: Freshness,
    today: dt.date,
    language: Language,
    routes: Sequence[Route] = (),
) -> Expose:
    """Return everything the exposé of one site says, in one language; `routes` are its ways over the road network."""
    site = listed.site
    names = {code: town.name for code, town in towns.items()}
    numbered = Sources(language, names)
    town = towns.get(site.municipality)
    figures = _figures(site, listed.access, language)
    road = roadmap.road(site, numbered.number, language)
    access = ways.rows(listed.access, routes, numbered, language)
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
        access_note=ways.note(listed.access, language),
        access_remarks=ways.remarks(listed.access, language),
        settlements=any(row.settlement is not None for row in access),
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
