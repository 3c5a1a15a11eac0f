"""Decide hurdles: release, hold, finish early or stop, and move the money that hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.approvals.queries import load_open_conditions
from app.approvals.rules import OPEN_TRANCHES, CommitmentState, TrancheState
from app.approvals.services.ledger import (
    complete_commitment,
    free_tranches,
    lock_commitment,
    release_tranche,
)
from app.audit.services import once, record, remember
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.services import mark_stopped
from app.roadmap.models import HurdleDecision
from app.roadmap.queries.facts import key_of, load_hurdle_rows
from app.roadmap.queries.judging import judge_hurdle
from app.roadmap.queries.needed import find_lost_needs
from app.roadmap.rules import (
    PERMISSION,
    Decider,
    HurdleAction,
    HurdleFacts,
    HurdleRecord,
    Recommendation,
    bar_on_hurdle,
    bar_on_person,
    hold_fault,
    needs_reason,
)
from app.roadmap.rules.judging import Judged, NotJudged, override_minor
from app.roadmap.rules.needed import recommend_knowing
from app.roadmap.services.amendments import close_amendments

LONGEST_REASON = 4_000


@dataclass(frozen=True, slots=True)
class HurdleOutcome:
    """What a decision moved, in minor units; ``is_completed`` when nothing is left to decide and
    what was delivered acts on."""

    decision_id: int
    released_minor: int
    freed_minor: int
    is_completed: bool
    ended: bool = True


def decide_hurdle(
    session: Session,
    tranche: Tranche,
    *,
    action: HurdleAction,
    reason: str,
    once_key: str,
    hold_until: date | None = None,
    amendment: int | None = None,
    actor: Person,
    now: datetime,
) -> HurdleOutcome:
    """Release, hold, finish or stop, once per ``once_key``; the same key gives the first outcome.

    A release moves the tranche from committed to released. A stop gives this and every later one
    back to the budget and stops the initiative; an early finish gives them back and lets what was
    delivered act on. ``hold_until`` is for a hold; ``amendment`` is the last one agreed that was
    known, to be checked. Raises NotAllowedError for roles and four hands, ConflictError for what
    is decided, out of order or amended meanwhile, InvalidError for reason or day.
    """
    if action is HurdleAction.RESCOPE:
        raise InvalidError("Choose the option to go on with.", field="option")
    reason = checked_reason(reason, actor)
    parameters: dict[str, Any] = {"tranche": tranche.id, "decision": action, "reason": reason}
    parameters |= {"until": hold_until.isoformat()} if hold_until is not None else {}
    known = once(session, once_key, actor, "hurdle.decided", parameters, now=now)
    if known is not None:
        return HurdleOutcome(**known)
    commitment, tranches = lock_commitment(session, tranche.commitment_id)
    stored = next(one for one in tranches if one.id == tranche.id)
    hurdles = load_hurdle_rows(session, [key_of(stored)])
    hurdles.conditions = load_open_conditions(session, [stored.id])
    facts = hurdles.facts(key_of(stored))
    check_amended(facts, amendment)
    hurdle = hurdles.record(stored, tranches, commitment.initiative)
    check_decider(action, hurdle, Decider(actor.id, may=True))
    _check_hold(action, hold_until, stored, now.date())
    judged = judge_hurdle(session, commitment, stored, facts, now.date())
    recommendation = recommended(session, commitment, facts, judged, now.date())
    if not reason and needs_reason(action, recommendation):
        raise InvalidError(_reason_wanted(action, recommendation), field="reason")
    decision = store_decision(
        session, stored, action, recommendation, judged,
        reason=reason, hold_until=hold_until, actor=actor, now=now,
    )  # fmt: skip
    closed = close_amendments(session, _ended_by(decision, stored, tranches), decision)
    outcome = _carry_out(session, commitment, tranches, stored, decision, actor, now)
    _record(session, stored, facts, decision, outcome, closed, actor, now)
    remember(session, once_key, asdict(outcome))
    return outcome


def recommended(
    session: Session,
    commitment: Commitment,
    facts: HurdleFacts,
    judged: Judged | NotJudged,
    today: date,
) -> Recommendation:
    """What the figures recommend, knowing what the initiative needs and no longer gets."""
    lost = find_lost_needs(session, commitment.initiative_id)
    return recommend_knowing(facts, today, judged, lost)


def checked_reason(reason: str, actor: Person) -> str:
    """The reason without space around it. Raises NotAllowedError for who decides no hurdles."""
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only Finance decides hurdles.")
    if len(reason.strip()) > LONGEST_REASON:
        raise InvalidError(f"Shorten the reason to {LONGEST_REASON:,} characters.", field="reason")
    return reason.strip()


def check_amended(facts: HurdleFacts, known: int | None) -> None:
    """Raises ConflictError where an amendment was agreed that whoever decides didn't know of."""
    if known is not None and facts.is_open and known != facts.last_amendment:
        raise ConflictError("A criterion was amended while you were deciding. Look at it first.")


def check_decider(action: HurdleAction, hurdle: HurdleRecord, decider: Decider) -> None:
    """Raises NotAllowedError for who may not decide, ConflictError for what can't be decided so."""
    barred = bar_on_hurdle(action, hurdle, decider)
    if barred is None:
        return
    if barred == bar_on_person(hurdle, decider):
        raise NotAllowedError(barred)
    raise ConflictError(barred)


def _check_hold(action: HurdleAction, until: date | None, tranche: Tranche, today: date) -> None:
    if until is not None and action is not HurdleAction.HOLD:
        raise InvalidError("Only a hold lasts until a day.", field="until")
    if fault := hold_fault(until, today=today, due_on=tranche.due_on):
        raise InvalidError(fault, field="until")


def _reason_wanted(action: HurdleAction, recommendation: Recommendation) -> str:
    if action is HurdleAction.HOLD and recommendation.waits:
        return f"{recommendation.text} A hurdle is held once; say why you use that up now."
    if action is recommendation.action:
        return _FINAL.get(action, "Say why.")
    return (
        f"The figures recommend to {recommendation.word.lower()}: {recommendation.text} "
        "Say why you decide otherwise."
    )


_FINAL = {
    HurdleAction.STOP: "Say why; a stop is final.",
    HurdleAction.FINISH: "Say why; an early finish is final.",
}


def store_decision(
    session: Session,
    tranche: Tranche,
    action: HurdleAction,
    recommendation: Recommendation,
    judged: Judged | NotJudged,
    *,
    reason: str,
    hold_until: date | None,
    actor: Person,
    now: datetime,
) -> HurdleDecision:
    """Keep what was decided beside what the figures recommended."""
    known = judged if isinstance(judged, Judged) else None
    is_override = action is not recommendation.action
    decision = HurdleDecision(
        tranche_id=tranche.id,
        action=action,
        recommended=recommendation.action,
        grounds=recommendation.text,
        reason=reason,
        decided_by_id=actor.id,
        decided_at=now,
        override_minor=override_minor(known, action) if known and is_override else None,
        forecast_id=known.forecast_id if known else None,
        hold_until=hold_until,
    )
    session.add(decision)
    session.flush()
    return decision


def _ended_by(
    decision: HurdleDecision, tranche: Tranche, tranches: Sequence[Tranche]
) -> list[Tranche]:
    """The hurdles at which nothing is left to decide: this one, and all later ones with a stop."""
    if not decision.action.ends_hurdle:
        return []
    return [
        one
        for one in tranches
        if one.state in OPEN_TRANCHES
        and (one is tranche or (decision.action.frees_rest and one.position > tranche.position))
    ]


def _carry_out(
    session: Session,
    commitment: Commitment,
    tranches: list[Tranche],
    tranche: Tranche,
    decision: HurdleDecision,
    actor: Person,
    now: datetime,
) -> HurdleOutcome:
    words = decision.reason or decision.grounds
    if decision.action is HurdleAction.HOLD:
        tranche.state = TrancheState.HELD
        session.flush()
        return HurdleOutcome(decision.id, 0, 0, False)
    if decision.action is HurdleAction.RELEASE:
        released = release_tranche(session, commitment, tranche, reason=words, actor=actor, now=now)
        is_last = all(one.state not in OPEN_TRANCHES for one in tranches)
        if is_last:
            complete_commitment(session, commitment)
        return HurdleOutcome(decision.id, released, 0, is_last)
    rest = _ended_by(decision, tranche, tranches)
    finishes = decision.action is HurdleAction.FINISH
    ends_as = CommitmentState.COMPLETED if finishes else CommitmentState.STOPPED
    freed = free_tranches(
        session, commitment, rest, ends_as=ends_as, reason=words, actor=actor, now=now
    )
    if not finishes:
        mark_stopped(session, commitment.initiative, actor=actor, now=now, reason=words)
    return HurdleOutcome(decision.id, 0, freed, finishes)


def _record(
    session: Session,
    tranche: Tranche,
    facts: HurdleFacts,
    decision: HurdleDecision,
    outcome: HurdleOutcome,
    closed: Sequence[str],
    actor: Person,
    now: datetime,
) -> None:
    """Note it; ``closed`` are amendments that waited and ended with it, in words."""
    record(
        session, actor=actor, action=f"hurdle.{_DONE[decision.action]}",
        subject=f"tranche:{tranche.id}",
        before={"state": facts.state},
        after={
            "state": tranche.state, "recommended": decision.recommended,
            "grounds": decision.grounds, "released_minor": outcome.released_minor,
            "freed_minor": outcome.freed_minor, "forecast": decision.forecast_id,
            "override_minor": decision.override_minor, "hold_until": decision.hold_until,
        } | ({"amendments_closed": list(closed)} if closed else {}),
        reason=decision.reason or None, now=now,
    )  # fmt: skip


_DONE = {
    HurdleAction.RELEASE: "released",
    HurdleAction.HOLD: "held",
    HurdleAction.FINISH: "finished",
    HurdleAction.STOP: "stopped",
}
