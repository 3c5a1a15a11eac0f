"""Keep comments with whom they mention, and who wants a letter about it.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

THINGS = {"initiative_id": "initiatives", "proposal_id": "proposals", "tranche_id": "tranches"}
ONE_THING = " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in THINGS)


def upgrade() -> None:
    _make_comments()
    op.create_table(
        "comment_mentions",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        _to("comment_mentions", "comment_id", "comments"),
        _to("comment_mentions", "person_id", "people"),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_comment_mentions")),
    )
    op.create_index(
        "ix_comment_mentions_person_id_read_at", "comment_mentions", ["person_id", "read_at"]
    )
    op.add_column(
        "people",
        sa.Column("mention_letters", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("people", "mention_letters")
    op.drop_table("comment_mentions")
    op.drop_table("comments")


def _make_comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in THINGS),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"{ONE_THING} = 1", name=op.f("ck_comments_on_one_thing")),
        sa.CheckConstraint(
            "(deleted_at IS NULL) = (deleted_by_id IS NULL)",
            name=op.f("ck_comments_deleted_by_one"),
        ),
        sa.CheckConstraint(
            "(deleted_at IS NULL) = (text <> '')", name=op.f("ck_comments_text_until_deleted")
        ),
        *(_to("comments", name, table) for name, table in THINGS.items()),
        _to("comments", "author_id", "people"),
        _to("comments", "deleted_by_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    for name in THINGS:
        op.create_index(op.f(f"ix_comments_{name}"), "comments", [name])


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )
