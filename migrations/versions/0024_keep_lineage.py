"""Keep how a log came to be what it is, and which customers may not come in again.

Imports made before have no lineage: nobody knows any more which rows their mapping left out.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("interaction_sources", sa.Column("lineage", sa.LargeBinary(), nullable=True))
    op.create_table(
        "interaction_suppressions",
        sa.Column(
            "customer",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("customer", name=op.f("pk_interaction_suppressions")),
    )


def downgrade() -> None:
    op.drop_table("interaction_suppressions")
    op.drop_column("interaction_sources", "lineage")
