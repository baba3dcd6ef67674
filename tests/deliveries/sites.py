"""The twelve sites that every format has to carry: fictional, with all that makes deliveries hard to carry."""

from __future__ import annotations

import datetime as dt
from typing import Any

import shapely

from finder.model.site import Contact, Medium, Restriction, Site
from finder.model.vocabulary import (
    Availability,
    DistanceClass,
    GeometryQuality,
    Ownership,
    PlanStatus,
    RailSiding,
    RestrictionKind,
    SaleForm,
    Servicing,
    Severity,
    Seveso,
    Zoning,
)
from tests import factories

SOURCE = "Musterstadt"
NORTH, SOUTH, EAST = "05990001", "05990002", "05990003"


def ring(x: float, y: float, *corners: tuple[float, float]) -> list[tuple[float, float]]:
    """Return corners, given from (x, y), in metres."""
    return [(factories.ORIGIN[0] + x + dx, factories.ORIGIN[1] + y + dy) for dx, dy in corners]


def polygon(x: float, y: float, *corners: tuple[float, float]) -> shapely.Polygon:
    """Return a polygon with these corners, given from (x, y), in metres."""
    return shapely.Polygon(ring(x, y, *corners))


L_SHAPE = ((0.0, 0.0), (310.4, -12.7), (305.1, 180.0), (120.9, 175.3), (118.2, 330.6), (2.5, 322.0))
WITH_HOLE = shapely.Polygon(
    ring(1500, 0, (0.0, 0.0), (400.25, 10.0), (390.0, 260.5), (5.0, 250.0)),
    [ring(1500, 0, (100.0, 80.0), (100.0, 160.0), (200.0, 160.0), (200.0, 80.0))],
)
TWO_PARTS = shapely.MultiPolygon([factories.square(3000, 0, 150.0), factories.square(3200, 40, 90.0)])
# as far as a plot of the region goes: here projections differ from each other the most
LARGE = polygon(-9000, 6000, (0.0, 0.0), (1420.0, 60.0), (1610.0, 700.0), (900.0, 1180.0), (-80.0, 930.0))
SMALL = polygon(9000, -8000, (0.0, 0.0), (31.6, 4.2), (12.9, 38.8))


def _site(number: int, name: str, municipality: str, **known: Any) -> Site:
    key = f"MS-{number:02}"
    return factories.site(id=key, source=SOURCE, source_id=key, name=name, municipality=municipality, **known)


SITES: tuple[Site, ...] = (
    _site(
        1,
        "Gewerbepark Süd-Ost, Übergabefläche „Zeche Müßig“",
        NORTH,
        geometry=polygon(0, 0, *L_SHAPE),
        geometry_quality=GeometryQuality.SURVEYED,
        address="Straße des Übermuts 12 a",
        cadastral_reference="Muster-3-117/4",
        estate='Park "Äußere Höfe"',
        stated_area_m2=74_000.0,
        available_area_m2=52_500.5,
        divisible_from_m2=5_000.0,
        zoning=(Zoning.GI, Zoning.GEE),
        plan_status=PlanStatus.IN_FORCE,
        plan_name="Nr. 117 „Äußerer Ring“",
        plan_url="https://example.org/plan?a=1&b=2",
        grz=0.8,
        gfz=2.4,
        bmz=10.0,
        max_height_m=22.5,
        max_floors=4,
        distance_class=DistanceClass.III,
        operation_24h=True,
        restrictions=(
            Restriction(
                kind=RestrictionKind.MINING,
                severity=Severity.SERIOUS,
                note="Schacht 2; Gutachten „liegt vor“, <geprüft> & 'frei'",
                expected_end=dt.date(2027, 12, 31),
                as_of="2025-08",
            ),
            Restriction(kind=RestrictionKind.ORDNANCE),
        ),
        price_eur_m2=85.5,
        price_on_request=False,
        sale_form=(SaleForm.SALE, SaleForm.LEASEHOLD),
        ownership=Ownership.PUBLIC,
        availability=Availability.SHORT,
        available_from=dt.date(2027, 4, 1),
        verified_on=dt.date(2026, 5, 2),
        servicing=Servicing.PARTLY,
        sewer=True,
        water=True,
        gas=False,
        power_mva=6.3,
        fibre=True,
        rail_siding=RailSiding.POSSIBLE,
        quay=False,
        sectors=("logistics", "new_chemistry"),
        note="Zufahrt von Norden; 60 t, 4,50 m",
        contact=Contact(organisation="Wirtschaftsförderung", email="a@example.org"),
    ),
    _site(2, "D'Artagnan's \"Hof\"; 2", NORTH, geometry=WITH_HOLE, zoning=(Zoning.GE,), grz=0.6, price_eur_m2=49.0),
    _site(
        3,
        "Zweiteilig <Nord> & Süd",
        SOUTH,
        geometry=TWO_PARTS,
        stated_area_m2=30_600.0,
        zoning=(Zoning.SO, Zoning.GE),
        plan_status=PlanStatus.ADOPTED,
        sale_form=(),
        restrictions=(),
        media=(Medium(url="https://example.org/m.jpg", title="Luftbild „West“", licence="CC BY 4.0"),),
    ),
    _site(
        4,
        "Haldenvorland",
        EAST,
        geometry=LARGE,
        geometry_quality=GeometryQuality.PARCEL,
        zoning=(Zoning.GI,),
        plan_status=PlanStatus.LAND_USE_PLAN,
        further_municipalities=(NORTH, SOUTH),
        availability=Availability.LONG,
        seveso=Seveso.CONSULTATION,
        power_mva=0.4,
    ),
    _site(5, "Zwickel", SOUTH, geometry=SMALL, zoning=(Zoning.MI,), grz=0.4, gfz=1.1, price_eur_m2=132.25),
    _site(
        6,
        "Nur ein Ort",
        NORTH,
        geometry=factories.at(-4200.25, -3100.75),
        geometry_quality=GeometryQuality.POINT,
        stated_area_m2=12_000.0,
        address="Am Platz 3",
        ownership=Ownership.PRIVATE,
        price_on_request=True,
        fibre=False,
    ),
    _site(7, "Alles unbekannt", NORTH, geometry=polygon(-2000, 2000, (0, 0), (210, 0), (190, 140), (0, 120))),
    _site(
        8,
        "Kanalkai",
        EAST,
        geometry=polygon(5000, 3000, (0, 0), (300, 40), (280, 130), (10, 90)),
        quay=True,
        rail_siding=RailSiding.ON_SITE,
        operation_24h=False,
        zoning=(Zoning.GE,),
        plan_status=PlanStatus.IN_PROCEDURE,
        available_from=dt.date(2026, 2, 28),
        sectors=("logistics",),
    ),
    _site(
        9,
        "ÄÖÜ äöü ß – é €",
        SOUTH,
        geometry=polygon(-6000, -5000, (0, 0), (140, 10), (150, 160), (20, 150)),
        address="Lange Straße 7, Hinterhaus",
        note="Preis: 0 € für Pächter; sonst 12,50 €",
        price_eur_m2=0.0,
        zoning=(Zoning.OTHER,),
    ),
    _site(
        10,
        "Ohne Plan",
        EAST,
        geometry=polygon(7000, -2000, (0, 0), (220, 0), (220, 220), (110, 120), (0, 220)),
        plan_status=PlanStatus.NONE,
        ownership=Ownership.MIXED,
        servicing=Servicing.NONE,
        sewer=False,
        water=False,
        gas=False,
    ),
    _site(
        11,
        "Reihe 11",
        NORTH,
        geometry=polygon(400, -4000, (0, 0), (500, -20), (505, 60), (3, 80)),
        geometry_quality=GeometryQuality.APPROXIMATE,
        stated_area_m2=60_000.0,
        zoning=(Zoning.GEE,),
        verified_on=dt.date(2025, 12, 31),
        restrictions=(Restriction(kind=RestrictionKind.FLOOD, severity=Severity.MINOR, note="HQ100 am Rand"),),
    ),
    _site(
        12,
        "x",
        SOUTH,
        geometry=polygon(-3000, 7000, (0, 0), (90.5, 0), (120.5, 60), (100, 120), (40, 130), (-30, 70)),
        zoning=(Zoning.MU,),
        grz=0.8,
        gfz=3.0,
        max_floors=5,
        sale_form=(SaleForm.RENT,),
        availability=Availability.IMMEDIATE,
    ),
)
