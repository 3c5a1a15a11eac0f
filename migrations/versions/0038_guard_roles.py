"""Let only Finance decide about money, as the database's own rows have it, and keep every archive.

Whoever signs, approves, decides a hurdle or settles a condition holds Finance in force at that
moment, and so does who signed first. A decision is of a kind there is: SQLite would rebuild the
table for a check and lose its triggers, so a guard of the insert keeps it, and decisions never
change. Whatever is append-only or archived can't be emptied as a whole either.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

FIRST_SIGNER = "(SELECT s.person_id FROM approval_signatures s WHERE s.id = NEW.first_signature_id)"


def may_decide(person: str) -> str:
    """Whether the person is active, acts by a password of their own and holds Finance in force."""
    return (
        "EXISTS (SELECT 1 FROM people p JOIN role_grants g ON g.person_id = p.id"
        f" WHERE p.id = {person} AND p.is_active AND NOT p.must_change_password"
        " AND g.role = 'finance' AND g.is_in_force)"
    )


# (name, table, event, condition that refuses, sentence)
GUARDS = [
    (
        "decisions_kind", "decisions", "INSERT",
        "NEW.kind NOT IN ('approve', 'approve_without', 'return')",
        "A decision approves, approves without some items, or returns.",
    ),
    *(
        (name, table, "INSERT", f"NOT {may_decide(f'NEW.{column}')}", sentence)
        for name, table, column, sentence in (
            ("decisions_role", "decisions", "decided_by_id", "Only Finance decides a proposal."),
            (
                "signatures_role", "approval_signatures", "person_id",
                "Only Finance signs an approval.",
            ),
            ("hurdles_role", "hurdle_decisions", "decided_by_id", "Only Finance decides a hurdle."),
            (
                "settlements_role", "condition_settlements", "settled_by_id",
                "Only Finance settles a condition.",
            ),
        )
    ),
    (
        "decisions_first_role", "decisions", "INSERT",
        f"{FIRST_SIGNER} IS NOT NULL AND NOT {may_decide(FIRST_SIGNER)}",
        "The first signature is of somebody in Finance now.",
    ),
    (
        "inquiries_kept_delete", "inquiries", "DELETE", "OLD.content IS NOT NULL",
        "What was answered beside a plan is never removed.",
    ),
    *(
        (f"{table}_kept_{event.lower()}", table, event, "TRUE", sentence)
        for table, sentence in (
            ("baselines", "A baseline is never overwritten; measure again instead."),
            ("touchpoint_figures", "What a baseline measured is never overwritten."),
        )
        for event in ("UPDATE", "DELETE")
    ),
]  # fmt: skip

EMPTIED = (
    "criteria",
    "proposals",
    "proposal_items",
    "commitments",
    "tranches",
    "evidence",
    "plan_versions",
    "work_moves",
    "gate_meetings",
    "meeting_items",
    "meeting_attendees",
    "hurdle_forecasts",
    "inquiries",
    "baselines",
    "touchpoint_figures",
)
"""Tables whose rows are kept and that PostgreSQL would still let somebody empty at once."""

NEVER_EMPTIED = "What is kept is never emptied."

# Whoever decides and whoever takes their role take turns, so that the role read is in force.
LOCKS = {
    name: f"PERFORM 1 FROM people p WHERE p.id = {person} FOR SHARE;"
    f" PERFORM 1 FROM role_grants g WHERE g.person_id = {person} FOR SHARE;"
    for name, person in (
        ("decisions_role", "NEW.decided_by_id"),
        ("decisions_first_role", FIRST_SIGNER),
        ("signatures_role", "NEW.person_id"),
        ("hurdles_role", "NEW.decided_by_id"),
        ("settlements_role", "NEW.settled_by_id"),
    )
}


def upgrade() -> None:
    for guard in GUARDS:
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(*guard)
    if _is_sqlite():
        return
    op.execute(
        "CREATE FUNCTION guard_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{NEVER_EMPTIED}' USING ERRCODE = 'integrity_constraint_violation';"
        " END $$"
    )
    for table in EMPTIED:
        op.execute(
            f"CREATE TRIGGER guard_{table}_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION guard_never_emptied()"
        )


def downgrade() -> None:
    if not _is_sqlite():
        for table in EMPTIED:
            op.execute(f"DROP TRIGGER guard_{table}_emptied ON {table}")
        op.execute("DROP FUNCTION guard_never_emptied()")
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
    row = "OLD" if event == "DELETE" else "NEW"
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {LOCKS.get(name, '')} IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )
