"""What initiatives are worth in approved plans, for the pages of the initiatives themselves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.approvals.models import Decision, Proposal, ProposalItem
from app.approvals.rules import ProposalState
from app.initiatives.models import Initiative, Option
from app.initiatives.queries import PLAN_VALUES, PLANS, PlanName, PlanValues
from app.portfolio.queries import marginal_content, resolved_value

_PREFIX = "proposal-"


def list_approved_plans(session: Session, initiative: Initiative) -> Sequence[PlanName]:
    """The plans in which the initiative was approved, the latest first."""
    rows = session.execute(
        select(Proposal.id, Proposal.round, Decision.decided_at, Proposal.run_id)
        .join(Proposal.items)
        .join(Proposal.decision)
        .where(
            ProposalItem.initiative_id == initiative.id,
            ProposalItem.is_struck.is_(False),
            Proposal.state == ProposalState.APPROVED,
        )
        .order_by(Proposal.id.desc())
    )
    return [
        PlanName(
            f"{_PREFIX}{id_}", f"Round {number}, approved {at:%-d %b %Y}", "approvals.show",
            {"proposal_id": id_}, run_id,
        )
        for id_, number, at, run_id in rows
    ]  # fmt: skip


def find_approved_values(
    session: Session, initiative: Initiative, plan: PlanName
) -> PlanValues | None:
    """The figures of the initiative as they were frozen and approved."""
    if not plan.key.startswith(_PREFIX):
        return None
    row = session.execute(
        select(ProposalItem, Option.key, marginal_content(plan.run_id))
        .join(ProposalItem.option)
        .where(
            ProposalItem.proposal_id == plan.place["proposal_id"],
            ProposalItem.initiative_id == initiative.id,
        )
    ).one_or_none()
    if row is None:
        return None
    item, option, answer = row
    return PlanValues(
        option=option,
        start=item.start,
        standalone=item.value_standalone_minor,
        allocated=item.value_allocated_minor,
        marginal=item.value_marginal_minor,
        resolved=resolved_value(answer, initiative.key),
    )


PLANS.append(list_approved_plans)
PLAN_VALUES.append(find_approved_values)
