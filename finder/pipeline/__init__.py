"""The ways in: a file's, and the region's own. Every transaction of a delivery begins and ends here."""

from finder.model.outcome import Report, summary
from finder.pipeline.access import Measured, measure_access, stale
from finder.pipeline.delivery import deliver
from finder.pipeline.layers import LayerReport, load_zoning, withdraw_zoning
from finder.pipeline.measuring import measure
from finder.pipeline.network import build_network
from finder.pipeline.progress import Progress, silent
from finder.pipeline.region import INVENTORIES, fill, load_boundaries, start

__all__ = [
    "INVENTORIES",
    "LayerReport",
    "Measured",
    "Progress",
    "Report",
    "build_network",
    "deliver",
    "fill",
    "load_boundaries",
    "load_zoning",
    "measure",
    "measure_access",
    "silent",
    "stale",
    "start",
    "summary",
    "withdraw_zoning",
]
