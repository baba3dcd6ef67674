"""What an exposé says of one site: the same order on page and paper, "not known" in its place, a source for every fact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from finder.config import Freshness
from finder.language import Language, N_
from finder.model.access import Access
from finder.model.attributes import Group
from finder.model.place import Municipality
from finder.model.site import ATTRIBUTES, Contact, Provenance, Restriction, Site
from finder.model.vocabulary import AccessKind, Evidence, GeometryQuality, Status, Vehicle
from finder.presentation import format, freshness, listing
from finder.presentation.freshness import Badge
from finder.store.sites import Listed

NOT_FACTS = frozenset({"geometry", "restrictions", "contact", "media", "zoning_shares"})
"""Attributes that have a part of the page to themselves, or are told with another."""
BAR_MAX_MIN = 60.0


@dataclass(frozen=True)
class Figure:
    """A key figure; `value` None is not known."""

    label: str
    value: str | None
    note: str | None = None


@dataclass(frozen=True)
class Row:
    """A fact; `source` is its number in the list of sources, `value` None is not known."""

    label: str
    value: str | None
    as_of: str | None = None
    source: int | None = None
    url: str | None = None


@dataclass(frozen=True)
class Section:
    """A group of facts."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class AccessRow:
    """The way to the nearest access point of one kind; None is not known."""

    kind: AccessKind
    label: str
    name: str | None = None
    km: str | None = None
    car: str | None = None
    truck: str | None = None
    minutes: float | None = None
    method: str | None = None
    estimated: bool = True


@dataclass(frozen=True)
class Obstacle:
    """One restriction on the way to building; None is not known. `severity` is its code for the sign."""

    kind: str
    note: str | None
    severity: str | None
    severity_text: str | None
    responsible: str | None
    next_step: str | None
    expected_end: str | None
    source: int | None


@dataclass(frozen=True)
class Source:
    """An entry of the list of sources."""

    number: int
    text: str
    url: str | None
    as_of: str | None


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
    obstacles: tuple[Obstacle, ...] | None  # None: not known whether there are any
    access: tuple[AccessRow, ...]
    access_note: str | None
    sections: tuple[Section, ...]
    media: tuple[Row, ...]
    contact: Contact | None
    office: str
    sources: tuple[Source, ...]
    outline_note: str | None


@dataclass
class _Sources:
    """Numbers sources in the order in which the page first names them."""

    language: Language
    known: dict[tuple[str | None, str | None], Source] = field(default_factory=dict)

    def number(self, origin: Provenance) -> int | None:
        if origin.source is None and origin.url is None:
            return None
        key = (origin.source, origin.url)
        if key not in self.known:
            text = origin.source or str(origin.url)
            as_of = format.as_of(origin.as_of, self.language)
            self.known[key] = Source(len(self.known) + 1, text, _web(origin.url), as_of)
        return self.known[key].number


def _web(url: str | None) -> str | None:
    return url if url and url.startswith(("https://", "http://")) else None


def expose(
    listed: Listed, towns: Mapping[str, Municipality], days: Freshness, today: dt.date, language: Language
) -> Expose:
    """Return everything the exposé of one site says, in one language."""
    site = listed.site
    names = {code: town.name for code, town in towns.items()}
    numbered = _Sources(language)
    town = towns.get(site.municipality)
    figures = _figures(site, listed.access, language)
    obstacles = _obstacles(site, numbered, language)
    access = tuple(_access_row(kind, listed.access, language) for kind in AccessKind)
    sections = _sections(site, town, numbered, language)
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
        obstacles=obstacles,
        access=access,
        access_note=language.text(N_("Kilometres are beeline from the plot, minutes an estimate from distance and mean speeds; ± is the uncertainty of the places."))
        if listed.access
        else None,
        sections=sections,
        media=tuple(
            Row(label=medium.title or medium.url, value=medium.alternative, url=_web(medium.url), as_of=medium.licence)
            for medium in site.media or ()
        ),
        contact=site.contact,
        office=language.text(N_("Town of %(town)s, economic development"), town=names.get(site.municipality, site.municipality)),
        sources=tuple(numbered.known.values()),
        outline_note=_outline_note(site, language),
    )


def _notices(site: Site, language: Language) -> tuple[str, ...]:
    notices = []
    if site.sample:
        notices.append(N_("Fictional sample: this plot and every figure on this page are invented."))
    if site.documented:
        notices.append(N_("Publicly documented, not an offer, and not confirmed by the town."))
    if site.potential:
        notices.append(N_("Potential land: a plan that is contested or only an idea. It counts in no supply figure."))
    if site.evidence is Evidence.TAKEN or site.status is Status.SOLD:
        notices.append(N_("Taken: this land is no longer to be had."))
    if site.status is Status.WITHDRAWN:
        notices.append(N_("Withdrawn: this listing is no longer offered."))
    if site.status is Status.RESERVED:
        notices.append(N_("Reserved: somebody else is being negotiated with."))
    return tuple(language.text(notice) for notice in notices)


def _outline_note(site: Site, language: Language) -> str | None:
    if site.geometry is None:
        return language.text(N_("The place is not known; there is no map."))
    if site.geometry_quality not in (GeometryQuality.APPROXIMATE, GeometryQuality.POINT):
        return None
    if site.position_uncertainty_m:
        km = format.number(max(site.position_uncertainty_m / 1000, 0.1), language, 1)
        off = f"±{format.NO_BREAK}{km}{format.NO_BREAK}km"
        if site.geometry_quality is GeometryQuality.POINT:
            return language.text(N_("Place approximate (%(off)s), size not known: a cross at the documented place."), off=off)
        return language.text(N_("Place and outline approximate: a circle of the stated area around the documented place (%(off)s)."), off=off)
    return language.text(N_("Place and outline approximate."))


def _figures(site: Site, access: tuple[Access, ...], language: Language) -> tuple[Figure, ...]:
    basis = None if site.size_basis is None else language.text(site.size_basis.label)
    size_name = next((n for n, b in _SIZE_NAMES.items() if site.size_basis and b == site.size_basis.value), "stated_area_m2")
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
            _as_of(site.origin(size_name), language),
        ),
        Figure(
            language.text(N_("Zoning")),
            "; ".join(z.value for z in site.zoning) if site.zoning else None,
            language.text(site.plan_status.label) if site.plan_status else None,
        ),
        Figure(
            language.text(N_("Motorway")) + (f", {junction.name}" if junction else ""),
            (junction.minutes or junction.km) if junction else None,
            f"{junction.km} · {junction.method}" if junction else None,
        ),
        Figure(language.text(N_("Available")), available, site.availability_note),
    )


_SIZE_NAMES = {
    "available_area_m2": "available",
    "net_area_m2": "net",
    "stated_area_m2": "stated",
    "area_m2": "measured",
}


def _as_of(origin: Provenance, language: Language) -> str | None:
    text = format.as_of(origin.as_of, language)
    return None if text is None else language.text(N_("as of %(date)s"), date=text)


def _obstacles(site: Site, numbered: _Sources, language: Language) -> tuple[Obstacle, ...] | None:
    if site.restrictions is None:
        return None
    source = numbered.number(site.origin("restrictions")) if site.restrictions else None
    return tuple(_obstacle(restriction, source, language) for restriction in site.restrictions)


def _obstacle(restriction: Restriction, source: int | None, language: Language) -> Obstacle:
    severity = restriction.severity
    return Obstacle(
        kind=format.capital(language.text(restriction.kind.label)),
        note=restriction.note,
        severity=severity.value if severity else None,
        severity_text=language.text(severity.label) if severity else None,
        responsible=restriction.responsible,
        next_step=restriction.next_step,
        expected_end=format.date(restriction.expected_end, language) if restriction.expected_end else None,
        source=source,
    )


def _access_row(kind: AccessKind, access: tuple[Access, ...], language: Language) -> AccessRow:
    label = format.capital(language.text(kind.label))
    car = listing.reach(access, kind, Vehicle.CAR, language)
    truck = listing.reach(access, kind, Vehicle.TRUCK, language)
    counted = truck if kind.vehicle is Vehicle.TRUCK else car
    entry = next((a for a in access if a.kind is kind and a.vehicle is kind.vehicle), None)
    if counted is None or entry is None:
        return AccessRow(kind, label)
    method = [language.text(N_("km %(method)s"), method=language.text(entry.km_method.label))]
    if entry.minutes_method:
        method.append(language.text(N_("min %(method)s"), method=language.text(entry.minutes_method.label)))
    data = " ".join(part for part in (entry.source, format.as_of(entry.as_of, language)) if part)
    return AccessRow(
        kind=kind,
        label=label,
        name=counted.name,
        km=counted.km,
        car=car.minutes if car else None,
        truck=truck.minutes if truck else None,
        minutes=entry.minutes,
        method=" · ".join((", ".join(method), *([data] if data else []))),
        estimated=entry.minutes_method is not None and entry.minutes_method.value != "network",
    )


def _sections(site: Site, town: Municipality | None, numbered: _Sources, language: Language) -> tuple[Section, ...]:
    sections = []
    for group in Group:
        rows = [
            _row(name, site, numbered, language)
            for name, attribute in ATTRIBUTES.items()
            if attribute.group is group and name not in NOT_FACTS
        ]
        if group is Group.COMMERCIAL and town is not None:
            rows.append(_trade_tax(town, language))
        if rows:
            sections.append(Section(language.text(group.label), tuple(rows)))
    return tuple(sections)


def _row(name: str, site: Site, numbered: _Sources, language: Language) -> Row:
    fact = site.fact(name)
    value = format.value(fact.attribute, fact.value, language)
    if name == "zoning" and site.zoning:
        shares = site.zoning_shares or ()
        parts = [f"{zone.value} {language.text(zone.label)}" for zone in site.zoning]
        value = "; ".join(f"{p} ({shares[i]})" if i < len(shares) else p for i, p in enumerate(parts))
    label = format.capital(language.text(fact.attribute.label))
    if value is None:
        return Row(label, None)
    return Row(
        label,
        value,
        as_of=format.as_of(fact.provenance.as_of, language),
        source=numbered.number(fact.provenance),
        url=_web(fact.value) if name == "plan_url" else None,
    )


def _trade_tax(town: Municipality, language: Language) -> Row:
    label = language.text(N_("Trade tax rate of the town"))
    if town.trade_tax_percent is None:
        return Row(label, None)
    return Row(label, f"{town.trade_tax_percent}{format.NO_BREAK}%", as_of=str(town.trade_tax_year or "") or None)
