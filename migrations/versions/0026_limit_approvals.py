"""Limit what one approver approves alone, and keep conditions of approvals until they are settled.

Above the approver's limit a decision names who signed the same terms first. Who sets limits does
not decide under them, and money under an open condition is not released.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NOT_CHANGED_BY = ", ".join(
    f"'initiative.{done}'"
    for done in (
        "created", "submitted", "certified", "returned", "nominated", "reopened", "withdrawn",
        "approved", "stopped", "delivered", "retired",
    )
)  # fmt: skip
"""What happens to an initiative without changing what it is or costs, as in 0005."""

NO_LIMIT = "9223372036854775807"

GRANTED = (
    "(SELECT COALESCE(SUM(i.spend_minor), 0) FROM proposal_items i"
    " WHERE i.proposal_id = NEW.proposal_id AND NOT i.is_struck)"
)
"""What remains of the proposal; items are struck before the decision and never come back."""

LIMIT = (
    "COALESCE((SELECT l.amount_minor FROM approval_limits l"
    " JOIN proposals p ON p.currency = l.currency"
    " WHERE p.id = NEW.proposal_id AND l.person_id = NEW.decided_by_id"
    f" ORDER BY l.id DESC LIMIT 1), {NO_LIMIT})"
)


def set_limits(person: str) -> str:
    """Whether the person set a limit that counts, or any since the proposal was submitted."""
    return (
        "EXISTS (SELECT 1 FROM approval_limits l JOIN proposals p ON p.currency = l.currency"
        f" WHERE p.id = NEW.proposal_id AND l.set_by_id = {person}"
        " AND (l.set_at >= p.submitted_at OR NOT EXISTS (SELECT 1 FROM approval_limits later"
        " WHERE later.person_id = l.person_id AND later.currency = l.currency"
        " AND later.id > l.id)))"
    )


def had_a_hand(person: str) -> str:
    """What 0003, 0005 and 0022 say of who decides, of another person."""
    return (
        "(EXISTS (SELECT 1 FROM proposals p"
        f" WHERE p.id = NEW.proposal_id AND p.submitted_by_id = {person})"
        " OR EXISTS (SELECT 1 FROM proposal_hands h"
        f" WHERE h.proposal_id = NEW.proposal_id AND h.person_id = {person})"
        " OR EXISTS (SELECT 1 FROM proposal_items i"
        " JOIN initiatives n ON n.id = i.initiative_id WHERE i.proposal_id = NEW.proposal_id"
        f" AND ({person} IN (i.owner_id, n.owner_id, n.created_by_id)"
        " OR EXISTS (SELECT 1 FROM initiative_handovers h"
        f" WHERE h.initiative_id = n.id AND h.from_owner_id = {person})"
        " OR EXISTS (SELECT 1 FROM audit_events e"
        f" WHERE e.subject = 'initiative:' || n.id AND e.actor = 'person:' || {person}"
        f" AND e.action NOT IN ({NOT_CHANGED_BY}))))"
        " OR EXISTS (SELECT 1 FROM proposals p JOIN runs r ON r.id = p.run_id"
        " JOIN scenarios s ON s.id = r.scenario_id WHERE p.id = NEW.proposal_id"
        f" AND ({person} IN (s.created_by_id, s.changed_by_id)"
        " OR EXISTS (SELECT 1 FROM audit_events e"
        f" WHERE e.subject = 'scenario:' || s.id AND e.actor = 'person:' || {person}"
        " AND substr(e.action, 1, 9) = 'scenario.')))"
        f" OR {set_limits(person)})"
    )


FIRST_SIGNER = "(SELECT s.person_id FROM approval_signatures s WHERE s.id = NEW.first_signature_id)"

SIGNED_BEFORE = (
    "EXISTS (SELECT 1 FROM approval_signatures s WHERE s.id = NEW.first_signature_id"
    " AND s.proposal_id = NEW.proposal_id AND s.person_id <> NEW.decided_by_id"
    " AND s.digest = NEW.digest AND s.terms_digest = NEW.terms_digest"
    f" AND s.granted_minor = {GRANTED})"
)

OPEN_CONDITION = (
    "EXISTS (SELECT 1 FROM tranches t JOIN commitments c ON c.id = t.commitment_id"
    " JOIN decision_conditions k ON k.decision_id = c.decision_id"
    " LEFT JOIN proposal_items i ON i.id = k.item_id"
    " LEFT JOIN condition_settlements x ON x.condition_id = k.id"
    " WHERE t.id = NEW.tranche_id AND x.condition_id IS NULL"
    " AND (k.item_id IS NULL OR i.initiative_id = c.initiative_id))"
)

SETTLED_BY_A_HAND = (
    "EXISTS (SELECT 1 FROM decision_conditions k JOIN decisions d ON d.id = k.decision_id"
    " JOIN proposals p ON p.id = d.proposal_id JOIN proposal_items i ON i.proposal_id = p.id"
    " JOIN initiatives n ON n.id = i.initiative_id WHERE k.id = NEW.condition_id"
    " AND (k.item_id = i.id OR (k.item_id IS NULL AND NOT i.is_struck))"
    " AND (NEW.settled_by_id IN (p.submitted_by_id, i.owner_id, n.owner_id, n.created_by_id)"
    " OR EXISTS (SELECT 1 FROM initiative_handovers h"
    " WHERE h.initiative_id = n.id AND h.from_owner_id = NEW.settled_by_id)))"
)

APPEND_ONLY = {
    "approval_limits": "An approval limit never changes; set a new one.",
    "approval_signatures": "A signature never changes.",
    "decision_conditions": "A condition never changes.",
    "condition_settlements": "A settled condition stays settled.",
}

# (name, table, event, condition that refuses, sentence)
GUARDS = [
    *(
        (f"{table}_kept_{event.lower()}", table, event, "TRUE", sentence)
        for table, sentence in APPEND_ONLY.items()
        for event in ("UPDATE", "DELETE")
    ),
    (
        "signatures_seen", "approval_signatures", "INSERT",
        "NOT EXISTS (SELECT 1 FROM proposals p WHERE p.id = NEW.proposal_id"
        " AND p.state = 'submitted' AND p.digest = NEW.digest)",
        "A signature is about the proposal as it waits.",
    ),
    (
        "signatures_four_hands", "approval_signatures", "INSERT", had_a_hand("NEW.person_id"),
        "Who had a hand in a proposal cannot sign it, nor who sets limits.",
    ),
    (
        "decisions_limit_setters", "decisions", "INSERT", set_limits("NEW.decided_by_id"),
        "Who sets approval limits cannot decide under them.",
    ),
    (
        "decisions_limits", "decisions", "INSERT",
        "NEW.kind IN ('approve', 'approve_without') AND NEW.first_signature_id IS NULL"
        f" AND {GRANTED} > {LIMIT}",
        "Above the approval limit a second approver signs.",
    ),
    (
        "decisions_first", "decisions", "INSERT",
        f"NEW.first_signature_id IS NOT NULL AND (COALESCE(NEW.terms_digest, '') = ''"
        f" OR NOT {SIGNED_BEFORE} OR {had_a_hand(FIRST_SIGNER)})",
        "The first signature is under the same terms, by free hands.",
    ),
    (
        "proposal_items_decided", "proposal_items", "UPDATE",
        "EXISTS (SELECT 1 FROM decisions d WHERE d.proposal_id = NEW.proposal_id)",
        "Items are struck before the decision.",
    ),
    (
        "conditions_late", "decision_conditions", "INSERT",
        "NOT EXISTS (SELECT 1 FROM decisions d JOIN proposals p ON p.id = d.proposal_id"
        " WHERE d.id = NEW.decision_id AND d.kind IN ('approve', 'approve_without')"
        " AND p.state = 'submitted')"
        " OR (NEW.item_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decisions d"
        " JOIN proposal_items i ON i.proposal_id = d.proposal_id WHERE d.id = NEW.decision_id"
        " AND i.id = NEW.item_id AND NOT i.is_struck))",
        "Conditions come with the approval, on what it grants.",
    ),
    (
        "settlements_four_hands", "condition_settlements", "INSERT", SETTLED_BY_A_HAND,
        "Who submitted, owns or proposed it does not settle its conditions.",
    ),
    (
        "hurdles_conditions", "hurdle_decisions", "INSERT",
        f"NEW.action = 'release' AND {OPEN_CONDITION}",
        "No money is released while a condition of its approval is open.",
    ),
]  # fmt: skip

PROPOSAL_TURN = "PERFORM 1 FROM proposals p WHERE p.id = NEW.proposal_id FOR UPDATE;"
# Whoever decides and whoever sets that person's limit take turns, so that the limit read counts.
LOCKS = {
    "approval_limits": "PERFORM 1 FROM people p WHERE p.id = NEW.person_id FOR NO KEY UPDATE;",
    "approval_signatures": PROPOSAL_TURN,
    "decisions": PROPOSAL_TURN
    + " PERFORM 1 FROM people p WHERE p.id = NEW.decided_by_id FOR SHARE;",
}


def upgrade() -> None:
    _create_limits()
    _create_signatures()
    _create_conditions()
    _create_settlements()
    # Columns beside the table's triggers: SQLite would rebuild it for a foreign key, and lose them.
    op.add_column("decisions", sa.Column("first_signature_id", sa.Integer(), nullable=True))
    op.add_column("decisions", sa.Column("terms_digest", sa.String(), nullable=True))
    for guard in GUARDS:
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(*guard)
    if not _is_sqlite():
        # SQLite lets one writer in at a time.
        _guard_postgresql(
            "approval_limits_turn", "approval_limits", "INSERT", "FALSE", "Limits take turns."
        )
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER guard_{table}_kept_truncate BEFORE TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION guard_{table}_kept_delete()"
            )


def downgrade() -> None:
    for name, table, *_ in GUARDS:
        if table not in APPEND_ONLY:
            op.execute(f"DROP TRIGGER guard_{name}" + ("" if _is_sqlite() else f" ON {table}"))
    op.drop_table("condition_settlements")
    op.drop_table("decision_conditions")
    op.drop_table("approval_signatures")
    op.drop_table("approval_limits")
    if not _is_sqlite():
        for name in ("approval_limits_turn", *(guard[0] for guard in GUARDS)):
            op.execute(f"DROP FUNCTION guard_{name}()")
    op.drop_column("decisions", "terms_digest")
    op.drop_column("decisions", "first_signature_id")


def _create_limits() -> None:
    table = "approval_limits"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f(f"ck_{table}_amount_not_negative")),
        sa.CheckConstraint("person_id <> set_by_id", name=op.f(f"ck_{table}_set_by_somebody_else")),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{table}_has_reason")),
        _key(table, "person_id", "people.id"),
        _key(table, "set_by_id", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_approval_limits_currency_person", table, ["currency", "person_id", "id"])


def _create_signatures() -> None:
    table = "approval_signatures"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("granted_minor", sa.BigInteger(), nullable=False),
        sa.Column("terms_digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("granted_minor >= 0", name=op.f(f"ck_{table}_granted_not_negative")),
        _key(table, "proposal_id", "proposals.id"),
        _key(table, "person_id", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "proposal_id", "person_id", name=op.f(f"uq_{table}_proposal_id_person_id")
        ),
    )
    op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"], unique=False)


def _create_conditions() -> None:
    table = "decision_conditions"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f(f"ck_{table}_has_text")),
        _key(table, "decision_id", "decisions.id"),
        _key(table, "item_id", "proposal_items.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "decision_id", "position", name=op.f(f"uq_{table}_decision_id_position")
        ),
    )
    op.create_index(op.f(f"ix_{table}_item_id"), table, ["item_id"], unique=False)


def _create_settlements() -> None:
    table = "condition_settlements"
    op.create_table(
        table,
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("settled_by_id", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("note <> ''", name=op.f(f"ck_{table}_has_note")),
        _key(table, "condition_id", "decision_conditions.id"),
        _key(table, "settled_by_id", "people.id"),
        sa.PrimaryKeyConstraint("condition_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_settled_by_id"), table, ["settled_by_id"], unique=False)


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
    row = "OLD" if event == "DELETE" else "NEW"
    lock = LOCKS.get(table, "") if event == "INSERT" else ""
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {lock}"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )
