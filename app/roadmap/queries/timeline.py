"""Read all commitments with their hurdles for the roadmap, by columns rather than by objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Person
from app.accounts.queries import list_permitted
from app.approvals.models import Commitment, CommitmentSpend, Tranche
from app.approvals.rules import OPEN_TRANCHES, CommitmentState, TrancheState
from app.calendar.models import Cycle
from app.initiatives.models import Criterion, Initiative, Milestone
from app.initiatives.rules import InitiativeState
from app.journeys.models import Journey
from app.roadmap.models import Evidence, HurdleDecision, PlanVersion
from app.roadmap.queries.amendments import IN_FORCE, WANTED_SAMPLE, WANTED_THRESHOLD, is_in_force
from app.roadmap.queries.facts import AmendmentRow, amended
from app.roadmap.queries.works import load_shifts
from app.roadmap.rules import (
    PERMISSION,
    CriterionFacts,
    HurdleAction,
    HurdleFacts,
    Measurement,
    Reading,
    readings,
)
from app.roadmap.rules.works import Shift, shifted
from app.values.quarter import Quarter


class TimelineHurdle(NamedTuple):
    """One hurdle of a commitment with what its state is derived from.

    ``facts`` hold criteria and their latest measurements where an open hurdle has any; without
    them only dates count.
    """

    tranche_id: int
    milestone_id: int
    position: int
    name: str
    baseline_due_on: date
    amount_minor: int
    decided_on: date | None
    decided_by: str | None
    facts: HurdleFacts

    @property
    def due_on(self) -> date:
        return self.facts.due_on

    @property
    def is_open(self) -> bool:
        return self.facts.is_open

    @property
    def slip_days(self) -> int:
        """How many days later than first agreed, negative when earlier."""
        return (self.facts.due_on - self.baseline_due_on).days


@dataclass(frozen=True, slots=True)
class TimelineCommitment:
    """One funded initiative; ``stopped_on`` is the day its money was freed.

    ``stage`` is where the initiative stands, which says what became of it after its money.
    ``spends_until`` is the last quarter with approved spend, None where nothing is spent.
    ``plan_number`` is the newest plan version of its cycle, 0 where nothing moved since.
    """

    id: int
    key: str
    title: str
    owner_id: int
    owner: str
    created_by_id: int
    journey_key: str | None
    journey: str | None
    unit: str
    cycle_id: int
    cycle: str
    start: Quarter
    ends_on: date
    state: CommitmentState
    stage: InitiativeState
    amount_minor: int
    currency: str
    spends_until: Quarter | None
    hurdles: tuple[TimelineHurdle, ...]
    shifts: tuple[Shift, ...] = ()
    plan_number: int = 0

    @property
    def starts_on(self) -> date:
        """The first day as planned now."""
        return shifted(self.start.first_day, self.shifts)

    @property
    def end_word(self) -> str:
        """What became of it, nothing while its money is on the way."""
        if self.state is CommitmentState.STOPPED:
            return "stopped"
        if self.stage in (InitiativeState.SUSTAINED, InitiativeState.RETIRED):
            return self.stage.word.lower()
        if self.state is not CommitmentState.COMPLETED:
            return ""
        was_finished = any(one.facts.was_finished for one in self.hurdles)
        return "finished early" if was_finished else "all released"

    @property
    def stopped_on(self) -> date | None:
        """The day it was stopped, None while it was not."""
        if self.state is not CommitmentState.STOPPED:
            return None
        days = (one.decided_on for one in self.hurdles if one.facts.state is TrancheState.FREED)
        return next((day for day in days if day is not None), None)

    @property
    def baseline_ends_on(self) -> date:
        """The last day as approved, whatever moved since."""
        days = [one.baseline_due_on for one in self.hurdles]
        if self.spends_until is not None:
            days.append(self.spends_until.last_day)
        return max([self.start.last_day, *days])

    @property
    def released_minor(self) -> int:
        """Money that hurdles let go."""
        return sum(
            one.amount_minor for one in self.hurdles if one.facts.state is TrancheState.RELEASED
        )


def load_timeline(session: Session) -> list[TimelineCommitment]:
    """All commitments by start and key with their hurdles in order, in four queries."""
    shifts = load_shifts(session)
    hurdles = _hurdles(session, shifts)
    spends_until = (
        select(func.max(CommitmentSpend.quarter))
        .where(CommitmentSpend.commitment_id == Commitment.id, CommitmentSpend.amount_minor > 0)
        .scalar_subquery()
    )
    numbers = (
        select(PlanVersion.cycle_id, func.max(PlanVersion.number).label("number"))
        .group_by(PlanVersion.cycle_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Commitment.id, Initiative.key, Initiative.title, Initiative.owner_id,
            Person.name, Initiative.created_by_id, Journey.key, Journey.name, Initiative.unit,
            Commitment.cycle_id, Cycle.name, Commitment.start, Commitment.ends_on,
            Commitment.state, Initiative.state, Commitment.amount_minor, Commitment.currency,
            spends_until, numbers.c.number,
        )
        .join(Commitment.initiative)
        .join(Initiative.owner)
        .join(Commitment.cycle)
        .outerjoin(Initiative.journey)
        .outerjoin(numbers, numbers.c.cycle_id == Commitment.cycle_id)
        .order_by(Commitment.start, Initiative.key, Commitment.id)
    )  # fmt: skip
    return [
        _commitment([*row, tuple(hurdles.get(row[0], ())), shifts.get(row[0], ()), number or 0])
        for *row, number in rows
    ]


def _commitment(columns: list[Any]) -> TimelineCommitment:
    return TimelineCommitment(*columns)


def _hurdles(
    session: Session, shifts: Mapping[int, Sequence[Shift]]
) -> dict[int, list[TimelineHurdle]]:
    """Hurdles in order, by commitment id."""
    hold, end = aliased(HurdleDecision), aliased(HurdleDecision)
    is_hold = hold.action == HurdleAction.HOLD
    is_end = end.action.in_([one for one in HurdleAction if one.ends_hurdle])
    rows = session.execute(
        select(
            Tranche.commitment_id, Commitment.start, Tranche.id, Tranche.milestone_id,
            Tranche.position, Milestone.name, Tranche.baseline_due_on, Tranche.due_on,
            Tranche.amount_minor, Tranche.state, hold.decided_at, hold.hold_until, end.decided_at,
            end.action, end.recommended, Person.name,
        )
        .join(Tranche.milestone)
        .join(Tranche.commitment)
        .outerjoin(hold, and_(hold.tranche_id == Tranche.id, is_hold))
        .outerjoin(end, and_(end.tranche_id == Tranche.id, is_end))
        .outerjoin(Person, Person.id == end.decided_by_id)
        .order_by(Tranche.commitment_id, Tranche.position)
    )  # fmt: skip
    evidence = load_open_evidence(session)
    starts: dict[int, date] = {}
    found: dict[int, list[TimelineHurdle]] = {}
    for commitment_id, start, id_, milestone_id, position, name, baseline_due_on, *rest in rows:
        due_on, minor, state, held_at, until, ended_at, action, recommended, by = rest
        criteria, measurements = evidence.get(id_, NOTHING)
        if commitment_id not in starts:
            starts[commitment_id] = shifted(start.first_day, shifts.get(commitment_id, ()))
        facts = HurdleFacts(
            state,
            due_on,
            criteria,
            measurements,
            _day(held_at),
            action is recommended,
            was_decided=ended_at is not None,
            held_until=until,
            was_finished=action is HurdleAction.FINISH,
            starts_on=starts[commitment_id],
        )
        hurdle = TimelineHurdle(
            id_, milestone_id, position, name, baseline_due_on, minor, _day(ended_at), by, facts
        )
        found.setdefault(commitment_id, []).append(hurdle)
    return found


def _day(at: datetime | None) -> date | None:
    return at.date() if at is not None else None


Known = tuple[tuple[CriterionFacts, ...], tuple[Measurement, ...]]
NOTHING: Known = ((), ())


def load_open_evidence(session: Session) -> dict[int, Known]:
    """Criteria with their latest measurements, by tranche, of open hurdles that have any."""
    place = func.row_number().over(
        partition_by=(Tranche.id, Criterion.id),
        order_by=(Evidence.measured_on.desc(), Evidence.id.desc()),
    )
    ranked = _criteria_with_evidence(place.label("place")).where(
        Tranche.state.in_(OPEN_TRANCHES), has_evidence()
    )
    part = ranked.subquery()
    rows = session.execute(
        select(part).where(part.c.place == 1).order_by(part.c.tranche_id, part.c.criterion_id)
    )
    criteria: dict[int, list[CriterionFacts]] = {}
    measurements: dict[int, list[Measurement]] = {}
    for row in rows:
        criteria.setdefault(row.tranche_id, []).append(criterion_facts(row))
        if row.number is not None:
            measurements.setdefault(row.tranche_id, []).append(_measurement(row))
    return {
        id_: (tuple(found), tuple(measurements.get(id_, ()))) for id_, found in criteria.items()
    }


def has_evidence() -> ColumnElement[bool]:
    """Whether anything was measured for a tranche: asked of evidence, which few of them have."""
    for_tranche = select(Evidence.tranche_id).where(Evidence.tranche_id.is_not(None))
    for_milestone = (
        select(Criterion.milestone_id)
        .join(Evidence, Evidence.criterion_id == Criterion.id)
        .where(Evidence.tranche_id.is_(None))
    )
    return or_(Tranche.id.in_(for_tranche), Tranche.milestone_id.in_(for_milestone))


def counts_for_tranche() -> ColumnElement[bool]:
    """Evidence belongs to its criterion: what a registry brought in has no tranche."""
    return or_(Evidence.tranche_id.is_(None), Evidence.tranche_id == Tranche.id)


def _criteria_with_evidence(*more: Any) -> Select[*tuple[Any, ...]]:
    """Criteria as they are judged now; `more` columns may be of IN_FORCE."""
    return (
        select(
            Tranche.id.label("tranche_id"), Criterion.id.label("criterion_id"), Criterion.metric,
            Criterion.unit, Criterion.direction, Criterion.is_must_meet,
            WANTED_THRESHOLD.label("threshold"), WANTED_SAMPLE.label("minimum_sample"),
            Evidence.id.label("number"), Evidence.value, Evidence.sample, Evidence.measured_on,
            Evidence.window_from, Evidence.starts_on, Evidence.recorded_by_id, *more,
        )
        .join(Criterion, Criterion.milestone_id == Tranche.milestone_id)
        .outerjoin(IN_FORCE, is_in_force())
        .outerjoin(Evidence, and_(Evidence.criterion_id == Criterion.id, counts_for_tranche()))
    )  # fmt: skip


def criterion_facts(row: Row[Any]) -> CriterionFacts:
    return CriterionFacts(
        row.criterion_id, row.metric, row.unit, row.direction, row.threshold, row.minimum_sample,
        row.is_must_meet,
    )  # fmt: skip


def _measurement(row: Row[Any]) -> Measurement:
    return Measurement(
        row.number, row.criterion_id, row.value, row.sample, row.measured_on, row.window_from,
        row.starts_on,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HurdleEvidence:
    """The readings of one hurdle, and who may not decide it: who recorded them, moved its date or
    asked for an amendment its criteria are judged on."""

    readings: tuple[Reading, ...]
    recorded_by: frozenset[int]
    moved_by: frozenset[int]
    amended_by: frozenset[int] = frozenset()


def load_hurdle_evidence(
    session: Session,
    tranche_id: int,
    starts_on: date | None = None,
    moved_by: Iterable[int] = (),
) -> HurdleEvidence:
    """Every criterion of a hurdle with its latest measurement.

    ``starts_on``: the first day of its work as planned now; ``moved_by``: who moved its date.
    """
    asker, ender = aliased(Person), aliased(Person)
    rows = session.execute(
        _criteria_with_evidence(
            IN_FORCE, asker.name.label("asked_by"), ender.name.label("ended_by"),
            Criterion.threshold.label("approved"),
            Criterion.minimum_sample.label("approved_sample"),
        )
        .outerjoin(asker, asker.id == IN_FORCE.asked_by_id)
        .outerjoin(ender, ender.id == IN_FORCE.ended_by_id)
        .where(Tranche.id == tranche_id)
        .order_by(Criterion.id)
    ).all()  # fmt: skip
    criteria = {row.criterion_id: _with_amendment(row) for row in rows}
    measured = [row for row in rows if row.number is not None]
    return HurdleEvidence(
        readings(criteria.values(), (_measurement(row) for row in measured), starts_on),
        frozenset(row.recorded_by_id for row in measured),
        frozenset(moved_by),
        frozenset(row.in_force.asked_by_id for row in rows if row.in_force is not None),
    )


def _with_amendment(row: Row[Any]) -> CriterionFacts:
    """The criterion with the amendment it is judged on, if there is one."""
    agreed = row.in_force
    if agreed is None:
        return criterion_facts(row)
    approved = replace(
        criterion_facts(row), threshold=row.approved, minimum_sample=row.approved_sample
    )
    return amended(approved, [AmendmentRow(agreed, row.asked_by, row.ended_by)])


def list_deciders(session: Session) -> list[tuple[int, str]]:
    """Id and name of everybody whose role decides hurdles, by name."""
    return list_permitted(session, PERMISSION)
