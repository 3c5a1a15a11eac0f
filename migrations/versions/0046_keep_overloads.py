"""Keep which teams a plan version loads over 100 %; versions from before say nothing of it.

Revision ID: 0046
Revises: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan_versions", sa.Column("overloads", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("plan_versions", "overloads")
