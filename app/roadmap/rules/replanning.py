"""Work out what moves on a roadmap bring along, and what stands against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.roadmap.rules.moving import HurdleDay, move_faults
from app.roadmap.rules.works import Shift, Work, Works, months_between
from app.values.quarter import Quarter, months_later
from app.values.written import day_words, quarter_words

MOST_MONTHS = 120
"""How far one move reaches at most, either way."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Moves somebody is about to make: works by months, hurdles to a day.

    ``base`` are the plan versions by cycle that it was begun on; empty counts as those of now.
    """

    bars: Mapping[int, int] = field(default_factory=dict)
    gates: Mapping[int, date] = field(default_factory=dict)
    base: Mapping[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.bars) + len(self.gates)


@dataclass(slots=True)
class Replan:
    """What a draft comes to.

    ``follows`` says which work a dependant follows. ``flags`` are sentences by work id about what
    can't follow or should be looked at; ``faults`` by ``bar-<id>`` or ``gate-<id>`` say why the
    draft can't be saved.
    """

    gates: dict[int, date] = field(default_factory=dict)
    shifts: dict[int, Shift] = field(default_factory=dict)
    follows: dict[int, int] = field(default_factory=dict)
    flags: dict[int, list[str]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def touched(self, works: Works) -> list[Work]:
        """The works of which something moves, by key."""
        found = [
            one
            for one in works.values()
            if one.id in self.shifts or any(gate.id in self.gates for gate in one.gates)
        ]
        return sorted(found, key=lambda one: one.key)

    def after(self, work: Work) -> tuple[Shift, ...]:
        """All shifts of a work once this is saved."""
        more = self.shifts.get(work.id)
        return (*work.shifts, more) if more else work.shifts


def replanned(works: Works, draft: Draft, today: date) -> Replan:
    """Apply the draft, let dependants follow as far as they must, flag those that can't.

    A dependant starts at least its lag after what it needs, so it follows a start or a slip of the
    work by as many months as are missing; a single hurdle moves no other work. Decided hurdles and
    begun starts stay.
    """
    plan = Replan()
    owners = {gate.id: one for one in works.values() for gate in one.gates}
    for id_, months in draft.bars.items():
        if id_ in works:
            _move(plan, works[id_], months, today)
        else:
            plan.faults[f"bar-{id_}"] = "There is no such funded initiative any more."
    for id_, on in draft.gates.items():
        if id_ in owners:
            plan.gates[id_] = on
        else:
            plan.faults[f"gate-{id_}"] = "There is no such hurdle any more."
    _judge_bars(plan, works, draft, today)
    _follow(plan, works, draft, today)
    _judge_gates(plan, works, draft, today)
    _mention(plan, works, draft, owners)
    return plan


def rebased(draft: Draft, works: Works, late: Mapping[int, int]) -> Draft:
    """The draft on the plan as it is now: everything ends where it was to end when it was begun.

    ``late`` are the months by which works moved since. What stands there already is left out.
    """
    bars = dict(draft.bars)
    for id_ in bars.keys() & late.keys() & works.keys():
        bars[id_] -= late[id_]
        if not bars[id_]:
            del bars[id_]
    stands = {gate.id: gate.due_on for one in works.values() for gate in one.gates}
    gates = {id_: on for id_, on in draft.gates.items() if stands.get(id_) != on}
    return Draft(bars, gates)


def _move(plan: Replan, work: Work, months: int, today: date) -> None:
    """Move a work's start, or what is left of it once it has begun, with its open hurdles.

    What is left begins with the next quarter, or with the start if that is later.
    """
    plan.gates |= {
        gate.id: months_later(gate.due_on, months) for gate in work.gates if gate.is_open
    }
    from_on = work.starts_on
    if work.has_begun(today):
        from_on = max(from_on, (Quarter.containing(today) + 1).first_day)
    plan.shifts[work.id] = Shift(from_on, months_later(from_on, months))


def _judge_bars(plan: Replan, works: Works, draft: Draft, today: date) -> None:
    """Say why starts can't be where they were asked for."""
    for id_, months in draft.bars.items():
        words = _bar_fault(plan, works, works[id_], months, today) if id_ in works else None
        if words:
            plan.faults[f"bar-{id_}"] = words


def _judge_gates(plan: Replan, works: Works, draft: Draft, today: date) -> None:
    """Say why hurdles can't be due as asked for, beside where everything else ends up.

    What follows has moved by then, so that no day is judged by days that won't be.
    """
    for work in plan.touched(works):
        if f"bar-{work.id}" in plan.faults:
            continue
        for gate_id, words in _gate_faults(plan, work, today).items():
            if gate_id in draft.gates:
                plan.faults[f"gate-{gate_id}"] = words
            else:
                name = next(gate.name for gate in work.gates if gate.id == gate_id)
                plan.faults.setdefault(f"bar-{work.id}", f"{name}: {words}")


def _bar_fault(plan: Replan, works: Works, work: Work, months: int, today: date) -> str | None:
    if not work.is_active:
        return "All its hurdles are decided; nothing is left to move."
    if not months:
        return "It stays where it is. Choose how many months it moves."
    words = start_fault(work, plan.shifts[work.id], today)
    if words or months > 0 or work.has_begun(today):
        return words
    for need_id, lag in work.needs:
        earliest = _earliest(plan, works[need_id], lag)
        if plan.shifts[work.id].to_on < earliest:
            return (
                f"It needs {works[need_id].key} and can start from {day_words(earliest)} on. "
                f"Move {works[need_id].key} as well, or choose a later month."
            )
    return None


def start_fault(work: Work, shift: Shift, today: date) -> str | None:
    """Why a work can't start then, or go on then, as a sentence; None if it can.

    Neither lies before today: what was measured by now would count as measured after the start.
    """
    to_on, quarter = shift.to_on, Quarter.containing(shift.to_on)
    if to_on < today:
        first = today if today.day == 1 else months_later(today.replace(day=1), 1)
        said = f"{day_words(to_on)} is past"
        if work.has_begun(today):
            said = f"What is left of it would go on from {day_words(to_on)}, which is past"
        return f"{said}. Choose {day_words(first)} or a later month."
    if work.has_begun(today):
        return None
    if work.window.earliest and quarter < work.window.earliest:
        return f"Its option can start from {quarter_words(work.window.earliest)} on."
    if work.window.latest and quarter > work.window.latest:
        return f"Its option has to start by {quarter_words(work.window.latest)}."
    if quarter > work.window.last:
        return f"{work.horizon.cycle} plans until {quarter_words(work.window.last)}."
    return None


def _gate_faults(plan: Replan, work: Work, today: date) -> dict[int, str]:
    """What stands against the days of a work's hurdles, by hurdle."""
    wanted = {gate.id: plan.gates[gate.id] for gate in work.gates if gate.id in plan.gates}
    decided = [gate.id for gate in work.gates if gate.id in wanted and not gate.is_open]
    if decided:
        return dict.fromkeys(decided, "This hurdle is decided; its date stays.")
    days = [HurdleDay(gate.id, gate.name, gate.due_on) for gate in work.gates]
    return move_faults(days, wanted, horizon=work.horizon, today=today)


def _earliest(plan: Replan, need: Work, lag: int) -> date:
    """When a work can start at the earliest that needs another one with this lag."""
    shift = plan.shifts.get(need.id)
    late = shift.months if shift else 0
    return months_later(need.anchor_on, late + 3 * lag)


def _follow(plan: Replan, works: Works, draft: Draft, today: date) -> None:
    """Let dependants of what moved later follow, and theirs in turn."""
    waiting = [one for one in plan.touched(works) if one.id in plan.shifts]
    while waiting:
        need = waiting.pop(0)
        if plan.shifts[need.id].months <= 0:
            continue
        for one in sorted(works.values(), key=lambda work: work.key):
            lag = dict(one.needs).get(need.id)
            if lag is None or not one.is_active:
                continue
            earliest = _earliest(plan, need, lag)
            shift = plan.shifts.get(one.id)
            if (shift.to_on if shift and not one.has_begun(today) else one.starts_on) >= earliest:
                continue
            if _bring_along(plan, one, need, earliest, draft, today):
                waiting.append(one)


def _bring_along(
    plan: Replan, one: Work, need: Work, earliest: date, draft: Draft, today: date
) -> bool:
    """Move a dependant to the earliest month it can start, or flag it; whether it moved."""
    if one.has_begun(today):
        _flag(plan, one, f"It needs {need.key} and has begun already; it stays where it is.")
        return False
    if one.id in draft.bars:
        plan.faults.setdefault(
            f"bar-{one.id}", f"It needs {need.key} and can start from {day_words(earliest)} on."
        )
        return False
    before = dict(plan.gates), plan.shifts.get(one.id)
    _move(plan, one, months_between(one.starts_on, earliest), today)
    # A day somebody chose for one of its hurdles counts; the others follow.
    plan.gates |= {g.id: draft.gates[g.id] for g in one.gates if g.id in draft.gates}
    words = start_fault(one, plan.shifts[one.id], today) or next(
        iter(_gate_faults(plan, one, today).values()), None
    )
    if words is None:
        plan.follows[one.id] = need.id
        return True
    plan.gates = before[0]
    if before[1] is None:
        del plan.shifts[one.id]
    else:
        plan.shifts[one.id] = before[1]
    _flag(plan, one, f"It needs {need.key} and can't follow to {day_words(earliest)}: {words}")
    return False


def _mention(plan: Replan, works: Works, draft: Draft, owners: Mapping[int, Work]) -> None:
    """A hurdle alone moves no dependant; its people should know all the same."""
    for gate_id, on in draft.gates.items():
        work = owners.get(gate_id)
        if work is None or work.id in plan.shifts:
            continue
        gate = next(gate for gate in work.gates if gate.id == gate_id)
        for one in works.values():
            if on > gate.due_on and work.id in dict(one.needs) and one.is_active:
                _flag(
                    plan, one,
                    f"It needs {work.key}, whose hurdle “{gate.name}” comes later. Its start "
                    "hangs on the start of that work, so it stays.",
                )  # fmt: skip


def _flag(plan: Replan, work: Work, words: str) -> None:
    known = plan.flags.setdefault(work.id, [])
    if words not in known:
        known.append(words)
