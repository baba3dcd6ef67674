"""Moving places from their coordinate reference systems to metres: one step per system, nothing guessed silently."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from finder import crs
from finder.intake.cells import shown
from finder.intake.coordinates import Geometries, Written
from finder.intake.profiles import GeometryRule
from finder.language import N_
from finder.model.record import Issue

SAME_PLACE_M = 250.0
"""Two readings of one coordinate that close (WGS 84 and ETRS89) are one place."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Geometries in metres; `lost` tells the original coordinates of those that could not be placed, by position."""

    geometry: Geometries
    lost: Mapping[int, str]
    issues: list[Issue]


def place(written: Written, rule: GeometryRule) -> Placed:
    """Move geometries straight to metres, one step per CRS.

    Coordinates that do not fit their CRS (they lead nowhere, or outside the profile's box) are tried in the profile's
    other systems, in the region's own, then with swapped axes. One single reading that lands where the file's sites lie
    is taken and reported as repaired; otherwise they stay as they are, to be judged by `finder.intake.validate`.
    """
    written = _without_zero(written)
    rows = written.rows
    issues = list(written.issues)
    out = np.full(len(rows), None, dtype=object)
    given = ~shapely.is_missing(written.geometry)
    for system in dict.fromkeys(written.crs[given]):
        members = np.flatnonzero(given & (written.crs == system))
        if system is not None:
            out[members] = _moved(written.geometry[members], system)
            if crs.is_rough(system):
                message = N_("The exact position of %(said)s on earth is not known; places may be some 100 m off.")
                params = {"said": shown(crs.parse(system).name, 40)}
                issues.append(Issue(rule="crs_rough", action="noted", message=message, field="geometry", params=params))
    unplaced = given & (shapely.is_missing(out) | ~_finite(out))
    mislabelled = given & ~unplaced & _degrees(written.geometry) & _counts_in_metres(written.crs)
    doubtful = unplaced | mislabelled
    if rule.box is not None:
        doubtful |= given & ~unplaced & ~_inside(out, _box(rule.box))
    for position, (geometry, reading) in _readings(written, np.flatnonzero(doubtful), rule).items():
        out[position] = geometry
        issues.append(_issue(reading, rows[position]))
        unplaced[position] = doubtful[position] = False
    with np.errstate(all="ignore"):  # of infinite coordinates
        quoted = {position: shown(written.geometry[position].wkt) for position in np.flatnonzero(doubtful).tolist()}
    lost = {position: value for position, value in quoted.items() if unplaced[position]}
    for position, value in quoted.items():
        said = written.crs[position]
        if said is None:
            out[position] = None
            message = N_("Without a coordinate reference system the site stays without a place.")
            issues.append(_kept("crs_missing", message, rows[position], value))
        elif mislabelled[position]:
            message = N_("The coordinates look like degrees, but %(said)s counts in metres; please check the place.")
            issues.append(_kept("crs_doubtful", message, rows[position], value, said=shown(said, 40)))
        elif not unplaced[position]:
            message = N_("The place lies outside the area that such files cover.")
            issues.append(_kept("outside_profile", message, rows[position], value))
    return Placed(geometry=out, lost=lost, issues=issues)


def _without_zero(written: Written) -> Written:
    """Leave out points at 0, 0: forms that were not filled in say so, and no site of any system lies there."""
    # an empty point has no x to be asked for
    points = np.flatnonzero((shapely.get_type_id(written.geometry) == 0) & ~shapely.is_empty(written.geometry))
    found = written.geometry[points]
    zero = points[(shapely.get_x(found) == 0) & (shapely.get_y(found) == 0)]
    if not zero.size:
        return written
    geometry = written.geometry.copy()
    geometry[zero] = None
    message = N_("The coordinates are 0, 0, which stands for none; the site stays without a place.")
    issues = [_kept("coordinates_zero", message, written.rows[position], "0 0") for position in zero.tolist()]
    return dataclasses.replace(written, geometry=geometry, issues=[*written.issues, *issues])


def _kept(rule: str, message: str, row: int, value: str, **params: object) -> Issue:
    return Issue(rule=rule, action="kept", message=message, row=row, field="geometry", value=value, params=params)


@dataclass(frozen=True)
class _Reading:
    """How else coordinates were read: the CRS said, the one they are in, and whether x and y changed places."""

    said: str | None
    system: str
    swapped: bool


def _readings(written: Written, positions: NDArray[np.intp], rule: GeometryRule) -> dict[int, tuple[Any, _Reading]]:
    """Return for each doubtful geometry the one other reading that lands in the expected area, if there is one.

    Figures that can be degrees are read as degrees only: within 180 m of a grid's origin there are no sites. Swapped
    axes are tried where nothing else fits.
    """
    original = written.geometry[positions]
    positions, original = positions[_finite(original)], original[_finite(original)]
    if not positions.size:
        return {}
    area = crs.region() if rule.box is None else _box(rule.box)
    degrees = _degrees(original)
    found: dict[int, list[tuple[Any, _Reading]]] = {}
    systems = dict.fromkeys((*rule.codes.values(), f"EPSG:{crs.METRIC}", f"EPSG:{crs.LONLAT}"))
    for swapped in (False, True):
        unread = np.array([position not in found for position in positions.tolist()], dtype=bool)
        for system in systems:
            tried = np.flatnonzero(unread & (degrees == crs.parse(system).is_geographic))
            turned = shapely.transform(original[tried], lambda xy: xy[:, ::-1]) if swapped else original[tried]
            moved = _moved(turned, system)
            for index in np.flatnonzero(_inside(moved, area)).tolist():
                position = int(positions[tried[index]])
                reading = _Reading(written.crs[position], system, swapped)
                found.setdefault(position, []).append((moved[index], reading))
    return {position: readings[0] for position, readings in found.items() if _one_place([g for g, _ in readings])}


def _one_place(readings: list[Any]) -> bool:
    centres = shapely.centroid(np.array(readings, dtype=object))
    return bool(np.all(shapely.distance(centres, centres[0]) <= SAME_PLACE_M))


def _issue(reading: _Reading, row: int) -> Issue:
    said, system = reading.said, reading.system
    if reading.swapped and said is not None and crs.parse(said).is_geographic == crs.parse(system).is_geographic:
        message = N_("The coordinates only make sense with their axes swapped; they were swapped.")
        return Issue(rule="axes_swapped", action="repaired", message=message, row=row, field="geometry")
    message = N_("The coordinates do not fit the stated system %(said)s; they are in %(system)s and were read so.")
    return Issue(
        rule="crs_inferred",
        action="repaired",
        message=message,
        row=row,
        field="geometry",
        value=shown(said or ""),
        params={"said": shown(said or "–", 40), "system": system},
    )


def _degrees(geometry: Geometries) -> NDArray[np.bool_]:
    """Return whether the coordinates can be degrees."""
    west, south, east, north = np.abs(shapely.bounds(geometry)).T
    degrees: NDArray[np.bool_] = (west <= 180) & (south <= 180) & (east <= 180) & (north <= 180)
    return degrees


def _counts_in_metres(systems: NDArray[np.object_]) -> NDArray[np.bool_]:
    metres = {system: system is not None and crs.parse(system).is_projected for system in set(systems)}
    return np.array([metres[system] for system in systems], dtype=bool)


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


__all__ = ["Placed", "place"]
