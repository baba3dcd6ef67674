"""The answer to a question: the sites of a page, how many there are, and how many were left out as not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from finder.search.question import PAGE_SIZE, Asked, Question
from finder.store import sites
from finder.store.database import Session
from finder.store.sites import Listed


@dataclass(frozen=True)
class Answer:
    """One page of an answer. `left_out_by` gives, per criterion, how many of the left out do not answer it."""

    question: Question
    hits: tuple[Listed, ...]
    total: int
    in_scope: int
    left_out: int
    left_out_by: tuple[tuple[Asked, int], ...]
    first: int
    pages: int


def ask(
    session: Session,
    question: Question,
    *,
    today: dt.date,
    hidden_after_days: int,
    limit: int | None = PAGE_SIZE,
    people: bool = False,
) -> Answer:
    """Return the page of sites that answers the question; `limit` None gives all of them, `people` their catchments."""
    offset = (question.page - 1) * (limit or 0)
    found = sites.find(
        session,
        question.scope(today, hidden_after_days),
        question.predicates,
        sort=question.order,
        limit=limit,
        offset=offset,
        unknown=question.unknown,
    )
    asked = question.predicates if question.unknown else ()
    hits = sites.load(session, found.keys, asked, people=people)
    return Answer(
        question=question,
        hits=tuple(hits),
        total=found.total,
        in_scope=found.in_scope,
        left_out=found.left_out,
        left_out_by=tuple((asked, n) for asked, n in zip(question.asked, found.left_out_by, strict=True) if n),
        first=offset + 1 if hits else 0,
        pages=max(1, -(-found.total // limit)) if limit else 1,
    )


def every(session: Session, question: Question, *, today: dt.date, hidden_after_days: int) -> Iterator[Listed]:
    """Return all sites that answer the question one by one, whatever its page, few in memory at a time."""
    scope = question.scope(today, hidden_after_days)
    found = sites.find(session, scope, question.predicates, sort=question.order, unknown=question.unknown)
    return sites.each(session, found.keys)
