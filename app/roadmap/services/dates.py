"""Move the dates of hurdles, with a reason; the first date stays as the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.approvals.rules import OPEN_TRANCHES
from app.approvals.services.ledger import lock_commitment
from app.audit.services import record
from app.calendar.models import Cycle
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.roadmap.models import DateMove
from app.roadmap.queries.gates import horizon_of
from app.roadmap.rules import HurdleDay, move_faults

PERMISSION = "roadmap.replan"
Move = tuple[Tranche, date]
"""A tranche and the day its hurdle shall be due."""


def move_due_date(
    session: Session, tranche: Tranche, *, to_on: date, reason: str, actor: Person, now: datetime
) -> None:
    """Move one hurdle. Raises as `move_due_dates`."""
    move_due_dates(session, [(tranche, to_on)], reason=reason, actor=actor, now=now)


def move_due_dates(
    session: Session, moves: Sequence[Move], *, reason: str, actor: Person, now: datetime
) -> int:
    """Move hurdles together, so that their order is judged at the end; how many moved.

    Raises NotAllowedError, ConflictError for a decided hurdle, InvalidError with a sentence per
    tranche under ``to_on-<tranche id>`` (``to_on`` when there is one move only).
    """
    if not actor.may(PERMISSION):
        raise NotAllowedError("Only a program manager moves dates.")
    if not reason.strip():
        raise InvalidError("Say why the date moves; it stays on record.", field="reason")
    wanted = {tranche.id: to_on for tranche, to_on in moves}
    faults: dict[str, str] = {}
    changed: list[Tranche] = []
    for commitment_id in sorted({tranche.commitment_id for tranche, _ in moves}):
        commitment, tranches = lock_commitment(session, commitment_id)
        _refuse_decided(tranches, wanted)
        cycle = session.get_one(Cycle, commitment.cycle_id)
        found = move_faults(
            [HurdleDay(one.id, one.milestone.name, one.due_on) for one in tranches],
            {one.id: wanted[one.id] for one in tranches if one.id in wanted},
            horizon=horizon_of(cycle, tranches),
            today=now.date(),
        )
        faults |= {f"to_on-{tranche_id}": words for tranche_id, words in found.items()}
        moved = [one for one in tranches if wanted.get(one.id, one.due_on) != one.due_on]
        changed += moved
        commitment.ends_on = max([commitment.ends_on, *(wanted[one.id] for one in moved)])
    if faults:
        if len(wanted) == 1:
            faults = {"to_on": next(iter(faults.values()))}
        raise InvalidError("These dates can't hold.", fields=faults)
    for tranche in changed:
        _move(session, tranche, wanted[tranche.id], reason.strip(), actor, now)
    session.flush()
    return len(changed)


def _refuse_decided(tranches: Sequence[Tranche], wanted: Mapping[int, date]) -> None:
    if any(
        one.state not in OPEN_TRANCHES and wanted.get(one.id, one.due_on) != one.due_on
        for one in tranches
    ):
        raise ConflictError("This hurdle is decided; its date stays.")


def _move(
    session: Session, tranche: Tranche, to_on: date, reason: str, actor: Person, now: datetime
) -> None:
    from_on = tranche.due_on
    tranche.due_on = to_on
    session.add(
        DateMove(
            tranche_id=tranche.id,
            from_on=from_on,
            to_on=to_on,
            reason=reason,
            moved_by_id=actor.id,
            moved_at=now,
        )
    )
    record(
        session, actor=actor, action="hurdle.moved", subject=f"tranche:{tranche.id}",
        before={"due_on": from_on}, after={"due_on": to_on}, reason=reason, now=now,
    )  # fmt: skip
