"""Take the payments of a whole file back: each by a reversal, as the ledger demands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.services.spending import reverse_spend
from app.errors import ConflictError
from app.registry.queries import list_payments
from app.values.canonical import digest


def reverse_file(
    session: Session,
    batch_id: int,
    *,
    reason: str,
    request_key: str,
    actor: Person,
    now: datetime,
) -> int:
    """Reverse every payment of a file that stands still, or none; how many there were.

    Raises as `reverse_spend`, and ConflictError when nothing is left to take back.
    """
    left = [one.id for one in list_payments(session, batch_id) if not one.is_reversed]
    if not left:
        raise ConflictError("Every payment of this file was reversed already.")
    for transfer_id in left:
        key = digest(f"{request_key}:{transfer_id}".encode())[:32]
        reverse_spend(session, transfer_id, reason=reason, request_key=key, actor=actor, now=now)
    return len(left)
