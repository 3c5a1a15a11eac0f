"""Move initiatives from state to state by the one table, with its guards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.audit.services import record
from app.calendar.models import Cycle
from app.calendar.rules import CycleState
from app.errors import ConflictError, InvalidError, NotAllowedError
from app.initiatives.models import Initiative, InitiativeMove
from app.initiatives.queries import (
    PoolUse,
    head_of,
    load_editors,
    load_measured_journeys,
    load_open_hurdles,
    load_pool_uses,
    load_shapes,
)
from app.initiatives.rules import (
    MOVES,
    Action,
    Circumstances,
    InitiativeState,
    Move,
    ProposalShape,
    bars,
    find_move,
    missing_parts,
    moves_of,
    permission_bars,
)
from app.initiatives.services.checks import check_still, standing


def load_circumstances(
    session: Session, initiatives: Sequence[Initiative]
) -> dict[int, Circumstances]:
    """What guards go by, for each initiative by id, in a fixed number of queries.

    Only what the table asks of an initiative's state is read.
    """
    cycle_ids = {one.cycle_id for one in initiatives if one.cycle_id}
    cycles = {id_: session.get(Cycle, id_) for id_ in cycle_ids}
    heads = {one.id: head_of(one, cycles.get(one.cycle_id or 0)) for one in initiatives}
    shaped = [heads[one.id] for one in initiatives if one.state in _NEED_SHAPES]
    used = [one.id for one in initiatives if one.state in _NEED_POOLS]
    measured = {
        one.journey_id
        for one in initiatives
        if one.journey_id and one.state is InitiativeState.CERTIFIED
    }
    shapes = load_shapes(session, shaped)
    uses = load_pool_uses(session, used)
    journeys = load_measured_journeys(session, sorted(measured))
    editors = load_editors(session, [one.id for one in initiatives if one.state in _CERTIFIABLE])
    hurdles = load_open_hurdles(session, [one.id for one in initiatives if one.state in _RUNNING])
    found = {}
    for one in initiatives:
        shape, cycle = shapes.get(one.id), cycles.get(one.cycle_id or 0)
        found[one.id] = Circumstances(
            gaps=missing_parts(shape) if shape else (),
            uncertified_pools=tuple(use.name for use in uses[one.id] if not use.is_certified),
            nomination_faults=(
                *_nomination_faults(one, cycle, journeys.get(one.journey_id or 0), uses[one.id]),
                *_milestone_faults(shape),
            ),
            editors=editors.get(one.id, frozenset()),
            open_hurdles=tuple(hurdles.get(one.id, ())),
        )
    return found


_NEED_SHAPES = {InitiativeState.DRAFT, InitiativeState.SUBMITTED, InitiativeState.CERTIFIED}
_RUNNING = {InitiativeState.APPROVED}
_CERTIFIABLE = {InitiativeState.SUBMITTED}
_NEED_POOLS = {InitiativeState.SUBMITTED, InitiativeState.CERTIFIED}


def _milestone_faults(shape: ProposalShape | None) -> list[str]:
    misplaced = shape.misplaced_milestones if shape else ()
    return [f"The milestone “{name}” lies outside the cycle’s quarters." for name in misplaced]


def _nomination_faults(
    initiative: Initiative,
    cycle: Cycle | None,
    journey: tuple[str, bool] | None,
    uses: Sequence[PoolUse],
) -> tuple[str, ...]:
    if cycle is None:
        return ("It is proposed for no cycle. Reopen it and choose one.",)
    found = []
    if cycle.state is not CycleState.OPEN:
        found.append(
            f"{cycle.name} is {cycle.state.word.lower()}; only an open cycle takes candidates."
        )
    if cycle.currency != initiative.currency:
        found.append(
            f"{cycle.name} is in {cycle.currency}, its money in {initiative.currency}."
            f" Choose a cycle in {initiative.currency}."
        )
    unmeasured = {use.journey for use in uses if not use.has_baseline}
    if journey and not journey[1]:
        unmeasured.add(journey[0])
    found += [
        f"The journey “{name}” has no baseline; record one first." for name in sorted(unmeasured)
    ]
    return tuple(found)


def move_initiative(
    session: Session,
    initiative: Initiative,
    action: Action,
    *,
    reason: str = "",
    expected_version: int | None,
    actor: Person,
    now: datetime,
) -> None:
    """Move an initiative.

    Raises NotAllowedError for the wrong person, ConflictError for the wrong state or version,
    InvalidError when the guard bars it, naming everything that is missing.
    """
    _check_may_ever(initiative, action, actor)
    facts = load_circumstances(session, [initiative])[initiative.id]
    check_still(initiative, expected_version)
    _move(session, initiative, action, facts, reason=reason, actor=actor, now=now)


def _check_may_ever(initiative: Initiative, action: Action, actor: Person) -> None:
    """Raises NotAllowedError when the person could not move it so in whatever state."""
    who = standing(actor, initiative)
    denied = [permission_bars(move, who) for move in MOVES if move.action is action]
    if denied and all(denied):
        raise NotAllowedError(" ".join(denied[0]))


def _move(
    session: Session,
    initiative: Initiative,
    action: Action,
    facts: Circumstances,
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> None:
    move = find_move(initiative.state, action)
    if move is None or move.is_made_elsewhere:
        raise ConflictError(
            f"{initiative.key} is {initiative.state.word.lower()}; it can’t be moved that way now."
        )
    who = standing(actor, initiative, facts.editors)
    if denied := permission_bars(move, who):
        raise NotAllowedError(" ".join(denied))
    if found := bars(move, who, facts):
        raise InvalidError(" ".join(found))
    if move.needs_reason and not reason.strip():
        raise InvalidError("Give the reason; it stays on the record.", field="reason")
    _carry_out(session, initiative, move, reason=reason.strip(), actor=actor, now=now)


def _carry_out(
    session: Session,
    initiative: Initiative,
    move: Move,
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> None:
    before = {"state": initiative.state, "certified_by": initiative.certified_by_id}
    if move.action is Action.CERTIFY:
        initiative.certified_by_id, initiative.certified_at = actor.id, now
    if move.end is InitiativeState.DRAFT:
        initiative.certified_by_id, initiative.certified_at = None, None
    initiative.state = move.end
    initiative.changed_at = now
    session.add(
        InitiativeMove(
            initiative_id=initiative.id,
            from_state=move.start,
            to_state=move.end,
            moved_by_id=actor.id,
            moved_at=now,
            reason=reason,
        )
    )
    session.flush()
    record(
        session, actor=actor, action=f"initiative.{move.done}",
        subject=f"initiative:{initiative.id}", before=before,
        after={"state": initiative.state, "certified_by": initiative.certified_by_id},
        reason=reason or None, now=now,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """An initiative that could not be moved, and why."""

    key: str
    message: str


def move_many(
    session: Session,
    initiatives: Sequence[Initiative],
    action: Action,
    *,
    reason: str = "",
    actor: Person,
    now: datetime,
) -> tuple[int, list[Refusal]]:
    """Move all that can be moved; the count, and a refusal for each that can't.

    Each that moves gets its own line in the history and in the audit trail.
    """
    if any(find.needs_reason for find in moves_of(action)) and not reason.strip():
        raise InvalidError("Give the reason; it stays on the record.", field="reason")
    moved, refused = 0, []
    for start in range(0, len(initiatives), _CHUNK):
        some = initiatives[start : start + _CHUNK]
        facts = load_circumstances(session, some)
        for one in some:
            try:
                _move(session, one, action, facts[one.id], reason=reason, actor=actor, now=now)
                moved += 1
            except (ConflictError, InvalidError, NotAllowedError) as error:
                refused.append(Refusal(one.key, error.message))
    return moved, refused


def find_refusals(
    session: Session,
    initiatives: Sequence[Initiative],
    actions: Mapping[InitiativeState, Action],
    *,
    actor: Person,
) -> list[tuple[Initiative, str]]:
    """Those that can't be moved on by the action of their state, each with every reason why.

    For somebody whose roles never make the move, only what anybody would be told.
    """
    found = []
    for start in range(0, len(initiatives), _CHUNK):
        some = initiatives[start : start + _CHUNK]
        facts = load_circumstances(session, some)
        for one in some:
            move = find_move(one.state, actions[one.state])
            if move is None:
                continue
            who = standing(actor, one, facts[one.id].editors)
            reasons = bars(move, who, facts[one.id])
            if move.permission not in who.permissions:
                reasons = reasons[len(permission_bars(move, who)) :]
            if reasons:
                found.append((one, " ".join(reasons)))
    return found


_CHUNK = 1_000
"""How many are read at once: databases limit how many ids a query may name."""


def mark_approved(
    session: Session, initiative: Initiative, *, actor: Person, now: datetime
) -> None:
    """Note that a decision approved a candidate's money; the decision checks who may decide."""
    _follow(session, initiative, Action.APPROVE, reason="", actor=actor, now=now)


def mark_stopped(
    session: Session, initiative: Initiative, *, actor: Person, now: datetime, reason: str
) -> None:
    """Note that a hurdle's decision stopped an approved initiative."""
    _follow(session, initiative, Action.STOP, reason=reason, actor=actor, now=now)


def _follow(
    session: Session,
    initiative: Initiative,
    action: Action,
    *,
    reason: str,
    actor: Person,
    now: datetime,
) -> None:
    move = find_move(initiative.state, action)
    if move is None:
        raise ConflictError(
            f"{initiative.key} is {initiative.state.word.lower()} meanwhile, so this can’t follow."
        )
    _carry_out(session, initiative, move, reason=reason, actor=actor, now=now)
