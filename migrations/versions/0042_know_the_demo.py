"""Know whom the demo company brought, and keep how each person reads and begins.

Nobody becomes a person of the demo where a company keeps figures: that is what lets the demo be
taken away as a whole, and keeps a real company from ever being taken for one.

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

KEPT_BY_A_COMPANY = ("cycles", "funds", "journeys", "initiatives", "interaction_sources", "teams")
THERE = " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in KEPT_BY_A_COMPANY)
GUARDS = (
    (
        "people_demo_added", "INSERT", f"NEW.is_demo AND ({THERE})",
        "People of the demo come into an empty company only.",
    ),
    (
        "people_demo_kept", "UPDATE", "NEW.is_demo IS DISTINCT FROM OLD.is_demo",
        "Who is of the demo stays so, and nobody else becomes it.",
    ),
)  # fmt: skip


def upgrade() -> None:
    op.add_column(
        "people", sa.Column("is_demo", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "people",
        sa.Column("hides_first_steps", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("people", sa.Column("locale", sa.String(), server_default="", nullable=False))
    for guard in GUARDS:
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(*guard)


def downgrade() -> None:
    for name, *_ in reversed(GUARDS):
        op.execute(f"DROP TRIGGER guard_{name}" + ("" if _is_sqlite() else " ON people"))
        if not _is_sqlite():
            op.execute(f"DROP FUNCTION guard_{name}()")
    for column in ("locale", "hides_first_steps", "is_demo"):
        op.drop_column("people", column)


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _guard_sqlite(name: str, event: str, condition: str, sentence: str) -> None:
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON people WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def _guard_postgresql(name: str, event: str, condition: str, sentence: str) -> None:
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON people"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )
