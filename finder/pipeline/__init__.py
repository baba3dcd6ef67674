"""The ways in: a file's, and the region's own. Every transaction of a delivery begins and ends here."""

from finder.model.outcome import Report, summary
from finder.pipeline.access import measure_access
from finder.pipeline.delivery import deliver
from finder.pipeline.layers import LayerReport, load_zoning, withdraw_zoning
from finder.pipeline.progress import Progress, silent
from finder.pipeline.region import INVENTORIES, fill, load_boundaries, start

__all__ = [
    "INVENTORIES",
    "LayerReport",
    "Progress",
    "Report",
    "deliver",
    "fill",
    "load_boundaries",
    "load_zoning",
    "measure_access",
    "silent",
    "start",
    "summary",
    "withdraw_zoning",
]
