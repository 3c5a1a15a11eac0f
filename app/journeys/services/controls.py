"""Set Finance's control totals; what is certified against one always fits under it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.errors import InvalidError, NotAllowedError
from app.journeys.models import ControlTotal
from app.journeys.queries import list_claims, lock_pools
from app.journeys.rules import (
    Ceiling,
    ControlDraft,
    ControlKind,
    certified_minor,
    claims_on,
    control_faults,
)
from app.journeys.services.journeys import check_version
from app.journeys.services.owners import owner_fault
from app.values.money import Money

_PERMISSION = "pools.certify"


def add_control_total(
    session: Session, draft: ControlDraft, *, actor: Person, now: datetime
) -> ControlTotal:
    """Set a new control total.

    Raises NotAllowedError, and InvalidError by field, also for a growth ceiling below what was
    certified before there was one.
    """
    _check_may_set(actor)
    lock_pools(session)
    owner = _checked_owner(session, draft, besides=None, now=now)
    total = ControlTotal(kind=draft.kind, currency=draft.amount.currency)
    _take_over(total, draft, owner, actor, now)
    session.add(total)
    session.flush()
    record(
        session, actor=actor, action="control_total.added", subject=f"control_total:{total.id}",
        after=_described(total), now=now,
    )  # fmt: skip
    return total


def edit_control_total(
    session: Session,
    total: ControlTotal,
    draft: ControlDraft,
    *,
    expected_version: int,
    actor: Person,
    now: datetime,
) -> None:
    """Change a control total; its kind and currency stay.

    Raises InvalidError, also for an amount below what is certified against it, and ConflictError
    when somebody else saved it.
    """
    _check_may_set(actor)
    before = _described(total)
    lock_pools(session)
    owner = _checked_owner(session, draft, besides=total, now=now)
    yours = before | {
        "Name": draft.name.strip(),
        "Amount a year": str(draft.amount),
        "Owner": owner.name,
        "Source": draft.source.strip(),
        "Figures from": draft.measured_on.isoformat(),
    }
    check_version(total.version, expected_version, theirs=before, yours=yours)
    if yours == before:
        return
    _take_over(total, draft, owner, actor, now)
    session.flush()
    record(
        session, actor=actor, action="control_total.changed", subject=f"control_total:{total.id}",
        before=before, after=_described(total), now=now,
    )  # fmt: skip


def _check_may_set(actor: Person) -> None:
    if not actor.may(_PERMISSION):
        raise NotAllowedError("Only Finance sets control totals.")


def _checked_owner(
    session: Session, draft: ControlDraft, *, besides: ControlTotal | None, now: datetime
) -> Person:
    faults = control_faults(draft, today=now.date())
    if besides and (draft.kind, draft.amount.currency) != (besides.kind, besides.currency):
        faults["currency_code"] = "Kind and currency stay: pools count against them."
    elif "amount" not in faults and (fault := _below_certified(session, draft, besides)):
        faults["amount"] = fault
    faults |= _taken(session, draft, besides.id if besides else None)
    owner = session.get(Person, draft.owner_id)
    if fault := owner_fault(owner, before=besides.owner if besides else None):
        faults["owner_id"] = fault
    if faults or owner is None:
        raise InvalidError("The control total cannot be set like this.", fields=faults)
    return owner


def _taken(session: Session, draft: ControlDraft, own_id: int | None) -> dict[str, str]:
    others = [
        one
        for one in session.scalars(select(ControlTotal).where(ControlTotal.kind == draft.kind))
        if one.id != own_id
    ]
    if any(one.name.casefold() == draft.name.strip().casefold() for one in others):
        return {"name": "Another control total has this name already."}
    if draft.kind is ControlKind.GROWTH and any(
        one.currency == draft.amount.currency for one in others
    ):
        return {
            "currency_code": f"There is a growth ceiling in {draft.amount.currency} already; "
            "change that one."
        }
    return {}


def _below_certified(
    session: Session, draft: ControlDraft, besides: ControlTotal | None
) -> str | None:
    """Why an amount is too low for what is certified; raising what is too low already is no fault.

    No pool can name a cost centre before there is one, so only growth may be certified by then.
    """
    amount = draft.amount
    ceiling = besides.ceiling if besides else _new_ceiling(draft)
    certified = certified_minor(claims_on(ceiling, list_claims(session)))
    if amount.minor >= certified or (besides and amount.minor >= besides.amount_minor):
        return None
    said = Money(certified, amount.currency)
    if besides is None:
        return (
            f"Pools of {said} a year are certified already and count against it; enter at least "
            "that."
        )
    return (
        f"Pools of {said} a year are certified against it; take certifications back first, then "
        "lower it."
    )


def _new_ceiling(draft: ControlDraft) -> Ceiling:
    return Ceiling(0, draft.kind, draft.name, draft.amount.currency, draft.amount.minor, "")


def _take_over(
    total: ControlTotal, draft: ControlDraft, owner: Person, actor: Person, now: datetime
) -> None:
    total.name, total.amount_minor = draft.name.strip(), draft.amount.minor
    total.source, total.measured_on = draft.source.strip(), draft.measured_on
    total.owner, total.set_by, total.set_at = owner, actor, now


def _described(total: ControlTotal) -> dict[str, str]:
    return {
        "Kind": total.kind.word,
        "Name": total.name,
        "Amount a year": str(Money(total.amount_minor, total.currency)),
        "Owner": total.owner.name,
        "Source": total.source,
        "Figures from": total.measured_on.isoformat(),
    }
