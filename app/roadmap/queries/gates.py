"""Read hurdles for the gate calendar, for a roadmap and for the page of one hurdle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.approvals.queries.conditions import load_open_conditions
from app.approvals.queries.ledger import load_movements
from app.approvals.rules import Balance, CommitmentState, TrancheState, balance
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.errors import NotFoundError
from app.initiatives.models import Initiative, Milestone
from app.journeys.models import Journey
from app.roadmap.models import Amendment, DateMove, Evidence, HurdleDecision
from app.roadmap.queries.facts import (
    CHUNK,
    AmendmentRow,
    Decided,
    HurdleRows,
    TrancheKey,
    key_of,
    load_hurdle_rows,
    measurement_of,
)
from app.roadmap.queries.forecasts import Asked, load_asked
from app.roadmap.queries.history import HurdleHistory, Narrowed, load_history
from app.roadmap.queries.judging import bound_readings, judge_hurdle, last_evidence
from app.roadmap.queries.tranches import NO_HURDLE
from app.roadmap.rules import (
    CriterionFacts,
    Horizon,
    HurdleFacts,
    HurdleRecord,
    HurdleState,
    Reading,
    Recommendation,
    hurdle_state,
    recommend,
)
from app.roadmap.rules.judging import Judged, NotJudged, recommend_by_figures
from app.roadmap.rules.works import shifted
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class GateFilter:
    """Which hurdles somebody asks for; None asks for all. ``until`` is inclusive."""

    cycle_id: int | None = None
    journey: str | None = None
    owner_id: int | None = None
    initiative: str | None = None
    text: str | None = None
    is_open: bool | None = None
    since: date | None = None
    until: date | None = None
    states: frozenset[HurdleState] = frozenset()
    ids: Sequence[int] | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.cycle_id is not None:
            wanted.append(Commitment.cycle_id == self.cycle_id)
        if self.journey:
            wanted.append(Journey.key == self.journey)
        if self.owner_id is not None:
            wanted.append(Initiative.owner_id == self.owner_id)
        if self.initiative:
            wanted.append(Initiative.key == self.initiative)
        if self.text:
            like = f"%{self.text.lower()}%"
            wanted.append(
                or_(
                    func.lower(Initiative.title).like(like),
                    func.lower(Initiative.key).like(like),
                    func.lower(Milestone.name).like(like),
                )
            )
        if self.is_open is not None:
            decided = (TrancheState.RELEASED, TrancheState.FREED)
            is_decided = Tranche.state.in_(decided)
            wanted.append(~is_decided if self.is_open else is_decided)
        if self.since is not None:
            wanted.append(Tranche.due_on >= self.since)
        if self.until is not None:
            wanted.append(Tranche.due_on <= self.until)
        if self.ids is not None:
            wanted.append(Tranche.id.in_(self.ids))
        return wanted


@dataclass(frozen=True, slots=True)
class GateLine:
    """One hurdle as lists and charts show it.

    ``next_step`` says in words what it waits for; ``recommendation`` is None once it is decided.
    """

    tranche_id: int
    commitment_id: int
    initiative_id: int
    key: str
    title: str
    journey: str | None
    unit: str
    owner_id: int
    owner: str
    milestone: str
    position: int
    amount_minor: int
    currency: str
    due_on: date
    baseline_due_on: date
    start: Quarter
    ends_on: date
    tranche_state: TrancheState
    commitment_state: CommitmentState
    state: HurdleState
    readings: tuple[Reading, ...]
    recommendation: Recommendation | None
    is_late: bool

    @property
    def slip_days(self) -> int:
        return (self.due_on - self.baseline_due_on).days

    @property
    def measured(self) -> int:
        return sum(reading.is_measured for reading in self.readings)

    @property
    def criteria_words(self) -> list[str]:
        """How each criterion stands, and what of them somebody asked to amend."""
        asked = [one.criterion.waiting_words for one in self.readings if one.criterion.waiting]
        return [*(reading.words for reading in self.readings), *asked]

    @property
    def next_step(self) -> str:
        if self.recommendation is None:
            return self.state.word
        if not self.readings:
            return "It has no criterion to measure"
        if self.measured < len(self.readings):
            return f"{self.measured} of {len(self.readings)} criteria measured"
        if any(reading.criterion.link for reading in self.readings):
            return "Ready to decide: the review says what the money still brings"
        return f"Ready to decide: {self.recommendation.action.word.lower()}"


LOOKED_AT = 4
"""How many times CHUNK hurdles are looked at for one piece of those in some state."""


def list_gates(
    session: Session, wanted: GateFilter, *, today: date, most: int | None = None
) -> list[GateLine]:
    """Every hurdle that fits, or the first ``most``, by due date, in a fixed number of queries."""
    in_order = (Tranche.due_on, Initiative.key, Tranche.position, Tranche.id)
    found = session.execute(_lines().where(*wanted.conditions).order_by(*in_order).limit(most))
    lines = _read(session, found.all(), today)
    return [line for line in lines if not wanted.states or line.state in wanted.states]


Place = tuple[date, int]
"""A day and the id of a hurdle due on it."""


def list_gates_after(
    session: Session, wanted: GateFilter, after: Place | None, *, today: date, limit: int
) -> tuple[list[GateLine], Place | None]:
    """At most ``limit`` hurdles after a place, by due date and id, and where to go on.

    What state a hurdle is in is known only once its figures are read, so where states are asked
    for a bounded number is looked at and there may be fewer; None: nothing follows.
    """
    found: list[GateLine] = []
    size = CHUNK if wanted.states else limit + 1
    for _ in range(LOOKED_AT if wanted.states else 1):
        query = _lines().where(*wanted.conditions, *_behind(after))
        rows = session.execute(query.order_by(Tranche.due_on, Tranche.id).limit(size)).all()
        for line in _read(session, rows, today):
            if len(found) == limit:
                return found, after
            after = line.due_on, line.tranche_id
            if not wanted.states or line.state in wanted.states:
                found.append(line)
        if len(rows) < size:
            return found, None
    return found, after


def _behind(after: Place | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    on, id_ = after
    return [or_(Tranche.due_on > on, and_(Tranche.due_on == on, Tranche.id > id_))]


def _lines() -> Any:
    owner = aliased(Person)
    return (
        select(
            Tranche.id, Tranche.milestone_id, Tranche.state, Tranche.due_on,
            Tranche.commitment_id, Commitment.initiative_id, Initiative.key, Initiative.title,
            Journey.name.label("journey"), Initiative.unit, Initiative.owner_id,
            owner.name.label("owner"), Milestone.name.label("milestone"), Tranche.position,
            Tranche.amount_minor, Tranche.currency, Tranche.baseline_due_on, Commitment.start,
            Commitment.ends_on, Commitment.state.label("commitment_state"),
        )
        .join(Tranche.commitment)
        .join(Tranche.milestone)
        .join(Commitment.initiative)
        .join(owner, Initiative.owner_id == owner.id)
        .outerjoin(Initiative.journey)
    )  # fmt: skip


def _read(session: Session, rows: Sequence[Any], today: date) -> Iterator[GateLine]:
    keys = {row.id: TrancheKey(row.id, row.milestone_id, row.state, row.due_on) for row in rows}
    hurdles = load_hurdle_rows(session, keys.values())
    return (_line(row, hurdles.facts(keys[row.id]), today) for row in rows)


def _line(row: Any, facts: HurdleFacts, today: date) -> GateLine:
    return GateLine(
        tranche_id=row.id,
        commitment_id=row.commitment_id,
        initiative_id=row.initiative_id,
        key=row.key,
        title=row.title,
        journey=row.journey,
        unit=row.unit,
        owner_id=row.owner_id,
        owner=row.owner,
        milestone=row.milestone,
        position=row.position,
        amount_minor=row.amount_minor,
        currency=row.currency,
        due_on=row.due_on,
        baseline_due_on=row.baseline_due_on,
        start=row.start,
        ends_on=row.ends_on,
        tranche_state=row.state,
        commitment_state=row.commitment_state,
        state=hurdle_state(facts, today),
        readings=facts.readings,
        recommendation=recommend(facts, today) if facts.is_open else None,
        is_late=facts.is_open and facts.due_on < today,
    )


@dataclass(frozen=True, slots=True)
class Gate:
    """One hurdle with everything its page shows.

    ``evidence``, ``moves`` and ``amendments`` come newest first; ``narrowed`` is the last rescope.
    ``recommendation`` and ``judged`` are None once it is decided, ``asked`` where no criterion is
    bound, too.
    """

    tranche: Tranche
    facts: HurdleFacts
    state: HurdleState
    readings: tuple[Reading, ...]
    recommendation: Recommendation | None
    judged: Judged | NotJudged | None
    asked: Asked | None
    evidence: tuple[Evidence, ...]
    decisions: tuple[HurdleDecision, ...]
    moves: tuple[DateMove, ...]
    amendments: tuple[Amendment, ...]
    narrowed: Narrowed | None
    balance: Balance
    record: HurdleRecord

    @property
    def commitment(self) -> Commitment:
        return self.tranche.commitment

    @property
    def initiative(self) -> Initiative:
        return self.tranche.commitment.initiative

    @property
    def freed_by_stop_minor(self) -> int:
        """What a stop would give back: this and all later open tranches."""
        return sum(
            one.amount_minor
            for one in self.commitment.tranches
            if one.position >= self.tranche.position
            and one.state in (TrancheState.PENDING, TrancheState.HELD)
        )


def get_gate(session: Session, tranche_id: int, *, today: date) -> Gate:
    """A hurdle with criteria, evidence, decisions, moved dates and money. Raises NotFoundError."""
    tranche = session.scalars(_gate(), {"tranche": tranche_id}).unique().one_or_none()
    if tranche is None:
        raise NotFoundError(NO_HURDLE)
    history = load_history(session, tranche)
    hurdles = _known(tranche, history)
    hurdles.conditions = load_open_conditions(session, [tranche.id])
    facts = hurdles.facts(key_of(tranche))
    movements = load_movements(session, Commitment.id == tranche.commitment_id)
    commitment = tranche.commitment
    asked: Asked | None = None
    judged: Judged | NotJudged | None = None
    if facts.is_open:
        if bound_readings(facts):
            asked = load_asked(session, tranche.id, last_evidence(facts), commitment.currency)
        judged = judge_hurdle(session, commitment, tranche, facts, today, asked)
    return Gate(
        tranche=tranche,
        facts=facts,
        state=hurdle_state(facts, today),
        readings=facts.readings,
        recommendation=recommend_by_figures(facts, today, judged) if judged else None,
        judged=judged,
        asked=asked,
        evidence=history.evidence,
        decisions=history.decisions,
        moves=history.moves,
        amendments=history.amendments,
        narrowed=history.narrowed,
        balance=balance(commitment.amount_minor, movements.get(commitment.id, [])),
        record=hurdles.record(tranche, commitment.tranches, commitment.initiative),
    )


@cache
def _gate() -> Select[Tranche]:
    return (
        select(Tranche)
        .where(Tranche.id == bindparam("tranche"))
        .options(
            joinedload(Tranche.milestone).joinedload(Milestone.criteria),
            joinedload(Tranche.commitment).options(
                joinedload(Commitment.cycle),
                joinedload(Commitment.option),
                joinedload(Commitment.decision),
                joinedload(Commitment.initiative).options(
                    joinedload(Initiative.owner).lazyload(Person.grants),
                    joinedload(Initiative.journey),
                ),
                joinedload(Commitment.tranches).joinedload(Tranche.milestone),
            ),
        )
    )


def horizon_of(cycle: Cycle, tranches: Sequence[Tranche]) -> Horizon:
    """How far the money of a commitment is planned: never less than was approved."""
    agreed = [one.baseline_due_on for one in tranches]
    last_on = max([cycle.quarters.last.last_day, *agreed])
    return Horizon(last_on, cycle.name, can_grow=cycle.state is CycleState.OPEN)


def _known(tranche: Tranche, history: HurdleHistory) -> HurdleRows:
    """What was loaded for the page already, as the facts are made of."""
    rows, milestone = HurdleRows(), tranche.milestone
    rows.criteria[milestone.id] = [
        CriterionFacts(
            one.id, one.metric, one.unit, one.direction, one.threshold, one.minimum_sample,
            one.is_must_meet, one.behaviour_id, one.link,
        )
        for one in milestone.criteria
    ]  # fmt: skip
    for amendment in reversed(history.amendments):
        ended_by = amendment.ended_by.name if amendment.ended_by else None
        row = AmendmentRow(amendment, amendment.asked_by.name, ended_by)
        rows.amendments.setdefault((tranche.id, amendment.criterion_id), []).append(row)
    in_order = sorted(history.evidence, key=lambda one: one.id)
    rows.evidence[milestone.id] = [(one.tranche_id, measurement_of(one)) for one in in_order]
    rows.recorders[milestone.id] = [(one.tranche_id, one.recorded_by_id) for one in in_order]
    rows.decisions[tranche.id] = [
        Decided(one.action, one.recommended, one.decided_at.date(), one.hold_until)
        for one in reversed(history.decisions)
    ]
    rows.movers[tranche.id] = {move.moved_by_id for move in history.moves}
    rows.former_owners[tranche.id] = set(history.former_owners)
    start_on = tranche.commitment.start.first_day
    rows.starts[tranche.id] = shifted(start_on, history.shifts)
    return rows
