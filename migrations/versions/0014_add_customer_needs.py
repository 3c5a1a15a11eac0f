"""Keep what the customers of a journey need, with the evidence behind it.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LIVE = sa.text("retired_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "customer_needs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Integer(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("channels", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.Column("retired_because", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["journeys.id"], name=op.f("fk_customer_needs_journey_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk_customer_needs_recorded_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_needs")),
    )  # fmt: skip
    op.create_index(op.f("ix_customer_needs_journey_id"), "customer_needs", ["journey_id"])
    op.create_index(
        "uq_customer_needs_journey_id_segment",
        "customer_needs",
        ["journey_id", "segment"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "need_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.CheckConstraint("sample_size > 0", name=op.f("ck_need_statements_sample_positive")),
        sa.ForeignKeyConstraint(
            ["need_id"], ["customer_needs.id"], name=op.f("fk_need_statements_need_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_statements")),
        sa.UniqueConstraint("need_id", "kind", name=op.f("uq_need_statements_need_id_kind")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("need_statements")
    op.drop_table("customer_needs")
