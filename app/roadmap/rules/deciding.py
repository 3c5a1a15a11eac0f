"""Who may decide a hurdle how, and why not, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from app.approvals.rules import TrancheState
from app.roadmap.rules.hurdles import HOLD_DAYS, Recommendation
from app.roadmap.rules.words import HurdleAction
from app.values.written import day_words

PERMISSION = "hurdles.decide"


@dataclass(frozen=True, slots=True)
class Decider:
    """The person who wants to decide, against the hurdle's record."""

    id: int
    may: bool


@dataclass(frozen=True, slots=True)
class HurdleRecord:
    """What bars decisions: who is bound to the hurdle, what is open before it, what is known.

    ``evidence_by`` are the people who recorded its evidence, ``moved_by`` moved its date,
    ``owners`` own or proposed the initiative, ``open_before`` names earlier hurdles that wait,
    ``unmet_conditions`` are those of its approval that nobody has settled yet, ``amended_by``
    asked for amendments of its criteria that were agreed.
    """

    key: str
    state: TrancheState
    evidence_by: Collection[int]
    moved_by: Collection[int]
    owners: Collection[int]
    open_before: tuple[str, ...]
    is_measured: bool
    was_held: bool
    unmet_conditions: tuple[str, ...] = ()
    was_rescoped: bool = False
    amended_by: Collection[int] = ()


def bar_on_hurdle(action: HurdleAction, record: HurdleRecord, decider: Decider) -> str | None:
    """Why the person can't decide so now, as a sentence; None if they can."""
    return bar_on_state(record) or bar_on_person(record, decider) or _bar_on_action(action, record)


def bar_on_state(record: HurdleRecord) -> str | None:
    """Why nobody can decide the hurdle now."""
    if record.state is TrancheState.RELEASED:
        return "This hurdle is decided: its money is released."
    if record.state is TrancheState.FREED:
        return "This hurdle is decided: its money went back to the budget."
    if record.open_before:
        return f"Decide the earlier hurdle first: {record.open_before[0]}."
    return None


def bar_on_person(record: HurdleRecord, decider: Decider) -> str | None:
    """Why this person can't decide the hurdle, whatever it says."""
    if not decider.may:
        return "Only Finance decides hurdles."
    if decider.id in record.evidence_by:
        return "You cannot decide: you recorded its evidence. Somebody else in Finance has to."
    if decider.id in record.moved_by:
        return "You cannot decide: you moved its date. Somebody else in Finance has to."
    if decider.id in record.amended_by:
        return "You cannot decide: you asked to amend its criteria. Somebody else has to."
    if decider.id in record.owners:
        return f"You cannot decide: you own or proposed {record.key}. Somebody else has to."
    return None


def _bar_on_action(action: HurdleAction, record: HurdleRecord) -> str | None:
    if action is HurdleAction.RELEASE and not record.is_measured:
        return "No money is released without a recorded measurement."
    if action is HurdleAction.RELEASE and record.unmet_conditions:
        return (
            f"A condition of the approval is still open: “{record.unmet_conditions[0]}”. "
            "Finance settles it on the page of the proposal before money is released."
        )
    if action is HurdleAction.HOLD and record.was_held:
        return "It was held once already; release it or stop."
    if action is HurdleAction.RESCOPE and record.was_rescoped:
        return "It was rescoped at this hurdle already; release, hold, finish or stop."
    if action is HurdleAction.FINISH and not record.is_measured:
        return "Nothing is measured that could show that the value is captured."
    return None


def needs_reason(action: HurdleAction, figures: Recommendation) -> bool:
    """Whether the decision has to say why: all that changes what was approved, what goes against
    the figures, and a hold before there is anything to decide."""
    if action.frees_rest or action is HurdleAction.RESCOPE:
        return True
    return action is not figures.action or figures.waits


def hold_fault(until: date | None, *, today: date, due_on: date) -> str | None:
    """Why a hold can't last until that day, as a sentence; None if it can, or none was chosen."""
    last = last_hold_day(today, due_on)
    if until is None or today < until <= last:
        return None
    return f"Choose a day after today and until {day_words(last)}: a hold keeps money that long."


def last_hold_day(today: date, due_on: date) -> date:
    """The last day a hold decided today can be given until."""
    return max(today + timedelta(days=HOLD_DAYS), due_on)
