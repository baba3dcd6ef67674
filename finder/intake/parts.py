"""What a profile makes of several columns: texts from parts, lists from flags, records, and signs that mark a row."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from finder.intake.strict import Table
from finder.language import N_
from finder.model.site import Contact, Medium, Restriction
from finder.model.vocabulary import RestrictionKind, Severity

RECORDS: dict[str, type] = {"restrictions": Restriction, "media": Medium, "contact": Contact}
"""The attributes that consist of records."""
_VOCABULARIES = {"kind": tuple(map(str, RestrictionKind)), "severity": tuple(map(str, Severity))}
PLACES = re.compile(r"\{(?:number)?\}")
"""Where a form has the text: as it stands, or as a number in German spelling."""


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What the first of the columns that says something has to say to count: one of `words` and none of `unless`.

    No words mean any; in words * stands for anything, # for a digit. With `empty` it also counts where nothing is said.
    """

    headers: tuple[str, ...]
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    empty: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """A text from the first of the columns that says something, with `join` from all of them.

    It counts where it is one of `words` and none of `unless` (as in a sign) and where `when` holds. `form` is the text
    around it: “Autobahn {number} km”; one without a place for it stands alone.
    """

    headers: tuple[str, ...]
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    join: str | None = None
    form: str = "{}"
    when: Sign | None = None


@dataclass(frozen=True, kw_only=True)
class Record:
    """One entry of restrictions, media or a contact: constants and parts by member. It is one if a part says so."""

    members: Mapping[str, str | Part]


@dataclass(frozen=True, kw_only=True)
class Making:
    """How an attribute is made where its columns do not simply hold it; at most one of these.

    `flags` are words by the column that says yes to them; `entries` are our names of the members of entries in lists,
    an empty one for what is left out.
    """

    parts: tuple[Part, ...] = ()
    flags: Mapping[str, str] = dataclasses.field(default_factory=dict)
    records: tuple[Record, ...] = ()
    entries: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def headers(self) -> tuple[str, ...]:
        """Return all columns that it looks at."""
        found = [*self.flags]
        records = (part for record in self.records for part in record.members.values() if isinstance(part, Part))
        for part in (*self.parts, *records):
            found += [*part.headers, *(part.when.headers if part.when else ())]
        return tuple(dict.fromkeys(found))


def sign(table: Table) -> Sign:
    """Return the sign that a table of a profile describes."""
    found = Sign(
        headers=_headers(table),
        words=table.words("words"),
        unless=table.words("unless"),
        empty=table.take("empty", bool, default=False),
    )
    table.done()
    return found


def making(table: Table, name: str, *, listed: bool) -> Making:
    """Return how the table of a column says that its attribute is made; `listed` attributes are lists of words."""
    made = Making(
        parts=tuple(_part(inner) for inner in table.tables("parts")) if name not in RECORDS else (),
        flags=table.mapping("flags") if listed else {},
        records=tuple(_record(inner, RECORDS[name]) for inner in table.tables("records")) if name in RECORDS else (),
        entries=_entries(table, RECORDS[name]) if name in RECORDS else {},
    )
    ways = ("from", *(way for way in ("parts", "flags", "records") if way in table.taken))
    given = [way for way in ways if table.content.get(way)]
    if len(given) > 1:
        raise table.wrong(N_("The profile's key “%(key)s” excludes another one beside it."), given[1])
    return made


def _headers(table: Table) -> tuple[str, ...]:
    headers = table.words("from")
    if not headers:
        raise table.wrong(N_("The profile's key “%(key)s” is missing."), "from")
    return headers


def _part(table: Table) -> Part:
    form = table.take("form", str, default="{}")
    if set(PLACES.sub("", form)) & set("{}"):
        raise table.wrong(N_("The profile's key “%(key)s” has a value that is not foreseen."), "form")
    part = Part(
        headers=_headers(table),
        words=table.words("words"),
        unless=table.words("unless"),
        join=table.take("join", str, default=None),
        form=form,
        when=sign(table.table("when")) if "when" in table.content else None,
    )
    table.done()
    return part


def _record(table: Table, kind: type) -> Record:
    members: dict[str, str | Part] = {}
    for member in _members(kind):
        if isinstance(table.content.get(member), dict):
            members[member] = _part(table.table(member))
            continue
        allowed = _VOCABULARIES.get(member)
        constant = table.choice(member, allowed) if allowed else table.take(member, str, default=None)
        if constant:
            members[member] = constant
    table.done()
    if not any(isinstance(member, Part) for member in members.values()):
        raise table.wrong(N_("The profile's key “%(key)s” looks at no column."))
    return Record(members=members)


def _entries(table: Table, kind: type) -> dict[str, str]:
    entries = table.mapping("entries")
    for name, member in entries.items():
        if member and member not in _members(kind):
            raise table.wrong(N_("The profile's key “%(key)s” has a value that is not foreseen."), f"entries.{name}")
    return entries


def _members(kind: type) -> tuple[str, ...]:
    return tuple(member.name for member in dataclasses.fields(kind))


__all__ = ["PLACES", "RECORDS", "Making", "Part", "Record", "Sign", "making", "sign"]
