"""The zones of plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from finder.store.spatial import Geometry, create_spatial_index

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "zone",
        sa.Column("pk", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text()),
        sa.Column("as_of", sa.Text()),
        sa.Column("zoning", sa.Text(), nullable=False),
        sa.Column("zoning_detail", sa.Text()),
        sa.Column("plan_status", sa.Text()),
        sa.Column("plan_name", sa.Text()),
        sa.Column("plan_url", sa.Text()),
        sa.Column("grz", sa.Double()),
        sa.Column("gfz", sa.Double()),
        sa.Column("bmz", sa.Double()),
        sa.Column("minx", sa.Double(), nullable=False),
        sa.Column("miny", sa.Double(), nullable=False),
        sa.Column("maxx", sa.Double(), nullable=False),
        sa.Column("maxy", sa.Double(), nullable=False),
        sa.Column("geometry", Geometry(), nullable=False),
    )
    op.create_index("ix_zone_source", "zone", ["source"])
    create_spatial_index(op.get_bind(), "zone")
