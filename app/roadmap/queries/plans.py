"""Read plan versions: what each moved, who saved it when and why, and the plan as it stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Person
from app.approvals.models import Commitment, Decision, Tranche
from app.calendar.models import Cycle
from app.errors import NotFoundError
from app.initiatives.models import Initiative, Milestone
from app.roadmap.models import DateMove, PlanVersion, WorkMove
from app.roadmap.rules.reasons import MoveReason
from app.roadmap.rules.works import Shift, shifted
from app.values.quarter import Quarter


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One thing that moved; ``gate`` None is the work itself, ``number`` None before versions."""

    at: datetime
    who: str
    version_id: int | None
    number: int | None
    cycle: str
    key: str
    title: str
    commitment_id: int
    tranche_id: int | None
    gate: str | None
    from_on: date
    to_on: date
    cause: MoveReason | None
    words: str
    who_id: int


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which moves somebody asks for; None and empty ask for all."""

    cycle_id: int | None = None
    initiative: str = ""
    version_id: int | None = None
    commitment_id: int | None = None

    def conditions(self, moved: Any) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.cycle_id is not None:
            wanted.append(Commitment.cycle_id == self.cycle_id)
        if self.initiative:
            wanted.append(func.lower(Initiative.key) == self.initiative.lower())
        if self.version_id is not None:
            wanted.append(moved.plan_version_id == self.version_id)
        if self.commitment_id is not None:
            wanted.append(Commitment.id == self.commitment_id)
        return wanted


def list_moves(session: Session, wanted: HistoryFilter) -> list[MoveLine]:
    """Everything that moved, newest first; hurdles and work in two queries."""
    found = [*_gate_moves(session, wanted), *_work_moves(session, wanted)]
    return _newest_first(found)


def list_hurdle_moves(session: Session, tranche_id: int) -> list[MoveLine]:
    """Where one hurdle was moved, newest first; one query."""
    return _newest_first(_gate_moves(session, HistoryFilter(), DateMove.tranche_id == tranche_id))


def _newest_first(found: list[MoveLine]) -> list[MoveLine]:
    return sorted(found, key=lambda one: (-one.at.timestamp(), one.key, one.gate or "", one.to_on))


def _gate_moves(
    session: Session, wanted: HistoryFilter, *more: ColumnElement[bool]
) -> list[MoveLine]:
    rows = session.execute(
        select(
            DateMove, Person.name, PlanVersion.number, Cycle.name, Initiative.key,
            Initiative.title, Tranche.commitment_id, Milestone.name,
        )
        .join(DateMove.tranche)
        .join(Tranche.milestone)
        .join(Tranche.commitment)
        .join(Commitment.initiative)
        .join(Commitment.cycle)
        .join(DateMove.moved_by)
        .outerjoin(DateMove.plan_version)
        .where(*wanted.conditions(DateMove), *more)
        .order_by(DateMove.id)
    )  # fmt: skip
    return [
        MoveLine(
            move.moved_at, who, move.plan_version_id, number, cycle, key, title, commitment_id,
            move.tranche_id, gate, move.from_on, move.to_on, move.cause, move.reason,
            move.moved_by_id,
        )
        for move, who, number, cycle, key, title, commitment_id, gate in rows
    ]  # fmt: skip


def _work_moves(session: Session, wanted: HistoryFilter) -> list[MoveLine]:
    rows = session.execute(
        select(
            WorkMove, PlanVersion, Person.name, Cycle.name, Initiative.key, Initiative.title,
        )
        .join(WorkMove.plan_version)
        .join(PlanVersion.saved_by)
        .join(WorkMove.commitment)
        .join(Commitment.initiative)
        .join(Commitment.cycle)
        .where(*wanted.conditions(WorkMove))
        .order_by(WorkMove.id)
    )  # fmt: skip
    return [
        MoveLine(
            version.saved_at, who, version.id, version.number, cycle, key, title,
            move.commitment_id, None, None, move.from_on, move.to_on, move.cause,
            version.note or version.reason.word, version.saved_by_id,
        )
        for move, version, who, cycle, key, title in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A plan version in a list with how many hurdles and works it moved."""

    id: int
    cycle: str
    number: int
    reason: MoveReason
    note: str
    who: str
    at: datetime
    gates: int
    works: int
    overloads: list[dict[str, str]] | None = None


def count_versions(session: Session, cycle_id: int | None = None) -> int:
    """How many plan versions one cycle or all have."""
    return session.scalar(select(func.count(PlanVersion.id)).where(*_of_cycle(cycle_id))) or 0


def _of_cycle(cycle_id: int | None) -> list[ColumnElement[bool]]:
    return [PlanVersion.cycle_id == cycle_id] if cycle_id is not None else []


def list_versions(
    session: Session, cycle_id: int | None = None, *, offset: int = 0, limit: int | None = None
) -> list[VersionLine]:
    """Plan versions of one cycle or all, newest first."""
    gates = _count(DateMove)
    works = _count(WorkMove)
    rows = session.execute(
        select(
            PlanVersion.id, Cycle.name, PlanVersion.number, PlanVersion.reason, PlanVersion.note,
            Person.name, PlanVersion.saved_at, gates, works, PlanVersion.overloads,
        )
        .join(PlanVersion.cycle)
        .join(PlanVersion.saved_by)
        .where(*_of_cycle(cycle_id))
        .order_by(PlanVersion.id.desc())
        .offset(offset)
        .limit(limit)
    )  # fmt: skip
    return [VersionLine(*row) for row in rows]


def _count(moved: Any) -> Any:
    return (
        select(func.count())
        .select_from(moved)
        .where(moved.plan_version_id == PlanVersion.id)
        .scalar_subquery()
    )


def get_version(session: Session, version_id: int) -> PlanVersion:
    """A plan version with its cycle and person. Raises NotFoundError."""
    found = session.scalar(
        select(PlanVersion)
        .where(PlanVersion.id == version_id)
        .options(
            joinedload(PlanVersion.cycle),
            joinedload(PlanVersion.saved_by).lazyload(Person.grants),
        )
    )
    if found is None:
        raise NotFoundError("There is no such plan version.")
    return found


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A start or a hurdle at a plan version beside what was approved.

    ``tranche_id`` None is the start; ``has_moved`` says that this very version moved it.
    """

    key: str
    title: str
    tranche_id: int | None
    name: str
    baseline_on: date
    planned_on: date
    has_moved: bool

    @property
    def slip_days(self) -> int:
        return (self.planned_on - self.baseline_on).days


def load_plan_at(session: Session, version: PlanVersion) -> list[PlannedDay]:
    """The whole plan of the version's cycle as it stood then, by initiative and position."""
    rows = session.execute(
        select(
            Initiative.key, Initiative.title, Commitment.id, Commitment.start, Tranche.id,
            Milestone.name, Tranche.baseline_due_on,
        )
        .join(Commitment.initiative)
        .join(Commitment.decision)
        .outerjoin(Commitment.tranches)
        .outerjoin(Tranche.milestone)
        .where(
            Commitment.cycle_id == version.cycle_id, Decision.decided_at <= version.saved_at
        )
        .order_by(Initiative.key, Commitment.id, Tranche.position)
    ).all()  # fmt: skip
    days, moved = _days_at(session, version)
    shifts = _shifts_at(session, version)
    found: list[PlannedDay] = []
    seen: set[int] = set()
    for key, title, commitment_id, start, tranche_id, name, baseline_on in rows:
        if commitment_id not in seen:
            seen.add(commitment_id)
            found.append(_start(key, title, start, shifts.get(commitment_id, []), version.id))
        if tranche_id is not None:
            planned_on = days.get(tranche_id, baseline_on)
            found.append(
                PlannedDay(
                    key, title, tranche_id, name, baseline_on, planned_on, tranche_id in moved
                )
            )
    return found


def _start(
    key: str, title: str, start: Quarter, shifts: Sequence[tuple[int, Shift]], version_id: int
) -> PlannedDay:
    first_on = start.first_day
    before = shifted(first_on, [one for id_, one in shifts if id_ != version_id])
    now_on = shifted(first_on, [one for _, one in shifts])
    return PlannedDay(key, title, None, "Start", first_on, now_on, before != now_on)


def _days_at(session: Session, version: PlanVersion) -> tuple[dict[int, date], set[int]]:
    """The last day each hurdle was moved to until the version, and which it moved itself."""
    rows = session.execute(
        select(DateMove.tranche_id, DateMove.to_on, DateMove.plan_version_id)
        .join(DateMove.tranche)
        .join(Tranche.commitment)
        .outerjoin(DateMove.plan_version)
        .where(
            Commitment.cycle_id == version.cycle_id,
            or_(PlanVersion.id.is_(None), PlanVersion.number <= version.number),
        )
        .order_by(DateMove.id)
    ).all()
    return (
        {tranche_id: to_on for tranche_id, to_on, _ in rows},
        {tranche_id for tranche_id, _, id_ in rows if id_ == version.id},
    )


def _shifts_at(session: Session, version: PlanVersion) -> dict[int, list[tuple[int, Shift]]]:
    rows = session.execute(
        select(WorkMove.commitment_id, WorkMove.plan_version_id, WorkMove.from_on, WorkMove.to_on)
        .join(WorkMove.plan_version)
        .where(PlanVersion.cycle_id == version.cycle_id, PlanVersion.number <= version.number)
        .order_by(WorkMove.id)
    )
    found: dict[int, list[tuple[int, Shift]]] = {}
    for commitment_id, version_id, from_on, to_on in rows:
        found.setdefault(commitment_id, []).append((version_id, Shift(from_on, to_on)))
    return found
