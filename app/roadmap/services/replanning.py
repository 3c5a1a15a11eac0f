"""Save a draft of moves as the next plan version; what was approved stays as the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Commitment, CommitmentSpend, Tranche
from app.approvals.rules import OPEN_TRANCHES
from app.approvals.services.ledger import lock_commitment
from app.audit.services import once, record, remember
from app.calendar.models import Cycle
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.roadmap.models import DateMove, PlanVersion, WorkMove
from app.roadmap.queries.load import TeamDemand, load_team_demand
from app.roadmap.queries.works import load_plan_numbers, load_works
from app.roadmap.rules.overloads import overloads
from app.roadmap.rules.reasons import MoveReason, note_fault
from app.roadmap.rules.replanning import Draft, Replan, replanned
from app.roadmap.rules.works import Work, Works

PERMISSION = "roadmap.replan"


@dataclass(frozen=True, slots=True)
class Why:
    """The reason of a plan version from the list, and in words."""

    reason: MoveReason
    note: str = ""

    @property
    def words(self) -> str:
        return self.note or self.reason.word


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What was saved: ids of the versions, one a cycle, and how many things moved."""

    versions: list[int]
    count: int


def save_plan(
    session: Session,
    draft: Draft,
    *,
    why: Why,
    seen: Mapping[int, int],
    once_key: str,
    actor: Person,
    now: datetime,
) -> SavedPlan:
    """Move what the draft says and what follows, as one plan version per cycle it touches.

    ``seen`` are the plan versions by cycle that the review was based on. Raises NotAllowedError,
    ConflictError when somebody saved one meanwhile, InvalidError with a sentence by ``bar-<id>``
    or ``gate-<id>`` for what can't move, at ``note`` for missing words.
    """
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only a program manager moves dates.")
    why = Why(why.reason, why.note.strip())
    if fault := note_fault(why.reason, why.note):
        raise InvalidError(fault, field="note")
    if not draft.count:
        raise InvalidError("Nothing is moved. Choose what to move on the roadmap.")
    known = once(session, once_key, actor, "plan.saved", _parameters(draft, why), now=now)
    if known is not None:
        return SavedPlan(**known)
    works = _locked_works(session)
    plan = replanned(works, draft, now.date())
    touched = plan.touched(works)
    _check_seen(session, touched, seen)
    if plan.faults:
        raise InvalidError("This can't be saved.", fields=plan.faults)
    loaded = _Loaded(load_team_demand(session), works, plan)
    saved = SavedPlan(
        [
            _save_version(session, cycle_id, touched, plan, why, loaded, actor, now).id
            for cycle_id in sorted({one.cycle_id for one in touched})
        ],
        len(touched),
    )
    remember(session, once_key, {"versions": saved.versions, "count": saved.count})
    return saved


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a plan asks of teams, of all works together."""

    asked: TeamDemand
    works: Works
    plan: Replan

    def over(self, mine: Sequence[Work]) -> list[dict[str, str]]:
        """The quarters over 100 % of the teams that work on what a version moves."""
        before = self.asked.loads({one.id: one.shifts for one in self.works.values()})
        after = self.asked.loads({one.id: self.plan.after(one) for one in self.works.values()})
        moved = {one.id for one in mine}
        teams = {one.team_id for one, _ in self.asked.demands if one.work_id in moved}
        after = {cell: days for cell, days in after.items() if cell[0] in teams}
        before = {cell: days for cell, days in before.items() if cell[0] in teams}
        found = overloads(before, after, self.asked.available, self.asked.names)
        return [one.document for one in found]


def _parameters(draft: Draft, why: Why) -> dict[str, object]:
    return {
        "bars": {str(id_): months for id_, months in draft.bars.items()},
        "gates": {str(id_): on for id_, on in draft.gates.items()},
        "reason": why.reason,
        "note": why.note,
    }


def _locked_works(session: Session) -> Works:
    """The works as they are, with every cycle locked, so that versions are saved in turn."""
    cycles = select(Commitment.cycle_id).distinct()
    session.scalars(
        select(Cycle).where(Cycle.id.in_(cycles)).order_by(Cycle.id).with_for_update()
    ).all()
    return load_works(session)


def _check_seen(session: Session, touched: list[Work], seen: Mapping[int, int]) -> None:
    numbers = load_plan_numbers(session, [one.cycle_id for one in touched])
    if any(seen.get(cycle_id) != number for cycle_id, number in numbers.items()):
        raise ConflictError("Somebody saved another plan version meanwhile.")


def _save_version(
    session: Session,
    cycle_id: int,
    touched: list[Work],
    plan: Replan,
    why: Why,
    loaded: _Loaded,
    actor: Person,
    now: datetime,
) -> PlanVersion:
    mine = [one for one in touched if one.cycle_id == cycle_id]
    over = loaded.over(mine)
    version = PlanVersion(
        cycle_id=cycle_id, number=load_plan_numbers(session, [cycle_id])[cycle_id] + 1,
        reason=why.reason, note=why.note, saved_by_id=actor.id, saved_at=now, overloads=over,
    )  # fmt: skip
    session.add(version)
    session.flush()
    for work in mine:
        cause = MoveReason.DEPENDENCY if work.id in plan.follows else why.reason
        _move_gates(session, work, plan, version, why, cause, actor, now)
        _move_work(session, work, plan, version, cause)
    session.flush()
    record(
        session, actor=actor, action="plan.saved", subject=f"plan_version:{version.id}",
        after={
            "cycle": cycle_id, "number": version.number, "reason": why.reason,
            "moved": [one.key for one in mine],
            "followed": [one.key for one in mine if one.id in plan.follows],
            "work": {one.key: plan.shifts[one.id].to_on for one in mine if one.id in plan.shifts},
            "flagged": [words for flags in plan.flags.values() for words in flags],
            "overloaded": over,
        },
        reason=why.words, now=now,
    )  # fmt: skip
    return version


def _move_gates(
    session: Session,
    work: Work,
    plan: Replan,
    version: PlanVersion,
    why: Why,
    cause: MoveReason,
    actor: Person,
    now: datetime,
) -> None:
    wanted = {gate.id: plan.gates[gate.id] for gate in work.gates if gate.id in plan.gates}
    commitment, tranches = lock_commitment(session, work.id)
    open_now = {gate.id for gate in work.gates if gate.is_open}
    for tranche in tranches:
        to_on = wanted.get(tranche.id, tranche.due_on)
        if to_on == tranche.due_on:
            continue
        if tranche.id not in open_now or tranche.state not in OPEN_TRANCHES:
            raise ConflictError("This hurdle is decided; its date stays.")
        _move_gate(session, tranche, to_on, why, actor, now, (version, cause))
    commitment.ends_on = _ends_on(session, commitment, tranches)


def _ends_on(session: Session, commitment: Commitment, tranches: Sequence[Tranche]) -> date:
    """The last day of approved money or of a hurdle as planned now; it comes back with them."""
    spent_until = session.scalar(
        select(func.max(CommitmentSpend.quarter)).where(
            CommitmentSpend.commitment_id == commitment.id
        )
    )
    last = (spent_until or commitment.start).last_day
    return max([last, *(one.due_on for one in tranches)])


def _move_gate(
    session: Session,
    tranche: Tranche,
    to_on: date,
    why: Why,
    actor: Person,
    now: datetime,
    origin: tuple[PlanVersion, MoveReason],
) -> None:
    from_on, (version, cause) = tranche.due_on, origin
    tranche.due_on = to_on
    session.add(
        DateMove(
            tranche_id=tranche.id, from_on=from_on, to_on=to_on, reason=why.words,
            moved_by_id=actor.id, moved_at=now, plan_version_id=version.id, cause=cause,
        )
    )  # fmt: skip
    record(
        session, actor=actor, action="hurdle.moved", subject=f"tranche:{tranche.id}",
        before={"due_on": from_on}, after={"due_on": to_on, "cause": cause}, reason=why.words,
        now=now,
    )  # fmt: skip


def _move_work(
    session: Session, work: Work, plan: Replan, version: PlanVersion, cause: MoveReason
) -> None:
    shift = plan.shifts.get(work.id)
    if shift is not None and shift.months:
        session.add(
            WorkMove(
                plan_version_id=version.id, commitment_id=work.id, from_on=shift.from_on,
                to_on=shift.to_on, cause=cause,
            )
        )  # fmt: skip
