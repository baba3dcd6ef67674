"""One row per attribute of a site: its group, type, unit and label. Columns, facts, exports and criteria read this."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from finder.language import N_
from finder.model.vocabulary import Labelled


class Group(Labelled):
    """The order of facts on every page and paper."""

    IDENTITY = "identity", N_("Identity")
    SIZE = "size", N_("Size")
    PLANNING = "planning", N_("Planning")
    EMISSIONS = "emissions", N_("Emissions")
    RESTRICTIONS = "restrictions", N_("Restrictions")
    COMMERCIAL = "commercial", N_("Price and terms")
    OWNERSHIP = "ownership", N_("Ownership")
    TIME = "time", N_("Time")
    SERVICING = "servicing", N_("Servicing")
    EQUIPMENT = "equipment", N_("Equipment")
    SECTORS = "sectors", N_("Sectors and history")
    FUNDING = "funding", N_("Funding")
    MEDIA = "media", N_("Pictures and documents")
    CONTACT = "contact", N_("Contact")


class Type(StrEnum):
    """What a value is; readers cast by it, tables store by it, pages print by it."""

    TEXT = "text"
    URL = "url"
    NUMBER = "number"
    INTEGER = "integer"
    FLAG = "flag"  # yes, no or not known
    DATE = "date"
    CHOICE = "choice"  # one of `choices`
    CHOICES = "choices"  # several of `choices`; None is not known, empty is stated none
    WORDS = "words"  # several free or regional words
    GEOMETRY = "geometry"
    RECORDS = "records"  # dataclasses, kept as JSON


@dataclass(frozen=True)
class Attribute:
    """What is known of one attribute beside its value."""

    name: str
    group: Group
    type: Type
    label: str
    unit: str | None = None
    choices: builtins.type[Labelled] | None = None
    internal: bool = False  # bookkeeping of the store, not a fact for readers


def attribute(
    group: Group,
    type_: Type,
    label: str,
    *,
    unit: str | None = None,
    choices: type[Labelled] | None = None,
    internal: bool = False,
) -> Any:
    """Declare a dataclass field that is not known (None) by default and carries its `Attribute`."""
    row = Attribute("", group, type_, label, unit, choices, internal)
    return field(default=None, metadata={"attribute": row})
