"""Read scenarios."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, selectinload

from app.accounts.models import Person
from app.calendar.models import Cycle, CycleFund, TeamCapacity
from app.errors import NotFoundError
from app.portfolio.models import Run, Scenario, ScenarioLimit, ScenarioPin


def list_scenarios(session: Session, cycle_id: int) -> Sequence[Scenario]:
    """The scenarios of a cycle, the last changed first."""
    return session.scalars(
        select(Scenario)
        .where(Scenario.cycle_id == cycle_id)
        .options(joinedload(Scenario.changed_by).lazyload(Person.grants))
        .order_by(Scenario.changed_at.desc(), Scenario.id.desc())
    ).all()


def latest_runs(session: Session, scenario_ids: Sequence[int]) -> dict[int, Run]:
    """The latest run of each scenario with its job, without its documents."""
    last = (
        select(func.max(Run.id)).where(Run.scenario_id.in_(scenario_ids)).group_by(Run.scenario_id)
    )
    runs = session.scalars(
        select(Run)
        .where(Run.id.in_(last))
        .join(Run.job)
        .options(contains_eager(Run.job), defer(Run.problem), defer(Run.result), defer(Run.inputs))
    )
    return {run.scenario_id: run for run in runs}


def get_scenario(session: Session, scenario_id: int) -> Scenario:
    """A scenario with its limits, pins and rules, and its cycle's funds and teams.

    Raises NotFoundError.
    """
    cycle = joinedload(Scenario.cycle)
    scenario = session.scalar(
        select(Scenario)
        .where(Scenario.id == scenario_id)
        .options(
            joinedload(Scenario.created_by).lazyload(Person.grants),
            joinedload(Scenario.changed_by).lazyload(Person.grants),
            cycle.joinedload(Cycle.funds).joinedload(CycleFund.fund),
            cycle.joinedload(Cycle.funds).joinedload(CycleFund.budgets),
            cycle.selectinload(Cycle.capacities).joinedload(TeamCapacity.team),
            selectinload(Scenario.limits).joinedload(ScenarioLimit.fund),
            selectinload(Scenario.pins).joinedload(ScenarioPin.initiative),
            selectinload(Scenario.pins).joinedload(ScenarioPin.option),
            selectinload(Scenario.rules),
        )
    )
    if scenario is None:
        raise NotFoundError("There is no such scenario, or it was removed.")
    return scenario
