"""Keep the unmet share of a touchpoint, the logged days of a baseline and where figures come from.

Figures recorded before have no origin, which reads as entered by hand, as they were.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("baselines", sa.Column("logged_from", sa.Date(), nullable=True))
    op.add_column("baselines", sa.Column("logged_to", sa.Date(), nullable=True))
    op.add_column("baselines", sa.Column("days_covered", sa.Integer(), nullable=True))
    op.add_column("baselines", sa.Column("logged_one_in", sa.Integer(), nullable=True))
    op.add_column("touchpoint_figures", sa.Column("unmet_share", sa.BigInteger(), nullable=True))
    op.create_table(
        "figure_origins",
        sa.Column("baseline_id", sa.Integer(), nullable=False),
        sa.Column("touchpoint_id", sa.Integer(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=True),
        sa.Column("error", sa.BigInteger(), nullable=True),
        sa.Column("logged", sa.BigInteger(), nullable=True),
        sa.Column("kept_from", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("sample >= 0", name=op.f("ck_figure_origins_sample_not_negative")),
        sa.CheckConstraint("error >= 0", name=op.f("ck_figure_origins_error_not_negative")),
        sa.ForeignKeyConstraint(
            ["baseline_id", "touchpoint_id"],
            ["touchpoint_figures.baseline_id", "touchpoint_figures.touchpoint_id"],
            name=op.f("fk_figure_origins_figure"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint(
            "baseline_id", "touchpoint_id", "figure", name=op.f("pk_figure_origins")
        ),
    )


def downgrade() -> None:
    op.drop_table("figure_origins")
    op.drop_column("touchpoint_figures", "unmet_share")
    op.drop_column("baselines", "logged_one_in")
    op.drop_column("baselines", "days_covered")
    op.drop_column("baselines", "logged_to")
    op.drop_column("baselines", "logged_from")
