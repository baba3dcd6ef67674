"""Access points from a file of one's own: junctions, stations, freight terminals, ports, under usual names."""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from finder.errors import UnusableInput
from finder.intake import locating, texts, usual
from finder.intake.cells import Problem, check_count, is_empty, means_unknown, plain_text, shown
from finder.intake.locating import Located
from finder.intake.profiles import key
from finder.intake.usual import Columns
from finder.language import N_
from finder.model.access import AccessPoint
from finder.model.query import fold
from finder.model.record import Issue, RawRecords
from finder.model.vocabulary import AccessKind

WORDS = "access"
_LONGEST = 300
_LONGEST_NOTE = 1_000


@dataclass(frozen=True, kw_only=True)
class Points:
    """The access points of a file, their ids unique by its `source`: read = points + rejected + far + others.

    `far` lie too far away to matter, `others` are of other kinds than the one asked for.
    """

    points: list[AccessPoint]
    source: str
    system: str
    read: int
    rejected: int
    far: int
    others: int
    issues: tuple[Issue, ...]


@dataclass(kw_only=True)
class _Work:
    """What is known of the rows so far: kinds and names by row, and which are out, with why."""

    raw: RawRecords
    issues: list[Issue]
    out: dict[int, str] = field(default_factory=dict)

    def reject(self, position: int, rule: str, name: str, message: str, value: str | None = None) -> None:
        """Reject a row, once."""
        if position not in self.out:
            self.out[position] = rule
            self._say("rejected", position, rule, name, message, value)

    def keep(self, position: int, problem: Problem, name: str) -> None:
        """Tell of a cell that stays not known, or was mended."""
        self._say(problem.action, position, problem.rule, name, problem.message, problem.value, problem.params)

    def _say(
        self, action: str, position: int, rule: str, name: str, message: str, value: str | None, params: Any = None
    ) -> None:
        said = {} if value is None else {"value": value}
        self.issues.append(
            Issue(
                rule=rule,
                action=action,
                message=message,
                row=self.raw.rows[position],
                field=name,
                value=value,
                params=params or said,
            )
        )
        check_count(len(self.issues))


def points(
    raw: RawRecords, *, kind: AccessKind | None = None, source: str | None = None, given: str | None = None
) -> Points:
    """Return the access points of a file.

    Parameters
    ----------
    kind : of rows that name none, or in words that are not known; rows of other kinds are left out then.
    source : the name these points go by; else what all rows name, else the file's name.
    given : the coordinate reference system to be taken, whatever the file says.

    Raises
    ------
    UnusableInput
        Nothing says of what kind the rows are or where they lie, or no row can be used.
    """
    words = usual.words(WORDS)
    columns = Columns(raw, words["columns"])
    if kind is None and columns.header("kind") is None:
        raise UnusableInput(
            N_("No column says what kind of access point the rows are; name it with --kind (%(kinds)s)."),
            kinds=", ".join(AccessKind),
        )
    name = source or columns.only("source") or raw.origin.name
    located = locating.locate(raw, columns, given=given)
    work = _Work(raw=raw, issues=[*raw.issues, *located.issues])
    if source is None and columns.header("source") is not None and columns.only("source") is None:
        message = N_("The rows name several sources or none; together they go by “%(name)s”, or by --source.")
        params = {"name": shown(name)}
        work.issues.append(
            Issue(rule="several_sources", action="noted", message=message, field="source", params=params)
        )
    kinds, others = _kinds(columns, kind, work)
    far = _places(located, kinds, words["reach_km"], work)
    found = _built(columns, located, kinds, name, work)
    if not found:
        raise _nothing(work, kind, others, far, located.system)
    _tell_of_places(located, found, far, words["reach_km"], work)
    if others:
        message = N_("Rows of other kinds than the one named are left out: %(n)s.")
        issue = Issue(rule="other_kind", action="noted", message=message, field="kind", params={"n": others})
        work.issues.append(issue)
    return Points(
        points=[point for _, point in found],
        source=name,
        system=located.system,
        read=len(raw),
        rejected=len(work.out),
        far=far,
        others=others,
        issues=tuple(work.issues),
    )


def word(text: str) -> AccessKind | None:
    """Return the kind that a word of German or English stands for, None where it is not known."""
    return _kinds_by_word().get(_plain(text))


# -- kinds ------------------------------------------------------------------------------------------------------------


@functools.cache
def _kinds_by_word() -> dict[str, AccessKind]:
    said = usual.words(WORDS)["kinds"]
    return {_plain(text): kind for kind in AccessKind for text in (kind.value, *said[kind.value])}


def _plain(text: str) -> str:
    return key(fold(text))


def _kinds(columns: Columns, asked: AccessKind | None, work: _Work) -> tuple[list[AccessKind | None], int]:
    """Return the rows' kinds, None where a row is rejected or of another kind than asked for; and how many of those."""
    cells = columns.cells("kind") or [None] * len(work.raw)
    kinds: list[AccessKind | None] = []
    others = 0
    for position, cell in enumerate(cells):
        text = plain_text(cell)
        stated = None if text is None or means_unknown(cell) else word(text)
        kinds.append(stated or asked)
        if asked is not None and stated not in (None, asked):
            kinds[position] = None
            others += 1
        elif kinds[position] is None and text is None:
            work.reject(position, "kind_missing", "kind", N_("The row does not say what kind of access point it is."))
        elif kinds[position] is None:
            message = N_("“%(value)s” is no kind of access point that is known; --kind names one for such rows.")
            work.reject(position, "kind_unknown", "kind", message, shown(text))
    return kinds, others


# -- places -----------------------------------------------------------------------------------------------------------


def _places(located: Located, kinds: list[AccessKind | None], reach_km: float, work: _Work) -> int:
    """Reject rows without a place and leave out those too far away; return how many these are."""
    near = locating.inside(located.geometry, locating.near(reach_km))
    far = 0
    for position, shape in enumerate(located.geometry):
        if kinds[position] is None:
            continue
        if shape is None or shape.is_empty:
            message = N_("The row says of no place where it lies, or not in a way that can be read.")
            work.reject(position, "place_missing", "geometry", message)
        elif not near[position]:
            far += 1
        else:
            continue
        kinds[position] = None
    return far


def _tell_of_places(
    located: Located, found: Sequence[tuple[int, AccessPoint]], far: int, reach_km: float, work: _Work
) -> None:
    made = sum(shapely.get_type_id(located.geometry[position]) != 0 for position, _ in found)
    if made:
        message = N_("Areas and lines are stood for by a point on them: %(n)s.")
        work.issues.append(Issue(rule="areas", action="noted", message=message, field="geometry", params={"n": made}))
    if far:
        message = N_("Points more than %(km)s km from the region are left out: %(n)s.")
        params = {"km": reach_km, "n": far}
        work.issues.append(Issue(rule="far", action="noted", message=message, field="geometry", params=params))


# -- rows -------------------------------------------------------------------------------------------------------------


def _built(
    columns: Columns, located: Located, kinds: list[AccessKind | None], source: str, work: _Work
) -> list[tuple[int, AccessPoint]]:
    """Return the points of the rows that are still in, by position."""
    read = {name: _texts(columns, name, longest, work, kinds) for name, longest in _TEXTS.items()}
    moments = _cast(columns, "as_of", _moment, work, kinds)
    uncertainty = _uncertainty(columns, work, kinds)
    prefix = _prefix(source)
    seen: set[str] = set()
    found = []
    for position, kind in enumerate(kinds):
        if kind is None:
            continue
        if (name := read["name"][position]) is None:
            work.reject(position, "name_missing", "name", N_("The access point has no name."))
            continue
        own = read["id"][position] or f"row-{work.raw.rows[position]}"
        id_ = f"{prefix}-{kind.value}-{own}"
        if id_ in seen:
            message = N_("The id “%(value)s” is that of an earlier row.")
            work.reject(position, "id_repeated", "id", message, own)
            continue
        seen.add(id_)
        found.append(
            (
                position,
                AccessPoint(
                    id=id_,
                    kind=kind,
                    name=name,
                    geometry=shapely.point_on_surface(located.geometry[position]),
                    road=read["road"][position],
                    uncertainty_m=uncertainty[position],
                    as_of=moments[position],
                    source=source,
                    note=read["note"][position],
                ),
            )
        )
    return found


_TEXTS = {"id": 100, "name": _LONGEST, "road": 100, "note": _LONGEST_NOTE}


def _texts(columns: Columns, name: str, longest: int, work: _Work, kinds: Sequence[Any]) -> list[str | None]:
    def cast(cell: object) -> tuple[Any, tuple[Problem, ...]]:
        if name != "id" and means_unknown(cell):
            return None, ()
        return texts.clean(plain_text(cell) or "", longest=longest, one_line=True)

    return _cast(columns, name, cast, work, kinds)


def _cast(
    columns: Columns,
    name: str,
    cast: Callable[[object], tuple[Any, tuple[Problem, ...]]],
    work: _Work,
    kinds: Sequence[Any],
) -> list[Any]:
    """Return a column's values of the rows that are in, None elsewhere, and tell what is wrong with them."""
    cells = columns.cells(name) or [None] * len(work.raw)
    values: list[Any] = [None] * len(cells)
    for position, cell in enumerate(cells):
        if kinds[position] is not None and not is_empty(cell):
            values[position], problems = cast(cell)
            for problem in problems:
                work.keep(position, problem, name)
    return values


@functools.cache
def _undated() -> frozenset[str]:
    return frozenset(map(_plain, usual.words(WORDS)["undated"]))


def _moment(cell: object) -> tuple[str | None, tuple[Problem, ...]]:
    if means_unknown(cell) or _plain(str(cell)) in _undated():
        return None, ()
    if (moment := usual.moment(plain_text(cell) or "")) is not None:
        return moment, ()
    message = N_("“%(value)s” is not a date of the calendar; the value stays unknown.")
    value = shown(cell)
    return None, (Problem(rule="date", message=message, value=value, params={"value": value}),)


def _uncertainty(columns: Columns, work: _Work, kinds: Sequence[Any]) -> list[float | None]:
    cells = columns.cells("uncertainty_m") or [None] * len(work.raw)
    read = usual.figures(cells, "uncertainty_m", work.raw.origin.delimiter)
    work.issues.extend(read.issues)
    values: list[float | None] = [None if value != value or value < 0 else value for value in read.values.tolist()]
    wrong = {*read.unread, *np.flatnonzero(read.values < 0).tolist()}
    for position in sorted(at for at in wrong if kinds[at] is not None and not means_unknown(cells[at])):
        message = N_("“%(value)s” is not a number that can be used here; the value stays unknown.")
        value = shown(cells[position])
        problem = Problem(rule="number", message=message, value=value, params={"value": value})
        work.keep(position, problem, "uncertainty_m")
    return values


def _prefix(source: str) -> str:
    """Return what makes ids of one source differ from those of all others."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(source)).strip("-")[:30]
    return f"{slug or 'own'}-{hashlib.sha256(source.encode('utf-8', 'replace')).hexdigest()[:6]}"


def _nothing(work: _Work, kind: AccessKind | None, others: int, far: int, system: str) -> UnusableInput:
    """Return why no row can be used."""
    why = Counter(work.out.values())
    if kind is not None and others and not why and not far:
        return UnusableInput(
            N_("The file has no point of the kind %(kind)s: all %(n)s rows are of other kinds."),
            kind=kind.value,
            n=others,
        )
    if far and not why:
        return UnusableInput(
            N_("All points of the file lie far from the region, read as %(system)s; --crs names another system."),
            system=system,
        )
    return UnusableInput(
        N_(
            "No row of the file is an access point that can be used: without a kind that is known %(kind)s, without a "
            "place %(place)s, without a name %(name)s, too far away %(far)s, of another kind %(others)s."
        ),
        kind=why["kind_missing"] + why["kind_unknown"],
        place=why["place_missing"],
        name=why["name_missing"],
        far=far,
        others=others,
    )


__all__ = ["Points", "points", "word"]
