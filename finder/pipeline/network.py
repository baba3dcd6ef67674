"""From an extract of OpenStreetMap to the road network that ways are measured on."""

from __future__ import annotations

from pathlib import Path

from finder import sources
from finder.language import N_
from finder.limits import ROADS, Limits
from finder.pipeline.progress import Progress, silent
from finder.roads import building, network
from finder.roads.network import Network


def build_network(extract: Path, target: Path, *, limits: Limits = ROADS, progress: Progress = silent) -> Network:
    """Build the road network of an extract (.osm.pbf) and keep it in the file `target`; return it, opened from there.

    Raises
    ------
    UnusableInput
        The extract cannot be read or holds no road; an older file stays as it is.
    """
    progress(N_("Reading the extract"))
    records = sources.read_roads(extract, limits)
    built = building.build(records, progress)
    progress(N_("Writing"))
    network.write(built, target)
    return Network.open(target)
