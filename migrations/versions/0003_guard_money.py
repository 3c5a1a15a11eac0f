"""Guard money: four hands, frozen proposals, an append-only ledger.

Each guard is a sentence and a condition; a change that makes the condition true is refused by
the database itself, whatever route it came by.

Revision: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "decisions": "A decision never changes.",
    "proposal_hands": "Who had a hand in a proposal never changes.",
    "commitment_spend": "The committed spend never changes.",
    "ledger_transfers": "The ledger is append-only; reverse a movement instead.",
    "hurdle_decisions": "A decision on a hurdle never changes.",
    "date_moves": "A moved date stays on record.",
}
KEPT = {
    "proposals": "A proposal is never deleted.",
    "proposal_items": "The items of a proposal are never deleted.",
    "commitments": "A commitment is never deleted; stop it instead.",
    "tranches": "A tranche is never deleted; stop its commitment instead.",
}


def differs(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)


def proposal_is(state: str, proposal: str) -> str:
    return f"EXISTS (SELECT 1 FROM proposals p WHERE p.id = {proposal} AND p.state = '{state}')"


def held_by(account: str) -> str:
    """What the account holds of the commitment the new transfer is about."""
    return (
        "(SELECT COALESCE(SUM(CASE"
        f" WHEN l.credit = {account} THEN l.amount_minor"
        f" WHEN l.debit = {account} THEN -l.amount_minor ELSE 0 END), 0)"
        " FROM ledger_transfers l WHERE l.commitment_id = NEW.commitment_id)"
    )


HAD_A_HAND = """
    EXISTS (SELECT 1 FROM proposals p
        WHERE p.id = NEW.proposal_id AND p.submitted_by_id = NEW.decided_by_id)
    OR EXISTS (SELECT 1 FROM proposal_hands h
        WHERE h.proposal_id = NEW.proposal_id AND h.person_id = NEW.decided_by_id)
    OR EXISTS (SELECT 1 FROM proposal_items i JOIN initiatives n ON n.id = i.initiative_id
        WHERE i.proposal_id = NEW.proposal_id
        AND NEW.decided_by_id IN (i.owner_id, n.owner_id, n.created_by_id))
    OR EXISTS (SELECT 1 FROM proposals p
        JOIN runs r ON r.id = p.run_id JOIN scenarios s ON s.id = r.scenario_id
        WHERE p.id = NEW.proposal_id AND NEW.decided_by_id IN (s.created_by_id, s.changed_by_id))
"""
EVIDENCE_OF_THE_HURDLE = """
    SELECT 1 FROM tranches t
        JOIN criteria c ON c.milestone_id = t.milestone_id
        JOIN evidence e ON e.criterion_id = c.id
        WHERE t.id = NEW.tranche_id AND (e.tranche_id IS NULL OR e.tranche_id = t.id)
"""
TRANCHE_IS_OPEN = (
    "EXISTS (SELECT 1 FROM tranches t"
    " WHERE t.id = NEW.tranche_id AND t.state IN ('pending', 'held'))"
)
DECIDED_AS = (
    "EXISTS (SELECT 1 FROM hurdle_decisions h WHERE h.tranche_id = {tranche}"
    " AND h.action = '{action}')"
)
STOPPED_BEFORE = """
    EXISTS (SELECT 1 FROM hurdle_decisions h JOIN tranches t ON t.id = h.tranche_id
        WHERE h.action = 'stop' AND t.commitment_id = {commitment})
"""

# (name, table, event, condition that refuses, sentence)
GUARDS = [
    (
        "proposals_start", "proposals", "INSERT", "NEW.state <> 'submitted'",
        "A proposal begins as submitted.",
    ),
    (
        "proposals_frozen", "proposals", "UPDATE",
        differs(
            "id", "cycle_id", "run_id", "round", "note", "snapshot", "digest", "currency",
            "submitted_by_id", "submitted_at",
        ),
        "A submitted proposal is frozen.",
    ),
    (
        "proposals_moves", "proposals", "UPDATE",
        "NEW.state <> OLD.state AND (OLD.state <> 'submitted'"
        " OR (NEW.state = 'approved' AND NOT EXISTS (SELECT 1 FROM decisions d"
        "     WHERE d.proposal_id = NEW.id AND d.kind IN ('approve', 'approve_without')))"
        " OR (NEW.state = 'returned' AND NOT EXISTS (SELECT 1 FROM decisions d"
        "     WHERE d.proposal_id = NEW.id AND d.kind = 'return')))",
        "A proposal moves once, by a decision.",
    ),
    (
        "proposal_items_late", "proposal_items", "INSERT",
        f"NOT {proposal_is('submitted', 'NEW.proposal_id')}",
        "Items join a proposal only while it waits.",
    ),
    (
        "proposal_items_frozen", "proposal_items", "UPDATE",
        differs(
            "id", "proposal_id", "position", "initiative_id", "option_id", "owner_id", "start",
            "spend_minor", "value_allocated_minor", "value_standalone_minor",
            "value_marginal_minor",
        )
        + " OR (OLD.is_struck AND NOT NEW.is_struck)"
        + f" OR NOT {proposal_is('submitted', 'NEW.proposal_id')}",
        "An item can only be struck, while its proposal waits.",
    ),
    (
        "proposal_hands_late", "proposal_hands", "INSERT",
        f"NOT {proposal_is('submitted', 'NEW.proposal_id')}",
        "Hands are noted only while the proposal waits.",
    ),
    (
        "decisions_four_hands", "decisions", "INSERT", HAD_A_HAND,
        "Who had a hand in a proposal cannot decide it.",
    ),
    (
        "decisions_seen", "decisions", "INSERT",
        "NOT EXISTS (SELECT 1 FROM proposals p WHERE p.id = NEW.proposal_id"
        " AND p.state = 'submitted' AND p.digest = NEW.digest)",
        "A decision is about the proposal as it waits.",
    ),
    (
        "commitments_granted", "commitments", "INSERT",
        "NEW.state <> 'active' OR NOT EXISTS (SELECT 1 FROM decisions d"
        " JOIN proposal_items i ON i.proposal_id = d.proposal_id"
        " WHERE d.id = NEW.decision_id AND d.kind IN ('approve', 'approve_without')"
        " AND i.initiative_id = NEW.initiative_id AND i.option_id = NEW.option_id"
        " AND i.start = NEW.start AND i.spend_minor = NEW.amount_minor AND NOT i.is_struck)",
        "Only what a decision granted is committed.",
    ),
    (
        "commitments_fixed", "commitments", "UPDATE",
        differs(
            "id", "decision_id", "cycle_id", "initiative_id", "option_id", "start",
            "amount_minor", "value_minor", "currency",
        )
        + " OR (NEW.state <> OLD.state AND OLD.state <> 'active')",
        "A commitment is fixed; it can only be completed or stopped, once.",
    ),
    (
        "tranches_fit", "tranches", "INSERT",
        "NEW.state <> 'pending' OR NEW.amount_minor >"
        " (SELECT c.amount_minor FROM commitments c WHERE c.id = NEW.commitment_id)"
        " - (SELECT COALESCE(SUM(t.amount_minor), 0) FROM tranches t"
        " WHERE t.commitment_id = NEW.commitment_id)",
        "Tranches never add up to more than their commitment.",
    ),
    (
        "tranches_fixed", "tranches", "UPDATE",
        differs(
            "id", "commitment_id", "milestone_id", "position", "amount_minor", "currency",
            "baseline_due_on",
        ),
        "A tranche is fixed; only its date and state move.",
    ),
    (
        "tranches_moves", "tranches", "UPDATE",
        f"(OLD.state IN ('released', 'freed') AND ({differs('state', 'due_on')}))"
        " OR (NEW.state = 'pending' AND OLD.state <> 'pending')"
        " OR (NEW.state = 'released' AND OLD.state <> 'released'"
        f" AND NOT {DECIDED_AS.format(tranche='NEW.id', action='release')})"
        " OR (NEW.state = 'held' AND OLD.state <> 'held'"
        f" AND NOT {DECIDED_AS.format(tranche='NEW.id', action='hold')})"
        " OR (NEW.state = 'freed' AND OLD.state <> 'freed'"
        f" AND NOT {STOPPED_BEFORE.format(commitment='NEW.commitment_id')})",
        "A tranche moves only by a decision on its hurdle.",
    ),
    (
        "ledger_same_commitment", "ledger_transfers", "INSERT",
        "NOT EXISTS (SELECT 1 FROM commitments c WHERE c.id = NEW.commitment_id"
        " AND c.currency = NEW.currency AND c.cycle_id = NEW.cycle_id)"
        " OR (NEW.tranche_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tranches t"
        " WHERE t.id = NEW.tranche_id AND t.commitment_id = NEW.commitment_id))",
        "A movement stays within its commitment.",
    ),
    (
        "ledger_covered", "ledger_transfers", "INSERT",
        f"(NEW.debit <> 'budget' AND NEW.amount_minor > {held_by('NEW.debit')})"
        f" OR (NEW.debit = 'budget' AND NEW.amount_minor - {held_by(chr(39) + 'budget' + chr(39))}"
        " > (SELECT c.amount_minor FROM commitments c WHERE c.id = NEW.commitment_id))",
        "Released ≤ committed ≤ approved: the account does not hold that much.",
    ),
    (
        "ledger_tranche_once", "ledger_transfers", "INSERT",
        "NEW.kind IN ('release', 'free') AND NEW.tranche_id IS NOT NULL AND NEW.amount_minor >"
        " (SELECT t.amount_minor FROM tranches t WHERE t.id = NEW.tranche_id)"
        " - (SELECT COALESCE(SUM(CASE WHEN l.kind = 'reverse' THEN -l.amount_minor"
        " ELSE l.amount_minor END), 0) FROM ledger_transfers l"
        " WHERE l.tranche_id = NEW.tranche_id AND l.kind IN ('release', 'free', 'reverse'))",
        "A tranche moves once.",
    ),
    (
        "ledger_decided", "ledger_transfers", "INSERT",
        "(NEW.kind = 'release' AND NOT"
        f" {DECIDED_AS.format(tranche='NEW.tranche_id', action='release')})"
        f" OR (NEW.kind = 'free' AND NOT {STOPPED_BEFORE.format(commitment='NEW.commitment_id')})",
        "Money moves only by a decision on its hurdle.",
    ),
    (
        "ledger_reversal", "ledger_transfers", "INSERT",
        "NEW.kind = 'reverse' AND NOT EXISTS (SELECT 1 FROM ledger_transfers l"
        " WHERE l.id = NEW.reverses_id AND l.kind <> 'reverse' AND l.debit = NEW.credit"
        " AND l.credit = NEW.debit AND l.amount_minor = NEW.amount_minor"
        " AND l.commitment_id = NEW.commitment_id"
        " AND l.tranche_id IS NOT DISTINCT FROM NEW.tranche_id)",
        "A reversal mirrors the movement it takes back.",
    ),
    *(
        (
            f"criteria_locked_{event.lower()}", "criteria", event,
            f"EXISTS (SELECT 1 FROM tranches t WHERE t.milestone_id = {row}.milestone_id)",
            "The criteria of a hurdle are locked once money hangs on it.",
        )
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
    ),
    (
        "milestones_locked", "milestones", "UPDATE",
        "EXISTS (SELECT 1 FROM tranches t WHERE t.milestone_id = OLD.id)",
        "A milestone is locked once money hangs on it; move its due date on the roadmap.",
    ),
    (
        "evidence_kept_update", "evidence", "UPDATE", "TRUE",
        "Evidence is never overwritten; record a later measurement instead.",
    ),
    (
        "evidence_kept_delete", "evidence", "DELETE",
        "OLD.tranche_id IS NOT NULL OR EXISTS (SELECT 1 FROM tranches t"
        " JOIN criteria c ON c.milestone_id = t.milestone_id WHERE c.id = OLD.criterion_id)",
        "Evidence that money hangs on is never removed.",
    ),
    (
        "evidence_late", "evidence", "INSERT",
        "(NEW.tranche_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tranches t"
        " JOIN criteria c ON c.milestone_id = t.milestone_id"
        " WHERE t.id = NEW.tranche_id AND c.id = NEW.criterion_id"
        " AND t.state IN ('pending', 'held')))"
        " OR (NEW.tranche_id IS NULL AND EXISTS (SELECT 1 FROM tranches t"
        " JOIN criteria c ON c.milestone_id = t.milestone_id WHERE c.id = NEW.criterion_id"
        " AND t.state IN ('released', 'freed')))",
        "Evidence comes before the decision on its hurdle.",
    ),
    (
        "hurdles_open", "hurdle_decisions", "INSERT", f"NOT {TRANCHE_IS_OPEN}",
        "This hurdle is decided.",
    ),
    (
        "hurdles_in_order", "hurdle_decisions", "INSERT",
        "EXISTS (SELECT 1 FROM tranches t"
        " JOIN tranches earlier ON earlier.commitment_id = t.commitment_id"
        " AND earlier.position < t.position WHERE t.id = NEW.tranche_id"
        " AND earlier.state IN ('pending', 'held'))",
        "Earlier hurdles are decided first.",
    ),
    (
        "hurdles_measured", "hurdle_decisions", "INSERT",
        f"NEW.action = 'release' AND NOT EXISTS ({EVIDENCE_OF_THE_HURDLE})",
        "No money is released without a recorded measurement.",
    ),
    (
        "hurdles_four_hands", "hurdle_decisions", "INSERT",
        f"EXISTS ({EVIDENCE_OF_THE_HURDLE} AND e.recorded_by_id = NEW.decided_by_id)"
        " OR EXISTS (SELECT 1 FROM date_moves m WHERE m.tranche_id = NEW.tranche_id"
        " AND m.moved_by_id = NEW.decided_by_id)"
        " OR EXISTS (SELECT 1 FROM tranches t JOIN commitments c ON c.id = t.commitment_id"
        " JOIN initiatives n ON n.id = c.initiative_id WHERE t.id = NEW.tranche_id"
        " AND NEW.decided_by_id IN (n.owner_id, n.created_by_id))",
        "Who measured a hurdle, moved its date or owns the initiative cannot decide it.",
    ),
]  # fmt: skip

# Two transactions that move money of one commitment take turns, so that sums are true.
LOCKS = {
    "ledger_transfers": "SELECT 1 FROM commitments c WHERE c.id = NEW.commitment_id FOR UPDATE",
    "tranches": "SELECT 1 FROM commitments c WHERE c.id = NEW.commitment_id FOR UPDATE",
    "hurdle_decisions": "SELECT 1 FROM tranches t WHERE t.id = NEW.tranche_id FOR UPDATE",
    "decisions": "SELECT 1 FROM proposals p WHERE p.id = NEW.proposal_id FOR UPDATE",
}


def all_guards() -> list[tuple[str, str, str, str, str]]:
    kept = [
        (f"{t}_kept_{e.lower()}", t, e, "TRUE", s)
        for t, s in APPEND_ONLY.items()
        for e in ("UPDATE", "DELETE")
    ]
    kept += [(f"{t}_kept_delete", t, "DELETE", "TRUE", s) for t, s in KEPT.items()]
    return kept + GUARDS


def create(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        return
    lock = (
        f"PERFORM {LOCKS[table].removeprefix('SELECT ')};"
        if event == "INSERT" and table in LOCKS
        else ""
    )
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {lock}"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        f" RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )


def upgrade() -> None:
    for guard in all_guards():
        create(*guard)
    if op.get_context().dialect.name != "sqlite":
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER guard_{table}_kept_truncate BEFORE TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION guard_{table}_kept_delete()"
            )


def downgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    if not is_sqlite:
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER guard_{table}_kept_truncate ON {table}")
    for name, table, *_ in all_guards():
        op.execute(f"DROP TRIGGER guard_{name}" + ("" if is_sqlite else f" ON {table}"))
        if not is_sqlite:
            op.execute(f"DROP FUNCTION guard_{name}()")
