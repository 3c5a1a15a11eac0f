"""Turn an approval into commitments, tranches and ledger movements."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import (
    Commitment,
    CommitmentSpend,
    Decision,
    LedgerTransfer,
    Proposal,
    Tranche,
)
from app.approvals.rules import (
    CommitmentState,
    FrozenProposal,
    LedgerAccount,
    TrancheState,
    TransferKind,
)
from app.approvals.rules.frozen import FrozenItem
from app.approvals.rules.remaining import Remainder
from app.initiatives.services import mark_approved
from app.values.quarter import Quarter


def commit(
    session: Session,
    proposal: Proposal,
    decision: Decision,
    frozen: FrozenProposal,
    kept: Remainder,
    *,
    actor: Person,
    now: datetime,
) -> int:
    """Commit the money of every item that isn't struck, exactly as frozen; the sum, minor units.

    ``kept`` holds what each remaining item is worth without the struck ones.
    """
    funds = {fund.key: fund.id for fund in frozen.funds}
    initiatives = {item.initiative_id: item.initiative for item in proposal.items}
    granted = [item for item in frozen.items if item.key in kept.worth]
    made = [
        (item, _commitment(proposal, decision, item, kept.worth[item.key].allocated))
        for item in granted
    ]
    session.add_all(commitment for _, commitment in made)
    session.flush()
    for item, commitment in made:
        session.add_all(
            CommitmentSpend(
                commitment_id=commitment.id,
                fund_id=funds[one.fund],
                quarter=Quarter.parse(one.quarter),
                amount_minor=one.amount_minor,
            )
            for one in item.spend
        )
        session.add_all(_tranches(item, commitment))
    session.flush()
    for item, commitment in made:
        if commitment.amount_minor:
            session.add(_committed(commitment, proposal, actor, now))
        mark_approved(session, initiatives[item.initiative_id], actor=actor, now=now)
    session.flush()
    return sum(commitment.amount_minor for _, commitment in made)


def _commitment(
    proposal: Proposal, decision: Decision, item: FrozenItem, value_minor: int
) -> Commitment:
    return Commitment(
        decision_id=decision.id,
        cycle_id=proposal.cycle_id,
        initiative_id=item.initiative_id,
        option_id=item.option_id,
        start=Quarter.parse(item.start),
        ends_on=_ends_on(item),
        state=CommitmentState.ACTIVE,
        amount_minor=item.spend_minor,
        value_minor=value_minor,
        currency=proposal.currency,
    )


def _ends_on(item: FrozenItem) -> date:
    """The last day of the last quarter with spend, or the last hurdle if that is later."""
    quarters = [Quarter.parse(one.quarter) for one in item.spend] or [Quarter.parse(item.start)]
    return max([max(quarters).last_day, *(milestone.due_on for milestone in item.milestones)])


def _tranches(item: FrozenItem, commitment: Commitment) -> list[Tranche]:
    return [
        Tranche(
            commitment_id=commitment.id,
            milestone_id=milestone.id,
            position=position,
            amount_minor=milestone.tranche_minor,
            currency=commitment.currency,
            baseline_due_on=milestone.due_on,
            due_on=milestone.due_on,
            state=TrancheState.PENDING,
        )
        for position, milestone in enumerate(item.milestones, start=1)
    ]


def _committed(
    commitment: Commitment, proposal: Proposal, actor: Person, now: datetime
) -> LedgerTransfer:
    return LedgerTransfer(
        at=now,
        kind=TransferKind.COMMIT,
        debit=LedgerAccount.BUDGET,
        credit=LedgerAccount.COMMITTED,
        amount_minor=commitment.amount_minor,
        currency=commitment.currency,
        cycle_id=commitment.cycle_id,
        commitment_id=commitment.id,
        reason=f"Approved in round {proposal.round}",
        moved_by_id=actor.id,
    )
