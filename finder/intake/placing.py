"""From what a file says of places to geometries in metres: one transform per coordinate reference system, nothing guessed silently."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from finder import crs, resources
from finder.errors import UnusableInput
from finder.intake import numbers
from finder.intake.casting import is_empty, plain_text, shown
from finder.intake.profiles import GeometryRule, key
from finder.language import N_
from finder.model.record import Issue

Geometries = NDArray[np.object_]
_EWKT = re.compile(r"\s*SRID=([0-9]{1,6});\s*", re.IGNORECASE)
SAME_PLACE_M = 250.0
"""Two readings of one coordinate that close (WGS 84 and ETRS89) are one place."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """Places as the file gives them: geometries (None: none given) with the CRS of each (None: not said)."""

    geometry: Geometries
    crs: NDArray[np.object_]
    issues: list[Issue] = field(default_factory=list)


def from_wkb(values: Sequence[bytes | None], rows: Sequence[int], system: str | None) -> Written:
    """Read a file's own geometries. An unclosed ring is closed, what is no geometry is left out; both are said."""
    raw = np.empty(len(values), dtype=object)
    raw[:] = [value or None for value in values]
    geometry = shapely.from_wkb(raw, on_invalid="ignore")
    issues = []
    for position in np.flatnonzero(shapely.is_missing(geometry) & (raw != None)):  # noqa: E711 (elementwise)
        fixed = shapely.from_wkb(raw[position], on_invalid="fix")
        if fixed is None:
            issues.append(_unreadable(rows[position], None))
        else:
            geometry[position] = fixed
            message = N_("A ring of the outline was not closed; it was closed.")
            issues.append(
                Issue(rule="ring_closed", action="repaired", message=message, row=rows[position], field="geometry")
            )
    return Written(geometry=_flat(geometry), crs=np.full(len(values), system, dtype=object), issues=issues)


def from_texts(values: Sequence[object], rows: Sequence[int], system: str | None) -> Written:
    """Read WKT, EWKT (its SRID counts) or GeoJSON geometries from a column."""
    texts = np.empty(len(values), dtype=object)
    systems = np.full(len(values), system, dtype=object)
    issues = []
    for position, value in enumerate(values):
        text = orjson.dumps(value, default=str).decode() if isinstance(value, dict) else plain_text(value)
        if text is not None and (match := _EWKT.match(text)):
            text = text[match.end() :]
            systems[position] = f"EPSG:{match[1]}"
        texts[position] = text
    is_json = np.array([text is not None and text[:1] == "{" for text in texts], dtype=bool)
    geometry = np.empty(len(values), dtype=object)
    with np.errstate(invalid="ignore"):
        geometry[~is_json] = shapely.from_wkt(texts[~is_json], on_invalid="ignore")
        geometry[is_json] = shapely.from_geojson(texts[is_json], on_invalid="ignore")
    for position in np.flatnonzero(shapely.is_missing(geometry)):
        if texts[position] is not None:
            issues.append(_unreadable(rows[position], values[position]))
    return Written(geometry=_flat(geometry), crs=systems, issues=issues)


def from_xy(x: Sequence[object], y: Sequence[object], rows: Sequence[int], systems: NDArray[np.object_]) -> Written:
    """Read points from two columns; a row with only one of the two numbers has no place, and that is said."""
    columns = []
    issues = []
    for name, values in (("x", x), ("y", y)):
        read, failed = _coordinates(values)
        columns.append(read)
        message = N_("“%(value)s” is not a coordinate; the site stays without a place.")
        for position in failed:
            text = shown(values[position])
            issues.append(_kept("coordinate", message, rows[position], name, text, value=text))
    given = [np.array([not is_empty(value) for value in values], dtype=bool) for values in (x, y)]
    for position in np.flatnonzero(given[0] != given[1]):
        message = N_("Only one of the two coordinates is given; the site stays without a place.")
        issues.append(_kept("coordinate_missing", message, rows[position], "geometry", None))
    read_well = given[0] & given[1]
    failed_rows = {issue.row for issue in issues}
    read_well &= np.array([row not in failed_rows for row in rows], dtype=bool)
    geometry = np.full(len(rows), None, dtype=object)
    geometry[read_well] = shapely.points(columns[0][read_well], columns[1][read_well])
    return Written(geometry=geometry, crs=systems, issues=issues)


def _coordinates(values: Sequence[object]) -> tuple[NDArray[np.float64], list[int]]:
    sign, _ = numbers.decimal_sign((v for v in values if isinstance(v, str)), ".")
    out = np.full(len(values), np.nan)
    failed = []
    for position, value in enumerate(values):
        if is_empty(value):
            continue
        number: float | None = None
        if isinstance(value, str):
            # NaN and infinity as words are coordinates that lead nowhere, not missing ones
            word = value.strip().casefold()
            number = (
                float(word) if word in ("nan", "inf", "-inf") else numbers.parse(value.strip().rstrip("°"), sign=sign)
            )
        elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < numbers.LARGEST:
            number = float(value)
        elif isinstance(value, float):
            number = value
        if number is None:
            failed.append(position)
        else:
            out[position] = number
    return out, failed


def systems_of(
    values: Sequence[object] | None, rows: Sequence[int], rule: GeometryRule, default: str | None
) -> tuple[NDArray[np.object_], list[Issue]]:
    """Return each row's CRS from its code, the default where there is none; a code not known is said and counts as none."""
    out = np.full(len(rows), default, dtype=object)
    issues = []
    known: dict[str, str | None] = {}
    for position, value in enumerate(values or ()):
        text = plain_text(value)
        if text is None:
            continue
        if text not in known:
            known[text] = rule.codes.get(key(text)) or _parsed(text)
        out[position] = known[text]
        if known[text] is None:
            message = N_("“%(value)s” names no coordinate reference system that is known here.")
            issues.append(_kept("crs_unknown", message, rows[position], "crs", shown(text), value=shown(text)))
    return out, issues


def _parsed(text: str) -> str | None:
    if len(text) > 2000:
        return None
    try:
        crs.parse(text)
    except UnusableInput:
        return None
    return text


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Geometries in metres; `lost` tells the original coordinates of those that could not be placed, by position."""

    geometry: Geometries
    lost: Mapping[int, str]
    issues: list[Issue]


def place(written: Written, rows: Sequence[int], rule: GeometryRule) -> Placed:
    """Move geometries straight to metres, one step per CRS.

    Coordinates that do not fit their CRS (they lead nowhere, or outside the profile's box) are tried in the profile's
    other systems, in the region's own, and with swapped axes. One single reading that lands where the file's sites lie
    is taken and reported as repaired; otherwise they stay as they are, to be judged by `finder.intake.validate`.
    """
    issues = list(written.issues)
    out = np.full(len(rows), None, dtype=object)
    given = ~shapely.is_missing(written.geometry)
    for system in dict.fromkeys(written.crs[given]):
        members = np.flatnonzero(given & (written.crs == system))
        if system is not None:
            out[members] = _moved(written.geometry[members], system)
    unplaced = given & (shapely.is_missing(out) | ~_finite(out))
    doubtful = unplaced.copy()
    if rule.box is not None:
        doubtful |= given & ~unplaced & ~_inside(out, _box(rule.box))
    for position, reading in _readings(written, np.flatnonzero(doubtful), rule).items():
        out[position], issue = reading
        issues.append(_at(issue, rows[position]))
        unplaced[position] = False
        doubtful[position] = False
    for position in np.flatnonzero(doubtful & ~unplaced):
        message = N_("The place lies outside the area that such files cover.")
        issues.append(
            _kept("outside_profile", message, rows[position], "geometry", shown(written.geometry[position].wkt))
        )
    lost = {}
    for position in np.flatnonzero(unplaced):
        lost[int(position)] = shown(written.geometry[position].wkt)
        if written.crs[position] is None:
            out[position] = None
            message = N_("Without a coordinate reference system the site stays without a place.")
            issues.append(_kept("crs_missing", message, rows[position], "geometry", lost[int(position)]))
    return Placed(geometry=out, lost=lost, issues=issues)


def _readings(written: Written, positions: NDArray[np.intp], rule: GeometryRule) -> dict[int, tuple[Any, Issue]]:
    """Return for each doubtful geometry the one other reading of it that lands in the expected area, if there is one."""
    if not positions.size:
        return {}
    area = _box(rule.box or tuple(resources.region()["box"]))
    original = written.geometry[positions]
    finite = _finite(original)
    candidates: dict[int, list[tuple[Any, Issue]]] = {}
    systems = dict.fromkeys((*rule.codes.values(), f"EPSG:{crs.METRIC}", f"EPSG:{crs.LONLAT}"))
    for swapped in (False, True):
        turned = original[finite]
        if swapped:
            turned = shapely.transform(turned, lambda xy: xy[:, ::-1])
        for system in systems:
            moved = _moved(turned, system)
            for index in np.flatnonzero(_inside(moved, area)):
                position = int(positions[finite][index])
                said = written.crs[position]
                candidates.setdefault(position, []).append((moved[index], _reading_issue(said, system, swapped)))
    return {position: found[0] for position, found in candidates.items() if _one_place([g for g, _ in found])}


def _one_place(readings: list[Any]) -> bool:
    centres = shapely.centroid(np.array(readings, dtype=object))
    return bool(np.all(shapely.distance(centres, centres[0]) <= SAME_PLACE_M))


def _reading_issue(said: str | None, system: str, swapped: bool) -> Issue:
    if swapped and said is not None and crs.parse(said).is_geographic == crs.parse(system).is_geographic:
        message = N_("The coordinates only make sense with their axes swapped; they were swapped.")
        return Issue(rule="axes_swapped", action="repaired", message=message, field="geometry")
    message = N_("The coordinates do not fit the stated system %(said)s; they are in %(system)s and were read so.")
    params = {"said": shown(said or "–", 40), "system": system}
    return Issue(
        rule="crs_inferred",
        action="repaired",
        message=message,
        field="geometry",
        value=shown(said or ""),
        params=params,
    )


def _moved(geometry: Geometries, system: str) -> Geometries:
    with np.errstate(all="ignore"):
        moved: Geometries = crs.to_metric(geometry, system)
    return moved


@functools.lru_cache(maxsize=16)
def _box(box: tuple[float, float, float, float]) -> Any:
    polygon = crs.lonlat_box(*box)
    shapely.prepare(polygon)
    return polygon


def _finite(geometry: Geometries) -> NDArray[np.bool_]:
    """Return whether all coordinates are finite numbers; True for None."""
    coordinates, index = shapely.get_coordinates(geometry, return_index=True)
    out = np.ones(len(geometry), dtype=bool)
    out[index[~np.isfinite(coordinates).all(axis=1)]] = False
    return out


def _inside(geometry: Geometries, area: Any) -> NDArray[np.bool_]:
    """Return whether the middle of each geometry's bounds lies in the area."""
    bounds = shapely.bounds(geometry)
    with np.errstate(all="ignore"):
        x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    out = np.isfinite(x) & np.isfinite(y)
    out[out] = shapely.contains_xy(area, x[out], y[out])
    return out


def _flat(geometry: Geometries) -> Geometries:
    flat: Geometries = shapely.force_2d(geometry)
    return flat


def _unreadable(row: int, value: object) -> Issue:
    message = N_("The geometry cannot be read; the site stays without a place.")
    return _kept("geometry_unreadable", message, row, "geometry", None if value is None else shown(value))


def _kept(rule: str, message: str, row: int, name: str, value: str | None, **params: object) -> Issue:
    return Issue(rule=rule, action="kept", message=message, row=row, field=name, value=value, params=params)


def _at(issue: Issue, row: int) -> Issue:
    return Issue(
        rule=issue.rule,
        action=issue.action,
        message=issue.message,
        row=row,
        field=issue.field,
        value=issue.value,
        params=issue.params,
    )


__all__ = ["Placed", "Written", "from_texts", "from_wkb", "from_xy", "place", "systems_of"]
