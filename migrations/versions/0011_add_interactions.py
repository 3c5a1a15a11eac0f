"""Keep where logged interactions come from and what they add up to per touchpoint and month.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LIVE = sa.text("state <> 'removed'")


def upgrade() -> None:
    op.create_table(
        "interaction_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("mapping_name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("left_out_count", sa.Integer(), nullable=False),
        sa.Column("unplaced_count", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("issues", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", sa.LargeBinary(), nullable=False),
        sa.Column("imported_by_id", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("row_count >= 0", name=op.f("ck_interaction_sources_rows_not_negative")),
        sa.CheckConstraint(
            "left_out_count >= 0", name=op.f("ck_interaction_sources_left_out_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by_id"],
            ["people.id"],
            name=op.f("fk_interaction_sources_imported_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"],
            ["people.id"],
            name=op.f("fk_interaction_sources_removed_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction_sources")),
    )
    op.create_index(
        "uq_interaction_sources_digest_mapping_name",
        "interaction_sources",
        ["digest", "mapping_name"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "interaction_months",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("touchpoint_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("expected", sa.String(), nullable=False),
        sa.Column("is_prospect", sa.Boolean(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("unmet", sa.Integer(), nullable=False),
        sa.Column("costed", sa.Integer(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("timed", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("score_sum", sa.BigInteger(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.CheckConstraint("contacts > 0", name=op.f("ck_interaction_months_contacts_positive")),
        sa.CheckConstraint(
            "unmet BETWEEN 0 AND judged", name=op.f("ck_interaction_months_unmet_in_judged")
        ),
        sa.CheckConstraint(
            "judged BETWEEN 0 AND contacts",
            name=op.f("ck_interaction_months_judged_in_contacts"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["interaction_sources.id"],
            name=op.f("fk_interaction_months_source_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["touchpoint_id"],
            ["touchpoints.id"],
            name=op.f("fk_interaction_months_touchpoint_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction_months")),
    )
    op.create_index(op.f("ix_interaction_months_source_id"), "interaction_months", ["source_id"])
    op.create_index(
        "ix_interaction_months_touchpoint_id_month",
        "interaction_months",
        ["touchpoint_id", "month"],
    )


def downgrade() -> None:
    op.drop_table("interaction_months")
    op.drop_table("interaction_sources")
