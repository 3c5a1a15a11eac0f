"""Which days hurdles can move to, and why not, in words; the review and the saving go by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.roadmap.rules.hurdles import HOLD_DAYS
from app.values.written import day_words


@dataclass(frozen=True, slots=True)
class HurdleDay:
    """A hurdle with the day it is due now."""

    id: int
    name: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far money is planned: until ``planned_on``, in the cycle of this name.

    ``can_grow`` says whether Finance can still add planning quarters.
    """

    planned_on: date
    cycle: str
    can_grow: bool

    @property
    def last_on(self) -> date:
        """The last day a hurdle can slip to: as much later as a hold would keep its money."""
        return self.planned_on + timedelta(days=HOLD_DAYS)


def move_faults(
    hurdles: Sequence[HurdleDay], wanted: Mapping[int, date], *, horizon: Horizon, today: date
) -> dict[int, str]:
    """Why hurdles can't be due as wanted, by id of a hurdle that moves; empty when they can.

    ``hurdles`` are all of one initiative, in order; the order is judged as it will be at the end.
    """
    faults: dict[int, str] = {}
    before: HurdleDay | None = None
    for one in hurdles:
        to_on = wanted.get(one.id, one.due_on)
        if to_on != one.due_on:
            if to_on < today:
                faults[one.id] = f"{_day(to_on)} is past. Choose a day from today on."
            elif to_on > horizon.last_on:
                faults[one.id] = _beyond(to_on, horizon)
        if before is not None and to_on < wanted.get(before.id, before.due_on):
            moved, words = _disorder(before, one, wanted)
            if moved is not None:
                faults.setdefault(moved, words)
        before = one
    if wanted and not faults and all(wanted.get(o.id, o.due_on) == o.due_on for o in hurdles):
        stays = next(one for one in hurdles if one.id in wanted)
        faults[stays.id] = f"It is due on {_day(stays.due_on)} already. Choose another day."
    return faults


def _beyond(to_on: date, horizon: Horizon) -> str:
    """Refuse what is no slip any more: no budget and no value stand behind such a day."""
    where = (
        f"What was planned ends on {_day(horizon.planned_on)}, and a hurdle can slip "
        f"{HOLD_DAYS} days past it: choose a day until {_day(horizon.last_on)}."
    )
    if horizon.can_grow:
        return (
            f"{where} For a later one ask Finance to add planning quarters to {horizon.cycle} "
            "first, or to decide at the review of this hurdle: hold or stop."
        )
    return (
        f"{where} For a later one ask Finance to decide at the review of this hurdle, hold or "
        f"stop; {horizon.cycle} is closed, so what comes later is proposed again in an open cycle."
    )


def _disorder(
    before: HurdleDay, one: HurdleDay, wanted: Mapping[int, date]
) -> tuple[int | None, str]:
    """The hurdle that breaks the order by moving, None where it was broken before."""
    before_on, to_on = wanted.get(before.id, before.due_on), wanted.get(one.id, one.due_on)
    if to_on != one.due_on:
        return one.id, (
            f"The hurdle before, {before.name}, is due on {_day(before_on)}. "
            "Hurdles keep their order: choose that day or a later one."
        )
    if before_on != before.due_on:
        return before.id, (
            f"It would pass the next hurdle, {one.name}, due {_day(to_on)}. "
            "Hurdles keep their order: choose a day until then, or move the later ones too."
        )
    return None, ""


def _day(day: date) -> str:
    return f"{day_words(day)}"
