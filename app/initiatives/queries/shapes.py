"""How far proposals have come, for one or for a whole list, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.calendar.models import Cycle
from app.initiatives.models import (
    Answer,
    Criterion,
    Effect,
    Initiative,
    Milestone,
    Option,
    OptionDemand,
    OptionSpend,
)
from app.initiatives.rules import ProposalShape, Question, Step, due_day_fault
from app.journeys.models import Baseline, Journey, LeverPool
from app.journeys.rules import PoolState
from app.values.quarter import Quarter, QuarterSpan


@dataclass(frozen=True, slots=True)
class ProposalHead:
    """What an initiative's own row says about how far it has come; ``span``: its cycle's."""

    id: int
    planned_start: Quarter
    is_registered: bool
    has_sponsor: bool
    cycle_name: str
    span: QuarterSpan | None


def head_of(initiative: Initiative, cycle: Cycle | None) -> ProposalHead:
    return ProposalHead(
        id=initiative.id,
        planned_start=initiative.planned_start,
        is_registered=initiative.import_batch_id is not None,
        has_sponsor=initiative.sponsor_id is not None,
        cycle_name=cycle.name if cycle else "",
        span=cycle.quarters if cycle else None,
    )


def load_shapes(session: Session, heads: Sequence[ProposalHead]) -> dict[int, ProposalShape]:
    """The shape of each initiative by id, in three queries."""
    if not heads:
        return {}
    ids = [head.id for head in heads]
    answered, options = _answered(session, ids), _options(session, ids)
    milestones = _milestones(session, ids)
    return {
        head.id: _shape(head, answered[head.id], options[head.id], milestones[head.id])
        for head in heads
    }


@dataclass(frozen=True, slots=True)
class _OptionRow:
    name: str
    has_spend: bool
    has_benefit: bool


@dataclass(frozen=True, slots=True)
class _MilestoneRow:
    name: str
    due_on: date
    share: Decimal
    has_criteria: bool


def _shape(
    head: ProposalHead,
    answered: set[Question],
    options: list[_OptionRow],
    milestones: list[_MilestoneRow],
) -> ProposalShape:
    return ProposalShape(
        is_registered=head.is_registered,
        has_cycle=head.span is not None,
        has_sponsor=head.has_sponsor,
        unanswered=tuple(step.word for step in Step if not step.is_answered(answered)),
        options=tuple(one.name for one in options),
        options_without_spend=tuple(one.name for one in options if not one.has_spend),
        options_without_benefit=tuple(one.name for one in options if not one.has_benefit),
        milestones=len(milestones),
        tranche_total=sum((one.share for one in milestones), Decimal(0)),
        milestones_without_criteria=tuple(one.name for one in milestones if not one.has_criteria),
        misplaced_milestones=tuple(
            one.name
            for one in milestones
            if due_day_fault(one.due_on, head.planned_start, head.span, head.cycle_name)
        ),
    )


def _answered(session: Session, ids: Sequence[int]) -> dict[int, set[Question]]:
    found: dict[int, set[Question]] = defaultdict(set)
    for id_, question in session.execute(
        select(Answer.initiative_id, Answer.question).where(Answer.initiative_id.in_(ids))
    ):
        found[id_].add(question)
    return found


def _options(session: Session, ids: Sequence[int]) -> dict[int, list[_OptionRow]]:
    spends = or_(
        exists().where(OptionSpend.option_id == Option.id, OptionSpend.amount_minor > 0),
        exists().where(OptionDemand.option_id == Option.id, OptionDemand.days > 0),
    )
    benefits = or_(
        exists().where(Effect.option_id == Option.id), Option.declared_benefit_minor.is_not(None)
    )
    found: dict[int, list[_OptionRow]] = defaultdict(list)
    for id_, name, has_spend, has_benefit in session.execute(
        select(Option.initiative_id, Option.name, spends, benefits)
        .where(Option.initiative_id.in_(ids))
        .order_by(Option.initiative_id, Option.position)
    ):
        found[id_].append(_OptionRow(name, bool(has_spend), bool(has_benefit)))
    return found


def _milestones(session: Session, ids: Sequence[int]) -> dict[int, list[_MilestoneRow]]:
    measured = exists().where(Criterion.milestone_id == Milestone.id)
    found: dict[int, list[_MilestoneRow]] = defaultdict(list)
    for id_, name, due_on, share, has_criteria in session.execute(
        select(
            Milestone.initiative_id, Milestone.name, Milestone.due_on, Milestone.tranche_share,
            measured,
        )
        .where(Milestone.initiative_id.in_(ids))
        .order_by(Milestone.initiative_id, Milestone.due_on, Milestone.id)
    ):  # fmt: skip
        found[id_].append(_MilestoneRow(name, due_on, share, bool(has_criteria)))
    return found


@dataclass(frozen=True, slots=True)
class PoolUse:
    """A pool that an initiative works on, as guards see it."""

    name: str
    is_certified: bool
    journey: str
    currency: str
    has_baseline: bool


def load_pool_uses(session: Session, ids: Sequence[int]) -> dict[int, list[PoolUse]]:
    """The pools each initiative works on under any option, by initiative id, in one query."""
    measured = exists().where(Baseline.journey_id == Journey.id)
    found: dict[int, list[PoolUse]] = defaultdict(list)
    if not ids:
        return found
    rows = session.execute(
        select(
            Option.initiative_id, Journey.name, LeverPool.lever, LeverPool.state,
            Journey.currency, measured,
        )
        .select_from(Effect)
        .join(Effect.option)
        .join(Effect.pool)
        .join(LeverPool.journey)
        .where(Option.initiative_id.in_(ids))
        .distinct()
        .order_by(Option.initiative_id, Journey.name, LeverPool.lever)
    )  # fmt: skip
    for id_, journey, lever, state, currency, has_baseline in rows:
        name = f"{journey}, {lever.value}"
        found[id_].append(
            PoolUse(name, state is PoolState.CERTIFIED, journey, currency, bool(has_baseline))
        )
    return found


def load_measured_journeys(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """The given journeys by id: name and whether they have a baseline."""
    if not ids:
        return {}
    measured = exists().where(Baseline.journey_id == Journey.id)
    rows = session.execute(select(Journey.id, Journey.name, measured).where(Journey.id.in_(ids)))
    return {id_: (name, bool(has)) for id_, name, has in rows}
