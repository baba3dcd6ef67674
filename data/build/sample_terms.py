"""Invented obstacles, prices, owners, dates, mains, funding and offices of the fictional plots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sample_draw import Draw
from sample_places import Plot

OBSTACLES = {"ready": (42, 34, 18, 6), "soon": (20, 38, 28, 14), "planned": (8, 34, 36, 22), "idea": (4, 30, 38, 28)}
"""Weights of 0, 1, 2 and 3 obstacles by stage."""
AVAILABLE = {
    "ready": {"immediate": 86, "short": 14},
    "soon": {"short": 78, "medium": 22},
    "planned": {"medium": 70, "long": 20, "short": 10},
    "idea": {"long": 76, "medium": 24},
}
QUARTERS = {"immediate": (-4, 0), "short": (1, 7), "medium": (8, 19), "long": (20, 40)}
"""First and last quarter after the reference date in which land of each class can be had."""
CONFIRMED_DAYS = ((0, 90, 52), (91, 180, 23), (181, 365, 18), (366, 560, 7))
"""From, to and weight: fresh, due, unconfirmed and hidden."""
PHONE = "030 23125-"
"""Numbers the Bundesnetzagentur keeps free for films and books: (0)30 23125-000 to -999."""


def restrictions(draw: Draw, stage: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return none, one or several obstacles; later stages have fewer and lighter ones."""
    rng = draw.rng
    (number,) = rng.choices(range(4), OBSTACLES[stage])
    rows = {row["kind"]: row for row in words["restriction"]}
    chosen: dict[str, None] = {}
    while len(chosen) < number:
        chosen[draw.one({kind: row["weight"] for kind, row in rows.items()})] = None
    found = [_obstacle(draw, rows[kind], stage, words["reference_date"]) for kind in chosen]
    return {"restrictions": draw.maybe(0.16, found)}


def _obstacle(draw: Draw, row: Mapping[str, Any], stage: str, today: dt.date) -> dict[str, Any]:
    rng = draw.rng
    weights = {**row["severity"]}
    if stage == "ready":
        weights["blocking"] = 0
    severity = draw.one(weights)
    case = rng.choice(row["cases"])
    months = {"ready": (-8, 14), "soon": (-4, 24), "planned": (3, 48), "idea": (18, 84)}[stage]
    known = {
        "kind": row["kind"],
        "severity": draw.maybe(0.1, severity),
        "note": case["note"],
        "responsible": draw.maybe(0.12, rng.choice(row["responsible"])),
        "next_step": draw.maybe(0.2, case["next_step"]),
        "expected_end": draw.maybe(0.35, _after(today, rng.randrange(*months)).isoformat()),
        "as_of": draw.maybe(0.3, f"{rng.randrange(2024, 2027)}-{rng.randrange(1, 10):02}"),
    }
    return {name: value for name, value in known.items() if value is not None}


def _after(day: dt.date, months: int) -> dt.date:
    month = day.year * 12 + day.month - 1 + months
    return dt.date(month // 12, month % 12 + 1, 1)


def commercial(draw: Draw, stage: str, prices: tuple[int, int]) -> dict[str, Any]:
    """Return price and terms: a price, a price on request, or neither known."""
    rng = draw.rng
    low, high = prices
    top = high if stage == "ready" else low + (high - low) * 0.75
    price = float(round(rng.uniform(low, top) / 2.5) * 2.5)
    said = draw.one({"price": 66, "request": 23, "nothing": 11})
    serviced = 0.0 if stage == "ready" and rng.random() < 0.5 else float(rng.randrange(5, 46))
    forms = draw.one({"sale": 58, "sale leasehold": 20, "leasehold": 12, "rent": 6, "sale rent": 4}).split()
    return {
        "price_eur_m2": price if said == "price" else None,
        "price_on_request": {"price": False, "request": True, "nothing": None}[said],
        "servicing_cost_eur_m2": draw.maybe(0.33, serviced),
        "sale_form": draw.maybe(0.1, forms),
    }


def ownership(draw: Draw, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return who owns the land, in general terms."""
    rng = draw.rng
    kind = draw.one({"public": 50, "private": 33, "mixed": 17})
    willing = rng.random() < {"public": 0.97, "private": 0.7, "mixed": 0.85}[kind]
    return {
        "ownership": draw.maybe(0.1, kind),
        "owner": draw.maybe(0.28, rng.choice(words["owner"][kind])),
        "company_bound": draw.maybe(0.15, kind == "private" and rng.random() < 0.28),
        "willing_to_sell": draw.maybe(0.25, willing),
    }


def time(draw: Draw, stage: str, status: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return when the land can be had, and the dates of the listing before the reference date."""
    rng = draw.rng
    today: dt.date = words["reference_date"]
    when = draw.one(AVAILABLE[stage])
    first, last = QUARTERS[when]
    begin = _after(dt.date(today.year, 10, 1), 3 * rng.randint(first, last))
    low, high, _ = rng.choices(CONFIRMED_DAYS, [weight for *_, weight in CONFIRMED_DAYS])[0]
    confirmed = today - dt.timedelta(rng.randint(low, high))
    updated = today - dt.timedelta(rng.randint(0, 420))
    published = min(confirmed, updated) - dt.timedelta(rng.randint(0, 900))
    offered, listed = status not in ("sold", "withdrawn"), status not in ("draft", "submitted")
    availability = draw.maybe(0.07, when) if offered else None
    return {
        "availability": availability,
        "available_from": draw.maybe(0.2, begin.isoformat()) if availability else None,
        "availability_note": draw.maybe(0.25, rng.choice(words["availability_note"][when])) if offered else None,
        "first_published": draw.maybe(0.08, published.isoformat()) if listed else None,
        "updated_at": draw.maybe(0.09, updated.isoformat()),
        "verified_on": draw.maybe(0.05, confirmed.isoformat()) if listed else None,
    }


def servicing(draw: Draw, stage: str, plot: Plot, kinds: Sequence[str]) -> dict[str, Any]:
    """Return roads and mains; power grows with the plot and with industry."""
    rng = draw.rng
    state = draw.one(
        {
            "ready": {"fully": 82, "partly": 18},
            "soon": {"partly": 60, "fully": 16, "none": 24},
            "planned": {"partly": 30, "none": 70},
            "idea": {"partly": 5, "none": 95},
        }[stage]
    )
    laid = {"fully": 0.97, "partly": 0.6, "none": 0.12}[state]
    power_mva = max(0.2, plot.hectares * rng.uniform(0.15, 0.5) * (2.2 if "GI" in kinds else 1.0))
    return {
        "servicing": draw.maybe(0.11, state),
        "sewer": draw.maybe(0.12, rng.random() < laid),
        "water": draw.maybe(0.11, rng.random() < laid),
        "gas": draw.maybe(0.2, rng.random() < laid * 0.7),
        "power_mva": draw.maybe(0.3, round(power_mva, 1)),
        "heat": draw.maybe(0.25, rng.random() < 0.22),
        "hydrogen": draw.maybe(0.28, rng.random() < (0.2 if "GI" in kinds else 0.03)),
        "fibre": draw.maybe(0.15, rng.random() < 0.1 + laid * 0.75),
    }


def funding(draw: Draw, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return funding; programmes are general ones."""
    rng = draw.rng
    inside = rng.random() < 0.6
    programmes = [p for p in words["funding"]["programmes"] if rng.random() < 0.22 and (inside or "GRW" not in p)]
    return {
        "grw_area": draw.maybe(0.17, inside),
        "funding_programmes": draw.maybe(0.3, programmes),
        "media": draw.maybe(0.25, []),
    }


def contact(draw: Draw, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return an office that does not exist, or nothing."""
    rng = draw.rng
    pools = words["contact"]
    known = {
        "organisation": rng.choice(pools["organisation"]),
        "role": draw.maybe(0.2, rng.choice(pools["role"])),
        "phone": draw.maybe(0.3, f"{PHONE}{rng.randrange(1000):03}"),
        "email": draw.maybe(0.15, rng.choice(pools["email"])),
    }
    return {"contact": draw.maybe(0.1, {name: value for name, value in known.items() if value is not None})}
