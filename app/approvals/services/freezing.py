"""Put together the snapshot of a proposal from the models it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.accounts.models import Person
from app.approvals.rules import MilestonePlan, PlannedTranche, planned_tranches
from app.approvals.rules.frozen import (
    FORMAT,
    VERSION,
    FrozenCriterion,
    FrozenCycle,
    FrozenDemand,
    FrozenFund,
    FrozenItem,
    FrozenLimit,
    FrozenMilestone,
    FrozenPerson,
    FrozenPin,
    FrozenProposal,
    FrozenRun,
    FrozenScenario,
    FrozenSpend,
)
from app.approvals.rules.remaining import Worth, remainder
from app.initiatives.models import Criterion, Initiative, Milestone, Option
from app.portfolio.engine.problem import Placement, Problem
from app.portfolio.models import Run, Scenario
from app.values.quarter import Quarter


@dataclass(frozen=True)
class Plan:
    """A verified plan: the problem, its choices and the initiatives they fund, by key."""

    problem: Problem
    placements: tuple[Placement, ...]
    initiatives: Mapping[str, Initiative]


def freeze(
    scenario: Scenario,
    run: Run,
    plan: Plan,
    *,
    round_number: int,
    committed: Mapping[tuple[int, Quarter], int],
    note: str,
    actor: Person,
    now: datetime,
) -> FrozenProposal:
    """Everything a decision rests on. Values are recounted here, not taken from the result."""
    worth = remainder(plan.problem, plan.placements, (), {}).worth
    return FrozenProposal(
        format=FORMAT,
        version=VERSION,
        round=round_number,
        note=note,
        submitted_by=_person(actor),
        submitted_at=now,
        cycle=_cycle(scenario),
        funds=_funds(scenario, committed),
        scenario=_scenario(scenario, run),
        run=_run(run),
        items=tuple(_item(plan, placement, worth) for placement in plan.placements),
        inputs=dict(run.inputs),
        problem=run.problem.decode(),
        result=(run.result or b"").decode(),
    )


def _person(person: Person) -> FrozenPerson:
    return FrozenPerson(person.id, person.name)


def _cycle(scenario: Scenario) -> FrozenCycle:
    cycle = scenario.cycle
    return FrozenCycle(
        id=cycle.id,
        name=cycle.name,
        currency=cycle.currency,
        first_quarter=str(cycle.first_quarter),
        quarter_count=cycle.quarter_count,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
        discount_rate=cycle.discount_rate,
        hurdle_rate=cycle.hurdle_rate,
        release_confidence=cycle.release_confidence,
    )


def _funds(
    scenario: Scenario, committed: Mapping[tuple[int, Quarter], int]
) -> tuple[FrozenFund, ...]:
    quarters = list(scenario.cycle.quarters)
    found = []
    for one in scenario.cycle.funds:
        budgets = {budget.quarter: budget.amount_minor for budget in one.budgets}
        found.append(
            FrozenFund(
                id=one.fund_id,
                key=one.fund.key,
                name=one.fund.name,
                carry_over=one.carry_over,
                budget=tuple(budgets.get(quarter, 0) for quarter in quarters),
                committed=tuple(committed.get((one.fund_id, q), 0) for q in quarters),
            )
        )
    return tuple(found)


def _scenario(scenario: Scenario, run: Run) -> FrozenScenario:
    funds = {one.fund_id: one.fund.key for one in scenario.cycle.funds}
    sentences = run.inputs.get("rules")
    lines = sentences if isinstance(sentences, list) else []
    return FrozenScenario(
        id=scenario.id,
        name=scenario.name,
        note=scenario.note,
        version=scenario.version,
        created_by=_person(scenario.created_by),
        changed_by=_person(scenario.changed_by),
        changed_at=scenario.changed_at,
        limits=tuple(
            FrozenLimit(funds.get(one.fund_id, ""), str(one.quarter), one.amount_minor)
            for one in sorted(scenario.limits, key=lambda o: (o.fund_id, o.quarter))
        ),
        pins=tuple(
            FrozenPin(
                initiative=pin.initiative.key,
                kind=pin.kind.value,
                option=pin.option.key if pin.option else None,
                start=str(pin.start) if pin.start else None,
                reason=pin.reason,
            )
            for pin in sorted(scenario.pins, key=lambda pin: pin.initiative.key)
        ),
        demands=tuple(
            FrozenDemand(line["key"], line["sentence"], line.get("reason", "")) for line in lines
        ),
    )


def _run(run: Run) -> FrozenRun:
    return FrozenRun(
        id=run.id,
        requested_by=_person(run.requested_by),
        requested_at=run.requested_at,
        time_limit_seconds=run.time_limit_seconds,
        allowed_gap=run.allowed_gap,
        digest=run.digest,
        result_digest=run.result_digest or "",
    )


def _item(plan: Plan, placement: Placement, worth: Mapping[str, Worth]) -> FrozenItem:
    key = plan.problem.initiatives[placement.initiative].key
    initiative = plan.initiatives[key]
    chosen = plan.problem.option(placement)
    option = next(one for one in initiative.options if one.key == chosen.key)
    spend = _spend(plan.problem, placement)
    total = sum(one.amount_minor for one in spend)
    start = Quarter.parse(plan.problem.quarters[placement.start])
    journey = initiative.journey
    return FrozenItem(
        initiative_id=initiative.id,
        key=key,
        title=initiative.title,
        version=initiative.version,
        journey=journey.name if journey else None,
        unit=initiative.unit,
        lens=initiative.lens.value,
        owner=_person(initiative.owner),
        sponsor=_person(initiative.sponsor) if initiative.sponsor else None,
        created_by=_person(initiative.created_by),
        certified_by=_person(initiative.certified_by) if initiative.certified_by else None,
        certified_at=initiative.certified_at,
        option_id=option.id,
        option_key=option.key,
        option_name=option.name,
        start=str(start),
        spend=spend,
        spend_minor=total,
        value_allocated_minor=worth[key].allocated,
        value_standalone_minor=worth[key].standalone,
        value_marginal_minor=worth[key].marginal,
        effort_minutes=chosen.effort_minutes,
        grades=_grades(option),
        is_declared=option.declared_benefit_minor is not None,
        milestones=_milestones(initiative, total, start),
    )


def _spend(problem: Problem, placement: Placement) -> tuple[FrozenSpend, ...]:
    """The whole spend by quarter, also what falls after the last planning quarter."""
    first = Quarter.parse(problem.quarters[placement.start])
    return tuple(
        FrozenSpend(problem.funds[flow.target].key, str(first + offset), int(amount))
        for flow in problem.option(placement).spend
        for offset, amount in enumerate(flow.amounts)
        if amount
    )


def _grades(option: Option) -> tuple[str, ...]:
    grades = {effect.grade.value for effect in option.effects}
    if option.declared_grade is not None:
        grades.add(option.declared_grade.value)
    return tuple(sorted(grades))


def _milestones(
    initiative: Initiative, amount_minor: int, start: Quarter
) -> tuple[FrozenMilestone, ...]:
    by_id = {milestone.id: milestone for milestone in initiative.milestones}
    plans = [
        MilestonePlan(m.id, m.due_on, m.tranche_share, m.source_minor)
        for m in initiative.milestones
    ]
    tranches = planned_tranches(
        amount_minor, plans, planned_start=initiative.planned_start, start=start
    )
    return tuple(_milestone(by_id[one.milestone_id], one) for one in tranches)


def _milestone(milestone: Milestone, tranche: PlannedTranche) -> FrozenMilestone:
    return FrozenMilestone(
        id=milestone.id,
        name=milestone.name,
        due_on=tranche.due_on,
        share=milestone.tranche_share,
        tranche_minor=tranche.amount_minor,
        action_if_missed=milestone.action_if_missed,
        criteria=tuple(_criterion(one) for one in milestone.criteria),
        kind=milestone.kind.value,
        target_error=milestone.target_error,
    )


def _criterion(criterion: Criterion) -> FrozenCriterion:
    return FrozenCriterion(
        metric=criterion.metric,
        unit=criterion.unit,
        direction=criterion.direction.value,
        baseline=criterion.baseline,
        threshold=criterion.threshold,
        minimum_sample=criterion.minimum_sample,
        is_must_meet=criterion.is_must_meet,
        behaviour_id=criterion.behaviour_id,
        link=criterion.link.value if criterion.link else None,
    )
