"""A question as it is asked: words and texts in, predicates out, and back to words for links."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from finder.errors import UnknownWord
from finder.language import N_
from finder.model.access import ACCESS_ATTRIBUTES, km_name, min_name
from finder.model.query import And, AnyOf, Compare, IsUnknown, Not, Operator, Or, Predicate, Sort
from finder.model.vocabulary import LISTED, AccessKind, Labelled, Status, Vehicle
from finder.search import values
from finder.search.criteria import BY_WORD, CRITERIA, LISTS, Context, Criterion


class Potential(Labelled):
    """Whether potential land is asked for."""

    NO = "no", N_("without potential land")
    INCLUDE = "include", N_("with potential land")
    ONLY = "only", N_("potential land only")


class Unknown(Labelled):
    """What happens to sites that miss nothing but knowledge."""

    EXCLUDE = "exclude", N_("leave out")
    INCLUDE = "include", N_("show, marked")


class PublicStatus(Labelled):
    """States that anybody may ask for."""

    PUBLISHED = Status.PUBLISHED.value, Status.PUBLISHED.label
    RESERVED = Status.RESERVED.value, Status.RESERVED.label


SORTS: dict[str, tuple[str, tuple[Sort, ...]]] = {
    "size": (N_("largest first"), (Sort("size_m2", descending=True),)),
    "size_asc": (N_("smallest first"), (Sort("size_m2"),)),
    "name": (N_("by name"), (Sort("search_text"),)),
    "municipality": (N_("by town"), (Sort("municipality"), Sort("size_m2", descending=True))),
    "price": (N_("lowest price first"), (Sort("price_eur_m2"),)),
    "verified": (N_("last confirmed first"), (Sort("verified_on", descending=True),)),
    **{
        f"{kind.value}_{unit}": (kind.label, (Sort(name(kind, kind.vehicle)),))
        for kind in AccessKind
        for unit, name in (("min", min_name), ("km", km_name))
    },
}
"""Orders by their word: label and keys. Access kinds are ordered for the vehicle that counts for them."""
DEFAULT_SORT = "size"
PAGE_SIZE = 12
COMPANIONS = ("vehicle", "within_km", "within_min", "potential", "status", "unknown", "sort", "page")
"""Words that shape an answer without being criteria of a site."""
IGNORED_ON_PAGES = ("gclid", "fbclid")
"""Trackers that others append to links; HTML pages alone ignore them (and utm_*)."""


@dataclass(frozen=True)
class Asked:
    """One criterion with its value, the texts it came from and its predicate."""

    criterion: Criterion
    texts: tuple[str, ...]
    value: Any
    predicate: Predicate
    asks: str


@dataclass(frozen=True)
class Question:
    """What is asked for, in what order, and which page of the answer."""

    asked: tuple[Asked, ...] = ()
    vehicle: Vehicle | None = None
    within_km: float | None = None
    within_min: float | None = None
    potential: Potential = Potential.NO
    status: tuple[Status, ...] = LISTED
    unknown: bool = False
    sort: str = DEFAULT_SORT
    page: int = 1

    def scope(self, today: dt.date, hidden_after_days: int) -> Predicate:
        """Return the predicate every listed site fulfils: public state, potential land as asked, not hidden for age.

        Evidence rows never hide for age, and neither does the fictional sample; a listing never confirmed is
        unconfirmed, not old.
        """
        parts: list[Predicate] = [AnyOf("status", tuple(status.value for status in self.status))]
        if self.potential is not Potential.INCLUDE:
            parts.append(Compare("potential", Operator.EQ, self.potential is Potential.ONLY))
        oldest = today - dt.timedelta(days=hidden_after_days)
        fresh = Compare("verified_on", Operator.GE, oldest)
        documented = Not(IsUnknown("evidence"))
        sample = Compare("sample", Operator.EQ, True)
        parts.append(Or((IsUnknown("verified_on"), fresh, documented, sample)))
        return And(tuple(parts))

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """The predicates in the order asked."""
        return tuple(asked.predicate for asked in self.asked)

    @property
    def order(self) -> tuple[Sort, ...]:
        """The sort keys."""
        keys = SORTS[self.sort][1]
        if self.vehicle and keys[0].attribute in ACCESS_ATTRIBUTES:
            kind, _, unit = ACCESS_ATTRIBUTES[keys[0].attribute]
            return (Sort((min_name if unit == "min" else km_name)(kind, self.vehicle)),)
        return keys

    def words(self) -> list[tuple[str, str]]:
        """Return the question as words and texts, as in its address; defaults are left out."""
        pairs = [(asked.criterion.word, text) for asked in self.asked for text in asked.texts]
        for word, within in (("within_km", self.within_km), ("within_min", self.within_min)):
            if within is not None:
                pairs.append((word, values.plain(within)))
        if self.vehicle:
            pairs.append(("vehicle", self.vehicle.value))
        if self.potential is not Potential.NO:
            pairs.append(("potential", self.potential.value))
        if self.status != LISTED:
            pairs += [("status", status.value) for status in self.status]
        if self.unknown:
            pairs.append(("unknown", "include"))
        if self.sort != DEFAULT_SORT:
            pairs.append(("sort", self.sort))
        if self.page != 1:
            pairs.append(("page", str(self.page)))
        return pairs

    def address(self, **changes: Any) -> str:
        """Return the query string of this question with changes (`page=2`, `unknown=True`, …)."""
        return urlencode(dataclasses.replace(self, **changes).words())

    def without(self, asked: Asked) -> Question:
        """Return the question without one criterion and the words that only it had need of, on its first page."""
        rest = tuple(a for a in self.asked if a is not asked)
        left = dataclasses.replace(self, asked=rest, page=1)
        if not any(a.criterion.word == "near" for a in rest):
            left = dataclasses.replace(left, within_km=None, within_min=None)
        by_vehicle = left.within_min is not None or any(a.criterion.access for a in rest)
        if not by_vehicle and SORTS[self.sort][1][0].attribute not in ACCESS_ATTRIBUTES:
            left = dataclasses.replace(left, vehicle=None)
        return left

    def texts(self, word: str) -> tuple[str, ...]:
        """Return the texts given for a criterion's word."""
        return tuple(text for asked in self.asked if asked.criterion.word == word for text in asked.texts)


def read(pairs: Iterable[tuple[str, str]], context: Context, *, page_words: bool = False) -> Question:
    """Return the question that words and texts ask.

    Empty texts are absent ones (plain forms send them). With `page_words`, trackers' words are ignored.

    Raises
    ------
    UnknownWord
        For the first word or value that does not exist, by name.
    """
    given: dict[str, list[str]] = {}
    for word, text in pairs:
        if not text.strip() or (page_words and (word.startswith("utm_") or word in IGNORED_ON_PAGES)):
            continue
        if word not in BY_WORD and word not in COMPANIONS:
            raise UnknownWord(N_("There is no criterion “%(word)s”."), word=word[:80])
        parts = text.split(",") if _is_list(word) else [text]
        given.setdefault(word, []).extend(part.strip() for part in parts if part.strip())
    single = {word: _single(word, texts) for word, texts in given.items() if word in COMPANIONS and word != "status"}
    vehicle = values.codes("vehicle", [single["vehicle"]], Vehicle)[0] if "vehicle" in single else None
    within_km = values.number("within_km", single["within_km"], units=("km",)) if "within_km" in single else None
    within_min = values.minutes("within_min", single["within_min"]) if "within_min" in single else None
    if within_km is not None and within_min is not None:
        raise UnknownWord(N_("Of “within_km” and “within_min” only one can be asked, not both."))
    if ("near" in given) != (within_km is not None or within_min is not None):
        raise UnknownWord(N_("“near” and either “within_km” or “within_min” belong together."))
    context = dataclasses.replace(context, vehicle=vehicle, within_km=within_km, within_min=within_min)
    return Question(
        asked=tuple(_ask(BY_WORD[c.word], given[c.word], context) for c in CRITERIA if c.word in given),
        vehicle=vehicle,
        within_km=within_km,
        within_min=within_min,
        potential=_choice("potential", single, Potential, Potential.NO),
        status=tuple(Status(s.value) for s in values.codes("status", given["status"], PublicStatus))
        if "status" in given
        else LISTED,
        unknown=_choice("unknown", single, Unknown, Unknown.EXCLUDE) is Unknown.INCLUDE,
        sort=_sort(single.get("sort", DEFAULT_SORT)),
        page=_page(single.get("page", "1")),
    )


def _is_list(word: str) -> bool:
    return word == "status" or (word in BY_WORD and BY_WORD[word].kind in LISTS)


def _single(word: str, texts: list[str]) -> str:
    if len(set(texts)) > 1:
        raise UnknownWord(N_("“%(word)s” is given more than once."), word=word)
    return texts[0]


def _choice(word: str, single: dict[str, str], choices: Any, default: Any) -> Any:
    return values.codes(word, [single[word]], choices)[0] if word in single else default


def _sort(text: str) -> str:
    return values.each("sort", [text], lambda t: t if t in SORTS else None, lambda: ", ".join(SORTS))[0]


def _page(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 1_000_000:
        return int(text)
    raise values.wrong("page", text, N_("a page number is expected"))


def _ask(criterion: Criterion, texts: list[str], context: Context) -> Asked:
    unique = list(dict.fromkeys(texts))
    value = criterion.read(criterion.word, unique, context)
    part = criterion.predicate(value, context)
    asks = part.attribute if isinstance(part, Compare) else criterion.asks
    return Asked(criterion, tuple(unique), value, part, asks)
