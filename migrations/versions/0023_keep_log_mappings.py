"""Keep mappings of logs under a name, and since when and why a source could not be counted.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_by_id"],
            ["people.id"],
            name=op.f("fk_log_mappings_saved_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_mappings")),
        sa.UniqueConstraint("title", name=op.f("uq_log_mappings_title")),
    )
    op.add_column("interaction_sources", sa.Column("failed_at", sa.BigInteger(), nullable=True))
    op.add_column("interaction_sources", sa.Column("failure", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("interaction_sources", "failure")
    op.drop_column("interaction_sources", "failed_at")
    op.drop_table("log_mappings")
