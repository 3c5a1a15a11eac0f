"""Keep who handed an initiative over; nobody who owned it once decides about its money.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = "initiative_handovers"

# (name, table, event, condition that refuses, sentence)
GUARDS = [
    ("handovers_kept_update", TABLE, "UPDATE", "TRUE", "A handover stays on record."),
    ("handovers_kept_delete", TABLE, "DELETE", "TRUE", "A handover stays on record."),
    (
        "decisions_former_owner", "decisions", "INSERT",
        "EXISTS (SELECT 1 FROM proposal_items i"
        " JOIN initiative_handovers h ON h.initiative_id = i.initiative_id"
        " WHERE i.proposal_id = NEW.proposal_id AND h.from_owner_id = NEW.decided_by_id)",
        "Who owned something in a proposal cannot decide it.",
    ),
    (
        "hurdles_former_owner", "hurdle_decisions", "INSERT",
        "EXISTS (SELECT 1 FROM tranches t JOIN commitments c ON c.id = t.commitment_id"
        " JOIN initiative_handovers h ON h.initiative_id = c.initiative_id"
        " WHERE t.id = NEW.tranche_id AND h.from_owner_id = NEW.decided_by_id)",
        "Who owned an initiative cannot decide its hurdles.",
    ),
]  # fmt: skip


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("from_owner_id", sa.Integer(), nullable=False),
        sa.Column("to_owner_id", sa.Integer(), nullable=False),
        sa.Column("handed_over_by_id", sa.Integer(), nullable=False),
        sa.Column("handed_over_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "from_owner_id <> to_owner_id", name=op.f(f"ck_{TABLE}_to_somebody_else")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{TABLE}_has_reason")),
        _key("initiative_id", "initiatives.id"),
        _key("from_owner_id", "people.id"),
        _key("to_owner_id", "people.id"),
        _key("handed_over_by_id", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_initiative_id"), TABLE, ["initiative_id"], unique=False)
    for guard in GUARDS:
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(*guard)
    if not _is_sqlite():
        op.execute(
            f"CREATE TRIGGER guard_handovers_kept_truncate BEFORE TRUNCATE ON {TABLE}"
            " FOR EACH STATEMENT EXECUTE FUNCTION guard_handovers_kept_delete()"
        )


def downgrade() -> None:
    for name, table, *_ in GUARDS:
        if table != TABLE:
            op.execute(f"DROP TRIGGER guard_{name}" + ("" if _is_sqlite() else f" ON {table}"))
    op.drop_table(TABLE)
    if not _is_sqlite():
        for name, *_ in GUARDS:
            op.execute(f"DROP FUNCTION guard_{name}()")


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{TABLE}_{column}"), ondelete="RESTRICT"
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
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )
