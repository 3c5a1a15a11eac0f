"""Keep assessments of maturity with their answers; closed ones stay as they are.

The database itself refuses to change or remove what is closed, and to close what is incomplete.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

DRAFT = sa.text("state = 'draft'")


def is_closed(row: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM maturity_assessments m"
        f" WHERE m.id = {row}.assessment_id AND m.state = 'closed')"
    )


# (name, table, event, condition that refuses, sentence)
GUARDS = [
    (
        "maturity_begins", "maturity_assessments", "INSERT", "NEW.state <> 'draft'",
        "An assessment begins as a draft.",
    ),
    (
        "maturity_closed_update", "maturity_assessments", "UPDATE", "OLD.state = 'closed'",
        "A closed assessment never changes.",
    ),
    (
        "maturity_closed_delete", "maturity_assessments", "DELETE", "OLD.state = 'closed'",
        "A closed assessment is never removed.",
    ),
    (
        "maturity_asked", "maturity_assessments", "UPDATE",
        "NEW.questionnaire <> OLD.questionnaire OR NEW.question_count <> OLD.question_count",
        "The questions of an assessment stay.",
    ),
    (
        "maturity_complete", "maturity_assessments", "UPDATE",
        "NEW.state = 'closed' AND (SELECT COUNT(*) FROM maturity_answers a"
        " WHERE a.assessment_id = NEW.id) <> NEW.question_count",
        "An assessment is closed with an answer to every question.",
    ),
    (
        "maturity_answers_late", "maturity_answers", "INSERT", is_closed("NEW"),
        "The answers of a closed assessment never change.",
    ),
    (
        "maturity_answers_kept", "maturity_answers", "UPDATE",
        f"{is_closed('OLD')} OR NEW.assessment_id <> OLD.assessment_id"
        " OR NEW.question <> OLD.question",
        "The answers of a closed assessment never change.",
    ),
    (
        "maturity_answers_removed", "maturity_answers", "DELETE", is_closed("OLD"),
        "The answers of a closed assessment never change.",
    ),
]  # fmt: skip

TABLES = ("maturity_assessments", "maturity_answers")


def upgrade() -> None:
    _create_assessments()
    _create_answers()
    for guard in GUARDS:
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(*guard)
    if not _is_sqlite():
        _guard_emptying()


def downgrade() -> None:
    op.drop_table("maturity_answers")
    op.drop_table("maturity_assessments")
    if not _is_sqlite():
        for name, *_ in GUARDS:
            op.execute(f"DROP FUNCTION guard_{name}()")
        op.execute("DROP FUNCTION guard_maturity_emptied()")


def _create_assessments() -> None:
    op.create_table(
        "maturity_assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("questionnaire", sa.Integer(), nullable=False),
        sa.Column("question_count", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL AND closed_by_id IS NOT NULL)",
            name=op.f("ck_maturity_assessments_closed_by_somebody"),
        ),
        _key("maturity_assessments", "cycle_id", "cycles.id"),
        _key("maturity_assessments", "started_by_id", "people.id"),
        _key("maturity_assessments", "closed_by_id", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maturity_assessments")),
        sa.UniqueConstraint(
            "scope", "assessed_on", name=op.f("uq_maturity_assessments_scope_assessed_on")
        ),
    )
    op.create_index(
        "uq_maturity_assessments_draft",
        "maturity_assessments",
        ["scope"],
        unique=True,
        sqlite_where=DRAFT,
        postgresql_where=DRAFT,
    )


def _create_answers() -> None:
    op.create_table(
        "maturity_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage BETWEEN 1 AND 5", name=op.f("ck_maturity_answers_stage_in_range")
        ),
        sa.CheckConstraint(
            "stage < 3 OR stage IS NULL OR evidence <> ''",
            name=op.f("ck_maturity_answers_evidence_given"),
        ),
        _key("maturity_answers", "assessment_id", "maturity_assessments.id"),
        _key("maturity_answers", "answered_by_id", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maturity_answers")),
        sa.UniqueConstraint(
            "assessment_id", "question", name=op.f("uq_maturity_answers_assessment_id_question")
        ),
    )


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _guard_sqlite(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def _guard_postgresql(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    """Whoever touches an answer waits for whoever closes its assessment, so none slips in late."""
    row = "OLD" if event == "DELETE" else "NEW"
    lock = (
        f"PERFORM 1 FROM maturity_assessments m WHERE m.id = {row}.assessment_id FOR UPDATE;"
        if table == "maturity_answers"
        else ""
    )
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {lock}"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )


def _guard_emptying() -> None:
    op.execute(
        "CREATE FUNCTION guard_maturity_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'Assessments are never emptied at once.'"
        " USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER guard_{table}_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION guard_maturity_emptied()"
        )
