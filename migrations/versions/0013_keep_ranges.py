"""Keep how sure people are: P10 and P90 of an effect's removal and of an option's cost.

What was entered before has no range and counts as certain, as it did. The cost's ends are
multiples of what is planned. Plain SQL, since SQLite takes a limit with its column only so.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# (table, column, name of the limit, limit)
COLUMNS = (
    ("effects", "removal_low", "low_in_range", "removal_low BETWEEN -950000 AND removal_share"),
    ("effects", "removal_high", "high_in_range", "removal_high BETWEEN removal_share AND 950000"),
    ("options", "cost_low", "cost_low_in_range", "cost_low BETWEEN 0 AND 1000000"),
    ("options", "cost_high", "cost_high_in_range", "cost_high BETWEEN 1000000 AND 10000000"),
)


def upgrade() -> None:
    for table, column, name, limit in COLUMNS:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} BIGINT"
            f" CONSTRAINT ck_{table}_{name} CHECK ({limit})"
        )


def downgrade() -> None:
    for table, column, _, _ in reversed(COLUMNS):
        op.drop_column(table, column)
