"""What initiatives are worth in approved plans, for the pages of the initiatives themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ScalarSelect, case, func, select
from sqlalchemy.orm import Session, aliased

from app.approvals.models import Commitment, Decision, Proposal, ProposalItem
from app.approvals.rules import ProposalState, check_snapshot
from app.approvals.rules.remaining import Worth, remaining
from app.initiatives.models import Initiative, Option
from app.initiatives.queries import PLAN_VALUES, PLANS, PlanName, PlanValues
from app.portfolio.queries import marginal_content, resolved_value
from app.values.written import day_words

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
            f"{_PREFIX}{id_}", f"Round {number}, approved {day_words(at)}", "approvals.show",
            {"proposal_id": id_}, run_id,
        )
        for id_, number, at, run_id in rows
    ]  # fmt: skip


def find_approved_values(
    session: Session, initiative: Initiative, plan: PlanName
) -> PlanValues | None:
    """The figures of the initiative in what was approved: recounted where items were struck."""
    if not plan.key.startswith(_PREFIX):
        return None
    struck = _struck_keys()
    row = session.execute(
        select(
            ProposalItem, Option.key, marginal_content(plan.run_id), struck,
            case((struck.is_not(None), Proposal.snapshot)), Proposal.digest, Proposal.round,
            _members(),
        )
        .join(ProposalItem.option)
        .join(ProposalItem.proposal)
        .where(
            ProposalItem.proposal_id == plan.place["proposal_id"],
            ProposalItem.initiative_id == initiative.id,
            ProposalItem.is_struck.is_(False),
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    item, option, answer, gone, content, stated, number, members = row
    worth = _as_frozen(item)
    if gone:
        worth = _recounted(content, stated, number, gone)[initiative.key]
    return PlanValues(
        option=option,
        start=item.start,
        standalone=worth.standalone,
        allocated=worth.allocated,
        marginal=worth.marginal,
        resolved=resolved_value(answer, initiative.key),
        is_cut=gone is not None,
        members=dict(one.split(_IN_PAIR) for one in members.split(_BETWEEN_KEYS)),
    )


_BETWEEN_KEYS, _IN_PAIR = "\n", "\t"


def _members() -> ScalarSelect[str | None]:
    """All that was approved with an item: keys of initiative and option, one pair a line."""
    other, chosen = aliased(ProposalItem), aliased(Option)
    pair = Initiative.key + _IN_PAIR + chosen.key
    return (
        select(func.aggregate_strings(pair, _BETWEEN_KEYS))
        .select_from(other)
        .join(Initiative, Initiative.id == other.initiative_id)
        .join(chosen, chosen.id == other.option_id)
        .where(other.proposal_id == ProposalItem.proposal_id, other.is_struck.is_(False))
        .correlate(ProposalItem)
        .scalar_subquery()
    )


def _struck_keys() -> ScalarSelect[str | None]:
    """The keys of what was struck from an item's proposal, one a line; None where nothing was."""
    other = aliased(ProposalItem)
    return (
        select(func.aggregate_strings(Initiative.key, _BETWEEN_KEYS))
        .join(other, other.initiative_id == Initiative.id)
        .where(other.proposal_id == ProposalItem.proposal_id, other.is_struck)
        .scalar_subquery()
    )


def _as_frozen(item: ProposalItem) -> Worth:
    return Worth(item.value_allocated_minor, item.value_standalone_minor, item.value_marginal_minor)


def _recounted(content: bytes, stated: str, number: int, struck: str) -> Mapping[str, Worth]:
    """What the items that were not struck are worth without the others, by key."""
    check_snapshot(content, stated, number)
    return remaining(content, frozenset(struck.split(_BETWEEN_KEYS))).worth


def load_granted_values(session: Session, proposal_ids: Collection[int]) -> dict[int, int]:
    """What each approved proposal is worth without what was struck, minor units by proposal.

    Read from its commitments: each was given what `remaining` says of its item when it was decided,
    so that a list reads no snapshots.
    """
    rows = session.execute(
        select(Decision.proposal_id, func.sum(Commitment.value_minor))
        .join(Decision, Decision.id == Commitment.decision_id)
        .where(Decision.proposal_id.in_(proposal_ids))
        .group_by(Decision.proposal_id)
    )
    return {proposal_id: int(minor) for proposal_id, minor in rows}


PLANS.append(list_approved_plans)
PLAN_VALUES.append(find_approved_values)
