"""Ask for a second admin's confirmation of every admin role an admin gives, as of a finance role:
else one admin alone makes the second who confirms.

Rows that were in force before stay so; only new ones and changed ones are judged.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GIVEN_BY_ONE = (
    "NEW.role IN ({roles}) AND NEW.is_in_force AND NEW.granted_by_id IS NOT NULL"
    " AND (NEW.confirmed_by_id IS NULL"
    " OR NEW.confirmed_by_id IN (NEW.person_id, NEW.granted_by_id))"
)


def upgrade() -> None:
    _guard(
        "'finance', 'admin'", "A finance or admin role that an admin gives needs a second admin."
    )


def downgrade() -> None:
    _guard("'finance'", "A finance role that an admin gives needs a second admin.")


def _guard(roles: str, sentence: str) -> None:
    """Put the condition for other roles in place of the one that guards them."""
    condition = GIVEN_BY_ONE.format(roles=roles)
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
