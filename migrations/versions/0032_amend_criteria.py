"""Amend criteria that were locked at approval, by four hands; what was approved stays beside it.

An amendment waits, is ended once and never changes afterwards. The criterion itself stays locked:
what a hurdle is judged on is its criterion with the agreed amendment asked for last.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE = "amendments"
OPEN = "('pending', 'held')"
ENDED = "('agreed', 'declined', 'withdrawn')"
ASKED = (
    "id", "tranche_id", "criterion_id", "from_threshold", "from_sample", "to_threshold",
    "to_sample", "reason", "evidence_on", "asked_by_id", "asked_at",
)  # fmt: skip
TRANCHE_IS_OPEN = (
    f"EXISTS (SELECT 1 FROM tranches t WHERE t.id = NEW.tranche_id AND t.state IN {OPEN})"
)
OF_THE_HURDLE = (
    "EXISTS (SELECT 1 FROM tranches t JOIN criteria c ON c.milestone_id = t.milestone_id"
    f" WHERE t.id = NEW.tranche_id AND c.id = NEW.criterion_id AND t.state IN {OPEN})"
)
EVIDENCE = (
    "EXISTS (SELECT 1 FROM evidence e WHERE e.criterion_id = NEW.criterion_id"
    " AND (e.tranche_id IS NULL OR e.tranche_id = NEW.tranche_id))"
)


def agreed_now(column: str) -> str:
    """A column of the amendment in force of the new one's criterion."""
    return (
        f"(SELECT a.{column} FROM amendments a WHERE a.tranche_id = NEW.tranche_id"
        " AND a.criterion_id = NEW.criterion_id AND a.state = 'agreed'"
        " ORDER BY a.id DESC LIMIT 1)"
    )


NOT_WHAT_IS_AGREED = (
    "EXISTS (SELECT 1 FROM criteria c WHERE c.id = NEW.criterion_id AND ("
    f"NEW.from_threshold <> COALESCE({agreed_now('to_threshold')}, c.threshold)"
    f" OR NEW.from_sample IS DISTINCT FROM CASE WHEN {agreed_now('id')} IS NULL"
    f" THEN c.minimum_sample ELSE {agreed_now('to_sample')} END))"
)
HAD_A_HAND = (
    "NEW.ended_by_id = NEW.asked_by_id"
    " OR EXISTS (SELECT 1 FROM tranches t JOIN commitments c ON c.id = t.commitment_id"
    " JOIN initiatives n ON n.id = c.initiative_id WHERE t.id = NEW.tranche_id"
    " AND (NEW.ended_by_id IN (n.owner_id, n.created_by_id)"
    " OR EXISTS (SELECT 1 FROM initiative_handovers o WHERE o.initiative_id = n.id"
    " AND o.from_owner_id = NEW.ended_by_id)"
    " OR EXISTS (SELECT 1 FROM decisions d JOIN proposal_hands h ON h.proposal_id = d.proposal_id"
    " WHERE d.id = c.decision_id AND h.person_id = NEW.ended_by_id AND h.subject = n.key"
    " AND h.part IN ('owns', 'created', 'changed'))))"
    " OR EXISTS (SELECT 1 FROM tranches t JOIN criteria c ON c.milestone_id = t.milestone_id"
    " JOIN evidence e ON e.criterion_id = c.id WHERE t.id = NEW.tranche_id"
    " AND (e.tranche_id IS NULL OR e.tranche_id = t.id) AND e.recorded_by_id = NEW.ended_by_id)"
)
ENDED_BY_DECISION = (
    "EXISTS (SELECT 1 FROM hurdle_decisions h JOIN tranches d ON d.id = h.tranche_id"
    " JOIN tranches t ON t.commitment_id = d.commitment_id WHERE h.id = NEW.closed_by_id"
    " AND h.action NOT IN ('hold', 'rescope') AND h.decided_by_id = NEW.ended_by_id"
    " AND t.id = NEW.tranche_id AND (t.id = d.id OR t.position > d.position))"
)


def differs(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)


# (name, table, event, condition that refuses, sentence)
OWN = [
    (
        "amendments_asked", TABLE, "INSERT", f"NEW.state <> 'waiting' OR NOT {OF_THE_HURDLE}",
        "An amendment is asked for while its hurdle is open.",
    ),
    (
        "amendments_from", TABLE, "INSERT", NOT_WHAT_IS_AGREED,
        "An amendment begins with what is agreed now.",
    ),
    (
        "amendments_evidence", TABLE, "INSERT", f"(NEW.evidence_on IS NOT NULL) <> {EVIDENCE}",
        "An amendment says whether there was evidence before it.",
    ),
    (
        "amendments_once", TABLE, "UPDATE",
        f"OLD.state <> 'waiting' OR NEW.state = 'waiting' OR {differs(*ASKED)}",
        "An amendment is ended once and never changes.",
    ),
    (
        "amendments_open", TABLE, "UPDATE", f"NEW.state IN {ENDED} AND NOT {TRANCHE_IS_OPEN}",
        "This hurdle is decided.",
    ),
    (
        "amendments_hands", TABLE, "UPDATE",
        f"NEW.state IN ('agreed', 'declined') AND ({HAD_A_HAND})",
        "Who asked for it, leads the initiative or measured the hurdle cannot decide it.",
    ),
    (
        "amendments_closed", TABLE, "UPDATE", f"NEW.state = 'closed' AND NOT {ENDED_BY_DECISION}",
        "Only a decision on a hurdle closes an amendment.",
    ),
    ("amendments_kept_delete", TABLE, "DELETE", "TRUE", "An amendment is never removed."),
]  # fmt: skip
OTHERS = [
    (
        "tranches_unamended", "tranches", "UPDATE",
        "NEW.state IN ('released', 'freed') AND NEW.state <> OLD.state AND EXISTS"
        " (SELECT 1 FROM amendments a WHERE a.tranche_id = NEW.id AND a.state = 'waiting')",
        "An amendment that waits is closed before its hurdle is decided.",
    ),
    (
        "hurdles_amended_hands", "hurdle_decisions", "INSERT",
        "EXISTS (SELECT 1 FROM amendments a WHERE a.tranche_id = NEW.tranche_id"
        " AND a.state = 'agreed' AND a.asked_by_id = NEW.decided_by_id)",
        "Who asked to amend the criteria of a hurdle cannot decide it.",
    ),
]  # fmt: skip

# The hurdle takes turns: asked, answered and decided never pass each other unseen.
TURN = "PERFORM 1 FROM tranches t WHERE t.id = NEW.tranche_id FOR UPDATE;"


def upgrade() -> None:
    _create_amendments()
    for guard in (*OWN, *OTHERS):
        _guard(*guard)
    if not _is_sqlite():
        op.execute(
            "CREATE TRIGGER guard_amendments_kept_truncate BEFORE TRUNCATE ON amendments"
            " FOR EACH STATEMENT EXECUTE FUNCTION guard_amendments_kept_delete()"
        )


def downgrade() -> None:
    for name, table, *_ in OTHERS:
        op.execute(f"DROP TRIGGER guard_{name}" + ("" if _is_sqlite() else f" ON {table}"))
    op.drop_table(TABLE)
    if not _is_sqlite():
        for name, *_ in (*OWN, *OTHERS):
            op.execute(f"DROP FUNCTION guard_{name}()")


def _create_amendments() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tranche_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("from_threshold", sa.BigInteger(), nullable=False),
        sa.Column("from_sample", sa.Integer(), nullable=True),
        sa.Column("to_threshold", sa.BigInteger(), nullable=False),
        sa.Column("to_sample", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence_on", sa.Date(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        _check(
            "changes_something",
            "from_threshold <> to_threshold OR COALESCE(from_sample, 0) <> COALESCE(to_sample, 0)",
        ),
        _check("sample_positive", "to_sample IS NULL OR to_sample > 0"),
        _check(
            "ended_by_somebody",
            "(state = 'waiting') = (ended_by_id IS NULL)"
            " AND (state = 'waiting') = (ended_at IS NULL)",
        ),
        _check(
            "four_hands",
            "state NOT IN ('agreed', 'declined')"
            " OR (ended_by_id <> asked_by_id AND COALESCE(answer, '') <> '')",
        ),
        _check("withdrawn_by_who_asked", "state <> 'withdrawn' OR ended_by_id = asked_by_id"),
        _check("closed_by_a_decision", "(state = 'closed') = (closed_by_id IS NOT NULL)"),
        _key("tranche_id", "tranches.id"),
        _key("criterion_id", "criteria.id"),
        _key("asked_by_id", "people.id"),
        _key("ended_by_id", "people.id"),
        _key("closed_by_id", "hurdle_decisions.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    for name in ("tranche_id", "criterion_id"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name], unique=False)
    op.create_index(
        "uq_amendments_one_waiting", TABLE, ["tranche_id", "criterion_id"], unique=True,
        sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}"))


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{TABLE}_{column}"), ondelete="RESTRICT"
    )


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _guard(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    if _is_sqlite():
        op.execute(
            f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table} WHEN {condition}"
            f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
        return
    row = "OLD" if event == "DELETE" else "NEW"
    lock = TURN if table != "tranches" and event in ("INSERT", "UPDATE") else ""
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {lock}"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )
