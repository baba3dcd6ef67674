"""Make inventory.geojson: publicly documented land reserves, each fact with its source and date, nothing inferred."""

from __future__ import annotations

import argparse
import csv
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from drawing import circle, collection, geojson

from finder import crs
from finder.model.site import ATTRIBUTES
from finder.model.vocabulary import Evidence, PlanStatus, RestrictionKind, Status, Zoning

DECISIONS = Path(__file__).with_suffix(".toml")
REMARKS = Path(__file__).with_name("remarks.toml")
TEXTS = {
    "plan_status": "planning_note",
    "former_use": "former_use",
    "owner_or_developer": "owner",
    "availability_as_stated": "availability_note",
    "transport_as_stated": "transport_note",
    "target_sectors_as_stated": "sectors_note",
}
"""Columns that are kept word for word."""
SIZES = {
    "gross_ha": ("stated_area_m2", "Bruttofläche"),
    "net_ha": ("net_area_m2", "Nettofläche"),
    "available_ha": ("available_area_m2", "verfügbare Fläche"),
}
"""In the order in which one of them becomes the outline."""
UNUSED = ("municipality", "town_check", "source_trace")
"""The name belongs to the code; the others are the compiler's bookkeeping."""
PLACE = ("geometry", "geometry_quality", "position_uncertainty_m")
"""With the evidence, what the compiler says, not a source."""
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_YEAR_AT_END = re.compile(r"(\d{4})\)$")

Row = dict[str, str]
Properties = dict[str, Any]


def main() -> None:
    """Turn the table of facts into the inventory by the decisions beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path, help="CSV of dated evidence, one row per area of land")
    parser.add_argument("out", type=Path, help="inventory.geojson")
    parser.add_argument("--decisions", type=Path, default=DECISIONS, help="TOML: what was decided by hand")
    parser.add_argument("--remarks", type=Path, default=REMARKS, help="TOML: the notes in our own words, by id")
    args = parser.parse_args()
    decisions = tomllib.loads(args.decisions.read_text(encoding="utf-8"))
    with args.facts.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    remarks = tomllib.loads(args.remarks.read_text(encoding="utf-8"))
    if strangers := remarks.keys() - {row["id"].strip() for row in rows}:
        raise SystemExit(f"{', '.join(sorted(strangers))}: a remark without a row")
    args.out.write_bytes(collection([feature(row, decisions, remarks) for row in rows]))


def feature(row: Row, decisions: Mapping[str, Any], remarks: Mapping[str, str]) -> dict[str, Any]:
    """Return one row as a feature; what the row does not say has no property."""
    left = {name: text for name, cell in row.items() if (text := cell.strip())}
    for name in UNUSED:
        left.pop(name, None)
    site_id = left.pop("id")
    evidence = Evidence(left.pop("compiler_status"))
    site: Properties = {
        "id": site_id,
        "source": decisions["source"],
        "source_id": site_id,
        "name": left.pop("name"),
        "municipality": left.pop("ags"),
        "status": str(Status.SOLD if evidence is Evidence.TAKEN else Status.PUBLISHED),
        "evidence": str(evidence),
    }
    if "second_ags" in left:
        site["further_municipalities"] = [left.pop("second_ags")]
    basis = _sizes(left, site)
    _planning(left, site, decisions)
    site |= {name: left.pop(column) for column, name in TEXTS.items() if column in left}
    _remark(left, site, remarks)
    if "restrictions_as_stated" in left:
        site["restrictions"] = _restrictions(left.pop("restrictions_as_stated"), decisions["restriction_kinds"])
    geometry, method = _outline(left, site, basis)
    site["provenance"] = _provenance(left, site, method, decisions)
    if left:
        raise SystemExit(f"{site_id}: no rule for {', '.join(left)}")
    return {"type": "Feature", "geometry": geometry, "properties": site}


def _sizes(left: Row, site: Properties) -> tuple[float, str] | None:
    """Set the stated sizes; return the one that is drawn (m²) and what it is."""
    basis = None
    for column, (name, words) in SIZES.items():
        if column in left:
            site[name] = round(float(left.pop(column)) * 10_000)
            if basis is None and site[name]:
                basis = site[name], words
    return basis


def _planning(left: Row, site: Properties, decisions: Mapping[str, Any]) -> None:
    key = site["id"]
    if ("zoning" in left) != (key in decisions["zoning"]):
        raise SystemExit(f"{key}: a zoning is decided on exactly where one is stated")
    if left.pop("zoning", None):
        decided = decisions["zoning"][key]
        site["zoning"] = [str(Zoning(kind)) for kind in decided["kinds"]]
        site["zoning_detail"] = decided["detail"]
    if (key in decisions["plan_status"] or key in decisions["plan_name"]) and "plan_status" not in left:
        raise SystemExit(f"{key}: a plan is decided on that the row does not state")
    if key in decisions["plan_status"]:
        site["plan_status"] = str(PlanStatus(decisions["plan_status"][key]))
    if key in decisions["plan_name"]:
        site["plan_name"] = decisions["plan_name"][key]
        if site["plan_name"] not in left["plan_status"]:
            raise SystemExit(f"{key}: the plan's name is not in the statement")


def _remark(left: Row, site: Properties, remarks: Mapping[str, str]) -> None:
    """Set what the notes say in our own words; an empty remark: nothing that is of use to a reader."""
    key = site["id"]
    if ("notes" in left) != (key in remarks):
        raise SystemExit(f"{key}: a remark is written exactly where there are notes")
    if left.pop("notes", None) and remarks[key]:
        site["note"] = remarks[key]


def _restrictions(text: str, kinds: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the obstacles a statement lists; their weight is nowhere stated."""
    found = []
    for part in text.split(";"):
        note = part.strip()
        kind = next((k for word, k in kinds.items() if word in note), "other")
        entry = {"kind": str(RestrictionKind(kind)), "note": note}
        if match := _YEAR_AT_END.search(note):
            entry["as_of"] = match[1]
        found.append(entry)
    return found


# -- places -----------------------------------------------------------------------------------------------------------


def _outline(left: Row, site: Properties, basis: tuple[float, str] | None) -> tuple[dict[str, Any] | None, str]:
    """Return the geometry and how it came about; sets what it is worth."""
    described = left.pop("coordinate_basis", None)
    if "lat" not in left:
        return None, ""
    (place,) = crs.points_to_metric([float(left.pop("lon"))], [float(left.pop("lat"))]).tolist()
    site["position_uncertainty_m"] = float(left.pop("coord_uncertainty_m"))
    if basis is None:
        site["geometry_quality"] = "point"
        method = f"Punkt am dokumentierten Ort; eine Fläche ist nicht angegeben. Ort: {described}"
        return geojson(place), method
    area_m2, words = basis
    site["geometry_quality"] = "approximate"
    hectares = f"{area_m2 / 10_000:g}".replace(".", ",")
    drawn = f"Kreis von {hectares} ha ({words}) um den dokumentierten Ort"
    method = f"{drawn}; der Umriss ist nicht bekannt. Ort: {described}"
    return geojson(circle(place.x, place.y, area_m2)), method


# -- sources ----------------------------------------------------------------------------------------------------------


def _provenance(left: Row, site: Properties, method: str, decisions: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the origin of the row ("*") and of the facts that come from elsewhere."""
    key = site["id"]
    first, second = left.pop("source_url"), left.pop("source_url_2", None)
    stated = left.pop("as_of")
    as_of = stated if _DATE.fullmatch(stated) else decisions["as_of"][stated]
    guessed = "undatiert" in stated and as_of.startswith("ca.")
    whole = _origin(publisher(first, decisions), first, as_of, "Seite undatiert, Jahr geschätzt" if guessed else None)
    origins = {"*": whole}
    origins["evidence"] = _origin(decisions["compiler"], None, as_of)
    if method:
        origins |= {name: _origin(decisions["compiler"], None, as_of, method) for name in PLACE}
    decided = [entry for entry in decisions["origins"] if entry["id"] == key]
    cited = any(entry.get("second") for entry in decided)
    if "note" in site and second and not cited:
        # the remark weighs the sources against each other: the second one is cited with it
        origins["note"] = _origin(f"{decisions['compiler']}, auch nach: {publisher(second, decisions)}", second, "")
    elif "note" in site:
        origins["note"] = _origin(decisions["compiler"], None, as_of)
    elif second and not cited:
        raise SystemExit(f"{key}: nothing cites the second source")
    for entry in decided:
        url = second if entry.get("second") else entry.get("url", first if "source" not in entry else None)
        source = entry.get("source") or publisher(url or "", decisions)
        for name in entry["facts"]:
            if name not in site or name not in ATTRIBUTES:
                raise SystemExit(f"{key}: an origin is decided on for {name}, which the row does not state")
            origins[name] = _origin(source, url, entry.get("as_of", as_of), entry.get("method"))
    return origins


def publisher(url: str, decisions: Mapping[str, Any]) -> str:
    """Return who publishes a page, by its host."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    name: str = decisions["publishers"][host]
    return name


def _origin(source: str, url: str | None, as_of: str, method: str | None = None) -> dict[str, str]:
    parts = {"source": source, "url": url, "as_of": as_of, "method": method}
    return {name: value for name, value in parts.items() if value}


if __name__ == "__main__":
    main()
