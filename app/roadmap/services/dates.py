"""Move the dates of hurdles, with a reason; the first date stays as the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.approvals.models import Tranche
from app.approvals.services.ledger import lock_commitment
from app.audit.services import record
from app.calendar.models import Cycle
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.roadmap.models import DateMove
from app.roadmap.queries.facts import OPEN

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
        cycle = session.get_one(Cycle, commitment.cycle_id)
        last = cycle.quarters.last.last_day
        faults |= _faults(tranches, wanted, today=now.date(), last=max(last, commitment.ends_on))
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


def _faults(
    tranches: Sequence[Tranche], wanted: dict[int, date], *, today: date, last: date
) -> dict[str, str]:
    faults = {}
    before: Tranche | None = None
    for tranche in tranches:
        to_on = wanted.get(tranche.id, tranche.due_on)
        is_moved = to_on != tranche.due_on
        if is_moved and tranche.state not in OPEN:
            raise ConflictError("This hurdle is decided; its date stays.")
        after = before and wanted.get(before.id, before.due_on)
        name = f"to_on-{tranche.id}"
        if is_moved and to_on < today:
            faults[name] = "Choose a day from today on."
        elif is_moved and to_on > last:
            faults[name] = f"Choose a day until {last:%-d %b %Y}, the end of the planning quarters."
        elif after and to_on < after and (is_moved or (before and before.id in wanted)):
            faults[name] = f"The hurdle before it is due on {after:%-d %b %Y}; it can't come first."
        before = tranche
    return faults


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
