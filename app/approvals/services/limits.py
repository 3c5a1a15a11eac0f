"""Set what one approver may approve alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import ApprovalLimit
from app.approvals.queries import load_limits
from app.approvals.rules.limits import limit_of
from app.audit.services import record
from app.errors import InvalidError, NotAllowedError
from app.values.money import Money
from app.values.texts import LONGEST_NOTE


def set_limit(
    session: Session,
    person: Person,
    amount: Money | None,
    *,
    currency: str,
    reason: str,
    actor: Person,
    now: datetime,
) -> ApprovalLimit:
    """Set the most the person approves alone in a currency; None lifts the limit.

    Earlier limits stay on record. Raises NotAllowedError for roles and for one's own limit,
    InvalidError for who approves nothing and for a missing reason.
    """
    if not actor.may("limits.set"):
        raise NotAllowedError("Only an admin sets approval limits.")
    if actor.id == person.id:
        raise NotAllowedError("This is your own limit; another admin has to set it.")
    if not person.may("proposals.decide"):
        said = f"{person.name} does not decide proposals, so there is nothing to limit."
        raise InvalidError(said, field="person_id")
    if not reason:
        raise InvalidError("Say why this is the limit.", field="reason")
    if len(reason) > LONGEST_NOTE:
        raise InvalidError(f"Shorten the reason to {LONGEST_NOTE:,} characters.", field="reason")
    before = limit_of(person.id, load_limits(session, currency))
    made = ApprovalLimit(
        person_id=person.id,
        currency=currency,
        amount_minor=amount.minor if amount is not None else None,
        reason=reason,
        set_by_id=actor.id,
        set_at=now,
    )
    session.add(made)
    session.flush()
    record(
        session, actor=actor, action="limit.set", subject=f"person:{person.id}",
        before={"currency": currency, "limit_minor": before},
        after={"currency": currency, "limit_minor": made.amount_minor},
        reason=reason, now=now,
    )  # fmt: skip
    return made
