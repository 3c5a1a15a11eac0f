"""What the running initiatives have shown so far, and what Finance made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, SpendDetail, Tranche
from app.approvals.queries.balances import load_accounts
from app.approvals.rules import TrancheState
from app.approvals.rules.actuals import Actual
from app.approvals.services.spending import book_spend
from app.db.session import transaction
from app.initiatives.models import Criterion
from app.roadmap.models import Evidence, HurdleDecision
from app.roadmap.rules import HurdleAction
from app.roadmap.rules.measuring import PLAINLY, Measuring
from app.roadmap.rules.posterior import Among
from app.roadmap.services import decide_hurdle, record_evidence
from app.values.quarter import Quarter
from seeds.steps.decisions import measured_day, request_key, tranche_of
from seeds.steps.moments import at
from seeds.story.running_initiatives import (
    EVIDENCE,
    PAID,
    RELEASED,
    RUNNING_INITIATIVES,
    STOPPED,
)

TITLES = {story.name: story.title for story in RUNNING_INITIATIVES}
IN_PILOT = Measuring(among=Among.EXPOSED)
"""A pilot measures those it reaches, beside those it does not."""
DAYS_TO_DECIDE = 6
"""From the evidence to the decision; the first invoices are paid on the day of the release."""


@dataclass(frozen=True, slots=True)
class Hurdle:
    """A hurdle of the story: whose, which, and the day its evidence was measured."""

    name: str
    position: int
    due_on: date
    measured_on: date


def deliver(session: Session, people: dict[str, Person], *, today: date) -> None:
    """Record the evidence there is by ``today`` and decide, in the order it happened."""
    for hurdle in _hurdles(session, today):
        with transaction(session):
            _measure(session, hurdle, people["ines"])
        with transaction(session):
            _decide(session, hurdle, people["petra"], today)
        with transaction(session):
            _pay(session, hurdle, people["nils"], today)


def _hurdles(session: Session, today: date) -> list[Hurdle]:
    found = []
    for name, position in EVIDENCE:
        tranche = tranche_of(session, TITLES[name], position)
        if tranche is not None and tranche.due_on <= today + timedelta(days=7):
            day = measured_day(tranche.due_on, today)
            found.append(Hurdle(name, position, tranche.due_on, day))
    return sorted(found, key=lambda hurdle: (hurdle.measured_on, hurdle.name, hurdle.position))


def _tranche(session: Session, hurdle: Hurdle) -> Tranche:
    tranche = tranche_of(session, TITLES[hurdle.name], hurdle.position)
    if tranche is None:
        raise LookupError(f"{hurdle.name} lost its tranche.")
    return tranche


def _measure(session: Session, hurdle: Hurdle, manager: Person) -> None:
    tranche = _tranche(session, hurdle)
    criterion = session.scalars(
        select(Criterion).where(Criterion.milestone_id == tranche.milestone_id)
    ).one()
    there = select(Evidence.id).where(Evidence.criterion_id == criterion.id)
    if session.scalar(there) is not None:
        return
    value, sample = EVIDENCE[hurdle.name, hurdle.position]
    record_evidence(
        session, tranche, criterion, value=Decimal(value), sample=sample,
        measured_on=hurdle.measured_on, source="Operations report", note="", actor=manager,
        how=IN_PILOT if criterion.link else PLAINLY, now=at(hurdle.measured_on, hour=6),
    )  # fmt: skip


def _decide(session: Session, hurdle: Hurdle, finance: Person, today: date) -> None:
    place = (hurdle.name, hurdle.position)
    reason = RELEASED.get(place) or STOPPED.get(place)
    decided_on = hurdle.measured_on + timedelta(days=DAYS_TO_DECIDE)
    if reason is None or decided_on > today:
        return
    tranche = _tranche(session, hurdle)
    there = select(HurdleDecision.id).where(HurdleDecision.tranche_id == tranche.id)
    if session.scalar(there) is not None:
        return
    decide_hurdle(
        session, tranche,
        action=HurdleAction.STOP if place in STOPPED else HurdleAction.RELEASE,
        reason=reason, once_key=request_key("hurdle", tranche.id), actor=finance,
        now=at(decided_on, hour=6),
    )  # fmt: skip


def _pay(session: Session, hurdle: Hurdle, finance: Person, today: date) -> None:
    """Book the first invoices out of what the hurdle released, in the fund that pays first."""
    share = PAID.get((hurdle.name, hurdle.position))
    tranche = _tranche(session, hurdle)
    paid_on = hurdle.measured_on + timedelta(days=DAYS_TO_DECIDE)
    if share is None or paid_on > today or tranche.state is not TrancheState.RELEASED:
        return
    reference = f"{hurdle.name.replace('_', '-').upper()}-{hurdle.position + 1:02}"
    there = select(SpendDetail.transfer_id).where(SpendDetail.reference == reference)
    if session.scalar(there) is not None:
        return
    (account,) = load_accounts(session, Commitment.id == tranche.commitment_id)
    quarter = min(max(account.start, Quarter.containing(paid_on)), account.last)
    actual = Actual(
        commitment_id=account.commitment_id, fund_id=next(iter(account.funds)), quarter=quarter,
        amount_minor=tranche.amount_minor * share // 100, spent_on=paid_on, reference=reference,
    )  # fmt: skip
    book_spend(
        session, actual, request_key=request_key("paid", tranche.id), actor=finance,
        now=at(paid_on, hour=7),
    )  # fmt: skip
