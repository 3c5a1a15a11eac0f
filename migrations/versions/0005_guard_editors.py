"""Keep editors from deciding and certifying: who changed what a proposal holds since it was
submitted, and who owns, proposed or changed an initiative whose money is certified.

Who changed what is read from the audit trail. Rows written before stay as they are.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NO_CHANGES = (
    "created", "submitted", "certified", "returned", "nominated", "reopened", "withdrawn",
    "approved", "stopped", "delivered", "retired",
)  # fmt: skip
"""What happens to an initiative without changing what it is or costs, as the trail names it."""

NOT_CHANGED_BY = ", ".join(f"'initiative.{done}'" for done in NO_CHANGES)


def changed_by(person: str, initiative: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM audit_events e"
        f" WHERE e.subject = 'initiative:' || {initiative} AND e.actor = 'person:' || {person}"
        f" AND e.action NOT IN ({NOT_CHANGED_BY}))"
    )


# (name, table, event, condition that refuses, sentence)
GUARDS = [
    (
        "decisions_editors", "decisions", "INSERT",
        "EXISTS (SELECT 1 FROM proposal_items i WHERE i.proposal_id = NEW.proposal_id AND "
        + changed_by("NEW.decided_by_id", "i.initiative_id")
        + ") OR EXISTS (SELECT 1 FROM proposals p JOIN runs r ON r.id = p.run_id"
        " JOIN audit_events e ON e.subject = 'scenario:' || r.scenario_id"
        " WHERE p.id = NEW.proposal_id AND e.actor = 'person:' || NEW.decided_by_id"
        " AND substr(e.action, 1, 9) = 'scenario.')",
        "Who had a hand in a proposal cannot decide it, nor who changed what is in it.",
    ),
    (
        "initiatives_certified", "initiatives", "UPDATE",
        "NEW.certified_by_id IS NOT NULL AND ("
        "(NEW.certified_by_id IN (NEW.owner_id, NEW.created_by_id)"
        " AND (NEW.certified_by_id IS DISTINCT FROM OLD.certified_by_id"
        " OR NEW.owner_id IS DISTINCT FROM OLD.owner_id"
        " OR NEW.created_by_id IS DISTINCT FROM OLD.created_by_id))"
        " OR (NEW.certified_by_id IS DISTINCT FROM OLD.certified_by_id AND "
        + changed_by("NEW.certified_by_id", "NEW.id")
        + "))",
        "Who owns, proposed or changed an initiative does not certify its money.",
    ),
]  # fmt: skip


def upgrade() -> None:
    for guard in GUARDS:
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(*guard)


def downgrade() -> None:
    for name, table, *_ in reversed(GUARDS):
        op.execute(f"DROP TRIGGER guard_{name}" + ("" if _is_sqlite() else f" ON {table}"))
        if not _is_sqlite():
            op.execute(f"DROP FUNCTION guard_{name}()")


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _guard_sqlite(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def _guard_postgresql(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )
