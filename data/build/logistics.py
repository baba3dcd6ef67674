"""Inland ports, terminals and rail freight points from the compiled list, with what is known of each in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import rows

KINDS = {
    "inland_port": "inland_port",
    "container_terminal": "rail_freight",
    "rail_freight_point": "rail_freight",
    "rail_siding": "rail_freight",
}
"""Of the list's kinds; a terminal that is only planned is none yet."""
LEFT_OUT = {"container_terminal_planned"}

LISTED = "nur in einem Verzeichnis der Kanalhäfen genannt, Nutzung nicht belegt"
UNPROVEN = "heutige Nutzung nicht belegt"
OPERATING_POINTS = "DB Netz, Verzeichnis der Betriebsstellen 04/2018 (CC BY 4.0)"
WORDS = {
    "DB HAFAS stop list": "DB HAFAS, Haltestellen (CC BY 4.0 und ODbL)",
    "(article id 11938495, slug not kept)": "(Artikel 11938495)",
    "kompakt magazine 2020/09": "Magazin kompakt 2020/09",
    "RP / fotocommunity pages": "Rheinische Post, fotocommunity",
    "lokalkompass a784009": "Lokalkompass, Beitrag a784009",
    " ; ": "; ",
}
"""The compiler's remarks on sources, in German."""


def points(path: Path) -> Iterator[dict[str, object]]:
    """Yield the points that have a place, with their stated uncertainty."""
    for row in rows.read(path):
        if row["kind"] in LEFT_OUT or not row["lat"]:
            continue
        yield {
            "id": row["id"].lower(),
            "kind": KINDS[row["kind"]],
            "name": row["name"],
            "lon": float(row["lon"]),
            "lat": float(row["lat"]),
            "uncertainty_m": row["coord_uncertainty_m"],
            "as_of": _as_of(row["as_of"]),
            "source": _source(row),
            "note": note(row),
        }


def _as_of(stated: str) -> str:
    """Return the year or date stated; undated stays empty."""
    return "" if stated == "undated" else stated.removeprefix("um ")


def _source(row: dict[str, str]) -> str:
    if row["kind"] == "rail_freight_point":
        return OPERATING_POINTS
    source = row["source"]
    for stated, said in WORDS.items():
        source = source.replace(stated, said)
    return source


def _operator(stated: str) -> str:
    return f"Betreiber: {stated}" if stated and not stated.startswith("Eigentümer") else stated


def note(row: dict[str, str]) -> str:
    """Return in German what the list says: where it lies, who runs it, what is stated, what is not proven."""
    if row["kind"] == "rail_freight_point":
        return f"{row['canal_or_line']}; {UNPROVEN}"
    facts = row["facts_as_stated"]
    listed = facts.startswith("named in the list")
    said = [
        row["canal_or_line"],
        _operator(row["operator"]) if not listed else "",
        f"Anlieger: {facts.partition(': ')[2]}" if facts.startswith("tenant named") else "",
        LISTED if listed else "" if facts.startswith("tenant named") else facts,
        UNPROVEN if row["kind"] == "inland_port" and not facts else "",
    ]
    return "; ".join(part for part in said if part)
