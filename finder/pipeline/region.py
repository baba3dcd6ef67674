"""The first start: the region's reference data and a bundled inventory; and its owner's better data later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from finder import crs, resources, sources
from finder.errors import ConfigError, UnusableInput
from finder.language import N_
from finder.limits import DEFAULT, Limits
from finder.model.access import AccessPoint
from finder.model.outcome import Report
from finder.model.place import MapLine, Municipality, Place
from finder.model.vocabulary import Status
from finder.pipeline.delivery import deliver
from finder.pipeline.progress import Progress, silent
from finder.roads.network import Network
from finder.sources import bundled
from finder.store import reference
from finder.store.database import Database

INVENTORIES = {"documented": bundled.INVENTORY, "sample": bundled.SAMPLE}
"""The bundled inventories by the word kept in the database; "own" is a database that began empty."""


def start(
    database: Database,
    inventory: str,
    *,
    network: Callable[[], Network | None] = lambda: None,
    progress: Progress = silent,
) -> list[Report]:
    """Make the database ready: its tables in today's state and, on the first start, filled with `inventory`.

    Returns the reports of what was filled in, empty when there was nothing to do. The road network is opened only then.

    Raises
    ------
    ConfigError
        The fictional sample is asked for, but the database holds real data.
    """
    database.migrate()
    with database.reading() as session:
        present = reference.setting(session, "inventory")
    if present is not None and inventory == "sample" and present != "sample":
        raise ConfigError(N_("This database holds real data; the fictional sample needs a database of its own."))
    if present is not None:
        return []
    return fill(database, inventory, network=network(), progress=progress)


def fill(
    database: Database, inventory: str, *, network: Network | None = None, progress: Progress = silent
) -> list[Report]:
    """Fill a fresh database with the region's reference data and a bundled inventory; again does no harm.

    That it is filled is noted last: a start that was cut off begins anew.
    """
    progress(N_("Loading the region"))
    with database.writing() as session:
        reference.replace(session, Municipality, bundled.municipalities())
        reference.replace(session, AccessPoint, bundled.access_points())
        reference.replace(session, Place, bundled.places())
        reference.replace(session, MapLine, bundled.lines())
    reports = []
    if inventory in INVENTORIES:
        path = bundled.path(INVENTORIES[inventory])
        reports.append(
            deliver(
                database,
                path,
                actor="bundled",
                status=Status.PUBLISHED,
                strict=True,
                network=network,
                progress=progress,
            )
        )
    with database.writing() as session:
        reference.set_setting(session, "inventory", inventory)
    return reports


def load_boundaries(
    database: Database,
    path: Path,
    *,
    layer: str | None = None,
    crs_given: str | None = None,
    limits: Limits = DEFAULT,
) -> list[str]:
    """Give the region's municipalities the real boundaries of a file by their codes; return those it knew.

    Raises
    ------
    UnusableInput
        The file has no geometry, no column holds the municipalities' codes, or none of them is of this region.
    """
    raw = sources.read(path, layer=layer, limits=limits)
    source_crs = crs_given or raw.crs
    if raw.geometry is None:
        raise UnusableInput(N_("The file holds no boundaries, only a table."))
    if source_crs is None:
        raise UnusableInput(N_("The file does not say its coordinate reference system; give it with --crs EPSG:N."))
    wanted = resources.region()["municipality_columns"]
    column = next((raw.columns[name] for name in raw.columns if name.casefold() in wanted), None)
    if column is None:
        names = ", ".join(wanted)
        raise UnusableInput(N_("No column with the municipalities' codes was found (%(names)s)."), names=names)
    shapes = crs.to_metric(shapely.make_valid(shapely.from_wkb(np.array(list(raw.geometry), dtype=object))), source_crs)
    by_code: dict[str, list[Any]] = {}
    with database.writing() as session:
        # a column of numbers has lost its leading zeros
        codes = {town.code.lstrip("0"): town.code for town in reference.municipalities(session)}
        for code, shape in zip(column, shapes.tolist(), strict=True):
            if shape is not None and (known_as := codes.get(str(code).strip().lstrip("0"))):
                by_code.setdefault(known_as, []).append(shape)
        known = reference.set_boundaries(
            session, {code: shapely.union_all(parts) for code, parts in by_code.items()}, raw.origin.name
        )
    if not known:
        raise UnusableInput(N_("None of the file's municipalities belongs to this region."))
    return known
