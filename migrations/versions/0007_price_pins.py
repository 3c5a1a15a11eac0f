"""Let a pin be soft: what not keeping it costs, in minor units of the cycle's currency.

Pins placed before have no price and must hold, as they did.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scenario_pins", sa.Column("price_minor", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("scenario_pins", "price_minor")
