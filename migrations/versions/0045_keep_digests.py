"""Keep how often people want a digest, and which days' digests were looked at.

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("digest", sa.Text(), server_default="off", nullable=False))
    op.create_table(
        "digests",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_digests_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_digests")),
    )


def downgrade() -> None:
    op.drop_table("digests")
    op.drop_column("people", "digest")
