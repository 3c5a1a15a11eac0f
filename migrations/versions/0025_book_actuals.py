"""Keep what spends were for and the files they came from; reverse spends only.

A released or freed tranche stays what it is, so only a spend is taken back by a reversal. Who owns
an initiative books none of its spend.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MIRRORS = (
    "NEW.kind = 'reverse' AND NOT EXISTS (SELECT 1 FROM ledger_transfers l"
    " WHERE l.id = NEW.reverses_id AND {kind} AND l.debit = NEW.credit"
    " AND l.credit = NEW.debit AND l.amount_minor = NEW.amount_minor"
    " AND l.commitment_id = NEW.commitment_id"
    " AND l.tranche_id IS NOT DISTINCT FROM NEW.tranche_id)"
)
ANY_MOVEMENT = MIRRORS.format(kind="l.kind <> 'reverse'")
SPENDS_ONLY = MIRRORS.format(kind="l.kind = 'spend'")
MIRRORED = "A reversal mirrors the movement it takes back."
LOCK_COMMITMENT = "PERFORM 1 FROM commitments c WHERE c.id = NEW.commitment_id FOR UPDATE;"

# (name, table, event, condition that refuses, sentence)
GUARDS = [
    (
        "ledger_own_spend", "ledger_transfers", "INSERT",
        "NEW.kind IN ('spend', 'reverse') AND EXISTS (SELECT 1 FROM commitments c"
        " JOIN initiatives n ON n.id = c.initiative_id"
        " WHERE c.id = NEW.commitment_id AND n.owner_id = NEW.moved_by_id)",
        "Who owns an initiative does not book its spend.",
    ),
    (
        "spend_details_fit", "spend_details", "INSERT",
        "NOT EXISTS (SELECT 1 FROM ledger_transfers l"
        " JOIN commitments c ON c.id = l.commitment_id"
        " JOIN commitment_spend s ON s.commitment_id = c.id AND s.fund_id = NEW.fund_id"
        " WHERE l.id = NEW.transfer_id AND l.kind = 'spend' AND NEW.quarter >= c.start)",
        "A spend counts in a fund of its commitment, from its start on.",
    ),
    *(
        (
            f"{table}_kept_{event.lower()}", table, event, "TRUE",
            "What was booked never changes; reverse the spend instead.",
        )
        for table in ("spend_details", "spend_batches")
        for event in ("UPDATE", "DELETE")
    ),
]  # fmt: skip


def upgrade() -> None:
    _create_batches()
    _create_details()
    for guard in GUARDS:
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(*guard)
    if not _is_sqlite():
        for table in ("spend_details", "spend_batches"):
            op.execute(
                f"CREATE TRIGGER guard_{table}_kept_truncate BEFORE TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION guard_{table}_kept_delete()"
            )
    _replace_reversal(SPENDS_ONLY)


def downgrade() -> None:
    _replace_reversal(ANY_MOVEMENT)
    on_ledger = "" if _is_sqlite() else " ON ledger_transfers"
    op.execute(f"DROP TRIGGER guard_ledger_own_spend{on_ledger}")
    op.drop_table("spend_details")
    op.drop_table("spend_batches")
    if not _is_sqlite():
        for name, *_ in GUARDS:
            op.execute(f"DROP FUNCTION guard_{name}()")


def _create_batches() -> None:
    op.create_table(
        "spend_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("sum_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("row_count > 0", name=op.f("ck_spend_batches_has_rows")),
        _key("spend_batches", "booked_by_id", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spend_batches")),
        sa.UniqueConstraint("digest", name=op.f("uq_spend_batches_digest")),
    )


def _create_details() -> None:
    op.create_table(
        "spend_details",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("reference <> ''", name=op.f("ck_spend_details_reference_given")),
        _key("spend_details", "transfer_id", "ledger_transfers.id"),
        _key("spend_details", "fund_id", "funds.id"),
        _key("spend_details", "batch_id", "spend_batches.id"),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_spend_details")),
    )
    op.create_index(op.f("ix_spend_details_batch_id"), "spend_details", ["batch_id"])


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT"
    )


def _is_sqlite() -> bool:
    return op.get_context().dialect.name == "sqlite"


def _replace_reversal(condition: str) -> None:
    """Let the guard of reversals judge by another condition; its lock stays as 0003 has it."""
    if _is_sqlite():
        op.execute("DROP TRIGGER guard_ledger_reversal")
        _guard_sqlite("ledger_reversal", "ledger_transfers", "INSERT", condition, MIRRORED)
        return
    op.execute(_function("ledger_reversal", condition, MIRRORED, LOCK_COMMITMENT, "NEW"))


def _guard_sqlite(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def _guard_postgresql(name: str, table: str, event: str, condition: str, sentence: str) -> None:
    op.execute(_function(name, condition, sentence, "", "OLD" if event == "DELETE" else "NEW"))
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )


def _function(name: str, condition: str, sentence: str, lock: str, row: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {lock} IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
