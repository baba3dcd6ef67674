"""People where they live and work, and how many of them are within minutes of sites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

VEHICLES = ("car", "truck")
MINUTES = (15, 30, 45, 60)


def upgrade() -> None:
    op.create_table(
        "population",
        sa.Column("pk", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("inhabitants", sa.Double()),
        sa.Column("workforce", sa.Double()),
    )
    op.create_table(
        "population_layer",
        sa.Column("pk", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Text()),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("far", sa.Integer(), nullable=False),
        sa.Column("inhabitants", sa.BigInteger(), nullable=False),
        sa.Column("workforce", sa.BigInteger()),
    )
    op.create_table(
        "counting",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Text()),
        sa.Column("network", sa.Text()),
        sa.Column("network_as_of", sa.Text()),
    )
    key = sa.ForeignKey("site.pk", name="fk_catchment_site_pk")
    columns: list[sa.Column[object]] = []
    for vehicle in VEHICLES:
        columns += [sa.Column(f"{vehicle}_counted", sa.Integer()), sa.Column(f"{vehicle}_method", sa.Text())]
        for minutes in MINUTES:
            columns += [
                sa.Column(f"{vehicle}_{minutes}_inhabitants", sa.Integer()),
                sa.Column(f"{vehicle}_{minutes}_workforce", sa.Integer()),
                sa.Column(f"{vehicle}_{minutes}_edge", sa.Boolean()),
            ]
    op.create_table(
        "catchment", sa.Column("site_pk", sa.Integer(), key, primary_key=True, autoincrement=False), *columns
    )
