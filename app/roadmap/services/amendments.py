"""Amend a criterion that was locked at approval: ask, agree or decline, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.approvals.services.ledger import lock_commitment
from app.audit.services import once, record, remember
from app.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from app.initiatives.models import Criterion, Initiative
from app.roadmap.models import Amendment, Evidence, HurdleDecision
from app.roadmap.queries.amendments import get_amendment, list_waiting_of, load_record
from app.roadmap.queries.facts import key_of, load_hurdle_rows
from app.roadmap.rules import PERMISSION as DECIDES
from app.roadmap.rules import CriterionFacts, Decider
from app.roadmap.rules.amending import (
    LONGEST_REASON,
    MANAGES,
    PERMISSION,
    AmendmentRecord,
    AmendmentState,
    amendment_faults,
    bar_on_agreeing,
    bar_on_asking,
    bar_on_waiting,
)
from app.roadmap.rules.wanted import Wanted
from app.values.written import day_words


def ask_amendment(
    session: Session,
    tranche: Tranche,
    criterion_id: int,
    wanted: Wanted,
    *,
    seen: int,
    reason: str,
    once_key: str,
    actor: Person,
    now: datetime,
) -> int:
    """Ask for another threshold or sample of a criterion; gives the amendment's id.

    ``seen``: the amendment the criterion stood on when somebody looked, 0 as approved. Until
    somebody agrees the criterion decides as it stands. Raises NotAllowedError, ConflictError
    where the hurdle is decided or another amendment waits, InvalidError by field.
    """
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only a program manager or a CX lead asks for an amendment.")
    typed = {
        "tranche": tranche.id, "criterion": criterion_id, "threshold": wanted.threshold,
        "sample": wanted.minimum_sample, "reason": reason.strip(), "seen": seen,
    }  # fmt: skip
    known = once(session, once_key, actor, "amendment.asked", typed, now=now)
    if known is not None:
        return int(known)
    commitment, tranches = lock_commitment(session, tranche.commitment_id)
    stored = next(one for one in tranches if one.id == tranche.id)
    _check_asker(stored, commitment.initiative, actor)
    criterion = _criterion(session, stored, criterion_id)
    _check_wanted(session, criterion, wanted, seen, reason)
    amendment = Amendment(
        tranche_id=stored.id, criterion_id=criterion.id, state=AmendmentState.WAITING,
        from_threshold=criterion.threshold, from_sample=criterion.minimum_sample,
        to_threshold=wanted.threshold, to_sample=wanted.minimum_sample, reason=reason.strip(),
        evidence_on=_evidence_on(session, stored, criterion.id), asked_by_id=actor.id, asked_at=now,
    )  # fmt: skip
    session.add(amendment)
    session.flush()
    late = {"evidence_on": amendment.evidence_on}
    record(
        session, actor=actor, action="amendment.asked", subject=f"tranche:{stored.id}",
        before=_noted(amendment, criterion.metric, criterion.wanted),
        after=_noted(amendment, criterion.metric, wanted) | late, reason=amendment.reason, now=now,
    )  # fmt: skip
    remember(session, once_key, amendment.id)
    return amendment.id


def _check_asker(tranche: Tranche, initiative: Initiative, actor: Person) -> None:
    is_owner, manages = actor.id == initiative.owner_id, actor.may(MANAGES)
    barred = bar_on_asking(tranche.state, initiative.key, manages=manages, is_owner=is_owner)
    if barred:
        raise ConflictError(barred) if manages or is_owner else NotAllowedError(barred)


def _check_wanted(
    session: Session, criterion: CriterionFacts, wanted: Wanted, seen: int, reason: str
) -> None:
    """Raises ConflictError for what changed meanwhile, InvalidError for what can't be wanted."""
    if criterion.waiting is not None:
        raise ConflictError(
            f"An amendment of {criterion.metric} waits already: {criterion.waiting.asked_by} asked "
            f"on {day_words(criterion.waiting.asked_on)}. It is decided or withdrawn first."
        )
    if seen != (criterion.amended.id if criterion.amended else 0):
        stands = criterion.wanted_words(criterion.wanted)
        raise ConflictError(f"{criterion.metric} was amended meanwhile; it is {stands} now.")
    baseline = session.get_one(Criterion, criterion.id).baseline
    faults = amendment_faults(
        wanted, criterion.wanted, reason, unit=criterion.unit, baseline=baseline
    )
    if faults:
        raise InvalidError("This can't be asked for.", fields=faults)


def _criterion(session: Session, tranche: Tranche, criterion_id: int) -> CriterionFacts:
    rows = load_hurdle_rows(session, [key_of(tranche)])
    for one in rows.facts(key_of(tranche)).criteria:
        if one.id == criterion_id:
            return one
    raise NotFoundError("There is no such criterion of this hurdle.")


def _evidence_on(session: Session, tranche: Tranche, criterion_id: int) -> date | None:
    """The day the last evidence of a criterion was recorded."""
    last: datetime | None = session.scalar(
        select(Evidence.recorded_at)
        .where(
            Evidence.criterion_id == criterion_id,
            or_(Evidence.tranche_id.is_(None), Evidence.tranche_id == tranche.id),
        )
        .order_by(Evidence.recorded_at.desc())
        .limit(1)
    )
    return last.date() if last else None


def _noted(amendment: Amendment, metric: str, wanted: Wanted) -> dict[str, object]:
    return {
        "amendment": amendment.id, "criterion": metric, "threshold": wanted.threshold,
        "sample": wanted.minimum_sample,
    }  # fmt: skip


def end_amendment(
    session: Session,
    tranche: Tranche,
    amendment_id: int,
    *,
    agrees: bool,
    answer: str,
    once_key: str,
    actor: Person,
    now: datetime,
) -> None:
    """Agree to an amendment or decline it, with the reason; from then on it never changes.

    Raises NotAllowedError for roles and four hands, ConflictError for what is ended or whose
    hurdle is decided, InvalidError for a missing reason.
    """
    if not actor.may(DECIDES):
        raise NotAllowedError("Only Finance agrees to amendments.")
    typed = {"amendment": amendment_id, "agrees": agrees, "answer": answer.strip()}
    if once(session, once_key, actor, "amendment.ended", typed, now=now) is not None:
        return
    amendment, hands = _locked(session, tranche, amendment_id)
    if barred := bar_on_waiting(hands):
        raise ConflictError(barred)
    if barred := bar_on_agreeing(hands, Decider(actor.id, may=True)):
        raise NotAllowedError(barred)
    if not answer.strip():
        raise InvalidError("Say why; it stays on record beside the criterion.", field="answer")
    if len(answer.strip()) > LONGEST_REASON:
        fault = f"Shorten the reason to {LONGEST_REASON:,} characters."
        raise InvalidError(fault, field="answer")
    amendment.answer = answer.strip()
    state = AmendmentState.AGREED if agrees else AmendmentState.DECLINED
    _end(session, amendment, state, actor, now)
    remember(session, once_key, amendment.id)


def withdraw_amendment(
    session: Session,
    tranche: Tranche,
    amendment_id: int,
    *,
    once_key: str,
    actor: Person,
    now: datetime,
) -> None:
    """Take back what one asked for. Raises NotAllowedError for others, ConflictError once ended."""
    typed = {"amendment": amendment_id}
    if once(session, once_key, actor, "amendment.withdrawn", typed, now=now) is not None:
        return
    amendment, hands = _locked(session, tranche, amendment_id)
    if actor.id != amendment.asked_by_id:
        raise NotAllowedError("Only who asked for an amendment withdraws it.")
    if barred := bar_on_waiting(hands):
        raise ConflictError(barred)
    _end(session, amendment, AmendmentState.WITHDRAWN, actor, now)
    remember(session, once_key, amendment.id)


def _locked(
    session: Session, tranche: Tranche, amendment_id: int
) -> tuple[Amendment, AmendmentRecord]:
    """An amendment as it is now, its hurdle locked, so that answers and decisions take turns."""
    commitment, tranches = lock_commitment(session, tranche.commitment_id)
    stored = next(one for one in tranches if one.id == tranche.id)
    amendment = get_amendment(session, stored.id, amendment_id)
    return amendment, load_record(session, amendment, stored, commitment.initiative.key)


def _end(
    session: Session, amendment: Amendment, state: AmendmentState, actor: Person, now: datetime
) -> None:
    metric = amendment.criterion.metric
    before = Wanted(amendment.from_threshold, amendment.from_sample)
    after = Wanted(amendment.to_threshold, amendment.to_sample)
    amendment.state, amendment.ended_by_id, amendment.ended_at = state, actor.id, now
    session.flush()
    is_agreed = state is AmendmentState.AGREED
    record(
        session, actor=actor, action=f"amendment.{state.value}",
        subject=f"tranche:{amendment.tranche_id}",
        before=_noted(amendment, metric, before),
        after=_noted(amendment, metric, after if is_agreed else before),
        reason=amendment.answer, now=now,
    )  # fmt: skip


def close_amendments(
    session: Session, tranches: Sequence[Tranche], decision: HurdleDecision
) -> list[str]:
    """End what waits at hurdles that a decision ends; what it was, in words, for its event.

    The decision is stored and the hurdles, locked before, are still open.
    """
    waiting = list_waiting_of(session, [one.id for one in tranches]) if tranches else ()
    for one in waiting:
        one.state, one.closed_by_id = AmendmentState.CLOSED, decision.id
        one.ended_by_id, one.ended_at = decision.decided_by_id, decision.decided_at
    session.flush()
    return [f"{one.criterion.metric}, asked for by {one.asked_by.name}" for one in waiting]
