"""Where the rows of a reference file lie: its own geometry, columns of coordinates, or the ids of a grid's cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from finder import crs, resources
from finder.errors import UnusableInput
from finder.intake import coordinates, usual
from finder.intake.cells import plain_text, shown
from finder.intake.coordinates import Geometries
from finder.intake.placing import SAME_PLACE_M
from finder.intake.profiles import GeometryRule
from finder.intake.usual import Columns
from finder.language import N_
from finder.model.record import Issue, RawRecords

_CELL = re.compile(
    r"(?:CRS(?P<crs>[0-9]{4,5})RES(?P<metres>[0-9]{1,6})m|(?P<size>[0-9]{1,6})(?P<unit>k?m))"
    r"(?P<south>[NS])(?P<y>[0-9]{1,8})(?P<west>[EW])(?P<x>[0-9]{1,8})",
    re.IGNORECASE,
)
_SAMPLE = 50_000
_MOST_CELLS = 0.5  # a column of ids is one of cells where more than this part of it says so


@dataclass(frozen=True, kw_only=True)
class Located:
    """Places in metres (`crs.METRIC`), None where a row has none that can be read; `system` they were read in.

    `areas` are polygons, to be stood for by points.
    """

    geometry: Geometries
    system: str
    areas: int
    issues: tuple[Issue, ...]


def locate(
    raw: RawRecords, columns: Columns, *, given: str | None, systems: Sequence[int] = (), cell_system: int | None = None
) -> Located:
    """Return where the rows lie.

    Parameters
    ----------
    columns : with names for x, y and wkt, and for cell where grids are expected.
    given : the system the caller asks for, whatever the file says.
    systems : EPSG codes tried beside the region's own where nobody says the system.
    cell_system : EPSG code of ids of cells that name none.

    Raises
    ------
    UnusableInput
        The file has no places, or nobody says their system and not exactly one puts them around the region.
    """
    if given is not None:
        crs.parse(given)
    if cell_system is not None and not _has_own(raw) and (cells := _cells(columns, cell_system)) is not None:
        return _of_cells(*cells, given)
    written, said = _written(raw, columns)
    issues = []
    if given is not None:
        if said is not None and crs.parse(said) != crs.parse(given):
            message = N_("The file states the system %(said)s; %(system)s was asked for and used.")
            params = {"said": shown(crs.parse(said).name), "system": shown(given)}
            issues.append(Issue(rule="crs_given", action="noted", message=message, field="geometry", params=params))
        system = given
    elif said is not None:
        system = said
    else:
        system = _inferred(written, systems)
        message = N_("The file does not say its system; only read as %(system)s (%(name)s) its places lie here.")
        params = {"system": system, "name": crs.parse(system).name}
        issues.append(
            Issue(
                rule="crs_inferred", action="repaired", message=message, field="geometry", value=system, params=params
            )
        )
    with np.errstate(all="ignore"):  # what leads nowhere is left out below
        moved = crs.to_metric(written, system)
    lost = ~np.isfinite(shapely.bounds(moved)).all(axis=1)
    moved[lost] = None
    areas = int((shapely.get_dimensions(moved) == 2).sum())
    return Located(geometry=moved, system=_named(system), areas=areas, issues=tuple(issues))


def near(reach_km: float) -> Any:
    """Return the area (metres) within `reach_km` of the region."""
    area = crs.region().buffer(reach_km * 1000.0)
    shapely.prepare(area)
    return area


def inside(geometry: Geometries, area: Any) -> NDArray[np.bool_]:
    """Return whether the middle of each geometry lies in the area; no for None."""
    bounds = shapely.bounds(geometry)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    out = np.isfinite(x) & np.isfinite(y)
    out[out] = shapely.contains_xy(area, x[out], y[out])
    return out


# -- as they stand in the file ----------------------------------------------------------------------------------------


def _has_own(raw: RawRecords) -> bool:
    return raw.geometry is not None and any(shape is not None for shape in raw.geometry)


def _written(raw: RawRecords, columns: Columns) -> tuple[Geometries, str | None]:
    """Return the places as they are written, and the system the file says they are in."""
    if _has_own(raw) and raw.geometry is not None:
        return coordinates.from_wkb(raw.geometry, raw.rows, raw.crs).geometry, raw.crs
    x, y = columns.cells("x"), columns.cells("y")
    if x is not None and y is not None:
        pair = [usual.figures(cells, "geometry").values for cells in (x, y)]
        points = np.full(len(raw), None, dtype=object)
        both = np.isfinite(pair[0]) & np.isfinite(pair[1]) & ((pair[0] != 0) | (pair[1] != 0))
        points[both] = shapely.points(pair[0][both], pair[1][both])
        return points, None
    if (wkt := columns.cells("wkt")) is not None:
        written = coordinates.from_columns(raw.rows, GeometryRule(), wkt=wkt, xy=None, codes=None, given=None)
        said = {system for system in written.crs if system is not None}
        return written.geometry, said.pop() if len(said) == 1 else None
    raise UnusableInput(
        N_("The file says of no row where it lies: it has no geometry and no columns x and y; it has: %(columns)s."),
        columns=", ".join(columns.known()) or "–",
    )


# -- ids of cells -----------------------------------------------------------------------------------------------------


def _cells(columns: Columns, system: int) -> tuple[Geometries, int] | None:
    """Return the middles of cells by their ids and the EPSG code of their system, None where there are no such ids."""
    ids = columns.cells("cell")
    if ids is None:
        return None
    read = [parse_cell(text, system) if (text := plain_text(cell)) else None for cell in ids]
    known = [one for one in read if one is not None]
    if len(known) <= _MOST_CELLS * len(ids):
        return None
    said = {code for code, _, _ in known}
    if len(said) > 1:
        raise UnusableInput(
            N_("The cells' ids name several coordinate reference systems: %(systems)s."),
            systems=", ".join(f"EPSG:{code}" for code in sorted(said)[:5]),
        )
    points = np.full(len(ids), None, dtype=object)
    there = np.array([one is not None for one in read], dtype=bool)
    points[there] = shapely.points([(x, y) for _, x, y in known])
    return points, said.pop()


def parse_cell(text: str, system: int) -> tuple[int, float, float] | None:
    """Return the EPSG code and the middle (metres) that the id of a grid's cell names, None where it is none.

    ``CRS3035RES1000mN3140000E4081000`` counts in metres, ``1kmN3140E4081`` leaves out the zeros that its size ends
    with and is in `system`; both name the south-western corner.
    """
    match = _CELL.search(text)
    if match is None or match.end() != len(text):
        return None
    if match["crs"]:
        code, size_m, step = int(match["crs"]), int(match["metres"]), 1
    else:
        code, size_m = system, int(match["size"]) * (1000 if match["unit"].casefold() == "km" else 1)
        step = 10 ** (len(str(size_m)) - len(str(size_m).rstrip("0")))
    if not size_m:
        return None
    east = int(match["x"]) * step * (-1 if match["west"] in "Ww" else 1)
    north = int(match["y"]) * step * (-1 if match["south"] in "Ss" else 1)
    return code, east + size_m / 2, north + size_m / 2


def _of_cells(points: Geometries, code: int, given: str | None) -> Located:
    issues: tuple[Issue, ...] = ()
    system = f"EPSG:{code}"
    if given is not None and crs.parse(given) != crs.parse(system):
        message = N_("The cells' ids name the system %(said)s themselves; %(system)s was not used.")
        params = {"said": system, "system": shown(given)}
        issues = (Issue(rule="crs_given", action="noted", message=message, field="geometry", params=params),)
    return Located(geometry=crs.to_metric(points, system), system=system, areas=0, issues=issues)


# -- the system -------------------------------------------------------------------------------------------------------


def _inferred(written: Geometries, systems: Sequence[int]) -> str:
    """Return the only usual system in which any of the places lie in the region."""
    there = written[~shapely.is_missing(written)]
    there = there[:: max(1, len(there) // _SAMPLE)]
    found: dict[str, tuple[Geometries, NDArray[np.bool_]]] = {}
    for code in dict.fromkeys((*resources.region()["coordinate_systems"], *systems)):
        with np.errstate(all="ignore"):
            moved = crs.to_metric(there, code)
        lying = inside(moved, crs.region())
        if lying.any():
            found[f"EPSG:{code}"] = moved, lying
    if found and _one_place(list(found.values())):
        return next(iter(found))
    tried = ", ".join(f"EPSG:{code}" for code in (*resources.region()["coordinate_systems"], *systems))
    if found:
        raise UnusableInput(
            N_("The file does not say its coordinate reference system and fits several (%(systems)s); give --crs."),
            systems=", ".join(found),
        )
    raise UnusableInput(
        N_("The file does not say its coordinate reference system, and none of %(systems)s puts it here; give --crs."),
        systems=tried,
    )


def _one_place(found: list[tuple[Geometries, NDArray[np.bool_]]]) -> bool:
    first, lying = found[0]
    return all(bool((shapely.distance(first[lying], other[lying]) <= SAME_PLACE_M).all()) for other, _ in found[1:])


def _named(system: str) -> str:
    """Return a system as a report may name it: long definitions by their name."""
    return system if len(system) <= 20 else shown(crs.parse(system).name, 60)


__all__ = ["Located", "inside", "locate", "near", "parse_cell"]
