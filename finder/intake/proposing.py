"""The text of a proposed profile: TOML with a comment to everything, what is uncertain behind a #."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from finder.intake import assigning, samples, tomltext, wording
from finder.intake.assigning import Deal
from finder.intake.cells import shown
from finder.intake.matching import Match
from finder.intake.profiles import FIELDS, key, vocabulary_of
from finder.intake.samples import Sample, Writing
from finder.intake.whereabouts import Place
from finder.intake.wording import Level
from finder.language import N_, Language
from finder.model.query import fold
from finder.model.record import RawRecords

_LARGEST_BYTES = 500_000
"""Of the list of columns left out: the whole has to stay a file that profiles are read from."""
_MOST_UNUSABLE = 50
_LONGEST_WORD = 80
_GROUPS = {
    "provenance": ("source", "url", "as_of"),
    "contact": ("organisation", "name", "role", "phone", "email"),
}
_BASIS = {
    Level.OWN: N_("“%(header)s”, our own name"),
    Level.EXACT: N_("“%(header)s”, by its name"),
    Level.CLOSE: N_("“%(header)s”, by its name"),
    Level.PARTLY: N_("“%(header)s”, by a part of its name"),
    Level.SIMILAR: N_("“%(header)s”, by a similar name"),
    Level.VAGUE: N_("“%(header)s”, a name that could mean much"),
    None: N_("“%(header)s”, by its values alone"),
}


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a file's columns seem to be. `rest` are those that say no place, `unusable` those no profile can name."""

    raw: RawRecords
    towns: Mapping[str, str]
    rest: Mapping[str, Sample]
    unusable: Mapping[str, str]
    written: Writing
    place: Place | None
    dealt: Deal


def text(found: Findings, language: Language) -> str:
    """Return the profile that findings lead to."""
    writer = _Writer(found, language)
    parts = [writer.head(), writer.rows(), writer.constants()]
    parts += [writer.column(name) for name in FIELDS if name in found.dealt.taken]
    parts += [writer.derived_key(), *(writer.group(group) for group in _GROUPS)]
    parts += [writer.doubtful(match) for match in found.dealt.doubtful]
    parts += [writer.name_elsewhere(), writer.geometry()]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


class _Writer:
    """Writes the parts of a profile, each as lines."""

    def __init__(self, found: Findings, language: Language) -> None:
        self.found, self.language = found, language
        self.open_groups = {target.partition(".")[0] for target in found.dealt.taken if "." in target}

    def say(self, message: str, **params: object) -> str:
        return tomltext.comment(self.language.text(message, **params))

    def head(self) -> list[str]:
        raw, written = self.found.raw, self.found.written
        origin = raw.origin
        lines = [
            self.say(N_("Proposed by finder import --suggest for “%(file)s”."), file=shown(origin.name)),
            self.say(
                N_("It is %(format)s with %(rows)s rows and %(columns)s columns."),
                format=shown(origin.format),
                rows=len(raw),
                columns=len(raw.columns),
            ),
            self.say(N_("What is uncertain stands behind a # and does nothing; take the # away where it is right.")),
        ]
        if len(raw) > samples.rows(raw):
            lines.append(self.say(N_("%(n)s of the rows were looked at."), n=samples.rows(raw)))
        title = shown(origin.name, 200) or "–"
        lines += [tomltext.pair("name", _slug(title)), tomltext.pair("title", title)]
        if written.decimal is not None:
            lines.append(tomltext.pair("decimal", written.decimal))
        if written.dates:
            lines.append(tomltext.pair("dates", written.dates))
        if written.separators != ";":
            lines.append(tomltext.pair("separators", written.separators))
        lines += [self.say(message, **params) for message, params in written.doubts]
        return [*lines, *self.ignored(), *self.unusable()]

    def ignored(self) -> list[str]:
        """Name the columns that nothing takes."""
        dealt = self.found.dealt
        used = {match.header for matches in dealt.taken.values() for match in matches}
        used |= {match.header for match in dealt.doubtful}
        lines, size, more = list[str](), 0, 0
        for header, sample in self.found.rest.items():
            if header in used:
                continue
            entry = tomltext.string(header)
            line = f"    {entry},  {self.why_left(header, sample)}"
            size += len(line.encode())
            if size <= _LARGEST_BYTES:
                lines.append(line)
            else:
                more += 1
        if lines:
            head = self.say(N_("Nothing takes these columns; every import names them."))
            lines = [head, "ignore = [", *lines, "]"]
        if more:
            lines.append(self.say(N_("Nothing takes %(n)s further columns, for which there is no room here."), n=more))
        return lines

    def why_left(self, header: str, sample: Sample) -> str:
        match = self.found.dealt.also.get(header)
        if match is not None and (first := self.holder(match.target)) is not None:
            message = N_("could be %(target)s, for which “%(other)s” fits better; for example %(values)s")
            other = shown(first.header, 40)
            return self.say(message, target=match.target, other=other, values=sample.examples())
        if not sample.cells:
            return self.say(N_("empty"))
        return self.say(N_("for example %(values)s"), values=sample.examples())

    def holder(self, target: str) -> Match | None:
        dealt = self.found.dealt
        doubtful = [match for match in dealt.doubtful if match.target == target]
        return next(iter([*dealt.taken.get(target.partition("/")[0], []), *doubtful]), None)

    def unusable(self) -> list[str]:
        message = N_("No profile can name the column “%(header)s”: %(reason)s.")
        return [
            self.say(message, header=shown(header), reason=self.language.text(reason))
            for header, reason in list(self.found.unusable.items())[:_MOST_UNUSABLE]
        ]

    def rows(self) -> list[str]:
        count = len(self.found.raw)
        message = N_("The file's number of rows is %(n)s; one with far fewer or far more is remarked on.")
        bounds = [tomltext.pair("min", max(count // 2, 1)), tomltext.pair("max", max(count * 2, 1))]
        return [self.say(message, n=count), "[rows]", *bounds]

    def constants(self) -> list[str]:
        """Propose, never decide, the municipality of the whole file."""
        if "municipality" in self.found.dealt.taken:
            return []
        origin, towns = self.found.raw.origin, self.found.towns
        said = fold(f"{origin.name} {origin.layer or ''}")
        code = next((code for code, name in towns.items() if fold(name) in said), "")
        message = (
            N_("No column is sure to name the municipality; the file's name says %(town)s.")
            if code
            else N_("No column is sure to name the municipality; give it here or with --municipality.")
        )
        lines = tomltext.inactive(["[constants]", tomltext.pair("municipality", code)])
        return [self.say(message, town=towns.get(code, "")), *lines]

    def basis(self, match: Match) -> str:
        name = self.language.text(_BASIS[match.level], header=shown(match.header, 60))
        if not match.said:
            return tomltext.comment(f"{name}: {self.language.text(N_('empty in this file'))}")
        message = (
            N_("of the region: %(good)s of %(said)s cells, for example %(values)s")
            if match.target == "municipality"
            else N_("understood: %(good)s of %(said)s cells, for example %(values)s")
        )
        values = self.found.rest[match.header].examples()
        counts = self.language.text(message, good=match.good, said=match.said, values=values)
        return tomltext.comment(f"{name}; {counts}")

    def column(self, name: str) -> list[str]:
        matches = self.found.dealt.taken[name]
        codes = {word: code for match in matches for word, code in match.codes.items()}
        lines = [*(self.basis(match) for match in matches), f"[columns.{name}]"]
        lines.append(tomltext.pair("from", [match.header for match in matches]))
        if matches[0].unit is not None:
            lines.append(tomltext.pair("unit", matches[0].unit))
        if (join := assigning.join_of(name, len(matches))) is not None:
            lines.append(tomltext.pair("join", join))
        if name in ("name", "source_id"):
            lines.append(tomltext.pair("required", True))
        return [*lines, *self.codes(name, codes, dict.fromkeys(word for match in matches for word in match.open))]

    def codes(self, name: str, codes: Mapping[str, str], open_: Iterable[str]) -> list[str]:
        told = {word: code for word, code in codes.items() if tomltext.is_writable(word) and key(word)}
        left = [word for word in open_ if len(word) <= _LONGEST_WORD and tomltext.is_writable(word)]
        if not told and not left:
            return []
        lines = [f"[columns.{name}.codes]", *tomltext.mapping(told)]
        if left:
            message = N_("These words are not known; each can stand for one of: %(choices)s.")
            lines.append(self.say(message, choices=", ".join(vocabulary_of(name) or ())))
            lines += tomltext.inactive(tomltext.mapping(dict.fromkeys(left, "")))
        return lines

    def derived_key(self) -> list[str]:
        header = self.found.dealt.derived_key
        if header is None:
            return []
        message = N_("No column holds a key; “%(header)s”, different in every row, serves as one.")
        more = N_("A row renamed later counts as a new site: a number that never changes would be better.")
        lines = [self.say(message, header=shown(header, 60)), self.say(more)]
        return [*lines, "[columns.source_id]", tomltext.pair("from", [header]), tomltext.pair("required", True)]

    def group(self, group: str) -> list[str]:
        comments, pairs = list[str](), list[str]()
        for member in _GROUPS[group]:
            if matches := self.found.dealt.taken.get(f"{group}.{member}"):
                comments += [self.basis(match) for match in matches]
                pairs.append(tomltext.pair(member, [match.header for match in matches]))
        return [*comments, f"[{group}]", *pairs] if pairs else []

    def doubtful(self, match: Match) -> list[str]:
        reasons = "; ".join(self.language.text(message, **params) for message, params in match.doubts)
        lines = [self.basis(match), self.say(N_("Uncertain: %(reasons)s."), reasons=reasons)]
        group, _, member = match.target.partition(".")
        if member:
            pair = tomltext.pair(member, [match.header])
            if group in self.open_groups:
                return [*lines, self.say(N_("To be added to [%(group)s]:"), group=group), *tomltext.inactive([pair])]
            self.open_groups.add(group)
            return [*lines, *tomltext.inactive([f"[{group}]", pair])]
        if match.target == "source_id" and self.found.dealt.derived_key is not None:
            lines.append(self.say(N_("It would take the place of the names as key:")))
        body = [f"[columns.{match.target}]", tomltext.pair("from", [match.header])]
        if match.unit is not None:
            body.append(tomltext.pair("unit", match.unit))
        return [*lines, *tomltext.inactive([*body, *self.codes(match.target, match.codes, match.open)])]

    def name_elsewhere(self) -> list[str]:
        """Propose what could stand for a missing name."""
        dealt = self.found.dealt
        if "name" in dealt.taken or any(match.target == "name" for match in dealt.doubtful):
            return []
        for name in ("estate", "address", "cadastral_reference"):
            if matches := dealt.taken.get(name):
                message = N_("No column is sure to hold the name; “%(header)s” could stand for it.")
                pair = tomltext.pair("from", [match.header for match in matches])
                lines = tomltext.inactive(["[columns.name]", pair])
                return [self.say(message, header=shown(matches[0].header, 60)), *lines]
        return []

    def geometry(self) -> list[str]:
        place = self.found.place
        if place is None:
            return []
        lines = [self.say(message, **params) for message, params in place.why]
        named = {"wkt": place.wkt, "x": place.x, "y": place.y}
        body = ["[geometry]", *(tomltext.pair(name, [header]) for name, header in named.items() if header is not None)]
        if place.crs_header is not None:
            body.append(tomltext.pair("crs_from", [place.crs_header]))
        if place.crs is not None:
            body.append(tomltext.pair("crs", place.crs))
        if place.codes:
            body += ["[geometry.codes]", *tomltext.mapping(place.codes)]
        return [*lines, *(body if place.sure else tomltext.inactive(body))]


def _slug(title: str) -> str:
    words = wording.words(title.rpartition(".")[0] or title)
    return "-".join(word for word in words if word.isascii())[:60] or "file"


__all__ = ["Findings", "text"]
