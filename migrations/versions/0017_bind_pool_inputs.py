"""Let inputs of pools come from a baseline: which figure of which touchpoints of which version.

Inputs of pools claimed before were typed, and stay so.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pool_inputs", sa.Column("bound_figure", sa.Text(), nullable=True))
    op.add_column("pool_inputs", sa.Column("bound_touchpoints", sa.LargeBinary(), nullable=True))
    op.add_column("pool_inputs", sa.Column("bound_number", sa.Integer(), nullable=True))
    op.add_column("pool_inputs", sa.Column("former_value", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("pool_inputs", "former_value")
    op.drop_column("pool_inputs", "bound_number")
    op.drop_column("pool_inputs", "bound_touchpoints")
    op.drop_column("pool_inputs", "bound_figure")
