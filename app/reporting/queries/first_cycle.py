"""How far a company is on its way to its first approval, read in one query."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person, RoleGrant
from app.accounts.rules import Role
from app.approvals.models import Proposal
from app.approvals.rules import ProposalState
from app.calendar.models import Cycle, CycleFund, FundBudget
from app.calendar.rules import CycleState
from app.initiatives.models import Initiative
from app.initiatives.rules import IN_PORTFOLIO, InitiativeState
from app.journeys.models import Baseline, Journey, LeverPool, Stage, Touchpoint
from app.journeys.rules import PoolState
from app.portfolio.models import Run, Scenario
from app.reporting.rules import FirstCycle

CERTIFIED = (InitiativeState.CERTIFIED, *IN_PORTFOLIO)
SUBMITTED = (InitiativeState.SUBMITTED, *CERTIFIED)


def find_first_cycle(session: Session) -> FirstCycle | None:
    """What is there and what is not; None once a plan was approved.

    Where there are several, the last cycle that is not closed and the first journey, initiative
    and scenario stand for all.
    """
    cycle = _first(Cycle.id, Cycle.state != CycleState.CLOSED, last=True)
    parts: dict[str, ScalarSelect[Any]] = {
        "approved": _first(Proposal.id, Proposal.state == ProposalState.APPROVED),
        "leads": _holders(Role.CX_LEAD),
        "finance": _holders(Role.FINANCE),
        "cycle": cycle,
        "fund": _first(CycleFund.id, CycleFund.cycle_id == cycle),
        "budget": select(func.min(FundBudget.cycle_fund_id))
        .join(CycleFund, CycleFund.id == FundBudget.cycle_fund_id)
        .where(CycleFund.cycle_id == cycle, FundBudget.amount_minor > 0)
        .scalar_subquery(),
        "open": _first(Cycle.id, Cycle.state == CycleState.OPEN),
        "journey": _first(Journey.key),
        "touchpoint": select(func.min(Touchpoint.id)).join(Stage).scalar_subquery(),
        "baseline": _first(Baseline.id),
        "claimed": _first(LeverPool.id),
        "certified_pool": _first(LeverPool.id, LeverPool.state == PoolState.CERTIFIED),
        "initiative": _first(Initiative.key),
        "submitted": _first(Initiative.key, Initiative.state.in_(SUBMITTED)),
        "certified": _first(Initiative.key, Initiative.state.in_(CERTIFIED)),
        "candidate": _first(Initiative.key, Initiative.state.in_(IN_PORTFOLIO)),
        "scenario": _first(Scenario.id),
        "run": _first(Run.id, Run.result.is_not(None)),
        "proposal": _first(Proposal.id, Proposal.state == ProposalState.SUBMITTED),
    }
    row = session.execute(select(*(part.label(name) for name, part in parts.items()))).one()
    return None if row.approved is not None else FirstCycle(**dict(row._mapping))


def _first(column: Any, *conditions: Any, last: bool = False) -> ScalarSelect[Any]:
    pick = func.max if last else func.min
    return select(pick(column)).where(*conditions).scalar_subquery()


def _holders(role: Role) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(RoleGrant)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.role == role, RoleGrant.is_in_force, Person.is_active)
        .scalar_subquery()
    )
