"""From an extract of OpenStreetMap to the road network that ways are measured on."""

from __future__ import annotations

from pathlib import Path

from finder import sources
from finder.exports.aside import Aside
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
        The extract cannot be read or holds no road, or `target` cannot be written; an older file stays as it is.
    """
    with Aside(target) as file:  # made first: that nothing can be written there is told before the long work
        progress(N_("Reading the extract"))
        records = sources.read_roads(extract, limits)
        built = building.build(records, progress)
        progress(N_("Writing"))
        file.write(lambda path: network.write(built, path))
    return Network.open(target)
