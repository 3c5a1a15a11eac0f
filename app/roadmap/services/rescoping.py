"""Rescope: an approved initiative goes on with a smaller option and gives back what that spares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.approvals.queries import load_limits
from app.approvals.queries.balances import load_positions
from app.approvals.rules import OPEN_TRANCHES, kept_by
from app.approvals.rules.limits import limit_of, needs_second
from app.approvals.services.ledger import commitment_balance, lock_commitment, shrink_tranches
from app.audit.services import once, record, remember
from app.errors import InvalidError, NotAllowedError
from app.initiatives.models import Option
from app.roadmap.models import HurdleDecision, Rescope
from app.roadmap.queries.facts import key_of, load_hurdle_rows
from app.roadmap.queries.judging import judge_hurdle
from app.roadmap.queries.rescoping import load_whole_options, total_spend
from app.roadmap.rules import Decider, HurdleAction
from app.roadmap.rules.rescoping import needs_of, shrunk
from app.roadmap.services.hurdles import (
    HurdleOutcome,
    check_amended,
    check_decider,
    checked_reason,
    recommended,
    store_decision,
)
from app.values.canonical import canonical_json, digest
from app.values.money import Money
from app.values.quarter import Quarter

FORMAT = "waymark/rescope"


def rescope_hurdle(
    session: Session,
    tranche: Tranche,
    *,
    option_id: int,
    reason: str,
    once_key: str,
    amendment: int | None = None,
    actor: Person,
    now: datetime,
) -> HurdleOutcome:
    """Go on with another option of the initiative from this hurdle on, once per ``once_key``.

    What it still needs beyond the money released stays with the open hurdles, in the proportion
    they held before, and bound in the funds and quarters the option needs it in; the rest is freed.
    The hurdle stays open and is decided on its evidence. ``amendment`` is the last one agreed that
    was known, where that is to be checked. Raises NotAllowedError for roles, four hands and limits,
    ConflictError for what is decided, InvalidError for a missing reason or an option that does not
    need less.
    """
    reason = checked_reason(reason, actor)
    parameters = {"tranche": tranche.id, "option": option_id, "reason": reason}
    known = once(session, once_key, actor, "hurdle.rescoped", parameters, now=now)
    if known is not None:
        return HurdleOutcome(**known)
    commitment, tranches = lock_commitment(session, tranche.commitment_id)
    stored = next(one for one in tranches if one.id == tranche.id)
    hurdles = load_hurdle_rows(session, [key_of(stored)])
    check_amended(hurdles.facts(key_of(stored)), amendment)
    hurdle = hurdles.record(stored, tranches, commitment.initiative)
    check_decider(HurdleAction.RESCOPE, hurdle, Decider(actor.id, may=True))
    if not reason:
        raise InvalidError("Say why a smaller scope is better; it stays on record.", field="reason")
    change = _change(session, commitment, tranches, option_id)
    _check_limit(session, commitment, change.needs, actor)
    facts = hurdles.facts(key_of(stored))
    judged = judge_hurdle(session, commitment, stored, facts, now.date())
    decision = store_decision(
        session, stored, HurdleAction.RESCOPE,
        recommended(session, commitment, facts, judged, now.date()), judged,
        reason=reason, hold_until=None, actor=actor, now=now,
    )  # fmt: skip
    outcome = _carry_out(session, commitment, decision, change, actor=actor, now=now)
    _record(session, decision, change, outcome, actor=actor, now=now)
    remember(session, once_key, asdict(outcome))
    return outcome


@dataclass(frozen=True, slots=True)
class _Change:
    """From which option to which, and what the open hurdles keep of their money."""

    before: Option
    chosen: Option
    open_: Sequence[Tranche]
    needs: int


def _change(
    session: Session, commitment: Commitment, tranches: Sequence[Tranche], option_id: int
) -> _Change:
    options = {one.id: one for one in load_whole_options(session, commitment.initiative_id)}
    chosen = options.get(option_id)
    if chosen is None or chosen.id == commitment.option_id:
        raise InvalidError("Choose another option of this initiative.", field="option")
    open_ = [one for one in tranches if one.state in OPEN_TRANCHES]
    needs = _needs(session, commitment, chosen, open_)
    return _Change(options[commitment.option_id], chosen, open_, needs)


def _record(
    session: Session,
    decision: HurdleDecision,
    change: _Change,
    outcome: HurdleOutcome,
    *,
    actor: Person,
    now: datetime,
) -> None:
    held = change.needs + outcome.freed_minor
    record(
        session, actor=actor, action="hurdle.rescoped", subject=f"tranche:{decision.tranche_id}",
        before={"option": change.before.key, "held_minor": held},
        after={"option": change.chosen.key, "held_minor": change.needs,
               "freed_minor": outcome.freed_minor, "recommended": decision.recommended,
               "grounds": decision.grounds},
        reason=decision.reason, now=now,
    )  # fmt: skip


def _needs(
    session: Session, commitment: Commitment, chosen: Option, open_: Sequence[Tranche]
) -> int:
    held = sum(one.amount_minor for one in open_)
    released = commitment_balance(session, commitment).released
    needs = needs_of(total_spend(chosen), released, held)
    if needs is None:
        left = Money(held, commitment.currency)
        raise InvalidError(
            f"{chosen.name} does not need less than the {left} still held, or nothing more at all. "
            "Choose a smaller option, finish early or stop.",
            field="option",
        )
    return needs


def _check_limit(session: Session, commitment: Commitment, needs: int, actor: Person) -> None:
    limit = limit_of(actor.id, load_limits(session, commitment.currency))
    if limit is not None and needs_second(needs, limit):
        raise NotAllowedError(
            f"{Money(needs, commitment.currency)} would stay with it, above your approval limit "
            f"of {Money(limit, commitment.currency)}. Somebody with a higher limit decides this."
        )


def _carry_out(
    session: Session,
    commitment: Commitment,
    decision: HurdleDecision,
    change: _Change,
    *,
    actor: Person,
    now: datetime,
) -> HurdleOutcome:
    open_ = change.open_
    amounts = shrunk({one.id: one.amount_minor for one in open_}, change.needs)
    freed = sum(one.amount_minor for one in open_) - change.needs
    kept = _kept(session, commitment, change.chosen, freed)
    content = canonical_json(
        _content(commitment, decision, change, amounts) | {"freed_minor": freed, "kept": kept}
    )
    session.add(
        Rescope(
            decision_id=decision.id, commitment_id=commitment.id,
            from_option_id=change.before.id, to_option_id=change.chosen.id, freed_minor=freed,
            remaining_minor=change.needs, content=content, digest=digest(content),
        )
    )  # fmt: skip
    session.flush()
    shrink_tranches(
        session, commitment, amounts, open_, reason=decision.reason, actor=actor, now=now
    )
    commitment.option_id = change.chosen.id
    session.flush()
    return HurdleOutcome(decision.id, 0, freed, is_completed=False, ended=False)


def _kept(
    session: Session, commitment: Commitment, chosen: Option, freed: int
) -> list[dict[str, Any]]:
    """What stays bound by fund and quarter, the money released and spent with it."""
    (position,) = load_positions(session, Commitment.id == commitment.id)
    needs: dict[tuple[int, Quarter], int] = {}
    for one in chosen.spend:
        cell = one.fund_id, commitment.start + one.quarter_index
        needs[cell] = needs.get(cell, 0) + one.amount_minor
    total = sum(position.bound.values()) - freed
    kept = kept_by(position.bound, needs, total, position.spent)
    return [
        {"fund_id": fund, "quarter": str(quarter), "minor": minor}
        for (fund, quarter), minor in sorted(kept.items(), key=lambda one: (one[0][1].ordinal, one))
        if minor
    ]


def _content(
    commitment: Commitment,
    decision: HurdleDecision,
    change: _Change,
    amounts: Mapping[int, int],
) -> dict[str, Any]:
    """What was amended: both options with their money, and each open hurdle then and now."""
    return {
        "format": FORMAT,
        "version": 2,
        "commitment": commitment.id,
        "initiative": commitment.initiative.key,
        "currency": commitment.currency,
        "start": str(commitment.start),
        "from": _side(change.before),
        "to": _side(change.chosen),
        "hurdles": [
            {
                "id": one.id, "name": one.milestone.name,
                "held_minor": one.amount_minor, "holds_minor": amounts[one.id],
            }
            for one in change.open_
        ],
        "reason": decision.reason,
        "decided_by": decision.decided_by_id,
        "decided_at": decision.decided_at,
    }  # fmt: skip


def _side(option: Option) -> dict[str, Any]:
    return {
        "option": option.key,
        "name": option.name,
        "spend": [
            {"fund": one.fund.key, "quarter": one.quarter_index, "minor": one.amount_minor}
            for one in sorted(option.spend, key=lambda one: (one.fund.key, one.quarter_index))
        ],
    }
