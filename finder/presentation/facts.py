"""The facts of one site in groups: "not known" in its place, a numbered source for every fact."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from finder import resources
from finder.language import N_, Language
from finder.model.attributes import Group, Type
from finder.model.place import Municipality
from finder.model.site import ATTRIBUTES, Provenance, Site
from finder.model.zone import Way
from finder.presentation import format

NOT_FACTS = frozenset({"geometry", "restrictions", "contact", "media", "zoning_shares"})
"""Attributes that have a part of the page to themselves, or are told with another."""
ONLY_IF_GIVEN = frozenset(
    {
        *("further_municipalities", "evidence", "position_uncertainty_m", "planning_note", "availability_note"),
        *("transport_note", "sectors_note", "note"),
    }
)
"""Attributes whose absence is no gap: remarks, and what holds for some sites only."""
SHARED = 3
"""So many facts of a group with one date and source have them said once for all."""
TOWNS_FILE = "municipalities.csv"
"""The bundled file with what is known of the towns."""
_WAYS = {one.value: one for one in Way}
JOINED = 3
"""Facts not known that stand beside each other share a row, so many at most."""


@dataclass(frozen=True)
class Row:
    """A fact; `source` is its number in the list of sources, `value` None is not known.

    `stated` ones are in the supplier's words, and so in the region's language.
    """

    label: str
    value: str | None
    as_of: str | None = None
    source: int | None = None
    url: str | None = None
    stated: bool = False


@dataclass(frozen=True)
class Section:
    """A group of facts. What most of them share stands here once: rows without date and source of their own have it."""

    title: str
    rows: tuple[Row, ...]
    as_of: str | None = None
    source: int | None = None


@dataclass(frozen=True)
class Source:
    """An entry of the list of sources."""

    number: int
    text: str
    url: str | None
    as_of: str | None


@dataclass
class Sources:
    """Numbers sources in the order in which the page first names them."""

    language: Language
    towns: Mapping[str, str] = field(default_factory=dict)  # by code: a town that delivers its own list is its source
    known: dict[tuple[str | None, str | None, str | None], list[str | None]] = field(default_factory=dict)

    def number(self, origin: Provenance) -> int | None:
        """Return a source's number, or None where none is named."""
        if origin.source is None and origin.url is None:
            return None
        key = (origin.source, origin.url, way(origin, self.language))
        dates = self.known.setdefault(key, [])
        if origin.as_of not in dates:
            dates.append(origin.as_of)
        return list(self.known).index(key) + 1

    def each(self, text: str | None, as_of: str | None) -> tuple[int, ...]:
        """Return the numbers of sources written in one text, as access points have them: "one; another"."""
        numbers = []
        for part in (text or "").split(";"):
            address = re.match(r"https?://\S+", part := part.strip())
            url = address[0] if address else None
            name = f"{urlsplit(url).hostname or url}{part[len(url) :]}" if url else part
            if part and (number := self.number(Provenance(source=name, url=url, as_of=as_of))):
                numbers.append(number)
        return tuple(numbers)

    def listed(self) -> tuple[Source, ...]:
        """Return all that were named, each with every date it was named with."""
        found = []
        for number, ((source, url, how), dates) in enumerate(self.known.items(), start=1):
            text = self.towns.get(source, source) if source else str(url)
            text = text if how is None else f"{text}, {how}"
            found.append(Source(number, text, web(url), ", ".join(self._dates(dates)) or None))
        return tuple(found)

    def _dates(self, dates: list[str | None]) -> list[str]:
        return [said for date in dates if (said := format.as_of(date, self.language))]


def way(origin: Provenance, language: Language) -> str | None:
    """Return how a fact was taken from a plan, None where it was stated."""
    found = _WAYS.get(origin.method or "")
    return None if found is None else language.text(found.label)


def web(url: str | None) -> str | None:
    """Return a supplier's address if it is one of the web, so that nothing else ever becomes a link."""
    return url if url and url.startswith(("https://", "http://")) else None


def sections(
    site: Site, town: Municipality | None, names: Mapping[str, str], numbered: Sources, language: Language
) -> tuple[Section, ...]:
    """Return all facts of a site in the order of the groups; `names` are those of the towns by code."""
    found = []
    for group in Group:
        rows = [
            _row(name, site, names, numbered, language)
            for name, attribute in ATTRIBUTES.items()
            if attribute.group is group and _told(name, site)
        ]
        if group is Group.COMMERCIAL and town is not None:
            rows.append(_trade_tax(town, numbered, language))
        if rows:
            found.append(_section(language.text(group.label), tuple(_joined(rows))))
    return tuple(found)


def _section(title: str, rows: tuple[Row, ...]) -> Section:
    """Return a group that names a date and source once which at least `SHARED` of its facts have."""
    origins = collections.Counter((row.as_of, row.source) for row in rows if row.value is not None and row.source)
    common = origins.most_common(1)
    if not common or common[0][1] < SHARED:
        return Section(title, rows)
    origin = common[0][0]
    own = (
        dataclasses.replace(row, as_of=None, source=None) if (row.as_of, row.source) == origin else row for row in rows
    )
    return Section(title, tuple(own), *origin)


def _told(name: str, site: Site) -> bool:
    return name not in NOT_FACTS and not (name in ONLY_IF_GIVEN and getattr(site, name) is None)


def _joined(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows, neighbours that are not known in one: "GRZ, GFZ, BMZ: not known"."""
    for unknown, group in itertools.groupby(rows, key=lambda row: row.value is None):
        if not unknown:
            yield from (dataclasses.replace(row, label=format.capital(row.label)) for row in group)
            continue
        labels = [row.label for row in group]
        for start in range(0, len(labels), JOINED):
            yield Row(format.capital(", ".join(labels[start : start + JOINED])), None)


def said(name: str, site: Site, names: Mapping[str, str], language: Language) -> str | None:
    """Return an attribute's value in words, towns and sectors by their names; None where it is not known."""
    return in_words(name, getattr(site, name), names, language, shares=site.zoning_shares or ())


def in_words(
    name: str, given: Any, names: Mapping[str, str], language: Language, *, shares: Sequence[str] = ()
) -> str | None:
    """Return a value of an attribute in words; `shares` are those of the kinds of zoning."""
    if name == "zoning" and given:
        parts = [f"{zone.value} {language.text(zone.label)}" for zone in given]
        return "; ".join(f"{p} ({shares[i]})" if i < len(shares) else p for i, p in enumerate(parts))
    if name == "further_municipalities" and given:
        return ", ".join(names.get(code, code) for code in given)
    if name == "sectors" and given:
        known = {row["code"]: row["label"][language.code] for row in resources.region()["sectors"]}
        return ", ".join(known.get(code, code) for code in given)
    return format.value(ATTRIBUTES[name], given, language)


def _row(name: str, site: Site, names: Mapping[str, str], numbered: Sources, language: Language) -> Row:
    fact = site.fact(name)
    value = said(name, site, names, language)
    label = language.text(fact.attribute.label)
    if value is None:
        return Row(label, None)
    return Row(
        label,
        value,
        as_of=format.as_of(fact.provenance.as_of, language),
        source=numbered.number(fact.provenance),
        url=web(fact.value) if name == "plan_url" else None,
        stated=fact.attribute.type is Type.TEXT,
    )


def _trade_tax(town: Municipality, numbered: Sources, language: Language) -> Row:
    label = language.text(N_("trade tax rate of the town"))
    if town.trade_tax_percent is None:
        return Row(label, None)
    year = str(town.trade_tax_year) if town.trade_tax_year else None
    stated = resources.sources().get(TOWNS_FILE, {})
    number = numbered.number(Provenance(source=stated.get("attribution"), url=stated.get("url"), as_of=year))
    return Row(label, f"{town.trade_tax_percent}{format.NO_BREAK}%", as_of=year, source=number)
