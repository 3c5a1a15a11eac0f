"""Ask for a second admin's confirmation of every finance role an admin gives, and let a password
that an admin knows open nothing until it is changed.

Rows that were in force before stay so; only new ones and changed ones are judged.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

GIVEN_TO_ONESELF = (
    "NEW.role = 'finance' AND NEW.is_in_force AND NEW.granted_by_id = NEW.person_id"
    " AND (NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id = NEW.person_id)"
)
SELF_SENTENCE = "A finance role somebody gives to themselves needs a second admin."
GIVEN_BY_ONE = (
    "NEW.role = 'finance' AND NEW.is_in_force AND NEW.granted_by_id IS NOT NULL"
    " AND (NEW.confirmed_by_id IS NULL"
    " OR NEW.confirmed_by_id IN (NEW.person_id, NEW.granted_by_id))"
)
ONE_SENTENCE = "A finance role that an admin gives needs a second admin."


def upgrade() -> None:
    op.add_column(
        "people",
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _guard(GIVEN_BY_ONE, ONE_SENTENCE)


def downgrade() -> None:
    _guard(GIVEN_TO_ONESELF, SELF_SENTENCE)
    op.drop_column("people", "must_change_password")


def _guard(condition: str, sentence: str) -> None:
    """Put another condition in place of the one that guards finance roles."""
    if op.get_context().dialect.name != "sqlite":
        op.execute(
            "CREATE OR REPLACE FUNCTION finance_alone() RETURNS trigger LANGUAGE plpgsql"
            f" AS $guard$ BEGIN IF {condition} THEN"
            " RAISE EXCEPTION USING ERRCODE = 'check_violation',"
            f" MESSAGE = '{sentence}'; END IF; RETURN NEW; END $guard$"
        )
        return
    for event in ("INSERT", "UPDATE"):
        op.execute(f"DROP TRIGGER finance_alone_{event.lower()}")
        op.execute(
            f"CREATE TRIGGER finance_alone_{event.lower()} BEFORE {event} ON role_grants"
            f" FOR EACH ROW WHEN {condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
