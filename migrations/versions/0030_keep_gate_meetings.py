"""Keep gate meetings with agenda, attendees and minutes; closed ones never change.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CLOSED = (
    "EXISTS (SELECT 1 FROM gate_meetings m WHERE m.id = {row}.meeting_id AND m.state = 'closed')"
)
SENTENCE = "Closed minutes never change."

# (name, table, event, condition that refuses, sentence)
GUARDS = [
    (
        "meetings_start", "gate_meetings", "INSERT", "NEW.state <> 'open'",
        "A gate meeting begins open.",
    ),
    ("meetings_closed", "gate_meetings", "UPDATE", "OLD.state = 'closed'", SENTENCE),
    ("meetings_kept", "gate_meetings", "DELETE", "TRUE", "A gate meeting is never removed."),
    *(
        (f"{table}_{event.lower()}", table, event, " OR ".join(
            CLOSED.format(row=row) for row in rows
        ), SENTENCE)
        for table in ("meeting_items", "meeting_attendees")
        for event, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"]))
    ),
]  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "gate_meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("guests", sa.String(), nullable=False),
        sa.Column("called_by_id", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("content_digest", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (content IS NOT NULL AND content_digest IS NOT NULL"
            " AND closed_at IS NOT NULL AND closed_by_id IS NOT NULL)",
            name=op.f("ck_gate_meetings_closed_with_minutes"),
        ),
        _key("gate_meetings", "called_by_id", "people.id"),
        _key("gate_meetings", "changed_by_id", "people.id"),
        _key("gate_meetings", "closed_by_id", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_meetings")),
    )
    op.create_index(op.f("ix_gate_meetings_held_on"), "gate_meetings", ["held_on"])
    op.create_table(
        "meeting_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("tranche_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_meeting_items_position_from_one")),
        _key("meeting_items", "meeting_id", "gate_meetings.id"),
        _key("meeting_items", "tranche_id", "tranches.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_items")),
        sa.UniqueConstraint(
            "meeting_id", "tranche_id", name=op.f("uq_meeting_items_meeting_id_tranche_id")
        ),
    )
    op.create_index(op.f("ix_meeting_items_tranche_id"), "meeting_items", ["tranche_id"])
    op.create_table(
        "meeting_attendees",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _key("meeting_attendees", "meeting_id", "gate_meetings.id"),
        _key("meeting_attendees", "person_id", "people.id"),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_attendees")),
    )
    for guard in GUARDS:
        (_guard_sqlite if _is_sqlite() else _guard_postgresql)(*guard)


def downgrade() -> None:
    for table in ("meeting_attendees", "meeting_items", "gate_meetings"):
        op.drop_table(table)
    if not _is_sqlite():
        for name, *_ in GUARDS:
            op.execute(f"DROP FUNCTION guard_{name}()")


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
    op.execute(
        f"CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION '{sentence}'"
        f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
    )
    op.execute(
        f"CREATE TRIGGER guard_{name} BEFORE {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION guard_{name}()"
    )
