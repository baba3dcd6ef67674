"""The ways in: a file's, and the region's own. Every transaction of a delivery begins and ends here."""

from finder.model.outcome import Report, summary
from finder.pipeline.access import Measured, measure_access, stale
from finder.pipeline.access_points import load_access, withdraw_access
from finder.pipeline.catchment import measure_catchments
from finder.pipeline.delivery import deliver
from finder.pipeline.layers import LayerReport, load_zoning, withdraw_zoning
from finder.pipeline.measuring import measure
from finder.pipeline.network import build_network
from finder.pipeline.population import load_population, withdraw_population
from finder.pipeline.progress import Progress, silent
from finder.pipeline.reach import Reached, reach
from finder.pipeline.region import INVENTORIES, fill, load_boundaries, start

__all__ = [
    "INVENTORIES",
    "LayerReport",
    "Measured",
    "Progress",
    "Reached",
    "Report",
    "build_network",
    "deliver",
    "fill",
    "load_access",
    "load_boundaries",
    "load_population",
    "load_zoning",
    "measure",
    "measure_access",
    "measure_catchments",
    "reach",
    "silent",
    "stale",
    "start",
    "summary",
    "withdraw_access",
    "withdraw_population",
    "withdraw_zoning",
]
