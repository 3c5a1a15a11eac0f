"""Go on with a smaller option, end early what is captured, and hold until a chosen day.

A rescope gives back what the smaller option no longer needs: it is kept as an amendment with all
that was changed, and open tranches hold less from then on, never more. Guards are put in place
anew beside their tables: rebuilding one would drop its triggers.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

OPEN = "('pending', 'held')"
END_INDEX = "uq_hurdle_decisions_one_end"
ENDING = "action NOT IN ('hold', 'rescope')"
NO_LIMIT = "9223372036854775807"


def differs(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)


def ended_before(actions: str, commitment: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM hurdle_decisions h JOIN tranches t ON t.id = h.tranche_id"
        f" WHERE h.action IN ({actions}) AND t.commitment_id = {commitment})"
    )


def decided_as(action: str, tranche: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM hurdle_decisions h"
        f" WHERE h.tranche_id = {tranche} AND h.action = '{action}')"
    )


COMMITTED = (
    "(SELECT COALESCE(SUM(CASE WHEN l.credit = 'committed' THEN l.amount_minor"
    " WHEN l.debit = 'committed' THEN -l.amount_minor ELSE 0 END), 0)"
    " FROM ledger_transfers l WHERE l.commitment_id = NEW.commitment_id)"
)
OPEN_WITH_NEW = (
    "((SELECT COALESCE(SUM(t.amount_minor), 0) FROM tranches t"
    f" WHERE t.commitment_id = NEW.commitment_id AND t.state IN {OPEN} AND t.id <> NEW.id)"
    " + NEW.amount_minor)"
)
RESCOPED = "EXISTS (SELECT 1 FROM rescopes r WHERE r.commitment_id = NEW.commitment_id)"
RESCOPE_COVERS = (
    "(NEW.tranche_id IS NULL AND NEW.amount_minor"
    " + (SELECT COALESCE(SUM(l.amount_minor), 0) FROM ledger_transfers l"
    " WHERE l.commitment_id = NEW.commitment_id AND l.kind = 'free' AND l.tranche_id IS NULL)"
    " <= (SELECT COALESCE(SUM(r.freed_minor), 0) FROM rescopes r"
    " WHERE r.commitment_id = NEW.commitment_id))"
)
TRANCHE_PLACE = ("id", "commitment_id", "milestone_id", "position", "currency", "baseline_due_on")
COMMITMENT_TERMS = (
    "id", "decision_id", "cycle_id", "initiative_id", "start", "amount_minor", "value_minor",
    "currency",
)  # fmt: skip
EVIDENCE_OF_THE_HURDLE = (
    "EXISTS (SELECT 1 FROM tranches t JOIN criteria c ON c.milestone_id = t.milestone_id"
    " JOIN evidence e ON e.criterion_id = c.id WHERE t.id = NEW.tranche_id"
    " AND (e.tranche_id IS NULL OR e.tranche_id = t.id))"
)
ONCE = " OR (NEW.state <> OLD.state AND OLD.state <> 'active')"


def tranche_moves(ends: str) -> str:
    return (
        f"(OLD.state IN ('released', 'freed') AND ({differs('state', 'due_on')}))"
        " OR (NEW.state = 'pending' AND OLD.state <> 'pending')"
        " OR (NEW.state = 'released' AND OLD.state <> 'released'"
        f" AND NOT {decided_as('release', 'NEW.id')})"
        f" OR (NEW.state = 'held' AND OLD.state <> 'held' AND NOT {decided_as('hold', 'NEW.id')})"
        " OR (NEW.state = 'freed' AND OLD.state <> 'freed'"
        f" AND NOT {ended_before(ends, 'NEW.commitment_id')})"
    )


def ledger_decided(ends: str, or_covers: str) -> str:
    return (
        f"(NEW.kind = 'release' AND NOT {decided_as('release', 'NEW.tranche_id')})"
        f" OR (NEW.kind = 'free' AND NOT {ended_before(ends, 'NEW.commitment_id')}{or_covers})"
    )


# (name, table, event, condition now, condition before, sentence)
REPLACED = [
    (
        "tranches_fixed", "tranches", "UPDATE",
        f"{differs(*TRANCHE_PLACE)} OR (NEW.amount_minor <> OLD.amount_minor"
        f" AND (NEW.amount_minor > OLD.amount_minor OR OLD.state NOT IN {OPEN}"
        f" OR NEW.state <> OLD.state OR NOT {RESCOPED} OR {OPEN_WITH_NEW} < {COMMITTED}))",
        differs(*TRANCHE_PLACE, "amount_minor"),
        "A tranche is fixed; only its date and state move.",
    ),
    (
        "tranches_moves", "tranches", "UPDATE",
        tranche_moves("'stop', 'finish'"), tranche_moves("'stop'"),
        "A tranche moves only by a decision on its hurdle.",
    ),
    (
        "commitments_fixed", "commitments", "UPDATE",
        f"{differs(*COMMITMENT_TERMS)}{ONCE} OR (NEW.option_id <> OLD.option_id"
        " AND NOT EXISTS (SELECT 1 FROM rescopes r WHERE r.commitment_id = NEW.id"
        " AND r.from_option_id = OLD.option_id AND r.to_option_id = NEW.option_id))",
        f"{differs(*COMMITMENT_TERMS, 'option_id')}{ONCE}",
        "A commitment is fixed; it can only be completed or stopped, once.",
    ),
    (
        "ledger_decided", "ledger_transfers", "INSERT",
        ledger_decided("'stop', 'finish'", f" AND NOT {RESCOPE_COVERS}"),
        ledger_decided("'stop'", ""),
        "Money moves only by a decision on its hurdle.",
    ),
    (
        "hurdles_measured", "hurdle_decisions", "INSERT",
        f"NEW.action IN ('release', 'finish') AND NOT {EVIDENCE_OF_THE_HURDLE}",
        f"NEW.action = 'release' AND NOT {EVIDENCE_OF_THE_HURDLE}",
        "No money is released without a recorded measurement.",
    ),
]  # fmt: skip

LIMIT_OF_DECIDER = (
    "COALESCE((SELECT l.amount_minor FROM approval_limits l"
    " JOIN hurdle_decisions h ON h.decided_by_id = l.person_id"
    " JOIN commitments c ON c.currency = l.currency"
    " WHERE h.id = NEW.decision_id AND c.id = NEW.commitment_id"
    f" ORDER BY l.id DESC LIMIT 1), {NO_LIMIT})"
)

# (name, table, event, condition that refuses, sentence)
NEW = [
    ("rescopes_kept_update", "rescopes", "UPDATE", "TRUE", "A rescope never changes."),
    ("rescopes_kept_delete", "rescopes", "DELETE", "TRUE", "A rescope is never removed."),
    (
        "rescopes_decided", "rescopes", "INSERT",
        "NOT EXISTS (SELECT 1 FROM hurdle_decisions h JOIN tranches t ON t.id = h.tranche_id"
        " JOIN commitments c ON c.id = t.commitment_id"
        " JOIN options o ON o.initiative_id = c.initiative_id"
        " WHERE h.id = NEW.decision_id AND h.action = 'rescope' AND c.id = NEW.commitment_id"
        " AND c.state = 'active' AND c.option_id = NEW.from_option_id"
        " AND o.id = NEW.to_option_id AND o.id <> c.option_id)"
        f" OR NEW.freed_minor + NEW.remaining_minor <> {COMMITTED}",
        "A rescope is decided at a hurdle, for another option of the same initiative.",
    ),
    (
        "rescopes_limits", "rescopes", "INSERT", f"NEW.remaining_minor > {LIMIT_OF_DECIDER}",
        "What remains is above the approval limit.",
    ),
]  # fmt: skip

TURN = "PERFORM 1 FROM commitments c WHERE c.id = NEW.commitment_id FOR UPDATE;"
LOCKS = {
    "ledger_transfers": TURN,
    "rescopes": TURN,
    "hurdle_decisions": "PERFORM 1 FROM tranches t WHERE t.id = NEW.tranche_id FOR UPDATE;",
}


def upgrade() -> None:
    op.add_column("hurdle_decisions", sa.Column("hold_until", sa.Date(), nullable=True))
    _index_ends(ENDING)
    op.create_index(
        "uq_hurdle_decisions_one_rescope", "hurdle_decisions", ["tranche_id"], unique=True,
        sqlite_where=sa.text("action = 'rescope'"),
        postgresql_where=sa.text("action = 'rescope'"),
    )  # fmt: skip
    _create_rescopes()
    for name, table, event, now, _, sentence in REPLACED:
        _replace(name, table, event, now, sentence)
    for guard in NEW:
        _guard(*guard)
    if not _is_sqlite():
        op.execute(
            "CREATE TRIGGER guard_rescopes_kept_truncate BEFORE TRUNCATE ON rescopes"
            " FOR EACH STATEMENT EXECUTE FUNCTION guard_rescopes_kept_delete()"
        )


def downgrade() -> None:
    for name, table, event, _, before, sentence in REPLACED:
        _replace(name, table, event, before, sentence)
    op.drop_table("rescopes")
    if not _is_sqlite():
        for name, *_ in NEW:
            op.execute(f"DROP FUNCTION guard_{name}()")
    op.drop_index("uq_hurdle_decisions_one_rescope", "hurdle_decisions")
    _index_ends("action <> 'hold'")
    op.drop_column("hurdle_decisions", "hold_until")


def _index_ends(which: str) -> None:
    op.drop_index(END_INDEX, "hurdle_decisions")
    op.create_index(
        END_INDEX, "hurdle_decisions", ["tranche_id"], unique=True,
        sqlite_where=sa.text(which), postgresql_where=sa.text(which),
    )  # fmt: skip


def _create_rescopes() -> None:
    table = "rescopes"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("from_option_id", sa.Integer(), nullable=False),
        sa.Column("to_option_id", sa.Integer(), nullable=False),
        sa.Column("freed_minor", sa.BigInteger(), nullable=False),
        sa.Column("remaining_minor", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("freed_minor > 0", name=op.f(f"ck_{table}_frees_something")),
        sa.CheckConstraint("remaining_minor > 0", name=op.f(f"ck_{table}_leaves_something")),
        _key(table, "decision_id", "hurdle_decisions.id"),
        _key(table, "commitment_id", "commitments.id"),
        _key(table, "from_option_id", "options.id"),
        _key(table, "to_option_id", "options.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("decision_id", name=op.f(f"uq_{table}_decision_id")),
    )
    for name in ("commitment_id", "from_option_id", "to_option_id"):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name], unique=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _replace(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    op.execute(f"DROP TRIGGER guard_{name}" + ("" if _is_sqlite() else f" ON {table}"))
    if not _is_sqlite():
        op.execute(f"DROP FUNCTION guard_{name}()")
    _guard(name, table, event, condition, sentence)


def _guard(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        return
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
