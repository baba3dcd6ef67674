"""Dealing out a file's columns: each goes to one part of the profile, and each part to the columns that fit best."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from finder.intake import matching, wording
from finder.intake.matching import Match
from finder.intake.profiles import FIELDS
from finder.intake.samples import Sample, Writing
from finder.intake.towns import Towns
from finder.intake.wording import Called, Level
from finder.model.attributes import Type

_JOINED = (
    *("note", "planning_note", "transport_note", "availability_note", "sectors_note", "zoning_detail", "former_use"),
)
"""Texts that may be put together from several columns."""
_OWN_HEADERS = 10
"""With so many columns in our own words a file follows our own schema."""


@dataclass(kw_only=True)
class Deal:
    """What the columns are: sure matches by target, doubtful ones, and what became of the rest."""

    taken: dict[str, list[Match]] = field(default_factory=dict)
    doubtful: list[Match] = field(default_factory=list)
    also: dict[str, Match] = field(default_factory=dict)
    """Columns whose attribute another column has already."""
    derived_key: str | None = None
    """The column of names that serves as key, where none holds one."""


def deal(
    samples: Mapping[str, Sample],
    names: Mapping[str, Called],
    written: Writing,
    towns: Towns,
    rows: int,
) -> Deal:
    """Return which column is what; every column takes part once, the best matches first."""
    own = _follows_our_schema(names)
    matches: list[tuple[Match, int]] = []
    for place, (header, sample) in enumerate(samples.items()):
        called = _ours(names[header]) if own else _not_ours(names[header])
        found = matching.of_column(sample, called, written, towns, rows)
        matches += [(_trusted(match) if own else match, place) for match in found]
    matches.sort(key=lambda pair: (*(-part for part in pair[0].rank()), pair[1], _order(pair[0].target)))
    dealt = Deal()
    done: set[str] = set()
    for match, _ in matches:
        if match.sure and match.header not in done:
            if _has_room(match, dealt.taken):
                dealt.taken.setdefault(match.target, []).append(match)
                dealt.also.pop(match.header, None)
                done.add(match.header)
            else:
                dealt.also.setdefault(match.header, match)
    for match, _ in matches:
        if match.sure or match.header in done:
            continue
        if match.target in dealt.taken or match.target in {other.target for other in dealt.doubtful}:
            dealt.also.setdefault(match.header, match)
        else:
            dealt.doubtful.append(match)
            dealt.also.pop(match.header, None)
            done.add(match.header)
    _keep_words(dealt, [match for match, _ in matches])
    _settle_parts(dealt)
    _settle_key(dealt, samples, rows)
    return dealt


def _follows_our_schema(names: Mapping[str, Called]) -> bool:
    return sum(Level.OWN in called.targets.values() for called in names.values()) >= _OWN_HEADERS


def _ours(called: Called) -> Called:
    """Return what a header is in our own schema: what it says and nothing else."""
    own = {target: level for target, level in called.targets.items() if level is Level.OWN}
    return dataclasses.replace(called, targets=own or called.targets)


def _not_ours(called: Called) -> Called:
    """Return what an id is in a list that is not ours: the supplier's key, not a public id."""
    if called.targets.get("id") is not Level.OWN:
        return called
    return dataclasses.replace(called, targets={"source_id": Level.EXACT})


def _trusted(match: Match) -> Match:
    return dataclasses.replace(match, doubts=()) if match.level is Level.OWN else match


def _order(target: str) -> int:
    ordered = [*FIELDS]
    return ordered.index(target) if target in ordered else len(ordered)


def _has_room(match: Match, taken: Mapping[str, list[Match]]) -> bool:
    present = taken.get(match.target)
    if not present:
        return True
    if match.target in _JOINED or match.target.startswith("provenance."):
        return True
    # a column of names fills what the column of codes leaves open
    named = (match.level or 0) >= Level.CLOSE
    return match.target == "municipality" and named and match.telling and present[0].telling


def _keep_words(dealt: Deal, matches: list[Match]) -> None:
    """Let a column of codes also be the text that goes by its name, where some of its words are no codes."""
    torn = {match.header for found in dealt.taken.values() for match in found if match.open}
    for match in matches:
        text = match.target in FIELDS and FIELDS[match.target].type is Type.TEXT
        if match.header in torn and text and match.sure and match.target not in dealt.taken:
            dealt.taken[match.target] = [match]
            torn.discard(match.header)


def _settle_parts(dealt: Deal) -> None:
    """Put attributes together that stand in several columns, where no single column tells them better."""
    for attribute, parts in wording.table()["parts"].items():
        order = [f"{attribute}/{part}" for part in parts if part != "join"]
        present = [match for target in order for match in dealt.taken.pop(target, [])]
        if not present:
            continue
        direct = dealt.taken.get(attribute, [])
        # a street and its number say more than a description of where it is; one whole reference more than its parts
        if direct and not (attribute == "address" and present[0].target == order[0]):
            dealt.also.update({match.header: dataclasses.replace(match, target=attribute) for match in present})
            continue
        dealt.also.update({match.header: match for match in direct})
        dealt.taken[attribute] = [dataclasses.replace(match, target=attribute) for match in present]
    dealt.doubtful = [match for match in dealt.doubtful if "/" not in match.target]


def _settle_key(dealt: Deal, samples: Mapping[str, Sample], rows: int) -> None:
    """Let unique names serve as key where no column holds one: without a key no row can be stored."""
    if "source_id" in dealt.taken or not rows:
        return
    for target in ("name", "cadastral_reference"):
        columns = dealt.taken.get(target, [])
        if len(columns) == 1 and len(samples[columns[0].header].distinct) == rows:
            dealt.derived_key = columns[0].header
            return


def join_of(target: str, count: int) -> str | None:
    """Return by which text an attribute's columns are joined; None where the first that says something counts."""
    if count < 2:
        return None
    if target in wording.table()["parts"]:
        return str(wording.table()["parts"][target]["join"])
    return "; " if target in _JOINED and FIELDS[target].type is Type.TEXT else None


__all__ = ["Deal", "deal", "join_of"]
