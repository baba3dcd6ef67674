"""The small parts of pages: the notice, the towns' table, paging, the list of sources, the texts of the operator."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finder import resources
from finder.config import Config
from finder.language import N_, Language
from finder.model.people import Grid
from finder.model.place import Municipality
from finder.presentation import format, ways
from finder.presentation.facts import TOWNS_FILE
from finder.presentation.filters import address
from finder.roads import rules
from finder.roads.network import Network
from finder.search.answer import Answer

NOTICES = {
    "sample": N_(
        "Sample inventory: every site and figure on this page is <strong>invented</strong>, "
        "so that every function can be tried."
    ),
    "documented": N_(
        "Publicly documented sites from sources of several years: <strong>not an offer</strong> "
        "and not confirmed by the towns."
    ),
    "mixed": N_(
        "Sites marked “documented” come from public sources of several years: <strong>not an offer</strong> "
        "and not confirmed by the towns."
    ),
}
"""By the kind of inventory: a message id. The mark-up is ours, no supplier text enters it."""


INVENTORY_FILES = {"sample": "sample.geojson", "documented": "inventory.geojson", "mixed": "inventory.geojson"}
"""The bundled file of each kind of inventory that has one."""
OPERATOR, CONTACT = "operator", "contact"
"""Places in the operator's pages that the settings fill."""
NOT_NAMED = {
    OPERATOR: N_("The operator of this installation has not been named yet (setting FINDER_OPERATOR)."),
    CONTACT: N_("A way to reach the operator has not been named yet (setting FINDER_CONTACT)."),
}
TEXTS: dict[str, tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "impressum": (N_("Imprint"), ((N_("Responsible"), (OPERATOR,)), (N_("Contact"), (CONTACT,)))),
    "datenschutz": (
        N_("Privacy"),
        (
            (N_("Responsible"), (OPERATOR, CONTACT)),
            (
                N_("What is kept"),
                (
                    N_("These pages need no account and set one cookie only, which keeps the language you choose."),
                    N_("Everything comes from this server; no other host learns of your visit."),
                    N_("What you search for is not kept together with you or your address."),
                ),
            ),
        ),
    ),
    "barrierefreiheit": (
        N_("Accessibility"),
        (
            (
                N_("State"),
                (
                    N_("These pages are made to meet WCAG 2.2, level AA."),
                    N_("The list is the full equal of the map. Everything works by keyboard and without JavaScript."),
                    N_("This has been checked by automatic tests and by the developers, not by an independent body."),
                ),
            ),
            (N_("Something in the way?"), (CONTACT,)),
        ),
    ),
}
"""The operator's pages: title, then headings with paragraphs, all message ids or places to fill."""


@dataclass(frozen=True)
class Town:
    """A row of the towns' table; texts None are not known. Dates stand here only where the head has none for all."""

    name: str
    href: str
    inhabitants: str | None
    inhabitants_as_of: str | None
    trade_tax: str | None
    trade_tax_year: str | None
    sites: int
    potential: int


@dataclass(frozen=True)
class Towns:
    """The table of towns in two halves, with the dates that hold for all rows; `potential`: whether there is any."""

    halves: tuple[tuple[Town, ...], ...]
    inhabitants_as_of: str | None
    trade_tax_year: str | None
    potential: bool


@dataclass(frozen=True)
class Paging:
    """Where on the answer's pages one is."""

    text: str
    previous: str | None
    following: str | None


@dataclass(frozen=True)
class BundledFile:
    """A file of the region on the page of sources: rows of label, text (None is not known) and address."""

    title: str
    rows: tuple[tuple[str, str | None, str | None], ...]
    note: str


@dataclass(frozen=True)
class TextPage:
    """A page of the operator's text: paragraphs under headings."""

    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def notice(inventory: str, language: Language) -> dict[str, str] | None:
    """Return what must stand on every page of this inventory, or None for a region's own."""
    if inventory not in NOTICES:
        return None
    return {"kind": inventory, "text": language.text(NOTICES[inventory])}


def towns(
    municipalities: Sequence[Municipality], sites: Mapping[str, int], potential: Mapping[str, int], language: Language
) -> Towns:
    """Return the table of towns, one row per municipality; a date that holds for all stands in the head alone."""
    as_of = _common([format.as_of(town.inhabitants_as_of, language) for town in municipalities])
    year = _common([str(town.trade_tax_year) if town.trade_tax_year else None for town in municipalities])
    rows = [
        Town(
            name=town.name,
            href=f"/sites?municipality={town.code}",
            inhabitants=None if town.inhabitants is None else format.number(town.inhabitants, language, 0),
            inhabitants_as_of=None if as_of else format.as_of(town.inhabitants_as_of, language),
            trade_tax=None if town.trade_tax_percent is None else f"{town.trade_tax_percent}{format.NO_BREAK}%",
            trade_tax_year=None if year or not town.trade_tax_year else str(town.trade_tax_year),
            sites=sites.get(town.code, 0),
            potential=potential.get(town.code, 0),
        )
        for town in municipalities
    ]
    middle = (len(rows) + 1) // 2
    halves = tuple(tuple(half) for half in (rows[:middle], rows[middle:]) if half)
    return Towns(halves, as_of, year, any(row.potential for row in rows))


def _common(values: Sequence[str | None]) -> str | None:
    return values[0] if len(set(values)) == 1 else None


def inventory_counts(counts: Mapping[str, int], language: Language) -> dict[str, str]:
    """Return how many sites there are in all, in the search, and outside it, as numbers to read."""
    return {name: format.number(n, language) for name, n in (("all", sum(counts.values())), *counts.items())}


def paging(found: Answer, language: Language, path: str) -> Paging:
    """Return "1 to 12 of 35" with the addresses of the pages around."""
    page = found.question.page
    if not found.hits:
        return Paging(language.text(N_("no sites")), None, None)
    text = language.text(
        N_("%(first)s to %(last)s of %(total)s"),
        first=format.number(found.first, language),
        last=format.number(found.first + len(found.hits) - 1, language),
        total=format.number(found.total, language),
    )

    def href(number: int) -> str:
        return address(path, dataclasses.replace(found.question, page=number))

    return Paging(text, href(page - 1) if page > 1 else None, href(page + 1) if page < found.pages else None)


def sources(language: Language, inventory: str | None = None) -> list[BundledFile]:
    """Return the bundled files with publisher, licence, date and attribution, and how they were made.

    With an `inventory`, those alone on which its pages draw.
    """
    unused = set(INVENTORY_FILES.values()) - {INVENTORY_FILES.get(inventory)} if inventory else set()
    return [_bundled_file(entry, language) for name, entry in resources.sources().items() if name not in unused]


def _bundled_file(entry: Mapping[str, Any], language: Language) -> BundledFile:
    t = language.text
    retrieved = format.as_of(entry.get("retrieved"), language)
    rows = (
        (t(N_("Publisher")), entry["publisher"], entry.get("url")),
        (t(N_("Licence")), entry["licence"], None),
        (t(N_("Attribution")), entry["attribution"], None),
        (t(N_("As of")), format.as_of(entry.get("date"), language), None),
        *(((t(N_("Retrieved")), retrieved, None),) if retrieved else ()),
        (t(N_("Entries")), format.number(entry["count"], language, 0), None),
    )
    return BundledFile(entry["title"][language.code], rows, entry["method"][language.code])


def loaded_sources(network: Network | None, grid: Grid | None, language: Language) -> list[BundledFile]:
    """Return what the operator brought in beside the bundled files, as far as it is in use: the roads, and people."""
    t = language.text

    def entry(
        title: str,
        publisher: str,
        url: str | None,
        licence: str | None,
        file: str,
        as_of: str | None,
        count: int,
        note: str,
    ) -> BundledFile:
        rows = (
            (t(N_("Publisher")), publisher, url),
            (t(N_("Licence")), licence, None),
            (t(N_("File")), file, None),
            (t(N_("As of")), format.as_of(as_of, language), None),
            (t(N_("Entries")), format.number(count, language, 0), None),
        )
        return BundledFile(title, rows, note)

    found = []
    if network is not None:
        made = t(rules.METHOD, **rules.method_places())
        of = (ways.ROADS, ways.ROADS_URL, ways.ROADS_LICENCE, network.name, network.as_of, len(network))
        found.append(entry(t(N_("Road network")), *of, made))
    if grid is not None:
        note = t(N_("Cells with inhabitants, loaded here; they are counted within minutes of every site."))
        about = (grid.source, None, None, grid.file_name, grid.as_of, grid.cells)
        found.append(entry(t(N_("People within minutes")), *about, note))
    return found


def towns_source() -> str | None:
    """Return whom to name for the table of towns."""
    attribution: str | None = resources.sources().get(TOWNS_FILE, {}).get("attribution")
    return attribution


def text(name: str, config: Config, language: Language) -> TextPage:
    """Return an operator's page; what the operator has not given is said to be missing, not made up."""
    given = {
        OPERATOR: config.operator or language.text(NOT_NAMED[OPERATOR]),
        CONTACT: config.contact or language.text(NOT_NAMED[CONTACT]),
    }
    title, sections = TEXTS[name]
    return TextPage(
        language.text(title),
        tuple(
            (language.text(head), tuple(given.get(p) or language.text(p) for p in parts)) for head, parts in sections
        ),
    )
