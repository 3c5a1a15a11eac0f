"""Save what a file holds, table by table in many rows at once.

While SQLite saves nobody else can write, and an object for each row would take ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.calendar.models import Cycle, Fund
from app.db.base import Base
from app.initiatives.models import Criterion, Initiative, Milestone, Option, OptionSpend
from app.initiatives.rules import Direction, EvidenceGrade, InitiativeState, Lens
from app.registry.engine.drafts import CriterionDraft, InitiativeDraft, MilestoneDraft
from app.registry.engine.mapping import Mapping
from app.roadmap.models import Evidence

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """What all rows of one import have in common; ``fund`` pays, None where nothing costs."""

    batch_id: int
    mapping: Mapping
    cycle: Cycle
    fund: Fund | None
    actor: Person
    now: datetime


def save_drafts(session: Session, drafts: Sequence[InitiativeDraft], origin: Origin) -> None:
    """Add the drafts as initiatives, each with one option, its milestones and measurements."""
    ids = _added(session, Initiative, [_initiative(one, origin) for one in drafts])
    options = [_option(one, id_, origin) for one, id_ in zip(drafts, ids, strict=True)]
    spends = zip(drafts, _added(session, Option, options), strict=True)
    _add(session, OptionSpend, [row for one, id_ in spends for row in _spend(one, id_, origin)])
    milestones = [
        (id_, milestone)
        for one, id_ in zip(drafts, ids, strict=True)
        for milestone in one.milestones
    ]
    _save_milestones(session, milestones, origin)


def _save_milestones(
    session: Session, milestones: Sequence[tuple[int, MilestoneDraft]], origin: Origin
) -> None:
    """Add milestones, each with the id of its initiative, and all that hangs on them."""
    ids = _added(session, Milestone, [_milestone(one, of) for of, one in milestones])
    judged = [
        (id_, one, one.criterion)
        for id_, (_, one) in zip(ids, milestones, strict=True)
        if one.criterion is not None
    ]
    criteria = _added(session, Criterion, [_criterion(one, id_) for id_, _, one in judged])
    measured = zip(judged, criteria, strict=True)
    _add(
        session,
        Evidence,
        [row for (_, one, _), id_ in measured for row in _evidence(one, id_, origin)],
    )


def _add(session: Session, model: type[Base], rows: Sequence[_Row]) -> None:
    if rows:
        session.execute(insert(model), rows)


def _added(session: Session, model: Any, rows: Sequence[_Row]) -> Sequence[int]:
    """Add rows; their ids in the same order."""
    if not rows:
        return ()
    statement = insert(model).returning(model.id, sort_by_parameter_order=True)
    return session.scalars(statement, rows).all()


def _initiative(one: InitiativeDraft, origin: Origin) -> _Row:
    return {
        "key": one.key,
        "title": one.title,
        "state": InitiativeState.DRAFT,
        "cycle_id": origin.cycle.id,
        "journey_id": None,
        "unit": one.unit,
        "lens": Lens(one.lens),
        "currency": origin.cycle.currency,
        "planned_start": one.planned_start,
        "cost_minor": sum(one.spend_minor),
        "owner_id": origin.actor.id,
        "created_by_id": origin.actor.id,
        "import_batch_id": origin.batch_id,
        "created_at": origin.now,
        "changed_at": origin.now,
        "version": 1,
    }


def _option(one: InitiativeDraft, initiative_id: int, origin: Origin) -> _Row:
    benefit = origin.mapping.benefit if one.declared_benefit_minor is not None else None
    return {
        "initiative_id": initiative_id,
        "position": 1,
        "key": "full",
        "name": "As registered",
        "scope": f"As in {origin.mapping.source}.",
        "go_live_quarters": one.go_live_quarters,
        "ramp_quarters": 1,
        "half_life_quarters": None,
        "earliest_start": one.planned_start,
        "latest_start": None,
        "declared_benefit_minor": one.declared_benefit_minor,
        "declared_grade": EvidenceGrade(benefit.grade) if benefit else None,
        "declared_source": benefit.source if benefit else None,
    }


def _spend(one: InitiativeDraft, option_id: int, origin: Origin) -> Iterator[_Row]:
    if origin.fund is None:
        return
    for index, amount in enumerate(one.spend_minor):
        if amount:
            yield {
                "option_id": option_id,
                "fund_id": origin.fund.id,
                "quarter_index": index,
                "amount_minor": amount,
            }


def _milestone(one: MilestoneDraft, initiative_id: int) -> _Row:
    return {
        "initiative_id": initiative_id,
        "name": one.name,
        "due_on": one.due_on,
        "tranche_share": one.tranche_share,
        "source_minor": one.money_minor,
    }


def _criterion(one: CriterionDraft, milestone_id: int) -> _Row:
    return {
        "milestone_id": milestone_id,
        "metric": one.metric,
        "unit": one.unit,
        "direction": Direction(one.direction),
        "baseline": one.baseline,
        "threshold": one.threshold,
        "minimum_sample": None,
        "is_must_meet": one.is_must_meet,
    }


def _evidence(one: MilestoneDraft, criterion_id: int, origin: Origin) -> Iterator[_Row]:
    for reading in one.readings:
        yield {
            "tranche_id": None,
            "criterion_id": criterion_id,
            "value": reading.value,
            "sample": None,
            "measured_on": reading.measured_on,
            "source": f"{reading.source}, line {reading.line}",
            "recorded_by_id": origin.actor.id,
            "recorded_at": origin.now,
        }
