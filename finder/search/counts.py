"""How many sites there are: in the search and outside it, with each choice of the form, without each criterion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finder.model.query import And, AnyOf, IsUnknown, Predicate
from finder.model.vocabulary import LISTED, Status
from finder.search.question import Asked, Potential, Question
from finder.store import reference, sites
from finder.store.database import Session


@dataclass(frozen=True)
class Counts:
    """How many sites would remain with each choice and everything else that is asked.

    `choices` holds, per word, the numbers in the order of its options; `ever` the same with nothing else asked, so that
    a choice no site ever answers need not be offered; `towns` numbers by municipality code.
    """

    choices: Mapping[str, Sequence[int]]
    ever: Mapping[str, Sequence[int]]
    towns: Mapping[str, int]


@dataclass(frozen=True)
class Towns:
    """Numbers by municipality code: sites in the search, and potential land."""

    sites: Mapping[str, int]
    potential: Mapping[str, int]


def inventory(session: Session) -> str:
    """Return what the database holds: "documented", "sample", "own", or "mixed" of documented and the towns' own."""
    begun = reference.setting(session, "inventory") or "own"
    if begun != "documented":
        return begun
    own = And((AnyOf("status", tuple(status.value for status in LISTED)), IsUnknown("evidence")))
    return "mixed" if sites.count(session, own) else begun


def covered(session: Session, today: dt.date, hidden_after_days: int) -> dict[str, int]:
    """Return how many sites the search covers, and how many stay outside it as potential or sold."""
    return {
        "listed": sites.count(session, Question().scope(today, hidden_after_days)),
        "potential": sites.count(session, Question(potential=Potential.ONLY).scope(today, hidden_after_days)),
        "sold": sites.count(session, AnyOf("status", (Status.SOLD.value,))),
    }


def by_town(session: Session, today: dt.date, hidden_after_days: int) -> Towns:
    """Return the numbers of every town that has any."""
    scopes = (Question(potential=wish).scope(today, hidden_after_days) for wish in (Potential.NO, Potential.ONLY))
    return Towns(*(sites.count_by_municipality(session, scope) for scope in scopes))


def with_each(
    session: Session, asked: Question, scope: Predicate, options: Mapping[str, Sequence[Predicate]]
) -> Counts:
    """Return how many sites in `scope` remain with each option of each word and all that is asked by other words."""

    def others(word: str) -> list[Predicate]:
        return [a.predicate for a in asked.asked if a.criterion.word != word]

    choices, ever = {}, {}
    for word, predicates in options.items():
        choices[word] = sites.tally(session, scope, others(word), predicates)
        ever[word] = sites.tally(session, scope, (), predicates) if others(word) else choices[word]
    towns = sites.count_by_municipality(session, And((scope, *others("municipality"))))
    return Counts(choices, ever, towns)


def without_each(session: Session, asked: Question, scope: Predicate) -> tuple[int, ...]:
    """Return, per criterion, how many sites answer everything but it."""
    return tuple(sites.count(session, And((scope, *but(asked, one)))) for one in asked.asked)


def but(asked: Question, one: Asked) -> tuple[Predicate, ...]:
    """Return the predicates of all criteria but one."""
    return tuple(other.predicate for other in asked.asked if other is not one)
