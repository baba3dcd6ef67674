"""The tables. The columns of `site` and `access` follow the model's attributes; migrations bring them into being."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from finder.model.access import km_name, measured_name, method_name, min_name
from finder.model.attributes import Attribute, Type
from finder.model.reach import CATCHMENT_MIN
from finder.model.site import ATTRIBUTES
from finder.model.vocabulary import AccessKind, Labelled, PlanStatus, Vehicle, Zoning
from finder.store.spatial import BOUNDS, Geometry

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def words(values: Iterable[str]) -> tuple[str, ...]:
    """Return words as `Tokens` keeps them and gives them back: without the sign between them, none empty."""
    return tuple(word for value in values if (word := value if "|" not in value else value.replace("|", " ")).strip())


class Tokens(sa.TypeDecorator[tuple[str, ...]]):
    """A list of words as ``|GI|GE|``: NULL is not known, ``|`` is stated none."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, choices: type[Labelled] | None = None) -> None:
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else "|" + "".join(f"{word}|" for word in words(value))

    def process_result_value(self, value: Any, dialect: Any) -> tuple[str, ...] | None:
        if value is None:
            return None
        words = tuple(word for word in value.split("|") if word)
        return tuple(self.choices(word) for word in words) if self.choices else words


class Choice(sa.TypeDecorator[Labelled]):
    """One word of a code list."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, choices: type[Labelled]) -> None:
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Any) -> Labelled | None:
        return None if value is None else self.choices(value)


def _type(attribute: Attribute) -> Any:
    match attribute.type:
        case Type.TEXT | Type.URL:
            return sa.Text()
        case Type.NUMBER:
            return sa.Double()
        case Type.INTEGER:
            return sa.Integer()
        case Type.FLAG:
            return sa.Boolean()
        case Type.DATE:
            return sa.Date()
        case Type.CHOICE:
            assert attribute.choices
            return Choice(attribute.choices)
        case Type.CHOICES | Type.WORDS:
            return Tokens(attribute.choices)
        case Type.GEOMETRY:
            return Geometry()
        case Type.RECORDS:
            return sa.Text()  # JSON written by finder.store.records, the same bytes on both databases


site = sa.Table(
    "site",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("source_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("municipality", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("sample", sa.Boolean, nullable=False, default=False),
    sa.Column("version", sa.Integer, nullable=False, default=1),
    sa.Column("provenance", sa.Text, nullable=False, default="{}"),
    *(sa.Column(a.name, _type(a)) for a in ATTRIBUTES.values() if a.type is not Type.GEOMETRY),
    # derived when a site is saved, so that questions stay plain
    sa.Column("size_m2", sa.Double),
    sa.Column("size_basis", sa.Text),
    sa.Column("potential", sa.Boolean, nullable=False, default=False),
    sa.Column("max_restriction", sa.Text),
    sa.Column("search_text", sa.Text, nullable=False, default=""),
    *(sa.Column(name, sa.Double) for name in BOUNDS),
    # last, because SQLite reads a row from its front and outlines are long
    sa.Column("geometry", Geometry()),
    sa.UniqueConstraint("source", "source_id"),
    sa.Index(None, "municipality"),
    sa.Index(None, "size_m2"),
    # all that decides whether a site is listed at all
    sa.Index("ix_site_listed", "status", "potential", "verified_on", "evidence", "sample"),
)


def _figures(kind: AccessKind, vehicle: Vehicle) -> Iterator[sa.Column[Any]]:
    yield sa.Column(f"{kind.value}_{vehicle.value}_point", sa.Text())
    yield sa.Column(km_name(kind, vehicle), sa.Double())
    yield sa.Column(min_name(kind, vehicle), sa.Double())
    yield sa.Column(method_name(kind, vehicle), sa.Text())


def _access() -> Iterator[sa.Column[Any]]:
    for kind in AccessKind:
        for vehicle in Vehicle:
            yield from _figures(kind, vehicle)
        yield sa.Column(measured_name(kind), sa.Integer())  # the measuring's id
    yield sa.Column("network", sa.Text())  # the key of the one that the site's drive was looked for on
    for vehicle in Vehicle:
        yield sa.Column(f"{vehicle.value}_segment", sa.Integer())
        yield sa.Column(f"{vehicle.value}_fraction", sa.Double())
        yield sa.Column(f"{vehicle.value}_snap_m", sa.Double())
        yield sa.Column(f"{vehicle.value}_obstacle", sa.Text())


access = sa.Table(
    "access",
    metadata,
    sa.Column("site_pk", sa.ForeignKey("site.pk"), primary_key=True, autoincrement=False),
    *_access(),
)

measuring = sa.Table(
    "measuring",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("points", sa.Text, nullable=False),
    sa.Column("network", sa.Text),
    sa.Column("network_as_of", sa.Text),
)

population = sa.Table(
    "population",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("x", sa.Double, nullable=False),
    sa.Column("y", sa.Double, nullable=False),
    sa.Column("inhabitants", sa.Double),
    sa.Column("workforce", sa.Double),
)

population_layer = sa.Table(
    "population_layer",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("as_of", sa.Text),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("cells", sa.Integer, nullable=False),
    sa.Column("unknown", sa.Integer, nullable=False),
    sa.Column("far", sa.Integer, nullable=False),
    sa.Column("inhabitants", sa.BigInteger, nullable=False),
    sa.Column("workforce", sa.BigInteger),
)

counting = sa.Table(
    "counting",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("as_of", sa.Text),
    sa.Column("network", sa.Text),
    sa.Column("network_as_of", sa.Text),
)


def counted_name(vehicle: Vehicle) -> str:
    """Return the column of the counting that a vehicle's figures are from."""
    return f"{vehicle.value}_counted"


def way_name(vehicle: Vehicle) -> str:
    """Return the column of how a vehicle's minutes came about."""
    return f"{vehicle.value}_method"


def inhabitants_name(vehicle: Vehicle, minutes: int) -> str:
    """Return the column of the inhabitants within minutes."""
    return f"{vehicle.value}_{minutes}_inhabitants"


def workforce_name(vehicle: Vehicle, minutes: int) -> str:
    """Return the column of the workforce within minutes."""
    return f"{vehicle.value}_{minutes}_workforce"


def edge_name(vehicle: Vehicle, minutes: int) -> str:
    """Return the column of whether the data of people ends within these minutes."""
    return f"{vehicle.value}_{minutes}_edge"


def _counted(vehicle: Vehicle) -> Iterator[sa.Column[Any]]:
    yield sa.Column(counted_name(vehicle), sa.Integer())  # the counting's id
    yield sa.Column(way_name(vehicle), sa.Text())
    for minutes in CATCHMENT_MIN:
        yield sa.Column(inhabitants_name(vehicle, minutes), sa.Integer())
        yield sa.Column(workforce_name(vehicle, minutes), sa.Integer())
        yield sa.Column(edge_name(vehicle, minutes), sa.Boolean())


catchment = sa.Table(
    "catchment",
    metadata,
    sa.Column("site_pk", sa.ForeignKey("site.pk"), primary_key=True, autoincrement=False),
    *(column for vehicle in Vehicle for column in _counted(vehicle)),
)

access_point = sa.Table(
    "access_point",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("road", sa.Text),
    sa.Column("geometry", Geometry(), nullable=False),
    sa.Column("uncertainty_m", sa.Double),
    sa.Column("as_of", sa.Text),
    sa.Column("source", sa.Text),
    sa.Column("note", sa.Text),
)

municipality = sa.Table(
    "municipality",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("county", sa.Text),
    sa.Column("inhabitants", sa.Integer),
    sa.Column("inhabitants_as_of", sa.Text),
    sa.Column("area_km2", sa.Double),
    sa.Column("trade_tax_percent", sa.Integer),
    sa.Column("trade_tax_year", sa.Integer),
    sa.Column("website", sa.Text),
    sa.Column("office", sa.Text),
    sa.Column("geometry", Geometry()),
    sa.Column("schematic", sa.Boolean, nullable=False, default=True),
    sa.Column("boundary_source", sa.Text),
)

place = sa.Table(
    "place",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("inhabitants", sa.Integer, nullable=False),
    sa.Column("geometry", Geometry(), nullable=False),
    sa.Column("as_of", sa.Text),
)

map_line = sa.Table(
    "map_line",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("geometry", Geometry(), nullable=False),
)

zone = sa.Table(
    "zone",
    metadata,
    sa.Column("pk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text),
    sa.Column("as_of", sa.Text),
    sa.Column("zoning", Tokens(Zoning), nullable=False),
    sa.Column("zoning_detail", sa.Text),
    sa.Column("plan_status", Choice(PlanStatus)),
    sa.Column("plan_name", sa.Text),
    sa.Column("plan_url", sa.Text),
    sa.Column("grz", sa.Double),
    sa.Column("gfz", sa.Double),
    sa.Column("bmz", sa.Double),
    *(sa.Column(name, sa.Double, nullable=False) for name in BOUNDS),
    sa.Column("geometry", Geometry(), nullable=False),
    sa.Index(None, "source"),
)

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("profile", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
)

revision = sa.Table(
    "revision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("site_pk", sa.ForeignKey("site.pk"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("delivery_id", sa.ForeignKey("delivery.id")),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
)

proposal = sa.Table(
    "proposal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("site_pk", sa.ForeignKey("site.pk"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("delivery_id", sa.ForeignKey("delivery.id"), nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.UniqueConstraint("site_pk", "kind"),
)

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
