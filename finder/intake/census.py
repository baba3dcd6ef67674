"""Cells with people from a census file: where they lie and how many live and work there, nothing unknown as zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from finder import crs
from finder.errors import UnusableInput
from finder.intake import locating, usual
from finder.intake.cells import check_count, is_empty, shown
from finder.intake.usual import Columns
from finder.language import N_
from finder.model.record import Issue, RawRecords

WORDS = "population"
_MOST_TOLD = 20
_MOST_REPEATED = 0.1
_LARGEST_CLASS = 9
_LEAST_FOR_CLASSES = 50
Figures = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Census:
    """The cells near the region that a figure is known of: `x`, `y` in metres, numbers of people with NaN not known.

    All have shape (cells,). `read` = cells + unknown + far + rejected. `source` and `as_of` are what the file itself
    says alike in all rows.
    """

    x: Figures
    y: Figures
    inhabitants: Figures
    workforce: Figures | None
    system: str
    read: int
    unknown: int
    far: int
    rejected: int
    source: str | None
    as_of: str | None
    issues: tuple[Issue, ...]


def cells(raw: RawRecords, *, given: str | None = None) -> Census:
    """Return the cells of a file; `given` is the coordinate reference system to be taken, whatever the file says.

    Raises
    ------
    UnusableInput
        No column holds inhabitants, no row can be placed or lies near the region, or cells come several times.
    """
    words = usual.words(WORDS)
    columns = Columns(raw, words["columns"])
    header = columns.header("inhabitants")
    if header is None:
        raise UnusableInput(
            N_("No column holds inhabitants (%(expected_headers)s …); the file has: %(columns)s."),
            expected_headers=", ".join(words["columns"]["inhabitants"][:6]),
            columns=", ".join(columns.known()) or "–",
        )
    issues = list(raw.issues)
    located = locating.locate(
        raw, columns, given=given, systems=words["coordinate_systems"], cell_system=words["cell_ids"]
    )
    issues += located.issues
    inhabitants = _people(raw, columns, "inhabitants", issues)
    workforce = None if columns.header("workforce") is None else _people(raw, columns, "workforce", issues)
    if located.areas:
        message = N_("Areas are counted at their middle (%(n)s of them).")
        issues.append(Issue(rule="areas", action="noted", message=message, params={"n": located.areas}))
    placed = ~shapely.is_missing(located.geometry)
    middles = shapely.centroid(located.geometry)
    x, y = shapely.get_x(middles), shapely.get_y(middles)
    near = locating.inside(middles, locating.near(words["reach_km"]))
    if not locating.inside(middles[near], crs.region()).any():
        raise _nowhere(located.system, placed)
    issues += _without_place(raw, placed)
    repeated = _repeated(raw, x, y, near, inhabitants, issues)
    known = ~np.isnan(inhabitants) | (False if workforce is None else ~np.isnan(workforce))
    kept = near & known & ~repeated
    if not (kept & ~np.isnan(inhabitants)).any():
        raise UnusableInput(
            N_("No cell near the region has a number in the column “%(column)s”."), column=shown(header)
        )
    far = int((placed & ~near & ~repeated).sum())
    if far:
        message = N_("Cells more than %(km)s km from the region are left out: %(n)s.")
        params = {"km": words["reach_km"], "n": far}
        issues.append(Issue(rule="far", action="noted", message=message, params=params))
    _look_for_classes(inhabitants[kept], header, issues)
    if workforce is not None and np.isnan(workforce[kept]).all():
        workforce = None
    said = columns.only("as_of")
    return Census(
        x=x[kept],
        y=y[kept],
        inhabitants=inhabitants[kept],
        workforce=None if workforce is None else workforce[kept],
        system=located.system,
        read=len(raw),
        unknown=int((near & ~known & ~repeated).sum()),
        far=far,
        rejected=int((~placed | repeated).sum()),
        source=columns.only("source"),
        as_of=None if said is None else usual.moment(said),
        issues=tuple(issues),
    )


# -- numbers of people ------------------------------------------------------------------------------------------------


def _people(raw: RawRecords, columns: Columns, meaning: str, issues: list[Issue]) -> Figures:
    """Return a column of numbers of people, NaN where it says none, and tell of those."""
    cells = columns.cells(meaning) or []
    field = columns.header(meaning) or meaning
    read = usual.figures(cells, field, raw.origin.delimiter)
    issues += read.issues
    values = read.values.copy()
    codes = {word.casefold() for word in usual.words(WORDS)["not_known"]}
    negative = np.flatnonzero(values < 0).tolist()
    secret = [i for i in read.unread if str(cells[i]).strip().casefold() in codes]
    others = sorted(set(read.unread) - set(secret))
    values[negative] = np.nan
    empty = [i for i, cell in enumerate(cells) if is_empty(cell)]
    told = (
        ("not_known", N_("Cells whose number is secret or not known (“%(value)s”) are not counted: %(n)s."), secret),
        ("not_known", N_("Cells whose number is secret or not known (“%(value)s”) are not counted: %(n)s."), negative),
        ("number", N_("“%(value)s” is no number of people; cells that are not counted for it: %(n)s."), others),
    )
    for rule, message, positions in told:
        issues += _by_value(raw, cells, positions, rule, message, field)
    if empty:
        message = N_("Cells without a number are not counted: %(n)s.")
        params = {"n": len(empty)}
        issues.append(
            Issue(rule="gap", action="kept", message=message, row=raw.rows[empty[0]], field=field, params=params)
        )
    return values


def _by_value(
    raw: RawRecords, cells: Sequence[object], positions: Sequence[int], rule: str, message: str, field: str
) -> list[Issue]:
    """Return one issue for each text, at its first row; what is beyond the first few texts goes together."""
    by_text: dict[str, list[int]] = {}
    for position in positions:
        text = shown(cells[position], 40)
        by_text.setdefault(text if text in by_text or len(by_text) < _MOST_TOLD else "…", []).append(position)
    return [
        Issue(
            rule=rule,
            action="kept",
            message=message,
            row=raw.rows[at[0]],
            field=field,
            value=text,
            params={"value": text, "n": len(at)},
        )
        for text, at in by_text.items()
    ]


def _look_for_classes(known: Figures, header: str, issues: list[Issue]) -> None:
    if len(known) >= _LEAST_FOR_CLASSES and np.nanmax(known) <= _LARGEST_CLASS:
        message = N_(
            "No cell has more than %(most)s inhabitants: the column may hold classes, not numbers; please check."
        )
        params = {"most": f"{np.nanmax(known):g}"}
        issues.append(Issue(rule="classes", action="kept", message=message, field=header, params=params))


# -- places -----------------------------------------------------------------------------------------------------------


def _nowhere(system: str, placed: NDArray[np.bool_]) -> UnusableInput:
    if not placed.any():
        return UnusableInput(N_("No row of the file says where it lies in a way that can be read."))
    return UnusableInput(N_("No cell of the file lies in the region, read as %(system)s."), system=system)


def _without_place(raw: RawRecords, placed: NDArray[np.bool_]) -> list[Issue]:
    lost = np.flatnonzero(~placed).tolist()
    check_count(len(lost))
    message = N_("The row says of no place where it lies; it is not counted.")
    return [
        Issue(rule="place_missing", action="rejected", message=message, row=raw.rows[position], field="geometry")
        for position in lost
    ]


def _repeated(
    raw: RawRecords, x: Figures, y: Figures, near: NDArray[np.bool_], inhabitants: Figures, issues: list[Issue]
) -> NDArray[np.bool_]:
    """Return which rows are about a cell again.

    Raises
    ------
    UnusableInput
        Many are: one row for each age or sex, say. Their sum would count people several times.
    """
    at = np.flatnonzero(near)
    _, first = np.unique(np.round(x[at]) + 1j * np.round(y[at]), return_index=True)
    again = np.ones(len(at), dtype=bool)
    again[first] = False
    repeated = np.zeros(len(raw), dtype=bool)
    repeated[at[again]] = True
    if again.sum() > _MOST_REPEATED * len(at):
        raise UnusableInput(
            N_(
                "%(n)s rows are of a cell that an earlier row is of: the file tells people by groups. Keep totals only."
            ),
            n=int(again.sum()),
        )
    message = N_("An earlier row is of the same cell; only that one is counted.")
    for position in np.flatnonzero(repeated).tolist():
        value = None if np.isnan(inhabitants[position]) else f"{inhabitants[position]:g}"
        issues.append(
            Issue(
                rule="cell_repeated",
                action="rejected",
                message=message,
                row=raw.rows[position],
                field="geometry",
                value=value,
            )
        )
    return repeated


__all__ = ["Census", "cells"]
