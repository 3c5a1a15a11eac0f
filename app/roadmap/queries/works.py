"""Read the works of the plan and which plan version each cycle is at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.approvals.models import Commitment, CommitmentSpend, Tranche
from app.approvals.rules import OPEN_TRANCHES, CommitmentState
from app.calendar.models import Cycle
from app.initiatives.models import Dependency, Initiative, Milestone, Option
from app.roadmap.models import PlanVersion, WorkMove
from app.roadmap.queries.gates import horizon_of
from app.roadmap.rules.works import (
    PlanGate,
    Shift,
    Window,
    Work,
    months_between,
    shifted,
)


def load_works(session: Session) -> dict[int, Work]:
    """Every funded initiative that was not stopped, by id of its commitment."""
    money_until = (
        select(func.max(CommitmentSpend.quarter))
        .where(CommitmentSpend.commitment_id == Commitment.id, CommitmentSpend.amount_minor > 0)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Commitment, Initiative.id, Initiative.key, Initiative.title,
            Option.earliest_start, Option.latest_start, Cycle, money_until,
        )
        .join(Commitment.initiative)
        .join(Commitment.option)
        .join(Commitment.cycle)
        .where(Commitment.state != CommitmentState.STOPPED)
        .order_by(Commitment.id)
    ).all()  # fmt: skip
    ids = [row[0].id for row in rows]
    by_initiative = {row[1]: row[0].id for row in rows}
    tranches, shifts = _tranches(session, ids), load_shifts(session)
    needs = _needs(session, by_initiative)
    return {row[0].id: _work(row, tranches, shifts, needs) for row in rows}


def _work(
    row: Any,
    tranches: Mapping[int, Sequence[tuple[Tranche, str]]],
    shifts: Mapping[int, tuple[Shift, ...]],
    needs: Mapping[int, tuple[tuple[int, int], ...]],
) -> Work:
    commitment, _, key, title, earliest, latest, cycle, money_until = row
    mine = tranches.get(commitment.id, ())
    return Work(
        id=commitment.id,
        key=key,
        title=title,
        cycle_id=cycle.id,
        approved=commitment.start,
        shifts=shifts.get(commitment.id, ()),
        window=Window(earliest, latest, cycle.quarters.last),
        horizon=horizon_of(cycle, [one for one, _ in mine]),
        gates=tuple(
            PlanGate(one.id, name, one.due_on, one.baseline_due_on, one.state in OPEN_TRANCHES)
            for one, name in mine
        ),
        needs=needs.get(commitment.id, ()),
        is_active=commitment.state is CommitmentState.ACTIVE,
        money_until=money_until,
    )


def _tranches(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[Tranche, str]]]:
    rows = session.execute(
        select(Tranche, Milestone.name)
        .join(Tranche.milestone)
        .where(Tranche.commitment_id.in_(ids))
        .order_by(Tranche.commitment_id, Tranche.position)
    )
    found: dict[int, list[tuple[Tranche, str]]] = {}
    for tranche, name in rows:
        found.setdefault(tranche.commitment_id, []).append((tranche, name))
    return found


def _needs(
    session: Session, by_initiative: Mapping[int, int]
) -> dict[int, tuple[tuple[int, int], ...]]:
    """What each work needs among the funded ones, with the lag in quarters."""
    rows = session.execute(
        select(Dependency.initiative_id, Dependency.needs_id, Dependency.lag_quarters).order_by(
            Dependency.initiative_id, Dependency.needs_id
        )
    )
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for initiative_id, needs_id, lag in rows:
        if initiative_id in by_initiative and needs_id in by_initiative:
            own = by_initiative[initiative_id]
            found[own] = (*found.get(own, ()), (by_initiative[needs_id], lag))
    return found


def load_shifts(session: Session) -> dict[int, tuple[Shift, ...]]:
    """Every move of work so far, in order, by commitment id."""
    rows = session.execute(
        select(WorkMove.commitment_id, WorkMove.from_on, WorkMove.to_on).order_by(WorkMove.id)
    )
    found: dict[int, tuple[Shift, ...]] = {}
    for commitment_id, from_on, to_on in rows:
        found[commitment_id] = (*found.get(commitment_id, ()), Shift(from_on, to_on))
    return found


def load_months_since(session: Session, base: Mapping[int, int]) -> dict[int, int]:
    """By how many months works moved after these plan versions of their cycles, by commitment."""
    found: Counter[int] = Counter()
    for cycle_id, number in sorted(base.items()):
        rows = session.execute(
            select(WorkMove.commitment_id, WorkMove.from_on, WorkMove.to_on)
            .join(WorkMove.plan_version)
            .where(PlanVersion.cycle_id == cycle_id, PlanVersion.number > number)
        )
        for commitment_id, from_on, to_on in rows:
            found[commitment_id] += months_between(from_on, to_on)
    return dict(found)


def load_starts(session: Session, ids: Sequence[int]) -> dict[int, date]:
    """The first day of works as planned now, by id of their commitment; one query."""
    rows = session.execute(
        select(Commitment.id, Commitment.start, WorkMove.from_on, WorkMove.to_on)
        .outerjoin(WorkMove, WorkMove.commitment_id == Commitment.id)
        .where(Commitment.id.in_(ids))
        .order_by(WorkMove.id)
    )
    found: dict[int, date] = {}
    for id_, start, from_on, to_on in rows:
        on = found.get(id_, start.first_day)
        found[id_] = shifted(on, [Shift(from_on, to_on)] if from_on else [])
    return found


def load_plan_numbers(session: Session, cycle_ids: Iterable[int]) -> dict[int, int]:
    """The newest plan version of cycles by id; 0 where nothing moved since the approval."""
    wanted = sorted(set(cycle_ids))
    rows = session.execute(
        select(PlanVersion.cycle_id, func.max(PlanVersion.number))
        .where(PlanVersion.cycle_id.in_(wanted))
        .group_by(PlanVersion.cycle_id)
    )
    return dict.fromkeys(wanted, 0) | {cycle_id: int(number) for cycle_id, number in rows}
