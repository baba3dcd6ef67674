"""Which column is which attribute: every match with its reasons, and whether it is sure enough to be used unasked."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from finder.intake import codes, samples, wording
from finder.intake.cells import shown
from finder.intake.numbers import UNITS
from finder.intake.profiles import FIELDS, Column, key, vocabulary_of
from finder.intake.samples import Sample, Writing
from finder.intake.towns import Towns
from finder.intake.wording import Called, Level
from finder.language import N_
from finder.model.attributes import Type

Reason = tuple[str, Mapping[str, object]]
"""A message id with its parameters."""
_SURE, _SURE_CODES, _WORTH = 0.8, 0.5, 0.3
"""Parts of the cells that must be understood: to be used unasked, so for code lists and figures, to be worth a word."""
_TELLING = 0.9
"""What cells must be understood for values to speak for themselves."""
_MOST_CODES = 60
_FREE = ("source", "source_id", "id", "plan_name", "cadastral_reference", "municipality", "note")
"""Texts that may be bare numbers."""
_SEPARATORS = "/,|+&"
_AREAS = ("stated_area_m2", "net_area_m2", "available_area_m2", "largest_contiguous_m2", "divisible_from_m2")
_LARGE_M2 = 1_000


@dataclass(frozen=True, kw_only=True)
class Match:
    """A column as an attribute or another part of a profile; `doubts` keep it from being used unasked."""

    header: str
    target: str
    level: Level | None
    unit: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    open: tuple[str, ...] = ()
    good: int = 0
    said: int = 0
    telling: bool = False
    doubts: tuple[Reason, ...] = ()

    @property
    def share(self) -> float:
        """Return which part of the cells is understood; an empty column is."""
        return self.good / self.said if self.said else 1.0

    @property
    def sure(self) -> bool:
        """Return whether the match may be used unasked."""
        return not self.doubts

    def rank(self) -> tuple[bool, int, int, float]:
        """Return how good the match is, to be compared with others."""
        type_ = FIELDS[self.target].type if self.target in FIELDS else Type.TEXT
        kind = 3 if self.telling else 1 if type_ is Type.TEXT else 2
        return self.sure, kind, self.level or 0, self.share


def of_column(sample: Sample, called: Called, written: Writing, towns: Towns, rows: int) -> list[Match]:
    """Return what a column may be, the best first.

    Parameters
    ----------
    towns : the region's municipalities.
    rows : how many rows were looked at.
    """
    targets: dict[str, Level | None] = {
        t: level for t, level in called.targets.items() if not t.startswith("geometry.")
    }
    for target in _by_values(sample, towns):
        targets.setdefault(target, None)
    matches = [
        match
        for target, level in targets.items()
        if (match := _judged(sample, target, level, called, written, towns, rows)) is not None
    ]
    return sorted(matches, key=lambda match: match.rank(), reverse=True)


def _by_values(sample: Sample, towns: Towns) -> Iterator[str]:
    """Yield what the cells alone speak for."""
    if not sample.texts:
        return
    least = _TELLING * len(sample.cells)
    few = len(sample.distinct) <= _MOST_CODES + len(towns.names)
    if few and sum(count for text, count in sample.distinct.items() if towns.code_of(text)) >= least:
        yield "municipality"
    if sum("@" in text and " " not in text for text in sample.texts) >= least:
        yield "contact.email"
    if sum(text.casefold().startswith(("http://", "https://")) for text in sample.texts) >= least:
        yield "provenance.url"
    if sum(count for text, count in sample.distinct.items() if wording.code_of("zoning", text)) >= least:
        yield "zoning"


# -- judging ----------------------------------------------------------------------------------------------------------


def _judged(
    sample: Sample,
    target: str,
    level: Level | None,
    called: Called,
    written: Writing,
    towns: Towns,
    rows: int,
) -> Match | None:
    """Return a target as a match with its doubts; None where the cells speak against it."""
    match = Match(header=sample.header, target=target, level=level, said=len(sample.cells))
    type_ = FIELDS[target].type if target in FIELDS else Type.TEXT
    if _is_coded(target) or target == "municipality":
        match = _coded(match, sample, written, towns)
    elif type_ in (Type.NUMBER, Type.INTEGER):
        found = _unit(match, sample, called, written)
        if found is None:
            return None
        match = found
    elif type_ is Type.TEXT and sample.cells and not _may_be(target, sample, called):
        return None
    cast = samples.caster(target, column(match), written, sample)
    good, bad = samples.understood(sample, cast)
    named = target == "municipality" and (level or 0) >= Level.CLOSE
    if target == "municipality":
        good, bad = match.good, [text for text in sample.distinct if towns.code_of(text) is None]
    match = dataclasses.replace(match, good=good)
    # a town elsewhere is still a town
    if match.said and match.share < _WORTH and not named:
        return None
    if target == "municipality" and not named and match.said < _TELLING * rows:
        return None
    if level is not None and level < Level.CLOSE and (not match.said or target == "source"):
        return None
    speaking = _is_coded(target) or type_ in (Type.DATE, Type.URL) or target in ("municipality", "provenance.url")
    telling = match.said > 0 and match.share >= _TELLING and speaking
    match = dataclasses.replace(match, telling=telling)
    doubts = [*match.doubts, *_doubts(match, bad)]
    if type_ in (Type.NUMBER, Type.INTEGER) and not match.doubts and level is not Level.OWN:
        doubts += _unusual(match, sample, written)
    if target == "source_id":
        doubts += _no_key(sample, rows)
    return dataclasses.replace(match, doubts=tuple(doubts))


def _is_coded(target: str) -> bool:
    return target in FIELDS and vocabulary_of(target) is not None


def column(match: Match) -> Column:
    """Return the profile's rule by which a match is tried."""
    words = {key(word): code for word, code in match.codes.items()}
    return Column(attribute=match.target, headers=(match.header,), unit=match.unit, codes=words)


def _may_be(target: str, sample: Sample, called: Called) -> bool:
    """Return whether the cells look like this text at all."""
    texts, many = sample.texts, len(sample.cells) / 2
    match target:
        case "contact.email":
            return sum("@" in text for text in texts) >= many
        case "contact.phone":
            return sum(sum(c.isdecimal() for c in text) >= 4 for text in texts) >= many
        case "contact.name":
            return sample.numeric < 0.5 and sum("@" in text for text in texts) < many
        case "provenance.url":
            return sum(text.casefold().startswith(("http://", "https://")) for text in texts) >= many
        case "provenance.as_of":
            return sum(any(c.isdecimal() for c in text) and len(text) <= 40 for text in texts) >= many
        case "source":
            # the supplier is one and the same in many rows; in our own schema nothing else is called so
            return len(called.targets) == 1 or len(sample.distinct) <= max(2, len(texts) / 5)
    return target in _FREE or "/" in target or sample.numeric < 0.5


def _coded(match: Match, sample: Sample, written: Writing, towns: Towns) -> Match:
    """Return a match with the codes its cells need; words that stand for nothing known are left open."""
    found, open_ = dict[str, str](), dict[str, None]()
    if match.target == "municipality":
        good = 0
        for text, count in sample.distinct.items():
            if (code := towns.code_of(text)) is not None:
                good += count
                # what reading understands by itself needs no code
                if not towns.knows(text) and text.zfill(8) != code:
                    found[text] = code
        return dataclasses.replace(match, codes=found, good=good)
    known = {key(str(choice)) for choice in vocabulary_of(match.target) or ()}
    for word in _words(match, sample, written):
        code = wording.code_of(match.target, word)
        if key(word) in known or not key(word):
            continue
        if code is None:
            open_[word] = None
        elif len(found) < _MOST_CODES:
            found[word] = code
    return dataclasses.replace(match, codes=found, open=tuple(open_)[:_MOST_CODES])


def _words(match: Match, sample: Sample, written: Writing) -> Iterable[str]:
    """Return the different words of a column of codes, one by one where cells hold several."""
    if FIELDS[match.target].type is Type.CHOICE:
        return sample.distinct
    return dict.fromkeys(
        str(part).strip()
        for text in sample.distinct
        if not text.startswith(("[", "{"))
        for part in ([text] if wording.code_of(match.target, text) else codes.parts_of(text, written.separators) or ())
    )


def separators(pairs: Iterable[tuple[Sample, Called]]) -> str:
    """Return the signs between the members of lists: those that leave nothing but known codes."""
    found = {";"}
    for sample, called in pairs:
        for target in called.targets:
            if not _is_coded(target) or FIELDS[target].type is Type.CHOICE:
                continue
            for text in sample.distinct:
                for sign in set(text) & set(_SEPARATORS):
                    parts = [part for part in text.split(sign) if part.strip()]
                    whole = wording.code_of(target, text) is not None
                    if not whole and all(wording.code_of(target, part) is not None for part in parts):
                        found.add(sign)
    return "".join(sign for sign in ";" + _SEPARATORS if sign in found)


def _unit(match: Match, sample: Sample, called: Called, written: Writing) -> Match | None:
    """Return a match with the unit its name or its cells say; None where that cannot be the attribute's."""
    wanted = FIELDS[match.target].unit
    told = called.unit
    if called.odd:
        doubt = N_("the name says that the figures count in a unit that is not known here; look at %(values)s")
        return dataclasses.replace(match, doubts=((doubt, {"values": sample.examples()}),))
    if told is not None:
        if wanted is None or (told != wanted and (told, wanted) not in UNITS):
            return None
        return dataclasses.replace(match, unit=None if told == wanted else told)
    bare = wanted is None or match.level is Level.OWN or match.target in wording.table()["plain"]["units"]
    if bare or not sample.cells or sample.numeric < 1 - _SURE:
        return match
    figures = sorted(samples.figures(sample, None, written))
    if not figures:
        return match
    params: dict[str, object] = {"low": f"{figures[0]:g}", "high": f"{figures[-1]:g}"}
    if match.target in _AREAS:
        guess = "m²" if figures[len(figures) // 2] >= _LARGE_M2 else "ha"
        doubt = N_("the name says no unit; by their size, %(low)s to %(high)s, the figures may be %(unit)s")
        params["unit"] = guess
        return dataclasses.replace(match, unit=None if guess == wanted else guess, doubts=((doubt, params),))
    doubt = N_("the name says no unit; are the figures, %(low)s to %(high)s, in %(unit)s?")
    params["unit"] = str(wanted)
    return dataclasses.replace(match, doubts=((doubt, params),))


def _doubts(match: Match, bad: list[Any]) -> Iterator[Reason]:
    # what is left is said cell by cell, and nothing else goes by such a name
    number = match.target in FIELDS and FIELDS[match.target].type in (Type.NUMBER, Type.INTEGER)
    lenient = _is_coded(match.target) or (number and (match.level or 0) >= Level.EXACT)
    least = _SURE_CODES if lenient else _SURE
    if match.share < least and (match.target != "municipality" or (match.level or 0) < Level.CLOSE):
        values = ", ".join(f"“{value}”" for value in dict.fromkeys(shown(cell, 30) for cell in bad[:50]))
        yield (
            N_("only %(good)s of %(said)s cells are understood, not %(values)s"),
            {
                "good": match.good,
                "said": match.said,
                "values": shown(values, 120) or "…",
            },
        )
    if match.level is None and match.target != "municipality":
        yield N_("found by its values alone"), {}
    elif match.level is not None and match.level < Level.CLOSE and not match.telling:
        yield N_("the name fits only in part"), {}


def _unusual(match: Match, sample: Sample, written: Writing) -> Iterator[Reason]:
    bounds = samples.usual(match.target)
    if bounds is None:
        return
    wanted = FIELDS[match.target].unit
    factor = 1.0 if match.unit is None else UNITS[match.unit, wanted]
    figures = sorted(figure * factor for figure in samples.figures(sample, match.unit or wanted, written))
    if figures and sum(bounds[0] <= figure <= bounds[1] for figure in figures) < _SURE * len(figures):
        yield (
            N_("figures from %(low)s to %(high)s are unusual; look at %(values)s"),
            {
                "low": f"{figures[0]:g}",
                "high": f"{figures[-1]:g}",
                "values": sample.examples(),
            },
        )


def _no_key(sample: Sample, rows: int) -> Iterator[Reason]:
    repeated = next((text for text, count in sample.distinct.items() if count > 1), None)
    if repeated is not None:
        yield N_("“%(value)s” occurs more than once, a key does not"), {"value": shown(repeated, 30)}
    elif sample.cells and len(sample.texts) < rows:
        yield N_("%(n)s rows have none, a key stands in every row"), {"n": rows - len(sample.texts)}


__all__ = ["Match", "Reason", "column", "of_column", "separators"]
