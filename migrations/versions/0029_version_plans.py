"""Number the versions of a roadmap's plan and keep the work they move.

The columns of date_moves are added one by one: rebuilding the table would drop its triggers.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KEPT = {
    "plan_versions": "A plan version never changes; save a new one.",
    "work_moves": "Moved work stays on record.",
}


def upgrade() -> None:
    op.create_table(
        "plan_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_plan_versions_number_from_one")),
        _key("plan_versions", "cycle_id", "cycles.id"),
        _key("plan_versions", "saved_by_id", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_plan_versions_cycle_id_number")),
    )
    op.create_table(
        "work_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.CheckConstraint("from_on <> to_on", name=op.f("ck_work_moves_moves")),
        _key("work_moves", "plan_version_id", "plan_versions.id"),
        _key("work_moves", "commitment_id", "commitments.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_moves")),
        sa.UniqueConstraint(
            "plan_version_id", "commitment_id",
            name=op.f("uq_work_moves_plan_version_id_commitment_id"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_work_moves_commitment_id"), "work_moves", ["commitment_id"])
    name, points = "CONSTRAINT fk_date_moves_plan_version_id", (
        "REFERENCES plan_versions (id) ON DELETE RESTRICT"
    )  # fmt: skip
    # SQLAlchemy reads the rule for deleting only from the long form, which stands as a comment.
    note = f"/* {name} FOREIGN KEY(plan_version_id) {points} */" if _is_sqlite() else ""
    op.execute(f"ALTER TABLE date_moves ADD COLUMN plan_version_id INTEGER {note} {name} {points}")
    op.create_index(op.f("ix_date_moves_plan_version_id"), "date_moves", ["plan_version_id"])
    op.add_column("date_moves", sa.Column("cause", sa.Text(), nullable=True))
    for table, sentence in KEPT.items():
        for event in ("UPDATE", "DELETE"):
            _guard(f"{table}_kept_{event.lower()}", table, event, sentence)


def downgrade() -> None:
    op.drop_column("date_moves", "cause")
    op.drop_index(op.f("ix_date_moves_plan_version_id"), "date_moves")
    if not _is_sqlite():
        op.execute("ALTER TABLE date_moves DROP CONSTRAINT fk_date_moves_plan_version_id")
    op.execute("ALTER TABLE date_moves DROP COLUMN plan_version_id")
    op.drop_table("work_moves")
    op.drop_table("plan_versions")
    if not _is_sqlite():
        for table in KEPT:
            for event in ("update", "delete"):
                op.execute(f"DROP FUNCTION guard_{table}_kept_{event}()")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _guard(name: str, table: str, event: str, sentence: str) -> None:
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{sentence}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )
