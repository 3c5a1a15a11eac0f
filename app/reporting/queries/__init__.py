"""What needs somebody now, read across domains in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Person, SignInSession
from app.approvals.models import (
    ApprovalSignature,
    Commitment,
    Proposal,
    ProposalItem,
    Tranche,
)
from app.approvals.queries.conditions import count_open_conditions
from app.approvals.rules import CommitmentState, ProposalState, TrancheState
from app.audit.models import AuditHead
from app.calendar.models import Cycle
from app.initiatives.models import (
    Criterion,
    Initiative,
    InitiativeHandover,
    InitiativeTouchpoint,
    Milestone,
)
from app.initiatives.queries import head_of, load_shapes
from app.initiatives.rules import IN_PORTFOLIO, InitiativeState, missing_parts, next_step
from app.jobs.models import Job
from app.jobs.queries import count_jobs, list_workers
from app.jobs.rules import JobState
from app.journeys.models import (
    Baseline,
    Journey,
    LeverPool,
    Stage,
    Touchpoint,
    TouchpointFigure,
)
from app.journeys.queries import measured
from app.journeys.rules import Channel, Lever, PoolState, pain, pain_scale
from app.roadmap.models import Evidence
from app.roadmap.queries.judging import SINCE_THE_START
from app.roadmap.queries.needed import gone_key
from app.values.money import Money
from app.values.names import by_name

_ON_THE_WAY = (
    InitiativeState.DRAFT,
    InitiativeState.SUBMITTED,
    InitiativeState.CERTIFIED,
    InitiativeState.CANDIDATE,
)


_OWN_TURN = (InitiativeState.DRAFT, InitiativeState.CERTIFIED)
"""States in which the owner's own step is next, in the order of the home page."""


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A touchpoint that hurts, and whether a live initiative changes it."""

    touchpoint_id: int
    journey_key: str
    journey_name: str
    stage_name: str
    channel: Channel
    pain: int
    is_acted_on: bool


def list_hot_spots(session: Session) -> list[HotSpot]:
    """Every measured touchpoint shown in the journeys in use, the most painful first; one query."""
    places = defaultdict(list)
    for figure, *place in session.execute(_measured_places()):
        places[place[0]].append((measured(figure), place))
    found = []
    for on_journey in places.values():
        scale = pain_scale(figures for figures, _ in on_journey)
        for figures, (key, name, touchpoint_id, stage, channel, is_acted_on, hidden) in on_journey:
            if hidden:
                continue
            hurts = pain(figures.score, scale)
            found.append(HotSpot(touchpoint_id, key, name, stage, channel, hurts, is_acted_on))
    return sorted(found, key=lambda spot: (-spot.pain, spot.touchpoint_id))


def _measured_places() -> Select[*tuple[Any, ...]]:
    """The figures of each journey's last baseline with where they were measured."""
    newest = (
        select(Baseline.journey_id, func.max(Baseline.number).label("number"))
        .group_by(Baseline.journey_id)
        .subquery()
    )
    is_newest = (newest.c.journey_id == Baseline.journey_id) & (newest.c.number == Baseline.number)
    is_acted_on = (
        select(InitiativeTouchpoint.initiative_id)
        .join(Initiative, Initiative.id == InitiativeTouchpoint.initiative_id)
        .where(
            InitiativeTouchpoint.touchpoint_id == Touchpoint.id, Initiative.state.in_(IN_PORTFOLIO)
        )
        .exists()
    )
    return (
        select(
            TouchpointFigure, Journey.key, Journey.name, Touchpoint.id, Stage.name,
            Touchpoint.channel, is_acted_on, Stage.is_hidden,
        )
        .join(Baseline, Baseline.id == TouchpointFigure.baseline_id)
        .join(newest, is_newest)
        .join(Journey, Journey.id == Baseline.journey_id)
        .join(Touchpoint, Touchpoint.id == TouchpointFigure.touchpoint_id)
        .join(Stage, Stage.id == Touchpoint.stage_id)
        .where(Journey.is_in_use)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class InitiativeLine:
    """An initiative as a list names it, with what it needs next."""

    key: str
    title: str
    state: InitiativeState
    owner_name: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Owned:
    """Somebody's initiatives on their way: the first lines, how many wait for them, how many they
    own in all."""

    lines: list[InitiativeLine]
    needing: int
    total: int


def list_owned(session: Session, person: Person, *, limit: int) -> Owned:
    """The person's own initiatives on their way to a decision: what waits for them comes first."""
    own = (Initiative.owner_id == person.id, Initiative.state.in_(_ON_THE_WAY))
    places = ((Initiative.state == state, place) for place, state in enumerate(_OWN_TURN))
    turn = case(*places, else_=len(_OWN_TURN))
    lines, _ = _lines(session, *own, limit=limit, order=(turn, Initiative.key))
    mine = Initiative.owner_id == person.id
    waits = case((Initiative.state.in_(_OWN_TURN), 1), else_=0)
    needing, total = session.execute(select(func.sum(waits), func.count()).where(mine)).one()
    return Owned(lines, int(needing or 0), total)


def list_to_deliver(session: Session, person: Person, *, limit: int) -> list[InitiativeLine]:
    """Initiatives whose last hurdle is released and of which this person can say so, by key."""
    runs = exists().where(
        Commitment.initiative_id == Initiative.id, Commitment.state == CommitmentState.ACTIVE
    )
    mine = [] if person.may("roadmap.replan") else [Initiative.owner_id == person.id]
    done = (Initiative.state == InitiativeState.APPROVED, ~runs, *mine)
    lines = _lines(session, *done, limit=limit)[0]
    return [
        replace(line, next_step="All its hurdles are decided: is it delivered?") for line in lines
    ]


def list_to_certify(session: Session, *, limit: int) -> tuple[list[InitiativeLine], int]:
    """Initiatives that wait for Finance, by key, and how many there are in all."""
    return _lines(session, Initiative.state == InitiativeState.SUBMITTED, limit=limit)


def _lines(
    session: Session,
    *conditions: ColumnElement[bool],
    limit: int,
    order: Sequence[Any] = (Initiative.key,),
) -> tuple[list[InitiativeLine], int]:
    query = (
        select(Initiative, Cycle, Person.name, func.count().over())
        .join(Person, Person.id == Initiative.owner_id)
        .outerjoin(Cycle, Cycle.id == Initiative.cycle_id)
        .where(*conditions)
        .order_by(*order)
        .limit(limit)
    )
    rows = list(session.execute(query))
    drafts = [head_of(one, cycle) for one, cycle, *_ in rows if one.state is InitiativeState.DRAFT]
    shapes = load_shapes(session, drafts)
    gaps = {id_: next(iter(missing_parts(shape)), None) for id_, shape in shapes.items()}
    lines = [
        InitiativeLine(one.key, one.title, one.state, owner, next_step(one.state, gaps.get(one.id)))
        for one, _, owner, _ in rows
    ]
    return lines, rows[0][-1] if rows else 0


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """A proposal nobody has decided, with how much it asks for how many initiatives.

    ``signed_by`` is who signed it first, above their approval limit.
    """

    id: int
    round: int
    cycle: str
    count: int
    asked: Money
    signed_by: str | None = None


def list_waiting_proposals(session: Session) -> list[WaitingProposal]:
    """Proposals that wait for a decision, the oldest first."""
    own = ProposalItem.proposal_id == Proposal.id
    count = select(func.count(ProposalItem.initiative_id)).where(own).scalar_subquery()
    asked = select(func.sum(ProposalItem.spend_minor)).where(own).scalar_subquery()
    signed = (
        select(Person.name)
        .join(ApprovalSignature, ApprovalSignature.person_id == Person.id)
        .where(ApprovalSignature.proposal_id == Proposal.id)
        .order_by(ApprovalSignature.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Proposal.id, Proposal.round, Cycle.name, count, asked, Proposal.currency, signed)
        .join(Proposal.cycle)
        .where(Proposal.state == ProposalState.SUBMITTED)
        .order_by(Proposal.submitted_at)
    )
    return [
        WaitingProposal(id_, number, cycle, items, Money(int(minor or 0), currency), by)
        for id_, number, cycle, items, minor, currency, by in rows
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
        .order_by(LeverPool.lever)
    )  # fmt: skip
    return by_name((PoolLine(*row) for row in session.execute(query)), lambda one: one.journey_name)


@dataclass(frozen=True, slots=True)
class GateLine:
    """An open hurdle: how much it holds and how far its evidence has come.

    ``open_conditions`` are those of its approval; ``is_theirs``: who looks owns, owned or proposed
    the initiative, and so never decides it. ``gone``: the key of what it needs and gets no more.
    """

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
    open_conditions: int
    is_theirs: bool
    gone: str | None = None

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_measured(self) -> bool:
        return self.criteria > 0 and self.measured >= self.criteria


def list_open_gates(session: Session, *, until: date, limit: int, person_id: int) -> list[GateLine]:
    """Hurdles due by ``until`` that nobody has decided for good, the earliest first."""
    is_open = Tranche.state.in_((TrancheState.PENDING, TrancheState.HELD))
    order = (Tranche.due_on, Tranche.id)
    first = select(Tranche.id).where(is_open, Tranche.due_on <= until).order_by(*order).limit(limit)
    of_milestone = Criterion.milestone_id == Tranche.milestone_id
    criteria = select(func.count(Criterion.id)).where(of_milestone)
    known = (
        select(func.count(func.distinct(Evidence.criterion_id)))
        .join(Criterion, Criterion.id == Evidence.criterion_id)
        .where(of_milestone, SINCE_THE_START)
    )
    query = (
        select(
            Tranche.id, Initiative.key, Initiative.title, Milestone.name, Tranche.due_on,
            Tranche.amount_minor, Tranche.currency, Tranche.state,
            criteria.scalar_subquery(), known.scalar_subquery(), count_open_conditions(),
            _is_theirs(person_id), gone_key(),
        )
        .join(Commitment, Commitment.id == Tranche.commitment_id)
        .join(Initiative, Initiative.id == Commitment.initiative_id)
        .join(Milestone, Milestone.id == Tranche.milestone_id)
        .where(Tranche.id.in_(first))
        .order_by(*order)
    )  # fmt: skip
    return [GateLine(*row) for row in session.execute(query)]


def _is_theirs(person_id: int) -> ColumnElement[bool]:
    """Whether the person owns, owned or proposed the initiative, and so never decides."""
    owned = (
        select(InitiativeHandover.initiative_id)
        .where(
            InitiativeHandover.initiative_id == Initiative.id,
            InitiativeHandover.from_owner_id == person_id,
        )
        .exists()
    )
    return or_(Initiative.owner_id == person_id, Initiative.created_by_id == person_id, owned)


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


@dataclass(frozen=True, slots=True)
class Load:
    """What a monitoring system watches besides requests."""

    jobs: dict[JobState, int]
    oldest_queued: timedelta
    workers: int
    audit_events: int
    signed_in: int


def measure_load(session: Session, *, silence: timedelta, now: datetime) -> Load:
    """Jobs, how long the oldest waits, workers seen within ``silence``, events, sign-ins."""
    queued = select(func.min(Job.created_at)).where(Job.state == JobState.QUEUED)
    oldest = session.scalar(queued)
    return Load(
        jobs=count_jobs(session),
        oldest_queued=now - oldest if oldest else timedelta(0),
        workers=sum(now - worker.seen_at <= silence for worker in list_workers(session)),
        audit_events=session.scalar(select(AuditHead.number)) or 0,
        signed_in=session.scalar(select(func.count()).select_from(SignInSession)) or 0,
    )
