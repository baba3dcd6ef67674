"""A site: one land reserve with its offer, every fact with its provenance."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from finder.language import N_
from finder.model.attributes import Attribute, Group, Type, attribute
from finder.model.vocabulary import (
    POTENTIAL,
    Availability,
    DistanceClass,
    Evidence,
    GeometryQuality,
    MaxRestriction,
    Ownership,
    PlanStatus,
    RailSiding,
    RestrictionKind,
    SaleForm,
    Servicing,
    Severity,
    Seveso,
    SizeBasis,
    Status,
    Zoning,
)


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a fact comes from. `as_of` is as exact as the source: "2021", "2021-08" or "2021-08-03"; None: undated."""

    source: str | None = None
    url: str | None = None
    as_of: str | None = None
    method: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One attribute's value (None: not known) with its provenance."""

    attribute: Attribute
    value: Any
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Restriction:
    """An obstacle on the way to building; None is not known."""

    kind: RestrictionKind
    severity: Severity | None = None
    note: str | None = None
    responsible: str | None = None
    next_step: str | None = None
    expected_end: dt.date | None = None
    as_of: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Medium:
    """A picture, plan or document."""

    url: str
    title: str | None = None
    alternative: str | None = None
    licence: str | None = None


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The office responsible; public bodies in general terms, no private persons in bundled data."""

    organisation: str | None = None
    name: str | None = None
    role: str | None = None
    phone: str | None = None
    email: str | None = None


G, T = Group, Type


@dataclass(frozen=True, kw_only=True)
class Site:
    """One land reserve. Required: id, name, municipality. None is not known; an empty list is stated none.

    `geometry` is in metres (`finder.crs.METRIC`): polygon, multipolygon or point. Units stand in the names.
    `provenance` maps an attribute's name to its origin; the entry ``"*"`` holds for all others.
    """

    id: str
    name: str
    municipality: str
    source: str
    source_id: str
    status: Status = Status.DRAFT
    sample: bool = False
    provenance: Mapping[str, Provenance] = field(default_factory=dict)

    # identity
    further_municipalities: tuple[str, ...] | None = attribute(G.IDENTITY, T.WORDS, N_("further municipalities"))
    address: str | None = attribute(G.IDENTITY, T.TEXT, N_("address"))
    cadastral_reference: str | None = attribute(G.IDENTITY, T.TEXT, N_("cadastral reference"))
    estate: str | None = attribute(G.IDENTITY, T.TEXT, N_("business estate"))
    geometry: BaseGeometry | None = attribute(G.IDENTITY, T.GEOMETRY, N_("outline"))
    geometry_quality: GeometryQuality | None = attribute(
        G.IDENTITY, T.CHOICE, N_("quality of the outline"), choices=GeometryQuality
    )
    position_uncertainty_m: float | None = attribute(G.IDENTITY, T.NUMBER, N_("uncertainty of the place"), unit="m")
    evidence: Evidence | None = attribute(G.IDENTITY, T.CHOICE, N_("what the sources say"), choices=Evidence)
    # size
    area_m2: float | None = attribute(G.SIZE, T.NUMBER, N_("measured area"), unit="m²")
    stated_area_m2: float | None = attribute(G.SIZE, T.NUMBER, N_("gross area"), unit="m²")
    net_area_m2: float | None = attribute(G.SIZE, T.NUMBER, N_("net area"), unit="m²")
    available_area_m2: float | None = attribute(G.SIZE, T.NUMBER, N_("available area"), unit="m²")
    largest_contiguous_m2: float | None = attribute(G.SIZE, T.NUMBER, N_("largest single plot"), unit="m²")
    divisible_from_m2: float | None = attribute(G.SIZE, T.NUMBER, N_("divisible from"), unit="m²")
    # planning
    zoning: tuple[Zoning, ...] | None = attribute(G.PLANNING, T.CHOICES, N_("zoning"), choices=Zoning)
    zoning_shares: tuple[str, ...] | None = attribute(G.PLANNING, T.WORDS, N_("shares of the zoning kinds"))
    zoning_detail: str | None = attribute(G.PLANNING, T.TEXT, N_("zoning in detail"))
    plan_status: PlanStatus | None = attribute(G.PLANNING, T.CHOICE, N_("plan status"), choices=PlanStatus)
    plan_name: str | None = attribute(G.PLANNING, T.TEXT, N_("plan"))
    plan_url: str | None = attribute(G.PLANNING, T.URL, N_("plan document"))
    planning_note: str | None = attribute(G.PLANNING, T.TEXT, N_("planning, as stated"))
    grz: float | None = attribute(G.PLANNING, T.NUMBER, N_("site occupancy index GRZ"))
    gfz: float | None = attribute(G.PLANNING, T.NUMBER, N_("floor space index GFZ"))
    bmz: float | None = attribute(G.PLANNING, T.NUMBER, N_("cubic index BMZ"))
    max_height_m: float | None = attribute(G.PLANNING, T.NUMBER, N_("maximum height"), unit="m")
    max_floors: int | None = attribute(G.PLANNING, T.INTEGER, N_("maximum floors"))
    # emissions
    distance_class: DistanceClass | None = attribute(
        G.EMISSIONS, T.CHOICE, N_("distance class (NRW)"), choices=DistanceClass
    )
    noise_day_db: float | None = attribute(G.EMISSIONS, T.NUMBER, N_("noise quota by day"), unit="dB(A)/m²")
    noise_night_db: float | None = attribute(G.EMISSIONS, T.NUMBER, N_("noise quota by night"), unit="dB(A)/m²")
    operation_24h: bool | None = attribute(G.EMISSIONS, T.FLAG, N_("round-the-clock operation"))
    seveso: Seveso | None = attribute(G.EMISSIONS, T.CHOICE, N_("Seveso distance"), choices=Seveso)
    # restrictions
    restrictions: tuple[Restriction, ...] | None = attribute(G.RESTRICTIONS, T.RECORDS, N_("restrictions"))
    # commercial
    price_eur_m2: float | None = attribute(G.COMMERCIAL, T.NUMBER, N_("price"), unit="€/m²")
    price_on_request: bool | None = attribute(G.COMMERCIAL, T.FLAG, N_("price on request"))
    servicing_cost_eur_m2: float | None = attribute(G.COMMERCIAL, T.NUMBER, N_("servicing cost"), unit="€/m²")
    sale_form: tuple[SaleForm, ...] | None = attribute(G.COMMERCIAL, T.CHOICES, N_("form of sale"), choices=SaleForm)
    # ownership
    ownership: Ownership | None = attribute(G.OWNERSHIP, T.CHOICE, N_("ownership"), choices=Ownership)
    owner: str | None = attribute(G.OWNERSHIP, T.TEXT, N_("owner or developer"))
    company_bound: bool | None = attribute(G.OWNERSHIP, T.FLAG, N_("company-bound reserve"))
    willing_to_sell: bool | None = attribute(G.OWNERSHIP, T.FLAG, N_("willing to sell"))
    # time
    availability: Availability | None = attribute(G.TIME, T.CHOICE, N_("available"), choices=Availability)
    available_from: dt.date | None = attribute(G.TIME, T.DATE, N_("available from"))
    availability_note: str | None = attribute(G.TIME, T.TEXT, N_("availability, as stated"))
    first_published: dt.date | None = attribute(G.TIME, T.DATE, N_("first published"))
    updated_at: dt.date | None = attribute(G.TIME, T.DATE, N_("last changed"))
    verified_on: dt.date | None = attribute(G.TIME, T.DATE, N_("confirmed on"))
    # servicing
    servicing: Servicing | None = attribute(G.SERVICING, T.CHOICE, N_("state of servicing"), choices=Servicing)
    sewer: bool | None = attribute(G.SERVICING, T.FLAG, N_("sewer"))
    water: bool | None = attribute(G.SERVICING, T.FLAG, N_("water"))
    gas: bool | None = attribute(G.SERVICING, T.FLAG, N_("gas"))
    power_mva: float | None = attribute(G.SERVICING, T.NUMBER, N_("power"), unit="MVA")
    heat: bool | None = attribute(G.SERVICING, T.FLAG, N_("district heat"))
    hydrogen: bool | None = attribute(G.SERVICING, T.FLAG, N_("hydrogen"))
    fibre: bool | None = attribute(G.SERVICING, T.FLAG, N_("fibre"))
    # equipment
    rail_siding: RailSiding | None = attribute(G.EQUIPMENT, T.CHOICE, N_("rail siding"), choices=RailSiding)
    quay: bool | None = attribute(G.EQUIPMENT, T.FLAG, N_("quay"))
    crane: bool | None = attribute(G.EQUIPMENT, T.FLAG, N_("crane"))
    heavy_load_route: bool | None = attribute(G.EQUIPMENT, T.FLAG, N_("heavy-load route"))
    transport_note: str | None = attribute(G.EQUIPMENT, T.TEXT, N_("transport, as stated"))
    # sectors and history
    sectors: tuple[str, ...] | None = attribute(G.SECTORS, T.WORDS, N_("sectors"))
    sectors_note: str | None = attribute(G.SECTORS, T.TEXT, N_("sectors, as stated"))
    former_use: str | None = attribute(G.SECTORS, T.TEXT, N_("former use"))
    note: str | None = attribute(G.SECTORS, T.TEXT, N_("remarks"))
    # funding
    grw_area: bool | None = attribute(G.FUNDING, T.FLAG, N_("GRW funding area"))
    funding_programmes: tuple[str, ...] | None = attribute(G.FUNDING, T.WORDS, N_("funding programmes"))
    # media, contact
    media: tuple[Medium, ...] | None = attribute(G.MEDIA, T.RECORDS, N_("pictures and documents"))
    contact: Contact | None = attribute(G.CONTACT, T.RECORDS, N_("contact"))

    def origin(self, name: str) -> Provenance:
        """Return where the attribute's value comes from: its own provenance, else the site's."""
        return self.provenance.get(name) or self.provenance.get("*") or Provenance(source=self.source)

    def fact(self, name: str) -> Fact:
        """Return one attribute with its provenance."""
        return Fact(attribute=ATTRIBUTES[name], value=getattr(self, name), provenance=self.origin(name))

    @property
    def size_m2(self) -> float | None:
        """The size that counts in searches, m²."""
        return size_that_counts(self)[0]

    @property
    def size_basis(self) -> SizeBasis | None:
        """Which size `size_m2` is."""
        return size_that_counts(self)[1]

    @property
    def potential(self) -> bool:
        """Potential land: outside the default search and every supply figure."""
        return self.evidence in POTENTIAL

    @property
    def documented(self) -> bool:
        """Known from public sources only, not an offer and not confirmed by the town."""
        return self.evidence is not None

    @property
    def max_restriction(self) -> MaxRestriction | None:
        """The gravest restriction; not known when none is listed or one has no severity (unless one blocks)."""
        return gravest(self.restrictions)


ATTRIBUTES: dict[str, Attribute] = {
    f.name: dataclasses.replace(f.metadata["attribute"], name=f.name)
    for f in dataclasses.fields(Site)
    if "attribute" in f.metadata
}
"""Every describing attribute of a site by its name, in the order of pages and papers."""


def size_that_counts(site: Any) -> tuple[float | None, SizeBasis | None]:
    """Return (m², basis): available, else net, else stated, else measured, never measured on an approximate outline."""
    for name, basis in SIZES:
        value = getattr(site, name)
        if value is not None and not (basis is SizeBasis.MEASURED and site.geometry_quality not in MEASURABLE):
            return value, basis
    return None, None


SIZES = (
    ("available_area_m2", SizeBasis.AVAILABLE),
    ("net_area_m2", SizeBasis.NET),
    ("stated_area_m2", SizeBasis.STATED),
    ("area_m2", SizeBasis.MEASURED),
)
MEASURABLE = (GeometryQuality.SURVEYED, GeometryQuality.PARCEL, None)
"""Outlines whose measured area counts; an outline without a stated quality is taken as delivered."""


def measured_area_m2(geometry: BaseGeometry | None, quality: GeometryQuality | None) -> float | None:
    """Return the area of an outline, m²; None of points and of approximate outlines, which are drawn, not measured."""
    if geometry is None or geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return None
    return None if quality is GeometryQuality.APPROXIMATE else geometry.area


def gravest(restrictions: tuple[Restriction, ...] | None) -> MaxRestriction | None:
    """Return the gravest severity; a list with an unknown severity is only known when something in it blocks."""
    if restrictions is None:
        return None
    severities = {r.severity for r in restrictions}
    if Severity.BLOCKING in severities:
        return MaxRestriction.BLOCKING
    if None in severities:
        return None
    for severity in (Severity.SERIOUS, Severity.MINOR):
        if severity in severities:
            return MaxRestriction(severity.value)
    return MaxRestriction.NONE
