"""Bind criteria to behaviours, say how evidence was measured, keep what hurdles still bring.

The columns of guarded tables are added one by one: rebuilding a table would drop its triggers.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

QUESTION = (
    "id", "tranche_id", "evidence_id", "scenario_id", "question", "problems", "cost_minor",
    "as_of", "requested_by_id", "requested_at", "job_id",
)  # fmt: skip
ASKED_ELSE = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in QUESTION if name != "evidence_id")

# (name, event, condition that refuses, sentence)
GUARDS = [
    (
        "forecasts_answered", "UPDATE", "OLD.content IS NOT NULL",
        "What a hurdle still brings never changes once it is worked out.",
    ),
    (
        "forecasts_asked", "UPDATE",
        f"{ASKED_ELSE} OR NEW.evidence_id IS DISTINCT FROM OLD.evidence_id",
        "What was asked of a hurdle never changes.",
    ),
    ("forecasts_kept", "DELETE", "TRUE", "What a hurdle still brings is never removed."),
]  # fmt: skip


def upgrade() -> None:
    op.add_column("milestones", sa.Column("kind", sa.Text(), nullable=False, server_default="grow"))
    op.add_column("milestones", sa.Column("target_error", sa.BigInteger(), nullable=True))
    op.add_column("criteria", sa.Column("link", sa.Text(), nullable=True))
    _add_key("criteria", "behaviour_id", "target_behaviours")
    op.create_index(op.f("ix_criteria_behaviour_id"), "criteria", ["behaviour_id"])
    _add_evidence()
    _create_forecasts()
    op.add_column("hurdle_decisions", sa.Column("override_minor", sa.BigInteger(), nullable=True))
    _add_key("hurdle_decisions", "forecast_id", "hurdle_forecasts")
    for guard in GUARDS:
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(*guard)


def downgrade() -> None:
    _drop_key("hurdle_decisions", "forecast_id")
    op.drop_column("hurdle_decisions", "override_minor")
    op.drop_table("hurdle_forecasts")
    if not _is_sqlite():
        for name, *_ in GUARDS:
            op.execute(f"DROP FUNCTION guard_{name}()")
    for name in ("persists", "design", "among", "link", "window_from"):
        op.drop_column("evidence", name)
    _drop_key("evidence", "standard_error", "ck_evidence_error_positive")
    op.drop_index(op.f("ix_criteria_behaviour_id"), "criteria")
    _drop_key("criteria", "behaviour_id")
    op.drop_column("criteria", "link")
    op.drop_column("milestones", "target_error")
    op.drop_column("milestones", "kind")


def _add_evidence() -> None:
    check = "CONSTRAINT ck_evidence_error_positive CHECK (standard_error > 0)"
    op.execute(f"ALTER TABLE evidence ADD COLUMN standard_error BIGINT {check}")
    op.add_column("evidence", sa.Column("window_from", sa.Date(), nullable=True))
    op.add_column("evidence", sa.Column("link", sa.String(), nullable=False, server_default=""))
    op.add_column("evidence", sa.Column("among", sa.Text(), nullable=False, server_default="all"))
    op.add_column(
        "evidence", sa.Column("design", sa.Text(), nullable=False, server_default="comparison")
    )
    op.add_column(
        "evidence",
        sa.Column("persists", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def _create_forecasts() -> None:
    op.create_table(
        "hurdle_forecasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tranche_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("scenario_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=True),
        sa.Column("problems", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(content IS NULL) = (content_digest IS NULL)",
            name=op.f("ck_hurdle_forecasts_content_with_digest"),
        ),
        sa.CheckConstraint("cost_minor > 0", name=op.f("ck_hurdle_forecasts_cost_positive")),
        _key("tranche_id", "tranches.id"),
        _key("evidence_id", "evidence.id"),
        _key("scenario_id", "scenarios.id"),
        _key("requested_by_id", "people.id"),
        _key("job_id", "jobs.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hurdle_forecasts")),
        sa.UniqueConstraint("job_id", name=op.f("uq_hurdle_forecasts_job_id")),
    )
    for name in ("tranche_id", "question", "scenario_id"):
        op.create_index(op.f(f"ix_hurdle_forecasts_{name}"), "hurdle_forecasts", [name])


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_hurdle_forecasts_{column}"), ondelete="RESTRICT"
    )


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _add_key(table: str, column: str, target: str) -> None:
    """Add a column with a foreign key in place.

    SQLite keeps a statement's text; of a key written beside its column SQLAlchemy reads the rule
    for deleting only from the long form, which therefore stands there as a comment.
    """
    name, points = f"CONSTRAINT fk_{table}_{column}", f"REFERENCES {target} (id) ON DELETE RESTRICT"
    note = f"/* {name} FOREIGN KEY({column}) {points} */" if _is_sqlite() else ""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER {note} {name} {points}")


def _drop_key(table: str, column: str, constraint: str | None = None) -> None:
    """SQLite drops a column together with its own constraint, PostgreSQL too."""
    if not _is_sqlite():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint or f'fk_{table}_{column}'}")
    op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _guard_sqlite(name: str, event: str, condition: str, sentence: str) -> None:
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON hurdle_forecasts WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def _guard_postgresql(name: str, event: str, condition: str, sentence: str) -> None:
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON hurdle_forecasts"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )
