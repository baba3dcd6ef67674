"""OpenImmo files as town offices' programs write them, and how they are read here. All offers are invented."""

from __future__ import annotations

import tempfile
from pathlib import Path

from finder import crs
from finder.limits import DEFAULT, Limits
from finder.model.record import Origin, RawRecords
from finder.sources import exchange, openimmo
from tests.sources.files import written

SENT = '<uebertragung art="OFFLINE" umfang="VOLL" modus="NEW" version="1.2.7" sendersoftware="x" senderversion="1"/>'
TOWN = "<anbieternr>7</anbieternr><firma>Stadt Musterstadt, Liegenschaften</firma><openimmo_anid>A7</openimmo_anid>"
PLOT = (
    "<objektkategorie><nutzungsart WOHNEN='false' GEWERBE='true'/><vermarktungsart KAUF='true' MIETE_PACHT='0'/>"
    "<objektart><grundstueck grundst_typ='GEWERBE'/></objektart></objektkategorie>"
    "<geo><plz>45000</plz><ort>Musterstadt</ort><geokoordinaten breitengrad='51.6' laengengrad='7.1'/></geo>"
)


def document(*offers: str, root: str = "<openimmo>", sent: str = SENT, town: str = TOWN, behind: str = "") -> str:
    inside = "".join(f"<immobilie>{offer}</immobilie>" for offer in offers)
    return f"{root}{sent}<anbieter>{town}{inside}{behind}</anbieter></openimmo>"


def inside(content: str | bytes, limits: Limits = DEFAULT) -> RawRecords:
    """Return what a file becomes, read and handed over in this process."""
    with tempfile.TemporaryDirectory() as name:
        path = written(Path(name), "a.xml", content)
        exchange.write(Path(name), openimmo.read(path, limits))
        found = exchange.read(Path(name), limits)
    origin = Origin(name="a.xml", format=found.about["format"] or "", sha256="0" * 64, size_bytes=1)
    return RawRecords(
        columns=found.columns,
        rows=found.rows,
        geometry=found.geometry,
        crs=None if found.about["crs"] is None else f"EPSG:{crs.LONLAT}",
        origin=origin,
        issues=found.issues,
    )
