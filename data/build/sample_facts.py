"""What is invented of a fictional plot: facts that fit together, with gaps as real listings have them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import sample_terms
from sample_draw import Draw
from sample_places import Plot

STAGES = {"ready": 46, "soon": 25, "planned": 19, "idea": 10}
"""How far a plot has come; plan, servicing and availability follow."""
PLANS = {
    "ready": {"in_force": 84, "section_34": 13, "adopted": 3},
    "soon": {"in_force": 42, "adopted": 22, "in_procedure": 32, "section_34": 4},
    "planned": {"in_procedure": 62, "land_use_plan": 30, "section_35": 5, "none": 3},
    "idea": {"land_use_plan": 42, "section_35": 28, "none": 30},
}
ZONINGS = {
    "heavy": {"GI": 56, "GI GE": 20, "GE": 18, "SO": 4, "GEe": 2},
    "mixed": {"GE": 56, "GI GE": 10, "GI": 9, "GEe": 15, "SO": 3, "MU": 4, "MI": 3},
    "light": {"GE": 46, "GEe": 23, "MI": 10, "MU": 8, "MK": 8, "SO": 5},
}
CLASSES = {
    "GI": {"II": 8, "III": 22, "IV": 36, "V": 34},
    "GE": {"V": 34, "VI": 44, "VII": 22},
    "GEe": {"VII": 100},
    "SO": {"VI": 50, "VII": 50},
}
INDICES = {
    "GI": ((0.7, 0.8), (1.6, 2.0, 2.4), (8.0, 9.0, 10.0)),
    "GE": ((0.6, 0.7, 0.8), (1.2, 1.6, 2.0, 2.4), (6.0, 8.0, 10.0)),
    "GEe": ((0.6, 0.7), (1.0, 1.2, 1.6), (5.0, 6.0)),
    "SO": ((0.6, 0.8), (1.6, 2.4), (6.0, 8.0)),
    "MI": ((0.4, 0.5, 0.6), (0.8, 1.0, 1.2), ()),
    "MU": ((0.6, 0.8), (1.6, 2.4, 3.0), ()),
    "MK": ((0.8, 1.0), (2.0, 3.0), ()),
}
"""GRZ, GFZ and BMZ as plans set them."""
HEIGHTS_M = {
    "GI": (18, 35),
    "GE": (10, 18),
    "GEe": (9, 12),
    "SO": (12, 20),
    "MI": (10, 14),
    "MU": (12, 19),
    "MK": (12, 22),
}
PRICES_EUR = {
    "GI": (35, 95),
    "GE": (55, 150),
    "GEe": (65, 160),
    "SO": (70, 180),
    "MI": (110, 220),
    "MU": (130, 220),
    "MK": (140, 220),
}


def facts(rng: random.Random, plot: Plot, status: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of one plot; None is not known."""
    draw = Draw(rng, plot.quality)
    stage = draw.one(STAGES)
    plan = draw.one(PLANS[stage])
    kinds = _kinds(draw, plan, plot.kind)
    known = {
        **_place(draw, plot),
        **_sizes(draw, plot, status),
        **_planning(draw, plan, kinds, words),
        **_emissions(draw, kinds, plot.kind),
        **sample_terms.restrictions(draw, stage, words),
        **sample_terms.commercial(draw, stage, PRICES_EUR.get(kinds[0] if kinds else "", (40, 110))),
        **sample_terms.ownership(draw, words),
        **sample_terms.time(draw, stage, status, words),
        **sample_terms.servicing(draw, stage, plot, kinds),
        **_equipment(draw, plot, kinds, words),
        **_sectors(draw, plot.kind, words),
        **sample_terms.funding(draw, words),
        **sample_terms.contact(draw, words),
    }
    as_of = max(filter(None, (known["updated_at"], known["verified_on"])), default=None)
    origin = {"source": words["origin"], "as_of": as_of, "method": "erzeugt von data/build/sample.py"}
    return {**known, "provenance": {"*": {name: value for name, value in origin.items() if value}}}


def _kinds(draw: Draw, plan: str, kind: str) -> list[str]:
    if plan in ("section_35", "none"):
        return []
    return ["G"] if plan == "land_use_plan" else draw.one(ZONINGS[kind]).split()


def _place(draw: Draw, plot: Plot) -> dict[str, Any]:
    rng = draw.rng
    uncertainty_m = {
        "surveyed": 1.0,
        "parcel": 5.0,
        "point": float(rng.randrange(150, 501, 50)),
        # only circles stand for a place with an uncertainty; other outlines are drawn roughly
        "approximate": float(rng.randrange(100, 401, 50)) if plot.circle else None,
    }.get(plot.quality or "")
    reference = f"Gemarkung Muster, Flur {rng.randrange(1, 40)}, Flurstück {rng.randrange(10, 900)}"
    return {
        "further_municipalities": list(plot.further) or draw.maybe(0.1, []),
        "address": draw.maybe(0.18, f"Musterstraße {rng.randrange(1, 200)}"),
        "cadastral_reference": draw.maybe(0.28, reference),
        "estate": f"Musterpark {plot.estate.number:02}" if plot.estate else None,
        "geometry_quality": plot.quality,
        "position_uncertainty_m": uncertainty_m,
    }


def _sizes(draw: Draw, plot: Plot, status: str) -> dict[str, Any]:
    rng = draw.rng
    gross = _round(plot.hectares * 10_000 * rng.uniform(0.985, 1.015), 10)
    net = _round(gross * rng.uniform(0.72, 0.93), 100)
    available = net if rng.random() < 0.6 else _round(net * rng.uniform(0.35, 0.95), 100)
    largest = available if rng.random() < 0.55 else _round(available * rng.uniform(0.4, 0.9), 100)
    divisible = min((s for s in (1000, 1500, 2000, 3000, 5000, 10_000) if rng.random() < 0.35), default=largest)
    if status == "sold":
        return {"stated_area_m2": draw.maybe(0.1, gross), "net_area_m2": draw.maybe(0.18, net), "available_area_m2": 0}
    return {
        "stated_area_m2": draw.maybe(0.1, gross),
        "net_area_m2": draw.maybe(0.18, net),
        "available_area_m2": draw.maybe(0.12, available),
        "largest_contiguous_m2": draw.maybe(0.27, largest),
        "divisible_from_m2": draw.maybe(0.3, min(divisible, largest)),
    }


def _round(value: float, step: int) -> int:
    return max(step, round(value / step) * step)


def _planning(draw: Draw, plan: str, kinds: Sequence[str], words: Mapping[str, Any]) -> dict[str, Any]:
    rng = draw.rng
    number = rng.randrange(10, 400)
    formal = plan in ("in_force", "adopted", "in_procedure")
    first = kinds[0] if kinds else ""
    grz, gfz, bmz = (rng.choice(values) if values else None for values in INDICES.get(first, ((), (), ())))
    share = rng.randrange(50, 90, 10)
    shares = [f"{share} %", f"{100 - share} %"] if rng.random() < 0.7 else None
    low, high = HEIGHTS_M.get(first, (9, 14))
    zoning = draw.maybe(0.07, list(kinds)) if kinds else draw.maybe(0.4, [])
    return {
        "zoning": zoning,
        "zoning_shares": shares if zoning and len(zoning) == 2 else None,
        "zoning_detail": draw.maybe(0.2, rng.choice(words["zoning_detail"][first])) if zoning else None,
        "plan_status": draw.maybe(0.1, plan),
        "plan_name": draw.maybe(0.1, f"Muster-Bebauungsplan Nr. {number}") if formal else None,
        "plan_url": draw.maybe(0.2, f"https://example.org/bebauungsplan/{number}") if formal else None,
        "planning_note": draw.maybe(0.28, rng.choice(words["planning_note"][plan])),
        "grz": draw.maybe(0.08, grz) if formal else None,
        "gfz": draw.maybe(0.12, gfz) if formal else None,
        "bmz": draw.maybe(0.12, bmz) if formal else None,
        "max_height_m": draw.maybe(0.12, float(rng.randrange(low, high + 1))) if formal else None,
        "max_floors": draw.maybe(0.2, rng.randrange(2, 5)) if first != "GI" else draw.maybe(0.5, rng.randrange(3, 7)),
    }


def _emissions(draw: Draw, kinds: Sequence[str], kind: str) -> dict[str, Any]:
    rng = draw.rng
    first = kinds[0] if kinds else ""
    quiet = {"GI": (65, 71, 50, 66), "GE": (60, 66, 45, 56), "GEe": (55, 61, 40, 46), "SO": (58, 63, 43, 50)}
    day_low, day_high, night_low, night_high = quiet.get(first, (55, 62, 40, 46))
    noise = rng.random() < 0.88
    day, night = float(rng.randrange(day_low, day_high)), float(rng.randrange(night_low, night_high))
    seveso = {"heavy": {"none": 46, "consultation_distance": 34, "safety_distance": 20}}.get(
        kind, {"none": 82, "consultation_distance": 13, "safety_distance": 5}
    )
    return {
        "distance_class": draw.maybe(0.15, draw.one(CLASSES[first])) if first in CLASSES else None,
        "noise_day_db": draw.maybe(0.2, day) if noise else None,
        "noise_night_db": draw.maybe(0.2, night) if noise else None,
        "operation_24h": draw.maybe(0.22, rng.random() < {"GI": 0.85, "GE": 0.5, "G": 0.5}.get(first, 0.1)),
        "seveso": draw.maybe(0.33, draw.one(seveso)),
    }


def _equipment(draw: Draw, plot: Plot, kinds: Sequence[str], words: Mapping[str, Any]) -> dict[str, Any]:
    rng = draw.rng
    industrial = "GI" in kinds or (plot.kind == "heavy" and bool(kinds))
    if industrial and plot.hectares >= 4:
        rail = draw.one({"on_site": 26, "possible": 36, "no": 38})
    else:
        rail = draw.one({"possible": 7, "no": 93})
    quay = industrial and plot.canal and plot.hectares >= 3 and rng.random() < 0.6
    notes = list(words["transport_note"]["words"])
    notes = words["transport_note"]["rail"] if rail == "on_site" else words["transport_note"]["quay"] if quay else notes
    return {
        "rail_siding": draw.maybe(0.12, rail),
        "quay": draw.maybe(0.1, quay),
        "crane": draw.maybe(0.1, quay and rng.random() < 0.6),
        "heavy_load_route": draw.maybe(0.25, rng.random() < (0.5 if industrial else 0.08)),
        "transport_note": draw.maybe(0.28, rng.choice(notes)),
    }


def _sectors(draw: Draw, kind: str, words: Mapping[str, Any]) -> dict[str, Any]:
    weights = {
        "heavy": {"new_chemistry": 24, "future_energy": 26, "industrial_services": 24, "logistics": 26},
        "mixed": {"industrial_services": 22, "logistics": 26, "crafts": 28, "future_energy": 16, "health": 8},
        "light": {"crafts": 34, "offices": 30, "health": 20, "leisure": 16},
    }[kind]
    chosen = dict.fromkeys(draw.one(weights) for _ in range(draw.rng.randrange(1, 4)))
    return {
        "sectors": draw.maybe(0.12, list(chosen)),
        "sectors_note": draw.maybe(0.32, draw.rng.choice(words["sectors_note"]["words"])),
        "former_use": draw.maybe(0.15, draw.rng.choice(words["former_use"]["words"])),
        "note": draw.maybe(0.3, draw.rng.choice(words["note"]["words"])),
    }
