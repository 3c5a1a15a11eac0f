"""Read proposals, who had a hand in them, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import (
    Session,
    aliased,
    contains_eager,
    defer,
    joinedload,
    load_only,
    selectinload,
)

from app.accounts.models import Person
from app.approvals.models import Commitment, Decision, Proposal, ProposalItem
from app.approvals.rules import Hand, HandKind, ProposalState
from app.audit.queries import load_changers
from app.calendar.models import Cycle, CycleFund
from app.calendar.rules import CycleState
from app.errors import NotFoundError
from app.initiatives.models import Initiative
from app.initiatives.rules import NO_CHANGES
from app.portfolio.models import Run

_MISSING = "There is no such proposal, or it was removed."


def get_proposal(session: Session, proposal_id: int) -> Proposal:
    """A proposal with snapshot, items, hands, decision and its cycle's budgets.

    Raises NotFoundError.
    """
    proposal = session.scalar(_whole().where(Proposal.id == proposal_id))
    if proposal is None:
        raise NotFoundError(_MISSING)
    return proposal


def get_with_earlier_round(session: Session, proposal_id: int) -> tuple[Proposal, Proposal | None]:
    """A proposal and the last round before it that was not withdrawn, None where there is none;
    both loaded whole. Raises NotFoundError.
    """
    this, other = aliased(Proposal), aliased(Proposal)
    earlier = (
        select(other.id)
        .join(this, this.cycle_id == other.cycle_id)
        .where(
            this.id == proposal_id,
            other.round < this.round,
            other.state != ProposalState.WITHDRAWN,
        )
        .order_by(other.round.desc())
        .limit(1)
        .scalar_subquery()
    )
    wanted = or_(Proposal.id == proposal_id, Proposal.id == earlier)
    found = {one.id: one for one in session.scalars(_whole().where(wanted))}
    proposal = found.pop(proposal_id, None)
    if proposal is None:
        raise NotFoundError(_MISSING)
    return proposal, next(iter(found.values()), None)


def _whole() -> Select[Proposal]:
    return select(Proposal).options(
        joinedload(Proposal.cycle).options(
            selectinload(Cycle.funds).options(
                joinedload(CycleFund.fund), joinedload(CycleFund.budgets)
            ),
        ),
        joinedload(Proposal.submitted_by).lazyload(Person.grants),
        joinedload(Proposal.decision).joinedload(Decision.decided_by).lazyload(Person.grants),
        joinedload(Proposal.run).options(load_only(Run.scenario_id), joinedload(Run.scenario)),
        selectinload(Proposal.items).joinedload(ProposalItem.initiative),
        selectinload(Proposal.hands),
    )


def list_proposals(session: Session) -> Sequence[Proposal]:
    """Proposals with their decision, without items and snapshots, the newest first."""
    return session.scalars(
        select(Proposal)
        .options(
            defer(Proposal.snapshot),
            joinedload(Proposal.cycle),
            joinedload(Proposal.submitted_by).lazyload(Person.grants),
            joinedload(Proposal.decision).joinedload(Decision.decided_by).lazyload(Person.grants),
        )
        .order_by(Proposal.submitted_at.desc(), Proposal.id.desc())
    ).all()


class ItemSums(NamedTuple):
    """How many items a proposal has and how many of them are struck, what those kept cost, and
    what all are worth; sums in minor units."""

    items: int
    struck: int
    spend_minor: int
    value_minor: int


def load_item_sums(session: Session, proposal_ids: Collection[int]) -> dict[int, ItemSums]:
    """The sums of the items of each proposal that has any."""
    kept = case((ProposalItem.is_struck, 0), else_=ProposalItem.spend_minor)
    rows = session.execute(
        select(
            ProposalItem.proposal_id, func.count(),
            func.sum(case((ProposalItem.is_struck, 1), else_=0)), func.sum(kept),
            func.sum(ProposalItem.value_allocated_minor),
        )
        .where(ProposalItem.proposal_id.in_(proposal_ids))
        .group_by(ProposalItem.proposal_id)
    )  # fmt: skip
    return {id_: ItemSums(*map(int, sums)) for id_, *sums in rows}


def find_open_proposal(session: Session, cycle_id: int) -> Proposal | None:
    """The proposal of the cycle that waits for a decision; there is one at most."""
    return session.scalar(
        select(Proposal)
        .where(Proposal.cycle_id == cycle_id, Proposal.state == ProposalState.SUBMITTED)
        .options(defer(Proposal.snapshot))
    )


def list_returned(session: Session, cycle_id: int | None = None) -> Sequence[Proposal]:
    """Proposals that were returned and not followed by another round, in cycles still open."""
    later = aliased(Proposal)
    followed = (
        select(later.id)
        .where(later.cycle_id == Proposal.cycle_id, later.round > Proposal.round)
        .exists()
    )
    wanted = () if cycle_id is None else (Proposal.cycle_id == cycle_id,)
    return session.scalars(
        select(Proposal)
        .join(Proposal.cycle)
        .where(
            Proposal.state == ProposalState.RETURNED,
            Cycle.state == CycleState.OPEN,
            ~followed,
            *wanted,
        )
        .options(
            defer(Proposal.snapshot),
            contains_eager(Proposal.cycle),
            joinedload(Proposal.decision).joinedload(Decision.decided_by).lazyload(Person.grants),
        )
        .order_by(Proposal.submitted_at)
    ).all()


def last_round(session: Session, cycle_id: int) -> int:
    """The number of the cycle's last round, 0 before the first."""
    return (
        session.scalar(select(func.max(Proposal.round)).where(Proposal.cycle_id == cycle_id)) or 0
    )


def find_proposal_of_run(session: Session, run_id: int) -> Proposal | None:
    """The latest proposal made of a run."""
    return session.scalar(
        select(Proposal)
        .where(Proposal.run_id == run_id)
        .options(defer(Proposal.snapshot))
        .order_by(Proposal.id.desc())
        .limit(1)
    )


def hands_on(session: Session, proposal: Proposal) -> list[Hand]:
    """Every hand in a proposal loaded whole: noted when submitted, and laid on it since.

    Once it is decided, nobody needs to be kept from it and only what was noted is given.
    """
    noted = [Hand(one.person_id, one.part, one.subject) for one in proposal.hands]
    if proposal.state is not ProposalState.SUBMITTED:
        return noted
    scenario = proposal.run.scenario
    keys = {f"initiative:{item.initiative_id}": item.initiative.key for item in proposal.items}
    own = f"scenario:{scenario.id}"
    changed = load_changers(session, [own, *keys], besides=NO_CHANGES, since=proposal.submitted_at)
    return [
        *noted,
        *(
            Hand(item.initiative.owner_id, HandKind.OWNS, item.initiative.key)
            for item in proposal.items
        ),
        *(
            Hand(person, HandKind.CHANGED_SINCE, key)
            for subject, key in keys.items()
            for person in sorted(changed[subject])
        ),
        *(
            Hand(person, HandKind.CHANGED_SCENARIO, scenario.name)
            for person in sorted({scenario.changed_by_id, *changed[own]})
        ),
    ]


def list_commitments_of(session: Session, proposal: Proposal) -> Sequence[Commitment]:
    """What the decision on a proposal committed, by initiative; nothing while it waits."""
    if proposal.decision is None:
        return []
    return session.scalars(
        select(Commitment)
        .where(Commitment.decision_id == proposal.decision.id)
        .join(Commitment.initiative)
        .options(contains_eager(Commitment.initiative))
        .order_by(Initiative.key)
    ).all()
