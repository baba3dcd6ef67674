"""Code lists of the field. Values are the stable words of files, URLs and the API; labels are message ids."""

from __future__ import annotations

from enum import StrEnum

from finder.language import N_


class Labelled(StrEnum):
    """A code with the message id of its label: `GE = "GE", N_("commercial area")`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value
        return member


class Zoning(Labelled):
    """Kinds of building area of the BauNVO; GEe is a GE with restrictions on emissions."""

    GE = "GE", N_("commercial area")
    GI = "GI", N_("industrial area")
    GEE = "GEe", N_("restricted commercial area")
    G = "G", N_("commercial building land")
    MI = "MI", N_("mixed area")
    MU = "MU", N_("urban area")
    MK = "MK", N_("core area")
    MD = "MD", N_("village area")
    MDW = "MDW", N_("rural residential area")
    M = "M", N_("mixed building land")
    SO = "SO", N_("special area")
    WS = "WS", N_("small-settlement area")
    WR = "WR", N_("purely residential area")
    WA = "WA", N_("general residential area")
    WB = "WB", N_("special residential area")
    W = "W", N_("residential building land")
    OTHER = "other", N_("other area")


class PlanStatus(Labelled):
    """How far the right to build has come."""

    IN_FORCE = "in_force", N_("plan in force")
    ADOPTED = "adopted", N_("plan adopted, not yet in force")
    IN_PROCEDURE = "in_procedure", N_("plan in procedure")
    INNER_AREA = "section_34", N_("inner area, § 34 BauGB")
    OUTER_AREA = "section_35", N_("outer area, § 35 BauGB")
    LAND_USE_PLAN = "land_use_plan", N_("land-use plan only")
    NONE = "none", N_("no plan")


class Availability(Labelled):
    """When the land can be had."""

    IMMEDIATE = "immediate", N_("immediately")
    SHORT = "short", N_("within 2 years")
    MEDIUM = "medium", N_("in 2 to 5 years")
    LONG = "long", N_("in more than 5 years")


class Status(Labelled):
    """The life of a listing. Nothing is ever deleted."""

    DRAFT = "draft", N_("draft")
    SUBMITTED = "submitted", N_("submitted")
    PUBLISHED = "published", N_("published")
    RESERVED = "reserved", N_("reserved")
    SOLD = "sold", N_("sold")
    WITHDRAWN = "withdrawn", N_("withdrawn")


LISTED = (Status.PUBLISHED, Status.RESERVED)
"""In lists, maps and exports for everybody."""
LINKED = (*LISTED, Status.SOLD, Status.WITHDRAWN)
"""Shown to everybody who has the link, with a notice."""


class Evidence(Labelled):
    """What the public sources say of a documented reserve that no town has confirmed."""

    MARKETING = "marketing", N_("being marketed")
    RESERVED_OR_RESIDUAL = "reserved_or_residual", N_("residual or earmarked land")
    IN_PREPARATION = "in_preparation", N_("in preparation")
    CONTESTED_PLAN = "contested_plan", N_("contested plan")
    POTENTIAL_ONLY = "potential_only", N_("potential only")
    TAKEN = "taken", N_("taken")


POTENTIAL = (Evidence.CONTESTED_PLAN, Evidence.POTENTIAL_ONLY)
"""Potential land: outside the default search and every supply figure."""


class GeometryQuality(Labelled):
    """What the outline is worth."""

    SURVEYED = "surveyed", N_("surveyed")
    PARCEL = "parcel", N_("from parcels")
    APPROXIMATE = "approximate", N_("place and outline approximate")
    POINT = "point", N_("point only")


class SizeBasis(Labelled):
    """Which of the stated sizes counts."""

    AVAILABLE = "available", N_("available")
    NET = "net", N_("net")
    STATED = "stated", N_("gross, stated")
    MEASURED = "measured", N_("measured")


class DistanceClass(Labelled):
    """Classes of the NRW distance decree: required distance to housing, I the farthest."""

    I = "I", N_("class I, 1,500 m")  # noqa: E741
    II = "II", N_("class II, 1,000 m")
    III = "III", N_("class III, 700 m")
    IV = "IV", N_("class IV, 500 m")
    V = "V", N_("class V, 300 m")
    VI = "VI", N_("class VI, 200 m")
    VII = "VII", N_("class VII, 100 m")


class Seveso(Labelled):
    """Relation to a Seveso establishment. Absence of a statement is unknown, never none."""

    NONE = "none", N_("stated none")
    CONSULTATION = "consultation_distance", N_("within the consultation distance")
    SAFETY = "safety_distance", N_("within the safety distance")


class RestrictionKind(Labelled):
    CONTAMINATION = "contamination", N_("contamination")
    MINING = "mining", N_("mining")
    FLOOD = "flood", N_("flood")
    NATURE = "nature", N_("nature protection")
    WATER = "water_protection", N_("water protection")
    ORDNANCE = "ordnance", N_("unexploded ordnance")
    POWER_LINE = "power_line", N_("power line")
    EASEMENT = "easement", N_("easement")
    HERITAGE = "heritage", N_("heritage")
    OWNERSHIP = "ownership", N_("ownership")
    ACCESS = "access", N_("road access")
    OTHER = "other", N_("other")


class Severity(Labelled):
    """How much a restriction weighs; unknown is the absence of a severity."""

    MINOR = "minor", N_("minor")
    SERIOUS = "serious", N_("serious")
    BLOCKING = "blocking", N_("blocking")


class MaxRestriction(Labelled):
    """The gravest restriction of a site; none only where it is stated that there is none."""

    NONE = "none", N_("none")
    MINOR = "minor", N_("minor")
    SERIOUS = "serious", N_("serious")
    BLOCKING = "blocking", N_("blocking")


class SaleForm(Labelled):
    SALE = "sale", N_("sale")
    LEASEHOLD = "leasehold", N_("leasehold")
    RENT = "rent", N_("rent")


class Ownership(Labelled):
    PUBLIC = "public", N_("public")
    PRIVATE = "private", N_("private")
    MIXED = "mixed", N_("mixed")


class Servicing(Labelled):
    """State of development (roads and mains)."""

    NONE = "none", N_("not serviced")
    PARTLY = "partly", N_("partly serviced")
    FULLY = "fully", N_("fully serviced")


class RailSiding(Labelled):
    ON_SITE = "on_site", N_("on site")
    POSSIBLE = "possible", N_("possible")
    NO = "no", N_("no")


class Vehicle(Labelled):
    CAR = "car", N_("car")
    TRUCK = "truck", N_("truck 40 t")


class Method(Labelled):
    """How an access figure was made."""

    BEELINE = "beeline", N_("beeline")
    ESTIMATE = "estimate", N_("estimate")
    NETWORK = "network", N_("road network")


class Obstacle(Labelled):
    """Why minutes of a site are not measured over the road network."""

    OUTSIDE = "outside", N_("no road of the network lies near the plot")
    ISLAND = "island", N_("the roads near the plot are cut off from the road network")
    UNREACHED = "unreached", N_("the road network knows no way there for this vehicle")


class AccessKind(Labelled):
    """What a site is near to; goods kinds are judged by truck unless asked otherwise."""

    MOTORWAY_JUNCTION = "motorway_junction", N_("motorway junction")
    FEDERAL_ROAD = "federal_road", N_("federal road")
    RAIL_STATION = "rail_station", N_("railway station")
    RAIL_FREIGHT = "rail_freight", N_("rail freight")
    INLAND_PORT = "inland_port", N_("inland port")
    AIRPORT = "airport", N_("airport")
    BUS_STOP = "bus_stop", N_("bus or tram stop")

    @property
    def vehicle(self) -> Vehicle:
        """The vehicle that counts when none is named."""
        goods = {self.MOTORWAY_JUNCTION, self.FEDERAL_ROAD, self.RAIL_FREIGHT, self.INLAND_PORT}
        return Vehicle.TRUCK if self in goods else Vehicle.CAR
