"""Keep with each measurement when the work was to start, and release nothing on earlier ones.

Evidence from before the start says where things stood. It still counted as the measurement without
which no money is released. Old rows keep no start and count as they did.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

NAME = "hurdles_measured"
SENTENCE = "No money is released without a recorded measurement."
LOCK = "PERFORM 1 FROM tranches t WHERE t.id = NEW.tranche_id FOR UPDATE;"


def unmeasured(more: str = "") -> str:
    return (
        "NEW.action IN ('release', 'finish') AND NOT EXISTS (SELECT 1 FROM tranches t"
        " JOIN criteria c ON c.milestone_id = t.milestone_id"
        " JOIN evidence e ON e.criterion_id = c.id WHERE t.id = NEW.tranche_id"
        f" AND (e.tranche_id IS NULL OR e.tranche_id = t.id){more})"
    )


SINCE_THE_START = (
    " AND (e.starts_on IS NULL OR COALESCE(e.window_from, e.measured_on) >= e.starts_on)"
)


def upgrade() -> None:
    op.add_column("evidence", sa.Column("starts_on", sa.Date(), nullable=True))
    _replace(unmeasured(SINCE_THE_START))


def downgrade() -> None:
    _replace(unmeasured())
    op.drop_column("evidence", "starts_on")


def _replace(condition: str) -> None:
    """Put the guard in place anew; its table is left alone, and so keeps its other triggers."""
    if op.get_context().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER guard_{NAME}")
        op.execute(
            f"CREATE TRIGGER guard_{NAME} BEFORE INSERT ON hurdle_decisions WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
        return
    op.execute(f"DROP TRIGGER guard_{NAME} ON hurdle_decisions")
    op.execute(f"DROP FUNCTION guard_{NAME}()")
    op.execute(
        f"CREATE FUNCTION guard_{NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {LOCK}"
        f" IF {condition} THEN RAISE EXCEPTION '{SENTENCE}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{NAME} BEFORE INSERT ON hurdle_decisions"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{NAME}()"
    )
