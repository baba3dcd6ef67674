"""Proposing a profile from a file's columns: TOML to look through, in which nothing uncertain is active."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from finder.intake import assigning, choosing, matching, proposing, samples, tomltext, whereabouts, wording
from finder.intake.profiles import key
from finder.intake.proposing import Findings
from finder.intake.towns import Towns
from finder.language import N_, Language
from finder.model.record import RawRecords

_LONGEST_HEADER = 300


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A proposed profile: its text, and what a person should know of it, sentence by sentence."""

    toml: str
    summary: tuple[str, ...]


def suggest(raw: RawRecords, towns: Mapping[str, str], language: Language) -> Suggestion:
    """Return a profile proposed for a file, with comments in the reader's language.

    Parameters
    ----------
    towns : names of the region's municipalities by their codes.
    """
    found = look(raw, towns)
    return Suggestion(toml=proposing.text(found, language), summary=tuple(_summary(found, language)))


def look(raw: RawRecords, towns: Mapping[str, str]) -> Findings:
    """Return what a file's columns seem to be."""
    usable, unusable = _usable(raw)
    looked_at = {header: sample for header, sample in samples.look(raw).items() if header in usable}
    cut = raw.origin.format.startswith("Shapefile")
    names = {header: wording.called(header, cut=cut) for header in looked_at}
    lists = matching.separators((sample, names[header]) for header, sample in looked_at.items())
    written = dataclasses.replace(samples.writing(raw, looked_at.values()), separators=lists)
    place = whereabouts.find(raw, looked_at, names)
    rest = {h: sample for h, sample in looked_at.items() if place is None or h not in place.headers}
    dealt = assigning.deal(rest, names, written, Towns(towns), samples.rows(raw))
    return Findings(raw=raw, towns=towns, rest=rest, unusable=unusable, written=written, place=place, dealt=dealt)


def _usable(raw: RawRecords) -> tuple[frozenset[str], dict[str, str]]:
    """Return the headers that a profile can name, and why it cannot name the others."""
    usable: dict[str, str] = {}
    others: dict[str, str] = {}
    for header in raw.columns:
        if not key(header):
            others[header] = N_("it has no name")
        elif len(header) > _LONGEST_HEADER or not tomltext.is_writable(header):
            others[header] = N_("its name cannot be written down")
        elif key(header) in usable:
            others[header] = N_("another column has the same name")
        else:
            usable[key(header)] = header
    return frozenset(usable.values()), others


def _summary(found: Findings, language: Language) -> Iterator[str]:
    text, dealt, place = language.text, found.dealt, found.place
    taken = {match.header for matches in dealt.taken.values() for match in matches}
    placed = len(place.headers) if place is not None else 0
    sure = place is not None and place.sure
    yes, perhaps = len(taken) + placed * sure, len(dealt.doubtful) + placed * (not sure)
    yield text(
        N_("%(columns)s columns: %(taken)s taken, %(open)s uncertain (behind a #), %(left)s left out."),
        columns=len(found.raw.columns),
        taken=yes,
        open=perhaps,
        left=len(found.raw.columns) - yes - perhaps,
    )
    if (known := choosing.fitting(found.raw)) is not None:
        yield text(N_("The bundled profile “%(profile)s” fits this file as it is."), profile=known.profile.name)
    for name in ("name", "municipality"):
        if name not in dealt.taken:
            yield text(N_("No column is sure to hold: %(field)s. Rows without it are rejected."), field=name)
    if "source_id" not in dealt.taken:
        yield text(
            N_("No column is sure to hold a key that never changes; rows without one are rejected.")
            if dealt.derived_key is None
            else N_("No column holds a key; the names serve as one.")
        )
    if place is not None and not place.sure:
        yield text(N_("Where the sites lie is uncertain; see the end of the profile."))
    for message, params in found.written.doubts:
        yield text(message, **params)


__all__ = ["Suggestion", "look", "suggest"]
