"""How access is known, for each kind and vehicle; by which measuring; and where sites meet the road network."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KINDS = (
    "motorway_junction",
    "federal_road",
    "rail_station",
    "rail_freight",
    "inland_port",
    "airport",
    "bus_stop",
)
VEHICLES = ("car", "truck")


def upgrade() -> None:
    op.create_table(
        "measuring",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("network", sa.Text()),
        sa.Column("network_as_of", sa.Text()),
    )
    new: list[sa.Column[object]] = []
    kept: list[tuple[str, str]] = [("site_pk", "site_pk")]
    for kind in KINDS:
        for vehicle in VEHICLES:
            new += [
                sa.Column(f"{kind}_{vehicle}_point", sa.Text()),
                sa.Column(f"{kind}_{vehicle}_km", sa.Double()),
                sa.Column(f"{kind}_{vehicle}_min", sa.Double()),
                sa.Column(f"{kind}_{vehicle}_method", sa.Text()),
            ]
            kept += [(f"{kind}_{vehicle}_{name}", f"{kind}_{vehicle}_{name}") for name in ("point", "km", "min")]
            kept.append((f"{kind}_{vehicle}_method", f"{kind}_method"))
        new.append(sa.Column(f"{kind}_measured", sa.Integer()))
    new.append(sa.Column("network", sa.Text()))
    for vehicle in VEHICLES:
        new += [
            sa.Column(f"{vehicle}_segment", sa.Integer()),
            sa.Column(f"{vehicle}_fraction", sa.Double()),
            sa.Column(f"{vehicle}_snap_m", sa.Double()),
            sa.Column(f"{vehicle}_obstacle", sa.Text()),
        ]
    # one pass over the rows; to add and drop thirty columns one by one would write all of them thirty times
    op.rename_table("access", "access_before")
    key = sa.ForeignKey("site.pk", name="fk_access_site_pk")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE access_before DROP CONSTRAINT fk_access_site_pk")
        op.execute("ALTER INDEX pk_access RENAME TO pk_access_before")
    op.create_table("access", sa.Column("site_pk", sa.Integer(), key, primary_key=True, autoincrement=False), *new)
    names, before = zip(*kept, strict=True)
    op.execute(f"INSERT INTO access ({', '.join(names)}) SELECT {', '.join(before)} FROM access_before")  # noqa: S608
    op.drop_table("access_before")
