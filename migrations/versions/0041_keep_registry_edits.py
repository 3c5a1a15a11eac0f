"""Keep what files changed in the registry, and which of their columns means what.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registry_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("cell_count", sa.Integer(), nullable=False),
        sa.Column("initiative_count", sa.Integer(), nullable=False),
        sa.Column("changes", sa.LargeBinary(), nullable=False),
        sa.Column("versions", sa.LargeBinary(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(undone_by_id IS NULL) = (undone_at IS NULL)",
            name=op.f("ck_registry_edits_undone_by_and_at"),
        ),
        _to_person("registry_edits", "made_by_id"),
        _to_person("registry_edits", "undone_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_edits")),
    )
    op.create_table(
        "column_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("columns", sa.LargeBinary(), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        _to_person("column_mappings", "kept_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mappings")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_column_mappings_kind_name")),
    )


def downgrade() -> None:
    op.drop_table("column_mappings")
    op.drop_table("registry_edits")


def _to_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["people.id"], name=op.f(f"fk_{table}_{column}_people"), ondelete="RESTRICT"
    )
