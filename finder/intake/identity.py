"""Tests of who a row is: its name, its keys, its municipality."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from finder.intake.findings import Finding, Mask, Work, found, not_known
from finder.model.query import fold

_PUBLIC_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def write_codes(work: Work) -> None:
    """Put codes in the place of municipalities' names: nothing to complain of. What is no such name stays."""
    codes = {fold(name): code for code, name in work.municipalities.items()}
    cells = work.cells("municipality")
    known = {cell: codes.get(fold(cell), cell) for cell in set(cells) - {None, *work.municipalities}}
    home = _at_home(work)
    named = home & np.array([known.get(cell, cell) != cell for cell in cells], dtype=bool)
    _write(work, "municipality", named, {cell: code for cell, code in known.items() if code != cell})
    further = work.cells("further_municipalities")
    lists = {cell: tuple(dict.fromkeys(codes.get(fold(word), word) for word in cell)) for cell in set(further) - {None}}
    _write(work, "further_municipalities", home & np.array([bool(cell) for cell in further], dtype=bool), lists)


def _at_home(work: Work) -> Mask:
    """Return which rows may name the region's towns: there is another Marl elsewhere."""
    if work.home is None:
        return np.ones(len(work.frame), dtype=bool)
    shapes = work.cells("geometry")
    home: Mask = shapely.is_missing(shapes) | shapely.intersects(shapes, work.home)
    return home


def _write(
    work: Work, name: str, mask: np.ndarray[tuple[int], np.dtype[np.bool_]], cells: Mapping[object, object]
) -> None:
    positions = np.flatnonzero(mask)
    if positions.size:
        work.write(name, positions, [cells[cell] for cell in work.cells(name)[positions]])


def required(work: Work) -> list[Finding]:
    """Find rows without a name, a key or a municipality."""
    return [found(name, not_known(cells := work.cells(name)), cells) for name in ("name", "source_id", "municipality")]


def lost_zeros(work: Work) -> list[Finding]:
    """Find codes of municipalities that a spreadsheet took for numbers."""
    codes = {code.lstrip("0"): code for code in work.municipalities}
    cells = work.cells("municipality")
    positions = np.array(
        [
            i
            for i, (cell, home) in enumerate(zip(cells, _at_home(work), strict=True))
            if home and cell not in work.municipalities and cell.lstrip("0") in codes
        ],
        dtype=np.intp,
    )
    values = list(cells[positions])
    repaired = [codes[value.lstrip("0")] for value in values]
    params: list[dict[str, object]] = [{"code": code} for code in repaired]
    return [Finding(field="municipality", positions=positions, values=values, params=params, repaired=repaired)]


def unknown_municipality(work: Work) -> list[Finding]:
    """Find municipalities that are not of the region."""
    if not work.municipalities or work.home is not None:
        return []
    cells = work.cells("municipality")
    return [found("municipality", np.array([cell not in work.municipalities for cell in cells], dtype=bool), cells)]


def named_otherwise(work: Work) -> list[Finding]:
    """Find rows whose municipality is named again, but as another one of the region."""
    codes = {fold(name): code for code, name in work.municipalities.items()}
    cells, rows = work.cells("municipality"), work.frame.index.tolist()
    told = [work.marks.towns.get(row, ("", ""))[1] for row in rows]
    named = [codes.get(fold(town), town if town in work.municipalities else None) for town in told]
    odd = [code is not None and code != cell for code, cell in zip(named, cells, strict=True)]
    positions = np.flatnonzero(odd)
    params: list[dict[str, object]] = [
        {"town": told[p], "code": cells[p], "name": work.municipalities.get(cells[p], cells[p])} for p in positions
    ]
    return [Finding(field="municipality", positions=positions, values=list(cells[positions]), params=params)]


def no_source(work: Work) -> list[Finding]:
    """Find rows that name no source; their municipality is named: the town delivers its own list."""
    positions = np.flatnonzero(not_known(work.cells("source")))
    codes = list(work.cells("municipality")[positions])
    params: list[dict[str, object]] = [{"source": code} for code in codes]
    return [Finding(field="source", positions=positions, values=[None] * len(codes), params=params, repaired=codes)]


def repeated(work: Work) -> list[Finding]:
    """Find rows whose key an earlier row of the same source has."""
    cells = work.cells("source_id")
    return [found("source_id", _again(list(zip(work.cells("source"), cells, strict=True)), work.seen.keys), cells)]


def odd_id(work: Work) -> list[Finding]:
    """Find public ids that would not stand in a web address."""
    cells = work.cells("id")
    odd = [cell is not None and _PUBLIC_ID.fullmatch(cell) is None for cell in cells]
    return [found("id", np.array(odd, dtype=bool), cells, unknown=True)]


def repeated_id(work: Work) -> list[Finding]:
    """Find public ids that an earlier row has."""
    cells = work.cells("id")
    return [found("id", _again(cells.tolist(), work.seen.ids), cells)]


def _again(cells: Sequence[Any], seen: set[Any]) -> Mask:
    """Return which cells were seen before, and remember them."""
    again = np.zeros(len(cells), dtype=bool)
    for position, cell in enumerate(cells):
        again[position] = cell in seen
        if cell is not None:
            seen.add(cell)
    return again
