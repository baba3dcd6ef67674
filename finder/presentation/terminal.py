"""Answers and sites as tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from finder.language import N_, Language
from finder.model.access import Access
from finder.model.attributes import Group
from finder.model.reach import CATCHMENT_MIN, Catchment
from finder.model.site import ATTRIBUTES, Site
from finder.model.vocabulary import AccessKind, Vehicle
from finder.presentation import facts, format, listing, ways
from finder.presentation import reach as areas
from finder.search.question import Question
from finder.store.proposals import Proposal
from finder.store.sites import Listed


def one_line(text: str) -> str:
    """Return a sentence that cannot steer the terminal, whatever names and values stand in it."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def unknown(language: Language) -> Text:
    """Return "not known", muted."""
    return Text(language.text(N_("not known")), style="dim")


def sites(
    hits: tuple[Listed, ...], towns: Mapping[str, str], language: Language, question: Question = listing.NOTHING_ASKED
) -> Table:
    """Return sites as a table: id, name, town, size, zoning, and the way asked about or else to a junction."""
    kind = listing.kinds(question)[0]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in (
        (N_("Id"), "left"),
        (N_("Name"), "left"),
        (N_("Town"), "left"),
        (N_("Size"), "right"),
        (N_("Zoning"), "left"),
        (kind.label, "left"),
    ):
        table.add_column(format.capital(language.text(title)), justify=justify)  # type: ignore[arg-type]
    for hit in hits:
        site = hit.site
        table.add_row(
            Text(site.id),
            Text(site.name),
            Text(towns.get(site.municipality, site.municipality)),
            size(site, language) or unknown(language),
            format.zoning(site.zoning, language) or unknown(language),
            reach(hit.access, kind, question.vehicle or kind.vehicle, language) or unknown(language),
        )
    return table


def size(site: Site, language: Language) -> str | None:
    """Return the size that counts, and which it is."""
    if site.size_m2 is None or site.size_basis is None:
        return None
    return f"{format.area(site.size_m2, language)} ({language.text(site.size_basis.label)})"


def reach(access: Sequence[Access], kind: AccessKind, vehicle: Vehicle, language: Language) -> str | None:
    """Return the nearest access point of a kind with minutes, kilometres, method and date."""
    way = listing.reach(access, kind, vehicle, language)
    return None if way is None else f"{way.name}: {way.value}, {way.method}"


def site(
    listed: Listed, towns: Mapping[str, str], language: Language, proposed: Sequence[Proposal] = ()
) -> RenderableType:
    """Return one site with what is proposed for it and all its facts in their groups, unknown ones in their place."""
    item = listed.site
    head = Text(f"{item.name}", style="bold")
    state = f"{item.id} · {towns.get(item.municipality, item.municipality)} · {language.text(item.status.label)}"
    parts: list[RenderableType] = [head, Text(state)]
    for one in proposed:
        since = {"date": format.as_of(one.at[:10], language), "file": one.file_name}
        parts.append(
            Text(language.text(N_("Proposed for withdrawal since %(date)s: “%(file)s” no longer names it."), **since))
        )
    for group in Group:
        table = Table(
            box=None, pad_edge=False, show_header=False, title=language.text(group.label), title_justify="left"
        )
        table.add_column(min_width=28)
        table.add_column()
        table.add_column(style="dim")
        for row in ATTRIBUTES.values():
            if row.group is not group or row.name == "geometry":
                continue
            text = facts.said(row.name, item, towns, language)
            origin = item.origin(row.name)
            name = towns.get(origin.source or "", origin.source)
            told = (name, facts.way(origin, language), format.as_of(origin.as_of, language))
            source = " · ".join(part for part in told if part)
            shown = unknown(language) if text is None else Text(text)
            table.add_row(format.capital(language.text(row.label)), shown, "" if text is None else source)
        parts.append(table)
    parts += [_links(listed.access, language), *(Text(said) for said in ways.remarks(listed.access, language))]
    if listed.catchment:
        parts += _people(listed.catchment, language)
    return Lines(*parts)


def _links(access: Sequence[Access], language: Language) -> Table:
    """Return the nearest access point of every kind by the vehicle that counts, and below it by the other one."""
    title = language.text(N_("Transport links"))
    links = Table(box=None, pad_edge=False, show_header=False, title=title, title_justify="left")
    for kind in AccessKind:
        order = sorted(Vehicle, key=lambda vehicle: vehicle is not kind.vehicle)
        lines = dict.fromkeys(line for vehicle in order if (line := _link(access, kind, vehicle, language)))
        label = format.capital(language.text(kind.label))
        for at, line in enumerate(lines):
            links.add_row("" if at else label, Text(line))
        if not lines:
            links.add_row(label, unknown(language))
    return links


def _link(access: Sequence[Access], kind: AccessKind, vehicle: Vehicle, language: Language) -> str | None:
    """Return one way, and what keeps the vehicle from a better answer."""
    said = reach(access, kind, vehicle, language)
    way = next((way for way in access if way.kind is kind and way.vehicle is vehicle), None)
    obstacle = None if way is None else ways.obstacle(way, access)
    return said if obstacle is None else f"{said}; {language.text(obstacle.label)}"


def _people(catchment: Sequence[Catchment], language: Language) -> list[RenderableType]:
    """Return who lives and works within minutes, each vehicle in a column, and whose count that is."""
    table = Table(
        box=None,
        pad_edge=False,
        title=language.text(N_("People within minutes")),
        title_justify="left",
        header_style="",
    )
    table.add_column(language.text(N_("Within")), min_width=28)
    columns = [(vehicle, name) for name in _counts(catchment) for vehicle in ways.TOLD]
    for vehicle, name in columns:
        label = f"{language.text(COUNTS[name])}, {language.text(listing.VEHICLES[vehicle])}"
        table.add_column(label, justify="right")
    known = {(one.vehicle, one.minutes): one for one in catchment}
    for minutes in CATCHMENT_MIN:
        cells = [_count(known.get((vehicle, minutes)), name, language) for vehicle, name in columns]
        table.add_row(format.minutes(minutes, language), *cells)
    return [table, *(Text(said, style="dim") for said in areas.people_method(catchment, language))]


COUNTS = {"inhabitants": N_("Inhabitants"), "workforce": N_("Workforce")}


def _counts(catchment: Sequence[Catchment]) -> list[str]:
    """Return what is counted: inhabitants, and the workforce where it is known of any."""
    return ["inhabitants", *(["workforce"] if any(one.workforce is not None for one in catchment) else [])]


def _count(one: Catchment | None, name: str, language: Language) -> Text:
    count = None if one is None else getattr(one, name)
    return unknown(language) if one is None or count is None else Text(areas.people(count, one.at_least, language))
