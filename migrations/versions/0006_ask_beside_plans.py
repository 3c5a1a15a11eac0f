"""Keep questions asked beside a run's plan with their answers; an answer given never changes.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FROZEN = ("run_id", "kind", "question", "job_id", "parameters")
CONDITION = (
    "OLD.content IS NOT NULL AND (NEW.content IS DISTINCT FROM OLD.content"
    " OR NEW.content_digest IS DISTINCT FROM OLD.content_digest) OR "
    + " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in FROZEN)
)
SENTENCE = "A question and its answer never change."


def upgrade() -> None:
    op.create_table(
        "inquiries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=True),
        sa.Column("parameters", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_inquiries_run_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_inquiries_job_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["people.id"],
            name=op.f("fk_inquiries_requested_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("job_id", name=op.f("uq_inquiries_job_id")),
    )
    op.create_index(op.f("ix_inquiries_run_id"), "inquiries", ["run_id"], unique=False)
    op.create_index(op.f("ix_inquiries_question"), "inquiries", ["question"], unique=False)
    if _is_sqlite():
        op.execute(
            "CREATE TRIGGER guard_inquiries_kept BEFORE UPDATE ON inquiries "
            f"WHEN {CONDITION} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION guard_inquiries_kept() RETURNS trigger LANGUAGE plpgsql AS $guard$ "
        f"BEGIN IF {CONDITION} THEN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = '23514'; "
        "END IF; RETURN NEW; END $guard$"
    )
    op.execute(
        "CREATE TRIGGER guard_inquiries_kept BEFORE UPDATE ON inquiries "
        "FOR EACH ROW EXECUTE FUNCTION guard_inquiries_kept()"
    )


def downgrade() -> None:
    if _is_sqlite():
        op.execute("DROP TRIGGER guard_inquiries_kept")
    else:
        op.execute("DROP TRIGGER guard_inquiries_kept ON inquiries")
        op.execute("DROP FUNCTION guard_inquiries_kept()")
    op.drop_index(op.f("ix_inquiries_question"), table_name="inquiries")
    op.drop_index(op.f("ix_inquiries_run_id"), table_name="inquiries")
    op.drop_table("inquiries")


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"
