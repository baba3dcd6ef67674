"""How old the last confirmation is, in the four states of a listing's age."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from finder.config import Freshness
from finder.language import N_, Language
from finder.model.site import Site
from finder.presentation import format


class Age(StrEnum):
    """States of freshness; a documented reserve is never confirmed and never hides."""

    FRESH = "fresh"
    DUE = "due"
    UNCONFIRMED = "unconfirmed"
    HIDDEN = "hidden"
    DOCUMENTED = "documented"


@dataclass(frozen=True)
class Badge:
    """A state and its sentence."""

    state: Age
    text: str


def badge(site: Site, days: Freshness, today: dt.date, language: Language) -> Badge:
    """Return the site's badge as of today."""
    if site.documented:
        as_of = format.as_of(site.origin("*").as_of, language)
        if as_of is None:
            return Badge(Age.DOCUMENTED, language.text(N_("undated · not confirmed by the town")))
        return Badge(Age.DOCUMENTED, language.text(N_("as of %(date)s · not confirmed by the town"), date=as_of))
    if site.verified_on is None:
        return Badge(Age.UNCONFIRMED, language.text(N_("never confirmed")))
    age = (today - site.verified_on).days
    when = language.plural("confirmed %(n)s day ago", "confirmed %(n)s days ago", max(age, 0))
    if age <= days.due:
        return Badge(Age.FRESH, language.text(N_("up to date, %(when)s"), when=when))
    if age <= days.unconfirmed:
        return Badge(Age.DUE, language.text(N_("to be checked, %(when)s"), when=when))
    state = Age.UNCONFIRMED if age <= days.hidden else Age.HIDDEN
    return Badge(state, language.text(N_("unconfirmed, last %(when)s"), when=when))
