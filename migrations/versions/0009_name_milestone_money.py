"""Keep the money a registry names for a milestone, which a share in millionths can't say, and
whether who recorded an unusual measurement said that it is right.

Milestones imported before have no money of their own: their shares divide it, as they did.
Measurements recorded before were confirmed by nobody.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("milestones", sa.Column("source_minor", sa.BigInteger(), nullable=True))
    op.add_column(
        "evidence",
        sa.Column("is_confirmed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("evidence", "is_confirmed")
    op.drop_column("milestones", "source_minor")
