"""Read what is committed, and what a plan to be submitted consists of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.approvals.models import (
    Commitment,
    CommitmentSpend,
    Decision,
    LedgerTransfer,
    Proposal,
    ProposalItem,
    Tranche,
)
from app.approvals.queries.amended import amended_columns, amended_of
from app.approvals.rules import CommitmentState, FundBudget, TrancheState, TransferKind, bound_left
from app.calendar.models import Cycle, CycleFund, Fund
from app.calendar.queries import BUDGET_FLOORS, CURRENCY_TIES
from app.initiatives.models import Initiative, Milestone, Option
from app.initiatives.queries import MONEY_DECIDERS, OPEN_HURDLES, claims_of, summed_claims
from app.initiatives.rules import InitiativeState
from app.journeys.queries import POOL_CLAIMS, PoolClaim
from app.portfolio.queries import BOUND_MONEY, COMMITTED, DELIVERED, BoundMoney, CommittedChoice
from app.values.quarter import Quarter

Cell = tuple[int, Quarter]
"""A fund's id and a quarter."""

GAVE_BACK = Commitment.id.in_(
    select(LedgerTransfer.commitment_id).where(LedgerTransfer.kind == TransferKind.FREE)
)
"""Whether a commitment gave money back to the budget."""


def load_committed(session: Session, cycle_id: int) -> dict[Cell, int]:
    """What all commitments bind in the cycle's quarters, minor units; freed money binds nothing.

    A fund's money in a quarter is one pot, so commitments of other cycles count as well.
    """
    cycle = session.get_one(Cycle, cycle_id)
    inside = (
        Commitment.currency == cycle.currency,
        CommitmentSpend.quarter >= cycle.quarters.first,
        CommitmentSpend.quarter <= cycle.quarters.last,
    )
    rows = session.execute(
        select(
            CommitmentSpend.fund_id, CommitmentSpend.quarter, func.sum(CommitmentSpend.amount_minor)
        )
        .join(CommitmentSpend.commitment)
        .where(*inside, ~GAVE_BACK)
        .group_by(CommitmentSpend.fund_id, CommitmentSpend.quarter)
    )
    bound = {(fund, quarter): int(minor) for fund, quarter, minor in rows}
    for one in list_given_back(session, Commitment.currency == cycle.currency):
        for cell, minor in one.left.items():
            if cell[1] in cycle.quarters:
                bound[cell] = bound.get(cell, 0) + minor
    return {cell: minor for cell, minor in bound.items() if minor}


def load_bound_funds(session: Session, cycle_id: int) -> dict[int, int]:
    """The same by fund: all that was committed, without what commitments gave back of it."""
    cycle = session.get_one(Cycle, cycle_id)
    quarters = cycle.quarters
    rows = session.execute(
        select(CommitmentSpend.fund_id, func.sum(CommitmentSpend.amount_minor))
        .join(CommitmentSpend.commitment)
        .where(
            Commitment.currency == cycle.currency,
            CommitmentSpend.quarter >= quarters.first,
            CommitmentSpend.quarter <= quarters.last,
        )
        .group_by(CommitmentSpend.fund_id)
    )
    bound = {fund: int(minor) for fund, minor in rows}
    for one in list_given_back(session, Commitment.currency == cycle.currency):
        for (fund, quarter), minor in one.freed.items():
            if quarter in quarters:
                bound[fund] -= minor
    return bound


def list_bound_money(session: Session, cycle_id: int) -> list[BoundMoney]:
    """What every commitment binds in the cycle's quarters, in whatever currency."""
    cycle = session.get_one(Cycle, cycle_id)
    rows = session.execute(
        select(
            Initiative.key, Commitment.currency, CommitmentSpend.fund_id, CommitmentSpend.quarter,
            CommitmentSpend.amount_minor,
        )
        .join(CommitmentSpend.commitment)
        .join(Commitment.initiative)
        .where(
            CommitmentSpend.quarter >= cycle.quarters.first,
            CommitmentSpend.quarter <= cycle.quarters.last,
            CommitmentSpend.amount_minor != 0,
            ~GAVE_BACK,
        )
        .order_by(Initiative.key, CommitmentSpend.quarter, CommitmentSpend.fund_id)
    )  # fmt: skip
    held = [BoundMoney(key, fund, at, minor, currency) for key, currency, fund, at, minor in rows]
    for one in list_given_back(session):
        held += [
            BoundMoney(one.key, fund, quarter, minor, one.currency)
            for (fund, quarter), minor in one.left.items()
            if minor and quarter in cycle.quarters
        ]
    return held


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A commitment that gave money back: what was planned of it by cell, and what is left bound."""

    commitment_id: int
    cycle_id: int
    key: str
    currency: str
    planned: Mapping[Cell, int]
    left: Mapping[Cell, int]

    @property
    def freed(self) -> dict[Cell, int]:
        """What it gave back, by fund and quarter."""
        back = {cell: minor - self.left[cell] for cell, minor in self.planned.items()}
        return {cell: minor for cell, minor in back.items() if minor}


def list_given_back(session: Session, *narrowed: ColumnElement[bool]) -> list[GivenBack]:
    """Every commitment that gave money back; one query."""
    freed = (
        select(LedgerTransfer.commitment_id, func.sum(LedgerTransfer.amount_minor).label("amount"))
        .where(LedgerTransfer.kind == TransferKind.FREE)
        .group_by(LedgerTransfer.commitment_id)
        .subquery()
    )
    spend: dict[tuple[int, int, str, str, int], dict[Cell, int]] = {}
    amended: dict[int, Mapping[Cell, int] | None] = {}
    for id_, cycle_id, key, currency, fund, quarter, minor, back, *kept in session.execute(
        select(
            Commitment.id, Commitment.cycle_id, Initiative.key, Commitment.currency,
            CommitmentSpend.fund_id, CommitmentSpend.quarter, CommitmentSpend.amount_minor,
            freed.c.amount,
            *amended_columns(),
        )
        .join(CommitmentSpend.commitment)
        .join(freed, freed.c.commitment_id == Commitment.id)
        .join(Commitment.initiative)
        .where(*narrowed)
    ):  # fmt: skip
        if id_ not in amended:
            amended[id_] = amended_of(kept)
        spend.setdefault((id_, cycle_id, key, currency, int(back)), {})[fund, quarter] = minor
    return [
        GivenBack(id_, cycle_id, key, currency, cells, bound_left(cells, back, amended.get(id_)))
        for (id_, cycle_id, key, currency, back), cells in spend.items()
    ]


def list_committed_choices(session: Session, cycle_id: int) -> Sequence[CommittedChoice]:
    """Options that decisions approved and that still act, whatever cycle they came from.

    One that is delivered acts on until it is retired, though it asks for no more money.
    """
    rows = session.execute(
        select(Commitment.option_id, Commitment.start)
        .join(Commitment.initiative)
        .where(
            Commitment.state != CommitmentState.STOPPED,
            Initiative.state != InitiativeState.RETIRED,
        )
        .order_by(Commitment.id)
    )
    return [CommittedChoice(option, start) for option, start in rows]


def decided_claims(session: Session) -> list[PoolClaim]:
    """What approved options that still act claim of the pools, delivered ones too."""
    query = (
        summed_claims()
        .join(Commitment, Commitment.option_id == Option.id)
        .join(Commitment.initiative)
        .where(
            Commitment.state != CommitmentState.STOPPED,
            Initiative.state != InitiativeState.RETIRED,
        )
    )
    return claims_of(session.execute(query), is_decided=True)


def list_delivered(session: Session, keys: Collection[str]) -> Mapping[str, Quarter]:
    """Which of the initiatives were delivered and retired since, with the start approved."""
    rows = session.execute(
        select(Initiative.key, Commitment.start)
        .join(Commitment.initiative)
        .where(
            Initiative.key.in_(sorted(keys)),
            Initiative.state == InitiativeState.RETIRED,
            Commitment.state != CommitmentState.STOPPED,
        )
        .order_by(Commitment.id)
    )
    return {row.key: row.start for row in rows}


def currency_tie(session: Session, cycle_id: int) -> str | None:
    """Why a cycle's currency can't change: proposals were made in it."""
    found = session.scalar(select(Proposal.currency).where(Proposal.cycle_id == cycle_id).limit(1))
    return f"Proposals were submitted in {found}." if found else None


def list_open_hurdles(session: Session, initiative_ids: Collection[int]) -> dict[int, list[str]]:
    """The hurdles that hold money of each initiative, by name and in order."""
    rows = session.execute(
        select(Commitment.initiative_id, Milestone.name)
        .join(Commitment.tranches)
        .join(Tranche.milestone)
        .where(
            Commitment.initiative_id.in_(initiative_ids),
            Tranche.state.in_((TrancheState.PENDING, TrancheState.HELD)),
        )
        .order_by(Commitment.id, Tranche.position)
    )
    found: dict[int, list[str]] = {}
    for initiative_id, name in rows:
        found.setdefault(initiative_id, []).append(name)
    return found


def list_deciders(session: Session, initiative_id: int) -> Collection[int]:
    """Ids of who decided proposals an initiative was in, and so never owns it."""
    return session.scalars(
        select(Decision.decided_by_id)
        .join(ProposalItem, ProposalItem.proposal_id == Decision.proposal_id)
        .where(ProposalItem.initiative_id == initiative_id)
    ).all()


BUDGET_FLOORS.append(load_committed)
BOUND_MONEY.append(list_bound_money)
COMMITTED.append(list_committed_choices)
POOL_CLAIMS.append(decided_claims)
DELIVERED.append(list_delivered)
CURRENCY_TIES.append(currency_tie)
OPEN_HURDLES.append(list_open_hurdles)


def lock_cycle(session: Session, cycle_id: int) -> Cycle:
    """The cycle with its budgets as they are now, locked with its funds until the end.

    Whoever decides about money of the same funds waits here: cycle first, then funds by id.
    """
    cycle = session.scalars(
        select(Cycle)
        .where(Cycle.id == cycle_id)
        .options(
            selectinload(Cycle.funds).joinedload(CycleFund.fund),
            selectinload(Cycle.funds).selectinload(CycleFund.budgets),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    ids = [one.fund_id for one in cycle.funds]
    session.execute(
        select(Fund.id).where(Fund.id.in_(ids)).order_by(Fund.id).with_for_update()
    ).all()
    return cycle


def fund_budgets(cycle: Cycle) -> list[FundBudget]:
    """The cycle's budgets as rules count with them; ``cycle`` is loaded with its budgets."""
    quarters = tuple(cycle.quarters)
    found = []
    for one in cycle.funds:
        amounts = {budget.quarter: budget.amount_minor for budget in one.budgets}
        budget = tuple(amounts.get(quarter, 0) for quarter in quarters)
        found.append(FundBudget(one.fund_id, one.fund.name, quarters, budget, one.carry_over))
    return found


def load_versions(session: Session, ids: Collection[int]) -> dict[int, tuple[InitiativeState, int]]:
    """State and version of initiatives by id, as they are stored now."""
    rows = session.execute(
        select(Initiative.id, Initiative.state, Initiative.version).where(Initiative.id.in_(ids))
    )
    return {id_: (state, version) for id_, state, version in rows}


def load_funded(session: Session, keys: Collection[str]) -> dict[str, Initiative]:
    """The initiatives of a plan with people, options and milestones, by key."""
    found = session.scalars(
        select(Initiative)
        .where(Initiative.key.in_(keys))
        .options(
            joinedload(Initiative.journey),
            joinedload(Initiative.owner),
            joinedload(Initiative.sponsor),
            joinedload(Initiative.created_by),
            joinedload(Initiative.certified_by),
            selectinload(Initiative.options).selectinload(Option.effects),
            selectinload(Initiative.milestones).selectinload(Milestone.criteria),
        )
    )
    return {one.key: one for one in found.unique()}


MONEY_DECIDERS.append(list_deciders)
