"""How far proposals have come, for one or for a whole list, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Text,
    cast,
    exists,
    false,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from app.calendar.models import Cycle
from app.db.types import ShareType
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
    """The shape of each initiative by id, in one query."""
    if not heads:
        return {}
    parts = _load_parts(session, [head.id for head in heads])
    return {head.id: _shape(head, parts[head.id]) for head in heads}


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


def _shape(head: ProposalHead, parts: _Parts) -> ProposalShape:
    options, milestones = parts.options, parts.milestones
    return ProposalShape(
        is_registered=head.is_registered,
        has_cycle=head.span is not None,
        has_sponsor=head.has_sponsor,
        unanswered=tuple(step.word for step in Step if not step.is_answered(parts.answered)),
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


@dataclass(slots=True)
class _Parts:
    """The parts of one initiative, in the order people see them."""

    answered: set[Question] = field(default_factory=set)
    options: list[_OptionRow] = field(default_factory=list)
    milestones: list[_MilestoneRow] = field(default_factory=list)


def _load_parts(session: Session, ids: Sequence[int]) -> dict[int, _Parts]:
    """Answers, options and milestones in one query: (kind, id, words, two flags, day, share)."""
    statement = union_all(_answers(ids), _options(ids), _milestones(ids))
    found: dict[int, _Parts] = defaultdict(_Parts)
    for kind, id_, words, one, two, due_on, share, _ in sorted(
        session.execute(statement), key=lambda row: (row[1], row[-1])
    ):
        parts = found[id_]
        if kind == "answer":
            parts.answered.add(Question(words))
        elif kind == "option":
            parts.options.append(_OptionRow(words, bool(one), bool(two)))
        else:
            parts.milestones.append(_MilestoneRow(words, due_on, share, bool(one)))
    return found


_NO_DAY = cast(null(), Date)
_NO_SHARE = type_coerce(cast(null(), BigInteger), ShareType)


def _answers(ids: Sequence[int]) -> Any:
    words = type_coerce(Answer.question, Text)
    return select(
        literal("answer"), Answer.initiative_id, words, false(), false(), _NO_DAY, _NO_SHARE,
        literal(0),
    ).where(Answer.initiative_id.in_(ids))  # fmt: skip


def _options(ids: Sequence[int]) -> Any:
    spends = or_(
        exists().where(OptionSpend.option_id == Option.id, OptionSpend.amount_minor > 0),
        exists().where(OptionDemand.option_id == Option.id, OptionDemand.days > 0),
    )
    benefits = or_(
        exists().where(Effect.option_id == Option.id), Option.declared_benefit_minor.is_not(None)
    )
    return select(
        literal("option"), Option.initiative_id, Option.name, spends, benefits, _NO_DAY, _NO_SHARE,
        Option.position,
    ).where(Option.initiative_id.in_(ids))  # fmt: skip


def _milestones(ids: Sequence[int]) -> Any:
    measured = exists().where(Criterion.milestone_id == Milestone.id)
    return select(
        literal("milestone"), Milestone.initiative_id, Milestone.name, measured, false(),
        Milestone.due_on, Milestone.tranche_share, Milestone.id,
    ).where(Milestone.initiative_id.in_(ids))  # fmt: skip


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
