"""Put initiatives under way: an approved round, its commitments, evidence and first decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import (
    Commitment,
    CommitmentSpend,
    Decision,
    LedgerTransfer,
    Proposal,
    ProposalItem,
    Tranche,
)
from app.approvals.rules import (
    CommitmentState,
    DecisionKind,
    LedgerAccount,
    ProposalState,
    TrancheState,
    TransferKind,
)
from app.calendar.models import Cycle, Fund
from app.initiatives.models import Initiative
from app.initiatives.rules import InitiativeState
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.portfolio.models import Run, Scenario
from app.roadmap.models import Evidence, HurdleDecision
from app.roadmap.rules import HurdleAction
from app.values.money import allocate
from tests.bench.plans import SHARES, Plan, add_all
from tests.factories.accounts import Cast

DIGEST = "0" * 64
ONE_STOPPED_OF = 40
ONE_LATE_OF = 12
"""Late: its hurdles are due and not decided."""
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Course:
    """Who decides in which cycle, from which funds, and what time it is."""

    cast: Cast
    owners: Sequence[Person]
    cycle: Cycle
    funds: Sequence[Fund]
    now: datetime

    @property
    def decided_at(self) -> datetime:
        return datetime.combine(self.cycle.starts_on, time(9), UTC)


def bring_under_way(session: Session, course: Course, plans: Sequence[Plan]) -> None:
    """Approve ``plans``, commit their money and decide the hurdles that lie behind."""
    proposal = _submitted(session, course, plans)
    decision = Decision(
        proposal_id=proposal.id, kind=DecisionKind.APPROVE, reason="As agreed",
        digest=proposal.digest, decided_by_id=course.cast.cfo.id, decided_at=course.decided_at,
    )  # fmt: skip
    session.add(decision)
    session.flush()
    proposal.state = ProposalState.APPROVED
    session.flush()
    _commit(session, course, decision, plans)
    _decide_hurdles(session, course, plans)


def _submitted(session: Session, course: Course, plans: Sequence[Plan]) -> Proposal:
    lead, at = course.cast.lead, course.decided_at - timedelta(days=10)
    scenario = Scenario(
        cycle=course.cycle, name="Earlier plan", created_by=lead, changed_by=lead, created_at=at,
        changed_at=at,
    )  # fmt: skip
    job = Job(
        kind="portfolio.run", payload={}, requested_by=lead.audit_key, state=JobState.DONE,
        created_at=at, finished_at=at,
    )  # fmt: skip
    run = Run(
        scenario=scenario, scenario_version=1, job=job, problem=b"{}", digest=DIGEST, inputs={},
        time_limit_seconds=30, allowed_gap=Decimal(0), requested_by=lead, requested_at=at,
    )  # fmt: skip
    proposal = Proposal(
        cycle=course.cycle, run=run, round=1, state=ProposalState.SUBMITTED, note="",
        snapshot=b"{}", digest=DIGEST, currency=course.cycle.currency, submitted_by=lead,
        submitted_at=at,
    )  # fmt: skip
    session.add_all([scenario, job, run, proposal])
    session.flush()
    items = [
        {
            "id": plan.number, "proposal_id": proposal.id, "position": position,
            "initiative_id": plan.number, "option_id": plan.options[1],
            "owner_id": plan.one_of(course.owners).id, "start": plan.start,
            "spend_minor": plan.cost_minor, "value_allocated_minor": 2 * plan.cost_minor,
            "is_struck": False,
            "value_standalone_minor": 3 * plan.cost_minor, "value_marginal_minor": plan.cost_minor,
        }
        for position, plan in enumerate(plans, start=1)
    ]  # fmt: skip
    add_all(session, ProposalItem, items)
    return proposal


def _commit(session: Session, course: Course, decision: Decision, plans: Sequence[Plan]) -> None:
    commitments, spend, tranches, transfers = [], [], [], []
    for plan in plans:
        same = {"cycle_id": course.cycle.id, "currency": course.cycle.currency}
        commitments.append(
            {
                **same, "id": plan.number, "decision_id": decision.id,
                "initiative_id": plan.number, "option_id": plan.options[1], "start": plan.start,
                "ends_on": plan.due_on(2), "state": CommitmentState.ACTIVE,
                "amount_minor": plan.cost_minor, "value_minor": 2 * plan.cost_minor, "version": 1,
            }
        )  # fmt: skip
        spend += [
            {
                "commitment_id": plan.number, "fund_id": course.funds[fund].id,
                "quarter": plan.start + index, "amount_minor": amount,
            }
            for fund, index, amount in plan.spend()
        ]  # fmt: skip
        tranches += _tranches(course, plan)
        transfers.append(
            _transfer(course, plan, TransferKind.COMMIT, plan.cost_minor, None, course.decided_at)
        )
    add_all(session, Commitment, commitments)
    add_all(session, CommitmentSpend, spend)
    add_all(session, Tranche, tranches)
    add_all(session, LedgerTransfer, transfers)


def _amounts(plan: Plan) -> list[int]:
    return allocate(plan.cost_minor, SHARES)


def _tranches(course: Course, plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "id": id_, "commitment_id": plan.number, "milestone_id": id_, "position": place + 1,
            "amount_minor": amount, "currency": course.cycle.currency,
            "baseline_due_on": plan.due_on(place),
            "due_on": plan.due_on(place) + timedelta(days=20 if plan.number % 9 == 0 else 0),
            "state": TrancheState.PENDING, "version": 1,
        }
        for place, (id_, amount) in enumerate(zip(plan.milestones, _amounts(plan), strict=True))
    ]  # fmt: skip


_ACCOUNTS = {
    TransferKind.COMMIT: (LedgerAccount.BUDGET, LedgerAccount.COMMITTED),
    TransferKind.RELEASE: (LedgerAccount.COMMITTED, LedgerAccount.RELEASED),
    TransferKind.FREE: (LedgerAccount.COMMITTED, LedgerAccount.BUDGET),
}


def _transfer(
    course: Course, plan: Plan, kind: TransferKind, amount: int, tranche: int | None, at: datetime
) -> dict[str, Any]:
    debit, credit = _ACCOUNTS[kind]
    return {
        "at": at, "kind": kind, "debit": debit, "credit": credit, "amount_minor": amount,
        "currency": course.cycle.currency, "cycle_id": course.cycle.id,
        "commitment_id": plan.number, "tranche_id": tranche, "reverses_id": None,
        "reason": "As decided", "moved_by_id": course.cast.cfo.id,
    }  # fmt: skip


def _decided(plan: Plan, today: date) -> list[HurdleAction]:
    """What was decided about its hurdles so far, in order."""
    due = sum(plan.due_on(place) < today for place in range(len(SHARES)))
    if plan.number % ONE_LATE_OF == 5:
        return []
    if due and plan.number % ONE_STOPPED_OF == 0:
        return [HurdleAction.STOP]
    return [HurdleAction.RELEASE] * due


def _decide_hurdles(session: Session, course: Course, plans: Sequence[Plan]) -> None:
    """Release what lies behind, stop a few, and measure some of what comes next.

    A hurdle is decided after those before it, so all first ones go before all second ones.
    """
    decided = {plan: _decided(plan, course.now.date()) for plan in plans}
    for place in range(len(SHARES)):
        for action in (HurdleAction.RELEASE, HurdleAction.STOP):
            found = [plan for plan in plans if decided[plan][place : place + 1] == [action]]
            _decide(session, course, found, place, action)
    coming = [
        (plan, plan.milestones[len(done)])
        for plan, done in decided.items()
        if plan.number % 3 == 0
        and HurdleAction.STOP not in done
        and len(done) < len(SHARES)
        and plan.due_on(len(done)) < course.now.date() + SOON
    ]
    rows = [row for plan, id_ in coming for row in _measured(course, plan, id_, course.now)]
    add_all(session, Evidence, rows)


def _decide(
    session: Session, course: Course, plans: Sequence[Plan], place: int, action: HurdleAction
) -> None:
    """Decide one hurdle of each plan, with what it does to the money."""
    if not plans:
        return
    at = {plan: datetime.combine(plan.due_on(place), time(10), UTC) for plan in plans}
    measured = [
        row for plan in plans for row in _measured(course, plan, plan.milestones[place], at[plan])
    ]
    add_all(session, Evidence, measured)
    decisions = [
        {
            "tranche_id": plan.milestones[place], "action": action, "recommended": action,
            "grounds": "As measured", "reason": "", "decided_by_id": course.cast.cfo.id,
            "decided_at": at[plan],
        }
        for plan in plans
    ]  # fmt: skip
    add_all(session, HurdleDecision, decisions)
    is_stop = action is HurdleAction.STOP
    places = range(place, len(SHARES)) if is_stop else (place,)
    kind = TransferKind.FREE if is_stop else TransferKind.RELEASE
    state = TrancheState.FREED if is_stop else TrancheState.RELEASED
    ids = [plan.milestones[one] for plan in plans for one in places]
    session.execute(update(Tranche).where(Tranche.id.in_(ids)).values(state=state))
    transfers = [
        _transfer(course, plan, kind, _amounts(plan)[one], plan.milestones[one], at[plan])
        for plan in plans
        for one in places
    ]
    add_all(session, LedgerTransfer, transfers)
    if is_stop:
        numbers = [plan.number for plan in plans]
        for model, end in (
            (Commitment, CommitmentState.STOPPED), (Initiative, InitiativeState.STOPPED),
        ):  # fmt: skip
            session.execute(update(model).where(model.id.in_(numbers)).values(state=end))


def _measured(course: Course, plan: Plan, milestone: int, at: datetime) -> list[dict[str, Any]]:
    """A measurement of each criterion, recorded by the owner shortly before ``at``."""
    return [
        {
            "tranche_id": milestone, "criterion_id": criterion, "value": Decimal(28),
            "sample": 400, "measured_on": (at - timedelta(days=5)).date(), "source": "Survey",
            "note": "", "recorded_by_id": plan.one_of(course.owners).id,
            "recorded_at": at - timedelta(days=4),
        }
        for criterion in plan.criteria(milestone)
    ]  # fmt: skip
