"""Keep what a person proves who they are with.

Revision ID: 0034
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in_sessions", sa.Column("replaced_hash", sa.String(), nullable=True))
    op.create_index(
        op.f("ix_sign_in_sessions_replaced_hash"), "sign_in_sessions", ["replaced_hash"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_sessions_replaced_hash"), "sign_in_sessions")
    op.drop_column("sign_in_sessions", "replaced_hash")
