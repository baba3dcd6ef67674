"""Headers that are not our own, and the profiles that a town would write for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

OFFICE = {
    "source_id": "Flächennummer",
    "name": "Bezeichnung der Fläche",
    "municipality": "Gemeindeschlüssel",
    "further_municipalities": "Weitere Gemeinden",
    "address": "Lage",
    "cadastral_reference": "Flurstück",
    "estate": "Gewerbegebiet",
    "geometry_quality": "Güte der Umgrenzung",
    "stated_area_m2": "Bruttofläche (ha)",
    "available_area_m2": "Verfügbar (ha)",
    "divisible_from_m2": "Teilbar ab (m²)",
    "zoning": "Art der Nutzung",
    "plan_status": "Planungsstand",
    "plan_name": "B-Plan",
    "plan_url": "B-Plan im Netz",
    "grz": "GRZ",
    "gfz": "GFZ",
    "bmz": "BMZ",
    "max_height_m": "Höhe max. (m)",
    "max_floors": "Vollgeschosse",
    "distance_class": "Abstandsklasse",
    "operation_24h": "24-h-Betrieb",
    "seveso": "Störfall",
    "restrictions": "Einschränkungen",
    "price_eur_m2": "Preis (€/m²)",
    "price_on_request": "Preis auf Anfrage",
    "sale_form": "Abgabe",
    "ownership": "Eigentum",
    "availability": "Verfügbarkeit",
    "available_from": "Verfügbar ab",
    "verified_on": "Zuletzt geprüft",
    "servicing": "Erschließung",
    "sewer": "Kanal",
    "water": "Wasser",
    "gas": "Gas",
    "power_mva": "Strom (MVA)",
    "fibre": "Glasfaser",
    "rail_siding": "Gleisanschluss",
    "quay": "Kai",
    "sectors": "Branchen",
    "note": "Bemerkung",
    "media": "Bilder",
    "contact": "Ansprechstelle",
    "wkt": "Umring (UTM)",
}
"""An office's table, which says everything; `id` and `source` are the profile's."""

DBASE = {
    "source_id": "FL_NR",
    "name": "BEZEICHNG",
    "municipality": "AGS",
    "further_municipalities": "WEITERE",
    "address": "LAGE",
    "cadastral_reference": "FLURSTK",
    "estate": "GEBIET",
    "geometry_quality": "GUETE",
    "stated_area_m2": "BRUTTO_HA",
    "available_area_m2": "VERF_HA",
    "divisible_from_m2": "TEILBAR",
    "zoning": "BAUNVO",
    "plan_status": "PLANSTAND",
    "plan_name": "BPLAN",
    "plan_url": "BPLAN_URL",
    "grz": "GRZ",
    "gfz": "GFZ",
    "bmz": "BMZ",
    "max_height_m": "HOEHE",
    "max_floors": "GESCHOSSE",
    "distance_class": "ABST_KL",
    "operation_24h": "BETR_24H",
    "seveso": "STOERFALL",
    "price_eur_m2": "PREIS_QM",
    "price_on_request": "PREIS_ANFR",
    "sale_form": "ABGABE",
    "ownership": "EIGENTUM",
    "availability": "VERFUEGBK",
    "available_from": "VERF_AB",
    "verified_on": "GEPRUEFT",
    "servicing": "ERSCHL",
    "sewer": "KANAL",
    "water": "WASSER",
    "gas": "GAS",
    "power_mva": "STROM_MVA",
    "fibre": "GLASFASER",
    "rail_siding": "GLEIS",
    "quay": "KAI",
    "sectors": "BRANCHEN",
    "note": "BEMERKUNG",
}
"""A Shapefile's table: names of ten signs, no room for nested facts."""


def profile(path: Path, names: Mapping[str, str], source: str) -> Path:
    """Write the profile that reads a table with these headers."""
    lines = [f'name = "{path.stem}"', 'title = "Musterstadt"', f'source = "{source}"']
    for attribute, header in names.items():
        if attribute != "wkt":
            unit = 'unit = "ha"' if header.casefold().rstrip(")").endswith("ha") else ""
            lines += [f"[columns.{attribute}]", f'from = ["{header}"]', unit]
    if "wkt" in names:
        lines += ["[geometry]", f'wkt = ["{names["wkt"]}"]', 'crs = "EPSG:25832"']
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
