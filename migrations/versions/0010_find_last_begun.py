"""Find when a person's last job was begun without reading all of them: people are served in turn.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_jobs_requested_by_started_at", "jobs", ["requested_by", "started_at"])


def downgrade() -> None:
    op.drop_index("ix_jobs_requested_by_started_at", table_name="jobs")
