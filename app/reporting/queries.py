"""What needs somebody now, read across domains in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.approvals.rules import CommitmentState, TrancheState
from app.audit.models import AuditHead
from app.calendar.models import Cycle
from app.initiatives.models import Criterion, Initiative, InitiativeTouchpoint, Milestone
from app.initiatives.queries import head_of, load_shapes
from app.initiatives.rules import InitiativeState, missing_parts, next_step
from app.jobs.models import Job
from app.jobs.rules import JobState
from app.journeys.models import Journey, LeverPool, Stage, Touchpoint
from app.journeys.queries import list_journey_states
from app.journeys.rules import Channel, Lever, PoolState, hot_spot_score, pain, pain_scale
from app.roadmap.models import Evidence
from app.values.money import Money

_GONE = (InitiativeState.WITHDRAWN, InitiativeState.STOPPED)
_ON_THE_WAY = (
    InitiativeState.DRAFT,
    InitiativeState.SUBMITTED,
    InitiativeState.CERTIFIED,
    InitiativeState.CANDIDATE,
)


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A touchpoint that hurts; ``acting`` counts the live initiatives that change it."""

    touchpoint_id: int
    journey_key: str
    journey_name: str
    stage_name: str
    channel: Channel
    pain: int
    acting: int


def list_hot_spots(session: Session) -> list[HotSpot]:
    """Every measured touchpoint of the journeys in use, the most painful first."""
    places = _places(session)
    acting = _acting_counts(session)
    found = []
    for one in list_journey_states(session):
        if not one.journey.is_in_use:
            continue
        scale = pain_scale(one.figures.values())
        for touchpoint_id, figure in one.figures.items():
            score = hot_spot_score(figure.importance, figure.shortfall, figure.contacts_per_year)
            stage, channel = places[touchpoint_id]
            found.append(
                HotSpot(
                    touchpoint_id, one.journey.key, one.journey.name, stage, channel,
                    pain(score, scale), acting.get(touchpoint_id, 0),
                )
            )  # fmt: skip
    return sorted(found, key=lambda spot: (-spot.pain, spot.touchpoint_id))


def _places(session: Session) -> dict[int, tuple[str, Channel]]:
    rows = session.execute(
        select(Touchpoint.id, Stage.name, Touchpoint.channel).join(
            Stage, Stage.id == Touchpoint.stage_id
        )
    )
    return {id_: (stage, channel) for id_, stage, channel in rows}


def _acting_counts(session: Session) -> dict[int, int]:
    rows = session.execute(
        select(InitiativeTouchpoint.touchpoint_id, func.count())
        .join(Initiative, Initiative.id == InitiativeTouchpoint.initiative_id)
        .where(Initiative.state.not_in(_GONE))
        .group_by(InitiativeTouchpoint.touchpoint_id)
    )
    return {id_: count for id_, count in rows}  # noqa: C416


@dataclass(frozen=True, slots=True)
class InitiativeLine:
    """An initiative as a list names it, with what it needs next."""

    key: str
    title: str
    state: InitiativeState
    owner_name: str
    next_step: str


def list_owned(session: Session, person: Person, *, limit: int) -> list[InitiativeLine]:
    """The person's own initiatives on their way to a decision, by key."""
    return _lines(
        session, Initiative.owner_id == person.id, Initiative.state.in_(_ON_THE_WAY), limit=limit
    )


def list_to_certify(session: Session, *, limit: int) -> list[InitiativeLine]:
    """Initiatives that wait for Finance, by key."""
    return _lines(session, Initiative.state == InitiativeState.SUBMITTED, limit=limit)


def count_to_certify(session: Session) -> int:
    query = select(func.count()).where(Initiative.state == InitiativeState.SUBMITTED)
    return session.scalar(query) or 0


def _lines(session: Session, *conditions: object, limit: int) -> list[InitiativeLine]:
    query = (
        select(Initiative, Cycle, Person.name)
        .join(Person, Person.id == Initiative.owner_id)
        .outerjoin(Cycle, Cycle.id == Initiative.cycle_id)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(Initiative.key)
        .limit(limit)
    )
    rows = list(session.execute(query))
    drafts = [head_of(one, cycle) for one, cycle, _ in rows if one.state is InitiativeState.DRAFT]
    shapes = load_shapes(session, drafts)
    gaps = {id_: next(iter(missing_parts(shape)), None) for id_, shape in shapes.items()}
    return [
        InitiativeLine(one.key, one.title, one.state, owner, next_step(one.state, gaps.get(one.id)))
        for one, _, owner in rows
    ]


@dataclass(frozen=True, slots=True)
class PoolLine:
    """A lever pool that waits for Finance."""

    journey_key: str
    journey_name: str
    lever: Lever
    annual_value_minor: int
    currency: str


def list_claimed_pools(session: Session) -> list[PoolLine]:
    """Pools nobody has certified yet, by journey."""
    query = (
        select(
            Journey.key, Journey.name, LeverPool.lever, LeverPool.annual_value_minor,
            Journey.currency,
        )
        .join(Journey, Journey.id == LeverPool.journey_id)
        .where(LeverPool.state == PoolState.CLAIMED)
        .order_by(Journey.name, LeverPool.lever)
    )  # fmt: skip
    return [PoolLine(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class GateLine:
    """An open hurdle: how much it holds and how far its evidence has come."""

    tranche_id: int
    key: str
    title: str
    milestone: str
    due_on: date
    amount_minor: int
    currency: str
    state: TrancheState
    criteria: int
    measured: int

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_measured(self) -> bool:
        return self.criteria > 0 and self.measured >= self.criteria


def list_open_gates(session: Session, *, until: date) -> list[GateLine]:
    """Hurdles due by ``until`` that nobody has decided for good, the earliest first."""
    criteria = (
        select(Criterion.milestone_id, func.count().label("criteria"))
        .group_by(Criterion.milestone_id)
        .subquery()
    )
    measured = (
        select(
            Criterion.milestone_id,
            func.count(func.distinct(Evidence.criterion_id)).label("measured"),
        )
        .join(Evidence, Evidence.criterion_id == Criterion.id)
        .group_by(Criterion.milestone_id)
        .subquery()
    )
    query = (
        select(
            Tranche.id, Initiative.key, Initiative.title, Milestone.name, Tranche.due_on,
            Tranche.amount_minor, Tranche.currency, Tranche.state,
            func.coalesce(criteria.c.criteria, 0), func.coalesce(measured.c.measured, 0),
        )
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .join(Initiative, Initiative.id == Commitment.initiative_id)
        .join(Milestone, Milestone.id == Tranche.milestone_id)
        .outerjoin(criteria, criteria.c.milestone_id == Milestone.id)
        .outerjoin(measured, measured.c.milestone_id == Milestone.id)
        .where(
            Tranche.state.in_((TrancheState.PENDING, TrancheState.HELD)), Tranche.due_on <= until
        )
        .order_by(Tranche.due_on, Tranche.id)
    )  # fmt: skip
    return [GateLine(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class SystemState:
    """What an admin looks at first."""

    people: int
    failed_jobs: int
    waiting_jobs: int
    audit_events: int


def load_system_state(session: Session) -> SystemState:
    """Counts of people, jobs and audit events."""
    by_state = select(Job.state, func.count()).group_by(Job.state)
    jobs = {state: count for state, count in session.execute(by_state)}  # noqa: C416
    people = session.scalar(select(func.count()).where(Person.is_active)) or 0
    events = session.scalar(select(AuditHead.number)) or 0
    return SystemState(
        people,
        jobs.get(JobState.FAILED, 0) + jobs.get(JobState.LOST, 0),
        jobs.get(JobState.QUEUED, 0) + jobs.get(JobState.RUNNING, 0),
        events,
    )


def list_delivering_cycles(session: Session) -> list[Cycle]:
    """Cycles whose commitments still run, the newest first."""
    running = select(Commitment.cycle_id).where(Commitment.state == CommitmentState.ACTIVE)
    query = select(Cycle).where(Cycle.id.in_(running)).order_by(Cycle.starts_on.desc())
    return list(session.scalars(query))
