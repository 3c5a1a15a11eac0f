"""Keep Finance and Admin apart: nobody who manages people decides about money as well.

Whoever holds both from before keeps them, and `flask doctor` names them; only a role that is given,
confirmed or moved to somebody else is judged.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SENTENCE = "Finance and Admin are never held by one person."
HOLDS_THE_OTHER = (
    "NEW.role IN ('finance', 'admin') AND EXISTS (SELECT 1 FROM role_grants g"
    " WHERE g.person_id = NEW.person_id AND g.id <> NEW.id"
    " AND g.role IN ('finance', 'admin') AND g.role <> NEW.role)"
)
IS_JUDGED = {
    "insert": HOLDS_THE_OTHER,
    "update": f"{HOLDS_THE_OTHER} AND (NEW.role <> OLD.role OR NEW.person_id <> OLD.person_id"
    " OR (NEW.is_in_force AND NOT OLD.is_in_force))",
}


def upgrade() -> None:
    for event, condition in IS_JUDGED.items():
        name = f"roles_apart_{event}"
        if op.get_context().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event.upper()} ON role_grants FOR EACH ROW"
                f" WHEN {condition} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
            continue
        # Two grants at the same time take turns at the person.
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN"
            " PERFORM 1 FROM people p WHERE p.id = NEW.person_id FOR NO KEY UPDATE;"
            f" IF {condition} THEN RAISE EXCEPTION USING ERRCODE = 'check_violation',"
            f" MESSAGE = '{SENTENCE}'; END IF; RETURN NEW; END $guard$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event.upper()} ON role_grants"
            f" FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def downgrade() -> None:
    for event in IS_JUDGED:
        if op.get_context().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER roles_apart_{event}")
            continue
        op.execute(f"DROP TRIGGER roles_apart_{event} ON role_grants")
        op.execute(f"DROP FUNCTION roles_apart_{event}()")
