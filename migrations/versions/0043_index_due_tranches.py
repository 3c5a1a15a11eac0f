"""Let the gate calendar count hurdles by day from an index alone.

It counts all of them by day, state and currency with their money, and read every row of a table
for it. The index on the day alone is part of this one.

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_tranches_due_on", table_name="tranches")
    op.create_index("ix_tranches_due", "tranches", ["due_on", "state", "currency", "amount_minor"])


def downgrade() -> None:
    op.drop_index("ix_tranches_due", table_name="tranches")
    op.create_index("ix_tranches_due_on", "tranches", ["due_on"])
