"""How milestones stand, for the initiative's own page: dates in force, state and measurements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.approvals.rules import TrancheState
from app.initiatives.models import Criterion
from app.initiatives.queries import (
    MILESTONE_STANDINGS,
    AmendedFigures,
    CriterionStanding,
    HurdleDates,
    Measured,
    MilestoneStanding,
)
from app.roadmap.models import Evidence
from app.roadmap.queries.facts import TrancheKey, load_hurdle_rows
from app.roadmap.rules import HurdleFacts, hurdle_state

Recorded = Mapping[int, tuple[str, str]]
"""Source and recorder's name by the evidence's id."""


def list_standings(
    session: Session, milestone_ids: Collection[int], today: date
) -> dict[int, MilestoneStanding]:
    """Milestones by id; of several commitments the last one counts."""
    dates: dict[int, tuple[TrancheKey, date]] = {}
    for tranche_id, milestone_id, tranche_state, due_on, agreed in session.execute(
        select(
            Tranche.id, Tranche.milestone_id, Tranche.state, Tranche.due_on, Tranche.baseline_due_on
        )
        .where(Tranche.milestone_id.in_(milestone_ids))
        .order_by(Tranche.id)
    ):
        dates[milestone_id] = TrancheKey(tranche_id, milestone_id, tranche_state, due_on), agreed
    recorded = _recorded(session, milestone_ids)
    if not dates and not recorded:
        return {}
    unfunded = {id_: _unfunded(id_, today) for id_ in milestone_ids if id_ not in dates}
    rows = load_hurdle_rows(session, [*(key for key, _ in dates.values()), *unfunded.values()])
    found = {}
    for id_ in milestone_ids:
        key = dates[id_][0] if id_ in dates else unfunded[id_]
        facts = rows.facts(key)
        hurdle = None
        if id_ in dates:
            state = hurdle_state(facts, today)
            hurdle = HurdleDates(key.id, dates[id_][1], key.due_on, state.value, state.word)
        found[id_] = MilestoneStanding(hurdle, _criteria(facts, recorded), _amended(facts))
    return found


def _unfunded(milestone_id: int, today: date) -> TrancheKey:
    """A key no tranche has: only evidence of the criterion itself belongs to it."""
    return TrancheKey(0, milestone_id, TrancheState.PENDING, today)


def _recorded(session: Session, milestone_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    rows = session.execute(
        select(Evidence.id, Evidence.source, Person.name)
        .join(Evidence.criterion)
        .join(Person, Person.id == Evidence.recorded_by_id)
        .where(Criterion.milestone_id.in_(milestone_ids))
    )
    return {id_: (source, name) for id_, source, name in rows}


def _amended(facts: HurdleFacts) -> dict[int, AmendedFigures]:
    return {
        one.id: AmendedFigures(
            one.threshold, one.minimum_sample, one.amended.agreed_by, one.amended.agreed_on,
            one.amended.reason,
        )
        for one in facts.criteria
        if one.amended is not None
    }  # fmt: skip


def _criteria(facts: HurdleFacts, recorded: Recorded) -> dict[int, CriterionStanding]:
    series: dict[int, list[Measured]] = {}
    for one in sorted(facts.measurements, key=lambda m: (m.measured_on, m.number), reverse=True):
        series.setdefault(one.criterion_id, []).append(
            Measured(one.value, one.sample, one.measured_on, *recorded[one.number])
        )
    return {
        reading.criterion.id: CriterionStanding(
            tuple(series[reading.criterion.id]), None if reading.is_thin else reading.reaches
        )
        for reading in facts.readings
        if reading.latest is not None
    }


MILESTONE_STANDINGS.append(list_standings)
