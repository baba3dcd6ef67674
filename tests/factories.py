"""Things to test with: sites, towns, access points, and databases that hold them. Everything here is fictional.

Coordinates are metres in `finder.crs.METRIC`; `at(x, y)` counts from a point in the middle of the bundled region.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
import pandas as pd
import shapely

from finder.model.access import AccessPoint
from finder.model.attributes import Type
from finder.model.place import Municipality, Place
from finder.model.site import ATTRIBUTES, Contact, Medium, Provenance, Restriction, Site
from finder.model.vocabulary import (
    AccessKind,
    Availability,
    DistanceClass,
    Evidence,
    GeometryQuality,
    Ownership,
    PlanStatus,
    RailSiding,
    RestrictionKind,
    SaleForm,
    Servicing,
    Severity,
    Seveso,
    Status,
    Zoning,
)
from finder.model.zone import Zone
from finder.store import reference, saving
from finder.store.database import Database, Session

ORIGIN = (368_000.0, 5_720_000.0)
"""A point in the middle of the bundled region, metres east and north."""
TODAY = dt.date(2026, 6, 1)
NOW = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
TOWNS = {"05990001": "Musterstadt", "05990002": "Beispielhausen", "05990003": "Probeburg"}
"""Fictional municipalities: code and name."""
IDENTITY = ("id", "source", "source_id", "name", "municipality", "status", "sample", "provenance")

_numbers = itertools.count(1)


def at(x: float = 0.0, y: float = 0.0) -> shapely.Point:
    """Return the point x metres east and y metres north of `ORIGIN`."""
    return shapely.Point(ORIGIN[0] + x, ORIGIN[1] + y)


def square(x: float = 0.0, y: float = 0.0, side: float = 200.0) -> shapely.Polygon:
    """Return a square plot whose south-west corner lies x metres east and y metres north of `ORIGIN`."""
    return shapely.box(ORIGIN[0] + x, ORIGIN[1] + y, ORIGIN[0] + x + side, ORIGIN[1] + y + side)


def site(**known: Any) -> Site:
    """Return a published site of which nothing is known but what is given."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "id": f"T-{number}",
        "name": f"Musterfläche {number:03}",
        "municipality": "05990001",
        "source": "test",
        "source_id": f"key-{number}",
        "status": Status.PUBLISHED,
    }
    return Site(**(given | known))


def complete_site(**changes: Any) -> Site:
    """Return a site with every attribute known; no value is its type's default."""
    known: dict[str, Any] = {
        "provenance": {
            "*": Provenance(source="Musterstadt", url="https://example.org/a", as_of="2026-03", method="survey"),
            "power_mva": Provenance(source="Netz", as_of="2025"),
        },
        "further_municipalities": ("05990002",),
        "address": "Musterstraße 1",
        "cadastral_reference": "Muster-3-17",
        "estate": "Gewerbepark Süd",
        "geometry": square(),
        "geometry_quality": GeometryQuality.PARCEL,
        "position_uncertainty_m": 2.5,
        "evidence": Evidence.MARKETING,
        "area_m2": 40_000.0,
        "stated_area_m2": 41_000.0,
        "net_area_m2": 35_000.5,
        "available_area_m2": 30_000.0,
        "largest_contiguous_m2": 20_000.0,
        "divisible_from_m2": 5_000.0,
        "zoning": (Zoning.GI, Zoning.GEE),
        "zoning_shares": ("GI 60 %", "GEe 40 %"),
        "zoning_detail": "GI 1 und GEe 2",
        "plan_status": PlanStatus.IN_FORCE,
        "plan_name": "Nr. 117 „Äußerer Ring“",
        "plan_url": "https://example.org/plan?a=1&b=2",
        "planning_note": "in Kraft seit 2019",
        "grz": 0.8,
        "gfz": 2.4,
        "bmz": 10.0,
        "max_height_m": 22.5,
        "max_floors": 4,
        "distance_class": DistanceClass.III,
        "noise_day_db": 65.0,
        "noise_night_db": 50.0,
        "operation_24h": True,
        "seveso": Seveso.NONE,
        "restrictions": (
            Restriction(
                kind=RestrictionKind.MINING,
                severity=Severity.SERIOUS,
                note="Schacht 2",
                responsible="Bergbehörde",
                next_step="Gutachten",
                expected_end=dt.date(2027, 12, 31),
                as_of="2025-08",
                url="https://example.org/shaft",
            ),
            Restriction(kind=RestrictionKind.ORDNANCE),
        ),
        "price_eur_m2": 85.0,
        "price_on_request": False,
        "servicing_cost_eur_m2": 12.5,
        "sale_form": (SaleForm.SALE, SaleForm.LEASEHOLD),
        "ownership": Ownership.PUBLIC,
        "owner": "Stadt Musterstadt",
        "company_bound": False,
        "willing_to_sell": True,
        "availability": Availability.SHORT,
        "available_from": dt.date(2027, 4, 1),
        "availability_note": "nach Abbruch",
        "first_published": dt.date(2025, 1, 2),
        "updated_at": dt.date(2026, 5, 1),
        "verified_on": dt.date(2026, 5, 2),
        "servicing": Servicing.PARTLY,
        "sewer": True,
        "water": True,
        "gas": False,
        "power_mva": 6.3,
        "heat": False,
        "hydrogen": True,
        "fibre": True,
        "rail_siding": RailSiding.POSSIBLE,
        "quay": False,
        "crane": True,
        "heavy_load_route": True,
        "transport_note": "Schwerlast bis 60 t",
        "sectors": ("logistics", "new_chemistry"),
        "sectors_note": "kein Einzelhandel",
        "former_use": "Zeche",
        "note": "Zeile eins\nZeile zwei",
        "grw_area": True,
        "funding_programmes": ("GRW", "Fünf-Standorte"),
        "media": (Medium(url="https://example.org/m.jpg", title="Luftbild", alternative="Feld", licence="CC BY 4.0"),),
        "contact": Contact(
            organisation="Wirtschaftsförderung",
            name="Ansprechstelle",
            role="Ansiedlung",
            phone="+49 0",
            email="a@example.org",
        ),
    }
    return site(**(known | changes))


def municipality(code: str = "05990001", **known: Any) -> Municipality:
    """Return a town of `TOWNS`, or with another code a town named by it."""
    return Municipality(**({"code": code, "name": TOWNS.get(code, f"Stadt {code}")} | known))


def access_point(
    kind: AccessKind = AccessKind.MOTORWAY_JUNCTION, x: float = 0.0, y: float = 0.0, **known: Any
) -> AccessPoint:
    """Return an access point x metres east and y metres north of `ORIGIN`."""
    number = next(_numbers)
    given = {
        "id": f"{kind.value}-{number:06}",
        "name": f"Punkt {number}",
        "geometry": at(x, y),
        "as_of": "2026-01",
        "source": "test",
    }
    return AccessPoint(kind=kind, **(given | known))


def place(name: str = "Musterstadt", x: float = 0.0, y: float = 0.0, **known: Any) -> Place:
    """Return a town as `near=` finds it."""
    return Place(**({"id": f"p-{next(_numbers)}", "name": name, "inhabitants": 50_000, "geometry": at(x, y)} | known))


def zone(**known: Any) -> Zone:
    """Return a zone of a plan in force: GE, on the same ground as `square()`."""
    given = {"geometry": square(), "source": "plans", "zoning": (Zoning.GE,), "plan_status": PlanStatus.IN_FORCE}
    return Zone(**(given | known))


def frame(sites: Sequence[Site], columns: Iterable[str] | None = None) -> pd.DataFrame:
    """Return sites as the intake hands them to the store; `columns` are the attributes delivered (None: all)."""
    delivered = tuple(ATTRIBUTES) if columns is None else tuple(columns)
    cells: dict[str, Any] = {}
    for name in (*IDENTITY, *delivered):
        values = np.empty(len(sites), dtype=object)
        values[:] = [getattr(one, name) for one in sites]
        number = name in ATTRIBUTES and ATTRIBUTES[name].type is Type.NUMBER
        cells[name] = pd.Series(values, index=range(1, len(sites) + 1), dtype="float64" if number else object)
    return pd.DataFrame(cells)


def delivery(session: Session, **settings: Any) -> saving.Delivery:
    """Begin a delivery."""
    at_ = settings.pop("at", NOW)
    key = saving.record_delivery(
        session,
        actor="test",
        file_name="test.geojson",
        sha256=f"{next(_numbers):064x}",
        profile="finder",
        summary={},
        at=at_,
    )
    defaults = {"actor": "test", "id_prefix": "T", "municipality_names": TOWNS}
    return saving.Delivery(session, key, at=at_, **(defaults | settings))


def save(
    session: Session,
    delivered: Sequence[Site] | pd.DataFrame,
    *,
    only_new: AbstractSet[str] = frozenset(),
    **settings: Any,
) -> saving.Saved:
    """Save sites (or a frame) as one delivery."""
    rows = delivered if isinstance(delivered, pd.DataFrame) else frame(delivered)
    return delivery(session, **settings).save(rows, only_new=only_new)


Filled = AbstractContextManager[Database]


@contextmanager
def database(
    url: str, sites: Sequence[Site] = (), *, access_points: Sequence[AccessPoint] = (), places: Sequence[Place] = ()
) -> Iterator[Database]:
    """Yield a database with the towns and these sites, measured against these access points; closed afterwards."""
    database = Database(url)
    try:
        database.migrate()
        with database.writing() as session:
            reference.replace(session, Municipality, [municipality(code) for code in TOWNS])
            reference.replace(session, AccessPoint, access_points)
            reference.replace(session, Place, places)
            reference.set_setting(session, "inventory", "own")
            if sites:
                saved = save(session, sites)
                if access_points:
                    from finder import pipeline

                    pipeline.measure_access(session, saved.new)
        yield database
    finally:
        database.close()
