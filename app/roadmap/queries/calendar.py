"""Read the gate calendar: how many hurdles fall due when, and the rows of one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Text,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Person
from app.approvals.models import Commitment, Tranche
from app.approvals.rules import OPEN_TRANCHES, TrancheState
from app.initiatives.models import Criterion, Initiative, Milestone
from app.journeys.models import Journey
from app.roadmap.models import Evidence, HurdleDecision, WorkMove
from app.roadmap.queries.amendments import (
    IN_FORCE,
    WANTED_SAMPLE,
    WANTED_THRESHOLD,
    is_in_force,
)
from app.roadmap.queries.facts import TrancheKey
from app.roadmap.queries.timeline import counts_for_tranche, has_evidence
from app.roadmap.rules import CriterionFacts, HurdleAction, HurdleFacts, Measurement
from app.roadmap.rules.works import Shift, shifted
from app.values.quarter import Quarter

IS_OPEN = Tranche.state.in_(OPEN_TRANCHES)
_ENDS = [one for one in HurdleAction if one.ends_hurdle]


@dataclass(frozen=True, slots=True)
class CalendarFilter:
    """Whose hurdles somebody asks for; None or empty: everybody's, of all journeys."""

    owner_id: int | None = None
    journey: str = ""

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What it asks of initiatives and their journeys."""
        wanted: list[ColumnElement[bool]] = []
        if self.owner_id is not None:
            wanted.append(Initiative.owner_id == self.owner_id)
        if self.journey:
            wanted.append(Journey.key == self.journey)
        return wanted

    @property
    def of_tranches(self) -> list[ColumnElement[bool]]:
        """The same asked of tranches; nothing where it asks for all."""
        if not self.conditions:
            return []
        commitments = (
            select(Commitment.id)
            .join(Commitment.initiative)
            .outerjoin(Initiative.journey)
            .where(*self.conditions)
        )
        return [Tranche.commitment_id.in_(commitments)]


@dataclass(frozen=True, slots=True)
class CalendarOptions:
    """What the filters offer: owners by id, journeys by key, and the days hurdles are due."""

    owners: dict[str, str]
    journeys: dict[str, str]
    days: list[date]


def load_calendar_options(session: Session) -> CalendarOptions:
    """The owners, journeys and days of all hurdles, in one query."""
    found: dict[str, dict[str, str]] = {"owner": {}, "journey": {}, "day": {}}
    for kind, value, word in session.execute(_options()):
        found[kind][value] = word
    days = sorted(map(date.fromisoformat, found["day"]))
    return CalendarOptions(found["owner"], found["journey"], days)


@cache
def _options() -> CompoundSelect[Any]:
    # Asked of each person and journey, since the first hurdle found answers: there are few of
    # them and thousands of hurdles.
    hurdles = select(Tranche.id).join(Tranche.commitment).join(Commitment.initiative)
    return union_all(
        select(literal("owner"), cast(Person.id, Text), Person.name).where(
            hurdles.where(Initiative.owner_id == Person.id).exists()
        ),
        select(literal("journey"), Journey.key, Journey.name).where(
            hurdles.where(Initiative.journey_id == Journey.id).exists()
        ),
        select(literal("day"), cast(Tranche.due_on, Text), literal("")).distinct(),
    )


class DueDay(NamedTuple):
    """How many hurdles of one state are due on a day, and their money in one currency."""

    due_on: date
    state: TrancheState
    currency: str
    hurdles: int
    amount_minor: int


def list_due_days(session: Session, wanted: CalendarFilter) -> list[DueDay]:
    rows = session.execute(
        select(
            Tranche.due_on, Tranche.state, Tranche.currency, func.count(),
            func.sum(Tranche.amount_minor),
        )
        .where(*wanted.of_tranches)
        .group_by(Tranche.due_on, Tranche.state, Tranche.currency)
    )  # fmt: skip
    return [DueDay(on, state, code, count, int(minor)) for on, state, code, count, minor in rows]


class CalendarRow(NamedTuple):
    """A hurdle with its initiative, and with what was decided about it."""

    tranche_id: int
    milestone_id: int
    position: int
    hurdle: str
    baseline_due_on: date
    due_on: date
    amount_minor: int
    currency: str
    state: TrancheState
    held_at: datetime | None
    hold_until: date | None
    decided_at: datetime | None
    action: HurdleAction | None
    recommended: HurdleAction | None
    decided_by: str | None
    key: str
    title: str
    owner_id: int
    created_by_id: int
    start: Quarter
    commitment_id: int

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_TRANCHES

    @property
    def decided_on(self) -> date | None:
        return _day(self.decided_at)

    @property
    def tranche_key(self) -> TrancheKey:
        """What the criteria and evidence are asked for by."""
        return TrancheKey(self.tranche_id, self.milestone_id, self.state, self.due_on)

    def facts(
        self,
        criteria: tuple[CriterionFacts, ...],
        measurements: tuple[Measurement, ...],
        starts_on: date | None,
    ) -> HurdleFacts:
        """What its state is derived from; the work starts as `load_starts` says."""
        return HurdleFacts(
            self.state,
            self.due_on,
            criteria,
            measurements,
            _day(self.held_at),
            self.action is self.recommended,
            was_decided=self.decided_at is not None,
            held_until=self.hold_until,
            was_finished=self.action is HurdleAction.FINISH,
            starts_on=starts_on,
        )


def list_calendar_rows(
    session: Session, wanted: CalendarFilter, *conditions: ColumnElement[bool]
) -> list[CalendarRow]:
    """The hurdles the conditions on tranches name, in no order."""
    rows = session.execute(_calendar_rows().where(*wanted.conditions, *conditions))
    return [CalendarRow(*row) for row in rows]


@cache
def _calendar_rows() -> Any:
    hold, end = aliased(HurdleDecision), aliased(HurdleDecision)
    return (
        select(
            Tranche.id, Tranche.milestone_id, Tranche.position, Milestone.name,
            Tranche.baseline_due_on, Tranche.due_on, Tranche.amount_minor, Tranche.currency,
            Tranche.state, hold.decided_at, hold.hold_until, end.decided_at, end.action,
            end.recommended, Person.name, Initiative.key, Initiative.title, Initiative.owner_id,
            Initiative.created_by_id, Commitment.start, Commitment.id,
        )
        .join(Tranche.milestone)
        .join(Tranche.commitment)
        .join(Commitment.initiative)
        .outerjoin(Initiative.journey)
        .outerjoin(hold, and_(hold.tranche_id == Tranche.id, hold.action == HurdleAction.HOLD))
        .outerjoin(end, and_(end.tranche_id == Tranche.id, end.action.in_(_ENDS)))
        .outerjoin(Person, Person.id == end.decided_by_id)
    )  # fmt: skip


def among(span: tuple[date, date] | None, with_decided: bool) -> ColumnElement[bool]:
    """Open hurdles due within ``span``, last day included, and the decided ones if asked for."""
    parts = [IS_OPEN & Tranche.due_on.between(*span)] if span else []
    return or_(false(), *parts, *([~IS_OPEN] if with_decided else []))


def load_following(session: Session, wanted: CalendarFilter) -> dict[int, HurdleFacts]:
    """The next hurdle of each commitment where it has evidence or is held, by tranche id.

    Only these can wait for a decision. All measurements are given, the latest count.
    """
    found: dict[int, _Known] = {}
    for row in session.execute(_following().where(*wanted.of_tranches)):
        id_, start, state, due_on, held_at, until, move, from_on, to_on, *of_criterion = row
        criterion, measured = of_criterion[:7], of_criterion[7:]
        known = found.get(id_)
        if known is None:
            known = found[id_] = _Known(start, state, due_on, held_at, until, {}, {}, {})
        if move is not None:
            known.moves[move] = Shift(from_on, to_on)
        if criterion[0] is not None and criterion[0] not in known.criteria:
            known.criteria[criterion[0]] = CriterionFacts(*criterion)
        if measured[0] is not None:
            one = Measurement(measured[0], criterion[0], *measured[1:])
            known.measurements[one.number] = one
    return {id_: known.facts for id_, known in found.items()}


@cache
def _following() -> Any:
    hold, earlier = aliased(HurdleDecision), aliased(Tranche)
    is_behind = (
        select(earlier.id)
        .where(
            earlier.commitment_id == Tranche.commitment_id,
            earlier.position < Tranche.position,
            earlier.state.in_(OPEN_TRANCHES),
        )
        .exists()
    )
    return (
        select(
            Tranche.id, Commitment.start, Tranche.state, Tranche.due_on, hold.decided_at,
            hold.hold_until, WorkMove.id, WorkMove.from_on, WorkMove.to_on, Criterion.id,
            Criterion.metric, Criterion.unit, Criterion.direction, WANTED_THRESHOLD,
            WANTED_SAMPLE, Criterion.is_must_meet, Evidence.id, Evidence.value, Evidence.sample,
            Evidence.measured_on, Evidence.window_from, Evidence.starts_on,
        )
        .join(Tranche.commitment)
        .outerjoin(WorkMove, WorkMove.commitment_id == Commitment.id)
        .outerjoin(hold, and_(hold.tranche_id == Tranche.id, hold.action == HurdleAction.HOLD))
        .outerjoin(Criterion, Criterion.milestone_id == Tranche.milestone_id)
        .outerjoin(IN_FORCE, is_in_force())
        .outerjoin(Evidence, and_(Evidence.criterion_id == Criterion.id, counts_for_tranche()))
        .where(IS_OPEN, or_(_is_held(), has_evidence()), ~is_behind)
        .order_by(Tranche.id, Criterion.id, WorkMove.id)
    )  # fmt: skip


def _is_held() -> ColumnElement[bool]:
    held = select(HurdleDecision.tranche_id).where(HurdleDecision.action == HurdleAction.HOLD)
    return Tranche.id.in_(held)


class _Known(NamedTuple):
    """What is read of an open hurdle: moves of its work, criteria and measurements by id."""

    start: Quarter
    state: TrancheState
    due_on: date
    held_at: datetime | None
    hold_until: date | None
    moves: dict[int, Shift]
    criteria: dict[int, CriterionFacts]
    measurements: dict[int, Measurement]

    @property
    def facts(self) -> HurdleFacts:
        return HurdleFacts(
            self.state, self.due_on, tuple(self.criteria.values()),
            tuple(self.measurements.values()), _day(self.held_at), was_decided=False,
            held_until=self.hold_until,
            starts_on=shifted(self.start.first_day, self.moves.values()),
        )  # fmt: skip


def _day(at: datetime | None) -> date | None:
    return at.date() if at is not None else None


def due_days(rows: Sequence[CalendarRow]) -> list[DueDay]:
    """The same as `list_due_days` of rows that are read already."""
    return [DueDay(one.due_on, one.state, one.currency, 1, one.amount_minor) for one in rows]
