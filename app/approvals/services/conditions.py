"""Say that a condition of an approval is met, so that money can be released."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import ConditionSettlement, DecisionCondition
from app.approvals.queries import load_condition_hands
from app.approvals.rules.limits import settlement_bar
from app.audit.services import once, record, remember
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.values.texts import LONGEST_NOTE


def settle_condition(
    session: Session,
    condition: DecisionCondition,
    *,
    note: str,
    once_key: str,
    actor: Person,
    now: datetime,
) -> None:
    """Settle a condition once per ``once_key``, with how it is known to be met.

    ``condition`` comes from `get_condition`. Raises NotAllowedError for roles and for hands in
    what it is about, ConflictError if it is settled, InvalidError for a missing note.
    """
    parameters = {"condition": condition.id, "note": note}
    if once(session, once_key, actor, "condition.settled", parameters, now=now) is not None:
        return
    session.refresh(condition, ["settlement"])
    is_settled = condition.settlement is not None
    barred = settlement_bar(
        load_condition_hands(session, condition),
        person_id=actor.id,
        may=actor.may("proposals.decide"),
        is_settled=is_settled,
    )
    if barred is not None:
        raise ConflictError(barred) if is_settled else NotAllowedError(barred)
    if not note:
        raise InvalidError("Say how it is known that this is met.", field="note")
    if len(note) > LONGEST_NOTE:
        raise InvalidError(f"Shorten this to {LONGEST_NOTE:,} characters.", field="note")
    _store(session, condition, note, actor, now)
    record(
        session, actor=actor, action="condition.settled",
        subject=f"proposal:{condition.decision.proposal_id}",
        after={"condition": condition.id, "text": condition.text}, reason=note, now=now,
    )  # fmt: skip
    remember(session, once_key, condition.id)


def _store(
    session: Session, condition: DecisionCondition, note: str, actor: Person, now: datetime
) -> None:
    session.add(
        ConditionSettlement(
            condition_id=condition.id, note=note, settled_by_id=actor.id, settled_at=now
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        if "does not settle" in str(error.orig):
            raise NotAllowedError(
                "You cannot settle it: you were given a part in it at this moment."
            ) from error
        raise ConflictError("Somebody else settled it at the same moment.") from error
