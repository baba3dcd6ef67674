"""The way from today to a building: what stands on it, who has to act, what comes next and when. Never a guess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from finder.language import N_, Language
from finder.model.site import Provenance, Restriction, Site
from finder.model.vocabulary import PlanStatus, RestrictionKind
from finder.presentation import format

BUILDABLE = (PlanStatus.IN_FORCE, PlanStatus.INNER_AREA)
"""Where the right to build is there; every other state is an obstacle itself."""


@dataclass(frozen=True)
class Step:
    """One obstacle. `sign` is minor, serious, blocking or unknown; `rows` are labels with values, None not known."""

    title: str
    sign: str
    rows: tuple[tuple[str, str | None], ...]
    source: int | None = None


@dataclass(frozen=True)
class Road:
    """The steps between today and building. `start` says of when this is known, `end` when or whether one may build."""

    steps: tuple[Step, ...]
    start: str | None
    end: str | None
    note: str | None


def road(site: Site, number: Callable[[Provenance], int | None], language: Language) -> Road:
    """Return the way of one site; `number` gives the number of a source."""
    steps = []
    if site.plan_status is not None and site.plan_status not in BUILDABLE:
        steps.append(_plan(site.plan_status, language))
    if site.restrictions is None:
        steps.append(_not_stated(language))
    else:
        origin = site.origin("restrictions")
        steps += [_step(one, number(_origin(one, origin)), language) for one in site.restrictions]
    as_of = format.as_of(site.origin("restrictions").as_of, language)
    return Road(
        steps=tuple(steps),
        start=language.text(N_("as of %(date)s"), date=as_of) if as_of else None,
        end=_end(site, language),
        note=_note(site, language),
    )


def _plan(status: PlanStatus, language: Language) -> Step:
    return Step(
        title=format.capital(language.text(status.label)),
        sign="unknown",
        rows=(
            (language.text(N_("responsible")), language.text(N_("the town, which makes the plans"))),
            (language.text(N_("next step")), language.text(_PLAN_STEPS[status])),
            (language.text(N_("done by")), None),
        ),
    )


_PLAN_STEPS = {
    PlanStatus.ADOPTED: N_("announcement; with it the plan is in force"),
    PlanStatus.IN_PROCEDURE: N_("decision on the plan"),
    PlanStatus.OUTER_AREA: N_("ask whether a plan is intended"),
    PlanStatus.LAND_USE_PLAN: N_("binding plan for the land"),
    PlanStatus.NONE: N_("ask whether a plan is intended"),
}


def _not_stated(language: Language) -> Step:
    return Step(
        title=language.text(N_("Restrictions")),
        sign="unknown",
        rows=(
            (language.text(N_("what there is")), None),
            (language.text(N_("next step")), language.text(N_("ask the town before you plan"))),
        ),
    )


def _origin(restriction: Restriction, origin: Provenance) -> Provenance:
    if restriction.url is None:
        return origin
    return Provenance(source=origin.source, url=restriction.url, as_of=restriction.as_of)


def _step(restriction: Restriction, source: int | None, language: Language) -> Step:
    kind = language.text(N_("Restriction"))
    if restriction.kind is not RestrictionKind.OTHER:
        kind = format.capital(language.text(restriction.kind.label))
    said = restriction.note if restriction.kind is RestrictionKind.OTHER else f"{kind}: {restriction.note}"
    severity = restriction.severity
    end = restriction.expected_end
    return Step(
        title=format.capital(said) if restriction.note and said else kind,
        sign=severity.value if severity else "unknown",
        rows=(
            (language.text(N_("severity")), language.text(severity.label) if severity else None),
            (language.text(N_("responsible")), restriction.responsible),
            (language.text(N_("next step")), restriction.next_step),
            (language.text(N_("done by")), format.date(end, language) if end else None),
        ),
        source=source,
    )


def _end(site: Site, language: Language) -> str | None:
    """Return when one may build: only where the plan allows it and every obstacle has its end."""
    if site.plan_status not in BUILDABLE or site.restrictions is None:
        return None
    ends = [restriction.expected_end for restriction in site.restrictions]
    if not ends:
        return language.text(N_("nothing is said to stand in the way"))
    known = [end for end in ends if end is not None]
    if len(known) < len(ends):
        return None
    return language.text(N_("from %(date)s at the earliest"), date=format.date(max(known), language))


def _note(site: Site, language: Language) -> str | None:
    if site.plan_status is None:
        return language.text(N_("Whether a plan allows building is not known."))
    return None
