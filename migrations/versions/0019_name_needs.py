"""Let behaviours name the customer need they serve, and list the organisation units.

No behaviour names a need and no unit is listed at first: both are for people to say.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_units")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_units_name")),
    )
    with op.batch_alter_table("target_behaviours") as behaviours:
        behaviours.add_column(sa.Column("need_id", sa.Integer(), nullable=True))
        behaviours.create_foreign_key(
            op.f("fk_target_behaviours_need_id"),
            "customer_needs",
            ["need_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        behaviours.create_index(op.f("ix_target_behaviours_need_id"), ["need_id"])


def downgrade() -> None:
    with op.batch_alter_table("target_behaviours") as behaviours:
        behaviours.drop_index(op.f("ix_target_behaviours_need_id"))
        behaviours.drop_constraint(op.f("fk_target_behaviours_need_id"), type_="foreignkey")
        behaviours.drop_column("need_id")
    op.drop_table("organisation_units")
