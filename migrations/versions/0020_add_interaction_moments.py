"""Keep what followed each bad contact, and how many contacts of a month name their customer.

Months counted before say of none that it does; counting a source again fills both. Contacts of a
month may be more than two billion, such as the visits of a website. And erasures are kept while
they are at work, so that one that breaks off is ended.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COUNTS = (
    "contacts",
    "judged",
    "unmet",
    "costed",
    "timed",
    "scored",
    "repeats",
    "escalated",
    "lost",
)


def upgrade() -> None:
    op.add_column(
        "interaction_months",
        sa.Column("keyed", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    _alter_counts(sa.Integer(), sa.BigInteger())
    _alter("interaction_months", "keyed", sa.Integer(), sa.BigInteger())
    op.create_table(
        "interaction_moments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("lost_alone", sa.Integer(), nullable=False),
        sa.CheckConstraint("contacts > 0", name=op.f("ck_interaction_moments_contacts_positive")),
        sa.CheckConstraint(
            "repeated BETWEEN 0 AND contacts",
            name=op.f("ck_interaction_moments_repeated_in_contacts"),
        ),
        sa.CheckConstraint(
            "escalated BETWEEN 0 AND contacts",
            name=op.f("ck_interaction_moments_escalated_in_contacts"),
        ),
        sa.CheckConstraint(
            "silent BETWEEN 0 AND contacts - lost",
            name=op.f("ck_interaction_moments_silent_or_lost"),
        ),
        sa.CheckConstraint(
            "lost_alone BETWEEN 0 AND lost",
            name=op.f("ck_interaction_moments_lost_alone_in_lost"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["interaction_sources.id"],
            name=op.f("fk_interaction_moments_source_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["journey_id"],
            ["journeys.id"],
            name=op.f("fk_interaction_moments_journey_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction_moments")),
    )
    op.create_index(op.f("ix_interaction_moments_source_id"), "interaction_moments", ["source_id"])
    op.create_index(
        "ix_interaction_moments_journey_id_month",
        "interaction_moments",
        ["journey_id", "month"],
    )
    op.create_table(
        "interaction_erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("customer", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["interaction_sources.id"],
            name=op.f("fk_interaction_erasures_source_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["people.id"],
            name=op.f("fk_interaction_erasures_asked_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction_erasures")),
    )
    op.create_index(
        op.f("ix_interaction_erasures_source_id"), "interaction_erasures", ["source_id"]
    )


def downgrade() -> None:
    op.drop_table("interaction_erasures")
    op.drop_table("interaction_moments")
    op.drop_column("interaction_months", "keyed")
    _alter_counts(sa.BigInteger(), sa.Integer())


def _alter_counts(old: sa.types.TypeEngine[int], new: sa.types.TypeEngine[int]) -> None:
    for name in COUNTS:
        _alter("interaction_months", name, old, new)
    _alter("interaction_sources", "unplaced_count", old, new)


def _alter(
    table: str, column: str, old: sa.types.TypeEngine[int], new: sa.types.TypeEngine[int]
) -> None:
    """Widen or narrow a column; SQLite's whole numbers are wide enough as they are."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column(table, column, existing_type=old, type_=new, existing_nullable=False)
