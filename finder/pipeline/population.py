"""Bringing a census grid in: read, check, put in the place of the older one, count anew who is near every site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import shapely

from finder import sources
from finder.errors import NotFound, UnusableInput
from finder.intake import census, usual
from finder.intake.census import Census
from finder.language import N_
from finder.limits import DEFAULT, Limits
from finder.measures.gathering import SQUARE_M, Cells, gathered
from finder.model.loaded import PopulationReport
from finder.model.people import Grid
from finder.model.record import Issue, Origin
from finder.pipeline.catchment import Ways, measure_catchments, ways
from finder.pipeline.progress import Progress, silent
from finder.pipeline.transaction import Undone, writing
from finder.roads.network import Network
from finder.store import population, reference
from finder.store.database import Database, Session


def load_population(
    database: Database,
    path: Path,
    *,
    layer: str | None = None,
    crs_given: str | None = None,
    source: str | None = None,
    as_of: str | None = None,
    network: Network | None = None,
    dry_run: bool = False,
    limits: Limits = DEFAULT,
    progress: Progress = silent,
) -> PopulationReport:
    """Bring a file of cells with inhabitants into the store in the place of the older one.

    Without a `source` it is what all rows of the file name, else the file's name; so is `as_of`, else not known. Who is
    near is counted anew for all sites, over the `network` where there is one.

    Raises
    ------
    UnusableInput, UnsafeInput, NotFound
        The file or the call is unusable as a whole; nothing was stored and nothing is lost.
    """
    told = None if as_of is None else _moment(as_of)
    progress(N_("Reading"))
    raw = sources.read(path, layer=layer, limits=limits)
    progress(N_("Checking"))
    found = census.cells(raw, given=crs_given)
    cells = gathered(Cells(found.x, found.y, found.inhabitants, found.workforce))
    grid = _grid(found, cells, raw.origin, source, told)
    report: PopulationReport | None = None
    with writing(database) as session:
        progress(N_("Storing"))
        changed = population.replace(session, grid, cells.x, cells.y, cells.inhabitants, cells.workforce)
        inside, schematic = _in_towns(session, found)
        measured = measure_catchments(session, minutes=_ways(network), progress=progress)
        report = PopulationReport(
            origin=raw.origin,
            grid=grid,
            read=found.read,
            rejected=found.rejected,
            inside=inside,
            schematic=schematic,
            changed=changed,
            stored=not dry_run,
            measured=measured,
            issues=(*found.issues, *_gathered(found, cells)),
        )
        if dry_run:
            raise Undone
    assert report is not None
    return report


def withdraw_population(
    database: Database, *, network: Network | None = None, dry_run: bool = False, progress: Progress = silent
) -> tuple[Grid, int]:
    """Take the grid back, so that towns count again; return what it was, and of how many sites people were counted.

    Raises
    ------
    NotFound
        None is loaded.
    """
    told: tuple[Grid, int] | None = None
    with writing(database) as session:
        if (grid := population.grid(session)) is None:
            raise NotFound(N_("No population is loaded."))
        population.withdraw(session)
        told = grid, measure_catchments(session, minutes=_ways(network), progress=progress)
        if dry_run:
            raise Undone
    assert told is not None
    return told


def _ways(network: Network | None) -> Ways | None:
    return None if network is None else ways(network)


def _grid(found: Census, cells: Cells, origin: Origin, source: str | None, as_of: str | None) -> Grid:
    workforce = None if found.workforce is None else round(float(np.nansum(found.workforce)))
    return Grid(
        key=population.key(cells.x, cells.y, cells.inhabitants, cells.workforce),
        source=source or found.source or origin.name,
        file_name=origin.name,
        sha256=origin.sha256,
        as_of=as_of or found.as_of,
        system=found.system,
        cells=len(found.x),
        unknown=found.unknown,
        far=found.far,
        inhabitants=round(float(np.nansum(found.inhabitants))),
        workforce=workforce,
    )


def _gathered(found: Census, cells: Cells) -> list[Issue]:
    if len(cells) == len(found.x):
        return []
    message = N_("Fine cells are counted together in squares of %(metres)s m: %(n)s in %(squares)s.")
    params = {"metres": round(SQUARE_M), "n": len(found.x), "squares": len(cells)}
    return [Issue(rule="gathered", action="noted", message=message, params=params)]


def _in_towns(session: Session, found: Census) -> tuple[int | None, bool]:
    """Return how many live in the region's municipalities, and whether the area of one is only schematic."""
    towns = [town for town in reference.municipalities(session) if town.geometry is not None]
    if not towns:
        return None, False
    areas: Any = shapely.union_all([town.geometry for town in towns])
    shapely.prepare(areas)
    lying = shapely.contains_xy(areas, found.x, found.y)
    return round(float(np.nansum(found.inhabitants[lying]))), any(town.schematic for town in towns)


def _moment(text: str) -> str:
    if (moment := usual.moment(text)) is None:
        raise UnusableInput(
            N_("“%(value)s” is no date; write a year, a month or a day as 2022, 2022-05 or 2022-05-15."),
            value=text[:80],
        )
    return moment


__all__ = ["load_population", "withdraw_population"]
