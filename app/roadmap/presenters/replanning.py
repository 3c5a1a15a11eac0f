"""The review of a draft: old and new days, what follows, what is flagged, the load of teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.roadmap.presenters.words import load_percent, slip_words
from app.roadmap.queries.load import TeamDemand
from app.roadmap.queries.plans import MoveLine
from app.roadmap.rules.replanning import Draft, Replan
from app.roadmap.rules.works import PlanGate, Work, Works
from app.values.quarter import Quarter
from app.web.filters import counted, day, number
from app.web.filters import quarter as quarter_words

Cell = tuple[int, Quarter]
"""A team and a quarter."""


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One moved work: its days old and new, and why it can't be saved.

    ``undo`` is the name and id by which the draft asked for it, None for what follows.
    """

    title: str
    note: str
    rows: list[dict[str, Any]]
    faults: list[str]
    undo: list[tuple[str, int, str]]
    follows: bool


def review_items(works: Works, plan: Replan, draft: Draft, today: date) -> list[ReviewItem]:
    """What was asked for, then what follows, by key."""
    touched = plan.touched(works)
    asked = [one for one in touched if one.id not in plan.follows]
    follow = [one for one in touched if one.id in plan.follows]
    return [_item(one, works, plan, draft, today) for one in [*asked, *follow]]


def _item(work: Work, works: Works, plan: Replan, draft: Draft, today: date) -> ReviewItem:
    follows = work.id in plan.follows
    gates = [gate for gate in work.gates if gate.id in plan.gates]
    undo = [("bar", work.id, work.key)] if work.id in draft.bars else []
    undo += [("gate", gate.id, gate.name) for gate in gates if gate.id in draft.gates]
    faults = [plan.faults[f"bar-{work.id}"]] if f"bar-{work.id}" in plan.faults else []
    faults += [
        f"{gate.name}: {plan.faults[f'gate-{gate.id}']}"
        for gate in work.gates
        if f"gate-{gate.id}" in plan.faults
    ]
    return ReviewItem(
        title=f"{work.key} {work.title}",
        note=f"follows {works[plan.follows[work.id]].key}" if follows else "",
        rows=[*_work_rows(work, plan, today), *(_gate_row(g, plan.gates[g.id]) for g in gates)],
        faults=faults,
        undo=undo,
        follows=follows,
    )


def _work_rows(work: Work, plan: Replan, today: date) -> list[dict[str, Any]]:
    shift = plan.shifts.get(work.id)
    if shift is None or not shift.months:
        return []
    months = abs(shift.months)
    note = f"{counted(months, 'month')} {'later' if shift.months > 0 else 'earlier'}"
    label = "Work that is left" if work.has_begun(today) else "Start"
    return [{"label": label, "before": day(shift.from_on), "after": day(shift.to_on), "note": note}]


def _gate_row(gate: PlanGate, to_on: date) -> dict[str, Any]:
    days = (to_on - gate.due_on).days
    by = f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'}" if days else "stays"
    total = slip_words(to_on, gate.baseline_on)
    note = f"{by}, {total}" if total and gate.due_on != gate.baseline_on else by
    return {"label": gate.name, "before": day(gate.due_on), "after": day(to_on), "note": note}


def flag_rows(works: Works, plan: Replan) -> list[tuple[str, str]]:
    """Key and sentence of everything that can't follow or should be looked at."""
    flagged = sorted(plan.flags, key=lambda id_: works[id_].key)
    return [(works[id_].key, words) for id_ in flagged for words in plan.flags[id_]]


def horizon_notes(works: Works, plan: Replan) -> list[str]:
    """Which works move past what was planned, where no value is counted."""
    found = []
    for work in plan.touched(works):
        days = [plan.gates[gate.id] for gate in work.gates if gate.id in plan.gates]
        if days and max(days) > work.horizon.planned_on:
            found.append(
                f"{work.key}: what was planned ends on {day(work.horizon.planned_on)}; no value "
                "is counted for what comes later. Tell Finance before the review."
            )
    return found


def end_notes(works: Works, plan: Replan) -> list[str]:
    """Which works keep their end though they move: approved money stays in its quarters."""
    found = []
    for work in plan.touched(works):
        if work.money_until is None or not (shift := plan.shifts.get(work.id)) or not shift.months:
            continue
        until = work.money_until.last_day
        if all(plan.gates.get(gate.id, gate.due_on) <= until for gate in work.gates):
            found.append(
                f"{work.key}: its end stays on {day(until)}. Money is approved by quarter until "
                "then, and a move of work leaves it there."
            )
    return found


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A team's quarter before and after; ``state`` is over, full or fine."""

    team: str
    quarter: str
    before: str
    after: str
    days: str
    is_over: bool
    was_over: bool


def load_rows(works: Works, plan: Replan, asked: TeamDemand) -> list[LoadRow]:
    """Quarters whose load changes, and those over 100 % of the teams it changes for."""
    before = asked.loads({one.id: one.shifts for one in works.values()})
    after = asked.loads({one.id: plan.after(one) for one in works.values()})
    changed = {cell for cell in {*before, *after} if _days(before, cell) != _days(after, cell)}
    teams = {team_id for team_id, _ in changed}
    shown = changed | {
        cell for cell in after if cell[0] in teams and _is_over(after, asked.available, cell)
    }
    return [
        LoadRow(
            asked.names[cell[0]], quarter_words(cell[1]),
            _load(before, asked.available, cell), _load(after, asked.available, cell),
            _of(after, asked.available, cell), _is_over(after, asked.available, cell),
            _is_over(before, asked.available, cell),
        )
        for cell in sorted(shown, key=lambda one: (asked.names[one[0]], one[1]))
    ]  # fmt: skip


Days = Mapping[Cell, Decimal]


def _days(loads: Days, cell: Cell) -> Decimal:
    return loads.get(cell, Decimal(0))


def _is_over(loads: Days, available: Days, cell: Cell) -> bool:
    return _days(loads, cell) > available.get(cell, Decimal(0))


def _load(loads: Days, available: Days, cell: Cell) -> str:
    days, there = _days(loads, cell), available.get(cell)
    if not there:
        return "0\u202f%" if not days else f"{number(days.normalize())} d, none available"
    return load_percent(days / there)


def _of(loads: Days, available: Days, cell: Cell) -> str:
    left = available.get(cell, Decimal(0))
    return f"{number(_days(loads, cell))} of {number(left)}"


def moved_words(items: Sequence[ReviewItem]) -> str:
    """How much moves: 2 initiatives, 1 of them follows."""
    follow = sum(one.follows for one in items)
    words = f"{counted(len(items), 'initiative')} moved, not saved"
    if not follow:
        return words
    return f"{words} · {follow} of them {'follows' if follow == 1 else 'follow'}"


def stale_words(asked: Draft, draft: Draft, newer: Sequence[MoveLine]) -> list[str]:
    """That plan versions were saved since a draft was begun, and what of it is done by that."""
    if not newer:
        return []
    one = newer[0]
    words = [
        f"Plan version {one.number} of {one.cycle} was saved by {one.who} on {day(one.at.date())},"
        " after these moves were drafted."
    ]
    done = sorted(
        {line.key for line in newer if line.gate is None and _is_done(line, asked, draft)}
        | {
            f"{line.key} {line.gate}"
            for line in newer
            if line.tranche_id in asked.gates and line.tranche_id not in draft.gates
        }
    )
    if done:
        stands = "stands" if len(done) == 1 else "stand"
        words.append(f"{', '.join(done)} {stands} where this was to go already and moves no more.")
    if draft.count:
        words.append("What is left is shown on the plan as it is now.")
    return [" ".join(words)]


def _is_done(line: MoveLine, asked: Draft, draft: Draft) -> bool:
    return line.commitment_id in asked.bars and line.commitment_id not in draft.bars


def conflict_of(newer: Sequence[MoveLine], asked: Draft, plan: Replan) -> dict[str, Any] | None:
    """Both versions after somebody saved another plan version: yours beside theirs."""
    if not newer:
        return None
    latest: dict[tuple[int, int | None], MoveLine] = {}
    for one in newer:
        latest.setdefault((one.commitment_id, one.tranche_id), one)
    fields = []
    for one in latest.values():
        yours = _yours(one, asked, plan)
        fields.append(
            {
                "label": f"{one.key} {one.gate or 'work'}",
                "yours": day(yours) if yours else "",
                "theirs": day(one.to_on),
                "same": yours == one.to_on,
            }
        )
    when = f"Plan version {newer[0].number} of {newer[0].cycle}: {newer[0].words}"
    return {"fields": fields, "who": newer[0].who, "when": when}


def _yours(one: MoveLine, asked: Draft, plan: Replan) -> date | None:
    """Where the draft puts what was moved meanwhile; None where it leaves it alone."""
    if one.tranche_id is not None and one.tranche_id in plan.gates:
        return plan.gates[one.tranche_id]
    if one.tranche_id is None and one.commitment_id in plan.shifts:
        return plan.shifts[one.commitment_id].to_on
    is_asked = one.commitment_id in asked.bars or one.tranche_id in asked.gates
    return one.to_on if is_asked else None
