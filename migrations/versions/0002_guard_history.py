"""Let the database itself refuse to rewrite history and to let one pair of hands do two jobs.

Two lists say what is guarded. APPEND_ONLY names tables whose rows are never changed or removed.
REFUSALS name a condition over NEW (and OLD on UPDATE) under which a row is refused; write it in
SQL that SQLite and PostgreSQL both read. A refusal is an integrity error on both.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from typing import NamedTuple

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


class Refusal(NamedTuple):
    """Rows of ``table`` that are refused on ``events`` while ``condition`` is true."""

    name: str
    table: str
    events: tuple[str, ...]
    condition: str
    message: str


APPEND_ONLY = ("audit_events",)

REFUSALS = (
    Refusal(
        name="finance_alone",
        table="role_grants",
        events=("INSERT", "UPDATE"),
        condition=(
            "NEW.role = 'finance' AND NEW.is_in_force AND NEW.granted_by_id = NEW.person_id"
            " AND (NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id = NEW.person_id)"
        ),
        message="A finance role somebody gives to themselves needs a second admin.",
    ),
)


def upgrade() -> None:
    for refusal in (*_append_only(), *REFUSALS):
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(refusal)
    if not _is_sqlite():
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
            )


def downgrade() -> None:
    if not _is_sqlite():
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_not_emptied ON {table}")
    for refusal in reversed((*_append_only(), *REFUSALS)):
        for event in refusal.events:
            on_table = "" if _is_sqlite() else f" ON {refusal.table}"
            op.execute(f"DROP TRIGGER {refusal.name}_{event.lower()}{on_table}")
        if not _is_sqlite():
            op.execute(f"DROP FUNCTION {refusal.name}()")


def _append_only() -> tuple[Refusal, ...]:
    return tuple(
        Refusal(
            name=f"{table}_append_only",
            table=table,
            events=("UPDATE", "DELETE"),
            condition="TRUE",
            message=f"Rows of {table} are never changed or removed.",
        )
        for table in APPEND_ONLY
    )


def _guard_sqlite(refusal: Refusal) -> None:
    for event in refusal.events:
        op.execute(
            f"CREATE TRIGGER {refusal.name}_{event.lower()} BEFORE {event} ON {refusal.table}"
            f" FOR EACH ROW WHEN {refusal.condition}"
            f" BEGIN SELECT RAISE(ABORT, {_quoted(refusal.message)}); END"
        )


def _guard_postgresql(refusal: Refusal) -> None:
    op.execute(
        f"CREATE FUNCTION {refusal.name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN"
        f" IF {refusal.condition} THEN"
        f" RAISE EXCEPTION USING ERRCODE = 'check_violation',"
        f" MESSAGE = {_quoted(refusal.message)}; END IF;"
        " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $guard$"
    )
    for event in refusal.events:
        op.execute(
            f"CREATE TRIGGER {refusal.name}_{event.lower()} BEFORE {event} ON {refusal.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {refusal.name}()"
        )


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace(":", r"\:") + "'"
