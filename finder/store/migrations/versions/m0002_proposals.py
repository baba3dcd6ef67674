"""What is proposed for a site until the desk decides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("site_pk", sa.Integer(), sa.ForeignKey("site.pk", name="fk_proposal_site_pk"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "delivery_id", sa.Integer(), sa.ForeignKey("delivery.id", name="fk_proposal_delivery_id"), nullable=False
        ),
        sa.Column("at", sa.Text(), nullable=False),
        sa.UniqueConstraint("site_pk", "kind", name="uq_proposal_site_pk_kind"),
    )
