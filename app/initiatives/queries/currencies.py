"""In which currency amounts of initiatives stand, for the audit trail."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, exists, literal, select
from sqlalchemy import String as Text

from app.audit.models import AuditEvent
from app.db.statements import bytes_as_text
from app.initiatives.models import Initiative


def initiative_currencies(ids: Collection[int]) -> Select[int, str]:
    """Id and currency of initiatives, without those that were created in another one."""
    subject = literal("initiative:") + Initiative.id.cast(Text)
    named = literal('%"currency":"') + Initiative.currency + literal('"%')
    other = exists().where(
        AuditEvent.subject == subject,
        AuditEvent.action == "initiative.created",
        bytes_as_text(AuditEvent.content).not_like(named),
    )
    return select(Initiative.id, Initiative.currency).where(Initiative.id.in_(ids), ~other)
