"""What moving a hurdle's date does, listed before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.approvals.models import Tranche
from app.approvals.rules import OPEN_TRANCHES
from app.roadmap.presenters.words import slip_words
from app.roadmap.queries import Gate, horizon_of
from app.roadmap.rules import HurdleDay, move_faults
from app.web.filters import counted, day


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """The hurdles that move together and what that means, in words.

    ``faults`` say why it can't be saved; then there are no effects.
    """

    moves: list[tuple[Tranche, date]]
    items: list[dict[str, Any]]
    effects: list[str]
    faults: list[str]


def planned_move(gate: Gate, to_on: date, *, with_later: bool, today: date) -> PlannedMove:
    """List old and new days; later hurdles move by as many days when asked to."""
    by = to_on - gate.tranche.due_on
    moving = [gate.tranche, *(later_hurdles(gate) if with_later else ())]
    moves = [(one, one.due_on + by) for one in moving]
    faults = _faults(gate, moves, today)
    return PlannedMove(
        moves=moves,
        items=[_item(one, new_on) for one, new_on in moves],
        effects=[] if faults else _effects(gate, moves),
        faults=faults,
    )


def _faults(gate: Gate, moves: list[tuple[Tranche, date]], today: date) -> list[str]:
    """What saving would refuse, by the very rule it goes by; other hurdles are named."""
    tranches = gate.commitment.tranches
    found = move_faults(
        [HurdleDay(one.id, one.milestone.name, one.due_on) for one in tranches],
        {one.id: new_on for one, new_on in moves},
        horizon=horizon_of(gate.commitment.cycle, tranches),
        today=today,
    )
    names = {one.id: one.milestone.name for one in tranches}
    return [
        words if id_ == gate.tranche.id else f"{names[id_]}: {words}"
        for id_, words in found.items()
    ]


def later_hurdles(gate: Gate) -> list[Tranche]:
    """The open hurdles after this one."""
    return [
        one
        for one in gate.commitment.tranches
        if one.position > gate.tranche.position and one.state in OPEN_TRANCHES
    ]


def _item(one: Tranche, new_on: date) -> dict[str, Any]:
    days = (new_on - one.due_on).days
    by = f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'}" if days else "stays"
    total = slip_words(new_on, one.baseline_due_on)
    was_moved = one.due_on != one.baseline_due_on
    note = f"{by}, {total}" if total and was_moved else by
    return {
        "label": one.milestone.name,
        "before": day(one.due_on),
        "after": day(new_on),
        "note": note,
    }


def _effects(gate: Gate, moves: list[tuple[Tranche, date]]) -> list[str]:
    last_on = max(new_on for _, new_on in moves)
    words = [_order_words(gate, moves), _cycle_words(gate, moves, last_on)]
    planned_on = horizon_of(gate.commitment.cycle, gate.commitment.tranches).planned_on
    if last_on > planned_on:
        words.append(
            f"What was planned ends on {day(planned_on)}: no value is counted for what comes "
            "later. Tell Finance before the review."
        )
    if last_on > gate.commitment.ends_on:
        days = (last_on - gate.commitment.ends_on).days
        words.append(f"The initiative ends {counted(days, 'day')} later.")
    return [sentence for sentence in words if sentence]


def _order_words(gate: Gate, moves: list[tuple[Tranche, date]]) -> str:
    later = later_hurdles(gate)
    if not later:
        return "It is the last hurdle of the initiative."
    if len(moves) > 1:
        return f"{counted(len(later), 'later hurdle')} moved along, so the order stays."
    following = later[0]
    return (
        f"It stays before the next hurdle, {following.milestone.name}, due {day(following.due_on)}."
    )


def _cycle_words(gate: Gate, moves: list[tuple[Tranche, date]], last_on: date) -> str:
    cycle = gate.commitment.cycle
    before = max(one.due_on for one, _ in moves)
    if last_on <= cycle.ends_on:
        return f"It stays within {cycle.name}, which ends on {day(cycle.ends_on)}."
    if before <= cycle.ends_on:
        return f"It passes the end of {cycle.name} on {day(cycle.ends_on)}."
    return f"It lies after {cycle.name} as before, which ends on {day(cycle.ends_on)}."
