"""Let Finance set control totals, and serve pools name the cost centre they would save.

Pools certified before name none; they stay certified and are shown as outside any total.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

GROWTH = sa.text("kind = 'growth'")


def upgrade() -> None:
    op.create_table(
        "control_totals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_control_totals_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["people.id"],
            name=op.f("fk_control_totals_owner_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"],
            ["people.id"],
            name=op.f("fk_control_totals_set_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_control_totals")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_control_totals_kind_name")),
    )
    op.create_index(
        "uq_control_totals_growth_currency",
        "control_totals",
        ["currency"],
        unique=True,
        sqlite_where=GROWTH,
        postgresql_where=GROWTH,
    )
    op.create_table(
        "pool_controls",
        sa.Column("pool_id", sa.Integer(), nullable=False),
        sa.Column("control_total_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pool_id"],
            ["lever_pools.id"],
            name=op.f("fk_pool_controls_pool_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["control_total_id"],
            ["control_totals.id"],
            name=op.f("fk_pool_controls_control_total_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("pool_id", name=op.f("pk_pool_controls")),
    )
    op.create_index(
        op.f("ix_pool_controls_control_total_id"), "pool_controls", ["control_total_id"]
    )


def downgrade() -> None:
    op.drop_table("pool_controls")
    op.drop_table("control_totals")
