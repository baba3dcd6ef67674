"""Criteria and answers in words: one phrase per criterion serves chip, sentence and print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from finder.language import N_, Language
from finder.model.query import Reached
from finder.model.site import ATTRIBUTES
from finder.model.vocabulary import Labelled, Method, Vehicle, Zoning
from finder.presentation import format
from finder.search.answer import Answer
from finder.search.criteria import Context, Criterion, Kind, Near, driven
from finder.search.question import Asked, Potential, Question

NOUNS = {
    "size_m2": N_("size"),
    "max_restriction": N_("restrictions"),
    "geometry": N_("place"),
    "available_from": N_("availability"),
    "verified_on": N_("confirmation"),
}
"""What criteria ask of several attributes together, or call by another name than facts do."""
DRIVEN = {Vehicle.CAR: N_("by car"), Vehicle.TRUCK: N_("by truck")}
"""How a way is made, within a sentence."""


def phrase(asked: Asked, question: Question, context: Context, language: Language) -> str:
    """Return one criterion in words, such as "from 4 ha" or "motorway junction within 8 min (truck 40 t)"."""
    criterion = asked.criterion
    params = {"value": _value(asked, context, language)}
    if criterion.access:
        kind = criterion.access[0]
        params["kind"] = language.text(kind.label)
        params["vehicle"] = language.text((question.vehicle or kind.vehicle).label)
    if criterion.kind is Kind.PLACE and question.within_min is not None:
        params["minutes"] = f"{format.number(question.within_min, language)}{format.NO_BREAK}min"
        params["vehicle"] = language.text(DRIVEN[driven(question.vehicle)])
        params["method"] = _way(asked.value, context, language)
        return language.text(N_("within %(minutes)s %(vehicle)s (%(method)s) of %(value)s"), **params)
    if criterion.kind is Kind.PLACE and question.within_km is not None:
        params["within"] = f"{format.number(question.within_km, language)}{format.NO_BREAK}km"
    if criterion.sentence == "%(value)s":
        return params["value"]
    return language.text(criterion.sentence, **params)


def _value(asked: Asked, context: Context, language: Language) -> str:
    value, criterion = asked.value, asked.criterion
    match criterion.kind:
        case Kind.AREA:
            return format.wanted_area(value, language)
        case Kind.NUMBER:
            return format.number(value, language) + (f"{format.NO_BREAK}{criterion.unit}" if criterion.unit else "")
        case Kind.DATE:
            return format.date(value, language)
        case Kind.FLAG:
            return format.yes_no(value, language)
        case Kind.CHOICE:
            return language.text(value.label)
        case Kind.CHOICES:
            return either([_choice(member, language) for member in value], language)
        case Kind.TOWNS:
            return either([context.towns[code] for code in value], language)
        case Kind.SECTORS:
            return either([context.sectors[code] for code in value], language)
        case Kind.PLACE:
            return str(value.name)
    return str(value)


def _way(near: Near, context: Context, language: Language) -> str:
    """Return how the minutes to a place were made: "road network, as of Oct 2026", or an estimate and why."""
    if near.reachable is not None:
        said = format.as_of(near.reachable.as_of, language)
        of = language.text(N_("undated")) if said is None else language.text(N_("as of %(date)s"), date=said)
        return f"{language.text(Method.NETWORK.label)}, {of}"
    if context.reach is not None:
        return language.text(N_("estimate, for the road network has no answer"))
    return language.text(Method.ESTIMATE.label)


def _choice(member: Labelled, language: Language) -> str:
    return member.value if isinstance(member, Zoning) and member is not Zoning.OTHER else language.text(member.label)


def either(words: Sequence[str], language: Language) -> str:
    """Return "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    return language.text(N_("%(first)s or %(last)s"), first=", ".join(words[:-1]), last=words[-1])


def name(criterion: Criterion, language: Language) -> str:
    """Return what a criterion asks for as a noun, for "left out because … is not known"."""
    if criterion.asks in NOUNS or criterion.asks not in ATTRIBUTES:
        return language.text(NOUNS.get(criterion.asks, criterion.label))
    return language.text(ATTRIBUTES[criterion.asks].label)


def missing(asked: Asked, language: Language) -> str:
    """Return what is not known of a site that a criterion leaves out, as a noun."""
    by_road = isinstance(asked.predicate, Reached)
    return language.text(N_("way by road")) if by_road else name(asked.criterion, language)


def left_out(answer: Answer, language: Language) -> str | None:
    """Return the sentence about sites that were left out for want of knowledge alone, or None where there are none."""
    if not answer.left_out:
        return None
    gaps: dict[str, int] = {}
    for asked, count in answer.left_out_by:
        word = format.capital(missing(asked, language))
        gaps[word] = max(gaps.get(word, 0), count)
    reasons = ", ".join(f"{word} {format.number(count, language)}" for word, count in gaps.items())
    n = answer.left_out
    count_text = format.number(n, language)
    if answer.question.unknown:
        return language.plural(
            "%(count)s of them is shown although something asked for is not known of it (%(reasons)s).",
            "%(count)s of them are shown although something asked for is not known of them (%(reasons)s).",
            n,
            count=count_text,
            reasons=reasons,
        )
    return language.plural(
        "%(count)s more is left out only because something is not known of it (%(reasons)s).",
        "%(count)s more are left out only because something is not known of them (%(reasons)s).",
        n,
        count=count_text,
        reasons=reasons,
    )


def found(answer: Answer, context: Context, language: Language) -> str:
    """Return the sentence that says how many of how many sites answer the question, and the question in words."""
    count, criteria = found_parts(answer, context, language)
    return f"{count} {criteria}" if criteria else f"{count}."


def found_parts(answer: Answer, context: Context, language: Language) -> tuple[str, str | None]:
    """Return that sentence in two parts, so that a page can set off the number: "3 of 60 sites", "meet all of …"."""
    count, whole = format.number(answer.total, language), format.number(answer.in_scope, language)
    phrases = [phrase(asked, answer.question, context, language) for asked in answer.question.asked]
    if not phrases:
        if not answer.total:
            return language.text(N_("No sites")), None
        return language.plural("%(count)s site", "%(count)s sites", answer.total, count=count), None
    if not answer.total:
        lead = language.plural("None of %(whole)s site", "None of %(whole)s sites", answer.in_scope, whole=whole)
    else:
        n = answer.in_scope
        lead = language.plural(
            "%(count)s of %(whole)s site", "%(count)s of %(whole)s sites", n, count=count, whole=whole
        )
    n, criteria = answer.total or 1, ", ".join(phrases)
    rest = language.plural("meets all of this: %(criteria)s.", "meet all of this: %(criteria)s.", n, criteria=criteria)
    return lead, rest


def scope_note(question: Question, counts: Mapping[str, int], language: Language) -> str | None:
    """Return what stays outside the search by itself: potential land and taken sites; None where there is none."""
    notes = []
    if question.potential is Potential.NO and (n := counts.get("potential", 0)):
        notes.append(
            language.plural(
                "%(count)s potential site", "%(count)s potential sites", n, count=format.number(n, language)
            )
        )
    if n := counts.get("sold", 0):
        notes.append(
            language.plural("%(count)s taken site", "%(count)s taken sites", n, count=format.number(n, language))
        )
    if not notes:
        return None
    both = language.text(N_("%(a)s and %(b)s"), a=notes[0], b=notes[1]) if len(notes) > 1 else notes[0]
    return language.text(N_("Not searched: %(notes)s."), notes=both)
