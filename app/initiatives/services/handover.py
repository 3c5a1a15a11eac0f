"""Hand an initiative over whose owner is gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative, InitiativeHandover
from app.initiatives.queries import load_money_deciders
from app.initiatives.rules import HAND_OVER, handover_bar, heir_fault
from app.initiatives.services.checks import PERMISSION, check_still


def hand_over_initiative(
    session: Session,
    initiative: Initiative,
    *,
    owner_id: int | None,
    reason: str,
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Give an initiative whose owner can't sign in any more a new owner.

    Raises NotAllowedError, ConflictError where it has its owner still or was changed meanwhile,
    InvalidError by field for a person who may not own it and without a reason.
    """
    if not actor.may(HAND_OVER):
        raise NotAllowedError("A CX lead or an admin hands initiatives over.")
    check_still(initiative, expected_version)
    before = initiative.owner
    bar = handover_bar(
        initiative.state, owner=before.name, owner_is_active=before.is_active
    )  # fmt: skip
    if bar is not None:
        raise ConflictError(bar)
    if not reason.strip():
        raise InvalidError("Give the reason; it stays on the record.", field="reason")
    heir = _heir(session, initiative, owner_id)
    session.add(
        InitiativeHandover(
            initiative_id=initiative.id,
            from_owner_id=before.id,
            to_owner_id=heir.id,
            handed_over_by_id=actor.id,
            handed_over_at=now,
            reason=reason.strip(),
        )
    )
    initiative.owner, initiative.changed_at = heir, now
    session.flush()
    record(
        session, actor=actor, action="initiative.handed_over",
        subject=f"initiative:{initiative.id}", before={"owner_id": before.id},
        after={"owner_id": heir.id}, reason=reason.strip(), now=now,
    )  # fmt: skip


def _heir(session: Session, initiative: Initiative, owner_id: int | None) -> Person:
    heir = session.get(Person, owner_id) if owner_id is not None else None
    if heir is None:
        raise InvalidError("Choose the new owner.", field="owner_id")
    fault = heir_fault(
        heir.name,
        is_active=heir.is_active,
        may_own=heir.may(PERMISSION),
        has_certified=heir.id == initiative.certified_by_id,
        has_decided=heir.id in load_money_deciders(session, initiative.id),
    )
    if fault is not None:
        raise InvalidError(fault, field="owner_id")
    return heir
