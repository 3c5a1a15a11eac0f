"""An audit trail of five events or more, changed as somebody with the database's rights would."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db.session import transaction


def change_history(session: Session, *statements: str) -> None:
    """Change history as an attacker with the database's own rights would."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    forged = session.get_one(AuditEvent, 3).content.replace(b'"n":1', b'"n":2')
    with transaction(session):
        if is_sqlite:
            session.execute(text("DROP TRIGGER audit_events_append_only_update"))
            session.execute(text("DROP TRIGGER audit_events_append_only_delete"))
        else:
            session.execute(text("ALTER TABLE audit_events DISABLE TRIGGER USER"))
        for statement in statements:
            parameters = {"content": forged} if ":content" in statement else {}
            session.execute(text(statement), parameters)


TAMPERINGS = {
    "a changed actor": ["UPDATE audit_events SET actor = 'person:999' WHERE number = 3"],
    "a changed reason": ["UPDATE audit_events SET reason = 'fine' WHERE number = 3"],
    "a changed moment": ["UPDATE audit_events SET at = at + 1000000 WHERE number = 3"],
    "a changed figure": ["UPDATE audit_events SET content = :content WHERE number = 3"],
    "a changed hash": ["UPDATE audit_events SET hash = 'beef' || substr(hash, 5) WHERE number = 3"],
    "a hash that is none": ["UPDATE audit_events SET previous_hash = 'x' WHERE number = 3"],
    "a removed event": ["DELETE FROM audit_events WHERE number = 3"],
    "a removed last event": ["DELETE FROM audit_events WHERE number = 5"],
    "two events exchanged": [
        "UPDATE audit_events SET number = 9 WHERE number = 2",
        "UPDATE audit_events SET number = 2 WHERE number = 3",
        "UPDATE audit_events SET number = 3 WHERE number = 9",
    ],
    "a moved head": ["UPDATE audit_heads SET number = 4"],
}
